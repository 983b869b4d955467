// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An index of proposals as somebody exported it: a JSON list, a row each. Every row is
//! checked, and every fault named with its line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::field::Field;
use super::scheme::Scheme;

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct SourceFault {
    /// Which file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Which row, and what is wrong with it.
    pub what: String,
}

/// A row: a proposal's fields, as the index has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Where it stands in the file.
    pub line: usize,
    /// What it says; fields that it leaves open are not there.
    pub fields: BTreeMap<Field, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    number: Option<u32>,
    title: String,
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    discussion: Option<String>,
    #[serde(default)]
    vote: Option<String>,
    #[serde(default)]
    release: Option<String>,
    #[serde(default)]
    component: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    jira: Option<String>,
    #[serde(default)]
    author: Option<String>,
}

/// The rows of an index; `file` names it in faults.
///
/// # Errors
/// With every row that cannot be used.
pub fn read_rows(scheme: &Scheme, file: &str, text: &str) -> Result<Vec<SourceRow>, Vec<SourceFault>> {
    let fault = |line: usize, what: String| SourceFault { file: file.to_owned(), line, what };
    let raw: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
        let what = format!("no list of rows: {}", without_place(&error));
        vec![fault(error.line().max(1), what)]
    })?;
    let (mut rows, mut faults, mut pages) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut seen = Lines::new(text);
    for (number, raw) in (1..).zip(raw) {
        let line = seen.line_of(raw.get());
        match serde_json::from_str::<Row>(raw.get()) {
            Err(error) => {
                let line = line + error.line().max(1) - 1;
                faults.push(fault(line, format!("row {number}: {}", without_place(&error))));
            }
            Ok(row) => {
                let name = row.number.map_or_else(|| format!("row {number}"), |number| scheme.name(Some(number)));
                let mut wrong = row.faults();
                if row.page.as_ref().is_some_and(|page| !pages.insert(page.clone())) {
                    wrong.push("its `page` is that of a row before".to_owned());
                }
                faults.extend(wrong.into_iter().map(|what| fault(line, format!("{name}: {what}"))));
                rows.push(SourceRow { line, fields: row.fields(scheme) });
            }
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// What is wrong, without the place in the row's own text.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

/// Counts lines as far as they were asked for.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a part of the text; parts come in their order.
    fn line_of(&mut self, part: &str) -> usize {
        let at = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let between = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count();
        self.at = at.max(self.at);
        self.line
    }
}

impl Row {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.number == Some(0) {
            faults.push("`number` is 0; numbers begin with 1".to_owned());
        }
        if self.title.trim().is_empty() {
            faults.push("`title` is empty".to_owned());
        }
        for (name, day) in [("created", &self.created), ("modified", &self.modified)] {
            if let Some(day) = day.as_ref().filter(|day| day.parse::<Date>().is_err()) {
                faults.push(format!("`{name}` is `{day}`; expected a day, 2026-11-22"));
            }
        }
        if let Some(page) = self.page.as_ref().filter(|page| page.trim().is_empty()) {
            faults.push(format!("`page` is `{page}`; expected the id of its page"));
        }
        faults
    }

    fn fields(self, scheme: &Scheme) -> BTreeMap<Field, String> {
        let state = self.state.map(|state| scheme.state(&state).map_or(state, |rule| rule.id.clone()));
        let text = self.page.as_deref().and_then(|page| scheme.page_address(page));
        let all = [
            (Field::Number, self.number.map(|number| number.to_string())),
            (Field::Title, Some(self.title)),
            (Field::State, state),
            (Field::Author, self.author),
            (Field::Created, self.created),
            (Field::Modified, self.modified),
            (Field::Discussion, self.discussion),
            (Field::Vote, self.vote),
            (Field::Jira, self.jira),
            (Field::Release, self.release),
            (Field::Component, self.component),
            (Field::Page, self.page),
            (Field::Text, text),
        ];
        all.into_iter().filter_map(|(field, value)| Some((field, value.filter(|value| !value.is_empty())?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    fn faults(text: &str) -> Vec<String> {
        read_rows(&flip(), "f.json", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_is_a_proposals_fields_and_knows_its_line() {
        let text = "[\n{\"number\": 1, \"title\": \"FLIP-1: a\", \"page\": \"65\", \"state\": \"in progress\", \"vote\": null},\n\n{\"title\": \"FLIP-XXX: b\", \"state\": \"odd\"}]";
        let rows = read_rows(&flip(), "f.json", text).unwrap();
        assert_eq!((rows[0].line, rows[1].line), (2, 4));
        assert_eq!((&*rows[0].fields[&Field::State], &*rows[1].fields[&Field::State]), ("accepted", "odd"));
        assert!(rows[0].fields[&Field::Text].ends_with("pageId=65") && !rows[0].fields.contains_key(&Field::Vote));
        assert!(!rows[1].fields.contains_key(&Field::Number));
    }

    #[test]
    fn every_row_that_cannot_be_used_is_named() {
        let text = "[\n{\"number\": 0, \"title\": \" \"},\n{\"number\": 2, \"titel\": \"x\"},\n{\"number\": 3, \"title\": \"x\", \"created\": \"soon\"},\n{\"number\": -1, \"title\": \"x\"},\n{\"title\": \"x\", \"page\": \"1\"}, {\"title\": \"y\", \"page\": \"1\"}\n, 7]";
        assert_eq!(
            faults(text),
            [
                "f.json:2: FLIP-0: `number` is 0; numbers begin with 1",
                "f.json:2: FLIP-0: `title` is empty",
                "f.json:3: row 2: unknown field `titel`, expected one of `number`, `title`, `page`, `created`, `modified`, `discussion`, `vote`, `release`, `component`, `state`, `jira`, `author`",
                "f.json:4: FLIP-3: `created` is `soon`; expected a day, 2026-11-22",
                "f.json:5: row 4: invalid value: integer `-1`, expected u32",
                "f.json:6: row 6: its `page` is that of a row before",
                "f.json:7: row 7: invalid type: integer `7`, expected struct Row",
            ]
        );
        assert_eq!(faults("[\n{"), ["f.json:2: no list of rows: EOF while parsing an object"]);
        assert!(faults("{}")[0].starts_with("f.json:1: no list of rows: invalid type: map, expected a sequence"));
    }
}
