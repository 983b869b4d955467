// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The simple types that every SDK has: a message with the value as its first field.

use bytes::{BufMut, Bytes, BytesMut};
use prost::encoding::{WireType, encode_key, encode_varint};
use prost::{Message, length_delimiter_len};

use crate::{EncodedValue, TypedValue, TypedView};

/// A Rust type with a name and an encoding of its own among the simple types.
pub trait Simple: Sized {
    /// `io.statefun.types/string`.
    const TYPENAME: &'static str;

    /// The value in its encoding.
    fn to_bytes(&self) -> Bytes;

    /// The value out of its encoding.
    ///
    /// # Errors
    /// When the bytes are in another one.
    fn from_bytes(bytes: Bytes) -> Result<Self, SimpleError>;

    /// The value out of an encoded typed value of this type, when that is written in the usual
    /// way; none when it is not, or there is no such value in it, which opening it tells apart.
    fn from_view(encoded: &[u8]) -> Option<Self> {
        let view = TypedView::of(encoded)?;
        let is_one = view.has_value && view.typename == Self::TYPENAME;
        is_one.then(|| Self::from_bytes(Bytes::copy_from_slice(view.value)).ok())?
    }

    /// The value with its type, encoded.
    fn to_encoded(&self) -> EncodedValue {
        self.to_typed().encoded()
    }

    /// The value with its type.
    fn to_typed(&self) -> TypedValue {
        TypedValue::new(Self::TYPENAME, self.to_bytes())
    }

    /// The value in a typed value of this type.
    ///
    /// # Errors
    /// When it is of another type, is none, or does not decode.
    fn from_typed(value: &TypedValue) -> Result<Self, SimpleError> {
        if value.typename != Self::TYPENAME {
            return Err(SimpleError::OtherType { expected: Self::TYPENAME, found: value.typename.clone() });
        }
        if !value.has_value {
            return Err(SimpleError::Absent { expected: Self::TYPENAME });
        }
        Self::from_bytes(value.value.clone())
    }
}

/// Why a typed value is not the simple value that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum SimpleError {
    /// It is of another type.
    #[error("expected a value of type {expected}, found {found}")]
    OtherType {
        /// The type asked for.
        expected: &'static str,
        /// Its type.
        found: String,
    },
    /// There is no value in it.
    #[error("expected a value of type {expected}, found the type without a value")]
    Absent {
        /// The type asked for.
        expected: &'static str,
    },
    /// Its bytes are no such value.
    #[error("the bytes are no value of type {expected}")]
    Encoding {
        /// The type asked for.
        expected: &'static str,
        /// What is wrong with them.
        source: prost::DecodeError,
    },
}

/// Each simple type: its Rust type, its name, the kind of its first field.
macro_rules! simple {
    ($($rust:ty, $wrapper:ident, $typename:literal, $kind:ident;)*) => {$(
        #[derive(Clone, PartialEq, ::prost::Message)]
        struct $wrapper {
            #[prost($kind, tag = "1")]
            value: $rust,
        }

        impl Simple for $rust {
            const TYPENAME: &'static str = $typename;

            fn to_bytes(&self) -> Bytes {
                $wrapper { value: self.clone() }.encode_to_vec().into()
            }

            fn from_view(encoded: &[u8]) -> Option<Self> {
                let view = TypedView::of(encoded)?;
                let is_one = view.has_value && view.typename == Self::TYPENAME;
                is_one.then(|| $wrapper::decode(view.value).ok().map(|wrapper| wrapper.value))?
            }

            fn to_encoded(&self) -> EncodedValue {
                let wrapper = $wrapper { value: self.clone() };
                let (typename, length) = (Self::TYPENAME, wrapper.encoded_len());
                let head = 1 + length_delimiter_len(typename.len()) + typename.len() + 2;
                let value = if length == 0 { 0 } else { 1 + length_delimiter_len(length) + length };
                let mut encoded = BytesMut::with_capacity(head + value);
                encode_key(1, WireType::LengthDelimited, &mut encoded);
                encode_varint(typename.len() as u64, &mut encoded);
                encoded.put_slice(typename.as_bytes());
                encode_key(2, WireType::Varint, &mut encoded);
                encode_varint(1, &mut encoded);
                if length > 0 {
                    encode_key(3, WireType::LengthDelimited, &mut encoded);
                    encode_varint(length as u64, &mut encoded);
                    wrapper.encode_raw(&mut encoded);
                }
                encoded.freeze()
            }

            fn from_bytes(bytes: Bytes) -> Result<Self, SimpleError> {
                match $wrapper::decode(bytes) {
                    Ok(wrapper) => Ok(wrapper.value),
                    Err(source) => Err(SimpleError::Encoding { expected: $typename, source }),
                }
            }
        }
    )*};
}

simple! {
    bool, BoolValue, "io.statefun.types/bool", bool;
    i32, IntValue, "io.statefun.types/int", sfixed32;
    i64, LongValue, "io.statefun.types/long", sfixed64;
    f32, FloatValue, "io.statefun.types/float", float;
    f64, DoubleValue, "io.statefun.types/double", double;
    String, StringValue, "io.statefun.types/string", string;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: Simple + PartialEq + std::fmt::Debug>(value: T, expected: &[u8]) {
        assert_eq!(&value.to_bytes()[..], expected);
        assert_eq!(T::from_typed(&value.to_typed()).unwrap(), value);
        assert_eq!(value.to_encoded(), value.to_typed().encoded());
        assert_eq!(T::from_view(&value.to_encoded()).as_ref(), Some(&value));
    }

    #[test]
    fn each_simple_type_has_the_encoding_of_the_sdks() {
        there_and_back(true, b"\x08\x01");
        there_and_back(-2_i32, b"\x0d\xfe\xff\xff\xff");
        there_and_back(7_i64, b"\x09\x07\0\0\0\0\0\0\0");
        there_and_back(1.5_f32, b"\x0d\0\0\xc0\x3f");
        there_and_back(1.5_f64, b"\x09\0\0\0\0\0\0\xf8\x3f");
        there_and_back("Ada".to_owned(), b"\x0a\x03Ada");
        there_and_back(0_i32, b"");
        there_and_back(String::new(), b"");
    }

    #[test]
    fn another_type_no_value_and_other_bytes_are_told_apart() {
        let other = 7_i64.to_typed();
        assert!(matches!(i32::from_typed(&other), Err(SimpleError::OtherType { .. })));
        let absent = TypedValue { has_value: false, ..7_i32.to_typed() };
        assert!(matches!(i32::from_typed(&absent), Err(SimpleError::Absent { .. })));
        assert!([&other, &absent].into_iter().all(|value| i32::from_view(&value.encoded()).is_none()));
        let short = TypedValue::new(i32::TYPENAME, &b"\x0d\xfe"[..]);
        assert!(matches!(i32::from_typed(&short), Err(SimpleError::Encoding { .. })));
    }
}
