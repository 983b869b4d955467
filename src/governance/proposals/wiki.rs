// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry beside the wiki's pages: what each side changed since both were the same, field
//! by field. What both changed is shown, and written on neither.

use std::collections::BTreeMap;

use serde::Serialize;

use super::field::Field;
use super::import::Side;
use super::life::jira_fault;
use super::link::is_unset;
use super::page::Page;
use super::scheme::Scheme;
use super::storage::{TableFault, label_edits, read_storage, set_cells, to_storage};
use super::template::imported_page;
use super::title::TitleForm;

/// The fields that both homes have.
pub const SHARED: [Field; 6] =
    [Field::Title, Field::State, Field::Discussion, Field::Vote, Field::Jira, Field::Release];

/// A page of the wiki.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WikiPage {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its body, in storage format.
    pub body: String,
    /// Its labels.
    pub labels: Vec<String>,
}

/// What both homes said of a page when they last were the same.
pub type Agreed = BTreeMap<Field, String>;

/// A field that changes: what it is, what it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// What it is.
    pub before: String,
    /// What it becomes.
    pub after: String,
}

/// What is so with one page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// What changes here.
    pub here: Vec<FieldChange>,
    /// What changes there.
    pub there: Vec<FieldChange>,
    /// What both changed.
    pub conflicts: Vec<Side>,
    /// What is not as it should be there.
    pub problems: Vec<String>,
}

/// What a page of the wiki says; a field that its table has no row for is not there.
pub fn wiki_fields(scheme: &Scheme, page: &WikiPage) -> (Agreed, Vec<String>) {
    let mut problems = Vec::new();
    let mut fields = match read_storage(&page.body) {
        Ok(table) => table.fields,
        Err(fault) => {
            problems.push(fault.to_string());
            BTreeMap::new()
        }
    };
    fields.insert(Field::Title, page.title.clone());
    let states: Vec<&str> = scheme
        .states
        .iter()
        .filter(|state| page.labels.iter().any(|label| *label == state.label || scheme.state(label) == Some(state)))
        .map(|state| state.id.as_str())
        .collect();
    match states.as_slice() {
        [one] => drop(fields.insert(Field::State, (*one).to_owned())),
        [] => problems.push("no label says its state".to_owned()),
        several => problems.push(format!("its labels say several states: {}", several.join(", "))),
    }
    problems.extend(take_off_unfit(scheme, &mut fields));
    (fields, problems)
}

/// Takes off what cannot be what its row says; each with what was found.
fn take_off_unfit(scheme: &Scheme, fields: &mut Agreed) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(what) =
        fields.get(&Field::Jira).filter(|key| !is_unset(key)).and_then(|key| jira_fault(scheme, key.trim()))
    {
        problems.push(format!("its issue: {what}"));
        fields.remove(&Field::Jira);
    }
    for (field, name) in [(Field::Discussion, "Discussion thread"), (Field::Vote, "Vote thread")] {
        if let Some(value) = fields.get(&field).filter(|value| !value.is_empty() && !value.contains("://")).cloned() {
            problems.push(format!("`{name}` says `{value}`, which is no link"));
            fields.remove(&field);
        }
    }
    problems
}

/// What the table of a page says and cannot be so.
pub fn unfit_values(scheme: &Scheme, page: &WikiPage) -> Vec<String> {
    read_storage(&page.body).map(|mut table| take_off_unfit(scheme, &mut table.fields)).unwrap_or_default()
}

