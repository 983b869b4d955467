// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! GitHub: that it answers, knows the token, and that the account may push to each
//! repository that a release changes.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, judge_login as judge_account, limits};
use crate::commands::connect::github;
use crate::services::{Effects, GitHub, Rights, Slug, WebError};

/// Logging in, and what one may do in each repository.
pub fn ask_github(subject: &Subject) -> Part {
    let login = Name::new("github-token", "GitHub knows your token");
    let product = &subject.product;
    let website = Some(("website", "the website", &product.website.repository));
    let mut repositories: Vec<_> = website.into_iter().filter(|(_, _, address)| !address.is_empty()).collect();
    repositories.extend(product.docker.iter().map(|docker| ("docker", "the images", &docker.repository)));
    repositories
        .extend(product.playground.iter().map(|playground| ("playground", "the playground", &playground.repository)));
    let repositories: Vec<(Name, String)> = repositories
        .into_iter()
        .map(|(id, what, address)| {
            (Name::new(format!("github-{id}"), format!("You may propose changes of {what}")), address.clone())
        })
        .collect();
    let names: Vec<Name> =
        [login.clone()].into_iter().chain(repositories.iter().map(|(name, _)| name.clone())).collect();
    if subject.accounts.github.is_none() {
        let why = "set QUORATE_GITHUB_TOKEN to have it tried; without one, pull requests are opened and merged by hand";
        return skip(&names, why);
    }
    if subject.out_of_reach(&product.github.api) {
        return skip(&names, &format!("{}: --offline", product.github.api));
    }
    match github(&product.github, &subject.accounts, Effects::unwatched()) {
        Err(error) => {
            Part::Found(vec![login.failed(error.what.clone(), "correct [github] in the product's configuration")])
        }
        Ok(github) => {
            let github = github.limited(limits());
            ask(names, move || examine(&github, &login, &repositories))
        }
    }
}

fn examine(github: &GitHub, login: &Name, repositories: &[(Name, String)]) -> Vec<Item> {
    let me = github.me();
    let known = me.is_ok();
    let mut items = vec![judge_login(login, me)];
    items.extend(repositories.iter().map(|(name, address)| match github.repository(address) {
        _ if !known => name.skipped("without a login it cannot be told"),
        Err(error) => name.failed(error.to_string(), "correct the address in the product's configuration"),
        Ok(slug) => judge_rights(name, &slug, github.rights(&slug)),
    }));
    items
}

fn judge_login(item: &Name, me: Result<String, WebError>) -> Item {
    match me {
        Ok(login) => item.ok(format!("you are {login}")),
        Err(error) => judge_account(
            item,
            &error,
            "make a token that may write contents and pull requests of the project's repositories, and set QUORATE_GITHUB_TOKEN",
        ),
    }
}

fn judge_rights(item: &Name, slug: &Slug, rights: Result<Option<Rights>, WebError>) -> Item {
    match rights {
        Err(error) => judge(item, &error),
        Ok(None) => {
            item.failed(format!("{slug} is not there, or you may not see it"), "see the address and the token's rights")
        }
        Ok(Some(Rights { archived: true, .. })) => {
            item.failed(format!("{slug} is archived: it takes no changes"), "ask on the dev list which one is used now")
        }
        Ok(Some(Rights { push: Some(true), .. })) => item.ok(format!("you may push to {slug}")),
        Ok(Some(_)) => item.warning(
            format!("you may read {slug}, and not push to it"),
            "committers may, once their accounts are linked at gitbox.apache.org; or let one do that step",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::item::Standing;
    use super::*;
    use crate::rehearsal::plant;
    use crate::rehearsal::stand_ins::github::{OTHER_TOKEN, TOKEN, repository_path};
    use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults, StandIns};
    use crate::services::{Limits, Login};

    #[test]
    fn the_token_and_what_it_may_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let files = BTreeMap::from([("a".to_owned(), "a\n".to_owned())]);
        plant(&repository_path(&directory.path().join("github"), "greeter/site"), "main", &files).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(directory.path(), 0, faults.clone()).unwrap();
        let states = |token: &str| {
            let base = stand_ins.base("github");
            let github = GitHub::new(&base, &base, Login::Bearer(token.into()), Effects::unwatched()).unwrap();
            let github = github.limited(Limits { attempts: 1, ..Limits::default() });
            let names =
                ["greeter/site", "greeter/lost", "nothing"].map(|slug| (Name::new(slug, slug), slug.to_owned()));
            let items = examine(&github, &Name::new("login", "login"), &names);
            items.into_iter().map(|item| item.state).collect::<Vec<_>>()
        };
        use Standing::{Failed, Ok, Skipped, Unknown, Warning};
        assert_eq!(states(TOKEN), [Ok, Ok, Failed, Failed]);
        assert_eq!(states(OTHER_TOKEN), [Ok, Warning, Failed, Failed]);
        assert_eq!(states("wrong"), [Failed, Skipped, Skipped, Skipped]);
        faults.add(Fault::once("GET", "/user", FaultKind::CutBefore));
        assert_eq!(states(TOKEN), [Unknown, Skipped, Skipped, Skipped]);
    }
}
