// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What templates can call, beside minijinja's own filters.
//!
//! - `link(url)` gives the link's number as `[n]`, the same for the same link;
//!   `references()` gives the list of all links so far, one `[n] url` a line.
//!   So numbers have no gaps, whichever parts of a template a product has.
//! - `|wrap` fills paragraphs to 78 columns.
//! - `|as_written` keeps the lines of what a person wrote apart, where `wrap` would fill
//!   them into one paragraph.
//! - `|split_every(64)` cuts what is too long for a line, such as a digest.
//! - `began|until(at)` is how long that was: `3 h 10 min`.
//! - `|utc` writes a timestamp as `2026-11-24 09:30 UTC`; `|hours_later(72)` is one
//!   moved on.
//! - `|yaml` writes a text as a value of YAML, in quotes, whatever is in it.

use jiff::{Span, Timestamp};
use minijinja::{Environment, Error, ErrorKind, State};

use super::wrap::{WIDTH, as_written, wrap};
use crate::release::yaml_quoted;

/// Adds the functions and filters to `environment`.
pub(super) fn equip(environment: &mut Environment<'static>) {
    environment.add_function("link", link);
    environment.add_function("references", references);
    environment.add_filter("wrap", |text: &str| wrap(text, WIDTH));
    environment.add_filter("as_written", |text: &str| as_written(text));
    environment.add_filter("split_every", split_every);
    environment.add_filter("utc", utc);
    environment.add_filter("hours_later", hours_later);
    environment.add_filter("until", until);
    environment.add_filter("yaml", |text: &str| yaml_quoted(text));
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            return Err(Error::new(ErrorKind::UndefinedError, "the value is null and cannot be written"));
        }
        minijinja::escape_formatter(out, state, value)
    });
}

/// The links of one rendering, in the order of their numbers.
#[derive(Default)]
struct Links(Vec<String>);

fn link(state: &mut State<'_, '_>, url: &str) -> Result<String, Error> {
    if url.is_empty() || url.contains(char::is_whitespace) {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("`{url}` is no link")));
    }
    let links = &mut state.get_or_insert_extension_with(Links::default).0;
    let known = links.iter().position(|link| link == url);
    let index = known.unwrap_or_else(|| {
        links.push(url.to_owned());
        links.len() - 1
    });
    Ok(format!("[{}]", index + 1))
}

fn references(state: &State<'_, '_>) -> String {
    let links = state.get_extension::<Links>().map_or(&[][..], |links| &links.0);
    links.iter().enumerate().map(|(index, url)| format!("[{}] {url}", index + 1)).collect::<Vec<_>>().join("\n")
}

fn split_every(text: &str, columns: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(columns.max(1)).map(|chunk| chunk.iter().collect()).collect()
}

fn utc(time: &str) -> Result<String, Error> {
    let time: Timestamp = parse(time)?;
    Ok(time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn hours_later(time: &str, hours: i64) -> Result<String, Error> {
    let fail = |_| Error::new(ErrorKind::InvalidOperation, format!("{hours} hours after {time} is out of range"));
    let moved = parse(time)?.checked_add(Span::new().try_hours(hours).map_err(fail)?).map_err(fail)?;
    Ok(moved.to_string())
}

/// How long it is from one time to a later one: `4 s`, `12 min`, `3 h 10 min`, `2 days 4 h`.
fn until(from: &str, to: &str) -> Result<String, Error> {
    let seconds = parse(to)?.duration_since(parse(from)?).as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    Ok(match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (1, hours, _) => format!("1 day {} h", hours % 24),
        (days, hours, _) => format!("{days} days {} h", hours % 24),
    })
}

fn parse(time: &str) -> Result<Timestamp, Error> {
    time.parse().map_err(|error: jiff::Error| {
        Error::new(ErrorKind::InvalidOperation, format!("`{time}` is no timestamp")).with_source(error)
    })
}
