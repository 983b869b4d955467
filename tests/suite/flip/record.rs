// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A proposal's record: `quorate flip start` and the general commands on it; `discuss`, `vote` and
//! `result`, which take the same steps without the checklists. Servers are real ones on loopback.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use quorate::rehearsal::stand_ins::{Faults, StandIns, confluence, jira};
use quorate::rehearsal::{ArchiveServer, ProposalWorld, SmtpServer, free_ports};
use serde_json::Value;

use crate::user::Ran;

/// A list, a wiki, a tracker and a registry of three proposals, the third a draft.
struct Town {
    place: tempfile::TempDir,
    world: ProposalWorld,
    smtp: SmtpServer,
    _archive: ArchiveServer,
    _stand_ins: StandIns,
}

const SCHEME: &str = include_str!("../../../release-config/proposals/flip.toml");
const PRODUCT: &str = include_str!("../../../release-config/sample.toml");
/// Bylaws by which a vote may end as soon as it was opened.
const BYLAWS: &str = include_str!("../../../release-config/bylaws/flink.toml");

impl Town {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let world =
            ProposalWorld::make(place.path(), SCHEME, PRODUCT, free_ports().unwrap(), Timestamp::now()).unwrap();
        let smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
        let archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
        let stand_ins = StandIns::start(&world.stand_ins(), world.stand_ins_port, Faults::default()).unwrap();
        let at_once = BYLAWS.replace("minimum_days = 3", "minimum_days = 0");
        std::fs::write(place.path().join("at-once.toml"), at_once).unwrap();
        Self { place, world, smtp, _archive: archive, _stand_ins: stand_ins }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.place.path())
            .env("QUORATE_STATE", self.world.state())
            .env("QUORATE_ASSETS", self.world.assets())
            .env("QUORATE_REGISTRY", self.world.registry())
            .env("QUORATE_SMTP_USER", "ann")
            .env("QUORATE_SMTP_PASSWORD", "rehearsal")
            .env("QUORATE_CONFLUENCE_TOKEN", confluence::WRITER)
            .env("QUORATE_JIRA_TOKEN", jira::ADMINISTRATOR)
            .stdin(Stdio::null());
        Ran::sound(command.output().unwrap(), arguments)
    }

    fn runs(&self, code: i32, arguments: &[&str]) -> Ran {
        self.run(arguments).ends(code, arguments)
    }

    /// With what every beginning needs here.
    fn begins(&self, code: i32, arguments: &[&str]) -> Ran {
        let wiki = self.world.wiki();
        let bylaws = self.path("at-once.toml").display().to_string();
        let more =
            ["--product", "sample", "--bylaws", &bylaws, "--confluence", &wiki, "--space", "GREETER", "--parent", "1"];
        self.runs(code, &[arguments, &more].concat())
    }

    fn mails(&self) -> Vec<String> {
        let mails = self.smtp.store().mails().unwrap();
        mails.into_iter().map(|mail| String::from_utf8(mail.bytes).unwrap()).collect()
    }

    /// Somebody answers the last mail that opened a vote.
    fn says(&self, id: &str, text: &str) {
        let mails = self.mails();
        let vote = mails.iter().rev().find(|mail| mail.contains("Subject: [VOTE]")).unwrap();
        let header = |name: &str| vote.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        // a mail's date has whole seconds, and of two votes one must be the later
        let last = mails.last().and_then(|mail| mail.lines().find_map(|line| line.strip_prefix("Date: "))).unwrap();
        let last = jiff::fmt::rfc2822::parse(last.trim()).unwrap().timestamp();
        while Timestamp::now().as_second() <= last.as_second() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mail = format!(
            "From: {id} <{id}@example.org>\r\nTo: dev@example.org\r\nSubject: Re: {}\r\nDate: {date}\r\nMessage-ID: \
             <{id}-{}@example.org>\r\nIn-Reply-To: {}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n",
            header("Subject:"),
            mails.len(),
            header("Message-ID:"),
        );
        self.smtp.store().add(mail.as_bytes()).unwrap();
    }

    fn page(&self) -> String {
        std::fs::read_to_string(self.world.registry().join("flips/FLIP-0003.md")).unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.world.registry()).args(arguments).env("HOME", self.place.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }

    /// The label of the proposal's page on the wiki.
    fn label(&self) -> String {
        let text = std::fs::read_to_string(self.world.stand_ins().join("confluence.json")).unwrap();
        let wiki: Value = serde_json::from_str(&text).unwrap();
        let page = wiki["pages"].as_array().unwrap().iter().find(|page| page["id"] == 103).unwrap().clone();
        page["labels"].to_string()
    }
}

