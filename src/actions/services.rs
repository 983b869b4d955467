// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The clients that actions and probes are given.

use super::proposals::ProposalPlace;
use crate::config::Assets;
use crate::mail::Templates;
use crate::services::{
    Central, Git, GitHub, Jira, Nexus, Npm, OpenPgp, Pages, PonyMail, PyPi, Registries, Relay, Svn, Workspace,
};

/// All clients of one release, already pointed at its services.
#[derive(Debug)]
pub struct Services {
    /// The release manager's clone.
    pub git: Git,
    /// The release manager's key.
    pub openpgp: OpenPgp,
    /// The distribution repositories.
    pub svn: Svn,
    /// The mail relay.
    pub relay: Relay,
    /// The mail archive, where the product has one.
    pub archive: Option<PonyMail>,
    /// Where the project's repositories are shown and merged.
    pub github: GitHub,
    /// Pages that anybody may read.
    pub pages: Pages,
    /// Registries of images.
    pub registries: Registries,
    /// The manager of staging repositories, where the product has Maven artifacts.
    pub nexus: Option<Nexus>,
    /// Maven Central, for the same.
    pub central: Option<Central>,
    /// The issue tracker.
    pub jira: Option<Jira>,
    /// The Python package index, where the product has a package there.
    pub pypi: Option<PyPi>,
    /// The npm registry, where the product has a package there.
    pub npm: Option<Npm>,
    /// Where the project's proposals are, where it is said.
    pub proposals: Option<ProposalPlace>,
    /// The release's own directory.
    pub workspace: Workspace,
    /// The mail templates.
    pub templates: Templates,
    /// Bylaws and rosters.
    pub assets: Assets,
    /// The release manager, as the mails' author.
    pub author: Author,
}

/// Who commits, tags and writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// "Ann Example".
    pub name: String,
    /// "ann@example.org".
    pub email: String,
}
