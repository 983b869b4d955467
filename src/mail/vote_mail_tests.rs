// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mails of votes by the bylaws, filled in for each kind of approval and outcome:
//! without faults, and as the snapshots show.

use serde_json::{Value, json};

use super::catalogue_tests::render;
use super::{Kind, lint};

fn vote(approval: &str, binding: &str, days: u32) -> Value {
    json!({
        "vote": {
            "name": "flip-7", "title": "FLIP-7: Pause functions", "person": null,
            "about": "Functions can be paused and resumed, one by one or all of a kind, without a loss of the messages that come in meanwhile.\n\n* the state stays where it is\n* the egress is not paused",
            "links": ["https://cwiki.apache.org/confluence/display/FLINK/FLIP-7", "https://lists.apache.org/thread/discussion"],
            "action": {"id": "x", "title": "FLIP (major change)", "approval": approval, "binding": binding, "list": "dev", "exclude_subject": false},
            "bylaws": {"title": "Apache Flink Project Bylaws", "source": "https://cwiki.apache.org/confluence/display/FLINK/Flink+Bylaws"},
            "hours": days * 24,
        },
        "sender": {"name": "Ann Example", "email": "ann@example.org", "list": "dev@flink.apache.org"},
        "mail": {"date": "2026-11-21T09:30:00Z", "message_id": "<m@example.org>", "to": ["dev@flink.apache.org"], "from": "ann@example.org"},
        "steps": {"open": {"link": "https://lists.apache.org/thread/3kx0z0t5tqqxy3jv5b4qpc1c2m5o4dxz"}},
    })
}

fn bare(approval: &str) -> Value {
    let mut values = vote(approval, "pmc", 6);
    values["vote"]["links"] = json!([]);
    values["vote"]["bylaws"]["source"] = json!("");
    values["vote"]["person"] = json!("Dan Example");
    values["vote"]["action"]["exclude_subject"] = json!(true);
    values["steps"]["open"]["link"] = Value::Null;
    values
}

fn with(mut values: Value, name: &str, value: Value) -> Value {
    values[name] = value;
    values
}

fn cast(name: &str, value: &str, binding: bool) -> Value {
    json!({"name": name, "address": "x@example.org", "value": value, "binding": binding, "line": format!("{value}, as I said in the discussion")})
}

fn tally(outcome: &str, votes: Value) -> Value {
    let count = |binding: bool, values: &[&str]| {
        let fits = |vote: &&Value| vote["binding"] == binding && values.contains(&vote["value"].as_str().unwrap());
        votes.as_array().unwrap().iter().filter(fits).count()
    };
    let totals = |binding| json!({"plus": count(binding, &["+1"]), "zero": count(binding, &["0", "+0", "-0"]), "minus": count(binding, &["-1"])});
    json!({
        "outcome": outcome, "binding": totals(true), "non_binding": totals(false), "votes": votes, "review": [], "rulings": [],
        "mails": [{"message_id": "x@example.org", "from": "Bob Example <bob@example.net>", "at": "2026-11-22T09:30:00Z"}],
        "reasons": ["3 binding +1; at least 3 are needed: holds", "no binding veto; there must be none: holds"],
    })
}

fn ballot(binding: Value, verified: Value, more: (&str, &str)) -> Value {
    json!({
        "value": "+1", "binding": binding, "why": more.0, "although": more.1, "verified": verified,
        "subject": "[VOTE] Greeter 1.2.0, release candidate #1",
    })
}

