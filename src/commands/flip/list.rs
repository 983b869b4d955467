// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip list`: the proposals, by what they have.

use jiff::civil::Date;

use super::Place;
use super::registry::{Registry, Wanted, today};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{Listed, Stage, release_notes};
use crate::ui::{ExitCode, Ui};

/// Lists proposals; what is given narrows the list.
///
/// A state has several names: completed is released, "in progress" is accepted. A version is
/// the same however many zeros it has: 1.18 is 1.18.0.
///
///   quorate flip list --state discussion
///   quorate flip list --release 2.1 --notes      what the release notes say
///   quorate flip list --text watermark --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Those in this state; `none` for those in none.
    #[arg(id = "in_state", long = "state", value_name = "STATE")]
    state: Option<String>,
    #[command(flatten)]
    of: super::Facts,
    /// Those with these words in their title or text.
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// As release notes list them, in Markdown.
    #[arg(long, conflicts_with = "json")]
    notes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hidden: super::NoStateDirectory,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let state = args.state.as_deref().map(|state| named_state(&registry, state)).transpose()?;
    let corpus = registry.corpus(today(None::<Date>))?;
    let pages = corpus.pages.iter().filter(|page| {
        let words = args.text.as_deref().map(str::to_lowercase);
        words.is_none_or(|words| {
            page.title().to_lowercase().contains(&words) || page.body().to_lowercase().contains(&words)
        })
    });
    let listed: Vec<Listed> =
        pages.map(|page| Listed::of(&registry.scheme, page)).filter(|one| fits(one, args, state.as_ref())).collect();
    let ui = environment.ui;
    if args.json {
        ui.json(&listed);
    } else if args.notes {
        let (in_them, others): (Vec<Listed>, Vec<Listed>) =
            listed.into_iter().partition(|one| is_in_notes(&registry, one));
        ui.data(&release_notes(&registry.scheme, &in_them));
        for one in others {
            let state = one.state.as_deref().unwrap_or("in no state that is known");
            ui.warn(&format!("{} is {state}: it is not in the notes", one.id));
        }
    } else {
        listed.iter().for_each(|one| ui.line(&row(one, ui)));
        ui.say(&format!("{} of {}", listed.len(), corpus.pages.len()));
    }
    Ok(ExitCode::Done)
}

/// The state's id; nothing for `none`.
fn named_state(registry: &Registry, name: &str) -> Result<Option<String>, CommandError> {
    if name.eq_ignore_ascii_case("none") || name.eq_ignore_ascii_case("unknown") {
        return Ok(None);
    }
    match registry.scheme.state(name) {
        Some(state) => Ok(Some(state.id.clone())),
        None => Err(no_state(registry, name)),
    }
}

/// That there is no such state.
pub fn no_state(registry: &Registry, name: &str) -> CommandError {
    let known: Vec<&str> = registry.scheme.states.iter().map(|state| state.id.as_str()).collect();
    CommandError::usage(format!("there is no state `{name}`"), format!("one of {}", known.join(", ")))
}

/// What was accepted comes with a release; the rest may name its version and does not.
fn is_in_notes(registry: &Registry, one: &Listed) -> bool {
    let state = one.state.as_deref().and_then(|state| registry.scheme.state(state));
    state.is_some_and(|state| matches!(state.stage, Stage::Accepted | Stage::Released))
}

fn fits(one: &Listed, args: &Args, state: Option<&Option<String>>) -> bool {
    let part = |value: &Option<String>, wanted: &Option<String>| {
        let Some(wanted) = wanted else { return true };
        value.as_ref().is_some_and(|value| value.to_lowercase().contains(&wanted.trim().to_lowercase()))
    };
    state.is_none_or(|state| one.state == *state)
        && args.of.release.as_deref().is_none_or(|version| one.is_in(version))
        && part(&one.component, &args.of.component)
        && part(&one.author, &args.of.author)
}

fn row(one: &Listed, ui: Ui) -> String {
    let state = one.state.as_deref().unwrap_or("–");
    let release = one.release.as_deref().unwrap_or("");
    let room = ui.width().saturating_sub(12 + 12 + 12).max(20);
    let mut heading: String = one.heading.chars().take(room).collect();
    if one.heading.chars().count() > room {
        heading.pop();
        heading.push('…');
    }
    format!("{:<11} {state:<11} {release:<11} {heading}", one.id).trim_end().to_owned()
}
