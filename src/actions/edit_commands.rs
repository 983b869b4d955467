// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The rules that set versions, as a person would apply them in a shell.

use super::shell::{quoted, with_variables};
use crate::release::{EditRule, VersionChange};

/// Replaces a text in files: `put FILES OLD NEW`.
const PUT: &str =
    r#"put() { git ls-files -z ":(glob)$1" | OLD="$2" NEW="$3" xargs -0r perl -pi -e 's/\Q$ENV{OLD}\E/$ENV{NEW}/g'; }"#;

/// Sets a value of a TOML file: `set_toml FILES KEY VALUE`.
const SET_TOML: &str = r#"set_toml() { git ls-files -z ":(glob)$1" | KEY="$2" NEW="$3" xargs -0r perl -0777 -pi -e 's/^(\h*\Q$ENV{KEY}\E\h*=\h*)(?:\[(?![^\n]*\]\h*$).*?^\h*\]|[^\n]*)/$1$ENV{NEW}/ms'; }"#;

/// Puts an entry before the others of an array in a TOML file.
const PREPEND_TOML: &str = r#"prepend_toml() { git ls-files -z ":(glob)$1" | KEY="$2" NEW="$3" xargs -0r perl -0777 -pi -e 's/^((\h*)\Q$ENV{KEY}\E\h*=\h*\[)/$1\n$2  $ENV{NEW},/m'; }"#;

/// The lines that apply `rules` in a checkout; `to` is the version that they set.
pub(super) fn edit_commands(rules: &[&EditRule], authority: Option<&EditRule>, to: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(authority), Some(_)) = (authority, to) {
        lines.push(old_version(authority));
    }
    let mut helpers: Vec<&str> = rules.iter().filter_map(|rule| helper(rule)).collect();
    helpers.sort_unstable();
    helpers.dedup();
    lines.extend(helpers.into_iter().map(str::to_owned));
    lines.extend(rules.iter().map(|rule| apply(rule, to)));
    lines
}

fn helper(rule: &EditRule) -> Option<&'static str> {
    match rule {
        EditRule::MavenPoms { .. } | EditRule::Text { .. } => Some(PUT),
        EditRule::Toml { .. } => Some(SET_TOML),
        EditRule::TomlPrepend { .. } => Some(PREPEND_TOML),
        EditRule::Json { .. } => None,
    }
}

/// Reads the tree's present version into `$old`.
fn old_version(authority: &EditRule) -> String {
    let file = quoted(authority.files());
    match authority {
        EditRule::MavenPoms { .. } => {
            format!(r"old=$(perl -0777 -ne 's/<parent>.*?<\/parent>//s; print $1 if /<version>\s*([^<\s]+)/' {file})")
        }
        EditRule::Json { pointer, .. } => {
            format!("old=$(jq -r {} {file})", quoted(&format!("getpath({})", keys(pointer))))
        }
        EditRule::Toml { path, .. } | EditRule::TomlPrepend { path, .. } => {
            format!(r#"old=$(perl -ne 'print $1 if /^\h*{}\h*=\h*"([^"]*)"/' {file})"#, last(path))
        }
        EditRule::Text { .. } => "old=VERSION_OF_THE_TREE".to_owned(),
    }
}

fn apply(rule: &EditRule, to: Option<&str>) -> String {
    let files = quoted(rule.files());
    let to = to.unwrap_or_default();
    // The old version is a variable, the new one is known.
    let filled = |text: &str| {
        if !text.contains("OLD@") && !text.contains('\'') {
            return quoted(&VersionChange::new("", to).fill(text));
        }
        let safe = text.replace('$', "\\$");
        with_variables(&VersionChange::new("@OLD@", to).fill(&safe).replace("@OLD@", "$old")).replace("\\\\$", "\\$")
    };
    match rule {
        EditRule::MavenPoms { .. } => format!("put {files} \"$old\" {}", quoted(to)),
        EditRule::Text { find, replace, .. } => format!("put {files} {} {}", filled(find), filled(replace)),
        EditRule::Json { pointer, value, .. } => {
            let set = format!("setpath({}; $new)", keys(pointer));
            format!(
                "for file in $(git ls-files {}); do jq --arg new {} {} \"$file\" > \"$file.new\" && mv \"$file.new\" \"$file\"; done",
                quoted(&format!(":(glob){}", rule.files())),
                filled(value),
                quoted(&set)
            )
        }
        EditRule::Toml { path, value, .. } => format!("set_toml {files} {} {}", quoted(last(path)), filled(value)),
        EditRule::TomlPrepend { path, value, .. } => {
            format!("prepend_toml {files} {} {}", quoted(last(path)), filled(value))
        }
    }
}

/// The name of a value by the last part of its path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_matches('"')
}

/// A JSON pointer as the path that jq takes.
fn keys(pointer: &str) -> String {
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    serde_json::json!(keys).to_string()
}
