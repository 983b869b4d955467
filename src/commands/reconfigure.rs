// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate reconfigure`: a release that is under way gets a corrected configuration, corrected
//! templates, or another commit to start from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inquire::Text;
use serde_json::Value;

use super::CommandError;
use super::attest::wanted;
use super::check_commit::check_commit;
use super::check_repository::{Branch, check_repository};
use super::check_templates::check_templates;
use super::environment::Environment;
use super::left_behind::Left;
use super::release_files::{ReleaseFile, ReleaseFiles};
use super::release_state::{PRODUCT_FILE, RECORD_FILE, ReleaseState, demand_templates, edited_templates, next_file};
use super::session::{open_journal, who};
use super::start::{Beginning, check_configuration, check_files};
use crate::config::{Product, doubts, short_vote};
use crate::engine::{Clock, Event, State, Step, StepKind, SystemClock, Workflow};
use crate::release::{ReleaseRecord, Sha512};
use crate::services::address::remote_address;
use crate::ui::{ExitCode, Ui};

/// What people were told when they were asked to vote.
const OF_THE_VOTE: [&str; 2] = ["vote", "waits.vote_hours"];

/// Takes a corrected configuration of the product into a release under way.
///
/// For an address that moved or was wrong: an archive, a mail relay, a repository.
/// Begin with a copy of product.toml in the release's directory (`quorate status`
/// names it). Shows what changes, field by field, and wants the version typed;
/// without a terminal it acts only with --execute and --confirm VERSION. What is
/// done already stays as it was done: see that it fits what you change.
///
/// A mail or text that is to say something else is corrected where its template lies, in
/// templates/ of the release's directory, and taken in with --templates.
///
/// The commit that a new series' branch starts at is chosen here too, as long as no
/// step has used one.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The corrected configuration.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["commit", "templates"])]
    product_file: Option<PathBuf>,
    /// Take in the templates in the release's directory as they were edited there.
    #[arg(long)]
    templates: bool,
    /// The commit of the main branch that the new series' branch is to start at.
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
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
    settle(&directory, &release.state)?;
    let correction = correction(environment, &release, &args)?;
    let rendered = check(environment, &release, &correction)?;
    ui.say(&format!("The configuration of {} {version} will change:", release.record.product));
    correction.changes.iter().for_each(|change| ui.say(&format!("  {change}")));
    let short = short_vote(&environment.assets, &rendered);
    doubts(&rendered, correction.record.rehearsal).iter().chain(&short).for_each(|doubt| ui.warn(doubt));
    if !agreed(ui, &args, &version) {
        let acts =
            if ui.interactive() { "." } else { &format!(": without a terminal, --execute --confirm {version} acts.") };
        ui.say(&format!("Nothing was done{acts}"));
        return Ok(if args.execute || ui.interactive() { ExitCode::Waiting } else { ExitCode::Done });
    }
    journal.sign_as(&who(Path::new(&release.record.repository)));
    // A run that ends in between leaves both: the record says which one holds.
    let text = &correction.files.product.text;
    let record = serde_json::to_value(&correction.record).expect("a record is plain data");
    write_next(&directory, PRODUCT_FILE, text)?;
    let mut files = correction.new_templates();
    files.insert(PRODUCT_FILE.to_owned(), Sha512::of(text.as_bytes()).to_string());
    let event = Event::ReleaseReconfigured {
        release: record.clone(),
        files,
        changes: correction.changes.iter().map(ToString::to_string).collect(),
        why: why.to_owned(),
    };
    journal.append(SystemClock.now(), 0, None, event)?;
    take_its_place(&directory, PRODUCT_FILE)?;
    // What a record that is begun anew finds of this one.
    write_next(&directory, RECORD_FILE, &format!("{record:#}\n"))?;
    take_its_place(&directory, RECORD_FILE)?;
    ui.say("Recorded. Next: `quorate doctor` asks the services by it, `quorate run` goes on.");
    Ok(ExitCode::Done)
}

/// What the release is to go by.
struct Correction {
    files: ReleaseFiles,
    record: ReleaseRecord,
    changes: Vec<Change>,
    /// The templates that were edited, by name.
    templates: Vec<String>,
}

impl Correction {
    /// The digest of each template that was edited, by name.
    fn new_templates(&self) -> BTreeMap<String, String> {
        let digest = |name: &String| {
            let text = &self.files.templates.get(name)?.text;
            Some((name.clone(), Sha512::of(text.as_bytes()).to_string()))
        };
        self.templates.iter().filter_map(digest).collect()
    }
}

/// One field that differs: `mail.archive: "…", until now "…"`.
struct Change {
    field: String,
    new: String,
    old: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = |value: &str| if value == "null" { "none".to_owned() } else { value.to_owned() };
        write!(f, "{}: {}, until now {}", self.field, said(&self.new), said(&self.old))
    }
}

