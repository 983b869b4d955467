// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which version a tree says it is at.

use super::apply::line;
use super::fault::EditFault;
use super::globs::globs;
use super::text::versions_between;
use super::versions::around_placeholder;
use super::{EditRule, Tree, json, maven, toml_value};

/// The version that `tree` is at, read where `rule` would set it. The rule's
/// files must be one file; `tree` need hold no other.
///
/// # Errors
/// When there is no such file, or several, or no version in it.
pub fn authority(rule: &EditRule, tree: &Tree) -> Result<String, EditFault> {
    let fault = |place: String, found: String, expected: &str| EditFault {
        rule: rule.describe(),
        place,
        found,
        expected: expected.to_owned(),
    };
    let files = rule.files().to_owned();
    let glob = globs([rule.files()]).map_err(|error| fault(files.clone(), error.source.to_string(), "a glob"))?;
    let mut fitting = tree.iter().filter(|(path, _)| glob.is_match(path));
    let (path, bytes) = match (fitting.next(), fitting.next()) {
        (Some(file), None) => file,
        (None, _) => return Err(fault(files, "no such file".into(), "the file that says the tree's version")),
        (Some(_), Some(_)) => return Err(fault(files, "several files".into(), "one that says the tree's version")),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| fault(path.clone(), "no UTF-8".into(), "a text"))?;
    version_in(rule, text)
        .map_err(|(found, at)| fault(format!("{path}:{}", line(text, at)), found, "the version of the tree"))
}

/// The version in one text; else what is there, and where.
fn version_in(rule: &EditRule, text: &str) -> Result<String, (String, usize)> {
    match rule {
        EditRule::MavenPoms { .. } => maven::project_version(text).map(|(version, _)| version),
        EditRule::Json { pointer, value, .. } => {
            let (string, range) = json::string_at(text, pointer)?;
            within(value, &string).ok_or_else(|| (format!("`{string}`"), range.start))
        }
        EditRule::Toml { path, value, .. } => {
            let (string, at) = toml_value::string_at(text, path)?;
            within(value.trim().trim_matches(['"', '\'']), &string).ok_or_else(|| (format!("`{string}`"), at))
        }
        EditRule::Text { find, .. } => {
            let Some((before, after)) = around_placeholder(find) else {
                return Err((format!("no version in the rule's `{find}`"), 0));
            };
            let mut versions: Vec<&str> = versions_between(text, before, after).map(|(_, version)| version).collect();
            versions.sort_unstable();
            versions.dedup();
            match versions[..] {
                [version] => Ok(version.to_owned()),
                [] => Err((format!("nothing of the shape `{find}`"), 0)),
                _ => Err((versions.join(" and "), 0)),
            }
        }
        EditRule::TomlPrepend { .. } => Err(("a rule that says no version".into(), 0)),
    }
}

/// The version in `string`, which is written as `template` says.
fn within(template: &str, string: &str) -> Option<String> {
    let (before, after) = around_placeholder(template)?;
    let version = string.strip_prefix(before)?.strip_suffix(after)?;
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_owned())
}
