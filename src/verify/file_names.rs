// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the name of a file of the candidate can be read by a person as what it is. Inside of archives names
//! may be in any script; the files of a release are found, compared and typed by their names.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::archive::turns;
use crate::release::has_no_width;

/// Letters of other scripts that are drawn as Latin ones, or nearly.
const LOOK_ALIKE: [std::ops::RangeInclusive<char>; 12] = [
    '\u{250}'..='\u{2af}',
    '\u{370}'..='\u{3ff}',
    '\u{400}'..='\u{52f}',
    '\u{530}'..='\u{58f}',
    '\u{13a0}'..='\u{13ff}',
    '\u{1c80}'..='\u{1c8f}',
    '\u{1d00}'..='\u{1dbf}',
    '\u{1f00}'..='\u{1fff}',
    '\u{2c80}'..='\u{2cff}',
    '\u{a4d0}'..='\u{a4ff}',
    '\u{a640}'..='\u{a69f}',
    '\u{ab30}'..='\u{abbf}',
];

/// What is wrong with the name of the file at `path`, as a person sees it; `None` where it is what it seems.
pub fn name_fault(path: &str) -> Option<String> {
    let named = |sign: char| format!("U+{:04X}", u32::from(sign));
    let first = |wrong: &dyn Fn(char) -> bool| path.chars().find(|sign| wrong(*sign)).map(named);
    if let Some(sign) = first(&char::is_control) {
        return Some(format!("a control character, {sign}"));
    }
    if let Some(sign) = first(&turns) {
        return Some(format!("a sign that turns the direction of writing round, {sign}"));
    }
    if let Some(sign) = first(&|sign| has_no_width(sign) || matches!(sign, '\u{200c}' | '\u{200d}')) {
        return Some(format!("a sign that nobody sees, {sign}"));
    }
    if path.split('/').any(|name| name.trim() != name) {
        return Some("a blank at its beginning or end".to_owned());
    }
    if path.is_ascii() {
        return path.contains('\\').then(|| "a backslash".to_owned());
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(path).into_owned();
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(path).into_owned();
    if composed != plain {
        let other = composed.chars().find(|sign| {
            let alone = sign.to_string();
            ComposingNormalizerBorrowed::new_nfkc().normalize(&alone) != alone
        });
        return Some(format!("another form of a sign, {}", other.map(named).unwrap_or_default()));
    }
    let odd = composed.chars().find(|sign| !sign.is_ascii() && !sign.is_alphanumeric());
    if let Some(sign) = odd {
        return Some(format!("a sign that is shown as another or as none, {}", named(sign)));
    }
    let alike = composed.chars().find(|sign| LOOK_ALIKE.iter().any(|script| script.contains(sign)));
    let sign = alike.or_else(|| composed.split(|sign: char| !sign.is_alphabetic()).find_map(foreign_among_latin))?;
    let latin = composed.chars().any(|sign| sign.is_ascii_alphabetic());
    latin.then(|| format!("a letter of another script beside Latin ones, {}", named(sign)))
}

/// The path with all that is no plain sign written out, `\u{455}`; as it is where nothing is wrong with it.
pub fn shown_name(path: &str) -> String {
    if name_fault(path).is_none() {
        return path.to_owned();
    }
    let at_edge = |name: &str, at: usize| name[..at].trim().is_empty() || name[at..].trim().is_empty();
    let names = path.split('/').map(|name| {
        let signs = name.char_indices().map(|(at, sign)| match sign {
            ' ' if at_edge(name, at) => sign.escape_unicode().to_string(),
            ' '..='~' if sign != '\\' => sign.to_string(),
            '\n' | '\t' | '\r' | '\\' => sign.escape_default().to_string(),
            _ => sign.escape_unicode().to_string(),
        });
        signs.collect::<String>()
    });
    names.collect::<Vec<_>>().join("/")
}

/// A letter of another script in a word with Latin ones.
fn foreign_among_latin(word: &str) -> Option<char> {
    let latin = |sign: char| matches!(sign, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    word.chars().any(latin).then(|| word.chars().find(|sign| !latin(*sign)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_shown_as_another_is_known() {
        for (name, fault, shown) in [
            ("foo-src\u{200b}.tgz", "nobody sees, U+200B", "foo-src\\u{200b}.tgz"),
            ("foo-src\u{200d}.tgz", "nobody sees, U+200D", "foo-src\\u{200d}.tgz"),
            ("foo\u{ad}-src.tgz", "nobody sees, U+00AD", "foo\\u{ad}-src.tgz"),
            ("foo-src\u{202e}gz.tgz", "direction of writing round, U+202E", "foo-src\\u{202e}gz.tgz"),
            ("foo-\u{455}rc.tgz", "another script beside Latin ones, U+0455", "foo-\\u{455}rc.tgz"),
            ("foo-\u{4e2d}rc.tgz", "another script beside Latin ones, U+4E2D", "foo-\\u{4e2d}rc.tgz"),
            ("foo-src.tgz ", "a blank at its beginning or end", "foo-src.tgz\\u{20}"),
            ("a b/ foo-src.tgz", "a blank at its beginning or end", "a b/\\u{20}foo-src.tgz"),
            ("foo-src\u{ff0e}tgz", "another form of a sign, U+FF0E", "foo-src\\u{ff0e}tgz"),
            ("foo\u{2010}src.tgz", "shown as another or as none, U+2010", "foo\\u{2010}src.tgz"),
            ("a\nb-bin.tgz", "a control character, U+000A", "a\\nb-bin.tgz"),
            ("a\\b.tgz", "a backslash", "a\\\\b.tgz"),
        ] {
            let found = name_fault(name).unwrap_or_else(|| panic!("{name:?}"));
            assert!(found.contains(fault), "{name:?}: {found}");
            assert_eq!(shown_name(name), shown);
        }
        for name in ["foo-1.2.0-src.tgz", "a b/KEYS", "caf\u{e9}.txt", "cafe\u{301}.txt", "\u{4e2d}\u{6587}-guide.pdf"]
        {
            assert_eq!((name_fault(name), shown_name(name)), (None, name.to_owned()));
        }
    }
}
