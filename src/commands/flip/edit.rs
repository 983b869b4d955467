// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Committing changes of pages from the command line.

use jiff::Timestamp;

use super::registry::Registry;
pub use crate::actions::proposals::{PageEdit, files_of};
use crate::commands::CommandError;
use crate::governance::proposals::Corpus;

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
