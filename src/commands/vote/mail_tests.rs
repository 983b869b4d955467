// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes opened, reminded of, ended and called off by mail, with a real relay and an
//! archive on loopback, and a clock that can be moved on.

use super::opened::Counting;
use super::place::{Place, yes};
use super::sending::{Agreement, Sent};
use super::{list, open, remind, result};
use crate::governance::VoteOutcome;
use crate::ui::ExitCode;

#[test]
fn a_vote_is_opened_counted_and_ended_with_mails_that_the_tally_reads_as_they_are_meant() {
    let place = Place::opened("flip");
    let mail = place.last();
    for part in [
        "Subject: [VOTE] FLIP-7: Pause functions",
        "To: dev@example.org",
        "[ ] +1, yes",
        "at least three binding votes in favour",
        "is a veto",
        "active committers are binding",
        "open for at least 72 hours",
        "https://wiki.example.org/flip-7",
    ] {
        assert!(mail.replace("\r\n", " ").contains(part), "{part}: {mail}");
    }
    place.hours(2);
    place.says("bob", "+1 (binding)");
    place.says("dan", "+1");
    let early = place.result().unwrap_err();
    assert_eq!((early.code, early.what.contains("is open until")), (ExitCode::Waiting, true), "{early}");
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(mail.contains("* Ann Example") && mail.contains("* Cleo Example") && !mail.contains("Bob"), "{mail}");
    assert!(mail.contains("In-Reply-To: <") && !mail.contains("apache.org"), "{mail}");
    place.says("cleo", "+1 (binding), thanks");
    place.hours(71);
    assert_eq!(place.result().unwrap(), ExitCode::Done);
    let mail = place.last();
    assert!(mail.contains("Subject: [RESULT] [VOTE] FLIP-7: Pause functions"), "{mail}");
    assert!(mail.contains("the vote has passed unanimously"), "{mail}");
    assert!(mail.contains("There are 3 +1 votes, all of them binding."), "{mail}");
    assert_eq!(place.mails().len(), 6);
    assert_eq!(place.result().unwrap_err().what, "no vote is open");
    // The mails of the program are read as what they are: nothing new is counted, and the result agrees.
    let again = place.counted(Some("flip-7-pause-functions"));
    let result = again.result_mail.as_ref().unwrap_or_else(|| panic!("{:#?} {:?}", again.mails, again.left_out));
    assert_eq!((result.passed, result.disagreements.as_slice()), (Some(true), &[][..]));
    assert_eq!((again.binding.plus, again.votes.len(), again.review.len()), (3, 3, 0), "{:?}", again.review);
    let show =
        list::ShowArgs { name: Some("flip-7-pause-functions".into()), counting: Counting::default(), json: true };
    assert_eq!(list::show(&place.desk(), &show).unwrap(), ExitCode::Done);
}

#[test]
fn a_vote_with_a_veto_fails_and_unanimously_is_not_said() {
    let place = Place::opened("flip");
    for id in ["bob", "cleo", "dan"] {
        place.says(id, "+1");
    }
    place.says("ann", "-1, it breaks the savepoints of every user, see the discussion.");
    place.hours(73);
    assert_eq!(place.result().unwrap(), ExitCode::DoesNotHold);
    let mail = place.last();
    assert!(mail.contains("the vote has not passed") && !mail.contains("unanimously"), "{mail}");
    assert!(mail.contains("Binding -1:\r\n\r\n* Ann Example"), "{mail}");
    assert!(
        mail.replace("\r\n  ", " ").contains("* Ann Example: \"-1, it breaks the savepoints of every user"),
        "{mail}"
    );
}