/// The release's files and record with what was named, and what differs.
fn correction(environment: &Environment, release: &ReleaseState, args: &Args) -> Result<Correction, CommandError> {
    let mut record = release.record.clone();
    let left = Left::in_directory(&release.directory, None)?;
    let mut files = left.files(&environment.assets, &record.product, "release")?;
    if let Some(path) = &args.product_file {
        files.product = corrected(path)?;
    }
    let product = files.product()?;
    if product.id != release.product.id {
        return Err(CommandError::usage(
            format!("{} is of `{}`, and this release of `{}`", files.product.place, product.id, release.product.id),
            "correct the release's own product.toml",
        ));
    }
    let mut changes = changes(&release.product, &product);
    let templates = templates(release, args.templates)?;
    changes.extend(templates.iter().map(|name| Change {
        field: name.clone(),
        new: "as it is there now".into(),
        old: "as it was recorded".into(),
    }));
    // Another remote of the clone is another repository, or another address of it.
    if product.git.remote != release.product.git.remote {
        record.remote_address = remote_address(Path::new(&record.repository), &product.git.remote);
    }
    if let Some(named) = &args.commit {
        let rendered = check_configuration(&record, release.version, &files)?;
        let new = check_commit(Path::new(&record.repository), &rendered, release.version, named)?;
        if record.commit.as_ref() != Some(&new) {
            let old = record.commit.replace(new.clone()).unwrap_or_else(|| "the tip by then".into());
            refuse_used_commit(&release.workflow, &release.state)?;
            changes.push(Change { field: "commit".into(), new, old });
        }
    }
    Ok(Correction { files, record, changes, templates })
}

/// The templates that were edited in the release's directory; none where the user did not say
/// that they count.
fn templates(release: &ReleaseState, wanted: bool) -> Result<Vec<String>, CommandError> {
    if !wanted {
        demand_templates(&release.directory, &release.state)?;
        return Ok(Vec::new());
    }
    let edited = edited_templates(&release.directory, &release.state.files);
    match edited.iter().find(|name| !release.directory.join(name).is_file()) {
        Some(gone) => Err(CommandError::usage(
            format!("{gone} is not in {} any more", release.directory.display()),
            "a text that is not wanted is left out by its step: `quorate skip`; put the template back",
        )),
        None => Ok(edited),
    }
}

fn corrected(path: &Path) -> Result<ReleaseFile, CommandError> {
    let place = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => Ok(ReleaseFile { place, text }),
        Err(error) => Err(CommandError::usage(format!("cannot read {place}: {error}"), "--product-file names a file")),
    }
}

/// Whether the release can go by it; the configuration, filled in.
fn check(environment: &Environment, release: &ReleaseState, correction: &Correction) -> Result<Product, CommandError> {
    let Correction { files, record, changes, .. } = correction;
    if changes.is_empty() {
        return Err(CommandError::usage(
            "nothing would change: the release goes by just that already",
            "`quorate run` goes on",
        ));
    }
    refuse_another_vote(&release.workflow, &release.state, changes)?;
    check_files(record, release.version, files, Beginning::Again)?;
    check_repository(Path::new(&record.repository), &files.product()?, Branch::OfRemote)?;
    check_templates(environment, record, release.version, files)?;
    check_configuration(record, release.version, files)
}

fn agreed(ui: Ui, args: &Args, version: &str) -> bool {
    if args.confirm.is_some() || !ui.interactive() {
        return args.confirm.is_some();
    }
    let question = format!("What is done stays as it was done. Type the version, {version}, to go on:");
    matches!(Text::new(&question).prompt(), Ok(typed) if typed.trim() == version)
}

/// What differs, field by field.
fn changes(old: &Product, new: &Product) -> Vec<Change> {
    let tree = |product| serde_json::to_value(product).expect("a product is plain data");
    let mut found = Vec::new();
    compare("", &tree(old), &tree(new), &mut found);
    found
}

