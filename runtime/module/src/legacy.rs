// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The form of version 3.0: one document with lists of endpoints, ingresses and egresses.

use std::path::Path;

use crate::application::{Application, Egress, EgressKind, Ingress, IngressKind};
use crate::endpoint::{self, Form};
use crate::fields::Fields;
use crate::yaml::Node;
use crate::{kafka, kinesis};

pub(crate) fn read(root: &Fields<'_>, directory: &Path, application: &mut Application) {
    if let Some(version) = root.maybe_text("version", "\"3.0\"")
        && version != "3.0"
    {
        root.fault(root.place, format!("a module of version {version:?} is not known; expected version: \"3.0\""));
        return;
    }
    let Some(module) = root.must("module", "{meta: {type: remote}, spec: {…}}") else { return };
    let Some(module) = Fields::of(module, "a module", root.findings()) else { return };
    if let Some(meta) = module.must("meta", "{type: remote}").and_then(|node| Fields::of(node, "meta", root.findings()))
    {
        match meta.text("type", "remote") {
            None | Some("remote") => {}
            Some(other) => {
                meta.fault(meta.place, format!("a module of type {other:?} is not known; expected type: remote"))
            }
        }
    }
    let Some(spec) = module.must("spec", "{endpoints: […]}") else { return };
    let Some(spec) = Fields::of(spec, "a module's spec", root.findings()) else { return };
    for node in spec.maybe_list("endpoints") {
        if let Some((meta, spec_node, fields)) = part(node, "endpoint", &spec) {
            match meta.text("kind", "http") {
                Some("http") => application.endpoints.extend(endpoint::read(spec_node, Form::V1, directory, &fields)),
                Some(other) => {
                    fields.fault(meta.place, format!("an endpoint of kind {other:?} is not known; expected kind: http"))
                }
                None => {}
            }
        }
    }
    for node in spec.maybe_list("ingresses") {
        if let Some((meta, spec_node, fields)) = part(node, "ingress", &spec) {
            let id = meta.name("id", "example/names");
            let kind = match meta.text("type", "io.statefun.kafka/ingress") {
                Some("io.statefun.kafka/ingress") => {
                    kafka::ingress(spec_node, id.as_deref(), &fields).map(IngressKind::Kafka)
                }
                Some("io.statefun.kinesis/ingress") => {
                    kinesis::ingress(spec_node, id.as_deref(), &fields).map(IngressKind::Kinesis)
                }
                Some(other) => {
                    let known = "io.statefun.kafka/ingress or io.statefun.kinesis/ingress";
                    fields.fault(meta.place, format!("an ingress of type {other:?} is not known; expected {known}"));
                    None
                }
                None => None,
            };
            application.ingresses.extend(kind.map(|kind| Ingress { place: node.place.clone(), kind }));
        }
    }
    for node in spec.maybe_list("egresses") {
        if let Some((meta, spec_node, fields)) = part(node, "egress", &spec) {
            let id = meta.name("id", "example/greets");
            let read = match meta.text("type", "io.statefun.kafka/egress") {
                Some("io.statefun.kafka/egress") => {
                    kafka::egress(spec_node, id.as_deref(), &fields).map(|(id, egress)| (id, EgressKind::Kafka(egress)))
                }
                Some("io.statefun.kinesis/egress") => kinesis::egress(spec_node, id.as_deref(), &fields)
                    .map(|(id, egress)| (id, EgressKind::Kinesis(egress))),
                Some(other) => {
                    let known = "io.statefun.kafka/egress or io.statefun.kinesis/egress";
                    fields.fault(meta.place, format!("an egress of type {other:?} is not known; expected {known}"));
                    None
                }
                None => None,
            };
            application.egresses.extend(read.map(|(id, kind)| Egress { place: node.place.clone(), id, kind }));
        }
    }
}

/// The `meta` and the `spec` of one part of a list.
fn part<'n>(node: &'n Node, what: &'static str, spec: &Fields<'n>) -> Option<(Fields<'n>, &'n Node, Fields<'n>)> {
    let outer = Fields::of(node, "a part of a module", spec.findings())?;
    let fields = Fields::of(outer.must(what, "{meta: {…}, spec: {…}}")?, what, spec.findings())?;
    let meta = Fields::of(fields.must("meta", "{…}")?, "meta", spec.findings())?;
    let spec_node = fields.must("spec", "{…}")?;
    Some((meta, spec_node, fields))
}
