// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is put into a mail, before it is: a `[1]` in a person's note would be read as the
//! number of one of the mail's own links.

use serde_json::Value;

/// Writes each `[1]` in the texts of `value` as `(1)`; a link stays as it is.
pub fn without_references(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(plain) = plain(text) {
                *text = plain;
            }
        }
        Value::Array(all) => all.iter_mut().for_each(without_references),
        Value::Object(all) => all.values_mut().for_each(without_references),
        _ => {}
    }
}

/// The text without references; `None` where it has none.
fn plain(text: &str) -> Option<String> {
    if !text.contains('[') {
        return None;
    }
    let words = text.split_inclusive(char::is_whitespace);
    let plain: String = words.map(|word| if word.contains("://") { word.to_owned() } else { rounded(word) }).collect();
    (plain != text).then_some(plain)
}

fn rounded(word: &str) -> String {
    let mut parts = word.split('[');
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = part
            .split_once(']')
            .filter(|(number, _)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        match number {
            Some((number, rest)) => written.push_str(&format!("({number}){rest}")),
            None => written.push_str(&format!("[{part}")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_in_brackets_are_no_references_of_the_mail() {
        let mut value = json!({
            "note": "See [1], NOTES[0] and [x] [ ] [12][3]\n[2] text", "all": ["https://a/[1] [VOTE]", 1, null],
        });
        without_references(&mut value);
        assert_eq!(
            value,
            json!({
                "note": "See (1), NOTES(0) and [x] [ ] (12)(3)\n(2) text", "all": ["https://a/[1] [VOTE]", 1, null],
            })
        );
    }
}
