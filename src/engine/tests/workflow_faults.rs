// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A workflow that cannot be used says all that is wrong with it, each with its place.

use crate::engine::{Workflow, WorkflowError};

/// The faults of a workflow, one a line.
#[track_caller]
fn faults(text: &str) -> Vec<String> {
    let error: WorkflowError = Workflow::parse("toy.toml", text).unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

const HEAD: &str = "format = 1\nid = \"toy\"\ntitle = \"Toy\"\n";

#[track_caller]
fn fault_of(phases: &str) -> String {
    let found = faults(&format!("{HEAD}{phases}"));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

const FAULTY: &str = r#"format = 2
id = "toy"
title = "Toy"

[[phase]]
id = "one"
title = "One"

[[phase.step]]
id = "tag"
title = "Tag"
action = "put"
needs = ["later"]
effect = "local"

[[phase.step]]
id = "tag"
title = "Tag again"
action = "put"
person = true
effect = "local"

[[phase.step]]
id = "Odd Name"
title = "Odd"
effect = "local"
person = true

[[phase.step]]
id = "later"
title = "Later"
person = true
efect = "local"
effect = "local"

[[phase.check]]
id = "tag"
title = "Neither"

[[phase.check]]
id = "asked"
title = "Asked"
question = "So?"
gate = true

[[phase]]
id = "two"
titel = "Two"

[[phase.step]]
id = "after-later"
title = "After later"
person = true
needs = ["later", "never"]
effect = "global"
"#;

#[test]
fn all_faults_are_told_at_once_with_file_and_line() {
    let expected = [
        "toy.toml:1: the format is 2; this program reads format 1",
        "toy.toml:10: `tag` needs `later`, which is no earlier step",
        "toy.toml:17: the id `tag` stands twice",
        "toy.toml:17: `tag` needs either `action` or `person = true`",
        "toy.toml:24: `Odd Name` is no id: expected lower-case letters, digits and `-`",
        "toy.toml:33: unknown field `efect`",
        "toy.toml:37: the id `tag` stands twice",
        "toy.toml:37: `tag` needs either `probe` or `question`",
        "toy.toml:41: `asked` is a gate, which needs a `probe`",
        "toy.toml:48: unknown field `titel`",
        "toy.toml:55: unknown variant `global`",
    ];
    let found = faults(FAULTY);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_file_and_line() {
    let found = fault_of("[[phase]]\nid = \"one\ntitle = \"One\"\n");
    assert!(found.starts_with("toy.toml:5: "), "{found}");
    let found = faults("format = 1\n");
    assert!(found[0].starts_with("toy.toml:1: missing field"), "{found:?}");
    assert!(faults("")[0].starts_with("toy.toml:1: missing field"));
    let found = faults(&format!("{HEAD}[[phases]]\nid = \"one\"\n"));
    assert_eq!(found[0], "toy.toml:1: missing field `phase`");
    assert!(found.len() == 2 && found[1].starts_with("toy.toml:4: unknown field `phases`"), "{found:?}");
    for text in ["phase = 3\n", "phase = [3]\n", "[[phase]]\nid = \"a\"\ntitle = \"A\"\nstep = \"x\"\n"] {
        assert!(fault_of(text).starts_with("toy.toml:"), "{text}");
    }
}

#[test]
fn what_a_step_is_decides_what_it_may_say() {
    let step = |rest: &str| {
        fault_of(&format!(
            "[[phase]]\nid = \"one\"\ntitle = \"One\"\n[[phase.step]]\nid = \"a\"\ntitle = \"A\"\neffect = \"local\"\n{rest}"
        ))
    };
    assert_eq!(step(""), "toy.toml:8: `a` needs either `action` or `person = true`");
    assert_eq!(
        step("action = \"put\"\ncommands = [\"x\"]"),
        "toy.toml:8: `a` is an action, which takes no commands, question or note"
    );
    assert_eq!(
        step("action = \"put\"\nquestion = \"x\""),
        "toy.toml:8: `a` is an action, which takes no commands, question or note"
    );
    assert_eq!(
        step("action = \"put\"\nnote = \"link\""),
        "toy.toml:8: `a` is an action, which takes no commands, question or note"
    );
    assert!(step("person = true\nnote = \"url\"").starts_with("toy.toml:12: unknown variant `url`"));
    assert_eq!(step("person = true\nwith = { x = 1 }"), "toy.toml:8: `a` is a person's, which takes no `with`");
    assert_eq!(step("action = \"put\"\nneeds = [\"a\"]"), "toy.toml:8: `a` needs `a`, which is no earlier step");
}

#[test]
fn what_a_check_is_decides_what_it_may_say() {
    let check = |rest: &str| {
        fault_of(&format!(
            "[[phase]]\nid = \"one\"\ntitle = \"One\"\n[[phase.check]]\nid = \"a\"\ntitle = \"A\"\n{rest}"
        ))
    };
    assert_eq!(check("probe = \"p\"\nquestion = \"q\""), "toy.toml:8: `a` needs either `probe` or `question`");
    assert_eq!(check("question = \"q\"\nwith = { x = 1 }"), "toy.toml:8: `a` is a question, which takes no `with`");
    assert_eq!(check("probe = \"p\"\nnote = \"link\""), "toy.toml:8: `a` is asked of a probe, which takes no `note`");
    assert_eq!(check("question = \"q\"\ngate = true"), "toy.toml:8: `a` is a gate, which needs a `probe`");
    assert_eq!(
        check("probe = \"p\"\ngate = true\noptional = true"),
        "toy.toml:8: `a` is a gate, which cannot be optional"
    );
}

#[test]
fn a_condition_that_is_no_expression_names_its_place() {
    let stage = super::stage::Stage::new(
        r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "a", title = "A", person = true, question = "So?", when = "kind ==", effect = "local" } ]
"#,
    );
    let error = stage.with(|driver| driver.plan()).unwrap_err().to_string();
    assert!(error.contains("`a`") && error.contains("when") && error.contains("kind =="), "{error}");
}
