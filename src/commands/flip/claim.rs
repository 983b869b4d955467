// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking the next free number, however many people do at the same time: in one registry one
//! after the other, at a remote by pushing. Whose push is rejected takes over what is there,
//! takes the next number, and pushes that.

use std::time::Duration;

use inquire::Confirm;
use jiff::Timestamp;

use super::edit::{PageEdit, files_of};
use super::registry::{Registry, failed, today};
use crate::commands::CommandError;
use crate::governance::proposals::{Corpus, LAST_NUMBER, Page, TitleForm, next_number};
use crate::services::{FileChange, GitRegistry, HomeError};
use crate::ui::{ExitCode, Ui};

/// How often a push is attempted while others are faster.
const ATTEMPTS: u32 = 200;
/// The longest pause between two attempts.
const LONGEST_PAUSE: u64 = 2_500;

/// Where a new page goes.
#[derive(Debug, clap::Args)]
pub struct Where {
    /// Push it without asking.
    #[arg(long)]
    execute: bool,
    /// Keep it in this registry, although it has a remote: push it yourself, soon.
    #[arg(long, conflicts_with = "execute")]
    local: bool,
}

/// A page that was made.
#[derive(Debug)]
pub struct Claimed {
    /// As what it was made.
    pub edit: PageEdit,
    /// The commit.
    pub commit: String,
    /// The remote that it was pushed to.
    pub pushed: Option<String>,
}

/// Makes a change that takes the number which `make` is given, commits it, and pushes it where
/// the registry has a remote and somebody agrees; nothing is made where nobody does.
pub fn claim(
    ui: Ui,
    registry: &Registry,
    place: &Where,
    make: &dyn Fn(&Corpus<'_>, u32) -> Result<PageEdit, CommandError>,
) -> Result<Option<Claimed>, CommandError> {
    let _lock = registry.git.lock().map_err(failed)?;
    let remote = if place.local { None } else { registry.git.remote().map_err(failed)? };
    let Some(remote) = remote else {
        let (edit, commit) = attempt(registry, make, GitRegistry::commit)?;
        return Ok(Some(Claimed { edit, commit, pushed: None }));
    };
    registry.git.catch_up(&remote).map_err(failed)?;
    if !agreed(ui, registry, place, &remote, make)? {
        return Ok(None);
    }
    for round in 0..ATTEMPTS {
        let (edit, commit) = attempt(registry, make, GitRegistry::commit_to_push)?;
        let pushed = registry.git.push(&remote);
        if let Ok(true) = pushed {
            return Ok(Some(Claimed { edit, commit, pushed: Some(remote) }));
        }
        // What is not at the remote is not made: nobody would know of its number.
        registry.git.take_back().map_err(failed)?;
        pushed.map_err(failed)?;
        std::thread::sleep(pause(round));
        registry.git.catch_up(&remote).map_err(failed)?;
    }
    Err(failed(HomeError::Outrun { attempts: ATTEMPTS }))
}

type Committing = fn(&GitRegistry, &[FileChange], &str, Timestamp) -> Result<String, HomeError>;

fn attempt(
    registry: &Registry,
    make: &dyn Fn(&Corpus<'_>, u32) -> Result<PageEdit, CommandError>,
    commit: Committing,
) -> Result<(PageEdit, String), CommandError> {
    let corpus = registry.corpus(today(None))?;
    let number = free_number(registry, &corpus)?;
    let edit = make(&corpus, number)?;
    let files = files_of(registry, &corpus, std::slice::from_ref(&edit))?;
    let name = registry.scheme.name(Some(number));
    let heading = edit.after.as_ref().map(|page| page.heading(&registry.scheme)).unwrap_or_default();
    let commit = commit(&registry.git, &files, &format!("{name}: {heading}\n"), Timestamp::now()).map_err(failed)?;
    Ok((edit, commit))
}

fn free_number(registry: &Registry, corpus: &Corpus<'_>) -> Result<u32, CommandError> {
    // A number that hides in a head is a slip, and numbers would go on from it for ever.
    let last = corpus.used.last().copied();
    let slip = |page: &&Page| {
        let named = page.number_in_name().flatten();
        let titled = TitleForm::read(&registry.scheme, page.title()).number.flatten();
        page.number() == last && named != last && named.is_some() && titled == named
    };
    if let (Some(last), Some(page)) = (last, corpus.pages.iter().find(slip)) {
        let (place, path) = (&page.place, registry.git.path().display());
        return Err(CommandError::usage(
            format!("the highest number, {last}, is in the head of {place} alone: its name and its title have another"),
            format!(
                "mend that first, or the next number follows it: `git -C {path} log -p -- {place}`, `quorate flip lint`"
            ),
        ));
    }
    next_number(&registry.scheme, &corpus.used).filter(|number| *number <= LAST_NUMBER).ok_or_else(|| {
        CommandError::usage(
            format!("{} is used: there is no number beyond it", registry.scheme.name(Some(LAST_NUMBER))),
            "see `quorate flip lint`: a number that high is a mistake",
        )
    })
}

/// Shows what would be made and pushed.
fn agreed(
    ui: Ui,
    registry: &Registry,
    place: &Where,
    remote: &str,
    make: &dyn Fn(&Corpus<'_>, u32) -> Result<PageEdit, CommandError>,
) -> Result<bool, CommandError> {
    if place.execute {
        return Ok(true);
    }
    let corpus = registry.corpus(today(None))?;
    let number = free_number(registry, &corpus)?;
    let edit = make(&corpus, number)?;
    let branch = registry.git.branch().map_err(failed)?;
    for file in files_of(registry, &corpus, &[edit])? {
        let what = match (&file.before, &file.after) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        };
        ui.say(&format!("  {what:<8} {}", file.place));
    }
    ui.say(&format!(
        "  pushed to {remote}, branch {branch}: {} is taken there, or the next one if somebody is faster",
        registry.scheme.name(Some(number))
    ));
    if ui.interactive() && matches!(Confirm::new("Go on?").with_default(true).prompt(), Ok(true)) {
        return Ok(true);
    }
    ui.say("Nothing was written: --execute does it without asking, --local keeps it here.");
    Ok(false)
}

/// The exit code where nobody agreed: it waits for somebody.
pub const NOT_AGREED: ExitCode = ExitCode::Waiting;

/// Longer from one attempt to the next, and by chance, so that not all come again at once.
fn pause(round: u32) -> Duration {
    let mut bytes = [0_u8; 8];
    let chance = getrandom::fill(&mut bytes).map_or(0, |()| u64::from_le_bytes(bytes));
    let most = (100 * u64::from(round + 1)).min(LONGEST_PAUSE);
    Duration::from_millis(chance % most)
}
