// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A value in a TOML text, by path and byte range.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::apply::{Look, no_version};
use super::json::wrong_version;
use super::versions::{VersionChange, fill};

/// A path and the value to set there, or the entry to put first.
pub(super) struct TomlEdit<'a> {
    path: &'a str,
    steps: Vec<String>,
    /// As TOML, filled in.
    text: String,
    value: toml::Value,
    /// The string that the template says, where it is one.
    template: Option<String>,
}

/// Where something stands, and what it is.
struct Found {
    range: Range<usize>,
    value: toml::Value,
    /// Of an array: where each item stands.
    items: Vec<Range<usize>>,
}

impl<'a> TomlEdit<'a> {
    /// The edit; else what was found and expected in it.
    pub(super) fn new(
        path: &'a str,
        template: &str,
        versions: Option<&VersionChange>,
    ) -> Result<Self, (String, String)> {
        let text = fill(template, versions).map_err(no_version)?.trim().to_owned();
        let value = value_of(&text).ok_or_else(|| (format!("`{text}`"), "a TOML value".to_owned()))?;
        let steps = steps(path).ok_or_else(|| (format!("the path `{path}`"), "a dotted TOML key".to_owned()))?;
        let template = value_of(template).and_then(|value| value.as_str().map(str::to_owned));
        Ok(Self { path, steps, text, value, template })
    }

    /// Sets the value.
    pub(super) fn set(&self, text: &str, versions: Option<&VersionChange>) -> Look {
        let found = match find(text, &self.steps) {
            Ok(found) => found,
            Err((found, at)) => return Look::mismatch(at, found, format!("a value at {}", self.path)),
        };
        if found.value == self.value {
            return Look { hits: vec![(found.range.clone(), text[found.range].to_owned())], ..Look::default() };
        }
        if !found.value.same_type(&self.value) {
            let (there, wanted) = (found.value.type_str(), self.value.type_str());
            let what = format!("a value of type {there} at {}", self.path);
            return Look::mismatch(found.range.start, what, format!("one of type {wanted}"));
        }
        if let (Some(present), Some(template)) = (found.value.as_str(), &self.template)
            && let Some(expected) = wrong_version(present, template, versions)
        {
            return Look::mismatch(found.range.start, format!("`{present}` at {}", self.path), expected);
        }
        let put = Look { hits: vec![(found.range, self.text.clone())], ..Look::default() };
        self.proved(text, put, |now| *now == self.value)
    }

    /// Puts the entry before the others, unless it is there.
    pub(super) fn prepend(&self, text: &str) -> Look {
        let expected = format!("an array at {}", self.path);
        let found = match find(text, &self.steps) {
            Ok(found) => found,
            Err((found, at)) => return Look::mismatch(at, found, expected),
        };
        let Some(items) = found.value.as_array() else {
            return Look::mismatch(found.range.start, format!("a value of type {}", found.value.type_str()), expected);
        };
        if let Some(index) = items.iter().position(|item| *item == self.value) {
            let range = found.items[index].clone();
            return Look { hits: vec![(range.clone(), text[range].to_owned())], ..Look::default() };
        }
        let put = match found.items.first() {
            Some(first) => {
                (first.start..first.start, format!("{},{}", self.text, gap(text, &found.range, first.start)))
            }
            None => (found.range.start + 1..found.range.start + 1, self.text.clone()),
        };
        let put = Look { hits: vec![put], ..Look::default() };
        let count = items.len();
        self.proved(text, put, |now| {
            now.as_array().is_some_and(|now| now.len() == count + 1 && now.first() == Some(&self.value))
        })
    }

    /// `put`, where the text that it makes says what was meant.
    fn proved(&self, text: &str, put: Look, holds: impl Fn(&toml::Value) -> bool) -> Look {
        let mut new = text.to_owned();
        for (range, by) in &put.hits {
            new.replace_range(range.clone(), by);
        }
        match find(&new, &self.steps) {
            Ok(found) if holds(&found.value) => put,
            _ => Look::mismatch(
                put.hits.first().map_or(0, |(range, _)| range.start),
                format!("a text in which {} cannot be set to `{}`", self.path, self.text),
                "one in which it can",
            ),
        }
    }
}

/// The string at `path` with its place; else what is there, and where.
pub(super) fn string_at(text: &str, path: &str) -> Result<(String, usize), (String, usize)> {
    let steps = steps(path).ok_or_else(|| (format!("the path `{path}`"), 0))?;
    let found = find(text, &steps)?;
    match found.value.as_str() {
        Some(string) => Ok((string.to_owned(), found.range.start)),
        None => Err((format!("a value of type {}", found.value.type_str()), found.range.start)),
    }
}

fn find(text: &str, steps: &[String]) -> Result<Found, (String, usize)> {
    let document =
        DeTable::parse(text).map_err(|error| (format!("what is no TOML ({})", error.message()), error_at(&error)))?;
    let mut table = document.get_ref();
    let mut at = 0;
    for (index, step) in steps.iter().enumerate() {
        let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == step) else {
            return Err((format!("no `{}`", steps[..=index].join(".")), at));
        };
        at = value.span().start.min(text.len());
        if index + 1 == steps.len() {
            return found(text, value.span(), value.get_ref())
                .ok_or_else(|| (format!("`{}`, which is no single value", steps.join(".")), at));
        }
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Err((format!("`{}`, which is no table", steps[..=index].join(".")), at)),
        }
    }
    Err(("an empty path".to_owned(), 0))
}

fn found(text: &str, range: Range<usize>, value: &DeValue<'_>) -> Option<Found> {
    let items = value.as_array().map(|items| items.iter().map(toml::Spanned::span).collect()).unwrap_or_default();
    Some(Found { value: value_of(text.get(range.clone())?)?, range, items })
}

/// The value that `text` is as TOML.
fn value_of(text: &str) -> Option<toml::Value> {
    let mut table: toml::Table = toml::from_str(&format!("v = {}", text.trim())).ok()?;
    let value = table.remove("v")?;
    table.is_empty().then_some(value)
}

/// `a."b.c"` as `a`, `b.c`.
fn steps(path: &str) -> Option<Vec<String>> {
    let line = format!("{path} = 0");
    let document = DeTable::parse(&line).ok()?;
    let mut table = document.get_ref();
    let mut steps = Vec::new();
    loop {
        let mut entries = table.iter();
        let (key, value) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        steps.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Some(steps),
        }
    }
}

/// What goes between the new first entry and the one that follows: the break and
/// the indent that the first has, or a blank.
fn gap(text: &str, array: &Range<usize>, first: usize) -> String {
    let between = &text[array.start + 1..first];
    match between.rfind('\n') {
        Some(at) if between[at + 1..].trim().is_empty() => {
            let carriage = if between[..at].ends_with('\r') { "\r" } else { "" };
            format!("{carriage}{}", &between[at..])
        }
        _ => " ".to_owned(),
    }
}

fn error_at(error: &toml::de::Error) -> usize {
    error.span().map_or(0, |span| span.start)
}
