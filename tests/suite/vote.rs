// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote tally` and `quorate roster`, as people and scripts use them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use insta::assert_snapshot;
use quorate::rehearsal::{ArchiveServer, MailStore};
use serde_json::Value;

use crate::user::Ran;

const ROSTER: &str = r#"
project = "greeter"
as_of = "2026-11-01"

[[member]]
id = "ann"
name = "Ann Example"
emails = ["ann@example.org"]
roles = ["pmc", "committer"]

[[member]]
id = "bob"
name = "Bob Example"
roles = ["pmc", "committer"]

[[member]]
id = "cleo"
name = "Cleo Example"
roles = ["pmc", "committer"]

[[member]]
id = "dan"
name = "Dan Example"
roles = ["pmc", "committer"]
"#;

const CALL: &str = "Hi all,\n\nplease vote on release candidate 1.\n\n[ ] +1 approve\n[ ] -1 do not\n\nThe vote is open for at least 72 hours.\n";

/// A directory with a roster and mails.
struct Desk {
    directory: tempfile::TempDir,
    mails: Vec<Vec<u8>>,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap(), mails: Vec::new() };
        fs::write(desk.path("roster.toml"), ROSTER).unwrap();
        desk
    }

    /// With the vote opened, on a Friday at 17:30.
    fn opened() -> Self {
        let mut desk = Self::new();
        desk.mail("open", "Eve Example <eve@apache.org>", "20 Nov 2026 17:30:00", "[VOTE] Release 1.2.0, rc1", CALL);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn mail(&mut self, id: &str, from: &str, date: &str, subject: &str, text: &str) {
        let answers = if self.mails.is_empty() { "" } else { "In-Reply-To: <open@example.org>\r\n" };
        let mail = format!(
            "From: {from}\r\nTo: dev@greeter.example.org\r\nSubject: {subject}\r\nDate: {date} +0000\r\n\
             Message-ID: <{id}@example.org>\r\n{answers}Content-Type: text/plain; charset=utf-8\r\n\r\n{}",
            text.replace('\n', "\r\n")
        );
        self.mails.push(mail.into_bytes());
    }

    /// An answer so many hours after the opening.
    fn says(&mut self, id: &str, from: &str, hours: u32, text: &str) {
        let (day, hour) = (20 + (17 + hours) / 24, (17 + hours) % 24);
        let date = format!("{day} Nov 2026 {hour:02}:30:00");
        self.mail(id, from, &date, "Re: [VOTE] Release 1.2.0, rc1", text);
    }

    fn three(mut self) -> Self {
        self.says("a", "Ann Example <ann@example.org>", 1, "+1 (binding)\n\nI checked the signatures.\n");
        self.says("b", "Bob Example <bob@apache.org>", 2, "+1\n");
        self.says("c", "Cleo Example <cleo@apache.org>", 3, "+1, thanks for driving this\n");
        self
    }

    fn write(&self) -> PathBuf {
        let mut mbox = Vec::new();
        for mail in &self.mails {
            mbox.extend_from_slice(b"From sender@example.org Fri Nov 20 00:00:00 2026\n");
            mbox.extend_from_slice(mail);
            mbox.extend_from_slice(b"\n\n");
        }
        let path = self.path("thread.mbox");
        fs::write(&path, mbox).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("QUORATE_STATE", self.path("state")).args(arguments);
        let ran = Ran::of(command.output().unwrap());
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    fn tally(&self, code: i32, more: &[&str]) -> Ran {
        self.write();
        let mut arguments = vec!["vote", "tally", "--mbox", "thread.mbox"];
        let usual = [("--roster", "roster.toml"), ("--action", "product-release"), ("--now", "2026-11-25T00:00:00Z")];
        for (option, value) in usual.into_iter().filter(|(option, _)| !more.contains(option)) {
            arguments.extend([option, value]);
        }
        let ran = self.run(&[&arguments, more].concat());
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        ran
    }
}

/// The text with the same digits for each digest: bylaws may be amended.
fn without_digests(text: &str) -> String {
    let mut pieces = text.split("SHA-512 ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}SHA-512 0123456789abcdef{}", piece.get(16..).unwrap_or_default()))
}

