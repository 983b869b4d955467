// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The distribution repositories: that they answer, and that the account may
//! write.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use crate::commands::error::chain;
use crate::services::{Access, AccessError, EntryKind, Info, SvnError, SvnFault, SvnUrl};

/// Reading dev and release.
pub fn ask_repositories(subject: &Subject) -> Vec<Part> {
    let svn = &subject.product.svn;
    [("svn-dev", "Candidates are staged in dev", &svn.dev), ("svn-release", "Releases are in release", &svn.release)]
        .map(|(id, title, address)| ask_repository(subject, Name::new(id, title), address))
        .into()
}

fn ask_repository(subject: &Subject, item: Name, address: &str) -> Part {
    if subject.out_of_reach(address) {
        return Part::Found(vec![item.skipped(format!("{address}: --offline"))]);
    }
    match SvnUrl::try_from(address.to_owned()) {
        Err(error) => Part::Found(vec![item.failed(chain(&error), super::CONFIGURATION)]),
        Ok(url) => {
            let svn = subject.svn();
            ask(vec![item.clone()], move || vec![judge_repository(&item, &url, svn.info(&url, None))])
        }
    }
}

fn judge_repository(item: &Name, url: &SvnUrl, answer: Result<Option<Info>, SvnError>) -> Item {
    match answer {
        Ok(Some(Info { kind: EntryKind::Directory, at, .. })) => item.ok(format!("{url} at {at}")),
        Ok(Some(_)) => item.failed(format!("{url} is a file"), super::CONFIGURATION),
        Ok(None) => item.failed(format!("there is no {url}"), super::CONFIGURATION),
        Err(error) => judge_error(item, &error),
    }
}

/// How an item stands of which a distribution repository was asked in vain, by the rule for web services:
/// what asking again would give as well has failed. svn does not tell a page in the repository's place
/// from an address of something else, so that this has failed too.
pub fn judge_error(item: &Name, error: &SvnError) -> Item {
    let told = matches!(
        error.fault(),
        Some(
            SvnFault::Forbidden(_)
                | SvnFault::Unauthenticated(_)
                | SvnFault::Untrusted(_)
                | SvnFault::NotRepository(_)
                | SvnFault::Missing(_)
        )
    );
    if told { item.failed(chain(error), error.hint()) } else { item.unknown(chain(error), error.hint()) }
}

/// Logging in, and what the account may write.
pub fn ask_account(subject: &Subject) -> Part {
    let item = Name::new("svn-account", "Your Subversion account may write");
    let svn = &subject.product.svn;
    let Some((user, _)) = subject.accounts.svn.clone() else {
        let why =
            "set QUORATE_SVN_USER and QUORATE_SVN_PASSWORD to have it tried; without them svn uses what it has stored";
        return skip(&[item], why);
    };
    if !svn.dev.starts_with("http") {
        return skip(&[item], &format!("{} is reached without a login over https", svn.dev));
    }
    if subject.out_of_reach(&svn.dev) {
        return skip(&[item], "--offline");
    }
    let urls = [&svn.dev, &svn.release].map(|address| SvnUrl::try_from(address.clone()));
    let [Ok(dev), Ok(release)] = urls else { return skip(&[item], "there is no address to try it at") };
    let client = subject.svn();
    ask(vec![item.clone()], move || {
        let at_dev = client.access(&dev);
        // an account that is refused is not tried twice
        let at_release = if at_dev.as_ref().is_ok_and(|access| *access == Access::Refused) {
            Ok(Access::Refused)
        } else {
            client.access(&release)
        };
        vec![judge_account(&item, &user, at_dev, at_release)]
    })
}

fn judge_account(
    item: &Name,
    user: &str,
    dev: Result<Access, AccessError>,
    release: Result<Access, AccessError>,
) -> Item {
    let again = "see that the server can be reached, then ask again";
    match (dev, release) {
        (Err(error), _) | (_, Err(error)) => item.unknown(chain(&error), again),
        (Ok(Access::Refused), _) | (_, Ok(Access::Refused)) => item.failed(
            format!("user or password is not accepted for {user}"),
            "set QUORATE_SVN_USER and QUORATE_SVN_PASSWORD anew: the id and password of your Apache account",
        ),
        (Ok(Access::Untold(why)), _) | (_, Ok(Access::Untold(why))) => {
            item.unknown(why, "the first step that writes there will tell; it can be repeated")
        }
        (Ok(Access::Reads), _) => item.failed(
            format!("{user} may not write dev"),
            "committers may: use your own account, or ask the PMC why yours has no right",
        ),
        (Ok(Access::Writes), Ok(Access::Reads)) => item.warning(
            format!("{user} may write dev, and not release"),
            "members of the PMC may: have one carry out the steps that publish, or ask for it on the dev list",
        ),
        (Ok(Access::Writes), Ok(Access::Writes)) => item.ok(format!("{user} may write dev and release")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::Revision;

    #[test]
    fn only_a_directory_that_answers_is_a_repository() {
        let url = SvnUrl::try_from("https://svn.example.org/dist/dev".to_owned()).unwrap();
        let judge = |answer| judge_repository(&Name::new("x", "x"), &url, answer).state;
        let info = |kind| Info { kind, at: Revision(7), last_changed: Revision(3) };
        let failed = |fault| SvnError::Failed { doing: "look".into(), fault };
        assert_eq!(judge(Ok(Some(info(EntryKind::Directory)))), Standing::Ok);
        assert_eq!(judge(Ok(Some(info(EntryKind::File)))), Standing::Failed);
        assert_eq!(judge(Ok(None)), Standing::Failed);
        assert_eq!(judge(Err(failed(SvnFault::Unauthenticated("x".into())))), Standing::Failed);
        assert_eq!(judge(Err(failed(SvnFault::Unreachable("x".into())))), Standing::Unknown);
        assert_eq!(judge(Err(SvnError::NotInstalled { program: "svn".into() })), Standing::Unknown);
    }

    #[test]
    fn an_account_is_judged_by_both_repositories() {
        let judge = |dev, release| judge_account(&Name::new("x", "x"), "ann", Ok(dev), Ok(release)).state;
        let untold = || Access::Untold("405".into());
        assert_eq!(judge(Access::Writes, Access::Writes), Standing::Ok);
        assert_eq!(judge(Access::Writes, Access::Reads), Standing::Warning);
        assert_eq!(judge(Access::Reads, Access::Reads), Standing::Failed);
        assert_eq!(judge(Access::Refused, Access::Refused), Standing::Failed);
        assert_eq!(judge(untold(), untold()), Standing::Unknown);
        assert_eq!(judge(Access::Writes, untold()), Standing::Unknown);
    }
}
