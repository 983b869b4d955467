// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One value of a page's head, as YAML has it: read where people write it, written so that any
//! reader of YAML reads the same.

use super::field::Field;
use crate::release::yaml_quoted;

/// The value that `rest` of a line begins with, and how many bytes it is written in.
pub(super) fn scalar(rest: &str) -> Result<(String, usize), String> {
    match rest.chars().next() {
        Some('"') => double_quoted(rest),
        Some('\'') => single_quoted(rest),
        Some('&' | '*' | '!') => Err("anchors and tags are not read".to_owned()),
        _ => {
            let end = if rest.starts_with('#') { 0 } else { rest.find(" #").unwrap_or(rest.len()) };
            let value = rest[..end].trim_end();
            let empty = matches!(value, "~" | "null" | "Null" | "NULL");
            Ok((if empty { String::new() } else { value.to_owned() }, value.len()))
        }
    }
}

fn double_quoted(rest: &str) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return after(rest, at + 1).map(|()| (value, at + 1)),
            '\n' | '\r' => break,
            '\\' => match letters.next().map(|(_, next)| next) {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some('0') => value.push('\0'),
                Some(code @ ('x' | 'u' | 'U')) => {
                    let count =
                        [('x', 2), ('u', 4), ('U', 8)].iter().find(|(name, _)| *name == code).map_or(4, |(_, n)| *n);
                    let digits: String = letters.by_ref().take(count).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                    value.push(code.ok_or_else(|| format!("`\\{digits}` is no character"))?);
                }
                Some(same @ ('"' | '\\' | '/' | ' ')) => value.push(same),
                Some(other) => return Err(format!("`\\{other}` is read as nothing")),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("a quote is opened and not closed".to_owned())
}

fn single_quoted(rest: &str) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                letters.next();
                value.push('\'');
            }
            '\'' => return after(rest, at + 1).map(|()| (value, at + 1)),
            '\n' | '\r' => break,
            other => value.push(other),
        }
    }
    Err("a quote is opened and not closed".to_owned())
}

/// After a quoted value comes nothing but a comment.
fn after(rest: &str, end: usize) -> Result<(), String> {
    let after = &rest[end..];
    match after.trim().is_empty() || after.starts_with(" #") || after.starts_with("\t#") {
        true => Ok(()),
        false => Err(format!("`{}` stands after the quoted value", shortened(after.trim()))),
    }
}

/// A value as the head has it: quoted wherever YAML would take it for something else than a text.
pub(super) fn written(field: Field, value: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || " _./:-,()+@&=?%;<>~'’".contains(c);
    let begins = |c: char| c.is_ascii_alphabetic();
    let plain = value.starts_with(begins)
        && value.chars().all(safe)
        && !value.contains(": ")
        && !value.ends_with([':', ' '])
        && !is_word_of_yaml(value);
    let digit = |c: char| c.is_ascii_digit();
    let number_or_day = field.is_plain() && value.starts_with(digit) && value.chars().all(|c| digit(c) || c == '-');
    if plain || number_or_day {
        return value.to_owned();
    }
    yaml_quoted(value)
}

fn is_word_of_yaml(value: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// A text that is named in a message, not all of it.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() > 60 {
        format!("{}…", text.chars().take(60).collect::<String>())
    } else {
        text.to_owned()
    }
}
