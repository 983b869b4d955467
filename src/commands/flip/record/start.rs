// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip start`: a proposal begins to be recorded.

use serde_json::json;

use super::begin::{Beginning, begin};
use super::options::Options;
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::flip::Place;
use crate::ui::ExitCode;

/// Begins a record of a proposal: its way from the page to the release, with checklists.
///
/// For whoever carries a proposal over weeks, and may hand it over. Nothing is sent or changed
/// yet; `quorate run` then leads from step to step, as it does a release: the discussion's mail,
/// the vote's, the tally, the result, page, index, wiki and issue. `status`, `plan`, `guide`,
/// `attest`, `log`, `undo`, `vote tally` and `vote rule` are of the proposal where no release is
/// under way; else name it: --release FLIP-608.
///
/// Who only wants to open a thread or end a vote uses `quorate flip discuss`, `vote` and
/// `result`: the same steps without the checklists.
///
///   quorate flip start 608
///   quorate flip start 608 --confluence https://cwiki.apache.org/confluence --space FLINK --parent 53739669
///   quorate run --release FLIP-608
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: 42, or FLIP-42.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    #[command(flatten)]
    pub options: Options,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let desk = Desk::new(environment);
    let directory = begin(&desk, place, &args.number, &args.options, Beginning::WithChecklists)?;
    let id = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if args.json {
        environment.ui.json(&json!({"id": id, "directory": directory}));
        return Ok(ExitCode::Done);
    }
    environment.ui.say(&format!("{id} is recorded in {}", directory.display()));
    environment.ui.say(&format!(
        "Next: `quorate run --release {id}`; `quorate guide --release {id}` prints the whole way. Where nothing else is \
         under way, --release can be left out."
    ));
    Ok(ExitCode::Done)
}
