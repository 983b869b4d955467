// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A proposal's life: which state may follow which, and on what evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use super::field::Field;
use super::link::{LinkFault, link_fault};
use super::number::parse_number;
use super::page::Page;
use super::scheme::{Scheme, Stage, StateRule};
use super::tally_read::TallyRead;

/// What shows that a proposal is in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A link to the thread that discusses it.
    Discussion,
    /// A link to the thread of its vote.
    Vote,
    /// A tally that says that the vote passed, or the mail with the result.
    Passed,
    /// A tally that says that the vote failed, the mail with the result, or why it was dropped.
    Failed,
    /// Its issue in the tracker.
    Jira,
    /// The version that it came with.
    Release,
    /// The proposal that stands in its place.
    Successor,
    /// Why, in a sentence.
    Why,
}

/// What was looked up beside the page.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The tally in the file that `result` names, or why there is none.
    pub tally: Option<Result<TallyRead, String>>,
    /// The numbers that there are.
    pub numbers: BTreeSet<u32>,
    /// What stands in the place of which: the successors of those that are superseded.
    pub successors: BTreeMap<u32, u32>,
}

impl Proof {
    /// What a registry has beside `page`; `given` is a tally that is to come into it.
    pub fn of(corpus: &Corpus<'_>, page: &Page, given: Option<Result<TallyRead, String>>) -> Self {
        let kept = || page.set(Field::Result).and_then(|result| corpus.tallies.get(result).cloned());
        let successor = |page: &Page| {
            let given = page.set(Field::SupersededBy)?;
            Some((page.number()?, parse_number(corpus.scheme, given)?))
        };
        Self {
            tally: given.or_else(kept),
            numbers: corpus.pages.iter().filter_map(Page::number).collect(),
            successors: corpus.pages.iter().filter_map(successor).collect(),
        }
    }

    /// Whether following the successors of `from` leads to `to`.
    pub fn leads(&self, from: u32, to: u32) -> bool {
        let chain = std::iter::successors(Some(from), |number| self.successors.get(number).copied());
        chain.take(self.successors.len() + 1).any(|number| number == to)
    }
}

/// Evidence that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Which.
    pub evidence: Evidence,
    /// What is there instead, and what to give.
    pub what: String,
}

/// The states that a proposal may come into from `from`.
pub fn moves_from<'s>(scheme: &'s Scheme, from: &StateRule) -> Vec<&'s StateRule> {
    scheme.states.iter().filter(|to| to.id != from.id && may_follow(from, to)).collect()
}

fn may_follow(from: &StateRule, to: &StateRule) -> bool {
    match to.from.is_empty() {
        false => to.from.contains(&from.id),
        // the first state is not come back to, the last ones are reached from any that is under way
        true => to.stage != Stage::Draft && from.stage != to.stage,
    }
}

/// The page as it comes to be: what is taken up again does not say any more why it was withdrawn.
#[must_use]
pub fn taken_up(scheme: &Scheme, before: &Page, after: Page) -> Page {
    let stage = |page: &Page| page.state(scheme).map(|state| state.stage);
    let again = stage(before) == Some(Stage::Withdrawn) && stage(&after) == Some(Stage::Discussion);
    match again && before.get(Field::Why).is_some() && before.get(Field::Why) == after.get(Field::Why) {
        true => after.with(scheme, Field::Why, ""),
        false => after,
    }
}

/// What a proposal lacks to be in a state.
pub fn missing_evidence(scheme: &Scheme, page: &Page, to: &StateRule, proof: &Proof) -> Vec<Missing> {
    let lacks = |evidence: &Evidence| {
        let what = lacking(scheme, page, *evidence, proof)?;
        Some(Missing { evidence: *evidence, what })
    };
    to.needs.iter().filter_map(lacks).collect()
}

