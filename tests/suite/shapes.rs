// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The shapes of the program's JSON, field by field, as scripts rely on them.

use serde_json::Value;

const STEP_STATES: [&str; 8] = ["waiting", "ready", "interrupted", "done", "attested", "skipped", "failed", "conflict"];
const CHECK_STATES: [&str; 4] = ["holds", "attested", "open", "failed"];
const PHASE_STATES: [&str; 4] = ["waiting", "active", "done", "passed-over"];

/// What `status --json` prints.
pub fn status(value: &Value) {
    let more = ["cancelled_candidates", "rehearsal", "completed", "vote"];
    keys(value, &[&["product", "version", "candidate", "phase", "phases", "next"], &more[..]].concat());
    text(&value["product"]);
    text(&value["version"]);
    assert!(value["candidate"].as_u64().is_some_and(|number| number >= 1));
    assert!(value["phase"].is_null() || value["phase"].is_string());
    assert!(value["rehearsal"].is_boolean() && value["completed"].is_boolean());
    phases(&value["phases"]);
    next(value);
    if !value["vote"].is_null() {
        keys(&value["vote"], &["read", "outcome", "closes", "binding", "non_binding", "review", "missing"]);
        for totals in ["binding", "non_binding"] {
            keys(&value["vote"][totals], &["plus", "zero", "minus"]);
        }
    }
}

/// What `plan --json` prints.
pub fn plan(value: &Value) {
    keys(value, &["plan", "items"]);
    let plan = &value["plan"];
    keys(plan, &["candidate", "phase", "phases", "next"]);
    phases(&plan["phases"]);
    next(plan);
    let items = value["items"].as_array().unwrap();
    let ids: Vec<&Value> = ids(plan);
    assert_eq!(items.iter().map(|item| &item["id"]).collect::<Vec<_>>(), ids, "an item for each step and check");
    for item in items {
        let fields =
            ["phase", "effect", "who", "guide", "summary", "commands", "question", "note", "warnings", "document"];
        keys(item, &[&["id", "title"], &fields[..]].concat());
        for field in ["id", "title", "phase", "guide", "summary", "question"] {
            assert!(item[field].is_string(), "{field}: {item}");
        }
        one_of(&item["note"], &["text", "link", "links"]);
        for warning in item["warnings"].as_array().unwrap() {
            keys(warning, &["id", "title", "faults"]);
        }
        assert!(item["commands"].as_array().unwrap().iter().all(Value::is_string));
    }
}

/// What `log --json` prints.
pub fn log(value: &Value) {
    let entries = value.as_array().unwrap();
    for (number, entry) in entries.iter().enumerate() {
        keys(entry, &["seq", "at", "who", "candidate", "step", "event", "data"]);
        assert_eq!(entry["seq"], number);
        assert!(text(&entry["at"]).parse::<jiff::Timestamp>().is_ok() && text(&entry["at"]).ends_with('Z'));
        text(&entry["who"]);
        text(&entry["event"]);
        assert!(entry["step"].is_null() || entry["step"].is_string());
        assert!(entry["candidate"].is_u64() && entry["data"].is_object());
    }
}

fn phases(value: &Value) {
    for phase in value.as_array().unwrap() {
        keys(phase, &["id", "title", "state", "steps", "checks"]);
        one_of(&phase["state"], &PHASE_STATES);
        text(&phase["title"]);
        for step in phase["steps"].as_array().unwrap() {
            let more = ["automated", "optional", "until"];
            keys(step, &[&["id", "title", "state", "effect", "who", "detail"], &more[..]].concat());
            text(&step["id"]);
            text(&step["title"]);
            one_of(&step["state"], &STEP_STATES);
            one_of(&step["effect"], &["local", "shared", "public"]);
            one_of(&step["who"], &["release-manager", "pmc-member", "committer"]);
            assert!(step["detail"].is_string() && step["automated"].is_boolean() && step["optional"].is_boolean());
            assert!(step["until"].is_null() || text(&step["until"]).parse::<jiff::Timestamp>().is_ok());
        }
        for check in phase["checks"].as_array().unwrap() {
            keys(check, &["id", "title", "state", "probed", "optional", "detail"]);
            one_of(&check["state"], &CHECK_STATES);
            assert!(check["detail"].is_string() && check["probed"].is_boolean() && check["optional"].is_boolean());
        }
    }
}

/// `next` names steps and checks that there are.
fn next(value: &Value) {
    let ids = ids(value);
    for next in value["next"].as_array().unwrap() {
        assert!(ids.contains(&next), "{next}");
    }
}

fn ids(value: &Value) -> Vec<&Value> {
    let phases = value["phases"].as_array().unwrap().iter();
    phases
        .flat_map(|phase| ["steps", "checks"].map(|part| phase[part].as_array().unwrap()))
        .flatten()
        .map(|item| &item["id"])
        .collect()
}

fn keys(value: &Value, expected: &[&str]) {
    let mut found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn text(value: &Value) -> &str {
    value.as_str().filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("no text: {value}"))
}

fn one_of(value: &Value, known: &[&str]) {
    assert!(known.contains(&text(value)), "{value} is none of {known:?}");
}
