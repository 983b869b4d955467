// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a product's configuration says of where it is published and told of: lists, links, the
//! issue tracker, the package indexes, the documentation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::build::Build;
use crate::release::{MavenFlavour, MavenRules};

/// Lists, relay and archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `dev@flink.apache.org`.
    pub dev: String,
    /// The lists of the users.
    pub user: Vec<String>,
    /// `announce@apache.org`.
    pub announce: String,
    /// The relay's host.
    pub smtp_host: String,
    /// Its port.
    pub smtp_port: u16,
    /// How the connection is secured.
    pub smtp_tls: Tls,
    /// Whether one must log in.
    pub smtp_login: bool,
    /// A PEM file with the relay's own certificate authority, where it has one.
    #[serde(default)]
    pub smtp_ca: Option<String>,
    /// The archive's base address (Pony Mail), where messages are looked up.
    #[serde(default)]
    pub archive: Option<String>,
    /// How long after sending a mail may still be missing in the archive.
    #[serde(default = "half_an_hour")]
    pub archive_lag_minutes: u32,
    /// What an announcement to each kind of list says beside the rest.
    #[serde(default)]
    pub announcement: Announcement,
}

fn half_an_hour() -> u32 {
    30
}

/// Texts of the announcement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// Further lines: where images, packages are found. Each `label` over its `url`.
    #[serde(default)]
    pub links: Vec<BTreeMap<String, String>>,
}

/// How a connection to the relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// STARTTLS, demanded.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// None; taken only for a loopback address.
    None,
}

/// Links that mails and guide texts use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// KEYS, where users get it.
    pub keys: String,
    /// Where the mirrors' addresses of a project's files begin.
    #[serde(default = "closer")]
    pub mirrors: String,
    /// The download page.
    pub downloads: String,
    /// A candidate's tag.
    pub candidate_tag: String,
    /// The release notes.
    pub release_notes: String,
    /// The page that lists the posts; empty where the project has none.
    #[serde(default)]
    pub blog: String,
    /// The announcement's post; `@YEAR@`, `@MONTH@` and `@DAY@` are those of its date. Empty where
    /// nobody can tell before it is there.
    #[serde(default)]
    pub post: String,
    /// Other links that this product's texts name.
    #[serde(default)]
    pub other: BTreeMap<String, String>,
}

fn closer() -> String {
    "https://www.apache.org/dyn/closer.lua".to_owned()
}

/// The issue tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jira {
    /// Its base address.
    pub url: String,
    /// The project's key: `FLINK`.
    pub key: String,
    /// The project's number.
    pub project_id: u64,
    /// The name of this version in it: `statefun-3.4.0`.
    pub version: String,
    /// The name of the next one.
    pub next_version: String,
    /// The priorities of open issues that stop a release.
    #[serde(default = "blocker")]
    pub blocking: Vec<String>,
}

fn blocker() -> Vec<String> {
    vec!["Blocker".to_owned()]
}

/// Maven staging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maven {
    /// The repository manager.
    pub nexus: String,
    /// The staging profile: `org.apache.flink`.
    pub profile: String,
    /// The command that stages.
    pub deploy: Vec<String>,
    /// The server ids that settings.xml must hold.
    pub server_ids: Vec<String>,
    /// A page of Maven Central that shows the artifacts.
    pub central: String,
    /// Maven Central itself, which is asked for the artifacts.
    #[serde(default = "maven_central")]
    pub repository: String,
    /// What the poms do not say of the artifacts that must be staged.
    #[serde(default)]
    pub artifacts: MavenRules,
    /// The builds, where there are several: a connector's, one for each minor version of Flink.
    #[serde(default)]
    pub flavours: Vec<MavenFlavour>,
}

fn maven_central() -> String {
    "https://repo1.maven.org/maven2".to_owned()
}

/// The Python package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pypi {
    /// Its name.
    pub name: String,
    /// What it is, in announcements: "The Python SDK is on PyPI as …".
    #[serde(default = "python_package")]
    pub title: String,
    /// The files to upload, with their signatures left out.
    pub files: Vec<String>,
    /// Its page.
    pub page: String,
    /// The index's simple interface.
    #[serde(default = "pypi_index")]
    pub index: String,
    /// Where the index takes files.
    #[serde(default = "pypi_upload")]
    pub upload: String,
}

fn python_package() -> String {
    "Python package".to_owned()
}

fn pypi_index() -> String {
    "https://pypi.org/simple".to_owned()
}

fn pypi_upload() -> String {
    "https://upload.pypi.org/legacy/".to_owned()
}

/// The npm package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Npm {
    /// Its name.
    pub name: String,
    /// What it is, in announcements: "The JavaScript SDK is on npm as …".
    #[serde(default = "javascript_package")]
    pub title: String,
    /// Its directory in the tree; empty: it is the tree.
    #[serde(default)]
    pub directory: String,
    /// Its page.
    pub page: String,
    /// The registry.
    #[serde(default = "npm_registry")]
    pub registry: String,
    /// Its archive: the name of an output of one of the candidate's builds, so that what is
    /// published is what was voted on; or of `build`.
    #[serde(default)]
    pub file: String,
    /// How the archive is built from the candidate's tag, where it is none of its files.
    #[serde(default)]
    pub build: Option<Build>,
}

fn javascript_package() -> String {
    "JavaScript package".to_owned()
}

fn npm_registry() -> String {
    "https://registry.npmjs.org".to_owned()
}

/// The published documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documentation {
    /// Where this series' documentation is served.
    pub url: String,
    /// What the pages of the main branch have in their links, which a release's
    /// pages must not have.
    pub main_marker: String,
    /// Where the build of a new branch is set up.
    pub bot: String,
}
