// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the git actions ask of the release manager's clone before they move
//! something in it, and what they note when they do.

use super::Services;
use super::failures::git_failed;
use crate::engine::{ActionError, Context, Problem};
use crate::services::Head;

/// What in the clone stands in the way of making or moving `branch`.
pub(super) fn clone_problems(cx: &Context<'_, Services>, branch: &str) -> Result<Vec<Problem>, ActionError> {
    let git = &cx.world.git;
    let mut problems = Vec::new();
    let dirty = git.uncommitted().map_err(git_failed)?;
    if !dirty.is_empty() {
        problems.push(Problem::new(
            format!("{} has changes that are in no commit: {}", git.path().display(), dirty.join(", ")),
            "commit them, or put them away by `git stash --include-untracked`",
        ));
    }
    if git.head().map_err(git_failed)? == Head::Detached {
        problems.push(Problem::new(
            format!("{} is on no branch", git.path().display()),
            "`git switch` to a branch, so that no commit gets lost",
        ));
    }
    problems.extend(checked_out(cx, &format!("refs/heads/{branch}"))?);
    Ok(problems)
}

/// That no working tree has the ref checked out, which is to be moved or deleted.
pub(super) fn demand_not_checked_out(cx: &Context<'_, Services>, name: &str) -> Result<(), ActionError> {
    match checked_out(cx, name)? {
        Some(Problem { what, hint }) => Err(ActionError::Refused { what, hint }),
        None => Ok(()),
    }
}

fn checked_out(cx: &Context<'_, Services>, name: &str) -> Result<Option<Problem>, ActionError> {
    let place = cx.world.git.checked_out_in(name).map_err(git_failed)?;
    let shown = name.strip_prefix("refs/heads/").unwrap_or(name);
    Ok(place.map(|place| {
        Problem::new(
            format!("{shown} is checked out in {}, and would move under the working tree", place.display()),
            "`git switch` to another branch there",
        )
    }))
}

/// What the log of a ref says where this intention has moved it.
pub(super) fn log_entry(cx: &Context<'_, Services>) -> String {
    format!("quorate {}", cx.intent.token)
}
