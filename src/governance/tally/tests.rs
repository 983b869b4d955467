// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes as tables: the rule, the roster, the course of a thread.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::governance::{
    Action, Approval, Cast, Claim, ClaimedCounts, ClaimedResult, ClaimedVoter, Head, Office, Role, Roster, Route, Says,
    Statement,
};

const ROSTER: &str = r#"
project = "greeter"
as_of = "2026-11-01"
[[member]]
id = "ann"
name = "Ann Example"
emails = ["ann@example.org"]
roles = ["pmc", "committer"]
since = "2020-01-01"
[[member]]
id = "bob"
name = "Bob Example"
emails = ["bob@example.org", "bob@example.com"]
roles = ["pmc"]
[[member]]
id = "cleo"
name = "Cleo Example"
roles = ["pmc"]
[[member]]
id = "dan"
name = "Dan Example"
roles = ["pmc"]
[[member]]
id = "eve"
name = "Eve Example"
roles = ["committer"]
[[member]]
id = "fay"
name = "Fay Example"
roles = ["pmc"]
emeritus = true
[[member]]
id = "gus"
name = "Gus Example"
roles = ["pmc"]
since = "2026-11-22"
"#;

pub(super) fn roster() -> Roster {
    Roster::parse("roster.toml", ROSTER).unwrap()
}

pub(super) fn action(approval: Approval) -> Action {
    Action {
        id: "x".into(),
        title: "X".into(),
        approval,
        binding: Office::Pmc,
        minimum_days: 3,
        list: "dev".into(),
        exclude_subject: false,
        minimum_plus: usize::from(approval == Approval::LazyApproval),
        escalates_to: (approval == Approval::LazyApproval).then_some(Approval::LazyMajority),
    }
}

/// So many hours after the vote was opened.
pub(super) fn hour(hours: i64) -> Timestamp {
    "2026-11-20T17:30:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

/// A mail of somebody: `ann` writes from ann@apache.org, anything with an @ from there.
pub(super) fn mail(id: &str, who: &str, hours: i64) -> Statement {
    let address = if who.contains('@') { who.to_owned() } else { format!("{who}@apache.org") };
    let word = address.split('@').next().unwrap();
    let name = format!("{}{} Example", word[..1].to_uppercase(), &word[1..]);
    Statement {
        head: Head {
            message_id: id.into(),
            name: Some(name),
            address: Some(address),
            at: Some(hour(hours)),
            doubts: Vec::new(),
            route: Route::default(),
        },
        role: Role::Replies,
        says: Says::Nothing { why: None },
    }
}

pub(super) fn cast(value: &str) -> Says {
    Says::Casts(Cast {
        value: VoteValue::parse(value).unwrap(),
        claim: None,
        line: value.into(),
        why: "the first line is the vote".into(),
        explained: true,
    })
}

pub(super) fn vote(id: &str, who: &str, hours: i64, value: &str) -> Statement {
    Statement { says: cast(value), ..mail(id, who, hours) }
}

pub(super) fn opens(id: &str, who: &str, hours: i64, subject: &str) -> Statement {
    Statement { role: Role::Opens { subject: subject.into(), hours: Some(72) }, ..mail(id, who, hours) }
}

fn open() -> Statement {
    opens("open", "eve", 0, "[VOTE] Release 1.2.0, rc1")
}

fn result(id: &str, who: &str, hours: i64, claimed: ClaimedResult) -> Statement {
    Statement { role: Role::Announces(claimed), ..mail(id, who, hours) }
}

/// A vote with its circumstances, as tests change them.
struct Votes {
    action: Action,
    roster: Roster,
    statements: Vec<Statement>,
    rulings: Vec<Ruling>,
    reminders: Vec<Reminder>,
    subject: Option<String>,
    now: Timestamp,
}

impl Votes {
    fn by(approval: Approval, statements: Vec<Statement>) -> Self {
        let statements = std::iter::once(open()).chain(statements).collect();
        Self {
            action: action(approval),
            roster: roster(),
            statements,
            rulings: Vec::new(),
            reminders: Vec::new(),
            subject: None,
            now: hour(1000),
        }
    }

    fn majority(statements: Vec<Statement>) -> Self {
        Self::by(Approval::LazyMajority, statements)
    }

    fn ruled(mut self, message_id: &str, verdict: &str) -> Self {
        let verdict = verdict.parse().unwrap();
        self.rulings.push(Ruling { message_id: message_id.into(), verdict, why: "asked".into() });
        self
    }

    fn tally(&self) -> Tally {
        tally(&Case {
            action: &self.action,
            roster: &self.roster,
            statements: &self.statements,
            rulings: &self.rulings,
            reminders: &self.reminders,
            subject: self.subject.as_deref(),
            now: self.now,
            clock: hour(1000),
        })
    }
}

fn three() -> Vec<Statement> {
    vec![vote("a", "ann", 1, "+1"), vote("b", "bob", 2, "+1"), vote("c", "cleo", 3, "+1")]
}

fn with(mut statements: Vec<Statement>, more: Statement) -> Vec<Statement> {
    statements.push(more);
    statements
}

fn counts(tally: &Tally) -> [usize; 6] {
    let (b, n) = (tally.binding, tally.non_binding);
    [b.plus, b.zero, b.minus, n.plus, n.zero, n.minus]
}

fn review_of<'t>(tally: &'t Tally, id: &str) -> &'t str {
    tally.review.iter().find(|review| review.message_id == id).map_or("", |review| &review.why)
}