#[test]
fn a_vote_reads_like_an_account_of_it() {
    let mut desk = Desk::opened().three();
    desk.says("d", "Dan Example <dan@example.net>", 4, "-1, the NOTICE is missing\n");
    desk.says("e", "Eve Example <eve@apache.org>", 5, "+1 (binding)\n");
    desk.says("b2", "Bob Example <bob@apache.org>", 6, "I change my vote to -1, the build fails here.\n");
    desk.says("b3", "Bob Example <bob@apache.org>", 7, "It was my machine.\n\n+1\n");
    let text = "The vote passes with 4 +1 votes (4 binding):\n\n+1 (binding):\n- Ann Example\n- Bob Example\n- Cleo Example\n- Dan Example\n";
    desk.mail("r", "Eve Example <eve@apache.org>", "24 Nov 2026 09:00:00", "[RESULT] [VOTE] Release 1.2.0, rc1", text);
    desk.says("late", "Fay Example <fay@example.com>", 96, "+1\n");
    assert_snapshot!(without_digests(&desk.tally(0, &[]).out), @r#"
    [VOTE] Release 1.2.0, rc1
    Opened 2026-11-20 17:30 UTC by Eve Example <eve@apache.org>, open until
    2026-11-23 17:30 UTC at least.
    Product release: lazy majority of the active PMC members, by the Apache Flink
    Project Bylaws. By the roster of 2026-11-01, 4 have a binding vote.
    Read from release-config/bylaws/flink.toml (SHA-512 0123456789abcdef…),
      roster.toml (SHA-512 0123456789abcdef…).

    It passed.
    - 3 binding +1; at least 3 are needed: holds
    - 3 binding +1 against 0 binding -1; there must be more +1 than -1: holds

    Binding: 3 +1, no 0, no -1
      +1 Ann Example (ann), 2026-11-20 18:30 UTC: “+1 (binding)”
      +1 Cleo Example (cleo), 2026-11-20 20:30 UTC: “+1, thanks for driving this”
      +1 Bob Example (bob), 2026-11-21 00:30 UTC: “+1”
          before: +1, 2026-11-20 19:30 UTC
          before: -1, 2026-11-20 23:30 UTC

    Not binding: 1 +1, no 0, no -1
      +1 Eve Example (eve@apache.org), 2026-11-20 22:30 UTC: “+1 (binding)”
          it says that it is binding; by the roster it is not

    For a person to rule on, and in no count until then
    - Dan Example <dan@example.net>, 2026-11-20 21:30 UTC, <d@example.org>
        | -1, the NOTICE is missing
        dan@example.net is not on the roster, but somebody called Dan Example is
        (`dan`, PMC member): is it they? A name proves nothing
      to rule: --ruling 'd@example.org=VALUE' --why TEXT, VALUE one of +1 +0 0 -0 -1 none

    Not counted
    - Fay Example <fay@example.com>, 2026-11-24 17:30 UTC, “+1”: late: it came after
      the result was announced (r@example.org)

    The result mail says otherwise; this account stands
    - it is by Eve Example <eve@apache.org>, 2026-11-24 09:00 UTC <r@example.org>
    - it says 4 binding +1; here are 3
    - it names Dan Example with +1; here is no such vote
    - it does not name Eve Example with +1
    "#);
    assert_snapshot!(desk.tally(0, &["--explain", "bob"]).out, @r#"
    Bob Example (bob): +1, binding
      `bob` on the roster, PMC member, by the address bob@apache.org

    2026-11-20 19:30 UTC, from Bob Example <bob@apache.org>, <b@example.org>
      read: +1 in the line “+1”: a sentence of the sender's begins with it
      came of it: no longer counted: b2@example.org of the same voter is later

    2026-11-20 23:30 UTC, from Bob Example <bob@apache.org>, <b2@example.org>
      read: -1 in the line “I change my vote to -1, the build fails here.”: the
        sender changes the vote to it
      came of it: no longer counted: b3@example.org of the same voter is later

    2026-11-21 00:30 UTC, from Bob Example <bob@apache.org>, <b3@example.org>
      read: +1 in the line “+1”: a sentence of the sender's begins with it
      came of it: counted; it replaces the -1 of b2@example.org
    "#);
}

#[test]
fn the_json_is_that_of_the_contract() {
    let mut desk = Desk::opened().three();
    desk.says("d", "Dan Example <dan@example.net>", 4, "+1\n");
    desk.says("x", "x@example.com", 5, "+0\n");
    let json = desk.tally(0, &["--json"]).json();
    for field in
        ["action", "rule", "outcome", "opened", "closes", "binding", "non_binding", "votes", "review", "reasons"]
    {
        assert!(!json[field].is_null(), "{field}");
    }
    let named = ["action", "rule", "outcome", "opened", "closes"].map(|field| json[field].as_str().unwrap());
    let expected = ["product-release", "lazy-majority", "passed", "2026-11-20T17:30:00Z", "2026-11-23T17:30:00Z"];
    assert_eq!(named, expected);
    assert_eq!(json["binding"], serde_json::json!({"plus": 3, "zero": 0, "minus": 0}));
    assert_eq!(json["non_binding"], serde_json::json!({"plus": 0, "zero": 1, "minus": 0}));
    let vote = &json["votes"][0];
    for (field, expected) in [
        ("voter", "ann"),
        ("name", "Ann Example"),
        ("address", "ann@example.org"),
        ("value", "+1"),
        ("message_id", "a@example.org"),
        ("at", "2026-11-20T18:30:00Z"),
        ("line", "+1 (binding)"),
    ] {
        assert_eq!(vote[field], expected);
    }
    assert_eq!((&vote["binding"], &vote["earlier"]), (&Value::Bool(true), &serde_json::json!([])));
    assert_eq!(json["votes"][3]["voter"], "x@example.com");
    let review = &json["review"][0];
    assert_eq!(
        (&review["message_id"], &review["from"]),
        (&"d@example.org".into(), &"Dan Example <dan@example.net>".into())
    );
    assert_eq!(review["excerpt"], "+1");
    assert!(review["why"].as_str().unwrap().contains("is it they?"));
}

#[test]
fn the_exit_code_says_what_the_vote_came_to() {
    let desk = Desk::opened().three();
    desk.tally(0, &[]);
    desk.tally(3, &["--now", "2026-11-23T17:29:59Z"]);
    assert!(desk.tally(3, &["--now", "2026-11-21T17:29:59Z"]).out.contains("It is open."));
    let mut desk = Desk::opened().three();
    desk.says("b2", "Bob Example <bob@apache.org>", 5, "-1, it does not build\n");
    desk.tally(1, &[]);
    let mut desk = Desk::opened().three();
    desk.mail(
        "x",
        "Eve Example <eve@apache.org>",
        "21 Nov 2026 08:00:00",
        "[CANCEL][VOTE] Release 1.2.0, rc1",
        "A bug was found.\n",
    );
    assert!(desk.tally(1, &[]).out.contains("It was called off."));
    let mut desk = Desk::opened();
    desk.says("a", "Ann Example <ann@example.org>", 1, "+1\n");
    desk.says("b", "Bob Example <bob@apache.org>", 2, "+1\n");
    desk.says("d", "Dan Example <dan@example.net>", 4, "+1\n");
    let ran = desk.tally(3, &[]);
    assert!(ran.out.contains("--ruling 'd@example.org=VALUE'"), "{}", ran.out);
    desk.tally(0, &["--ruling", "<d@example.org>=+1 as dan", "--why", "he told me so"]);
    desk.tally(1, &["--ruling", "d@example.org=none", "--why", "not he"]);
    fs::write(desk.path("alias.toml"), "[[alias]]\nid = \"dan\"\nemails = [\"Dan@Example.net\"]\n").unwrap();
    desk.tally(0, &["--alias", "alias.toml"]);
}

#[test]
fn wrong_use_is_refused_with_the_next_thing_to_do() {
    let desk = Desk::opened().three();
    for (arguments, said) in [
        (&["--action", "no-such"][..], "name no action `no-such`"),
        (&["--bylaws", "nobodys"], "there are no bylaws `nobodys`; there are: asf, flink"),
        (&["--roster", "gone.toml"], "cannot read gone.toml"),
        (&["--ruling", "a@example.org=+2", "--why", "x"], "`+2` is no ruling"),
        (&["--ruling", "a@example.org=+1", "--why", " "], "a ruling needs its reason"),
        (&["--ruling", "nobody@example.org=+1", "--why", "x"], "has the Message-ID nobody@example.org"),
        (
            &["--ruling", "a@example.org=+1", "--ruling", "a@example.org=-1", "--why", "x"],
            "is ruled to be +1 and to be -1",
        ),
        (&["--ruling", "a@example.org=+1 as zoe", "--why", "x"], "`zoe` is not on the roster"),
        (&["--reminder", "a@example.org=zoe"], "`zoe` is not on the roster"),
        (&["--about", "something else"], "no mail there has `something else` in its subject"),
        (&["--explain", "zoe"], "no mail of the thread is by zoe"),
        (&["--ruling", "a@example.org=+1"], "--why"),
    ] {
        let ran = desk.tally(2, arguments);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("hint: ") || ran.err.contains("--help"), "{}", ran.err);
    }
    fs::write(desk.path("roster.toml"), ROSTER.replace("emails", "mails")).unwrap();
    assert!(desk.tally(2, &[]).err.contains("roster.toml:8: unknown field `mails`"));
    fs::write(desk.path("roster.toml"), ROSTER.replace("\"pmc\", ", "")).unwrap();
    let ran = desk.tally(2, &["--json"]);
    assert!(ran.err.contains("no active PMC member"), "{}", ran.err);
    assert_eq!(ran.json()["outcome"], "needs-review", "the account is there all the same");
}

#[test]
fn mails_come_from_a_directory_and_from_the_archive_too() {
    let mut desk = Desk::opened().three();
    desk.mail(
        "r",
        "Eve Example <eve@apache.org>",
        "24 Nov 2026 09:00:00",
        "[RESULT] [VOTE] Release 1.2.0, rc1",
        "The vote passes.\n",
    );
    let expected = desk.tally(0, &["--json"]).json();
    fs::create_dir(desk.path("mails")).unwrap();
    for (number, mail) in desk.mails.iter().enumerate() {
        fs::write(desk.path(&format!("mails/{number}.eml")), mail).unwrap();
    }
    let usual = ["--roster", "roster.toml", "--action", "product-release", "--json", "--now", "2026-11-25T00:00:00Z"];
    let ran = desk.run(&[&["vote", "tally", "--eml", "mails"], &usual[..]].concat());
    assert_eq!((ran.code, &ran.json()["votes"]), (0, &expected["votes"]), "{}", ran.err);
    let place = desk.path("archive");
    let store = MailStore::open(&place).unwrap();
    for mail in &desk.mails {
        store.add(mail).unwrap();
    }
    let archive = ArchiveServer::start(&place, 0).unwrap();
    let url = format!("{}/thread/%3Copen%40example.org%3E", archive.base());
    let ran = desk.run(&[&["vote", "tally", "--thread", &url], &usual[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    assert_eq!((&json["votes"], &json["result_mail"]), (&expected["votes"], &expected["result_mail"]));
    let gone = format!("{}/thread/gone", archive.base());
    let ran = desk.run(&[&["vote", "tally", "--thread", &gone], &usual[..]].concat());
    assert!(ran.code == 2 && ran.err.contains("has no thread gone"), "{}", ran.err);
}

#[test]
fn a_roster_says_who_is_who() {
    let desk = Desk::new();
    assert_snapshot!(desk.run(&["roster", "show", "--roster", "roster.toml"]).out, @r#"
    greeter: 4 people, roster of 2026-11-01
      ann   Ann Example   PMC member  ann@example.org
      bob   Bob Example   PMC member
      cleo  Cleo Example  PMC member
      dan   Dan Example   PMC member
    4 binding votes of PMC members; 4 of committers, PMC members among them
    "#);
    let who = |address: &str| desk.run(&["roster", "who", address, "--roster", "roster.toml"]);
    let ran = who("Ann@Example.org");
    assert_eq!((ran.code, ran.out.as_str()), (0, "Ann@Example.org is Ann Example (`ann`): PMC member\n"));
    let ran = who("Bob Example");
    assert_eq!((ran.code, ran.out.contains("a name proves nothing")), (1, true));
    assert_eq!(who("zoe@example.org").code, 1);
    let ran = desk.run(&["roster", "who", "cleo@apache.org", "--roster", "roster.toml", "--json"]);
    assert_eq!(ran.json()["member"]["binding"]["pmc"], true);
    let gone = ["roster", "fetch", "greeter", "--out", "new.toml", "--whimsy", "http://127.0.0.1:1/public"];
    let ran = desk.run(&gone);
    assert!(ran.code == 4 && !desk.path("new.toml").exists(), "{}", ran.err);
}
