// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A file beside the database's own that says what a directory is.
//!
//! It is looked at before the database is: a directory of somebody else's is left alone, and a
//! newer store may be laid out as no older program could open it. While a store is being made
//! the file has another name, and gets its own when everything is there: what was never
//! completely made has nothing that was acknowledged, and is made anew.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::fjall_store::open_error;
use crate::room::TRIAL;
use crate::{FORMAT, StoreError};

const MARK: &str = "statefun-store";
/// Its name while the store is being made.
const MAKING: &str = "statefun-store.new";
/// What the database has in its directory beside journals, and what the program notes there.
const PARTS: [&str; 6] = ["version", "keyspaces", "lock", "admin-address", MARK, TRIAL];

/// A store that is being made, by nobody else.
pub(crate) struct Making {
    path: PathBuf,
    /// Locked for as long as it is open.
    _file: File,
}

/// Looks at a directory, which is made where there is none; gives what is to be told when the
/// store in it is made, where there is no store yet.
pub(crate) fn look(path: &Path) -> Result<Option<Making>, StoreError> {
    let io = |source| failed(path, source);
    match fs::read_to_string(path.join(MARK)) {
        Ok(text) => match text.trim().parse::<u32>() {
            Ok(found) if found > FORMAT => Err(StoreError::Newer { path: path.to_owned(), found }),
            Ok(FORMAT) if never_made(path).map_err(io)? => begin(path),
            Ok(FORMAT) => Ok(None),
            Err(_) if text.is_empty() && never_made(path).map_err(io)? => begin(path),
            // The machine stopped before what was written of it came to the disk.
            Err(_) if text.is_empty() => write_mark(path).map(|()| None).map_err(io),
            Ok(_) => Err(foreign(path)),
            Err(_) => Err(unreadable(path, &text)),
        },
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(no_directory(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(path).map_err(|source| match source.kind() {
                ErrorKind::NotADirectory => no_directory(path),
                _ => io(source),
            })?;
            let is_empty = fs::read_dir(path).map_err(io)?.next().is_none();
            if is_empty || path.join(MAKING).exists() { begin(path) } else { Err(foreign(path)) }
        }
        Err(error) => Err(io(error)),
    }
}

/// Whether the database in a directory was begun, and nothing can have been committed to it.
fn never_made(path: &Path) -> io::Result<bool> {
    // The last file of an empty database, and the first of its tables.
    let is_empty = |name| match fs::metadata(path.join(name)) {
        Ok(found) => Ok(found.len() == 0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    };
    let has_tables = match fs::read_dir(path.join("keyspaces")) {
        Ok(mut tables) => tables.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let mut has_later_journals = false;
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        has_later_journals |= is_journal(&name) && name != "0.jnl";
    }
    Ok(is_empty("version")? && !has_tables && !has_later_journals)
}

/// Takes a directory to make a store in it, and removes what an earlier try has left.
fn begin(path: &Path) -> Result<Option<Making>, StoreError> {
    let io = |source| failed(path, source);
    let making = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(MAKING)).map_err(io)?;
    lock(path, &making)?;
    match File::open(path.join("lock")) {
        Ok(database) => lock(path, &database)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    if path.join(MARK).exists() && !never_made(path).map_err(io)? {
        // Somebody else has made it, a moment ago.
        return Err(StoreError::Busy { path: path.to_owned() });
    }
    clear(path)?;
    write(&making).and_then(|()| sync(path)).map_err(io)?;
    Ok(Some(Making { path: path.to_owned(), _file: making }))
}

/// Removes the beginnings of a store, and nothing else.
fn clear(path: &Path) -> Result<(), StoreError> {
    let io = |source| failed(path, source);
    let mut parts = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let name = entry.map_err(io)?.file_name();
        if name == MAKING {
            continue;
        }
        if !is_journal(&name) && !PARTS.iter().any(|part| name == *part) {
            return Err(foreign(path));
        }
        parts.push(name);
    }
    // What says that it is a store goes first: it is none any more.
    parts.sort_by_key(|name| name != MARK);
    for name in parts {
        let part = path.join(&name);
        let removed = if part.is_dir() { fs::remove_dir_all(&part) } else { fs::remove_file(&part) };
        removed.map_err(io)?;
    }
    Ok(())
}

impl Making {
    /// The store is made: everything that it begins with is on the disk.
    pub(crate) fn done(self) -> Result<(), StoreError> {
        let renamed = fs::rename(self.path.join(MAKING), self.path.join(MARK));
        renamed.and_then(|()| sync(&self.path)).map_err(|source| failed(&self.path, source))
    }
}

fn write_mark(path: &Path) -> io::Result<()> {
    let making = path.join(MAKING);
    write(&File::create(&making)?)?;
    fs::rename(&making, path.join(MARK))?;
    sync(path)
}

fn write(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(format!("{FORMAT}\n").as_bytes())?;
    file.sync_all()
}

/// The names in a directory are on the disk afterwards, and its own.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    let path = path.canonicalize()?;
    path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn lock(path: &Path, file: &File) -> Result<(), StoreError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::Busy { path: path.to_owned() },
        TryLockError::Error(error) => failed(path, error),
    })
}

