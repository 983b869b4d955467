// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A store on a disk: one fjall database, a keyspace for each space, one journal.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fjall::config::FilterPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable};

use crate::room::{has_no_files, is_full};
use crate::{FORMAT, Space, Store, StoreError, Write, mark};

const FORMAT_KEY: &[u8] = b"format";
/// What is kept of blocks that were read.
/// With less, the filters and indexes of ten million addresses push each other out.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// What is written to values is kept in memory up to this size: a value that is written anew
/// meanwhile is written to a table once.
const STATE_MEMTABLE_BYTES: usize = 16 * 1024 * 1024;
/// What is written to each other space is kept in memory up to this size.
const MEMTABLE_BYTES: usize = 8 * 1024 * 1024;
/// What is replayed when the store is opened is never more.
const JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

/// How much of a space may wait to be written to its tables, in memtables, before commits wait.
/// Where there are four, fjall waits itself: a tenth of a second at a time, and for ever when
/// nobody writes any more.
const MOST_SEALED: usize = 2;
/// From so many bytes on, a commit waits for all memtables that are to be written to tables: it fills one by
/// itself, however large.
const MUCH: usize = 4 * 1024 * 1024;
/// No longer than that, where there are fewer than [`MOST_SEALED`].
const LONGEST: Duration = Duration::from_secs(5);
/// How long a commit waits before it looks again.
const LOOK: Duration = Duration::from_millis(1);

/// A store on a disk.
pub struct FjallStore {
    path: PathBuf,
    database: Database,
    keyspaces: Vec<Keyspace>,
    /// How much large commits have written to each of them since its memtable was last closed for that.
    written: Vec<AtomicUsize>,
}

