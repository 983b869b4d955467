// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! By which rules votes beside a release are counted, and what is kept of what people ruled.

use super::opened::{Counting, find};
use super::place::{Place, ann, ballot, yes};
use super::rules::Given;
use super::sending::Sent;
use super::{cast, list, open, remind, result};
use crate::governance::VoteOutcome;
use crate::ui::ExitCode;

const NAME: &str = "flip-7-pause-functions";

fn ruled(mail: &str, value: &str, why: &str) -> Counting {
    Counting { ruling: vec![format!("{mail}={value}")], why: vec![why.into()], ..Counting::default() }
}

fn show(place: &Place, counting: Counting) -> Result<ExitCode, crate::commands::CommandError> {
    list::show(&place.desk(), &list::ShowArgs { name: Some(NAME.into()), counting, json: true })
}

#[test]
fn what_is_ruled_is_kept_and_counts_for_every_later_command() {
    let place = Place::opened("flip");
    for id in ["bob", "cleo"] {
        place.says(id, "+1");
    }
    place.says("dan", "+1 if somebody fixes the typo, otherwise -1");
    place.hours(73);
    let refused = place.result().unwrap_err();
    assert_eq!((refused.code, refused.what.contains("a ruling is needed")), (ExitCode::Waiting, true), "{refused}");
    assert_eq!(place.mails().len(), 4);
    let unknown = show(&place, ruled("nobody@example.org", "+1", "x")).unwrap_err();
    assert!(unknown.what.contains("no mail of the thread"), "{unknown}");
    let stranger = show(&place, ruled("dan-3@example.org", "+1 as zoe", "x")).unwrap_err();
    assert!(stranger.what.contains("`zoe` is not on the roster"), "{stranger}");
    assert!(place.counted(None).rulings.is_empty(), "what cannot be used is not recorded");

    show(&place, ruled("dan-3@example.org", "none", "the typo is there")).unwrap();
    assert_eq!(place.counted(None).outcome, VoteOutcome::Failed);
    // another one on the same mail replaces it
    let counting = ruled("dan-3@example.org", "+1", "the typo is fixed");
    let reminded = remind::Args { name: None, counting, agreement: yes() };
    assert_eq!(remind::remind(&place.desk(), &reminded).unwrap(), Sent::Yes, "ann has not voted");
    let tally = place.counted(None);
    assert_eq!(
        (tally.outcome, tally.rulings.len(), &*tally.rulings[0].why),
        (VoteOutcome::Passed, 1, "the typo is fixed")
    );
    assert_eq!(place.result().unwrap(), ExitCode::Done);
    assert!(place.last().contains("There are 3 +1 votes"), "{}", place.last());
    let journal = std::fs::read_to_string(place.path("state/votes").join(NAME).join("journal.jsonl")).unwrap();
    let kept = journal.lines().filter(|line| line.contains("step-ruled")).count();
    assert_eq!(kept, 2, "{journal}");
    let (vote, _) = find(&place.desk(), Some(NAME)).unwrap();
    assert_eq!(vote.state.rulings()["record"][0]["who"], "Ann Example <ann@example.org>");
    let late = show(&place, ruled("dan-3@example.org", "-1", "no")).unwrap_err();
    assert!(late.what.contains("is recorded"), "{late}");
}

