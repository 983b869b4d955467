// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the program speaks: help, status, plan, guide, errors, as they are read;
//! data on stdout, talk on stderr.

use std::io::Read;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::user::{Ran, User, VERSION};

/// The text without what differs from one run to the next.
fn settled(user: &User, text: &str) -> String {
    let place = user.place.path().display().to_string();
    let home = user.path("").display().to_string();
    let mut out = text
        .replace(&place, "[world]")
        .replace(home.trim_end_matches('/'), "[user]")
        .replace(&user.place.world.key, "[key]")
        .replace(env!("CARGO_PKG_VERSION"), "[quorate]");
    for (port, name) in [(user.place.world.archive_port, "[archive]"), (user.place.world.smtp_port, "[relay]")] {
        out = out.replace(&format!(":{port}"), name);
    }
    for (length, shape) in [(20, "dddd-dd-dd dd:dd:ddZ"), (20, "dddd-dd-dd dd:dd UTC")] {
        let letters: Vec<char> = out.chars().collect();
        let fits = |at: usize| {
            letters.len() >= at + length
                && shape
                    .chars()
                    .zip(&letters[at..])
                    .all(|(want, is)| if want == 'd' { is.is_ascii_digit() } else { want == *is })
        };
        let mut at = 0;
        let mut next = String::new();
        while at < letters.len() {
            if fits(at) {
                next.push_str("[time]");
                at += length;
            } else {
                next.push(letters[at]);
                at += 1;
            }
        }
        out = next;
    }
    out
}

fn without_line(text: &str, begins: &str) -> String {
    text.lines().filter(|line| !line.starts_with(begins)).map(|line| format!("{line}\n")).collect()
}

