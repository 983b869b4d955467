// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The guide: whole, filled in, and true when it is followed by hand.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use quorate::engine::{StepKind, Workflow};
use quorate::rehearsal::stand_ins::nexus::NEXUS_ACCOUNT;
use quorate::rehearsal::{ArchiveServer, SmtpServer};
use serde_json::Value;

use crate::user::{Place, Ran, User, VERSION};

/// The part of the guide about the step.
fn section<'g>(guide: &'g str, command: &str) -> &'g str {
    let at = guide.find(command).unwrap_or_else(|| panic!("no `{command}`"));
    // A text that is shown has headings of its own.
    let is_step = |&at: &usize| {
        let rest = guide[at + 1..].split_once('\n').unwrap().1;
        rest.starts_with("\n*The program does it") || rest.starts_with("\n*You do it")
    };
    let mut steps = guide.match_indices("\n### ").map(|(at, _)| at).filter(is_step);
    let begin = steps.clone().take_while(|&begin| begin < at).last().unwrap();
    let end = steps.find(|&end| end > at).unwrap_or(guide.len());
    &guide[begin..end]
}

/// The block of commands after a line.
fn block<'g>(section: &'g str, after: &str) -> Option<&'g str> {
    let rest = &section[section.find(after)? + after.len()..];
    let fence = if rest.trim_start().starts_with("~~~~") { "~~~~" } else { "```" };
    let rest = &rest[rest.find(fence)? + fence.len()..];
    let rest = &rest[rest.find('\n')? + 1..];
    Some(&rest[..rest.find(&format!("\n{fence}"))? + 1])
}

fn workflow() -> Workflow {
    Workflow::parse("release.toml", &crate::tree::text(Path::new("workflows/release.toml"))).unwrap()
}

fn guide_for(version: &str) -> String {
    guide_of(("flink-statefun", version))
}

fn guide_of((product, version): (&str, &str)) -> String {
    let user = User::looking().without("QUORATE_ASSETS").with("HOME", "/nowhere");
    user.runs(0, &["guide", "--version", version, "--product", product]).out
}

/// Of a product whose proposals are in a registry.
fn guide_with_registry() -> String {
    let user = User::looking().with("HOME", "/nowhere");
    let sample = crate::tree::text(Path::new("release-config/sample.toml"));
    let proposals = "\n[proposals]\nscheme = \"flip\"\nregistry = \"{{ home }}/proposals\"\n";
    user.put("assets/release-config/sample.toml", &format!("{sample}{proposals}"));
    user.runs(0, &["guide", "--version", "1.2.0", "--product", "sample"]).out
}

/// Of a product whose website a person changes.
fn guide_without_a_website_of_its_own() -> String {
    let user = User::looking().with("HOME", "/nowhere");
    let sample = crate::tree::text(Path::new("release-config/sample.toml"));
    let (before, rest) = sample.split_once("[website]").unwrap();
    let (_, after) = rest.split_once("[github]").unwrap();
    let website = "[website]\nurl = \"https://greeter.example.org\"\n\n[github]";
    user.put("assets/release-config/sample.toml", &format!("{before}{website}{after}"));
    user.runs(0, &["guide", "--version", "1.2.0", "--product", "sample"]).out
}

#[test]
fn a_website_that_is_not_at_github_is_a_persons_and_nothing_of_others_is_said_of_it() {
    let guide = guide_without_a_website_of_its_own();
    for theirs in ["website-by-hand", "website-links-seen", "publish-website"] {
        assert!(guide.contains(&format!("quorate attest {theirs} --note")), "{theirs}");
    }
    let vote = section(&guide, "quorate run send-vote ");
    assert!(vote.contains("the change of the website [") && vote.contains("NOTE_OF_WEBSITE_BY_HAND"), "{vote}");
    for others in ["website-pull-request", "merge-website", "Chinese", "发布", "StableVersion", "prepare-translation"]
    {
        assert!(!guide.contains(others), "`{others}` in {}", around(&guide, others));
    }
}

