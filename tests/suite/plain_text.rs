// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Notes and reasons are plain text, and what comes from outside is shown and never
//! obeyed by a terminal.

use std::sync::Arc;

use crate::user::{Place, User, VERSION};

#[test]
fn a_note_or_reason_with_control_characters_or_marks_of_a_template_is_refused() {
    let user = User::looking().started();
    for (text, says) in [
        ("\u{1b}[2Jgone", "a control character in it, \\u{1b}"),
        ("a\rb", "a control character in it, \\u{d}"),
        ("\u{202e}txt", "a control character in it, \\u{202e}"),
        ("{{ x }}", "has `{{` in it"),
        ("{% if x %}", "has `{%` in it"),
        (&"much ".repeat(401), "has 2004 characters; at most 2000"),
    ] {
        user.refused(2, &["attest", "make-the-case", "--note", text], &["--note", says]);
        let commands: [&[&str]; 4] = [
            &["skip", "make-the-case", "--why", text],
            &["cancel-candidate", "--why", text],
            &["take-over", "--why", text],
            &["run", "make-the-case", "--execute", "--again", "--why", text],
        ];
        // A step that nothing was attempted of is refused before its reason is looked at.
        for command in &commands[..3] {
            user.refused(2, command, &["--why", says]);
        }
        user.refused(2, commands[3], &[]);
    }
    let note = "Ünïcode is fine 👍, and so are {braces} and 100 %\nand a second line";
    user.runs(0, &["attest", "make-the-case", "--note", note]);
    let ran = user.runs(3, &["run", "--execute"]);
    assert!(ran.err.contains("propose-release --execute --confirm"), "{}", ran.err);
}

#[test]
fn what_comes_from_outside_is_shown_and_not_obeyed() {
    let user = User::looking();
    let clone = user.path("a\u{1b}[31mclone");
    let ran = user.run(&["start", VERSION, "--product", "sample", "--repo", &clone.display().to_string()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("a␛[31mclone") && !ran.err.contains('\u{1b}'), "{:?}", ran.err);

    // No mail can be signed by such a name; that is found before the release begins.
    let user = User::at(Arc::new(Place::new()));
    let clone = git2::Repository::open(user.place.world.clone_path()).unwrap();
    let plain = clone.config().unwrap().get_string("user.name").unwrap();
    let call = |name: &str| clone.config().unwrap().set_str("user.name", name).unwrap();
    call("Ann\u{1b}]0;title\u{7} Example");
    let ran = user.run(&["start", VERSION, "--product", "sample"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Ann␛]0;title␇ Example") && !ran.err.contains('\u{1b}'), "{:?}", ran.err);

    // A name that git knows later takes over no release, and stands in the log as what it is.
    call(&plain);
    let user = user.started();
    call("Ann\u{1b}]0;title\u{7} Example");
    user.refused(2, &["take-over", "--why", "a new name"], &["Ann␛]0;title␇ Example", "control character"]);
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    let ran = user.runs(0, &["log"]);
    assert!(ran.out.contains("Ann␛]0;title␇ Example") && !ran.out.contains(['\u{1b}', '\u{7}']), "{:?}", ran.out);
    let log = user.runs(0, &["log", "--json"]).json();
    assert!(log[1]["who"].as_str().unwrap().starts_with("Ann\u{1b}]0;title\u{7}"), "data stays as it is: {log}");
}
