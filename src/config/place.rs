// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where in a product's file a field stands, so that a fault of it is found at once.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line, from 1, at which `field` (`build[0].outputs[1].name`) stands in `text`; where it is left out,
/// that of what it belongs to. `None` where nothing of it is there.
pub(super) fn line_of(text: &str, field: &str) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let at = key_below(table.get_ref(), field)?;
    Some(1 + text.as_bytes().get(..at)?.iter().filter(|byte| **byte == b'\n').count())
}

/// Where the key stands in `table` with which `path` begins.
fn key_below(table: &DeTable<'_>, path: &str) -> Option<usize> {
    let begins = |key: &str| path.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let known = table.iter().filter_map(|(key, value)| Some((key, value, begins(key.get_ref())?)));
    // a key may have a dot in it
    let (key, value, rest) = known.min_by_key(|(_, _, rest)| rest.len())?;
    Some(below(value, rest).unwrap_or(key.span().start))
}

/// Where it stands in `value`, if anything of it does: `path` begins with `.` or `[`.
fn below(value: &Spanned<DeValue<'_>>, path: &str) -> Option<usize> {
    if let Some(path) = path.strip_prefix('.') {
        return key_below(value.get_ref().as_table()?, path);
    }
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    let item = value.get_ref().as_array()?.get(index.parse::<usize>().ok()?)?;
    Some(below(item, rest).unwrap_or(item.span().start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_path() {
        let text = "format = 1\n[git]\nurl = \"x\"\ntags = [\n  \"a\",\n  \"b\",\n]\n\n[[build]]\nid = \"one\"\n[[build.outputs]]\n\
                    glob = \"*\"\n[[build]]\nid = \"two\"\noutputs = [\n  { glob = \"*\" },\n]\n[website.files]\n\"a/b.yml\" = \"x\"\n\
                    \"a/b\" = \"y\"\n[links.other]\nsite = \"x\"\n";
        for (field, line) in [
            ("format", Some(1)),
            ("git.url", Some(3)),
            ("git.tags", Some(4)),
            ("git.tags[1]", Some(6)),
            ("git.tags[7]", Some(4)),
            ("git.remote", Some(2)),
            ("build[0].id", Some(10)),
            ("build[0].outputs[0].glob", Some(12)),
            ("build[1].id", Some(14)),
            ("build[1].outputs[0].name", Some(16)),
            ("build[1].command", Some(13)),
            ("website.files.a/b.yml", Some(19)),
            ("links.other.site", Some(22)),
            ("jira.url", None),
        ] {
            assert_eq!(line_of(text, field), line, "{field}");
        }
    }
}
