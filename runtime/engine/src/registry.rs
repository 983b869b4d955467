// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What state each function type has registered.
//!
//! It is of the type, not of an address: so one request is the first of a type, and the others wait for
//! what it brings. Where it is not answered soon, another address asks beside it, and so on up to a few: a
//! message that its function hangs at does not hold up the others. Whoever is answered first brings it; that
//! others are given the same is no harm. What is registered stays as it is.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use statefun_protocol::{ExpirationSpec, ExpireMode, Message, PersistedValueSpec};
use statefun_store::{Space, Store};

use crate::record::{Damage, SpecsRecord, read};
use crate::{Expiry, FunctionType, Spec, keys};

/// The most values that a type may register: all are looked up for each of its addresses.
const MOST_SPECS: usize = 1024;
/// The most bytes that a value's name may have.
const MOST_NAME_BYTES: usize = 1024;

/// How many first requests of a type may be under way at once, where they are not answered soon.
const MOST_FIRST: usize = 8;
/// How long a first request is left alone, in milliseconds.
const SOON_MILLIS: u64 = 1000;

/// What all types have registered.
#[derive(Default)]
pub struct Registry {
    types: Mutex<HashMap<FunctionType, Entry>>,
    /// How often something was changed that shards remember.
    version: AtomicU64,
}

#[derive(Default)]
struct Entry {
    specs: Arc<[Spec]>,
    first: First,
    /// The shards that have addresses which wait for the first request, in their order.
    turns: VecDeque<usize>,
}

/// How far it has come with the first requests of a type.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum First {
    /// No request is under way, and none was answered.
    #[default]
    ToBeSent,
    /// So many are under way; the last one began then, in milliseconds since 1970.
    UnderWay { requests: usize, since: u64 },
    /// One was answered.
    Answered,
}

/// Whether a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Granted,
    /// Not before this time, in milliseconds since 1970, unless others are answered or give up.
    NotBefore(u64),
    /// Not until others are answered or give up.
    Refused,
}

impl Registry {
    /// What a store says.
    ///
    /// # Errors
    /// When it does not say it, or something that is no registration.
    pub fn load(store: &dyn Store) -> Result<Self, crate::EngineError> {
        let mut types = HashMap::new();
        let mut damage = None;
        store.scan(Space::Specs, &[], None, &mut |key, value| match read_entry(key, value) {
            Ok((function, specs)) => {
                types.insert(function, Entry { specs, first: First::Answered, turns: VecDeque::new() });
                true
            }
            Err(found) => {
                damage = Some(found);
                false
            }
        })?;
        match damage {
            Some(damage) => Err(damage.into()),
            None => Ok(Self { types: Mutex::new(types), version: AtomicU64::new(0) }),
        }
    }

    /// What a type has registered.
    pub fn specs(&self, function: &FunctionType) -> Arc<[Spec]> {
        self.lock().get(function).map(|entry| entry.specs.clone()).unwrap_or_default()
    }

    /// The types that have registered a value which goes by itself, in the order of their keys.
    pub fn expiring(&self) -> Vec<FunctionType> {
        let expires = |entry: &Entry| entry.specs.iter().any(|spec| spec.expiry != Expiry::Never);
        let types = self.lock();
        let mut found: Vec<_> =
            types.iter().filter(|(_, entry)| expires(entry)).map(|(function, _)| function.clone()).collect();
        found.sort_by_cached_key(keys::of_function);
        found
    }

    /// Whether requests of a type were answered: others may be sent, from then on for ever.
    pub fn is_answered(&self, function: &FunctionType) -> bool {
        self.lock().get(function).is_some_and(|entry| entry.first == First::Answered)
    }

    /// A number that is another one once what [`specs`](Self::specs) or
    /// [`is_answered`](Self::is_answered) says of any type may have become another.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether a shard may send a request at the time `now`. When it is the first of its type, no other may
    /// be sent until it has been [`answered`](Self::answered) or [`gave_up`](Self::gave_up), or has been
    /// silent for a second: then one more may, and so on, up to eight. Whoever may not asks again after that;
    /// of those who wait, the one who has waited longest may.
    pub fn may_ask(&self, function: &FunctionType, shard: usize, now: u64) -> Permission {
        let mut types = self.lock();
        if !types.contains_key(function) {
            types.insert(function.clone(), Entry::default());
        }
        let entry = types.get_mut(function).expect("it was just looked at");
        let (requests, next) = match entry.first {
            First::Answered => return Permission::Granted,
            First::ToBeSent => (0, now),
            First::UnderWay { requests, since } => (requests, since.saturating_add(SOON_MILLIS)),
        };
        // Who asks beside others need not wait for the turn of a shard that may have no room for calls.
        let is_turn = requests > 0 || entry.turns.front().is_none_or(|next| *next == shard);
        if requests < MOST_FIRST && next <= now && is_turn {
            entry.turns.retain(|waiting| *waiting != shard);
            entry.first = First::UnderWay { requests: requests + 1, since: now };
            return Permission::Granted;
        }
        if !entry.turns.contains(&shard) {
            entry.turns.push_back(shard);
        }
        if (1..MOST_FIRST).contains(&requests) { Permission::NotBefore(next) } else { Permission::Refused }
    }

