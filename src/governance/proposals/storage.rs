// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A page of the wiki in Confluence's storage format: its header table is read, its cells are
//! changed one by one, and every other byte stays as somebody wrote it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::field::Field;
use super::index::escaped;
use super::link::is_unset;
use super::markdown::to_markup;
use super::page::Page;
use super::scheme::{Scheme, StateRule};

/// The rows of the header table, and the fields that they are.
const ROWS: [(&str, Field); 4] = [
    ("Discussion thread", Field::Discussion),
    ("Vote thread", Field::Vote),
    ("JIRA", Field::Jira),
    ("Release", Field::Release),
];

/// The header table of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What each row says; a placeholder is nothing.
    pub fields: BTreeMap<Field, String>,
    cells: BTreeMap<Field, Range<usize>>,
}

/// What is wrong with the header table of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// There is none.
    #[error("the page has no table with `Discussion thread`, `Vote thread`, `JIRA`, `Release`")]
    None,
    /// A row of it is missing.
    #[error("the page's table has no row `{0}`")]
    NoRow(&'static str),
}

/// Reads the header table of a page.
///
/// # Errors
/// When there is none.
pub fn read_storage(body: &str) -> Result<Table, TableFault> {
    let mut table = Table::default();
    for row in rows(body) {
        let [name, value, ..] = row.as_slice() else { continue };
        let words = text_of(&body[name.clone()]).to_lowercase();
        let row = ROWS.iter().find(|(row, _)| words.trim_end_matches(':').trim() == row.to_lowercase());
        if let Some((_, field)) = row.filter(|(_, field)| !table.cells.contains_key(field)) {
            let said = value_of(&body[value.clone()]);
            table.fields.insert(*field, if is_unset(&said) { String::new() } else { said });
            table.cells.insert(*field, value.clone());
        }
    }
    if table.cells.is_empty() { Err(TableFault::None) } else { Ok(table) }
}

/// A page's body with other values in its header table; nothing else is changed.
///
/// # Errors
/// When a row is missing.
pub fn set_cells(scheme: &Scheme, body: &str, values: &[(Field, String)]) -> Result<String, TableFault> {
    let table = read_storage(body)?;
    let mut cells = Vec::new();
    for (field, value) in values {
        let Some((name, _)) = ROWS.iter().find(|(_, row)| row == field) else { continue };
        let cell = table.cells.get(field).ok_or(TableFault::NoRow(name))?;
        cells.push((cell.clone(), cell_text(scheme, *field, value)));
    }
    cells.sort_by_key(|(cell, _)| cell.start);
    let mut changed = body.to_owned();
    for (cell, text) in cells.into_iter().rev() {
        changed.replace_range(cell, &text);
    }
    Ok(changed)
}

/// A whole page for the wiki: the header table, then the text.
pub fn to_storage(scheme: &Scheme, page: &Page) -> String {
    let row = |(name, field): &(&str, Field)| {
        let value = page.set(*field).unwrap_or_default();
        format!("<tr><th>{name}</th><td>{}</td></tr>", cell_text(scheme, *field, value))
    };
    let rows: String = ROWS.iter().map(row).collect();
    format!("<table><tbody>{rows}</tbody></table>\n{}", to_markup(page.body()))
}

/// Whether a page's text and that of its page of the wiki, below its table, have other words. Nothing
/// is said of a page whose text is not here.
pub fn texts_differ(page: &Page, body: &str) -> bool {
    let text = page.body();
    if text.trim().is_empty() || page.get(Field::Text).is_some() {
        return false;
    }
    let there = body.split_once("</table>").map_or(body, |(_, text)| text);
    text_of(&to_markup(text)) != text_of(there)
}

/// The labels that a page is to get and to lose, so that they say its state; labels that are
/// no state's stay.
pub fn label_edits(scheme: &Scheme, labels: &[String], state: &StateRule) -> (Vec<String>, Vec<String>) {
    let add = (!state.label.is_empty() && !labels.contains(&state.label)).then(|| state.label.clone());
    let of_another =
        |label: &&String| **label != state.label && scheme.states.iter().any(|other| other.label == **label);
    (add.into_iter().collect(), labels.iter().filter(of_another).cloned().collect())
}

