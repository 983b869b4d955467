// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What comes of each step when Nexus goes wrong: each row is a fault, the table says how
//! the step ends and how the truth stands then.

use super::tests::Bench;
use super::*;
use crate::actions::failures::with_causes;
use crate::engine::{Action, Probed};
use crate::rehearsal::stand_ins::{Fault, FaultKind};

fn status(status: u16, retry_after: Option<u32>, body: &str) -> FaultKind {
    FaultKind::Status { status, retry_after, body: body.to_owned() }
}

const SAYS_NO: &str = r#"{"errors":[{"id":"*","msg":"not now"}]}"#;

/// What is expected of a write that a fault befalls once: whether the step ends well, else
/// what it says; and whether it was done.
struct Row {
    kind: FaultKind,
    says: Option<&'static str>,
    done: bool,
}

fn rows() -> Vec<Row> {
    let row = |kind, says, done| Row { kind, says, done };
    vec![
        row(status(401, None, ""), Some("401 Unauthorized"), false),
        row(status(403, None, ""), Some("403 Forbidden"), false),
        row(status(404, None, SAYS_NO), Some("404 Not Found"), false),
        row(status(409, None, SAYS_NO), Some("409 Conflict"), false),
        row(status(422, None, SAYS_NO), Some("422 Unprocessable Entity to"), false),
        row(status(429, Some(0), ""), None, true),
        row(status(429, Some(3600), ""), Some("429 Too Many Requests"), false),
        row(status(500, None, SAYS_NO), Some("500 Internal Server Error"), false),
        row(status(503, None, "<h1>Down</h1>"), Some("Down"), false),
        row(FaultKind::Redirect("http://example.org/".to_owned()), Some("it is not https"), false),
        row(FaultKind::Page, Some("and does not show it"), false),
        row(FaultKind::Endless, Some("more than 1000000 bytes"), false),
        row(FaultKind::CutBefore, Some("no answer of Nexus"), false),
        // done, and nobody was told: the truth is asked
        row(FaultKind::CutAfter, None, true),
        row(FaultKind::Truncated, None, true),
    ]
}

/// Runs `action` with each fault at the write whose path holds `path`; after one that
/// stops it, it is run again and ends well.
fn withstands(bench: &Bench, path: &str, row: &Row, action: &dyn Action<Services>) {
    let named = format!("{path} {:?}", row.kind);
    bench.faults.add(Fault::once("POST", path, row.kind.clone()));
    let acted = action.act(&bench.cx());
    assert!(bench.faults.are_spent(), "{named}");
    match (row.says, &acted) {
        (None, Ok(_)) => {}
        (Some(words), Err(error)) => {
            let text = with_causes(error);
            assert!(text.contains(words), "{named}: {text}");
            assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{named}: no hint");
            assert!(!text.contains("rehearsal-of-nexus"), "{named}: {text}");
        }
        (expected, acted) => panic!("{named}: {acted:?}, expected {expected:?}"),
    }
    let probed = action.probe(&bench.cx()).unwrap();
    assert_eq!(matches!(probed, Probed::Done(_)), row.done, "{named}: {probed:?}");
    if !row.done {
        assert_eq!(probed, Probed::Absent, "{named}");
        action.act(&bench.cx()).unwrap_or_else(|error| panic!("{named}: again: {error}"));
    }
}

#[test]
fn closing_withstands_every_fault() {
    for row in rows() {
        let bench = Bench::new();
        let id = bench.uploaded();
        withstands(&bench, "/bulk/close", &row, &bench.close(&id));
    }
}

#[test]
fn releasing_withstands_every_fault_and_happens_once() {
    for row in rows() {
        let bench = Bench::new();
        let closed = bench.closed();
        withstands(&bench, "/bulk/promote", &row, &bench.release(&closed));
        let activity = bench.nexus().activity(closed["repository"].as_str().unwrap()).unwrap();
        assert_eq!(activity.iter().filter(|one| one.name == "release").count(), 1, "{:?}", row.kind);
    }
}