#[test]
fn every_step_has_its_command_and_nothing_is_left_open() {
    let mut guides =
        [("flink-statefun", "3.4.0"), ("flink-statefun", "3.3.1"), ("flink", "2.2.0"), ("sample", "1.2.0")]
            .map(guide_of)
            .to_vec();
    guides.extend([guide_with_registry(), guide_without_a_website_of_its_own()]);
    let mut without = Vec::new();
    for phase in workflow().phases {
        for step in &phase.steps {
            let public = if step.effect == quorate::engine::Effect::Public { " --confirm" } else { "" };
            let (command, hand) = match &step.kind {
                StepKind::Person { .. } => (format!("quorate attest {} --note '", step.id), None),
                StepKind::Action { .. } => {
                    (format!("\nquorate run {} --execute{public}", step.id), Some("\nBy hand:\n"))
                }
            };
            let Some(guide) = guides.iter().find(|guide| guide.contains(&command)) else {
                without.push(step.id.clone());
                continue;
            };
            let section = section(guide, &command);
            if let Some(hand) = hand {
                let typed = block(section, hand).unwrap_or_default();
                assert!(!typed.trim().is_empty(), "nothing to type by hand for {}:\n{section}", step.id);
            }
        }
        for check in &phase.checks {
            let command = format!(" {} --", check.id);
            assert!(guides.iter().any(|guide| guide.contains(&command)), "{}", check.id);
        }
    }
    assert!(without.is_empty(), "without a command: {without:?}");
    for guide in &guides {
        for open in [
            "undefined",
            "{{",
            "{%",
            "FINGERPRINT",
            "unknown.invalid",
            "7700077",
            "9000-",
            " of step>",
            "docker info on",
        ] {
            assert!(!guide.contains(open), "`{open}` in {}", around(guide, open));
        }
        // `<of what is to be written here>`, and not an address or a tag
        for part in guide.split('<').skip(1) {
            let inside = part.split(['>', '\n']).next().unwrap();
            let is_open =
                inside.contains(' ') && inside.chars().all(|letter| letter.is_alphanumeric() || letter == ' ');
            assert!(!is_open || !part.contains(&format!("{inside}>")), "<{inside}>");
        }
    }
}

fn around<'g>(guide: &'g str, text: &str) -> &'g str {
    guide.lines().find(|line| line.contains(text)).unwrap_or_default()
}

#[test]
fn mails_and_texts_are_in_it_and_what_is_known_is_filled_in() {
    let guide = guide_for("3.4.0");
    let vote = section(&guide, "quorate run send-vote ");
    for said in [
        "\nSubject: [VOTE] Apache Flink Stateful Functions 3.4.0, release candidate #1\n",
        "\nTo: dev@flink.apache.org\n",
        "at [2], in revision\n  REVISION_OF_STAGE_CANDIDATE of the repository",
        "\n    SHA512_OF_FLINK_STATEFUN_3_4_0_SRC_TGZ\n",
        "[3] https://repository.apache.org/content/repositories/REPOSITORY_OF_DEPLOY_MAVEN/\n",
        "--url smtp://mail-relay.apache.org:587 --ssl-reqd --user APACHE_ID",
    ] {
        assert!(vote.contains(said), "`{said}` is not in:\n{vote}");
    }
    assert!(!vote.contains("\nDate: ") && !vote.contains("Message-ID: <"), "{vote}");
    for known in ["/content/repositories/REPOSITORY_OF_DEPLOY_MAVEN/ --keys", "tracker, on the day of its promotion."] {
        assert!(guide.contains(known), "`{known}` is not in the guide");
    }
    let next = section(&guide, "quorate run set-next-snapshot ");
    assert!(next.contains("as one commit on master."), "{next}");
    let promote = block(section(&guide, "quorate run promote-candidate "), "By hand:").unwrap();
    insta::assert_snapshot!(promote.trim(), @"svnmucc -m 'Release Apache Flink Stateful Functions 3.4.0' -r REVISION_OF_STAGE_CANDIDATE mv https://dist.apache.org/repos/dist/dev/flink/flink-statefun-3.4.0-rc1 https://dist.apache.org/repos/dist/release/flink/flink-statefun-3.4.0");
    let stage = block(section(&guide, "quorate run stage-candidate "), "By hand:").unwrap();
    assert_eq!(stage.matches("\\\n  put ").count(), 9, "{stage}");
    let cancel = section(&guide, "quorate run cancel-mail ");
    assert!(cancel.contains("Subject: [CANCEL] [VOTE] ") && cancel.contains("REASON_FOR_CANCELLING"), "{cancel}");
    let entry = section(&guide, "quorate run prepare-release-entry ");
    assert!(entry.contains("flink-statefun-3.4.0-src.tgz.sha512\"") && entry.contains("\"3.4\":"), "{entry}");
}

