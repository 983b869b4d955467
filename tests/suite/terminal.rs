// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A person at a terminal: prompts, colours, Ctrl-C. Python's `pty` gives the
//! program a terminal of its own.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::user::{User, VERSION};

// Whoever runs the tests in the background of a shell has Ctrl-C ignored, by all below it.
const SPAWN: &str = "import os, pty, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); \
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// What the keys send.
const ENTER: &str = "\r";
const DOWN: &str = "\u{1b}[B";
const CTRL_C: &str = "\u{3}";

/// A program on a terminal.
struct Terminal {
    child: Child,
    keys: Option<ChildStdin>,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    seen: usize,
}

impl Terminal {
    fn of(user: &User, arguments: &[&str]) -> Self {
        let direct = user.command(arguments);
        let mut command = Command::new("python3");
        command.args(["-c", SPAWN]).arg(direct.get_program()).args(direct.get_args());
        command.current_dir(direct.get_current_dir().unwrap()).env_clear();
        command.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (keys, mut out) = (child.stdin.take(), child.stdout.take().unwrap());
        let shown = Arc::new(Mutex::new(Vec::new()));
        let kept = shown.clone();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = out.read(&mut buffer) {
                kept.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
        });
        Self { child, keys, shown, reader: Some(reader), seen: 0 }
    }

    /// All that was shown.
    fn raw(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits until `text` is shown after what was waited for before.
    fn expect(&mut self, text: &str) {
        let given_up = Instant::now() + Duration::from_secs(60);
        loop {
            let plain = plain(&self.raw());
            if let Some(at) = plain[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            assert!(Instant::now() < given_up, "`{text}` is not shown: {}", &plain[self.seen..]);
            sleep(Duration::from_millis(20));
        }
    }

    fn press(&mut self, keys: &str) {
        let pipe = self.keys.as_mut().unwrap();
        pipe.write_all(keys.as_bytes()).and_then(|()| pipe.flush()).unwrap();
    }

    /// Its exit code, and all that was shown.
    fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        drop(self.keys.take());
        self.reader.take().unwrap().join().unwrap();
        (code, self.raw())
    }
}

/// What is shown, without what moves the cursor or colours.
fn plain(shown: &str) -> String {
    let mut out = String::new();
    let mut letters = shown.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                if letters.next() == Some('[') {
                    letters.by_ref().find(|end| end.is_ascii_alphabetic());
                }
            }
            '\r' => {}
            _ => out.push(letter),
        }
    }
    out
}

#[test]
fn a_run_on_a_terminal_asks_and_goes_on() {
    let user = User::looking().started();
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Say why it is time for a release");
    run.expect("(make-the-case)");
    run.expect("Why a release now?");
    run.expect("Your answer:");
    run.press(ENTER);
    run.expect("A note for the record");
    run.press("Many fixes");
    run.press(ENTER);
    run.expect("attested: Many fixes");
    // What is public wants the version typed; anything else leaves it.
    run.expect("Propose the release");
    run.expect("Many fixes");
    run.expect("This is public and cannot be taken back");
    run.expect("Type 1.2.0 to go on");
    run.press("1.2");
    run.press(ENTER);
    run.expect("`1.2` is not 1.2.0");
    let (code, shown) = run.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("\u{1b}["), "no colour on a terminal");

    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Type 1.2.0 to go on");
    run.press(VERSION);
    run.press(ENTER);
    // The relay of this world is down.
    run.expect("error: propose-release");
    assert_eq!(run.end().0, 4);
    assert_eq!(user.runs(0, &["log", "--json"]).json().as_array().unwrap().len(), 4);
}

#[test]
fn not_yet_and_stop_leave_everything_as_it_is() {
    let user = User::looking().started();
    let before = user.listing();
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Your answer:");
    run.press(DOWN);
    run.press(ENTER);
    run.expect("make-the-case: you said: not yet");
    assert_eq!(run.end().0, 3);
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Your answer:");
    run.press(&DOWN.repeat(2));
    run.press(ENTER);
    run.expect("Stopped as you wished");
    assert_eq!(run.end().0, 3);
    // A yes without a note is none.
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Your answer:");
    run.press(ENTER);
    run.expect("A note for the record");
    run.press(ENTER);
    run.expect("an attestation needs a note");
    assert_eq!(run.end().0, 3);
    assert_eq!(user.listing(), before);
}

#[test]
fn ctrl_c_at_a_prompt_leaves_everything_as_it_is() {
    let user = User::looking().started();
    let before = user.listing();
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Your answer:");
    run.press(CTRL_C);
    run.expect("`quorate run` goes on from here");
    assert_eq!(run.end().0, 3);
    assert_eq!(user.listing(), before);
    user.runs(0, &["attest", "make-the-case", "--note", "x"]);
    let before = user.listing();
    let mut run = Terminal::of(&user, &["run"]);
    run.expect("Type 1.2.0");
    run.press(CTRL_C);
    assert_eq!(run.end().0, 3);
    assert_eq!(user.listing(), before);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let user = User::looking().started();
    let (code, shown) = Terminal::of(&user, &["status"]).end();
    assert_eq!(code, 0);
    assert!(shown.contains("\u{1b}[1m"), "{shown}");
    let quiet = user.with("NO_COLOR", "1");
    let (code, shown) = Terminal::of(&quiet, &["status"]).end();
    assert_eq!(code, 0);
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let piped = quiet.without("NO_COLOR").runs(0, &["status"]);
    assert!(!piped.out.contains('\u{1b}') && !piped.err.contains('\u{1b}'));
    assert!(piped.out.contains("▸ decide"), "meaning without colour");
}

#[test]
fn ctrl_c_in_the_middle_of_a_step_is_an_interruption_like_any_other() {
    let user = User::looking();
    let go_on = user.path("go-on");
    let product = std::fs::read_to_string(user.path("assets/release-config/sample.toml")).unwrap();
    let mut product: toml::Table = product.parse().unwrap();
    let command = format!("test -e {} || exec sleep 600", go_on.display());
    let command: Vec<toml::Value> = ["sh", "-c", &command].map(toml::Value::from).to_vec();
    product["trial_build"].as_table_mut().unwrap().insert("command".into(), command.into());
    user.put("assets/release-config/sample.toml", &product.to_string());
    let user = user.started();
    user.runs(0, &["attest", "make-the-case", "--note", "x"]);
    user.runs(0, &["skip", "propose-release", "--why", "known"]);
    for id in ["resolve-objections", "select-manager", "community-agrees", "manager-selected"] {
        user.runs(0, &["attest", id, "--note", "https://lists.example.org/1"]);
    }
    user.runs(0, &["run", "--to", "decide", "--execute"]);
    let mut run = Terminal::of(&user, &["run", "trial-build"]);
    run.expect("What the program does: ");
    run.expect("Go on?");
    run.press(ENTER);
    run.expect("Try the release build");
    // The intention is on the disk by now.
    let journal = user.record("journal.jsonl");
    while !std::fs::read_to_string(&journal).unwrap().contains("step-intended") {
        sleep(Duration::from_millis(20));
    }
    run.press(CTRL_C);
    let (code, shown) = run.end();
    assert_ne!(code, 0, "{shown}");
    let status = user.runs(0, &["status"]).out;
    assert!(status.contains("interrupted trial-build"), "{status}");
    std::fs::write(go_on, "").unwrap();
    user.runs(0, &["run", "trial-build", "--execute"]);
    let status = user.runs(0, &["status"]).out;
    assert!(status.contains("done        trial-build"), "{status}");
}
