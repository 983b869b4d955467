// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files that are no mails, and mails that are broken: the tally goes on where it can, says what
//! it left out and why, and counts nothing that it could not read.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::user::Ran;

const SUBJECT: &str = "[VOTE] Release Greeter 1.2.0, release candidate #1";

struct Desk {
    directory: tempfile::TempDir,
}

/// A mail; `more` are further headers, or others in the place of the usual ones.
fn mail(id: &str, hour: u32, more: &[&str], text: &str) -> String {
    let given = |name: &str| more.iter().any(|line| line.starts_with(name));
    let usual = [
        format!("From: {id} Example <{id}@apache.org>"),
        format!("Date: Thu, 1 Jan 2026 {hour:02}:00:00 +0000"),
        format!("Message-ID: <{id}@example.org>"),
        "In-Reply-To: <ann@example.org>".to_owned(),
        format!("Subject: Re: {SUBJECT}"),
    ];
    let lines = usual.iter().filter(|line| !given(line.split_inclusive(':').next().unwrap_or_default()));
    let lines: Vec<&str> =
        lines.map(String::as_str).chain(more.iter().copied()).filter(|l| !l.ends_with(':')).collect();
    format!("From {id} Thu Jan  1 09:00:00 2026\n{}\n\n{text}\n\n", lines.join("\n"))
}

fn call() -> String {
    let text = "Please vote. The vote is open for 72 hours.\n\n[ ] +1 approve\n[ ] -1 do not";
    mail("ann", 0, &["In-Reply-To:", &format!("Subject: {SUBJECT}")], text)
}

/// What was printed, however it is wrapped.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The call, and two votes for it.
fn two() -> String {
    call() + &mail("bob", 2, &[], "+1") + &mail("cleo", 3, &[], "+1")
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let member = |id: &str| format!("[[member]]\nid = \"{id}\"\nname = \"{id} Example\"\nroles = [\"pmc\"]\n");
        let roster = ["ann", "bob", "cleo", "dan"].map(member).concat();
        fs::write(directory.path().join("roster.toml"), &roster).unwrap();
        fs::write(directory.path().join("nobody.toml"), roster.replace("pmc", "committer")).unwrap();
        Self { directory }
    }

    fn runs(&self, code: i32, mails: &[&str], roster: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.current_dir(self.directory.path()).args(["vote", "tally", "--action", "product-release", "--now"]);
        let output = command.arg("2026-01-10T00:00:00Z").args(["--roster", roster]).args(mails).output().unwrap();
        let ran = Ran::of(output);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        ran
    }

    /// What becomes of these bytes as an mbox.
    fn tally(&self, code: i32, mbox: impl AsRef<[u8]>) -> Ran {
        fs::write(self.directory.path().join("thread.mbox"), mbox).unwrap();
        self.runs(code, &["--mbox", "thread.mbox"], "roster.toml")
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }
}

