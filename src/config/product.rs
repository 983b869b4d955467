// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What `release-config/<product>.toml` says of a product.
//!
//! Every string may hold `{{ … }}` over the release's values (`version`,
//! `short_version`, `candidate.number`, …); [`render_product`](super::render_product)
//! fills them in. Unknown fields are refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::build::Build;
use super::channels::{Documentation, Jira, Links, Mail, Maven, Npm, Pypi};
use super::sites::{Docker, GitHubAddresses, Playground, Website};
use crate::release::{AllowedLeftover, EditRule};

/// A product that can be released.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The format of this file; 1.
    pub format: u32,
    /// The name on the command line: `flink-statefun`.
    pub id: String,
    /// The name in mails: "Apache Flink Stateful Functions".
    pub name: String,
    /// The name in tag messages: "Stateful Functions".
    pub short_name: String,
    /// The project whose people vote: `flink`.
    pub project: String,
    /// The project's name in mails: "Apache Flink".
    pub project_name: String,
    /// Two or three lines for the announcement: what the product is.
    pub description: String,
    /// Branches and tags.
    pub git: Git,
    /// How versions are written, and where in the tree they stand.
    pub versions: Versions,
    /// The source archive.
    pub source: Source,
    /// The other artifacts, each with the command that builds it.
    #[serde(default)]
    pub build: Vec<Build>,
    /// The release build that must work before there is a branch.
    pub trial_build: Build,
    /// The distribution repositories.
    pub svn: Subversion,
    /// Lists, relay and archive.
    pub mail: Mail,
    /// How long to wait.
    pub waits: Waits,
    /// How the vote on a candidate is counted; where it is not said, a person counts.
    #[serde(default)]
    pub vote: Option<Vote>,
    /// The project's improvement proposals, where it has such.
    #[serde(default)]
    pub proposals: Option<Proposals>,
    /// Links that mails and guide texts use.
    pub links: Links,
    /// The issue tracker.
    pub jira: Jira,
    /// Maven staging.
    pub maven: Option<Maven>,
    /// The Python package.
    pub pypi: Option<Pypi>,
    /// The npm package.
    pub npm: Option<Npm>,
    /// The published documentation.
    pub documentation: Option<Documentation>,
    /// The project's website.
    pub website: Website,
    /// Where GitHub is.
    #[serde(default)]
    pub github: GitHubAddresses,
    /// The container images.
    #[serde(default)]
    pub docker: Option<Docker>,
    /// The examples, in a repository of their own.
    #[serde(default)]
    pub playground: Option<Playground>,
}

/// Branches and tags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Git {
    /// The official repository, for a person to read.
    pub url: String,
    /// The remote's name in the release manager's clone.
    pub remote: String,
    /// The branch that development goes on.
    pub main: String,
    /// The branch of the series.
    pub release_branch: String,
    /// The branch of a candidate.
    pub candidate_branch: String,
    /// The tags of a candidate; the first is the one that mails name.
    pub candidate_tags: Vec<String>,
    /// The tags of the release, in the same order.
    pub release_tags: Vec<String>,
    /// The message of a version commit.
    pub version_message: String,
    /// The tag where contributors are counted from; empty where that is the tag of
    /// the highest version below this release's, which is found in the clone.
    #[serde(default)]
    pub previous_tag: String,
}

/// How versions are written, and where in the tree they stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// The version under development on a series' branch: `3.4-SNAPSHOT`.
    pub snapshot: String,
    /// The one that the main branch gets next: `3.5-SNAPSHOT`.
    pub next_snapshot: String,
    /// The pom, package.json or other file that says which version a tree is at.
    pub authority: EditRule,
    /// Named lists of edits; a step names the lists that it applies.
    pub edits: BTreeMap<String, Vec<EditRule>>,
    /// Where an old version may stay.
    #[serde(default)]
    pub allow: Vec<AllowedLeftover>,
}

/// The source archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file's name: `flink-statefun-3.4.0-src.tgz`.
    pub file: String,
    /// The one directory inside it.
    pub root: String,
    /// What is left out, as globs over paths from the root; a pattern without a
    /// slash fits a name at any depth.
    pub exclude: Vec<String>,
    /// Who holds the copyright that NOTICE states; none: The Apache Software Foundation,
    /// which its projects also name as where they are developed.
    #[serde(default)]
    pub copyright_owner: Option<String>,
    /// Files that need no licence header, as globs.
    #[serde(default)]
    pub no_header: Vec<String>,
    /// Files that may hold a key or a token, as globs: those of tests.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Files that may be compiled code, as globs.
    #[serde(default)]
    pub binaries: Vec<String>,
    /// Files that may name a snapshot version, as globs.
    #[serde(default)]
    pub snapshots: Vec<String>,
}

/// The distribution repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subversion {
    /// Candidates: `https://dist.apache.org/repos/dist/dev/flink`.
    pub dev: String,
    /// Releases: `https://dist.apache.org/repos/dist/release/flink`.
    pub release: String,
    /// A candidate's directory in `dev`.
    pub candidate_directory: String,
    /// Every directory of this product in `dev`, as a glob over names.
    pub candidate_directories: String,
    /// A release's directory in `release`.
    pub release_directory: String,
    /// What stands before the version in the name of each release's directory; empty where it is
    /// called by the version alone: `release/kafka/3.9.0`.
    pub release_prefix: String,
    /// Where KEYS is.
    pub keys: String,
    /// A PEM file with the server's own certificate authority, where it has one.
    #[serde(default)]
    pub ca: Option<String>,
}

/// How long to wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// How long a vote is open, in hours.
    pub vote_hours: u32,
    /// How long between publishing and announcing, in hours.
    pub promote_hours: u32,
}

/// How the vote on a candidate is counted. Exactly one of `roster` and `whimsy` says who
/// has a binding vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// The bylaws: a name under `release-config/bylaws/`, or the path of a file.
    pub bylaws: String,
    /// What is voted on, by its id in the bylaws.
    #[serde(default = "product_release")]
    pub action: String,
    /// The roster: a name under `release-config/rosters/`, or the path of a file.
    #[serde(default)]
    pub roster: Option<String>,
    /// The foundation's own lists, in place of a roster.
    #[serde(default)]
    pub whimsy: Option<WhimsyRoster>,
    /// The file with other addresses that people write from.
    #[serde(default)]
    pub aliases: Option<String>,
}

fn product_release() -> String {
    "product-release".to_owned()
}

/// The project's improvement proposals: which come with a version, and where they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposals {
    /// Of which kind they are: `flip`, or a file.
    pub scheme: String,
    /// The registry on the release manager's machine, `{{ home }}/flink-proposals`; without one a
    /// person says which proposals come with a version.
    #[serde(default)]
    pub registry: Option<String>,
}

/// A project's people by the foundation's own lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhimsyRoster {
    /// The committee, as the foundation names it: `flink`.
    pub committee: String,
    /// Where the lists are.
    #[serde(default = "whimsy")]
    pub url: String,
}

fn whimsy() -> String {
    "https://whimsy.apache.org/public".to_owned()
}
