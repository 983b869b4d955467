// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each voter's mails in the order of their dates, and what remains of them: one counted vote, or
//! none; what a person must rule on; what is left out.

use std::collections::BTreeMap;

use super::accounts::{came_of_nothing, read};
use super::case::Case;
use super::in_time::{Place, place};
use super::mails::{Mail, excerpt};
use super::people::Binding;
use super::report::{CountedVote, EarlierVote, LeftOut, MailAccount, Review, SaidAfter};
use super::rounds::Course;
use crate::governance::{Approval, Cast, Claim, Role, Says, VoteValue};

/// What all mails of a vote come to.
#[derive(Debug, Default)]
pub(super) struct Ballots {
    pub(super) votes: Vec<CountedVote>,
    pub(super) pending: Vec<Pending>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) said_after: Vec<SaidAfter>,
    pub(super) accounts: Vec<MailAccount>,
    pub(super) notes: Vec<String>,
}

/// A mail under review, and what a ruling could make of it.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) review: Review,
    /// Whose vote it would be: an id on the roster, an address, or nobody's known.
    pub(super) voter: String,
    pub(super) may_bind: bool,
    /// Whether it may be anybody's, also of somebody whose vote is counted.
    pub(super) anybodys: bool,
    /// What the vote could be, beside what is counted now.
    pub(super) possible: Vec<VoteValue>,
    /// Whether it is not known when it was written: no other vote is later than it.
    pub(super) undated: bool,
}

/// Why two mails of one date are under review.
const TIED: &str = "two votes of the same voter have the same date: which of them is the later?";

/// What is known of one voter so far.
#[derive(Default)]
struct Slot {
    counted: Option<CountedVote>,
    earlier: Vec<EarlierVote>,
    pending: Vec<Pending>,
    /// By which way the counted vote came; as ruled votes need none, where it is known.
    route: Option<crate::governance::Route>,
    /// Which account is that of the counted vote's mail.
    account: usize,
    /// How many mails of theirs cast or withdraw.
    spoken: usize,
    /// What they wrote after the counted vote, that was read as none.
    said_after: Vec<SaidAfter>,
}

impl Slot {
    /// Whether a vote against it counts so far.
    fn objects(&self) -> bool {
        self.counted.as_ref().is_some_and(|vote| matches!(vote.value, VoteValue::Minus | VoteValue::MinusZero))
    }

    /// Takes in a mail that was read as no vote, where theirs counts by then: it may have been misread.
    fn overhear(&mut self, case: &Case<'_>, course: &Course<'_, '_>, mail: &Mail<'_>) {
        let written = mail.statement.role == Role::Replies && mail.ruling.is_none() && self.counted.is_some();
        let Some(line) = mail.statement.remark.clone().filter(|_| written) else { return };
        if matches!(place(case, course, mail, self.spoken), Place::Out(_)) {
            return;
        }
        let head = &mail.statement.head;
        self.said_after.push(SaidAfter { message_id: head.message_id.clone(), from: mail.from(), at: head.at, line });
    }
}

