// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is wrong, where, and what to do.

use insta::assert_snapshot;

use super::settled;
use crate::user::{User, VERSION};

#[test]
fn errors_say_what_where_and_what_to_do() {
    let user = User::looking();
    let said = |arguments: &[&str]| settled(&user, user.run(arguments).err.trim());
    assert_snapshot!(said(&["status"]), @r#"
    error: no release is under way in [user]/state
    hint: begin one by `quorate start VERSION --product PRODUCT`, or try `quorate rehearse`
    "#);
    assert_snapshot!(said(&["start", "3.4", "--product", "sample"]), @r#"
    error: `3.4` is no release version: expected three numbers, such as 3.4.0; a number is missing
    hint: give the version that is to be released, as it will stand in the archive: 3.4.0
    "#);
    assert_snapshot!(said(&["start", VERSION, "--product", "smaple"]), @r#"
    error: there is no product `smaple`
    hint: the products are flink, flink-connector-kafka, flink-statefun, quorate, sample; --assets DIR adds those in DIR/release-config/
    "#);
    user.runs(0, &["start", VERSION, "--product", "sample"]);
    assert_snapshot!(said(&["run", "make-the-cas"]), @r#"
    error: there is no step or check `make-the-cas`
    hint: did you mean `make-the-case`?
    "#);
    assert_snapshot!(said(&["run", "--execute", "--confirm", "1.2.1"]), @r#"
    error: --confirm 1.2.1: this release is 1.2.0
    hint: nothing was done; --confirm must name the version that is being released
    "#);
    assert_snapshot!(said(&["run", "--execute"]), @r#"
    decide — Decide to release

    Waiting:
      make-the-case: Why a release now? Note it in a few sentences: they go into the
        proposal.
        $ quorate attest make-the-case --note "…"
    "#);
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    assert_snapshot!(said(&["run", "--execute"]), @r#"
    decide — Decide to release

    Waiting:
      propose-release: Sends the mail `discuss-release` to dev@greeter.example.org —
        it cannot be taken back
        $ quorate run propose-release --execute --confirm 1.2.0
    "#);
    let path = user.record("journal.jsonl");
    let journal = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, journal.replacen("Many", "Some", 1) + &journal).unwrap();
    assert_snapshot!(said(&["status"]), @r#"
    error: [user]/state/sample/1.2.0/journal.jsonl:2: this line is not what it was when it was written
    hint: nothing is read from a journal that was edited; restore it from a copy; where there is none, move it away: `quorate start 1.2.0 --again` begins the record anew, and what is done is found done
    "#);
}

#[test]
fn a_workflows_fault_is_said_once_with_its_line() {
    let user = User::looking();
    let good = crate::tree::text("workflows/release.toml".as_ref());
    user.put("assets/workflows/release.toml", &good.replacen("action = \"send-mail\"", "action = \"send-male\"", 2));
    let ran = user.refused(2, &["start", VERSION, "--product", "sample"], &[]);
    let line = good.lines().position(|line| line == "id = \"send-vote\"").unwrap() + 1;
    let said = settled(&user, &ran.err).replace(&format!(":{line}:"), ":[its line]:");
    let (said, actions) = said.split_once("hint: the actions are ").unwrap();
    assert_snapshot!(said, @r#"
    error: the workflow [user]/assets/workflows/release.toml cannot be used:
      [user]/assets/workflows/release.toml:44: `propose-release` names the action `send-male`, which does not exist
      [user]/assets/workflows/release.toml:[its line]: `send-vote` names the action `send-male`, which does not exist
    "#);
    let actions: Vec<&str> = actions.trim().split(", ").collect();
    assert!(actions.is_sorted() && actions.len() > 20 && actions.contains(&"send-mail"), "{actions:?}");
}
