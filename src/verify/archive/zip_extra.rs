// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The extra fields of a zip's headers: sizes of 64 bits, and a name that some programs
//! unpack by in place of the one in the header.

use super::zip_records::{u16_at, u64_at};

/// The field with sizes of 64 bits.
const ZIP64: u16 = 1;

/// Info-ZIP's field with the name in UTF-8: a version, the CRC of the name in the header, the name.
const UNICODE_PATH: u16 = 0x7075;
const UNICODE_PATH_NAME_AT: usize = 5;

/// The fields of `extra`, each with its id. What is behind the last whole one is none.
fn fields(mut extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = extra.get(4..4 + length)?;
        extra = &extra[4 + length..];
        Some((id, field))
    })
}

/// Replaces the numbers that are too small by those of 64 bits; false when they are not there.
pub fn widen(extra: &[u8], numbers: [&mut u64; 3]) -> bool {
    let mut wide = fields(extra).filter(|(id, _)| *id == ZIP64).last().map_or(&[][..], |(_, field)| field);
    for number in numbers {
        if *number == u64::from(u32::MAX) {
            if wide.len() < 8 {
                return false;
            }
            *number = u64_at(wide, 0);
            wide = &wide[8..];
        }
    }
    true
}

/// A name that `extra` gives in place of `name`, and that is another one.
pub fn other_name(extra: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let names = fields(extra).filter(|(id, _)| *id == UNICODE_PATH);
    let mut names = names.map(|(_, field)| field.get(UNICODE_PATH_NAME_AT..).unwrap_or_default());
    names.find(|other| *other != name).map(<[u8]>::to_vec)
}
