// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! This workspace can be released by its own configuration, release-config/quorate.toml: its
//! version is set and its source archive verified as the release does it, without a rehearsal.

use std::fs;
use std::io::Cursor;

use quorate::config::{Assets, Product, parse_product, render_product};
use quorate::probes::product_rules;
use quorate::release::{
    ArchiveEntry, PathRules, SourceArchive, Tree, Version, VersionChange, apply, authority, leftovers,
};
use quorate::verify::{Limits, Status, check_archive_bytes};
use serde_json::json;

use crate::tree;

/// 2026-01-01, in the years of NOTICE.
const MODIFIED: u64 = 1_767_225_600;

/// The configuration as it is for a release of `version`.
fn product(version: Version) -> Product {
    let values = json!({
        "version": version.to_string(), "short_version": version.series(), "major": version.major,
        "minor": version.minor, "patch": version.patch, "kind": version.kind().word(), "candidate": {"number": 1},
    });
    render_product(&template(), &values).unwrap()
}

fn template() -> Product {
    let file = "release-config/quorate.toml";
    parse_product(file, &Assets::default().text(file).unwrap()).unwrap()
}

/// The files under version control as they are here; of a source archive, which has no
/// history, all but what a build makes.
fn files() -> Tree {
    let paths: Vec<String> = match git2::Repository::open(tree::root()) {
        Ok(repository) => {
            let index = repository.index().unwrap();
            index.iter().map(|entry| String::from_utf8(entry.path).unwrap()).collect()
        }
        Err(_) => {
            let own = tree::files("").into_iter().chain(tree::files("src/rehearsal/sample"));
            own.map(|path| path.to_str().unwrap().to_owned()).collect()
        }
    };
    let there = paths.into_iter().filter(|path| tree::root().join(path).is_file());
    there.map(|path| (path.clone(), fs::read(tree::root().join(path)).unwrap())).collect()
}

/// The version that is released next, and how the tree says it: as a release's, or one before it.
fn said(files: &Tree) -> (Version, String) {
    let said = authority(&template().versions.authority, files).unwrap();
    (said.split('-').next().unwrap().parse().unwrap(), said)
}

/// The files with another version, set by the product's rules; and where the old one is left.
fn at_version(files: &Tree, product: &Product, new: &str) -> (Tree, Vec<String>) {
    let (_, old) = said(files);
    let rules = &product.versions.edits["version"];
    let edited = apply(files, rules, Some(&VersionChange::new(&old, new))).unwrap_or_else(|error| panic!("{error}"));
    let mut files = files.clone();
    files.extend(edited.changed);
    let left = if old == new { Vec::new() } else { leftovers(&files, &old, &product.versions.allow).unwrap() };
    (files, left.iter().map(ToString::to_string).collect())
}

/// What fails in an archive of these files, by the rules that a voter's `quorate verify` has
/// for an artifact of that name.
fn faults(files: &Tree, product: &Product, version: Version, name: &str) -> Vec<String> {
    let left_out = PathRules::new(&product.source.exclude).unwrap();
    let mut archive = SourceArchive::new(Vec::new(), &product.source.root, MODIFIED).unwrap();
    for (path, bytes) in files.iter().filter(|(path, _)| !left_out.fit(path)) {
        archive.add(path, ArchiveEntry::File(bytes)).unwrap();
    }
    let (bytes, _) = archive.finish().unwrap();
    let rules = product_rules(product, Some(version)).unwrap().of_archive(name, Limits::default()).unwrap();
    let report = check_archive_bytes(name, Cursor::new(bytes), &rules);
    let failed = report.findings.iter().filter(|finding| finding.status == Status::Fail);
    failed.map(|fault| format!("{} {}: {}", fault.name, fault.entry.as_deref().unwrap_or(""), fault.detail)).collect()
}

#[test]
fn this_workspace_can_be_released_by_its_own_configuration() {
    let files = files();
    assert!(files.len() > 1_000, "only {} files were looked at", files.len());
    let (version, said) = said(&files);
    let product = product(version);
    let (snapshot, next) = (&product.versions.snapshot, &product.versions.next_snapshot);
    assert!(said == *snapshot || said == version.to_string(), "{said} is neither {snapshot} nor {version}");

    // the main branch goes on, the candidate is at the release's version
    if said == *snapshot {
        let (_, left) = at_version(&files, &product, next);
        assert!(left.is_empty(), "{said} would be left:\n{}", left.join("\n"));
    }
    let (candidate, left) = at_version(&files, &product, &version.to_string());
    assert!(left.is_empty(), "{said} would be left:\n{}", left.join("\n"));
    // the crate is less than the source archive, under the same directory; cargo writes into it what the
    // package has from the workspace
    let mut packaged = candidate.clone();
    let manifest = String::from_utf8(packaged["Cargo.toml"].clone()).unwrap();
    let inherited = "\nversion.workspace = true\n";
    assert!(manifest.contains(inherited), "the package's version is the workspace's");
    let manifest = manifest.replacen(inherited, &format!("\nversion = \"{version}\"\n"), 1);
    packaged.insert("Cargo.toml".to_owned(), manifest.into_bytes());
    for (name, files) in [(&product.source.file, &candidate), (&product.build[0].outputs[0].name, &packaged)] {
        let faults = faults(files, &product, version, name);
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
    }
}

/// What the configuration allows is all that it allows.
#[test]
fn what_the_configuration_of_this_workspace_does_not_allow_is_found() {
    let mut files = files();
    let (version, _) = said(&files);
    let product = product(version);
    // in two parts, so that this file holds none of it
    let snapshot = format!("1.2-{}", "SNAPSHOT");
    let token = format!("ghp_{}", "a1".repeat(18));
    files.insert("runtime/engine/src/bad.rs".to_owned(), format!("// {snapshot}\n// {token}\n").into_bytes());
    let (mut candidate, _) = at_version(&files, &product, &version.to_string());
    candidate.insert("NOTICE".to_owned(), b"Quorate\nCopyright 2026 Somebody Else\n".to_vec());
    let faults = faults(&candidate, &product, version, &product.source.file);
    for expected in [
        "version runtime/engine/src/bad.rs",
        "secrets runtime/engine/src/bad.rs",
        "licence-header runtime/engine/src/bad.rs",
        "licence-notice NOTICE: it has no line `Copyright YEARS the Quorate developers`",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected}: {faults:?}");
    }
    assert_eq!(faults.len(), 4, "{faults:?}");
}
