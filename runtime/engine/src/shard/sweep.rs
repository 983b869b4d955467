// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Values that have expired while nobody called their address: they are looked for on the
//! disk, some at a time, and removed.
//!
//! An address that is called removes its expired values itself.

use statefun_store::{Space, after_prefix};

use super::{Effects, Shard};
use crate::record::Damage;
use crate::{Address, Change, EngineError, keys};

/// The most keys that are looked at in one go.
const MOST_KEYS: usize = 1000;
/// The most bytes of values that are looked at in one go.
const MOST_BYTES: usize = 1024 * 1024;

/// Where the next look begins.
#[derive(Default)]
pub(super) struct Sweep {
    cursor: Vec<u8>,
}

/// An expired value: its address and its key.
type Expired = (Address, Vec<u8>);

impl Shard {
    /// Looks at the next values of types whose values may expire, and removes those of this
    /// shard that have.
    pub(super) fn sweep(&mut self, effects: &mut Effects) -> Result<(), EngineError> {
        let Some((from, below)) = self.next_range() else {
            self.sweep.cursor.clear();
            return Ok(());
        };
        let (found, rest) = self.expired(&from, below.as_deref())?;
        // A type that has been seen to its end is passed over; after the last one comes the first.
        self.sweep.cursor = rest.or(below).unwrap_or_default();
        let settled = found.into_iter().filter(|(address, _)| self.is_settled(address));
        let remove = |(_, key): Expired| Change::Remove { space: Space::State, key: key.into() };
        effects.decision.changes.extend(settled.map(remove));
        Ok(())
    }

