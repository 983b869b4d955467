// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A repository made up from a product's configuration, for a rehearsal without a clone
//! of the product: every file that a version rule names is there and says what the rule
//! wants to find, and nothing else is. What cannot be made up, the builds, is left to
//! stand-ins.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::command::{Failed, run};
use super::sample_project::{licence, run_as};
use crate::config::Product;
use crate::release::{EditRule, Version, VersionChange, fitting_path};

const ANN: (&str, &str) = ("Ann Example", "ann@example.org");
const BOB: (&str, &str) = ("Bob Example", "bob@example.org");

/// The licence header of a file of the foundation's.
const HEADER: [&str; 3] = [
    "Licensed to the Apache Software Foundation (ASF) under one or more contributor license agreements.",
    "The ASF licenses this file to You under the Apache License, Version 2.0; you may not use this file except in",
    "compliance with the License. A copy is at http://www.apache.org/licenses/LICENSE-2.0",
];

/// The one file that is there whatever the rules are.
const MADE_UP: &str = "made-up.sh";

/// Makes the repository in `directory` on the product's main branch, with the tag of the
/// release before, as it is when `version`, which begins a series, is to be released.
/// `product` is filled in for that version.
///
/// # Errors
/// When a file cannot be written or git fails, or a rule's value cannot be made up.
pub fn create(directory: &Path, product: &Product, version: Version) -> Result<(), Failed> {
    let main = &product.git.main;
    fs::create_dir_all(directory).map_err(|error| Failed::new("make up the repository", &error.to_string()))?;
    run(directory, "git", &["init", "--quiet", &format!("--initial-branch={main}"), "."], &[])?;
    let commit = |who, month, message: &str| {
        run(directory, "git", &["add", "--all"], &[])?;
        run_as(who, month, directory, &["commit", "--quiet", "--message", message])
    };
    write(directory, "LICENSE", licence())?;
    write(directory, "NOTICE", &notice(product))?;
    // among the files with versions there may be none that can have a header
    write(directory, MADE_UP, &made_up(product))?;
    commit(ANN, 1, "Add the licence")?;
    if let (Some(before), Some(tag)) = (before(version), product.git.release_tags.first()) {
        let tag = tag.replace(&version.to_string(), &before.to_string());
        run(directory, "git", &["tag", &tag], &[])?;
    }
    let mut files = Files::default();
    // the list `version` first: what it sets is what the others find
    let (versions, others): (Vec<_>, Vec<_>) = product.versions.edits.iter().partition(|(list, _)| *list == "version");
    let rules = versions.into_iter().chain(others).flat_map(|(_, rules)| rules);
    for rule in [&product.versions.authority].into_iter().chain(rules) {
        files.satisfy(rule, product)?;
    }
    for (path, text) in files.texts() {
        write(directory, &path, &text)?;
    }
    commit(BOB, 2, "Add what has a version")?;
    Ok(())
}

/// A source file, as each project has some.
fn made_up(product: &Product) -> String {
    let header: String = HEADER.iter().map(|line| format!("# {line}\n")).collect();
    format!("#!/bin/sh\n{header}echo 'This tree was made up for a rehearsal of {}.'\n", product.id)
}

/// What NOTICE has to say: the product, and who holds the copyright.
fn notice(product: &Product) -> String {
    let name = &product.name;
    match &product.source.copyright_owner {
        Some(owner) => format!("{name}\nCopyright 2024-2026 {owner}\n"),
        None => format!(
            "{name}\nCopyright 2024-2026 The Apache Software Foundation\n\nThis product includes software developed at\n\
             The Apache Software Foundation (http://www.apache.org/).\n"
        ),
    }
}

/// The release before one that begins a series.
fn before(version: Version) -> Option<Version> {
    match version {
        Version { minor: 1.., .. } => Some(Version { minor: version.minor - 1, patch: 0, ..version }),
        Version { major: 1.., .. } => Some(Version { major: version.major - 1, minor: 0, patch: 0 }),
        _ => None,
    }
}

/// The files as they grow, by path.
#[derive(Default)]
struct Files {
    poms: Vec<(String, String)>,
    json: BTreeMap<String, Value>,
    toml: BTreeMap<String, toml::Table>,
    lines: BTreeMap<String, Vec<String>>,
}

