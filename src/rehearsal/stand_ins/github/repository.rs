// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The bare repositories: where branches are, what merging gives.

use git2::{Commit, Oid, Repository, Signature};

use super::call::Fault;
use super::{Hub, repository_path};

/// A repository that is there.
pub(super) struct Bare {
    /// `OWNER/NAME`.
    pub slug: String,
    pub git: Repository,
}

/// How a commit is brought into a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Merge,
    Squash,
}

impl Hub {
    pub(super) fn repository(&self, owner: &str, name: &str) -> Result<Bare, Fault> {
        let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\']);
        if !plain(owner) || !plain(name) {
            return Err(Fault::missing());
        }
        let slug = format!("{owner}/{name}");
        let path = repository_path(&self.directory, &slug);
        let git = Repository::open_bare(path).map_err(|_| Fault::missing())?;
        Ok(Bare { slug, git })
    }
}

impl Bare {
    pub(super) fn owner(&self) -> &str {
        self.slug.split_once('/').map_or("", |(owner, _)| owner)
    }

    pub(super) fn name(&self) -> &str {
        self.slug.split_once('/').map_or("", |(_, name)| name)
    }

    /// The branch that its HEAD names.
    pub(super) fn main(&self) -> String {
        let head = self.git.find_reference("HEAD").ok();
        let target = head.and_then(|head| head.symbolic_target().ok().flatten().map(str::to_owned));
        target.and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned)).unwrap_or_else(|| "main".into())
    }

    /// Where a branch is; `None` where there is none of that name.
    pub(super) fn branch_tip(&self, branch: &str) -> Option<Oid> {
        self.git.refname_to_id(&format!("refs/heads/{branch}")).ok()
    }

    /// The commit of a branch, a tag or an id.
    pub(super) fn commit(&self, reference: &str) -> Result<Commit<'_>, Fault> {
        let plain = reference.strip_prefix("heads/").or_else(|| reference.strip_prefix("tags/")).unwrap_or(reference);
        let found = self.git.revparse_single(plain).and_then(|object| object.peel_to_commit());
        found.map_err(|_| Fault::new(422, format!("No commit found for SHA: {reference}")))
    }

    /// How many commits `head` has that `base` has not.
    pub(super) fn ahead(&self, head: Oid, base: Oid) -> Result<usize, Fault> {
        Ok(self.git.graph_ahead_behind(head, base)?.0)
    }

    /// The files that `head` changes, seen from where it left `base`: added and deleted
    /// lines and the number of files.
    pub(super) fn changes(&self, head: Oid, base: Oid) -> Result<(usize, usize, usize), Fault> {
        let from = self.git.merge_base(head, base).unwrap_or(base);
        let tree = |id| self.git.find_commit(id).and_then(|commit| commit.tree());
        let stats = self.git.diff_tree_to_tree(Some(&tree(from)?), Some(&tree(head)?), None)?.stats()?;
        Ok((stats.insertions(), stats.deletions(), stats.files_changed()))
    }

    pub(super) fn can_merge(&self, head: Oid, base: Oid) -> Result<bool, Fault> {
        let index = self.git.merge_commits(&self.git.find_commit(base)?, &self.git.find_commit(head)?, None)?;
        Ok(!index.has_conflicts())
    }

    /// Puts `head` into the branch `base`; the commit that it made.
    pub(super) fn merge(&self, head: Oid, base: &str, way: Way, message: &str) -> Result<Oid, Fault> {
        let name = format!("refs/heads/{base}");
        let onto = self.git.find_commit(self.git.refname_to_id(&name)?)?;
        let head = self.git.find_commit(head)?;
        let mut index = self.git.merge_commits(&onto, &head, None)?;
        let tree = self.git.find_tree(index.write_tree_to(&self.git)?)?;
        let author = head.author();
        let who = Signature::now("GitHub", "noreply@github.example.org")?;
        let parents: &[&Commit<'_>] = match way {
            Way::Merge => &[&onto, &head],
            Way::Squash => &[&onto],
        };
        let commit = self.git.commit(None, &author, &who, message, &tree, parents)?;
        self.git.reference_matching(&name, commit, true, onto.id(), "merge")?;
        Ok(commit)
    }
}
