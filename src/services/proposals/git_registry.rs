// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry: a git repository with a file for each proposal. How it is changed is in `writing`.
//!
//! One process at a time changes a registry; the others wait for the lock.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Repository};
use jiff::Timestamp;

use super::home::{HomeError, PageChange, ProposalHome, SETTINGS, Sheet, local};
use super::writing::FileChange;
use crate::services::Effects;

/// A registry of proposals in a git repository.
#[derive(Debug, Clone)]
pub struct GitRegistry {
    pub(super) path: PathBuf,
    pub(super) effects: Effects,
    directory: String,
    pub(super) author: (String, String),
}

/// While it lives no other process changes the registry.
#[derive(Debug)]
pub struct RegistryLock(#[expect(dead_code, reason = "the lock ends when the file is closed")] File);

impl GitRegistry {
    /// The registry whose repository has its root at `path`, with its pages in `directory`. A change
    /// that an interruption left half done in its working tree is finished.
    ///
    /// # Errors
    /// When there is no repository, or its root is elsewhere.
    pub fn open(path: &Path, directory: &str, author: (String, String), effects: Effects) -> Result<Self, HomeError> {
        let registry = Self { path: path.to_owned(), effects, directory: directory.to_owned(), author };
        registry.finish_interrupted(&registry.repository()?)?;
        Ok(registry)
    }

    /// The same, in a repository that is made where there is none; its first branch is `main`.
    ///
    /// # Errors
    /// When it cannot be made, or `path` is inside of another repository.
    pub fn make(path: &Path, directory: &str, author: (String, String), effects: Effects) -> Result<Self, HomeError> {
        fs::create_dir_all(path).map_err(|source| HomeError::File { doing: "make", path: path.to_owned(), source })?;
        match Self::open(path, directory, author.clone(), effects.clone()) {
            Err(HomeError::NoRepository { .. }) => {
                let mut options = git2::RepositoryInitOptions::new();
                options.initial_head("main").external_template(false);
                effects
                    .around("git init", || Repository::init_opts(path, &options))
                    .map_err(local("make a repository"))?;
                Self::open(path, directory, author, effects)
            }
            opened => opened,
        }
    }

    /// That proposals are kept here: the last commit or the working tree has its settings, or its pages.
    ///
    /// # Errors
    /// [`HomeError::NoRegistry`] where neither has.
    pub fn demand_kept(&self) -> Result<(), HomeError> {
        let there = |place: &str| self.path.join(place).exists();
        if there(SETTINGS) || there(&self.directory) || self.is_kept_at("HEAD")? {
            return Ok(());
        }
        Err(HomeError::NoRegistry { path: self.path.clone(), directory: self.directory.clone() })
    }

    /// Whether a revision has a registry's settings or pages.
    pub(super) fn is_kept_at(&self, revision: &str) -> Result<bool, HomeError> {
        let repository = self.repository()?;
        let has = |place: &str| repository.revparse_single(&format!("{revision}:{place}")).is_ok();
        Ok(has(SETTINGS) || has(&self.directory))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name that its commits are made in.
    pub fn author(&self) -> &str {
        &self.author.0
    }

    pub(super) fn repository(&self) -> Result<Repository, HomeError> {
        match Repository::open(&self.path) {
            Ok(repository) if repository.workdir().is_some() => Ok(repository),
            Ok(_) => Err(HomeError::NoRepository { path: self.path.clone() }),
            Err(error) if error.code() == ErrorCode::Owner => {
                // git wants the name of the directory as it is in full
                let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
                Err(HomeError::OfAnother { path })
            }
            Err(_) => match Repository::discover(&self.path).ok().and_then(|found| found.workdir().map(Path::to_owned))
            {
                Some(root) => Err(HomeError::NotRoot { path: self.path.clone(), root }),
                None => Err(HomeError::NoRepository { path: self.path.clone() }),
            },
        }
    }

    /// Waits until no other process changes the registry, and finishes what one of them left undone.
    ///
    /// # Errors
    /// When the lock's file cannot be made, or what was left cannot be finished.
    pub fn lock(&self) -> Result<RegistryLock, HomeError> {
        let repository = self.repository()?;
        let path = repository.commondir().join("quorate-proposals.lock");
        let failed = |source| HomeError::File { doing: "lock", path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        self.settle(&repository)?;
        Ok(RegistryLock(file))
    }

    /// The text of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub fn read(&self, place: &str) -> Result<Option<String>, HomeError> {
        let text = self.read_bytes(place)?.map(String::from_utf8).transpose();
        text.map_err(|_| HomeError::NoText { path: self.path.join(place) })
    }

    fn read_bytes(&self, place: &str) -> Result<Option<Vec<u8>>, HomeError> {
        let path = self.path.join(place);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HomeError::File { doing: "read", path, source }),
        }
    }

    /// The text of a file as the last commit has it; `None` where it has none.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub fn read_committed(&self, place: &str) -> Result<Option<String>, HomeError> {
        self.read_at("HEAD", place)
    }

    /// The same, as another revision has it; `None` also where there is no such revision.
    ///
    /// # Errors
    /// As [`read_committed`](Self::read_committed).
    pub fn read_at(&self, revision: &str, place: &str) -> Result<Option<String>, HomeError> {
        let repository = self.repository()?;
        let found = repository.revparse_single(&format!("{revision}:{place}")).and_then(|found| found.peel_to_blob());
        match found {
            Ok(blob) => match String::from_utf8(blob.content().to_vec()) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(HomeError::NoText { path: self.path.join(place) }),
            },
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(local("read a file of a commit")(error)),
        }
    }

    /// The pages as the last commit has them, whatever somebody changed since.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn committed_sheets(&self) -> Result<Vec<Sheet>, HomeError> {
        let repository = self.repository()?;
        let Some(id) = head(&repository)? else { return Ok(Vec::new()) };
        let tree = repository.find_commit(id).and_then(|commit| commit.tree()).map_err(local("read a tree"))?;
        let Ok(entry) = tree.get_path(Path::new(&self.directory)) else { return Ok(Vec::new()) };
        let object = entry.to_object(&repository).map_err(local("read a tree"))?;
        let Ok(pages) = object.into_tree() else { return Ok(Vec::new()) };
        let names = pages.iter().filter_map(|entry| entry.name().ok().map(str::to_owned));
        let mut sheets = Vec::new();
        for name in names.filter(|name| name.ends_with(".md") && !name.starts_with('.')) {
            let place = format!("{}/{name}", self.directory);
            let Some(blob) = pages.get_name(&name).and_then(|entry| repository.find_blob(entry.id()).ok()) else {
                continue;
            };
            sheets.push(sheet(place, blob.content().to_vec()));
        }
        sheets.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(sheets)
    }

    /// The files of a directory, by their places; hidden ones are left out.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn files_in(&self, directory: &str) -> Result<Vec<String>, HomeError> {
        let path = self.path.join(directory);
        let failed = |source| HomeError::File { doing: "list", path: path.clone(), source };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut places = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if let Some(name) = name.to_str().filter(|name| is_file && !name.starts_with('.')) {
                places.push(format!("{directory}/{name}"));
            }
        }
        places.sort();
        Ok(places)
    }

    pub(super) fn branch_ref(&self, repository: &Repository) -> Result<String, HomeError> {
        let head = repository.find_reference("HEAD").map_err(local("read HEAD"))?;
        let target = head.symbolic_target().ok().flatten().map(str::to_owned);
        target.ok_or_else(|| HomeError::Detached { path: self.path.clone() })
    }
}

