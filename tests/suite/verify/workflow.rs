// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The workflow for GitHub: its script is run here as it stands there, with a `quorate` that
//! writes down how it was called.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

const FILE: &str = "workflows/github/verify-candidate.yml";

fn steps() -> Vec<Yaml> {
    let all = YamlLoader::load_from_str(&crate::tree::text(Path::new(FILE))).unwrap();
    all[0]["jobs"]["verify"]["steps"].as_vec().unwrap().clone()
}

fn inputs(of: &str) -> Yaml {
    let all = YamlLoader::load_from_str(&crate::tree::text(Path::new(FILE))).unwrap();
    all[0]["on"][of]["inputs"].clone()
}

/// Runs the step with these variables; returns its exit code, the arguments of each call, and
/// what it put out for other steps.
fn run(code: i32, variables: &[(&str, &str)]) -> (i32, Vec<String>, String) {
    let place = tempfile::tempdir().unwrap();
    let script = steps().iter().find(|step| step["id"].as_str() == Some("verify")).unwrap()["run"].clone();
    let stand_in = place.path().join("quorate");
    // an earlier run's, or one that came with the checkout
    fs::write(place.path().join("verify.sarif"), "{}").unwrap();
    fs::create_dir(place.path().join("verification")).unwrap();
    fs::write(place.path().join("verification/verify.sarif"), "{}").unwrap();
    let written = "echo '{}' > verification/verify.sarif; printf 'a\\nthe verdict\\n' > verification/verify.txt";
    let reports = if code < 2 { written } else { ":" };
    fs::write(&stand_in, format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> calls\n{reports}\nexit {code}\n")).unwrap();
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.path().display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", script.as_str().unwrap()]).current_dir(&place).env("PATH", path);
    for name in ["PRODUCT", "KEYS", "SOURCE_TAG", "EXPECT"] {
        bash.env(name, "");
    }
    bash.env("RUNNER_TEMP", place.path());
    bash.env("TARGET", "rc1").env("REPOSITORY", "https://example.org/x").env("GITHUB_OUTPUT", place.path().join("out"));
    bash.env("GITHUB_STEP_SUMMARY", place.path().join("summary"));
    let status = bash.envs(variables.iter().copied()).status().unwrap();
    let read = |name: &str| fs::read_to_string(place.path().join(name)).unwrap_or_default();
    let calls = read("calls").replace(&format!("{}/", place.path().display()), "TEMP/");
    assert_eq!(read("summary"), if code < 2 { "    the verdict\n" } else { "" });
    (status.code().unwrap(), calls.lines().map(str::to_owned).collect(), read("out"))
}

const FORMS: &str = "--format=github --also=text=TEMP/verification/verify.txt \
                     --also=junit=TEMP/verification/verify.xml --also=sarif=TEMP/verification/verify.sarif";

#[test]
fn it_verifies_once_and_ends_as_that_did() {
    for code in [0, 1, 2, 4] {
        let (ended, calls, out) = run(code, &[]);
        assert_eq!((ended, calls), (code, vec![format!("verify {FORMS} -- rc1")]));
        assert_eq!(out.contains("reports=yes"), code < 2, "{out}");
    }
    let (_, calls, _) = run(0, &[("PRODUCT", "sample"), ("KEYS", "K"), ("SOURCE_TAG", "v1"), ("EXPECT", "m.json")]);
    let more = "--product=sample --keys=K --source-tag=v1 --repo=https://example.org/x --expect=m.json";
    assert_eq!(calls, [format!("verify {FORMS} {more} -- rc1")]);
}

#[test]
fn what_comes_from_outside_is_no_option() {
    let script = steps().iter().find(|step| step["id"].as_str() == Some("verify")).unwrap()["run"].clone();
    let script =
        script.as_str().unwrap().replace("quorate verify", &format!("{} verify", env!("CARGO_BIN_EXE_quorate")));
    for target in ["-h", "--help", "--version", "--bogus"] {
        let place = tempfile::tempdir().unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-e", "-c", &script]).current_dir(&place).env("RUNNER_TEMP", place.path()).env("TARGET", target);
        bash.envs([("PRODUCT", ""), ("KEYS", "--help"), ("SOURCE_TAG", ""), ("EXPECT", ""), ("REPOSITORY", "x")]);
        let output = bash.env("GITHUB_OUTPUT", place.path().join("out")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{target}: {output:?}");
        assert!(!place.path().join("out").exists(), "{target}");
    }
}

#[test]
fn the_program_is_the_one_that_the_caller_names() {
    for of in ["workflow_call", "workflow_dispatch"] {
        for name in ["quorate", "quorate-tag"] {
            assert_eq!(inputs(of)[name]["required"].as_bool(), Some(true), "{of} {name}");
        }
    }
    let text = crate::tree::text(Path::new(FILE));
    let install = text.lines().find(|line| line.contains("cargo install")).unwrap();
    assert!(install.contains("\"--git=$QUORATE\" \"--tag=$QUORATE_TAG\"") && !install.contains("github."), "{install}");
}

#[test]
fn the_program_is_built_before_anything_is_checked_out() {
    let steps = steps();
    let at = |what: &str| {
        let says = |step: &Yaml| {
            [&step["uses"], &step["run"]].iter().any(|part| part.as_str().is_some_and(|part| part.contains(what)))
        };
        steps.iter().position(says).unwrap()
    };
    assert!(at("cargo install") < at("actions/checkout@") && at("actions/checkout@") < at("quorate verify"));
}

#[test]
fn it_is_for_any_product_and_its_findings_go_to_code_scanning() {
    for of in ["workflow_call", "workflow_dispatch"] {
        assert_eq!(inputs(of)["product"]["default"].as_str(), Some(""), "{of}");
    }
    let uses = |action: &str| {
        steps().into_iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action))).unwrap()
    };
    let upload = uses("github/codeql-action/upload-sarif@");
    assert_eq!(upload["with"]["sarif_file"].as_str(), Some("${{ runner.temp }}/verification/verify.sarif"));
    assert!(upload["if"].as_str().unwrap().contains("always()"));
    assert_eq!(uses("actions/upload-artifact@")["with"]["path"].as_str(), Some("${{ runner.temp }}/verification"));
}
