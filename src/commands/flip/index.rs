// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip index`: the round-up page.

use jiff::Timestamp;

use super::Place;
use super::registry::{Registry, Wanted, failed, today};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{IndexFormat, index};
use crate::services::FileChange;
use crate::ui::ExitCode;

/// Prints the round-up of all proposals by state, with the next number.
///
///   quorate flip index > INDEX.md
///   quorate flip index --write                     the registry's own, as a commit
///   quorate flip index --format confluence         for a page of the wiki
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Markdown, Confluence's storage format, or a page in HTML.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write it as the registry's index, in Markdown, and commit it.
    #[arg(long, conflicts_with = "format")]
    write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Markdown,
    Confluence,
    Html,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let _lock = if args.write { Some(registry.git.lock().map_err(failed)?) } else { None };
    let corpus = registry.corpus(today(None))?;
    let format = match args.format {
        Format::Markdown => IndexFormat::Markdown,
        Format::Confluence => IndexFormat::Confluence,
        Format::Html => IndexFormat::Html,
    };
    let text = index(&corpus, format);
    let ui = environment.ui;
    if !args.write {
        ui.data(&text);
        return Ok(ExitCode::Done);
    }
    let (file, before) = (registry.scheme.index_file.clone(), corpus.index.map(|(_, text)| text));
    if before.as_deref() == Some(text.as_str()) {
        ui.say(&format!("{file} is up to date."));
        return Ok(ExitCode::Done);
    }
    let change = FileChange { place: file.clone(), before, after: Some(text) };
    registry.git.commit(&[change], "Bring the index up to date\n", Timestamp::now()).map_err(failed)?;
    ui.say(&format!("{file} was written and committed."));
    Ok(ExitCode::Done)
}
