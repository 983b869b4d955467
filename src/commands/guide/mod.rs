// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate guide`: the whole guide for this release, from the workflow.

mod imagined;
mod page;

use std::path::PathBuf;

use super::CommandError;
use super::environment::Environment;
use super::plan::preview_by;
use super::release_state::ReleaseState;
use super::session::{Session, Subject, read_upcoming};
use super::which_product::product_of_clone;
use crate::engine::{PhaseState, State};
use crate::ui::ExitCode;

/// What a candidate's cancelling is called where it is only supposed.
const SUPPOSED: &str = "REASON_FOR_CANCELLING";

/// Prints the release guide, filled in for this release.
///
/// As Markdown: for every step the command of this program, what a person would
/// type to the same end, and the mail or text as it will be. It is made from the
/// workflow that `quorate run` follows, so that guide and tool cannot part. What
/// is not known before a step was done has a name in capitals. With --version it
/// is the guide for a release that is not begun.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The guide for this version, of which nothing is recorded.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// With --version: a product of release-config/; else the one that the clone is of.
    #[arg(long, requires = "version")]
    product: Option<String>,
    /// With --version: your clone of the product's repository.
    #[arg(long, requires = "version", value_name = "PATH", default_value = ".")]
    repo: PathBuf,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = match &args.version {
        Some(version) => {
            let product = args.product.map_or_else(|| product_of_clone(&environment.assets, &args.repo), Ok)?;
            imagined::imagined(environment, version, &product, &args.repo)?
        }
        None => guided(environment)?,
    };
    environment.ui.data(&guide(&session, &state)?);
    Ok(ExitCode::Done)
}

/// The release that is under way.
fn guided(environment: &Environment) -> Result<(Session, State), CommandError> {
    if ReleaseState::find_any(environment)?.is_none() {
        return Err(CommandError::usage(
            format!("no release is under way in {}", environment.state.display()),
            "`quorate guide --version VERSION --product PRODUCT` prints the guide for one that is not begun",
        ));
    }
    read_upcoming(environment)
}

/// The guide as Markdown.
///
/// # Errors
/// When a template cannot be filled in.
pub fn guide(session: &Session, state: &State) -> Result<String, CommandError> {
    let renderer = session.renderer(state)?;
    let preview = preview_by(session, state, &renderer)?;
    // What is done only for a cancelled candidate is in the guide for every one.
    let mut cancelled = state.clone();
    cancelled.candidate.cancelled.get_or_insert_with(|| SUPPOSED.to_owned());
    let supposing = renderer.supposing(&session.values, &cancelled).map_err(|error| CommandError::usage(error, ""))?;
    let supposed = preview_by(session, &cancelled, &supposing)?;
    let mut text = page::head(session, &preview.plan);
    for (number, phase) in session.workflow.phases.iter().enumerate() {
        let intro = renderer.text(&phase.id, "intro", &phase.intro)?;
        text.push_str(&page::phase_head(number + 1, phase, &intro));
        let (planned, source) = match &preview.plan.phases[number] {
            planned if planned.state != PhaseState::PassedOver => (planned, &preview),
            _ => (&supposed.plan.phases[number], &supposed),
        };
        if planned.state == PhaseState::PassedOver {
            let what = if matches!(session.values, Subject::Proposal(_)) { "proposal" } else { "release" };
            text.push_str(&format!("\n*Does not apply to this {what}.*\n"));
        }
        for step in &planned.steps {
            text.push_str(&page::step(session, source, step));
        }
        text.push_str(&page::checklist(source, &planned.checks));
    }
    Ok(text)
}
