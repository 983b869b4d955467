// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mappings of module files, in the order of the page.

use super::{Field, Otherwise, Part, time};
use crate::application::{ReadTransport, RetryingTransport};

fn must(name: &'static str, meaning: &'static str) -> Field {
    Field { name, otherwise: Otherwise::Must, meaning }
}

fn may(name: &'static str, meaning: &'static str) -> Field {
    Field { name, otherwise: Otherwise::Nothing, meaning }
}

fn usually(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Field {
    Field { name, otherwise: Otherwise::Is(value.into()), meaning }
}

/// Every mapping.
pub(crate) fn parts() -> Vec<Part> {
    [endpoints(), playground(), kafka(), kinesis()].into_iter().flatten().collect()
}

fn endpoints() -> Vec<Part> {
    let (retrying, reading) = (RetryingTransport::default(), ReadTransport::default());
    let place = || {
        [
            must(
                "functions",
                "`example/greeter`, or `example/*`; the exact name goes before the namespace, which has no slash",
            ),
            must(
                "urlPathTemplate",
                "`http://`, `https://`, or `http+unix:///PATH/NAME.sock/PATH`; `{function.name}` stands for the name; no user, password or fragment",
            ),
            usually("maxNumBatchRequests", "1000", "the most messages in one request"),
        ]
    };
    let limits = |call, connect| {
        [
            usually("call", time(call), "the budget of a call, all tries together"),
            usually("connect", time(connect), "how long a connection may take to come about"),
        ]
    };
    let mut parts = Vec::new();
    parts.push(Part {
        title: "`io.statefun.endpoints.v2/http`",
        fields: place().into_iter().chain([may("transport", "how they are called")]).collect(),
        examples: &[
            "kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/', FIELDS}",
        ],
    });
    let own = [
        usually("type", "io.statefun.transports.v1/async", ""),
        may("timeouts", "`call` and `connect` may stand here, too"),
    ];
    let pool = [
        usually("pool_ttl", time(retrying.pool_ttl), "how long an idle connection is kept"),
        usually("pool_size", retrying.pool_size.to_string(), "how many requests are under way at once"),
        usually(
            "payload_max_bytes",
            format!("{}MiB", retrying.payload_max_bytes >> 20),
            "the most that an answer may have, decompressed; more than 0",
        ),
        may("trust_cacerts", "a file with certificates that are trusted instead of the system's"),
        may("client_cert", "a file with one's own certificate, in PEM; together with its key"),
        may("client_key", "a file with its key, in PEM"),
        may("client_key_password", "what the key is encrypted with: a file that has it, or the words themselves"),
    ];
    parts.push(Part {
        title: "`transport` of an endpoint",
        fields: own.into_iter().chain(limits(retrying.call, retrying.connect)).chain(pool).collect(),
        examples: &["kind: io.statefun.endpoints.v2/http\n\
             spec: {functions: a/b, urlPathTemplate: 'http://f/', transport: {FIELDS}}"],
    });
    parts.push(Part {
        title: "`transport` of type `io.statefun.transports.v1/okhttp`",
        fields: vec![must("type", "`io.statefun.transports.v1/okhttp`"), may("timeouts", "see below")],
        examples: &["kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/', \
                     transport: {type: io.statefun.transports.v1/okhttp, FIELDS}}"],
    });
    let further = [
        usually("read", time(reading.read), "how long nothing may come"),
        usually("write", time(reading.write), "how long nothing of a request may be taken"),
    ];
    parts.push(Part {
        title: "`timeouts` of that transport",
        fields: limits(reading.call, reading.connect).into_iter().chain(further).collect(),
        examples: &["kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/', \
                     transport: {type: io.statefun.transports.v1/okhttp, timeouts: {FIELDS}}}"],
    });
    parts.push(Part {
        title: "`io.statefun.endpoints.v1/http`",
        fields: place().into_iter().chain([may("timeouts", "limits of time")]).collect(),
        examples: &[
            "kind: io.statefun.endpoints.v1/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/', FIELDS}",
        ],
    });
    let unused = [
        may("read", "has no effect: the budget of the call is what is limited"),
        may("write", "has no effect: the budget of the call is what is limited"),
    ];
    parts.push(Part {
        title: "`timeouts` of the older form",
        fields: limits(retrying.call, retrying.connect).into_iter().chain(unused).collect(),
        examples: &["kind: io.statefun.endpoints.v1/http\n\
                     spec: {functions: a/b, urlPathTemplate: 'http://f/', timeouts: {FIELDS}}"],
    });
    parts
}

fn playground() -> Vec<Part> {
    vec![
        Part {
            title: "`io.statefun.playground.v1/ingress`",
            fields: vec![must("port", "where it listens; 0 is any that is free, and the log says which")],
            examples: &["kind: io.statefun.playground.v1/ingress\nspec: {port: 1, FIELDS}"],
        },
        Part {
            title: "`io.statefun.playground.v1/egress`",
            fields: vec![
                usually("id", crate::playground::EGRESS_ID, "what functions call it"),
                must("port", "where it listens; 0 is any that is free, and the log says which"),
                must("topics", "the topics that can be read"),
            ],
            examples: &["kind: io.statefun.playground.v1/egress\nspec: {port: 1, topics: [a], FIELDS}"],
        },
    ]
}

fn targets() -> [Field; 2] {
    [
        must("valueType", "of which type its values are: `io.statefun.types/string`"),
        must("targets", "the functions that are sent each record: `[example/greeter]`; its key is the id"),
    ]
}

fn kafka() -> Vec<Part> {
    let address = || may("address", "`broker:9092`; must be given unless the `properties` have `bootstrap.servers`");
    let properties = || may("properties", "settings of the client, a list of mappings with one entry each");
    vec![
        Part {
            title: "`io.statefun.kafka.v1/ingress`",
            fields: vec![
                must("id", "`example/names`"),
                address(),
                may("consumerGroupId", "as what positions are committed; must be given to begin where it stopped"),
                must("topics", "what is read"),
                usually("autoOffsetResetPosition", "latest", "or `earliest`: where it begins without a position"),
                usually("startupPosition", "{type: latest}", "where it begins"),
                properties(),
            ],
            examples: &["kind: io.statefun.kafka.v1/ingress\nspec: {id: a/b, address: 'b:9', \
                         topics: [{topic: t, valueType: a/b, targets: [a/b]}], FIELDS}"],
        },
        Part {
            title: "a topic of Kafka's ingress",
            fields: [must("topic", "its name")].into_iter().chain(targets()).collect(),
            examples: &["kind: io.statefun.kafka.v1/ingress\nspec: {id: a/b, address: 'b:9', \
                         topics: [{topic: t, valueType: a/b, targets: [a/b], FIELDS}]}"],
        },
        Part {
            title: "`startupPosition` of Kafka's ingress",
            fields: vec![
                must("type", "`group-offsets`, `earliest`, `latest`, `specific-offsets` or `date`"),
                may("offsets", "of `specific-offsets`: a list of `topic/partition: offset`"),
                may("date", "of `date`: `2020-02-01 04:15:00.00 Z`"),
            ],
            examples: &[
                "kind: io.statefun.kafka.v1/ingress\nspec: {id: a/b, address: 'b:9', topics: [{topic: t, valueType: \
                 a/b, targets: [a/b]}], startupPosition: {type: specific-offsets, offsets: [{t/0: 1}], FIELDS}}",
                "kind: io.statefun.kafka.v1/ingress\nspec: {id: a/b, address: 'b:9', topics: [{topic: t, valueType: \
                 a/b, targets: [a/b]}], startupPosition: {type: date, date: '2020-02-01 04:15:00.00 Z', FIELDS}}",
            ],
        },
        Part {
            title: "`io.statefun.kafka.v1/egress`",
            fields: vec![
                must("id", "`example/greets`"),
                address(),
                usually("deliverySemantic", "{type: at-least-once}", "what is promised of a record"),
                properties(),
            ],
            examples: &["kind: io.statefun.kafka.v1/egress\nspec: {id: a/b, address: 'b:9', FIELDS}"],
        },
        Part {
            title: "`deliverySemantic` of Kafka's egress",
            fields: vec![
                must("type", "`at-least-once`, `exactly-once` or `none`"),
                may("transactionTimeout", "of `exactly-once`, where it must be given: how long a transaction may take"),
                may("transactionTimeoutMillis", "the same in milliseconds; it goes before the other"),
            ],
            examples: &["kind: io.statefun.kafka.v1/egress\nspec: {id: a/b, address: 'b:9', \
                         deliverySemantic: {type: exactly-once, transactionTimeout: 15m, FIELDS}}"],
        },
    ]
}

fn kinesis() -> Vec<Part> {
    let shared = || {
        [
            may("awsRegion", "the name of a region, or a mapping; otherwise as the environment says"),
            usually("awsCredentials", "{type: default}", "how one logs in"),
        ]
    };
    let settings = || may("clientConfigProperties", "settings of the client, a list of mappings with one entry each");
    let ingress = [must("id", "`example/names`"), must("streams", "what is read")];
    let start = usually("startupPosition", "{type: latest}", "where it begins");
    vec![
        Part {
            title: "`io.statefun.kinesis.v1/ingress`",
            fields: ingress.into_iter().chain(shared()).chain([start, settings()]).collect(),
            examples: &["kind: io.statefun.kinesis.v1/ingress\nspec: {id: a/b, \
                         streams: [{stream: s, valueType: a/b, targets: [a/b]}], FIELDS}"],
        },
        Part {
            title: "a stream of Kinesis' ingress",
            fields: [must("stream", "its name")].into_iter().chain(targets()).collect(),
            examples: &["kind: io.statefun.kinesis.v1/ingress\nspec: {id: a/b, \
                         streams: [{stream: s, valueType: a/b, targets: [a/b], FIELDS}]}"],
        },
        Part {
            title: "`startupPosition` of Kinesis' ingress",
            fields: vec![
                must("type", "`earliest`, `latest` or `date`"),
                may("date", "of `date`: `2020-02-01 04:15:00.00 Z`"),
            ],
            examples: &["kind: io.statefun.kinesis.v1/ingress\nspec: {id: a/b, streams: [{stream: s, valueType: a/b, \
                         targets: [a/b]}], startupPosition: {type: date, date: '2020-02-01 04:15:00.00 Z', FIELDS}}"],
        },
        Part {
            title: "`io.statefun.kinesis.v1/egress`",
            fields: [must("id", "`example/greets`")]
                .into_iter()
                .chain(shared())
                .chain([usually("maxOutstandingRecords", "1000", "how many records may be on their way"), settings()])
                .collect(),
            examples: &["kind: io.statefun.kinesis.v1/egress\nspec: {id: a/b, FIELDS}"],
        },
        Part {
            title: "`awsRegion` as a mapping",
            fields: vec![
                must("type", "`specific`, `custom-endpoint` or `default`"),
                may("id", "of the first two, where it must be given: `eu-central-1`"),
                may("endpoint", "of `custom-endpoint`, where it must be given: its address"),
            ],
            examples: &["kind: io.statefun.kinesis.v1/egress\n\
                         spec: {id: a/b, awsRegion: {type: custom-endpoint, id: e, endpoint: 'https://e', FIELDS}}"],
        },
        Part {
            title: "`awsCredentials`",
            fields: vec![
                must("type", "`default`, `basic` or `profile`"),
                may("accessKeyId", "of `basic`, where it must be given"),
                may("secretAccessKey", "of `basic`, where it must be given; it is not kept"),
                may("profileName", "of `profile`, where it must be given"),
                may("profilePath", "of `profile`: the file with the profiles"),
            ],
            examples: &[
                "kind: io.statefun.kinesis.v1/egress\n\
                 spec: {id: a/b, awsCredentials: {type: basic, accessKeyId: a, secretAccessKey: b, FIELDS}}",
                "kind: io.statefun.kinesis.v1/egress\n\
                 spec: {id: a/b, awsCredentials: {type: profile, profileName: a, FIELDS}}",
            ],
        },
    ]
}
