// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Committing changes of pages from the command line.

use jiff::Timestamp;

use super::registry::{Registry, today};
use crate::actions::proposals::follows;
pub use crate::actions::proposals::{PageEdit, files_of};
use crate::commands::CommandError;
use crate::governance::proposals::Corpus;
use crate::ui::Ui;

/// Says what a commit left beside itself: what somebody changed on these pages and did not commit, and
/// an index that does not follow.
pub fn tell_what_stays(ui: Ui, registry: &Registry, places: &[&str]) -> Result<(), CommandError> {
    let path = registry.git.path().display();
    for place in places {
        if registry.git.read(place)? != registry.git.read_committed(place)? {
            ui.warn(&format!(
                "{place} has changes that are not committed: they are not in this commit, and stay; see `git -C {path} diff {place}`"
            ));
        }
    }
    let file = &registry.scheme.index_file;
    let Some(text) = registry.git.read_committed(file)? else { return Ok(()) };
    if !follows(&registry.scheme, &text, &registry.committed_pages()?, today(None)) {
        ui.warn(&format!(
            "{file} says otherwise than the pages, and was left as it is: `quorate flip index --write` brings it up to date"
        ));
    }
    Ok(())
}

/// Commits the changes; the commit's id.
pub fn commit(
    registry: &Registry,
    corpus: &Corpus<'_>,
    edits: &[PageEdit],
    message: &str,
) -> Result<String, CommandError> {
    let files = files_of(registry, corpus, edits)?;
    Ok(registry.git.commit(&files, &format!("{message}\n"), Timestamp::now())?)
}
