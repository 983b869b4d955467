// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Cancelling a candidate whose mail of the vote is out, but not recorded so: the
//! thread is told before anything is taken down.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use quorate::rehearsal::stand_ins::nexus::NEXUS_ACCOUNT;
use quorate::rehearsal::{ArchiveServer, SmtpServer, World};
use secrecy::ExposeSecret;

use crate::faults::{Rehearsal, run, said};

/// Has the process end just after the mail of the vote went out.
pub fn killed_in_the_vote(rehearsal: &Rehearsal) {
    let points = rehearsal.world().with_file_name("points");
    for _ in 0..200 {
        let output = rehearsal.run(&["--interrupt", points.to_str().unwrap()]);
        assert!(!output.status.success(), "{}", said(&output));
        let last = fs::read_to_string(&points).unwrap().lines().last().unwrap().to_owned();
        if last.contains("send-vote") && last.contains("after send mail") {
            return;
        }
    }
    panic!("the mail of the vote never went out");
}

/// Cancels the candidate as a person at the world would; what was said, with this exit code.
fn cancel(world: &World, code: i32) -> String {
    give(world, code, &["cancel-candidate", "--why", "a file is missing", "--execute", "--confirm", "1.2.0"])
}

/// Gives a command as a person at the world would; what was said, with this exit code.
fn give(world: &World, code: i32, arguments: &[&str]) -> String {
    let account = world.smtp_account();
    let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(arguments)
        .env("QUORATE_STATE", world.state())
        .env("GNUPGHOME", world.directory.join("gnupg"))
        .env("HOME", world.home())
        .env("QUORATE_SMTP_USER", &account.user)
        .env("QUORATE_SMTP_PASSWORD", account.password.expose_secret())
        .env("QUORATE_NEXUS_USER", NEXUS_ACCOUNT.0)
        .env("QUORATE_NEXUS_PASSWORD", NEXUS_ACCOUNT.1)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// A copy of a directory and all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            let _ = fs::copy(entry.path(), &to).unwrap();
        }
    }
}

/// A world whose vote is out, with a record that was put back to what it was before.
fn with_an_older_record(rehearsal: &Rehearsal) -> World {
    let directory = rehearsal.world();
    let world = World::open(&directory).unwrap().unwrap();
    let older = directory.with_file_name("older");
    copy(&world.state(), &older);
    killed_in_the_vote(rehearsal);
    fs::remove_dir_all(world.state()).unwrap();
    copy(&older, &world.state());
    world
}

#[test]
fn a_vote_that_an_older_copy_of_the_record_does_not_know_is_found_and_told() {
    let rehearsal = Rehearsal::after("build");
    let world = with_an_older_record(&rehearsal);
    let cancel = |code| cancel(&world, code);
    // The vote's turn has come: without an archive that can be asked nothing is taken down.
    assert!(cancel(4).contains("nothing was taken down"));
    let _smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let _archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = crate::user::stand_ins(&world);
    let said = cancel(3);
    assert!(said.contains("cancel-mail"), "{said}");
    let mails = fs::read_dir(world.mail().join("mails")).unwrap();
    let mails: Vec<String> = mails.map(|mail| fs::read_to_string(mail.unwrap().path()).unwrap()).collect();
    let vote = mails.iter().find(|mail| mail.contains("Subject: [VOTE]")).unwrap();
    let told = mails.iter().find(|mail| mail.contains("Subject: [CANCEL]")).unwrap();
    let id = vote.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim();
    assert!(told.contains(&format!("In-Reply-To: {id}")), "{told}");
}

#[test]
fn a_call_for_votes_that_is_not_the_releases_own_can_be_declared_so_and_the_candidate_cancelled() {
    let rehearsal = Rehearsal::after("build");
    let world = with_an_older_record(&rehearsal);
    // A person called the vote, in their own words.
    for mail in fs::read_dir(world.mail().join("mails")).unwrap() {
        let path = mail.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("Subject: [VOTE]") {
            let (head, _) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).unwrap();
            let head: Vec<&str> =
                head.lines().filter(|line| !line.starts_with("X-") && !line.starts_with("Content-")).collect();
            fs::write(&path, format!("{}\n\nPlease vote on the files at the usual place.\n", head.join("\n"))).unwrap();
        }
    }
    let _smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let _archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = crate::user::stand_ins(&world);
    let said = give(&world, 5, &["run", "--execute", "--confirm", "1.2.0"]);
    assert!(said.contains("send-vote"), "{said}");
    let said = cancel(&world, 5);
    assert!(said.contains("quorate run send-vote --again --execute --why"), "{said}");
    give(&world, 3, &["run", "send-vote", "--again", "--execute", "--why", "Bob called it by hand, and took it back"]);
    let said = cancel(&world, 3);
    assert!(said.contains("unstage-candidate") && !said.contains("cancel-mail"), "{said}");
    assert_eq!(run(&world.remote(), "git", &["tag", "--list", "release-1.2.0*"]), "");
}