/// Compares a page with its page of the wiki.
pub fn compare(scheme: &Scheme, page: &Page, wiki: &WikiPage, agreed: Option<&Agreed>) -> Compared {
    let (mut there, mut problems) = wiki_fields(scheme, wiki);
    if TitleForm::read(scheme, &wiki.title).number != Some(page.number()) {
        problems.push(format!("its title there, `{}`, does not name {}", wiki.title, page.name(scheme)));
        there.remove(&Field::Title);
    }
    let mut compared = Compared { problems, ..Compared::default() };
    for field in SHARED {
        let mine = here(scheme, page, field);
        let Some(theirs) = there.get(&field) else {
            // what cannot be written there is said, where it was to be
            let changed = agreed.is_none_or(|agreed| agreed.get(&field) != Some(&mine));
            if !mine.is_empty() && changed && field != Field::State {
                compared.problems.push(format!("{field} is `{mine}` here and has no place there"));
            } else if !mine.is_empty()
                && field == Field::State
                && compared.problems.iter().all(|one| !one.contains("several"))
            {
                compared.there.push(FieldChange { field, before: String::new(), after: mine });
            }
            continue;
        };
        if mine == *theirs {
            continue;
        }
        let before = agreed.and_then(|agreed| agreed.get(&field)).cloned().unwrap_or_default();
        let known = agreed.is_some();
        if (known && *theirs == before) || (!known && theirs.is_empty()) {
            compared.there.push(FieldChange { field, before: theirs.clone(), after: mine });
        } else if (known && mine == before) || (!known && mine.is_empty()) {
            compared.here.push(FieldChange { field, before: mine, after: theirs.clone() });
        } else {
            let (place, name) = (page.place.clone(), page.name(scheme));
            compared.conflicts.push(Side { place, name, field, before, here: mine, there: theirs.clone() });
        }
    }
    compared
}

/// A field as the wiki would have it: a placeholder is nothing, a state has its id.
fn here(scheme: &Scheme, page: &Page, field: Field) -> String {
    match field {
        Field::Title => page.title().to_owned(),
        Field::State => page.state(scheme).map(|state| state.id.clone()).unwrap_or_default(),
        field => page.get(field).filter(|value| !is_unset(value)).unwrap_or_default().trim().to_owned(),
    }
}

/// What both say after a comparison of which `taken` was written: the base of the next one.
pub fn agreed_after(scheme: &Scheme, page: &Page, wiki: &WikiPage, before: Option<&Agreed>) -> Agreed {
    let (there, _) = wiki_fields(scheme, wiki);
    let mut agreed = before.cloned().unwrap_or_default();
    for field in SHARED {
        let mine = here(scheme, page, field);
        if there.get(&field) == Some(&mine) {
            agreed.insert(field, mine);
        }
    }
    agreed
}

/// A page with changes from the wiki.
pub fn changed_here(scheme: &Scheme, page: &Page, changes: &[FieldChange]) -> Page {
    changes.iter().fold(page.clone(), |page, change| page.with(scheme, change.field, &change.after))
}

/// A page of the wiki with changes from here: title, body, labels to add and to remove.
///
/// # Errors
/// When its table lacks a row.
pub fn changed_there(
    scheme: &Scheme,
    wiki: &WikiPage,
    changes: &[FieldChange],
) -> Result<(WikiPage, Labels), TableFault> {
    let cells: Vec<(Field, String)> = changes
        .iter()
        .filter(|change| !matches!(change.field, Field::Title | Field::State))
        .map(|change| (change.field, change.after.clone()))
        .collect();
    let body = if cells.is_empty() { wiki.body.clone() } else { set_cells(scheme, &wiki.body, &cells)? };
    let to = |field| changes.iter().find(|change| change.field == field).map(|change| change.after.as_str());
    let title = to(Field::Title).unwrap_or(&wiki.title).to_owned();
    let state = to(Field::State).and_then(|state| scheme.state(state));
    let labels = state.map(|state| label_edits(scheme, &wiki.labels, state)).unwrap_or_default();
    Ok((WikiPage { title, body, ..wiki.clone() }, labels))
}

/// Labels to add, and to remove.
pub type Labels = (Vec<String>, Vec<String>);

/// A new page of the wiki for a page here.
pub fn new_there(scheme: &Scheme, page: &Page) -> (WikiPage, Labels) {
    let labels = page.state(scheme).map(|state| label_edits(scheme, &[], state)).unwrap_or_default();
    let wiki = WikiPage {
        id: String::new(),
        title: page.title().to_owned(),
        body: to_storage(scheme, page),
        labels: Vec::new(),
    };
    (wiki, labels)
}

