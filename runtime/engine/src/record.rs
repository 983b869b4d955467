// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the store's values are: messages of their own, whose numbers are the format.

use bytes::{Buf, BufMut, Bytes, BytesMut};
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

impl From<Letter> for LetterRecord {
    fn from(letter: Letter) -> Self {
        Self { caller: letter.caller.as_ref().map(Into::into), argument: letter.argument }
    }
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
