// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the services' errors become an action's, each with the next thing to do.

use crate::engine::ActionError;
use crate::services::{GitError, OpenPgpError, RefusedRef, TagError, WorkspaceError};

/// A workspace that could not be used.
pub(crate) fn workspace_failed(error: WorkspaceError) -> ActionError {
    ActionError::service("the workspace", error, "see that the disk has room and the directory can be written")
}

/// Git, here or at the remote, that did not do what it was asked. What a remote
/// refused was not done; what broke off may have been.
pub(crate) fn git_failed(error: GitError) -> ActionError {
    let hint = error.hint();
    match error {
        GitError::Rejected { remote, refs } => {
            let refs: Vec<String> = refs.iter().map(RefusedRef::to_string).collect();
            ActionError::Conflict {
                found: format!("something else at the remote `{remote}`: {}", refs.join(", ")),
                expected: "what was there when it was looked at just before; nothing was pushed".to_owned(),
            }
        }
        GitError::Moved { name, found, expected } => {
            ActionError::Conflict { found: format!("{name} at {found}"), expected }
        }
        GitError::Declined { .. } | GitError::Unauthenticated { .. } => ActionError::refused(error.to_string(), hint),
        GitError::Open { .. } => ActionError::misconfigured(error.to_string(), hint),
        error => ActionError::service("git", error, hint),
    }
}

/// A tag that was not made.
pub(crate) fn tag_failed(error: TagError) -> ActionError {
    match error {
        TagError::Git(error) => git_failed(error),
        TagError::Sign { name, source } => match source.downcast::<OpenPgpError>() {
            Ok(error) => openpgp_failed(*error),
            Err(source) => ActionError::service(
                format!("signing the tag {name}"),
                source,
                "see that `gpg --clearsign` works: agent, passphrase, expiry",
            ),
        },
    }
}

/// GnuPG, or the key in it, that could not be used.
pub(crate) fn openpgp_failed(error: OpenPgpError) -> ActionError {
    let hint = error.hint();
    ActionError::service("OpenPGP", error, hint)
}

/// Outputs that are not what this version of the program records.
pub(crate) fn outputs_do_not_fit(error: serde_json::Error) -> ActionError {
    ActionError::refused(format!("the outputs that the journal holds for this step do not fit: {error}"), "")
}
