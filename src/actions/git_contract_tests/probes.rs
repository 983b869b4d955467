// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Checks name every place at once.

use super::*;
use crate::probes::{BranchAtVersion, EditsHold};

const POM: &str =
    "<project>\n<groupId>g</groupId><artifactId>a</artifactId>\n<version>1.3-SNAPSHOT</version></project>";

#[test]
fn the_version_is_read_in_the_remotes_tree() {
    let world = World::new();
    world.repositories.others_commit("main", "pom.xml", POM, "pom");
    let probe = |version: &str, allow: Value| -> BranchAtVersion {
        let authority = json!({ "kind": "maven-poms", "files": "pom.xml" });
        built(json!({ "branch": "main", "authority": authority, "version": version, "allow": allow }))
    };
    holds(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx()));
    let faults = fails(probe("1.4-SNAPSHOT", json!([])).examine(&world.cx()));
    assert_eq!(faults, ["main is at 1.3-SNAPSHOT, expected 1.4-SNAPSHOT", "pom.xml:3: 1.3-SNAPSHOT"]);
    world.repositories.others_commit("main", "package.json", "\n{\"version\": \"1.2-SNAPSHOT\"}", "forgotten");
    assert_eq!(fails(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx())), ["package.json:2: 1.2-SNAPSHOT"]);
    holds(probe("1.3-SNAPSHOT", json!([{ "files": "package.json", "why": "a test" }])).examine(&world.cx()));
    world.repositories.others_commit("main", "pom.xml", "no pom", "broken");
    assert!(fails(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx()))[0].starts_with("pom.xml:1: found"));
}

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
