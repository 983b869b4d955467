// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Looking at the remote, and fetching from it.

use std::collections::BTreeMap;

use super::{Git, GitError, ObjectId};

/// A ref of the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteRef {
    /// The object that it points at.
    pub object: ObjectId,
    /// Where that is a tag object, what it peels to.
    pub peeled: Option<ObjectId>,
}

impl RemoteRef {
    /// The object behind a tag, else the object itself.
    pub fn target(self) -> ObjectId {
        self.peeled.unwrap_or(self.object)
    }
}

impl Git {
    /// Those of the refs `names` (in full) that the remote has.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_refs(&self, names: &[&str]) -> Result<BTreeMap<String, RemoteRef>, GitError> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut arguments = vec!["--quiet".to_owned(), "--".to_owned(), self.remote.clone()];
        arguments.extend(names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}^{{}}")]));
        let finished = self.run("ls-remote", &arguments)?;
        if !finished.success {
            return Err(self.failed("ls-remote", &finished.stderr));
        }
        let mut listed = BTreeMap::new();
        for line in finished.stdout.lines() {
            let (object, name) = parse_listed(line)
                .ok_or_else(|| GitError::Command { what: "ls-remote", text: format!("unexpected line `{line}`") })?;
            listed.insert(name, object);
        }
        let mut refs = BTreeMap::new();
        for name in names {
            // A pattern also fits longer names that end with it.
            if let Some(&object) = listed.get(*name) {
                let peeled = listed.get(format!("{name}^{{}}").as_str()).copied();
                refs.insert((*name).to_owned(), RemoteRef { object, peeled });
            }
        }
        Ok(refs)
    }

    /// Where the remote's branch `branch` is, its commits fetched to the usual
    /// tracking ref; `None` where the remote has none.
    ///
    /// # Errors
    /// When the remote cannot be asked, or does not hand the commits over.
    pub fn fetch_branch(&self, branch: &str) -> Result<Option<ObjectId>, GitError> {
        let name = format!("refs/heads/{branch}");
        let Some(remote) = self.remote_refs(&[&name])?.remove(&name) else { return Ok(None) };
        let tracking = self.tracking(branch);
        if self.reference(&tracking)? != Some(remote.object) {
            self.fetch(&[(&name, &tracking)])?;
        }
        self.reference(&tracking)
    }

    /// The local ref that follows the remote's branch `branch`.
    pub fn tracking(&self, branch: &str) -> String {
        format!("refs/remotes/{}/{branch}", self.remote)
    }

    /// Fetches each remote ref to a local one, whatever that was; nothing else,
    /// no tags, no FETCH_HEAD.
    ///
    /// # Errors
    /// When the remote does not have one of them or cannot be asked.
    pub fn fetch(&self, refs: &[(&str, &str)]) -> Result<(), GitError> {
        if refs.is_empty() {
            return Ok(());
        }
        let options = [
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--recurse-submodules=no",
            "--refmap=",
            "--",
        ];
        let mut arguments: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        arguments.push(self.remote.clone());
        arguments.extend(refs.iter().map(|(from, to)| format!("+{from}:{to}")));
        let finished = self.run("fetch", &arguments)?;
        if finished.success { Ok(()) } else { Err(self.failed("fetch", &finished.stderr)) }
    }
}

fn parse_listed(line: &str) -> Option<(ObjectId, String)> {
    let (object, name) = line.split_once('\t')?;
    Some((ObjectId::from_str(object).ok()?, name.to_owned()))
}
