// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Looking at the remote, and fetching from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{ErrorCode, Repository};

use super::address::remote_address;
use super::command::without_credentials;
use super::refs::valid;
use super::{Git, GitError, local};
use crate::services::Effects;

/// The branches of a remote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteBranches {
    /// The one that its HEAD is on, also where that is yet to be made.
    pub usual: Option<String>,
    /// All.
    pub all: BTreeSet<String>,
}

/// Against what the user's settings would fetch beside what was asked for.
const NOTHING_ELSE: [&str; 7] = [
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--recurse-submodules=no",
    "--refmap=",
];

impl Git {
    /// The refs of the remote that are called one of `names` (in full), with their
    /// ids; a tag's peeled id stands under its name with `^{}` behind it.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_refs(&self, names: &[&str]) -> Result<BTreeMap<String, String>, GitError> {
        names.iter().try_for_each(|name| valid(name))?;
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.demand_remote()?;
        let mut arguments = vec!["--quiet", "--", &self.remote];
        let peeled: Vec<String> = names.iter().map(|name| format!("{name}^{{}}")).collect();
        arguments.extend(names);
        arguments.extend(peeled.iter().map(String::as_str));
        let finished = self.run("ls-remote", &arguments)?;
        if !finished.success {
            return Err(self.failed("ls-remote", &finished.stderr));
        }
        let lines = finished.stdout.lines().filter_map(|line| line.split_once('\t'));
        // git finds names that end with a wanted one too: keep what was meant.
        let wanted = |name: &str| names.contains(&name.strip_suffix("^{}").unwrap_or(name));
        Ok(lines.filter(|(_, name)| wanted(name)).map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
    }