fn left_out<'t>(tally: &'t Tally, id: &str) -> &'t str {
    tally.left_out.iter().find(|left| left.message_id == id).map_or("", |left| &left.why)
}

#[test]
fn who_binds_is_the_rosters_word_and_no_claim_is_believed() {
    let mut says = vote("s", "eve", 4, "+1");
    if let Says::Casts(cast) = &mut says.says {
        cast.claim = Some(Claim::Binding);
    }
    let mut modest = vote("m", "dan", 5, "-1");
    if let Says::Casts(cast) = &mut modest.says {
        cast.claim = Some(Claim::NonBinding);
    }
    let others =
        [says, modest, vote("f", "fay", 6, "+1"), vote("g", "gus", 7, "0"), vote("x", "x@example.net", 8, "-0")];
    let tally = Votes::majority(three().into_iter().chain(others).collect()).tally();
    assert_eq!(tally.outcome, VoteOutcome::Passed);
    assert_eq!(counts(&tally), [3, 0, 1, 2, 2, 0]);
    let of = |voter: &str| tally.votes.iter().find(|vote| vote.voter == voter).unwrap();
    assert_eq!(of("eve").notes, ["it says that it is binding; by the roster it is not"]);
    assert_eq!(of("dan").notes, ["it says that it is not binding; by the roster it is"]);
    assert_eq!(of("ann").roster, "`ann` on the roster, PMC member since 2020-01-01, by the address ann@apache.org");
    assert!(of("fay").roster.contains("emeritus"));
    assert!(of("gus").roster.contains("only since 2026-11-22"), "a member since two days after this vote");
    assert_eq!(of("x@example.net").roster, "x@example.net is not on the roster");
    assert_eq!(tally.roster.holders, 5, "gus joined since, fay is emeritus");
}

#[test]
fn one_person_has_one_vote_from_whatever_address_and_the_last_counts() {
    let mut changed = vote("b2", "bob@example.com", 9, "-1");
    changed.says = cast("-1");
    let tally = Votes::majority(with(with(three(), changed), vote("b0", "bob@example.org", 1, "0"))).tally();
    assert_eq!(counts(&tally), [2, 0, 1, 0, 0, 0]);
    let bob = tally.votes.iter().find(|vote| vote.voter == "bob").unwrap();
    let earlier: Vec<&str> = bob.earlier.iter().map(|vote| vote.message_id.as_str()).collect();
    assert_eq!((bob.message_id.as_str(), earlier), ("b2", vec!["b0", "b"]));
    assert_eq!((tally.outcome, tally.missing.len()), (VoteOutcome::Failed, 1));
}

