// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a text must not have in it that is kept for good and shown on terminals and in
//! mails: a note, a reason.

/// What begins or ends a part of a template.
pub const TEMPLATE_MARKS: [&str; 5] = ["{{", "}}", "{%", "%}", "{#"];

/// How many characters a note or reason may have: it is shown wherever the record is.
pub const NOTE_CHARACTERS: usize = 2_000;

/// Why `text` cannot be a note or reason; `None` where it can.
pub fn unfit(text: &str) -> Option<String> {
    let characters = text.chars().count();
    if characters > NOTE_CHARACTERS {
        return Some(format!(
            "has {characters} characters; at most {NOTE_CHARACTERS} are taken: give a link to the rest"
        ));
    }
    if let Some(found) = text.chars().find(|character| is_invisible(*character)) {
        return Some(format!("has a control character in it, {}", found.escape_unicode()));
    }
    let mark = TEMPLATE_MARKS.iter().find(|mark| text.contains(**mark))?;
    Some(format!("has `{mark}` in it: in a mail it would be taken for a template that was not filled in"))
}

/// Whether a terminal shows something else than the character: a control character that
/// is no end of a line or tabulator, or one that changes the direction of what follows.
pub fn is_invisible(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (character.is_control() && character != '\n' && character != '\t') || turns
}

/// Whether the sign has no width and is not part of a letter: with it two names look the same.
pub fn has_no_width(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text as it can stand in a line: ends of lines, tabulators and what is invisible are
/// written out, `\n`, `\u{202e}`.
pub fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => line.extend(character.escape_default()),
            character if is_invisible(character) => line.extend(character.escape_default()),
            character => line.push(character),
        }
    }
    line
}

/// The text without what is invisible: each run of it, of ends of lines and of tabulators is one
/// blank, at the ends nothing. For what other people's systems say and a mail or a page names.
pub fn without_invisible(text: &str) -> String {
    let is_end = |sign: char| matches!(sign, '\n' | '\t' | '\u{2028}' | '\u{2029}');
    let mut plain = String::with_capacity(text.len());
    for part in text.split(|sign| is_end(sign) || is_invisible(sign)).filter(|part| !part.is_empty()) {
        if !plain.is_empty() && !plain.ends_with(' ') && !part.starts_with(' ') {
            plain.push(' ');
        }
        plain.push_str(part);
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_a_blank_at_most() {
        assert_eq!(
            without_invisible("Mend a fault\r\nBcc: x@example.org\u{1b}[31m"),
            "Mend a fault Bcc: x@example.org [31m"
        );
        assert_eq!(without_invisible("\t a \u{202e} b\u{7}"), "a  b");
        assert_eq!(without_invisible("two  blanks, “quotes” – 修复"), "two  blanks, “quotes” – 修复");
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(on_one_line("a\n::b\t\u{202e}c\r é"), "a\\n::b\\t\\u{202e}c\\r é");
    }

    #[test]
    fn a_note_is_plain_text() {
        for text in ["Many fixes, see https://example.org/?a={b}", "two\nlines\tand a tab", "é 中 👍 100 %"] {
            assert_eq!(unfit(text), None, "{text}");
        }
        for text in ["\u{1b}[31mred", "bell\u{7}", "a\rb", "\u{9b}1m", "\u{202e}txt", "{{ x }}", "{% if %}", "{# x"] {
            assert!(unfit(text).is_some(), "{text:?}");
        }
    }
}
