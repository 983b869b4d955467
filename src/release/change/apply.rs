// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Applying changes to the files that they name.

use std::collections::BTreeMap;

use super::{Change, yaml_text};
use crate::release::{EditRule, Tree, Version, apply};

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{change}: found {found}, expected {expected}")]
pub struct ChangeFault {
    /// What was to be done.
    pub change: String,
    /// What is there.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// The files that `changes` make otherwise or new, one after the other; `texts` are the
/// prepared ones, by name.
///
/// # Errors
/// All faults at once.
pub fn changed(tree: &Tree, changes: &[Change], texts: &BTreeMap<String, String>) -> Result<Tree, Vec<ChangeFault>> {
    let (mut new, mut faults) = (Tree::new(), Vec::new());
    for change in changes {
        let present = new.get(change.file()).or_else(|| tree.get(change.file()));
        match result(change, present.map(Vec::as_slice), texts) {
            Ok(Some(text)) => drop(new.insert(change.file().to_owned(), text.into_bytes())),
            Ok(None) => {}
            Err((found, expected)) => faults.push(ChangeFault { change: change.describe(), found, expected }),
        }
    }
    if faults.is_empty() { Ok(new) } else { Err(faults) }
}

/// What was found and what was expected.
pub(super) type Mismatch = (String, String);

/// The file's new text; `None` where it holds already.
fn result(
    change: &Change,
    present: Option<&[u8]>,
    texts: &BTreeMap<String, String>,
) -> Result<Option<String>, Mismatch> {
    let prepared = || {
        let name = change.from().unwrap_or_default();
        let missing = || (format!("no prepared text `{name}`"), "one".to_owned());
        texts.get(name).map(String::as_str).ok_or_else(missing)
    };
    let there = match (present, change) {
        (Some(_), Change::File { .. }) => return Ok(None),
        (None, Change::File { .. }) => return Ok(Some(prepared()?.to_owned())),
        (None, _) => return Err(("no such file".to_owned(), "one that can be changed".to_owned())),
        (Some(bytes), _) => {
            std::str::from_utf8(bytes).map_err(|_| ("what is no UTF-8".to_owned(), "a text".to_owned()))?
        }
    };
    let now = match change {
        Change::Toml { file, path, value, keeps_higher } => toml_set(there, file, path, value, *keeps_higher)?,
        Change::YamlKey { key, .. } => yaml_text::put_key(there, key, prepared()?)?,
        Change::YamlItem { list, identity, .. } => yaml_text::put_item(there, list, identity, prepared()?)?,
        Change::Line { line, .. } => with_line(there, line),
        Change::File { .. } => None,
    };
    Ok(now.filter(|now| now != there))
}

fn toml_set(there: &str, file: &str, path: &str, value: &str, keeps_higher: bool) -> Result<Option<String>, Mismatch> {
    if keeps_higher && is_higher(there, path, value) {
        return Ok(None);
    }
    let rule = EditRule::Toml { files: file.to_owned(), path: path.to_owned(), value: value.to_owned() };
    let tree = Tree::from([(file.to_owned(), there.as_bytes().to_vec())]);
    let edits = apply(&tree, &[rule], None).map_err(|faults| {
        faults.0.into_iter().next().map_or_else(Default::default, |fault| (fault.found, fault.expected))
    })?;
    let now = edits.changed.into_values().next();
    Ok(now.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a higher version than `value` stands at `path`; a series counts as its first.
fn is_higher(there: &str, path: &str, value: &str) -> bool {
    let version = |text: &str| {
        let text = text.trim().trim_matches(['"', '\'']);
        let whole = if text.matches('.').count() == 1 { format!("{text}.0") } else { text.to_owned() };
        whole.parse::<Version>().ok()
    };
    let Ok(document) = there.parse::<toml::Table>() else { return false };
    let mut parts = path.split('.');
    let first = parts.next().and_then(|part| document.get(part));
    let found = parts.try_fold(first, |value, part| value.map(|value| value.get(part)));
    let present = found.flatten().and_then(toml::Value::as_str).and_then(version);
    matches!((present, version(value)), (Some(present), Some(wanted)) if present > wanted)
}

fn with_line(there: &str, line: &str) -> Option<String> {
    if there.lines().any(|present| present.trim_end() == line) {
        return None;
    }
    let end = yaml_text::end_of_line(there);
    let before = if there.is_empty() || there.ends_with('\n') { "" } else { end };
    Some(format!("{there}{before}{line}{end}"))
}
