// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `io.statefun.kinesis.v1/ingress` and `/egress`.

use crate::fields::Fields;
use crate::kafka::targets;
use crate::yaml::{Content, Node};

/// Messages out of Kinesis; a record's partition key is the id.
#[derive(Clone, PartialEq, Eq)]
pub struct KinesisIngress {
    /// `example/names`.
    pub id: String,
    /// Which region, or which endpoint.
    pub region: Option<String>,
    /// How one logs in.
    pub credentials: Credentials,
    /// What is read.
    pub streams: Vec<KinesisStream>,
    /// Where reading begins.
    pub startup_position: KinesisStart,
    /// Settings of the client; may hold secrets.
    pub properties: Vec<(String, String)>,
}

/// A stream of a Kinesis ingress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KinesisStream {
    /// Its name.
    pub stream: String,
    /// What type its values are of.
    pub value_type: String,
    /// The functions that are sent each record.
    pub targets: Vec<String>,
}

/// Where reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KinesisStart {
    /// At the beginning.
    Earliest,
    /// At the end.
    Latest,
    /// At the first record of this time or later.
    Date(String),
}

/// How one logs in at AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// As the environment says.
    Default,
    /// With a key that the module file has; it is not kept.
    Basic,
    /// With a profile of a file.
    Profile,
}

/// Records to Kinesis.
#[derive(Clone, PartialEq, Eq)]
pub struct KinesisEgress {
    /// Which region, or which endpoint.
    pub region: Option<String>,
    /// How one logs in.
    pub credentials: Credentials,
    /// How many records may be on their way.
    pub max_outstanding_records: usize,
    /// Settings of the client; may hold secrets.
    pub properties: Vec<(String, String)>,
}

impl std::fmt::Debug for KinesisIngress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KinesisIngress").field("id", &self.id).field("streams", &self.streams).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for KinesisEgress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KinesisEgress").field("region", &self.region).finish_non_exhaustive()
    }
}

pub(crate) fn ingress(node: &Node, id: Option<&str>, fields: &Fields<'_>) -> Option<KinesisIngress> {
    let spec = Fields::of(node, "an ingress's spec", fields.findings())?;
    let id = id.map(str::to_owned).or_else(|| spec.name("id", "example/names"));
    let (region, credentials) = (region(&spec), credentials(&spec));
    let example = "[{stream: names, valueType: io.statefun.types/string, targets: [example/greeter]}]";
    let streams = spec.list("streams", example).iter().filter_map(|node| stream(node, &spec)).collect();
    let startup_position = start(&spec).unwrap_or(KinesisStart::Latest);
    let properties = spec.settings("clientConfigProperties");
    spec.end();
    Some(KinesisIngress { id: id?, region, credentials, streams, startup_position, properties })
}

pub(crate) fn egress(node: &Node, id: Option<&str>, fields: &Fields<'_>) -> Option<(String, KinesisEgress)> {
    let spec = Fields::of(node, "an egress's spec", fields.findings())?;
    let id = id.map(str::to_owned).or_else(|| spec.name("id", "example/greets"));
    let (region, credentials) = (region(&spec), credentials(&spec));
    let max_outstanding_records = spec.count("maxOutstandingRecords", 1000);
    let properties = spec.settings("clientConfigProperties");
    spec.end();
    Some((id?, KinesisEgress { region, credentials, max_outstanding_records, properties }))
}

fn stream(node: &Node, spec: &Fields<'_>) -> Option<KinesisStream> {
    let fields = Fields::of(node, "a stream", spec.findings())?;
    let stream = fields.text("stream", "names").map(str::to_owned);
    let value_type = fields.name("valueType", "io.statefun.types/string");
    let targets = targets(&fields);
    fields.end();
    Some(KinesisStream { stream: stream?, value_type: value_type?, targets })
}

fn region(spec: &Fields<'_>) -> Option<String> {
    let node = spec.maybe("awsRegion")?;
    if let Content::Scalar(name) = &node.content {
        return Some(name.clone());
    }
    let fields = Fields::of(node, "an awsRegion", spec.findings())?;
    let region = match fields.text("type", "specific, custom-endpoint or default")? {
        "default" => None,
        "specific" => fields.text("id", "eu-central-1").map(str::to_owned),
        "custom-endpoint" => {
            let _ = fields.text("id", "eu-central-1");
            fields.text("endpoint", "https://kinesis.example.com:4567").map(str::to_owned)
        }
        other => {
            let known = "specific, custom-endpoint or default";
            fields.fault(&node.place, format!("the region {other:?} is not known; expected {known}"));
            None
        }
    };
    fields.end();
    region
}

fn credentials(spec: &Fields<'_>) -> Credentials {
    let Some(node) = spec.maybe("awsCredentials") else { return Credentials::Default };
    let Some(fields) = Fields::of(node, "awsCredentials", spec.findings()) else { return Credentials::Default };
    let credentials = match fields.text("type", "default, basic or profile") {
        None | Some("default") => Credentials::Default,
        Some("basic") => {
            let _ = (fields.text("accessKeyId", "AKIA…"), fields.text("secretAccessKey", "…"));
            Credentials::Basic
        }
        Some("profile") => {
            let _ = (fields.text("profileName", "my-profile"), fields.maybe_text("profilePath", "/path/of/profile"));
            Credentials::Profile
        }
        Some(other) => {
            let known = "default, basic or profile";
            fields.fault(&node.place, format!("the credentials {other:?} are not known; expected {known}"));
            Credentials::Default
        }
    };
    fields.end();
    credentials
}

fn start(spec: &Fields<'_>) -> Option<KinesisStart> {
    const KNOWN: &str = "earliest, latest or date";
    let node = spec.maybe("startupPosition")?;
    let fields = Fields::of(node, "a startupPosition", spec.findings())?;
    let start = match fields.text("type", KNOWN)? {
        "earliest" => Some(KinesisStart::Earliest),
        "latest" => Some(KinesisStart::Latest),
        "date" => fields.text("date", "2020-02-01 04:15:00.00 Z").map(|date| KinesisStart::Date(date.to_owned())),
        other => {
            fields.fault(&node.place, format!("the startup position {other:?} is not known; expected {KNOWN}"));
            None
        }
    };
    fields.end();
    start
}
