// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate hash`: SHA-512 digests, written and checked as `sha512sum` does.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use crate::release::{FileDigest, Sha512, checksum_file, digest_line, on_one_line, stands_beside};
use crate::ui::{ExitCode, Style};
use crate::verify::checksum::{self, Entry};

/// The most that is read of a list; the largest that is taken is smaller.
const LIST_BYTES: u64 = 2 << 20;

/// Prints the SHA-512 of files, in sha512sum's format.
///
/// With --write each digest goes into FILE.sha512 beside its file, as release
/// policies want it; signatures and digests among the files are left out. With --check
/// the files are digest files, and each file that one names is read and compared: exit
/// code 1 where one is not as it says, or a line is none; 2 where a list cannot be read
/// and all else holds.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files; with --check, the files with their digests.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write FILE.sha512 beside each file, and print nothing.
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Compare the files with the digests.
    #[arg(long, short)]
    check: bool,
    /// Print JSON.
    #[arg(long, conflicts_with = "write")]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    if args.check {
        return check(environment, &args.files, args.json);
    }
    let files = match args.write {
        true => artifacts(environment, &args.files)?,
        false => args.files.iter().collect(),
    };
    let mut digests = Vec::new();
    let computed: Vec<_> = files.par_iter().map(|path| refuse_odd_name(path).and_then(|()| digest(path))).collect();
    // One that cannot be had keeps none of the others back; the last is told with what to do.
    let mut useless: Option<CommandError> = None;
    let mut tell = |error| {
        if let Some(before) = useless.replace(error) {
            environment.ui.warn(&before.what);
        }
    };
    for (path, digest) in files.into_iter().zip(computed) {
        let digest = match digest {
            Ok(digest) => digest,
            Err(error) => {
                tell(error);
                continue;
            }
        };
        match args.write {
            true => write(environment, path, &digest)?,
            // As the user named it, so that `sha512sum --check` finds it from here.
            false if args.json => digests.push(serde_json::json!({
                "path": path, "bytes": digest.bytes, "sha512": digest.sha512,
            })),
            false => environment.ui.line(&digest_line(&digest.sha512, &path.to_string_lossy())),
        }
    }
    if args.json {
        environment.ui.json(&digests);
    }
    useless.map_or(Ok(ExitCode::Done), Err)
}

/// Those of the files that have a digest beside them: no signature and no digest.
fn artifacts<'a>(environment: &Environment, files: &'a [PathBuf]) -> Result<Vec<&'a PathBuf>, CommandError> {
    let (beside, artifacts): (Vec<&PathBuf>, Vec<&PathBuf>) =
        files.iter().partition(|path| stands_beside(&path.to_string_lossy()));
    for path in beside {
        environment.ui.warn(&format!("{} stands beside an artifact, and gets no digest itself", path.display()));
    }
    if artifacts.is_empty() {
        let hint = "name the artifacts: signatures and digests get no digests";
        return Err(CommandError::usage("there is nothing to be written", hint));
    }
    Ok(artifacts)
}

/// Refuses a name that no list of digests, and no JSON, can hold as it is.
fn refuse_odd_name(path: &Path) -> Result<(), CommandError> {
    if path.to_str().is_some() {
        return Ok(());
    }
    let what = format!("the name {} is no UTF-8", path.display());
    Err(CommandError::usage(what, "rename it: a list of digests would not find it again on every system"))
}

fn digest(path: &Path) -> Result<FileDigest, CommandError> {
    let failed = |error: io::Error| {
        CommandError::usage(
            format!("cannot read {}: {error}", path.display()),
            "name files that are there and yours to read",
        )
    };
    let file = regular(path).map_err(failed)?;
    let (sha512, bytes) = Sha512::of_reader(file).map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(FileDigest { name, bytes, sha512 })
}

/// The file at `path`; a pipe or a device would be waited for, or never end.
fn regular(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    File::open(path)
}

fn write(environment: &Environment, path: &Path, digest: &FileDigest) -> Result<(), CommandError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sha512");
    let beside = PathBuf::from(beside);
    refuse_link(&beside)?;
    fs::write(&beside, checksum_file(digest)).map_err(|error| {
        CommandError::new(
            ExitCode::Service,
            format!("cannot write {}: {error}", beside.display()),
            "make its directory writable, or leave out --write and redirect the output",
        )
    })?;
    environment.ui.say(&format!("wrote {}", beside.display()));
    Ok(())
}