impl Ballots {
    pub(super) fn of(case: &Case<'_>, mails: &[Mail<'_>], course: &Course<'_, '_>) -> Self {
        let mut ballots = Self::default();
        let mut slots: BTreeMap<&str, Slot> = BTreeMap::new();
        for mail in mails.iter().filter(|mail| mail.speaks()) {
            slots.entry(&mail.voter.key).or_default().spoken += 1;
        }
        for mail in mails {
            let mut slot = slots.get_mut(mail.voter.key.as_str());
            // what may settle an objection matters to whose vote that is
            let heard = |slot: &Slot| match mail.statement.says {
                Says::Settles { .. } => slot.objects(),
                Says::Regrets { .. } => slot.counted.is_some(),
                _ => mail.speaks(),
            };
            let came_of = match slot.take_if(|slot| heard(slot)) {
                Some(slot) => ballots.hear(case, course, mail, slot),
                None => {
                    if let Some(slot) = slots.get_mut(mail.voter.key.as_str()) {
                        slot.overhear(case, course, mail);
                    }
                    came_of_nothing(mail, course)
                }
            };
            ballots.account(mail, came_of);
        }
        for slot in slots.into_values() {
            ballots.said_after.extend(slot.said_after);
            ballots.votes.extend(slot.counted.map(|vote| CountedVote { earlier: slot.earlier, ..vote }));
            ballots.pending.extend(slot.pending);
        }
        ballots.votes.sort_by(|a, b| (a.at.is_none(), a.at, &a.message_id).cmp(&(b.at.is_none(), b.at, &b.message_id)));
        let by_time = |review: &Review| (review.at.is_none(), review.at, review.message_id.clone());
        ballots.pending.sort_by_key(|pending| by_time(&pending.review));
        ballots.said_after.sort_by_key(|said| (said.at, said.message_id.clone()));
        ballots.left_out.sort_by_key(|left| (left.at.is_none(), left.at, left.message_id.clone()));
        ballots.note_namesakes();
        ballots
    }

    /// What comes of a mail that casts, withdraws or is unclear.
    fn hear(&mut self, case: &Case<'_>, course: &Course<'_, '_>, mail: &Mail<'_>, slot: &mut Slot) -> String {
        let (doubt, undated) = match place(case, course, mail, slot.spoken) {
            Place::Out(why) => {
                self.leave_out(mail, &why);
                return format!("not counted: {why}");
            }
            Place::InTime => (None, false),
            Place::Doubtful { why, undated } => (Some(why), undated),
        };
        let review = |slot: &mut Slot, why: String, possible: Vec<VoteValue>| {
            slot.pending.push(Pending { undated, ..pending(mail, why.clone(), possible) });
            format!("under review: {why}")
        };
        match &mail.statement.says {
            Says::Nothing { .. } => String::new(),
            Says::Settles { .. } => {
                let value = slot.counted.as_ref().map_or("-1", |vote| vote.value.sign());
                let why = format!(
                    "it may say that what spoke against it is settled: does their {value} still stand? Rule `none` if so, else what it is now"
                );
                review(slot, why, vec![VoteValue::Zero])
            }
            Says::Regrets { .. } => {
                let value = slot.counted.as_ref().map_or("vote", |vote| vote.value.sign());
                let why = format!(
                    "it may say that their {value} no longer stands: does it? Rule `none` if not, else what it is now"
                );
                review(slot, why, vec![VoteValue::Plus, VoteValue::Zero, VoteValue::Minus])
            }
            Says::Unclear { why, .. } => {
                take_tied(mail, slot, None);
                review(slot, why.clone(), vec![VoteValue::Plus, VoteValue::Zero, VoteValue::Minus])
            }
            Says::Withdraws { line } => match doubt.or_else(|| doubt_of_withdrawal(mail, slot)) {
                Some(why) => {
                    let tied = take_tied(mail, slot, None);
                    review(slot, why, tied.into_iter().chain([VoteValue::Zero]).collect())
                }
                None => self.withdraw(mail, slot, line),
            },
            Says::Casts(cast) => match doubt.or_else(|| doubt_of(case, mail, slot, cast)) {
                Some(why) => {
                    let mut possible = vec![cast.value];
                    if let Some(tied) = take_tied(mail, slot, Some(cast.value)) {
                        possible.push(tied);
                    }
                    review(slot, why, possible)
                }
                None => self.count(mail, slot, cast),
            },
        }
    }

    fn count(&mut self, mail: &Mail<'_>, slot: &mut Slot, cast: &Cast) -> String {
        self.settle(slot);
        slot.said_after.clear();
        let came_of = match slot.counted.take() {
            Some(before) => {
                let same = before.value == cast.value;
                let said = format!("the {} of {}", before.value.sign(), before.message_id);
                self.replaced(slot.account, mail.id());
                let earlier = EarlierVote {
                    value: before.value,
                    message_id: before.message_id,
                    at: before.at,
                    line: before.line,
                };
                slot.earlier.push(earlier);
                if same { format!("counted; it repeats {said}") } else { format!("counted; it replaces {said}") }
            }
            None => "counted".to_owned(),
        };
        slot.counted = Some(counted(mail, cast));
        // this mail's is the next
        slot.account = self.accounts.len();
        slot.route = mail.ruling.is_none().then(|| mail.statement.head.route.clone());
        came_of
    }

    fn withdraw(&mut self, mail: &Mail<'_>, slot: &mut Slot, line: &str) -> String {
        self.settle(slot);
        let Some(vote) = slot.counted.take() else {
            return "it takes a vote back, and there is none that counts".to_owned();
        };
        slot.said_after.clear();
        self.replaced(slot.account, mail.id());
        let why = format!("taken back by a later mail: {line}");
        self.left_out.push(LeftOut {
            message_id: vote.message_id.clone(),
            from: format!("{} <{}>", vote.name, vote.address),
            at: vote.at,
            line: vote.line,
            why,
        });
        format!("it takes the {} of {} back", vote.value.sign(), vote.message_id)
            + if mail.ruling.is_some() { ", as ruled" } else { "" }
    }

    /// What was doubtful before a vote that is certain has no more to say, where it is known that it
    /// was before.
    fn settle(&mut self, slot: &mut Slot) {
        for pending in slot.pending.extract_if(.., |pending| !pending.undated) {
            let Review { message_id, from, at, excerpt, why } = pending.review;
            let why = format!("whatever it was ({why}), a later mail of the same voter replaces it");
            self.left_out.push(LeftOut { message_id, from, at, line: excerpt, why });
        }
    }

    /// What came of a mail that counted until a later one of the same voter.
    fn replaced(&mut self, account: usize, by: &str) {
        if let Some(account) = self.accounts.get_mut(account) {
            account.came_of = format!("no longer counted: {by} of the same voter is later");
        }
    }

    fn leave_out(&mut self, mail: &Mail<'_>, why: &str) {
        let head = &mail.statement.head;
        let line = excerpt(&mail.statement.says);
        let (message_id, why) = (head.message_id.clone(), why.to_owned());
        self.left_out.push(LeftOut { message_id, from: mail.from(), at: head.at, line, why });
    }

    fn account(&mut self, mail: &Mail<'_>, came_of: String) {
        let head = &mail.statement.head;
        self.accounts.push(MailAccount {
            message_id: head.message_id.clone(),
            from: mail.from(),
            voter: mail.voter.key.clone(),
            at: head.at,
            read: read(&mail.statement.says),
            came_of,
        });
    }

    /// One person under two addresses has one vote; the roster knows only of its own.
    fn note_namesakes(&mut self) {
        let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for vote in self.votes.iter().filter(|vote| !vote.name.is_empty()) {
            names.entry(crate::governance::roster::plain_name(&vote.name)).or_default().push(&vote.voter);
        }
        let twice = names.into_iter().filter(|(_, voters)| voters.len() > 1);
        let notes: Vec<String> = twice
            .map(|(_, voters)| {
                format!("{} have the same name; if they are one person, an alias file says so", voters.join(" and "))
            })
            .collect();
        self.notes.extend(notes);
    }
}