fn compare(place: &str, old: &Value, new: &Value, found: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let (Value::Object(before), Value::Object(after)) = (old, new) else {
        found.push(Change { field: place.to_owned(), new: new.to_string(), old: old.to_string() });
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

/// Once people are asked to vote, it is counted as they were told.
fn refuse_another_vote(workflow: &Workflow, state: &State, changes: &[Change]) -> Result<(), CommandError> {
    let of_vote = |change: &&Change| {
        OF_THE_VOTE.iter().any(|name| change.field == *name || change.field.starts_with(&format!("{name}.")))
    };
    let asks = |step: &Step| matches!(&step.kind, StepKind::Action { with, .. } if with.contains_key("bound_to"));
    match changes.iter().find(of_vote) {
        Some(change) if !begun(workflow, state, asks).is_empty() => Err(CommandError::usage(
            format!("{change}: people are asked to vote on this candidate by what it was until now"),
            "leave it as it is; where the vote cannot be held so, `quorate cancel-candidate`, then change it",
        )),
        _ => Ok(()),
    }
}

/// What is done with one commit is not done with another.
fn refuse_used_commit(workflow: &Workflow, state: &State) -> Result<(), CommandError> {
    let uses = |step: &Step| match &step.kind {
        StepKind::Action { with, .. } => with.values().any(|value| value.to_string().contains("{{ commit ")),
        StepKind::Person { .. } => false,
    };
    let used = begun(workflow, state, uses);
    match used.last() {
        None => Ok(()),
        Some(last) => Err(CommandError::usage(
            format!("--commit: already used by {}", used.join(", ")),
            format!("`quorate undo {last}` first, where that can be done"),
        )),
    }
}

/// The steps of a kind that are begun or settled.
fn begun<'w>(workflow: &'w Workflow, state: &State, of_kind: impl Fn(&Step) -> bool) -> Vec<&'w str> {
    let begun = |step: &&Step| {
        let record = state.step(&step.id, step.per_candidate);
        record.is_some_and(|record| record.settled() || record.intention.is_some())
    };
    let steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
    steps.filter(|step| of_kind(step)).filter(begun).map(|step| step.id.as_str()).collect()
}

/// Ends what an interrupted correction left: its file takes its place.
fn settle(directory: &Path, state: &State) -> Result<(), CommandError> {
    let digest = |path: &Path| fs::read(path).map(|text| Sha512::of(&text).to_string()).ok();
    let recorded = state.files.get(PRODUCT_FILE).cloned();
    let holds = |path: &Path| digest(path) == recorded;
    if !holds(&directory.join(PRODUCT_FILE)) && holds(&next_file(directory, PRODUCT_FILE)) {
        return take_its_place(directory, PRODUCT_FILE);
    }
    Ok(())
}

/// Before the record says so, the new text is on the disk, beside the old one.
fn write_next(directory: &Path, name: &str, text: &str) -> Result<(), CommandError> {
    let next = next_file(directory, name);
    fs::write(&next, text)
        .and_then(|()| fs::File::open(&next)?.sync_all())
        .map_err(|error| unwritable(directory, &error))
}

fn take_its_place(directory: &Path, name: &str) -> Result<(), CommandError> {
    fs::rename(next_file(directory, name), directory.join(name)).map_err(|error| unwritable(directory, &error))
}

fn unwritable(directory: &Path, error: &std::io::Error) -> CommandError {
    CommandError::new(ExitCode::Service, format!("cannot write {}: {error}", directory.display()), "see its rights")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Assets;
    use crate::engine::Entry;

    fn workflow() -> Workflow {
        let file = "workflows/release.toml";
        Workflow::parse(file, &Assets::default().text(file).unwrap()).unwrap()
    }

    fn with_intended(step: &str, candidate: u32) -> State {
        let event = Event::StepIntended { token: "a".repeat(32) };
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut state = State::default();
        let step = Some(step.to_owned());
        state.apply(&Entry { seq: 0, at, who: String::new(), candidate, step, event });
        state
    }

    fn changed(field: &str) -> [Change; 1] {
        [Change { field: field.to_owned(), new: "2".into(), old: "1".into() }]
    }

    #[test]
    fn a_vote_that_is_called_is_counted_as_people_were_told() {
        let workflow = workflow();
        let refused =
            |state: &State, field: &str| refuse_another_vote(&workflow, state, &changed(field)).err().map(|e| e.what);
        let called = with_intended("send-vote", 1);
        for field in ["vote", "vote.action", "waits.vote_hours"] {
            assert_eq!(refused(&State::default(), field), None);
            let said = refused(&called, field).unwrap();
            assert!(said.starts_with(&format!("{field}: 2, until now 1: people are asked to vote")), "{said}");
        }
        for field in ["mail.archive", "waits.promote_hours", "voters"] {
            assert_eq!(refused(&called, field), None);
        }
    }

    #[test]
    fn a_commit_that_a_step_has_used_stays() {
        let workflow = workflow();
        let refused = |state: &State| refuse_used_commit(&workflow, state).err().map(|e| (e.what, e.hint.unwrap()));
        assert_eq!(refused(&with_intended("choose-key", 0)), None);
        for step in ["trial-build", "create-release-branch"] {
            let (what, hint) = refused(&with_intended(step, 0)).unwrap();
            assert_eq!(what, format!("--commit: already used by {step}"));
            assert!(hint.contains(&format!("`quorate undo {step}`")), "{hint}");
        }
    }
}