impl FjallStore {
    /// Opens the store in a directory, which is made where there is none.
    ///
    /// # Errors
    /// When another process has it open, it is from a newer program, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let making = mark::look(path)?;
        let refuse = |source| open_error(path, source);
        let database = Database::builder(path)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNAL_BYTES)
            .worker_threads(2)
            .open()
            .map_err(refuse)?;
        let mut keyspaces = Vec::with_capacity(Space::ALL.len());
        for space in Space::ALL {
            keyspaces.push(database.keyspace(space.name(), || options(space)).map_err(refuse)?);
        }
        let written = keyspaces.iter().map(|_| AtomicUsize::new(0)).collect();
        let store = Self { path: path.to_owned(), database, keyspaces, written };
        store.check_format(path)?;
        if let Some(making) = making {
            making.done()?;
        }
        Ok(store)
    }

    /// How many bytes it takes on the disk.
    pub fn disk_bytes(&self) -> u64 {
        self.database.disk_space().unwrap_or_default()
    }

    fn keyspace(&self, space: Space) -> &Keyspace {
        &self.keyspaces[space as usize]
    }

    fn read_error(&self, source: fjall::Error) -> StoreError {
        let (path, files) = (self.path.clone(), has_no_files(&source, &self.path));
        let source = Box::new(source);
        if files { StoreError::TooManyFiles { path, source } } else { StoreError::Read { source } }
    }

    /// Waits until what was committed before is written to the tables, up to a rest: before much is written,
    /// all that is not in an open memtable.
    fn wait_for_tables(&self, bytes: usize) -> fjall::Result<()> {
        let began = Instant::now();
        while self.keyspaces.iter().any(|keyspace| {
            let sealed = keyspace.sealed_memtable_count();
            sealed >= MOST_SEALED || (sealed > 0 && bytes >= MUCH && began.elapsed() < LONGEST)
        }) {
            // Says so when those who write have failed.
            self.database.persist(PersistMode::Buffer)?;
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Closes memtables that a large commit has filled: those who write tables would do so when they come to
    /// it, and the next commits go into the same one until then.
    fn close_large(&self, written: &[(Space, usize)]) -> fjall::Result<()> {
        for (space, bytes) in written {
            self.written[*space as usize].fetch_add(*bytes, Ordering::Relaxed);
        }
        for (space, _) in written {
            let bytes = &self.written[*space as usize];
            if bytes.load(Ordering::Relaxed) >= memtable_bytes(*space) {
                bytes.store(0, Ordering::Relaxed);
                self.keyspace(*space).rotate_memtable()?;
            }
        }
        Ok(())
    }

    fn check_format(&self, path: &Path) -> Result<(), StoreError> {
        match self.get(Space::Meta, FORMAT_KEY)? {
            None => {
                let value = Some(Bytes::copy_from_slice(&FORMAT.to_be_bytes()));
                self.commit(vec![Write { space: Space::Meta, key: Bytes::from_static(FORMAT_KEY), value }])
            }
            Some(value) => match <[u8; 4]>::try_from(&value[..]).map(u32::from_be_bytes) {
                Ok(FORMAT) => Ok(()),
                Ok(found) if found > FORMAT => Err(StoreError::Newer { path: path.to_owned(), found }),
                _ => Err(StoreError::Foreign { path: path.to_owned() }),
            },
        }
    }
}

fn size(write: &Write) -> usize {
    write.value.as_ref().map_or(0, Bytes::len)
}

fn options(space: Space) -> KeyspaceCreateOptions {
    let options = KeyspaceCreateOptions::default().max_memtable_size(memtable_bytes(space) as u64);
    match space {
        // Looked up key by key, most of which are not there: the filters answer.
        Space::State | Space::Tokens => options,
        // Read in order only.
        _ => options.filter_policy(FilterPolicy::disabled()),
    }
}

fn memtable_bytes(space: Space) -> usize {
    if space == Space::State { STATE_MEMTABLE_BYTES } else { MEMTABLE_BYTES }
}

pub(crate) fn open_error(path: &Path, source: fjall::Error) -> StoreError {
    let path = path.to_owned();
    match source {
        fjall::Error::Locked => StoreError::Busy { path },
        source if has_no_files(&source, &path) => StoreError::TooManyFiles { path, source: Box::new(source) },
        source if is_full(&source, &path) => StoreError::Full { path, source: Box::new(source) },
        source => StoreError::Open { path, source: Box::new(source) },
    }
}

impl Store for FjallStore {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let value = self.keyspace(space).get(key).map_err(|error| self.read_error(error))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        below: Option<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        // A keyspace by itself shows a batch while it is being applied; a snapshot, whole batches.
        let (snapshot, keyspace) = (self.database.snapshot(), self.keyspace(space));
        let entries = match below {
            Some(below) if from >= below => return Ok(()),
            Some(below) => snapshot.range(keyspace, from..below),
            None => snapshot.range(keyspace, from..),
        };
        for entry in entries {
            let (key, value) = entry.into_inner().map_err(|error| self.read_error(error))?;
            if !visit(&key, &value) {
                break;
            }
        }
        Ok(())
    }

    fn commit(&self, mut writes: Vec<Write>) -> Result<(), StoreError> {
        // Keys that are near each other find their places faster one after the other.
        writes.sort_unstable_by(|one, two| (one.space, &one.key).cmp(&(two.space, &two.key)));
        let mut batch = fjall::OwnedWriteBatch::with_capacity(self.database.clone(), writes.len());
        batch = batch.durability(Some(PersistMode::SyncData));
        let bytes = writes.iter().map(size).sum();
        let large = if bytes < MUCH { Vec::new() } else { writes.iter().map(|one| (one.space, size(one))).collect() };
        for write in writes {
            let keyspace = self.keyspace(write.space);
            match write.value {
                Some(value) => batch.insert(keyspace, &write.key[..], &value[..]),
                None => batch.remove(keyspace, &write.key[..]),
            }
        }
        let done = self.wait_for_tables(bytes).and_then(|()| batch.commit()).and_then(|()| self.close_large(&large));
        done.map_err(|source| {
            let (path, files) = (self.path.clone(), has_no_files(&source, &self.path));
            let full = !files && is_full(&source, &path);
            let source = Box::new(source);
            match (files, full) {
                (true, _) => StoreError::TooManyFiles { path, source },
                (_, true) => StoreError::Full { path, source },
                _ => StoreError::Write { source },
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_much_is_written_what_was_written_before_is_in_tables() {
        let directory = tempfile::tempdir().unwrap();
        let store = FjallStore::open(&directory.path().join("store")).unwrap();
        let write = |number: u8, bytes: usize| {
            let key = Bytes::copy_from_slice(&[number]);
            store.commit(vec![Write { space: Space::State, key, value: Some(vec![number; bytes].into()) }]).unwrap();
        };
        let state = store.keyspace(Space::State);
        for number in 0..4 {
            write(2 * number, STATE_MEMTABLE_BYTES);
            write(2 * number + 1, MUCH);
            assert_eq!(state.sealed_memtable_count(), 0, "one memtable at most is on its way");
            assert!(state.table_count() >= 1 && store.written[Space::State as usize].load(Ordering::Relaxed) == MUCH);
            // It fills the next one with this.
            write(100 + number, STATE_MEMTABLE_BYTES);
        }
    }
}
