// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a release's version follows on what the clone's branches say.

use std::path::Path;

use super::CommandError;
use super::check_repository::version_of;
use crate::config::Product;
use crate::release::{ReleaseKind, Version};

/// Whether `version` follows on what the product's branches say: the main branch,
/// for a bugfix release that of its series.
///
/// # Errors
/// When it does not.
pub fn check_version(clone: &Path, product: &Product, version: Version) -> Result<(), CommandError> {
    match unlike(clone, product, version) {
        None => Ok(()),
        Some(what) => Err(CommandError::usage(
            what,
            "is the version right? `git fetch` where the clone is behind; --any-version begins it all the same",
        )),
    }
}

/// In which way `version` does not follow on what the clone says, where it does not.
pub fn unlike(clone: &Path, product: &Product, version: Version) -> Option<String> {
    let repository = git2::Repository::open(clone).ok()?;
    let said = |branch: &str| {
        let names = [format!("refs/remotes/{}/{branch}", product.git.remote), format!("refs/heads/{branch}")];
        let tree = names.iter().find_map(|name| repository.find_reference(name).ok()?.peel_to_tree().ok())?;
        version_of(&repository, &tree, &product.versions.authority).ok()
    };
    let series = said(&product.git.release_branch);
    // Once its branch is cut, the main branch has gone on to the next series.
    if series.as_deref().is_some_and(|said| version.is_of_series(said)) {
        return None;
    }
    let (branch, said, expected) = match (version.kind(), series) {
        (ReleaseKind::Bugfix, None) => return None,
        (ReleaseKind::Bugfix, Some(said)) => (&product.git.release_branch, said, "a bugfix release of that series"),
        _ => (&product.git.main, said(&product.git.main)?, "a release of that series, or the next major one"),
    };
    let follows =
        version.kind() != ReleaseKind::Bugfix && (version.is_of_series(&said) || version.is_next_major(&said));
    (!follows).then(|| format!("{version} does not follow on `{branch}`, which says {said}: expected {expected}"))
}
