// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Maven Central, or whichever repository users get the artifacts from: that it answers, and
//! serves the product's group.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::config::Maven;
use crate::services::{Central, WebError};

/// It answers, and has something of the group that the staging profile is named after.
pub fn ask_central(subject: &Subject) -> Part {
    let item = Name::new("maven-central", "Maven Central answers, and serves the product's group");
    let Some(maven) = subject.product.maven.clone() else {
        return skip(&[item], "the product has no Maven artifacts");
    };
    if subject.out_of_reach(&maven.repository) {
        return skip(&[item], &format!("{}: --offline", maven.repository));
    }
    ask(vec![item.clone()], move || {
        let central = Central::new(&maven.repository).map(|central| central.limited(limits()));
        vec![judge_central(&item, &maven, central.and_then(|central| central.serves_group(&maven.profile)))]
    })
}

fn judge_central(item: &Name, maven: &Maven, serves: Result<bool, WebError>) -> Item {
    let Maven { repository, profile, .. } = maven;
    match serves {
        Ok(true) => item.ok(format!("{repository} serves {profile}")),
        Ok(false) => item.warning(
            format!("{repository} shows nothing of {profile}"),
            "right before the group's first release, or where it lists no directories; else correct `maven.repository` in the product's configuration",
        ),
        Err(error) => judge(item, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::Limits;
    use crate::services::answering;

    #[test]
    fn a_group_is_served_or_not_or_cannot_be_asked() {
        let base = answering(|path| match path {
            "/maven2/org/apache/greeter/" => (200, ""),
            "/broken/org/apache/greeter/" => (502, ""),
            _ => (404, ""),
        });
        let judged = |path: &str| {
            let maven: Maven = serde_json::from_value(serde_json::json!({
                "nexus": "", "profile": "org.apache.greeter", "deploy": [], "server_ids": [], "central": "",
                "repository": format!("{base}{path}"),
            }))
            .unwrap();
            let central = Central::new(&maven.repository).unwrap();
            let central = central.limited(Limits { attempts: 1, ..Limits::default() });
            judge_central(&Name::new("x", "x"), &maven, central.serves_group(&maven.profile)).state
        };
        assert_eq!(judged("/maven2"), Standing::Ok);
        assert_eq!(judged("/elsewhere"), Standing::Warning);
        assert_eq!(judged("/broken"), Standing::Unknown);
    }
}
