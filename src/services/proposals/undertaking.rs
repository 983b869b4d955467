// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A note, beside git's own files, of what is being done to a registry: which branch goes from
//! where to where, and what its files were and are to be. It is there before anything else is
//! changed and goes when all of it is done, so that whatever comes next finishes what an
//! interruption left: a registry is as before a change or as after it.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};
use serde::{Deserialize, Serialize};

use super::git_registry::{GitRegistry, head};
use super::home::{HomeError, local};
use super::writing::{BESIDE, FileChange};

const NOTE: &str = "quorate-proposals.json";
/// Why the branch goes back.
const TAKEN_BACK: &str = "taken back: it was not pushed";

/// What is being done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undertaking {
    format: u32,
    /// The branch's full name.
    branch: String,
    before: Option<String>,
    to: String,
    pub files: Vec<FileNote>,
    stage: At,
    then: Left,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum At {
    /// The branch is about to be moved, or was, and the working tree follows.
    Begun,
    /// Both are there.
    BroughtUp,
}

/// What is left to be done when branch and working tree are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Left {
    Nothing,
    /// It is to be pushed, or taken back.
    Push,
    /// Nothing: it takes back what was not pushed, and is gone on with also where the branch was not
    /// moved yet.
    TakenBack,
}

/// The bytes of a file; `None` where there is none.
type Content = Option<Vec<u8>>;

/// A file, by the ids of its contents in the working tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileNote {
    pub place: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl FileNote {
    /// Of a change; both contents are kept in the repository.
    pub fn of(repository: &Repository, file: &FileChange) -> Result<Self, HomeError> {
        let keep = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => repository.blob(text.as_bytes()).map(|id| Some(id.to_string())).map_err(local("keep a file")),
        };
        Ok(Self { place: file.place.clone(), before: keep(&file.before)?, after: keep(&file.after)? })
    }

    /// Its contents before and after.
    pub fn contents(&self, repository: &Repository) -> Result<(Content, Content), HomeError> {
        let content = |id: &Option<String>| match id {
            None => Ok(None),
            Some(id) => {
                let blob = Oid::from_str(id).and_then(|id| repository.find_blob(id));
                blob.map(|blob| Some(blob.content().to_vec())).map_err(local("read what a file is to be"))
            }
        };
        Ok((content(&self.before)?, content(&self.after)?))
    }
}

impl Undertaking {
    pub fn new(branch: String, before: Option<Oid>, to: Oid, files: Vec<FileNote>, then: Left) -> Self {
        let before = before.map(|id| id.to_string());
        Self { format: 1, branch, before, to: to.to_string(), files, stage: At::Begun, then }
    }

    /// The commits that the branch goes from and to.
    pub fn ends(&self) -> Result<(Option<Oid>, Oid), HomeError> {
        let id = |text: &String| Oid::from_str(text).map_err(local("read a commit's id"));
        Ok((self.before.as_ref().map(id).transpose()?, id(&self.to)?))
    }

    /// What takes it back.
    fn reversed(self) -> Result<Option<Self>, HomeError> {
        let (Some(before), to) = self.ends()? else { return Ok(None) };
        let turn = |file: FileNote| FileNote { place: file.place, before: file.after, after: file.before };
        let files = self.files.into_iter().map(turn).collect();
        Ok(Some(Self::new(self.branch, Some(to), before, files, Left::TakenBack)))
    }
}

impl GitRegistry {
    fn note_path(repository: &Repository) -> PathBuf {
        repository.path().join(NOTE)
    }

    /// Writes the note of what is being done.
    pub(super) fn note(&self, repository: &Repository, undertaking: &Undertaking) -> Result<(), HomeError> {
        let path = Self::note_path(repository);
        let failed = |source| HomeError::File { doing: "write", path: path.clone(), source };
        let text = serde_json::to_vec(undertaking).expect("plain data");
        self.effects.around("registry note", || {
            let mut beside = tempfile::NamedTempFile::new_in(repository.path()).map_err(failed)?;
            beside.write_all(&text).and_then(|()| beside.as_file().sync_all()).map_err(failed)?;
            beside.persist(&path).map(drop).map_err(|error| failed(error.error))
        })
    }

