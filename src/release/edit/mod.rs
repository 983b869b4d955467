// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Setting versions and other values in the files of a tree: pure.
//!
//! What is not touched stays byte for byte: no file is parsed and written anew.

mod apply;
mod authority;
mod fault;
mod globs;
mod json;
mod leftovers;
mod maven;
mod rule;
#[cfg(test)]
mod tests;
mod text;
mod toml_value;
mod version_rules;
mod versions;

use std::collections::BTreeMap;

pub use apply::{Edits, Hit, apply};
pub use authority::authority;
pub use fault::{EditFault, EditFaults};
pub use leftovers::{Leftover, all_snapshots, leftovers, other_snapshots};
pub use rule::{AllowedLeftover, EditRule};
pub use version_rules::VersionRules;
pub use versions::{PLACEHOLDERS, VersionChange};

/// Files by their path from the root of the tree, with `/`.
pub type Tree = BTreeMap<String, Vec<u8>>;
