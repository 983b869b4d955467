// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The round-up: all proposals by state, and the next number; also what a release came with.

use std::fmt::Write;

use serde::Serialize;

use super::corpus::Corpus;
use super::field::Field;
use super::number::next_number;
use super::page::Page;
use super::scheme::Scheme;

/// How an index is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexFormat {
    /// For the registry itself.
    Markdown,
    /// Confluence's storage format.
    Confluence,
    /// A page of its own.
    Html,
}

/// A proposal, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its number.
    pub number: Option<u32>,
    /// As it is called.
    pub id: String,
    /// Its title without number and marks.
    pub heading: String,
    /// Its title as it is written.
    pub title: String,
    /// Its state, by the scheme's id where it is one; as it is written otherwise.
    pub state: Option<String>,
    /// Who proposes.
    pub author: Option<String>,
    /// The day on which the page was made.
    pub created: Option<String>,
    /// The day on which the page was last changed.
    pub modified: Option<String>,
    /// The thread that discusses it.
    pub discussion: Option<String>,
    /// The thread of its vote.
    pub vote: Option<String>,
    /// Its issue.
    pub jira: Option<String>,
    /// The versions, as they are written.
    pub release: Option<String>,
    /// The part of the product.
    pub component: Option<String>,
    /// The proposal that stands in its place.
    pub superseded_by: Option<String>,
    /// Its file in the registry.
    pub place: String,
}

impl Listed {
    /// A page as a list has it.
    pub fn of(scheme: &Scheme, page: &Page) -> Self {
        let set = |field| page.set(field).map(str::to_owned);
        Self {
            number: page.number(),
            id: page.name(scheme),
            heading: page.heading(scheme),
            title: page.title().to_owned(),
            state: page.state(scheme).map(|state| state.id.clone()).or_else(|| set(Field::State)),
            author: set(Field::Author),
            created: set(Field::Created),
            modified: set(Field::Modified),
            discussion: set(Field::Discussion),
            vote: set(Field::Vote),
            jira: set(Field::Jira),
            release: set(Field::Release),
            component: set(Field::Component),
            superseded_by: set(Field::SupersededBy),
            place: page.place.clone(),
        }
    }

    /// Whether it came or comes with a version: `1.18` is `1.18.0`, and one of `1.18, 2.0`.
    pub fn is_in(&self, version: &str) -> bool {
        let wanted = numbers(version);
        self.release.as_deref().is_some_and(|all| versions(all).any(|one| numbers(one) == wanted))
    }
}

/// The versions that a field names.
pub fn versions(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '/', ';']).map(str::trim).filter(|one| !one.is_empty())
}

/// Whether a word is a version: it begins with a number.
pub fn is_version(word: &str) -> bool {
    word.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit())
}

/// A version without the zeros at its end, so that `2.0` is `2.0.0`.
pub(super) fn numbers(version: &str) -> Vec<String> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let mut parts: Vec<String> = version.split('.').map(|part| part.trim().to_lowercase()).collect();
    while parts.len() > 1 && parts.last().is_some_and(|part| part == "0") {
        parts.pop();
    }
    parts
}

/// The place of the index in a registry.
pub fn index_file(scheme: &Scheme) -> &str {
    &scheme.index_file
}

/// The groups of an index: a title, its proposals. The last are in no state of the scheme.
fn groups(corpus: &Corpus<'_>) -> Vec<(String, Vec<Listed>)> {
    let scheme = corpus.scheme;
    let state = |page: &Page| page.state(scheme).map(|state| state.id.as_str());
    let of = |wanted: Option<&str>| -> Vec<Listed> {
        corpus.pages.iter().filter(|page| state(page) == wanted).map(|page| Listed::of(scheme, page)).collect()
    };
    let known = scheme.states.iter().map(|rule| (rule.title.clone(), of(Some(&rule.id))));
    known.chain([("State not known".to_owned(), of(None))]).filter(|(_, all)| !all.is_empty()).collect()
}

