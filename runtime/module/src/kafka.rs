// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `io.statefun.kafka.v1/ingress` and `/egress`.

use std::time::Duration;

use crate::fields::{Fields, is_name};
use crate::units;
use crate::yaml::{Content, Node};

/// How long a transaction may take, and the older name that upstream still takes, before the other one.
const TIMEOUTS: [&str; 2] = ["transactionTimeout", "transactionTimeoutMillis"];

/// Messages out of Kafka; a record's key is the id.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaIngress {
    /// `example/names`.
    pub id: String,
    /// `broker:9092`; none when the properties have it.
    pub address: Option<String>,
    /// As what positions are committed.
    pub consumer_group_id: Option<String>,
    /// What is read.
    pub topics: Vec<KafkaTopic>,
    /// Where reading begins when there is no position: `latest` or `earliest`.
    pub auto_offset_reset_position: String,
    /// Where reading begins.
    pub startup_position: KafkaStart,
    /// Settings of the client; may hold secrets.
    pub properties: Vec<(String, String)>,
}

/// A topic of a Kafka ingress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaTopic {
    /// Its name.
    pub topic: String,
    /// What type its values are of.
    pub value_type: String,
    /// The functions that are sent each record.
    pub targets: Vec<String>,
}

/// Where reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KafkaStart {
    /// Where the group has stopped.
    GroupOffsets,
    /// At the beginning.
    Earliest,
    /// At the end.
    Latest,
    /// At these offsets of `topic/partition`.
    SpecificOffsets(Vec<(String, i64)>),
    /// At the first record of this time or later.
    Date(String),
}

/// Records to Kafka.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaEgress {
    /// `broker:9092`; none when the properties have it.
    pub address: Option<String>,
    /// What is promised.
    pub delivery: Delivery,
    /// Settings of the client; may hold secrets.
    pub properties: Vec<(String, String)>,
}

/// What is promised of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing.
    None,
    /// It arrives, perhaps again.
    AtLeastOnce,
    /// It arrives once.
    ExactlyOnce {
        /// How long a transaction may take.
        transaction_timeout: Duration,
    },
}