#[test]
fn without_a_release_it_says_how_to_read_one() {
    User::looking().refused(2, &["guide"], &["no release is under way", "quorate guide --version"]);
    User::looking().refused(2, &["guide", "--version", "3"], &["3"]);
    User::looking().refused(2, &["guide", "--product", "sample"], &["--version"]);
}

/// What a person did as the guide says is found done by the program.
#[test]
fn what_is_done_by_hand_as_it_says_is_found_done() {
    let place = Arc::new(Place::new());
    let world = &place.world;
    let _smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).unwrap();
    let _archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = place.stand_ins();
    let user = User::at(place.clone()).with_tokens().started();
    let mut by_hand = Vec::new();
    for _ in 0..80 {
        let status = user.runs(0, &["status", "--json"]).json();
        if status["phase"] == "vote" {
            break;
        }
        let next: Vec<&str> = status["next"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        if next.is_empty() {
            user.run(&["run", "--execute", "--to", status["phase"].as_str().unwrap()]);
        }
        let guide = user.runs(0, &["guide"]).out;
        for id in next {
            let by_program = guide.contains(&format!("\nquorate run {id} --execute"));
            if !by_program {
                let note = "https://example.org/seen";
                if user.run(&["attest", id, "--note", note]).code != 0 {
                    user.run(&["run", id, "--execute"]);
                }
            } else if let Some(typed) = typed(&guide, id) {
                follow(&user, id, typed);
                by_hand.push(id.to_owned());
            }
            if by_program {
                user.decides(id);
                user.run(&["run", id, "--execute", "--confirm", VERSION]);
                user.run(&["skip", id, "--why", "mails wait for the archive"]);
            }
        }
    }
    let log = user.runs(0, &["log", "--json"]).json();
    let found = |id: &&String| {
        let entries = log.as_array().unwrap().iter().filter(|entry| entry["step"] == id.as_str());
        !entries.clone().any(|entry| entry["data"]["already"] == true)
    };
    let missed: Vec<&String> = by_hand.iter().filter(found).collect();
    assert!(by_hand.len() > 10, "{by_hand:?}");
    assert!(missed.is_empty(), "done by hand, and not found: {missed:?}");
}

/// What the guide says is to be typed, where the program can find it: not a mail,
/// whose number it cannot know, and not a build or archive, of which the guide says
/// that they are to be attested, nor what somebody has looked at; nor what a person does in an editor.
fn typed<'g>(guide: &'g str, id: &str) -> Option<&'g str> {
    let typed = block(section(guide, &format!("\nquorate run {id} --execute")), "\nBy hand:\n")?;
    let attested =
        ["trial-build", "source-archive", "build-artifacts", "triage-blockers", "audit-release-notes", "review-maven"];
    let by_program = !typed.contains("curl --url smtp") && !typed.contains("$EDITOR");
    (by_program && !attested.contains(&id)).then_some(typed)
}

fn follow(user: &User, id: &str, typed: &str) {
    // There is no terminal on which the token's password could be asked for.
    let (name, password) = NEXUS_ACCOUNT;
    let typed = typed.replace("--user TOKEN_NAME", &format!("--user {name}:{password}"));
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &typed]).current_dir(user.place.world.clone_path());
    let program = user.command(&[]);
    shell.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdin(Stdio::null());
    let beside = Path::new(env!("CARGO_BIN_EXE_quorate")).parent().unwrap().display();
    shell.env("PATH", format!("{beside}:{}", std::env::var("PATH").unwrap()));
    let ran = Ran::of(shell.output().unwrap());
    assert_eq!(ran.code, 0, "{id}:\n{typed}\n{}{}", ran.out, ran.err);
}
