// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate roster fetch`: the roster as the foundation's public files have it.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use crate::actions::voting::roster_of;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::{Office, Roster};
use crate::services::{Whimsy, WhimsyError};
use crate::ui::ExitCode;

/// Where the foundation's files are.
const WHIMSY: &str = "https://whimsy.apache.org/public";

/// Writes a project's roster from the foundation's public files.
///
/// The board's list of the PMC is the authority for it; committers are those of the
/// project's group. These files have no addresses but ID@apache.org: those that you
/// put into the file stay, and so does who is emeritus.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project, as the foundation names it: flink.
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Where to write the roster; one that is there is brought up to date.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where the files are.
    #[arg(long, value_name = "URL", default_value = WHIMSY)]
    whimsy: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    let before = if args.out.exists() { Some(super::load(&args.out, None)?) } else { None };
    let whimsy = Whimsy::new(&args.whimsy);
    let committee = whimsy.committee(&args.project).map_err(|error| match &error {
        WhimsyError::NoProject { .. } => {
            CommandError::from_error(ExitCode::Usage, &error, "give it as the foundation names it")
        }
        _ => CommandError::from_error(
            ExitCode::Service,
            &error,
            "see whether the address opens; --whimsy URL names another",
        ),
    })?;
    let source = format!("{}/committee-info.json", whimsy.base());
    let roster = roster_of(&args.project, source, &committee, before.as_ref(), Timestamp::now());
    write(&args.out, &roster)?;
    let (joined, left) = changes(before.as_ref(), &roster);
    let pmc = roster.members.iter().filter(|member| member.roles.contains(&Office::Pmc)).count();
    let (ui, count) = (environment.ui, roster.members.len());
    if args.json {
        ui.json(&json!({
            "project": args.project, "file": args.out.display().to_string(), "as_of": roster.as_of, "members": count,
            "pmc": pmc, "joined": joined, "left": left, "only_in_ldap": committee.only_in_ldap,
        }));
        return Ok(ExitCode::Done);
    }
    let (name, file) = (&committee.name, args.out.display());
    ui.line(&format!("{name}: {count} people, {pmc} of them on the PMC, written to {file}"));
    if before.is_some() {
        let names = |names: &[String]| if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        ui.line(&format!("Since the roster that was there: {} joined, {} left", names(&joined), names(&left)));
    }
    if !committee.only_in_ldap.is_empty() {
        let ids = committee.only_in_ldap.join(", ");
        ui.warn(&format!("LDAP has these as PMC members, and the board's list has not; they are none here: {ids}"));
    }
    ui.say("The roster knows ID@apache.org of each alone: add other addresses to `emails`, or to a file for --alias.");
    Ok(ExitCode::Done)
}

fn changes(before: Option<&Roster>, after: &Roster) -> (Vec<String>, Vec<String>) {
    let Some(before) = before else { return (Vec::new(), Vec::new()) };
    let missing = |from: &Roster, other: &Roster| {
        from.members.iter().filter(|one| other.member(&one.id).is_none()).map(|one| one.id.clone()).collect()
    };
    (missing(after, before), missing(before, after))
}

/// All or nothing: a roster that is half written would have people lose their votes.
fn write(file: &Path, roster: &Roster) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::usage(
            format!("cannot write {}: {error}", file.display()),
            "give a file in a directory that is there",
        )
    };
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = tempfile::Builder::new().prefix(".roster-").tempfile_in(directory).map_err(failed)?;
    fs::write(beside.path(), roster.to_toml()).map_err(failed)?;
    beside.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