fn lacking(scheme: &Scheme, page: &Page, evidence: Evidence, proof: &Proof) -> Option<String> {
    match evidence {
        Evidence::Discussion => thread(scheme, page, Field::Discussion),
        Evidence::Vote => thread(scheme, page, Field::Vote),
        Evidence::Passed => result(scheme, page, proof, "passed"),
        Evidence::Failed if page.set(Field::Why).is_some() => None,
        Evidence::Failed => result(scheme, page, proof, "failed").map(|what| format!("{what}; or --why TEXT")),
        Evidence::Jira => match page.set(Field::Jira) {
            None => Some("no issue: --jira KEY".to_owned()),
            Some(key) => jira_fault(scheme, key),
        },
        Evidence::Release => page.set(Field::Release).is_none().then(|| "no version: --release V".to_owned()),
        Evidence::Why => page.set(Field::Why).is_none().then(|| "no reason: --why TEXT".to_owned()),
        Evidence::Successor => successor(scheme, page, proof),
    }
}

fn thread(scheme: &Scheme, page: &Page, field: Field) -> Option<String> {
    let give = format!("--{field} https://lists.apache.org/thread/…");
    let Some(link) = page.set(field) else { return Some(format!("no link to the {field} thread: {give}")) };
    match link_fault(scheme, link)? {
        LinkFault::NoAddress => Some(format!("`{link}` is no address: {give}")),
        LinkFault::NoThread => Some(format!("{link} leads to no thread: {give}")),
        LinkFault::Damaged(what) => Some(format!("{link} leads to no thread, {what}: {give}")),
        // a page keeps what it once had as evidence
        LinkFault::Dead(_) | LinkFault::Old(_) | LinkFault::Foreign | LinkFault::Indirect => None,
    }
}

fn result(scheme: &Scheme, page: &Page, proof: &Proof, wanted: &str) -> Option<String> {
    let give = "--tally FILE of `quorate vote tally --json`, or --result LINK of the mail with the result";
    let Some(result) = page.set(Field::Result) else { return Some(format!("no tally of the vote: {give}")) };
    if result.contains("://") {
        if page.set(Field::Discussion) == Some(result) && page.set(Field::Vote) != Some(result) {
            return Some(format!("{result} is the thread of the discussion: {give}"));
        }
        return matches!(
            link_fault(scheme, result),
            Some(LinkFault::NoThread | LinkFault::Damaged(_) | LinkFault::NoAddress)
        )
        .then(|| format!("{result} leads to no mail: {give}"));
    }
    match &proof.tally {
        None => Some(format!("`{result}` is not there: {give}")),
        Some(Err(why)) => Some(format!("`{result}` is no tally ({why}): {give}")),
        Some(Ok(tally)) if tally.action != scheme.action => {
            Some(format!("`{result}` is of a vote on `{}`; expected `{}`", tally.action, scheme.action))
        }
        Some(Ok(tally)) if tally.fault(scheme, page).is_some() => {
            tally.fault(scheme, page).map(|what| format!("`{result}` is no evidence, {what}: {give}"))
        }
        Some(Ok(tally)) => {
            let fits = tally.outcome == wanted || (wanted == "failed" && tally.outcome == "cancelled");
            (!fits).then(|| format!("by `{result}` the vote is {}; expected {wanted}", tally.outcome))
        }
    }
}

/// What is wrong with the form of an issue's key.
pub fn jira_fault(scheme: &Scheme, key: &str) -> Option<String> {
    let project = scheme.tracker.as_ref()?.project.as_str();
    let number = key.strip_prefix(project).and_then(|rest| rest.strip_prefix('-'));
    let fits = number.is_some_and(|number| {
        !number.is_empty() && !number.starts_with('0') && number.chars().all(|c| c.is_ascii_digit())
    });
    (!fits).then(|| format!("`{key}` is no issue of {project}; expected {project}-1234"))
}

