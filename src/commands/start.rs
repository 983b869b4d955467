// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate start`: a release begins to be recorded.

use std::fs;
use std::path::{Path, PathBuf};

use super::CommandError;
use super::already_out::AlreadyOut;
use super::check_commit::check_commit;
use super::check_lists::check_lists;
use super::check_prepared::check_prepared;
use super::check_repository::{Branch, check_place, check_repository, check_series, check_unreleased};
use super::check_sites::check_sites;
use super::check_templates::check_templates;
use super::check_version::check_version;
use super::check_workflow::check_workflow;
use super::environment::{Environment, absolute};
use super::error::{MAKE_ROOM, chain, is_full};
use super::identity::{identity, signing_key};
use super::left_behind::Left;
use super::release_files::ReleaseFiles;
use super::release_state::{JOURNAL_FILE, RECORD_FILE, release_directory, was_at_work};
use super::session::{open_journal, who};
use super::which_product::product_of_clone;
use crate::config::{
    ConfigError, Occasion, Product, check_next_version, check_numbering, check_product, check_versions, doubts,
    of_each_kind, release_values, render_product, short_vote,
};
use crate::engine::{Clock, Event, Journal, JournalError, Renderer, State, SystemClock, ValueSource};
use crate::release::{Manager, ReleaseRecord, Sha512, Version};
use crate::services::address::remote_address;
use crate::ui::ExitCode;

/// Begins the release of VERSION.
///
/// Records product, workflow, release manager and key; nothing else is touched.
/// The workflow, the product's configuration and the templates are copied into the
/// record, so that a release runs to its end by what it was started with.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Three numbers: 3.4.0.
    version: String,
    /// A product of release-config/; else the one whose repository the clone is of.
    #[arg(long)]
    product: Option<String>,
    /// Your clone of the product's repository.
    #[arg(long, value_name = "PATH", default_value = ".")]
    repo: PathBuf,
    /// The full fingerprint of your signing key; else git's user.signingkey, else
    /// your only secret key.
    #[arg(long, value_name = "FINGERPRINT")]
    key: Option<String>,
    /// A workflow of workflows/; `release` unless this says otherwise.
    #[arg(long)]
    workflow: Option<String>,
    /// Begin the record anew: this release is under way, and its journal was lost.
    /// It goes on by the workflow and the configuration that lie in its directory,
    /// with the last candidate that there is. Each step is proved before it is done,
    /// so what is done is found done. A release that is published already is recorded
    /// and carried no further.
    #[arg(long)]
    again: bool,
    /// The commit of the main branch that the new series' branch is to start at; else it is
    /// that branch's tip when the step is done. `quorate reconfigure --commit` chooses later.
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// Begin although the remote is on another server than the configuration names: it is
    /// another address of the same repository.
    #[arg(long)]
    any_remote: bool,
    /// Begin although the version does not follow on what the clone says.
    #[arg(long)]
    any_version: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    let version: Version = args.version.parse()?;
    let repository = absolute(&args.repo)?;
    let product = args.product.map_or_else(|| product_of_clone(&environment.assets, &repository), Ok)?;
    let product = product.as_str();
    let place = release_directory(&environment.state, product, version);
    let left = if args.again { Left::in_directory(&place, args.workflow.as_deref())? } else { Left::default() };
    let workflow = args.workflow.as_deref().unwrap_or("release");
    let files = left.files(&environment.assets, product, workflow)?;
    let mut record = ReleaseRecord {
        product: product.to_owned(),
        version: version.to_string(),
        manager: Manager { name: String::new(), email: String::new(), key: String::new() },
        repository: repository.display().to_string(),
        rehearsal: left.rehearsal,
        stand_ins: left.stand_ins.clone(),
        begun_anew: args.again,
        commit: None,
        remote_address: None,
        quorate: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let rendered = check_configuration(&record, version, &files)?;
    check_repository(&repository, &files.product()?, Branch::OfRemote)?;
    if !args.any_remote {
        check_place(&repository, &rendered)?;
    }
    record.remote_address = remote_address(&repository, &rendered.git.remote);
    if !args.any_version {
        check_version(&repository, &rendered, version)?;
    }
    if let Some(commit) = args.commit.as_ref().or(left.commit.as_ref()) {
        record.commit = Some(check_commit(&repository, &rendered, version, commit)?);
    }
    let (name, email) = identity(&repository)?;
    let key = signing_key(environment, &repository, args.key.as_deref())?;
    record.manager = Manager { name, email, key };
    let beginning = if args.again { Beginning::Again } else { Beginning::First };
    check_files(&record, version, &files, beginning)?;
    check_templates(environment, &record, version, &files)?;
    let out = if args.again {
        AlreadyOut::of_release(environment, &place, &record, version, &files)?
    } else {
        AlreadyOut::default()
    };
    let (state, who) = (&environment.state, who(&repository));
    let directory = begin(state, &record, version, &files, beginning, &who, &SystemClock)?;
    if out.candidate() > 1 {
        let (mut journal, _) = open_journal(environment, &directory, &who)?;
        journal.append(SystemClock.now(), 0, None, Event::CandidateOpened { number: out.candidate() })?;
    }
    ui.say(&format!("The release of {} {version} is recorded in {}", record.product, directory.display()));
    left.told().iter().for_each(|line| ui.say(line));
    out.told().iter().for_each(|line| ui.say(line));
    let short = short_vote(&environment.assets, &rendered);
    doubts(&rendered, record.rehearsal).iter().chain(&short).for_each(|doubt| ui.warn(doubt));
    ui.say("Next: `quorate doctor`, then `quorate run`; `quorate guide` prints the whole guide for this release.");
    Ok(ExitCode::Done)
}