#[test]
fn dropping_withstands_every_fault() {
    for row in rows() {
        let bench = Bench::new();
        let id = bench.uploaded();
        let others = bench.listed().len() - 1;
        withstands(&bench, "/bulk/drop", &row, &bench.drop(&id));
        assert_eq!(bench.listed().len(), others, "{:?}", row.kind);
    }
}

#[test]
fn an_upload_with_a_fault_is_never_called_done_and_is_made_again_whole() {
    for row in rows() {
        let bench = Bench::new();
        let deploy = bench.deploy();
        bench.faults.add(Fault { after: 7, ..Fault::once("PUT", "/deploy/maven2", row.kind.clone()) });
        let acted = deploy.act(&bench.cx());
        let named = format!("{:?}", row.kind);
        let goes_well =
            matches!(row.kind, FaultKind::Status { status: 429, retry_after: Some(0), .. } | FaultKind::Page);
        assert_eq!(acted.is_ok(), goes_well, "{named}: {acted:?}");
        if !goes_well {
            assert_eq!(deploy.probe(&bench.cx()).unwrap(), Probed::Absent, "{named}");
            let again = deploy.act(&bench.cx()).unwrap_or_else(|error| panic!("{named}: again: {error}"));
            assert_eq!(again["repository"], "orgapachegreeter-1005", "{named}");
            assert_eq!(bench.listed().len(), 4, "{named}: what was left is dropped");
        } else if row.kind == FaultKind::Page {
            // a login page in the place of an answer: a file is missing, and the review says which
            let id = acted.unwrap()["repository"].as_str().unwrap().to_owned();
            assert!(
                bench.review(&id).act(&bench.cx()).is_err() || bench.close(&id).act(&bench.cx()).is_err(),
                "{named}"
            );
        }
    }
}

/// What reads ends in an error, never in "not there", and passes when the fault has passed.
#[test]
fn asking_is_never_taken_for_an_answer() {
    let bench = Bench::new();
    let closed = bench.closed();
    let id = closed["repository"].as_str().unwrap().to_owned();
    let (close, release, drop) = (bench.close(&id), bench.release(&closed), bench.drop(&id));
    let asks: [(&str, &dyn Action<Services>); 4] = [
        ("repository/", &close),
        ("repository/", &release),
        ("repository/", &drop),
        ("profile_repositories", &bench.deploy()),
    ];
    for (path, action) in asks {
        for row in rows() {
            let passes = matches!(
                row.kind,
                FaultKind::CutBefore
                    | FaultKind::CutAfter
                    | FaultKind::Truncated
                    | FaultKind::Status { status: 500 | 503, .. }
                    | FaultKind::Status { retry_after: Some(0), .. }
            );
            let named = format!("{path} {:?}", row.kind);
            bench.faults.add(Fault::once("GET", path, row.kind.clone()));
            match action.probe(&bench.cx()) {
                Ok(Probed::Conflict { found, .. }) => panic!("{named}: {found}"),
                Ok(_) => assert!(passes, "{named} was taken for an answer"),
                Err(error) => assert!(!passes && error.hint().is_some(), "{named}: {error}"),
            }
            assert!(bench.faults.are_spent(), "{named}");
        }
    }
}

#[test]
fn central_is_not_taken_for_serving_what_it_does_not_say() {
    let bench = Bench::new();
    let serves: CentralServes = bench.action(serde_json::json!({"tag": "v1.2.0-rc1"}));
    for (kind, errs) in [
        (status(404, None, ""), false),
        (status(403, None, ""), true),
        (status(429, Some(3600), ""), true),
        (FaultKind::Redirect("http://example.org/".to_owned()), true),
        (status(200, None, "<html><body>Sign in</body></html>"), true),
        (status(200, None, "{}"), true),
    ] {
        bench.faults.add(Fault::once("GET", "/central/", kind.clone()));
        let examined = crate::engine::Probe::examine(&serves, &bench.cx());
        assert_eq!(examined.is_err(), errs, "{kind:?}: {examined:?}");
        assert!(!matches!(examined, Ok(crate::engine::Finding::Holds(_))), "{kind:?}");
    }
}
