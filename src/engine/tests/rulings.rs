// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person rules on something that a step has to judge.

use serde_json::{Value, json};

use super::stage::{Stage, refusal};
use crate::engine::{Renderer, State};

const JUDGING: &str = r#"
[[phase]]
id = "one"
title = "One"
per_candidate = true
step = [
  { id = "cut", title = "Cut", action = "put", with = { facts = ["cut"], value = "x" }, effect = "local" },
  { id = "judge", title = "Judge", action = "wait-for", with = { fact = "bob" }, effect = "local" },
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "{{ (rulings['judge'] | default([]) | map(attribute='ruling') | join(' ')) or 'none' }}" }, needs = ["judge"], effect = "local" },
]
"#;

fn rulings(stage: &Stage) -> Value {
    Value::Object(State::of(&stage.entries()).rulings())
}

#[test]
fn the_last_ruling_on_a_thing_counts_and_templates_see_it() {
    let stage = Stage::new(JUDGING);
    stage.run();
    let rule = |about: &str, ruling: &str, why: &str| {
        stage.with(|driver| driver.rule("judge", about, ruling, why)).unwrap();
    };
    rule("one@example.org", "+1", "it says so");
    rule("two@example.org", "none", "a joke");
    rule("one@example.org", "-1", "on a second look");
    let before = stage.entries().len();
    rule("two@example.org", "none", "a joke");
    assert_eq!(stage.entries().len(), before, "what was ruled is not ruled again");
    let seen = rulings(&stage);
    let short: Vec<(&Value, &Value, &Value)> =
        seen["judge"].as_array().unwrap().iter().map(|one| (&one["about"], &one["ruling"], &one["who"])).collect();
    let ann = json!("Ann Example <ann@example.org>");
    let expected = [(&json!("one@example.org"), &json!("-1"), &ann), (&json!("two@example.org"), &json!("none"), &ann)];
    assert_eq!(short, expected);
    assert_eq!(stage.stands("judge"), "waiting (nobody has put bob)", "a ruling leaves the step as it stands");
    let state = State::of(&stage.entries());
    let text = stage
        .with(|driver| Renderer::new(driver.values, &state).unwrap().text("x", "y", "{{ rulings['judge'][0].why }}"));
    assert_eq!(text.unwrap(), "on a second look");

    stage.world.set("bob", "was here");
    stage.run();
    assert_eq!(stage.world.fact("tag").as_deref(), Some("-1 none"));
    let (what, hint) = refusal(stage.with(|driver| driver.rule("judge", "one@example.org", "0", "too late")));
    assert!(what.contains("`judge` is settled") && hint.contains("quorate undo judge"), "{what} {hint}");
}

#[test]
fn a_ruling_is_its_candidates_own() {
    let stage = Stage::new(JUDGING);
    stage.run();
    stage.with(|driver| driver.rule("judge", "one@example.org", "+1", "it says so")).unwrap();
    stage.with(|driver| driver.cancel_candidate("a fault")).unwrap();
    stage.run();
    assert_eq!(State::of(&stage.entries()).candidate.number, 2);
    assert_eq!(rulings(&stage), json!({}));
    assert!(stage.with(|driver| driver.rule("nothing", "x", "y", "z")).is_err());
}