    /// Removes the note.
    pub(super) fn forget(&self, repository: &Repository) -> Result<(), HomeError> {
        let path = Self::note_path(repository);
        match self.effects.around("registry note", || fs::remove_file(&path)) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(HomeError::File { doing: "remove", path, source })
            }
            _ => Ok(()),
        }
    }

    /// That branch and working tree are there.
    pub(super) fn brought_up(&self, repository: &Repository, undertaking: &Undertaking) -> Result<(), HomeError> {
        match undertaking.then {
            Left::Nothing | Left::TakenBack => self.forget(repository),
            Left::Push => self.note(repository, &Undertaking { stage: At::BroughtUp, ..undertaking.clone() }),
        }
    }

    fn noted(repository: &Repository) -> Result<Option<Undertaking>, HomeError> {
        let path = Self::note_path(repository);
        match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HomeError::File { doing: "read", path, source }),
            Ok(bytes) => serde_json::from_slice::<Undertaking>(&bytes).map(Some).map_err(|error| HomeError::File {
                doing: "understand",
                path,
                source: error.into(),
            }),
        }
    }

    /// Finishes what an interruption left in the working tree, if it did; waits where another process
    /// is at it.
    pub(super) fn finish_interrupted(&self, repository: &Repository) -> Result<(), HomeError> {
        match Self::noted(repository)? {
            Some(Undertaking { stage: At::Begun, .. }) => self.lock().map(drop),
            _ => Ok(()),
        }
    }

    /// Under the lock: finishes what was begun, or drops it where its branch was not moved yet.
    pub(super) fn settle(&self, repository: &Repository) -> Result<(), HomeError> {
        let Some(undertaking) = Self::noted(repository)?.filter(|noted| noted.stage == At::Begun) else {
            return Ok(());
        };
        self.remove_half_written(&undertaking)?;
        let (before, to) = undertaking.ends()?;
        let on_it = self.branch_ref(repository).is_ok_and(|branch| branch == undertaking.branch);
        let now = head(repository)?.filter(|_| on_it);
        if undertaking.then == Left::TakenBack && now.is_some() && now == before {
            return self.undertake(repository, &undertaking, TAKEN_BACK);
        }
        let is_within = |now: Oid| now == to || repository.graph_descendant_of(now, to).unwrap_or(false);
        if !now.is_some_and(is_within) {
            return self.forget(repository);
        }
        self.bring_up(repository, &undertaking)?;
        self.brought_up(repository, &undertaking)
    }

    /// Files of ours that never got their names.
    fn remove_half_written(&self, undertaking: &Undertaking) -> Result<(), HomeError> {
        let mut directories: Vec<PathBuf> = undertaking
            .files
            .iter()
            .filter_map(|file| Some(self.path.join(Path::new(&file.place).parent()?)))
            .collect();
        directories.sort();
        directories.dedup();
        for directory in directories {
            let Ok(entries) = fs::read_dir(&directory) else { continue };
            for entry in entries.flatten() {
                let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(BESIDE));
                if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    let path = entry.path();
                    fs::remove_file(&path).map_err(|source| HomeError::File { doing: "remove", path, source })?;
                }
            }
        }
        Ok(())
    }

    /// Takes back a commit that was to be pushed and was not: `published` says whether the remote has it.
    pub(super) fn take_back_unpushed(&self, published: impl Fn(Oid) -> bool) -> Result<(), HomeError> {
        let repository = self.repository()?;
        let Some(undertaking) = Self::noted(&repository)?.filter(|noted| noted.then == Left::Push) else {
            return Ok(());
        };
        let (_, to) = undertaking.ends()?;
        let on_it = self.branch_ref(&repository)? == undertaking.branch;
        // what somebody went on from is theirs
        if !on_it || head(&repository)? != Some(to) || published(to) {
            return self.forget(&repository);
        }
        match undertaking.reversed()? {
            Some(reversed) => self.undertake(&repository, &reversed, TAKEN_BACK),
            None => self.forget(&repository),
        }
    }

    /// That what was to be pushed was.
    pub(super) fn forget_pushed(&self) -> Result<(), HomeError> {
        let repository = self.repository()?;
        match Self::noted(&repository)? {
            Some(_) => self.forget(&repository),
            None => Ok(()),
        }
    }
}
