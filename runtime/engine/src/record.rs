// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the store's values are: messages of their own, whose numbers are the format.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};
use statefun_protocol::Message;

use crate::{Address, AddressError, Letter};

/// A message that waits.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct LetterRecord {
    /// Who sent it; none for an ingress.
    #[prost(message, optional, tag = "1")]
    pub caller: Option<statefun_protocol::Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", tag = "2")]
    pub argument: Bytes,
}

/// The bytes of the [`LetterRecord`] of a message, made without copies of its parts.
pub(crate) fn letter_bytes(letter: &Letter) -> Bytes {
    let caller = letter.caller.as_ref().map(|caller| {
        let names = [&*caller.function.namespace, &*caller.function.name, &*caller.id];
        (names, names.iter().map(|name| field_length(name.len())).sum::<usize>())
    });
    let argument = (!letter.argument.is_empty()).then_some(&letter.argument);
    let length = caller.map_or(0, |(_, length)| field_length(length))
        + argument.map_or(0, |argument| field_length(argument.len()));
    let mut bytes = BytesMut::with_capacity(length);
    if let Some((names, length)) = caller {
        encode_key(1, WireType::LengthDelimited, &mut bytes);
        encode_varint(length as u64, &mut bytes);
        for (tag, name) in (1..).zip(names) {
            put_field(tag, name.as_bytes(), &mut bytes);
        }
    }
    if let Some(argument) = argument {
        put_field(2, argument, &mut bytes);
    }
    bytes.freeze()
}

/// How many bytes a field of one of the first numbers takes with what is in it.
fn field_length(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

fn put_field(tag: u32, field: &[u8], bytes: &mut BytesMut) {
    encode_key(tag, WireType::LengthDelimited, bytes);
    encode_varint(field.len() as u64, bytes);
    bytes.put_slice(field);
}

/// A message to be sent later.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct TimerRecord {
    /// Who sends it.
    #[prost(message, optional, tag = "1")]
    pub sender: Option<statefun_protocol::Address>,
    /// Whom it is for.
    #[prost(message, optional, tag = "2")]
    pub target: Option<statefun_protocol::Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", tag = "3")]
    pub argument: Bytes,
    /// By what the sender can cancel it; empty for none.
    #[prost(string, tag = "4")]
    pub token: String,
}

/// What state a function type has registered, in the order in which it did.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct SpecsRecord {
    /// The values.
    #[prost(message, repeated, tag = "1")]
    pub specs: Vec<statefun_protocol::PersistedValueSpec>,
}

/// A message that could not be taken.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct DeadLetterRecord {
    /// Whom it was for.
    #[prost(message, optional, tag = "1")]
    pub target: Option<statefun_protocol::Address>,
    /// Who sent it; none for an ingress.
    #[prost(message, optional, tag = "2")]
    pub caller: Option<statefun_protocol::Address>,
    /// A typed value, encoded.
    #[prost(bytes = "bytes", tag = "3")]
    pub argument: Bytes,
    /// Why it could not be taken.
    #[prost(string, tag = "4")]
    pub cause: String,
    /// When, in milliseconds since 1970.
    #[prost(uint64, tag = "5")]
    pub at: u64,
}

/// A value of an address, as it is stored: when it goes, in milliseconds since 1970 (0 for
/// never), then the typed value.
pub fn stored_value(expires_at: u64, encoded: &[u8]) -> Bytes {
    let mut stored = BytesMut::with_capacity(8 + encoded.len());
    stored.put_u64(expires_at);
    stored.put_slice(encoded);
    stored.freeze()
}

/// The two parts of a stored value.
pub fn read_value(mut stored: Bytes) -> Option<(u64, Bytes)> {
    (stored.len() >= 8).then(|| (stored.get_u64(), stored))
}

/// A record out of its bytes.
pub(crate) fn read<R: Message + Default>(bytes: Bytes, what: &'static str) -> Result<R, Damage> {
    R::decode(bytes).map_err(|_| Damage(what))
}

/// Something in the store is not what this program writes.
#[derive(Debug, thiserror::Error)]
#[error("the store holds a damaged {0}")]
pub struct Damage(pub &'static str);

/// The address in a record, where one must be.
pub(crate) fn address(of: Option<&statefun_protocol::Address>, what: &'static str) -> Result<Address, Damage> {
    of.and_then(|address| Address::try_from(address).ok()).ok_or(Damage(what))
}

/// The address in a record, where one may be.
pub(crate) fn maybe_address(of: Option<&statefun_protocol::Address>) -> Result<Option<Address>, AddressError> {
    of.map(Address::try_from).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FunctionType;

    #[test]
    fn a_message_is_written_as_its_record() {
        let caller = FunctionType::new("example", "greeter").instance(&"long".repeat(100));
        for caller in [None, Some(caller)] {
            for argument in [Bytes::new(), Bytes::from(vec![7; 300])] {
                let record = LetterRecord { caller: caller.as_ref().map(Into::into), argument: argument.clone() };
                let letter = Letter { sequence: 1, caller: caller.clone(), argument };
                assert_eq!(letter_bytes(&letter), record.encode_to_vec());
            }
        }
    }
}
