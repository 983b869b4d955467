// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry and a wiki, against the stand-in for Confluence, which keeps versions, labels
//! and children as the real one does.

use quorate::rehearsal::stand_ins::{Fault, FaultKind, Faults, StandIns, confluence};
use serde_json::{Value, json};

use super::{Desk, THREAD, texts};
use crate::user::Ran;

struct Wiki {
    desk: Desk,
    stand_ins: StandIns,
    faults: Faults,
}

impl Wiki {
    /// A registry with two proposals, and a wiki with their parent page, `1`.
    fn new() -> Self {
        let desk = Desk::begun();
        for title in ["Stop jobs", "Start jobs"] {
            desk.runs(0, &["new", title]);
        }
        let faults = Faults::default();
        let page = json!({"id": 1, "space": "FLINK", "title": "Proposals", "parent": null, "body": "", "version": 1, "labels": []});
        desk.put("wiki/confluence.json", &json!({"pages": [page]}).to_string());
        let stand_ins = StandIns::start(&desk.path("wiki"), 0, faults.clone()).unwrap();
        Self { desk, stand_ins, faults }
    }

    fn sync(&self, code: i32, arguments: &[&str]) -> Ran {
        let url = self.stand_ins.base("confluence");
        let all = [&["sync", "--confluence", &url, "--space", "FLINK", "--parent", "1"], arguments].concat();
        let mut command = self.desk.command("r", &all);
        let ran = Ran::of(command.env("QUORATE_CONFLUENCE_TOKEN", confluence::WRITER).output().unwrap());
        assert_eq!(ran.code, code, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains(confluence::WRITER));
        ran
    }

    /// The wiki's state, as it keeps it.
    fn pages(&self) -> Vec<Value> {
        let state: Value = serde_json::from_str(&self.desk.read("wiki/confluence.json")).unwrap();
        state["pages"].as_array().unwrap().iter().skip(1).cloned().collect()
    }

    /// Changes the wiki as a person does: a page's body, its next version.
    fn edit(&mut self, at: usize, change: impl Fn(&mut Value)) {
        let mut state: Value = serde_json::from_str(&self.desk.read("wiki/confluence.json")).unwrap();
        let page = &mut state["pages"][at + 1];
        change(page);
        page["version"] = json!(page["version"].as_u64().unwrap() + 1);
        self.desk.put("wiki/confluence.json", &state.to_string());
        self.stand_ins = StandIns::start(&self.desk.path("wiki"), 0, self.faults.clone()).unwrap();
    }
}

fn replace(page: &mut Value, field: &str, from: &str, to: &str) {
    let text = page[field].as_str().unwrap().to_owned();
    assert!(text.contains(from), "{text}");
    page[field] = json!(text.replacen(from, to, 1));
}

#[test]
fn pages_are_made_there_and_changes_go_both_ways() {
    let mut wiki = Wiki::new();
    let shown = wiki.sync(0, &[]);
    assert!(
        shown.out.contains("FLIP-1, new there: FLIP-1: Stop jobs") && shown.err.contains("--execute writes it"),
        "{}",
        shown.out
    );
    assert!(wiki.pages().is_empty());
    wiki.sync(0, &["--execute"]);
    let pages = wiki.pages();
    assert_eq!(
        (texts(&json!(pages), "title").join(" "), pages[0]["labels"].clone()),
        ("FLIP-1: Stop jobs FLIP-2: Start jobs".to_owned(), json!(["draft"]))
    );
    assert!(wiki.sync(0, &["--execute"]).err.contains("Nothing is to be written"), "twice is once");

    wiki.desk.runs(0, &["set", "1", "--state", "discussion", "--discussion", THREAD]);
    wiki.edit(1, |page| {
        replace(page, "body", "<th>Release</th><td><br/></td>", "<th>Release</th><td>2.4</td>");
        page["labels"] = json!(["draft", "sql"]);
    });
    let shown = wiki.sync(0, &[]);
    for line in ["FLIP-1, there (page ", "+ discussion", "FLIP-2, here (flips/FLIP-0002.md)", "+ 2.4"] {
        assert!(shown.out.contains(line), "{line}: {}", shown.out);
    }
    wiki.sync(0, &["--execute"]);
    let pages = wiki.pages();
    assert!(
        pages[0]["body"].as_str().unwrap().contains(THREAD) && pages[0]["labels"] == json!(["discussion"]),
        "{pages:?}"
    );
    assert!(wiki.desk.read("r/flips/FLIP-0002.md").contains("release: \"2.4\""));
    assert_eq!(pages[1]["labels"], json!(["draft", "sql"]), "a label that is no state stays");
    assert_eq!(wiki.desk.git("r", &["status", "--porcelain"]), "");
}

