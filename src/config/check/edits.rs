// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The rules that set versions and other values in a tree: that each can hit something, by its files,
//! its place in them, and what it sets.

use super::Faults;
use crate::config::expected as ask;
use crate::config::product::Product;
use crate::release::{Change, EditRule, PathRules, VersionChange};

const OLD: [&str; 2] = ["@OLD@", "@NPM_OLD@"];
const NEW: [&str; 2] = ["@NEW@", "@NPM_NEW@"];

/// The rules for the product's own tree, and for the playground's.
pub(super) fn rules(faults: &mut Faults, product: &Product) {
    let versions = &product.versions;
    for (list, rules) in &versions.edits {
        for (index, one) in rules.iter().enumerate() {
            let field = format!("versions.edits.{list}[{index}]");
            rule(faults, &field, one);
            if list == "version" {
                sets_version(faults, &field, one);
            }
        }
    }
    authority(faults, "versions.authority", &versions.authority);
    for (index, allowed) in versions.allow.iter().enumerate() {
        faults.unless(&format!("versions.allow[{index}].files"), &allowed.files, ask::path_in_tree);
    }
    let Some(playground) = &product.playground else { return };
    for (index, one) in playground.edits.iter().enumerate() {
        rule(faults, &format!("playground.edits[{index}]"), one);
    }
    authority(faults, "playground.authority", &playground.authority);
    for (index, allowed) in playground.allow.iter().enumerate() {
        faults.unless(&format!("playground.allow[{index}].files"), &allowed.files, ask::path_in_tree);
    }
}

/// What the website's pull requests change.
pub(super) fn website(faults: &mut Faults, product: &Product) {
    for (list, changes) in &product.website.edits {
        for (index, change) in changes.iter().enumerate() {
            let field = format!("website.edits.{list}[{index}]");
            faults.unless(&format!("{field}.file"), change.file(), ask::path_in_tree);
            if let Change::Toml { path, value, .. } = change {
                toml(faults, &field, path, value);
            }
        }
    }
}

fn rule(faults: &mut Faults, field: &str, rule: &EditRule) {
    faults.unless(&format!("{field}.files"), rule.files(), ask::path_in_tree);
    match rule {
        EditRule::Json { pointer, .. } => faults.unless(&format!("{field}.pointer"), pointer, ask::json_pointer),
        EditRule::Toml { path, value, .. } | EditRule::TomlPrepend { path, value, .. } => {
            toml(faults, field, path, &VersionChange::new("1.2.0", "1.3.0").fill(value));
        }
        EditRule::MavenPoms { .. } | EditRule::Text { .. } => {}
    }
}

fn toml(faults: &mut Faults, field: &str, path: &str, value: &str) {
    faults.unless(&format!("{field}.path"), path, ask::toml_path);
    faults.unless(&format!("{field}.value"), value, ask::toml_value);
}

/// That a rule of the list `version` finds the old version and sets the new one: without a mark it
/// would set the same whatever the version is.
fn sets_version(faults: &mut Faults, field: &str, rule: &EditRule) {
    let mut demand = |part: &str, text: &str, marks: [&str; 2], what: &str| {
        if !marks.iter().any(|mark| text.contains(mark)) {
            let expected = format!(
                "a text with {} in it, for {what} version; `{{{{ version }}}}` is not that of every commit",
                marks.join(" or ")
            );
            faults.add(&format!("{field}.{part}"), text, &expected);
        }
    };
    match rule {
        EditRule::MavenPoms { .. } => {}
        EditRule::Json { value, .. } | EditRule::Toml { value, .. } | EditRule::TomlPrepend { value, .. } => {
            demand("value", value, NEW, "the new");
        }
        EditRule::Text { find, replace, .. } => {
            demand("find", find, OLD, "the old");
            demand("replace", replace, NEW, "the new");
        }
    }
}

/// The rule that says which version a tree is at.
fn authority(faults: &mut Faults, field: &str, authority: &EditRule) {
    rule(faults, field, authority);
    let (part, text) = match authority {
        EditRule::MavenPoms { .. } => return,
        EditRule::Json { value, .. } | EditRule::Toml { value, .. } | EditRule::TomlPrepend { value, .. } => {
            ("value", value)
        }
        EditRule::Text { find, .. } => ("find", find),
    };
    let marks = OLD.iter().chain(&NEW).map(|mark| text.matches(mark).count()).sum::<usize>();
    if matches!(authority, EditRule::TomlPrepend { .. }) {
        let expected = "`maven-poms`, `json`, `text` or `toml`: an entry of an array says no version";
        faults.add(&format!("{field}.kind"), "toml-prepend", expected);
    } else if marks != 1 {
        let expected = "a text with one of @OLD@, @NEW@, @NPM_OLD@, @NPM_NEW@ in it, once: where the version stands";
        faults.add(&format!("{field}.{part}"), text, expected);
    }
}

/// What the source archive leaves out, and what it may have.
pub(super) fn patterns(faults: &mut Faults, product: &Product) {
    let source = &product.source;
    for (list, patterns) in [
        ("exclude", &source.exclude),
        ("no_header", &source.no_header),
        ("secrets", &source.secrets),
        ("binaries", &source.binaries),
        ("snapshots", &source.snapshots),
    ] {
        for (index, pattern) in patterns.iter().enumerate() {
            let field = format!("source.{list}[{index}]");
            match PathRules::new(&[pattern]) {
                Err(_) => faults.add(&field, pattern, "a glob over paths of the tree"),
                // a name that no tree has
                Ok(rules) if list == "exclude" && rules.fit("\u{1}") => {
                    faults.add(&field, pattern, "a pattern that does not fit every file: nothing would be left");
                }
                Ok(_) => {}
            }
        }
    }
}
