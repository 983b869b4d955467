// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the archive says of the threads that pages link: asked only where somebody wants it asked
//! (`lint --online`, `set --online`). Asking is the caller's; here is what an answer means.

use super::finding::{Finding, Findings, Rule, Weight};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::link::numbers_in;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::Scheme;

pub(super) const RULES: &[Rule] = &[NOT_THERE, ANOTHER, NO_VOTE];

const NOT_THERE: Rule = Rule {
    id: "thread-not-there",
    weight: Weight::Error,
    finds: "A link to the list's archive whose thread the archive does not have. Asked by `--online` alone.",
    why: "It looks right, and nobody can follow it.",
};
const ANOTHER: Rule = Rule {
    id: "thread-of-another",
    weight: Weight::Warning,
    finds: "A thread whose subject names another proposal, and not this one. Asked by `--online` alone.",
    why: "The reasons, or the votes, that it shows are those of the other.",
};
const NO_VOTE: Rule = Rule {
    id: "thread-no-vote",
    weight: Weight::Warning,
    finds: "A vote's thread whose subject does not say that it is a vote. Asked by `--online` alone.",
    why: "What was said in a discussion is no vote.",
};

/// The fields that link threads.
pub const THREADS: [Field; 2] = [Field::Discussion, Field::Vote];

/// What is amiss with the thread of a page: the rule and what is so. `subject` is that of its first
/// mail; none where the archive does not have it.
pub fn thread_fault(
    scheme: &Scheme,
    page: &Page,
    field: Field,
    subject: Option<&str>,
) -> Option<(&'static Rule, String)> {
    let Some(subject) = subject else {
        return Some((&NOT_THERE, format!("the archive does not have the {field} thread")));
    };
    let named = numbers_in(scheme, subject);
    if !named.is_empty() && page.number().is_some_and(|number| !named.contains(&number)) {
        return Some((&ANOTHER, format!("the {field} thread is `{subject}`")));
    }
    if field == Field::Vote && !subject.to_lowercase().contains("vote") {
        return Some((&NO_VOTE, format!("the vote thread is `{subject}`")));
    }
    None
}

/// What is amiss with the threads of all pages; `ask` gives the subject of a thread's first mail, none
/// where there is none, and nothing at all where it cannot be asked.
pub fn lint_threads(corpus: &Corpus<'_>, ask: &mut dyn FnMut(&str) -> Option<Option<String>>) -> Vec<Finding> {
    let mut found = Findings::default();
    for page in &corpus.pages {
        for field in THREADS {
            let Some(subject) = page.set(field).and_then(&mut *ask) else { continue };
            if let Some((rule, what)) = thread_fault(corpus.scheme, page, field, subject.as_deref()) {
                let fix = "find the thread in the list's archive, and set its link".to_owned();
                found.field(rule, page, field, what, fix);
            }
        }
    }
    found.all
}