#[test]
fn a_withdrawn_vote_counts_no_more() {
    let withdrawn = Statement { says: Says::Withdraws { line: "I withdraw my vote".into() }, ..mail("w", "bob", 9) };
    let tally = Votes::majority(with(three(), withdrawn)).tally();
    assert_eq!((counts(&tally), tally.outcome), ([2, 0, 0, 0, 0, 0], VoteOutcome::Failed));
    assert!(left_out(&tally, "b").starts_with("taken back by a later mail"));
    assert_eq!(tally.missing, ["1 more binding +1"]);
}

#[test]
fn until_the_minimum_time_is_over_it_is_open() {
    let mut votes = Votes::majority(three());
    for (now, expected) in [(hour(71), VoteOutcome::Open), (hour(72), VoteOutcome::Passed)] {
        votes.now = now;
        assert_eq!(votes.tally().outcome, expected);
    }
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(100) };
    votes.now = hour(99);
    assert_eq!((votes.tally().outcome, votes.tally().closes), (VoteOutcome::Open, Some(hour(100))));
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(24) };
    assert_eq!(votes.tally().closes, Some(hour(72)), "no shorter than the bylaws say");
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(u32::MAX) };
    assert_eq!(votes.tally().outcome, VoteOutcome::Open);
}

#[test]
fn a_veto_stops_a_consensus_and_a_release_cannot_be_vetoed() {
    let votes = with(with(three(), vote("d", "dan", 4, "-1")), vote("e", "eve", 4, "-1"));
    let tally = Votes::by(Approval::Consensus, votes.clone()).tally();
    assert_eq!(
        (tally.outcome, tally.missing.as_slice()),
        (VoteOutcome::Failed, &["the veto would have to be withdrawn".to_owned()][..])
    );
    assert_eq!(Votes::majority(votes).tally().outcome, VoteOutcome::Passed);
    let withdrawn = Statement { says: Says::Withdraws { line: "withdrawn".into() }, ..mail("w", "dan", 9) };
    let votes = with(with(three(), vote("d", "dan", 4, "-1")), withdrawn);
    assert_eq!(Votes::by(Approval::Consensus, votes).tally().outcome, VoteOutcome::Passed);
}

#[test]
fn a_veto_without_a_word_of_explanation_waits_for_a_ruling() {
    let bare = |who: &str| {
        let mut veto = vote("d", who, 4, "-1");
        if let Says::Casts(cast) = &mut veto.says {
            cast.explained = false;
        }
        veto
    };
    let votes = || Votes::by(Approval::Consensus, with(three(), bare("dan")));
    let tally = votes().tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [3, 0, 0, 0, 0, 0]));
    assert!(review_of(&tally, "d").contains("void"));
    assert_eq!(votes().ruled("d", "-1").tally().outcome, VoteOutcome::Failed);
    assert_eq!(votes().ruled("d", "none").tally().outcome, VoteOutcome::Passed);
    assert_eq!(Votes::by(Approval::Consensus, with(three(), bare("eve"))).tally().review, [], "it binds not");
    assert_eq!(Votes::majority(with(three(), bare("dan"))).tally().outcome, VoteOutcome::Passed);
}