fn counted(mail: &Mail<'_>, cast: &Cast) -> CountedVote {
    let head = &mail.statement.head;
    let (binding, roster) = match &mail.voter.binding {
        Binding::Yes(entry) => (true, entry.clone()),
        Binding::No(why) | Binding::Perhaps { why, .. } => (false, why.clone()),
    };
    let mut notes = head.doubts.clone();
    match (cast.claim, binding) {
        (Some(Claim::Binding), false) => notes.push("it says that it is binding; by the roster it is not".to_owned()),
        (Some(Claim::NonBinding), true) => notes.push("it says that it is not binding; by the roster it is".to_owned()),
        _ => {}
    }
    CountedVote {
        voter: mail.voter.key.clone(),
        name: mail.voter.name.clone(),
        address: mail.voter.address.clone(),
        value: cast.value,
        binding,
        roster,
        message_id: head.message_id.clone(),
        at: head.at,
        line: cast.line.clone(),
        why: cast.why.clone(),
        claim: cast.claim,
        notes,
        earlier: Vec::new(),
    }
}

/// What a person must be asked before this vote counts.
fn doubt_of(case: &Case<'_>, mail: &Mail<'_>, slot: &Slot, cast: &Cast) -> Option<String> {
    if mail.ruling.is_some() {
        return None;
    }
    if let Binding::Perhaps { why, .. } = &mail.voter.binding {
        return Some(why.clone());
    }
    let at = mail.statement.head.at;
    let tied = |pending: &Pending| at.is_some() && pending.review.at == at;
    if slot.pending.iter().any(tied)
        || slot.counted.as_ref().is_some_and(|before| before.at == at && before.value != cast.value)
    {
        return Some(TIED.to_owned());
    }
    if slot.counted.as_ref().is_some_and(|before| before.value != cast.value)
        && let Some(why) = other_route(mail, slot, "replace")
    {
        return Some(why);
    }
    let binds = matches!(mail.voter.binding, Binding::Yes(_));
    let veto = case.action.approval == Approval::Consensus
        || (case.action.approval == Approval::LazyApproval && case.action.escalates_to == Some(Approval::Consensus));
    // "my -1 stands" repeats one that was explained
    let repeats = slot.counted.as_ref().is_some_and(|before| before.value == VoteValue::Minus);
    (veto && binds && cast.value == VoteValue::Minus && !cast.explained && !repeats).then(|| {
        "a veto without an explanation is void: is it given elsewhere? Rule `-1` if so, `none` if not".to_owned()
    })
}

