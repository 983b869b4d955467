// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The commit behind a revision, and its tree as a directory: what is built and
//! archived comes from here, never from a working tree.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{FileKind, Git, GitError, TreeFile};

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeeledCommit {
    /// Its id, 40 hexadecimal digits.
    pub id: String,
    /// When it was committed, in seconds of Unix time.
    pub committed_seconds: i64,
}

/// Why a tree could not be written to a directory.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A path would lead out of the directory.
    #[error("the tree holds {path:?}, which leads out of it")]
    Path {
        /// The path.
        path: String,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Git {
    /// The commit that `revision` (best a full ref name, `refs/tags/…`) peels to.
    ///
    /// # Errors
    /// When there is none.
    pub fn peeled_commit(&self, revision: &str) -> Result<PeeledCommit, GitError> {
        let repository = self.repository()?;
        let commit = self.commit_of(&repository, revision)?;
        Ok(PeeledCommit { id: commit.id().to_string(), committed_seconds: commit.time().seconds() })
    }

    /// Writes the tree of `commit` into `directory`, which must be empty or
    /// missing; returns the count of files.
    ///
    /// # Errors
    /// When the tree cannot be read, leads out of the directory, or a file
    /// cannot be written.
    pub fn export(&self, commit: &str, directory: &Path) -> Result<u64, ExportError> {
        self.effects.around("export tree", || {
            let mut export = Export { directory, made: HashSet::new(), links: HashSet::new(), files: 0 };
            fs::create_dir_all(directory).map_err(|source| failed(directory, source))?;
            self.visit_files(commit, |_| true, |file| export.put(&file))?;
            Ok(export.files)
        })
    }
}

struct Export<'a> {
    directory: &'a Path,
    made: HashSet<PathBuf>,
    links: HashSet<String>,
    files: u64,
}

impl Export<'_> {
    fn put(&mut self, file: &TreeFile) -> Result<(), ExportError> {
        let leads_out = |name: &str| matches!(name, "" | "." | "..") || name.eq_ignore_ascii_case(".git");
        let below_link = file.path.match_indices('/').any(|(at, _)| self.links.contains(&file.path[..at]));
        if file.path.split('/').any(leads_out) || below_link {
            return Err(ExportError::Path { path: file.path.clone() });
        }
        let path = self.directory.join(&file.path);
        let parent = path.parent().unwrap_or(self.directory);
        if !self.made.contains(parent) {
            fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
            self.made.insert(parent.to_owned());
        }
        self.files += 1;
        match file.kind {
            FileKind::Regular => write(&path, 0o644, &file.bytes),
            FileKind::Executable => write(&path, 0o755, &file.bytes),
            FileKind::Symlink => {
                self.links.insert(file.path.clone());
                let target: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(&file.bytes);
                std::os::unix::fs::symlink(target, &path).map_err(|source| failed(&path, source))
            }
        }
    }
}

