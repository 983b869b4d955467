// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Killed after each record and around each effect, every mail of a vote goes out once. The
//! program that is killed is this test's own, run again: it ends by SIGKILL, as a power cut
//! would end it, and is then given the same command.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use jiff::Timestamp;

use super::opened::Counting;
use super::place::{Place, ann, ballot, environment};
use super::rules::Given;
use super::sending::{Agreement, Sent};
use super::{cast, open, remind, result};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::engine::Clock;
use crate::rehearsal::{Interruption, SimulatedClock};

/// More restarts than any command has points.
const RESTARTS: usize = 200;
/// How the run that is killed is told its command: what, where, when, `again` or nothing.
const TOLD: &str = "QUORATE_TEST_KILLED";
/// The vote.
const NAME: &str = "flip-7-pause-functions";
/// What it ends with when the mail is not out yet: waiting, or a word is needed.
const NOT_YET: i32 = 42;

/// One command in a process of its own.
#[test]
fn one_command() {
    let Ok(told) = std::env::var(TOLD) else { return };
    let [what, directory, now, again] = told.split('|').collect::<Vec<_>>()[..] else { panic!("{told}") };
    let directory = Path::new(directory);
    let interruption = Interruption::new(&directory.join("points"), None).unwrap();
    let environment = environment(directory);
    let clock = SimulatedClock::new(now.parse().unwrap());
    let desk = Desk {
        clock: &clock,
        effects: interruption.effects(),
        interruption: Some(interruption),
        ..Desk::new(&environment)
    };
    let again = (!again.is_empty()).then(|| again.to_owned());
    let sent = act(&desk, what, Agreement { execute: true, again }).unwrap();
    std::process::exit(if sent == Sent::Yes { 0 } else { NOT_YET });
}

fn act(desk: &Desk<'_>, what: &str, agreement: Agreement) -> Result<Sent, CommandError> {
    let counting = Counting::default();
    match what {
        "open" => open::open(desk, &open_args(agreement), ann()),
        "remind" => remind::remind(desk, &remind::Args { name: Some(NAME.into()), counting, agreement }),
        "cancel" => {
            let why = "It has the wrong year.".into();
            result::cancel(desk, &result::CancelArgs { name: Some(NAME.into()), why, agreement })
        }
        "result" => {
            let args = result::Args { name: Some(NAME.into()), counting, agreement, json: false };
            result::result(desk, &args).map(|_| if is_sent(desk, "result") { Sent::Yes } else { Sent::No })
        }
        thread => cast::cast(desk, &ballot(thread, "+1", agreement), ann()),
    }
}

fn is_sent(desk: &Desk<'_>, step: &str) -> bool {
    let vote = super::opened::find(desk, Some(NAME)).unwrap().0;
    super::opened::outputs(&vote, step).is_some()
}

fn open_args(agreement: Agreement) -> open::Args {
    open::Args {
        action: "flip".into(),
        title: "FLIP-7: Pause functions".into(),
        about: "Functions can be paused and resumed.".into(),
        link: Vec::new(),
        subject: None,
        rules: Given::default(),
        product: Some("sample".into()),
        agreement,
    }
}

/// Gives the command until it ends by itself; how many runs were killed.
fn run_through(place: &Place, what: &str) -> usize {
    let (mut killed, mut in_vain) = (0, 0);
    for _ in 0..RESTARTS {
        // by the second time the archive would have shown it
        let again = if in_vain > 1 { "the archive does not have it" } else { "" };
        let ended = run(&place.path("."), what, place.clock.now(), again);
        match (ended.signal(), ended.code()) {
            (Some(9), _) => (killed, in_vain) = (killed + 1, 0),
            (_, Some(0)) => return killed,
            (_, Some(NOT_YET)) => {
                in_vain += 1;
                place.hours(2);
            }
            _ => panic!("{what} ended with {ended} after {killed} kills"),
        }
    }
    panic!("{what} came to no end; points: {}", std::fs::read_to_string(place.path("points")).unwrap_or_default());
}

fn run(directory: &Path, what: &str, now: Timestamp, again: &str) -> ExitStatus {
    let program: PathBuf = std::env::current_exe().unwrap();
    let told = format!("{what}|{}|{now}|{again}", directory.display());
    let name = format!("{}::one_command", module_path!().split_once("::").unwrap().1);
    let mut command = Command::new(program);
    command.args(["--exact", &name, "--nocapture", "--test-threads=1"]).env(TOLD, told);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
}

/// Each record and each effect of the command was a point at which it was killed.
fn survives(place: &Place, what: &str, subject: &str, records: &[&str]) {
    let before = place.mails().len();
    let killed = run_through(place, what);
    let points = std::fs::read_to_string(place.path("points")).unwrap();
    assert_eq!(points.lines().count(), killed, "{points}");
    for record in records {
        assert!(points.lines().any(|point| point.ends_with(&format!("{record} recorded"))), "{record}: {points}");
    }
    for side in ["/ before send mail #1", "/ after send mail #1"] {
        assert!(points.lines().any(|point| point.ends_with(side)), "{side}: {points}");
    }
    let mails = place.mails();
    assert_eq!(mails.len(), before + 1, "after {killed} kills: {points}");
    assert!(mails[before].contains(&format!("Subject: {subject}")), "{}", mails[before]);
    assert_eq!(run_through(place, what), 0, "nothing is left to do");
    assert_eq!(place.mails().len(), before + 1);
}

#[test]
fn the_opening_goes_out_once() {
    let place = Place::new();
    survives(
        &place,
        "open",
        "[VOTE] FLIP-7",
        &["release-started", "open step-intended", "open step-begun", "open step-done"],
    );
}

#[test]
fn a_reminder_goes_out_once() {
    let place = Place::opened("flip");
    place.hours(1);
    let records = ["silent-1 step-done", "remind-1 step-intended", "remind-1 step-begun", "remind-1 step-done"];
    survives(&place, "remind", "Re: [VOTE] FLIP-7", &records);
}

#[test]
fn a_result_goes_out_once() {
    let place = Place::opened("flip");
    for id in ["ann", "bob", "cleo"] {
        place.says(id, "+1");
    }
    place.hours(73);
    let records = ["record step-done", "result step-intended", "result step-begun", "result step-done"];
    survives(&place, "result", "[RESULT] [VOTE] FLIP-7", &records);
}

#[test]
fn a_calling_off_goes_out_once() {
    let place = Place::opened("flip");
    place.hours(1);
    let records = ["calling-off step-done", "cancel step-intended", "cancel step-begun", "cancel step-done"];
    survives(&place, "cancel", "[CANCEL] [VOTE] FLIP-7", &records);
}

#[test]
fn a_ballot_goes_out_once() {
    let place = Place::opened("flip");
    place.hours(1);
    let first = &place.mails()[0];
    let thread = first.lines().find_map(|line| line.strip_prefix("Message-ID:")).unwrap().trim().to_owned();
    let records = ["release-started", "cast step-intended", "cast step-begun", "cast step-done"];
    survives(&place, &thread, "Re: [VOTE] FLIP-7", &records);
}
