// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The judgement over one file. Nearly every file of an Apache project holds the
//! licence's address, which one search finds; only the rest is taken apart into lines
//! and letters.

use std::sync::LazyLock;

use memchr::memmem;

use super::Document;
use super::approved::{ALONE, OASIS, SPDX, VERBATIM, WORDS, Words};

/// What is thought of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It says that it is under this licence, which is approved.
    Approved(&'static str),
    /// It says nothing of a licence that is approved.
    Unapproved,
    /// It is no standard file and need not say anything.
    Exempt(Document),
}

/// The look at one file, which may come in several pieces, each ending at a line's end.
#[derive(Debug)]
pub struct HeaderCheck {
    document: Document,
    licence: Option<&'static str>,
}

static ADDRESS: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new("://www.apache.org/licenses/LICENSE-2.0"));

static IDENTIFIER: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new("SPDX-License-Identifier:"));

impl Judgement {
    /// Of the file at `path` (with `/`, from the root) with these bytes.
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        let mut check = HeaderCheck::new(path, bytes);
        check.look_at(bytes);
        check.judgement()
    }
}

impl HeaderCheck {
    /// Of the file at `path` that begins with `top`, at least 200 bytes if it has as many.
    pub fn new(path: &str, top: &[u8]) -> Self {
        Self { document: Document::of(path, top), licence: None }
    }

    /// Looks at the next piece, unless it is known already.
    pub fn look_at(&mut self, piece: &[u8]) {
        if self.document == Document::Standard && self.licence.is_none() {
            self.licence = approved(piece);
        }
    }

    /// What is thought of all that was looked at.
    pub fn judgement(&self) -> Judgement {
        match (self.document, self.licence) {
            (Document::Standard, Some(licence)) => Judgement::Approved(licence),
            (Document::Standard, None) => Judgement::Unapproved,
            (document, _) => Judgement::Exempt(document),
        }
    }
}

/// The approved licence that the bytes name.
fn approved(bytes: &[u8]) -> Option<&'static str> {
    let schemes = [&b"http"[..], b"https"];
    if ADDRESS.find_iter(bytes).any(|at| schemes.iter().any(|scheme| bytes[..at].ends_with(scheme))) {
        return Some("Apache-2.0");
    }
    let verbatim = VERBATIM.iter().find(|(_, text)| memmem::find(bytes, text.as_bytes()).is_some());
    verbatim.map(|(licence, _)| *licence).or_else(|| identified(bytes)).or_else(|| in_words(bytes))
}

/// By an SPDX identifier: the last one in a line counts, and the first of its expression.
fn identified(bytes: &[u8]) -> Option<&'static str> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\x0b' | b'\x0c');
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let named = IDENTIFIER.find_iter(bytes).filter_map(|at| {
        let rest = &bytes[at + IDENTIFIER.needle().len()..];
        let gap = rest.iter().take_while(|byte| space(byte)).count();
        let length = rest[gap..].iter().take_while(|byte| of_name(byte)).count();
        (gap > 0 && length > 0).then(|| (at, &rest[gap..gap + length]))
    });
    let named: Vec<(usize, &[u8])> = named.collect();
    named.iter().enumerate().find_map(|(number, (at, name))| {
        let next = named.get(number + 1).map_or(*at, |(next, _)| *next);
        let last = next == *at || memchr::memchr2(b'\n', b'\r', &bytes[*at..next]).is_some();
        SPDX.iter().find(|licence| last && licence.as_bytes() == *name).copied()
    })
}

/// By a text of which the letters alone count.
fn in_words(bytes: &[u8]) -> Option<&'static str> {
    let letters = Letters::of(&String::from_utf8_lossy(bytes));
    let found = WORDS.iter().filter(|words| letters.hold(words)).find(|words| {
        // this one wants its owner named too
        words.licence != OASIS || owned_by_oasis(&String::from_utf8_lossy(bytes))
    });
    found.map(|words| words.licence).or_else(|| letters.lines().any(|line| line == ALONE.1).then_some(ALONE.0))
}

/// A line `Copyright 2005 OASIS Open`, or with the years after the name.
fn owned_by_oasis(text: &str) -> bool {
    let year = |word: &str| word.len() >= 4 && word.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    text.lines().any(|line| {
        let Some((before, after)) = line.split_once("OASIS Open") else { return false };
        let mut words = before.split_whitespace().rev().peekable();
        let dated = words.next_if(|word| year(word)).is_some();
        let signed = words
            .next()
            .is_some_and(|word| ["(c)", "copyright", "\u{a9}"].iter().any(|sign| word.to_lowercase().ends_with(sign)));
        signed && (dated || after.split_whitespace().next().is_some_and(year))
    })
}

/// The letters and digits of a text, in lower case, and where its lines end.
struct Letters {
    text: String,
    line_ends: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { text: String::with_capacity(text.len()), line_ends: Vec::new() };
        for letter in text.chars() {
            match letter {
                '\n' | '\r' => letters.line_ends.push(letters.text.len()),
                _ if letter.is_ascii_alphanumeric() => letters.text.push(letter.to_ascii_lowercase()),
                _ if letter.is_ascii() => {}
                _ if letter.is_alphanumeric() => letters.text.extend(letter.to_lowercase().next()),
                _ => {}
            }
        }
        letters
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let ends = self.line_ends.iter().copied().chain([self.text.len()]);
        ends.scan(0, |from, to| self.text.get(std::mem::replace(from, to)..to))
    }

    /// Whether the text is there, with its first words, or such words before it, in one line.
    fn hold(&self, words: &Words) -> bool {
        let Some(last) = self.text.rfind(&words.text) else { return false };
        let one_line = |at: &usize| {
            let next = self.line_ends.partition_point(|end| end <= at);
            self.line_ends.get(next).is_none_or(|end| at + words.first.len() <= *end)
        };
        let mut starts = memmem::find_iter(self.text.as_bytes(), words.first.as_bytes());
        starts.find(one_line).is_some_and(|at| at <= last)
    }
}
