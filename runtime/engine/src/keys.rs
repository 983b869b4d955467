// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The keys under which things are in the store, and the way back from a key.
//!
//! A name in a key has its length before it, so that no key of one thing is the beginning
//! of another's. What is of one address has keys that begin alike.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{Address, FunctionType};

/// How many bytes a number takes at the end of a key.
const NUMBER_BYTES: usize = 8;

fn put_name(key: &mut BytesMut, name: &str) {
    key.put_u16(u16::try_from(name.len()).expect("names were checked to be short"));
    key.put_slice(name.as_bytes());
}

/// With what the keys of an address begin.
pub fn of_address(address: &Address) -> BytesMut {
    before(address, 0)
}

/// The same, with room for what follows, and for nothing more: a key that fills its memory is
/// not moved into another.
fn before(address: &Address, following: usize) -> BytesMut {
    let names = [&*address.function.namespace, &*address.function.name, &*address.id];
    let length: usize = names.iter().map(|name| name.len() + 2).sum();
    let mut key = BytesMut::with_capacity(length + following);
    for name in names {
        put_name(&mut key, name);
    }
    key
}

/// With what the keys of all addresses of a type begin.
pub fn of_function(function: &FunctionType) -> BytesMut {
    let mut key = BytesMut::with_capacity(64);
    put_name(&mut key, &function.namespace);
    put_name(&mut key, &function.name);
    key
}

/// Where a message waits.
pub fn letter(address: &Address, sequence: u64) -> Bytes {
    numbered(before(address, NUMBER_BYTES), sequence)
}

/// Where a value of an address is.
pub fn value(address: &Address, name: &str) -> Bytes {
    named(before(address, name.len()), name)
}

/// Where a token of a sender is.
pub fn token(sender: &Address, token: &str) -> Bytes {
    named(before(sender, token.len()), token)
}

/// Where a message to be sent later is.
pub fn timer(due: u64, number: u64) -> Bytes {
    let mut key = BytesMut::with_capacity(2 * NUMBER_BYTES);
    key.put_u64(due);
    numbered(key, number)
}

/// Where a number alone is the key.
pub fn number(number: u64) -> Bytes {
    numbered(BytesMut::with_capacity(NUMBER_BYTES), number)
}

/// With what the keys of an egress topic begin.
pub fn of_topic(egress: &str, topic: &str) -> BytesMut {
    let mut key = BytesMut::with_capacity(egress.len() + topic.len() + 2 * NUMBER_BYTES);
    put_name(&mut key, egress);
    put_name(&mut key, topic);
    key
}

/// Where a record of a topic is.
pub fn record(egress: &str, topic: &str, offset: u64) -> Bytes {
    numbered(of_topic(egress, topic), offset)
}

/// Where it is said how far a topic is written, or how far read.
pub fn cursor(egress: &str, topic: &str, of: &str) -> Bytes {
    named(of_topic(egress, topic), of)
}

fn numbered(mut key: BytesMut, number: u64) -> Bytes {
    key.put_u64(number);
    key.freeze()
}

fn named(mut key: BytesMut, name: &str) -> Bytes {
    key.put_slice(name.as_bytes());
    key.freeze()
}

/// The address with which a key begins, and the rest of the key.
pub fn read_address(key: &[u8]) -> Option<(Address, &[u8])> {
    let (namespace, rest) = read_name(key)?;
    let (name, rest) = read_name(rest)?;
    let (id, rest) = read_name(rest)?;
    Some((Address { function: FunctionType::new(namespace, name), id: id.into() }, rest))
}

/// The name with which a key begins, and the rest of the key.
pub fn read_name(key: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = key.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((std::str::from_utf8(name).ok()?, rest))
}

/// The function type that is a whole key.
pub fn read_function(key: &[u8]) -> Option<FunctionType> {
    let (namespace, rest) = read_name(key)?;
    let (name, rest) = read_name(rest)?;
    rest.is_empty().then(|| FunctionType::new(namespace, name))
}

/// The number that is a whole key, or the rest of one.
pub fn read_number(rest: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(rest.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_address_and_number() {
        let address = Address::new("example", "greeter", "Ada").unwrap();
        let key = letter(&address, 258);
        let (found, rest) = read_address(&key).unwrap();
        assert_eq!((found, read_number(rest)), (address, Some(258)));
        assert_eq!(read_address(&key[..12]), None);
    }

    #[test]
    fn messages_of_an_address_are_in_order_and_apart_from_others() {
        let address = |id| Address::new("a", "b", id).unwrap();
        assert!(letter(&address("x"), 255) < letter(&address("x"), 256));
        assert!(!letter(&address("xy"), 1).starts_with(&of_address(&address("x"))));
    }
}
