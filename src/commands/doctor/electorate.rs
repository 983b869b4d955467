// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whose votes bind: the roster that the configuration names, or the foundation's own lists.

use jiff::Timestamp;

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::is_answer;
use crate::actions::voting::electorate;
use crate::commands::environment::Environment;
use crate::commands::error::chain;
use crate::engine::ActionError;
use crate::governance::{Office, Roster};
use crate::services::WhimsyError;

/// The roster can be read, or the foundation knows the committee.
pub fn ask_electorate(environment: &Environment, subject: &Subject) -> Part {
    let item = Name::new("electorate", "It is known whose votes bind");
    let Some(vote) = subject.vote.clone() else {
        return skip(&[item], "the configuration has no [vote]: a person counts");
    };
    let lists = vote.whimsy.as_ref().filter(|_| vote.roster.is_none());
    if let Some(lists) = lists.filter(|lists| subject.out_of_reach(&lists.url)) {
        return skip(&[item], &format!("{}: --offline", lists.url));
    }
    let assets = environment.assets.clone();
    ask(vec![item.clone()], move || {
        let now = Timestamp::now();
        vec![judge_electorate(&item, electorate(&assets, &vote, now), now)]
    })
}

fn judge_electorate(item: &Name, roster: Result<Roster, ActionError>, now: Timestamp) -> Item {
    match roster {
        Ok(roster) => match roster.holders(Office::Pmc, now).len() {
            0 => item.failed(
                "the roster has no member of the PMC",
                "no vote could pass: correct [vote] in the product's configuration; docs/votes.md explains it",
            ),
            members => item.ok(format!("{members} members of the PMC of {}", roster.project)),
        },
        Err(error @ ActionError::Service { .. }) if !is_told(&error) => {
            item.unknown(chain(&error), error.hint().unwrap_or_default())
        }
        Err(error) => item.failed(chain(&error), error.hint().unwrap_or_default()),
    }
}

/// Whether the foundation's lists have answered, by the rule for all web services.
fn is_told(error: &ActionError) -> bool {
    let said = std::error::Error::source(error).and_then(|source| source.downcast_ref::<WhimsyError>());
    matches!(said, Some(WhimsyError::Status { status, .. }) if is_answer(*status))
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::config::{Assets, Vote, WhimsyRoster};
    use crate::services::answering;

    fn judged(roster: Option<&str>, whimsy: Option<(String, &str)>) -> Item {
        let whimsy = whimsy.map(|(url, committee)| WhimsyRoster { committee: committee.into(), url });
        let action = "product-release".to_owned();
        let vote = Vote { bylaws: "flink".into(), action, roster: roster.map(Into::into), whimsy, aliases: None };
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        judge_electorate(&Name::new("x", "x"), electorate(&Assets::default(), &vote, now), now)
    }

    #[test]
    fn a_roster_is_read_and_the_foundations_lists_are_asked() {
        let known = judged(Some("greeter"), None);
        assert!(known.state == Standing::Ok && known.found.contains("members of the PMC of"), "{known:?}");
        assert_eq!(judged(Some("/no/such/roster.toml"), None).state, Standing::Failed);
        let lists = answering(|path| match path {
            "/committee-info.json" => (
                200,
                r#"{"committees": {"greeter": {"display_name": "Greeter", "roster": {"ann": {"name": "Ann Example"}}},
                                   "empty": {"roster": {}}}}"#,
            ),
            "/public_ldap_projects.json" => (200, r#"{"projects": {}}"#),
            "/public_ldap_people.json" => (200, r#"{"people": {}}"#),
            "/ill/committee-info.json" => (503, ""),
            "/page/committee-info.json" => (200, "<html>"),
            "/closed/committee-info.json" => (401, ""),
            _ => (404, ""),
        });
        assert_eq!(judged(None, Some((lists.clone(), "greeter"))).found, "1 members of the PMC of greeter");
        assert_eq!(judged(None, Some((lists.clone(), "greeting"))).state, Standing::Failed, "no such committee");
        assert_eq!(judged(None, Some((lists.clone(), "empty"))).state, Standing::Failed);
        for (place, state) in [
            ("gone", Standing::Failed),
            ("closed", Standing::Failed),
            ("ill", Standing::Unknown),
            ("page", Standing::Unknown),
        ] {
            assert_eq!(judged(None, Some((format!("{lists}/{place}"), "greeter"))).state, state, "{place}");
        }
        assert_eq!(judged(None, None).state, Standing::Failed);
    }
}
