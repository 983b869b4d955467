// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Putting entries into YAML texts of the block style, line by line, and proving what
//! came of it.

use yaml_rust2::Yaml;

use super::apply::Mismatch;
use super::kept::{same_fields, with_fields_of, with_lines_of};
use super::yaml::{document, field, list_at, pairs};

type Put = Result<Option<String>, Mismatch>;

/// Puts the entry of `key` at the top of `text`, before the others or in the place of the
/// one that has the key, whose further fields it keeps.
pub(super) fn put_key(text: &str, key: &str, entry: &str) -> Put {
    let entry = without_comments(entry);
    let wanted = pairs(&document(&entry)?).filter(|pairs| pairs.len() == 1 && pairs[0].0 == key);
    let Some([(_, wanted)]) = wanted.as_deref() else {
        return Err(("another text".to_owned(), format!("the one entry {key}")));
    };
    let before = match document(text)? {
        Yaml::Null => Vec::new(),
        other => pairs(&other).ok_or_else(|| ("no mapping".to_owned(), "one at the top".to_owned()))?,
    };
    let present = before.iter().find(|(known, _)| known == key).map(|(_, value)| value);
    let whole = present.map_or_else(|| wanted.clone(), |there| with_fields_of(wanted, there));
    if present.is_some_and(|there| same_fields(there, &whole)) {
        return Ok(None);
    }
    let lines: Vec<&str> = text.lines().collect();
    let (range, entry) = match present {
        Some(there) => {
            let start = lines.iter().position(|line| key_of(line, 0) == Some(key)).ok_or_else(|| odd(key))?;
            let range = start..end_of_block(&lines, start, 0);
            let entry = with_lines_of(&entry, wanted, &lines[range.clone()], there).ok_or_else(|| odd(key))?;
            (range, entry)
        }
        None => {
            let first = lines.iter().position(|line| key_of(line, 0).is_some()).unwrap_or(lines.len());
            (first..first, entry)
        }
    };
    let new = replaced(text, range, &entry, 0);
    let mut expected: Vec<(String, Yaml)> = before.into_iter().filter(|(known, _)| known != key).collect();
    expected.push((key.to_owned(), whole));
    let made = pairs(&document(&new)?).unwrap_or_default();
    let same = made.len() == expected.len() && made.iter().all(|pair| expected.contains(pair));
    if same { Ok(Some(new)) } else { Err(odd(key)) }
}

/// Puts an item into the list at `path`, before the others or in the place of the one with
/// the same `identity`, whose further fields it keeps.
pub(super) fn put_item(text: &str, path: &str, identity: &str, entry: &str) -> Put {
    let entry = without_comments(entry);
    let one = match document(&entry)? {
        Yaml::Array(items) if items.len() == 1 => items.into_iter().next(),
        _ => None,
    };
    let wanted = one.and_then(|item| Some((field(&item, identity)?, item)));
    let (id, wanted) = wanted.ok_or_else(|| ("another text".to_owned(), format!("one item with {identity}")))?;
    let whole = document(text)?;
    let before = list_at(&whole, path).ok_or_else(|| (format!("no list {path}"), "one".to_owned()))?;
    let with_id: Vec<usize> =
        (0..before.len()).filter(|at| field(&before[*at], identity).as_ref() == Some(&id)).collect();
    let mut expected = before.clone();
    match with_id.as_slice() {
        [] => expected.insert(0, wanted.clone()),
        [at] => {
            expected[*at] = with_fields_of(&wanted, &before[*at]);
            if same_fields(&before[*at], &expected[*at]) {
                return Ok(None);
            }
        }
        many => return Err((format!("{} items with {identity} {id}", many.len()), "one at most".to_owned())),
    }
    let lines: Vec<&str> = text.lines().collect();
    let (items, indent) = places_of_items(&lines, path).ok_or_else(|| odd(path))?;
    if items.len() != before.len() {
        return Err(odd(path));
    }
    let first = items.first().copied().ok_or_else(|| odd(path))?;
    let (range, entry) = match with_id.first() {
        Some(at) => {
            let range = items[*at]..end_of_block(&lines, items[*at], indent);
            let entry = with_lines_of(&entry, &wanted, &lines[range.clone()], &before[*at]).ok_or_else(|| odd(path))?;
            (range, entry)
        }
        None => (first..first, entry),
    };
    let new = replaced(text, range, &entry, indent);
    let made = document(&new)?;
    if list_at(&made, path).as_ref() == Some(&expected) && same_beside(&whole, &made, path) {
        return Ok(Some(new));
    }
    Err(odd(path))
}