/// Settings may hold secrets, and are not shown.
macro_rules! without_properties {
    ($type:ident: $($field:ident),*) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

without_properties!(KafkaIngress: id, address, consumer_group_id, topics, auto_offset_reset_position, startup_position);
without_properties!(KafkaEgress: address, delivery);

pub(crate) fn ingress(node: &Node, id: Option<&str>, fields: &Fields<'_>) -> Option<KafkaIngress> {
    let spec = Fields::of(node, "an ingress's spec", fields.findings())?;
    let id = id.map(str::to_owned).or_else(|| spec.name("id", "example/names"));
    let properties = spec.settings("properties");
    let address = address(&spec, &properties);
    let consumer_group_id = spec.maybe_text("consumerGroupId", "my-group").map(str::to_owned);
    let example = "[{topic: names, valueType: io.statefun.types/string, targets: [example/greeter]}]";
    let topics = spec.list("topics", example).iter().filter_map(|node| topic(node, &spec)).collect();
    let reset = spec.parsed("autoOffsetResetPosition", "latest, or earliest", |text| {
        let lower = text.to_ascii_lowercase();
        matches!(&*lower, "latest" | "earliest").then_some(lower)
    });
    let startup_position = start(&spec).unwrap_or(KafkaStart::Latest);
    if startup_position == KafkaStart::GroupOffsets && consumer_group_id.is_none() {
        spec.fault(spec.place, "\"startupPosition\" is that of the group, and \"consumerGroupId\" is missing");
    }
    spec.end();
    let auto_offset_reset_position = reset.unwrap_or_else(|| "latest".to_owned());
    Some(KafkaIngress {
        id: id?,
        address,
        consumer_group_id,
        topics,
        auto_offset_reset_position,
        startup_position,
        properties,
    })
}

pub(crate) fn egress(node: &Node, id: Option<&str>, fields: &Fields<'_>) -> Option<(String, KafkaEgress)> {
    let spec = Fields::of(node, "an egress's spec", fields.findings())?;
    let id = id.map(str::to_owned).or_else(|| spec.name("id", "example/greets"));
    let properties = spec.settings("properties");
    let address = address(&spec, &properties);
    let delivery = delivery(&spec).unwrap_or(Delivery::AtLeastOnce);
    spec.end();
    Some((id?, KafkaEgress { address, delivery, properties }))
}

fn address(spec: &Fields<'_>, properties: &[(String, String)]) -> Option<String> {
    if properties.iter().any(|(name, _)| name == "bootstrap.servers") {
        return spec.maybe_text("address", "broker:9092").map(str::to_owned);
    }
    spec.text("address", "broker:9092").map(str::to_owned)
}

fn topic(node: &Node, spec: &Fields<'_>) -> Option<KafkaTopic> {
    let fields = Fields::of(node, "a topic", spec.findings())?;
    let topic = fields.text("topic", "names").map(str::to_owned);
    let value_type = fields.name("valueType", "io.statefun.types/string");
    let targets = targets(&fields);
    fields.end();
    Some(KafkaTopic { topic: topic?, value_type: value_type?, targets })
}

pub(crate) fn targets(fields: &Fields<'_>) -> Vec<String> {
    let mut targets = Vec::new();
    for node in fields.list("targets", "[example/greeter]") {
        match &node.content {
            Content::Scalar(target) if is_name(target) => targets.push(target.clone()),
            _ => fields.fault(
                &node.place,
                format!("a target is a type of functions, as example/greeter; found {}", node.kind()),
            ),
        }
    }
    targets
}

fn start(spec: &Fields<'_>) -> Option<KafkaStart> {
    const KNOWN: &str = "group-offsets, earliest, latest, specific-offsets or date";
    let node = spec.maybe("startupPosition")?;
    let fields = Fields::of(node, "a startupPosition", spec.findings())?;
    let kind = fields.text("type", KNOWN)?;
    let start = match kind {
        "group-offsets" => Some(KafkaStart::GroupOffsets),
        "earliest" => Some(KafkaStart::Earliest),
        "latest" => Some(KafkaStart::Latest),
        "specific-offsets" => Some(KafkaStart::SpecificOffsets(offsets(&fields))),
        "date" => fields
            .must("date", "2020-02-01 04:15:00.00 Z")
            .and_then(|_| fields.parsed("date", "2020-02-01 04:15:00.00 Z", date))
            .map(KafkaStart::Date),
        other => {
            fields.fault(&node.place, format!("the startup position {other:?} is not known; expected {KNOWN}"));
            None
        }
    };
    fields.end();
    start
}

fn offsets(fields: &Fields<'_>) -> Vec<(String, i64)> {
    let place = fields.place;
    let mut offsets = Vec::new();
    for (name, value) in fields.settings("offsets") {
        let partition =
            name.rsplit_once('/').is_some_and(|(topic, number)| !topic.is_empty() && number.parse::<u32>().is_ok());
        match value.parse() {
            Ok(offset) if partition => offsets.push((name, offset)),
            _ => fields.fault(
                place,
                format!("{name}: {value} is no offset; expected topic/partition: offset, as names/0: 15"),
            ),
        }
    }
    if offsets.is_empty() {
        fields.fault(place, "\"offsets\" is missing; expected offsets: [{names/0: 15}]");
    }
    offsets
}

/// Whether a text is of the form `yyyy-MM-dd HH:mm:ss.SSS Z`.
fn date(text: &str) -> Option<String> {
    let mut parts = text.split_whitespace();
    let (day, time, zone) = (parts.next()?, parts.next()?, parts.next()?);
    let numbers = |text: &str, at: char, count: usize| {
        let all: Vec<&str> = text.split(at).collect();
        all.len() == count
            && all.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    };
    let zone = zone == "Z" || zone.strip_prefix(['+', '-']).is_some_and(|rest| rest.len() >= 2);
    (parts.next().is_none() && numbers(day, '-', 3) && numbers(time, ':', 3) && zone).then(|| text.to_owned())
}

fn delivery(spec: &Fields<'_>) -> Option<Delivery> {
    const KNOWN: &str = "at-least-once, exactly-once or none";
    let node = spec.maybe("deliverySemantic")?;
    let fields = Fields::of(node, "a deliverySemantic", spec.findings())?;
    let kind = fields.text("type", KNOWN)?;
    if matches!(kind, "at-least-once" | "none") {
        for name in TIMEOUTS {
            fields.without_effect(name, "it is of exactly-once");
        }
    }
    let delivery = match kind {
        "at-least-once" => Some(Delivery::AtLeastOnce),
        "none" => Some(Delivery::None),
        "exactly-once" => {
            transaction_timeout(&fields).map(|transaction_timeout| Delivery::ExactlyOnce { transaction_timeout })
        }
        other => {
            fields.fault(&node.place, format!("the delivery {other:?} is not known; expected {KNOWN}"));
            None
        }
    };
    fields.end();
    delivery
}

fn transaction_timeout(fields: &Fields<'_>) -> Option<Duration> {
    const NEWER: &str = TIMEOUTS[0];
    const OLDER: &str = TIMEOUTS[1];
    if fields.maybe(OLDER).is_some() {
        fields.without_effect(NEWER, "transactionTimeoutMillis stands beside it");
        return fields.parsed(OLDER, "900000, in milliseconds", |text| text.parse().ok().map(Duration::from_millis));
    }
    fields.must(NEWER, "15min");
    fields.parsed(NEWER, "15min", units::duration)
}