    /// The names of the remote's tags that begin with `prefix`, without `refs/tags/`.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_tags(&self, prefix: &str) -> Result<Vec<String>, GitError> {
        let start = format!("refs/tags/{prefix}");
        valid(&format!("{start}x"))?;
        self.demand_remote()?;
        let finished = self.run("ls-remote", &["--quiet", "--refs", "--", &self.remote, &format!("{start}*")])?;
        if !finished.success {
            return Err(self.failed("ls-remote", &finished.stderr));
        }
        let names = finished.stdout.lines().filter_map(|line| line.split_once('\t'));
        Ok(names
            .filter(|(_, name)| name.starts_with(&start))
            .map(|(_, name)| name["refs/tags/".len()..].to_owned())
            .collect())
    }

    /// The remote's branches, without `refs/heads/`, and the one that its HEAD is on.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_branches(&self) -> Result<RemoteBranches, GitError> {
        self.demand_remote()?;
        let finished = self.run("ls-remote", &["--quiet", "--symref", "--", &self.remote, "HEAD", "refs/heads/*"])?;
        if !finished.success {
            return Err(self.failed("ls-remote", &finished.stderr));
        }
        let mut branches = RemoteBranches::default();
        for (id, name) in finished.stdout.lines().filter_map(|line| line.split_once('\t')) {
            match (id.strip_prefix("ref: refs/heads/"), name.strip_prefix("refs/heads/")) {
                (Some(usual), _) if name == "HEAD" => branches.usual = Some(usual.to_owned()),
                (None, Some(branch)) => drop(branches.all.insert(branch.to_owned())),
                _ => {}
            }
        }
        Ok(branches)
    }

    /// Fetches a branch of the remote into its remote-tracking ref; returns the
    /// commit, or `None` where the remote has no such branch.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn fetch_branch(&self, branch: &str) -> Result<Option<String>, GitError> {
        let name = format!("refs/heads/{branch}");
        let Some(commit) = self.remote_refs(&[&name])?.remove(&name) else { return Ok(None) };
        let tracking = format!("refs/remotes/{}/{branch}", self.remote);
        if self.reference(&tracking)?.as_deref() != Some(&commit) {
            self.fetch(&[&format!("+{name}:{tracking}")])?;
        }
        self.reference(&tracking)
    }

    /// Fetches objects that the remote's refs stand for, without making a ref.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn fetch_objects(&self, names: &[&str]) -> Result<(), GitError> {
        if names.is_empty() { Ok(()) } else { self.fetch(names) }
    }

    /// A new repository in `directory`, which must be empty, with the tag `name` of the
    /// repository at `address` and no other ref; without it where there is no such tag.
    ///
    /// # Errors
    /// When the remote cannot be asked, or the directory not be written.
    pub fn with_tag_of(address: &str, name: &str, directory: &Path, effects: Effects) -> Result<Self, GitError> {
        let local = |source: git2::Error| GitError::Local {
            doing: format!("begin a repository in {}", directory.display()),
            source: source.into(),
        };
        let repository = Repository::init_bare(directory).map_err(local)?;
        repository.remote("origin", address).map_err(local)?;
        let git = Self::new(directory, "origin", effects);
        let tag = format!("refs/tags/{name}");
        if git.remote_refs(&[&tag])?.contains_key(&tag) {
            git.fetch(&[&format!("{tag}:{tag}")])?;
        }
        Ok(git)
    }

    /// A bare repository in `directory` that stands for the one at `address`: it has what
    /// was fetched from there, and is made where there is none.
    ///
    /// # Errors
    /// When the directory cannot be written, or holds a repository that cannot be used.
    pub fn kept_of(address: &str, directory: &Path, effects: Effects) -> Result<Self, GitError> {
        let local = |source: git2::Error| GitError::Local {
            doing: format!("keep a copy of {} in {}", without_credentials(address), directory.display()),
            source: source.into(),
        };
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).mkpath(true).external_template(false);
        let repository = Repository::init_opts(directory, &options).map_err(local)?;
        match repository.find_remote("origin") {
            Ok(remote) if remote.url().ok() == Some(address) => {}
            Ok(_) => repository.remote_set_url("origin", address).map_err(local)?,
            Err(_) => drop(repository.remote("origin", address).map_err(local)?),
        }
        Ok(Self::new(directory, "origin", effects))
    }

    fn fetch(&self, refspecs: &[&str]) -> Result<(), GitError> {
        self.demand_remote()?;
        let mut arguments = NOTHING_ELSE.to_vec();
        arguments.extend(["--", &self.remote]);
        arguments.extend(refspecs);
        let finished = self.run("fetch", &arguments)?;
        if finished.success { Ok(()) } else { Err(self.failed("fetch", &finished.stderr)) }
    }

    /// That the remote is one of the clone's, one repository and wholly fetched.
    pub(super) fn demand_remote(&self) -> Result<(), GitError> {
        let repository = self.repository()?;
        let (path, remote) = (self.path.clone(), without_credentials(&self.remote));
        match repository.find_remote(&self.remote) {
            Ok(_) => {}
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
                return Err(GitError::NoRemote { path, remote, known: known(&repository)? });
            }
            Err(source) => {
                return Err(GitError::Local { doing: format!("read the remote `{remote}`"), source: source.into() });
            }
        }
        self.demand_address()?;
        let config = repository.config().map_err(local("read the configuration"))?;
        if config.get_bool(&format!("remote.{}.promisor", self.remote)).unwrap_or(false) {
            return Err(GitError::Incomplete { path, how: "partial" });
        }
        let count = |key: &str| -> Result<usize, GitError> {
            let mut count = 0;
            let entries = config.multivar(&format!("remote.{}.{key}", self.remote), None);
            entries.and_then(|entries| entries.for_each(|_| count += 1)).map_err(local("read the configuration"))?;
            Ok(count)
        };
        let count = match count("pushurl")? {
            0 => count("url")?,
            count => count,
        };
        if count > 1 { Err(GitError::ManyAddresses { path, remote, count }) } else { Ok(()) }
    }

    /// That the remote is the repository that was recorded.
    fn demand_address(&self) -> Result<(), GitError> {
        let Some(expected) = &self.address else { return Ok(()) };
        match remote_address(&self.path, &self.remote) {
            Some(found) if found != *expected => Err(GitError::AnotherAddress {
                path: self.path.clone(),
                remote: without_credentials(&self.remote),
                found,
                expected: expected.clone(),
            }),
            _ => Ok(()),
        }
    }
}

/// The remotes of the clone, as a message names them.
fn known(repository: &Repository) -> Result<String, GitError> {
    let names = repository.remotes().map_err(local("list the remotes"))?;
    let names: Vec<&str> = names.iter().flatten().flatten().collect();
    Ok(if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}