#[test]
fn the_short_way_is_one_plan_for_each_command() {
    let town = Town::new();
    // nothing to vote on yet, and nothing to end
    assert!(town.begins(1, &["flip", "vote", "3"]).err.contains("flip discuss 3"));
    assert!(town.runs(2, &["flip", "result", "3"]).err.contains("flip vote 3"));
    assert!(town.runs(2, &["status"]).err.contains("no release is under way"), "nothing was begun");
    // shown, and not done
    let plan = town.begins(3, &["flip", "discuss", "3"]);
    for said in [
        "Subject: [DISCUSS] FLIP-3 Greet everybody by name",
        "state       draft -> discussion",
        "INDEX.md  changed",
        "pushed to origin",
    ] {
        assert!(plan.out.contains(said), "{said}: {}", plan.out);
    }
    assert_eq!((town.mails().len(), town.label().as_str()), (0, "[\"draft\"]"));
    assert!(town.runs(2, &["status"]).err.contains("no release is under way"), "nothing was begun");
    // done, once
    town.begins(0, &["flip", "discuss", "3", "--about", "People want to hear their names.", "--execute"]);
    assert!(town.begins(0, &["flip", "discuss", "3", "--execute"]).err.contains("under discussion already"));
    assert_eq!(town.mails().len(), 1);
    assert!(town.mails()[0].contains("People want to hear their names."));
    assert!(town.page().contains("state: discussion\n") && town.page().contains("discussion: http://127.0.0.1:"));
    assert_eq!(town.label(), "[\"discussion\"]");
    assert_eq!(town.git(&["status", "--short", "--branch"]).lines().collect::<Vec<_>>(), ["## main...origin/main"]);
    // the vote
    let discussion = town.begins(0, &["flip", "discuss", "3", "--json"]).json();
    assert_eq!(discussion["subject"], "[DISCUSS] FLIP-3 Greet everybody by name");
    let sent = town.begins(0, &["flip", "vote", "3", "--execute", "--json"]).json();
    assert!(town.mails()[1].contains(&format!("Message-ID: {}", sent["message_id"].as_str().unwrap())), "{sent}");
    assert!(town.mails()[1].contains("Subject: [VOTE] FLIP-3: Greet everybody by name"));
    town.says("bob", "+1 (binding)");
    town.says("cleo", "-1\n\nIt would log the names.");
    let counted = town.runs(1, &["vote", "tally", "--release", "FLIP-3"]);
    assert!(counted.out.contains("veto"), "{}", counted.out);
    town.says("cleo", "I withdraw my -1: names are not logged.\n\n+1");
    town.says("fay", "+1 if the page says so by tomorrow");
    town.says("dan", "+1");
    // a person must rule first
    let waits = town.runs(3, &["flip", "result", "3", "--execute"]);
    assert!(waits.err.contains("quorate vote rule") && waits.err.contains("fay-"), "{}", waits.err);
    let id = format!("fay-{}@example.org", town.mails().len() - 2);
    town.runs(0, &["vote", "rule", "--release", "flip-3", &id, "+0", "--why", "It depends on what is to come."]);
    // shown and not agreed to: votes that come meanwhile count
    let plan = town.runs(3, &["flip", "result", "3"]);
    for said in ["[RESULT][VOTE] FLIP-3", "state       vote -> accepted", "tallies/FLIP-0003.json  new"] {
        assert!(plan.out.contains(said), "{said}: {} {}", plan.out, plan.err);
    }
    town.says("gil", "+1");
    let vote = town.runs(0, &["flip", "result", "3", "--execute", "--json"]).json();
    assert_eq!((&vote["outcome"], &vote["totals"]["binding"]["plus"]), (&"passed".into(), &4.into()));
    let result = town.mails().pop().unwrap();
    for said in [
        "Subject: [RESULT][VOTE] FLIP-3",
        "What was not clear, and a person ruled on:",
        "* the mail of fay of 20",
        "counts as +0: It depends on what is",
    ] {
        assert!(result.contains(said), "{said}: {result}");
    }
    assert!(town.page().contains("state: accepted\n") && town.page().contains("result: tallies/FLIP-0003.json"));
    assert_eq!(town.label(), "[\"accepted\"]");
    assert!(result.contains("Withdrawn by those who gave them") && result.contains("and then +1"), "{result}");
    let before = town.mails().len();
    town.runs(0, &["flip", "result", "3", "--execute"]);
    assert_eq!(town.mails().len(), before, "nothing is sent twice");
    let lint = town.runs(0, &["flip", "lint", "--json", "--weight", "error"]).json();
    assert_eq!(lint, Value::Array(Vec::new()), "the tally that is kept is evidence");
}

