// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the services' errors become an action's, each with the next thing to do.

use crate::engine::ActionError;
use crate::services::{GitError, OpenPgpError, WorkspaceError};

/// A workspace that could not be used.
pub(crate) fn workspace_failed(error: WorkspaceError) -> ActionError {
    ActionError::service("the workspace", error, "see that the disk has room and the directory can be written")
}

/// A repository that could not be read.
pub(crate) fn git_failed(error: GitError) -> ActionError {
    ActionError::service("git", error, "see that the clone is complete: `git fsck`")
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