    /// The keys of the first type at or after the cursor that has values which may expire,
    /// from the cursor on.
    fn next_range(&self) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let cursor = &self.sweep.cursor;
        self.shared.registry.expiring().iter().find_map(|function| {
            let prefix = keys::of_function(function).to_vec();
            let below = after_prefix(&prefix);
            let is_ahead = below.as_ref().is_none_or(|below| cursor < below);
            is_ahead.then(|| (prefix.max(cursor.clone()), below))
        })
    }

    /// The values of this shard that have expired, and where to go on when not all were seen.
    fn expired(&self, from: &[u8], below: Option<&[u8]>) -> Result<(Vec<Expired>, Option<Vec<u8>>), EngineError> {
        let (mut found, mut rest, mut damage) = (Vec::new(), None, None);
        let (mut seen, mut bytes) = (0, 0);
        self.shared.store.scan(Space::State, from, below, &mut |key, value| {
            if seen >= MOST_KEYS || bytes >= MOST_BYTES {
                rest = Some(key.to_vec());
                return false;
            }
            seen += 1;
            bytes += value.len();
            let Some(expires_at) = value.first_chunk().copied().map(u64::from_be_bytes) else {
                damage = Some(Damage("value"));
                return false;
            };
            if expires_at != 0 && expires_at <= self.now {
                match keys::read_address(key) {
                    Some((address, _)) if address.shard(self.shared.shards) == self.index => {
                        found.push((address, key.to_vec()));
                    }
                    Some(_) => {}
                    None => damage = Some(Damage("value")),
                }
            }
            damage.is_none()
        })?;
        damage.map_or(Ok((found, rest)), |damage| Err(damage.into()))
    }

    /// Whether the disk has all that was decided of an address: what was read there of it is
    /// how it is.
    fn is_settled(&self, address: &Address) -> bool {
        !self.busy.contains_key(address) && self.cache.dirty(address).is_none_or(|epoch| self.durable.has(epoch))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;
    use std::time::Duration;

    use bytes::Bytes;
    use statefun_protocol::TypedValue;
    use statefun_store::{MemoryStore, Store, Write};

    use super::super::{Event, Settings, Shared};
    use super::*;
    use crate::outages::Outages;
    use crate::{
        Answer, Catalogue, Committed, Expiry, FunctionType, Hosted, Letter, Metrics, Mutation, Outcome, Registry, Spec,
        Ticket, stored_value,
    };

    const VALUES: u64 = 2500;

    /// A store in which each second value of two types has expired at the time 1000.
    fn filled(functions: &[FunctionType]) -> Arc<MemoryStore> {
        let store = Arc::new(MemoryStore::new());
        let write = |function: &FunctionType, number: u64| Write {
            space: Space::State,
            key: keys::value(&function.instance(&number.to_string()), "value"),
            value: Some(stored_value(if number.is_multiple_of(2) { 1000 } else { 1001 * (number % 3) }, b"")),
        };
        for function in functions {
            store.commit((0..VALUES).map(|number| write(function, number)).collect()).unwrap();
        }
        store
    }

    fn shared(store: &Arc<MemoryStore>, hosted: &FunctionType) -> Arc<Shared> {
        let mut catalogue = Catalogue::default();
        catalogue.host(hosted.clone(), Hosted { most_in_batch: 1, callee: 0 });
        Arc::new(Shared {
            catalogue,
            registry: Registry::default(),
            store: store.clone(),
            metrics: Metrics::default(),
            shards: 1,
            settings: Settings::default(),
            next_timer: AtomicU64::new(0),
            outages: Outages::default(),
        })
    }

    #[test]
    fn what_has_expired_goes_some_at_a_time_and_what_has_not_stays() {
        let (expiring, other) = (FunctionType::new("a", "expiring"), FunctionType::new("a", "other"));
        let store = filled(&[expiring.clone(), other.clone()]);
        let shared = shared(&store, &expiring);
        let spec = |expiry| Spec { name: "value".into(), typename: "t".into(), expiry };
        shared.registry.register(&expiring, &[spec(Expiry::AfterWrite(Duration::from_millis(1)))]).unwrap();
        shared.registry.register(&other, &[spec(Expiry::Never)]).unwrap();
        let mut shard = Shard::new(0, shared, 0);
        let mut removed = Vec::new();
        for _ in 0..6 {
            let mut effects = Effects::default();
            shard.handle(1000, Event::Sweep, &mut effects).unwrap();
            removed.push(effects.decision.changes.len());
            for change in effects.decision.changes {
                let Change::Remove { space, key } = change else { panic!("nothing else is decided") };
                store.commit(vec![Write { space, key, value: None::<Bytes> }]).unwrap();
            }
        }
        let all = usize::try_from(VALUES).unwrap();
        assert_eq!(removed.iter().sum::<usize>(), all / 2);
        assert!(removed.iter().all(|removed| *removed <= MOST_KEYS), "{removed:?}");
        assert_eq!(store.count(Space::State), all / 2 + all);
    }

    /// How many values are removed by a look at all of them, at the time 1000.
    fn removed(shard: &mut Shard) -> usize {
        let mut effects = Effects::default();
        for _ in 0..2 {
            shard.handle(1000, Event::Sweep, &mut effects).unwrap();
        }
        effects.decision.changes.len()
    }

    #[test]
    fn what_was_decided_and_is_not_on_the_disk_yet_is_not_removed_from_it() {
        let function = FunctionType::new("a", "b");
        let (store, address) = (Arc::new(MemoryStore::new()), function.instance("1"));
        let value = Some(stored_value(1000, b""));
        store.commit(vec![Write { space: Space::State, key: keys::value(&address, "value"), value }]).unwrap();
        let shared = shared(&store, &function);
        let expiry = Expiry::AfterWrite(Duration::from_millis(50));
        shared.registry.register(&function, &[Spec { name: "value".into(), typename: "t".into(), expiry }]).unwrap();
        let mut shard = Shard::new(0, shared, 0);
        let mut effects = Effects::default();
        let letter = Letter { sequence: 1, caller: None, argument: Bytes::new() };
        shard.handle(1000, Event::Start, &mut effects).unwrap();
        shard.handle(1000, Event::Deliver(address.clone(), letter), &mut effects).unwrap();
        assert_eq!(removed(&mut shard), 0, "it is being called");
        let mutation =
            Mutation { name: "value".to_owned(), encoded: Some(TypedValue::new("t", &b"new"[..]).encoded()) };
        let outcome = Outcome { mutations: vec![mutation], ..Outcome::default() };
        shard.handle(1000, Event::Answered(address, Answer::Done(outcome)), &mut effects).unwrap();
        assert_eq!(removed(&mut shard), 0, "its new value is to be appended");
        shard.appended(Ticket(1));
        assert_eq!(removed(&mut shard), 0, "its new value is on its way to the disk");
        let committed = Committed { ticket: Ticket(1), sequence: 1 };
        shard.handle(1000, Event::Committed(committed), &mut effects).unwrap();
        assert_eq!(removed(&mut shard), 1, "the disk has all, and still says that it has expired");
    }
}
