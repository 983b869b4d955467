// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the name of an entry can be unpacked everywhere, and read by a person as what
//! it is.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::{Entry, Faults, SAFE};
use crate::release::has_no_width;

/// Names that are devices on Windows, whatever ending they have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Signs that no name can have on Windows; `/` and `\` are others' faults.
const NOT_ON_WINDOWS: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// The name on a file system that knows no case and only one way to write a letter.
pub fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    // by way of the capitals "ß" becomes "ss", as Unicode folds it
    ComposingNormalizerBorrowed::new_nfc().normalize(&path.to_uppercase().to_lowercase()).into_owned()
}

/// Whether the path begins with a drive of Windows.
pub fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Says what is wrong with the entry's name; `depth` is how many directories it may be deep.
pub fn name_faults(entry: &Entry, depth: usize, faults: &mut Faults) {
    let path = entry.path.as_str();
    let mut fail = |detail: &str| faults.fail(SAFE, if path.is_empty() { "(no name)" } else { path }, detail);
    if path.is_empty() {
        fail("its name is empty");
    }
    if path.contains('\0') {
        fail("its name holds a NUL");
    } else if path.chars().any(char::is_control) {
        fail("its name holds a control character");
    } else if path.chars().any(turns) {
        fail("its name holds a sign that turns the direction of writing round, and is shown as another");
    }
    if path.chars().any(has_no_width) {
        fail("its name holds a sign that nobody sees, and is shown as another");
    }
    if path.contains('\\') {
        fail("its name holds a backslash");
    }
    if entry.tidy().split('/').any(|name| name.is_empty() || name == ".") && !matches!(path, "" | "." | "./" | "/") {
        fail("its path holds an empty name or `.`");
    }
    if path.split('/').count() > depth {
        fail(&format!("it is more than {depth} directories deep, the limit"));
    }
    if path.starts_with('/') {
        faults.attack(SAFE, path, "its path is absolute");
    }
    if has_drive(path) {
        faults.attack(SAFE, path, "its path begins with a drive letter");
    }
    if path.split('/').any(|name| name == "..") {
        faults.attack(SAFE, path, "its path holds `..`");
    }
    if let Some(why) = entry.tidy().split('/').rev().find_map(windows) {
        faults.warn(SAFE, path, format!("Windows cannot unpack it: {why}"));
    }
}

/// Whether the sign is one of Unicode's that set or change the direction of writing.
pub fn turns(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why Windows has no file of that name; said of the last name of a path that has it.
fn windows(name: &str) -> Option<String> {
    if matches!(name, "" | "." | "..") {
        return None;
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let port = port.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']));
    if port || DEVICES.contains(&stem.as_str()) {
        return Some(format!("{stem} is a device there"));
    }
    if name.ends_with(['.', ' ']) {
        return Some("a name there does not end with a dot or a space".to_owned());
    }
    let sign = name.chars().find(|sign| NOT_ON_WINDOWS.contains(sign))?;
    Some(format!("a name there has no `{sign}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_cannot_hold_is_known() {
        for name in ["aux.py", "NUL", "com1.txt", "a.sh.", "a ", "a:b.py", "what?", "Aux .c"] {
            assert!(windows(name).is_some(), "{name}");
        }
        for name in ["auxiliary.py", "com10", "common.py", "a.b", "..", ".hidden", "~root", "caf\u{e9}"] {
            assert_eq!(windows(name), None);
        }
    }

    #[test]
    fn letters_are_folded_as_unicode_does() {
        assert_eq!(folded("stra\u{df}e.py"), folded("STRASSE.py"));
        assert_eq!(folded("cafe\u{301}"), folded("CAF\u{c9}"));
        assert_ne!(folded("a"), folded("\u{e4}"));
    }
}