/// Whether a release is begun for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Nothing of it is there yet.
    First,
    /// It is under way, and its record was lost.
    Again,
}

/// Checks everything, then writes the release's directory and the journal's
/// first entry.
///
/// # Errors
/// When a file cannot be used, or the release is recorded already; nothing is
/// written then.
pub fn begin(
    state: &Path,
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
    beginning: Beginning,
    who: &str,
    clock: &dyn Clock,
) -> Result<PathBuf, CommandError> {
    check_files(record, version, files, beginning)?;
    let directory = release_directory(state, &record.product, version);
    let journal_path = directory.join(JOURNAL_FILE);
    let is_lost = Journal::is_lost(&journal_path)?;
    if is_lost && beginning == Beginning::Again {
        Journal::give_up(&journal_path)?;
    }
    let is_begun = Journal::is_begun(&journal_path)?;
    // What it was at work by must not be written over by what is built in now.
    if beginning == Beginning::First && (is_lost || (!is_begun && was_at_work(&directory))) {
        return Err(JournalError::Missing { path: journal_path }.into());
    }
    if is_begun {
        return Err(CommandError::usage(
            format!("{} {version} is recorded already in {}", record.product, directory.display()),
            "`quorate status` shows where it stands; `quorate run` goes on",
        ));
    }
    let was_there = directory.exists();
    write_record(&directory, record, files, who, clock).inspect_err(|_| {
        // What is there in part looks like a release to whoever finds it.
        if !was_there {
            let _ = fs::remove_dir_all(&directory);
        }
    })?;
    Ok(directory)
}

fn write_record(
    directory: &Path,
    record: &ReleaseRecord,
    files: &ReleaseFiles,
    who: &str,
    clock: &dyn Clock,
) -> Result<(), CommandError> {
    let fail = |error: std::io::Error| {
        let yours = "make the state directory yours and writable, or name another by --state";
        let hint = if is_full(&error) { MAKE_ROOM } else { yours };
        CommandError::new(ExitCode::Service, format!("cannot write {}: {error}", directory.display()), hint)
    };
    let release = serde_json::to_value(record).expect("a record is plain data");
    for (name, text) in files.named() {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap_or(directory)).map_err(fail)?;
        fs::write(path, text).map_err(fail)?;
    }
    fs::write(directory.join(RECORD_FILE), format!("{release:#}\n")).map_err(fail)?;
    let digests =
        files.named().map(|(name, text)| (name.to_owned(), Sha512::of(text.as_bytes()).to_string())).collect();
    let mut journal = Journal::create(&directory.join(JOURNAL_FILE), who)?;
    journal.append(clock.now(), 0, None, Event::ReleaseStarted { release, files: digests })?;
    Ok(())
}

/// Whether what the configuration says can be used for the release; gives it filled in.
///
/// # Errors
/// With each field that cannot be.
pub fn check_configuration(
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<Product, CommandError> {
    let product = files.product()?;
    let filled_in = |version, candidate| {
        let occasion = Occasion { candidate, ..Occasion::any() };
        render_product(&product, &release_values(&product, record, version, &occasion)?)
    };
    let rendered = filled_in(version, 1)?;
    let mut faults = check_product(&record.product, &rendered, version, record.rehearsal);
    faults.extend(check_sites(&rendered));
    faults.extend(check_numbering(&rendered, &filled_in(version, 2)?));
    let mut kinds = vec![(version, rendered.clone())];
    for other in of_each_kind(version) {
        kinds.push((other, filled_in(other, 1)?));
    }
    faults.extend(check_next_version(&kinds));
    faults.extend(check_versions(&kinds));
    let first = FirstCandidate { product: &product, record, version, cancelled: None };
    let renderer = Renderer::new(&first, &State::default()).map_err(|error| CommandError::usage(error, ""))?;
    faults.extend(check_lists(&rendered, &files.workflow.text));
    faults.extend(check_prepared(&rendered, &files.workflow()?, &renderer));
    if faults.is_empty() {
        return Ok(rendered);
    }
    Err(ConfigError::unusable(&files.product.place, &files.product.text, &faults).into())
}

/// Whether the release can be begun by these files in the record's clone.
///
/// # Errors
/// When a file cannot be used, the version is released already, or the clone lacks
/// the branch of its series.
pub fn check_files(
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
    beginning: Beginning,
) -> Result<(), CommandError> {
    let product = files.product()?;
    let rendered = check_configuration(record, version, files)?;
    let clone = Path::new(&record.repository);
    if beginning == Beginning::First {
        check_unreleased(clone, &rendered.git.release_tags, version)?;
    }
    check_series(clone, &product, &rendered.git.release_branch, version)?;
    let workflow = files.workflow()?;
    let renderer = |cancelled| {
        let first = FirstCandidate { product: &product, record, version, cancelled };
        Renderer::new(&first, &State::default()).map_err(|error| CommandError::usage(error, ""))
    };
    check_workflow(&files.workflow.place, &workflow, &[renderer(None)?, renderer(Some("a reason"))?])
}

/// The values of a release that is yet to begin.
struct FirstCandidate<'a> {
    product: &'a Product,
    record: &'a ReleaseRecord,
    version: Version,
    cancelled: Option<&'static str>,
}

impl ValueSource for FirstCandidate<'_> {
    fn values(&self, _: u32, _: Option<&str>) -> Result<serde_json::Value, String> {
        let occasion = Occasion { cancelled: self.cancelled, ..Occasion::any() };
        release_values(self.product, self.record, self.version, &occasion).map_err(|error: ConfigError| chain(&error))
    }
}
