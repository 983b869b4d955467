// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip init`: an empty registry.

use jiff::Timestamp;
use serde_json::json;

use super::Place;
use super::registry::{Registry, Wanted, failed};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::ui::ExitCode;

/// Makes a registry: a git repository that says of which kind its proposals are.
///
/// One that is there is left as it is.
///
///   quorate flip --registry proposals --scheme kip init
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::Made)?;
    let _lock = registry.git.lock().map_err(failed)?;
    let (path, title) = (registry.git.path().display(), &registry.scheme.title);
    let settings = registry.settings()?;
    if args.json {
        environment.ui.json(&json!({
            "path": registry.git.path(), "scheme": registry.scheme.id, "made": !settings.is_empty(),
        }));
    }
    match settings.as_slice() {
        [] if args.json => {}
        [] => environment.ui.say(&format!("{path} is a registry already")),
        settings => {
            registry.git.commit(settings, "Begin a registry of proposals", Timestamp::now()).map_err(failed)?;
            if args.json {
                return Ok(ExitCode::Done);
            }
            environment
                .ui
                .say(&format!("{path} is a registry of {title}s now; `quorate flip new TITLE` makes the first"));
        }
    }
    Ok(ExitCode::Done)
}
