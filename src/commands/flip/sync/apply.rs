// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Writing what a sync comes to: there page by page, each only in the version that was read;
//! here in one commit.

use jiff::Timestamp;

use super::plan::{AGREED, SyncPlan, wiki_page};
use crate::commands::CommandError;
use crate::commands::flip::edit::{PageEdit, files_of};
use crate::commands::flip::registry::{Registry, failed};
use crate::governance::proposals::{
    Corpus, Field, Page, Scheme, agreed_after, changed_here, changed_there, compare, new_there,
};
use crate::services::{Confluence, FileChange, HomeError, PageChange, ProposalHome, Sheet};

/// How often a page is read anew that somebody else keeps changing.
const ATTEMPTS: u32 = 3;

/// Writes the plan; what came of it is in the plan. The commit's id.
pub fn apply(
    registry: &Registry,
    corpus: &Corpus<'_>,
    wiki: &Confluence,
    plan: &mut SyncPlan,
) -> Result<Option<String>, CommandError> {
    let mut edits = Vec::new();
    let written = there(corpus.scheme, wiki, plan, &mut edits);
    for pair in &plan.pairs {
        let after = changed_here(corpus.scheme, &pair.page, &pair.compared.here);
        let after = if after.get(Field::Page).is_none() {
            after.with(corpus.scheme, Field::Page, &pair.sheet.place)
        } else {
            after
        };
        plan.agreed.insert(
            pair.sheet.place.clone(),
            agreed_after(corpus.scheme, &after, &wiki_page(&pair.sheet), plan.agreed.get(&pair.sheet.place)),
        );
        if after != pair.page {
            edits.push(PageEdit { before: Some(pair.page.clone()), after: Some(after) });
        }
    }
    for (page, sheet) in &plan.new_here {
        plan.agreed.insert(sheet.place.clone(), agreed_after(corpus.scheme, page, &wiki_page(sheet), None));
        edits.push(PageEdit { before: None, after: Some(page.clone()) });
    }
    let commit = here(registry, corpus, plan, &edits)?;
    // what was written before a fault is kept and noted
    written.map_err(failed)?;
    Ok(commit)
}

/// Writes there. A page that was changed meanwhile is read anew and compared again.
fn there(scheme: &Scheme, wiki: &Confluence, plan: &mut SyncPlan, edits: &mut Vec<PageEdit>) -> Result<(), HomeError> {
    for at in 0..plan.pairs.len() {
        for attempt in 1..=ATTEMPTS {
            let pair = &mut plan.pairs[at];
            if pair.compared.there.is_empty() {
                break;
            }
            match put(scheme, wiki, &pair.sheet, &pair.compared.there) {
                Ok(Ok(sheet)) => {
                    pair.sheet = sheet;
                    break;
                }
                Ok(Err(why)) => {
                    pair.compared.problems.push(why);
                    pair.compared.there.clear();
                }
                Err(HomeError::Changed { .. }) if attempt < ATTEMPTS => {
                    pair.sheet = wiki.sheet(&pair.sheet.place)?;
                    let again =
                        compare(scheme, &pair.page, &wiki_page(&pair.sheet), plan.agreed.get(&pair.sheet.place));
                    // what is written here is what was shown
                    pair.compared.there = again.there;
                    pair.compared.conflicts = again.conflicts;
                }
                Err(error) => return Err(error),
            }
        }
    }
    for page in std::mem::take(&mut plan.new_there) {
        let sheet = make(scheme, wiki, &page)?;
        let after = page.with(scheme, Field::Page, &sheet.place);
        plan.agreed.insert(sheet.place.clone(), agreed_after(scheme, &after, &wiki_page(&sheet), None));
        edits.push(PageEdit { before: Some(page.clone()), after: Some(after.clone()) });
        plan.new_there.push(after);
    }
    Ok(())
}

/// The page as it then is, or why its table cannot take the change.
fn put(
    scheme: &Scheme,
    wiki: &Confluence,
    sheet: &Sheet,
    changes: &[crate::governance::proposals::FieldChange],
) -> Result<Result<Sheet, String>, HomeError> {
    let (page, labels) = match changed_there(scheme, &wiki_page(sheet), changes) {
        Ok(changed) => changed,
        Err(fault) => return Ok(Err(format!("not written there: {fault}"))),
    };
    let change = PageChange {
        place: sheet.place.clone(),
        revision: Some(sheet.revision.clone()),
        title: page.title,
        text: page.body,
        labels,
    };
    wiki.put(&change).map(Ok)
}

fn make(scheme: &Scheme, wiki: &Confluence, page: &Page) -> Result<Sheet, HomeError> {
    let (new, labels) = new_there(scheme, page);
    wiki.put(&PageChange { place: String::new(), revision: None, title: new.title, text: new.body, labels })
}

fn here(
    registry: &Registry,
    corpus: &Corpus<'_>,
    plan: &SyncPlan,
    edits: &[PageEdit],
) -> Result<Option<String>, CommandError> {
    let mut files = files_of(registry, corpus, edits)?;
    let lines = plan.agreed.iter().map(|row| serde_json::to_string(&row).expect("plain data") + "\n");
    let after: String = lines.collect();
    if plan.agreed_text.as_deref() != Some(after.as_str()) {
        files.push(FileChange::new(AGREED, plan.agreed_text.clone(), Some(after)));
    }
    if files.is_empty() {
        return Ok(None);
    }
    let message = format!("Sync with the wiki: {} pages\n", edits.len());
    registry.git.commit(&files, &message, Timestamp::now()).map(Some).map_err(failed)
}
