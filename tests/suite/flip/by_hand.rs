// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pages that people edited, rows that are none, registries that are none.

use std::fs;

use super::{Desk, THREAD, real_index};

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
    desk.runs(0, &["new", "B"]);
    fs::write(desk.path("r/flips/FLIP-0001.md"), [0xff, 0xfe]).unwrap();
    assert_eq!(desk.errors(), ["head-unreadable", "title-missing"]);
    let found = desk.runs(1, &["lint", "--rule", "head-unreadable"]).out;
    assert!(found.contains("flips/FLIP-0001.md:1: error head-unreadable: the page is no text in UTF-8"), "{found}");
    let ran = desk.runs(2, &["set", "1", "--component", "Q"]);
    assert!(ran.err.contains("the page is no text in UTF-8"), "{}", ran.err);
    // that one alone
    desk.runs(0, &["set", "2", "--component", "Q"]);
    assert!(desk.runs(0, &["list"]).out.contains("FLIP-2 "));
    assert_eq!(fs::read(desk.path("r/flips/FLIP-0001.md")).unwrap(), [0xff, 0xfe]);
}

#[test]
fn nothing_is_set_on_a_page_whose_head_is_none() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    let page = desk.read("r/flips/FLIP-0001.md");
    for text in [page.replacen("\n---\n", "\n", 1), format!("\n{page}"), page.replacen("---\n", "", 1)] {
        desk.put("r/flips/FLIP-0001.md", &text);
        for arguments in [&["--component", "Q"][..], &["--state", "discussion", "--discussion", THREAD]] {
            let ran = desk.runs(2, &[&["set", "1"], arguments].concat());
            assert!(ran.err.contains("the head of flips/FLIP-0001.md:1 cannot be read"), "{}", ran.err);
        }
        assert_eq!(desk.read("r/flips/FLIP-0001.md"), text);
    }
    // what an editor put before it is no part of it, and stays
    desk.put("r/flips/FLIP-0001.md", &format!("\u{feff}{page}"));
    desk.git("r", &["commit", "-q", "-a", "-m", "by an editor"]);
    assert_eq!(desk.errors(), [""; 0]);
    desk.runs(0, &["set", "1", "--component", "Q"]);
    let after = desk.read("r/flips/FLIP-0001.md");
    assert_eq!(after, format!("\u{feff}{}", page.replace("component: Flink", "component: Q")));
}

#[test]
fn what_is_not_committed_is_in_no_commit_of_ours() {
    let desk = Desk::begun();
    for title in ["A", "B"] {
        desk.runs(0, &["new", title]);
    }
    desk.runs(0, &["index", "--write"]);
    let mine = desk.read("r/flips/FLIP-0001.md").replace("FLIP-1: A", "FLIP-1: Mine");
    desk.put("r/flips/FLIP-0001.md", &mine);
    let ran = desk.runs(0, &["set", "1", "--state", "discussion", "--discussion", THREAD]);
    assert!(ran.err.contains("flips/FLIP-0001.md has changes that are not committed"), "{}", ran.err);
    let committed = desk.git("r", &["show", "HEAD:flips/FLIP-0001.md"]);
    assert!(committed.contains("FLIP-1: A") && committed.contains("state: discussion\n"), "{committed}");
    let here = desk.read("r/flips/FLIP-0001.md");
    assert!(here.contains("FLIP-1: Mine") && here.contains("state: discussion\n"), "{here}");
    // the index follows the commits, and so does that of somebody who writes in it
    assert!(desk.read("r/INDEX.md").contains("## Under discussion (1)"), "{}", desk.read("r/INDEX.md"));
    desk.put("r/INDEX.md", &(desk.read("r/INDEX.md") + "\nMy note.\n"));
    desk.runs(0, &["new", "C"]);
    let (here, committed) = (desk.read("r/INDEX.md"), desk.git("r", &["show", "HEAD:INDEX.md"]));
    assert!(here.contains("My note.") && here.contains("Next FLIP Number: 4"), "{here}");
    assert!(!committed.contains("My note.") && committed.contains("Next FLIP Number: 4"), "{committed}");
    let ran = desk.runs(5, &["index", "--write"]);
    assert!(ran.err.contains("INDEX.md has changes that are not committed"), "{}", ran.err);
    assert_eq!(desk.git("r", &["status", "--porcelain"]), " M INDEX.md\n M flips/FLIP-0001.md\n");
    // one that somebody committed otherwise is theirs, and that is said
    desk.git("r", &["commit", "-q", "-a", "-m", "by hand"]);
    let ran = desk.runs(0, &["new", "D"]);
    assert!(ran.err.contains("INDEX.md says otherwise than the pages, and was left as it is"), "{}", ran.err);
    desk.runs(0, &["index", "--write"]);
    assert!(desk.read("r/INDEX.md").contains("Next FLIP Number: 5"));
}

