// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The accounts at web services that this release will need: the issue tracker and the npm
//! registry. They are asked as the release will ask them, and nothing is changed.

use secrecy::SecretString;

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::services::{Effects, Jira, Login, Npm};

fn bearer(token: &Option<SecretString>) -> Login {
    token.clone().map_or(Login::Anonymous, Login::Bearer)
}

/// The issue tracker answers, knows the account, and lets it work on versions.
pub fn ask_tracker(subject: &Subject) -> Part {
    let reach = Name::new("tracker", "The issue tracker answers, and has the project");
    let login = Name::new("tracker-login", "The issue tracker takes your token, and lets you work on versions");
    let names = vec![reach.clone(), login.clone()];
    let config = subject.product.jira.clone();
    if subject.out_of_reach(&config.url) {
        return skip(&names, &format!("{}: --offline", config.url));
    }
    let made = Jira::new(&config.url, bearer(&subject.accounts.jira), Effects::unwatched());
    ask(names, move || {
        let anonymous = Jira::new(&config.url, Login::Anonymous, Effects::unwatched());
        let read = anonymous.and_then(|jira| jira.limited(limits()).versions(&config.key));
        let reached = match &read {
            Ok(versions) => reach.ok(format!("versions of {} at {}: {}", config.key, config.url, versions.len())),
            Err(error) => judge(&reach, error),
        };
        let logged_in = match made.map(|jira| jira.limited(limits())) {
            Err(error) => judge(&login, &error),
            Ok(jira) if !jira.logs_in() => login.warning(
                format!("no token for {}", config.url),
                "make a personal access token in your profile there and give it by QUORATE_JIRA_TOKEN; without one, versions and issues are changed by hand, and the program finds it done",
            ),
            Ok(jira) => judge_tracker_account(&login, &jira, &config.key),
        };
        vec![reached, logged_in]
    })
}

fn judge_tracker_account(item: &Name, jira: &Jira, project: &str) -> Item {
    let asked = jira.myself().and_then(|me| Ok((me, jira.may_administer(project)?)));
    match asked {
        Ok((me, true)) => item.ok(format!("{me} may make and release versions of {project}")),
        Ok((me, false)) => item.warning(
            format!("{me} may not administer {project}, and so makes and releases no versions"),
            "ask on the developers' list for the right, or find somebody who has it: `jira-next-version` and `jira-release-version` need it",
        ),
        Err(error) => judge(item, &error),
    }
}

/// The npm registry knows the token.
pub fn ask_npm(subject: &Subject) -> Part {
    let item = Name::new("npm-login", "The npm registry takes your token");
    let Some(config) = subject.product.npm.clone() else { return skip(&[item], "the product has no npm package") };
    if subject.out_of_reach(&config.registry) {
        return skip(&[item], &format!("{}: --offline", config.registry));
    }
    let made = Npm::new(&config.registry, bearer(&subject.accounts.npm), Effects::unwatched());
    ask(vec![item.clone()], move || {
        vec![match made.map(|npm| npm.limited(limits())) {
            Err(error) => judge(&item, &error),
            Ok(npm) if !npm.logs_in() => item.warning(
                "QUORATE_NPM_TOKEN is not set",
                "make an access token that may publish this package, and give it by QUORATE_NPM_TOKEN when `publish-npm` is next; on a terminal it is asked for",
            ),
            Ok(npm) => match npm.who_am_i() {
                Ok(who) => item.ok(format!("{who} is logged in at {}", config.registry)),
                Err(error) => judge(&item, &error),
            },
        }]
    })
}
