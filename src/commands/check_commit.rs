// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a series' branch can start at a commit that somebody chose.

use std::path::Path;

use super::CommandError;
use crate::config::Product;
use crate::release::{ReleaseKind, Version};

/// The whole id of the commit that `named` means in the clone, from which the new series'
/// branch is to be cut.
///
/// # Errors
/// When the release begins no series, or the main branch, as the clone has it from its
/// remote, does not have that commit.
pub fn check_commit(clone: &Path, product: &Product, version: Version, named: &str) -> Result<String, CommandError> {
    if version.kind() == ReleaseKind::Bugfix {
        return Err(CommandError::usage(
            format!(
                "--commit {named}: a bugfix release is cut from its series' branch, {}",
                product.git.release_branch
            ),
            "leave out --commit",
        ));
    }
    let main = format!("{}/{}", product.git.remote, product.git.main);
    let fail = |what: String| {
        CommandError::usage(
            format!("--commit {named}: {what}"),
            format!("`git fetch {}`; `git log {main}` shows which commits there are", product.git.remote),
        )
    };
    let repository = git2::Repository::open(clone).map_err(|error| fail(error.message().to_owned()))?;
    let found = repository.revparse_single(named).and_then(|object| object.peel_to_commit());
    let commit = found.map_err(|_| fail("there is no such commit in the clone".into()))?.id();
    let tip =
        repository.find_reference(&format!("refs/remotes/{main}")).and_then(|reference| reference.peel_to_commit());
    let tip = tip.map_err(|_| fail(format!("the clone has no {main}")))?.id();
    if commit == tip || repository.graph_descendant_of(tip, commit).unwrap_or(false) {
        return Ok(commit.to_string());
    }
    Err(fail(format!("{commit} is not in {main}")))
}
