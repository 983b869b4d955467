// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is not as it should be on the pages of a registry: every rule with its weight, its
//! reason and what mends it. docs/flip-lint.md lists the rules; a test holds it to this.

mod fields;
mod finding;
mod index;
mod links;
mod numbers;
mod pages;
mod states;
mod threads;
mod titles;

use std::collections::BTreeMap;

use super::corpus::Corpus;
use super::page::Page;
pub use finding::{Change, Finding, Findings, Rule, Weight};
pub use pages::missing_text;
pub use threads::{THREADS, lint_threads, thread_fault};

/// All rules, family by family.
pub fn rules() -> Vec<&'static Rule> {
    let families = [
        pages::RULES,
        numbers::RULES,
        titles::RULES,
        links::RULES,
        threads::RULES,
        states::RULES,
        fields::RULES,
        index::RULES,
    ];
    families.into_iter().flatten().collect()
}

/// What the rules find in a corpus, page by page in its order.
pub fn lint(corpus: &Corpus<'_>) -> Vec<Finding> {
    let mut found = Findings::default();
    pages::look(corpus, &mut found);
    numbers::look(corpus, &mut found);
    titles::look(corpus, &mut found);
    links::look(corpus, &mut found);
    states::look(corpus, &mut found);
    fields::look(corpus, &mut found);
    index::look(corpus, &mut found);
    let mut found = found.all;
    found.sort_by_key(|finding| (finding.number.is_none(), finding.number));
    found
}

/// The pages after all changes that are certain, with those changes; one field is changed once.
pub fn mended(corpus: &Corpus<'_>, findings: &[Finding]) -> Vec<(Page, Vec<Change>)> {
    let mut changes: BTreeMap<&str, Vec<Change>> = BTreeMap::new();
    for change in findings.iter().filter_map(|finding| finding.change.as_ref()) {
        let of_page = changes.entry(change.page.as_str()).or_default();
        if of_page.iter().all(|other| other.field != change.field) {
            of_page.push(change.clone());
        }
    }
    let mut mend = |page: &Page| {
        let changes = changes.remove(page.place.as_str())?;
        let with = |page: Page, change: &Change| page.with(corpus.scheme, change.field, &change.after);
        Some((changes.iter().fold(page.clone(), with), changes))
    };
    corpus.pages.iter().filter_map(&mut mend).collect()
}
