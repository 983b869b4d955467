// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The files of a target on this machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::commands::CommandError;
use crate::verify::{Coordinates, Finding, Listed, Scope, list_nameable};

/// What is looked for beside a single file.
pub const BESIDE: [&str; 5] = [".asc", ".sha512", ".sha256", ".sha1", ".md5"];

/// Where Subversion keeps what it needs for a working copy.
const SUBVERSIONS_OWN: &str = ".svn/";

/// The files of a target on this machine.
pub struct Here {
    directory: PathBuf,
    /// For a single file: its name, and the path or address by which it was named.
    only: Option<(String, String)>,
    _downloaded: Option<Place>,
}

/// What is to be verified of them.
pub struct Listing {
    /// The files, sorted.
    pub files: Vec<Listed>,
    /// How much of a candidate they are.
    pub scope: Scope,
    /// What is to be said of the rest.
    pub notes: Vec<Finding>,
}

impl Here {
    /// A directory of this machine.
    pub fn directory(directory: PathBuf) -> Self {
        Self { directory, only: None, _downloaded: None }
    }

    /// A file of this machine, with what lies beside it.
    pub fn file(path: &Path) -> Self {
        let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned();
        Self { directory: directory.to_owned(), only: Some((name, whole)), _downloaded: None }
    }

    /// A directory that was brought here.
    pub fn all_of(place: Place) -> Self {
        Self { directory: place.path().to_owned(), only: None, _downloaded: Some(place) }
    }

    /// A file that was brought here from `address`, with what lies beside it.
    pub fn one_of(place: Place, address: &str) -> Self {
        let all = fs::read_dir(place.path()).into_iter().flatten().flatten();
        let names = all.map(|entry| entry.file_name().to_string_lossy().into_owned());
        // The others have its name and an ending.
        let name = names.min_by_key(String::len).unwrap_or_default();
        let path = address.split(['?', '#']).next().unwrap_or(address).to_owned();
        Self { directory: place.path().to_owned(), only: Some((name, path)), _downloaded: Some(place) }
    }

    /// Where they are.
    pub fn place(&self) -> &Path {
        &self.directory
    }

    /// What is to be verified.
    ///
    /// # Errors
    /// When the files cannot be listed.
    pub fn listing(&self) -> Result<Listing, CommandError> {
        match &self.only {
            Some((name, path)) => Ok(self.one(name, path)),
            None => self.all().map_err(|error| {
                let what = format!("cannot list {}: {error}", self.directory.display());
                CommandError::usage(what, "give a directory that is yours to read")
            }),
        }
    }

    fn one(&self, name: &str, path: &str) -> Listing {
        let mut files = Vec::new();
        for ending in [""].iter().chain(&BESIDE) {
            let path = format!("{name}{ending}");
            if let Ok(data) = fs::symlink_metadata(self.directory.join(&path)) {
                files.push(Listed { path, bytes: data.len() });
            }
        }
        let has = |ending: &str| files.iter().any(|file| file.path == format!("{name}{ending}"));
        // Maven's clients read `.sha1`; elsewhere it is not to be published.
        let of_maven = has(".sha1") && (Coordinates::of(path).is_some() || (name.ends_with(".jar") && !has(".sha512")));
        let scope = if of_maven { Scope::MavenArtifact } else { Scope::Artifact };
        Listing { files, scope, notes: Vec::new() }
    }

    fn all(&self) -> io::Result<Listing> {
        let (files, nameless) = list_nameable(&self.directory)?;
        let mut notes: Vec<Finding> = nameless
            .iter()
            .map(|name| Finding::fail("inventory", format!("the name {name} is no UTF-8: it cannot be published so")))
            .collect();
        let is_copy = self.directory.join(".svn/wc.db").is_file();
        let (own, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| is_copy && file.path.starts_with(SUBVERSIONS_OWN));
        if !own.is_empty() {
            let why = format!("{SUBVERSIONS_OWN} was left out: {} files of Subversion's own working copy", own.len());
            notes.push(Finding::skip("inventory", why));
        }
        Ok(Listing { files, scope: Scope::Whole, notes })
    }
}
