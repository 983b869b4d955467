// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A proposal's life, on evidence.

use quorate::rehearsal::stand_ins::{Faults, StandIns};
use serde_json::json;

use super::{Desk, THREAD, VOTE};

#[test]
fn a_proposal_goes_from_draft_to_released_on_its_evidence() {
    let desk = Desk::begun();
    let lacks = |arguments: &[&str], says: &str| {
        let ran = desk.runs(1, &[&["set", "1", "--offline"], arguments].concat());
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    };
    let sets = |arguments: &[&str]| desk.runs(0, &[&["set", "FLIP-1", "--offline"], arguments].concat());
    desk.runs(0, &["new", "Stop jobs gracefully"]);
    desk.runs(0, &["index", "--write"]);
    lacks(&["--state", "accepted"], "after that come discussion, withdrawn, superseded, and not `accepted`");
    lacks(&["--state", "discussion"], "no link to the discussion thread");
    sets(&["--state", "under discussion", "--discussion", THREAD]);
    lacks(&["--state", "vote"], "no link to the vote thread");
    sets(&["--state", "vote", "--vote", VOTE]);
    lacks(&["--state", "accepted"], "no tally of the vote");
    let tally = |outcome: &str| {
        let text = json!({"action": "flip", "outcome": outcome, "rule": "consensus"}).to_string();
        desk.put("tally.json", &text).display().to_string()
    };
    lacks(&["--state", "accepted", "--tally", &tally("failed")], "the vote is failed; expected passed");
    sets(&["--state", "accepted", "--tally", &tally("passed")]);
    assert_eq!(desk.read("r/tallies/FLIP-0001.json"), desk.read("tally.json"));
    lacks(&["--state", "released"], "no issue: --jira KEY");
    sets(&["--state", "released", "--jira", "FLINK-1", "--release", "2.4.0"]);
    assert!(desk.runs(0, &["set", "1", "--offline", "--release", "2.4.0"]).err.contains("All of it is so already"));
    assert!(desk.read("r/INDEX.md").contains("## Released (1)"), "the index follows");
    assert_eq!(desk.errors(), [""; 0]);
    // the evidence is what is so
    desk.put("r/tallies/FLIP-0001.json", "{\"action\": \"flip\", \"outcome\": \"failed\"}");
    assert_eq!(desk.errors(), ["vote-not-passed"]);
    desk.put("r/tallies/FLIP-0001.json", "soon");
    assert_eq!(desk.errors(), ["tally-unreadable"]);
}

