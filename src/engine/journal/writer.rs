// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Writing a journal: one process, one line at a time, each on the disk before the
//! next thing happens.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use super::error::{JournalError, file_error};
use super::head::Head;
use super::reader::{JournalReader, NOTHING_BEFORE, VERSION, digest};
use crate::engine::event::{Entry, Event, Line};

/// How often a lock that is held is tried, and the pause between.
const LOCK_ATTEMPTS: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// How far a clock may be behind the last entry: machines differ by that much.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

type Watch = Box<dyn Fn(&Entry)>;

/// The journal, open for writing by this process alone.
pub struct Journal {
    path: PathBuf,
    file: File,
    _lock: File,
    who: String,
    length: u64,
    next: u64,
    last_digest: String,
    last_at: Option<Timestamp>,
    watch: Watch,
}

impl Journal {
    /// Begins the journal at `path`, whose directory is made.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    pub fn create(path: &Path, who: &str) -> Result<Self, JournalError> {
        let directory = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory).map_err(|source| file_error("write", path, source))?;
        let lock = lock(path)?;
        if Self::is_begun(path)? {
            return Err(JournalError::Exists { path: path.to_owned() });
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .and_then(|file| File::open(directory)?.sync_all().map(|()| file))
            .map_err(|source| file_error("write", path, source))?;
        Ok(Self::over(path, file, lock, who, 0, 0, NOTHING_BEFORE.to_owned()))
    }

    /// Whether there is a journal at `path`: one with a line, or the head of one. An
    /// empty file is what an interruption of [`create`](Self::create) leaves.
    ///
    /// # Errors
    /// When its head cannot be read.
    pub fn is_begun(path: &Path) -> Result<bool, JournalError> {
        Ok(fs::metadata(path).is_ok_and(|data| data.len() > 0) || Head::read(path)?.is_some())
    }

    /// Whether there was a journal at `path` and none is left: its head says of lines
    /// that are in no file.
    ///
    /// # Errors
    /// When its head cannot be read.
    pub fn is_lost(path: &Path) -> Result<bool, JournalError> {
        Ok(fs::metadata(path).map_or(true, |data| data.len() == 0) && Head::read(path)?.is_some())
    }

    /// Puts the head of a journal that is lost aside, so that a new one can begin;
    /// gives where it is then.
    ///
    /// # Errors
    /// When another run has it open, or the head cannot be moved.
    pub fn give_up(path: &Path) -> Result<Option<PathBuf>, JournalError> {
        let _lock = lock(path)?;
        if fs::metadata(path).is_ok_and(|data| data.len() > 0) {
            return Err(JournalError::Exists { path: path.to_owned() });
        }
        Head::set_aside(path)
    }

    /// Opens the journal at `path` to go on with it. A torn last line is put
    /// aside beside it; its path is returned.
    ///
    /// # Errors
    /// When it cannot be read or written, or another process has it open.
    pub fn open(path: &Path, who: &str) -> Result<(Self, JournalReader, Option<PathBuf>), JournalError> {
        let lock = lock(path)?;
        let reader = JournalReader::open(path)?;
        let write = |source| file_error("write", path, source);
        let aside = match &reader.end.torn {
            None => None,
            Some(bytes) => {
                let aside = path.with_extension(format!("torn-{}", reader.entries.len()));
                let mut file = File::create(&aside).map_err(write)?;
                file.write_all(bytes).and_then(|()| file.sync_all()).map_err(write)?;
                match reader.entries.len() as u64 {
                    0 => Head::remove(path),
                    lines => Head { lines, digest: reader.end.last_digest.clone() }.write(path),
                }
                Some(aside)
            }
        };
        let mut file = OpenOptions::new().write(true).open(path).map_err(write)?;
        file.set_len(reader.end.whole_bytes).and_then(|()| file.seek(SeekFrom::End(0))).map_err(write)?;
        let next = reader.entries.len() as u64;
        let mut journal =
            Self::over(path, file, lock, who, reader.end.whole_bytes, next, reader.end.last_digest.clone());
        journal.last_at = reader.entries.iter().map(|entry| entry.at).max();
        Ok((journal, reader, aside))
    }

    fn over(path: &Path, file: File, lock: File, who: &str, length: u64, next: u64, last_digest: String) -> Self {
        let who = who.to_owned();
        let (path, watch) = (path.to_owned(), Box::new(|_: &Entry| {}));
        Self { path, file, _lock: lock, who, length, next, last_digest, last_at: None, watch }
    }

    /// From now on records as `who`.
    pub fn sign_as(&mut self, who: &str) {
        self.who = who.to_owned();
    }

    /// Has `watch` told of each entry once it is on the disk.
    pub fn watch(&mut self, watch: impl Fn(&Entry) + 'static) {
        self.watch = Box::new(watch);
    }

    /// Records an event; when this returns, it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or `at` is well before the last entry's time; the
    /// journal is then as it was before.
    pub fn append(
        &mut self,
        at: Timestamp,
        candidate: u32,
        step: Option<&str>,
        event: Event,
    ) -> Result<Entry, JournalError> {
        if let Some(last) = self.last_at.filter(|last| at.saturating_add(CLOCK_TOLERANCE).is_ok_and(|at| at < *last)) {
            return Err(JournalError::ClockBehind { path: self.path.clone(), now: at, last });
        }
        let data = RawValue::from_string(event.data().to_string()).expect("JSON is JSON");
        let line = Line {
            v: VERSION,
            seq: self.next,
            at,
            who: self.who.clone(),
            candidate,
            step: step.map(str::to_owned),
            event: event.name().into(),
            data: &data,
            previous: Cow::Borrowed(&self.last_digest),
        };
        let mut text = serde_json::to_string(&line).expect("a line is plain data");
        let line_digest = digest(text.as_bytes());
        text.push('\n');
        if let Err(source) = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data()) {
            // What was written in part must not stand before the next attempt.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(file_error("write", &self.path, source));
        }
        self.length += text.len() as u64;
        self.next += 1;
        self.last_digest = line_digest;
        self.last_at = self.last_at.max(Some(at));
        Head { lines: self.next, digest: self.last_digest.clone() }.write(&self.path);
        let entry =
            Entry { seq: self.next - 1, at, who: self.who.clone(), candidate, step: step.map(str::to_owned), event };
        (self.watch)(&entry);
        Ok(entry)
    }
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let lock_path = path.with_extension("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|source| file_error("write", &lock_path, source))?;
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            // A child that is just being started holds what its parent holds, for a moment.
            Err(TryLockError::WouldBlock) if attempt < LOCK_ATTEMPTS => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(file_error("write", &lock_path, source)),
        }
    }
    Ok(file)
}