    /// The type has answered; whether this was the first time, and then its record, by which it
    /// has answered also after a restart.
    pub fn answered(&self, function: &FunctionType) -> Option<SpecsRecord> {
        self.turn(function, |_| First::Answered).then(|| self.record(function))
    }

    fn record(&self, function: &FunctionType) -> SpecsRecord {
        SpecsRecord { specs: self.specs(function).iter().map(PersistedValueSpec::from).collect() }
    }

    /// A first request came to nothing; whether there was one.
    pub fn gave_up(&self, function: &FunctionType) -> bool {
        self.turn(function, |first| match first {
            First::UnderWay { requests, since } if requests > 1 => First::UnderWay { requests: requests - 1, since },
            _ => First::ToBeSent,
        })
    }

    fn turn(&self, function: &FunctionType, to: impl FnOnce(First) -> First) -> bool {
        match self.lock().get_mut(function) {
            Some(entry) if matches!(entry.first, First::UnderWay { .. }) => {
                entry.first = to(entry.first);
                self.version.fetch_add(1, Ordering::Release);
                true
            }
            _ => false,
        }
    }

    /// Registers what is new among `wanted`; gives the whole record of the type when there
    /// was something new.
    ///
    /// # Errors
    /// Why it cannot be, as a fragment of a sentence; then nothing is registered.
    pub fn register(&self, function: &FunctionType, wanted: &[Spec]) -> Result<Option<SpecsRecord>, String> {
        let mut types = self.lock();
        let entry = types.entry(function.clone()).or_default();
        let mut specs = entry.specs.to_vec();
        for spec in wanted {
            check(spec)?;
            match specs.iter().find(|known| known.name == spec.name) {
                None => specs.push(spec.clone()),
                Some(known) if known.typename == spec.typename => {}
                Some(known) => {
                    return Err(format!(
                        "it asks for the state {:?} as {}, which is registered as {}",
                        spec.name, spec.typename, known.typename
                    ));
                }
            }
        }
        if specs.len() == entry.specs.len() {
            return Ok(None);
        }
        if specs.len() > MOST_SPECS {
            return Err(format!("it asks for more than {MOST_SPECS} states"));
        }
        let record = SpecsRecord { specs: specs.iter().map(PersistedValueSpec::from).collect() };
        entry.specs = specs.into();
        self.version.fetch_add(1, Ordering::Release);
        Ok(Some(record))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FunctionType, Entry>> {
        self.types.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(spec: &Spec) -> Result<(), String> {
    if spec.name.is_empty() || spec.name.len() > MOST_NAME_BYTES {
        return Err(format!(
            "it asks for a state whose name has {} bytes; 1 to {MOST_NAME_BYTES} fit",
            spec.name.len()
        ));
    }
    Ok(())
}

fn read_entry(key: &[u8], value: &[u8]) -> Result<(FunctionType, Arc<[Spec]>), Damage> {
    let function = keys::read_function(key).ok_or(Damage("registration of state"))?;
    let record: SpecsRecord = read(bytes::Bytes::copy_from_slice(value), "registration of state")?;
    let specs: Result<Vec<Spec>, String> = record.specs.iter().map(Spec::try_from).collect();
    Ok((function, specs.map_err(|_| Damage("registration of state"))?.into()))
}

impl From<&Spec> for PersistedValueSpec {
    fn from(spec: &Spec) -> Self {
        let (mode, time) = match spec.expiry {
            Expiry::Never => (ExpireMode::None, Duration::ZERO),
            Expiry::AfterWrite(time) => (ExpireMode::AfterWrite, time),
            Expiry::AfterInvoke(time) => (ExpireMode::AfterInvoke, time),
        };
        let expire_after_millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Self {
            state_name: spec.name.as_ref().into(),
            expiration_spec: Some(ExpirationSpec { mode: mode.into(), expire_after_millis }),
            type_typename: spec.typename.as_ref().into(),
        }
    }
}

impl TryFrom<&PersistedValueSpec> for Spec {
    type Error = String;

    fn try_from(spec: &PersistedValueSpec) -> Result<Self, String> {
        let name = &spec.state_name;
        let expiration = spec.expiration_spec.unwrap_or_default();
        let time = || {
            let millis = u64::try_from(expiration.expire_after_millis).ok();
            millis.map(Duration::from_millis).ok_or_else(|| format!("the state {name:?} is to expire in the past"))
        };
        let expiry = match ExpireMode::try_from(expiration.mode) {
            Ok(ExpireMode::None) => Expiry::Never,
            Ok(ExpireMode::AfterWrite) => Expiry::AfterWrite(time()?),
            Ok(ExpireMode::AfterInvoke) => Expiry::AfterInvoke(time()?),
            Err(_) => return Err(format!("the state {name:?} is to expire by the unknown mode {}", expiration.mode)),
        };
        Ok(Self { name: name.as_str().into(), typename: spec.type_typename.as_str().into(), expiry })
    }
}

impl SpecsRecord {
    /// The record's bytes.
    pub(crate) fn to_bytes(&self) -> bytes::Bytes {
        self.encode_to_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, typename: &str) -> Spec {
        Spec { name: name.into(), typename: typename.into(), expiry: Expiry::AfterWrite(Duration::from_millis(7)) }
    }

    /// Whether a shard may ask, at the beginning of all time.
    fn may(registry: &Registry, function: &FunctionType, shard: usize) -> bool {
        registry.may_ask(function, shard, 0) == Permission::Granted
    }

    #[test]
    fn one_first_request_of_a_type_at_a_time() {
        let (registry, function) = (Registry::default(), FunctionType::new("a", "b"));
        assert!(may(&registry, &function, 0));
        assert!(!may(&registry, &function, 0));
        assert!(registry.gave_up(&function));
        assert!(may(&registry, &function, 0));
        assert!(registry.answered(&function).is_some());
        assert!(may(&registry, &function, 0) && may(&registry, &function, 1));
        assert!(!registry.gave_up(&function) && registry.answered(&function).is_none(), "it was answered once");
    }

    #[test]
    fn beside_a_first_request_that_is_silent_others_ask_one_by_one_up_to_a_few() {
        let (registry, function) = (Registry::default(), FunctionType::new("a", "b"));
        let may = |now| registry.may_ask(&function, 0, now);
        assert_eq!((may(0), may(999)), (Permission::Granted, Permission::NotBefore(1000)));
        assert_eq!((may(1000), may(1000)), (Permission::Granted, Permission::NotBefore(2000)));
        let granted = (2..20).filter(|second| may(second * 1000) == Permission::Granted).count();
        assert_eq!((granted, may(30_000)), (6, Permission::Refused));
        assert!(registry.gave_up(&function));
        assert_eq!((may(30_000), may(31_000)), (Permission::Granted, Permission::Refused));
        assert!(registry.answered(&function).is_some());
        assert!(registry.answered(&function).is_none() && !registry.gave_up(&function), "the others bring nothing");
    }

    #[test]
    fn the_first_request_is_of_the_shards_in_turn() {
        let (registry, function) = (Registry::default(), FunctionType::new("a", "b"));
        let may = |shard| may(&registry, &function, shard);
        assert_eq!([may(0), may(0), may(1), may(2), may(1)], [true, false, false, false, false]);
        for turn in [0, 1, 2, 0, 1] {
            registry.gave_up(&function);
            let others = [0, 1, 2].into_iter().filter(|shard| *shard != turn);
            assert_eq!(others.map(may).collect::<Vec<_>>(), [false, false], "it is the turn of {turn}");
            assert!(may(turn));
            assert!(!may(turn), "its other addresses wait, behind the others' ");
        }
    }

    #[test]
    fn a_type_without_state_has_answered_also_after_a_restart() {
        let (registry, function) = (Registry::default(), FunctionType::new("a", "b"));
        registry.may_ask(&function, 0, 0);
        let record = registry.answered(&function).unwrap();
        let store = statefun_store::MemoryStore::new();
        let write = statefun_store::Write {
            space: Space::Specs,
            key: keys::of_function(&function).freeze(),
            value: Some(record.to_bytes()),
        };
        store.commit(vec![write]).unwrap();
        assert!(Registry::load(&store).unwrap().is_answered(&function));
    }

    #[test]
    fn what_is_registered_stays_and_is_there_after_a_restart() {
        let (registry, function) = (Registry::default(), FunctionType::new("a", "b"));
        assert!(registry.register(&function, &[spec("seen", "int")]).unwrap().is_some());
        assert!(registry.register(&function, &[spec("seen", "int")]).unwrap().is_none());
        let record = registry.register(&function, &[spec("name", "string")]).unwrap().unwrap();
        let error = registry.register(&function, &[spec("new", "int"), spec("seen", "long")]).unwrap_err();
        assert!(error.contains("\"seen\" as long") && error.contains("registered as int"), "{error}");
        assert_eq!(&*registry.specs(&function), [spec("seen", "int"), spec("name", "string")]);
        let (found, specs) = read_entry(&keys::of_function(&function), &record.to_bytes()).unwrap();
        assert_eq!((found, specs), (function.clone(), registry.specs(&function)));
    }
}
