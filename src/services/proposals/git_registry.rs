// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry: a git repository with a file for each proposal. Files are written in its working
//! tree and committed alone: what else somebody changed or staged there stays as it is.
//!
//! One process at a time changes a registry; the others wait for the lock.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Repository};
use jiff::Timestamp;

use super::home::{HomeError, PageChange, ProposalHome, Sheet, local};
use crate::services::{Committer, Effects};

/// A registry of proposals in a git repository.
#[derive(Debug)]
pub struct GitRegistry {
    pub(super) path: PathBuf,
    pub(super) effects: Effects,
    directory: String,
    author: (String, String),
}

/// While it lives no other process changes the registry.
#[derive(Debug)]
pub struct RegistryLock(#[expect(dead_code, reason = "the lock ends when the file is closed")] File);

impl GitRegistry {
    /// The registry whose repository has its root at `path`, with its pages in `directory`.
    ///
    /// # Errors
    /// When there is no repository, or its root is elsewhere.
    pub fn open(path: &Path, directory: &str, author: (String, String), effects: Effects) -> Result<Self, HomeError> {
        let registry = Self { path: path.to_owned(), effects, directory: directory.to_owned(), author };
        registry.repository()?;
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
            Err(_) => match Repository::discover(&self.path).ok().and_then(|found| found.workdir().map(Path::to_owned))
            {
                Some(root) => Err(HomeError::NotRoot { path: self.path.clone(), root }),
                None => Err(HomeError::NoRepository { path: self.path.clone() }),
            },
        }
    }

    /// Waits until no other process changes the registry.
    ///
    /// # Errors
    /// When the lock's file cannot be made.
    pub fn lock(&self) -> Result<RegistryLock, HomeError> {
        let path = self.repository()?.commondir().join("quorate-proposals.lock");
        let failed = |source| HomeError::File { doing: "lock", path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(RegistryLock(file))
    }

    /// The text of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub fn read(&self, place: &str) -> Result<Option<String>, HomeError> {
        let path = self.path.join(place);
        match fs::read(&path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(HomeError::NoText { path }),
            },
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
            let Some(text) = self.read_committed(&place)? else { continue };
            sheets.push(Sheet { place, title: String::new(), revision: revision(&text), text, labels: Vec::new() });
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

    /// Writes files and commits them, alone, in one commit; a file that is not as it was read
    /// (`before`) stops it, and nothing is written. The commit's id.
    ///
    /// # Errors
    /// [`HomeError::Changed`]; else when something cannot be written.
    pub fn commit(&self, files: &[FileChange], message: &str, at: Timestamp) -> Result<String, HomeError> {
        let repository = self.repository()?;
        for file in files {
            self.demand(file)?;
        }
        let before = head(&repository)?;
        let id = self.make_commit(&repository, files, message, at, before)?;
        for file in files {
            self.write(file)?;
        }
        // Git's index before the branch: a commit that is there with an index of before looks as
        // if somebody meant to take it back.
        let mut index = repository.index().map_err(local("read the index"))?;
        for file in files {
            match file.after {
                Some(_) => index.add_path(Path::new(&file.place)).map_err(local("add a file to the index"))?,
                None => index.remove_path(Path::new(&file.place)).map_err(local("take a file off the index"))?,
            }
        }
        self.effects.around("git index", || index.write()).map_err(local("write the index"))?;
        self.move_head(&repository, before, id, message)?;
        Ok(id.to_string())
    }

    fn demand(&self, file: &FileChange) -> Result<(), HomeError> {
        let found = self.read(&file.place)?;
        // an interrupted commit may have left what it was about to write
        if found == file.before || found == file.after {
            return Ok(());
        }
        let shown = |text: &Option<String>| {
            text.as_ref().map_or_else(|| "no file".to_owned(), |text| format!("{} bytes", text.len()))
        };
        let (expected, found) = (shown(&file.before), shown(&found));
        Err(HomeError::Changed { place: file.place.clone(), expected, found })
    }

    fn make_commit(
        &self,
        repository: &Repository,
        files: &[FileChange],
        message: &str,
        at: Timestamp,
        before: Option<Oid>,
    ) -> Result<Oid, HomeError> {
        let parent = before.map(|id| repository.find_commit(id)).transpose().map_err(local("read the last commit"))?;
        let base = match &parent {
            Some(parent) => parent.tree().map_err(local("read the last commit"))?,
            None => {
                let empty =
                    repository.treebuilder(None).and_then(|tree| tree.write()).map_err(local("write a tree"))?;
                repository.find_tree(empty).map_err(local("read a tree"))?
            }
        };
        let mut update = git2::build::TreeUpdateBuilder::new();
        for file in files {
            match &file.after {
                Some(text) => {
                    let blob = repository.blob(text.as_bytes()).map_err(local("write a file"))?;
                    update.upsert(file.place.as_str(), blob, git2::FileMode::Blob);
                }
                None => {
                    update.remove(file.place.as_str());
                }
            }
        }
        let tree = update.create_updated(repository, &base).map_err(local("write a tree"))?;
        let tree = repository.find_tree(tree).map_err(local("read a tree"))?;
        let who = Committer { name: &self.author.0, email: &self.author.1, at };
        let who = git2::Signature::new(who.name, who.email, &git2::Time::new(who.at.as_second(), 0))
            .map_err(local("sign a commit with your name"))?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        repository.commit(None, &who, &who, message, &tree, &parents).map_err(local("write a commit"))
    }

    /// All or nothing: a page that is half written would be read as nonsense.
    fn write(&self, file: &FileChange) -> Result<(), HomeError> {
        if self.read(&file.place)? == file.after {
            return Ok(());
        }
        let path = self.path.join(&file.place);
        let failed = |source: io::Error| HomeError::File { doing: "write", path: path.clone(), source };
        self.effects.around("registry file", || match &file.after {
            None => fs::remove_file(&path).map_err(failed),
            Some(text) => {
                let directory = path.parent().unwrap_or(&self.path);
                fs::create_dir_all(directory).map_err(failed)?;
                // as anybody's new file there would be
                let mode = fs::Permissions::from_mode(0o666);
                let mut beside = tempfile::Builder::new()
                    .prefix(".quorate-")
                    .permissions(mode)
                    .tempfile_in(directory)
                    .map_err(failed)?;
                beside.write_all(text.as_bytes()).map_err(failed)?;
                if file.before.is_none() {
                    return beside.persist_noclobber(&path).map(drop).map_err(|error| failed(error.error));
                }
                if let Ok(meta) = fs::metadata(&path) {
                    beside.as_file().set_permissions(meta.permissions()).map_err(failed)?;
                }
                beside.persist(&path).map(drop).map_err(|error| failed(error.error))
            }
        })
    }

    /// Puts the branch to a commit, if it is still where it was.
    pub(super) fn move_head(
        &self,
        repository: &Repository,
        before: Option<Oid>,
        to: Oid,
        why: &str,
    ) -> Result<(), HomeError> {
        let name = self.branch_ref(repository)?;
        let why = why.lines().next().unwrap_or_default();
        let moved = self.effects.around("git ref", || match before {
            None => repository.reference(&name, to, false, why),
            Some(before) => repository.reference_matching(&name, to, true, before, why),
        });
        match moved {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound) => {
                let shown = |id: Option<Oid>| id.map_or_else(|| "nothing".to_owned(), |id| id.to_string());
                Err(HomeError::Changed { expected: shown(before), found: shown(head(repository)?), place: name })
            }
            Err(error) => Err(local("move the branch")(error)),
        }
    }

    pub(super) fn branch_ref(&self, repository: &Repository) -> Result<String, HomeError> {
        let head = repository.find_reference("HEAD").map_err(local("read HEAD"))?;
        let target = head.symbolic_target().ok().flatten().map(str::to_owned);
        target.ok_or_else(|| HomeError::Detached { path: self.path.clone() })
    }
}

