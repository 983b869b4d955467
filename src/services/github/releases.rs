// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Releases, and the files with them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use octocrab::models::repos;
use octocrab::repos::releases::MakeLatest;
use reqwest::Method;
use sha2::{Digest, Sha256};

use super::carrier::demand_json;
use super::{GitHub, Slug};
use crate::services::web::{Body, Request, WebError};

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// GitHub's number of it.
    pub id: u64,
    /// Its page.
    pub link: String,
    /// Whether nobody else sees it yet.
    pub draft: bool,
    /// The files with it.
    pub files: Vec<ReleaseFile>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseFile {
    /// Its name.
    pub name: String,
    /// GitHub's number of it.
    pub id: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its digest, as `sha256:…`, where GitHub says it.
    pub digest: Option<String>,
    /// Whether all of it has arrived.
    pub whole: bool,
}

/// A release to be made, of a tag that is there.
#[derive(Debug)]
pub struct NewRelease<'a> {
    /// The tag.
    pub tag: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
}

impl GitHub {
    /// The release of a tag. A draft is found by whoever may push only.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub fn release_of(&self, slug: &Slug, tag: &str) -> Result<Option<Release>, WebError> {
        let by_tag = self.ask("GET", "a release", |octocrab| async move {
            octocrab.repos(&slug.owner, &slug.name).releases().get_by_tag(tag).await
        });
        match by_tag {
            Err(error) if !error.is_missing() => return Err(error),
            Ok(release) => return Ok(Some(release.into())),
            Err(_) => {}
        }
        // a draft has no tag yet: only the list has it
        let listed = self.ask("GET", "a list of releases", |octocrab| async move {
            octocrab.repos(&slug.owner, &slug.name).releases().list().per_page(super::PAGE).send().await
        })?;
        Ok(listed.items.into_iter().find(|release| release.tag_name == tag).map(Release::from))
    }

    /// Makes a release that nobody else sees yet, so that files can be put to it.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it is there.
    pub fn begin_release(&self, slug: &Slug, new: &NewRelease<'_>) -> Result<Release, WebError> {
        let made = self.ask("POST", "a release", |octocrab| async move {
            let repository = octocrab.repos(&slug.owner, &slug.name);
            repository.releases().create(new.tag).name(new.title).body(new.body).draft(true).send().await
        })?;
        Ok(made.into())
    }

    /// Puts a file to a release.
    ///
    /// # Errors
    /// When GitHub refuses it (422: one of that name is there), or it is not known whether
    /// it arrived.
    pub fn put_file(&self, slug: &Slug, release: u64, name: &str, file: PathBuf) -> Result<(), WebError> {
        let id = release.to_string();
        let mut url = self.uploads.at(&["repos", &slug.owner, &slug.name, "releases", &id, "assets"]);
        url.query_pairs_mut().append_pair("name", name);
        let request = Request::new(Method::POST, url, Body::File(file));
        demand_json(&self.uploads.write("github post assets", request)?)
    }

    /// Removes a file of a release.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it was done.
    pub fn remove_file(&self, slug: &Slug, file: u64) -> Result<(), WebError> {
        let url = self.web.at(&["repos", &slug.owner, &slug.name, "releases", "assets", &file.to_string()]);
        self.web.write("github delete asset", Request::new(Method::DELETE, url, Body::None)).map(drop)
    }

    /// Has everybody see a release. Whether it is the latest, GitHub tells by its version: one of an
    /// older series is not.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it was done.
    pub fn publish_release(&self, slug: &Slug, release: u64) -> Result<(), WebError> {
        self.ask("PATCH", "a release", |octocrab| async move {
            octocrab
                .repos(&slug.owner, &slug.name)
                .releases()
                .update(release)
                .draft(false)
                .make_latest(MakeLatest::Legacy)
                .send()
                .await
        })
        .map(drop)
    }
}

/// The digest of a file as GitHub writes it: `sha256:…`.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    io::copy(&mut file, &mut Hashing(&mut hasher))?;
    let digits: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{digits}"))
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<repos::Release> for Release {
    fn from(release: repos::Release) -> Self {
        let files = release.assets.into_iter().map(|asset| ReleaseFile {
            name: asset.name,
            id: asset.id.into_inner(),
            bytes: u64::try_from(asset.size).unwrap_or_default(),
            digest: asset.digest,
            whole: asset.state == "uploaded",
        });
        Self {
            id: release.id.into_inner(),
            link: release.html_url.to_string(),
            draft: release.draft,
            files: files.collect(),
        }
    }
}
