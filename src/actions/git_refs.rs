// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the git actions and probes have in common: names of refs, branches of
//! the remote, what in the clone stands in the way.

use super::Services;
use super::failures::git_failed;
use crate::engine::{ActionError, Context, Problem};
use crate::services::ObjectId;

/// `main` of `refs/heads/main`; other names stay as they are.
pub(crate) fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/")).unwrap_or(name)
}

/// The branch that a ref of the clone stands for at the remote: `main` for
/// `refs/heads/main` and for `refs/quorate/heads/main`.
pub(super) fn branch_of(name: &str) -> Option<&str> {
    name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/quorate/heads/"))
}

/// A ref of the program's own, which remembers `of` for the intention `token`; it
/// also keeps the object from being collected.
pub(super) fn memory(what: &str, token: &str, of: &str) -> String {
    format!("refs/quorate/{what}/{token}/{}", of.strip_prefix("refs/").unwrap_or(of))
}

/// Where the remote's branch is, its commits fetched.
pub(crate) fn remote_branch(cx: &Context<'_, Services>, branch: &str) -> Result<ObjectId, ActionError> {
    let git = &cx.world.git;
    git.fetch_branch(branch).map_err(git_failed)?.ok_or_else(|| {
        ActionError::refused(
            format!("the remote `{}` has no branch `{branch}`", git.remote()),
            "see that the remote is the official repository (`git remote -v`) and that the version is right",
        )
    })
}

/// The commit that `revision` peels to.
pub(crate) fn commit(cx: &Context<'_, Services>, revision: &str) -> Result<ObjectId, ActionError> {
    cx.world.git.commit(revision).map_err(git_failed)?.ok_or_else(|| {
        ActionError::refused(
            format!("there is no commit `{revision}` in {}", cx.world.git.path().display()),
            "if another clone has it, fetch it from there; else take back the step that makes it and run it again",
        )
    })
}

/// A branch that is checked out would move under the working tree.
pub(super) fn checked_out(cx: &Context<'_, Services>, reference: &str) -> Result<Option<Problem>, ActionError> {
    let out = cx.world.git.is_checked_out(reference).map_err(git_failed)?;
    Ok(out.then(|| {
        Problem::new(
            format!("{} is checked out in a working tree, and would move under it", short(reference)),
            "`git switch` to another branch there",
        )
    }))
}

/// The object that the journal recorded.
pub(super) fn recorded(id: &str) -> Result<ObjectId, ActionError> {
    ObjectId::from_str(id).map_err(|_| ActionError::refused(format!("the journal has `{id}` for an object's id"), ""))
}
