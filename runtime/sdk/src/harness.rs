// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An application in a test or from an IDE: messages are supplied, records captured,
//! nothing is packaged and nothing left behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use statefun_engine::{Address, Callee, Catalogue, EgressFormat, EngineError, Runtime, Sending, Settings, StateEntry};
use statefun_protocol::{Simple, SimpleError, TypedValue};
use statefun_store::{MemoryStore, Store};

use crate::Functions;

/// How long records are waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether this has been long enough.
const LOOK: Duration = Duration::from_millis(100);
const SHARDS: usize = 2;

/// An application that runs in this program.
pub struct Harness {
    runtime: Runtime,
    tokio: tokio::runtime::Runtime,
}

/// What can be wrong with a harness.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A thread could not be started.
    #[error("a thread cannot be started")]
    Thread(#[source] std::io::Error),
    /// Fewer records came than were waited for.
    #[error("{expected} records of {egress} were waited for, and {found} came")]
    Missing {
        /// The egress.
        egress: String,
        /// How many were waited for.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A record is of another type.
    #[error("a record of {egress} is not what was asked for")]
    Record {
        /// The egress.
        egress: String,
        /// Why not.
        source: SimpleError,
    },
}

impl Harness {
    /// Starts the functions, over a store in memory; every egress is captured.
    ///
    /// # Errors
    /// When threads cannot be started.
    pub fn start(functions: Functions) -> Result<Self, HarnessError> {
        Self::over(Arc::new(MemoryStore::new()), functions)
    }

    /// Starts the functions over a store.
    ///
    /// # Errors
    /// When threads cannot be started, or the store fails.
    pub fn over(store: Arc<dyn Store>, functions: Functions) -> Result<Self, HarnessError> {
        let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let tokio = tokio.map_err(HarnessError::Thread)?;
        let mut catalogue = Catalogue::default();
        functions.host(&mut catalogue, 0);
        catalogue.every_egress(Arc::new(Captured));
        let callees = vec![Callee::Embedded(Arc::new(functions))];
        let handle = tokio.handle().clone();
        let runtime = Runtime::start(store, catalogue, callees, Settings::default(), SHARDS, u64::MAX, handle)?;
        Ok(Self { runtime, tokio })
    }

    /// Supplies a message of a simple type.
    ///
    /// # Errors
    /// When the engine has failed.
    pub fn send<T: Simple>(&self, target: Address, value: T) -> Result<(), HarnessError> {
        self.send_typed(target, &value.to_typed())
    }

    /// Supplies messages of a simple type, all at once.
    ///
    /// # Errors
    /// When the engine has failed.
    pub fn send_all<T: Simple>(&self, messages: impl IntoIterator<Item = (Address, T)>) -> Result<(), HarnessError> {
        let sending =
            |(target, value): (Address, T)| Sending { caller: None, target, argument: value.to_typed().encoded() };
        let sendings = messages.into_iter().map(sending).collect();
        Ok(self.tokio.block_on(self.runtime.send(sendings, None))?)
    }

    /// Supplies a message.
    ///
    /// # Errors
    /// When the engine has failed.
    pub fn send_typed(&self, target: Address, value: &TypedValue) -> Result<(), HarnessError> {
        let sending = Sending { caller: None, target, argument: value.encoded() };
        Ok(self.tokio.block_on(self.runtime.send(vec![sending], None))?)
    }

    /// The first records of an egress, as simple values; waits until there are `count`.
    ///
    /// # Errors
    /// When fewer came in time, or they are of another type.
    pub fn egressed<T: Simple>(&self, egress: &str, count: usize) -> Result<Vec<T>, HarnessError> {
        let read = |value: &TypedValue| {
            T::from_typed(value).map_err(|source| HarnessError::Record { egress: egress.to_owned(), source })
        };
        self.egressed_typed(egress, count)?.iter().map(read).collect()
    }

    /// The first records of an egress; waits until there are `count`.
    ///
    /// # Errors
    /// When fewer came in time.
    pub fn egressed_typed(&self, egress: &str, count: usize) -> Result<Vec<TypedValue>, HarnessError> {
        let latest = Instant::now() + PATIENCE;
        let (mut found, mut seen) = (Vec::new(), None);
        loop {
            let records = self.runtime.records(egress, TOPIC, found.len() as u64, (count - found.len()).max(1))?;
            found.extend(records.into_iter().map(|(_, record)| record));
            if found.len() >= count {
                found.truncate(count);
                return Ok(found.into_iter().filter_map(|record| TypedValue::open(record).ok()).collect());
            }
            if Instant::now() > latest {
                return Err(HarnessError::Missing { egress: egress.to_owned(), expected: count, found: found.len() });
            }
            let more = self.runtime.more_records(&mut seen);
            if self.tokio.block_on(async { tokio::time::timeout(LOOK, more).await }) == Ok(false) {
                return Err(EngineError::Stopped.into());
            }
        }
    }

    /// A value of an address that is on the disk.
    ///
    /// # Errors
    /// When the store fails.
    pub fn value(&self, address: &Address, name: &str) -> Result<Option<TypedValue>, HarnessError> {
        let entries = StateEntry::list(self.runtime.store(), None, Some(address), None, 0, usize::MAX)?;
        let found = entries.into_iter().find(|entry| entry.name == name);
        Ok(found.and_then(|entry| TypedValue::open(entry.encoded).ok()))
    }

    /// The engine, for whatever else is to be looked at.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

const TOPIC: &str = "captured";

/// Records are kept as they are.
struct Captured;

impl EgressFormat for Captured {
    fn read(&self, argument: &Bytes) -> Result<(Arc<str>, Bytes), String> {
        Ok((TOPIC.into(), argument.clone()))
    }
}
