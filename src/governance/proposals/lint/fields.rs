// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The other fields: issues, versions, components, days.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::finding::{Findings, Rule, Weight, names};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::index::{is_version, numbers, versions};
use crate::governance::proposals::life::jira_fault;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::Stage;

pub(super) const RULES: &[Rule] =
    &[NO_JIRA, JIRA_FORM, JIRA_SHARED, VERSION_FORM, VERSION_SPELLING, COMPONENT, FIELD_WORD, DAY];

const NO_JIRA: Rule = Rule {
    id: "jira-missing",
    weight: Weight::Note,
    finds: "An accepted or released proposal without an issue.",
    why: "The issue is where the work can be followed.",
};
const JIRA_FORM: Rule = Rule {
    id: "jira-form",
    weight: Weight::Error,
    finds: "An issue that is none of the project's tracker.",
    why: "Nobody finds it there.",
};
const JIRA_SHARED: Rule = Rule {
    id: "jira-shared",
    weight: Weight::Warning,
    finds: "An issue that two proposals have.",
    why: "One of them follows the other's work.",
};
const VERSION_FORM: Rule = Rule {
    id: "version-form",
    weight: Weight::Warning,
    finds: "A version that does not begin with a number.",
    why: "It is in no release's list.",
};
const VERSION_SPELLING: Rule = Rule {
    id: "version-spelling",
    weight: Weight::Note,
    finds: "A version that most other pages write otherwise: `1.18.0` beside `1.18`.",
    why: "A search for one does not find the other. Lists here take them for the same.",
};
const COMPONENT: Rule = Rule {
    id: "component-form",
    weight: Weight::Note,
    finds: "A component that the scheme writes otherwise: by case, by spaces or marks around it.",
    why: "It is counted as another one.",
};
const FIELD_WORD: Rule = Rule {
    id: "field-placeholder",
    weight: Weight::Note,
    finds: "A version, component or issue that is a word such as `unknown`.",
    why: "It looks filled in, and says nothing.",
};
const DAY: Rule = Rule {
    id: "day",
    weight: Weight::Warning,
    finds: "A day that is none, lies ahead, or a change before the page was made.",
    why: "What is stale and what is new is told by days.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    let spellings = spellings(corpus);
    let mut issues: BTreeMap<&str, Vec<&Page>> = BTreeMap::new();
    for page in &corpus.pages {
        placeholders(page, found);
        issue(corpus, page, found);
        version(page, &spellings, found);
        component(corpus, page, found);
        days(corpus, page, found);
        if let Some(key) = page.set(Field::Jira) {
            issues.entry(key).or_default().push(page);
        }
    }
    for (key, pages) in issues.into_iter().filter(|(_, pages)| pages.len() > 1) {
        for page in &pages {
            let others: Vec<&Page> = pages.iter().copied().filter(|other| other.place != page.place).collect();
            let message = format!("{key} is also the issue of {}", names(corpus, &others));
            found.field(&JIRA_SHARED, page, Field::Jira, message, "see which one the issue names".to_owned());
        }
    }
}

fn placeholders(page: &Page, found: &mut Findings) {
    for field in [Field::Release, Field::Component, Field::Jira] {
        if let (Some(word), None) = (page.get(field), page.set(field)) {
            let message = format!("the {field} is `{word}`");
            found.field(&FIELD_WORD, page, field, message, "say it, or leave it empty".to_owned());
        }
    }
}

fn issue(corpus: &Corpus<'_>, page: &Page, found: &mut Findings) {
    match page.set(Field::Jira) {
        Some(key) => {
            if let Some(message) = jira_fault(corpus.scheme, key) {
                found.field(&JIRA_FORM, page, Field::Jira, message, "give the issue's key".to_owned());
            }
        }
        None => {
            let stage = page.state(corpus.scheme).map(|state| state.stage);
            if matches!(stage, Some(Stage::Accepted | Stage::Released)) && corpus.scheme.tracker.is_some() {
                let fix = format!("open one, and set it: quorate flip set {} --jira KEY", page.word());
                found.field(&NO_JIRA, page, Field::Jira, "no issue".to_owned(), fix);
            }
        }
    }
}

/// How most pages write each version.
fn spellings(corpus: &Corpus<'_>) -> BTreeMap<Vec<String>, BTreeMap<String, usize>> {
    let mut all: BTreeMap<Vec<String>, BTreeMap<String, usize>> = BTreeMap::new();
    for release in corpus.pages.iter().filter_map(|page| page.set(Field::Release)) {
        for one in versions(release) {
            *all.entry(numbers(one)).or_default().entry(one.to_owned()).or_default() += 1;
        }
    }
    all
}

fn version(page: &Page, spellings: &BTreeMap<Vec<String>, BTreeMap<String, usize>>, found: &mut Findings) {
    let Some(release) = page.set(Field::Release) else { return };
    for one in versions(release) {
        if !is_version(one) {
            let message = format!("`{one}` is no version");
            found.field(&VERSION_FORM, page, Field::Release, message, "give it by its numbers: 1.18.0".to_owned());
            continue;
        }
        let all = spellings.get(&numbers(one));
        let usual = all.and_then(|all| all.iter().max_by_key(|(_, count)| **count));
        let own = all.and_then(|all| all.get(one)).copied().unwrap_or_default();
        if let Some((usual, count)) = usual.filter(|(usual, count)| usual.as_str() != one && **count > own) {
            let message = format!("`{one}` is written `{usual}` on {count} pages");
            found.field(&VERSION_SPELLING, page, Field::Release, message, format!("write `{usual}`"));
        }
    }
}

fn component(corpus: &Corpus<'_>, page: &Page, found: &mut Findings) {
    let Some(written) = page.get(Field::Component).filter(|_| page.set(Field::Component).is_some()) else { return };
    let words = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_one = |known: &&String| known.as_str() == written;
    if corpus.scheme.components.iter().any(|known| is_one(&known)) {
        return;
    }
    let meant = corpus.scheme.components.iter().find(|known| {
        let (known, written) = (words(known), words(written));
        let project = format!("{}-", corpus.scheme.project);
        known == written || written.strip_prefix(project.as_str()).is_some_and(|rest| rest == known)
    });
    if let Some(meant) = meant {
        let message = format!("the component is `{written}`; the scheme writes `{meant}`");
        found.certain(&COMPONENT, page, Field::Component, message, meant.clone());
    }
}

fn days(corpus: &Corpus<'_>, page: &Page, found: &mut Findings) {
    let mut read: BTreeMap<Field, Date> = BTreeMap::new();
    for field in [Field::Created, Field::Modified, Field::LastMail] {
        let Some(written) = page.set(field) else { continue };
        match written.parse::<Date>() {
            Ok(day) if day > corpus.today => {
                let message = format!("{field} is {day}, which lies ahead");
                found.field(&DAY, page, field, message, "write the day on which it was".to_owned());
            }
            Ok(day) => drop(read.insert(field, day)),
            Err(_) => {
                let message = format!("{field} is `{written}`, which is no day");
                found.field(&DAY, page, field, message, "write it as 2026-11-22".to_owned());
            }
        }
    }
    if let (Some(made), Some(changed)) = (read.get(&Field::Created), read.get(&Field::Modified))
        && changed < made
    {
        let message = format!("it was changed on {changed}, before it was made on {made}");
        found.field(&DAY, page, Field::Modified, message, "see the page's history".to_owned());
    }
}
