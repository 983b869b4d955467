// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Applying rules to a tree.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fault::{EditFault, EditFaults};
use super::globs::globs;
use super::maven::Coordinates;
use super::text::Text;
use super::toml_value::TomlEdit;
use super::versions::{VersionChange, fill};
use super::{EditRule, Tree, json, maven};

/// How many files a fault names.
const FILES_SHOWN: usize = 3;

/// What applying rules came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edits {
    /// The files that differ now, with their new content.
    pub changed: Tree,
    /// The hits of each rule, in the rules' order.
    pub hits: Vec<Vec<Hit>>,
}

/// A place where a rule changed something or found it to be so already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What was there.
    pub before: String,
    /// What is there now; the same where it was so already.
    pub after: String,
}

/// What a rule found in one text.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// What to put where; where that is there already it counts as well.
    pub hits: Vec<(Range<usize>, String)>,
    /// What is wrong.
    pub mismatches: Vec<Mismatch>,
}

/// Something else than what was expected, at a place in a text.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub at: usize,
    pub found: String,
    pub expected: String,
}

impl Look {
    /// One mismatch and nothing else.
    pub(super) fn mismatch(at: usize, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let mismatch = Mismatch { at, found: found.into(), expected: expected.into() };
        Self { hits: Vec::new(), mismatches: vec![mismatch] }
    }
}

/// Applies `rules`, one after the other, to `tree`. Without `versions` no rule
/// may name a version.
///
/// A tree that is at the new version already comes out unchanged, with hits.
///
/// # Errors
/// All faults at once: a rule without a hit, something else where a value was
/// expected, a file that cannot be read as what the rule takes it for.
pub fn apply(tree: &Tree, rules: &[EditRule], versions: Option<&VersionChange>) -> Result<Edits, EditFaults> {
    let mut work = Work { tree, changed: BTreeMap::new(), versions, faults: Vec::new() };
    let hits = rules.iter().map(|rule| work.apply(rule)).collect();
    if !work.faults.is_empty() {
        return Err(EditFaults(work.faults));
    }
    let mut changed = work.changed;
    changed.retain(|path, bytes| tree.get(path) != Some(bytes));
    Ok(Edits { changed, hits })
}

struct Work<'a> {
    tree: &'a Tree,
    changed: Tree,
    versions: Option<&'a VersionChange>,
    faults: Vec<EditFault>,
}

/// The first of the files, and how many more there are.
fn in_short(texts: &[(String, String)]) -> String {
    let names: Vec<&str> = texts.iter().take(FILES_SHOWN).map(|(path, _)| path.as_str()).collect();
    let more = texts.len() - names.len();
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

impl Work<'_> {
    fn apply(&mut self, rule: &EditRule) -> Vec<Hit> {
        let faults_before = self.faults.len();
        let Some(texts) = self.texts(rule) else { return Vec::new() };
        let Some(looks) = self.look(rule, &texts) else { return Vec::new() };
        let mut hits = Vec::new();
        for ((path, text), look) in texts.iter().zip(looks) {
            for Mismatch { at, found, expected } in look.mismatches {
                self.fault(rule, format!("{path}:{}", line(text, at)), found, expected);
            }
            hits.extend(self.put(path, text, look.hits));
        }
        let may_miss = matches!(rule, EditRule::Text { may_miss: Some(_), .. });
        if hits.is_empty() && !may_miss && self.faults.len() == faults_before {
            let expected = "something to change, or that it is so already";
            let found = match texts.is_empty() {
                true => "no such file".to_owned(),
                false => format!("nothing that the rule fits in {}", in_short(&texts)),
            };
            self.fault(rule, rule.files().to_owned(), found, expected);
        }
        hits
    }

    /// The texts that the rule is about; `None` where that is a fault already.
    fn texts(&mut self, rule: &EditRule) -> Option<Vec<(String, String)>> {
        let glob = match globs([rule.files()]) {
            Ok(glob) => glob,
            Err(error) => {
                self.fault(rule, rule.files().to_owned(), error.source.to_string(), "a glob");
                return None;
            }
        };
        let mut texts = Vec::new();
        for (path, bytes) in self.tree.iter().filter(|(path, _)| glob.is_match(path)) {
            let bytes = self.changed.get(path).unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => texts.push((path.clone(), text.to_owned())),
                // A glob over many texts may cover a picture; any other rule names its files.
                Err(_) if matches!(rule, EditRule::Text { .. }) => {}
                Err(_) => self.fault(rule, path.clone(), "bytes that are no UTF-8", "a text"),
            }
        }
        Some(texts)
    }

    /// What the rule finds in each of `texts`; `None` where the rule itself is at fault.
    fn look(&mut self, rule: &EditRule, texts: &[(String, String)]) -> Option<Vec<Look>> {
        let found: Result<Vec<Look>, (String, String)> = match rule {
            EditRule::MavenPoms { .. } => match self.versions {
                Some(versions) => {
                    let coordinates = Coordinates::of(texts.iter().map(|(_, text)| text.as_str()));
                    Ok(texts.iter().map(|(_, text)| maven::look(text, &coordinates, versions)).collect())
                }
                None => Err(("no version to set".into(), "versions, for poms".into())),
            },
            EditRule::Json { pointer, value, .. } => fill(value, self.versions).map_err(no_version).map(|filled| {
                texts.iter().map(|(_, text)| json::look(text, pointer, value, &filled, self.versions)).collect()
            }),
            EditRule::Text { find, replace, may_miss, .. } => Text::new(find, replace, self.versions)
                .map(|rule| rule.look(texts.iter().map(|(_, text)| text.as_str()), may_miss.is_some())),
            EditRule::Toml { path, value, .. } => TomlEdit::new(path, value, self.versions)
                .map(|edit| texts.iter().map(|(_, text)| edit.set(text, self.versions)).collect()),
            EditRule::TomlPrepend { path, value, .. } => TomlEdit::new(path, value, self.versions)
                .map(|edit| texts.iter().map(|(_, text)| edit.prepend(text)).collect()),
        };
        found.map_err(|(found, expected)| self.fault(rule, rule.files().to_owned(), found, expected)).ok()
    }

    fn put(&mut self, path: &str, text: &str, mut replacements: Vec<(Range<usize>, String)>) -> Vec<Hit> {
        replacements.sort_by_key(|(range, _)| range.start);
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        let mut hits = Vec::new();
        for (range, after) in replacements {
            new.push_str(&text[at..range.start]);
            new.push_str(&after);
            at = range.end;
            let before = text[range.clone()].to_owned();
            hits.push(Hit { path: path.to_owned(), line: line(text, range.start), before, after });
        }
        new.push_str(&text[at..]);
        if new != text {
            self.changed.insert(path.to_owned(), new.into_bytes());
        }
        hits
    }

    fn fault(&mut self, rule: &EditRule, place: String, found: impl Into<String>, expected: impl Into<String>) {
        let rule = rule.describe();
        self.faults.push(EditFault { rule, place, found: found.into(), expected: expected.into() });
    }
}

/// A template that names a version where none is set: what was found, what was expected.
pub(super) fn no_version(placeholder: &'static str) -> (String, String) {
    (format!("{placeholder} in the rule"), "no version in it, since this step sets none".to_owned())
}

/// The line of the byte `at`, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}
