// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One item of the set-up: what was looked at, how it stands, what to do next.

use serde::Serialize;

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As it should be.
    Ok,
    /// It does, and could be better.
    Warning,
    /// A release would stop at it.
    Failed,
    /// It could not be asked.
    Unknown,
    /// It was not asked, on purpose.
    Skipped,
}

/// One item of the set-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id and title.
    #[serde(flatten)]
    pub name: Name,
    /// How it stands.
    pub state: Standing,
    /// What was found, on one line.
    pub found: String,
    /// The next thing to do; may have several lines.
    pub next: Option<String>,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// A word for scripts: `key-strength`.
    pub id: String,
    /// A title for people.
    pub title: String,
}

impl Name {
    /// The item `id`, called `title`.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into() }
    }

    /// It is as it should be.
    pub fn ok(&self, found: impl Into<String>) -> Item {
        self.item(Standing::Ok, found.into(), None)
    }

    /// It does, and could be better.
    pub fn warning(&self, found: impl Into<String>, next: impl Into<String>) -> Item {
        self.item(Standing::Warning, found.into(), Some(next.into()))
    }

    /// A release would stop at it.
    pub fn failed(&self, found: impl Into<String>, next: impl Into<String>) -> Item {
        self.item(Standing::Failed, found.into(), Some(next.into()))
    }

    /// It could not be asked.
    pub fn unknown(&self, found: impl Into<String>, next: impl Into<String>) -> Item {
        self.item(Standing::Unknown, found.into(), Some(next.into()))
    }

    /// It was not asked, on purpose.
    pub fn skipped(&self, why: impl Into<String>) -> Item {
        self.item(Standing::Skipped, why.into(), None)
    }

    fn item(&self, state: Standing, found: String, next: Option<String>) -> Item {
        let one_line = found.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = next.filter(|next| !next.trim().is_empty()).map(|next| shown(&next));
        Item { name: self.clone(), state, found: shown(&one_line), next }
    }
}

/// `text` without what belongs on no screen: user and password in addresses, and
/// what would move a terminal's cursor.
pub fn shown(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    let mut kept = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once("://") {
        kept.push_str(before);
        kept.push_str("://");
        let end = after.find(|letter: char| letter == '/' || letter.is_whitespace()).unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(at) => &after[at + 1..],
            None => after,
        };
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credentials_and_no_control_characters_are_shown() {
        let text = "fatal: 'https://ann:s3cret@git.example.org/x' and svn+ssh://tok3n@svn.example.org, ann@example.org";
        let expected = "fatal: 'https://git.example.org/x' and svn+ssh://svn.example.org, ann@example.org";
        assert_eq!(shown(text), expected);
        assert_eq!(shown("https://git.example.org/@ann/x a://b:c@d"), "https://git.example.org/@ann/x a://d");
        let item = Name::new("x", "X").failed("a\n  b\u{1b}[31m", "one\ntwo https://a:b@c/");
        assert_eq!(item.found, "a b[31m");
        assert_eq!(item.next.as_deref(), Some("one\ntwo https://c/"));
    }
}