#[test]
fn a_mail_of_the_vote_that_is_out_but_not_recorded_is_answered_before_the_candidate_goes() {
    let rehearsal = Rehearsal::after("build");
    killed_in_the_vote(&rehearsal);
    let directory = rehearsal.world();
    let world = World::open(&directory).unwrap().unwrap();
    let cancel = |code| cancel(&world, code);
    let tags = || run(&world.remote(), "git", &["tag", "--list", "release-1.2.0*"]);
    // The archive is down: nothing is taken down.
    let said = cancel(4);
    assert!(said.contains("send-vote") && said.contains("nothing was taken down"), "{said}");
    assert!(!said.contains("git tag -d"), "{said}");
    assert_eq!(tags().trim(), "release-1.2.0-rc1");
    let journal = fs::read_to_string(world.state().join("sample/1.2.0/journal.jsonl")).unwrap();
    assert!(!journal.contains("candidate-cancelled"), "{journal}");

    let _smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let _archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = crate::user::stand_ins(&world);
    // What is left is a person's: to mend what was found.
    let said = cancel(3);
    assert!(said.contains("git tag -d release-1.2.0-rc1"), "{said}");
    assert_eq!(tags(), "");
    let mails = fs::read_dir(world.mail().join("mails")).unwrap();
    let mails: Vec<String> = mails.map(|mail| fs::read_to_string(mail.unwrap().path()).unwrap()).collect();
    let of = |subject: &str| {
        let found: Vec<&String> = mails.iter().filter(|mail| mail.contains(&format!("Subject: {subject}"))).collect();
        assert_eq!(found.len(), 1, "{subject}: {mails:?}");
        found[0]
    };
    let header = |mail: &str, name: &str| {
        mail.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().trim().to_owned()
    };
    assert_eq!(header(of("[CANCEL]"), "In-Reply-To"), header(of("[VOTE]"), "Message-ID"));
}

/// With no archive to look it up in, a person's word is all there is: it is asked for before a
/// mail goes out, and it is enough to cancel what was told of.
#[test]
fn without_an_archive_a_person_says_what_a_lost_record_has_sent() {
    let rehearsal = Rehearsal::after("build");
    killed_in_the_vote(&rehearsal);
    let world = World::open(&rehearsal.world()).unwrap().unwrap();
    let record = world.state().join("sample/1.2.0");
    fs::remove_file(record.join("journal.jsonl")).unwrap();
    fs::remove_file(record.join("mails/discuss-release.eml")).unwrap();
    let product = fs::read_to_string(record.join("product.toml")).unwrap();
    let without: Vec<&str> = product.lines().filter(|line| !line.starts_with("archive = ")).collect();
    fs::write(record.join("product.toml"), without.join("\n")).unwrap();
    let clone = world.clone_path().display().to_string();
    give(&world, 0, &["start", "1.2.0", "--product", "sample", "--again", "--repo", &clone]);
    let sent = || fs::read_dir(world.mail().join("mails")).unwrap().count();
    let before = sent();

    let output = rehearsal.run(&["--to", "build"]);
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("propose-release") && text.contains("`--again --why …`"),
        "{text}"
    );
    assert_eq!(sent(), before, "the proposal was not sent again unasked");
    give(&world, 0, &["attest", "propose-release", "--note", "https://lists.example.org/thread/1"]);
    let output = rehearsal.run(&["--to", "build"]);
    assert!(output.status.success(), "{}", said(&output));

    rehearsal.stops(5, &["vote-rc1.eml", "is attested with its Message-ID"]);
    let text = cancel(&world, 2);
    assert!(text.contains("quorate attest send-vote --note MESSAGE-ID"), "{text}");
    let text = give(&world, 2, &["skip", "send-vote", "--why", "it was sent"]);
    assert!(text.contains("quorate attest send-vote --note MESSAGE-ID"), "{text}");
    let vote = fs::read_to_string(record.join("mails/vote-rc1.eml")).unwrap();
    let id = vote.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
    give(&world, 0, &["attest", "send-vote", "--note", &format!("It is out, as {id}.")]);
    let text = give(&world, 2, &["run", "wait-for-votes", "--execute"]);
    assert!(text.contains("quorate cancel-candidate --why"), "{text}");

    let _smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let _stand_ins = crate::user::stand_ins(&world);
    cancel(&world, 3);
    let told = fs::read_to_string(record.join("mails/cancel-rc1.eml")).unwrap();
    assert!(told.contains(&format!("In-Reply-To: {id}")), "{told}");
    assert_eq!(run(&world.remote(), "git", &["tag", "--list", "release-1.2.0*"]), "");
}
