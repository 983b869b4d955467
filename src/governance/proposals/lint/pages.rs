// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The page itself: its head, its sections.

use super::finding::{Findings, Rule, Weight};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::{Scheme, Stage};
use crate::governance::proposals::sections::Heading;

pub(super) const RULES: &[Rule] = &[HEAD, SECTION_MISSING, SECTION_EMPTY];

const HEAD: Rule = Rule {
    id: "head-unreadable",
    weight: Weight::Error,
    finds: "A line of a page's head that cannot be read.",
    why: "What is not read is in no list, no index and no check; it was written for a reason.",
};
const SECTION_MISSING: Rule = Rule {
    id: "section-missing",
    weight: Weight::Warning,
    finds: "A section of the template that a page has under none of its names.",
    why: "Those who vote look for it: what changes for whom, and what else was considered.",
};
const SECTION_EMPTY: Rule = Rule {
    id: "section-empty",
    weight: Weight::Note,
    finds: "A section with nothing under its heading, of a proposal that is no draft any more.",
    why: "An empty section does not say whether there is nothing to say or nobody thought of it.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    for page in &corpus.pages {
        for fault in page.faults() {
            let fix = "write it as `key: value`; docs/proposals.md lists the keys".to_owned();
            found.at(&HEAD, page, page.at(fault.line), fault.what.clone(), fix);
        }
        sections(corpus.scheme, page, found);
    }
}

/// What a page lacks to be read by those who vote on it: sections that are missing or empty, each
/// with its place. Asked of a draft as of any other.
pub fn missing_text(scheme: &Scheme, page: &Page) -> Vec<String> {
    let page = match scheme.of_stage(Stage::Discussion) {
        Some(state) => page.with(scheme, Field::State, &state.id),
        None => page.clone(),
    };
    let mut found = Findings::default();
    sections(scheme, &page, &mut found);
    found.all.into_iter().map(|finding| format!("{}: {}; {}", finding.place, finding.message, finding.fix)).collect()
}

fn sections(scheme: &Scheme, page: &Page, found: &mut Findings) {
    let headings = page.headings();
    let of_page: Vec<&Heading> = headings.iter().filter(|heading| heading.level > 1).collect();
    // The text of an imported page is elsewhere.
    if of_page.is_empty() && page.get(Field::Text).is_some() {
        return;
    }
    let is_draft = page.state(scheme).is_some_and(|state| state.stage == Stage::Draft);
    for rule in &scheme.sections {
        let here = headings.iter().filter(|heading| scheme.section_of(&heading.title) == Some(rule));
        match here.clone().next() {
            None if rule.optional => {}
            None => {
                let other = rule.also.first().map_or_else(String::new, |also| format!(" (or `{also}`)"));
                let message = format!("no section `{}`{other}", rule.title);
                found.at(&SECTION_MISSING, page, page.at(1), message, format!("add `## {}`", rule.title));
            }
            Some(first) if !is_draft && !rule.optional && here.clone().all(|heading| !heading.has_text) => {
                let message = format!("nothing stands under `{}`", first.title);
                found.at(
                    &SECTION_EMPTY,
                    page,
                    page.at(first.line),
                    message,
                    "write it, or why there is nothing".to_owned(),
                );
            }
            Some(_) => {}
        }
    }
}
