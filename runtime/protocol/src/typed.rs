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

/// What an encoded typed value says, where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedView<'a> {
    /// `io.statefun.types/string`.
    pub typename: &'a str,
    /// Whether there is a value.
    pub has_value: bool,
    /// The value, in the encoding that the type defines.
    pub value: &'a [u8],
}

impl<'a> TypedView<'a> {
    /// Looks into an encoded value that is written in the usual way: each field once, in the
    /// order of their numbers. None for any other, which [`TypedValue::open`] may still open.
    pub fn of(encoded: &'a [u8]) -> Option<Self> {
        let mut rest = encoded;
        let typename = std::str::from_utf8(take_field(&mut rest, 1)?).ok()?;
        let has_value = match rest {
            [TAG_HAS_VALUE, value @ (0 | 1), after @ ..] => {
                rest = after;
                *value == 1
            }
            _ => false,
        };
        let value = if rest.is_empty() { rest } else { take_field(&mut rest, 3)? };
        rest.is_empty().then_some(Self { typename, has_value, value })
    }
}

/// The number of the field that says whether there is a value, as it is on the wire.
const TAG_HAS_VALUE: u8 = 2 << 3;

/// Takes a field of bytes with this number, whose length takes no more than two bytes, off the front.
fn take_field<'a>(rest: &mut &'a [u8], number: u8) -> Option<&'a [u8]> {
    let (length, after) = match **rest {
        [tag, length @ 0..128, ref after @ ..] if tag == number << 3 | 2 => (usize::from(length), after),
        [tag, low @ 128..=255, high @ 1..128, ref after @ ..] if tag == number << 3 | 2 => {
            (usize::from(low & 0x7f) | usize::from(high) << 7, after)
        }
        _ => return None,
    };
    let (field, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(field)
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
    fn a_view_says_what_opening_says_or_nothing() {
        for length in [0, 1, 127, 128, 16_383, 16_384] {
            for has_value in [false, true] {
                let value = TypedValue { has_value, ..TypedValue::new("example/type", vec![7; length]) };
                let encoded = value.encoded();
                let expected = TypedView { typename: "example/type", has_value, value: &value.value };
                assert_eq!(TypedView::of(&encoded), (length < 16_384).then_some(expected));
                for end in 0..encoded.len().min(200) {
                    let opened = TypedValue::decode(&encoded[..end]);
                    if let Some(view) = TypedView::of(&encoded[..end]) {
                        assert_eq!(
                            (view.typename, view.value),
                            (&*opened.clone().unwrap().typename, &*opened.unwrap().value)
                        );
                    }
                }
            }
        }
        assert_eq!(TypedView::of(b"\x1a\x01v"), None, "without a type");
        assert_eq!(TypedView::of(b"\x0a\x01t\x1a\x01v\x22\x01u"), None, "with more");
        assert_eq!(TypedView::of(b"\x0a\x01t\x10\x01\x10\x00"), None, "with a field twice");
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