/// The round-up of a corpus; it ends with a line's end.
pub fn index(corpus: &Corpus<'_>, format: IndexFormat) -> String {
    let words = &corpus.scheme.index;
    let next =
        next_number(corpus.scheme, &corpus.used).map_or_else(|| "none is left".to_owned(), |next| next.to_string());
    match format {
        IndexFormat::Markdown => markdown(corpus, &next),
        IndexFormat::Confluence => tables(corpus, &next),
        IndexFormat::Html => format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n</head>\n<body>\n<h1>{0}</h1>\n{1}</body>\n</html>\n",
            escaped(&words.title),
            tables(corpus, &next)
        ),
    }
}

fn markdown(corpus: &Corpus<'_>, next: &str) -> String {
    let words = &corpus.scheme.index;
    let mut text = format!("# {}\n\n{}: {next}\n", words.title, words.next);
    for (title, all) in groups(corpus) {
        let _ = write!(
            text,
            "\n## {title} ({})\n\n| {} | Release | Issue |\n|---|---|---|\n",
            all.len(),
            corpus.scheme.prefix
        );
        for one in all {
            let link = format!("[{}]({})", cell(&shown(&one)), one.place);
            let or_nothing = |value: &Option<String>| cell(value.as_deref().unwrap_or_default());
            let _ = writeln!(text, "| {link} | {} | {} |", or_nothing(&one.release), or_nothing(&one.jira));
        }
    }
    text
}

fn shown(one: &Listed) -> String {
    if one.heading.is_empty() { one.id.clone() } else { format!("{}: {}", one.id, one.heading) }
}

/// A text that stays in its cell of a table.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '[' | ']' | '<' | '\\' | '`' | '*' | '_' => cell.extend(['\\', letter]),
            '\n' | '\r' => cell.push(' '),
            letter => cell.push(letter),
        }
    }
    cell
}

fn tables(corpus: &Corpus<'_>, next: &str) -> String {
    let scheme = corpus.scheme;
    let mut text = format!("<p>{}: <strong>{next}</strong></p>\n", escaped(&scheme.index.next));
    for (title, all) in groups(corpus) {
        let _ = write!(
            text,
            "<h2>{} ({})</h2>\n<table><tbody>\n<tr><th>{}</th><th>Release</th><th>Issue</th></tr>\n",
            escaped(&title),
            all.len(),
            scheme.prefix
        );
        for one in all {
            let address = page_address(corpus, &one);
            let name = match address {
                Some(address) => format!("<a href=\"{}\">{}</a>", escaped(&address), escaped(&shown(&one))),
                None => escaped(&shown(&one)),
            };
            let issue = match (&one.jira, &scheme.tracker) {
                (Some(key), Some(tracker)) => {
                    format!(
                        "<a href=\"{}/browse/{}\">{}</a>",
                        escaped(tracker.url.trim_end_matches('/')),
                        escaped(key),
                        escaped(key)
                    )
                }
                (key, _) => escaped(key.as_deref().unwrap_or_default()),
            };
            let release = escaped(one.release.as_deref().unwrap_or_default());
            let _ = writeln!(text, "<tr><td>{name}</td><td>{release}</td><td>{issue}</td></tr>");
        }
        text.push_str("</tbody></table>\n");
    }
    text
}

fn page_address(corpus: &Corpus<'_>, one: &Listed) -> Option<String> {
    let page = corpus.pages.iter().find(|page| page.place == one.place)?;
    corpus.scheme.page_address(page.get(Field::Page)?)
}

