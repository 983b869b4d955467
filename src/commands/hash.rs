// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate hash`: SHA-512 digests, written and checked as `sha512sum` does.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use crate::release::{FileDigest, Sha512, checksum_file};
use crate::ui::{ExitCode, Style};
use crate::verify::checksum::{self, Entry};

/// Prints the SHA-512 of files, in sha512sum's format.
///
/// With --write each digest goes into FILE.sha512 beside its file, as release
/// policies want it. With --check the files are digest files, and each file that one
/// names is read and compared: exit code 1 where one is not as it says.
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
    let mut digests = Vec::new();
    let computed: Vec<_> = args.files.par_iter().map(|path| digest(path)).collect();
    for (path, digest) in args.files.iter().zip(computed) {
        let digest = digest?;
        match args.write {
            true => write(environment, path, &digest)?,
            // As the user named it, so that `sha512sum --check` finds it from here.
            false if args.json => digests.push(serde_json::json!({
                "path": path, "bytes": digest.bytes, "sha512": digest.sha512,
            })),
            false => environment.ui.line(&format!("{}  {}", digest.sha512, path.display())),
        }
    }
    if args.json {
        environment.ui.json(&digests);
    }
    Ok(ExitCode::Done)
}

fn digest(path: &Path) -> Result<FileDigest, CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::usage(
            format!("cannot read {}: {error}", path.display()),
            "name files that are there and yours to read",
        )
    };
    let file = File::open(path).map_err(failed)?;
    let (sha512, bytes) = Sha512::of_reader(file).map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(FileDigest { name, bytes, sha512 })
}

fn write(environment: &Environment, path: &Path, digest: &FileDigest) -> Result<(), CommandError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sha512");
    let beside = PathBuf::from(beside);
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
    let mut compared = Vec::new();
    for list in lists {
        let of_list: Vec<_> = entries(list)?.par_iter().map(|entry| compare(list, entry)).collect();
        compared.extend(of_list.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    let wrong = compared.iter().filter(|each| !each.holds).count();
    if json {
        ui.json(&serde_json::json!({"passed": wrong == 0, "files": compared}));
    } else {
        for each in &compared {
            let said = match &each.why {
                None => ui.paint("OK", Style::Good),
                Some(why) => ui.paint(&format!("FAILED{why}"), Style::Bad),
            };
            ui.line(&format!("{}: {said}", each.path.display()));
        }
    }
    if wrong > 0 {
        ui.warn(&format!("{wrong} of {} files are not as their digest says", compared.len()));
        return Ok(ExitCode::DoesNotHold);
    }
    Ok(ExitCode::Done)
}

/// The entries of a file with digests.
fn entries(list: &Path) -> Result<Vec<Entry>, CommandError> {
    let hint = "--check takes files with SHA-512 digests: FILE.sha512, in any form in use";
    let bytes = fs::read(list)
        .map_err(|error| CommandError::usage(format!("cannot read {}: {error}", list.display()), hint))?;
    checksum::entries(&bytes).map_err(|fault| CommandError::usage(format!("{}: {fault}", list.display()), hint))
}

fn compare(list: &Path, entry: &Entry) -> Result<Compared, CommandError> {
    let sha512 = entry.digest.len() == 128 && entry.algorithm.as_deref().is_none_or(|name| name == "SHA512");
    if !sha512 {
        return Err(CommandError::usage(
            format!("{}: {}… is no SHA-512", list.display(), &entry.digest[..entry.digest.len().min(16)]),
            "other digests are to be compared by their own tools: sha256sum --check",
        ));
    }
    // Where no name stands beside the digest, the list's own name says whose it is.
    let own = list.file_stem().unwrap_or_default().to_string_lossy();
    let path = list.parent().unwrap_or(Path::new("")).join(entry.name.as_deref().unwrap_or(&own));
    let why = match digest(&path) {
        Ok(found) if found.sha512.as_str() == entry.digest => None,
        Ok(_) => Some(String::new()),
        Err(_) => Some(": it cannot be read".to_owned()),
    };
    Ok(Compared { path, holds: why.is_none(), why })
}
