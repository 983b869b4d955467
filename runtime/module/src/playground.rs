// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `io.statefun.playground.v1/ingress` and `/egress`: with curl alone.

use crate::fields::Fields;
use crate::yaml::{Content, Node};

/// What functions call an egress that has no id of its own.
pub(crate) const EGRESS_ID: &str = "io.statefun.playground/egress";

/// An egress of the playground as a module defines it.
pub(crate) struct PlaygroundEgress {
    pub(crate) id: String,
    pub(crate) port: u16,
    pub(crate) topics: Vec<String>,
}

pub(crate) fn ingress(node: &Node, fields: &Fields<'_>) -> Option<u16> {
    let spec = Fields::of(node, "an ingress's spec", fields.findings())?;
    let port = port(&spec, "8090");
    spec.end();
    port
}

pub(crate) fn egress(node: &Node, fields: &Fields<'_>) -> Option<PlaygroundEgress> {
    let spec = Fields::of(node, "an egress's spec", fields.findings())?;
    let id = match spec.maybe("id") {
        None => Some(EGRESS_ID.to_owned()),
        Some(_) => spec.name("id", "example/greets"),
    };
    let port = port(&spec, "8091");
    let mut topics = Vec::new();
    for node in spec.list("topics", "[greetings]") {
        match &node.content {
            Content::Scalar(topic) if topics.contains(topic) => {
                spec.fault(&node.place, format!("the topic {topic:?} is given twice"));
            }
            // A path with such a part is another one.
            Content::Scalar(topic) if !topic.contains('/') && !matches!(&**topic, "" | "." | "..") => {
                topics.push(topic.clone());
            }
            _ => spec.fault(
                &node.place,
                format!("a topic is a name without a slash, and not . or ..; found {}", node.kind()),
            ),
        }
    }
    spec.end();
    Some(PlaygroundEgress { id: id?, port: port?, topics })
}

fn port(spec: &Fields<'_>, example: &str) -> Option<u16> {
    spec.must("port", example)?;
    spec.parsed("port", &format!("{example}, a number from 0 to 65535"), |text| text.parse().ok())
}
