// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The beginning of a proposal's record: everything is looked at before anything is written.

use std::fs;
use std::path::{Path, PathBuf};

use super::options::Options;
use super::session::session_of;
use super::values::{Had, ProposalRecord, WikiNamed};
use crate::commands::CommandError;
use crate::commands::check_workflow::check_workflow;
use crate::commands::desk::Desk;
use crate::commands::environment::absolute;
use crate::commands::flip::Place;
use crate::commands::flip::registry::{Registry, Wanted, today};
use crate::commands::identity::identity;
use crate::commands::release_files::{known, release_file};
use crate::commands::release_state::{JOURNAL_FILE, PROPOSALS, WORKFLOW_FILE};
use crate::commands::session::Subject;
use crate::commands::vote::{Footing, Sender, footing, text_or_file};
use crate::commands::which_product::product_meant;
use crate::engine::{Event, Journal, Renderer, State, Workflow};
use crate::governance::proposals::{Field, Page, Stage};
use crate::release::{Sha512, unfit};
use crate::ui::ExitCode;

/// Which record is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// One with checklists, by `quorate flip start`.
    WithChecklists,
    /// One without, by `quorate flip discuss` and `vote`.
    Short,
    /// One with checklists, of which nothing is real.
    Rehearsal,
}

/// Where the record of a proposal is, or would be.
pub fn directory_of(desk: &Desk<'_>, id: &str) -> PathBuf {
    desk.environment.state.join(PROPOSALS).join(id)
}

/// Begins the record of a proposal; its directory.
///
/// # Errors
/// When it cannot be carried on so, or is recorded already; nothing is written then.
pub fn begin(
    desk: &Desk<'_>,
    place: &Place,
    number: &str,
    options: &Options,
    beginning: Beginning,
) -> Result<PathBuf, CommandError> {
    let registry = Registry::open(desk.environment, place, Wanted::There)?;
    let corpus = registry.corpus(today(None))?;
    let page = registry.one(&corpus.pages, number)?;
    let name = page.name(&registry.scheme);
    let directory = directory_of(desk, &name);
    if page.number().is_some() && Journal::is_begun(&directory.join(JOURNAL_FILE))? {
        return Err(CommandError::usage(
            format!("{name} is recorded already in {}", directory.display()),
            format!("`quorate status --release {name}` shows where it stands; `quorate run --release {name}` goes on"),
        ));
    }
    let record = record(desk, &registry, page, options, beginning)?;
    let file = release_file(&desk.environment.assets, "workflows", "workflow", "flip")?;
    let workflow = Workflow::parse(&file.place, &file.text)?;
    let session = session_of(desk, &directory, workflow, record.clone(), registry.scheme.clone())?;
    if matches!(&session.values, Subject::Proposal(values) if !values.has_address()) {
        desk.environment.ui.warn(
            "the mails have no link to the proposal's text: --link URL names one, `web` in the scheme where the registry is read",
        );
    }
    let renderer = Renderer::new(&session.values, &State::default())
        .map_err(|error| CommandError::usage(error, "commit the page by git, so that the registry has it"))?;
    check_workflow(&file.place, &session.workflow, &[renderer])?;
    write(desk, &directory, &record, &file.text)?;
    Ok(directory)
}

