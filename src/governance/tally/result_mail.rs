// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A result mail against the tally: each number, name and value that differs. It decides nothing;
//! people write such mails, and forget somebody.

use super::mails::Mail;
use super::report::{CountedVote, ResultMail, VoteOutcome};
use crate::governance::roster::plain_name;
use crate::governance::{ClaimedCounts, ClaimedResult, ClaimedVoter, Role, VoteValue};

pub(super) fn compare(mail: &Mail<'_>, votes: &[CountedVote], outcome: VoteOutcome) -> ResultMail {
    let head = &mail.statement.head;
    let claimed = match &mail.statement.role {
        Role::Announces(claimed) => claimed.clone(),
        _ => ClaimedResult::default(),
    };
    let mut disagreements = Vec::new();
    match (claimed.passed, outcome) {
        (Some(true), VoteOutcome::Failed | VoteOutcome::Cancelled) | (Some(false), VoteOutcome::Passed) => {
            let says = if claimed.passed == Some(true) { "passed" } else { "did not pass" };
            disagreements.push(format!("it says that the vote {says}"));
        }
        _ => {}
    }
    if claimed.unanimous {
        let against = votes.iter().filter(|vote| vote.value != VoteValue::Plus);
        disagreements.extend(
            against.map(|vote| {
                format!("it says that the vote is unanimous, and {} voted {}", vote.name, vote.value.sign())
            }),
        );
    }
    numbers(&claimed, votes, &mut disagreements);
    names(&claimed.voters, votes, &mut disagreements);
    ResultMail {
        message_id: head.message_id.clone(),
        from: mail.from(),
        at: head.at,
        passed: claimed.passed,
        disagreements,
        unread: unread(&claimed),
    }
}

/// What the mail does not say in a form that is read.
fn unread(claimed: &ClaimedResult) -> Vec<String> {
    let counted = |counts: ClaimedCounts| counts.plus.is_some() || counts.minus.is_some();
    let numbers = counted(claimed.binding) || counted(claimed.non_binding) || claimed.plus_in_all.is_some();
    [
        (claimed.passed.is_none() && !claimed.unanimous, "no outcome was read in it"),
        (!numbers, "no numbers were read in it"),
        (claimed.voters.is_empty(), "no names of voters were read in it"),
    ]
    .into_iter()
    .filter(|(missing, _)| *missing)
    .map(|(_, what)| format!("{what}, so none were compared"))
    .collect()
}

fn numbers(claimed: &ClaimedResult, votes: &[CountedVote], out: &mut Vec<String>) {
    let count = |binding: bool, weight: i8| {
        votes.iter().filter(|vote| vote.binding == binding && vote.value.weight() == weight).count()
    };
    let mut compare = |claimed: Option<usize>, found: usize, what: &str| {
        if let Some(claimed) = claimed.filter(|claimed| *claimed != found) {
            out.push(format!("it says {claimed} {what}; here are {found}"));
        }
    };
    compare(claimed.plus_in_all, count(true, 1) + count(false, 1), "+1 in all");
    for (binding, word) in [(true, "binding"), (false, "non-binding")] {
        let ClaimedCounts { plus, zero, minus } = if binding { claimed.binding } else { claimed.non_binding };
        for (claimed, weight, sign) in [(plus, 1, "+1"), (zero, 0, "0"), (minus, -1, "-1")] {
            compare(claimed, count(binding, weight), &format!("{word} {sign}"));
        }
    }
}

fn names(claimed: &[ClaimedVoter], votes: &[CountedVote], out: &mut Vec<String>) {
    if claimed.is_empty() {
        return;
    }
    let mut named = vec![false; votes.len()];
    for voter in claimed {
        let Some(index) = find(&voter.name, votes, &named) else {
            out.push(format!("it names {} with {}; here is no such vote", voter.name, voter.value.sign()));
            continue;
        };
        named[index] = true;
        let vote = &votes[index];
        if vote.value.weight() != voter.value.weight() {
            let (said, is) = (voter.value.sign(), vote.value.sign());
            out.push(format!("it names {} with {said}; here it is {is}", voter.name));
        }
        if voter.binding.is_some_and(|binding| binding != vote.binding) {
            let is = if vote.binding { "binding" } else { "not binding" };
            out.push(format!("it calls the vote of {} otherwise; here it is {is}", voter.name));
        }
    }
    let forgotten = votes.iter().zip(&named).filter(|(_, named)| !**named).map(|(vote, _)| vote);
    for vote in forgotten.filter(|vote| vote.value != VoteValue::Zero || vote.binding) {
        out.push(format!("it does not name {} with {}", vote.name, vote.value.sign()));
    }
}

/// The vote of whom a name means: by name, id or address; else the only one who has all its words.
fn find(name: &str, votes: &[CountedVote], named: &[bool]) -> Option<usize> {
    let wanted = plain_name(name);
    let bare = name.trim().trim_matches(['<', '>', '@', '(', ')']).to_lowercase();
    let fits = |vote: &CountedVote| {
        plain_name(&vote.name) == wanted
            || vote.voter.to_lowercase() == bare
            || vote.address == bare
            || vote.address.split('@').next() == Some(bare.as_str())
    };
    let free = |index: &usize| !named[*index];
    if let Some(index) = (0..votes.len()).filter(free).find(|index| fits(&votes[*index])) {
        return Some(index);
    }
    let within = |vote: &CountedVote| {
        let name = plain_name(&vote.name);
        let words: Vec<&str> = name.split(' ').collect();
        !wanted.is_empty() && wanted.split(' ').all(|word| words.contains(&word))
    };
    let mut close = (0..votes.len()).filter(free).filter(|index| within(&votes[*index]));
    close.next().filter(|_| close.next().is_none())
}
