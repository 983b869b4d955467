// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The 598 real proposals: taken over, looked at, listed; and docs/flip-lint.md held to what
//! is found on them.

use std::collections::BTreeMap;

use quorate::governance::proposals::lint::rules;
use serde_json::Value;

use super::{Desk, real_index, texts};

/// The day as of which docs/flip-lint.md counts.
const DAY: &str = "2026-08-31";

fn imported() -> Desk {
    let desk = Desk::new();
    let ran = desk.runs(0, &["import", &real_index().display().to_string()]);
    assert_eq!(ran.out, "598 new, 0 changed, 0 as they were, 0 in conflict\n");
    desk
}

#[test]
fn the_real_index_is_taken_over_once_and_again_changes_nothing() {
    let desk = imported();
    let head = desk.git("r", &["rev-parse", "HEAD"]);
    assert_eq!(desk.git("r", &["status", "--porcelain"]), "");
    let again = desk.runs(0, &["import", &real_index().display().to_string(), "--json"]).json();
    assert_eq!((again["same"].as_u64(), again["commit"].is_null()), (Some(598), true), "{again}");
    assert_eq!(desk.git("r", &["rev-parse", "HEAD"]), head);
    // every value of every row is on its page
    let rows: Value = serde_json::from_str(&std::fs::read_to_string(real_index()).unwrap()).unwrap();
    let listed = desk.runs(0, &["list", "--json"]).json();
    for (row, one) in rows.as_array().unwrap().iter().zip(listed.as_array().unwrap()) {
        assert_eq!((&row["number"], &row["title"], &row["created"]), (&one["number"], &one["title"], &one["created"]));
        for field in ["discussion", "vote", "release", "jira"] {
            assert!(row[field] == one[field] || row[field] == "unknown", "{row} {one}");
        }
    }
}

#[test]
fn what_changes_in_the_index_is_taken_over_and_what_a_hand_changed_is_kept() {
    let desk = imported();
    let page = desk.read("r/flips/FLIP-0001.md").replace("state: released", "state: superseded\nreviewers: [ann, bob]");
    desk.put("r/flips/FLIP-0001.md", &page);
    let index = desk.read(&real_index().display().to_string());
    let newer = index
        .replacen(
            "\"state\": \"completed\", \"jira\": \"FLINK-4256\"",
            "\"state\": \"not accepted\", \"jira\": \"FLINK-42\"",
            1,
        )
        .replacen(
            "\"vote\": null, \"release\": \"1.3\"",
            "\"vote\": \"https://lists.apache.org/x\", \"release\": \"1.3\"",
            1,
        );
    assert_ne!(index, newer);
    let file = desk.put("newer.json", &newer).display().to_string();
    let ran = desk.runs(5, &["import", &file]);
    for line in [
        "FLIP-1: changed on both sides, and not written",
        "it was    released",
        "here      superseded",
        "the index rejected",
        "FLINK-4256 -> FLINK-42",
        "2 changed, 596 as they were",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert_eq!(desk.read("r/flips/FLIP-0001.md"), page.replace("FLINK-4256", "FLINK-42"));
    let again = desk.runs(5, &["import", &file, "--json"]).json();
    assert_eq!((again["conflicts"].as_array().unwrap().len(), again["changed"].as_array().unwrap().len()), (1, 0));
}

#[test]
fn the_page_of_the_lint_lists_every_rule_with_its_count() {
    let desk = imported();
    desk.runs(0, &["index", "--write"]);
    let found = desk.runs(1, &["lint", "--json", "--now", DAY]).json();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    texts(&found, "rule").into_iter().for_each(|rule| *counts.entry(rule).or_default() += 1);
    let page = crate::tree::text("docs/flip-lint.md".as_ref());
    let rows: Vec<Vec<String>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let on_page: Vec<[String; 5]> = rows.into_iter().filter_map(|row| row.try_into().ok()).collect();
    let by_program: Vec<[String; 5]> = rules()
        .into_iter()
        .map(|rule| {
            let count = counts.get(rule.id).copied().unwrap_or_default().to_string();
            [format!("`{}`", rule.id), rule.weight.word().to_owned(), count, rule.finds.to_owned(), rule.why.to_owned()]
        })
        .collect();
    assert_eq!(on_page, by_program);
    for one in found.as_array().unwrap() {
        for field in ["rule", "place", "message", "fix"] {
            assert!(one[field].as_str().is_some_and(|text| !text.is_empty()), "{one}");
        }
        assert!(one["number"].is_u64() || one["number"].is_null());
    }
}

#[test]
fn what_is_certain_is_mended_and_nothing_else() {
    let desk = imported();
    let before = desk.runs(1, &["lint", "--json", "--now", DAY]).json();
    let certain = before.as_array().unwrap().iter().filter(|one| one["certain"] == true).count();
    let shown = desk.runs(0, &["lint", "--fix", "--now", DAY]);
    assert_eq!(shown.out.lines().count(), 3 * certain);
    assert!(shown.out.contains("- FLIP-23 - Model Serving\n  + FLIP-23: Model Serving\n"), "{}", shown.out);
    desk.runs(0, &["lint", "--fix", "--execute", "--now", DAY]);
    let diff = desk.git("r", &["show", "--stat", "--format=", "HEAD"]);
    assert!(diff.contains(&format!("{certain} insertions(+), {certain} deletions(-)")), "{certain}: {diff}");
    let after = desk.runs(1, &["lint", "--json", "--now", DAY]).json();
    assert_eq!(after.as_array().unwrap().len(), before.as_array().unwrap().len() - certain);
}

#[test]
fn lists_are_narrowed_and_the_round_up_says_the_next_number() {
    let desk = imported();
    let numbers = |arguments: &[&str]| -> usize {
        let listed = desk.runs(0, &[&["list", "--json"], arguments].concat()).json();
        listed.as_array().unwrap().len()
    };
    assert_eq!((numbers(&["--state", "completed"]), numbers(&["--state", "none"])), (255, 110));
    // 1.18 on ten pages, 1.18.0 on seven
    assert_eq!((numbers(&["--release", "1.18"]), numbers(&["--release", "1.18.0"])), (17, 17));
    assert_eq!(numbers(&["--text", "watermark", "--state", "released"]), 6);
    assert_eq!(numbers(&["--component", "ml"]), 6);
    desk.runs(2, &["list", "--state", "done"]);
    let notes = desk.runs(0, &["list", "--release", "2.1", "--notes"]).out;
    assert!(notes.lines().all(|line| line.starts_with("- FLIP-")) && notes.lines().count() > 5, "{notes}");
    for format in ["markdown", "confluence", "html"] {
        let text = desk.runs(0, &["index", "--format", format]).out;
        assert!(text.replace("<strong>", "").contains("Next FLIP Number: 608"), "{format}");
        if format != "markdown" {
            let inner =
                text.split_once("<body>").map_or(text.as_str(), |(_, rest)| rest.split_once("</body>").unwrap().0);
            quorate_markup(inner);
        }
    }
}

/// That a text is markup that any reader of XML takes.
fn quorate_markup(text: &str) {
    let opened = text.matches("<t").count() + text.matches("<h2").count() + text.matches("<a ").count();
    let closed = text.matches("</t").count() + text.matches("</h2").count() + text.matches("</a>").count();
    assert_eq!(opened, closed);
}
