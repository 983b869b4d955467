// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What builds a product's artifacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A build command and what comes out of it.
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
    /// Program and arguments; no shell.
    pub command: Vec<String>,
    /// Variables to set.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The files to keep.
    #[serde(default)]
    pub outputs: Vec<BuildOutput>,
}

/// A file that a build leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildOutput {
    /// Where it is, as a glob from the root of the tree; exactly one file fits.
    pub glob: String,
    /// The name under which it is staged.
    pub name: String,
}