#[test]
fn what_both_changed_is_shown_and_written_on_neither() {
    let mut wiki = Wiki::new();
    wiki.sync(0, &["--execute"]);
    wiki.desk.runs(0, &["set", "1", "--release", "2.4"]);
    wiki.edit(0, |page| replace(page, "body", "<th>Release</th><td><br/></td>", "<th>Release</th><td>2.5</td>"));
    for _ in 0..2 {
        let ran = wiki.sync(5, &["--execute"]);
        for line in ["FLIP-1: changed on both sides", "here      2.4", "there     2.5"] {
            assert!(ran.out.contains(line), "{line}: {}", ran.out);
        }
        assert!(wiki.desk.read("r/flips/FLIP-0001.md").contains("release: \"2.4\""));
        assert!(wiki.pages()[0]["body"].as_str().unwrap().contains("<td>2.5</td>"));
    }
    // somebody decides
    wiki.desk.runs(0, &["set", "1", "--release", "2.5"]);
    wiki.sync(0, &["--execute"]);
    assert!(wiki.sync(0, &["--json"]).json()["conflicts"].as_array().unwrap().is_empty());
    // what both sides say now is where the next change begins
    wiki.edit(0, |page| replace(page, "body", "<td>2.5</td>", "<td>2.6</td>"));
    wiki.sync(0, &["--execute"]);
    assert!(wiki.desk.read("r/flips/FLIP-0001.md").contains("release: \"2.6\""));
}

