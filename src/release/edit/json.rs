// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A string in a JSON text, by RFC 6901 pointer and byte range.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::apply::Look;
use super::versions::{VersionChange, around_placeholder};

/// What to set: `filled` (from the template `value`) at `pointer`.
pub(super) fn look(text: &str, pointer: &str, value: &str, filled: &str, versions: Option<&VersionChange>) -> Look {
    let (present, range) = match string_at(text, pointer) {
        Ok(found) => found,
        Err((found, at)) => return Look::mismatch(at, found, format!("a string at {pointer}")),
    };
    if present == filled {
        return Look { hits: vec![(range.clone(), text[range].to_owned())], ..Look::default() };
    }
    if let Some(expected) = wrong_version(&present, value, versions) {
        return Look::mismatch(range.start, format!("`{present}` at {pointer}"), expected);
    }
    let put = serde_json::Value::from(filled).to_string();
    Look { hits: vec![(range, put)], ..Look::default() }
}

/// The string at `pointer` with its range, quotes included; else what is there, and where.
pub(super) fn string_at(text: &str, pointer: &str) -> Result<(String, Range<usize>), (String, usize)> {
    let start = |raw: &RawValue| raw.get().as_ptr() as usize - text.as_ptr() as usize;
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut here: &RawValue = serde_json::from_str(json).map_err(|error| (format!("what is no JSON ({error})"), 0))?;
    let steps = match pointer.strip_prefix('/') {
        Some(steps) => steps,
        None => return Err((format!("the pointer `{pointer}`, which does not begin with `/`"), 0)),
    };
    for step in steps.split('/') {
        let name = step.replace("~1", "/").replace("~0", "~");
        let at = start(here);
        here = member(here, &name).map_err(|found| (found, at))?;
    }
    let range = start(here)..start(here) + here.get().len();
    match serde_json::from_str::<String>(here.get()) {
        Ok(string) => Ok((string, range)),
        Err(_) => Err((format!("`{}`, which is no string", excerpt(here.get())), range.start)),
    }
}

/// What was expected, where `template` names a version and `present` is none of
/// the two series.
pub(super) fn wrong_version(present: &str, template: &str, versions: Option<&VersionChange>) -> Option<String> {
    let versions = versions?;
    let (before, after) = around_placeholder(template)?;
    let version = present.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    if version.is_some_and(|version| versions.covers(version)) {
        return None;
    }
    let old = versions.fill(&format!("{before}@OLD@{after}"));
    let new = versions.fill(template);
    Some(if old == new { format!("`{new}`") } else { format!("`{old}`, or another version of its series, or `{new}`") })
}

fn member<'a>(value: &'a RawValue, name: &str) -> Result<&'a RawValue, String> {
    let text = value.get();
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let index = name.parse::<usize>().map_err(|_| format!("an array where `{name}` was sought"))?;
        return items.get(index).copied().ok_or_else(|| format!("an array of {}", items.len()));
    }
    let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(text) else {
        return Err(format!("`{}` where `{name}` was sought", excerpt(text)));
    };
    let mut named = members.iter().filter(|(member, _)| member == name);
    match (named.next(), named.next()) {
        (Some((_, value)), None) => Ok(value),
        (None, _) => Err(format!("no `{name}`")),
        (Some(_), Some(_)) => Err(format!("`{name}` more than once")),
    }
}

fn excerpt(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// The members of an object in their order, each with its own text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