/// What is recorded, where all of it can be had.
fn record(
    desk: &Desk<'_>,
    registry: &Registry,
    page: &Page,
    options: &Options,
    beginning: Beginning,
) -> Result<ProposalRecord, CommandError> {
    let scheme = &registry.scheme;
    let name = page.name(scheme);
    let Some(number) = page.number() else {
        return Err(CommandError::usage(
            format!("{name} has no number yet, and its mails would have none"),
            format!(
                "`quorate flip number {name}` gives it the next one; who has no right to one writes the mail, and gives its link: \
                 `quorate flip set {name} --state discussion --discussion URL`"
            ),
        ));
    };
    let had = had(scheme_stage(registry, page)?, page, &name, &scheme.action)?;
    let product = product(desk, &scheme.project, options.product.as_deref())?;
    let Footing { action, bylaws, rules, used, mail, list } = footing(desk, &product, &options.rules, &scheme.action)?;
    if list != scheme.list {
        return Err(CommandError::usage(
            format!("{}s are discussed on {}; the product {product} writes to {list}", scheme.prefix, scheme.list),
            "name the product of that project by --product, or the project's own scheme by --scheme",
        ));
    }
    let path = absolute(registry.git.path())?;
    let (author, email) = identity(&path)?;
    let sender = Sender { name: author, email, private: action.list == "private", list, mail };
    if sender.archive().is_none() {
        return Err(CommandError::usage(
            format!(
                "the product {product} names no archive of its list that could be asked: threads could be neither linked nor counted"
            ),
            "set `mail.archive` in the product's configuration; or keep the page by `quorate flip set`",
        ));
    }
    Ok(ProposalRecord {
        kind: "proposal".to_owned(),
        id: name,
        number,
        registry: path,
        scheme: scheme_path(registry.scheme_name())?,
        product,
        sender,
        action,
        bylaws,
        rules,
        used,
        about: options.about.as_deref().map(text_or_file).transpose()?,
        link: options.link.as_deref().map(link).transpose()?,
        wiki: options.wiki()?.map(|(url, space, parent)| WikiNamed { url, space, parent }),
        tracker: options.tracker.clone(),
        local: options.local,
        had,
        short: beginning == Beginning::Short,
        rehearsal: beginning == Beginning::Rehearsal,
        quorate: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

fn link(given: &str) -> Result<String, CommandError> {
    let is_one = given.starts_with("https://") || given.starts_with("http://");
    if !is_one || given.chars().any(|c| c.is_whitespace() || c.is_control()) || unfit(given).is_some() {
        return Err(CommandError::usage(
            format!("--link {given} is no address"),
            "https://…, where people read the text",
        ));
    }
    Ok(given.to_owned())
}

fn scheme_stage(registry: &Registry, page: &Page) -> Result<Stage, CommandError> {
    page.state(&registry.scheme).map(|state| state.stage).ok_or_else(|| {
        CommandError::new(
            ExitCode::DoesNotHold,
            format!("the state of {} is not known ({})", page.name(&registry.scheme), page.place_of(Field::State)),
            "`quorate flip set … --state … --correct --why …` sets it",
        )
    })
}

/// How far it is; a vote that was opened elsewhere is ended where it was opened.
fn had(stage: Stage, page: &Page, name: &str, action: &str) -> Result<Had, CommandError> {
    let said = page.get(Field::State).unwrap_or_default();
    let discussion = page.set(Field::Discussion).unwrap_or_default().to_owned();
    match stage {
        Stage::Draft | Stage::Withdrawn => Ok(Had { stage, discussion }),
        Stage::Discussion if discussion.is_empty() => Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{name} is `{said}` and links no discussion"),
            format!("`quorate flip set {name} --discussion LINK`: the vote's mail names it"),
        )),
        Stage::Discussion => Ok(Had { stage, discussion }),
        Stage::Vote => Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{name} is in a vote that this program did not open"),
            format!(
                "`quorate vote tally --thread LINK --product PRODUCT --action {action} --json > tally.json` counts it, `quorate \
                 flip set {name} --state accepted --tally tally.json` ends it"
            ),
        )),
        Stage::Accepted | Stage::Released | Stage::Rejected | Stage::Superseded => Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{name} is `{said}`: there is nothing left to discuss or to vote on"),
            format!("`quorate flip show {name}` says what may follow; `quorate flip set {name}` sets it"),
        )),
    }
}

/// The product that is named, else the project's own, else the one whose clone this is.
fn product(desk: &Desk<'_>, project: &str, named: Option<&str>) -> Result<String, CommandError> {
    let assets = &desk.environment.assets;
    match named {
        None if known(assets, "release-config").iter().any(|product| product == project) => Ok(project.to_owned()),
        named => product_meant(assets, named),
    }
}

/// The scheme's name, or its file by a path that holds everywhere.
fn scheme_path(name: &str) -> Result<String, CommandError> {
    if name.contains(['/', '\\']) {
        return Ok(absolute(Path::new(name))?.display().to_string());
    }
    Ok(name.to_owned())
}

fn write(desk: &Desk<'_>, directory: &Path, record: &ProposalRecord, workflow: &str) -> Result<(), CommandError> {
    let fail = |error: std::io::Error| {
        let what = format!("cannot write {}: {error}", directory.display());
        CommandError::new(ExitCode::Service, what, "make the state directory yours and writable")
    };
    fs::create_dir_all(directory).map_err(fail)?;
    fs::write(directory.join(WORKFLOW_FILE), workflow).map_err(fail)?;
    let who = format!("{} <{}>", record.sender.name, record.sender.email);
    let mut journal = Journal::create(&directory.join(JOURNAL_FILE), &who)?;
    desk.watch(&mut journal);
    let release = serde_json::to_value(record).expect("plain data");
    let files = [(WORKFLOW_FILE.to_owned(), Sha512::of(workflow.as_bytes()).to_string())].into();
    journal.append(desk.clock.now(), 0, None, Event::ReleaseStarted { release, files })?;
    Ok(())
}
