// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What git does not hold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that is known beside the repositories.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    pub pulls: Vec<KeptPull>,
    pub releases: Vec<KeptRelease>,
    /// Checks of commits; where none is named for a commit, one that passed is shown.
    pub runs: Vec<KeptRun>,
    /// The last number that was given away.
    pub last: u64,
}

impl Known {
    pub(super) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptPull {
    pub id: u64,
    pub repository: String,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: String,
    /// Whose repository the branch is in.
    pub owner: String,
    pub branch: String,
    /// Where the branch was last seen.
    pub head: String,
    pub base: String,
    pub base_commit: String,
    pub open: bool,
    pub draft: bool,
    /// The head and the base for which it is known whether they can be merged.
    pub looked_at: Option<(String, String)>,
    pub merged: Option<Merged>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub closed: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Merged {
    pub at: Timestamp,
    pub by: String,
    pub commit: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptRun {
    pub repository: String,
    pub commit: String,
    pub name: String,
    /// `success`, `failure`, …; none while it runs.
    pub conclusion: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptRelease {
    pub id: u64,
    pub repository: String,
    pub tag: String,
    pub target: String,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: bool,
    pub prerelease: bool,
    pub author: String,
    pub created: Timestamp,
    pub published: Option<Timestamp>,
    pub assets: Vec<KeptAsset>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptAsset {
    pub id: u64,
    pub name: String,
    pub kind: String,
    pub bytes: u64,
    pub sha256: String,
    pub created: Timestamp,
}
