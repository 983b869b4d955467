// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The notes as text, Markdown and HTML, by type.

use std::fmt::Write as _;

use super::NoteEntry;

/// The types that users look for first; the others follow by name.
const FIRST: [&str; 3] = ["New Feature", "Improvement", "Bug"];

/// Notes of one version.
#[derive(Debug, Clone, Copy)]
pub struct Notes<'a> {
    /// What is released: "Apache Greeter 1.2.0".
    pub title: &'a str,
    /// Where an issue is looked at, without its key: `https://issues.apache.org/jira/browse/`.
    pub browse: &'a str,
    /// The issues; those that came to be are shown.
    pub entries: &'a [NoteEntry],
}

/// How notes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotesFormat {
    /// Plain text, as for a mail.
    Text,
    /// Markdown.
    Markdown,
    /// A piece of HTML.
    Html,
}

impl NotesFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Html];

    /// What a file's name ends with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Html => "html",
        }
    }
}

impl Notes<'_> {
    /// The notes in a format.
    pub fn render(&self, format: NotesFormat) -> String {
        let mut text = match format {
            NotesFormat::Text => format!("Release notes of {}\n", self.title),
            NotesFormat::Markdown => format!("# Release notes of {}\n", markdown(self.title)),
            NotesFormat::Html => format!("<h1>Release notes of {}</h1>\n", html(self.title)),
        };
        for (kind, entries) in self.by_type() {
            let _ = match format {
                NotesFormat::Text => writeln!(text, "\n{kind}"),
                NotesFormat::Markdown => writeln!(text, "\n## {}\n", markdown(kind)),
                NotesFormat::Html => writeln!(text, "<h2>{}</h2>\n<ul>", html(kind)),
            };
            for entry in entries {
                let (key, title) = (&entry.key, entry.title.split_whitespace().collect::<Vec<_>>().join(" "));
                let link = format!("{}{key}", self.browse);
                let _ = match format {
                    NotesFormat::Text => writeln!(text, "  * [{key}] {title}"),
                    NotesFormat::Markdown => writeln!(text, "- [{key}]({link}) {}", markdown(&title)),
                    NotesFormat::Html => {
                        writeln!(text, "  <li>[<a href=\"{}\">{}</a>] {}</li>", html(&link), html(key), html(&title))
                    }
                };
            }
            if format == NotesFormat::Html {
                text.push_str("</ul>\n");
            }
        }
        text
    }

    fn by_type(&self) -> Vec<(&str, Vec<&NoteEntry>)> {
        let mut kinds: Vec<&str> =
            self.entries.iter().filter(|entry| entry.came_to_be()).map(|entry| entry.kind.as_str()).collect();
        kinds.sort_by_key(|kind| (FIRST.iter().position(|first| first == kind).unwrap_or(FIRST.len()), *kind));
        kinds.dedup();
        let of = |kind: &str| self.entries.iter().filter(|entry| entry.came_to_be() && entry.kind == kind).collect();
        kinds.into_iter().map(|kind| (kind, of(kind))).collect()
    }
}

fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_[]<>#|".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_in_the_order_that_users_read() {
        let entry = |key: &str, kind: &str, title: &str, resolution: Option<&str>| NoteEntry {
            key: key.into(),
            kind: kind.into(),
            title: title.into(),
            resolution: resolution.map(str::to_owned),
        };
        let entries = [
            entry("A-1", "Bug", "Greets <all> & everybody_else", Some("Fixed")),
            entry("A-2", "Sub-task", "Greets slowly", Some("Done")),
            entry("A-3", "New Feature", "Greets  in\nWelsh", Some("Fixed")),
            entry("A-4", "Bug", "Not yet", None),
            entry("A-5", "Bug", "Never", Some("Won't Fix")),
        ];
        let notes = Notes { title: "Greeter 1.2.0", browse: "https://issues.example.org/browse/", entries: &entries };
        assert_eq!(
            notes.render(NotesFormat::Text),
            "Release notes of Greeter 1.2.0\n\nNew Feature\n  * [A-3] Greets in Welsh\n\nBug\n  * [A-1] Greets <all> & everybody_else\n\nSub-task\n  * [A-2] Greets slowly\n"
        );
        let markdown = notes.render(NotesFormat::Markdown);
        assert!(
            markdown.contains("- [A-1](https://issues.example.org/browse/A-1) Greets \\<all\\> & everybody\\_else\n")
        );
        let html = notes.render(NotesFormat::Html);
        assert!(html.contains("<li>[<a href=\"https://issues.example.org/browse/A-1\">A-1</a>] Greets &lt;all&gt; &amp; everybody_else</li>"), "{html}");
    }
}
