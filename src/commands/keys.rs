// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate keys`: what is to be said of a project's KEYS file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use crate::services::address::hide_login;
use crate::services::{KEYS_BYTES, KeysFileError, fetch_keys_file};
use crate::ui::{Asking, ExitCode, Style, Ui, minute};
use crate::verify::keys::{KeyReport, KeysReport, check_keys};
use crate::verify::{Finding, Status};

/// Looks at a KEYS file.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Check(CheckArgs),
}

/// Checks each key of a KEYS file: strength, expiry, user ids, duplicates, broken blocks.
///
/// Exit code 1 where a key cannot serve for releases, or the file holds what must not
/// be in it.
#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// A file or an address.
    #[arg(value_name = "KEYS")]
    keys: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    passed: bool,
    keys: Vec<CheckedKey<'a>>,
    checks: &'a [Finding],
}

#[derive(Serialize)]
struct CheckedKey<'a> {
    fingerprint: &'a str,
    algorithm: &'a str,
    expires: Option<Timestamp>,
    uids: &'a [String],
    lines: &'a [usize],
    checks: &'a [Finding],
}

impl<'a> CheckedKey<'a> {
    fn of(key: &'a KeyReport) -> Self {
        Self {
            fingerprint: &key.fingerprint,
            algorithm: &key.algorithm,
            expires: key.expires,
            uids: &key.uids,
            lines: &key.lines,
            checks: &key.findings,
        }
    }
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let What::Check(args) = args.what;
    let bytes = read_keys(environment.ui, &args.keys, None)?;
    let report = check_keys(&bytes, Timestamp::now());
    let passed = !findings(&report).any(|finding| finding.status == Status::Fail) && !report.keys.is_empty();
    if args.json {
        environment.ui.json(&Checked {
            passed,
            keys: report.keys.iter().map(CheckedKey::of).collect(),
            checks: &report.findings,
        });
    } else {
        print(environment.ui, &args.keys, &report);
    }
    Ok(if passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

/// The bytes of the KEYS file at an address, whose server may have a certificate authority of its own
/// (a PEM file), or in a file.
///
/// # Errors
/// When it cannot be read, or keys from there would prove nothing.
pub fn read_keys(ui: Ui, place: &str, authority: Option<&Path>) -> Result<Vec<u8>, CommandError> {
    let hint = "give the project's KEYS: a file, or an address with https";
    if !place.contains("://") {
        let mut bytes = Vec::new();
        let read = File::open(place).and_then(|file| file.take(KEYS_BYTES + 1).read_to_end(&mut bytes));
        return match read {
            Ok(read) if read as u64 <= KEYS_BYTES => Ok(bytes),
            Ok(_) => Err(CommandError::usage(format!("{place} has more than {KEYS_BYTES} bytes"), hint)),
            Err(error) => Err(CommandError::usage(format!("cannot read the keys in {place}: {error}"), hint)),
        };
    }
    let _asking = Asking::begin(ui, &format!("KEYS at {}", hide_login(place)));
    fetch_keys_file(place, authority).map(String::into_bytes).map_err(|error| match error {
        KeysFileError::Address { .. } => CommandError::from_error(ExitCode::Usage, &error, hint),
        _ => {
            let hint = "without the project's keys no signature proves anything; name a file or another address";
            CommandError::from_error(ExitCode::Service, &error, hint)
        }
    })
}

fn findings(report: &KeysReport) -> impl Iterator<Item = &Finding> {
    report.keys.iter().flat_map(|key| &key.findings).chain(&report.findings)
}

fn print(ui: Ui, place: &str, report: &KeysReport) {
    for key in &report.keys {
        let uid = key.uids.first().map_or("no user id", String::as_str);
        let until = key.expires.map_or_else(|| "does not expire".to_owned(), |at| format!("until {}", minute(at)));
        ui.line(&format!("{}  {uid}  ({}, {until})", ui.paint(&key.fingerprint, Style::Heading), key.algorithm));
        key.findings.iter().for_each(|finding| line(ui, finding));
    }
    if !report.findings.is_empty() {
        ui.line(&ui.paint(&hide_login(place), Style::Heading));
        report.findings.iter().for_each(|finding| line(ui, finding));
    }
    let count = |status| findings(report).filter(|finding| finding.status == status).count();
    let keys = if report.keys.len() == 1 { "1 key".to_owned() } else { format!("{} keys", report.keys.len()) };
    ui.line(&format!("\n{keys}; {} failed, {} to know", count(Status::Fail), count(Status::Warn)));
}

fn line(ui: Ui, finding: &Finding) {
    let (sign, style) = match finding.status {
        Status::Pass => ("✓", Style::Good),
        Status::Warn => ("!", Style::Warning),
        Status::Skip => ("–", Style::Faint),
        Status::Fail => ("✗", Style::Bad),
    };
    ui.line(&format!("  {} {}", ui.paint(sign, style), finding.detail));
}
