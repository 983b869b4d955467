// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The values of an address, as far as they were read.

use std::time::Duration;

use bytes::Bytes;
use statefun_store::{Space, Store};

use crate::record::{Damage, read_value, stored_value};
use crate::{Address, Change, EngineError, Expiry, GivenValue, Spec, keys};

/// From so many bytes on, a value is in memory once while it goes to the disk.
const SHARED: usize = 1024;

/// The values of an address, in the order in which its type registered them; as many as
/// were read.
#[derive(Default)]
pub(super) struct Values(Vec<Value>);

struct Value {
    encoded: Option<Bytes>,
    /// When it goes, in milliseconds since 1970; 0 for never.
    expires_at: u64,
    /// It is not what is on the disk: it was changed, or has gone by itself.
    touched: bool,
}

impl Values {
    /// Reads those that were registered since.
    pub(super) fn load(&mut self, address: &Address, specs: &[Spec], store: &dyn Store) -> Result<(), EngineError> {
        for spec in specs.get(self.0.len()..).unwrap_or_default() {
            let (expires_at, encoded) = match store.get(Space::State, &keys::value(address, &spec.name))? {
                None => (0, None),
                Some(stored) => {
                    let (expires_at, encoded) = read_value(stored).ok_or(Damage("value"))?;
                    (expires_at, Some(encoded))
                }
            };
            self.0.push(Value { encoded, expires_at, touched: false });
        }
        Ok(())
    }

    /// Forgets what has gone by itself.
    pub(super) fn expire(&mut self, now: u64) {
        for value in &mut self.0 {
            if value.encoded.is_some() && value.expires_at != 0 && value.expires_at <= now {
                *value = Value { encoded: None, expires_at: 0, touched: true };
            }
        }
    }

    /// What the function is given.
    pub(super) fn given(&self, specs: &[Spec]) -> Vec<GivenValue> {
        let pairs = specs.iter().zip(&self.0);
        pairs.map(|(spec, value)| GivenValue { name: spec.name.clone(), encoded: value.encoded.clone() }).collect()
    }

    /// Writes or removes one.
    pub(super) fn mutate(&mut self, index: usize, encoded: Option<Bytes>, expiry: Expiry, now: u64) {
        let expires_at = match expiry {
            Expiry::AfterWrite(time) | Expiry::AfterInvoke(time) if encoded.is_some() => moment(now, time),
            _ => 0,
        };
        self.0[index] = Value { encoded, expires_at, touched: true };
    }

    /// What an invocation changes on the disk: the values that the function changed, those
    /// that live from invocation to invocation and live on, those that have expired and go.
    pub(super) fn changes(&mut self, address: &Address, specs: &[Spec], now: u64, changes: &mut Vec<Change>) {
        for (spec, value) in specs.iter().zip(&mut self.0) {
            if let Expiry::AfterInvoke(time) = spec.expiry
                && value.encoded.is_some()
                && !value.touched
            {
                value.expires_at = moment(now, time);
                value.touched = true;
            }
            if std::mem::take(&mut value.touched) {
                changes.push(value.change(keys::value(address, &spec.name)));
            }
        }
    }

    /// How many were read.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// About what they take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|value| size_of::<Value>() + value.encoded.as_ref().map_or(0, Bytes::len)).sum()
    }
}

impl Value {
    fn change(&mut self, key: Bytes) -> Change {
        let Some(encoded) = &mut self.encoded else { return Change::Remove { space: Space::State, key } };
        let value = stored_value(self.expires_at, encoded);
        if encoded.len() >= SHARED {
            // One copy is enough, and nothing of the answer that it came in stays.
            *encoded = value.slice(value.len() - encoded.len()..);
        }
        Change::Put { space: Space::State, key, value }
    }
}

/// The time after `now`, which is never 0.
fn moment(now: u64, time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    now.saturating_add(millis).max(1)
}

/// Where among the specs a name is.
pub(super) fn position(specs: &[Spec], name: &str) -> Option<usize> {
    specs.iter().position(|spec| &*spec.name == name)
}
