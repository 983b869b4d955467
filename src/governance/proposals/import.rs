// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking an index over into pages, again and again: what the index changed is taken, what
//! somebody changed here stays, and where both did, both are shown and nothing is written.

use std::collections::BTreeMap;

use super::field::Field;
use super::index_source::SourceRow;
use super::number::{file_name, pending_name};
use super::page::Page;
use super::scheme::Scheme;
use super::template::imported_page;
use super::title::TitleForm;

/// What an index last said of a page, by field.
type Row = BTreeMap<Field, String>;

/// A change of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The page after it.
    pub page: Page,
    /// Each field that changes: what it is and what it becomes.
    pub changes: Vec<(Field, String, String)>,
}

/// A field that was changed here and there, each otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Side {
    /// The page's file.
    pub place: String,
    /// The proposal.
    pub name: String,
    /// The field.
    pub field: Field,
    /// What it was when both were last the same.
    pub before: String,
    /// What it is here.
    pub here: String,
    /// What it is there.
    pub there: String,
}

/// What an import comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Pages that are not here yet.
    pub new: Vec<Page>,
    /// Pages that change.
    pub changed: Vec<Planned>,
    /// What was changed on both sides.
    pub conflicts: Vec<Side>,
    /// How many pages stay as they are.
    pub same: usize,
    /// Pages whose row is gone: they stay.
    pub gone: Vec<String>,
    /// What the index is known to have said, for the next time.
    pub base: BTreeMap<String, Row>,
}

/// Plans an import of `rows` into `pages`; `base` is what the last import left.
pub fn plan_import(scheme: &Scheme, rows: &[SourceRow], pages: &[Page], base: &BTreeMap<String, Row>) -> Imported {
    let mut plan = Imported { base: base.clone(), ..Imported::default() };
    let mut known: BTreeMap<String, &Page> = BTreeMap::new();
    for page in pages {
        known.insert(key_of(page.get(Field::Page), page.number(), page.title()), page);
    }
    let mut names: Vec<String> = pages.iter().map(|page| page.place.clone()).collect();
    for row in rows {
        let number = row.fields.get(&Field::Number).and_then(|number| number.parse().ok());
        let title = row.fields.get(&Field::Title).map(String::as_str).unwrap_or_default();
        let key = key_of(row.fields.get(&Field::Page).map(String::as_str), number, title);
        // a page that was made here has no id of a page there yet
        let by_number = || known.get(&key_of(None, number, title)).copied();
        match known.get(&key).copied().or_else(by_number) {
            None => {
                let place = free_place(scheme, number, title, &names);
                names.push(place.clone());
                plan.new.push(Page::read(scheme, &place, &imported_page(&row.fields)));
                plan.base.insert(key, row.fields.clone());
            }
            Some(page) => {
                let merged = merge(scheme, page, &row.fields, base.get(&key), &mut plan);
                plan.base.insert(key, merged);
            }
        }
    }
    let there: Vec<String> = rows.iter().filter_map(|row| row.fields.get(&Field::Page).cloned()).collect();
    let gone = |page: &&Page| {
        page.get(Field::Page).is_some_and(|id| base.contains_key(id) && !there.iter().any(|other| other == id))
    };
    plan.gone = pages.iter().filter(gone).map(|page| page.name(scheme)).collect();
    plan
}

fn key_of(page: Option<&str>, number: Option<u32>, title: &str) -> String {
    match (page, number) {
        (Some(page), _) => page.to_owned(),
        (None, Some(number)) => format!("number {number}"),
        (None, None) => format!("title {title}"),
    }
}

/// Field by field; what the base then is: the row, but for fields in conflict.
fn merge(scheme: &Scheme, page: &Page, row: &Row, base: Option<&Row>, plan: &mut Imported) -> Row {
    let (mut merged, mut changes, mut after) = (row.clone(), Vec::new(), page.clone());
    for field in Field::ALL {
        let value = |row: Option<&Row>| row.and_then(|row| row.get(&field)).cloned().unwrap_or_default();
        let (there, before) = (value(Some(row)), value(base));
        let here = page.get(field).unwrap_or_default().to_owned();
        let not_of_the_index = !row.contains_key(&field) && base.is_none_or(|base| !base.contains_key(&field));
        if not_of_the_index || there == here || (there == before && base.is_some()) {
            continue;
        }
        if here == before || here.is_empty() {
            changes.push((field, here, there.clone()));
            after = after.with(scheme, field, &there);
        } else {
            let (place, name) = (page.place.clone(), page.name(scheme));
            plan.conflicts.push(Side { place, name, field, before: before.clone(), here, there });
            if before.is_empty() {
                merged.remove(&field)
            } else {
                merged.insert(field, before)
            };
        }
    }
    if changes.is_empty() {
        plan.same += 1;
    } else {
        plan.changed.push(Planned { page: after, changes });
    }
    merged
}

