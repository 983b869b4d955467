// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pages that people edited, rows that are none, registries that are none.

use std::fs;

use super::{Desk, real_index};

fn rows(desk: &Desk, text: &str) -> String {
    desk.put("rows.json", text).display().to_string()
}

#[test]
fn a_number_that_two_pages_held_is_two_pages_and_named() {
    let desk = Desk::new();
    let file = rows(
        &desk,
        r#"[{"number": 7, "title": "FLIP-7: a", "page": "1"}, {"number": 7, "title": "FLIP-7: b", "page": "2"}]"#,
    );
    desk.runs(0, &["import", &file]);
    assert!(desk.read("r/flips/FLIP-0007-2.md").contains("FLIP-7: b"));
    let found = desk.runs(1, &["lint", "--rule", "number-twice"]).out;
    assert!(
        found.contains("flips/FLIP-0007.md:2: error number-twice: FLIP-7 is also the number of flips/FLIP-0007-2.md"),
        "{found}"
    );
    let ran = desk.runs(2, &["show", "7"]);
    assert!(ran.err.contains("2 pages are 7: flips/FLIP-0007-2.md, flips/FLIP-0007.md"), "{}", ran.err);
    assert!(desk.runs(0, &["show", "FLIP-0007-2"]).out.starts_with("FLIP-7: b"));
}

#[test]
fn a_page_of_nonsense_is_named_and_stays_as_it_is() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    for text in [
        "",
        "nonsense\u{0}\u{1b}[2J",
        "---\n",
        "---\ntitle: \"open\n\u{202e}---\nstate\n",
        "---\nnumber: 99999999999\n---\n",
    ] {
        desk.put("r/flips/FLIP-0001.md", text);
        let found = desk.errors();
        assert!(!found.is_empty(), "{text:?}");
        for arguments in
            [&["list"][..], &["show", "1"], &["index"], &["lint", "--fix", "--execute"], &["list", "--json"]]
        {
            let ran = desk.runs(0, arguments);
            assert!(
                !ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}') || arguments.contains(&"--json"),
                "{ran:?}",
                ran = ran.out
            );
        }
        assert_eq!(desk.read("r/flips/FLIP-0001.md"), text);
    }
    fs::write(desk.path("r/flips/FLIP-0001.md"), [0xff, 0xfe]).unwrap();
    let ran = desk.runs(2, &["list"]);
    assert!(ran.err.contains("FLIP-0001.md is no text in UTF-8"), "{}", ran.err);
}

#[test]
fn rows_that_cannot_be_used_are_named_and_nothing_is_taken_over() {
    let desk = Desk::new();
    let file = rows(&desk, "[\n{\"number\": 0, \"title\": \"x\"},\n{\"number\": 2, \"titel\": \"x\"}]");
    let ran = desk.runs(2, &["import", &file]);
    assert!(
        ran.err.contains("rows.json:2: FLIP-0: `number` is 0")
            && ran.err.contains("rows.json:3: row 2: unknown field `titel`"),
        "{}",
        ran.err
    );
    assert!(!desk.path("r").exists());
    let ran = desk.runs(2, &["import", &desk.path("none.json").display().to_string()]);
    assert!(ran.err.contains("cannot read"), "{}", ran.err);
    let ran = desk.runs(2, &["import", "--dry-run", &real_index().display().to_string()]);
    assert!(ran.err.contains("is no git repository"), "{}", ran.err);
}

#[test]
fn what_somebody_staged_or_changed_beside_it_stays_so() {
    let desk = Desk::begun();
    desk.put("r/notes.txt", "mine\n");
    desk.git("r", &["add", "notes.txt"]);
    desk.runs(0, &["new", "A"]);
    desk.put(
        "r/flips/FLIP-0001.md",
        &desk.read("r/flips/FLIP-0001.md").replace("## Motivation\n", "## Motivation\n\nMine.\n"),
    );
    desk.runs(0, &["new", "B"]);
    assert_eq!(desk.git("r", &["status", "--porcelain"]), " M flips/FLIP-0001.md\nA  notes.txt\n");
    assert_eq!(desk.git("r", &["show", "--name-only", "--format=", "HEAD"]), "flips/FLIP-0002.md\nnumbers\n");
}

