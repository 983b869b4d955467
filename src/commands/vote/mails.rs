// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mails of a vote: from a file, a directory, or the archive.

use std::path::Path;

use crate::commands::CommandError;
use crate::governance::LeftOut;
use crate::mail::reading::{self, Selection, SourceError, TWICE, ThreadRead, read_bytes, read_thread};
use crate::services::PonyMail;
use crate::ui::ExitCode;

/// What a person does who gave something that holds no mails.
const EXPECTED: &str = "give an mbox file, as archives and mail programs export one, or a directory of mails (.eml)";

/// The thread that `selection` means, of a file or directory of mails.
///
/// # Errors
/// When they cannot be read, or there is none, or not the one that is wanted.
pub fn from_files(path: &Path, selection: Selection<'_>) -> Result<ThreadRead, CommandError> {
    let read = read_thread(path, selection).map_err(|error: SourceError| {
        CommandError::from_error(
            ExitCode::Usage,
            &error,
            "give an mbox file, or a directory of mails, that you may read",
        )
    })?;
    if read.mails == 0 {
        return Err(CommandError::usage(
            format!("no mail is in {}: {}", path.display(), what_it_is(path, &read)),
            EXPECTED,
        ));
    }
    if let (Selection::Message(id), true) = (selection, read.statements.is_empty()) {
        return Err(CommandError::usage(
            format!("none of the {} mails in {} is the one that opened the vote, <{id}>", read.mails, path.display()),
            "give the mails of the vote's own thread, from its first on",
        ));
    }
    Ok(read)
}

/// The thread at an address of the archive.
///
/// # Errors
/// When it is none, or the archive cannot be asked or does not have it.
pub fn from_archive(url: &str) -> Result<ThreadRead, CommandError> {
    let Some((base, id)) = PonyMail::place_of(url) else {
        return Err(CommandError::usage(
            format!("{url} is no address of a thread"),
            "give the address where the archive shows it: https://lists.apache.org/thread/…",
        ));
    };
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = PonyMail::new(&base).thread(&id).map_err(|error| {
        CommandError::from_error(ExitCode::Service, &error, "give the command again; asking changes nothing")
    })?;
    let thread = found.ok_or_else(|| {
        CommandError::usage(format!("the archive at {base} has no thread {id}"), "see whether the address opens")
    })?;
    let first = if thread.first.is_empty() { Selection::LargestVote } else { Selection::Message(&thread.first) };
    let mut read = read_bytes(&thread.mbox, first);
    if !thread.missing.is_empty() {
        return Err(CommandError::new(
            ExitCode::Service,
            format!("the archive at {base} does not give the thread whole: {}", thread.missing.join("; ")),
            "what is missing could be a vote: ask again later, or give the mails as a file (--mbox)",
        ));
    }
    // The archive is asked for each mail by two ways.
    read.left_out.retain(|left| !left.why.starts_with(TWICE));
    Ok(read)
}

/// What there is in the place of mails.
fn what_it_is(path: &Path, read: &ThreadRead) -> String {
    if path.is_dir() {
        return match read.left_out.len() {
            0 => "no file in the directory has a mail's name (.eml, .mbox, .mbx, .msg)".to_owned(),
            1 => "its one file of mails has none".to_owned(),
            files => format!("its {files} files of mails have none"),
        };
    }
    let bytes = std::fs::read(path).unwrap_or_default();
    let start = &bytes[..bytes.len().min(8000)];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        "the file is empty".to_owned()
    } else if start.contains(&0) || start.iter().filter(|byte| byte.is_ascii_control()).count() > start.len() / 4 {
        "the file is no text".to_owned()
    } else {
        "the file does not begin with the headers of a mail (From:, Date:, Subject:), nor does any line `From ` in it \
         lead to some"
            .to_owned()
    }
}

/// A mail that could not be read.
pub fn unread(left: reading::LeftOut) -> LeftOut {
    LeftOut { message_id: left.mail, from: String::new(), at: None, line: String::new(), why: left.why }
}
