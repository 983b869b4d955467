// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the runtime and a function say to each other: the request-reply protocol of
//! Stateful Functions, as values.
//!
//! A typed value in transit is kept as the bytes it came in, so that fields which this
//! crate does not know survive; [`TypedValue`] opens it where somebody must look inside.
//! How requests travel is not here.

mod broker;
mod message;
mod simple;
mod typed;

pub use broker::{KafkaProducerRecord, KinesisEgressRecord};
pub use message::{
    Address, DelayedInvocation, EgressMessage, ExpirationSpec, ExpireMode, FromFunction, IncompleteInvocationContext,
    Invocation, InvocationBatchRequest, InvocationResponse, MutationType, Outgoing, PersistedValue,
    PersistedValueMutation, PersistedValueSpec, Reply, Request, ToFunction,
};
pub use prost::{DecodeError, Message};
pub use simple::{Simple, SimpleError};
pub use typed::{EncodedValue, TypedValue, TypedView};
