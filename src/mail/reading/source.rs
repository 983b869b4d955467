// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where mails lie: an mbox file, a directory of mails, one mail.

use std::path::{Path, PathBuf};

use memchr::{memchr, memmem};

/// How deep directories in directories are looked into.
const DEPTH: usize = 4;

/// Why nothing could be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file or directory.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A file of mails, or what is wrong with it.
pub(super) struct Blob {
    /// Its name, for a person.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it can hold several mails.
    pub many: bool,
}

/// Files of mails, and names of those that cannot be read, with the reason.
pub(super) type Loaded = (Vec<Blob>, Vec<(String, String)>);

/// All files of mails at `path`, in the order of their names, and those that cannot be read.
pub(super) fn load(path: &Path) -> Result<Loaded, SourceError> {
    let fails = |source| SourceError::Unreadable { path: path.to_owned(), source };
    if !std::fs::metadata(path).map_err(fails)?.is_dir() {
        let bytes = std::fs::read(path).map_err(fails)?;
        return Ok((vec![blob(path, bytes)], Vec::new()));
    }
    let mut files = Vec::new();
    collect(path, DEPTH, &mut files).map_err(fails)?;
    files.sort();
    let mut blobs = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => blobs.push(blob(&file, bytes)),
            Err(error) => faults.push((file.display().to_string(), format!("the file cannot be read: {error}"))),
        }
    }
    Ok((blobs, faults))
}

fn blob(path: &Path, bytes: Vec<u8>) -> Blob {
    // the first line that parts mails can be missing, or have something before it
    let start = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes).trim_ascii_start();
    let many = start.starts_with(b"From ") || mails_of(&bytes).len() > 1;
    Blob { name: path.display().to_string(), bytes, many }
}

/// Files with a mail's or an mbox' name; in a maildir all.
fn collect(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let maildir = directory.file_name().is_some_and(|name| name == "cur" || name == "new");
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files)?;
            }
        } else {
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            if maildir
                || extension
                    .is_some_and(|extension| matches!(extension.as_str(), "eml" | "mbox" | "mbx" | "msg" | "mail"))
            {
                files.push(path);
            }
        }
    }
    Ok(())
}

/// The mails of an mbox, as ranges; with what stands before the first.
///
/// A line `From …` parts two mails only where headers follow it: archives forget to escape
/// such lines in bodies.
pub(super) fn mails_of(mbox: &[u8]) -> Vec<(Option<&[u8]>, &[u8])> {
    let mbox = mbox.strip_prefix(BYTE_ORDER_MARK).unwrap_or(mbox);
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let candidates = std::iter::once(0).chain(memmem::find_iter(mbox, b"\nFrom ").map(|at| at + 1));
    for at in candidates.filter(|at| mbox[*at..].starts_with(b"From ")) {
        let end = memchr(b'\n', &mbox[at..]).map_or(mbox.len(), |length| at + length + 1);
        let blank_before = at == 0 || mbox[..at].ends_with(b"\n\n") || mbox[..at].ends_with(b"\n\r\n") || at == 1;
        if parts(&mbox[at..end], blank_before, &mbox[end..]) {
            starts.push((at, end));
        }
    }
    let mut found = Vec::new();
    if starts.first().is_none_or(|(first, _)| mbox[..*first].iter().any(|byte| !byte.is_ascii_whitespace())) {
        let end = starts.first().map_or(mbox.len(), |(first, _)| *first);
        // blank lines before its headers are no part of a mail
        found.push((None, mbox[..end].trim_ascii_start()));
    }
    for (index, (line, body)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(mbox.len(), |(next, _)| *next);
        found.push((Some(&mbox[*line..*body]), &mbox[*body..end]));
    }
    found
}

/// What some programs put before a text that they save.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a `From ` line begins a mail.
fn parts(line: &[u8], blank_before: bool, behind: &[u8]) -> bool {
    let clock = line.windows(3).any(|piece| piece[0].is_ascii_digit() && piece[1] == b':' && piece[2].is_ascii_digit());
    (blank_before || clock) && has_headers(behind)
}

/// Whether `bytes` begin with headers, one of them one that every mail has.
pub(super) fn has_headers(bytes: &[u8]) -> bool {
    let mut known = false;
    let mut first = true;
    for line in bytes.split(|byte| *byte == b'\n').take(400) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let folded = matches!(line[0], b' ' | b'\t') && !first;
        let escaped_from = line.starts_with(b">From ") && first;
        let name = memchr(b':', line).map(|colon| &line[..colon]);
        let named = name.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic()));
        if !folded && !named && !escaped_from {
            return known && !first;
        }
        first = false;
        known |= name.is_some_and(|name| {
            [
                "from",
                "date",
                "message-id",
                "received",
                "subject",
                "return-path",
                "delivered-to",
                "to",
                "mime-version",
                "x-mailer",
            ]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        });
        if known {
            return true;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_from_line_in_a_body_parts_nothing() {
        let mbox = b"From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b\nSubject: x\n\nFrom here it goes on\n\nFrom there too\nand on\n\nFrom c@d Mon Jan  1 00:00:00 2024\nFrom: c@d\n\nbody\n";
        let mails = mails_of(mbox);
        assert_eq!(mails.len(), 2);
        assert!(mails[0].1.ends_with(b"and on\n\n"));
    }

    #[test]
    fn what_stands_before_the_first_mail_is_not_lost() {
        assert_eq!(mails_of(b"Subject: x\n\nbody\n").len(), 1);
        assert_eq!(mails_of(b"").len(), 1);
        let rest = b"From c@d Mon Jan  1 00:00:00 2024\nFrom: c@d\n\nbody\n";
        let found =
            mails_of(b"\n\nSubject: x\nFrom: a@b\n\nbody\n\nFrom c@d Mon Jan  1 00:00:00 2024\nFrom: c@d\n\nbody\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], (None, &b"Subject: x\nFrom: a@b\n\nbody\n\n"[..]));
        assert_eq!(mails_of(&[b"Subject: x\nFrom: a@b\n\nbody\n\n", &rest[..]].concat()).len(), 2);
    }

    #[test]
    fn a_mark_of_the_byte_order_is_no_part_of_the_first_mail() {
        let mbox = b"\xef\xbb\xbfFrom a@b Mon Jan  1 00:00:00 2024\nFrom: a@b\n\nbody\n";
        assert_eq!(mails_of(mbox), [(Some(&b"From a@b Mon Jan  1 00:00:00 2024\n"[..]), &b"From: a@b\n\nbody\n"[..])]);
    }
}
