// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip start`: a proposal begins to be recorded.

use serde_json::json;

use super::begin::{Beginning, begin};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::flip::Place;
use crate::commands::vote::{Desk, Given};
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

/// With what a proposal is carried on.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// The product of release-config/ whose lists, relay and rules are used; else the one that is
    /// called as the scheme's project is.
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    #[command(flatten)]
    pub rules: Given,
    /// What the mails say of it: a text, or a file that has it; else the first words of its page.
    #[arg(long, value_name = "FILE|TEXT")]
    pub about: Option<String>,
    /// Where its text is to be read, for the mails; else its page on the wiki, or at the registry's remote by the
    /// scheme's `web`.
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// The wiki's address, where its page there is to follow.
    #[arg(long, value_name = "URL", requires_all = ["space", "parent"])]
    pub confluence: Option<String>,
    /// The space of its pages.
    #[arg(long, value_name = "KEY", requires = "confluence")]
    pub space: Option<String>,
    /// The id of the page whose children the proposals are.
    #[arg(long, value_name = "ID", requires = "confluence")]
    pub parent: Option<String>,
    /// The tracker's address; else the scheme's.
    #[arg(long, value_name = "URL")]
    pub tracker: Option<String>,
    /// Keep the registry's commits here, although it has a remote: push them yourself.
    #[arg(long)]
    pub local: bool,
}

impl Options {
    /// The wiki: address, space, parent.
    ///
    /// # Errors
    /// When it is named in part.
    pub fn wiki(&self) -> Result<Option<(String, String, String)>, CommandError> {
        match (&self.confluence, &self.space, &self.parent) {
            (Some(url), Some(space), Some(parent)) => Ok(Some((url.clone(), space.clone(), parent.clone()))),
            (None, None, None) => Ok(None),
            _ => Err(CommandError::usage("the wiki is named in part", "--confluence URL --space KEY --parent ID")),
        }
    }
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
