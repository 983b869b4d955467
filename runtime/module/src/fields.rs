// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading the fields of a mapping: each fault is noted, and reading goes on.

use std::cell::RefCell;
use std::time::Duration;

use crate::fault::{Findings, Place};
use crate::units;
use crate::yaml::{Content, Node};

/// The most that something may be counted to.
const MOST_COUNT: usize = 0x7fff_ffff;

/// The fields of a mapping, of which those that nobody asked for are remarked upon.
pub(crate) struct Fields<'n> {
    pub(crate) place: &'n Place,
    entries: Vec<(&'n str, &'n Node, &'n Node)>,
    asked: RefCell<Vec<&'static str>>,
    findings: &'n RefCell<Findings>,
}

impl<'n> Fields<'n> {
    /// The fields of `node`, which is called `what`.
    pub(crate) fn of(node: &'n Node, what: &str, findings: &'n RefCell<Findings>) -> Option<Self> {
        let Content::Mapping(pairs) = &node.content else {
            findings.borrow_mut().fault(&node.place, format!("{what} is a mapping; found {}", node.kind()));
            return None;
        };
        let mut entries: Vec<(&str, &Node, &Node)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            match &key.content {
                Content::Scalar(name) if entries.iter().any(|(known, ..)| known == name) => {
                    findings.borrow_mut().fault(&key.place, format!("{name:?} is given twice"));
                }
                Content::Scalar(name) => entries.push((name, key, value)),
                _ => findings.borrow_mut().fault(&key.place, format!("expected a name; found {}", key.kind())),
            }
        }
        Some(Self { place: &node.place, entries, asked: RefCell::default(), findings })
    }

    pub(crate) fn findings(&self) -> &'n RefCell<Findings> {
        self.findings
    }

    pub(crate) fn fault(&self, place: &Place, message: impl Into<String>) {
        self.findings.borrow_mut().fault(place, message);
    }

    /// The field, where it is given and not empty.
    pub(crate) fn maybe(&self, name: &'static str) -> Option<&'n Node> {
        self.asked.borrow_mut().push(name);
        let found = self.entries.iter().find(|(known, ..)| *known == name);
        found.map(|(_, _, value)| *value).filter(|value| !matches!(value.content, Content::Nothing))
    }

    /// The field, which must be given; `example` shows how.
    pub(crate) fn must(&self, name: &'static str, example: &str) -> Option<&'n Node> {
        let found = self.maybe(name);
        if found.is_none() {
            self.fault(self.place, format!("{name:?} is missing; expected {name}: {example}"));
        }
        found
    }

    /// The text of a field that must be given.
    pub(crate) fn text(&self, name: &'static str, example: &str) -> Option<&'n str> {
        self.read_text(self.must(name, example)?, name, example)
    }

    /// The text of a field that may be given.
    pub(crate) fn maybe_text(&self, name: &'static str, example: &str) -> Option<&'n str> {
        self.read_text(self.maybe(name)?, name, example)
    }

    fn read_text(&self, node: &'n Node, name: &str, example: &str) -> Option<&'n str> {
        match &node.content {
            Content::Scalar(text) => Some(text),
            _ => {
                self.fault(&node.place, format!("{name:?} is {}; expected {name}: {example}", node.kind()));
                None
            }
        }
    }

    /// A text that `parse` understands, of a field that may be given.
    pub(crate) fn parsed<T>(
        &self,
        name: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.maybe(name)?;
        let text = self.read_text(node, name, example)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.fault(&node.place, format!("{name:?} is {text:?}; expected {name}: {example}"));
        }
        parsed
    }

    /// A length of time, of a field that may be given.
    pub(crate) fn duration(&self, name: &'static str, otherwise: Duration) -> Duration {
        self.parsed(name, "30s", units::duration).unwrap_or(otherwise)
    }

    /// A length of time that is more than none, of a field that may be given.
    pub(crate) fn budget(&self, name: &'static str, otherwise: Duration) -> Duration {
        let some = |text: &str| units::duration(text).filter(|time| !time.is_zero());
        self.parsed(name, "30s, and more than 0", some).unwrap_or(otherwise)
    }

    /// A count from 1 on, of a field that may be given; as upstream, no more than fits into 31 bits.
    pub(crate) fn count(&self, name: &'static str, otherwise: usize) -> usize {
        let some = |text: &str| text.parse().ok().filter(|count| (1..=MOST_COUNT).contains(count));
        self.parsed(name, "100, a whole number from 1 to 2147483647", some).unwrap_or(otherwise)
    }

    /// The elements of a list that must be given and not be empty.
    pub(crate) fn list(&self, name: &'static str, example: &str) -> &'n [Node] {
        match self.must(name, example) {
            None => &[],
            Some(node) => match &node.content {
                Content::Sequence(nodes) if !nodes.is_empty() => nodes,
                _ => {
                    self.fault(&node.place, format!("{name:?} is a list with something in it; found {}", node.kind()));
                    &[]
                }
            },
        }
    }

    /// The elements of a list that may be given.
    pub(crate) fn maybe_list(&self, name: &'static str) -> &'n [Node] {
        match self.maybe(name) {
            None => &[],
            Some(node) => match &node.content {
                Content::Sequence(nodes) => nodes,
                _ => {
                    self.fault(&node.place, format!("{name:?} is a list; found {}", node.kind()));
                    &[]
                }
            },
        }
    }

    /// Settings for a client: a list of mappings with one entry each, or one mapping.
    pub(crate) fn settings(&self, name: &'static str) -> Vec<(String, String)> {
        let Some(node) = self.maybe(name) else { return Vec::new() };
        let mappings = match &node.content {
            Content::Sequence(nodes) => nodes.iter().collect(),
            _ => vec![node],
        };
        let mut settings = Vec::new();
        for mapping in mappings {
            let Content::Mapping(pairs) = &mapping.content else {
                self.fault(&mapping.place, format!("a setting is NAME: VALUE; found {}", mapping.kind()));
                continue;
            };
            for (key, value) in pairs {
                match (&key.content, &value.content) {
                    (Content::Scalar(key), Content::Scalar(value)) => settings.push((key.clone(), value.clone())),
                    (Content::Scalar(key), Content::Nothing) => settings.push((key.clone(), String::new())),
                    _ => self.fault(&value.place, "a setting is NAME: VALUE, both plain"),
                }
            }
        }
        settings
    }

    /// A `namespace/name`, of a field that must be given.
    pub(crate) fn name(&self, name: &'static str, example: &str) -> Option<String> {
        let node = self.must(name, example)?;
        let text = self.read_text(node, name, example)?;
        if is_name(text) {
            return Some(text.to_owned());
        }
        self.fault(&node.place, format!("{name:?} is {text:?}; expected namespace/name, as in {name}: {example}"));
        None
    }

    /// A field that upstream takes, and that says nothing here, as `why` says; it is remarked upon.
    pub(crate) fn without_effect(&self, name: &'static str, why: &str) {
        if self.maybe(name).is_some()
            && let Some((_, key, _)) = self.entries.iter().find(|(known, ..)| *known == name)
        {
            self.findings.borrow_mut().remark(&key.place, format!("{name:?} has no effect: {why}"));
        }
    }

    /// Remarks upon the fields that nobody asked for.
    pub(crate) fn end(self) {
        let mut asked: Vec<&str> = Vec::new();
        for name in self.asked.borrow().iter() {
            if !asked.contains(name) {
                asked.push(name);
            }
        }
        for (name, key, _) in &self.entries {
            if !asked.contains(name) {
                let known = asked.join(", ");
                self.findings.borrow_mut().remark(&key.place, format!("{name:?} is not known here; known: {known}"));
            }
        }
    }
}

/// Whether a text is `namespace/name`.
pub(crate) fn is_name(text: &str) -> bool {
    text.rsplit_once('/').is_some_and(|(namespace, name)| !namespace.is_empty() && !name.is_empty())
}
