// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Help, completions and manual pages.

use std::process::Command;

use insta::assert_snapshot;

use super::without_line;
use crate::user::{Ran, User};

#[test]
fn help_is_short_and_says_where_to_begin() {
    let user = User::looking().without("QUORATE_STATE").without("QUORATE_ASSETS");
    // What `doctor` is described by belongs to its own tests.
    assert_snapshot!(without_line(&user.runs(0, &["-h"]).out, "  doctor "), @r#"
    Takes an Apache-style release from "decide to release" to "promoted"

    Usage: quorate [OPTIONS] <COMMAND>

    Commands:
      rehearse          Rehearses a whole release on this machine
                        says of each item what was found and what to do
      start             Begins the release of VERSION
      status            Shows where the release stands
      plan              Shows what is still to be done, step by step
      run               Carries the release on
      attest            Records that you did a step, or answer for a check
      skip              Leaves a step or check out
      undo              Takes a step back, where that can be done
      cancel-candidate  Cancels the current candidate everywhere, as one act
      take-over         Goes on with a release that was begun by somebody else, or on another machine
      reconfigure       Takes a corrected configuration of the product into a release under way
      triage            Lists the open issues of this version, and records decisions on them
      notes             Lists what is unclear in the release notes, and records what may stay
      vote              Votes by the bylaws: opens, casts, counts and ends them, by mail
      roster            Keeps the list of those whose votes bind, with their addresses
      flip              Keeps improvement proposals: numbers, pages, states, index
      verify            Verifies a candidate: signatures, digests, archives, contents, the tag
      hash              Prints the SHA-512 of files, in sha512sum's format
      sign              Signs files: FILE.asc is written beside each
      keys              Looks at a KEYS file
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
    assert_snapshot!(without_line(&user.runs(0, &["run", "--help"]).out, "\0"), @r#"
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

          --json
              Print JSON: how the run ended, and what is in the way; without a terminal and --execute,
              the plan

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