#[test]
fn the_result_of_a_failed_vote_says_why_it_was_vetoed_and_what_was_ruled() {
    let place = Place::opened("flip");
    for id in ["bob", "dan"] {
        place.says(id, "+1");
    }
    place.says("cleo", "+1 if all tests pass");
    place.says("ann", "-1, it breaks the savepoints");
    place.hours(73);
    let review = place.counted(None).review.iter().map(|one| one.message_id.clone()).collect::<Vec<_>>();
    let counting = Counting {
        ruling: review.iter().map(|id| format!("{id}=+1")).collect(),
        why: vec!["Cleo meant it so.".into()],
        ..Counting::default()
    };
    assert_eq!(review.len(), 1, "{review:?}");
    let args = result::Args { name: None, counting, agreement: yes(), json: false };
    assert_eq!(result::result(&place.desk(), &args).unwrap(), ExitCode::DoesNotHold);
    let mail = place.last().replace("\r\n  ", " ");
    for part in [
        "* Ann Example: \"-1, it breaks the savepoints\"",
        "* the mail of cleo of 2026",
        "counts as +1: Cleo meant it so.",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    // and the tally reads its own mail as it is meant
    let again = place.counted(Some("flip-7-pause-functions"));
    let result = again.result_mail.as_ref().unwrap();
    assert_eq!((result.passed, result.disagreements.as_slice()), (Some(false), &[][..]));
}

#[test]
fn a_vote_is_called_off_once_and_the_tally_knows() {
    let place = Place::opened("release-plan");
    place.says("bob", "+1");
    assert_eq!(place.cancel("The plan has the wrong year.").unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(
        mail.contains("Subject: [CANCEL] [VOTE] FLIP-7") && mail.contains("The plan has the wrong year."),
        "{mail}"
    );
    assert_eq!(place.mails().len(), 3);
    assert_eq!(place.cancel("again").unwrap_err().what, "no vote is open");
    assert_eq!(place.counted(Some("flip-7-pause-functions")).outcome, VoteOutcome::Cancelled);
}

#[test]
fn on_a_two_thirds_majority_silent_holders_are_asked_twice_and_then_left_out() {
    let place = Place::opened("modify-bylaws");
    place.says("ann", "+1");
    place.says("bob", "+1");
    place.hours(6 * 24 + 1);
    // two of three are two thirds already; with the third against, nothing changes
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(mail.contains("cleo@apache.org") && mail.contains("seven days apart"), "{mail}");
    let early = place.remind().unwrap_err();
    assert_eq!((early.code, early.what.contains("seven days")), (ExitCode::Waiting, true), "{early}");
    place.hours(7 * 24);
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    place.hours(1);
    assert_eq!(place.result().unwrap(), ExitCode::Done);
    let mail = place.last().replace("\r\n", " ");
    assert!(mail.contains("inactive for this vote") && mail.contains("cleo"), "{mail}");
}

#[test]
fn a_private_vote_goes_to_the_private_list_and_wants_the_mails() {
    let place = Place::new();
    let args =
        open::Args { title: "Dan as a PMC member".into(), subject: Some("dan".into()), ..place.args("new-pmc-member") };
    assert_eq!(place.open(&args).unwrap(), Sent::Yes);
    assert!(place.last().contains("To: private@example.org"), "{}", place.last());
    let refused = place.result().unwrap_err();
    assert_eq!((refused.code, refused.what.contains("not public")), (ExitCode::Usage, true), "{refused}");
    for id in ["ann", "bob", "cleo"] {
        place.says(id, "+1");
    }
    place.hours(73);
    let counting = Counting { mails: Some(place.path("post/mails.mbox")), ..Counting::default() };
    let args = result::Args { name: None, counting, agreement: yes(), json: false };
    assert_eq!(result::result(&place.desk(), &args).unwrap(), ExitCode::Done);
    assert!(place.last().contains("To: private@example.org"), "{}", place.last());
}

#[test]
fn the_mails_that_are_given_do_not_say_when_the_vote_was_opened() {
    let place = Place::opened("flip");
    for id in ["bob", "cleo", "dan"] {
        place.says(id, "+1");
    }
    place.hours(1);
    // the same mails, with a call that shows an earlier date
    let mails = std::fs::read_to_string(place.path("post/mails.mbox")).unwrap();
    let (at, line) = mails.match_indices("\nDate:").next().map(|(at, _)| (at, mails[at + 1..].lines().next())).unwrap();
    let call = place.thread();
    assert!(mails[..at + 4_000.min(mails.len() - at)].contains(&call), "the first mail is the call: {mails}");
    let old = mails.replacen(line.unwrap(), "Date: Mon, 2 Nov 2020 10:00:00 +0000", 1);
    std::fs::write(place.path("old.mbox"), old).unwrap();
    let counting = || Counting { mails: Some(place.path("old.mbox")), ..Counting::default() };
    let args = result::Args { name: None, counting: counting(), agreement: yes(), json: false };
    let early = result::result(&place.desk(), &args).unwrap_err();
    assert_eq!((early.code, early.what.contains("is open until")), (ExitCode::Waiting, true), "{early}");
    let args = remind::Args { name: None, counting: counting(), agreement: yes() };
    assert_eq!(remind::remind(&place.desk(), &args).unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(mail.contains("* Ann Example") && !mail.contains("minimum time is over"), "{mail}");
}

#[test]
fn what_is_not_voted_on_so_is_refused_and_nothing_is_sent_or_recorded() {
    let place = Place::new();
    let usual = || place.args("flip");
    for (args, says) in [
        (open::Args { action: "product-release".into(), ..usual() }, "the release's own step"),
        (open::Args { action: "code-change".into(), ..usual() }, "not voted on by mail"),
        (open::Args { action: "committer-removal".into(), ..usual() }, "is not named"),
        (open::Args { action: "nothing".into(), ..usual() }, "name no action `nothing`"),
        (open::Args { title: "[VOTE] …".into(), ..usual() }, "is no title"),
        (open::Args { about: " ".into(), ..usual() }, "nothing says what is proposed"),
        (open::Args { link: vec!["the wiki".into()], ..usual() }, "is no address"),
        (open::Args { about: "nofile.txt".into(), ..usual() }, "there is no file `nofile.txt`"),
        (open::Args { about: "texts/about".into(), ..usual() }, "there is no file `texts/about`"),
        (open::Args { about: "The page: TBD".into(), ..usual() }, "`TBD` is left over"),
        (open::Args { product: Some("none".into()), ..usual() }, "there is no product `none`"),
    ] {
        let refused = place.open(&args).unwrap_err();
        assert!(refused.what.contains(says) && refused.code == ExitCode::Usage, "{says}: {refused}");
        assert!(refused.hint.is_some(), "{says}");
    }
    let preview = open::Args { agreement: Agreement::default(), ..usual() };
    assert_eq!(place.open(&preview).unwrap(), Sent::No, "nobody agreed");
    assert!(place.mails().is_empty() && !place.path("state").exists());
    assert_eq!(place.open(&usual()).unwrap(), Sent::Yes);
    let other = place.open(&open::Args { about: "Something else.".into(), ..usual() }).unwrap_err();
    assert!(other.what.contains("says otherwise"), "{other}");
    assert_eq!(place.open(&usual()).unwrap(), Sent::Yes, "it is open already");
    assert_eq!(place.mails().len(), 1);
}
