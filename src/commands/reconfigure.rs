// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate reconfigure`: a release that is under way gets a corrected configuration.

use std::fs;
use std::path::{Path, PathBuf};

use inquire::Text;
use serde_json::Value;

use super::CommandError;
use super::attest::wanted;
use super::check_repository::{Branch, check_repository};
use super::environment::Environment;
use super::release_state::{PRODUCT_FILE, ReleaseState, WORKFLOW_FILE, next_file};
use super::session::{open_journal, who};
use super::start::{Beginning, ReleaseFile, ReleaseFiles, check_files};
use crate::config::{Product, parse_product};
use crate::engine::{Clock, Event, State, SystemClock};
use crate::release::Sha512;
use crate::ui::{ExitCode, Ui};

/// Takes a corrected configuration of the product into a release under way.
///
/// For an address that moved or was wrong: an archive, a mail relay, a repository.
/// Begin with a copy of product.toml in the release's directory (`quorate status`
/// names it). Shows what changes, field by field, and wants the version typed;
/// without a terminal it acts only with --execute and --confirm VERSION. What is
/// done already stays as it was done: see that it fits what you change.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The corrected configuration.
    #[arg(long, value_name = "FILE")]
    product_file: PathBuf,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Act without asking; wants --confirm.
    #[arg(long)]
    execute: bool,
    /// Agree, by the version of this release.
    #[arg(long, value_name = "VERSION", requires = "execute")]
    confirm: Option<String>,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    let why = wanted("--why", &args.why)?;
    let directory = ReleaseState::find(environment)?;
    let (mut journal, entries) = open_journal(environment, &directory, "")?;
    let release = ReleaseState::of(&directory, State::of(&entries))?;
    let version = release.version.to_string();
    if args.confirm.as_ref().is_some_and(|confirmed| *confirmed != version) {
        return Err(CommandError::usage(format!("--confirm: this release is {version}"), "nothing was done"));
    }
    let files = corrected(&directory, &args.product_file)?;
    let product = parse_product(&files.product.place, &files.product.text)?;
    let changes = changes(&release.product, &product);
    check(&release, &files, &product, &changes)?;
    ui.say(&format!("The configuration of {} {version} will change:", release.record.product));
    changes.iter().for_each(|change| ui.say(&format!("  {change}")));
    if !agreed(ui, &args, &version) {
        let acts =
            if ui.interactive() { "." } else { &format!(": without a terminal, --execute --confirm {version} acts.") };
        ui.say(&format!("Nothing was done{acts}"));
        return Ok(if args.execute || ui.interactive() { ExitCode::Waiting } else { ExitCode::Done });
    }
    journal.sign_as(&who(Path::new(&release.record.repository)));
    let fail = |error: std::io::Error| {
        CommandError::new(ExitCode::Service, format!("cannot write {}: {error}", directory.display()), "see its rights")
    };
    // A run that ends in between leaves both: the record says which one holds.
    let next = next_file(&directory, PRODUCT_FILE);
    fs::write(&next, &files.product.text).and_then(|()| fs::File::open(&next)?.sync_all()).map_err(fail)?;
    let digest = Sha512::of(files.product.text.as_bytes()).to_string();
    let event = Event::ReleaseReconfigured { file: PRODUCT_FILE.into(), digest, changes, why: why.to_owned() };
    journal.append(SystemClock.now(), 0, None, event)?;
    fs::rename(&next, directory.join(PRODUCT_FILE)).map_err(fail)?;
    ui.say("Recorded. Next: `quorate doctor` asks the services by it, `quorate run` goes on.");
    Ok(ExitCode::Done)
}

/// The release's files with the corrected configuration among them.
fn corrected(directory: &Path, file: &Path) -> Result<ReleaseFiles, CommandError> {
    let read = |path: &Path| {
        let place = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(ReleaseFile { place, text }),
            Err(error) => {
                Err(CommandError::usage(format!("cannot read {place}: {error}"), "--product-file names a file"))
            }
        }
    };
    Ok(ReleaseFiles { product: read(file)?, workflow: read(&directory.join(WORKFLOW_FILE))? })
}

fn check(
    release: &ReleaseState,
    files: &ReleaseFiles,
    product: &Product,
    changes: &[String],
) -> Result<(), CommandError> {
    if product.id != release.product.id {
        return Err(CommandError::usage(
            format!("{} is of `{}`, and this release of `{}`", files.product.place, product.id, release.product.id),
            "correct the release's own product.toml",
        ));
    }
    if changes.is_empty() {
        return Err(CommandError::usage(
            "nothing would change: the file says what the release goes by already",
            "`quorate run` goes on",
        ));
    }
    check_files(&release.record, release.version, files, Beginning::Again)?;
    check_repository(Path::new(&release.record.repository), product, Branch::OfRemote)
}

fn agreed(ui: Ui, args: &Args, version: &str) -> bool {
    if args.confirm.is_some() || !ui.interactive() {
        return args.confirm.is_some();
    }
    let question = format!("What is done stays as it was done. Type the version, {version}, to go on:");
    matches!(Text::new(&question).prompt(), Ok(typed) if typed.trim() == version)
}

/// What differs, field by field: `mail.archive: "…", until now "…"`.
fn changes(old: &Product, new: &Product) -> Vec<String> {
    let tree = |product| serde_json::to_value(product).expect("a product is plain data");
    let mut found = Vec::new();
    compare("", &tree(old), &tree(new), &mut found);
    found
}

fn compare(place: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    if old == new {
        return;
    }
    let (Value::Object(before), Value::Object(after)) = (old, new) else {
        found.push(format!("{place}: {new}, until now {old}"));
        return;
    };
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let of = |tree: &serde_json::Map<String, Value>| tree.get(name).cloned().unwrap_or(Value::Null);
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        compare(&place, &of(before), &of(after), found);
    }
}