#[test]
fn a_vote_that_does_not_pass_rejects_it() {
    let town = Town::new();
    town.begins(0, &["flip", "discuss", "3", "--execute"]);
    town.begins(0, &["flip", "vote", "FLIP-3", "--execute"]);
    town.says("bob", "-1 (binding)\n\nWe do not know their names.");
    town.runs(1, &["flip", "result", "3", "--execute"]);
    assert!(town.page().contains("state: rejected\n"), "{}", town.page());
    assert_eq!(town.label(), "[\"rejected\"]");
    assert!(town.mails().last().unwrap().contains("the vote has not passed"));
}

#[test]
fn a_vote_that_is_open_is_waited_for_and_one_on_nothing_is_not_ended() {
    let town = Town::new();
    let more = ["--product", "sample", "--link", "https://example.org/flip-3"];
    town.runs(0, &[&["flip", "discuss", "3", "--execute"], &more[..]].concat());
    assert!(town.mails()[0].contains("https://example.org/flip-3"), "{}", town.mails()[0]);
    town.runs(0, &[&["flip", "vote", "3", "--execute"], &more[..]].concat());
    let waits = town.runs(3, &["flip", "result", "3", "--execute"]);
    assert!(
        waits.err.contains("the vote on FLIP-3 to end") && !waits.err.contains("cannot be taken up"),
        "{}",
        waits.err
    );
    town.runs(0, &["flip", "set", "3", "--state", "withdrawn", "--why", "Nobody needs it."]);
    for command in [&["flip", "result", "3", "--execute"][..], &["flip", "vote", "3", "--product", "sample"]] {
        let ran = town.runs(1, command);
        assert!(ran.err.contains("FLIP-3 is withdrawn: there is no vote on it any more"), "{}", ran.err);
    }
}

#[test]
fn a_record_is_carried_on_by_the_commands_of_a_release() {
    let town = Town::new();
    town.begins(0, &["flip", "start", "3"]);
    assert!(town.begins(2, &["flip", "start", "3"]).err.contains("is recorded already"));
    assert!(town.begins(2, &["flip", "discuss", "3"]).err.contains("quorate run --release FLIP-3"));
    let status = town.runs(0, &["status", "--json"]).json();
    assert_eq!((&status["version"], &status["phase"]), (&"FLIP-3".into(), &"page".into()));
    let plan = town.runs(0, &["run"]);
    assert!(plan.out.contains("open-discussion") && plan.err.contains("Nothing was done"), "{}", plan.out);
    assert!(town.runs(0, &["guide"]).out.contains("# FLIP-3: Greet everybody by name: guide"));
    // what cannot be taken back wants the name typed
    assert!(town.runs(2, &["run", "--execute", "--confirm", "FLIP-4"]).err.contains("FLIP-3"));
    town.runs(3, &["run", "--execute"]);
    assert_eq!(town.mails().len(), 0);
    town.runs(3, &["run", "--execute", "--confirm", "FLIP-3"]);
    assert_eq!(town.mails().len(), 1);
    town.runs(2, &["attest", "discussion-settled", "--note", "nobody objected"]);
    town.runs(0, &["attest", "discussion-settled", "--note", "nobody objected: https://lists.example.org/thread/x"]);
    town.runs(0, &["run", "--execute", "--confirm", "FLIP-3", "--to", "discuss"]);
    let next = town.runs(0, &["status", "--json"]).json();
    assert_eq!((&next["phase"], &next["next"][0]), (&"vote".into(), &"send-vote".into()));
    // a state that only this step set can be taken back, and is found absent again
    town.runs(0, &["run", "send-vote", "record-vote-thread", "--execute", "--confirm", "FLIP-3"]);
    town.runs(0, &["undo", "record-vote-thread", "--execute"]);
    assert!(town.page().contains("state: discussion\n"), "{}", town.page());
    assert_eq!(town.label(), "[\"discussion\"]");
    town.runs(0, &["run", "record-vote-thread", "--execute"]);
    assert_eq!(town.label(), "[\"vote\"]");
}

