// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Typed values: bytes, and the name of what they mean.

use bytes::Bytes;
use prost::{DecodeError, Message};

/// A typed value as it is encoded, with every field that its sender put in.
pub type EncodedValue = Bytes;

/// A typed value, opened.
#[derive(Clone, PartialEq, Eq, ::prost::Message)]
pub struct TypedValue {
    /// `io.statefun.types/string`.
    #[prost(string, tag = "1")]
    pub typename: String,
    /// Whether there is a value: an empty one and none differ by this alone.
    #[prost(bool, tag = "2")]
    pub has_value: bool,
    /// The value, in the encoding that the type defines.
    #[prost(bytes = "bytes", tag = "3")]
    pub value: Bytes,
}

impl TypedValue {
    /// A value of the type.
    pub fn new(typename: impl Into<String>, value: impl Into<Bytes>) -> Self {
        Self { typename: typename.into(), has_value: true, value: value.into() }
    }

    /// The value in its encoding.
    pub fn encoded(&self) -> EncodedValue {
        self.encode_to_vec().into()
    }

    /// Opens an encoded value; what it has beside the three fields is not seen here.
    ///
    /// # Errors
    /// When the bytes are no typed value.
    pub fn open(encoded: EncodedValue) -> Result<Self, DecodeError> {
        Self::decode(encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FromFunction, Outgoing, Reply};

    #[test]
    fn a_value_is_what_it_was() {
        let value = TypedValue::new("example/type", &b"payload"[..]);
        assert_eq!(TypedValue::open(value.encoded()).unwrap(), value);
        assert_eq!(&value.encoded()[..], b"\x0a\x0cexample/type\x10\x01\x1a\x07payload");
    }

    #[test]
    fn fields_that_are_unknown_here_survive_in_transit() {
        let mut encoded = TypedValue::new("example/type", &b"payload"[..]).encode_to_vec();
        encoded.extend_from_slice(b"\x22\x05trace"); // field 4
        let outgoing = Outgoing { target: None, argument: Some(encoded.clone().into()) };
        let received = Outgoing::decode(&*outgoing.encode_to_vec()).unwrap();
        assert_eq!(received.argument.as_deref(), Some(&*encoded));
        assert_eq!(TypedValue::open(received.argument.unwrap()).unwrap().typename, "example/type");
    }

    #[test]
    fn the_two_answers_are_told_apart_by_their_numbers() {
        let incomplete = FromFunction::decode(&b"\xaa\x06\x00"[..]).unwrap();
        assert!(matches!(incomplete.reply, Some(Reply::Incomplete(_))));
        let result = FromFunction::decode(&b"\xa2\x06\x00"[..]).unwrap();
        assert!(matches!(result.reply, Some(Reply::InvocationResult(_))));
        assert_eq!(FromFunction::decode(&b""[..]).unwrap().reply, None);
    }
}