#[test]
fn lazy_approval_passes_at_once_and_escalates_on_a_binding_minus() {
    let by = |votes| {
        let mut votes = Votes::by(Approval::LazyApproval, votes);
        (votes.action.minimum_days, votes.now) = (0, hour(3));
        votes.statements[0].role = Role::Opens { subject: "s".into(), hours: None };
        votes.tally().outcome
    };
    let one = vec![vote("a", "ann", 1, "+1")];
    assert_eq!(by(one.clone()), VoteOutcome::Passed);
    assert_eq!(by(Vec::new()), VoteOutcome::Failed);
    assert_eq!(by(with(one.clone(), vote("e", "eve", 2, "-1"))), VoteOutcome::Passed);
    assert_eq!(by(with(one, vote("d", "dan", 2, "-1"))), VoteOutcome::Failed);
    assert_eq!(by(with(three(), vote("d", "dan", 2, "-1"))), VoteOutcome::Passed);
}

#[test]
fn two_thirds_are_of_all_holders_but_for_those_who_were_asked_twice_in_vain() {
    let base = || {
        let mut votes = Votes::by(Approval::TwoThirdsMajority, three());
        votes.statements.extend([mail("r1", "eve", 80), mail("r2", "eve", 80 + 7 * 24)]);
        votes
    };
    let reminder = |id: &str| Reminder { message_id: id.into(), voters: vec!["dan".into(), "gus".into()] };
    let mut votes = base();
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::Failed, "3 of 5: {:?}", tally.reasons);
    votes.reminders = vec![reminder("r1")];
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "asked once");
    votes.reminders = vec![reminder("r1"), reminder("r2")];
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::Passed, "{:?}", tally.reasons);
    assert!(tally.reasons[1].ends_with("dan, gus"));
    votes.statements.push(mail("d", "dan", 81));
    assert_eq!(votes.tally().outcome, VoteOutcome::Passed, "3 of 4, dan answered");
    votes.statements.push(mail("g", "gus", 300));
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "both answered");
    for (first, second) in [(71, 71 + 7 * 24), (80, 80 + 7 * 24 - 1)] {
        let mut votes = base();
        votes.statements.extend([mail("s1", "eve", first), mail("s2", "eve", second)]);
        votes.reminders = vec![reminder("s1"), reminder("s2")];
        assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "{first} and {second}");
    }
}

#[test]
fn the_person_concerned_has_no_binding_vote() {
    let mut votes = Votes::by(Approval::Consensus, with(three(), vote("d", "dan", 4, "-1")));
    votes.action.exclude_subject = true;
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "dan may be the one: {:?}", tally.reasons);
    for subject in ["dan", "Dan Example", "dan@apache.org"] {
        votes.subject = Some(subject.into());
        let tally = votes.tally();
        assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::Passed, [3, 0, 0, 0, 0, 1]), "{subject}");
        assert_eq!(tally.roster.holders, 4);
    }
    votes.subject = Some("fay".into());
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed);
    votes.action.exclude_subject = false;
    votes.subject = Some("dan".into());
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "this action excludes nobody");
}

#[test]
fn a_name_is_a_reason_to_ask_and_no_match() {
    let stranger = || vote("d", "dan@example.net", 4, "-1");
    let two = || three().into_iter().take(2).collect::<Vec<_>>();
    let tally = Votes::majority(with(two(), vote("d", "dan@example.net", 4, "+1"))).tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [2, 0, 0, 0, 0, 0]));
    assert!(review_of(&tally, "d").contains("somebody called Dan Example is (`dan`, PMC member)"));
    let tally = Votes::majority(with(two(), vote("d", "dan@example.net", 4, "+1"))).ruled("d", "+1 as dan").tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::Passed, [3, 0, 0, 0, 0, 0]));
    let tally = Votes::majority(with(three(), stranger())).ruled("d", "-1").tally();
    assert_eq!(counts(&tally), [3, 0, 0, 0, 0, 1], "ruled to be a vote, and of nobody on the roster");
    let tally = Votes::majority(with(three(), stranger())).tally();
    assert_eq!((tally.outcome, tally.review.len()), (VoteOutcome::Passed, 1), "3 to 1 would pass as well");
}