/// The text of a new page here for a page of the wiki, whose text stays there, at `address`;
/// nothing where the page is no proposal.
pub fn new_here(scheme: &Scheme, wiki: &WikiPage, address: &str) -> Option<(Option<u32>, String)> {
    let number = TitleForm::read(scheme, &wiki.title).number?;
    let (mut fields, _) = wiki_fields(scheme, wiki);
    fields.retain(|_, value| !value.is_empty());
    fields.insert(Field::Page, wiki.id.clone());
    fields.insert(Field::Text, address.to_owned());
    if let Some(number) = number {
        fields.insert(Field::Number, number.to_string());
    }
    Some((number, imported_page(&fields)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    fn both(state: &str) -> (Page, WikiPage) {
        let flip = flip();
        let text = format!("---\nnumber: 7\ntitle: \"FLIP-7: a\"\nstate: {state}\njira: FLINK-1\n---\n");
        let page = Page::read(&flip, "flips/FLIP-0007.md", &text);
        let (wiki, labels) = new_there(&flip, &page);
        let wiki = WikiPage { id: "65".into(), labels: labels.0, ..wiki };
        (page, wiki)
    }

    #[test]
    fn what_one_side_changed_goes_to_the_other_and_what_both_did_stays() {
        let flip = flip();
        let (page, wiki) = both("discussion");
        let agreed = agreed_after(&flip, &page, &wiki, None);
        assert_eq!(compare(&flip, &page, &wiki, Some(&agreed)), Compared::default());
        let mine = page.with(&flip, Field::Release, "2.0").with(&flip, Field::State, "vote");
        let body = set_cells(&flip, &wiki.body, &[(Field::Jira, "FLINK-2".into())]).unwrap();
        let theirs = WikiPage { body, labels: vec!["accepted".into()], ..wiki.clone() };
        let compared = compare(&flip, &mine, &theirs, Some(&agreed));
        assert_eq!((compared.there[0].field, &*compared.there[0].after), (Field::Release, "2.0"));
        assert_eq!((compared.here[0].field, &*compared.here[0].after), (Field::Jira, "FLINK-2"));
        assert_eq!((&*compared.conflicts[0].here, &*compared.conflicts[0].there), ("vote", "accepted"));
        let (written, labels) = changed_there(&flip, &theirs, &compared.there).unwrap();
        assert_eq!(labels, Labels::default());
        let taken = changed_here(&flip, &mine, &compared.here);
        let next = agreed_after(&flip, &taken, &written, Some(&agreed));
        let again = compare(&flip, &taken, &written, Some(&next));
        assert_eq!((again.here.len(), again.there.len(), again.conflicts.len()), (0, 0, 1));
    }

    #[test]
    fn what_is_wrong_there_is_named() {
        let flip = flip();
        let (page, wiki) = both("discussion");
        let bare = WikiPage { body: "<p>x</p>".into(), labels: vec![], ..wiki.clone() };
        let compared = compare(&flip, &page, &bare, None);
        assert_eq!(compared.problems.len(), 3, "{compared:?}");
        assert_eq!(compared.there[0].field, Field::State, "the label is put there");
        let two = WikiPage { labels: vec!["accepted".into(), "released".into()], ..wiki.clone() };
        assert!(compare(&flip, &page, &two, None).problems[0].contains("several states: accepted, released"));
        let body = set_cells(&flip, &wiki.body, &[(Field::Release, "x".into())]).unwrap();
        let nonsense = WikiPage { body: body.replace("<td><br/></td>", "<td>soon</td>"), ..wiki };
        assert!(compare(&flip, &page, &nonsense, None).problems[0].contains("`Discussion thread` says `soon`"));
    }

    #[test]
    fn a_page_of_the_wiki_becomes_one_here() {
        let flip = flip();
        let (_, wiki) = both("accepted");
        let (number, text) = new_here(&flip, &wiki, "https://wiki/65").unwrap();
        let page = Page::read(&flip, "flips/FLIP-0007.md", &text);
        assert_eq!(
            (number, page.get(Field::State), page.get(Field::Jira)),
            (Some(7), Some("accepted"), Some("FLINK-1"))
        );
        assert_eq!(new_here(&flip, &WikiPage { title: "Meeting notes".into(), ..wiki }, ""), None);
    }
}
