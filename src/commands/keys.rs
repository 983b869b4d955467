// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate keys`: what is to be said of a project's KEYS file.

use std::fs;

use jiff::Timestamp;
use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use crate::services::fetch_keys_file;
use crate::ui::{ExitCode, Style, Ui};
use crate::verify::keys::{KeysReport, check_keys};
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
    lines: &'a [usize],
    checks: &'a [Finding],
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let What::Check(args) = args.what;
    let bytes = if args.keys.contains("://") {
        let fetched = fetch_keys_file(&args.keys);
        let failed = |error| CommandError::from_error(ExitCode::Service, &error, "see whether the address opens");
        fetched.map_err(failed)?.into_bytes()
    } else {
        fs::read(&args.keys).map_err(|error| {
            CommandError::usage(
                format!("cannot read {}: {error}", args.keys),
                "give the project's KEYS: a file or an address",
            )
        })?
    };
    let report = check_keys(&bytes, Timestamp::now());
    let passed = !findings(&report).any(|finding| finding.status == Status::Fail) && !report.keys.is_empty();
    if args.json {
        let keys = report.keys.iter();
        environment.ui.json(&Checked {
            passed,
            keys: keys
                .map(|key| CheckedKey { fingerprint: &key.fingerprint, lines: &key.lines, checks: &key.findings })
                .collect(),
            checks: &report.findings,
        });
    } else {
        print(environment.ui, &args.keys, &report);
    }
    Ok(if passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

fn findings(report: &KeysReport) -> impl Iterator<Item = &Finding> {
    report.keys.iter().flat_map(|key| &key.findings).chain(&report.findings)
}

fn print(ui: Ui, place: &str, report: &KeysReport) {
    for key in &report.keys {
        let uid = key.uids.first().map_or("no user id", String::as_str);
        ui.line(&format!("{}  {uid}", ui.paint(&key.fingerprint, Style::Heading)));
        key.findings.iter().for_each(|finding| line(ui, finding));
    }
    if !report.findings.is_empty() {
        ui.line(&ui.paint(place, Style::Heading));
        report.findings.iter().for_each(|finding| line(ui, finding));
    }
    let count = |status| findings(report).filter(|finding| finding.status == status).count();
    ui.line(&format!("\n{} keys; {} failed, {} to know", report.keys.len(), count(Status::Fail), count(Status::Warn)));
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
