// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who can be sent a message: a function type, and an instance of it by its id.

use std::fmt;
use std::sync::Arc;

use crate::FunctionType;

/// The longest that namespace, name and id of an address may be together, in bytes.
pub const MOST_ADDRESS_BYTES: usize = 16 * 1024;

/// One instance of a function type.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// Its type.
    pub function: FunctionType,
    /// Which instance.
    pub id: Arc<str>,
}

/// Why something is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A part of it is empty.
    #[error("an address has a namespace, a name and an id; the {0} is empty")]
    Empty(&'static str),
    /// It is too long.
    #[error("the address has {0} bytes; {MOST_ADDRESS_BYTES} are the most")]
    Long(usize),
    /// It is no `namespace/name`.
    #[error("{0:?} is no type of functions; expected namespace/name")]
    NoType(String),
}

impl Address {
    /// The address with these parts.
    ///
    /// # Errors
    /// When a part is empty, or all are too long.
    pub fn new(namespace: &str, name: &str, id: &str) -> Result<Self, AddressError> {
        check(namespace, name, id)?;
        Ok(FunctionType::new(namespace, name).instance(id))
    }

    /// Whether it is one that a message may be for.
    ///
    /// # Errors
    /// When a part is empty, or all are too long.
    pub fn check(&self) -> Result<(), AddressError> {
        check(&self.function.namespace, &self.function.name, &self.id)
    }

    /// Which of `shards` it lives on: by its id alone, so that what has one id is together.
    pub fn shard(&self, shards: usize) -> usize {
        let hash = self
            .id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        usize::try_from((hash ^ (hash >> 32)) % shards as u64).expect("it is below the number of shards")
    }
}

fn check(namespace: &str, name: &str, id: &str) -> Result<(), AddressError> {
    let empty = [("namespace", namespace), ("name", name), ("id", id)].into_iter().find(|(_, part)| part.is_empty());
    if let Some((part, _)) = empty {
        return Err(AddressError::Empty(part));
    }
    let length = namespace.len() + name.len() + id.len();
    if length > MOST_ADDRESS_BYTES { Err(AddressError::Long(length)) } else { Ok(()) }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.function, self.id)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<&Address> for statefun_protocol::Address {
    fn from(address: &Address) -> Self {
        Self {
            namespace: address.function.namespace.as_ref().into(),
            r#type: address.function.name.as_ref().into(),
            id: address.id.as_ref().into(),
        }
    }
}

impl TryFrom<&statefun_protocol::Address> for Address {
    type Error = AddressError;

    fn try_from(address: &statefun_protocol::Address) -> Result<Self, AddressError> {
        Self::new(&address.namespace, &address.r#type, &address.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_with_one_id_live_together_and_ids_are_spread() {
        let spread: Vec<usize> =
            (0..1000).map(|id| FunctionType::new("a", "b").instance(&id.to_string()).shard(4)).collect();
        for shard in 0..4 {
            assert!(spread.iter().filter(|of| **of == shard).count() > 150, "shard {shard} has too little");
        }
        let other = FunctionType::new("c", "d").instance("7").shard(4);
        assert_eq!(spread[7], other);
    }

    #[test]
    fn an_address_without_a_part_or_without_end_is_none() {
        assert_eq!(Address::new("a", "b", ""), Err(AddressError::Empty("id")));
        assert_eq!(Address::new("a", "b", &"x".repeat(20_000)), Err(AddressError::Long(20_002)));
    }
}