/// The commit of HEAD; `None` before the first.
pub(super) fn head(repository: &Repository) -> Result<Option<Oid>, HomeError> {
    match repository.refname_to_id("HEAD") {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(local("read HEAD")(error)),
    }
}

impl ProposalHome for GitRegistry {
    fn address(&self) -> String {
        self.path.display().to_string()
    }

    /// Those in the working tree: what somebody changed and did not commit counts.
    fn sheets(&self) -> Result<Vec<Sheet>, HomeError> {
        let mut sheets = Vec::new();
        for place in self.files_in(&self.directory)?.into_iter().filter(|place| place.ends_with(".md")) {
            let Some(bytes) = self.read_bytes(&place)? else { continue };
            sheets.push(sheet(place, bytes));
        }
        Ok(sheets)
    }

    fn put(&self, change: &PageChange) -> Result<Sheet, HomeError> {
        let before = self.read(&change.place)?;
        let found = before.as_deref().map(|text| revision(text.as_bytes()));
        if found != change.revision {
            let shown = |revision: Option<String>| revision.unwrap_or_else(|| "no file".to_owned());
            let (expected, found) = (shown(change.revision.clone()), shown(found));
            return Err(HomeError::Changed { place: change.place.clone(), expected, found });
        }
        let file = FileChange::new(change.place.clone(), before, Some(change.text.clone()));
        self.commit(&[file], &change.title, Timestamp::now())?;
        Ok(Sheet {
            place: change.place.clone(),
            title: String::new(),
            revision: revision(change.text.as_bytes()),
            text: change.text.clone(),
            labels: Vec::new(),
            is_text: true,
        })
    }
}

/// A page's file; one that is no text is shown as far as it is.
fn sheet(place: String, bytes: Vec<u8>) -> Sheet {
    let revision = revision(&bytes);
    let (text, is_text) = match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), false),
    };
    Sheet { place, title: String::new(), text, labels: Vec::new(), revision, is_text }
}

/// The id that git gives a file of these bytes.
fn revision(bytes: &[u8]) -> String {
    Oid::hash_object(git2::ObjectType::Blob, bytes).map_or_else(|_| String::new(), |id| id.to_string())
}
