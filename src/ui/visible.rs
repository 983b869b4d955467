// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What comes from outside, shown as what it is: a terminal obeys no note, no server's
//! reply and no file's name.

use std::borrow::Cow;

use crate::release::is_invisible;

/// The sequences that this program's own styles are made of.
const OWN: [&str; 6] = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[31;1m", "\u{1b}[0m"];

/// The text with visible signs in the place of characters that a terminal would obey;
/// where `colour` is on, this program's own styles stay.
pub(super) fn visible(text: &str, colour: bool) -> Cow<'_, str> {
    if is_plain(text) || !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_invisible) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        rest = from;
        if let Some(own) = OWN.iter().find(|own| colour && rest.starts_with(**own)) {
            shown.push_str(own);
            rest = &rest[own.len()..];
        } else if let Some(character) = rest.chars().next() {
            shown.push_str(&sign(character));
            rest = &rest[character.len_utf8()..];
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// JSON says the same with such characters escaped; they stand in strings alone.
pub(super) fn escaped(json: &str) -> Cow<'_, str> {
    if is_plain(json) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if is_invisible(character) {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Whether nothing in it is invisible: told from the bytes, much sooner than from the characters.
fn is_plain(text: &str) -> bool {
    // most blocks are plain ASCII, which is told of all their bytes at once
    let ascii =
        |block: &[u8]| block.iter().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~' | b'\n' | b'\t')));
    text.as_bytes().chunks(64).all(ascii) || is_plain_by_each(text.as_bytes())
}

fn is_plain_by_each(bytes: &[u8]) -> bool {
    let at = |place: usize| bytes.get(place).copied().unwrap_or_default();
    bytes.iter().enumerate().all(|(place, byte)| match byte {
        b' '..=b'~' | b'\n' | b'\t' => true,
        // U+0080 to U+009F
        0xc2 => at(place + 1) >= 0xa0,
        // U+200E, U+200F, U+202A to U+202E; U+2066 to U+2069
        0xe2 => match at(place + 1) {
            0x80 => !matches!(at(place + 2), 0x8e | 0x8f | 0xaa..=0xae),
            0x81 => !matches!(at(place + 2), 0xa6..=0xa9),
            _ => true,
        },
        0x80.. => true,
        _ => false,
    })
}

/// `␛` for ESC: Unicode has a picture of each of the old control characters.
fn sign(character: char) -> String {
    match u32::from(character) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}').to_string(),
        0x7f => "\u{2421}".to_owned(),
        _ => character.escape_unicode().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::output::{Style, paint};
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(visible("a\nb\tc é 中", false), "a\nb\tc é 中");
        assert_eq!(visible("\u{1b}]0;title\u{7} \r\u{7f}", true), "␛]0;title␇ ␍␡");
        assert_eq!(visible("\u{9b}2J \u{202e}x", true), "\\u{9b}2J \\u{202e}x");
        assert_eq!(visible("\u{1b}[2J\u{1b}[1m", false), "␛[2J␛[1m");
    }

    #[test]
    fn every_style_of_our_own_stays() {
        for style in [Style::Plain, Style::Heading, Style::Good, Style::Warning, Style::Bad, Style::Faint] {
            let painted = paint("text", style, true);
            assert_eq!(visible(&painted, true), painted, "{style:?}");
            let inside = paint("a\u{1b}[2Jb", style, true);
            assert!(visible(&inside, true).contains("a␛[2Jb"), "{style:?}");
        }
    }

    #[test]
    fn bytes_and_characters_agree() {
        for character in (0..=0x3000).filter_map(char::from_u32).chain("中👍“”…".chars()) {
            let text = format!("a{character}b");
            assert_eq!(is_plain(&text), !text.contains(is_invisible), "{:x}", u32::from(character));
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"note": "\u{7f}\u{9b}\u{1b}\u{202e}\n"});
        let json = serde_json::to_string_pretty(&value).unwrap();
        let text = escaped(&json);
        assert!(!text.contains(is_invisible), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
