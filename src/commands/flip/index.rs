// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip index`: the round-up page.

use jiff::Timestamp;
use serde_json::json;

use super::Place;
use super::registry::{Registry, Wanted, failed, today};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{Corpus, IndexFormat, Listed, index, next_number};
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
    /// Print JSON: the next number, and the proposals by state.
    #[arg(long, conflicts_with_all = ["format", "write"])]
    json: bool,
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
    let mut corpus = registry.corpus(today(None))?;
    if args.write {
        // what nobody committed is in no commit of ours
        let used = std::mem::take(&mut corpus.used);
        corpus = Corpus {
            used,
            index: corpus.index,
            ..Corpus::new(&registry.scheme, registry.committed_pages()?, corpus.today)
        };
    }
    let format = match args.format {
        Format::Markdown => IndexFormat::Markdown,
        Format::Confluence => IndexFormat::Confluence,
        Format::Html => IndexFormat::Html,
    };
    let text = index(&corpus, format);
    let ui = environment.ui;
    if args.json {
        let next = next_number(&registry.scheme, &corpus.used);
        let listed = |state: Option<&str>| -> Vec<Listed> {
            let of =
                corpus.pages.iter().filter(|page| page.state(&registry.scheme).map(|one| one.id.as_str()) == state);
            of.map(|page| Listed::of(&registry.scheme, page)).collect()
        };
        let states = registry.scheme.states.iter().map(|state| Some(state.id.as_str())).chain([None]);
        let groups: Vec<_> = states.map(|state| json!({"state": state, "proposals": listed(state)})).collect();
        ui.json(&json!({"next_number": next, "states": groups}));
        return Ok(ExitCode::Done);
    }
    if !args.write {
        ui.data(&text);
        return Ok(ExitCode::Done);
    }
    let (file, before) = (registry.scheme.index_file.clone(), corpus.index.map(|(_, text)| text));
    let committed = registry.git.read_committed(&file)?;
    if committed.is_some() && committed != before {
        let path = registry.git.path().display();
        return Err(CommandError::new(
            ExitCode::Conflict,
            format!("{file} has changes that are not committed"),
            format!(
                "nothing was written over them; `git -C {path} diff {file}` shows them: commit them, or take them back by `git -C {path} checkout {file}`"
            ),
        ));
    }
    if before.as_deref() == Some(text.as_str()) {
        ui.say(&format!("{file} is up to date."));
        return Ok(ExitCode::Done);
    }
    let change = FileChange::new(file.clone(), before, Some(text));
    registry.git.commit(&[change], "Bring the index up to date\n", Timestamp::now()).map_err(failed)?;
    ui.say(&format!("{file} was written and committed."));
    Ok(ExitCode::Done)
}
