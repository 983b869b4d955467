// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a function is asked, and what it answers, however it is reached.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::Address;

/// A message that waits for its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the order of all messages.
    pub sequence: u64,
    /// Who sent it; none for an ingress.
    pub caller: Option<Address>,
    /// A typed value, encoded.
    pub argument: Bytes,
}

/// One value of an address, as the function is given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenValue {
    /// Its name.
    pub name: Arc<str>,
    /// A typed value, encoded; none when it is absent or has expired.
    pub encoded: Option<Bytes>,
}

/// Messages of one address, in order, with its state.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who is invoked.
    pub address: Address,
    /// What its type has registered.
    pub state: Vec<GivenValue>,
    /// The messages.
    pub letters: Vec<Letter>,
}

/// When a value goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It stays.
    Never,
    /// So long after it was last written.
    AfterWrite(Duration),
    /// So long after its function was last invoked.
    AfterInvoke(Duration),
}

/// A value that a function type has registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Its name.
    pub name: Arc<str>,
    /// What type its values are of.
    pub typename: Arc<str>,
    /// When it goes by itself.
    pub expiry: Expiry,
}

/// A message to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Whom it is for.
    pub target: Address,
    /// A typed value, encoded.
    pub argument: Bytes,
}

/// A message to be sent later, or the cancellation of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delayed {
    /// To be sent.
    Send {
        /// How much later.
        delay: Duration,
        /// What.
        message: Outgoing,
        /// By what it can be cancelled; empty for none.
        token: String,
    },
    /// Not to be sent any more.
    Cancel {
        /// The token with which it was sent.
        token: String,
    },
}

/// A record for an egress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Egressed {
    /// The egress's namespace.
    pub namespace: String,
    /// The egress's name.
    pub name: String,
    /// A typed value, encoded.
    pub argument: Bytes,
}

/// One value written, or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutation {
    /// Its name.
    pub name: String,
    /// A typed value, encoded; none removes it.
    pub encoded: Option<Bytes>,
}

/// The effects of a batch, each kind in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Messages to functions.
    pub messages: Vec<Outgoing>,
    /// Messages to be sent later, and cancellations.
    pub delayed: Vec<Delayed>,
    /// Records that leave the application.
    pub egresses: Vec<Egressed>,
    /// Values written and removed.
    pub mutations: Vec<Mutation>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The batch was processed.
    Done(Outcome),
    /// It was not: the function needs this state, which is not registered yet.
    Incomplete(Vec<Spec>),
    /// It was not, and the caller's budget is spent.
    Failed(Failure),
}

/// Why a batch was not processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether the function was there: then the messages may be at fault, otherwise they are not.
    pub reached: Reached,
    /// What happened, as a fragment of a sentence.
    pub cause: String,
}

/// Whether a function was there to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It was, and did not process the batch.
    Yes,
    /// Nobody was there, or somebody who asked for patience.
    No,
    /// It said nothing: it may stand still, or these messages make it.
    Silent {
        /// When anything was last heard of where it is, by whoever asked, in milliseconds since 1970.
        heard_at: Option<u64>,
    },
}
