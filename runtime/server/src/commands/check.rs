// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun check`: reads module files, and says everything that is wrong with them.

use std::path::PathBuf;

use serde_json::{Value, json};
use statefun_module::{Application, EgressKind, Endpoint, Fault, Functions, IngressKind};

use crate::assemble::{assemble, read_modules};
use crate::error::{CliError, ExitCode};
use crate::output::{give, shown};

/// Reads module files and says everything that is wrong with them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The module files; together they are one application
    #[arg(required = true)]
    modules: Vec<PathBuf>,
    /// Gives JSON, an object on each line: each fault, or each part of the application
    #[arg(long)]
    json: bool,
}

/// Lists what the application has; each fault is named with its place.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let application = match read(&args.modules) {
        Err(CliError::Modules(faults)) if args.json => {
            for Fault { message, place } in &faults {
                let (file, line, column) = (&*place.file, place.line, place.column);
                give(&json!({"fault": message, "file": file, "line": line, "column": column}).to_string())?;
            }
            return Err(CliError::Modules(faults));
        }
        Err(CliError::File { file, source }) if args.json => {
            let fault = format!("the file cannot be read: {source}");
            give(&json!({"fault": fault, "file": file, "line": null, "column": null}).to_string())?;
            return Err(CliError::File { file, source });
        }
        read => read?,
    };
    for part in parts(&application) {
        give(&if args.json { part.to_string() } else { line(&part) })?;
    }
    Ok(ExitCode::Done)
}

/// The application, of which all can be had. Nothing is connected to.
fn read(files: &[PathBuf]) -> Result<Application, CliError> {
    let application = read_modules(files)?;
    assemble(&application, usize::MAX)?;
    Ok(application)
}

/// What the application has.
fn parts(application: &Application) -> Vec<Value> {
    let endpoints = application.endpoints.iter().map(
        |endpoint| json!({"part": "functions", "functions": functions(endpoint), "url": endpoint.url_path_template}),
    );
    let ingresses = application.ingresses.iter().map(|ingress| match &ingress.kind {
        IngressKind::Playground { port } => json!({"part": "ingress", "kind": "playground", "port": port}),
        IngressKind::Kafka(kafka) => json!({"part": "ingress", "kind": "kafka", "id": kafka.id}),
        IngressKind::Kinesis(kinesis) => json!({"part": "ingress", "kind": "kinesis", "id": kinesis.id}),
    });
    let egresses = application.egresses.iter().map(|egress| match &egress.kind {
        EgressKind::Playground { port, topics } => {
            json!({"part": "egress", "kind": "playground", "id": egress.id, "port": port, "topics": topics})
        }
        EgressKind::Kafka(_) => json!({"part": "egress", "kind": "kafka", "id": egress.id}),
        EgressKind::Kinesis(_) => json!({"part": "egress", "kind": "kinesis", "id": egress.id}),
    });
    endpoints.chain(ingresses).chain(egresses).collect()
}

fn functions(endpoint: &Endpoint) -> String {
    match &endpoint.functions {
        Functions::Type { namespace, name } => format!("{namespace}/{name}"),
        Functions::Namespace { namespace } => format!("{namespace}/*"),
    }
}

/// A part on one line.
fn line(part: &Value) -> String {
    let text = |name: &str| shown(part[name].as_str().unwrap_or_default());
    match &*text("part") {
        "functions" => format!("functions  {}  at {}", text("functions"), text("url")),
        end => {
            let named = [text("kind"), text("id")].join("  ");
            let port = part["port"].as_u64().map_or(String::new(), |port| format!("  at port {port}"));
            let topics = part["topics"].as_array().map_or(String::new(), |topics| {
                let topics: Vec<String> = topics.iter().filter_map(Value::as_str).map(shown).collect();
                format!("  topics {}", topics.join(", "))
            });
            format!("{end:<9}  {}{port}{topics}", named.trim_end())
        }
    }
}
