// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate reconfigure`: a release that is under way goes on by a corrected configuration,
//! or from another commit.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use inquire::Text;
use serde_json::Value;

use super::CommandError;
use super::attest::wanted;
use super::check_commit::check_commit;
use super::check_templates::check_templates;
use super::environment::Environment;
use super::left_behind::Left;
use super::release_state::{NEW_PRODUCT_FILE, PRODUCT_FILE, ReleaseState};
use super::session::{open_journal, who};
use super::start::{Beginning, ReleaseFile, check_configuration, check_files};
use crate::config::Product;
use crate::engine::{Clock, Event, State, Step, StepKind, SystemClock, Workflow};
use crate::release::Sha512;
use crate::ui::ExitCode;

/// What people were told when they were asked to vote.
const OF_THE_VOTE: [&str; 2] = ["vote", "waits.vote_hours"];

/// Goes on with a release by a corrected configuration of its product.
///
/// A release runs by the configuration that it was started with. Where an address in
/// that was wrong, or a service has moved: copy the release's product.toml (`quorate
/// status` names its directory), correct the copy, and give it here. All that changes
/// is shown, and recorded with the reason. What is done already stays as it was done.
/// The commit that a new series' branch starts at can be chosen here too, until steps
/// have used it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The corrected configuration.
    #[arg(long, value_name = "FILE", required_unless_present = "commit")]
    product_file: Option<PathBuf>,
    /// The commit of the main branch that the new series' branch is to start at.
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Act without asking; wants --confirm.
    #[arg(long)]
    execute: bool,
    /// Agree to the changes, by the version of this release.
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
    let id = &release.record.product;
    let mut files = Left::in_directory(&directory, None)?.files(&environment.assets, id, "release")?;
    if let Some(path) = &args.product_file {
        files.product = corrected(path)?;
    }
    let mut changes = changes(&release.product, &files.product()?);
    refuse_another_vote(&release.workflow, &release.state, &changes)?;
    let mut record = release.record.clone();
    if let Some(named) = &args.commit {
        let rendered = check_configuration(&record, release.version, &files)?;
        let commit = check_commit(Path::new(&record.repository), &rendered, release.version, named)?;
        if record.commit.as_ref() != Some(&commit) {
            refuse_used_commit(&release.workflow, &release.state)?;
            let old = record.commit.replace(commit.clone()).unwrap_or_else(|| "the tip by then".into());
            changes.push(Change { field: "commit".into(), new: commit, old });
        }
    }
    if changes.is_empty() {
        return Err(CommandError::usage(
            "nothing would change: that is what the release goes by",
            format!("the configuration that it goes by is {}", directory.join(PRODUCT_FILE).display()),
        ));
    }
    check_files(&record, release.version, &files, Beginning::Again)?;
    check_templates(environment, &record, release.version, &files)?;
    for change in &changes {
        ui.say(&format!("  {change}"));
    }
    ui.say("What is done already stays as it was done; from here on the new values hold.");
    if args.confirm.is_none() {
        if !ui.interactive() {
            ui.say(&format!("Nothing was done: without a terminal, --execute --confirm {version} acts."));
            return Ok(if args.execute { ExitCode::Waiting } else { ExitCode::Done });
        }
        let question = format!("Type the version, {version}, to go on by these values:");
        if !matches!(Text::new(&question).prompt(), Ok(typed) if typed.trim() == version) {
            ui.say("Nothing was done.");
            return Ok(ExitCode::Waiting);
        }
    }
    settle(&directory, &release.state)?;
    write_new(&directory, &files.product.text)?;
    journal.sign_as(&who(Path::new(&record.repository)));
    let digest = Sha512::of(files.product.text.as_bytes()).to_string();
    let event = Event::ReleaseReconfigured {
        release: serde_json::to_value(&record).expect("a record is plain data"),
        files: BTreeMap::from([(PRODUCT_FILE.to_owned(), digest)]),
        changes: changes.iter().map(ToString::to_string).collect(),
        why: why.to_owned(),
    };
    journal.append(SystemClock.now(), 0, None, event)?;
    take_up(&directory)?;
    ui.say("It is recorded. Next: `quorate doctor`, then `quorate run`.");
    Ok(ExitCode::Done)
}

