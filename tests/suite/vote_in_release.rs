// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The vote inside a release: what is counted, shown, ruled on and recorded, in a rehearsal and
//! by the commands that a release manager gives while the vote runs.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use quorate::rehearsal::stand_ins::nexus::NEXUS_ACCOUNT;
use quorate::rehearsal::{ArchiveServer, SmtpServer, World};
use serde_json::{Value, json};

/// The source archive of the candidate.
const SOURCE: &str = "greeter-1.2.0-src.tgz";

struct Desk {
    place: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    fn world(&self) -> PathBuf {
        self.place.path().join("world")
    }

    fn rehearse(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command
            .args(["rehearse", "--stand-ins", "--json", "--keep"])
            .arg(self.world())
            .args(arguments)
            .stdin(Stdio::null());
        command.output().unwrap()
    }

    /// A command of the release manager's own.
    fn gives(&self, code: i32, arguments: &[&str]) -> String {
        let world = self.world();
        let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(arguments)
            .current_dir(world.join("clone"))
            .env("QUORATE_STATE", world.join("state"))
            .env("GNUPGHOME", world.join("gnupg"))
            .env("HOME", world.join("home"))
            .env("QUORATE_SMTP_USER", "ann")
            .env("QUORATE_SMTP_PASSWORD", "rehearsal")
            .env("QUORATE_NEXUS_USER", NEXUS_ACCOUNT.0)
            .env("QUORATE_NEXUS_PASSWORD", NEXUS_ACCOUNT.1)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}{}", said[0], said[1]);
        if code == 0 || !said[0].is_empty() { said[0].clone() } else { said[1].clone() }
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.gives(code, arguments)).unwrap()
    }
}

