// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Several module files as one application.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::application::{Application, Egress, EgressKind, Functions, Ingress, IngressKind};
use crate::endpoint::{self, Form};
use crate::fault::Findings;
use crate::fields::Fields;
use crate::playground::PlaygroundEgress;
use crate::yaml::{Content, Node, documents};
use crate::{Fault, Place, kafka, kinesis, legacy, playground};

pub(crate) const KINDS: [&str; 8] = [
    "io.statefun.endpoints.v2/http",
    "io.statefun.endpoints.v1/http",
    "io.statefun.kafka.v1/ingress",
    "io.statefun.kafka.v1/egress",
    "io.statefun.kinesis.v1/ingress",
    "io.statefun.kinesis.v1/egress",
    "io.statefun.playground.v1/ingress",
    "io.statefun.playground.v1/egress",
];

/// A module file.
#[derive(Debug, Clone)]
pub struct Source {
    /// As it is named in messages.
    pub name: String,
    /// Where the files that it names are.
    pub directory: PathBuf,
    /// What it says.
    pub text: String,
}

/// The application that the files define together.
///
/// # Errors
/// Every fault of all files, in their order.
pub fn read(sources: &[Source]) -> Result<Application, Vec<Fault>> {
    match read_as_far_as_possible(sources) {
        (application, faults) if faults.is_empty() => Ok(application),
        (_, faults) => Err(faults),
    }
}

/// What the files define of an application, and every fault of all files, in their order: for who has
/// more to find in the parts that are without fault.
pub fn read_as_far_as_possible(sources: &[Source]) -> (Application, Vec<Fault>) {
    let mut application = Application::default();
    let findings = RefCell::new(Findings::default());
    for source in sources {
        let file: Arc<str> = source.name.as_str().into();
        match documents(&file, &source.text) {
            Ok(nodes) if nodes.iter().all(|node| matches!(node.content, Content::Nothing)) => {
                let place = Place { file, line: 1, column: 1 };
                findings.borrow_mut().fault(&place, format!("the file defines nothing; expected kind: {}", KINDS[0]));
            }
            Ok(nodes) => {
                for node in &nodes {
                    read_document(node, source, &findings, &mut application);
                }
            }
            Err(fault) => findings.borrow_mut().faults.push(fault),
        }
    }
    let mut findings = findings.into_inner();
    check_together(&application, &mut findings);
    application.remarks = findings.remarks;
    (application, findings.faults)
}

fn read_document(node: &Node, source: &Source, findings: &RefCell<Findings>, application: &mut Application) {
    if matches!(node.content, Content::Nothing) {
        return;
    }
    let Some(root) = Fields::of(node, "a component", findings) else { return };
    if root.maybe("module").is_some() && root.maybe("kind").is_none() {
        legacy::read(root, &source.directory, application);
        return;
    }
    let Some(kind) = root.text("kind", KINDS[0]) else { return };
    if !KINDS.contains(&kind) {
        let place = &root.maybe("kind").map_or(node, |node| node).place;
        root.fault(place, format!("the kind {kind:?} is not known; known: {}", KINDS.join(", ")));
        return;
    }
    let Some(spec) = root.must("spec", "{…}") else { return };
    let place = node.place.clone();
    let ingress = |kind| Ingress { place: place.clone(), kind };
    let egress = |id, kind| Egress { place: place.clone(), id, kind };
    let directory = &source.directory;
    match kind {
        "io.statefun.endpoints.v2/http" => {
            application.endpoints.extend(endpoint::read(spec, Form::V2, directory, &root))
        }
        "io.statefun.endpoints.v1/http" => {
            application.endpoints.extend(endpoint::read(spec, Form::V1, directory, &root))
        }
        "io.statefun.kafka.v1/ingress" => {
            application
                .ingresses
                .extend(kafka::ingress(spec, None, &root).map(|kafka| ingress(IngressKind::Kafka(kafka))));
        }
        "io.statefun.kinesis.v1/ingress" => application
            .ingresses
            .extend(kinesis::ingress(spec, None, &root).map(|kinesis| ingress(IngressKind::Kinesis(kinesis)))),
        "io.statefun.playground.v1/ingress" => application
            .ingresses
            .extend(playground::ingress(spec, &root).map(|port| ingress(IngressKind::Playground { port }))),
        "io.statefun.kafka.v1/egress" => application
            .egresses
            .extend(kafka::egress(spec, None, &root).map(|(id, kafka)| egress(id, EgressKind::Kafka(kafka)))),
        "io.statefun.kinesis.v1/egress" => application
            .egresses
            .extend(kinesis::egress(spec, None, &root).map(|(id, kinesis)| egress(id, EgressKind::Kinesis(kinesis)))),
        _ => application.egresses.extend(playground::egress(spec, &root).map(|playground| {
            let PlaygroundEgress { id, port, topics } = playground;
            egress(id, EgressKind::Playground { port, topics })
        })),
    }
    root.end();
}

/// What two parts claim, each of which may be right by itself.
fn check_together(application: &Application, findings: &mut Findings) {
    let mut claims = Claims { seen: BTreeMap::new(), findings };
    for endpoint in &application.endpoints {
        let what = match &endpoint.functions {
            Functions::Type { namespace, name } => format!("functions of type {namespace}/{name}"),
            Functions::Namespace { namespace } => format!("functions of the namespace {namespace}"),
        };
        claims.claim(what, &endpoint.place);
    }
    for ingress in &application.ingresses {
        match &ingress.kind {
            IngressKind::Playground { port } => claims.claim_port(*port, &ingress.place),
            IngressKind::Kafka(kafka) => claims.claim(format!("the ingress {}", kafka.id), &ingress.place),
            IngressKind::Kinesis(kinesis) => claims.claim(format!("the ingress {}", kinesis.id), &ingress.place),
        }
    }
    for egress in &application.egresses {
        claims.claim(format!("the egress {}", egress.id), &egress.place);
        if let EgressKind::Playground { port, .. } = &egress.kind {
            claims.claim_port(*port, &egress.place);
        }
    }
}

struct Claims<'f> {
    seen: BTreeMap<String, Place>,
    findings: &'f mut Findings,
}

impl Claims<'_> {
    /// The port 0 is any that is free, of which there are many.
    fn claim_port(&mut self, port: u16, place: &Place) {
        if port != 0 {
            self.claim(format!("the port {port}"), place);
        }
    }

    fn claim(&mut self, what: String, place: &Place) {
        match self.seen.get(&what) {
            Some(first) => self.findings.fault(place, format!("{what}: claimed here and at {first}")),
            None => {
                self.seen.insert(what, place.clone());
            }
        }
    }
}
