// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the headers of an entry of a zip may say that one program goes by, and another does
//! not know of or refuses: with it, two people unpack two things.

use super::zip::{DESCRIBED_BEHIND, ENCRYPTED};
use super::zip_records::Record;
use super::{Faults, SAFE, WHOLE};

/// The flags that say how well it is deflated.
const LEVEL: u16 = 0b110;
/// The flag that says that the name is UTF-8.
const UTF_8: u16 = 1 << 11;
/// The highest version of the format that common programs unpack, in tenths: 6.3 has all that is
/// in use (APPNOTE 4.4.3.2).
const NEWEST: u8 = 63;

/// Says where the headers `central` and `local` of the entry `name` go beyond what every program
/// reads alike.
pub fn read_differently(central: &Record, local: &Record, name: &str, faults: &mut Faults) {
    let needs = central.needs.max(local.needs);
    if needs > NEWEST {
        let version = f32::from(needs) / 10.0;
        faults.fail(WHOLE, name, format!("it needs version {version} of the format, which programs leave packed"));
    }
    let unknown = (central.flags | local.flags) & !(ENCRYPTED | LEVEL | DESCRIBED_BEHIND | UTF_8);
    if unknown != 0 {
        faults.fail(WHOLE, name, format!("its flags say {unknown:#06x}, which programs read differently"));
    }
    if !central.name.is_ascii() && (central.flags ^ local.flags) & UTF_8 != 0 {
        faults.fail(WHOLE, name, "its name is UTF-8 by the one header, and is not by the other");
    }
    if let Some((system, mode)) = central.foreign_mode
        && !name.ends_with('/')
        && let Some(what) = mightier(mode)
    {
        let said = format!("its mode {mode:o} under system {system} makes it {what} for some programs, not for others");
        faults.fail(SAFE, name, said);
    }
}

/// What a mode makes of an entry that is more than a file or a directory.
fn mightier(mode: u32) -> Option<&'static str> {
    match mode & 0o170_000 {
        0o120_000 => Some("a link"),
        0o020_000 | 0o060_000 => Some("a device"),
        0o010_000 => Some("a fifo"),
        0o140_000 => Some("a socket"),
        _ if mode & 0o6000 != 0 => Some("setuid or setgid"),
        _ => None,
    }
}