#[test]
fn the_record_that_is_under_way_is_no_version_of_a_proposal() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    let under_way = |arguments: &[&str]| {
        let mut command = desk.command("r", arguments);
        crate::user::Ran::of(command.env("QUORATE_RELEASE", "FLIP-608").output().unwrap()).ends(0, arguments)
    };
    let ran = under_way(&["set", "1", "--component", "Q"]);
    assert!(!ran.out.contains("release") && !desk.read("r/flips/FLIP-0001.md").contains("FLIP-608"), "{}", ran.out);
    assert!(under_way(&["list"]).out.contains("FLIP-1 "));
    assert!(under_way(&["set", "1", "--release", "2.4"]).out.contains("release: (nothing) -> 2.4"));
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
    // a copy of it, which works wherever the registry is
    assert_eq!(desk.read("gips/scheme.toml"), desk.read("own.toml"));
    fs::remove_file(desk.path("own.toml")).unwrap();
    desk.git(".", &["clone", "-q", "gips", "elsewhere"]);
    let mut listing = desk.command("elsewhere", &["list"]);
    let listed = crate::user::Ran::of(listing.current_dir("/").output().unwrap());
    assert!(listed.out.starts_with("GIP-1 "), "{}{}", listed.out, listed.err);
    let made = crate::user::Ran::of(desk.command("none", &["--scheme", "./none.toml", "init"]).output().unwrap());
    assert!(made.code == 2 && made.err.contains("release-config/proposals/flip.toml"), "{}", made.err);
}

#[test]
fn who_commits_is_who_git_says() {
    let desk = Desk::begun();
    let mut command = desk.command("r", &["new", "A"]);
    command.env("GIT_AUTHOR_NAME", "Bea Example").env("GIT_AUTHOR_EMAIL", "bea@example.org");
    assert_eq!(crate::user::Ran::of(command.output().unwrap()).code, 0);
    assert_eq!(desk.git("r", &["log", "-1", "--format=%an <%ae>"]), "Bea Example <bea@example.org>\n");
    desk.put("other.gitconfig", "[user]\n\tname = Cy\n\temail = cy@example.org\n");
    let mut command = desk.command("r", &["new", "B"]);
    assert_eq!(
        crate::user::Ran::of(command.env("GIT_CONFIG_GLOBAL", desk.path("other.gitconfig")).output().unwrap()).code,
        0
    );
    assert_eq!(desk.git("r", &["log", "-1", "--format=%an"]), "Cy\n");
    desk.put(".gitconfig", "");
    let ran = desk.runs(2, &["new", "C"]);
    assert!(ran.err.contains("git does not know your name") && ran.err.contains("user.email"), "{}", ran.err);
    desk.runs(0, &["list"]);
}

#[test]
fn what_reports_prints_json_too() {
    let desk = Desk::new();
    let made = desk.runs(0, &["init", "--json"]).json();
    assert!(made["made"] == true && made["scheme"] == "flip", "{made}");
    desk.runs(0, &["new", "A"]);
    let index = desk.runs(0, &["index", "--json"]).json();
    assert_eq!((index["next_number"].as_u64(), &index["states"][0]["proposals"][0]["id"]), (Some(2), &"FLIP-1".into()));
    desk.put("r/flips/FLIP-0001.md", "---\nnumber: 1\n---\n");
    assert_eq!(desk.runs(1, &["lint", "--count", "--json"]).json()["title-missing"], 1);
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
