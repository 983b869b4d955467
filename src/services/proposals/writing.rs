// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How a registry is changed: the commit is made of the last one and of what is wanted, the branch
//! is moved to it, and the working tree is brought up to it at last. What an interruption leaves is
//! in the note (`undertaking`), and the next command finishes it.
//!
//! A commit has nothing of what somebody changed in the working tree and did not commit, also not
//! in a file that it changes; there it stays as it is, beside the change.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use git2::{ErrorCode, Oid, Repository};
use jiff::Timestamp;

use super::entries::Entries;
use super::git_registry::{GitRegistry, head};
use super::home::{HomeError, local};
use super::undertaking::{FileNote, Left, Undertaking};
use crate::services::Committer;
use crate::services::git::index_entry;

/// How a file that is written beside the one that it becomes is called.
pub(super) const BESIDE: &str = ".quorate-";

/// The mode of a plain file in git.
const PLAIN: i32 = 0o100_644;

/// A file before and after; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// From the registry's root.
    pub place: String,
    /// What was read.
    pub before: Option<String>,
    /// What it is to be.
    pub after: Option<String>,
    /// What the commit is to have, where the file has changes that nobody committed.
    pub apart: Option<String>,
}

impl FileChange {
    /// A file that becomes `after` where it is `before`.
    pub fn new(place: impl Into<String>, before: Option<String>, after: Option<String>) -> Self {
        Self { place: place.into(), before, after, apart: None }
    }
}

/// A change that can be made, with what the commit has of it.
struct Planned<'f> {
    file: &'f FileChange,
    committed: Option<String>,
}

impl GitRegistry {
    /// Commits files, alone, in one commit, and writes them; a file that is not as it was read
    /// (`before`) stops it, and nothing is written. The commit's id.
    ///
    /// # Errors
    /// [`HomeError::Changed`]; else when something cannot be written.
    pub fn commit(&self, files: &[FileChange], message: &str, at: Timestamp) -> Result<String, HomeError> {
        self.change(files, message, at, Left::Nothing)
    }

    /// The same, for a commit that counts once it is pushed: until [`push`](Self::push) has done so, an
    /// interruption has it taken back by the next [`catch_up`](Self::catch_up).
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_to_push(&self, files: &[FileChange], message: &str, at: Timestamp) -> Result<String, HomeError> {
        self.change(files, message, at, Left::Push)
    }

    fn change(&self, files: &[FileChange], message: &str, at: Timestamp, then: Left) -> Result<String, HomeError> {
        let repository = self.repository()?;
        let branch = self.branch_ref(&repository)?;
        if self.author.0.is_empty() {
            return Err(HomeError::Nobody);
        }
        let before = head(&repository)?;
        let committed = before.map(|id| self.entries(&repository, id)).transpose()?;
        let planned = files.iter().map(|file| self.planned(file, committed.as_ref())).collect::<Result<Vec<_>, _>>()?;
        let id = self.make_commit(&repository, &planned, message, at, before)?;
        let files = files.iter().map(|file| FileNote::of(&repository, file)).collect::<Result<Vec<_>, _>>()?;
        let undertaking = Undertaking::new(branch, before, id, files, then);
        self.undertake(&repository, &undertaking, message)?;
        Ok(id.to_string())
    }

    /// Moves the branch and brings the working tree up to it, with a note of it meanwhile.
    pub(super) fn undertake(
        &self,
        repository: &Repository,
        undertaking: &Undertaking,
        why: &str,
    ) -> Result<(), HomeError> {
        self.note(repository, undertaking)?;
        let (before, to) = undertaking.ends()?;
        if let Err(error) = self.move_head(repository, before, to, why) {
            self.forget(repository)?;
            return Err(error);
        }
        self.bring_up(repository, undertaking)?;
        self.brought_up(repository, undertaking)
    }