fn write(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), ExportError> {
    // `create_new` follows no link that something else has put there.
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> ExportError {
    ExportError::Write { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::services::Effects;
    use crate::services::git::index_entry;

    /// A repository whose only commit, tagged `v1`, has these entries.
    fn repository(entries: &[(&str, &[u8], i32)]) -> (tempfile::TempDir, Git) {
        let directory = tempfile::tempdir().unwrap();
        let repository = git2::Repository::init(directory.path()).unwrap();
        let mut index = repository.index().unwrap();
        for (path, bytes, mode) in entries {
            // a submodule's commit is in no object of this repository
            let id = match *mode {
                0o160_000 => git2::Oid::from_bytes(&[7; 20]).unwrap(),
                _ => repository.blob(bytes).unwrap(),
            };
            index.add(&index_entry(path, id, *mode as u32)).unwrap();
        }
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let author =
            git2::Signature::new("Ann Example", "ann@example.org", &git2::Time::new(1_600_000_000, 0)).unwrap();
        let commit = repository.commit(None, &author, &author, "one", &tree, &[]).unwrap();
        let object = repository.find_object(commit, None).unwrap();
        repository.tag("v1", &object, &author, "v1", false).unwrap();
        let git = Git::new(directory.path(), "origin", Effects::unwatched());
        (directory, git)
    }

    #[test]
    fn a_tag_is_peeled_and_its_tree_written() {
        let (_keep, git) = repository(&[
            ("README", b"read\n", 0o100_644),
            ("bin/run", b"#!/bin/sh\n", 0o100_755),
            ("link", b"bin/run", 0o120_000),
        ]);
        let commit = git.peeled_commit("refs/tags/v1").unwrap();
        assert_eq!((commit.id.len(), commit.committed_seconds), (40, 1_600_000_000));
        assert!(git.peeled_commit("refs/tags/v2").is_err());
        let out = tempfile::tempdir().unwrap();
        assert_eq!(git.export(&commit.id, out.path()).unwrap(), 3);
        assert_eq!(fs::read(out.path().join("README")).unwrap(), b"read\n");
        assert_eq!(fs::metadata(out.path().join("bin/run")).unwrap().permissions().mode() & 0o111, 0o111);
        assert_eq!(fs::read_link(out.path().join("link")).unwrap(), Path::new("bin/run"));
        assert!(matches!(git.export(&commit.id, out.path()), Err(ExportError::Write { .. })), "not empty");
    }

    #[test]
    fn submodules_are_named_and_their_files_are_none_of_the_commits() {
        let (_keep, git) =
            repository(&[("README", b"read\n", 0o100_644), ("lib/other", b"", 0o160_000), ("sub", b"", 0o160_000)]);
        assert_eq!(git.submodules("refs/tags/v1").unwrap(), ["lib/other", "sub"]);
        assert!(git.submodules("refs/tags/v2").is_err());
        let out = tempfile::tempdir().unwrap();
        assert_eq!(git.export("refs/tags/v1", out.path()).unwrap(), 1);
        let (_keep, without) = repository(&[("README", b"read\n", 0o100_644)]);
        assert_eq!(without.submodules("refs/tags/v1").unwrap(), [""; 0]);
    }

    #[test]
    fn nothing_is_written_outside() {
        let out = tempfile::tempdir().unwrap();
        let export = |path: &str, links: &[&str]| {
            let links = links.iter().map(|link| (*link).to_owned()).collect();
            let mut export = Export { directory: out.path(), made: HashSet::new(), links, files: 0 };
            export.put(&TreeFile { path: path.to_owned(), kind: FileKind::Regular, bytes: Vec::new() })
        };
        for (path, links) in [("../x", &[][..]), ("a/../../x", &[]), (".git/hooks/x", &[]), ("a/b/c", &["a/b"])] {
            assert!(matches!(export(path, links), Err(ExportError::Path { .. })), "{path}");
        }
        assert!(export("a/bc/c", &["a/b"]).is_ok());
    }

    #[test]
    fn a_clone_that_lacks_files_is_told_apart() {
        let (keep, git) = repository(&[("README", b"read\n", 0o100_644)]);
        let id = git2::Repository::open(keep.path()).unwrap().blob(b"read\n").unwrap().to_string();
        fs::remove_file(keep.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
        let read = || git.visit_files("refs/tags/v1", |_| true, |_| Ok::<(), GitError>(())).unwrap_err();
        assert!(matches!(read(), GitError::Local { .. }));
        let mut config = git2::Repository::open(keep.path()).unwrap().config().unwrap();
        config.set_bool("remote.origin.promisor", true).unwrap();
        assert!(matches!(read(), GitError::Incomplete { how: "partial", .. }));
        // As `git clone --filter` leaves it.
        config.set_i32("core.repositoryformatversion", 1).unwrap();
        config.set_str("extensions.partialClone", "origin").unwrap();
        let error = read();
        assert!(matches!(error, GitError::Incomplete { how: "partial", .. }), "{error:?}");
        assert!(error.hint().contains("without `--filter`"));
    }
}