#[test]
fn evidence_of_another_proposal_is_refused() {
    let desk = Desk::begun();
    for title in ["A", "B", "C"] {
        desk.runs(0, &["new", title]);
    }
    desk.runs(0, &["set", "1", "--vote", VOTE]);
    let ran = desk.runs(5, &["set", "2", "--vote", VOTE]);
    assert!(ran.err.contains("that is the vote of FLIP-1, by flips/FLIP-0001.md:"), "{}", ran.err);
    desk.runs(0, &["set", "2", "--vote", VOTE, "--shared"]);
    for (arguments, says) in [
        (&["--discussion", "https://lists.apache.org/thread/short"][..], "an id has 32"),
        (&["--discussion", "dev@flink.apache.org"], "is no address"),
        (&["--vote", "http://x.nabble.com/VOTE-td1.html"], "an archive that is gone"),
        (&["--state", "done"], "there is no state `done`"),
        (&[], "nothing is to be set"),
        (&["--tally", "none.json"], "cannot read none.json"),
        (&["--why", "{% x %}"], "--why has `{%` in it"),
    ] {
        let ran = desk.runs(2, &[&["set", "3"], arguments].concat());
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
    let ran = desk.runs(1, &["set", "3", "--state", "superseded", "--superseded-by", "9"]);
    assert!(ran.err.contains("there is no FLIP-9"), "{}", ran.err);
    desk.runs(0, &["set", "3", "--state", "superseded", "--superseded-by", "1"]);
    desk.runs(0, &["set", "2", "--state", "released", "--correct", "--why", "it came with 1.2"]);
}

#[test]
fn an_issue_is_asked_for_at_the_tracker() {
    let desk = Desk::begun();
    desk.put("stand-ins/jira.json", &crate::tree::text("tests/conformance/state/jira.json".as_ref()));
    let stand_ins = StandIns::start(&desk.path("stand-ins"), 0, Faults::default()).unwrap();
    let tracker = stand_ins.base("jira");
    desk.runs(0, &["new", "A"]);
    let ran = desk.runs(1, &["set", "1", "--jira", "FLINK-99999", "--tracker", &tracker]);
    assert!(ran.err.contains("shows no issue FLINK-99999") && ran.err.contains("nothing was written"), "{}", ran.err);
    drop(stand_ins);
    let ran = desk.runs(4, &["set", "1", "--jira", "FLINK-1", "--tracker", &tracker]);
    assert!(ran.err.contains("or --offline"), "{}", ran.err);
    desk.runs(0, &["set", "1", "--jira", "FLINK-1", "--offline"]);
}

#[test]
fn a_page_without_a_number_gets_one_later_and_everything_else_on_it_stays() {
    let desk = Desk::begun();
    for _ in 0..2 {
        desk.runs(0, &["new", "Stop jobs", "--unnumbered"]);
    }
    let page = desk.read("r/flips/FLIP-XXX-stop-jobs.md") + "\nMine, with FLIP-XXX in it.\n";
    desk.put("r/flips/FLIP-XXX-stop-jobs.md", &page);
    let ran = desk.runs(0, &["number", "FLIP-XXX-stop-jobs", "--json"]).json();
    assert_eq!((ran["number"].as_u64(), ran["place"].as_str()), (Some(1), Some("flips/FLIP-0001.md")));
    let expected = page
        .replacen("---\n", "---\nnumber: 1\n", 1)
        .replacen("title: \"FLIP-XXX: Stop jobs\"", "title: \"FLIP-1: Stop jobs\"", 1)
        .replacen("# FLIP-XXX: Stop jobs", "# FLIP-1: Stop jobs", 1);
    assert_eq!(desk.read("r/flips/FLIP-0001.md"), expected);
    assert!(!desk.path("r/flips/FLIP-XXX-stop-jobs.md").exists());
    // what somebody wrote and did not commit stays so
    assert_eq!(desk.git("r", &["status", "--porcelain"]), " M flips/FLIP-0001.md\n");
    let committed = desk.git("r", &["show", "HEAD:flips/FLIP-0001.md"]);
    assert_eq!(committed, expected.replace("\nMine, with FLIP-XXX in it.\n", ""));
    let ran = desk.runs(2, &["number", "1"]);
    assert!(ran.err.contains("has a number already") && ran.err.contains("FLIP-XXX-stop-jobs-2"), "{}", ran.err);
}

#[test]
fn a_tally_is_of_the_pages_own_vote_and_says_what_its_votes_come_to() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    desk.runs(0, &["set", "1", "--state", "discussion", "--discussion", THREAD]);
    desk.runs(0, &["set", "1", "--state", "vote", "--vote", VOTE]);
    let votes = |count| vec![json!({"value": "+1", "binding": true}); count];
    let tally = |more: serde_json::Value| {
        let mut text = json!({"action": "flip", "outcome": "passed", "rule": "consensus"});
        text.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        desk.put("tally.json", &text.to_string()).display().to_string()
    };
    for (more, says) in [
        (json!({"thread": THREAD, "votes": votes(3)}), "it is of the thread"),
        (json!({"subject": "[VOTE] FLIP-3: Greet", "votes": votes(3)}), "it is of the vote `[VOTE] FLIP-3: Greet`"),
        (json!({"votes": []}), "it says that the vote passed, and has no vote"),
        (json!({"votes": votes(2)}), "with 2 binding +1 and 0 -1 the vote has failed"),
    ] {
        for state in [&["--state", "accepted"][..], &[]] {
            let ran = desk.runs(1, &[&["set", "1", "--tally", &tally(more.clone())], state].concat());
            assert!(ran.err.contains(says), "{more}: {}", ran.err);
        }
    }
    desk.runs(0, &["set", "1", "--state", "accepted", "--tally", &tally(json!({"thread": VOTE, "votes": votes(3)}))]);
    let ran = desk.runs(0, &["set", "1", "--tally", &tally(json!({"thread": VOTE, "votes": votes(4)}))]);
    let shown = "FLIP-1 tally: passed, 3 binding +1, 0 -1 -> passed, 4 binding +1, 0 -1";
    assert!(ran.out.contains(shown), "{}", ran.out);
    assert_eq!(desk.git("r", &["log", "-1", "--format=%s"]), "FLIP-1: tally passed, 4 binding +1, 0 -1\n");
    assert_eq!(desk.errors(), [""; 0]);
    desk.put("r/tallies/FLIP-0001.json", &json!({"action": "flip", "outcome": "passed", "thread": THREAD}).to_string());
    assert_eq!(desk.errors(), ["tally-of-another"]);
}