#[test]
fn a_rehearsals_vote_is_counted_from_its_mails_with_what_a_person_had_to_rule_on() {
    let desk = Desk::new();
    let output = desk.rehearse(&["--fail-first-candidate"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let votes = report["votes"].as_array().unwrap();
    assert_eq!(votes.len(), 2);
    let totals = |plus: u8, zero: u8, minus: u8| json!({"plus": plus, "zero": zero, "minus": minus});
    assert_eq!((&votes[0]["outcome"], &votes[0]["binding"]), (&json!("failed"), &totals(0, 0, 2)));
    let passed = &votes[1];
    assert_eq!((&passed["outcome"], &passed["source"]), (&json!("passed"), &json!("tally")));
    assert_eq!((&passed["binding"], &passed["non_binding"]), (&totals(3, 1, 0), &totals(3, 0, 0)));
    let rulings = passed["rulings"].as_array().unwrap();
    assert!(rulings.iter().all(|one| one["ruling"] == "none") && rulings.len() == 2, "{rulings:?}");
    let late = passed["left_out"].as_array().unwrap();
    assert!(late.iter().any(|one| one["why"].as_str().unwrap().starts_with("late: ")), "{late:?}");
    let noted: Vec<&Value> =
        passed["votes"].as_array().unwrap().iter().filter(|vote| vote["notes"] != json!([])).collect();
    let voters: Vec<&Value> = noted.iter().map(|vote| &vote["voter"]).collect();
    assert_eq!(voters, ["dan", "cleo"], "they say of their votes what is not so");
    let text = fs::read_to_string(desk.world().join("report.md")).unwrap();
    for words in ["candidate 1 did not pass", "candidate 2 passed, from the mails", "ruled: not-bob is none", "late: "]
    {
        assert!(text.contains(words), "`{words}` is not in {text}");
    }
    let log = desk.gives(0, &["log", "--step", "record-vote"]);
    assert!(log.contains("step-ruled") && log.contains("he did not write it"), "{log}");
    let status = desk.json(0, &["status", "--json"]);
    assert_eq!(status["vote"], Value::Null, "it is over");
    // the archive ended with the rehearsal; its mails are there
    let gone = desk.gives(4, &["vote", "tally"]);
    let mails = desk.world().join("mail/mails").display().to_string();
    assert!(gone.contains("was rehearsed") && gone.contains(&mails), "{gone}");
}

fn answer(vote: &Value, from: &str, at: Timestamp, text: &str) -> Vec<u8> {
    let (id, subject) = (vote["message_id"].as_str().unwrap(), vote["subject"].as_str().unwrap());
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "From: {from}\r\nTo: dev@greeter.example.org\r\nSubject: Re: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{}.{}\r\nIn-Reply-To: {id}\r\nReferences: {id}\r\n\r\n{text}\r\n",
        &from[..3].to_lowercase(),
        id.trim_start_matches('<')
    )
    .into_bytes()
}

#[test]
fn while_a_vote_runs_it_can_be_read_ruled_on_and_looked_at() {
    let desk = Desk::new();
    let output = desk.rehearse(&["--to", "build"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let refused = desk.gives(2, &["vote", "tally"]);
    assert!(refused.contains("the vote on candidate 1 is not open") && refused.contains("send-vote"), "{refused}");

    let world = World::open(&desk.world()).unwrap().unwrap();
    let smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = crate::user::stand_ins(&world);
    let run = ["run", "--execute", "--confirm", "1.2.0"];
    desk.gives(3, &run);
    let log = desk.json(0, &["log", "--json", "--step", "send-vote"]);
    let vote =
        log.as_array().unwrap().iter().find(|entry| entry["event"] == "step-done").unwrap()["data"]["outputs"].clone();
    let opened: Timestamp = vote["date"].as_str().unwrap().parse().unwrap();
    for (from, text) in [
        ("Bob Example <bob@example.org>", "+1 (binding)"),
        ("Gil Example <gil@example.org>", "+1 if the NOTICE gets its year"),
        ("Kim Example <kim@example.net>", "+1 (non-binding)"),
    ] {
        // Not a second later: what is dated after now is not counted yet.
        smtp.store().add(&answer(&vote, from, opened, text)).unwrap();
    }

    desk.gives(3, &run);
    let status = desk.json(0, &["status", "--json"]);
    crate::shapes::status(&status);
    let standing = &status["vote"];
    assert_eq!((&standing["outcome"], &standing["binding"]["plus"]), (&json!("open"), &json!(1)));
    let review = standing["review"][0]["message_id"].as_str().unwrap().to_owned();
    let text = desk.gives(0, &["status"]);
    for words in [
        "The vote, as it was read at",
        "open until",
        "binding 1 +1, 0 0, 0 -1; others 1 +1",
        "2 more binding +1",
        "to rule on",
    ] {
        assert!(text.contains(words), "`{words}` is not in {text}");
    }
    let tally = desk.json(3, &["vote", "tally", "--json"]);
    assert_eq!((&tally["outcome"], &tally["roster"]["holders"]), (&json!("open"), &json!(7)));
    assert!(desk.gives(3, &["vote", "tally", "--explain", "gil"]).contains("under review"));

    for (arguments, word) in [
        (["vote", "rule", "nobody@example.org", "+1"], "no mail of the vote's thread has"),
        (["vote", "rule", &review, "+1000"], "`+1000` is no ruling"),
        (["vote", "rule", &review, "+1 as nobody"], "`nobody` is not on the roster"),
    ] {
        let refused = desk.gives(2, &[&arguments[..], &["--why", "x"]].concat());
        assert!(refused.contains(word), "{refused}");
    }
    desk.gives(0, &["vote", "rule", &review, "-1", "--why", "the year is missing"]);
    let ruled = desk.gives(0, &["vote", "rule", &review, "+1", "--why", "the year is there"]);
    assert!(ruled.contains("What comes of it: counted") && ruled.contains("Nothing is left to rule on"), "{ruled}");
    let log = desk.gives(0, &["log", "--step", "record-vote"]);
    assert!(log.contains("the year is missing") && log.contains("the year is there"), "{log}");
    let tally = desk.json(3, &["vote", "tally", "--json"]);
    assert_eq!(
        (&tally["binding"]["plus"], &tally["binding"]["minus"]),
        (&json!(2), &json!(0)),
        "the last ruling counts"
    );
    assert_eq!(tally["rulings"].as_array().unwrap().len(), 1);

    let by_hand = desk.gives(2, &["vote", "enter", "--plus", "Ann Example"]);
    assert!(by_hand.contains("are read from the vote's thread") && by_hand.contains("vote rule"), "{by_hand}");
    a_ballot_is_on_the_files_that_the_vote_is_on(&desk, &vote);
    drop((smtp, archive));
    let text = desk.gives(0, &["status"]);
    assert!(text.contains("binding 2 +1"), "without a service: {text}");
    let down = desk.gives(4, &["vote", "tally"]);
    assert!(down.contains("the mail archive at"), "{down}");
    let _ = quorate::services::OpenPgp::stop_agent(&desk.world().join("gnupg"));
}

/// Without --execute: the mail is shown, and nothing is sent or recorded.
fn a_ballot_is_on_the_files_that_the_vote_is_on(desk: &Desk, vote: &Value) {
    let cast = ["vote", "cast", "+1", "--candidate", "1"];
    let shown = desk.gives(0, &cast);
    let source = vote["bound_to"]["files"].as_array().unwrap().iter().find(|file| file["name"] == SOURCE).unwrap();
    let digest = source["sha512"].as_str().unwrap();
    assert!(shown.contains("\n\n+1 (binding)\n") && shown.contains("holds"), "{shown}");
    assert!(shown.replace(['\n', ' '], "").contains(digest), "{digest}: {shown}");
    assert!(!desk.world().join("state/ballots").exists());

    let report = desk.gives(0, &["verify", "--candidate", "1", "--format", "json"]);
    let other = desk.world().join("other.json");
    fs::write(&other, report.replace(digest, &"0".repeat(128))).unwrap();
    let refused = desk.gives(5, &[&cast[..], &["--report", other.to_str().unwrap()]].concat());
    assert!(refused.contains(&format!("{SOURCE} is not the file that is voted on")), "{refused}");
    let refused = desk.gives(2, &["vote", "cast", "+1", "--candidate", "2"]);
    assert!(refused.contains("candidate 2 is not voted on; the current one is 1"), "{refused}");
}