fn corrected(path: &Path) -> Result<ReleaseFile, CommandError> {
    let place = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        CommandError::usage(format!("cannot read {place}: {error}"), "name the corrected copy of product.toml")
    })?;
    Ok(ReleaseFile { place, text })
}

/// One field that differs.
struct Change {
    field: String,
    new: String,
    old: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}, until now {}", self.field, self.new, self.old)
    }
}

fn changes(old: &Product, new: &Product) -> Vec<Change> {
    let fields = |product| {
        let mut fields = BTreeMap::new();
        leaves("", &serde_json::to_value(product).expect("a product is plain data"), &mut fields);
        fields
    };
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (fields(old), fields(new));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let shown = |value: Option<&String>| value.cloned().unwrap_or_else(|| "nothing".into());
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| Change { field: name.clone(), new: shown(new.get(name)), old: shown(old.get(name)) })
        .collect()
}

/// Each value that is no table or list, under its path: `mail.user[0]`.
fn leaves(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            leaves(&path, value, into);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| leaves(&format!("{path}[{index}]"), value, into));
        }
        Value::Null => {}
        plain => {
            into.insert(path.to_owned(), plain.to_string());
        }
    }
}

/// Once people are asked to vote, it is counted as they were told.
fn refuse_another_vote(workflow: &Workflow, state: &State, changes: &[Change]) -> Result<(), CommandError> {
    let asked = workflow.phases.iter().flat_map(|phase| &phase.steps).any(|step| {
        let asks = matches!(&step.kind, StepKind::Action { with, .. } if with.contains_key("bound_to"));
        let begun = state.step(&step.id, step.per_candidate);
        asks && begun.is_some_and(|record| record.settled() || record.intention.is_some())
    });
    let of_vote = |change: &&Change| {
        OF_THE_VOTE.iter().any(|name| change.field == *name || change.field.starts_with(&format!("{name}.")))
    };
    match changes.iter().find(of_vote).filter(|_| asked) {
        Some(change) => Err(CommandError::usage(
            format!("{change}: people are asked to vote on this candidate by what it was until now"),
            "leave it as it is; where the vote cannot be held so, `quorate cancel-candidate`, then change it",
        )),
        None => Ok(()),
    }
}

/// What is done with one commit is not done with another.
fn refuse_used_commit(workflow: &Workflow, state: &State) -> Result<(), CommandError> {
    let uses = |step: &&Step| match &step.kind {
        StepKind::Action { with, .. } => with.values().any(|value| value.to_string().contains("{{ commit ")),
        StepKind::Person { .. } => false,
    };
    let begun = |step: &&Step| {
        let record = state.step(&step.id, step.per_candidate);
        record.is_some_and(|record| record.settled() || record.intention.is_some())
    };
    let steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
    let used: Vec<&str> = steps.filter(uses).filter(begun).map(|step| step.id.as_str()).collect();
    match used.last() {
        None => Ok(()),
        Some(last) => Err(CommandError::usage(
            format!("--commit: already used by {}", used.join(", ")),
            format!("`quorate undo {last}` first, where that can be done"),
        )),
    }
}

/// Ends what an interrupted change left: its file takes its name.
fn settle(directory: &Path, state: &State) -> Result<(), CommandError> {
    let digest = |name: &str| fs::read(directory.join(name)).map(|text| Sha512::of(&text).to_string()).ok();
    let recorded = state.files.get(PRODUCT_FILE).cloned();
    if digest(PRODUCT_FILE) != recorded && digest(NEW_PRODUCT_FILE) == recorded { take_up(directory) } else { Ok(()) }
}

/// Before the record says so, the new text is on the disk, beside the old one.
fn write_new(directory: &Path, text: &str) -> Result<(), CommandError> {
    let written = fs::File::create(directory.join(NEW_PRODUCT_FILE)).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| unwritable(directory, &error))
}

fn take_up(directory: &Path) -> Result<(), CommandError> {
    fs::rename(directory.join(NEW_PRODUCT_FILE), directory.join(PRODUCT_FILE))
        .map_err(|error| unwritable(directory, &error))
}

fn unwritable(directory: &Path, error: &std::io::Error) -> CommandError {
    CommandError::new(
        ExitCode::Service,
        format!("cannot write into {}: {error}", directory.display()),
        "see that the disk has room and the directory is yours",
    )
}