fn successor(scheme: &Scheme, page: &Page, proof: &Proof) -> Option<String> {
    let give = "--superseded-by NUMBER";
    let Some(given) = page.set(Field::SupersededBy) else { return Some(format!("no successor: {give}")) };
    match parse_number(scheme, given) {
        None => Some(format!("`{given}` is no number: {give}")),
        Some(number) if Some(number) == page.number() => Some(format!("it cannot be its own successor: {give}")),
        Some(number) if !proof.numbers.contains(&number) => {
            Some(format!("there is no {}: {give}", scheme.name(Some(number))))
        }
        Some(number) if page.number().is_some_and(|own| proof.leads(number, own)) => {
            Some(format!("{} is itself superseded by it, at the end: {give}", scheme.name(Some(number))))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    const THREAD: &str = "https://lists.apache.org/thread/ct8smn6g9y0b8730z7rp9zfpnwmj8vf0";

    fn lacks(to: &str, fields: &[(Field, &str)], outcome: Option<(&str, &str)>) -> Vec<String> {
        let flip = flip();
        let page = Page::read(&flip, "flips/FLIP-0007.md", "---\nnumber: 7\n---\n");
        let page = fields.iter().fold(page, |page, (field, value)| page.with(&flip, *field, value));
        let tally = outcome.map(|(action, outcome)| Ok(TallyRead::of(action, outcome)));
        let proof =
            Proof { tally, numbers: BTreeSet::from([6, 7, 8, 9]), successors: BTreeMap::from([(9, 6), (6, 7)]) };
        missing_evidence(&flip, &page, flip.state(to).unwrap(), &proof)
            .into_iter()
            .map(|missing| missing.what)
            .collect()
    }

    #[test]
    fn each_state_says_what_it_lacks() {
        use Field::{Discussion, Jira, Release, Result, SupersededBy, Vote, Why};
        let two = [(Discussion, THREAD), (Vote, THREAD)];
        assert_eq!(
            lacks("discussion", &[], None),
            ["no link to the discussion thread: --discussion https://lists.apache.org/thread/…"]
        );
        assert_eq!(lacks("discussion", &[(Discussion, THREAD)], None), [""; 0]);
        assert!(
            lacks("vote", &[(Discussion, THREAD), (Vote, "https://lists.apache.org/thread/short")], None)[0]
                .contains("has 5 letters")
        );
        assert!(lacks("accepted", &two, None)[0].starts_with("no tally of the vote"));
        let tallied = [two[0], two[1], (Result, "tallies/7.json")];
        assert!(lacks("accepted", &tallied, None)[0].contains("is not there"));
        assert_eq!(
            lacks("accepted", &tallied, Some(("flip", "failed"))),
            ["by `tallies/7.json` the vote is failed; expected passed"]
        );
        assert!(lacks("accepted", &tallied, Some(("product-release", "passed")))[0].contains("expected `flip`"));
        assert_eq!(lacks("accepted", &tallied, Some(("flip", "passed"))), [""; 0]);
        assert_eq!(lacks("accepted", &[two[1], (Result, THREAD)], None), [""; 0]);
        assert!(
            lacks(
                "accepted",
                &[(Discussion, THREAD), (Vote, "https://lists.apache.org/thread/x"), (Result, THREAD)],
                None
            )
            .iter()
            .any(|what| what.contains("is the thread of the discussion"))
        );
        assert_eq!(lacks("rejected", &tallied, Some(("flip", "cancelled"))), [""; 0]);
        assert_eq!(lacks("rejected", &[(Why, "no interest")], None), [""; 0]);
        assert_eq!(
            lacks("released", &[(Jira, "FLINK-x")], None),
            ["`FLINK-x` is no issue of FLINK; expected FLINK-1234", "no version: --release V"]
        );
        assert_eq!(lacks("released", &[(Jira, "FLINK-12"), (Release, "2.0")], None), [""; 0]);
        assert_eq!(lacks("withdrawn", &[], None), ["no reason: --why TEXT"]);
        for (given, what) in [
            ("5", "there is no FLIP-5"),
            ("7", "it cannot be its own"),
            ("x", "`x` is no number"),
            ("9", "FLIP-9 is itself superseded by it"),
            ("8", ""),
        ] {
            let lacks = lacks("superseded", &[(SupersededBy, given)], None);
            assert!(
                lacks.is_empty() == what.is_empty() && lacks.iter().all(|lack| lack.starts_with(what)),
                "{lacks:?}"
            );
        }
    }

    #[test]
    fn a_state_follows_only_some() {
        let flip = flip();
        let moves = |from: &str| -> Vec<String> {
            moves_from(&flip, flip.state(from).unwrap()).into_iter().map(|state| state.id.clone()).collect()
        };
        assert_eq!(moves("draft"), ["discussion", "withdrawn", "superseded"]);
        assert_eq!(moves("vote"), ["discussion", "accepted", "rejected", "withdrawn", "superseded"]);
        assert_eq!(moves("accepted"), ["released", "superseded"]);
        assert_eq!(moves("released"), ["superseded"]);
    }
}