#[test]
fn what_is_unclear_blocks_only_where_it_could_change_the_outcome() {
    let unclear = |who: &str| Statement {
        says: Says::Unclear { excerpt: "+1 if …".into(), why: "a condition".into() },
        ..mail("u", who, 4)
    };
    let two = || three().into_iter().take(2).collect::<Vec<_>>();
    let tally = Votes::majority(with(two(), unclear("cleo"))).tally();
    assert_eq!((tally.outcome, review_of(&tally, "u")), (VoteOutcome::NeedsReview, "a condition"));
    assert_eq!(Votes::majority(with(two(), unclear("eve"))).tally().outcome, VoteOutcome::Failed);
    assert_eq!(Votes::majority(with(three(), unclear("dan"))).tally().outcome, VoteOutcome::Passed);
    assert_eq!(Votes::by(Approval::Consensus, with(three(), unclear("dan"))).tally().outcome, VoteOutcome::NeedsReview);
    let tally = Votes::majority(with(two(), unclear("cleo"))).ruled("u", "+1").tally();
    assert_eq!((tally.outcome, tally.review.len()), (VoteOutcome::Passed, 0));
    let tally = Votes::majority(with(with(two(), unclear("cleo")), vote("c2", "cleo", 5, "+1"))).tally();
    assert_eq!((tally.outcome, tally.review.len()), (VoteOutcome::Passed, 0), "said clearly later on");
    assert!(left_out(&tally, "u").contains("a later mail of the same voter replaces it"));
}

#[test]
fn a_change_by_another_way_is_looked_at_by_a_person() {
    let routed = |mut statement: Statement, dkim: Option<&str>| {
        statement.head.route.dkim = dkim.map(str::to_owned);
        statement
    };
    let votes = |dkim| {
        let votes = three().into_iter().take(2).chain([
            routed(vote("c", "cleo", 3, "+1"), Some("example.org")),
            routed(vote("c2", "cleo", 4, "-1"), dkim),
        ]);
        Votes::majority(votes.collect())
    };
    assert_eq!(votes(Some("example.org")).tally().outcome, VoteOutcome::Failed);
    let tally = votes(None).tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [3, 0, 0, 0, 0, 0]));
    assert!(review_of(&tally, "c2").contains("DKIM: example.org before, none now"));
    assert_eq!(votes(None).ruled("c2", "none").tally().outcome, VoteOutcome::Passed);
    assert_eq!(votes(None).ruled("c2", "-1").tally().outcome, VoteOutcome::Failed);
}

#[test]
fn a_late_vote_is_left_out_and_said_so() {
    let announced = || result("r", "eve", 80, ClaimedResult { passed: Some(true), ..ClaimedResult::default() });
    let late = vote("d", "dan", 81, "-1");
    let tally = Votes::by(Approval::Consensus, with(with(three(), announced()), late)).tally();
    assert_eq!(tally.outcome, VoteOutcome::Passed);
    assert_eq!(left_out(&tally, "d"), "late: it came after the result was announced (r)");
    let tally = Votes::majority(with(with(three(), announced()), vote("d", "dan", 79, "+1"))).tally();
    assert_eq!(counts(&tally)[0], 4, "after the minimum time and before the result");
    let early = result("r", "eve", 50, ClaimedResult::default());
    let tally = Votes::by(Approval::Consensus, with(with(three(), early), vote("d", "dan", 60, "-1"))).tally();
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "closed too early");
    assert!(
        tally.notes.iter().any(|note| note.starts_with("the result was announced after 50 h")),
        "{:?}",
        tally.notes
    );
    let strangers = result("r", "x@example.net", 2, ClaimedResult::default());
    let tally = Votes::majority(with(three(), strangers)).tally();
    assert_eq!(counts(&tally)[0], 3, "whoever writes `result` closes nothing");
    let misread = Statement { says: cast("+1"), ..result("r", "dan", 0, ClaimedResult::default()) };
    let tally = Votes::majority(with(three(), misread)).tally();
    assert_eq!(counts(&tally)[0], 4, "nor does a voter");
    let said = ClaimedResult { passed: Some(true), ..ClaimedResult::default() };
    let tally = Votes::majority(with(with(three(), result("r", "dan", 80, said)), vote("d", "bob", 81, "-1"))).tally();
    assert!(left_out(&tally, "d").starts_with("late"), "a holder closes it for the opener");
}

