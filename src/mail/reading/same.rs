// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the HTML beside a plain text says the same, letter by letter: told from its bytes, without taking it
//! apart. Where this says no, nothing is known; where it says yes, it is so.

/// Elements whose text is not shown, or whose text is no text.
const ELSEWHERE: [&[u8]; 11] =
    [b"style", b"script", b"title", b"template", b"noscript", b"del", b"s", b"strike", b"head", b"svg", b"textarea"];

/// Words of a tag that may hide what stands in it.
const HIDING: [&[u8]; 9] =
    [b"line-through", b"hidden", b"display", b"opacity", b"size", b"color", b"indent", b"absolute", b"height"];

/// Whether letters, digits and signs of the shown text are those of `plain`, in their order. `coded`: it is
/// quoted-printable.
pub(super) fn is_same(plain: &str, html: &[u8], coded: bool) -> bool {
    let mut wanted = plain.bytes().filter(|byte| tells(*byte));
    let mut bytes = Bytes { rest: html, coded };
    let mut word = Vec::with_capacity(160);
    while let Some(byte) = bytes.next() {
        match byte {
            b'<' => {
                word.clear();
                loop {
                    match bytes.next() {
                        Some(b'>') => break,
                        Some(byte) if word.len() < 4_000 => word.push(byte.to_ascii_lowercase()),
                        _ => return false,
                    }
                }
                if !is_harmless(&word) {
                    return false;
                }
            }
            b'&' => {
                word.clear();
                while let Some(byte) = bytes.next().filter(|byte| *byte != b';') {
                    if word.len() > 5 {
                        return false;
                    }
                    word.push(byte);
                }
                if !matches!(word.as_slice(), b"gt" | b"lt" | b"amp" | b"quot" | b"nbsp" | b"#39") {
                    return false;
                }
            }
            byte if tells(byte) && wanted.next() != Some(byte) => return false,
            _ => {}
        }
    }
    wanted.next().is_none()
}

fn tells(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-') || byte >= 0x80
}

/// Whether a tag, in lower case, neither hides its text nor may do so.
fn is_harmless(tag: &[u8]) -> bool {
    let name = tag.strip_prefix(b"/").unwrap_or(tag);
    let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
    end > 0
        && !ELSEWHERE.contains(&&name[..end])
        // a `>` inside a value would end the tag too early
        && tag.iter().filter(|byte| **byte == b'"').count() % 2 == 0
        && !tag.contains(&b'\'')
        && (end == name.len() || !HIDING.iter().any(|hides| memchr::memmem::find(tag, hides).is_some()))
}

/// The bytes of a text, decoded where it is quoted-printable.
struct Bytes<'h> {
    rest: &'h [u8],
    coded: bool,
}

impl Bytes<'_> {
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let (first, behind) = self.rest.split_first()?;
            self.rest = behind;
            if *first != b'=' || !self.coded {
                return Some(*first);
            }
            match behind {
                [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] => self.rest = after,
                [high, low, after @ ..] => {
                    self.rest = after;
                    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                    // what is no code is none of the text's letters
                    return Some(digit(*high).zip(digit(*low)).map_or(0xff, |(high, low)| high * 16 + low));
                }
                _ => return Some(0xff),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn html_that_says_the_same_is_known_by_its_letters() {
        let plain = "+1 (binding)\n\nüber\n\nOn Thu, Ann <ann@example.org> wrote:\n> [ ] -1 no\n";
        let html = "<div dir=3D\"ltr\">+1 (bin=\nding)<br>=C3=BCber</div><p>On Thu, Ann &lt;<a href=3D\"x\">ann@example.org</a>&gt; wrote:</p><blockquote>[ ] -1 no</blockquote>";
        assert!(is_same(plain, html.as_bytes(), true));
        assert!(is_same("+1\n", b"<b>+</b>1", false));
        for other in [
            "<p>-1</p>",
            "<p>+1</p><p>-1</p>",
            "<p></p>",
            "<p>&#43;1</p>",
            "<p style=\"display:none\">+1</p>",
            "<p hidden>+1</p>",
            "<!-- +1 -->",
            "<!-- > +1 -->",
            "<s>+1</s>",
            "<style>+1</style>",
            "<p title='>'>+1</p>",
            "<p title=\">\">+1</p>",
            "<font color=\"white\">+1</font>",
            "<+1>",
            "<p",
            "+1 &nbs",
            "=2B1 =",
        ] {
            assert!(!is_same("+1\n", other.as_bytes(), other.starts_with('=')), "{other}");
        }
    }
}