/// The lines at which the items of the list at `path` begin, and how far they stand in.
fn places_of_items(lines: &[&str], path: &str) -> Option<(Vec<usize>, usize)> {
    let (mut from, mut end, mut least) = (0, lines.len(), 0);
    for part in path.split('.') {
        let at = (from..end).find(|at| {
            let inside = indent_of(lines[*at]).is_some_and(|indent| indent >= least);
            inside && key_of(lines[*at], indent_of(lines[*at]).unwrap_or_default()) == Some(part)
        })?;
        let indent = indent_of(lines[at])?;
        // a list may stand as far in as its key
        end = (at + 1..end)
            .find(|at| {
                indent_of(lines[*at]).is_some_and(|other| other < indent || other == indent && !is_item(lines[*at]))
            })
            .unwrap_or(end);
        (from, least) = (at + 1, indent);
    }
    let indent = (from..end).find(|at| is_item(lines[*at])).and_then(|at| indent_of(lines[at]))?;
    let items = (from..end).filter(|at| is_item(lines[*at]) && indent_of(lines[*at]) == Some(indent)).collect();
    Some((items, indent))
}

pub(super) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line == "-" || line.starts_with("- ") || line.trim_end() == "-"
}

/// How far a line stands in; `None` for one that says nothing.
pub(super) fn indent_of(line: &str) -> Option<usize> {
    let said = line.trim_start();
    let says = !said.trim_end().is_empty() && !said.starts_with('#');
    says.then(|| line.len() - said.len())
}

/// The key that a line begins with, where it stands `indent` columns in.
pub(super) fn key_of(line: &str, indent: usize) -> Option<&str> {
    if indent_of(line) != Some(indent) {
        return None;
    }
    let said = line.trim();
    let (key, _) = said.split_once(": ").or_else(|| said.strip_suffix(':').map(|key| (key, "")))?;
    Some(key.trim().trim_matches(['"', '\'']))
}

/// The line after the block that begins at `start`; blank lines and comments behind it are
/// not its own.
fn end_of_block(lines: &[&str], start: usize, indent: usize) -> usize {
    let next = (start + 1..lines.len()).find(|at| indent_of(lines[*at]).is_some_and(|other| other <= indent));
    let mut end = next.unwrap_or(lines.len());
    while end > start + 1 && indent_of(lines[end - 1]).is_none() {
        end -= 1;
    }
    end
}

/// The text with the lines of `entry` in the place of those of `range`; what is beside them stays byte
/// for byte, and the new lines end as the others do.
fn replaced(text: &str, range: std::ops::Range<usize>, entry: &str, indent: usize) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (end, mut new) = (end_of_line(text), String::new());
    new.extend(lines[..range.start].iter().copied());
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(end);
    }
    for line in entry.lines() {
        new.push_str(&" ".repeat(if line.is_empty() { 0 } else { indent }));
        new.push_str(line);
        new.push_str(end);
    }
    new.extend(lines[range.end..].iter().copied());
    new
}

/// How most lines of a text end.
pub(super) fn end_of_line(text: &str) -> &'static str {
    let (lines, carriages) = (text.matches('\n').count(), text.matches("\r\n").count());
    if carriages * 2 > lines { "\r\n" } else { "\n" }
}

/// The text without the lines that only say something to people.
fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let kept: Vec<&str> = lines.map(str::trim_end).collect();
    kept.join("\n").trim_matches('\n').to_owned()
}

/// Whether two documents are the same but for the list at `path`.
fn same_beside(one: &Yaml, other: &Yaml, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let (Some(one), Some(other)) = (pairs(one), pairs(other)) else { return false };
    one.len() == other.len()
        && one.iter().zip(&other).all(|((key, value), (beside, now))| {
            let on_the_way = key == first;
            key == beside && (value == now || on_the_way && (rest.is_empty() || same_beside(value, now, rest)))
        })
}

fn odd(what: &str) -> Mismatch {
    (
        format!("{what} in a form that cannot be edited line by line"),
        "plain block YAML, one entry below the other".to_owned(),
    )
}
