// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a product's configuration says of the project's other repositories: its website,
//! its container images, its playground, and where GitHub is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::release::{AllowedLeftover, Change, EditRule};

/// The project's website.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// Its repository at GitHub; empty where a person changes the website.
    #[serde(default)]
    pub repository: String,
    /// The branch that it is built from.
    #[serde(default = "main_branch")]
    pub base: String,
    /// The files to change, each with what to change in it, for a person to read.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Its front page.
    pub url: String,
    /// What a release changes: `download`, `stable` and `post`, each a list.
    #[serde(default)]
    pub edits: BTreeMap<String, Vec<Change>>,
    /// The versions of the project's main product that the download entry says this one works with.
    #[serde(default)]
    pub compatibility: Vec<String>,
    /// The key of the download entry; the series where it is empty.
    #[serde(default)]
    pub entry: String,
    /// The files that it links, each under the beginning of its fields: `source_release`; only
    /// that where none is named.
    #[serde(default)]
    pub entry_files: BTreeMap<String, String>,
    /// Further fields of it.
    #[serde(default)]
    pub entry_more: BTreeMap<String, String>,
    /// The fields of the archive's entry beside the date; both forms of the version where
    /// none is named.
    #[serde(default)]
    pub archive_entry: BTreeMap<String, String>,
    /// A further address of the announcement's post, for its head; `@YEAR@`, `@MONTH@` and
    /// `@DAY@` are those of its date.
    #[serde(default)]
    pub post_alias: String,
    /// The same pages in another language, where the website has them.
    #[serde(default)]
    pub translation: Option<Translation>,
}

/// The pages of a website in another language than English.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// The language, in English: "Chinese".
    pub language: String,
    /// The directory of these pages.
    pub pages: String,
    /// The directory of the English pages.
    pub of: String,
    /// The list where a reader is asked for.
    pub list: String,
    /// The title of the announcement's post.
    pub title: String,
    /// The last lines of the post.
    pub text: String,
}

fn main_branch() -> String {
    "main".to_owned()
}

/// Where GitHub is, and which repository of it is the product's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitHubAddresses {
    /// Its interface.
    #[serde(default = "github_api")]
    pub api: String,
    /// Where files of releases are sent.
    #[serde(default = "github_uploads")]
    pub uploads: String,
    /// The product's repository there, where `git.url` is another one.
    #[serde(default)]
    pub repository: String,
    /// Whether the release is published there too, with the files that were voted on.
    #[serde(default)]
    pub release: bool,
}

impl Default for GitHubAddresses {
    fn default() -> Self {
        Self { api: github_api(), uploads: github_uploads(), repository: String::new(), release: false }
    }
}

fn github_api() -> String {
    "https://api.github.com".to_owned()
}

fn github_uploads() -> String {
    "https://uploads.github.com".to_owned()
}

/// The container images: the repository that describes them, and where they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Docker {
    /// The repository with the Dockerfiles.
    pub repository: String,
    /// The branch that images are built from.
    #[serde(default = "main_branch")]
    pub base: String,
    /// The file that says with which key a version is signed, a line `VERSION=FINGERPRINT` each.
    #[serde(default = "keys_of_images")]
    pub keys: String,
    /// The repository's own program that writes the Dockerfiles, with its arguments.
    pub command: Vec<String>,
    /// The Dockerfiles that it leaves.
    pub leaves: Vec<String>,
    /// The registry.
    #[serde(default = "docker_hub")]
    pub registry: String,
    /// The image's name in it: `apache/flink-statefun`.
    pub image: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// From which Dockerfile the image of a tag is built, where its directory is not called by the
    /// tag: `1.20/scala_2.12-java11-ubuntu/Dockerfile`.
    #[serde(default)]
    pub dockerfiles: Vec<DockerfileOfTag>,
}

/// A tag and its Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DockerfileOfTag {
    /// One of `tags`.
    pub tag: String,
    /// One of `leaves`.
    pub file: String,
}

impl Docker {
    /// The Dockerfile that the image of `tag` is built from: the one that is named for it, else
    /// `TAG/Dockerfile`, else that of a variant, `TAG-java11/Dockerfile`.
    pub fn dockerfile(&self, tag: &str) -> Option<&str> {
        let named = self.dockerfiles.iter().find(|one| one.tag == tag).map(|one| one.file.as_str());
        let own = || self.leaves.iter().find(|leaf| **leaf == format!("{tag}/Dockerfile"));
        let variant = || {
            let of_tag = |leaf: &&String| leaf.starts_with(&format!("{tag}-")) && leaf.ends_with("/Dockerfile");
            self.leaves.iter().filter(of_tag).max()
        };
        named.or_else(|| own().or_else(variant).map(String::as_str))
    }
}

fn keys_of_images() -> String {
    "gpg_keys.txt".to_owned()
}

fn docker_hub() -> String {
    "https://registry-1.docker.io".to_owned()
}

/// The examples, in a repository of their own with a branch for each series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playground {
    /// The repository.
    pub repository: String,
    /// The branch that a new series' branch starts from.
    pub base: String,
    /// The branch of this series.
    pub branch: String,
    /// What says which version the tree is at.
    pub authority: EditRule,
    /// Where the version stands.
    pub edits: Vec<EditRule>,
    /// Where an old version may stay.
    #[serde(default)]
    pub allow: Vec<AllowedLeftover>,
}
