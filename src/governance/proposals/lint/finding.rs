// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A rule, and what it finds.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::page::Page;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// To be known.
    Note,
    /// To be looked at.
    Warning,
    /// Not right; it makes `flip lint` fail.
    Error,
}

impl Weight {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule of the lint.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: `vote-missing`.
    pub id: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// What it finds.
    pub finds: &'static str,
    /// Why that matters.
    pub why: &'static str,
}

/// A change of a page that mends a finding for certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The page's file.
    pub page: String,
    /// The field.
    pub field: Field,
    /// What it is.
    pub before: String,
    /// What it becomes.
    pub after: String,
}

/// What a rule finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: &'static Rule,
    /// Of which proposal.
    pub number: Option<u32>,
    /// File and line.
    pub place: String,
    /// What is so.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// The change that mends it, where that is certain.
    pub change: Option<Change>,
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 7)?;
        out.serialize_field("rule", self.rule.id)?;
        out.serialize_field("weight", &self.rule.weight)?;
        out.serialize_field("number", &self.number)?;
        out.serialize_field("place", &self.place)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("fix", &self.fix)?;
        out.serialize_field("certain", &self.change.is_some())?;
        out.end()
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Findings {
    pub(super) all: Vec<Finding>,
}

impl Findings {
    /// Something about a field of a page.
    pub(super) fn field(&mut self, rule: &'static Rule, page: &Page, field: Field, message: String, fix: String) {
        self.at(rule, page, page.place_of(field), message, fix);
    }

    /// Something about a place of a page.
    pub(super) fn at(&mut self, rule: &'static Rule, page: &Page, place: String, message: String, fix: String) {
        self.all.push(Finding { rule, number: page.number(), place, message, fix, change: None });
    }

    /// Something about a field that another value of it mends for certain.
    pub(super) fn certain(&mut self, rule: &'static Rule, page: &Page, field: Field, message: String, after: String) {
        let before = page.get(field).unwrap_or_default().to_owned();
        let fix = format!("set {field} to `{after}`");
        // where the head cannot be read, nobody knows what stands there
        let readable = page.faults().is_empty();
        let change = readable.then(|| Change { page: page.place.clone(), field, before, after });
        let place = page.place_of(field);
        self.all.push(Finding { rule, number: page.number(), place, message, fix, change });
    }

    /// Something about no page.
    pub(super) fn beside(
        &mut self,
        rule: &'static Rule,
        number: Option<u32>,
        place: String,
        message: String,
        fix: String,
    ) {
        self.all.push(Finding { rule, number, place, message, fix, change: None });
    }
}

/// The names of proposals, as a sentence lists them.
pub(super) fn names(corpus: &Corpus<'_>, pages: &[&Page]) -> String {
    pages.iter().map(|page| page.name(corpus.scheme)).collect::<Vec<_>>().join(", ")
}
