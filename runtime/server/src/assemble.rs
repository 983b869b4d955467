// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Module files as what the engine needs: a catalogue, callees, and what listens where.

use std::fs;
use std::path::PathBuf;
use std::string::FromUtf8Error;
use std::sync::Arc;

use statefun_engine::{Callee, Catalogue, FunctionType, Hosted};
use statefun_io::PlaygroundFormat;
use statefun_module::{Application, EgressKind, Fault, Functions, IngressKind, Place, Source};
use statefun_remote::{AnswerRoom, HttpFunction};

use crate::error::{CliError, chain};
use crate::output::{say, shown};

/// What the engine is started with, and what listens where.
pub(crate) struct Assembly {
    pub(crate) catalogue: Catalogue,
    pub(crate) callees: Vec<Callee>,
    /// The ports of playground ingresses.
    pub(crate) ingress_ports: Vec<u16>,
    /// The playground's egresses.
    pub(crate) egresses: Vec<PlaygroundEnd>,
}

/// An egress of the playground that is not opened yet.
pub(crate) struct PlaygroundEnd {
    pub(crate) id: String,
    pub(crate) port: u16,
    pub(crate) topics: Vec<String>,
}

/// Reads module files as one application; says what is odd in them.
///
/// # Errors
/// Everything that is wrong with them, and what this program does not have of the rest.
pub(crate) fn read_modules(files: &[PathBuf]) -> Result<Application, CliError> {
    let (mut sources, mut unread, mut known) = (Vec::with_capacity(files.len()), Vec::new(), Vec::new());
    for path in files {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|source| CliError::File { file: name.clone(), source })?;
        let place = Place { file: name.as_str().into(), line: 1, column: 1 };
        if let Ok(file) = path.canonicalize() {
            if known.contains(&file) {
                unread.push(Fault { place, message: "this file is given twice; name it once".to_owned() });
                continue;
            }
            known.push(file);
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                let directory = path.parent().map(PathBuf::from).unwrap_or_default();
                sources.push(Source { name, directory, text });
            }
            Err(error) => unread.push(no_text(&place.file, &error)),
        }
    }
    let (application, mut faults) = statefun_module::read_as_far_as_possible(&sources);
    faults.extend(unread);
    for remark in &application.remarks {
        say(&shown(&format!("note: {remark}")));
    }
    if faults.is_empty() {
        return Ok(application);
    }
    if let Err(CliError::Modules(further)) = assemble(&application, usize::MAX) {
        faults.extend(further);
    }
    Err(CliError::Modules(in_order(faults)))
}

/// Where a file is no text, and why.
fn no_text(file: &Arc<str>, error: &FromUtf8Error) -> Fault {
    let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
    let text = String::from_utf8_lossy(&bytes[..at]);
    let message = format!("this is no text in UTF-8: the byte 0x{:02x} begins no character", bytes[at]);
    Fault { place: Place::at(file, &text, at), message }
}

/// Faults in the order of their places; the files in the order in which they are first named.
fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    let mut files: Vec<Arc<str>> = Vec::new();
    for fault in &faults {
        if !files.contains(&fault.place.file) {
            files.push(fault.place.file.clone());
        }
    }
    faults.sort_by_key(|Fault { place, .. }| {
        (files.iter().position(|file| *file == place.file), place.line, place.column)
    });
    faults
}

/// What the engine needs of an application; each of its endpoints has no more than so many
/// connections.
///
/// # Errors
/// Everything that this program does not have, and every endpoint that cannot be called.
pub(crate) fn assemble(application: &Application, most_connections: usize) -> Result<Assembly, CliError> {
    let mut assembly = Assembly {
        catalogue: Catalogue::default(),
        callees: Vec::new(),
        ingress_ports: Vec::new(),
        egresses: Vec::new(),
    };
    let (mut faults, room) = (Vec::new(), Arc::new(AnswerRoom::default()));
    for endpoint in &application.endpoints {
        let function = match HttpFunction::new(endpoint, most_connections, room.clone()) {
            Ok(function) => function,
            Err(error) => {
                let message = format!("these functions cannot be called: {}", chain(&error));
                faults.push(Fault { place: error.place(endpoint).clone(), message });
                continue;
            }
        };
        let hosted = Hosted { most_in_batch: endpoint.max_num_batch_requests, callee: assembly.callees.len() };
        assembly.callees.push(Callee::Remote(Arc::new(function)));
        match &endpoint.functions {
            Functions::Type { namespace, name } => assembly.catalogue.host(FunctionType::new(namespace, name), hosted),
            Functions::Namespace { namespace } => assembly.catalogue.host_namespace(namespace, hosted),
        }
    }
    for ingress in &application.ingresses {
        match &ingress.kind {
            IngressKind::Playground { port } => assembly.ingress_ports.push(*port),
            IngressKind::Kafka(_) => faults.push(lacking(&ingress.place, "a Kafka ingress")),
            IngressKind::Kinesis(_) => faults.push(lacking(&ingress.place, "a Kinesis ingress")),
        }
    }
    for egress in &application.egresses {
        match &egress.kind {
            EgressKind::Playground { port, topics } => {
                let (id, port, topics) = (egress.id.clone(), *port, topics.clone());
                assembly.catalogue.egress(&id, Arc::new(PlaygroundFormat::new(&id, &topics)));
                assembly.egresses.push(PlaygroundEnd { id, port, topics });
            }
            EgressKind::Kafka(_) => faults.push(lacking(&egress.place, "a Kafka egress")),
            EgressKind::Kinesis(_) => faults.push(lacking(&egress.place, "a Kinesis egress")),
        }
    }
    if faults.is_empty() { Ok(assembly) } else { Err(CliError::Modules(in_order(faults))) }
}

fn lacking(place: &Place, what: &str) -> Fault {
    let why = "this runtime does not connect to it yet; the playground's ingress and egress stand in for it";
    Fault { place: place.clone(), message: format!("{what} is defined; {why}") }
}