#[test]
fn what_holds_no_mail_is_named_with_what_was_expected() {
    let desk = Desk::new();
    let bytes: Vec<u8> = (0..=255).cycle().take(9000).collect();
    for (what, says) in [
        (&b""[..], "the file is empty"),
        (b"\n \n\n", "the file is empty"),
        (b"hello\nthis is a note\n", "does not begin with the headers of a mail"),
        (b"<!DOCTYPE html><html><body>From: ann</body></html>", "does not begin with the headers of a mail"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\0\0", "the file is no text"),
        (&bytes, "the file is no text"),
    ] {
        let ran = desk.tally(2, what);
        assert!(ran.err.starts_with("error: no mail is in thread.mbox: ") && ran.err.contains(says), "{}", ran.err);
        assert!(ran.err.contains("hint: give an mbox file") && ran.out.is_empty(), "{}{}", ran.err, ran.out);
    }
    fs::create_dir(desk.path().join("mails")).unwrap();
    let ran = desk.runs(2, &["--eml", "mails"], "roster.toml");
    assert!(ran.err.contains("no mail is in mails: no file in the directory has a mail's name"), "{}", ran.err);
    fs::write(desk.path().join("mails/1.eml"), "a note").unwrap();
    let ran = desk.runs(2, &["--eml", "mails"], "roster.toml");
    assert!(ran.err.contains("its one file of mails has none"), "{}", ran.err);
    assert!(desk.runs(2, &["--mbox", "gone"], "roster.toml").err.contains("gone cannot be read"));
    // mails, and none of them about a vote
    let ran = desk.tally(3, mail("bob", 1, &["In-Reply-To:", "Subject: Hello"], "hi"));
    assert!(flat(&ran.out).contains("no mail here opens a vote or casts one"), "{}", ran.out);
}

#[test]
fn a_roster_on_which_nobody_has_a_binding_vote_is_wrong_use() {
    let desk = Desk::new();
    desk.tally(1, two());
    let ran = desk.runs(2, &["--mbox", "thread.mbox"], "nobody.toml");
    assert!(ran.err.contains("the roster has no active PMC member") && ran.err.contains("roster fetch"), "{}", ran.err);
}

#[test]
fn a_file_that_was_cut_off_is_said_to_be_and_what_is_gone_is_not_counted() {
    let desk = Desk::new();
    let whole = two() + &mail("dan", 4, &[], "+1, all is well");
    assert!(desk.tally(0, &whole).out.contains("3 binding +1; at least 3 are needed: holds"));
    let in_text = desk.tally(0, &whole[..whole.len() - 6]);
    assert!(flat(&in_text.out).contains("it may be cut off there"), "{}", in_text.out);
    let headers = whole.rfind("Subject: ").unwrap();
    for end in [headers, headers + 12] {
        let ran = desk.tally(3, &whole[..end]);
        assert!(flat(&ran.out).contains("it breaks off in its headers: its text was not read"), "{}", ran.out);
        assert!(flat(&ran.out).contains("Binding: 2 +1, no 0, no -1"), "{}", ran.out);
    }
}

#[test]
fn a_mail_without_date_or_sender_is_told_of() {
    let desk = Desk::new();
    for (date, says) in [
        ("Date:", "its Date header is missing; the archive's time is taken"),
        ("Date: yesterday evening", "its Date header cannot be read; the archive's time is taken"),
    ] {
        let ran = desk.tally(0, two() + &mail("dan", 4, &[date], "+1"));
        assert!(flat(&ran.out).contains(says), "{}", ran.out);
    }
    let ran = desk.tally(3, two() + &mail("dan", 4, &["From:"], "+1"));
    assert!(flat(&ran.out).contains("the mail does not say from which address it is"), "{}", ran.out);
    assert!(flat(&ran.out).contains("Binding: 2 +1"), "{}", ran.out);
}

#[test]
fn references_in_a_circle_and_a_message_id_twice_lose_no_vote() {
    let desk = Desk::new();
    let around = call()
        .replace("\nSubject:", "\nIn-Reply-To: <cleo@example.org>\nReferences: <cleo@example.org>\nSubject:")
        + &mail("bob", 2, &["In-Reply-To: <cleo@example.org>"], "+1")
        + &mail("cleo", 3, &["In-Reply-To: <bob@example.org>"], "+1")
        + &mail("dan", 4, &["In-Reply-To: <dan@example.org>"], "+1");
    desk.tally(0, around);
    let same = call()
        + &mail("bob", 2, &["Message-ID: <b@example.org>"], "+1")
        + &mail("cleo", 3, &["Message-ID: <b@example.org>"], "+1")
        + &mail("bob", 2, &["Message-ID: <b@example.org>"], "+1");
    let ran = desk.tally(1, same);
    for said in ["Binding: 2 +1", "another mail has the same Message-ID", "the same mail is there twice"] {
        assert!(flat(&ran.out).contains(said), "{said}: {}", ran.out);
    }
}

#[test]
fn what_is_too_long_is_for_a_person_and_an_unknown_charset_is_told_of() {
    let desk = Desk::new();
    let text = format!("+1, and here is the log\n{}", "a line that goes on and on\n".repeat(100_000));
    let ran = desk.tally(3, two() + &mail("dan", 4, &[], &text));
    assert!(flat(&ran.out).contains("its text has more than 2 MiB; the rest was not read"), "{}", ran.out);
    let header = "Content-Type: text/plain; charset=klingon";
    let odd = mail("dan", 4, &[header], "+1 gr").replace("+1 gr", "+1 gr\u{fc}n");
    let bytes: Vec<u8> = (two() + &odd).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let ran = desk.tally(0, bytes);
    assert!(flat(&ran.out).contains("its charset \"klingon\" is unknown"), "{}", ran.out);
    // a wide +1 of another encoding than the one that is named would be two letters of nothing
    let header = "Content-Type: text/plain; charset=utf-8";
    let mut bytes = (two() + &mail("dan", 4, &[header], "")).into_bytes();
    bytes.extend(b"\xa3\xab\xa3\xb1\n");
    let ran = desk.tally(3, bytes);
    for said in ["Binding: 2 +1", "its bytes are not of the charset that it names (utf-8)"] {
        assert!(flat(&ran.out).contains(said), "{said}: {}", ran.out);
    }
}
