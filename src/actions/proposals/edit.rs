// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Changing pages of a registry in one commit, with what goes along: the index, where it was
//! in order before, and the ledger of numbers.

use super::book::{LEDGER, ProposalBook};
use crate::governance::proposals::{Corpus, IndexFormat, Page, index};
use crate::services::{FileChange, HomeError};

/// A page before and after; one without a page before is new, one without a page after goes.
#[derive(Debug, Clone)]
pub struct PageEdit {
    /// As it was read.
    pub before: Option<Page>,
    /// As it is to be.
    pub after: Option<Page>,
}

/// The files of a commit that makes these changes.
///
/// # Errors
/// When the ledger cannot be read.
pub fn files_of(book: &ProposalBook, corpus: &Corpus<'_>, edits: &[PageEdit]) -> Result<Vec<FileChange>, HomeError> {
    let mut files = Vec::new();
    for PageEdit { before, after } in edits {
        let same_place = before.as_ref().zip(after.as_ref()).is_some_and(|(before, after)| before.place == after.place);
        if let Some(before) = before.as_ref().filter(|_| !same_place) {
            files.push(FileChange { place: before.place.clone(), before: Some(before.text.clone()), after: None });
        }
        if let Some(after) = after {
            let before = before.as_ref().filter(|_| same_place).map(|before| before.text.clone());
            files.push(FileChange { place: after.place.clone(), before, after: Some(after.text.clone()) });
        }
    }
    let after = after(corpus, edits);
    files.extend(index_change(corpus, &after));
    files.extend(ledger_change(book, corpus, &after)?);
    Ok(files)
}

/// The corpus with the changes.
fn after<'a>(corpus: &Corpus<'a>, edits: &[PageEdit]) -> Corpus<'a> {
    let gone =
        |page: &&Page| edits.iter().any(|edit| edit.before.as_ref().is_some_and(|before| before.place == page.place));
    let mut pages: Vec<Page> = corpus.pages.iter().filter(|page| !gone(page)).cloned().collect();
    pages.extend(edits.iter().filter_map(|edit| edit.after.clone()));
    let mut after = Corpus::new(corpus.scheme, pages, corpus.today);
    after.used.extend(&corpus.used);
    after
}

/// The index follows the pages where it did before; one that somebody wrote otherwise is theirs.
fn index_change(before: &Corpus<'_>, after: &Corpus<'_>) -> Option<FileChange> {
    let (place, text) = before.index.as_ref()?;
    if *text != index(before, IndexFormat::Markdown) {
        return None;
    }
    let now = index(after, IndexFormat::Markdown);
    (now != *text).then(|| FileChange { place: place.clone(), before: Some(text.clone()), after: Some(now) })
}

/// Numbers that are new go into the ledger, which keeps them when a page is deleted.
fn ledger_change(
    book: &ProposalBook,
    before: &Corpus<'_>,
    after: &Corpus<'_>,
) -> Result<Option<FileChange>, HomeError> {
    let new = after.pages.iter().filter(|page| page.number().is_some_and(|number| !before.used.contains(&number)));
    let lines: String = new
        .map(|page| format!("{} {} {}\n", page.name(after.scheme), after.today, page.heading(after.scheme)))
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let text = book.read(LEDGER)?;
    let mut now = text.clone().unwrap_or_default();
    if !now.is_empty() && !now.ends_with('\n') {
        now.push('\n');
    }
    Ok(Some(FileChange { place: LEDGER.to_owned(), before: text, after: Some(now + &lines) }))
}