/// What a person must be asked before this withdrawal holds.
fn doubt_of_withdrawal(mail: &Mail<'_>, slot: &Slot) -> Option<String> {
    let at = mail.statement.head.at.filter(|_| mail.ruling.is_none());
    let tied = at.is_some()
        && (slot.counted.as_ref().is_some_and(|before| before.at == at)
            || slot.pending.iter().any(|pending| pending.review.at == at));
    tied.then(|| TIED.to_owned()).or_else(|| other_route(mail, slot, "take back"))
}

/// Whether the mail came by another way than the vote that it would change.
fn other_route(mail: &Mail<'_>, slot: &Slot, verb: &str) -> Option<String> {
    let before = slot.route.as_ref().filter(|_| mail.ruling.is_none() && slot.counted.is_some())?;
    let now = &mail.statement.head.route;
    let shown = |part: &Option<String>| part.as_deref().unwrap_or("none").to_owned();
    let parts = [
        ("first server", &before.origin, &now.origin),
        ("DKIM", &before.dkim, &now.dkim),
        ("client", &before.client, &now.client),
    ];
    let differing: Vec<String> = parts
        .into_iter()
        .filter(|(_, before, now)| before != now)
        .map(|(what, before, now)| format!("{what}: {} before, {} now", shown(before), shown(now)))
        .collect();
    (!differing.is_empty()).then(|| {
        format!(
            "it would {verb} their {} and came by another way ({}): is it theirs?",
            slot.counted.as_ref().map_or("vote", |vote| vote.value.sign()),
            differing.join("; ")
        )
    })
}

/// A counted vote of the same date counts no more than this one.
fn take_tied(mail: &Mail<'_>, slot: &mut Slot, value: Option<VoteValue>) -> Option<VoteValue> {
    let tied = |before: &CountedVote| {
        mail.statement.head.at.is_some() && before.at == mail.statement.head.at && Some(before.value) != value
    };
    // what a person ruled on stands, and has no route
    slot.route.as_ref()?;
    let before = slot.counted.as_ref().filter(|before| tied(before))?;
    let review = Review {
        message_id: before.message_id.clone(),
        from: format!("{} <{}>", before.name, before.address),
        at: before.at,
        excerpt: before.line.clone(),
        why: TIED.to_owned(),
    };
    let value = before.value;
    slot.pending.push(Pending { review, possible: vec![value], ..pending(mail, String::new(), Vec::new()) });
    slot.counted = None;
    Some(value)
}

fn pending(mail: &Mail<'_>, why: String, possible: Vec<VoteValue>) -> Pending {
    let head = &mail.statement.head;
    let voter = match &mail.voter.binding {
        Binding::Perhaps { member: Some(member), .. } => member.clone(),
        _ => mail.voter.key.clone(),
    };
    let line = excerpt(&mail.statement.says);
    let review = Review { message_id: head.message_id.clone(), from: mail.from(), at: head.at, excerpt: line, why };
    let may_bind = !matches!(mail.voter.binding, Binding::No(_));
    let anybodys = matches!(mail.voter.binding, Binding::Perhaps { member: None, .. });
    Pending { review, voter, may_bind, anybodys, possible, undated: false }
}
