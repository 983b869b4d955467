// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Text, taken literally, with versions in it as whole ones.

use std::ops::Range;

use super::apply::{Look, Mismatch, no_version};
use super::versions::{PLACEHOLDERS, VersionChange, around_placeholder, begins, ends, fill};

/// A text rule with its versions filled in.
pub(super) struct Text<'a> {
    find: Needle,
    replace: Needle,
    /// What stands around the version that is sought, where it is one.
    around: Option<(&'a str, &'a str)>,
}

/// A text to be sought; at an end where a version stands no further digit follows.
struct Needle {
    text: String,
    version_first: bool,
    version_last: bool,
}

impl<'a> Text<'a> {
    /// The rule; else what was found and expected in it.
    pub(super) fn new(
        find: &'a str,
        replace: &'a str,
        versions: Option<&VersionChange>,
    ) -> Result<Self, (String, String)> {
        if find.is_empty() || replace.is_empty() {
            let which = if find.is_empty() { "find" } else { "replace" };
            return Err((format!("an empty `{which}`"), "a text, so that a hit can be proved".to_owned()));
        }
        let needle = |template: &str| fill(template, versions).map(|text| Needle::new(template, text));
        Ok(Self {
            find: needle(find).map_err(no_version)?,
            replace: needle(replace).map_err(no_version)?,
            around: around_placeholder(find).filter(|(before, after)| is_telling(before) || is_telling(after)),
        })
    }

    /// What to replace in each text. A place that has another version than the
    /// old one is a mismatch where it is a snapshot, or where nothing is hit.
    pub(super) fn look<'t>(&self, texts: impl Iterator<Item = &'t str>, may_miss: bool) -> Vec<Look> {
        let texts: Vec<&str> = texts.collect();
        let mut looks: Vec<Look> = texts.iter().map(|text| Look { hits: self.hits(text), ..Look::default() }).collect();
        if !may_miss {
            let missed = looks.iter().all(|look| look.hits.is_empty());
            for (text, look) in texts.iter().zip(&mut looks) {
                look.mismatches = self.other_versions(text, &look.hits, missed);
            }
        }
        looks
    }

    fn hits(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let held: Vec<Range<usize>> = self.replace.places(text).collect();
        let within_held =
            |place: &Range<usize>| held.iter().any(|held| held.start <= place.start && place.end <= held.end);
        let found = self.find.places(text).filter(|place| !within_held(place));
        let mut hits: Vec<(Range<usize>, String)> = Vec::new();
        for place in held.iter().cloned().chain(found) {
            let overlaps = hits.iter().any(|(range, _)| range.start < place.end && place.start < range.end);
            if !overlaps {
                hits.push((place, self.replace.text.clone()));
            }
        }
        hits
    }

    fn other_versions(&self, text: &str, hits: &[(Range<usize>, String)], missed: bool) -> Vec<Mismatch> {
        let Some((before, after)) = self.around else { return Vec::new() };
        versions_between(text, before, after)
            .filter(|(range, _)| !hits.iter().any(|(hit, _)| hit.start < range.end && range.start < hit.end))
            .filter(|(_, version)| missed || version.to_ascii_uppercase().contains("SNAPSHOT"))
            .map(|(range, _)| Mismatch {
                at: range.start,
                found: format!("`{}`", &text[range]),
                expected: format!("`{}`", self.find.text),
            })
            .collect()
    }
}

impl Needle {
    fn new(template: &str, text: String) -> Self {
        Self {
            text,
            version_first: PLACEHOLDERS.iter().any(|placeholder| template.starts_with(placeholder)),
            version_last: PLACEHOLDERS.iter().any(|placeholder| template.ends_with(placeholder)),
        }
    }

    fn places<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        text.match_indices(self.text.as_str())
            .map(|(at, found)| at..at + found.len())
            .filter(|range| !self.version_first || begins(&text.as_bytes()[..range.start]))
            .filter(|range| !self.version_last || ends(&text.as_bytes()[range.end..]))
    }
}

/// Texts of the shape `before VERSION after`: the whole range and the version.
pub(super) fn versions_between<'t>(
    text: &'t str,
    before: &'t str,
    after: &'t str,
) -> impl Iterator<Item = (Range<usize>, &'t str)> {
    let starts: Vec<usize> = if before.is_empty() {
        text.match_indices(|c: char| c.is_ascii_digit())
            .map(|(at, _)| at)
            .filter(|at| begins(&text.as_bytes()[..*at]))
            .collect()
    } else {
        text.match_indices(before).map(|(at, found)| at + found.len()).collect()
    };
    starts.into_iter().filter_map(move |start| {
        let version = &text[start..start + version_length(&text[start..])];
        let end = start + version.len();
        let whole = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
        (whole && text[end..].starts_with(after)).then(|| (start - before.len()..end + after.len(), version))
    })
}

/// How many bytes of `text` are a version: numbers with dots, then a qualifier.
fn version_length(text: &str) -> usize {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    text[..length].trim_end_matches(['.', '-']).len()
}

/// Whether a text says enough to tell what the version beside it is of.
fn is_telling(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_alphabetic).count() >= 3
}
