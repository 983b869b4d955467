// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the runtime decides: who is invoked when and with what, and what follows from it.
//!
//! A [`Shard`] is a machine without a clock and without threads: it is handed events, reads
//! the store, and says what is to be called and what was decided. The [`Log`] gives decisions
//! their one order and brings them to the disk. [`Runtime`] drives both with threads; a
//! simulation drives them with dice. How functions are reached is not here.

mod address;
mod catalogue;
mod error;
mod function_type;
pub mod keys;
mod latency;
mod log;
mod metrics;
mod outages;
mod record;
mod registry;
mod request;
mod runtime;
mod shard;

pub use address::{Address, AddressError, MOST_ADDRESS_BYTES};
pub use catalogue::{Catalogue, EgressFormat, Hosted, Record};
pub use error::EngineError;
pub use function_type::{FunctionType, TypeNames};
pub use latency::Latency;
pub use log::{Change, Committed, DeadLetter, Decision, HeldRoom, Log, Position, Sending, Taken, Ticket};
pub use metrics::{FunctionMetrics, Metrics};
pub use record::{Damage, DeadLetterRecord, LetterRecord, SpecsRecord, TimerRecord, read_value, stored_value};
pub use registry::{Permission, Registry};
pub use request::{
    Answer, Delayed, Egressed, Expiry, Failure, GivenValue, Letter, Mutation, Outcome, Outgoing, Reached, Request, Spec,
};
pub use runtime::{Callee, DeadLetterEntry, Embedded, Held, Remote, Runtime, StateEntry, Stopping, decide_offline};
pub use shard::{Call, Effects, Event, Settings, Shard, Shared};

#[cfg(test)]
mod simulation;
