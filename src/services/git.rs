// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Git: local work by libgit2, what goes to a remote by the user's own `git`.

use std::path::PathBuf;

use super::Effects;

/// The release manager's clone and its official remote.
#[derive(Debug)]
pub struct Git {
    path: PathBuf,
    remote: String,
    effects: Effects,
}

impl Git {
    /// The clone at `path`, with the official repository as its remote `remote`.
    pub fn new(path: impl Into<PathBuf>, remote: impl Into<String>, effects: Effects) -> Self {
        Self { path: path.into(), remote: remote.into(), effects }
    }
}
