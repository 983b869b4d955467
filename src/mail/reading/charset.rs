// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A text's bytes as characters, by the charset that its part says it has, and by what it is.

use mail_parser::decoders::charsets::map::charset_decoder;

/// The text of `bytes` in the charset that a content type names.
pub(super) fn decoded(kind: &str, bytes: Vec<u8>, faults: &mut Vec<String>) -> String {
    let charset = charset_of(kind);
    let seven_bits = charset.as_deref().is_some_and(|name| {
        name.starts_with("iso-2022")
            || name.starts_with("hz")
            || name.starts_with("utf-7")
            || name.starts_with("utf-16")
    });
    let bytes = match String::from_utf8(bytes) {
        // whatever it is called: ASCII and valid UTF-8 are what they are, but for the encodings in seven bits
        Ok(text) if !seven_bits => return text,
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    match charset.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let bytes = error.into_bytes();
                if is_of_more_bytes(&bytes) {
                    let named = charset.as_deref().unwrap_or("none");
                    faults.push(format!(
                        "its bytes are not of the charset that it names ({named}), so its text was not read for certain"
                    ));
                }
                charset_decoder(b"windows-1252")
                    .map_or_else(|| String::from_utf8_lossy(&bytes).into_owned(), |decode| decode(&bytes))
            }
        },
        Some("hz-gb-2312" | "hz") => {
            let bytes = without_shifts(&bytes);
            charset_decoder(b"gb2312")
                .map_or_else(|| String::from_utf8_lossy(&bytes).into_owned(), |decode| decode(&bytes))
        }
        Some(name) => match charset_decoder(name.as_bytes()) {
            Some(decode) => decode(&bytes),
            None => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if seven_bits {
                    faults.push(format!("its charset {name:?} is unknown, so its text was not read"));
                } else if !text.is_ascii() {
                    faults.push(format!("its charset {name:?} is unknown"));
                }
                text
            }
        },
    }
}

/// Whether bytes that are no UTF-8 look like an encoding of several bytes a character, as those of
/// Chinese, Japanese and Korean: the single ones of Western texts mostly stand alone.
fn is_of_more_bytes(bytes: &[u8]) -> bool {
    let runs = bytes.split(u8::is_ascii).filter(|run| !run.is_empty());
    let (all, long) = runs.fold((0, 0), |(all, long), run| (all + 1, long + usize::from(run.len() > 1)));
    long * 2 > all
}

/// HZ (RFC 1843) as GB 2312 in eight bits: between `~{` and `~}` each pair of bytes is a character.
fn without_shifts(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (*first, behind.first()) {
            (b'~', Some(b'{')) => shifted = true,
            (b'~', Some(b'}')) => shifted = false,
            (b'~', Some(b'~')) if !shifted => plain.push(b'~'),
            (b'~', Some(b'\n')) if !shifted => {}
            (b'\n', _) => {
                // a line ends what was forgotten to be ended
                shifted = false;
                plain.push(b'\n');
                continue;
            }
            (first, Some(second)) if shifted => plain.extend([first | 0x80, *second | 0x80]),
            (first, _) => {
                plain.push(first);
                continue;
            }
        }
        rest = &behind[1..];
    }
    plain
}

/// The charset that a content type names, in lower case.
pub(super) fn charset_of(kind: &str) -> Option<String> {
    let at = kind.find("charset")?;
    let value = kind[at + 7..].trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let name: String = value
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
        .take(40)
        .collect();
    (!name.is_empty()).then_some(name)
}
