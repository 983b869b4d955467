// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is decided at once: it happens as a whole or not at all.

use bytes::Bytes;
use statefun_store::Space;

use crate::catalogue::Record;
use crate::record::DeadLetterRecord;
use crate::{Address, Letter};

/// What happens as a whole or not at all.
#[derive(Debug, Default)]
pub struct Decision {
    /// How far a source was read with it: where the source was read that far before, the
    /// decision was taken before, and nothing of it happens.
    pub position: Option<Position>,
    /// Keys written and removed.
    pub changes: Vec<Change>,
    /// Messages to functions.
    pub sendings: Vec<Sending>,
    /// Records that leave the application.
    pub records: Vec<Record>,
    /// Messages that could not be taken.
    pub dead: Vec<DeadLetter>,
    /// What the answers that it comes of take in memory, where that is counted: given back once it is on the
    /// disk.
    pub rooms: Vec<HeldRoom>,
}

/// The room that something takes in memory; given back when it is dropped.
pub struct HeldRoom(pub Box<dyn Send>);

impl std::fmt::Debug for HeldRoom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldRoom").finish_non_exhaustive()
    }
}

impl Decision {
    /// Whether nothing follows from it; what it takes in memory does not matter then.
    pub fn is_empty(&self) -> bool {
        let Self { position, changes, sendings, records, dead, rooms: _ } = self;
        position.is_none() && changes.is_empty() && sendings.is_empty() && records.is_empty() && dead.is_empty()
    }
}

/// How far a source of messages was read: the source counts, and repeats what was not
/// acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// What the source is called, whichever way its messages come in.
    pub source: Bytes,
    /// The number that it gives a message; it grows from message to message.
    pub number: u64,
}

/// One key written or removed.
#[derive(Debug)]
pub enum Change {
    /// Written, and never written before: when it is removed before it came to the disk, no
    /// trace of it need go there.
    Fresh {
        /// Where.
        space: Space,
        /// Which.
        key: Bytes,
        /// The value.
        value: Bytes,
    },
    /// Written.
    Put {
        /// Where.
        space: Space,
        /// Which.
        key: Bytes,
        /// The value.
        value: Bytes,
    },
    /// A message was processed: it waits no more.
    Consumed {
        /// Whose it was.
        address: Address,
        /// Its number.
        sequence: u64,
    },
    /// Removed.
    Remove {
        /// Where.
        space: Space,
        /// Which.
        key: Bytes,
    },
}

/// A message that is sent.
#[derive(Debug)]
pub struct Sending {
    /// By whom; none for an ingress.
    pub caller: Option<Address>,
    /// To whom.
    pub target: Address,
    /// A typed value, encoded.
    pub argument: Bytes,
}

/// A message that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Whom it was for.
    pub target: Address,
    /// Who sent it; none for an ingress.
    pub caller: Option<Address>,
    /// A typed value, encoded.
    pub argument: Bytes,
    /// Why it could not be taken.
    pub cause: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

impl DeadLetter {
    /// The message of an address, dead for this cause.
    pub fn of(target: &Address, letter: Letter, cause: &str, at: u64) -> Self {
        let Letter { caller, argument, .. } = letter;
        Self { target: target.clone(), caller, argument, cause: cause.to_owned(), at }
    }
}

impl From<&DeadLetter> for DeadLetterRecord {
    fn from(dead: &DeadLetter) -> Self {
        Self {
            target: Some((&dead.target).into()),
            caller: dead.caller.as_ref().map(Into::into),
            argument: dead.argument.clone(),
            cause: dead.cause.clone(),
            at: dead.at,
        }
    }
}
