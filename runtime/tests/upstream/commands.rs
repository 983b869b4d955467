// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What upstream's command interpreters are sent, and what they answer.

/// What an ingress sends.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct SourceCommand {
    /// To which instance.
    #[prost(int32, tag = "1")]
    pub(crate) target: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) commands: Option<Commands>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Commands {
    #[prost(message, repeated, tag = "1")]
    pub(crate) command: Vec<Command>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Command {
    #[prost(oneof = "What", tags = "1, 2, 3, 4, 6")]
    pub(crate) what: Option<What>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum What {
    /// Counts one.
    #[prost(message, tag = "1")]
    Increment(Nothing),
    /// Sends commands to an instance.
    #[prost(message, tag = "2")]
    Send(Send),
    /// Sends commands to an instance, a moment later.
    #[prost(message, tag = "3")]
    SendAfter(Send),
    /// Sends a record that nobody wants.
    #[prost(message, tag = "4")]
    SendEgress(Nothing),
    /// Sends a record with the count.
    #[prost(message, tag = "6")]
    Verify(Verify),
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(crate) struct Nothing {}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Send {
    #[prost(int32, tag = "1")]
    pub(crate) target: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) commands: Option<Commands>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(crate) struct Verify {
    #[prost(int64, tag = "1")]
    pub(crate) expected: i64,
}

/// What is answered to `Verify`.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(crate) struct VerificationResult {
    #[prost(int32, tag = "1")]
    pub(crate) id: i32,
    #[prost(int64, tag = "2")]
    pub(crate) expected: i64,
    #[prost(int64, tag = "3")]
    pub(crate) actual: i64,
}