/// A file that no page has; two pages with one number have two.
fn free_place(scheme: &Scheme, number: Option<u32>, title: &str, taken: &[String]) -> String {
    let heading = TitleForm::read(scheme, title).heading;
    let name = |copy: usize| match number {
        Some(number) => file_name(scheme, number, copy),
        None if copy > 1 => pending_name(scheme, &format!("{heading} {copy}")),
        None => pending_name(scheme, &heading),
    };
    let place = |copy| format!("{}/{}", scheme.directory, name(copy));
    (1..).map(place).find(|place| !taken.contains(place)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::index_source::read_rows;
    use crate::governance::proposals::scheme::tests::flip;

    fn rows(text: &str) -> Vec<SourceRow> {
        read_rows(&flip(), "f.json", text).unwrap()
    }

    const ROW: &str = r#"[{"number": 7, "title": "FLIP-7: a", "page": "65", "state": "in progress", "vote": null, "jira": "FLINK-1"}]"#;

    #[test]
    fn what_is_new_is_made_and_what_is_the_same_stays() {
        let flip = flip();
        let first = plan_import(&flip, &rows(ROW), &[], &BTreeMap::new());
        assert_eq!((first.new.len(), &*first.new[0].place), (1, "flips/FLIP-0007.md"));
        let again = plan_import(&flip, &rows(ROW), &first.new, &first.base);
        assert_eq!((again.new.len(), again.changed.len(), again.conflicts.len(), again.same), (0, 0, 0, 1));
        assert_eq!(again.base, first.base);
        assert_eq!(plan_import(&flip, &[], &first.new, &first.base).gone, ["FLIP-7"]);
    }

    #[test]
    fn what_one_side_changed_is_kept_and_what_both_did_is_shown() {
        let flip = flip();
        let first = plan_import(&flip, &rows(ROW), &[], &BTreeMap::new());
        let by_hand = [first.new[0].with(&flip, Field::State, "released").with(&flip, Field::Vote, "https://v")];
        // nothing new there: the hand's changes stay
        let same = plan_import(&flip, &rows(ROW), &by_hand, &first.base);
        assert_eq!((same.changed.len(), same.conflicts.len()), (0, 0));
        // something new there, on another field and on the same
        let newer = rows(&ROW.replace("in progress", "not accepted").replace("FLINK-1", "FLINK-2"));
        for _ in 0..2 {
            let plan = plan_import(&flip, &newer, &by_hand, &first.base);
            assert_eq!(plan.changed[0].changes, [(Field::Jira, "FLINK-1".to_owned(), "FLINK-2".to_owned())]);
            assert_eq!(plan.changed[0].page.text, by_hand[0].text.replace("FLINK-1", "FLINK-2"));
            let side = &plan.conflicts[0];
            assert_eq!(
                (side.field, &*side.before, &*side.here, &*side.there),
                (Field::State, "accepted", "released", "rejected")
            );
            assert_eq!(plan.base["65"][&Field::State], "accepted", "the conflict is there the next time too");
        }
    }

    #[test]
    fn two_pages_with_one_number_are_two_pages() {
        let flip = flip();
        let two = rows(
            r#"[{"number": 7, "title": "FLIP-7: a", "page": "1"}, {"number": 7, "title": "FLIP-7: b", "page": "2"}, {"title": "FLIP-XXX: c", "page": "3"}, {"title": "c", "page": "4"}]"#,
        );
        let places: Vec<String> =
            plan_import(&flip, &two, &[], &BTreeMap::new()).new.into_iter().map(|page| page.place).collect();
        assert_eq!(
            places,
            ["flips/FLIP-0007.md", "flips/FLIP-0007-2.md", "flips/FLIP-XXX-c.md", "flips/FLIP-XXX-c-2.md"]
        );
    }

    #[test]
    fn a_page_that_was_made_here_is_found_by_its_number() {
        let flip = flip();
        let own =
            [Page::read(&flip, "flips/FLIP-0007.md", "---\nnumber: 7\ntitle: \"FLIP-7: a\"\nstate: draft\n---\n")];
        let plan = plan_import(&flip, &rows(ROW), &own, &BTreeMap::new());
        assert_eq!((plan.new.len(), plan.conflicts.len(), plan.changed[0].changes.len()), (0, 1, 3), "{plan:?}");
    }
}