    fn entries<'r>(&self, repository: &'r Repository, commit: Oid) -> Result<Entries<'r>, HomeError> {
        let tree = repository.find_commit(commit).and_then(|commit| commit.tree()).map_err(local("read a tree"))?;
        Ok(Entries::of(repository, tree))
    }

    fn planned<'f>(&self, file: &'f FileChange, last: Option<&Entries<'_>>) -> Result<Planned<'f>, HomeError> {
        self.demand(file)?;
        if let Some(apart) = &file.apart {
            return Ok(Planned { file, committed: Some(apart.clone()) });
        }
        let committed = last.map(|last| last.text(&file.place, &self.path)).transpose()?.flatten();
        if committed == file.before || file.after.is_none() {
            return Ok(Planned { file, committed: file.after.clone() });
        }
        let (place, path) = (file.place.clone(), self.path.clone());
        match (committed, &file.before, &file.after) {
            (None, Some(_), _) => Err(HomeError::Uncommitted { place, path }),
            (Some(committed), Some(before), Some(after)) => match carried_over(before, after, &committed)? {
                Some(text) => Ok(Planned { file, committed: Some(text) }),
                None => Err(HomeError::Overlaps { place, path }),
            },
            // somebody took it away and did not commit that
            (_, _, after) => Ok(Planned { file, committed: after.clone() }),
        }
    }

    fn demand(&self, file: &FileChange) -> Result<(), HomeError> {
        let found = self.read(&file.place)?;
        // somebody may have written by hand what is about to be
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
        planned: &[Planned<'_>],
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
        for Planned { file, committed } in planned {
            match committed {
                Some(text) => {
                    let blob = repository.blob(text.as_bytes()).map_err(local("write a file"))?;
                    update.upsert(file.place.as_str(), blob, git2::FileMode::Blob);
                }
                // what was never committed is not there to be removed
                None if base.get_path(Path::new(&file.place)).is_err() => {}
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

    /// Brings files of the working tree, and git's index, from what they were to what they are to be.
    /// A file that is neither was changed by somebody since, and stays.
    pub(super) fn bring_up(&self, repository: &Repository, undertaking: &Undertaking) -> Result<(), HomeError> {
        let (_, to) = undertaking.ends()?;
        let tree = self.entries(repository, to)?;
        let now = head(repository)?.map(|id| self.entries(repository, id)).transpose()?;
        // what was committed after it is not of it
        let of_it = |place: &str| now.as_ref().is_some_and(|now| now.at(place) == tree.at(place));
        let mut index = repository.index().map_err(local("read the index"))?;
        for file in undertaking.files.iter().filter(|file| of_it(&file.place)) {
            let (before, after) = file.contents(repository)?;
            if self.read_raw(&file.place)? == before {
                match tree.at(&file.place) {
                    Some((_, mode)) if mode != PLAIN => self.check_out(repository, tree.tree(), &file.place)?,
                    _ => self.write(&file.place, before.as_deref(), after.as_deref())?,
                }
            }
            put_in_index(&mut index, &file.place, tree.at(&file.place), self.read_raw(&file.place)?.as_deref())?;
        }
        self.effects.around("git index", || index.write()).map_err(local("write the index"))
    }

    /// What is no plain file: a link, a program.
    fn check_out(&self, repository: &Repository, tree: &git2::Tree<'_>, place: &str) -> Result<(), HomeError> {
        let mut only = git2::build::CheckoutBuilder::new();
        only.force().disable_pathspec_match(true).path(place).update_index(false);
        self.effects
            .around("registry file", || repository.checkout_tree(tree.as_object(), Some(&mut only)))
            .map_err(local("write a file that others pushed"))
    }

    /// The bytes of a file, or where a link leads.
    pub(super) fn read_raw(&self, place: &str) -> Result<Option<Vec<u8>>, HomeError> {
        let path = self.path.join(place);
        let read = match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() => {
                fs::read_link(&path).map(|target| target.into_os_string().into_encoded_bytes())
            }
            Ok(_) => fs::read(&path),
            Err(error) => Err(error),
        };
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(HomeError::File { doing: "read", path, source }),
        }
    }

    /// All or nothing: a page that is half written would be read as nonsense.
    fn write(&self, place: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<(), HomeError> {
        if before == after {
            return Ok(());
        }
        let path = self.path.join(place);
        let failed = |source: io::Error| HomeError::File { doing: "write", path: path.clone(), source };
        self.effects.around("registry file", || match after {
            None => fs::remove_file(&path).map_err(failed),
            Some(bytes) => {
                let directory = path.parent().unwrap_or(&self.path);
                fs::create_dir_all(directory).map_err(failed)?;
                // as anybody's new file there would be
                let mode = fs::Permissions::from_mode(0o666);
                let mut beside =
                    tempfile::Builder::new().prefix(BESIDE).permissions(mode).tempfile_in(directory).map_err(failed)?;
                beside.write_all(bytes).map_err(failed)?;
                if before.is_none() {
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
    fn move_head(&self, repository: &Repository, before: Option<Oid>, to: Oid, why: &str) -> Result<(), HomeError> {
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
}

/// Git's index has what the commit has, whatever else stands in the working tree.
fn put_in_index(
    index: &mut git2::Index,
    place: &str,
    committed: Option<(Oid, i32)>,
    here: Option<&[u8]>,
) -> Result<(), HomeError> {
    let Some((id, mode)) = committed else {
        return index.remove_path(Path::new(place)).map_err(local("take a file off the index"));
    };
    let id_here = here.and_then(|bytes| Oid::hash_object(git2::ObjectType::Blob, bytes).ok());
    if id_here == Some(id) {
        return index.add_path(Path::new(place)).map_err(local("add a file to the index"));
    }
    let entry = index_entry(place, id, u32::try_from(mode).unwrap_or(PLAIN.unsigned_abs()));
    index.add(&entry).map_err(local("add a file to the index"))
}

/// The text of the last commit with the change from `before` to `after`, where that does not touch
/// what else is different there.
///
/// # Errors
/// When it cannot be compared.
pub fn carried_over(before: &str, after: &str, committed: &str) -> Result<Option<String>, HomeError> {
    if before == committed {
        return Ok(Some(after.to_owned()));
    }
    // what only grows, as the ledger does
    if let Some(more) = after.strip_prefix(before).filter(|_| before.is_empty() || before.ends_with('\n')) {
        let end = if committed.is_empty() || committed.ends_with('\n') { "" } else { "\n" };
        return Ok(Some(format!("{committed}{end}{more}")));
    }
    let merged = git2::merge_file(&input(before), &input(after), &input(committed), None)
        .map_err(local("compare a file with the last commit"))?;
    let text = String::from_utf8(merged.content().to_vec()).ok();
    Ok(text.filter(|_| merged.is_automergeable()))
}

fn input(text: &str) -> git2::MergeFileInput<'_> {
    let mut input = git2::MergeFileInput::new();
    input.content(text.as_bytes());
    input
}
