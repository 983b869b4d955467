// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The staging repository manager: that it answers, knows the account, and shows it the
//! product's staging profile.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge_login, limits};
use crate::commands::connect::nexus;
use crate::config::Maven;
use crate::services::{Effects, Pace, StagingProfile, WebError};

/// Logging in at Nexus, and looking for the staging profile.
pub fn ask_staging(subject: &Subject) -> Part {
    let item = Name::new("nexus-account", "Your account may stage Maven artifacts");
    let Some(maven) = subject.product.maven.clone() else {
        return skip(&[item], "the product has no Maven artifacts");
    };
    if subject.accounts.nexus.is_none() {
        let why =
            "set QUORATE_NEXUS_USER and QUORATE_NEXUS_PASSWORD, the two parts of your user token, to have it tried";
        return skip(&[item], why);
    }
    if subject.out_of_reach(&maven.nexus) {
        return skip(&[item], &format!("{}: --offline", maven.nexus));
    }
    match nexus(&maven, &subject.accounts, Effects::unwatched()) {
        Err(error) => Part::Found(vec![item.failed(error.what, "correct [maven] in the product's configuration")]),
        Ok(nexus) => ask(vec![item.clone()], move || {
            let nexus = nexus.limited(limits(), Pace::default());
            let seen = nexus.account().and_then(|account| Ok((account, nexus.profiles()?)));
            vec![judge_staging(&item, &maven, seen)]
        }),
    }
}

fn judge_staging(item: &Name, maven: &Maven, seen: Result<(String, Vec<StagingProfile>), WebError>) -> Item {
    let Maven { nexus, profile, .. } = maven;
    match seen {
        Ok((account, profiles)) if profiles.iter().any(|known| known.name == *profile) => {
            item.ok(format!("{account} sees {profile} at {nexus}"))
        }
        Ok((account, _)) => item.failed(
            format!("{nexus} shows no staging profile {profile} to {account}"),
            "ask on the developers' list for the right to stage; the request can take days",
        ),
        Err(error) => judge_login(
            item,
            &error,
            "set QUORATE_NEXUS_USER and QUORATE_NEXUS_PASSWORD anew: Profile, User Token, Access User Token in its web page",
        ),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::super::item::Standing;
    use super::*;
    use crate::rehearsal::stand_ins::nexus::{NEXUS_ACCOUNT, NEXUS_GUEST, set_profile};
    use crate::rehearsal::stand_ins::{Faults, StandIns};
    use crate::services::Nexus;

    #[test]
    fn an_account_is_judged_by_what_it_sees() {
        let place = tempfile::tempdir().unwrap();
        set_profile(&place.path().join("nexus"), "org.apache.greeter").unwrap();
        let stand_ins = StandIns::start(place.path(), 0, Faults::default()).unwrap();
        let address = stand_ins.base("nexus");
        let maven: Maven = serde_json::from_value(serde_json::json!({
            "nexus": address, "profile": "org.apache.greeter", "deploy": [], "server_ids": [], "central": "",
        }))
        .unwrap();
        let judged = |user: &str, password: &str| {
            let account = Some((user.to_owned(), SecretString::from(password)));
            let nexus = Nexus::new(&address, account, Effects::unwatched()).unwrap();
            let seen = nexus.account().and_then(|account| Ok((account, nexus.profiles()?)));
            judge_staging(&Name::new("x", "x"), &maven, seen)
        };
        let good = judged(NEXUS_ACCOUNT.0, NEXUS_ACCOUNT.1);
        assert_eq!((good.state, good.found.starts_with("ann sees")), (Standing::Ok, true));
        assert_eq!(judged(NEXUS_GUEST, NEXUS_ACCOUNT.1).state, Standing::Failed);
        let wrong = judged(NEXUS_ACCOUNT.0, "another-password");
        assert!(wrong.state == Standing::Failed && !wrong.found.contains("another-password"), "{}", wrong.found);
        drop(stand_ins);
        assert_eq!(judged(NEXUS_ACCOUNT.0, NEXUS_ACCOUNT.1).state, Standing::Unknown);
    }
}
