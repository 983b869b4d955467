// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The form of version 3.0: one document with lists of endpoints, ingresses and egresses.

use std::path::Path;

use crate::application::{Application, Egress, EgressKind, Endpoint, Ingress, IngressKind};
use crate::endpoint::{self, Form};
use crate::fields::Fields;
use crate::yaml::Node;
use crate::{kafka, kinesis};

pub(crate) fn read(root: Fields<'_>, directory: &Path, application: &mut Application) {
    if let Some(version) = root.maybe_text("version", "\"3.0\"")
        && version != "3.0"
    {
        root.fault(root.place, format!("a module of version {version:?} is not known; expected version: \"3.0\""));
        return;
    }
    let Some(module) = root.must("module", "{meta: {type: remote}, spec: {…}}") else { return };
    let Some(module) = Fields::of(module, "a module", root.findings()) else { return };
    root.end();
    if let Some(meta) =
        module.must("meta", "{type: remote}").and_then(|node| Fields::of(node, "meta", module.findings()))
    {
        match meta.text("type", "remote") {
            None | Some("remote") => {}
            Some(other) => {
                meta.fault(meta.place, format!("a module of type {other:?} is not known; expected type: remote"))
            }
        }
        meta.end();
    }
    let Some(spec) = module.must("spec", "{endpoints: […]}") else { return };
    let Some(spec) = Fields::of(spec, "a module's spec", module.findings()) else { return };
    module.end();
    for node in spec.maybe_list("endpoints") {
        application.endpoints.extend(endpoint(node, directory, &spec));
    }
    for node in spec.maybe_list("ingresses") {
        let kind = ingress(node, &spec);
        application.ingresses.extend(kind.map(|kind| Ingress { place: node.place.clone(), kind }));
    }
    for node in spec.maybe_list("egresses") {
        let read = egress(node, &spec);
        application.egresses.extend(read.map(|(id, kind)| Egress { place: node.place.clone(), id, kind }));
    }
    spec.end();
}

fn endpoint(node: &Node, directory: &Path, spec: &Fields<'_>) -> Option<Endpoint> {
    let Part { meta, spec, fields } = part(node, "endpoint", spec)?;
    let read = match meta.text("kind", "http")? {
        "http" | "io.statefun.endpoints.v1/http" => endpoint::read(spec, Form::V1, directory, &fields),
        "io.statefun.endpoints.v2/http" => endpoint::read(spec, Form::V2, directory, &fields),
        other => {
            fields.fault(meta.place, format!("an endpoint of kind {other:?} is not known; expected kind: http"));
            None
        }
    };
    meta.end();
    fields.end();
    read
}

fn ingress(node: &Node, spec: &Fields<'_>) -> Option<IngressKind> {
    let Part { meta, spec, fields } = part(node, "ingress", spec)?;
    let id = meta.name("id", "example/names");
    let read = match meta.text("type", "io.statefun.kafka/ingress")? {
        "io.statefun.kafka/ingress" | "io.statefun.kafka.v1/ingress" => {
            kafka::ingress(spec, id.as_deref(), &fields).map(IngressKind::Kafka)
        }
        "io.statefun.kinesis/ingress" | "io.statefun.kinesis.v1/ingress" => {
            kinesis::ingress(spec, id.as_deref(), &fields).map(IngressKind::Kinesis)
        }
        other => {
            let known = "io.statefun.kafka/ingress or io.statefun.kinesis/ingress";
            fields.fault(meta.place, format!("an ingress of type {other:?} is not known; expected {known}"));
            None
        }
    };
    meta.end();
    fields.end();
    read
}

fn egress(node: &Node, spec: &Fields<'_>) -> Option<(String, EgressKind)> {
    let Part { meta, spec, fields } = part(node, "egress", spec)?;
    let id = meta.name("id", "example/greets");
    let read = match meta.text("type", "io.statefun.kafka/egress")? {
        "io.statefun.kafka/egress" | "io.statefun.kafka.v1/egress" => {
            kafka::egress(spec, id.as_deref(), &fields).map(|(id, egress)| (id, EgressKind::Kafka(egress)))
        }
        "io.statefun.kinesis/egress" | "io.statefun.kinesis.v1/egress" => {
            kinesis::egress(spec, id.as_deref(), &fields).map(|(id, egress)| (id, EgressKind::Kinesis(egress)))
        }
        other => {
            let known = "io.statefun.kafka/egress or io.statefun.kinesis/egress";
            fields.fault(meta.place, format!("an egress of type {other:?} is not known; expected {known}"));
            None
        }
    };
    meta.end();
    fields.end();
    read
}

/// One part of a list.
struct Part<'n> {
    meta: Fields<'n>,
    spec: &'n Node,
    /// What has both.
    fields: Fields<'n>,
}

fn part<'n>(node: &'n Node, what: &'static str, list: &Fields<'n>) -> Option<Part<'n>> {
    let outer = Fields::of(node, "a part of a module", list.findings())?;
    let fields = Fields::of(outer.must(what, "{meta: {…}, spec: {…}}")?, what, list.findings())?;
    outer.end();
    let meta = Fields::of(fields.must("meta", "{…}")?, "meta", list.findings())?;
    let spec = fields.must("spec", "{…}")?;
    Some(Part { meta, spec, fields })
}
