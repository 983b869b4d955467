// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate doctor`: the one-time set-up, each item checked and explained.
//!
//! Every item is asked, whatever came of the others; what goes over a network is
//! asked all at once and for a limited time. Each subject has a file, in which
//! small functions turn what was found into items. Nothing is changed.

mod ask;
mod central;
mod clone;
mod distribution;
mod electorate;
mod github;
mod images;
mod item;
mod key;
mod machine;
mod mail;
mod programs;
mod published_key;
mod published_pages;
mod python_index;
mod registry;
mod render;
mod staging;
mod subject;
mod web;
mod web_accounts;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::CommandError;
use super::environment::Environment;
use crate::services::OpenPgp;
use crate::ui::{ExitCode, Waiting};
use item::Item;
use render::{Report, Verdict};
use subject::Subject;

/// How long one service is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long all of them together are: looking up a name has a time of its own.
const PATIENCE_WITH_ALL: Duration = Duration::from_secs(16);

/// The hint where the product's configuration has an unusable address.
const CONFIGURATION: &str = "correct [svn] in the product's configuration; docs/configuration.md explains it";

/// Checks the one-time set-up: programs, clone, key, accounts, mail, builds; and
/// says of each item what was found and what to do.
///
/// Asks each service that the release will need: the repositories, package indexes,
/// the tracker, the image registry, the pages that mails name.
///
/// Needs no release. Changes nothing: the key makes one test signature, which is
/// thrown away, and accounts log in. Ends with 0 if nothing failed, with 1 if
/// something did, with 4 if nothing failed and something could not be asked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A product of release-config/; else that of the release under way, else
    /// flink-statefun.
    #[arg(long)]
    product: Option<String>,
    /// Your clone of the product's repository; else that of the release under
    /// way, else this directory.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    /// The full fingerprint of your signing key; else the release's, else git's
    /// user.signingkey, else your only secret key.
    #[arg(long, value_name = "FINGERPRINT")]
    key: Option<String>,
    /// Ask nothing over a network; what is skipped says so.
    #[arg(long)]
    offline: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let subject = Subject::of(environment, &args)?;
    // The home of a rehearsal's world is nobody's own: an agent that the test signature begins there is ended.
    let world = subject.accounts.gnupg_home.as_deref().filter(|_| subject.rehearsal);
    let ended = world.filter(|home| OpenPgp::agent_runs(home).is_ok_and(|runs| !runs));
    let items = examine(environment, &subject);
    if let Some(home) = ended {
        let _ = OpenPgp::stop_agent(home);
    }
    let report = Report {
        product: subject.product.id.clone(),
        release: subject.release.clone(),
        repository: subject.repository.display().to_string(),
        verdict: Verdict::of(&items),
        items,
    };
    if args.json {
        environment.ui.json(&report);
    } else {
        environment.ui.data(&report.to_text(environment.ui));
    }
    Ok(report.verdict.code())
}

/// All items, in the order of the guide.
fn examine(environment: &Environment, subject: &Subject) -> Vec<Item> {
    let key = key::choose(subject);
    // What may be slow is begun first.
    let remote = clone::ask_remote(subject);
    let published = published_key::ask_keys(subject, key.as_ref().ok());
    let repositories = distribution::ask_repositories(subject);
    let account = distribution::ask_account(subject);
    let github = github::ask_github(subject);
    let relay = mail::ask_relay(subject);
    let archive = mail::ask_archive(subject);
    let staging = [staging::ask_staging(subject), central::ask_central(subject)];
    let electorate = electorate::ask_electorate(environment, subject);
    let tracker = web_accounts::ask_tracker(subject);
    let python = [python_index::ask_project(subject), python_index::ask_upload(subject)];
    let npm = web_accounts::ask_npm(subject);
    let images = [images::ask_images(subject), images::ask_push(subject)];
    let pages = [
        published_pages::ask_website(subject),
        published_pages::ask_documentation(subject),
        published_pages::ask_links(subject),
    ];
    let builds = machine::ask_builds(subject);
    let mut parts = vec![programs::examine(), clone::examine(subject), remote];
    // The agent may ask for a passphrase: on a terminal that nothing else draws on yet.
    parts.extend([key::examine(subject, &key, Timestamp::now()), published]);
    parts.extend(repositories);
    parts.extend([account, machine::examine_maven(subject)]);
    parts.extend(staging);
    parts.extend([relay, mail::examine_sender(subject), archive, electorate, github, tracker]);
    parts.extend(python);
    parts.extend([python_index::examine_token(subject), npm]);
    parts.extend(images);
    parts.extend(pages);
    parts.push(registry::examine_registry(environment, subject));
    parts.push(machine::examine_state(subject));
    parts.extend(builds);
    let _waiting = Waiting::begin(environment.ui, "asking the services");
    ask::gather(parts, PATIENCE_WITH_ALL)
}
