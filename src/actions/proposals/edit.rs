// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Changing pages of a registry in one commit, with what goes along: the index, where it was
//! in order before, and the ledger of numbers.

use jiff::civil::Date;

use super::book::{LEDGER, ProposalBook};
use crate::governance::proposals::{Corpus, IndexFormat, Page, Scheme, carried_over, index, next_number_in};
use crate::services::{self, FileChange, HomeError};

/// A page before and after; one without a page before is new, one without a page after goes.
#[derive(Debug, Clone)]
pub struct PageEdit {
    /// As it was read.
    pub before: Option<Page>,
    /// As it is to be.
    pub after: Option<Page>,
}

/// The files of a commit that makes these changes. What somebody changed on these pages and did not
/// commit is not in it.
///
/// # Errors
/// When the head of a page that is to be changed cannot be read; when the registry cannot.
pub fn files_of(book: &ProposalBook, corpus: &Corpus<'_>, edits: &[PageEdit]) -> Result<Vec<FileChange>, HomeError> {
    let committed = book.committed_pages()?;
    let of_commit = |page: &Page| committed.iter().find(|other| other.place == page.place);
    let (mut files, mut committed_edits) = (Vec::new(), Vec::new());
    for PageEdit { before, after } in edits {
        if let Some(page) = before.as_ref().filter(|page| !page.has_head()) {
            return Err(no_head(page));
        }
        let same_place = before.as_ref().zip(after.as_ref()).is_some_and(|(before, after)| before.place == after.place);
        let apart = before.as_ref().zip(after.as_ref()).and_then(|(before, after)| {
            let other = of_commit(before).filter(|other| other.text != before.text)?;
            Some(carried_over(&book.scheme, before, after, other))
        });
        if let Some(before) = before.as_ref().filter(|_| !same_place) {
            files.push(FileChange::new(before.place.clone(), Some(before.text.clone()), None));
        }
        if let Some(after) = after {
            let before = before.as_ref().filter(|_| same_place).map(|before| before.text.clone());
            let file = FileChange::new(after.place.clone(), before, Some(after.text.clone()));
            files.push(FileChange { apart: apart.as_ref().map(|page| page.text.clone()), ..file });
        }
        committed_edits.push(PageEdit {
            before: before.as_ref().and_then(of_commit).cloned(),
            after: apart.or_else(|| after.clone()),
        });
    }
    files.extend(index_change(book, corpus, committed, &committed_edits)?);
    files.extend(ledger_change(book, corpus, &after(corpus, edits))?);
    Ok(files)
}

/// That nothing can be set on a page.
pub fn no_head(page: &Page) -> HomeError {
    let fault = page.faults().last();
    let what = fault.map(|fault| fault.what.clone()).unwrap_or_default();
    HomeError::NoHead { place: page.at(fault.map_or(1, |fault| fault.line)), what }
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

/// The index follows the pages of the last commit where it did before; one that somebody wrote
/// otherwise is theirs, and what somebody noted in it and did not commit stays beside the change.
fn index_change(
    book: &ProposalBook,
    corpus: &Corpus<'_>,
    committed: Vec<Page>,
    edits: &[PageEdit],
) -> Result<Option<FileChange>, HomeError> {
    let place = &corpus.scheme.index_file;
    let Some(text) = book.git.read_committed(place)? else { return Ok(None) };
    if !follows(corpus.scheme, &text, &committed, corpus.today) {
        return Ok(None);
    }
    let mut before = Corpus::new(corpus.scheme, committed, corpus.today);
    before.used.extend(&corpus.used);
    let now = index(&after(&before, edits), IndexFormat::Markdown);
    let here = book.git.read(place)?;
    if now == text || here.is_none() {
        return Ok(None);
    }
    if here.as_ref() == Some(&text) {
        return Ok(Some(FileChange::new(place.clone(), Some(text), Some(now))));
    }
    let here = here.unwrap_or_default();
    // where both changed the same lines the index is brought up by hand: the commit has it in order
    let beside = services::carried_over(&text, &now, &here)?.unwrap_or_else(|| here.clone());
    let change = FileChange::new(place.clone(), Some(here), Some(beside));
    Ok(Some(FileChange { apart: Some(now), ..change }))
}

/// Whether an index is as these pages are; its next number may be beyond theirs.
pub fn follows(scheme: &Scheme, index_text: &str, pages: &[Page], today: Date) -> bool {
    let mut corpus = Corpus::new(scheme, pages.to_vec(), today);
    corpus
        .used
        .extend(next_number_in(scheme, index_text).and_then(|next| next.checked_sub(1)).filter(|last| *last > 0));
    index(&corpus, IndexFormat::Markdown) == index_text
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
    Ok(Some(FileChange::new(LEDGER, text, Some(now + &lines))))
}
