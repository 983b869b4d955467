// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each product of `release-config/` can be rehearsed by its configuration alone.

use assert_cmd::cargo::CommandCargoExt as _;
use quorate::config::Assets;
use std::process::Command;

use crate::user::Ran;

/// All but the sample, which has a test of its own at every turn.
fn products() -> Vec<String> {
    let names = Assets::default().names("release-config");
    let mut ids: Vec<String> = names.iter().filter_map(|name| name.strip_suffix(".toml")).map(str::to_owned).collect();
    ids.retain(|id| id != "sample");
    ids.sort();
    ids
}

fn rehearse(product: &str, more: &[&str]) -> Ran {
    let home = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
    let mut command = Command::cargo_bin("quorate").unwrap();
    command.env("HOME", home.path()).env("NO_COLOR", "1").env_remove("GNUPGHOME");
    Ran::of(
        command
            .args(["rehearse", "--stand-ins", "--product", product, "--version", "3.4.0"])
            .args(more)
            .output()
            .unwrap(),
    )
}

#[test]
fn a_product_is_rehearsed_from_its_configuration_alone() {
    assert_eq!(products(), ["flink", "flink-connector-kafka", "flink-statefun", "quorate"]);
    let world = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
    for product in products() {
        let place = world.path().join(&product);
        // to its end: what a product names only there must be right as well
        let ran = rehearse(&product, &["--keep", place.to_str().unwrap(), "--json"]);
        assert_eq!(ran.code, 0, "{product}: {}{}", ran.out, ran.err);
        let report = ran.json();
        let repository = report["world"]["repository"].as_str().unwrap();
        assert!(repository.starts_with("made up from the configuration"), "{product}: {repository}");
        assert!(report["made"]["tags"].as_array().is_some_and(|tags| tags.len() >= 2), "{product}: {report}");
        if product == "flink" {
            let elsewhere = report["stand_ins"].as_array().unwrap().iter();
            let elsewhere =
                elsewhere.filter(|each| each["why"].as_str().unwrap().starts_with("it is made elsewhere: "));
            let wheels: Vec<&str> = elsewhere.map(|each| each["name"].as_str().unwrap()).collect();
            assert_eq!(wheels.len(), 8, "{wheels:?}");
            let index = place.join("stand-ins/pypi");
            for wheel in wheels {
                assert!(wheel.starts_with("apache_flink-3.4.0-cp3") && index.join(wheel).is_file(), "{wheel}");
            }
        }
        // nothing of a build is passed off as one
        let stand_ins = report["stand_ins"].as_array().unwrap();
        assert!(
            stand_ins.iter().any(|each| each["why"].as_str().unwrap().contains("needs a repository of the product")),
            "{product}: {report}"
        );
    }
}

#[test]
fn what_is_made_up_begins_a_series() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("quorate").unwrap();
    command.env("HOME", home.path()).args(["rehearse", "--product", "quorate", "--version", "3.4.1"]);
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("a bugfix release of quorate needs --repo"), "{}", ran.err);
}