fn is_journal(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "jnl")
}

/// What a mark says of which nobody can tell a format: the file may be somebody's, or the disk has lost it.
fn unreadable(path: &Path, text: &str) -> StoreError {
    StoreError::Mark { path: path.join(MARK), found: text.chars().take(40).collect() }
}

/// A path that is below a file, or is one.
fn no_directory(path: &Path) -> StoreError {
    let file = path.ancestors().find(|above| above.exists() && !above.is_dir()).unwrap_or(path);
    StoreError::NoDirectory { path: path.to_owned(), file: file.to_owned() }
}

fn foreign(path: &Path) -> StoreError {
    StoreError::Foreign { path: path.to_owned() }
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    open_error(path, fjall::Error::Io(source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FjallStore, Space, Store, Write};
    use bytes::Bytes;

    fn one(value: &'static str) -> Write {
        let (key, value) = (Bytes::from_static(b"k"), Some(Bytes::from_static(value.as_bytes())));
        Write { space: Space::State, key, value }
    }

    fn works(path: &Path) {
        let store = FjallStore::open(path).unwrap();
        store.commit(vec![one("1")]).unwrap();
        drop(store);
        let again = FjallStore::open(path).unwrap();
        assert_eq!(again.get(Space::State, b"k").unwrap().as_deref(), Some(&b"1"[..]));
        assert!(!path.join(MAKING).exists());
    }

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    #[test]
    fn a_store_that_was_never_completely_made_is_made_anew() {
        // As a kill left it before there was a name for what is being made.
        for files in [
            &[(MARK, "1\n"), ("lock", ""), ("0.jnl", "")][..],
            &[(MARK, "1\n"), ("lock", ""), ("0.jnl", "x"), ("version", "")],
            &[(MARK, ""), ("lock", "")],
            &[(MARK, "")],
            &[(MAKING, "")],
        ] {
            works(directory(files).path());
        }
        // And as it leaves it now: the database is whole, and nobody has said so.
        let made = tempfile::tempdir().unwrap();
        drop(FjallStore::open(made.path()).unwrap());
        fs::rename(made.path().join(MARK), made.path().join(MAKING)).unwrap();
        works(made.path());
    }

    #[test]
    fn a_store_whose_mark_is_empty_keeps_what_it_has() {
        let made = tempfile::tempdir().unwrap();
        FjallStore::open(made.path()).unwrap().commit(vec![one("kept")]).unwrap();
        fs::write(made.path().join(MARK), "").unwrap();
        let store = FjallStore::open(made.path()).unwrap();
        assert_eq!(store.get(Space::State, b"k").unwrap().as_deref(), Some(&b"kept"[..]));
        assert_eq!(fs::read_to_string(made.path().join(MARK)).unwrap(), "1\n");
    }

    #[test]
    fn what_cannot_be_a_store_is_told_apart() {
        let directory = directory(&[(MARK, "garbage\n"), ("letter.txt", "dear")]);
        let said = FjallStore::open(directory.path()).err().unwrap().to_string();
        assert!(said.contains("statefun-store has \"garbage\\n\" where"), "{said}");
        for below in ["letter.txt", "letter.txt/store/data"] {
            let said = FjallStore::open(&directory.path().join(below)).err().unwrap().to_string();
            assert!(said.ends_with("letter.txt is a file"), "{said}");
        }
        assert_eq!(fs::read_to_string(directory.path().join(MARK)).unwrap(), "garbage\n");
    }

    #[test]
    fn what_is_somebody_elses_or_in_somebodys_hands_is_left_alone() {
        for files in [&[(MAKING, "1\n"), ("letter.txt", "dear")][..], &[(MARK, "1\n"), ("letter.txt", "dear")]] {
            let directory = directory(files);
            assert!(matches!(FjallStore::open(directory.path()), Err(StoreError::Foreign { .. })));
            assert_eq!(fs::read_to_string(directory.path().join("letter.txt")).unwrap(), "dear");
        }
        let directory = directory(&[]);
        let _making = look(directory.path()).unwrap().unwrap();
        assert!(matches!(FjallStore::open(directory.path()), Err(StoreError::Busy { .. })));
    }
}
