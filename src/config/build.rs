// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What builds a product's artifacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A build command and what comes out of it; or files that are made elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// A word for files and logs: `python-sdk`.
    pub id: String,
    /// What is built.
    pub title: String,
    /// Programs that must be on the PATH, or commands that must succeed: `docker info`.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Where to run it, from the root of the tree.
    #[serde(default)]
    pub directory: String,
    /// Where its files come from, in words, where they are made elsewhere, as on the project's build
    /// machines: they are taken over, and nothing is built. None for a build of this machine.
    #[serde(default)]
    pub made_elsewhere: Option<String>,
    /// Program and arguments; no shell. Of files that are made elsewhere it is what fetches them,
    /// and without one a person puts them where the step says.
    #[serde(default)]
    pub command: Vec<String>,
    /// Variables to set.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The files to keep.
    #[serde(default)]
    pub outputs: Vec<BuildOutput>,
}

impl Build {
    /// Whether its files are taken over.
    pub fn is_made_elsewhere(&self) -> bool {
        !self.origin().is_empty()
    }

    /// Where its files come from, in words; empty for a build of this machine.
    pub fn origin(&self) -> &str {
        self.made_elsewhere.as_deref().unwrap_or_default()
    }
}

/// A file that a build leaves, or several of one pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildOutput {
    /// Where it is, as a glob from the root of the tree, or of the directory with what was made
    /// elsewhere. Exactly one file fits, and one or more where there is no `name`.
    pub glob: String,
    /// The name under which it is staged; without one each file that fits keeps its own.
    #[serde(default)]
    pub name: String,
}

impl BuildOutput {
    /// The name under which it is staged, or the pattern of such names.
    pub fn staged(&self) -> &str {
        if self.name.is_empty() { self.glob.rsplit('/').next().unwrap_or(&self.glob) } else { &self.name }
    }
}