fn cell_text(scheme: &Scheme, field: Field, value: &str) -> String {
    let link = |address: &str, text: &str| format!("<a href=\"{}\">{}</a>", escaped(address), escaped(text));
    match (field, &scheme.tracker) {
        _ if value.is_empty() => "<br/>".to_owned(),
        (Field::Jira, Some(tracker)) => link(&format!("{}/browse/{value}", tracker.url.trim_end_matches('/')), value),
        (Field::Discussion | Field::Vote, _) => link(value, value),
        _ => escaped(value),
    }
}

/// What a cell means: where its link leads, the key of its issue, else its text.
fn value_of(cell: &str) -> String {
    let words = text_of(cell);
    let key = parameter(cell, "key");
    let looks_like_key = |word: &str| {
        word.split_once('-').is_some_and(|(project, number)| {
            !project.is_empty()
                && project.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                && !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit())
        })
    };
    if let Some(key) = key {
        return key;
    }
    // the template's placeholder links an example
    if is_unset(&words) && words.contains("link to") {
        return String::new();
    }
    match attribute(cell, "href") {
        Some(address) => match address.rsplit("/browse/").next().filter(|_| address.contains("/browse/")) {
            Some(key) if looks_like_key(key) => key.to_owned(),
            _ => address,
        },
        None => words,
    }
}

fn parameter(cell: &str, name: &str) -> Option<String> {
    let (_, rest) = cell.split_once(&format!("ac:name=\"{name}\">"))?;
    let (value, _) = rest.split_once('<')?;
    Some(unescaped(value).trim().to_owned()).filter(|value| !value.is_empty())
}

fn attribute(cell: &str, name: &str) -> Option<String> {
    let (_, rest) = cell.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(unescaped(value).trim().to_owned()).filter(|value| !value.is_empty())
}

/// A tag: its name, whether it closes, and where it stands.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    alone: bool,
    span: Range<usize>,
}

/// The tags of a text, in order; comments and data are none.
fn tags(text: &str) -> Vec<Tag<'_>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(begin) = text[at..].find('<').map(|offset| at + offset) {
        let rest = &text[begin..];
        let skip = [("<!--", "-->"), ("<![CDATA[", "]]>")].into_iter().find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = skip {
            at = rest.find(close).map_or(text.len(), |end| begin + end + close.len());
            continue;
        }
        let Some(end) = end_of_tag(rest).map(|end| begin + end) else { break };
        let inner = &text[begin + 1..end - 1];
        let closes = inner.starts_with('/');
        let name = inner.trim_start_matches('/').split([' ', '\t', '\n', '/', '>']).next().unwrap_or_default();
        found.push(Tag { name, closes, alone: inner.ends_with('/'), span: begin..end });
        at = end;
    }
    found
}

/// Where a tag ends; a `>` in quotes does not end it.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

/// The cells of each row of the first level of tables: the bytes between their tags.
fn rows(text: &str) -> Vec<Vec<Range<usize>>> {
    let (mut rows, mut depth, mut open): (Vec<Vec<Range<usize>>>, i32, Option<usize>) = (Vec::new(), 0, None);
    for tag in tags(text) {
        match (tag.name, tag.closes) {
            ("table", false) if !tag.alone => depth += 1,
            ("table", true) => depth -= 1,
            ("tr", false) if depth == 1 => rows.push(Vec::new()),
            ("th" | "td", false) if depth == 1 && !tag.alone => open = Some(tag.span.end),
            ("th" | "td", true) if depth == 1 => {
                if let (Some(begin), Some(row)) = (open.take(), rows.last_mut()) {
                    row.push(begin..tag.span.start);
                }
            }
            _ => {}
        }
    }
    rows
}