#[test]
fn the_result_mail_is_compared_and_decides_nothing() {
    let named =
        |name: &str, binding| ClaimedVoter { name: name.into(), value: VoteValue::Plus, binding: Some(binding) };
    let claimed = ClaimedResult {
        passed: Some(true),
        binding: ClaimedCounts { plus: Some(4), ..ClaimedCounts::default() },
        plus_in_all: Some(4),
        voters: vec![named("Ann Example", true), named("bob", false), named("Zoe", true)],
        ..ClaimedResult::default()
    };
    let tally = Votes::majority(with(three(), result("r", "eve", 80, claimed))).tally();
    let compared = tally.result_mail.unwrap();
    let expected = [
        "it says 4 +1 in all; here are 3",
        "it says 4 binding +1; here are 3",
        "it calls the vote of bob otherwise; here it is binding",
        "it names Zoe with +1; here is no such vote",
        "it does not name Cleo Example with +1",
    ];
    assert_eq!((compared.disagreements, tally.outcome), (expected.map(str::to_owned).to_vec(), VoteOutcome::Passed));
    let failed = ClaimedResult { passed: Some(false), ..ClaimedResult::default() };
    let tally = Votes::majority(with(three(), result("r", "eve", 80, failed))).tally();
    assert_eq!(tally.result_mail.unwrap().disagreements, ["it says that the vote did not pass"]);
}

#[test]
fn its_opener_calls_a_vote_off_and_anybody_else_is_asked_about() {
    let cancels =
        |who: &str, hours| Statement { role: Role::Cancels { line: "I withdraw it".into() }, ..mail("x", who, hours) };
    for who in ["eve", "eve@example.net"] {
        let tally = Votes::majority(with(three(), cancels(who, 9))).tally();
        assert_eq!((tally.outcome, counts(&tally)[0]), (VoteOutcome::Cancelled, 3), "{who}");
    }
    let votes = || Votes::majority(with(three(), cancels("zoe@example.net", 9)));
    assert_eq!(votes().tally().outcome, VoteOutcome::NeedsReview);
    assert_eq!(votes().ruled("x", "none").tally().outcome, VoteOutcome::Passed);
    assert_eq!(votes().ruled("x", "cancel").tally().outcome, VoteOutcome::Cancelled);
    let again = opens("open2", "eve", 10, "[VOTE] Release 1.2.0, rc2");
    let tally = Votes::majority(with(with(three(), cancels("eve", 9)), again)).tally();
    assert_eq!((tally.outcome, tally.rounds.len()), (VoteOutcome::Failed, 2), "another vote in the same thread");
}

#[test]
fn votes_count_for_the_round_they_answer() {
    let again = opens("open2", "eve", 4, "[VOTE] Release 1.2.0, rc1");
    let tally = Votes::majority(with(with(three(), again), vote("d", "dan", 5, "+1"))).tally();
    assert_eq!(counts(&tally)[0], 1);
    assert!(left_out(&tally, "a").contains("an earlier one in the same thread"));
    assert_eq!((tally.opened, tally.closes), (Some(hour(4)), Some(hour(76))));
    let twice = opens("open2", "eve", 0, "Re: [VOTE]  Release 1.2.0, RC1");
    let tally = Votes::majority(with(three(), twice)).tally();
    assert_eq!((counts(&tally)[0], tally.rounds.len()), (3, 1), "the same mail twice");
    let another = opens("open2", "zoe@example.net", 4, "[VOTE] Release 1.2.0, rc1");
    let tally = Votes::majority(with(three(), another)).tally();
    assert_eq!((counts(&tally)[0], tally.rounds.len()), (3, 1), "who repeats another's mail voids no votes");
}