#[test]
fn a_registry_says_of_which_kind_it_is() {
    let desk = Desk::new();
    desk.runs(0, &["--scheme", "kip", "init"]);
    desk.runs(0, &["new", "Greet twice"]);
    assert!(desk.read("r/kips/KIP-0001.md").contains("title: \"KIP-1: Greet twice\""));
    let ran = desk.runs(2, &["--scheme", "flip", "list"]);
    assert!(ran.err.contains("this registry is of `kip`"), "{}", ran.err);
    desk.put("r/registry.toml", "format = 1\nscheme = kip\n");
    assert!(desk.runs(2, &["list"]).err.contains("registry.toml:2:"));
    desk.put("r/registry.toml", "format = 9\nscheme = \"kip\"\n");
    assert!(desk.runs(2, &["list"]).err.contains("format 9"));
    fs::create_dir(desk.path("r/sub")).unwrap();
    let ran = crate::user::Ran::of(desk.command("r/sub", &["list"]).output().unwrap());
    assert!(ran.code == 2 && ran.err.contains("its repository is at"), "{}", ran.err);
    let own =
        desk.put("own.toml", &crate::tree::text("release-config/proposals/sip.toml".as_ref()).replace("SPIP", "GIP"));
    let gips =
        crate::user::Ran::of(desk.command("gips", &["--scheme", &own.display().to_string(), "init"]).output().unwrap());
    assert_eq!(gips.code, 0, "{}", gips.err);
    let made = crate::user::Ran::of(desk.command("gips", &["new", "Greet"]).output().unwrap());
    assert!(made.out.starts_with("GIP-1  "), "{}{}", made.out, made.err);
}

#[test]
fn a_title_that_is_none_is_refused() {
    let desk = Desk::begun();
    for (title, says) in [
        ("", "the title is empty"),
        ("FLIP-9: x", "has the number 9 in it"),
        ("a\nb", "several lines"),
        ("{{ x }}", "has `{{` in it"),
        ("\u{202e}x", "a control character"),
        (&"x".repeat(300), "300 characters"),
    ] {
        let ran = desk.runs(2, &["new", title]);
        assert!(ran.err.contains(says) && ran.err.contains("hint:"), "{title}: {}", ran.err);
    }
    let ran = desk.runs(0, &["new", "../../etc/passwd: \"quoted\" | <b>", "--unnumbered"]);
    assert!(ran.out.contains("FLIP-XXX-etc-passwd-quoted-b  "), "{}", ran.out);
    assert_eq!(desk.errors(), [""; 0]);
}

#[test]
fn what_is_imported_is_in_the_index_and_in_the_ledger() {
    let desk = Desk::begun();
    let one = r#"{"number": 7, "title": "FLIP-7: Stop jobs", "page": "1"}"#;
    desk.runs(0, &["import", &rows(&desk, &format!("[{one}]"))]);
    assert!(desk.read("r/numbers").contains("FLIP-7 "));
    desk.runs(0, &["index", "--write"]);
    let more = format!(
        "[{one}, {}]",
        one.replace("FLIP-7: Stop", "FLIP-9: Start").replace('7', "9").replace("\"1\"", "\"2\"")
    );
    desk.runs(0, &["import", &rows(&desk, &more)]);
    assert!(desk.read("r/INDEX.md").contains("FLIP-9: Start jobs"), "{}", desk.read("r/INDEX.md"));
    assert_eq!(desk.read("r/numbers").lines().count(), 2);
    assert!(!desk.errors().contains(&"index-stale".to_owned()));
}
