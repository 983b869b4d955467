// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails in a directory: one `mails/NNNN-<slug>.eml` for each that was accepted, in
//! the order of their coming, and `mails.mbox` with all of them.
//!
//! A mail that comes twice is kept twice, so that whoever looks can count. The
//! `.eml` files are the truth; the mbox is made anew from them at each start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use mail_parser::{Message, MessageParser};

/// Accepted mails in a directory; one store for a directory at a time.
#[derive(Debug)]
pub struct MailStore {
    directory: PathBuf,
    next: Mutex<u32>,
}

/// A mail of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Where it is.
    pub path: PathBuf,
    /// As it came over the wire, without dot stuffing.
    pub bytes: Vec<u8>,
}

impl MailStore {
    /// The store in `directory`, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(directory.join("mails"))?;
        let mails = read_mails(&directory)?;
        let last = mails.last().and_then(|mail| number(&mail.path)).unwrap_or(0);
        let mbox: Vec<u8> = mails.iter().flat_map(|mail| mbox_entry(&mail.bytes)).collect();
        write_whole(&directory.join("mails.mbox"), &mbox)?;
        Ok(Self { directory, next: Mutex::new(last + 1) })
    }

    /// Keeps `bytes`; when it returns, the mail is on the disk.
    ///
    /// # Errors
    /// When it could not be kept.
    pub fn add(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{:04}-{}.eml", *next, slug(bytes));
        let path = self.directory.join("mails").join(name);
        write_whole(&path, bytes)?;
        *next += 1;
        let mut mbox = OpenOptions::new().append(true).create(true).open(self.mbox())?;
        mbox.write_all(&mbox_entry(bytes))?;
        mbox.sync_all()?;
        Ok(path)
    }

    /// All mails, in the order of their coming.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn mails(&self) -> io::Result<Vec<StoredMail>> {
        read_mails(&self.directory)
    }

    /// The file with all mails in it (mboxrd).
    pub fn mbox(&self) -> PathBuf {
        self.directory.join("mails.mbox")
    }

    /// The directory that it was opened on.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

/// The mails under `directory`, in the order of their numbers.
pub(super) fn read_mails(directory: &Path) -> io::Result<Vec<StoredMail>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory.join("mails"))? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml") && number(path).is_some());
    paths.sort_by_key(|path| number(path));
    paths.into_iter().map(|path| Ok(StoredMail { bytes: fs::read(&path)?, path })).collect()
}

/// `bytes` as an entry of an mbox (mboxrd): a line `From …`, the mail with LF line
/// ends and with `>` before each of its lines that looks like such a line.
pub(super) fn mbox_entry(bytes: &[u8]) -> Vec<u8> {
    let mail = MessageParser::default().parse(bytes);
    let sender = mail.as_ref().and_then(author_address).unwrap_or_else(|| "unknown@localhost".to_owned());
    let date = mail.as_ref().and_then(Message::date).map_or(0, mail_parser::DateTime::to_timestamp);
    let date = jiff::Timestamp::from_second(date).unwrap_or_default().strftime("%a %b %e %H:%M:%S %Y");
    let mut entry = format!("From {sender} {date}\n").into_bytes();
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let unquoted = line.iter().position(|byte| *byte != b'>').map_or(&b""[..], |start| &line[start..]);
        if unquoted.starts_with(b"From ") {
            entry.push(b'>');
        }
        entry.extend_from_slice(line);
        entry.push(b'\n');
    }
    entry.push(b'\n');
    entry
}

/// The address in From.
pub(super) fn author_address(mail: &Message<'_>) -> Option<String> {
    mail.from()?.first()?.address().map(str::to_owned)
}

/// Written beside its place and moved there: whole or not at all, and lasting.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(parent)?.sync_all()
}

fn number(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.split_once('-')?.0.parse().ok()
}

/// A word for the file's name, from the subject: "vote-release-3-4-0".
fn slug(bytes: &[u8]) -> String {
    let mail = MessageParser::default().parse(bytes);
    let subject = mail.as_ref().and_then(Message::subject).unwrap_or("");
    let words = subject.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").to_ascii_lowercase().chars().take(60).collect();
    if slug.is_empty() { "no-subject".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"From: Ann <ann@example.org>\r\nDate: Sat, 21 Nov 2026 09:30:00 +0000\r\nSubject: [VOTE] Release 3.4.0\r\n\r\nFrom here\r\n>From there\r\n";

    #[test]
    fn mails_are_numbered_kept_twice_and_counted_on_after_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let store = MailStore::open(place.path()).unwrap();
        assert!(store.add(MAIL).unwrap().ends_with("mails/0001-vote-release-3-4-0.eml"));
        assert!(store.add(MAIL).unwrap().ends_with("mails/0002-vote-release-3-4-0.eml"));
        let before = fs::read(store.mbox()).unwrap();
        let store = MailStore::open(place.path()).unwrap();
        assert_eq!(fs::read(store.mbox()).unwrap(), before);
        assert!(store.add(b"\r\n").unwrap().ends_with("mails/0003-no-subject.eml"));
        let mails = store.mails().unwrap();
        assert_eq!(mails.len(), 3);
        assert_eq!(mails[1].bytes, MAIL);
    }

    #[test]
    fn an_mbox_quotes_lines_that_look_like_its_own() {
        assert_eq!(
            String::from_utf8(mbox_entry(MAIL)).unwrap(),
            "From ann@example.org Sat Nov 21 09:30:00 2026\nFrom: Ann <ann@example.org>\nDate: Sat, 21 Nov 2026 09:30:00 +0000\nSubject: [VOTE] Release 3.4.0\n\n>From here\n>>From there\n\n"
        );
    }
}
