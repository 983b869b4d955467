// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate hash`: SHA-512 digests, written and checked as `sha512sum` does.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::CommandError;
use super::environment::Environment;
use crate::release::{FileDigest, Sha512, checksum_file};
use crate::ui::{ExitCode, Style};

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
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    if args.check {
        return check(environment, &args.files);
    }
    for path in &args.files {
        let digest = digest(path)?;
        match args.write {
            true => write(environment, path, &digest)?,
            // As the user named it, so that `sha512sum --check` finds it from here.
            false => environment.ui.line(&format!("{}  {}", digest.sha512, path.display())),
        }
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

fn check(environment: &Environment, lists: &[PathBuf]) -> Result<ExitCode, CommandError> {
    let (mut compared, mut wrong) = (0, 0);
    for list in lists {
        let text = fs::read_to_string(list).map_err(|error| {
            CommandError::usage(
                format!("cannot read {}: {error}", list.display()),
                "--check takes files with digests: FILE.sha512",
            )
        })?;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (expected, path) = entry(list, line).ok_or_else(|| {
                CommandError::usage(
                    format!("{}:{}: this is no line of sha512sum", list.display(), number + 1),
                    "expected 128 hexadecimal digits, two spaces and a file's name; `quorate verify` reads every form in use",
                )
            })?;
            compared += 1;
            let found = digest(&path).map(|found| found.sha512.as_str().eq_ignore_ascii_case(expected));
            let (word, style) = match found {
                Ok(true) => ("OK", Style::Good),
                Ok(false) => ("FAILED", Style::Bad),
                Err(_) => ("FAILED: it cannot be read", Style::Bad),
            };
            wrong += usize::from(style == Style::Bad);
            environment.ui.line(&format!("{}: {}", path.display(), environment.ui.paint(word, style)));
        }
    }
    if compared == 0 {
        return Err(CommandError::usage(
            "there is no digest in the files",
            "--check takes files with digests: FILE.sha512",
        ));
    }
    if wrong > 0 {
        environment.ui.warn(&format!("{wrong} of {compared} files are not as their digest says"));
        return Ok(ExitCode::DoesNotHold);
    }
    Ok(ExitCode::Done)
}

/// The digest and the file of a line; the file is looked for beside the list, where
/// whoever downloads both has it.
fn entry<'l>(list: &Path, line: &'l str) -> Option<(&'l str, PathBuf)> {
    let (digest, name) = line.trim_end().split_once(' ')?;
    let name = name.strip_prefix([' ', '*'])?;
    let whole = digest.len() == 128 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) && !name.is_empty();
    whole.then(|| (digest, list.parent().unwrap_or(Path::new("")).join(name)))
}