#[test]
fn what_cannot_be_so_there_is_named_and_not_taken_over() {
    let mut wiki = Wiki::new();
    wiki.sync(0, &["--execute"]);
    wiki.edit(0, |page| {
        replace(page, "title", "FLIP-1: Stop jobs", "Stop jobs (draft, do not read)");
        replace(page, "body", "<th>JIRA</th><td><br/></td>", "<th>JIRA</th><td>see the umbrella ticket</td>");
        page["labels"] = json!(["accepted"]);
    });
    let ran = wiki.sync(1, &["--execute"]);
    for said in [
        "its title there, `Stop jobs (draft, do not read)`, does not name FLIP-1",
        "`see the umbrella ticket` is no issue of FLINK",
        "it is `accepted` there, and by what is known here there is no link to the vote thread",
        "no tally of the vote",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let page = wiki.desk.read("r/flips/FLIP-0001.md");
    assert!(page.contains("title: \"FLIP-1: Stop jobs\"") && !page.contains("umbrella"), "{page}");
    assert!(page.contains("state: accepted"), "a label is the wiki's to put; the lint goes on naming it: {page}");
    assert!(!wiki.desk.errors().is_empty());
}

#[test]
fn a_page_that_is_wrong_there_is_named_and_left_alone() {
    let mut wiki = Wiki::new();
    wiki.sync(0, &["--execute"]);
    wiki.desk.runs(0, &["set", "1", "--release", "2.4"]);
    wiki.edit(0, |page| {
        page["body"] = json!("<p>The table is gone.</p>");
        page["labels"] = json!([]);
    });
    wiki.edit(1, |page| {
        replace(
            page,
            "body",
            "<th>Vote thread</th><td><br/></td>",
            "<th>Vote thread</th><td>soon, see </b the <list</td>",
        );
        page["labels"] = json!(["accepted", "released"]);
    });
    let ran = wiki.sync(1, &["--execute"]);
    for line in [
        "has no table with `Discussion thread`",
        "no label says its state",
        "release is `2.4` here and has no place there",
        "its labels say several states: accepted, released",
    ] {
        assert!(ran.err.contains(line), "{line}: {}", ran.err);
    }
    assert_eq!(wiki.pages()[0]["body"], "<p>The table is gone.</p>");
    assert_eq!(wiki.pages()[0]["labels"], json!(["draft"]), "the label that was missing is put there");
    assert_eq!(wiki.pages()[1]["labels"], json!(["accepted", "released"]));
}

#[test]
fn pages_that_are_only_there_are_made_here_and_many_come_in_pieces() {
    let wiki = Wiki::new();
    let row = "<table><tbody><tr><th>JIRA</th><td>FLINK-7</td></tr></tbody></table>";
    let page = |id: u64, title: String| json!({"id": id, "space": "FLINK", "title": title, "parent": 1, "body": row, "version": 3, "labels": ["accepted"]});
    let mut pages = vec![
        json!({"id": 1, "space": "FLINK", "title": "Proposals", "parent": null, "body": "", "version": 1, "labels": []}),
    ];
    pages.extend((3..=120).map(|number| page(number, format!("FLIP-{number}: Proposal"))));
    pages.push(page(500, "How to write one".to_owned()));
    pages.push(page(501, "FLIP-7 again".to_owned()));
    wiki.desk.put("wiki/confluence.json", &json!({"pages": pages}).to_string());
    let wiki = Wiki { stand_ins: StandIns::start(&wiki.desk.path("wiki"), 0, Faults::default()).unwrap(), ..wiki };
    let ran = wiki.sync(1, &["--from-confluence", "--execute"]);
    assert!(ran.err.contains("`How to write one` is no title of a FLIP"), "{}", ran.err);
    let listed = wiki.desk.runs(0, &["list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2 + 118, "a second page of one number is named, and not made");
    assert!(ran.err.contains("`FLIP-7 again`, holds its number too, and is not made here"), "{}", ran.err);
    assert!(wiki.desk.read("r/flips/FLIP-0120.md").contains("jira: FLINK-7"));
    assert!(!wiki.desk.errors().contains(&"number-twice".to_owned()));
    assert_eq!(wiki.pages().len(), 120, "nothing was written there");
}

#[test]
fn a_version_that_another_one_took_is_read_anew_and_what_fails_says_so() {
    let wiki = Wiki::new();
    wiki.sync(0, &["--execute"]);
    let conflict = |times| Fault {
        method: Some("PUT".to_owned()),
        path: "/rest/api/content/".to_owned(),
        after: 0,
        times,
        kind: FaultKind::Status {
            status: 409,
            body: "{\"statusCode\":409,\"message\":\"Version must be incremented on update\"}".to_owned(),
            retry_after: None,
        },
    };
    wiki.desk.runs(0, &["set", "1", "--release", "2.4"]);
    wiki.faults.add(conflict(1));
    wiki.sync(0, &["--to-confluence", "--execute"]);
    assert!(wiki.pages()[0]["body"].as_str().unwrap().contains("<td>2.4</td>"));
    wiki.desk.runs(0, &["set", "1", "--release", "2.5"]);
    wiki.faults.add(conflict(3));
    let ran = wiki.sync(5, &["--to-confluence", "--execute"]);
    assert!(ran.err.contains("was changed meanwhile"), "{}", ran.err);
    let mut command = wiki.desk.command(
        "r",
        &["sync", "--confluence", &wiki.stand_ins.base("confluence"), "--space", "FLINK", "--parent", "1", "--execute"],
    );
    let ran = Ran::of(command.env("QUORATE_CONFLUENCE_TOKEN", "wrong").output().unwrap());
    assert!(ran.code == 4 && ran.err.contains("log in"), "{}", ran.err);
    let ran = Ran::of(
        wiki.desk
            .command("r", &["sync", "--confluence", "http://example.org/x", "--space", "F", "--parent", "1"])
            .output()
            .unwrap(),
    );
    assert!(ran.code == 2 && ran.err.contains("expected https"), "{}", ran.err);
}

#[test]
fn texts_that_differ_are_named_and_stay_on_both_sides() {
    let mut wiki = Wiki::new();
    wiki.sync(0, &["--execute"]);
    assert!(!wiki.sync(0, &[]).out.contains("other words"), "a page that was made there has the same text");
    wiki.edit(0, |page| {
        let body = page["body"].as_str().unwrap().replace("</table>", "</table><p>Written there.</p>");
        page["body"] = json!(body);
    });
    let here = wiki.desk.read("r/flips/FLIP-0001.md");
    let ran = wiki.sync(0, &["--execute"]);
    assert!(ran.out.contains("FLIP-1: the text there has other words than flips/FLIP-0001.md"), "{}", ran.out);
    assert_eq!(wiki.sync(0, &["--json"]).json()["texts_differ"], json!(["FLIP-1"]));
    assert_eq!(wiki.desk.read("r/flips/FLIP-0001.md"), here);
    assert!(wiki.pages()[0]["body"].as_str().unwrap().contains("Written there."));
}