impl Files {
    /// Has the files hold what the rule looks for.
    fn satisfy(&mut self, rule: &EditRule, product: &Product) -> Result<(), Failed> {
        let snapshot = &product.versions.snapshot;
        let versions = VersionChange::new(snapshot, snapshot);
        let path = fitting_path(rule.files());
        let fail = |what: &str| Failed::new("make up the repository", &format!("{}: {what}", rule.describe()));
        match rule {
            EditRule::MavenPoms { .. } => {
                if self.poms.is_empty() {
                    self.poms = poms(product);
                }
            }
            EditRule::Json { pointer, value, .. } => {
                let npm = product
                    .npm
                    .as_ref()
                    .filter(|npm| path == format!("{}/package.json", npm.directory).trim_start_matches('/'));
                let name = npm.map_or(&product.id, |npm| &npm.name);
                let file = self.json.entry(path).or_insert_with(|| json!({"name": name}));
                put_json(file, pointer, versions.fill(value))
                    .ok_or_else(|| fail("its pointer goes through no object"))?;
            }
            EditRule::Text { find, .. } => self.lines.entry(path).or_default().push(versions.fill(find)),
            EditRule::Toml { path: key, value, .. } => {
                let wanted = toml_value(&versions.fill(value)).ok_or_else(|| fail("its value is no TOML"))?;
                let names_version = value.contains('@');
                put_toml(self.toml.entry(path).or_default(), key, || before_edit(wanted, names_version, product))
                    .ok_or_else(|| fail("its path goes through no table"))?;
            }
            EditRule::TomlPrepend { path: key, .. } => {
                put_toml(self.toml.entry(path).or_default(), key, || toml::Value::Array(Vec::new()))
                    .ok_or_else(|| fail("its path goes through no table"))?;
            }
        }
        Ok(())
    }

    fn texts(self) -> Vec<(String, String)> {
        let json = self.json.into_iter().map(|(path, value)| (path, format!("{value:#}\n")));
        let toml = self.toml.into_iter().map(|(path, table)| {
            let text = toml::to_string(&table).expect("tables, strings, booleans and arrays");
            (path.clone(), headed(&path, &text))
        });
        let lines = self.lines.into_iter().map(|(path, lines)| {
            let text = lines.join("\n") + "\n";
            (path.clone(), headed(&path, &text))
        });
        self.poms.into_iter().chain(json).chain(toml).chain(lines).collect()
    }
}

/// A parent and one module, at the version under development.
fn poms(product: &Product) -> Vec<(String, String)> {
    let (id, version) = (&product.id, &product.versions.snapshot);
    let group = product.maven.as_ref().map_or("org.apache.example", |maven| &maven.profile);
    let project = |body: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n{}\n-->\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
             <modelVersion>4.0.0</modelVersion>\n{body}</project>\n",
            HEADER.join("\n")
        )
    };
    let own = |artifact: &str| {
        format!("  <groupId>{group}</groupId>\n  <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n")
    };
    let parent = own(&format!("{id}-parent"));
    let module = format!("{id}-core");
    let root =
        format!("{parent}  <packaging>pom</packaging>\n  <modules>\n    <module>{module}</module>\n  </modules>\n");
    let below =
        format!("  <parent>\n{}  </parent>\n  <artifactId>{module}</artifactId>\n", parent.replace("  <", "    <"));
    vec![("pom.xml".to_owned(), project(&root)), (format!("{module}/pom.xml"), project(&below))]
}

fn put_json(file: &mut Value, pointer: &str, value: String) -> Option<()> {
    let mut at = file;
    for key in pointer.strip_prefix('/')?.split('/') {
        let key = key.replace("~1", "/").replace("~0", "~");
        at = at.as_object_mut()?.entry(key).or_insert_with(|| json!({}));
    }
    *at = Value::String(value);
    Some(())
}

/// Puts a value at a dotted path, unless there is one already.
fn put_toml(file: &mut toml::Table, path: &str, value: impl FnOnce() -> toml::Value) -> Option<()> {
    let mut keys: Vec<&str> = path.split('.').map(|key| key.trim_matches(['"', '\''])).collect();
    let last = keys.pop()?;
    let mut at = file;
    for key in keys {
        at = at.entry(key).or_insert_with(|| toml::Value::Table(toml::Table::new())).as_table_mut()?;
    }
    at.entry(last).or_insert_with(value);
    Some(())
}

/// A value of the same type as the one that an edit sets, and another one: the version
/// under development, or what the pages of the main branch would have.
fn before_edit(wanted: toml::Value, names_version: bool, product: &Product) -> toml::Value {
    match wanted {
        toml::Value::String(text) if names_version => toml::Value::String(text),
        toml::Value::String(_) => toml::Value::String(product.git.main.clone()),
        toml::Value::Boolean(is) => toml::Value::Boolean(!is),
        toml::Value::Array(_) => toml::Value::Array(Vec::new()),
        other => other,
    }
}

fn toml_value(text: &str) -> Option<toml::Value> {
    format!("value = {text}").parse::<toml::Table>().ok()?.remove("value")
}

/// The text below the licence header, as comments of the file's kind.
fn headed(path: &str, text: &str) -> String {
    let (begin, each, end) = match path.rsplit('.').next().unwrap_or_default() {
        "md" | "html" | "xml" => ("<!--\n", "", "-->\n"),
        "java" | "go" | "js" | "ts" | "rs" | "scala" | "gradle" => ("/*\n", " * ", " */\n"),
        _ => ("", "# ", ""),
    };
    let header: String = HEADER.iter().map(|line| format!("{each}{line}\n")).collect();
    format!("{begin}{header}{end}\n{text}")
}

fn write(directory: &Path, path: &str, text: &str) -> Result<(), Failed> {
    let target = directory.join(path);
    let made = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&target, text));
    made.map_err(|error| Failed::new(&format!("write {}", target.display()), &error.to_string()))
}
