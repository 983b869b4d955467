// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What happens around a release when its services fail, refuse, are slow, or
//! hold what somebody else put there: it stops with a word, nothing is half
//! done, and once the fault is mended the same command goes on to the end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A rehearsal of the sample in a directory of its own.
pub struct Rehearsal {
    place: tempfile::TempDir,
}

impl Rehearsal {
    /// One whose phase `phase` is completed.
    pub fn after(phase: &str) -> Self {
        let rehearsal = Self { place: tempfile::tempdir().unwrap() };
        let output = rehearsal.run(&["--to", phase]);
        assert!(output.status.success(), "{}", said(&output));
        rehearsal
    }

    pub fn world(&self) -> PathBuf {
        self.place.path().join("world")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.args(["rehearse", "--stand-ins", "--keep"]).arg(self.world()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs into the fault: the exit code and each of `words` are as expected.
    pub fn stops(&self, code: i32, words: &[&str]) {
        let output = self.run(&[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        for word in words {
            assert!(said.contains(word), "`{word}` is not in:\n{said}");
        }
        assert!(!said.contains("panicked"), "{said}");
    }

    /// Goes on to the end; each vote, result and announcement was sent once.
    pub fn ends_well(&self) {
        let output = self.run(&[]);
        assert!(output.status.success(), "{}", said(&output));
        let mut subjects = Vec::new();
        for entry in fs::read_dir(self.world().join("mail/mails")).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let header = |name| text.lines().find(|line| line.starts_with(name)).unwrap();
            if !header("Subject: ").contains("Re: ") {
                subjects.push(format!("{} {}", header("Subject: "), header("To: ")));
            }
        }
        let all = subjects.len();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), all, "a mail was sent twice");
        assert!(all >= 6, "{subjects:?}");
    }

    fn svn(&self) -> String {
        format!("file://{}", self.world().join("svn").display())
    }
}

#[test]
fn a_directory_with_a_long_name_and_blanks_in_it_is_as_good_as_any() {
    let place = tempfile::tempdir().unwrap();
    let world = place.path().join(format!("a rehearsal {} ü", "of a release ".repeat(8).trim()));
    let run = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_quorate"));
        program.args(["rehearse", "--stand-ins", "--keep"]).arg(&world).stdin(Stdio::null()).output().unwrap()
    };
    let output = run();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("All phases are completed"), "{}", said(&output));
}

