// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who git takes the user for, the clone, and its official remote.

use std::collections::BTreeMap;

use super::ask::{Part, ask};
use super::item::{Item, Name};
use super::subject::Subject;
use crate::commands::check_version::unlike;
use crate::commands::error::chain;
use crate::services::address::{across_network, is_elsewhere, is_fork};
use crate::services::{GitError, Head};

/// Identity and clone.
pub fn examine(subject: &Subject) -> Part {
    let identity = judge_identity(subject.git_value("user.name"), subject.git_value("user.email"));
    Part::Found([identity, clone(subject)].into_iter().chain(version(subject)).collect())
}

/// Whether the version that is being released follows on what the clone says.
fn version(subject: &Subject) -> Option<Item> {
    let version = subject.version?;
    let item = Name::new("version", format!("{version} follows on what the clone's branches say"));
    Some(match unlike(&subject.repository, &subject.product, version) {
        None => item.ok(version.to_string()),
        Some(found) => item.warning(found, "is it the version that is meant, and the clone up to date?"),
    })
}

fn judge_identity(name: Option<String>, email: Option<String>) -> Item {
    let item = Name::new("git-identity", "git knows who you are");
    match (name, email) {
        (Some(name), Some(email)) if email.contains('@') => item.ok(format!("{name} <{email}>")),
        (Some(_), Some(email)) => item
            .failed(format!("user.email is {email}, no mail address"), "git config --global user.email ID@apache.org"),
        (name, email) => {
            let unset: Vec<&str> = [("user.name", name), ("user.email", email)]
                .into_iter()
                .filter_map(|(key, value)| value.is_none().then_some(key))
                .collect();
            item.failed(
                format!("not set: {}", unset.join(", ")),
                "git config --global user.name 'Your Name'; git config --global user.email ID@apache.org: \
                 they go on commits, tags and mails",
            )
        }
    }
}

fn clone(subject: &Subject) -> Item {
    let item = Name::new("clone", "A clone of the product's repository");
    let place = subject.repository.display();
    match subject.git().head() {
        Ok(Head::Branch(branch)) => item.ok(format!("{place}, on branch {branch}")),
        Ok(Head::Detached) => item.warning(
            format!("{place}, on no branch"),
            format!("git -C {place} switch {}: a release is not begun from a detached head", subject.product.git.main),
        ),
        Err(error @ GitError::Open { .. }) => {
            item.failed(chain(&error), format!("git clone {}, and name the clone by --repo", subject.product.git.url))
        }
        Err(error) => item.failed(chain(&error), error.hint()),
    }
}

/// The remote is there and answers.
pub fn ask_remote(subject: &Subject) -> Part {
    let git = &subject.product.git;
    let item = Name::new("remote", format!("The remote `{}` has the branch `{}`", git.remote, git.main));
    let url = match subject.git().configured(&format!("remote.{}.url", git.remote)) {
        Err(_) => return Part::Found(vec![item.skipped("there is no clone that can be looked at")]),
        Ok(None) => {
            let place = subject.repository.display();
            let found = format!("{place} has no remote `{}`", git.remote);
            let next = format!("git -C {place} remote add {} {}", git.remote, git.url);
            return Part::Found(vec![item.failed(found, next)]);
        }
        Ok(Some(url)) => url,
    };
    if subject.out_of_reach(&url) {
        return Part::Found(vec![item.skipped(format!("{url}: --offline"))]);
    }
    let (clone, branch, official) = (subject.git(), git.main.clone(), git.url.clone());
    ask(vec![item.clone()], move || {
        let answer = clone.remote_refs(&[&format!("refs/heads/{branch}")]);
        vec![judge_remote(&item, &Remote { url: &url, official: &official, branch: &branch }, answer)]
    })
}

struct Remote<'a> {
    url: &'a str,
    /// The product's own repository.
    official: &'a str,
    branch: &'a str,
}

