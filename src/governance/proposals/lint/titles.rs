// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Titles: `FLIP-42: Stop jobs gracefully`.

use std::collections::BTreeMap;

use super::finding::{Findings, Rule, Weight, names};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::Stage;
use crate::governance::proposals::title::{TitleForm, is_unseen};

pub(super) const RULES: &[Rule] = &[MISSING, FORM, UNSEEN, MARK, TWIN];

const MISSING: Rule = Rule {
    id: "title-missing",
    weight: Weight::Error,
    finds: "A page without a title, or with nothing in it but the number.",
    why: "Index and mails name a proposal by its title.",
};
const FORM: Rule = Rule {
    id: "title-form",
    weight: Weight::Warning,
    finds: "A title that is not `PREFIX-N: Heading`: another mark than a colon, a space before it, several after it.",
    why: "Searches, scripts and subjects of mails take the number from it.",
};
const UNSEEN: Rule = Rule {
    id: "title-unseen",
    weight: Weight::Warning,
    finds: "A letter in a title that nobody sees, or several spaces where one is meant.",
    why: "A title that is typed does not find it.",
};
const MARK: Rule = Rule {
    id: "title-mark",
    weight: Weight::Warning,
    finds: "A mark such as [WIP] or [DRAFT] before a title.",
    why: "The state says how far a proposal is; a mark that is forgotten says otherwise.",
};
const TWIN: Rule = Rule {
    id: "title-twin",
    weight: Weight::Warning,
    finds: "Two proposals with the same heading.",
    why: "One is a copy, or stands in the other's place without saying so.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    let mut twins: BTreeMap<String, Vec<&Page>> = BTreeMap::new();
    for page in &corpus.pages {
        let read = TitleForm::read(corpus.scheme, page.title());
        if read.heading.is_empty() {
            let fix = format!("title: \"{}\"", TitleForm::form(corpus.scheme, page.number(), "…"));
            found.field(&MISSING, page, Field::Title, "it has no title".to_owned(), fix);
            continue;
        }
        one(corpus, page, &read, found);
        twins.entry(read.heading.to_lowercase()).or_default().push(page);
    }
    for pages in twins.into_values().filter(|pages| pages.len() > 1) {
        for page in &pages {
            let others: Vec<&Page> = pages.iter().copied().filter(|other| other.place != page.place).collect();
            let message = format!("{} has the same heading", names(corpus, &others));
            let fix = "say of one of them that it is superseded by the other, or head them apart".to_owned();
            found.field(&TWIN, page, Field::Title, message, fix);
        }
    }
}

fn one(corpus: &Corpus<'_>, page: &Page, read: &TitleForm, found: &mut Findings) {
    let title = page.title();
    let form = TitleForm::form(corpus.scheme, page.number(), &read.heading);
    if !read.marks.is_empty() {
        mark(corpus, page, read, &form, found);
    } else if read.number.is_some_and(|number| number != page.number()) {
        // what is wrong with it is its number
    } else if squeezed(title) == form {
        if title != form {
            let message = format!("`{}` has letters that nobody sees, or further spaces", title.escape_debug());
            found.certain(&UNSEEN, page, Field::Title, message, form);
        }
    } else if read.number.is_some() {
        found.certain(&FORM, page, Field::Title, format!("`{title}` is not of the form"), form);
    } else {
        let message = format!("`{title}` does not begin with {}", corpus.scheme.name(page.number()));
        found.certain(&FORM, page, Field::Title, message, form);
    }
}

fn mark(corpus: &Corpus<'_>, page: &Page, read: &TitleForm, form: &str, found: &mut Findings) {
    let marks = read.marks.iter().map(|mark| format!("[{mark}]")).collect::<Vec<_>>().join(" ");
    let state = page.state(corpus.scheme);
    let voted = page.set(Field::Vote).is_some();
    let over = state.is_some_and(|state| state.stage == Stage::Released || (state.stage > Stage::Discussion && voted));
    let says = state.map_or("not known", |state| state.title.as_str());
    let message = format!("the title has the mark {marks}, the state is {says}");
    // A mark of unfinished work on what was decided on is forgotten; else it may be meant.
    if over && read.number.is_none_or(|number| number == page.number()) {
        found.certain(&MARK, page, Field::Title, message, form.to_owned());
    } else {
        let fix = format!("keep it as a draft, or title it `{form}`");
        found.field(&MARK, page, Field::Title, message, fix);
    }
}

/// The title with single spaces and without what nobody sees.
fn squeezed(title: &str) -> String {
    let seen: String = title.chars().filter(|letter| letter.is_whitespace() || !is_unseen(*letter)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}
