// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! module.yaml: of what an application consists.
//!
//! Several files make one [`Application`]. Every fault of all of them is reported at once,
//! each with its file, line and column and what was expected there. What is read is only
//! understood here; nothing is connected or opened.

mod application;
mod compose;
mod endpoint;
mod fault;
mod fields;
mod kafka;
mod kinesis;
mod legacy;
mod playground;
#[cfg(test)]
mod reference;
mod units;
mod yaml;

pub use application::{
    Application, ClientTransport, Egress, EgressKind, Endpoint, Functions, Ingress, IngressKind, KeyPassword,
    ReadTransport, RetryingTransport, Transport,
};
pub use compose::{Source, read, read_as_far_as_possible};
pub use fault::{Fault, Place};
pub use kafka::{Delivery, KafkaEgress, KafkaIngress, KafkaStart, KafkaTopic};
pub use kinesis::{Credentials, KinesisEgress, KinesisIngress, KinesisStart, KinesisStream};

#[cfg(test)]
mod tests;
