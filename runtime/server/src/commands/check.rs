// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun check`: reads module files, and says everything that is wrong with them.

use std::path::PathBuf;

use statefun_module::Functions;

use crate::assemble::{assemble, read_modules};
use crate::error::{CliError, ExitCode};
use crate::output::give;

/// Reads module files and says everything that is wrong with them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The module files; together they are one application
    #[arg(required = true)]
    modules: Vec<PathBuf>,
}

/// Lists what the application has.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let application = read_modules(&args.modules)?;
    assemble(&application)?;
    for endpoint in &application.endpoints {
        let functions = match &endpoint.functions {
            Functions::Type { namespace, name } => format!("{namespace}/{name}"),
            Functions::Namespace { namespace } => format!("{namespace}/*"),
        };
        give(&format!("functions  {functions}  at {}", endpoint.url_path_template));
    }
    for ingress in &application.ingresses {
        give(&format!("ingress    {:?}", ingress.kind));
    }
    for egress in &application.egresses {
        give(&format!("egress     {}  {:?}", egress.id, egress.kind));
    }
    Ok(ExitCode::Done)
}
