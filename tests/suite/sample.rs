// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The sample product of the rehearsal fits its configuration, and comes out of
//! the binary whole.

use std::collections::BTreeMap;

use globset::GlobBuilder;
use include_dir::{Dir, DirEntry, include_dir};
use quorate::config::{Assets, Product, parse_product};
use quorate::release::EditRule;

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/rehearsal/sample");

const OLD: &str = "1.2-SNAPSHOT";
const NPM_OLD: &str = "1.2.0-SNAPSHOT";

#[test]
fn files_with_a_leading_dot_are_embedded_too() {
    let files = files();
    for name in [".asf.yaml", ".gitignore", ".mailmap", "LICENSE", "NOTICE", "tools/build-python.py"] {
        assert!(files.contains_key(name), "{name} is not embedded; there are {:?}", files.keys());
    }
    assert!(!files.keys().any(|name| name.contains("dist/") || name.contains("__pycache__")), "{:?}", files.keys());
}

#[test]
fn every_version_rule_finds_something_to_change_and_together_they_find_all() {
    let files = files();
    let product = product();
    let mut left = files.clone();
    for rule in &product.versions.edits["version"] {
        let (glob, found) = match rule {
            EditRule::MavenPoms { files } => (files, format!("<version>{OLD}</version>")),
            EditRule::Json { files, .. } => (files, format!("\"version\": \"{NPM_OLD}\"")),
            EditRule::Text { files, find, .. } => (files, find.replace("@OLD@", OLD)),
            EditRule::Toml { files, path, .. } | EditRule::TomlPrepend { files, path, .. } => {
                (files, format!("  {} = \"{OLD}\"", path.trim_start_matches("params.")))
            }
        };
        let glob = GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher();
        let hits: Vec<_> = files.iter().filter(|(name, text)| glob.is_match(name) && text.contains(&found)).collect();
        assert!(!hits.is_empty(), "{rule:?} finds nothing");
        for (name, _) in hits {
            let text = left.get_mut(name.as_str()).unwrap();
            *text = text.replace(&found, "");
        }
    }
    // a property of a pom is the pom rule's business as well
    let property = format!("<greeter.image.version>{OLD}</greeter.image.version>");
    let leftovers: Vec<_> = left
        .iter()
        .filter(|(_, text)| {
            let text = text.replace(&property, "");
            text.contains(OLD) || text.contains(NPM_OLD)
        })
        .map(|(name, _)| name)
        .collect();
    assert!(leftovers.is_empty(), "no rule changes the version in {leftovers:?}");
}

#[test]
fn every_file_says_its_licence() {
    let product = product();
    let without: Vec<_> = files()
        .into_iter()
        .filter(|(name, text)| {
            let file = name.rsplit('/').next().unwrap_or(name).to_owned();
            !product.source.no_header.contains(&file) && !text.contains("Licensed to the Apache Software Foundation")
        })
        .map(|(name, _)| name)
        .collect();
    assert!(without.is_empty(), "without a licence header: {without:?}");
}

fn product() -> Product {
    let file = "release-config/sample.toml";
    parse_product(file, &Assets::default().text(file).unwrap()).unwrap()
}

/// The sample's texts by path.
fn files() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut directories = vec![&SAMPLE];
    while let Some(directory) = directories.pop() {
        for entry in directory.entries() {
            match entry {
                DirEntry::Dir(below) => directories.push(below),
                DirEntry::File(file) => {
                    let text = file.contents_utf8().expect("the sample is text");
                    found.insert(file.path().to_str().unwrap().to_owned(), text.to_owned());
                }
            }
        }
    }
    assert!(found.len() > 20);
    found
}
