// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate verify`, as CI and voters run it.

mod any_project;
mod candidate;
mod corpus;
mod flavours;
mod held_against;
mod loopholes;
mod nonsense;
mod packages;
mod released;
mod tags;
mod targets;
mod tools;
mod web;
mod workflow;

use std::process::{Command, Stdio};

use candidate::{CandidateDirectory, SOURCE};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_good_candidate_is_verified_in_every_format() {
    let candidate = CandidateDirectory::good();
    let output = candidate.verify(&[]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    assert!(said.contains(&format!("✓ {SOURCE}")) && said.contains("\nverified: "), "{said}");
    assert!(said.trim_end().ends_with("no --source-tag was named"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&candidate.verify(&["--format", "json"]).stdout).unwrap();
    assert_eq!(report["passed"], true);
    assert_eq!(report["files"][3]["path"], SOURCE);
    let junit = text(&candidate.verify(&["--format", "junit"]).stdout);
    assert!(junit.starts_with("<?xml") && junit.contains("failures=\"0\""), "{junit}");
    let sarif: serde_json::Value = serde_json::from_slice(&candidate.verify(&["--format", "sarif"]).stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let github = text(&candidate.verify(&["--format", "github"]).stdout);
    assert!(github.contains("::notice") && !github.contains("::error"), "{github}");
}

#[test]
fn several_forms_are_of_one_run() {
    let mut candidate = CandidateDirectory::good();
    candidate.files.insert("turned-\u{202e}gzt.txt.asc".into(), b"x\n".to_vec());
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| place.path().join(name).display().to_string();
    let (sarif, junit, json) = (file("v.sarif"), file("v.xml"), file("v.json"));
    std::fs::write(&sarif, "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", of another run")
        .unwrap();
    std::fs::write(file("mine"), "somebody's notes").unwrap();
    let output = candidate.verify(&["--also", &format!("sarif={}", file("mine"))]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(file("mine")).unwrap(), "somebody's notes");
    let also = ["--also".to_owned(), format!("sarif={sarif}"), "--also".into(), format!("junit={junit}")];
    let more: Vec<&str> = also.iter().map(String::as_str).chain(["--format", "github", "--also"]).collect();
    let output = candidate.verify(&[&more[..], &[&format!("json={json}")]].concat());
    assert!(text(&output.stdout).lines().all(|line| line.starts_with("::")), "{}", text(&output.stdout));
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read(&json)).unwrap();
    let log: serde_json::Value = serde_json::from_str(&read(&sarif)).unwrap();
    assert_eq!(report["passed"], output.status.success());
    assert_eq!(log["runs"][0]["properties"]["passed"], report["passed"]);
    assert!(read(&junit).starts_with("<?xml"));
    // What is printed is the same, and JSON whatever a name holds.
    for format in ["sarif", "json"] {
        let printed = text(&candidate.verify(&["--format", format]).stdout);
        let value: serde_json::Value =
            serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
        assert!(value.to_string().contains("\u{202e}") && !printed.contains('\u{202e}'), "{printed}");
    }
    // Nothing is left of an earlier run where there is no verdict.
    let mut none = CandidateDirectory::good();
    none.keys = "no keys".into();
    assert_eq!(none.verify(&["--also", &format!("sarif={sarif}")]).status.code(), Some(2));
    assert_eq!(read(&sarif), "");
}

#[test]
fn a_name_cannot_write_lines_of_its_own() {
    let mut candidate = CandidateDirectory::good();
    let name = "a-1.2.0.txt\n\nverified: all good\n::stop-commands::t";
    candidate.files.insert(name.into(), b"x\n".to_vec());
    for format in ["text", "github"] {
        let output = candidate.verify(&["--format", format]);
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let spoofs = |line: &str| line.starts_with("verified:") || line.trim_start().starts_with("::stop");
        assert!(!said.lines().any(spoofs), "{said}");
    }
}

#[test]
fn wrong_use_is_told_from_a_candidate_that_does_not_hold() {
    let place = tempfile::tempdir().unwrap();
    let directory = CandidateDirectory::good().write(place.path());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("verify").args(arguments).current_dir(place.path()).env("HOME", place.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        (output.status.code().unwrap(), text(&output.stderr))
    };
    std::fs::copy(place.path().join("KEYS"), directory.join("KEYS")).unwrap();
    let at = directory.to_str().unwrap();
    for (arguments, code, says) in [
        (&["nowhere", "--keys", "KEYS"][..], 2, "there is no `nowhere`"),
        (&[at, "--keys", "none"], 2, "cannot read the keys in none"),
        (&[at, "--keys", "candidate/greeter-1.2.0-src.tgz"], 2, "KEYS"),
        (&[at, "--keys", "KEYS", "--product", "sample", "--expect", "KEYS"], 2, "manifest"),
        (&[at, "--keys", "KEYS", "--source-tag", "v1"], 2, "--repo"),
        (&["gopher://example.org/x", "--keys", "KEYS"], 2, "gopher"),
        (&["http://127.0.0.1:1/x", "--keys", "KEYS"], 4, "cannot download"),
        (&["http://dist.example.org/x", "--keys", "KEYS"], 2, "not protected"),
        (&[at, "--keys", "http://dist.example.org/KEYS"], 2, "not protected"),
        (&[at, "--keys", "http://127.0.0.1:1/KEYS"], 4, "cannot fetch"),
        (&["file:///nowhere/at/all", "--keys", "KEYS"], 4, "/nowhere"),
        (&["--candidate", "1", "--keys", "KEYS"], 2, "no release"),
        (&[at, "--keys", "candidate/KEYS"], 2, "a part of the candidate"),
        (&[at, "--keys", "KEYS", "--version", "nonsense"], 2, "`nonsense` is no version"),
        (&[at, "--keys", "KEYS", "--version", ""], 2, "`` is no version"),
        (&[at, "--keys", "KEYS", "--version", "../../x"], 2, "is no version"),
        (&[at, "--keys", "KEYS", "--version", "1.2"], 2, "`1.2` is no release version"),
        (&[at, "--keys", "KEYS", "--product", "sample", "--version", "1.2"], 2, "`1.2` is no release version"),
        (&[at, "--keys", "KEYS", "--max-ratio", "0"], 2, "0 is not in 1.."),
        (&[at, "--keys", "KEYS", "--also", "pdf=x"], 2, "invalid value"),
        (&[at, "--keys", "KEYS", "--also", "sarif=none/x"], 2, "cannot write none/x"),
    ] {
        let (found, said) = run(arguments);
        assert_eq!(found, code, "{arguments:?}: {said}");
        assert!(said.contains(says) && said.contains("hint: ") || said.contains("--help"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_single_archive_is_verified_with_what_lies_beside_it() {
    let place = tempfile::tempdir().unwrap();
    let mut candidate = CandidateDirectory::good();
    candidate.files.insert("unsigned.txt".into(), b"not looked at\n".to_vec());
    let directory = candidate.write(place.path());
    let verify = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("verify").arg(directory.join(name)).args(["--product", "sample", "--keys"]);
        command.arg(place.path().join("KEYS")).stdin(Stdio::null()).output().unwrap().status.code()
    };
    assert_eq!(verify(SOURCE), Some(0));
    assert_eq!(verify("unsigned.txt"), Some(1));
}

#[test]
fn the_page_for_voters_names_every_check() {
    let page = crate::tree::text(std::path::Path::new("docs/verifying.md"));
    let table = page.split("| check | what it proves |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    let named: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    let known: Vec<&str> = quorate::verify::checks::CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(named, known);
}

#[test]
fn what_rat_leaves_out_is_left_out() {
    let mut candidate = CandidateDirectory::good();
    candidate.source(|tree| tree.push(("data/words.txt".into(), tar::EntryType::Regular, b"words\n".to_vec())));
    let lists = tempfile::tempdir().unwrap();
    let list = |name: &str, text: &str| {
        let path = lists.path().join(name);
        std::fs::write(&path, text).unwrap();
        candidate.verify(&["--rat-excludes", path.to_str().unwrap()])
    };
    let output = candidate.verify(&[]);
    let said = text(&output.stdout);
    assert!(output.status.code() == Some(1) && said.contains("data/words.txt"), "{said}");
    let pom = "<project><plugin><artifactId>apache-rat-plugin</artifactId><excludes><exclude>data/**</exclude></excludes>\
               </plugin></project>";
    for output in [list("pom.xml", pom), list("excludes", "words.*\n")] {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    }
    let output = list("broken.xml", "<project>");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}