fn head(text: &str, lines: usize) -> String {
    text.lines().take(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn help_is_short_and_says_where_to_begin() {
    let user = User::looking().without("QUORATE_STATE").without("QUORATE_ASSETS");
    // What `doctor` is described by belongs to its own tests.
    assert_snapshot!(without_line(&user.runs(0, &["-h"]).out, "  doctor "), @r#"
    Takes an Apache-style release from "decide to release" to "promoted"

    Usage: quorate [OPTIONS] <COMMAND>

    Commands:
      rehearse          Rehearses a whole release on this machine
      start             Begins the release of VERSION
      status            Shows where the release stands
      plan              Shows what is still to be done, step by step
      run               Carries the release on
      attest            Records that you did a step, or answer for a check
      skip              Leaves a step or check out
      undo              Takes a step back, where that can be done
      cancel-candidate  Cancels the current candidate everywhere, as one act
      vote              Enters the votes on the current candidate
      log               Shows the record of the release
      guide             Prints the release guide, filled in for this release
      completions       Prints completions for a shell, on stdout
      man               Writes the manual pages into a directory, one a command
      help              Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    For every command:
          --release <PRODUCT/VERSION>  Which release, where several are under way: PRODUCT/VERSION [env:
                                       QUORATE_RELEASE=]
          --assets <DIR>               A directory whose workflows/, templates/ and release-config/
                                       stand before the built-in ones [env: QUORATE_ASSETS=]
          --state <DIR>                Where releases are recorded; else $XDG_STATE_HOME/quorate, else
                                       ~/.local/state/quorate [env: QUORATE_STATE=]
    "#);
    assert_snapshot!(user.runs(0, &["run", "--help"]).out, @r#"
    Carries the release on.

    Does what is ready, asks what must be asked, proves each step, and stops where something is in the
    way.

    On a terminal it guides: it shows each step with its guide text, asks, and goes on. Without one it
    prints the plan, and acts only with --execute. What cannot be taken back is done only when the
    version is typed, or given by --confirm. A run can be interrupted at any time: the next one asks the
    truth and goes on.

    Usage: quorate run [OPTIONS] [STEP]...

    Arguments:
      [STEP]...
              Steps or checks to take up; without any, all that are next

    Options:
          --to <PHASE>
              Stop when this phase is completed

          --again
              Begin STEP anew: an earlier attempt at it did not happen, as you know where the program
              cannot. A mail is then dated and numbered anew

          --why <TEXT>
              With --again: how you know that it did not happen

          --execute
              Act without asking, but for what cannot be taken back

          --confirm <VERSION>
              Agree to what cannot be taken back, by the version of this release

      -h, --help
              Print help (see a summary with '-h')

    For every command:
          --release <PRODUCT/VERSION>
              Which release, where several are under way: PRODUCT/VERSION

              [env: QUORATE_RELEASE=]

          --assets <DIR>
              A directory whose workflows/, templates/ and release-config/ stand before the built-in
              ones

              [env: QUORATE_ASSETS=]

          --state <DIR>
              Where releases are recorded; else $XDG_STATE_HOME/quorate, else ~/.local/state/quorate

              [env: QUORATE_STATE=]
    "#);
    let long = user.runs(0, &["--help"]).out;
    assert!(long.contains("Begin with `quorate rehearse`") && long.contains("Exit codes:"), "{long}");
    for line in long.lines().chain(user.runs(0, &["run", "-h"]).out.lines()) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn status_can_be_read_at_80_columns_in_every_state() {
    let user = User::looking().started();
    assert_snapshot!(settled(&user, &user.runs(0, &["status"]).out), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example; begun [time], last entry 2026-11-21
      10:48 UTC
    recorded in [user]/state/sample/1.2.0

    ▸ decide    Decide to release — at work: 0 of 4 steps, 0 of 2 checks
        ○ ready       make-the-case             Say why it is time for a release
        · waiting     propose-release           Propose the release on the
                                                developers' list
          after make-the-case
        · waiting     resolve-objections        Resolve objections by consensus
          after propose-release
        · waiting     select-manager            Agree on the release manager
          after propose-release
        ☐ open        community-agrees          The community agrees to release
        ☐ open        manager-selected          The community has selected a release
                                                manager
    · prepare   Prepare for the release — waiting: 18 steps, 12 checks
    · build     Build a release candidate — waiting: 21 steps, 7 checks
    · vote      Vote on the release candidate — waiting: 6 steps, 1 check
    – fix       Fix what the vote found — does not apply now
    · finalize  Finalize the release — waiting: 14 steps, 11 checks
    · promote   Promote the release — waiting: 14 steps

    Next: make-the-case
    `quorate run` goes on; `quorate guide` says how and why.
    "#);
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    user.runs(4, &["run", "--execute", "--confirm", VERSION]);
    assert_snapshot!(settled(&user, &head(&user.runs(0, &["status"]).out, 14)), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example; begun [time], last entry 2026-11-21
      10:48 UTC
    recorded in [user]/state/sample/1.2.0

    ▸ decide    Decide to release — at work: 1 of 4 steps, 0 of 2 checks
        ✎ attested    make-the-case             Say why it is time for a release
          Many fixes
        ✗ failed      propose-release           Propose the release on the
                                                developers' list
          looking into the archive http://127.0.0.1[archive] failed: cannot ask
          http://127.0.0.1[archive]/api/thread.lua: error sending request: client error
          (Connect): tcp connect error: Connection refused (os error 111)
        · waiting     resolve-objections        Resolve objections by consensus
    "#);
    user.runs(0, &["skip", "propose-release", "--why", "proposed by hand"]);
    for id in ["resolve-objections", "select-manager", "community-agrees", "manager-selected"] {
        user.runs(0, &["attest", id, "--note", "https://lists.example.org/1"]);
    }
    user.runs(0, &["run", "--to", "decide", "--execute"]);
    assert_snapshot!(settled(&user, &head(&user.runs(0, &["status"]).out, 20)), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example; begun [time], last entry 2026-11-21
      10:48 UTC
    recorded in [user]/state/sample/1.2.0

    ✓ decide    Decide to release — done: 4 steps, 2 checks
    ▸ prepare   Prepare for the release — at work: 0 of 18 steps, 0 of 12 checks
        ○ ready       choose-key                Have an OpenPGP key that fits the
                                                signing rules
        · waiting     publish-key               Put the key into KEYS
          after choose-key
        · waiting     configure-git-signing     Tell git to sign with the key
          after choose-key
        · waiting     unlock-agent              Unlock the key in the agent
          after choose-key
        ○ ready       nexus-access              Have access to the staging
                                                repository manager
        · waiting     maven-token               Put the user token into settings.xml
          after nexus-access
        ○ ready       website-build             Be able to build the website
    "#);
    for wide in user.runs(0, &["status", "--all"]).out.lines().filter(|line| !line.starts_with("recorded in")) {
        assert!(wide.chars().count() <= 80, "{wide}");
    }
    assert_snapshot!(settled(&user, &user.runs(0, &["log"]).out), @r#"
    by Ann Example <ann@example.org>:
    [time]                                release-started
    [time]      make-the-case             step-attested
                              Many fixes
    [time]      propose-release           step-intended
    [time]      propose-release           step-failed
                              looking into the archive http://127.0.0.1[archive]
                              failed: cannot ask
                              http://127.0.0.1[archive]/api/thread.lua: error sending
                              request: client error (Connect): tcp connect error:
                              Connection refused (os error 111)
    [time]      propose-release           step-skipped
                              proposed by hand
    [time]      resolve-objections        step-attested
                              https://lists.example.org/1
    [time]      select-manager            step-attested
                              https://lists.example.org/1
    [time]      community-agrees          check-attested
                              https://lists.example.org/1
    [time]      manager-selected          check-attested
                              https://lists.example.org/1
    [time]      decide                    phase-completed
    "#);
}

#[test]
fn a_plan_says_who_does_what() {
    let user = User::looking().started();
    let plan = settled(&user, &user.runs(0, &["plan"]).out);
    assert_snapshot!(head(&plan, 26), @r#"
    decide — Decide to release
      you      make-the-case
               Why a release now? Note it in a few sentences: they go into the
               proposal
      program  propose-release                public; after make-the-case
               Sends the mail `discuss-release` to dev@greeter.example.org
      you      resolve-objections             after propose-release
               Has every objection in the thread been answered, so that nobody
               opposes the release any more?
      you      select-manager                 after propose-release
               Has the community agreed that Ann Example manages this release?
      you      community-agrees               checklist
               The community agrees to release
      you      manager-selected               checklist
               The community has selected a release manager

    prepare — Prepare for the release
      you      choose-key
               Is [key] your own key: RSA with
               4096 bits or a modern curve, not expired, with an apache.org address
               among its user ids?
      program  publish-key                    shared; after choose-key
               Appends the public key of Ann Example to
               file://[world]/svn/dist/release/greeter/KEYS, unless it is
               there already
      you      configure-git-signing          after choose-key
    "#);
    assert!(!plan.contains("{{") && !plan.contains("{%"));
}

#[test]
fn the_guide_begins_with_what_it_is() {
    let user = User::looking().started();
    assert_snapshot!(head(&settled(&user, &user.runs(0, &["guide"]).out), 44), @r#"
    # Apache Greeter 1.2.0: release guide

    Release manager: Ann Example <ann@example.org>, key [key]. Candidate 1.

    ## 1. Decide to release

    A release begins with an agreement, not with a build. Anybody may propose it on dev@greeter.example.org; there is no
    formal vote, no quorum and no deadline. What is needed is that nobody is left with an unanswered objection, and that
    one committer has said: I will do it.

    You are preparing **Apache Greeter 1.2.0**, a minor release.

    ### Say why it is time for a release

    *release manager*

    Name what users would get and what they are waiting for: fixes, finished features, an upgrade of a dependency with a
    known hole. Say when the branch would be cut, so that people can still speak up for what they want in.

    Why a release now? Note it in a few sentences: they go into the proposal.

    ```sh
    quorate attest make-the-case --note "…"
    ```

    ### Propose the release on the developers' list

    *`quorate run propose-release` · **public: it cannot be taken back***

    The mail says which version, why now, and who offers to manage it: read it before you agree.

    The step sends the mail once: it has a Message-ID fixed beforehand, and before sending the program looks for it in the
    list's archive. If somebody else has already proposed this release, do not start a second thread:
    `quorate skip propose-release --why "<link to the thread>"`.

    Sends the mail `discuss-release` to dev@greeter.example.org.

    ### Resolve objections by consensus

    *release manager*

    Give the thread a few days; people in other time zones and with other employers read the list once a day at best.
    Typical objections: a fix that must go in first, a dependency with a known hole, a clash with another release that
    needs the same reviewers. Each ends in one of three ways: it is withdrawn, the thing it asks for becomes a blocking
    "#);
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let user = User::looking();
    let said = |arguments: &[&str]| settled(&user, &user.run(arguments).err);
    assert_snapshot!(said(&["status"]), @r#"
    error: no release is under way in [user]/state
    hint: begin one by `quorate start VERSION --product PRODUCT`, or try `quorate rehearse`
    "#);
    assert_snapshot!(said(&["start", "3.4", "--product", "sample"]), @r#"
    error: `3.4` is no release version: expected three numbers, such as 3.4.0; a number is missing
    hint: give the version that is to be released, as it will stand in the archive: 3.4.0
    "#);
    assert_snapshot!(said(&["start", VERSION, "--product", "smaple"]), @r#"
    error: there is no product `smaple`
    hint: the products are flink-statefun, sample; --assets DIR adds those in DIR/release-config/
    "#);
    user.runs(0, &["start", VERSION, "--product", "sample"]);
    assert_snapshot!(said(&["run", "make-the-cas"]), @r#"
    error: there is no step or check `make-the-cas`
    hint: did you mean `make-the-case`?
    "#);
    assert_snapshot!(said(&["run", "--execute", "--confirm", "1.2.1"]), @r#"
    error: --confirm 1.2.1: this release is 1.2.0
    hint: nothing was done; --confirm must name the version that is being released
    "#);
    assert_snapshot!(said(&["run", "--execute"]), @r#"
    decide — Decide to release

    Waiting:
      make-the-case: Why a release now? Note it in a few sentences: they go into the
        proposal.
        $ quorate attest make-the-case --note "…"
    "#);
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    assert_snapshot!(said(&["run", "--execute"]), @r#"
    decide — Decide to release

    Waiting:
      propose-release: Sends the mail `discuss-release` to dev@greeter.example.org —
        it cannot be taken back
        $ quorate run propose-release --execute --confirm 1.2.0
    "#);
    let path = user.record("journal.jsonl");
    let journal = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, journal.replacen("Many", "Some", 1) + &journal).unwrap();
    assert_snapshot!(said(&["status"]), @r#"
    error: [user]/state/sample/1.2.0/journal.jsonl:3: the chain is broken: line 2 is not what it was when line 3 was written
    hint: nothing is read from a journal that was edited; restore it from a copy (the steps that are done can be proved again from the services)
    "#);
}

#[test]
fn a_workflows_fault_is_said_once_with_its_line() {
    let user = User::looking();
    let good = crate::tree::text("workflows/release.toml".as_ref());
    user.put("assets/workflows/release.toml", &good.replacen("action = \"send-mail\"", "action = \"send-male\"", 2));
    let ran = user.refused(2, &["start", VERSION, "--product", "sample"], &[]);
    assert_snapshot!(settled(&user, &ran.err), @r#"
    error: the workflow [user]/assets/workflows/release.toml cannot be used:
      [user]/assets/workflows/release.toml:44: `propose-release` names the action `send-male`, which does not exist
      [user]/assets/workflows/release.toml:1027: `send-vote` names the action `send-male`, which does not exist
    hint: the actions are add-key, build-artifacts, create-branch, delete-remote-refs, hash-artifacts, list-contributors, prepare-text, promote-candidate, push, record-vote, remove-directories, remove-outdated-releases, send-mail, set-versions, sign-artifacts, sign-tag, source-archive, stage-candidate, track-branch, trial-build, wait
    "#);
}

#[test]
fn data_goes_to_stdout_and_talk_to_stderr() {
    let user = User::looking().started();
    for command in [&["status", "--json"][..], &["plan", "--json"], &["log", "--json"]] {
        let ran = user.runs(0, command);
        ran.json();
        assert_eq!(ran.err, "", "{command:?}");
    }
    for command in [&["attest", "make-the-case", "--note", "x"][..], &["run", "--execute"]] {
        let ran = user.run(command);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{command:?}: {}", ran.out);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let user = User::looking().started();
    for arguments in [&["guide"][..], &["plan"], &["log"], &["completions", "bash"], &["status", "--json"]] {
        let mut child = user.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let code = child.wait().unwrap().code();
        assert!(code == Some(141) || code.is_none(), "{arguments:?}: {code:?}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{arguments:?}: {said}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let user = User::looking();
    let help = user.runs(0, &["-h"]).out;
    let commands: Vec<&str> = crate::docs::commands_in(&help);
    assert!(commands.len() > 12);
    for shell in ["bash", "zsh", "fish"] {
        let script = user.runs(0, &["completions", shell]).out;
        for command in &commands {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
    let bash = user.put("quorate.bash", &user.runs(0, &["completions", "bash"]).out);
    let checked = Ran::of(Command::new("bash").arg("-n").arg(bash).output().unwrap());
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    let pages = user.path("man");
    user.runs(0, &["man", &pages.display().to_string()]);
    for command in commands.iter().filter(|command| **command != "help") {
        let page = std::fs::read_to_string(pages.join(format!("quorate-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    assert!(pages.join("quorate.1").exists());
}