#[test]
fn the_product_s_own_rules_count_where_none_are_given() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("assets/release-config/bylaws")).unwrap();
    let own =
        include_str!("../../../release-config/bylaws/flink.toml").replace("Apache Flink Project Bylaws", "Own Bylaws");
    std::fs::write(place.path("assets/release-config/bylaws/own.toml"), own).unwrap();
    let file = place.path("assets/release-config/sample.toml");
    let product = std::fs::read_to_string(&file).unwrap();
    let aliases = place.path("aliases.toml");
    std::fs::write(&aliases, "[[alias]]\nid = \"bob\"\nemails = [\"bob@example.com\"]\n").unwrap();
    let vote = format!("bylaws = \"own\"\naliases = \"{}\"", aliases.display());
    std::fs::write(&file, product.replace("bylaws = \"flink\"", &vote)).unwrap();
    assert_eq!(place.open(&place.args("flip")).unwrap(), Sent::Yes);
    place.says_from("bob@example.com", "+1");
    let tally = place.counted(None);
    assert_eq!((tally.votes[0].voter.as_str(), tally.votes[0].binding), ("bob", true));
    let bylaws = tally.bylaws.unwrap();
    assert_eq!(bylaws.title, "Own Bylaws");
    assert!(bylaws.file.name.ends_with("bylaws/own.toml"), "{}", bylaws.file.name);
    let names: Vec<&str> = tally.roster.files.iter().map(|file| file.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["greeter.toml", "aliases.toml"]);
    // what is given stands before it
    let other = open::Args {
        title: "FLIP-8".into(),
        rules: Given { bylaws: Some("asf".into()), roster: Some(place.path("roster.toml")), alias: None },
        ..place.args("flip")
    };
    assert_eq!(place.open(&other).unwrap(), Sent::Yes);
    let (_, opened) = find(&place.desk(), Some("flip-8")).unwrap();
    assert_eq!((&*opened.rules.bylaws, opened.rules.aliases), ("asf", None));
    assert!(opened.rules.roster.unwrap().ends_with("/roster.toml"));
}

#[test]
fn a_ballot_goes_by_the_rules_of_the_vote_that_it_answers() {
    let place = Place::opened("flip");
    let usual = ballot(&place.thread(), "+1", yes());
    // dan is a committer: binding on a FLIP, and not on what the product's configuration names
    let dan = || ("Dan Example".into(), "dan@apache.org".into());
    assert_eq!(cast::cast(&place.desk(), &usual, dan()).unwrap(), Sent::Yes);
    assert!(place.last().contains("+1 (binding)"), "{}", place.last());
    place.hours(1);
    let as_release = cast::Args { action: Some("product-release".into()), ..usual.clone() };
    assert_eq!(cast::cast(&place.desk(), &as_release, dan()).unwrap(), Sent::Yes);
    assert!(place.last().contains("+1 (non-binding)"), "{}", place.last());
    let unknown = cast::Args { action: Some("picnic".into()), ..usual };
    assert!(cast::cast(&place.desk(), &unknown, ann()).unwrap_err().what.contains("name no action `picnic`"));
}

#[test]
fn rules_that_were_changed_since_the_vote_was_opened_are_told() {
    let place = Place::opened("flip");
    assert!(!place.counted(None).notes.iter().any(|note| note.contains("since the vote was opened")));
    let roster = place.path("assets/release-config/rosters/greeter.toml");
    let text = std::fs::read_to_string(&roster).unwrap();
    std::fs::write(&roster, text.replace("{ id = \"dan\"", "{ id = \"eve\"")).unwrap();
    let bylaws = include_str!("../../../release-config/bylaws/flink.toml");
    std::fs::create_dir_all(place.path("assets/release-config/bylaws")).unwrap();
    let own = place.path("assets/release-config/bylaws/flink.toml");
    std::fs::write(&own, bylaws.replace("minimum_days = 3", "minimum_days = 9")).unwrap();
    place.hours(73);
    let tally = place.counted(None);
    let told = |words: &str| tally.notes.iter().any(|note| note.contains(words));
    assert!(told("greeter.toml is not what it was"), "{:?}", tally.notes);
    assert!(told("the bylaws were changed: then release-config/bylaws/flink.toml (SHA-512 "), "{:?}", tally.notes);
    assert_eq!(tally.outcome, VoteOutcome::Failed, "three days, as they said when it was opened");
    // given again it is the same vote
    assert!(place.open(&place.args("flip")).unwrap_err().what.contains("says otherwise"));
    std::fs::write(&own, bylaws).unwrap();
    assert_eq!(place.open(&place.args("flip")).unwrap(), Sent::Yes);
    let result = result::Args { name: None, counting: Counting::default(), agreement: yes(), json: false };
    assert_eq!(result::result(&place.desk(), &result).unwrap(), ExitCode::DoesNotHold);
    let recorded = std::fs::read_to_string(place.path("state/votes").join(NAME).join("journal.jsonl")).unwrap();
    assert!(recorded.contains("greeter.toml is not what it was"), "{recorded}");
}