/// Refuses to write through a symbolic link: what it leads to may be anything.
///
/// # Errors
/// When there is one.
pub fn refuse_link(path: &Path) -> Result<(), CommandError> {
    if fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink()) {
        let what = format!("{} is a symbolic link, and nothing is written through it", path.display());
        return Err(CommandError::usage(what, "remove the link, or look at what it leads to"));
    }
    Ok(())
}

/// What became of one entry.
#[derive(Debug, Serialize)]
struct Compared {
    path: PathBuf,
    holds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

fn check(environment: &Environment, lists: &[PathBuf], json: bool) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    lists.iter().try_for_each(|list| refuse_odd_name(list))?;
    let (mut compared, mut unread, mut useless) = (Vec::new(), Vec::new(), None);
    for list in lists {
        let (entries, faults) = match entries(list) {
            Ok(read) => read,
            // the others are compared all the same
            Err(error) => {
                useless.get_or_insert(error);
                continue;
            }
        };
        compared.extend(entries.par_iter().map(|entry| compare(list, entry)).collect::<Vec<_>>());
        unread.extend(faults);
    }
    let wrong = compared.iter().filter(|each| !each.holds).count();
    let passed = wrong == 0 && unread.is_empty() && useless.is_none();
    if compared.is_empty()
        && let Some(error) = useless
    {
        return Err(error);
    }
    if json {
        ui.json(&serde_json::json!({"passed": passed, "files": compared, "unread": unread}));
    } else {
        for each in &compared {
            let said = match &each.why {
                None => ui.paint("OK", Style::Good),
                Some(why) => ui.paint(&format!("FAILED{why}"), Style::Bad),
            };
            ui.line(&format!("{}: {said}", on_one_line(&each.path.to_string_lossy())));
        }
    }
    unread.iter().for_each(|fault| ui.warn(fault));
    if wrong > 0 {
        ui.warn(&format!("{wrong} of {} files are not as their digest says", compared.len()));
    }
    match useless {
        // that a file was changed is the graver word
        Some(error) if wrong > 0 || !unread.is_empty() => ui.warn(&error.what),
        Some(error) => return Err(error),
        None => {}
    }
    Ok(if passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

/// The entries of a file with digests, and what is wrong with each line that is none.
fn entries(list: &Path) -> Result<(Vec<Entry>, Vec<String>), CommandError> {
    let wrong = |fault: String| {
        let hint = "--check takes files with SHA-512 digests: FILE.sha512, in any form in use; `sha256sum --check` and \
                    the like compare others";
        CommandError::usage(fault, hint)
    };
    let mut bytes = Vec::new();
    let read = File::open(list).and_then(|file| file.take(LIST_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| wrong(format!("cannot read {}: {error}", list.display())))?;
    let lines = checksum::lines(&bytes).map_err(|fault| wrong(format!("{}: {fault}", list.display())))?;
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    for line in lines {
        match line.and_then(of_sha512) {
            Ok(entry) => entries.push(entry),
            Err(fault) => faults.push(format!("{}: {fault}", list.display())),
        }
    }
    match faults.first() {
        Some(fault) if entries.is_empty() => Err(wrong(fault.clone())),
        _ => Ok((entries, faults)),
    }
}

fn of_sha512(entry: Entry) -> Result<Entry, String> {
    let named = entry.algorithm.as_deref().is_none_or(|name| name == "SHA512");
    if entry.digest.len() == 128 && named {
        return Ok(entry);
    }
    Err(format!("{}… is no SHA-512", &entry.digest[..entry.digest.len().min(16)]))
}

fn compare(list: &Path, entry: &Entry) -> Compared {
    // Where no name stands beside the digest, the list's own name says whose it is.
    let own = list.file_stem().unwrap_or_default().to_string_lossy();
    let name = entry.name.as_deref().unwrap_or(&own);
    let at = |name: &str| list.parent().unwrap_or(Path::new("")).join(name);
    // Blanks around a name are a part of it where there is such a file.
    let path = if at(name).exists() { at(name) } else { at(name.trim()) };
    let why = match digest(&path) {
        Ok(found) if found.sha512.as_str() == entry.digest => None,
        Ok(_) => Some(String::new()),
        Err(_) => Some(": it cannot be read".to_owned()),
    };
    Compared { path, holds: why.is_none(), why }
}
