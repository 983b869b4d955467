// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The artifacts of one candidate in the workspace: each a file with its
//! checksum file and its signature beside it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Workspace, WorkspaceError};
use crate::release::{FileDigest, Sha512, is_name_pattern, meant_files, stands_beside};

/// A directory of artifacts in the workspace.
#[derive(Debug, Clone)]
pub struct Artifacts<'a> {
    workspace: &'a Workspace,
    directory: PathBuf,
}

impl Workspace {
    /// The artifacts in `directory`, relative to the workspace's root.
    pub fn artifacts(&self, directory: &str) -> Artifacts<'_> {
        Artifacts { workspace: self, directory: PathBuf::from(directory) }
    }

    /// The path of `relative` with nothing there: what an earlier run left is
    /// removed, also where it made its directories read-only.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn fresh_path(&self, relative: impl AsRef<Path>) -> Result<PathBuf, WorkspaceError> {
        let path = self.path(relative);
        let remove = || match fs::remove_dir_all(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                open_up(&path)?;
                fs::remove_dir_all(&path)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        let removed = self.effects().around("remove tree", remove);
        removed.map_err(|source| WorkspaceError { doing: "remove", path: path.clone(), source })?;
        Ok(path)
    }
}

impl Artifacts<'_> {
    /// Where the artifact `name` is, or would be.
    ///
    /// # Errors
    /// When `name` is no plain file name.
    pub fn path(&self, name: &str) -> Result<PathBuf, WorkspaceError> {
        let path = self.workspace.path(&self.directory).join(name);
        if name.is_empty() || name.contains(['/', '\0', '\n']) || matches!(name, "." | "..") {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "an artifact's name is a plain file name");
            return Err(WorkspaceError { doing: "use", path, source });
        }
        Ok(path)
    }

    /// The artifact `name` bound to its bytes; `None` where there is no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn digest(&self, name: &str) -> Result<Option<FileDigest>, WorkspaceError> {
        let path = self.path(name)?;
        let digest = match File::open(&path) {
            Ok(file) => Sha512::of_reader(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => Err(error),
        };
        let (sha512, bytes) = digest.map_err(|source| WorkspaceError { doing: "read", path, source })?;
        Ok(Some(FileDigest { name: name.to_owned(), bytes, sha512 }))
    }

    /// The names of the artifacts that are there, sorted, without signatures and checksum files.
    ///
    /// # Errors
    /// When the directory is there and cannot be read.
    pub fn names(&self) -> Result<Vec<String>, WorkspaceError> {
        let path = self.workspace.path(&self.directory);
        let fail = |source| WorkspaceError { doing: "read", path: path.clone(), source };
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fail)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().into_string().ok().filter(|name| !stands_beside(name));
            names.extend(name.filter(|_| entry.path().is_file()));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The artifacts that `wanted`, names and patterns over names, mean; see [`meant_files`].
    ///
    /// # Errors
    /// As [`names`](Self::names).
    pub fn meant(&self, wanted: &[String]) -> Result<Vec<String>, WorkspaceError> {
        if !wanted.iter().any(|one| is_name_pattern(one)) {
            return Ok(wanted.to_vec());
        }
        Ok(meant_files(wanted, self.names()?.iter().map(String::as_str)))
    }

    /// The text of `name`, with what is no UTF-8 replaced; `None` where there is
    /// no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn text(&self, name: &str) -> Result<Option<String>, WorkspaceError> {
        self.path(name)?;
        let bytes = self.workspace.read(self.directory.join(name))?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Puts `bytes` at `name`, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WorkspaceError> {
        self.path(name)?;
        self.workspace.write(self.directory.join(name), bytes).map(|_| ())
    }

    /// Has `fill` write the file `name`, which appears whole or not at all.
    ///
    /// # Errors
    /// When `fill` fails, or the file cannot be written.
    pub fn write_by<T, E: From<WorkspaceError>>(
        &self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path(name)?;
        let fail = |source| WorkspaceError { doing: "write", path: path.clone(), source };
        let parent = self.workspace.directory(&self.directory)?;
        let readable = fs::Permissions::from_mode(0o644);
        let made = self.workspace.unfinished();
        let made = made.and_then(|place| tempfile::Builder::new().permissions(readable).tempfile_in(place));
        let (file, temporary) = made.map_err(fail)?.into_parts();
        let mut sink = BufWriter::with_capacity(128 * 1024, file);
        let filled = fill(&mut sink)?;
        let finish = || {
            sink.flush()?;
            sink.get_ref().sync_all()?;
            temporary.persist(&path).map_err(|error| error.error)?;
            File::open(&parent)?.sync_all()
        };
        self.workspace.effects().around("write file", finish).map_err(fail)?;
        Ok(filled)
    }

    /// Puts the bytes of the file at `source` at `name`, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be read, or not be written here.
    pub fn copy(&self, name: &str, source: &Path) -> Result<(), WorkspaceError> {
        self.write_by(name, |sink| {
            let fail = |error| WorkspaceError { doing: "copy", path: source.to_owned(), source: error };
            let mut file = File::open(source).map_err(fail)?;
            io::copy(&mut file, sink).map(|_| ()).map_err(fail)
        })
    }

    /// Removes the file `name`; none there is fine.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), WorkspaceError> {
        let path = self.path(name)?;
        match self.workspace.effects().around("remove file", || fs::remove_file(&path)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(WorkspaceError { doing: "remove", path, source })
            }
            _ => Ok(()),
        }
    }
}

/// Makes the directories under `path` writable for their owner.
fn open_up(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}