/// A text in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // no document of XML has these
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// The next number that an index's text says.
pub fn next_number_in(scheme: &Scheme, text: &str) -> Option<u32> {
    let (_, rest) = text.split_once(&format!("{}:", scheme.index.next))?;
    let digits: String = rest.trim_start_matches([' ', '*', '<']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What a version came with, as release notes list it.
pub fn release_notes(scheme: &Scheme, listed: &[Listed]) -> String {
    let mut text = String::new();
    for one in listed {
        let issue = one.jira.as_deref().map(|key| match &scheme.tracker {
            Some(tracker) => format!(" ([{key}]({}/browse/{key}))", tracker.url.trim_end_matches('/')),
            None => format!(" ({key})"),
        });
        let _ = writeln!(text, "- {}{}", cell(&shown(one)), issue.unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    fn page(scheme: &Scheme, number: u32, state: &str, more: &str) -> Page {
        let text = format!("---\nnumber: {number}\ntitle: \"FLIP-{number}: A <b> | c\"\nstate: {state}\n{more}---\n");
        Page::read(scheme, &format!("flips/FLIP-{number:04}.md"), &text)
    }

    #[test]
    fn the_round_up_is_by_state_and_says_the_next_number() {
        let flip = flip();
        let pages = vec![
            page(&flip, 2, "released", "release: \"1.18.0\"\njira: FLINK-1\npage: \"65\"\n"),
            page(&flip, 1, "discussion", ""),
            page(&flip, 3, "odd", ""),
        ];
        let mut corpus = Corpus::new(&flip, pages, "2026-11-22".parse().unwrap());
        corpus.used.insert(9);
        insta::assert_snapshot!(index(&corpus, IndexFormat::Markdown), @r#"
        # FLIP round-up

        Next FLIP Number: 10

        ## Under discussion (1)

        | FLIP | Release | Issue |
        |---|---|---|
        | [FLIP-1: A \<b> \| c](flips/FLIP-0001.md) |  |  |

        ## Released (1)

        | FLIP | Release | Issue |
        |---|---|---|
        | [FLIP-2: A \<b> \| c](flips/FLIP-0002.md) | 1.18.0 | FLINK-1 |

        ## State not known (1)

        | FLIP | Release | Issue |
        |---|---|---|
        | [FLIP-3: A \<b> \| c](flips/FLIP-0003.md) |  |  |
        "#);
        insta::assert_snapshot!(index(&corpus, IndexFormat::Confluence), @r#"
        <p>Next FLIP Number: <strong>10</strong></p>
        <h2>Under discussion (1)</h2>
        <table><tbody>
        <tr><th>FLIP</th><th>Release</th><th>Issue</th></tr>
        <tr><td>FLIP-1: A &lt;b&gt; | c</td><td></td><td></td></tr>
        </tbody></table>
        <h2>Released (1)</h2>
        <table><tbody>
        <tr><th>FLIP</th><th>Release</th><th>Issue</th></tr>
        <tr><td><a href="https://cwiki.apache.org/confluence/pages/viewpage.action?pageId=65">FLIP-2: A &lt;b&gt; | c</a></td><td>1.18.0</td><td><a href="https://issues.apache.org/jira/browse/FLINK-1">FLINK-1</a></td></tr>
        </tbody></table>
        <h2>State not known (1)</h2>
        <table><tbody>
        <tr><th>FLIP</th><th>Release</th><th>Issue</th></tr>
        <tr><td>FLIP-3: A &lt;b&gt; | c</td><td></td><td></td></tr>
        </tbody></table>
        "#);
        assert!(index(&corpus, IndexFormat::Html).contains("<title>FLIP round-up</title>"));
        for format in [IndexFormat::Markdown, IndexFormat::Confluence, IndexFormat::Html] {
            let text = index(&corpus, format).replace("<strong>", "");
            assert_eq!(next_number_in(&flip, &text), Some(10));
        }
        let listed: Vec<Listed> =
            corpus.pages.iter().map(|page| Listed::of(&flip, page)).filter(|one| one.is_in("1.18")).collect();
        assert_eq!(
            release_notes(&flip, &listed),
            "- FLIP-2: A \\<b> \\| c ([FLINK-1](https://issues.apache.org/jira/browse/FLINK-1))\n"
        );
    }

    #[test]
    fn versions_are_the_same_however_many_zeros_they_have() {
        for (release, version, is) in [
            ("1.18.0", "1.18", true),
            ("1.18", "1.18.0", true),
            ("1.19, 2.0", "2.0.0", true),
            ("1.18.1", "1.18", false),
            ("1.1", "1.10", false),
            ("2.0/3.0", "3.0", true),
        ] {
            let flip = flip();
            let listed = Listed::of(&flip, &page(&flip, 1, "released", &format!("release: \"{release}\"\n")));
            assert_eq!(listed.is_in(version), is, "{release} {version}");
        }
    }
}
