// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The journal: append-only JSON Lines, each line bound to the one before by its
//! SHA-512, synced before anything that depends on it happens, one writer.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::value::RawValue;
use sha2::{Digest, Sha512};

use super::event::{Entry, Event, Line};

/// The journal's version.
const VERSION: u32 = 1;

/// What the first line names as the digest of the line before.
const NOTHING_BEFORE: &str = "";

/// A journal that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file or its directory cannot be used.
    #[error("cannot {doing} the journal {}", path.display())]
    File {
        /// "read", "write".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another run is writing.
    #[error("another run of this program is at work on {}", path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// A line is none that this program writes.
    #[error("{}:{line}: this is no line of a journal: {why}", path.display())]
    Malformed {
        /// Where.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A line was changed, added or removed after it was written.
    #[error("{}:{line}: the chain is broken: line {before} is not what it was when line {line} was written", path.display())]
    Chain {
        /// Where.
        path: PathBuf,
        /// The line whose link does not fit; counts from 1.
        line: usize,
        /// The line before it.
        before: usize,
    },
    /// The journal was written by a later program.
    #[error("{}:{line}: the journal has version {found}; this program knows version {VERSION}", path.display())]
    Version {
        /// Where.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// The version found.
        found: u32,
    },
    /// There is a journal already.
    #[error("there is a journal already: {}", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
}

impl JournalError {
    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => {
                "check that the directory exists, is yours and has room; nothing was lost, and the same command can be given again"
            }
            Self::Busy { .. } => {
                "wait for it to end, or end it; `quorate status` and `quorate log` can be used meanwhile"
            }
            Self::Malformed { .. } | Self::Chain { .. } => {
                "nothing is read from a journal that was edited; restore it from a copy (the steps that are done can be proved again from the services)"
            }
            Self::Version { .. } => "use the program that wrote it, or a later one",
            Self::Exists { .. } => "go on with it by `quorate status` and `quorate run`",
        }
    }
}

/// All entries of a journal, without the right to write.
#[derive(Debug)]
pub struct JournalReader {
    /// The entries in order.
    pub entries: Vec<Entry>,
    /// The bytes of a torn last line, which count for nothing.
    pub torn: Option<Vec<u8>>,
    last_digest: String,
    whole_bytes: u64,
}