#[test]
fn every_mail_of_a_vote_is_without_faults_and_as_its_snapshot() {
    let three =
        json!([cast("Ann Example", "+1", true), cast("Bob Example", "+1", true), cast("Cleo Example", "+1", true)]);
    let split = json!([
        cast("Ann Example", "+1", true),
        cast("Bob Example", "-1", true),
        cast("", "+0", false),
        cast("Dan Example", "-1", false),
        cast("Eve Example", "+1", false),
        cast("Fay Example", "0", true),
    ]);
    let ruled = json!([{"message_id": "x@example.org", "verdict": "-1 as bob", "why": "Bob told me that it is his."}]);
    let silent = |formal: bool, over: bool| {
        let addresses = if formal { json!(["bob@apache.org"]) } else { json!([]) };
        json!({"ids": ["bob"], "names": ["Bob Example"], "addresses": addresses, "formal": formal, "over": over, "closes": "2026-11-24T09:30:00Z", "voted": over})
    };
    let digest = "0123456789abcdef".repeat(8);
    let verified = |passed: bool| {
        json!({
            "target": "https://dist.apache.org/repos/dist/dev/greeter/greeter-1.2.0-rc1", "passed": passed, "quorate": "0.1.0",
            "fails": if passed { json!([]) } else { json!(["licence-header (greeter-1.2.0-src.tgz: greeter/a.rs): there is none"]) },
            "passes": ["checksum: greeter-1.2.0-src.tgz", "inventory: 1 artifact, 3 files"],
            "warns": ["signature (greeter-1.2.0-src.tgz): good, by a key that ends in 12 days"],
            "skips": ["source-tag: no tag was named by --source-tag"],
            "digests": [{"name": "greeter-1.2.0-src.tgz", "sha512": digest}],
        })
    };
    let flip = || vote("consensus", "committer", 3);
    for (name, kind, values) in [
        ("vote-open", "consensus", flip()),
        ("vote-open", "majority", bare("lazy-majority")),
        ("vote-open", "two-thirds", vote("two-thirds-majority", "pmc", 6)),
        ("vote-open", "lazy", bare("lazy-approval")),
        ("vote-remind", "early", with(flip(), "silent", silent(false, false))),
        ("vote-remind", "late", with(flip(), "silent", silent(false, true))),
        ("vote-remind", "formal", with(vote("two-thirds-majority", "pmc", 6), "silent", silent(true, true))),
        ("vote-result", "unanimous", with(flip(), "tally", tally("passed", three))),
        ("vote-result", "split", with(bare("consensus"), "tally", with(tally("failed", split), "rulings", ruled))),
        ("vote-result", "nobody", with(flip(), "tally", tally("failed", json!([])))),
        ("vote-cancel", "plain", with(flip(), "why", json!("The page has the wrong interface."))),
        ("vote-cast", "verified", with(flip(), "ballot", ballot(json!(true), verified(true), ("Nice work.", "")))),
        (
            "vote-cast",
            "although",
            with(flip(), "ballot", ballot(json!(false), verified(false), ("", "the file is generated"))),
        ),
        ("vote-cast", "plain", with(flip(), "ballot", ballot(Value::Null, Value::Null, ("", "")))),
    ] {
        let draft = render(name, &values);
        assert_eq!(lint(&draft, Kind::Discussion), [], "{name}, {kind}:\n{}", draft.body);
        assert!(draft.body.ends_with('\n') && !draft.body.contains("\n\n\n"), "{name}, {kind}:\n{}", draft.body);
        insta::assert_snapshot!(format!("{name}-{kind}"), format!("Subject: {}\n\n{}", draft.subject, draft.body));
    }
}

#[test]
fn unanimously_is_said_only_where_it_is_so() {
    let said = |outcome: &str, votes: Value| {
        let values = with(vote("consensus", "committer", 3), "tally", tally(outcome, votes));
        render("vote-result", &values).body.contains("unanimously")
    };
    let three =
        || vec![cast("Ann Example", "+1", true), cast("Bob Example", "+1", true), cast("Cleo Example", "+1", true)];
    assert!(said("passed", json!(three())));
    assert!(!said("failed", json!(three())));
    for value in ["0", "+0", "-0", "-1"] {
        let mut votes = three();
        votes.push(cast("Dan Example", value, false));
        assert!(!said("passed", json!(votes)), "{value}");
    }
}
