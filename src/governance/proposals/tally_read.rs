// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A tally that is evidence: whether it is of a proposal's own vote, and says what its votes come to.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::field::Field;
use super::link::numbers_in;
use super::page::Page;
use super::scheme::Scheme;
use crate::governance::{Approval, BindingVotes, Outcome, decide_by};

/// What a tally (`quorate vote tally --json`, or one that was kept) says, as far as a proposal needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct TallyRead {
    /// The action that was voted on.
    pub action: String,
    /// `passed`, `failed`, `open`, `cancelled` or `needs-review`.
    pub outcome: String,
    /// The subject of the mail that opened the vote.
    #[serde(default)]
    subject: Option<String>,
    /// The thread's address, or its first mail's Message-ID.
    #[serde(default)]
    thread: Option<String>,
    /// The Message-ID of the mail that opened the vote.
    #[serde(default)]
    vote_mail: Option<String>,
    /// The mails that opened a round of it.
    #[serde(default)]
    rounds: Vec<RoundRead>,
    /// By which rule it was counted.
    #[serde(default)]
    rule: Option<Value>,
    /// The votes.
    #[serde(default)]
    votes: Option<Vec<VoteRead>>,
    /// How many of them bind.
    #[serde(default)]
    binding: Option<Counts>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct RoundRead {
    message_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct VoteRead {
    value: String,
    binding: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Counts {
    plus: usize,
    minus: usize,
}

impl TallyRead {
    /// One that says of itself nothing else than what it came to.
    pub fn of(action: &str, outcome: &str) -> Self {
        Self { action: action.to_owned(), outcome: outcome.to_owned(), ..Self::default() }
    }

    /// In short: `passed, 3 binding +1, 0 -1`.
    pub fn summary(&self) -> String {
        match self.counts() {
            Some(Counts { plus, minus }) => format!("{}, {plus} binding +1, {minus} -1", self.outcome),
            None => self.outcome.clone(),
        }
    }

    /// Why it shows nothing of this page's vote: it is of another one, or does not come to what it says.
    pub fn fault(&self, scheme: &Scheme, page: &Page) -> Option<String> {
        self.of_another(scheme, page).or_else(|| self.not_so())
    }

    fn of_another(&self, scheme: &Scheme, page: &Page) -> Option<String> {
        let subject = self.subject.as_deref().unwrap_or_default();
        let named = numbers_in(scheme, subject);
        if !named.is_empty() && page.number().is_some_and(|number| !named.contains(&number)) {
            return Some(format!("it is of the vote `{subject}`"));
        }
        let vote = page.set(Field::Vote)?;
        let mails: Vec<String> = [&self.vote_mail, &self.thread]
            .into_iter()
            .flatten()
            .chain(self.rounds.iter().map(|round| &round.message_id))
            .filter_map(|text| message_id(text))
            .collect();
        let thread = self.thread.as_deref().filter(|thread| thread.contains("://"));
        let other = match (message_id(vote), thread) {
            (Some(id), _) if !mails.is_empty() => (!mails.contains(&id)).then(|| mails.join(", ")),
            (None, Some(thread)) if message_id(thread).is_none() => {
                (plain(thread) != plain(vote)).then(|| thread.to_owned())
            }
            // what was counted from an export has no address that could be compared
            _ => None,
        };
        other.map(|other| format!("it is of the thread {other}, and the page's vote is {vote}"))
    }

    fn counts(&self) -> Option<Counts> {
        let votes = self.votes.as_ref().filter(|votes| !votes.is_empty());
        let count =
            |votes: &Vec<VoteRead>, value| votes.iter().filter(|vote| vote.binding && vote.value == value).count();
        // votes that a person counted are numbers alone
        votes.map(|votes| Counts { plus: count(votes, "+1"), minus: count(votes, "-1") }).or(self.binding)
    }

    fn not_so(&self) -> Option<String> {
        let rule = self.rule.as_ref().and_then(|rule| serde_json::from_value::<Approval>(rule.clone()).ok());
        let decided = ["passed", "failed"].contains(&self.outcome.as_str());
        let Some(counts) = self.counts().filter(|_| decided) else {
            let none = decided && self.votes.is_some() && rule != Some(Approval::LazyApproval);
            return none.then(|| format!("it says that the vote {}, and has no vote", self.outcome));
        };
        let Counts { plus, minus } = counts;
        if let Some(said) = self.binding.filter(|said| *said != counts) {
            return Some(format!(
                "it says {} binding +1 and {} -1, and its votes are {plus} and {minus}",
                said.plus, said.minus
            ));
        }
        if plus + minus == 0 && self.outcome == "passed" && rule != Some(Approval::LazyApproval) {
            return Some("it says that the vote passed, and nobody's vote in it binds".to_owned());
        }
        // of a part of all who may vote, and by silence, nobody can tell from the votes alone
        let rule = rule.filter(|rule| matches!(rule, Approval::Consensus | Approval::LazyMajority))?;
        let passed = decide_by(rule, BindingVotes { plus, minus, holders: 0 }).outcome == Outcome::Passed;
        (passed != (self.outcome == "passed")).then(|| {
            let comes_to = if passed { "passed" } else { "failed" };
            format!("it says {}; with {plus} binding +1 and {minus} -1 the vote has {comes_to}", self.outcome)
        })
    }
}

/// The Message-ID in a link, or one as it is.
fn message_id(text: &str) -> Option<String> {
    let last = text.rsplit_once("/thread/").map_or(text, |(_, id)| id);
    let id = percent_decode_str(last.split(['?', '#']).next()?).decode_utf8_lossy().into_owned();
    let id = id.trim_matches(['<', '>', '/', ' ']);
    (id.contains('@') && !id.contains("://")).then(|| id.to_owned())
}

fn plain(link: &str) -> &str {
    let link = link.split(['?', '#']).next().unwrap_or(link).trim_end_matches('/');
    link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")).unwrap_or(link)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    const VOTE: &str = "https://lists.apache.org/thread/ns1my6ydctjfl9w89hm8gvldh00lqtq3";

    fn fault(vote: &str, tally: Value) -> Option<String> {
        let page = Page::read(&flip(), "flips/FLIP-0007.md", &format!("---\nnumber: 7\nvote: {vote}\n---\n"));
        let mut all = json!({"action": "flip", "outcome": "passed"});
        all.as_object_mut().unwrap().extend(tally.as_object().unwrap().clone());
        serde_json::from_value::<TallyRead>(all).unwrap().fault(&flip(), &page)
    }

    #[test]
    fn a_tally_is_of_the_pages_own_vote() {
        let says = |vote: &str, tally: Value, what: &str| {
            let found = fault(vote, tally.clone());
            assert!(
                found.as_deref().unwrap_or_default().contains(what) && found.is_some() != what.is_empty(),
                "{tally}: {found:?}"
            );
        };
        says(VOTE, json!({}), "");
        says(VOTE, json!({"subject": "[VOTE] FLIP-7: Pause"}), "");
        says(VOTE, json!({"subject": "[VOTE] FLIP-3: Greet"}), "`[VOTE] FLIP-3: Greet`");
        says(VOTE, json!({"thread": VOTE.replace("https", "http") + "/"}), "");
        says(VOTE, json!({"thread": VOTE.replace("ns1", "xs1")}), "it is of the thread https://lists");
        says(VOTE, json!({"thread": "votes.mbox", "vote_mail": "<a@x.org>"}), "");
        let mail = "https://lists.apache.org/thread/%3Ca@x.org%3E";
        says(mail, json!({"vote_mail": "<a@x.org>"}), "");
        says(mail, json!({"rounds": [{"message_id": "b@x.org"}]}), "it is of the thread b@x.org");
    }

    #[test]
    fn a_tally_says_what_its_votes_come_to() {
        let votes = |values: &[&str]| -> Value {
            values.iter().map(|value| json!({"value": value, "binding": true})).collect()
        };
        let three = votes(&["+1", "+1", "+1"]);
        for (tally, what) in [
            (json!({"votes": []}), "and has no vote"),
            (json!({"votes": [], "rule": "lazy-approval"}), ""),
            (json!({"votes": [], "binding": {"plus": 3, "minus": 0, "zero": 0}, "rule": "consensus"}), ""),
            (json!({"votes": three, "rule": "consensus"}), ""),
            (json!({"votes": three, "rule": "consensus", "outcome": "failed"}), "the vote has passed"),
            (json!({"votes": votes(&["+1", "+1", "+1", "-1"]), "rule": "consensus"}), "the vote has failed"),
            (json!({"votes": votes(&["+1", "+1"]), "rule": "lazy-majority"}), "the vote has failed"),
            (json!({"votes": three, "binding": {"plus": 4, "minus": 0}}), "its votes are 3 and 0"),
            (json!({"votes": [{"value": "+1", "binding": false}]}), "nobody's vote in it binds"),
            (json!({"votes": votes(&["+1"]), "rule": "consensus", "outcome": "open"}), ""),
        ] {
            let found = fault(VOTE, tally.clone());
            assert!(
                found.as_deref().unwrap_or_default().contains(what) && found.is_some() != what.is_empty(),
                "{tally}: {found:?}"
            );
        }
    }
}