#[test]
fn what_is_set_is_what_the_lint_takes_and_can_be_taken_off() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    desk.runs(0, &["set", "1", "--state", "discussion", "--discussion", THREAD]);
    let ran = desk.runs(2, &["set", "1", "--state", "vote", "--vote", THREAD]);
    assert!(ran.err.contains("the vote's thread is that of the discussion"), "{}", ran.err);
    let ran = desk.runs(2, &["set", "1", "--release", "abc"]);
    assert!(ran.err.contains("`abc` is no version"), "{}", ran.err);
    let ran = desk.runs(2, &["set", "1", "--release", ""]);
    assert!(ran.err.contains("--unset release takes it off"), "{}", ran.err);
    desk.runs(0, &["set", "1", "--release", "2.4, 2.5"]);
    desk.runs(0, &["set", "1", "--unset", "release"]);
    assert!(desk.read("r/flips/FLIP-0001.md").contains("release: \"\"\n"), "{}", desk.read("r/flips/FLIP-0001.md"));
    let ran = desk.runs(1, &["set", "1", "--unset", "discussion"]);
    assert!(ran.err.contains("FLIP-1 is `discussion`, and would have no link"), "{}", ran.err);
    // taken back, and taken up again
    desk.runs(0, &["set", "1", "--state", "withdrawn", "--why", "no time"]);
    desk.runs(0, &["set", "1", "--state", "discussion"]);
    assert!(!desk.read("r/flips/FLIP-0001.md").contains("no time"));
}

#[test]
fn what_was_not_pushed_is_pushed_the_next_time() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    desk.git(".", &["clone", "-q", "--bare", "r", "remote.git"]);
    desk.git("r", &["remote", "add", "origin", "../remote.git"]);
    desk.git("r", &["fetch", "-q", "origin"]);
    assert!(desk.runs(0, &["set", "1", "--component", "Zed"]).err.contains("not pushed"));
    let ran = desk.runs(0, &["set", "1", "--component", "Zed", "--push"]);
    assert!(ran.err.contains("All of it is so already") && ran.err.contains("is at origin"), "{}", ran.err);
    assert_eq!(desk.git("r", &["rev-parse", "HEAD"]), desk.git("remote.git", &["rev-parse", "main"]));
    let json = desk.runs(0, &["set", "1", "--component", "Zed", "--push", "--json"]).json();
    assert!(json["commit"].is_null() && json["pushed"] == "origin", "{json}");
}

#[test]
fn the_notes_of_a_version_name_what_was_accepted() {
    let desk = Desk::begun();
    for title in ["A", "B"] {
        desk.runs(0, &["new", title]);
        desk.runs(0, &["set", if title == "A" { "1" } else { "2" }, "--release", "2.4"]);
    }
    desk.runs(0, &["set", "1", "--state", "released", "--correct", "--why", "It came with it."]);
    let ran = desk.runs(0, &["list", "--release", "2.4", "--notes"]);
    assert_eq!(ran.out, "- FLIP-1: A\n");
    assert!(ran.err.contains("FLIP-2 is draft: it is not in the notes"), "{}", ran.err);
}

#[test]
fn what_the_lint_would_call_an_error_is_not_set() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    desk.runs(0, &["new", "B"]);
    for key in ["KAFKA-12", "nonsense", "FLINK-x"] {
        let refused = desk.runs(2, &["set", "1", "--jira", key, "--offline"]);
        assert!(refused.err.contains("expected FLINK-1234"), "{}", refused.err);
    }
    desk.runs(0, &["set", "1", "--state", "superseded", "--superseded-by", "2"]);
    let ring = desk.runs(2, &["set", "2", "--state", "superseded", "--superseded-by", "FLIP-1"]);
    assert!(ring.err.contains("superseded by this"), "{}", ring.err);
    let page = desk.read("r/flips/FLIP-0002.md");
    desk.put("r/flips/FLIP-0002.md", &page.replace("state: draft\n", "state: superseded\nsuperseded-by: 1\n"));
    assert_eq!(desk.errors(), ["successor", "successor"]);
}