#[test]
fn a_bugfix_and_a_major_release_go_to_their_end_and_the_report_says_what_was_made() {
    for (version, before, files) in [("1.2.1", "1.2-SNAPSHOT", 1), ("2.0.0", "1.2-SNAPSHOT", 2)] {
        let rehearsal = Rehearsal { place: tempfile::tempdir().unwrap() };
        let output = rehearsal.run(&["--version", version, "--json"]);
        assert!(output.status.success(), "{}", said(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let made = &report["made"];
        let tags = [format!("greeter-sdk-go/v{version}"), format!("release-{version}")];
        let candidates = tags.clone().map(|tag| format!("{tag}-rc1"));
        assert_eq!(made["deleted_tags"], serde_json::json!(candidates));
        for tag in tags.iter().chain(&candidates) {
            assert!(made["tags"].as_array().unwrap().contains(&tag.as_str().into()), "{tag}: {}", made["tags"]);
        }
        let versions = made["versions"].as_array().unwrap();
        assert_eq!(versions.len(), files, "{versions:?}");
        let set = versions.last().unwrap();
        assert_eq!((&set["from"], &set["to"]), (&before.into(), &version.into()));
        let changed = set["files"].as_array().unwrap();
        assert!(changed.len() == 11 && changed.contains(&"greeter-sdk-js/package.json".into()), "{changed:?}");
        let written = fs::read_to_string(rehearsal.world().join("report.md")).unwrap();
        for words in ["greeter-sdk-js/package.json", "made, and deleted again", &format!("→ {version} in 11 files")] {
            assert!(written.contains(words), "`{words}` is not in {written}");
        }
        let world = rehearsal.world();
        let list = run(&world, "svn", &["list", &format!("{}/dist/release/greeter", rehearsal.svn())]);
        assert!(list.contains(&format!("greeter-{version}/")), "{list}");
        let texts = world.join(format!("state/sample/{version}/candidates/rc1/texts/contributors.txt"));
        assert!(fs::read_to_string(texts).unwrap().contains("Cleo Example"));
        // The series itself stays at its development version; its earlier bugfix is outdated.
        if version == "1.2.1" {
            assert!(!list.contains("greeter-1.2.0/"), "{list}");
            let pom = run(&world.join("remote.git"), "git", &["show", "release-1.2:pom.xml"]);
            assert!(pom.contains("<version>1.2-SNAPSHOT</version>"), "{pom}");
        }
    }
}

#[test]
fn two_rehearsals_at_once_in_one_directory_are_one() {
    let place = tempfile::tempdir().unwrap();
    let world = place.path().join("world");
    let start = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_quorate"));
        program.args(["rehearse", "--stand-ins", "--to", "decide", "--keep"]).arg(&world).stdin(Stdio::null());
        program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (first, second) = (start(), start());
    let mut outputs = [first.wait_with_output().unwrap(), second.wait_with_output().unwrap()];
    outputs.sort_by_key(|output| output.status.code());
    assert_eq!(outputs[0].status.code(), Some(0), "{}", said(&outputs[0]));
    assert_eq!(outputs[1].status.code(), Some(5), "{}", said(&outputs[1]));
    assert!(said(&outputs[1]).contains("another rehearsal is at work"), "{}", said(&outputs[1]));
}

/// All that a process said.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a program says that must succeed.
pub fn run(directory: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .envs([("GIT_AUTHOR_NAME", "Bob Example"), ("GIT_AUTHOR_EMAIL", "bob@example.org")])
        .envs([("GIT_COMMITTER_NAME", "Bob Example"), ("GIT_COMMITTER_EMAIL", "bob@example.org")])
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Puts a hook of the remote's there.
pub fn hook(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_remote_and_a_repository_that_are_down_are_waited_for() {
    let rehearsal = Rehearsal::after("prepare");
    let world = rehearsal.world();
    fs::rename(world.join("remote.git"), world.join("remote.away")).unwrap();
    rehearsal.stops(4, &["create-candidate-branch", "cannot be reached", "hint:"]);
    fs::rename(world.join("remote.away"), world.join("remote.git")).unwrap();
    fs::rename(world.join("svn"), world.join("svn.away")).unwrap();
    // Whether the version is out already is asked before a candidate is begun.
    rehearsal.stops(4, &["create-candidate-branch", "dist/release", "hint:"]);
    fs::rename(world.join("svn.away"), world.join("svn")).unwrap();
    let update = world.join("remote.git/hooks/update");
    hook(&update, "exit 1");
    rehearsal.stops(1, &["push-candidate-branch"]);
    fs::remove_file(&update).unwrap();
    fs::rename(world.join("svn"), world.join("svn.away")).unwrap();
    rehearsal.stops(4, &["stage-candidate", "hint:"]);
    fs::rename(world.join("svn.away"), world.join("svn")).unwrap();
    rehearsal.ends_well();
}

#[test]
fn hooks_that_refuse_are_quoted_and_slow_ones_are_borne() {
    let rehearsal = Rehearsal::after("prepare");
    let world = rehearsal.world();
    let update = world.join("remote.git/hooks/update");
    hook(&update, "echo 'the branch is frozen until Monday' >&2; exit 1");
    rehearsal.stops(1, &["push-candidate-branch", "the branch is frozen until Monday"]);
    hook(&update, "sleep 1");
    let commit = world.join("svn/hooks/pre-commit");
    hook(&commit, "echo 'no commits on this day' >&2; exit 1");
    rehearsal.stops(1, &["stage-candidate", "no commits on this day"]);
    hook(&commit, "sleep 1");
    rehearsal.ends_well();
}

#[test]
fn a_tag_that_somebody_else_pushed_is_found_before_anything_is_staged_and_stays() {
    let rehearsal = Rehearsal::after("prepare");
    let remote = rehearsal.world().join("remote.git");
    run(&remote, "git", &["tag", "release-1.2.0-rc1", "main"]);
    let theirs = run(&remote, "git", &["rev-parse", "release-1.2.0-rc1"]);
    rehearsal.stops(1, &["tag-candidate", "a tag release-1.2.0-rc1 already", "find out whose it is"]);
    let staged = run(&rehearsal.world(), "svn", &["list", &format!("{}/dist/dev/greeter", rehearsal.svn())]);
    assert_eq!(staged, "", "nothing is public yet");
    assert_eq!(run(&remote, "git", &["rev-parse", "release-1.2.0-rc1"]), theirs);
    let tags = run(&remote, "git", &["tag", "--list", "greeter-sdk-go/*"]);
    assert_eq!(tags, "", "one of two tags was pushed");
    run(&remote, "git", &["tag", "--delete", "release-1.2.0-rc1"]);
    rehearsal.ends_well();
}

#[test]
fn a_directory_that_somebody_else_made_is_a_conflict_and_stays() {
    let rehearsal = Rehearsal::after("prepare");
    let place = format!("{}/dist/dev/greeter/greeter-1.2.0-rc1", rehearsal.svn());
    run(&rehearsal.world(), "svn", &["mkdir", "--quiet", "--message", "Mine", &place]);
    rehearsal.stops(5, &["stage-candidate", "greeter-1.2.0-rc1"]);
    assert_eq!(run(&rehearsal.world(), "svn", &["list", &place]), "");
    run(&rehearsal.world(), "svn", &["rm", "--quiet", "--message", "Not mine", &place]);
    rehearsal.ends_well();
}

#[test]
fn a_candidate_that_changed_since_it_was_staged_is_not_voted_on() {
    let rehearsal = Rehearsal::after("build");
    let (world, remote) = (rehearsal.world(), rehearsal.world().join("remote.git"));
    let dev = format!("{}/dist/dev/greeter/greeter-1.2.0-rc1", rehearsal.svn());
    let unsent = || {
        let mails = fs::read_dir(world.join("mail/mails")).unwrap();
        let votes = mails.filter(|mail| fs::read_to_string(mail.as_ref().unwrap().path()).unwrap().contains("[VOTE]"));
        assert_eq!(votes.count(), 0);
    };
    // Somebody else's tag of the release's name; the candidate's tag moved to another commit.
    run(&remote, "git", &["tag", "release-1.2.0", "main"]);
    let tag = run(&remote, "git", &["rev-parse", "refs/tags/release-1.2.0-rc1"]);
    run(&remote, "git", &["tag", "--force", "release-1.2.0-rc1", "main"]);
    rehearsal.stops(1, &["send-vote", "release-tags-free", "candidate-tagged", "no annotated tag", "cancel-candidate"]);
    unsent();
    run(&remote, "git", &["tag", "--delete", "release-1.2.0"]);
    run(&remote, "git", &["update-ref", "refs/tags/release-1.2.0-rc1", tag.trim()]);
    run(&world, "svnmucc", &["rm", &format!("{dev}/greeter-1.2.0-src.tgz.asc"), "--message", "Tidied up"]);
    rehearsal.stops(1, &["send-vote", "source-staged", "greeter-1.2.0-src.tgz.asc is missing"]);
    let file = world.join("changed");
    fs::write(&file, "other bytes\n").unwrap();
    let name = |name: &str| format!("{dev}/{name}");
    let put = |target: &str| run(&world, "svnmucc", &["put", file.to_str().unwrap(), target, "--message", "Mine"]);
    put(&name("greeter-1.2.0-src.tgz.asc"));
    put(&name("notes.txt"));
    rehearsal.stops(1, &["send-vote", "notes.txt is not in the manifest", "greeter-1.2.0-src.tgz.asc has"]);
    unsent();
}

#[test]
fn what_the_mail_of_the_vote_named_can_be_neither_taken_back_nor_replaced() {
    let rehearsal = Rehearsal::after("vote");
    let quorate = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.args(arguments).env("QUORATE_STATE", rehearsal.world().join("state")).stdin(Stdio::null());
        command.output().unwrap()
    };
    for step in ["stage-candidate", "source-archive", "tag-candidate", "create-candidate-branch", "build-artifacts"] {
        let output = quorate(&["undo", step, "--execute"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("has told others of this candidate") && said.contains("cancel-candidate"), "{said}");
    }
    let log: serde_json::Value = serde_json::from_slice(&quorate(&["log", "--json"]).stdout).unwrap();
    let done = |step: &str| {
        let mut entries = log.as_array().unwrap().iter();
        let found = entries.rfind(|entry| entry["step"] == step && entry["event"] == "step-done");
        found.unwrap()["data"]["outputs"].clone()
    };
    let named = &done("send-vote")["bound_to"];
    assert_eq!(named["revision"], done("stage-candidate")["revision"]);
    assert_eq!(named["files"], done("stage-candidate")["files"]);
    assert_eq!(named["commit"], done("set-candidate-version")["commit"]);
    rehearsal.ends_well();
}

#[test]
fn a_release_tag_that_somebody_pushed_during_the_vote_is_noticed_before_anything_is_published() {
    let rehearsal = Rehearsal::after("vote");
    let remote = rehearsal.world().join("remote.git");
    run(&remote, "git", &["tag", "release-1.2.0", "main"]);
    rehearsal.stops(1, &["promote-candidate", "release-tags-free", "release-1.2.0 is no annotated tag"]);
    let release = format!("{}/dist/release/greeter", rehearsal.svn());
    assert!(!run(&rehearsal.world(), "svn", &["list", &release]).contains("greeter-1.2.0"));
    run(&remote, "git", &["tag", "--delete", "release-1.2.0"]);
    rehearsal.ends_well();
}

#[test]
fn files_that_changed_since_the_vote_are_not_promoted() {
    let rehearsal = Rehearsal::after("vote");
    let world = rehearsal.world();
    let dev = format!("{}/dist/dev/greeter/greeter-1.2.0-rc1", rehearsal.svn());
    let file = world.join("changed");
    fs::write(&file, "other bytes\n").unwrap();
    let target = format!("{dev}/greeter-1.2.0-src.tgz");
    run(&world, "svnmucc", &["put", file.to_str().unwrap(), &target, "--message", "A small correction"]);
    rehearsal.stops(5, &["promote-candidate"]);
    let release = format!("{}/dist/release/greeter", rehearsal.svn());
    assert!(!run(&world, "svn", &["list", &release]).contains("greeter-1.2.0"));
}

#[test]
fn a_relay_that_is_down_sends_nothing_and_is_asked_again() {
    let rehearsal = Rehearsal::after("build");
    let world = rehearsal.world();
    // Between two runs of the rehearsal its servers are down, as far as `run` can see.
    let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(["run", "send-vote", "--execute", "--confirm", "1.2.0"])
        .env("QUORATE_STATE", world.join("state"))
        .env("GNUPGHOME", world.join("gnupg"))
        .env("HOME", world.join("home"))
        .env("QUORATE_SMTP_USER", "ann")
        .env("QUORATE_SMTP_PASSWORD", "a-secret-word")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("send-vote") && said.contains("hint:"), "{said}");
    assert!(!said.contains("a-secret-word"), "{said}");
    let journal = fs::read_to_string(world.join("state/sample/1.2.0/journal.jsonl")).unwrap();
    assert!(journal.contains("send-vote") && !journal.contains("a-secret-word"));
    rehearsal.ends_well();
}

#[test]
fn a_disk_that_is_full_stops_the_run_and_loses_nothing() {
    let rehearsal = Rehearsal::after("decide");
    let journal = rehearsal.world().join("state/sample/1.2.0/journal.jsonl");
    let room = fs::metadata(&journal).unwrap().len() / 1024 + 3;
    // A limit on the size of files, with its signal ignored, is a disk that is full for the journal.
    let script = format!(
        "trap '' XFSZ; ulimit -f {room}; exec {} rehearse --stand-ins --keep {}",
        env!("CARGO_BIN_EXE_quorate"),
        rehearsal.world().display()
    );
    let output = Command::new("bash").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("cannot write the journal"), "{said}");
    let text = fs::read_to_string(&journal).unwrap();
    assert!(text.ends_with('\n'), "a part of a line was left: {text}");
    rehearsal.ends_well();
}

#[test]
fn a_second_run_is_refused_while_one_is_at_work() {
    let rehearsal = Rehearsal::after("prepare");
    hook(&rehearsal.world().join("remote.git/hooks/update"), "sleep 4");
    let mut first =
        rehearsal.command().args(["--to", "build"]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let state = rehearsal.world().join("state");
    let quorate = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(arguments)
            .env("QUORATE_STATE", &state)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let journal = state.join("sample/1.2.0/journal.jsonl");
    while !fs::read_to_string(&journal).unwrap().contains("push-candidate-branch") {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let second = quorate(&["attest", "deploy-maven", "--note", "done"]);
    assert_eq!(second.status.code(), Some(5), "{}", said(&second));
    assert!(said(&second).contains("another run of this program is at work"), "{}", said(&second));
    let reader = quorate(&["status"]);
    assert!(reader.status.success(), "{}", said(&reader));
    assert!(first.wait().unwrap().success());
}
