// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An application: what modules define together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::kafka::{KafkaEgress, KafkaIngress};
use crate::kinesis::{KinesisEgress, KinesisIngress};
use crate::{Fault, Place};

/// What the modules define together.
#[derive(Debug, Default)]
pub struct Application {
    /// Where functions are.
    pub endpoints: Vec<Endpoint>,
    /// Where messages come in.
    pub ingresses: Vec<Ingress>,
    /// Where records go out.
    pub egresses: Vec<Egress>,
    /// What is odd in the files, and no fault.
    pub remarks: Vec<Fault>,
}

/// Where functions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where it is defined.
    pub place: Place,
    /// Where its address is.
    pub url_place: Place,
    /// The files that it names, and where.
    pub file_places: Vec<(PathBuf, Place)>,
    /// Which functions.
    pub functions: Functions,
    /// Their address; `{function.name}` in it stands for the name.
    pub url_path_template: String,
    /// The most messages in one request.
    pub max_num_batch_requests: usize,
    /// How they are called.
    pub transport: Transport,
}

impl Endpoint {
    /// Where it names a file; the endpoint itself for one that it does not name.
    pub fn place_of_file(&self, path: &Path) -> &Place {
        self.file_places.iter().find(|(file, _)| file == path).map_or(&self.place, |(_, place)| place)
    }
}

/// Which functions an endpoint has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Functions {
    /// One type: `example/greeter`.
    Type {
        /// `example`.
        namespace: String,
        /// `greeter`.
        name: String,
    },
    /// Every type of a namespace that has no endpoint of its own: `example/*`.
    Namespace {
        /// `example`.
        namespace: String,
    },
}

/// How functions are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// The usual one: whatever fails is tried again within the budget.
    Retrying(RetryingTransport),
    /// `io.statefun.transports.v1/okhttp`: what the function is sure not to want is not tried again.
    Read(ReadTransport),
}

/// The usual transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryingTransport {
    /// The budget of a call with all its tries.
    pub call: Duration,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long an idle connection is kept.
    pub pool_ttl: Duration,
    /// How many connections there are at most.
    pub pool_size: usize,
    /// The most that an answer may have, in bytes.
    pub payload_max_bytes: u64,
    /// Who is trusted, and who one is.
    pub client: ClientTransport,
}

/// Who is trusted over TLS, and who one is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ClientTransport {
    /// The certificates that are trusted, instead of the system's.
    pub trust_cacerts: Option<PathBuf>,
    /// One's own certificate.
    pub client_cert: Option<PathBuf>,
    /// Its key.
    pub client_key: Option<PathBuf>,
    /// What the key is encrypted with.
    pub client_key_password: Option<KeyPassword>,
}

/// What a key is encrypted with; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPassword {
    /// The file that has it.
    pub file: PathBuf,
    /// The password itself, where that file is not there; none when the module says that it
    /// is a file.
    pub words: Option<String>,
}

impl std::fmt::Debug for ClientTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientTransport")
            .field("trust_cacerts", &self.trust_cacerts)
            .field("client_cert", &self.client_cert)
            .field("client_key", &self.client_key)
            .finish_non_exhaustive()
    }
}

/// The transport with limits for reading and writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTransport {
    /// The budget of a call with all its tries.
    pub call: Duration,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long nothing may be read.
    pub read: Duration,
    /// How long nothing may be written.
    pub write: Duration,
}

impl Default for RetryingTransport {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(120),
            connect: Duration::from_secs(20),
            pool_ttl: Duration::from_secs(15),
            pool_size: 1024,
            payload_max_bytes: 32 << 20,
            client: ClientTransport::default(),
        }
    }
}

impl Default for ReadTransport {
    fn default() -> Self {
        let usual = Duration::from_secs(10);
        Self { call: Duration::from_secs(60), connect: usual, read: usual, write: usual }
    }
}

/// Where messages come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingress {
    /// Where it is defined.
    pub place: Place,
    /// Of what kind.
    pub kind: IngressKind,
}

/// The kinds of ingresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngressKind {
    /// `io.statefun.playground.v1/ingress`.
    Playground {
        /// On which port of this machine.
        port: u16,
    },
    /// `io.statefun.kafka.v1/ingress`.
    Kafka(KafkaIngress),
    /// `io.statefun.kinesis.v1/ingress`.
    Kinesis(KinesisIngress),
}

/// Where records go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Egress {
    /// Where it is defined.
    pub place: Place,
    /// What functions call it: `io.statefun.playground/egress`.
    pub id: String,
    /// Of what kind.
    pub kind: EgressKind,
}

/// The kinds of egresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EgressKind {
    /// `io.statefun.playground.v1/egress`.
    Playground {
        /// On which port of this machine.
        port: u16,
        /// The topics that can be read.
        topics: Vec<String>,
    },
    /// `io.statefun.kafka.v1/egress`.
    Kafka(KafkaEgress),
    /// `io.statefun.kinesis.v1/egress`.
    Kinesis(KinesisEgress),
}
