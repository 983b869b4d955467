// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One spelling for the many that a sign, a quote or a blank can have, so that the
//! rules of reading need to know only ASCII's.

/// `line` with full-width forms, typographic dashes and quotes, blanks of all widths, emphasis
/// and invisible characters reduced to plain ones.
pub(super) fn plain(line: &str) -> String {
    if line.contains('\u{1b}') {
        return plain(&without_colours(line));
    }
    let line = unwrapped(line);
    if line.is_ascii() && !line.contains(['*', '_', '`', '\t']) && !line.contains("1:") {
        return without_smiles(line);
    }
    let mut text = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{fe0e}'
            | '\u{fe0f}'
            | '\u{180e}'
            | '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{fe58}' | '\u{2796}' => text.push('-'),
            '\u{fe62}' | '\u{271a}' | '\u{2795}' | '\u{207a}' => text.push('+'),
            '\u{ff01}'..='\u{ff5e}' => text.push(ascii_of_full_width(character)),
            '\u{2018}'..='\u{201b}' | '\u{b4}' | '\u{2b9}' | '\u{2032}' => text.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}' | '\u{300d}' => text.push('"'),
            '\u{b9}' | '\u{661}' | '\u{6f1}' | '\u{2776}' | '\u{2460}' => text.push('1'),
            '\u{2070}' | '\u{660}' | '\u{6f0}' | '\u{24ea}' => text.push('0'),
            '\u{bd}' => text.push_str("0.5"),
            '\u{2026}' => text.push_str("..."),
            '\u{3002}' => text.push_str(". "),
            '\u{3001}' => text.push_str(", "),
            '\u{3010}' | '\u{3014}' => text.push('['),
            '\u{3011}' | '\u{3015}' => text.push(']'),
            '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25aa}' | '\u{2023}' | '\u{25e6}' => text.push_str("- "),
            '\u{2190}'..='\u{21ff}' | '\u{27a1}' => text.push_str(" -> "),
            '\u{b1}' => text.push_str("+/-"),
            '`' => text.push('`'),
            '\t' => text.push(' '),
            other if other.is_whitespace() => text.push(' '),
            other => text.push(other),
        }
    }
    without_smiles(&emphasis_away(&text).replace(":+1:", "+1").replace(":-1:", "-1"))
}

/// A value that stands between marks alone, `|+1|`, `{+1}`, `==> +1`, without them.
fn unwrapped(line: &str) -> &str {
    let text = line.trim();
    let inside =
        text.trim_start_matches(['=', '>', '|', '/', '{', '<', ' ']).trim_end_matches(['|', '/', '}', '>', ' ']);
    let value = inside.strip_prefix(['+', '-']).is_some_and(|rest| rest.starts_with(['0', '1']));
    let alone = value && inside.len() < 20 && !inside.contains(['|', '/', '<', '=', '{']);
    if alone && text.starts_with(['=', '|', '/', '{', '<']) { inside } else { line }
}

/// Without what colours text in a terminal.
fn without_colours(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let code = piece
            .strip_prefix('[')
            .and_then(|rest| rest.find(|c: char| c.is_ascii_alphabetic()).map(|at| &rest[at + 1..]));
        text + code.unwrap_or(piece)
    })
}

/// Without `:)` and its kin, whose colon would look like a heading's.
fn without_smiles(text: &str) -> String {
    let mut text = text.trim().to_owned();
    let mouth = |pair: &[u8]| matches!(pair[0], b':' | b';') && matches!(pair[1], b')' | b'(' | b'-' | b'D' | b'P');
    if !text.as_bytes().windows(2).any(mouth) {
        return text;
    }
    for smile in [":)", ":-)", ";)", ";-)", ":D", ":-D", ":P", ":-P", ":(", ":-("] {
        if text.ends_with(smile) || text.contains(&format!("{smile} ")) {
            text = text.replace(smile, " ").trim().to_owned();
        }
    }
    text
}

fn ascii_of_full_width(character: char) -> char {
    char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
}

/// Without `*…*`, `_…_` and backquotes around words. A `*` with blanks around stays: a bullet, a footnote.
fn emphasis_away(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1).copied();
        let blank_or_end = |side: Option<char>| side.is_none_or(char::is_whitespace);
        let word = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        let emphasis = match character {
            '*' => {
                let bullet = blank_or_end(after) && (before.is_none() || blank_or_end(before));
                let footnote = blank_or_end(after)
                    && before.is_some_and(|c| c != '*')
                    && !text[..].contains("**")
                    && text.matches('*').count() == 1;
                let boxed = before == Some('[') && after == Some(']');
                !(bullet || footnote || boxed)
            }
            '_' => !(word(before) && word(after)),
            _ => false,
        };
        if !emphasis {
            kept.push(*character);
        }
    }
    without_code(&kept)
}

/// What stands between backquotes is code, unless it is a sign alone.
fn without_code(text: &str) -> String {
    if !text.contains('`') {
        return text.to_owned();
    }
    let pieces: Vec<&str> = text.split('`').collect();
    let paired = pieces.len() % 2 == 1;
    let mut kept = String::with_capacity(text.len());
    for (at, piece) in pieces.iter().enumerate() {
        let code = paired && at % 2 == 1;
        if !code || is_sign_alone(piece) {
            kept.push_str(piece);
        } else {
            kept.push_str("(code)");
        }
    }
    kept
}

fn is_sign_alone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.trim_start_matches(['+', '-']);
    !digits.is_empty() && digits.len() < text.len() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        || text.eq_ignore_ascii_case("+1 (binding)")
        || text.eq_ignore_ascii_case("+1 (non-binding)")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn one_spelling() {
        for (written, read) in [
            ("＋１", "+1"),
            ("\u{200b}+1\u{a0}(binding)", "+1 (binding)"),
            ("\u{2212}1", "-1"),
            ("–1", "-1"),
            ("*+1*", "+1"),
            ("**+1** (binding)", "+1 (binding)"),
            ("_+1_", "+1"),
            ("* +1", "* +1"),
            ("`+1`", "+1"),
            ("see `git log -1`", "see (code)"),
            ("I’m +1", "I'm +1"),
            ("＋1（binding）", "+1(binding)"),
            ("my_name_x", "my_name_x"),
        ] {
            assert_eq!(plain(written), read, "{written}");
        }
    }
}
