// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip sync`: a registry and the wiki's pages brought to the same, as far as nobody
//! else's change is in the way.

mod apply;
mod plan;
mod show;

use inquire::Confirm;

use super::Place;
use super::registry::{Registry, Wanted, failed, today};
use crate::commands::CommandError;
use crate::commands::accounts::by_token;
use crate::commands::environment::Environment;
use crate::services::{Confluence, Effects, Login, ProposalHome};
use crate::ui::{ExitCode, Ui};
use plan::{Direction, SyncPlan};

/// Compares the registry with pages of Confluence and brings both to the same.
///
/// Compared are title, state (there a label), and the header table: discussion, vote, JIRA,
/// release. What one side changed since the last sync goes to the other; what both changed is
/// shown side by side and written on neither (exit code 5). A page that is new on one side is
/// made on the other. A page's text goes there once, when its page is made; it is then edited
/// there. What differs is shown first; --execute, or a yes, writes it.
///
///   quorate flip sync --confluence https://cwiki.apache.org/confluence --space FLINK --parent 53739669
///   quorate flip sync … --from-confluence --execute
///
/// The token is QUORATE_CONFLUENCE_TOKEN, or is asked for when something is to be written.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The wiki's address.
    #[arg(long, value_name = "URL")]
    confluence: String,
    /// The space of its pages.
    #[arg(long, value_name = "KEY")]
    space: String,
    /// The id of the page whose children the proposals are.
    #[arg(long, value_name = "ID")]
    parent: String,
    /// Write there alone.
    #[arg(long, conflicts_with = "from_confluence")]
    to_confluence: bool,
    /// Write here alone.
    #[arg(long)]
    from_confluence: bool,
    /// Write without asking.
    #[arg(long)]
    execute: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let _lock = registry.git.lock().map_err(failed)?;
    let corpus = registry.corpus(today(None))?;
    let token = environment.accounts.confluence.clone();
    let login = by_token(environment.ui, token, "the wiki", "QUORATE_CONFLUENCE_TOKEN", Login::Bearer);
    let wiki = Confluence::new(&args.confluence, &args.space, &args.parent, login, Effects::unwatched())
        .map_err(|error| CommandError::from_error(ExitCode::Usage, &error, "--confluence https://HOST/confluence"))?;
    let direction = match (args.to_confluence, args.from_confluence) {
        (true, _) => Direction::There,
        (_, true) => Direction::Here,
        _ => Direction::Both,
    };
    let sheets = wiki.sheets().map_err(failed)?;
    let mut plan = SyncPlan::make(&registry, &corpus, &wiki, sheets, direction)?;
    let ui = environment.ui;
    if !args.json {
        show::plan(ui, &registry, &plan);
    }
    let mut commit = None;
    let agreed = !plan.is_empty() && (args.execute || (!args.json && ask(ui)));
    if agreed || plan.only_remembers(&registry.scheme) {
        commit = apply::apply(&registry, &corpus, &wiki, &mut plan)?;
    }
    if args.json {
        show::json(ui, &registry, &plan, agreed, commit.as_deref());
    } else {
        show::end(ui, &plan, agreed, commit.as_deref());
    }
    Ok(match (plan.conflicts().next().is_some(), plan.problems().next().is_some()) {
        (true, _) => ExitCode::Conflict,
        (false, true) => ExitCode::DoesNotHold,
        (false, false) => ExitCode::Done,
    })
}

fn ask(ui: Ui) -> bool {
    ui.interactive() && matches!(Confirm::new("Write it?").with_default(false).prompt(), Ok(true))
}
