// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The release notes that issue titles make: what in them no user would understand, and
//! the notes themselves as text, Markdown and HTML.

mod audit;
mod render;

use serde::{Deserialize, Serialize};

pub use audit::{NoteFinding, audit};
pub use render::{Notes, NotesFormat};

/// An issue as the notes see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteEntry {
    /// `FLINK-12345`.
    pub key: String,
    /// Bug, Improvement, New Feature, …
    pub kind: String,
    /// Its title: what the notes say.
    pub title: String,
    /// How it was resolved; nothing while it is open.
    pub resolution: Option<String>,
}

impl NoteEntry {
    /// Whether what it says has come to be.
    pub fn came_to_be(&self) -> bool {
        let done = ["fixed", "done", "implemented", "resolved", "delivered"];
        self.resolution.as_ref().is_some_and(|how| done.contains(&how.to_lowercase().as_str()))
    }
}
