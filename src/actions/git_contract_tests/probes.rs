// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Checks name every place at once.

use serde_json::Value;

use super::*;
use crate::probes::EditsHold;

#[test]
fn values_are_compared_with_the_remotes_tree() {
    let world = World::new();
    world.repositories.others_commit("main", "docs.toml", "Stable = false\nVersion = \"1.3\"\n", "docs");
    let rule = |path: &str, value: &str| json!({ "kind": "toml", "files": "docs.toml", "path": path, "value": value });
    let probe = |rules: &[Value], version: Option<&str>| -> EditsHold {
        built(json!({ "branch": "main", "rules": [rules], "version": version }))
    };
    holds(probe(&[rule("Stable", "false"), rule("Version", "'1.3'")], None).examine(&world.cx()));
    let faults = fails(probe(&[rule("Stable", "true"), rule("Version", "'1.3'")], None).examine(&world.cx()));
    assert_eq!(faults, ["docs.toml:1: found `false`, expected `true` (rule toml Stable in docs.toml)"]);
    assert!(fails(probe(&[rule("None", "1")], None).examine(&world.cx()))[0].contains("found no `None`"));
    assert!(fails(probe(&[rule("Version", "'@NEW@'")], None).examine(&world.cx()))[0].contains("@NEW@"));
    holds(probe(&[rule("Version", "'@NEW@'")], Some("1.3")).examine(&world.cx()));
    let nowhere: EditsHold = built(json!({ "branch": "none", "rules": [] }));
    assert_eq!(fails(nowhere.examine(&world.cx())).len(), 1);
}
