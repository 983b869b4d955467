// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The course of a thread: what is under review, late, called off, of another round or date.

use jiff::Timestamp;

use super::fixture::*;
use super::*;
use crate::governance::{Approval, ClaimedCounts, ClaimedResult, ClaimedVoter, Role, Roster, Says, Statement};

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
fn what_may_be_anybodys_may_take_the_place_of_a_vote_that_is_counted() {
    let with_it = || {
        let says = Says::Unclear { excerpt: "-1".into(), why: "whose is it?".into() };
        let mut unclear = Statement { says, ..mail("u", "m@evil.example.org", 4) };
        unclear.head.contested = true;
        Votes::majority(with(three(), unclear))
    };
    let tally = with_it().tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [3, 0, 0, 0, 0, 0]));
    assert_eq!(with_it().ruled("u", "none").tally().outcome, VoteOutcome::Passed);
    assert_eq!(with_it().ruled("u", "-1").tally().outcome, VoteOutcome::Passed, "of nobody on the roster");
    assert_eq!(with_it().ruled("u", "-1 as cleo").tally().outcome, VoteOutcome::Failed);
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
    let cancels = |who: &str, hours| Statement {
        role: Role::Cancels { line: "I withdraw it".into(), certain: true },
        ..mail("x", who, hours)
    };
    let tally = Votes::majority(with(three(), cancels("eve", 9))).tally();
    assert_eq!((tally.outcome, counts(&tally)[0]), (VoteOutcome::Cancelled, 3));
    // a name is nobody's alone
    for who in ["zoe@example.net", "eve@example.net"] {
        let votes = || Votes::majority(with(three(), cancels(who, 9)));
        assert_eq!(votes().tally().outcome, VoteOutcome::NeedsReview, "{who}");
        assert_eq!(votes().ruled("x", "none").tally().outcome, VoteOutcome::Passed, "{who}");
        assert_eq!(votes().ruled("x", "cancel").tally().outcome, VoteOutcome::Cancelled, "{who}");
    }
    let mut signed = Votes::majority(with(three(), cancels("eve", 9)));
    signed.statements[0].head.route.dkim = Some("example.org".into());
    assert_eq!(signed.tally().outcome, VoteOutcome::NeedsReview, "without the opener's signature");
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
    // one that is unclear is as late as one that is not, whichever id comes first
    for id in ["a0", "z0"] {
        let says = Says::Unclear { excerpt: String::new(), why: "unclear".to_owned() };
        let unclear = Statement { says, ..vote(id, "cleo", 3, "-1") };
        let tally = Votes::majority(with(three(), unclear)).tally();
        assert_eq!((counts(&tally)[0], tally.review.len()), (2, 2), "{id}");
    }
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

#[test]
fn a_ruling_stands_beside_another_vote_of_the_same_date() {
    let votes = with(with(three(), vote("z", "dan@example.net", 30, "+1")), vote("z2", "ann", 30, "+0"));
    let tally = Votes::majority(votes).ruled("z", "+1 as ann").tally();
    assert!(tally.review.iter().all(|review| review.message_id != "z"), "{:?}", tally.review);
    assert!(!review_of(&tally, "z2").is_empty());
}

#[test]
fn an_objection_that_may_be_settled_is_for_a_person_only_where_there_is_one() {
    let settles =
        |who: &str| Statement { says: Says::Settles { line: "my concerns are resolved".into() }, ..mail("s", who, 30) };
    let against = |more| with(with(three(), vote("d", "dan", 4, "-1")), more);
    let tally = Votes::by(Approval::Consensus, against(settles("dan"))).tally();
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "{:?}", tally.reasons);
    assert!(review_of(&tally, "s").contains("does their -1 still stand"), "{:?}", tally.review);
    assert_eq!(counts(&tally), [3, 0, 1, 0, 0, 0]);
    let ruled = Votes::by(Approval::Consensus, against(settles("dan"))).ruled("s", "none").tally();
    assert_eq!((ruled.outcome, ruled.review.len()), (VoteOutcome::Failed, 0));
    let ruled = Votes::by(Approval::Consensus, against(settles("dan"))).ruled("s", "0").tally();
    assert_eq!(ruled.outcome, VoteOutcome::Passed);
    for who in ["ann", "eve", "gus"] {
        let tally = Votes::by(Approval::Consensus, against(settles(who))).tally();
        assert_eq!((tally.outcome, tally.review.len()), (VoteOutcome::Failed, 0), "{who}");
    }
}

#[test]
fn words_that_regret_a_vote_are_for_a_person_only_where_one_counts() {
    let regrets =
        |who: &str| Statement { says: Says::Regrets { line: "I have to retract.".into() }, ..mail("s", who, 30) };
    let tally = Votes::majority(with(three(), regrets("ann"))).tally();
    assert!(review_of(&tally, "s").contains("their +1 no longer stands"), "{:?}", tally.review);
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview);
    let ruled = Votes::majority(with(three(), regrets("ann"))).ruled("s", "none").tally();
    assert_eq!((ruled.outcome, ruled.review.len()), (VoteOutcome::Passed, 0));
    let tally = Votes::majority(with(three(), regrets("gus"))).tally();
    assert_eq!((tally.outcome, tally.review.len()), (VoteOutcome::Passed, 0));
}

#[test]
fn an_end_that_was_not_read_is_said_and_not_guessed() {
    let mut votes = Votes::majority(three());
    let unread = Some("The vote is open until Thursday.".to_owned());
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: None, until: None, unread };
    let tally = votes.tally();
    assert_eq!(tally.closes, Some(hour(72)));
    assert!(
        tally.notes.iter().any(|note| note.contains("not read") && note.contains("until Thursday")),
        "{:?}",
        tally.notes
    );
}

#[test]
fn what_a_voter_says_after_their_vote_is_shown() {
    let says = |id: &str, who: &str, hours, says: Says| {
        let remark = Some(format!("{id} says"));
        Statement { says, remark, ..mail(id, who, hours) }
    };
    let nothing = || Says::Nothing { why: None };
    let later = [
        says("before", "bob", -1, nothing()),
        says("hm", "bob", 30, nothing()),
        says("fixed", "ann", 31, Says::Settles { line: "fixed".into() }),
        says("stranger", "zoe@example.net", 31, nothing()),
        says("again", "cleo", 32, cast("+1")),
    ];
    let votes = || later.iter().cloned().fold(with(three(), says("early", "cleo", 20, nothing())), with);
    let tally = Votes::majority(votes()).tally();
    let shown: Vec<(&str, &str)> =
        tally.said_after.iter().map(|said| (said.message_id.as_str(), said.line.as_str())).collect();
    assert_eq!(shown, [("hm", "hm says"), ("fixed", "fixed says")]);
    assert_eq!((tally.outcome, counts(&tally)[0], tally.review.len()), (VoteOutcome::Passed, 3, 0));
    let ruled = Votes::majority(votes()).ruled("hm", "none").tally();
    assert_eq!(ruled.said_after.len(), 1, "whoever ruled has seen it");
}