/// The words of a text with tags.
fn text_of(markup: &str) -> String {
    let (mut words, mut at) = (String::new(), 0);
    for tag in tags(markup) {
        words.push_str(&markup[at..tag.span.start]);
        words.push(' ');
        at = tag.span.end;
    }
    words.push_str(&markup[at..]);
    unescaped(&words).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').filter(|(name, _)| name.len() < 10).and_then(|(name, after)| {
            let code = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
            let letter = match name {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                "nbsp" => Some(' '),
                "ndash" => Some('–'),
                name => match name.strip_prefix('#') {
                    Some(hex) if hex.starts_with(['x', 'X']) => code(&hex[1..], 16),
                    Some(digits) => code(digits, 10),
                    None => None,
                },
            };
            letter.map(|letter| (letter, after))
        });
        let (letter, beyond) = known.unwrap_or(('&', after));
        out.push(letter);
        rest = beyond;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    const BODY: &str = concat!(
        "<p>By hand.</p><table class=\"wrapped\"><colgroup><col/></colgroup><tbody>",
        "<tr><th>Discussion thread</th><td><a href=\"https://lists.apache.org/thread/abc\">here</a> (<- old)</td></tr>",
        "<tr><th>Vote thread</th><td>here (&lt;- link to <a href=\"https://lists.apache.org/list.html?x\">list</a>)</td></tr>",
        "<tr><th><p>JIRA</p></th><td><ac:structured-macro ac:name=\"jira\"><ac:parameter ac:name=\"key\">FLINK-1</ac:parameter></ac:structured-macro></td></tr>",
        "<tr><th>Release</th><td>1.18 &amp; 2.0</td></tr></tbody></table><h1>Motivation</h1><table><tr><th>x</th><td>y</td></tr></table>",
    );

    #[test]
    fn the_table_is_read_as_people_fill_it_in() {
        let table = read_storage(&BODY.replace("(<- old)", "")).unwrap();
        let said = |field| table.fields[&field].as_str();
        assert_eq!((said(Field::Discussion), said(Field::Vote)), ("https://lists.apache.org/thread/abc", ""));
        assert_eq!((said(Field::Jira), said(Field::Release)), ("FLINK-1", "1.18 & 2.0"));
        assert_eq!(read_storage("<p>no table</p>"), Err(TableFault::None));
        assert_eq!(read_storage("<table><tr><th>a</th><td>b</td></tr></table>"), Err(TableFault::None));
    }

    #[test]
    fn a_cell_is_changed_and_every_other_byte_stays() {
        let flip = flip();
        let changed = set_cells(&flip, BODY, &[(Field::Release, "2.0 <x>".into())]).unwrap();
        assert_eq!(changed, BODY.replace("1.18 &amp; 2.0", "2.0 &lt;x&gt;"));
        let linked =
            set_cells(&flip, BODY, &[(Field::Vote, "https://v?a&b".into()), (Field::Jira, "FLINK-2".into())]).unwrap();
        let read = read_storage(&linked).unwrap().fields;
        assert_eq!((&*read[&Field::Vote], &*read[&Field::Jira]), ("https://v?a&b", "FLINK-2"));
        let short = "<table><tr><td>JIRA</td><td>x</td></tr></table>";
        assert_eq!(set_cells(&flip, short, &[(Field::Vote, "v".into())]), Err(TableFault::NoRow("Vote thread")));
    }

    #[test]
    fn labels_say_the_state_and_others_stay() {
        let flip = flip();
        let labels = ["sql".to_owned(), "discussion".to_owned()];
        let edits = label_edits(&flip, &labels, flip.state("accepted").unwrap());
        assert_eq!(edits, (vec!["accepted".to_owned()], vec!["discussion".to_owned()]));
        assert_eq!(label_edits(&flip, &labels, flip.state("discussion").unwrap()), (vec![], vec![]));
    }

    #[test]
    fn a_whole_page_has_the_table_and_the_text() {
        let flip = flip();
        let page = Page::read(
            &flip,
            "flips/FLIP-0007.md",
            "---\nnumber: 7\njira: FLINK-1\nvote: TBD\n---\n\n# FLIP-7\n\n## Motivation\nA & b\n",
        );
        let body = to_storage(&flip, &page);
        let fields = read_storage(&body).unwrap().fields;
        assert_eq!((&*fields[&Field::Jira], &*fields[&Field::Vote]), ("FLINK-1", ""));
        assert!(body.ends_with("<h1>FLIP-7</h1>\n<h2>Motivation</h2>\n<p>A &amp; b</p>\n"), "{body}");
    }

    proptest! {
        #[test]
        fn any_body_is_read(body in "(<table>|</?tr>|<t[dh]>|</t[dh]>|JIRA|Release|<!--|-->|<a href=\"|\"|&#?x?[0-9]{0,3};|\\PC){0,40}") {
            if let Ok(table) = read_storage(&body) {
                let values: Vec<(Field, String)> = table.fields.keys().map(|field| (*field, "x".to_owned())).collect();
                set_cells(&flip(), &body, &values).unwrap();
            }
        }
    }
}
