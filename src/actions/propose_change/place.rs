// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Another repository of the project: the copy of it in the workspace, and its name at
//! GitHub.

use crate::actions::Services;
use crate::actions::failures::{git_failed, workspace_failed};
use crate::engine::{ActionError, Context};
use crate::release::Tree;
use crate::services::{FileKind, Git, GitError, Slug};

/// A repository beside the product's own.
#[derive(Debug)]
pub(crate) struct Place {
    /// The copy in the workspace.
    pub git: Git,
    /// Its name at GitHub.
    pub slug: Slug,
}

impl Place {
    /// The repository at `address`.
    pub(crate) fn open(cx: &Context<'_, Services>, address: &str) -> Result<Self, ActionError> {
        let slug = cx.world.github.repository(address).map_err(|error| {
            ActionError::misconfigured(
                error.to_string(),
                "correct the product's configuration; what is not at GitHub is proposed by hand, and attested or left out",
            )
        })?;
        let workspace = &cx.world.workspace;
        let directory = workspace.directory("repositories").map_err(workspace_failed)?;
        let directory = directory.join(format!("{}-{}.git", slug.owner, slug.name));
        let git = Git::kept_of(address, &directory, workspace.effects().clone()).map_err(git_failed)?;
        Ok(Self { git, slug })
    }

    /// Where a branch is at the remote, fetched; `None` where there is none.
    pub(crate) fn tip(&self, branch: &str) -> Result<Option<String>, ActionError> {
        self.git.fetch_branch(branch).map_err(git_failed)
    }

    /// Where the branch is that a change is for.
    pub(super) fn base(&self, branch: &str) -> Result<String, ActionError> {
        self.tip(branch)?.ok_or_else(|| {
            ActionError::misconfigured(
                format!("{} has no branch `{branch}`", self.slug),
                "correct the product's configuration",
            )
        })
    }

    /// Whether the branch at `tip` was begun by this release's manager with this message:
    /// what it has then is of an earlier candidate.
    pub(super) fn is_ours(
        &self,
        cx: &Context<'_, Services>,
        base: &str,
        tip: &str,
        message: &str,
    ) -> Result<bool, ActionError> {
        let Some(start) = self.git.common_commit(base, tip).map_err(git_failed)? else { return Ok(false) };
        let commits = self.git.patches(&[&start], tip).map_err(git_failed)?;
        let Some(first) = commits.last() else { return Ok(true) };
        let people = self.git.people(Some(&start), &first.commit).map_err(git_failed)?;
        let summary = message.lines().next().unwrap_or_default();
        Ok(first.summary == summary && people.iter().all(|(_, address)| *address == cx.world.author.email))
    }

    /// The files of a commit whose paths `wanted` accepts; symbolic links are left out.
    pub(crate) fn files(&self, commit: &str, wanted: impl Fn(&str) -> bool) -> Result<Tree, ActionError> {
        let mut files = Tree::new();
        self.git
            .visit_files(commit, wanted, |file| {
                if file.kind != FileKind::Symlink {
                    files.insert(file.path, file.bytes);
                }
                Ok::<(), GitError>(())
            })
            .map_err(git_failed)?;
        Ok(files)
    }
}