#[test]
fn a_vote_that_is_called_off_is_followed_by_another() {
    let town = Town::new();
    town.begins(0, &["flip", "start", "3"]);
    town.runs(3, &["run", "--execute", "--confirm", "FLIP-3"]);
    town.runs(0, &["attest", "discussion-settled", "--note", "https://lists.example.org/thread/x"]);
    town.runs(0, &["run", "--to", "discuss", "--execute"]);
    town.runs(0, &["run", "send-vote", "record-vote-thread", "--execute", "--confirm", "FLIP-3"]);
    assert_eq!(town.label(), "[\"vote\"]");
    town.runs(2, &["attest", "record-vote", "--note", "I counted"]);
    let why = ["--why", "The names are logged.", "--execute", "--confirm", "FLIP-3"];
    town.runs(0, &[&["cancel-candidate"], &why[..]].concat());
    let last = town.mails().pop().unwrap();
    assert!(last.contains("Subject: [CANCEL] [VOTE] FLIP-3"), "{last}");
    assert!(town.page().contains("state: discussion\n"), "{}", town.page());
    assert_eq!(town.label(), "[\"discussion\"]");
    let status = town.runs(0, &["status"]);
    assert!(status.out.contains("vote 1 was called off: The names are logged."), "{}", status.out);
    town.runs(0, &["run", "send-vote", "record-vote-thread", "--execute", "--confirm", "FLIP-3"]);
    assert_eq!(town.label(), "[\"vote\"]");
    // taken back by its owner: what is left is passed over
    town.runs(0, &["flip", "set", "3", "--state", "withdrawn", "--why", "Nobody needs it any more."]);
    town.runs(0, &["run", "--execute"]);
    assert_eq!(town.runs(0, &["status", "--json"]).json()["completed"], true);
    let log = town.runs(0, &["log", "--release", "FLIP-3"]);
    assert!(log.err.contains("the chain of digests holds"), "{}", log.err);
}

#[test]
fn what_somebody_else_wrote_stays() {
    let town = Town::new();
    town.begins(0, &["flip", "start", "3"]);
    // somebody set the state by hand to what does not come before a discussion
    town.runs(0, &["flip", "set", "3", "--state", "rejected", "--correct", "--why", "It was rejected long ago."]);
    let stopped = town.runs(5, &["run", "--execute", "--confirm", "FLIP-3"]);
    assert!(stopped.err.contains("FLIP-3 as `rejected`"), "{}", stopped.err);
    assert!(town.page().contains("state: rejected"));
    // release commands say that this is none
    for command in [&["take-over", "--why", "x"][..], &["triage"], &["notes"], &["verify", "--candidate", "1"]] {
        let refused = town.runs(2, &[command, &["--release", "FLIP-3"]].concat());
        assert!(refused.err.contains("FLIP-3 is a proposal"), "{command:?}: {}", refused.err);
    }
    assert!(town.runs(2, &["flip", "start", "99", "--product", "sample"]).err.contains("there is no FLIP `99`"));
    assert!(town.runs(1, &["flip", "start", "1", "--product", "sample"]).err.contains("nothing left to discuss"));
}

#[test]
fn threads_are_looked_up_where_somebody_wants_it() {
    let town = Town::new();
    // the made-up threads of the first two are in no archive
    let found = town.runs(1, &["flip", "lint", "--online", "--json"]).json();
    let ids: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().filter(|id| **id == "thread-not-there").count(), 4, "{ids:?}");
    town.runs(0, &["flip", "lint", "--weight", "error"]);
    let archive = format!("http://127.0.0.1:{}/thread", town.world.archive_port);
    let nowhere = format!("{archive}/nothing@example.org");
    let refused = town.runs(1, &["flip", "set", "3", "--state", "discussion", "--discussion", &nowhere, "--online"]);
    assert!(refused.err.contains("the archive does not have the discussion thread"), "{}", refused.err);
    assert!(town.page().contains("state: draft\n"));
    // one that is there, pushed
    town.begins(0, &["flip", "discuss", "3", "--execute"]);
    let link = town.page().lines().find_map(|line| line.strip_prefix("discussion: ")).unwrap().to_owned();
    let other = town.runs(5, &["flip", "set", "2", "--discussion", &link, "--online"]);
    assert!(other.err.contains("[DISCUSS] FLIP-3"), "{}", other.err);
    let again =
        town.runs(0, &["flip", "set", "3", "--discussion", &link, "--component", "Greeter", "--online", "--push"]);
    assert!(again.err.contains("pushed to origin"), "{}", again.err);
    let kept = town.runs(0, &["flip", "set", "3", "--component", "Other"]);
    assert!(kept.err.contains("not pushed"), "{}", kept.err);
    assert_eq!(town.git(&["rev-list", "--count", "origin/main..main"]).trim(), "1");
}
