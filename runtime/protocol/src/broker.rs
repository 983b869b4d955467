// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What functions send to egresses of brokers: a record with its topic, in a typed value.

use bytes::Bytes;

/// A record for Kafka.
#[derive(Clone, PartialEq, Eq, ::prost::Message)]
pub struct KafkaProducerRecord {
    /// Its key, in UTF-8; empty for none.
    #[prost(string, tag = "1")]
    pub key: String,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value_bytes: Bytes,
    /// Where it goes.
    #[prost(string, tag = "3")]
    pub topic: String,
}

/// A record for Kinesis.
#[derive(Clone, PartialEq, Eq, ::prost::Message)]
pub struct KinesisEgressRecord {
    /// What gives its shard.
    #[prost(string, tag = "1")]
    pub partition_key: String,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value_bytes: Bytes,
    /// Where it goes.
    #[prost(string, tag = "3")]
    pub stream: String,
    /// What gives its shard instead; empty for none.
    #[prost(string, tag = "4")]
    pub explicit_hash_key: String,
}

impl KafkaProducerRecord {
    /// The type of a typed value that holds one.
    pub const TYPENAME: &str = "type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord";
}

impl KinesisEgressRecord {
    /// The type of a typed value that holds one.
    pub const TYPENAME: &str = "type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord";
}
