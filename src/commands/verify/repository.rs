// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The repository that `--repo` names: a clone, or an address from which the tag alone is
//! fetched.

use std::path::Path;

use tempfile::TempDir;

use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::services::address::{across_network, hide_login, unprotected};
use crate::services::{Effects, Git, GitError};
use crate::ui::{Asking, ExitCode, Ui};

const REPO: &str = "--repo names a clone's directory, or an address: https://github.com/apache/PROJECT";

/// The repository, where it is none of this machine with the tag `name` in it alone; and what
/// holds that.
///
/// # Errors
/// When it cannot be opened or asked, or is none.
pub fn open(ui: Ui, repository: &str, name: &str) -> Result<(Git, Option<TempDir>), CommandError> {
    if name.is_empty() || name.starts_with('-') {
        return Err(no_tag(name));
    }
    if Path::new(repository).is_dir() {
        return Ok((Git::new(repository, "origin", Effects::unwatched()).even_shallow(), None));
    }
    if repository.contains("::") {
        let what = format!("`{}` wants a program of its own to be asked, which is not run", hide_login(repository));
        return Err(CommandError::usage(what, REPO));
    }
    if !repository.contains("://") && !across_network(repository) {
        return Err(CommandError::usage(format!("there is no repository at `{repository}`"), REPO));
    }
    if let Some(scheme) = unprotected(repository) {
        let what = format!("{}: anybody on the way could change what comes over {scheme}", hide_login(repository));
        return Err(CommandError::usage(what, "--repo with the address that begins with https:// or ssh://"));
    }
    let place = tempfile::tempdir().map_err(|error| {
        let what = format!("cannot make a directory in {}: {error}", std::env::temp_dir().display());
        CommandError::new(ExitCode::Service, what, "make room there, or name another by TMPDIR")
    })?;
    let _asking = Asking::begin(ui, &format!("the tag {name} of {}", hide_login(repository)));
    let git = Git::with_tag_of(repository, name, place.path(), Effects::unwatched());
    Ok((git.map_err(|error| failed(repository, &error))?, Some(place)))
}

/// What went wrong with it, in the words of who named it.
pub fn failed(repository: &str, error: &GitError) -> CommandError {
    let shown = hide_login(repository);
    // git says the address as it got it
    let hidden = |said: &str| said.replace(repository.trim_end_matches('/'), shown.trim_end_matches('/'));
    let service = |what: String, hint: &str| CommandError::new(ExitCode::Service, what, hint);
    match error {
        GitError::Unreachable { said, .. } if across_network(repository) => service(
            format!("{shown} cannot be reached: {}", hidden(said)),
            "see that `git ls-remote` works with that address",
        ),
        GitError::Unreachable { said, .. } => {
            CommandError::usage(format!("no repository at {shown}: {}", hidden(said)), REPO)
        }
        GitError::Unauthenticated { said, .. } => service(
            format!("{shown} does not let you in: {}", hidden(said)),
            "see that `git ls-remote` works with that address",
        ),
        GitError::TimedOut { .. } | GitError::Failed { .. } => service(
            hidden(&chain(error)),
            "give the same command again; see that `git ls-remote` works with that address",
        ),
        GitError::Open { .. } | GitError::ObjectFormat { .. } => CommandError::usage(chain(error), REPO),
        GitError::Name { name } => no_tag(name.trim_start_matches("refs/tags/")),
        GitError::NotInstalled(_) | GitError::Incomplete { .. } | GitError::AnothersClone { .. } => {
            CommandError::from_error(ExitCode::Usage, error, error.hint())
        }
        _ => CommandError::from_error(ExitCode::Usage, error, "see that the repository is whole: `git fsck`"),
    }
}

fn no_tag(name: &str) -> CommandError {
    let hint = "--source-tag names a tag as it is called: release-1.2.0-rc1";
    CommandError::usage(format!("`{name}` cannot be the name of a tag"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_protects_nothing_is_not_asked() {
        let error = open(Ui::new(true), "git://example.org/a/b", "v1").unwrap_err().to_string();
        assert!(error.contains("anybody on the way could change what comes over git"), "{error}");
    }
}
