// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is verified, as the user names it, and its files on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::services::{Cache, Came, DownloadError, Downloader, Effects, Svn, SvnUrl};
use crate::ui::{ExitCode, FileCount};
use crate::verify::{ArchiveKind, Listed, Scope, list_files};

/// What is looked for beside a single archive.
const COMPANIONS: [&str; 3] = [".asc", ".sha512", ".sha256"];

/// What is verified.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A directory.
    Directory(PathBuf),
    /// A file, with the files whose names begin with its.
    File(PathBuf),
    /// A directory of a web server.
    Web(String),
    /// A directory of a Subversion repository, by its own schemes.
    Subversion(String),
}

/// The files of a target on this machine.
pub struct Here {
    directory: PathBuf,
    /// For a single file: its name.
    only: Option<String>,
    scope: Scope,
    _downloaded: Option<Place>,
}

impl Target {
    /// What `text` names.
    ///
    /// # Errors
    /// When it is neither an address nor a path that is there.
    pub fn of(text: &str) -> Result<Self, CommandError> {
        if let Some((scheme, _)) = text.split_once("://") {
            return match scheme {
                "http" | "https" => Ok(Self::Web(text.to_owned())),
                "file" | "svn" | "svn+ssh" => Ok(Self::Subversion(text.to_owned())),
                _ => Err(CommandError::usage(
                    format!("`{text}`: addresses with {scheme} are not known"),
                    "give a directory, an archive, or an address with https, svn, svn+ssh or file",
                )),
            };
        }
        let path = PathBuf::from(text);
        if path.is_dir() {
            Ok(Self::Directory(path))
        } else if path.is_file() {
            Ok(Self::File(path))
        } else {
            let hint = "give a directory, an archive, or an address: https://dist.apache.org/repos/dist/dev/…";
            Err(CommandError::usage(format!("there is no `{text}`"), hint))
        }
    }

    /// Has the files on this machine.
    ///
    /// # Errors
    /// When they cannot be downloaded.
    pub fn bring(self, environment: &Environment) -> Result<Here, CommandError> {
        match self {
            Self::Directory(directory) => Ok(Here { directory, only: None, scope: Scope::Whole, _downloaded: None }),
            Self::File(path) => {
                let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                Ok(Here {
                    directory: directory.to_owned(),
                    only: Some(name),
                    scope: Scope::Artifact,
                    _downloaded: None,
                })
            }
            Self::Web(address) => {
                let cache = cache_directory();
                let place = place_below(&cache)?;
                download(environment, &address, cache, place.path())?;
                let scope = if is_archive(&address) { Scope::Artifact } else { Scope::Whole };
                Ok(Here::downloaded(place, scope))
            }
            Self::Subversion(address) => {
                let place = place_below(&std::env::temp_dir())?;
                export(environment, &address, place.path())?;
                Ok(Here::downloaded(place, Scope::Whole))
            }
        }
    }
}

impl Here {
    fn downloaded(place: Place, scope: Scope) -> Self {
        Self { directory: place.path().to_owned(), only: None, scope, _downloaded: Some(place) }
    }

    /// How much of a candidate they are.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Where they are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files, sorted.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn files(&self) -> Result<Vec<Listed>, CommandError> {
        let failed = |error: std::io::Error| {
            CommandError::usage(
                format!("cannot list {}: {error}", self.directory.display()),
                "give a directory that is yours to read",
            )
        };
        let Some(only) = &self.only else { return list_files(&self.directory).map_err(failed) };
        let mut found = Vec::new();
        for ending in [""].iter().chain(&COMPANIONS) {
            let path = format!("{only}{ending}");
            if let Ok(data) = fs::symlink_metadata(self.directory.join(&path)) {
                found.push(Listed { path, bytes: data.len() });
            }
        }
        Ok(found)
    }
}

/// Whether the address of a web server is that of an archive, by its name.
fn is_archive(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    ArchiveKind::of_name(path.rsplit('/').next().unwrap_or(path)).is_some()
}

/// `QUORATE_CACHE`, else the XDG cache directory.
fn cache_directory() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("QUORATE_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("quorate")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/quorate")))
        .unwrap_or_else(|| std::env::temp_dir().join("quorate-cache"))
}

/// A place for the files: below the cache where files of that can have a second name in it.
fn place_below(parent: &Path) -> Result<Place, CommandError> {
    Place::below(parent).map_err(|error| {
        CommandError::new(
            ExitCode::Service,
            format!("cannot make a directory in {}: {error}", parent.display()),
            "make it yours and writable, or name another by QUORATE_CACHE",
        )
    })
}

fn download(environment: &Environment, address: &str, cache: PathBuf, into: &Path) -> Result<(), CommandError> {
    let failed = |error: DownloadError| {
        let code = match error {
            DownloadError::Address { .. } | DownloadError::Unprotected { .. } => ExitCode::Usage,
            _ => ExitCode::Service,
        };
        CommandError::from_error(code, &error, error.hint())
    };
    let count = FileCount::begin(environment.ui, "downloading");
    let progress = |came: Came<'_>| match came {
        Came::Listed(files) => count.expect(files),
        Came::Bytes(name, bytes) => count.bytes(name, bytes),
        Came::File(name) => count.file(name),
    };
    let downloader = Downloader::new(Cache::new(cache)).map_err(failed)?;
    let downloaded = match is_archive(address) {
        true => downloader.with_companions(address, &COMPANIONS, into, &progress),
        false => downloader.directory(address, into, &progress),
    };
    downloaded.map_err(failed).map(drop)
}

fn export(environment: &Environment, address: &str, into: &Path) -> Result<(), CommandError> {
    let wrong = |error: &(dyn std::error::Error + 'static)| {
        CommandError::from_error(ExitCode::Usage, error, "give the URL of a candidate's directory")
    };
    let failed = |error: crate::services::SvnError| CommandError::from_error(ExitCode::Service, &error, error.hint());
    let url = SvnUrl::try_from(address.to_owned()).map_err(|error: crate::services::SvnUrlError| wrong(&error))?;
    let svn = Svn::new(environment.accounts.svn.clone(), None, Effects::unwatched());
    let count = FileCount::begin(environment.ui, "downloading");
    let progress = |name: &str, bytes: u64| {
        count.bytes(name, bytes);
        count.file(name);
    };
    match svn.export(&url, into, &progress).map_err(failed)? {
        Some(_) => Ok(()),
        None => Err(CommandError::new(
            ExitCode::Service,
            format!("there is nothing at {address}"),
            "`svn list` shows what is there",
        )),
    }
}
