// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Numbers: one for each proposal, the same in its head, its title and its file's name.

use std::collections::BTreeMap;

use super::finding::{Findings, Rule, Weight, names};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::number::LAST_NUMBER;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::Stage;
use crate::governance::proposals::title::TitleForm;

pub(super) const RULES: &[Rule] = &[TWICE, IN_TITLE, IN_NAME, UNREADABLE, FAR, PENDING, GAP];

const TWICE: Rule = Rule {
    id: "number-twice",
    weight: Weight::Error,
    finds: "A number that two pages hold.",
    why: "Every mail and issue that names it may mean either.",
};
const IN_TITLE: Rule = Rule {
    id: "number-in-title",
    weight: Weight::Error,
    finds: "A title with another number than the page's, or with the placeholder although the page has a number.",
    why: "People cite what the title says.",
};
const IN_NAME: Rule = Rule {
    id: "number-in-name",
    weight: Weight::Error,
    finds: "A file whose name says another number than its head.",
    why: "A number is free by what the files are called: one that hides in a head is given again.",
};
const UNREADABLE: Rule = Rule {
    id: "number-unreadable",
    weight: Weight::Error,
    finds: "A number that is none, or 0.",
    why: "It can be neither cited nor counted on.",
};
const FAR: Rule = Rule {
    id: "number-far",
    weight: Weight::Error,
    finds: "A number beyond 999999.",
    why: "It is a mistake, and no next number is counted from it.",
};
const PENDING: Rule = Rule {
    id: "number-pending",
    weight: Weight::Warning,
    finds: "A proposal past its discussion that still has the placeholder.",
    why: "A proposal gets its number before its vote, so that the vote can name it.",
};
const GAP: Rule = Rule {
    id: "number-gap",
    weight: Weight::Note,
    finds: "A number below the highest that no page has.",
    why: "It was given to something that was deleted, moved or never written; it is not given again.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    let mut by_number: BTreeMap<u32, Vec<&Page>> = BTreeMap::new();
    for page in &corpus.pages {
        if let Some(number) = page.number() {
            by_number.entry(number).or_default().push(page);
        }
        one(corpus, page, found);
    }
    for (number, pages) in by_number.iter().filter(|(_, pages)| pages.len() > 1) {
        for page in pages {
            let others: Vec<&str> =
                pages.iter().map(|other| other.place.as_str()).filter(|place| *place != page.place).collect();
            let message = format!("{} is also the number of {}", corpus.scheme.name(Some(*number)), others.join(", "));
            let fix = format!(
                "leave it to the page that mails and issues mean; `quorate flip number {}` gives this one the next free one",
                page.place
            );
            found.field(&TWICE, page, Field::Number, message, fix);
        }
    }
    gaps(corpus, &by_number, found);
}

fn one(corpus: &Corpus<'_>, page: &Page, found: &mut Findings) {
    let scheme = corpus.scheme;
    if let Some(stated) = page.get(Field::Number).filter(|stated| !stated.trim().parse::<u32>().is_ok_and(|n| n > 0)) {
        let message = format!("`{stated}` is no number");
        found.field(&UNREADABLE, page, Field::Number, message, "write digits alone, from 1".to_owned());
    }
    if let Some(number) = page.number().filter(|number| *number > LAST_NUMBER) {
        let message = format!("{} is beyond {LAST_NUMBER}", scheme.name(Some(number)));
        let fix = "give it the number that mails and issues mean, in head, title and the file's name".to_owned();
        found.field(&FAR, page, Field::Number, message, fix);
    }
    let in_title = TitleForm::read(scheme, page.title()).number;
    if let (Some(number), Some(other)) = (page.number(), in_title)
        && other != Some(number)
    {
        let message = format!("the title says {}, the page is {}", scheme.name(other), scheme.name(Some(number)));
        found.field(&IN_TITLE, page, Field::Title, message, "see which one mails and issues mean".to_owned());
    }
    match (page.get(Field::Number), page.number(), page.number_in_name()) {
        (Some(_), number, Some(named)) if number != named => {
            let message = format!("the head says {}, the file's name {}", scheme.name(number), scheme.name(named));
            found.field(&IN_NAME, page, Field::Number, message, "call the file by its number".to_owned());
        }
        _ => {}
    }
    let past = page.state(scheme).is_some_and(|state| state.stage >= Stage::Vote && state.stage < Stage::Rejected);
    if page.number().is_none() && past {
        let message = "it is past its discussion and has no number".to_owned();
        found.field(&PENDING, page, Field::State, message, format!("quorate flip number {}", page.name(scheme)));
    }
}

fn gaps(corpus: &Corpus<'_>, by_number: &BTreeMap<u32, Vec<&Page>>, found: &mut Findings) {
    let numbers: Vec<u32> = by_number.keys().copied().filter(|number| *number <= LAST_NUMBER).collect();
    for pair in numbers.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        if after - before < 2 {
            continue;
        }
        let (first, last) = (before + 1, after - 1);
        let scheme = corpus.scheme;
        let which = match last - first {
            0 => scheme.name(Some(first)),
            _ => format!("{} to {}", scheme.name(Some(first)), scheme.name(Some(last))),
        };
        let beside = names(corpus, &[by_number[&before][0], by_number[&after][0]]);
        let message = format!("no page has {which}; beside it are {beside}");
        let fix = "look what mails and issues say of it; where a page is lost, bring it back".to_owned();
        found.beside(&GAP, Some(first), scheme.directory.clone(), message, fix);
    }
}
