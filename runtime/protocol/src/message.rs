// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The messages themselves. Field numbers are the protocol; a typed value is `Bytes`,
//! which has the same form on the wire as the message it holds.

use bytes::Bytes;

/// Whom a message is for, or from whom it is.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Address {
    /// `example` of `example/greeter`.
    #[prost(string, tag = "1")]
    pub namespace: String,
    /// `greeter` of `example/greeter`.
    #[prost(string, tag = "2")]
    pub r#type: String,
    /// Which instance of the type.
    #[prost(string, tag = "3")]
    pub id: String,
}

/// What a function is sent.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ToFunction {
    /// The request; the protocol knows one kind.
    #[prost(oneof = "Request", tags = "100")]
    pub request: Option<Request>,
}

/// The kinds of requests.
#[derive(Clone, PartialEq, ::prost::Oneof)]
pub enum Request {
    /// Messages of one address, in order.
    #[prost(message, tag = "100")]
    Invocation(InvocationBatchRequest),
}

/// Messages of one address, with the state that its type has registered.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct InvocationBatchRequest {
    /// Who is invoked.
    #[prost(message, optional, tag = "1")]
    pub target: Option<Address>,
    /// The registered values; one that is absent has its name alone.
    #[prost(message, repeated, tag = "2")]
    pub state: Vec<PersistedValue>,
    /// The messages, in order.
    #[prost(message, repeated, tag = "3")]
    pub invocations: Vec<Invocation>,
}

/// One message to the function.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Invocation {
    /// The function that sent it; none when it came through an ingress.
    #[prost(message, optional, tag = "1")]
    pub caller: Option<Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub argument: Option<Bytes>,
}

/// One named value of an address.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct PersistedValue {
    /// Its name.
    #[prost(string, tag = "1")]
    pub state_name: String,
    /// A typed value, encoded; unset when the value is registered and absent.
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub state_value: Option<Bytes>,
}

/// What a function answers.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct FromFunction {
    /// The answer; none means that the messages had no effects.
    #[prost(oneof = "Reply", tags = "100, 101")]
    pub reply: Option<Reply>,
}

/// The kinds of answers.
#[derive(Clone, PartialEq, ::prost::Oneof)]
pub enum Reply {
    /// The effects of the batch.
    #[prost(message, tag = "100")]
    InvocationResult(InvocationResponse),
    /// The batch was not processed: state is needed that is not registered yet.
    #[prost(message, tag = "101")]
    Incomplete(IncompleteInvocationContext),
}

/// The effects of a batch.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct InvocationResponse {
    /// Values written and removed.
    #[prost(message, repeated, tag = "1")]
    pub state_mutations: Vec<PersistedValueMutation>,
    /// Messages to other functions.
    #[prost(message, repeated, tag = "2")]
    pub outgoing_messages: Vec<Outgoing>,
    /// Messages to be sent later, and cancellations of such.
    #[prost(message, repeated, tag = "3")]
    pub delayed_invocations: Vec<DelayedInvocation>,
    /// Records that leave the application.
    #[prost(message, repeated, tag = "4")]
    pub outgoing_egresses: Vec<EgressMessage>,
}

/// One value written or removed.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct PersistedValueMutation {
    /// Which of the two.
    #[prost(enumeration = "MutationType", tag = "1")]
    pub mutation_type: i32,
    /// The value's name.
    #[prost(string, tag = "2")]
    pub state_name: String,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", optional, tag = "3")]
    pub state_value: Option<Bytes>,
}

/// How a value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ::prost::Enumeration)]
#[repr(i32)]
pub enum MutationType {
    /// It is removed.
    Delete = 0,
    /// It is written.
    Modify = 1,
}

/// A message to a function.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Outgoing {
    /// Whom it is for.
    #[prost(message, optional, tag = "1")]
    pub target: Option<Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub argument: Option<Bytes>,
}

/// A message to be sent later, or the cancellation of one.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct DelayedInvocation {
    /// How much later, in milliseconds.
    #[prost(int64, tag = "1")]
    pub delay_in_ms: i64,
    /// Whom it is for.
    #[prost(message, optional, tag = "2")]
    pub target: Option<Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", optional, tag = "3")]
    pub argument: Option<Bytes>,
    /// Whether the message with this token is to be cancelled.
    #[prost(bool, tag = "10")]
    pub is_cancellation_request: bool,
    /// By what it can be cancelled; empty for none.
    #[prost(string, tag = "11")]
    pub cancellation_token: String,
}

/// A record that leaves the application.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct EgressMessage {
    /// `io.statefun.playground` of `io.statefun.playground/egress`.
    #[prost(string, tag = "1")]
    pub egress_namespace: String,
    /// `egress` of it.
    #[prost(string, tag = "2")]
    pub egress_type: String,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", optional, tag = "3")]
    pub argument: Option<Bytes>,
}

/// What state a function needs beside what it was given.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct IncompleteInvocationContext {
    /// The values to register.
    #[prost(message, repeated, tag = "1")]
    pub missing_values: Vec<PersistedValueSpec>,
}

/// A value that a function type wants to have.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct PersistedValueSpec {
    /// Its name.
    #[prost(string, tag = "1")]
    pub state_name: String,
    /// When it goes by itself.
    #[prost(message, optional, tag = "2")]
    pub expiration_spec: Option<ExpirationSpec>,
    /// What type its values are of.
    #[prost(string, tag = "3")]
    pub type_typename: String,
}

/// When a value goes by itself.
#[derive(Clone, Copy, PartialEq, Eq, ::prost::Message)]
pub struct ExpirationSpec {
    /// From when the time counts.
    #[prost(enumeration = "ExpireMode", tag = "1")]
    pub mode: i32,
    /// How long it stays, in milliseconds.
    #[prost(int64, tag = "2")]
    pub expire_after_millis: i64,
}

/// From when the time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ::prost::Enumeration)]
#[repr(i32)]
pub enum ExpireMode {
    /// It stays.
    None = 0,
    /// From its last writing.
    AfterWrite = 1,
    /// From the last invocation of its function.
    AfterInvoke = 2,
}
