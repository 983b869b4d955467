// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the documents say of the project can be followed, and is so: links,
//! exit codes, commands, events, steps.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quorate::engine::{Phase, Workflow};

use crate::tree;

#[test]
fn every_relative_link_leads_somewhere() {
    let documents: Vec<PathBuf> =
        tree::files("").into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    let mut links = 0;
    let mut broken = Vec::new();
    for document in &documents {
        for (line, target) in relative_links(&tree::text(document)) {
            links += 1;
            if !leads_somewhere(document, &target) {
                broken.push(format!("{}:{line}: {target}", document.display()));
            }
        }
    }
    assert!(documents.len() > 3 && links > 10, "only {links} links in {} documents", documents.len());
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn links_are_found_and_a_broken_one_is_noticed() {
    let text = "See [a](b.md#c) and [d](https://example.org).\n```\n[no](code.md)\n```\n[e](#f) `[g](h)`\n";
    assert_eq!(relative_links(text), [(1, "b.md#c".to_owned()), (5, "#f".to_owned())]);
    let readme = Path::new("README.md");
    assert!(leads_somewhere(readme, "docs/glossary.md") && leads_somewhere(readme, "docs"));
    assert!(!leads_somewhere(readme, "docs/no-such-page.md"));
    assert!(!leads_somewhere(readme, "docs/glossary.md#no-such-heading"));
    assert_eq!(anchor("## What `make test` does, *exactly*"), "what-make-test-does-exactly");
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let source = tree::text(Path::new("src/ui/exit.rs"));
    let in_program: Vec<u8> =
        source.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = ")?.1.parse().ok()).collect();
    let page = rows("docs/exit-codes.md");
    let on_page: Vec<u8> = page.iter().map(|row| row[0].parse().unwrap()).collect();
    assert!(in_program.len() >= 7);
    assert_eq!(on_page, in_program);
    for code in on_page {
        let help = run(&["--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!(" {code} ")), "`quorate --help` does not name exit code {code}");
    }
}

#[test]
fn every_command_has_its_place_in_the_documents() {
    let documents: String = tree::files("")
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| tree::text(path))
        .collect();
    let help = run(&["-h"]);
    let commands = commands_in(&help);
    assert!(commands.len() > 12, "{commands:?}");
    for command in commands {
        assert!(documents.contains(&format!("quorate {command}")), "no document names `quorate {command}`");
    }
}

#[test]
fn the_journal_page_lists_the_events_with_their_data() {
    let source = tree::text(Path::new("src/engine/event.rs"));
    let (_, events) = source.split_once("\nevents! {\n").unwrap();
    let (events, _) = events.split_once("\n}\n").unwrap();
    let mut in_program: Vec<(String, Vec<String>)> = Vec::new();
    for line in events.lines().map(str::trim).filter(|line| !line.starts_with("///")) {
        if let Some((name, _)) = line.strip_prefix('"').and_then(|line| line.split_once('"')) {
            in_program.push((name.to_owned(), Vec::new()));
        } else if let Some((field, _)) = line.split_once(": ") {
            in_program.last_mut().unwrap().1.push(field.to_owned());
        }
    }
    let on_page: Vec<(String, Vec<String>)> = rows("docs/journal.md")
        .into_iter()
        .filter(|row| row[0].contains('-'))
        .map(|row| (code(&row[0]).remove(0), code(&row[1])))
        .collect();
    assert!(in_program.len() > 15);
    assert_eq!(on_page, in_program);
}

#[test]
fn the_workflow_page_names_the_steps_and_counts_them() {
    let file = "workflows/release.toml";
    let workflow = Workflow::parse(file, &tree::text(Path::new(file))).unwrap();
    let page = tree::text(Path::new("docs/release-workflow.md"));
    let (_, places) = page.split_once("## Where each item of the guide is").unwrap();
    let words: BTreeSet<&str> = words_of(places).collect();
    let cells: Vec<String> =
        rows("docs/release-workflow.md").into_iter().filter_map(|row| row.into_iter().nth(1)).collect();
    for cell in &cells {
        // What is not in backquotes or brackets names steps and checks.
        let plain: String = cell.split('`').step_by(2).collect();
        let plain = plain.split('(').next().unwrap_or_default();
        for word in words_of(plain).filter(|word| word.contains('-')) {
            let known = workflow.step(word).is_some() || workflow.check(word).is_some();
            assert!(known, "the page names `{word}`, which is no step or check");
        }
    }
    for phase in &workflow.phases {
        let ids = phase.steps.iter().map(|step| &step.id).chain(phase.checks.iter().map(|check| &check.id));
        let missing: Vec<&String> = ids.filter(|id| !words.contains(id.as_str())).collect();
        assert!(missing.is_empty(), "{}: the page does not say where these are: {missing:?}", phase.id);
    }
    let optional = |phase: &Phase| phase.checks.iter().filter(|check| check.optional).count();
    let counted: Vec<[String; 3]> = workflow
        .phases
        .iter()
        .map(|phase| {
            let checks = match (phase.checks.len(), optional(phase)) {
                (0, _) => "–".to_owned(),
                (all, 0) => all.to_string(),
                (all, optional) => format!("{}, and {optional} optional", all - optional),
            };
            [phase.id.clone(), phase.steps.len().to_string(), checks]
        })
        .collect();
    let stated: Vec<[String; 3]> = rows("docs/release-workflow.md")
        .into_iter()
        .filter(|row| row.len() == 4 && workflow.phases.iter().any(|phase| phase.id == row[0]))
        .map(|row| [row[0].clone(), row[2].clone(), row[3].clone()])
        .collect();
    assert_eq!(stated, counted);
}

#[test]
fn the_checklists_have_the_items_of_the_guide() {
    let file = "workflows/release.toml";
    let workflow = Workflow::parse(file, &tree::text(Path::new(file))).unwrap();
    let counts: Vec<(&str, usize, usize)> = workflow
        .phases
        .iter()
        .map(|phase| {
            let optional = phase.checks.iter().filter(|check| check.optional).count();
            (phase.id.as_str(), phase.checks.len() - optional, optional)
        })
        .collect();
    let expected = [
        ("decide", 2, 0),
        // three of ours: that the version is not out yet; that its proposals were accepted, by their
        // registry or by a person
        ("prepare", 15, 0),
        // four of ours beside the guide's: the candidate's tags, those of the release, the
        // manifest, what voters will look at; and an optional one: what builds the commit
        ("build", 8, 4),
        ("vote", 1, 0),
        ("fix", 1, 0),
        // one of ours: the links of a website that a person changes
        ("finalize", 12, 0),
        ("promote", 0, 0),
    ];
    assert_eq!(counts, expected);
    let gates: Vec<&str> = workflow
        .phases
        .iter()
        .flat_map(|phase| &phase.checks)
        .filter(|check| check.gate)
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(
        gates,
        [
            "not-released",
            "source-staged",
            "candidate-tagged",
            "release-tags-free",
            "manifest-holds",
            "community-approves",
            "release-tagged"
        ]
    );
}

/// The cells of each row of the tables on a page, without their headings.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = tree::text(Path::new(page));
    let lines: Vec<&str> = prose(&text).map(|(_, line)| line).collect();
    let is_row = |line: &str| line.starts_with('|') && !line.starts_with("|--") && !line.starts_with("| --");
    lines
        .windows(2)
        .filter(|pair| is_row(pair[0]) && !pair[1].starts_with("|--"))
        .map(|pair| pair[0])
        .chain(lines.last().copied().filter(|line| is_row(line)))
        .map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The words that could be ids.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|word| !word.is_empty())
}

/// What stands between backquotes.
fn code(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The commands that `quorate -h` lists.
pub fn commands_in(help: &str) -> Vec<&str> {
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let begins = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    list.lines().filter(begins).map(|line| line.split_whitespace().next().unwrap()).collect()
}

fn run(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_quorate")).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Line and target of each link that is no address, outside of code.
fn relative_links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let plain: String = line.split('`').step_by(2).collect();
        for part in plain.split("](").skip(1) {
            let target = part.split(')').next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push((number, target.to_owned()));
            }
        }
    }
    links
}

/// The numbered lines that are in no code block.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

fn leads_somewhere(document: &Path, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => tree::root().join(document),
        file => tree::root().join(document).with_file_name("").join(file),
    };
    if heading.is_empty() {
        return path.exists();
    }
    fs::read_to_string(path).is_ok_and(|text| prose(&text).any(|(_, line)| anchor(line) == heading))
}

/// The anchor that a heading gets; empty for any other line.
fn anchor(line: &str) -> String {
    let title = line.trim_start_matches('#');
    if title.len() == line.len() {
        return String::new();
    }
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