impl JournalReader {
    /// Reads the journal at `path`.
    ///
    /// # Errors
    /// When it cannot be read, a line is malformed, or the chain is broken. A last
    /// line that was torn by an interruption is no error.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let bytes = fs::read(path).map_err(|source| file_error("read", path, source))?;
        let mut reader =
            Self { entries: Vec::new(), torn: None, last_digest: NOTHING_BEFORE.to_owned(), whole_bytes: 0 };
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                reader.torn = Some(rest.to_vec());
                break;
            };
            reader.take(path, &rest[..end])?;
            reader.whole_bytes += end as u64 + 1;
            rest = &rest[end + 1..];
        }
        Ok(reader)
    }

    fn take(&mut self, path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
        let number = self.entries.len() + 1;
        let malformed = |why: String| JournalError::Malformed { path: path.to_owned(), line: number, why };
        let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let line: Line<'_> = match serde_json::from_str(text) {
            Ok(line) => line,
            Err(error) => {
                let version = serde_json::from_str::<serde_json::Value>(text)
                    .ok()
                    .and_then(|value| u32::try_from(value.get("v")?.as_u64()?).ok());
                return Err(match version {
                    Some(found) if found != VERSION => {
                        JournalError::Version { path: path.to_owned(), line: number, found }
                    }
                    _ => malformed(error.to_string()),
                });
            }
        };
        if line.v != VERSION {
            return Err(JournalError::Version { path: path.to_owned(), line: number, found: line.v });
        }
        if line.previous != self.last_digest {
            return Err(JournalError::Chain { path: path.to_owned(), line: number, before: number - 1 });
        }
        if line.seq != number as u64 - 1 {
            return Err(malformed(format!("seq is {}, expected {}", line.seq, number - 1)));
        }
        let event = Event::parse(&line.event, line.data)
            .ok_or_else(|| malformed(format!("unknown event `{}`", line.event)))?
            .map_err(|error| malformed(format!("{}: {error}", line.event)))?;
        let Line { seq, at, who, candidate, step, .. } = line;
        self.entries.push(Entry { seq, at, who, candidate, step, event });
        self.last_digest = digest(bytes);
        Ok(())
    }
}

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
        if fs::metadata(path).is_ok_and(|data| data.len() > 0) {
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

    /// Opens the journal at `path` to go on with it. A torn last line is put
    /// aside beside it; its path is returned.
    ///
    /// # Errors
    /// When it cannot be read or written, or another process has it open.
    pub fn open(path: &Path, who: &str) -> Result<(Self, JournalReader, Option<PathBuf>), JournalError> {
        let lock = lock(path)?;
        let reader = JournalReader::open(path)?;
        let write = |source| file_error("write", path, source);
        let aside = match &reader.torn {
            None => None,
            Some(bytes) => {
                let aside = path.with_extension(format!("torn-{}", reader.entries.len()));
                let mut file = File::create(&aside).map_err(write)?;
                file.write_all(bytes).and_then(|()| file.sync_all()).map_err(write)?;
                Some(aside)
            }
        };
        let mut file = OpenOptions::new().write(true).open(path).map_err(write)?;
        file.set_len(reader.whole_bytes).and_then(|()| file.seek(SeekFrom::End(0))).map_err(write)?;
        let next = reader.entries.len() as u64;
        let journal = Self::over(path, file, lock, who, reader.whole_bytes, next, reader.last_digest.clone());
        Ok((journal, reader, aside))
    }

    fn over(path: &Path, file: File, lock: File, who: &str, length: u64, next: u64, last_digest: String) -> Self {
        let who = who.to_owned();
        Self { path: path.to_owned(), file, _lock: lock, who, length, next, last_digest, watch: Box::new(|_| {}) }
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
    /// When it cannot be written; the journal is then as it was before.
    pub fn append(
        &mut self,
        at: Timestamp,
        candidate: u32,
        step: Option<&str>,
        event: Event,
    ) -> Result<Entry, JournalError> {
        let data = RawValue::from_string(event.data().to_string()).expect("JSON is JSON");
        let line = Line {
            v: VERSION,
            seq: self.next,
            at,
            who: self.who.clone(),
            candidate,
            step: step.map(str::to_owned),
            event: event.name().to_owned(),
            data: &data,
            previous: self.last_digest.clone(),
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
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Busy { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(file_error("write", &lock_path, source)),
    }
}

fn file_error(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
    JournalError::File { doing, path: path.to_owned(), source }
}

fn digest(bytes: &[u8]) -> String {
    Sha512::digest(bytes).iter().fold(String::with_capacity(128), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn journal_of(events: usize) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let mut journal = Journal::create(&path, "ann").unwrap();
        for number in 0..events {
            let event = Event::StepAttested { note: format!("note {number}, with\nlines and \"quotes\"") };
            journal.append(at(number as i64), 1, Some("decide"), event).unwrap();
        }
        (directory, path)
    }

    #[test]
    fn what_was_written_is_read_back() {
        let (_directory, path) = journal_of(3);
        let reader = JournalReader::open(&path).unwrap();
        assert_eq!(reader.entries.len(), 3);
        assert_eq!(reader.entries[2].at, at(2));
        assert_eq!(reader.entries[2].step.as_deref(), Some("decide"));
        assert!(reader.torn.is_none());
    }

    #[test]
    fn a_torn_last_line_is_set_aside_and_the_rest_goes_on() {
        let (_directory, path) = journal_of(3);
        let bytes = fs::read(&path).unwrap();
        for cut in [1, 2, 40, 150] {
            fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
            assert!(JournalReader::open(&path).unwrap().torn.is_some());
            let (mut journal, reader, aside) = Journal::open(&path, "bob").unwrap();
            assert_eq!(reader.entries.len(), 2);
            assert_eq!(fs::read(aside.unwrap()).unwrap(), reader.torn.unwrap());
            journal.append(at(9), 1, None, Event::StepResumed {}).unwrap();
            drop(journal);
            let again = JournalReader::open(&path).unwrap();
            assert_eq!((again.entries.len(), again.torn), (3, None));
        }
    }

    #[test]
    fn an_edited_removed_or_moved_line_breaks_the_chain() {
        let (_directory, path) = journal_of(4);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let edits = [
            text.replacen("note 1", "note 7", 1),
            format!("{}\n{}\n{}\n", lines[0], lines[2], lines[3]),
            format!("{}\n{}\n{}\n{}\n", lines[0], lines[2], lines[1], lines[3]),
            format!("{}\n", lines[1]),
        ];
        for edited in edits {
            fs::write(&path, edited).unwrap();
            assert!(matches!(JournalReader::open(&path), Err(JournalError::Chain { .. })));
            assert!(Journal::open(&path, "ann").is_err());
        }
    }

    #[test]
    fn another_version_an_unknown_event_and_garbage_are_told_apart() {
        let (_directory, path) = journal_of(1);
        let text = fs::read_to_string(&path).unwrap();
        let cases = [
            (text.replacen("\"v\":1", "\"v\":2", 1), "version 2"),
            (text.replacen("\"v\":1", "\"v\":2,\"new\":0", 1), "version 2"),
            (text.replacen("step-attested", "step-imagined", 1), "unknown event"),
            (text.replacen("\"note\":", "\"nota\":", 1), "unknown field"),
            ("not json\n".to_owned(), "no line of a journal"),
            ("\n".to_owned(), "no line of a journal"),
        ];
        for (edited, expected) in cases {
            fs::write(&path, &edited).unwrap();
            let error = JournalReader::open(&path).unwrap_err().to_string();
            assert!(error.contains(expected), "{edited}: {error}");
        }
    }

    #[test]
    fn a_second_writer_is_refused_and_a_reader_is_not() {
        let (_directory, path) = journal_of(1);
        let (journal, ..) = Journal::open(&path, "ann").unwrap();
        assert!(matches!(Journal::open(&path, "bob"), Err(JournalError::Busy { .. })));
        assert_eq!(JournalReader::open(&path).unwrap().entries.len(), 1);
        drop(journal);
        Journal::open(&path, "bob").unwrap();
    }

    #[test]
    fn a_journal_is_not_begun_twice() {
        let (_directory, path) = journal_of(1);
        assert!(matches!(Journal::create(&path, "ann"), Err(JournalError::Exists { .. })));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("journal.jsonl");
            fs::write(&path, &bytes).unwrap();
            if let Ok(reader) = JournalReader::open(&path) {
                proptest::prop_assert!(reader.entries.is_empty());
            }
        }
    }
}