fn judge_remote(item: &Name, remote: &Remote<'_>, answer: Result<BTreeMap<String, String>, GitError>) -> Item {
    let Remote { url, official, branch } = *remote;
    match answer {
        Ok(refs) => match refs.values().next() {
            None => item.failed(
                format!("{url} has no branch `{branch}`"),
                format!("have the remote be the product's repository, {official}"),
            ),
            Some(_) if is_fork(url, official) => item.failed(
                format!("{url} is another repository than {official}"),
                "have `git.remote` name the official repository: what is pushed to a fork is not released",
            ),
            Some(_) if is_elsewhere(url, official) || is_another_directory(url, official) => item.warning(
                format!("{url} is another place than {official}, which the configuration names"),
                "is it the product's repository? what is pushed elsewhere is not released",
            ),
            Some(commit) => item.ok(format!("{url}, {branch} at {}", commit.get(..12).unwrap_or(commit))),
        },
        Err(
            error @ (GitError::Unauthenticated { .. }
            | GitError::NoRemote { .. }
            | GitError::ManyAddresses { .. }
            | GitError::AnotherAddress { .. }
            | GitError::Incomplete { .. }
            | GitError::Name { .. }),
        ) => item.failed(chain(&error), error.hint()),
        // what is on this machine and does not answer is no repository
        Err(error @ GitError::Unreachable { .. }) if !across_network(url) => {
            item.failed(chain(&error), format!("have the remote be the product's repository, {official}"))
        }
        Err(error) => item.unknown(chain(&error), error.hint()),
    }
}

/// Whether two places on this machine are not the same.
fn is_another_directory(url: &str, official: &str) -> bool {
    let place = |address: &str| address.trim_start_matches("file://").trim_end_matches('/').to_owned();
    !across_network(url) && !across_network(official) && place(url) != place(official)
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;

    const OFFICIAL: &str = "https://github.com/apache/flink-statefun";

    #[test]
    fn both_halves_of_an_identity_are_needed() {
        let judge =
            |name: Option<&str>, email: Option<&str>| judge_identity(name.map(str::to_owned), email.map(str::to_owned));
        assert_eq!(judge(Some("Ann Example"), Some("ann@example.org")).state, Standing::Ok);
        assert_eq!(judge(Some("Ann Example"), Some("ann")).state, Standing::Failed);
        assert_eq!(judge(None, Some("ann@example.org")).found, "not set: user.name");
        assert_eq!(judge(None, None).found, "not set: user.name, user.email");
    }

    #[test]
    fn a_remote_that_does_not_answer_is_unknown_and_one_that_says_no_failed() {
        let judge = |url: &str, answer| {
            let remote = Remote { url, official: OFFICIAL, branch: "master" };
            judge_remote(&Name::new("remote", "x"), &remote, answer).state
        };
        let head = || BTreeMap::from([("refs/heads/master".to_owned(), "0123456789abcdef".to_owned())]);
        let unreachable = || GitError::Unreachable { remote: "origin".into(), said: "no route".into() };
        let refused = GitError::Unauthenticated { remote: "origin".into(), said: "denied".into() };
        assert_eq!(judge(OFFICIAL, Ok(head())), Standing::Ok);
        assert_eq!(judge("https://github.com/ann/flink-statefun", Ok(head())), Standing::Failed);
        assert_eq!(judge("/srv/mirror.git", Ok(head())), Standing::Warning, "nobody else sees what is pushed there");
        assert!(is_another_directory("/srv/other.git", "file:///srv/greeter.git"));
        assert!(!is_another_directory("/srv/greeter.git/", "file:///srv/greeter.git"));
        assert_eq!(judge(OFFICIAL, Ok(BTreeMap::new())), Standing::Failed);
        assert_eq!(judge(OFFICIAL, Err(refused)), Standing::Failed);
        assert_eq!(judge(OFFICIAL, Err(unreachable())), Standing::Unknown);
        assert_eq!(judge("/srv/gone.git", Err(unreachable())), Standing::Failed);
    }
}
