// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The index against the pages.

use super::finding::{Findings, Rule, Weight};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::index::{IndexFormat, index, next_number_in};
use crate::governance::proposals::number::next_number;

pub(super) const RULES: &[Rule] = &[MISSING, NEXT, OTHER];

const MISSING: Rule = Rule {
    id: "index-missing",
    weight: Weight::Note,
    finds: "A registry without an index.",
    why: "It is where people look for the next number.",
};
const NEXT: Rule = Rule {
    id: "index-next-number",
    weight: Weight::Error,
    finds: "An index whose next number is used, or is not the next.",
    why: "Whoever takes it gives a number a second time.",
};
const OTHER: Rule = Rule {
    id: "index-outdated",
    weight: Weight::Warning,
    finds: "An index that says otherwise than the pages.",
    why: "The round-up is what most people read.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    let fix = "quorate flip index --write".to_owned();
    let Some((place, text)) = &corpus.index else {
        if !corpus.pages.is_empty() {
            found.beside(&MISSING, None, corpus.scheme.index_file.clone(), "there is no index".to_owned(), fix);
        }
        return;
    };
    let next = next_number(corpus.scheme, &corpus.used);
    let said = next_number_in(corpus.scheme, text);
    if said != next {
        let show = |number: Option<u32>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
        let message = format!("its next number is {}; the next free one is {}", show(said), show(next));
        found.beside(&NEXT, None, place.clone(), message, fix.clone());
    }
    let now = index(corpus, IndexFormat::Markdown);
    if let Some((line, what)) = first_difference(text, &now) {
        found.beside(&OTHER, None, format!("{place}:{line}"), what, fix);
    }
}

fn first_difference(is: &str, now: &str) -> Option<(usize, String)> {
    let (mut is, mut now) = (is.lines(), now.lines());
    for line in 1.. {
        match (is.next(), now.next()) {
            (None, None) => return None,
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => return Some((line, format!("it says `{one}`; by the pages it is `{other}`"))),
            (Some(one), None) => return Some((line, format!("it says `{one}`; by the pages it ends there"))),
            (None, Some(other)) => return Some((line, format!("it ends; by the pages there is `{other}`"))),
        }
    }
    None
}
