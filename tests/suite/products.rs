// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each product of `release-config/` can be rehearsed by its configuration alone.

use assert_cmd::cargo::CommandCargoExt as _;
use quorate::config::Assets;
use std::path::Path;
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

/// Releases under `release/PROJECT/VERSION`, and Dockerfiles in a directory for each series.
#[test]
fn a_product_may_have_its_directories_elsewhere() {
    let place = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
    let mut text = crate::tree::text("release-config/flink-statefun.toml".as_ref());
    for (old, new) in [
        ("id = \"flink-statefun\"", "id = \"layouts\""),
        ("project = \"flink\"", "project = \"layouts\""),
        ("dist/release/flink\"", "dist/release/layouts\""),
        ("candidate_directory = \"flink-statefun-", "candidate_directory = \""),
        ("candidate_directories = \"flink-statefun-", "candidate_directories = \""),
        ("release_directory = \"flink-statefun-", "release_directory = \""),
        ("release_prefix = \"flink-statefun-\"", "release_prefix = \"\""),
        ("-s\", \"{{ version }}\", \"-f\", \"1.16.2\"", "-r\", \"{{ short_version }}\", \"-f\", \"{{ version }}\""),
        (
            "leaves = [\"{{ version }}-java8/Dockerfile\", \"{{ version }}-java11/Dockerfile\"]",
            "leaves = [\"{{ short_version }}/scala_2.12-java11-ubuntu/Dockerfile\"]\ndockerfiles = [\
             { tag = \"{{ version }}\", file = \"{{ short_version }}/scala_2.12-java11-ubuntu/Dockerfile\" }, \
             { tag = \"{{ version }}-java11\", file = \"{{ short_version }}/scala_2.12-java11-ubuntu/Dockerfile\" }]",
        ),
        ("\"{{ version }}\", \"{{ version }}-java8\", ", "\"{{ version }}\", "),
    ] {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    std::fs::create_dir_all(place.path().join("assets/release-config")).unwrap();
    std::fs::write(place.path().join("assets/release-config/layouts.toml"), text).unwrap();
    let [assets, world] = ["assets", "world"].map(|name| place.path().join(name).display().to_string());
    let ran = rehearse("layouts", &["--assets", &assets, "--keep", &world, "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let svn = |what: &str| {
        let url = format!("file://{world}/svn/dist/release/layouts/{what}");
        let output = Command::new("svn").args(["list", "--non-interactive", &url]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // of 3.3.0, 3.2.0 and 3.1.0 the series before this one stays, and KEYS with it
    assert_eq!(svn(""), "3.3.0/\n3.4.0/\nKEYS\n");
    assert!(svn("3.4.0").contains("flink-statefun-3.4.0-src.tgz.asc\n"), "{}", svn("3.4.0"));
    let entry =
        std::fs::read_to_string(Path::new(&world).join("state/layouts/3.4.0/candidates/rc1/texts/release-entry.yml"));
    let entry = entry.unwrap();
    assert!(entry.contains("/mirrors/layouts/3.4.0/flink-statefun-3.4.0-src.tgz\""), "{entry}");
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