#[test]
fn dates_that_cannot_be_are_asked_about_where_they_matter() {
    let dated = |id: &str, at: Option<Timestamp>| {
        let mut vote = vote(id, "dan", 0, "-1");
        vote.head.at = at;
        vote
    };
    let tally = Votes::majority(with(three(), dated("d", None))).tally();
    assert_eq!(counts(&tally), [3, 0, 1, 0, 0, 0], "their only vote, and nothing closes the vote");
    let tally = Votes::majority(with(with(three(), dated("d", None)), vote("d2", "dan", 5, "+1"))).tally();
    assert!(review_of(&tally, "d").contains("no date"));
    let tally = Votes::majority(with(three(), dated("d", Some(hour(100_000))))).tally();
    assert!(review_of(&tally, "d").contains("in the future"));
    let tally = Votes::majority(with(three(), dated("d", Some(hour(-1))))).tally();
    assert_eq!(counts(&tally)[2], 1, "clocks differ");
    let tally = Votes::majority(with(three(), dated("d", Some(hour(-1000))))).tally();
    assert!(review_of(&tally, "d").contains("before the vote was opened"));
    let mut votes = Votes::majority(three());
    votes.now = hour(2);
    assert_eq!(counts(&votes.tally())[0], 2, "as of then");
}

#[test]
fn two_votes_of_one_date_are_for_a_person() {
    let tally = Votes::majority(with(three(), vote("c2", "cleo", 3, "-1"))).tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [2, 0, 0, 0, 0, 0]));
    assert!(review_of(&tally, "c").contains("same date") && review_of(&tally, "c2").contains("same date"));
}

#[test]
fn one_message_id_is_one_mail() {
    let tally = Votes::majority(with(three(), vote("a", "ann", 5, "+1"))).tally();
    assert_eq!((counts(&tally)[0], tally.mails.len()), (3, 4));
    let tally = Votes::majority(with(three(), vote("a", "dan", 5, "-1"))).tally();
    assert_eq!(counts(&tally), [2, 0, 0, 0, 0, 0]);
    assert!(review_of(&tally, "a").contains("the same Message-ID"));
}

#[test]
fn there_is_an_account_of_nothing_too() {
    let mut votes = Votes::majority(Vec::new());
    votes.statements.clear();
    let tally = votes.tally();
    assert_eq!((tally.outcome, tally.opened, tally.closes), (VoteOutcome::NeedsReview, None, None));
    let mut votes = Votes::majority(three());
    votes.statements.remove(0);
    assert_eq!(votes.tally().outcome, VoteOutcome::Passed, "opened before its first vote");
    votes.roster = Roster::parse("r", "").unwrap();
    let tally = votes.tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [0, 0, 0, 3, 0, 0]));
    let mut nobody = mail("n", "ann", 4);
    (nobody.head.address, nobody.head.name, nobody.says) = (None, None, cast("+1"));
    let tally = Votes::majority(vec![nobody]).tally();
    assert!(review_of(&tally, "n").contains("from which address"));
}

#[test]
fn rulings_are_written_as_they_are_read() {
    for text in ["+1", "-0", "+1 as ann", "none", "cancel"] {
        assert_eq!(text.parse::<Verdict>().unwrap().to_string(), text);
    }
    for text in ["", "+2", "1", "none as ann", "cancel as ann", "+1as ann"] {
        assert!(text.parse::<Verdict>().is_err(), "{text}");
    }
    let tally = Votes::majority(three()).ruled("a", "0").tally();
    assert_eq!(counts(&tally), [2, 1, 0, 0, 0, 0], "a person knows better than the reader");
    let json = serde_json::to_string(&tally).unwrap();
    assert_eq!(serde_json::from_str::<Tally>(&json).unwrap(), tally);
}
