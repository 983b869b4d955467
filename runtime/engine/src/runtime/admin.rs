// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Looking at what is there, and dealing with what could not be taken.

use std::sync::Arc;

use bytes::Bytes;
use statefun_protocol::Message;
use statefun_store::{Space, Store, after_prefix};

use super::Runtime;
use crate::record::{Damage, DeadLetterRecord, address, maybe_address, read_value};
use crate::{Address, Change, DeadLetter, Decision, EngineError, FunctionType, Log, Sending, keys};

/// A list ends with the entry at which it has more than so many bytes.
const MOST_LISTED_BYTES: usize = 8 * 1024 * 1024;

/// A message that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterEntry {
    /// By what it is named.
    pub number: u64,
    /// What it is.
    pub letter: DeadLetter,
}

/// A value on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// Whose it is.
    pub address: Address,
    /// Its name.
    pub name: String,
    /// A typed value, encoded.
    pub encoded: Bytes,
    /// When it goes, in milliseconds since 1970; 0 for never.
    pub expires_at: u64,
}

impl StateEntry {
    /// The values on the disk, of one address, of one type, or of all, as far as they have
    /// not expired at `now`; at most `most`, in the order of their keys, those after the key
    /// `after` where there is one. There are fewer where they are large, but one at least where there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(
        store: &dyn Store,
        function: Option<&FunctionType>,
        address: Option<&Address>,
        after: Option<&[u8]>,
        now: u64,
        most: usize,
    ) -> Result<Vec<Self>, EngineError> {
        let prefix = match (address, function) {
            (Some(address), _) => keys::of_address(address),
            (None, Some(function)) => keys::of_function(function),
            (None, None) => bytes::BytesMut::new(),
        };
        let mut found = Vec::new();
        let (mut damage, mut bytes) = (None, 0);
        let from = prefix.to_vec().max(after.unwrap_or_default().to_vec());
        store.scan(Space::State, &from, after_prefix(&prefix).as_deref(), &mut |key, value| {
            if after == Some(key) {
                return true;
            }
            match read_state(key, value) {
                Some(entry) if entry.expires_at == 0 || entry.expires_at > now => {
                    bytes += key.len() + value.len();
                    found.push(entry);
                }
                Some(_) => {}
                None => damage = Some(Damage("value")),
            }
            damage.is_none() && found.len() < most && bytes <= MOST_LISTED_BYTES
        })?;
        damage.map_or(Ok(found), |damage| Err(damage.into()))
    }
}

impl DeadLetterEntry {
    /// The messages that could not be taken, the oldest first, from the number `from` on; at
    /// most `most`. There are fewer where they are large, but one at least where there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(store: &dyn Store, from: u64, most: usize) -> Result<Vec<Self>, EngineError> {
        let (mut found, mut bytes) = (Vec::new(), 0);
        store.scan(Space::DeadLetters, &keys::number(from), None, &mut |key, value| {
            found.push(read_dead(key, value));
            bytes += value.len();
            found.len() < most && bytes <= MOST_LISTED_BYTES
        })?;
        found.into_iter().map(|entry| entry.map_err(Into::into)).collect()
    }

    /// The one with this number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find(store: &dyn Store, number: u64) -> Result<Option<Self>, EngineError> {
        let key = keys::number(number);
        let value = store.get(Space::DeadLetters, &key)?;
        Ok(value.map(|value| read_dead(&key, &value)).transpose()?)
    }

    /// The decision that it is no more.
    pub fn drop(&self) -> Decision {
        let change = Change::Remove { space: Space::DeadLetters, key: keys::number(self.number) };
        Decision { changes: vec![change], ..Decision::default() }
    }

    /// The decision that it is sent again, as a new message.
    pub fn replay(&self) -> Decision {
        let DeadLetter { target, caller, argument, .. } = self.letter.clone();
        Decision { sendings: vec![Sending { caller, target, argument }], ..self.drop() }
    }
}

impl Runtime {
    /// What is on the disk.
    pub fn store(&self) -> &dyn Store {
        &*self.inner.shared.store
    }

    /// Drops a message that could not be taken, or sends it again; whether it was there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle_dead_letter(
        &self,
        number: u64,
        how: impl FnOnce(&DeadLetterEntry) -> Decision,
    ) -> Result<bool, EngineError> {
        // Two who replay the same one do so one after the other.
        let _alone = self.inner.polled.lock().await;
        let Some(entry) = DeadLetterEntry::find(self.store(), number)? else { return Ok(false) };
        self.decide(how(&entry)).await?;
        Ok(true)
    }
}

fn read_state(key: &[u8], value: &[u8]) -> Option<StateEntry> {
    let (address, name) = keys::read_address(key)?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    let (expires_at, encoded) = read_value(Bytes::copy_from_slice(value))?;
    Some(StateEntry { address, name, encoded, expires_at })
}

fn read_dead(key: &[u8], value: &[u8]) -> Result<DeadLetterEntry, Damage> {
    const WHAT: &str = "dead letter";
    let number = keys::read_number(key).ok_or(Damage(WHAT))?;
    let record = DeadLetterRecord::decode(value).map_err(|_| Damage(WHAT))?;
    let letter = DeadLetter {
        target: address(record.target.as_ref(), WHAT)?,
        caller: maybe_address(record.caller.as_ref()).map_err(|_| Damage(WHAT))?,
        argument: record.argument,
        cause: record.cause,
        at: record.at,
    };
    Ok(DeadLetterEntry { number, letter })
}

/// Has something happen in a store that no runtime has open.
///
/// # Errors
/// When the store fails.
pub fn decide_offline(store: Arc<dyn Store>, mut decision: Decision) -> Result<(), EngineError> {
    let log = Log::open(store, u64::MAX)?;
    // The next runtime takes messages up from the disk.
    log.append(&mut decision, None, &mut |_| {})?;
    if let Some(taken) = log.take() {
        log.commit(taken)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use statefun_store::{MemoryStore, Write};

    use super::*;
    use crate::stored_value;

    #[test]
    fn lists_of_large_values_and_messages_are_short_and_go_on() {
        let store = MemoryStore::new();
        let (function, large) = (FunctionType::new("a", "b"), Bytes::from(vec![0; 5_000_000]));
        for number in 0..5 {
            let key = keys::value(&function.instance(&number.to_string()), "seen");
            let value = Some(stored_value(0, &large));
            store.commit(vec![Write { space: Space::State, key, value }]).unwrap();
            let target = Some((&function.instance("1")).into());
            let record = DeadLetterRecord { target, argument: large.clone(), ..DeadLetterRecord::default() };
            let (key, value) = (keys::number(number), Some(record.encode_to_vec().into()));
            store.commit(vec![Write { space: Space::DeadLetters, key, value }]).unwrap();
        }
        let values = |after: Option<&[u8]>| {
            let found = StateEntry::list(&store, None, None, after, 0, 1000).unwrap();
            found.iter().map(|entry| entry.address.id.to_string()).collect::<Vec<_>>()
        };
        let after = |id: &str| keys::value(&function.instance(id), "seen");
        assert_eq!(values(None), ["0", "1"]);
        assert_eq!(
            (values(Some(&after("1"))), values(Some(&after("3")))),
            (vec!["2".into(), "3".into()], vec!["4".into()])
        );
        let letters = |from| DeadLetterEntry::list(&store, from, 1000).unwrap().len();
        assert_eq!((letters(0), letters(2), letters(4), letters(5)), (2, 2, 1, 0));
    }
}
