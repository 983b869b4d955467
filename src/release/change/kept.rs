// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Fields of an entry that the one in its place does not name: somebody wanted them, and they stay.

use yaml_rust2::Yaml;

use super::yaml::{pairs, scalar};
use super::yaml_text::{indent_of, is_item, key_of};

/// `wanted` with the fields that `there` alone has, behind its own.
pub(super) fn with_fields_of(wanted: &Yaml, there: &Yaml) -> Yaml {
    let (Yaml::Hash(fields), Yaml::Hash(old)) = (wanted, there) else { return wanted.clone() };
    let mut all = fields.clone();
    for (key, value) in old {
        if fields.keys().all(|known| scalar(known) != scalar(key)) {
            all.insert(key.clone(), value.clone());
        }
    }
    Yaml::Hash(all)
}

/// Whether two values are the same, whatever the order of their fields.
pub(super) fn same_fields(one: &Yaml, other: &Yaml) -> bool {
    match (pairs(one), pairs(other)) {
        (Some(one), Some(other)) => one.len() == other.len() && one.iter().all(|pair| other.contains(pair)),
        _ => one == other,
    }
}

/// `entry`, a key or an item with its fields, with the lines of the fields that the `block` in whose
/// place it comes has and `wanted` lacks; `None` where they cannot be told apart line by line.
pub(super) fn with_lines_of(entry: &str, wanted: &Yaml, block: &[&str], there: &Yaml) -> Option<String> {
    let (Some(fields), Some(old)) = (pairs(wanted), pairs(there)) else { return Some(entry.to_owned()) };
    let kept = old.iter().map(|(key, _)| key).filter(|key| fields.iter().all(|(known, _)| known != *key));
    let (block, mut whole) = (inside(block), entry.to_owned());
    let column = column_of(&block);
    let new_column = column_of(&inside(&entry.lines().collect::<Vec<_>>()));
    for key in kept {
        let (column, new_column) = (column?, new_column?);
        let start = block.iter().position(|line| key_of(line, column) == Some(key))?;
        for line in &block[start..end_of_field(&block, start, column)] {
            let said = line.get(column..).unwrap_or_default();
            whole.push('\n');
            if !said.trim().is_empty() {
                whole.push_str(&" ".repeat(new_column));
                whole.push_str(said);
            }
        }
    }
    Some(whole)
}

/// The lines of an entry's fields: without its key, or with a blank in the place of its dash.
fn inside(block: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = block.iter().map(|line| (*line).to_owned()).collect();
    if let Some(first) = lines.first_mut() {
        *first = if is_item(first) { first.replacen('-', " ", 1) } else { String::new() };
    }
    lines
}

/// How far the fields stand in.
fn column_of(block: &[String]) -> Option<usize> {
    block.iter().find_map(|line| indent_of(line))
}

/// The line after the field that begins at `start`; a list may stand as far in as its key. Blank lines
/// and comments behind it are not its own.
fn end_of_field(block: &[String], start: usize, column: usize) -> usize {
    let is_next =
        |line: &String| indent_of(line).is_some_and(|other| other < column || other == column && !is_item(line));
    let mut end = (start + 1..block.len()).find(|at| is_next(&block[*at])).unwrap_or(block.len());
    while end > start + 1 && indent_of(&block[end - 1]).is_none() {
        end -= 1;
    }
    end
}