/// A file before and after; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// From the registry's root.
    pub place: String,
    /// What was read.
    pub before: Option<String>,
    /// What it is to be.
    pub after: Option<String>,
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
            let Some(text) = self.read(&place)? else { continue };
            sheets.push(Sheet { place, title: String::new(), revision: revision(&text), text, labels: Vec::new() });
        }
        Ok(sheets)
    }

    fn put(&self, change: &PageChange) -> Result<Sheet, HomeError> {
        let before = self.read(&change.place)?;
        let found = before.as_deref().map(revision);
        if found != change.revision {
            let shown = |revision: Option<String>| revision.unwrap_or_else(|| "no file".to_owned());
            let (expected, found) = (shown(change.revision.clone()), shown(found));
            return Err(HomeError::Changed { place: change.place.clone(), expected, found });
        }
        let file = FileChange { place: change.place.clone(), before, after: Some(change.text.clone()) };
        self.commit(&[file], &change.title, Timestamp::now())?;
        Ok(Sheet {
            place: change.place.clone(),
            title: String::new(),
            revision: revision(&change.text),
            text: change.text.clone(),
            labels: Vec::new(),
        })
    }
}

/// The id that git gives a file of this text.
fn revision(text: &str) -> String {
    Oid::hash_object(git2::ObjectType::Blob, text.as_bytes()).map_or_else(|_| String::new(), |id| id.to_string())
}
