// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A tree whose artifacts are built several times.

use serde_json::{Value, json};

use super::tests::{Bench, TAG};
use super::{CentralServes, DeployMaven, ReviewMaven};
use crate::engine::{Action, ActionError, Finding, Probe, Probed};

fn flavoured(bench: &Bench, command: &[&str]) -> Value {
    let mut maven = bench.maven();
    maven["flavours"] =
        json!([{ "suffix": "-2.0", "arguments": ["first"] }, { "suffix": "-2.1", "arguments": ["second"] }]);
    if !command.is_empty() {
        maven["deploy"] = json!(command);
    }
    maven
}

fn deploy(bench: &Bench, command: &[&str]) -> DeployMaven {
    bench.action(json!({
        "maven": flavoured(bench, command), "tag": TAG, "version": "1.2.0", "directory": "candidates/rc1",
        "stand_in": command.is_empty(),
    }))
}

#[test]
fn every_flavour_is_staged_in_one_repository_and_looked_for_at_maven_central() {
    let bench = Bench::new();
    let deployed = bench.run(&deploy(&bench, &[]));
    let id = deployed["repository"].as_str().unwrap();
    assert_eq!(deployed["modules"], 6);
    for suffix in ["-2.0", "-2.1"] {
        let version = format!("1.2.0{suffix}");
        let at = |ending: &str| format!("org/apache/greeter/greeter-core/{version}/greeter-core-{version}{ending}");
        let pom = std::fs::read_to_string(bench.file(id, &at(".pom"))).unwrap();
        assert!(pom.contains(&format!("<version>{version}</version></parent>")), "{pom}");
        assert!(bench.file(id, &at("-sources.jar.asc")).is_file());
    }
    let whole: ReviewMaven = bench.action(json!({
        "maven": flavoured(&bench, &[]), "tag": TAG, "repository": id, "release_tag_prefix": "v", "keys": "KEYS",
    }));
    let reviewed = whole.act(&bench.cx()).unwrap();
    assert_eq!(reviewed["artifacts"], json!(18), "each a pom, and two modules a jar, sources and javadoc: {reviewed}");
    // what is staged of both is no build of one
    let error = bench.review(id).act(&bench.cx()).unwrap_err().to_string();
    assert!(error.contains("1.2.0-2.1.pom belongs to no module of the tag"), "{error}");
    let served: CentralServes = bench.action(json!({ "maven": flavoured(&bench, &[]), "tag": TAG }));
    let Finding::Fails(faults) = served.examine(&bench.cx()).unwrap() else { panic!("nothing is released yet") };
    assert!(faults[0].contains("greeter/1.2.0-2.0/greeter-1.2.0-2.0.pom"), "{faults:?}");
}

#[test]
fn each_flavour_is_built_in_a_tree_of_its_own_with_its_version_and_its_arguments() {
    let bench = Bench::new();
    let said = bench.path("said");
    let script = format!("echo \"$1 $(grep -o '<version>[^<]*' core/pom.xml)\" >> '{}'", said.display());
    let action = deploy(&bench, &["sh", "-c", &script, "sh"]);
    assert_eq!(action.probe(&bench.cx()).unwrap(), Probed::Absent);
    let error = action.act(&bench.cx()).unwrap_err();
    assert!(matches!(&error, ActionError::Refused { what, .. } if what.contains("no staging repository")), "{error}");
    let said = std::fs::read_to_string(said).unwrap();
    assert_eq!(said, "first <version>1.2.0-2.0\nsecond <version>1.2.0-2.1\n");
    let commands = action.commands(&bench.services).join("\n");
    assert!(commands.contains("-DnewVersion=1.2.0-2.1") && commands.ends_with("git checkout -- ."), "{commands}");
}
