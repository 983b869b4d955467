// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! HTML as lines of text. What is quoted (`<blockquote>`, and the blocks that mail programs put
//! an answered mail into) stands behind `>`: a quoted vote must never look like the sender's own.

use html5gum::{Token, Tokenizer};

/// How many elements deep quotes are told apart.
const DEPTH: usize = 4_000;

/// Elements that begin a new line.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "hr",
    "section",
    "article",
    "dt",
    "dd",
    "address",
    "header",
    "footer",
];

/// Elements without content.
const VOID: [&str; 12] = ["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "source", "embed"];

#[derive(Default)]
struct Page {
    text: String,
    line: String,
    /// The elements that are open, and whether each is a quote.
    open: Vec<(String, bool)>,
    quotes: usize,
    /// Everything from here on is quoted.
    rest_is_quoted: bool,
    hidden: usize,
    preformatted: usize,
}

/// The lines of an HTML text.
pub(super) fn lines(html: &str) -> String {
    let mut page = Page::default();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).to_ascii_lowercase();
                let mut marks = String::new();
                for (key, value) in &tag.attributes {
                    if matches!(&key[..], b"class" | b"id" | b"type" | b"style") {
                        marks.push(' ');
                        marks.push_str(&String::from_utf8_lossy(value).to_ascii_lowercase());
                    }
                }
                page.start(name, &marks, tag.self_closing);
            }
            Token::EndTag(tag) => page.end(&String::from_utf8_lossy(&tag.name).to_ascii_lowercase()),
            Token::String(text) => page.words(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page.end_line();
    page.text
}

impl Page {
    fn start(&mut self, name: String, marks: &str, closed: bool) {
        if BLOCKS.contains(&name.as_str()) {
            let gap = matches!(name.as_str(), "p" | "br") && self.line.trim().is_empty();
            self.end_line();
            if gap && !self.text.ends_with("\n\n") && !self.text.is_empty() {
                self.text.push('\n');
            }
            if name == "li" {
                self.line.push_str("- ");
            }
        }
        if matches!(name.as_str(), "td" | "th") && !self.line.is_empty() {
            self.line.push(' ');
        }
        // where programs put what is answered, without a block quote around it
        self.rest_is_quoted |=
            ["divrplyfwdmsg", "appendonsend", "ms-outlook-mobile-reference", "mail-editor-reference-message-container"]
                .iter()
                .any(|mark| marks.contains(mark))
                && !self.text.trim().is_empty();
        if VOID.contains(&name.as_str()) || closed {
            return;
        }
        let quote = name == "blockquote"
            || [
                "gmail_quote",
                "yahoo_quoted",
                "protonmail_quote",
                "moz-cite-prefix",
                "gmail_attr",
                "zmail_extra",
                "tutanota_quote",
                "outlookmessageheader",
                "ntes-mailmaster-quote",
                "replyforward",
            ]
            .iter()
            .any(|mark| marks.contains(mark))
            || marks.contains("border-top:solid") && marks.contains("padding:3.0pt")
            || matches!(name.as_str(), "div" | "p" | "span" | "td") && has_bar(marks);
        let hidden = matches!(
            name.as_str(),
            "style" | "script" | "head" | "title" | "template" | "noscript" | "del" | "s" | "strike"
        ) || marks.contains("display:none")
            || marks.contains("display: none");
        if self.open.len() < DEPTH {
            self.hidden += usize::from(hidden);
            self.quotes += usize::from(quote);
            self.preformatted += usize::from(name == "pre");
            let kept = if hidden { format!("!{name}") } else { name };
            self.open.push((kept, quote));
        }
    }

    fn end(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.end_line();
            if matches!(name, "p" | "blockquote") && !self.text.ends_with("\n\n") && !self.text.is_empty() {
                self.text.push('\n');
            }
        }
        let Some(at) = self.open.iter().rev().take(200).position(|(open, _)| open.trim_start_matches('!') == name)
        else {
            return;
        };
        for _ in 0..=at {
            let Some((open, quote)) = self.open.pop() else { break };
            self.quotes -= usize::from(quote);
            self.hidden -= usize::from(open.starts_with('!'));
            self.preformatted -= usize::from(open.trim_start_matches('!') == "pre");
        }
    }

    fn words(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.preformatted > 0 {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_line();
                }
                self.line.push_str(line);
            }
            return;
        }
        for character in text.chars() {
            if character.is_whitespace() && character != '\u{a0}' {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(character);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() {
            return;
        }
        let depth = self.quotes + usize::from(self.rest_is_quoted);
        self.text.extend(std::iter::repeat_n('>', depth.min(20)));
        if depth > 0 {
            self.text.push(' ');
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Whether a style draws a line at the left, as programs mark quotes that have no element of their own.
fn has_bar(marks: &str) -> bool {
    ["border-left", "border-inline-start"].iter().any(|property| {
        marks.match_indices(property).any(|(at, _)| {
            let value = &marks[at + property.len()..];
            let value = value.strip_prefix("-width").or_else(|| value.strip_prefix("-style")).unwrap_or(value);
            let value = value.trim_start().strip_prefix(':').unwrap_or_default().trim_start();
            !value.is_empty() && !value.starts_with(['0', ';']) && !value.starts_with("none")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn quotes_stand_behind_marks() {
        let gmail = "<div dir=\"ltr\">+1 (binding)<div><br></div></div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Ann wrote:<br></div><blockquote>-1<blockquote>0</blockquote></blockquote></div>";
        let text = lines(gmail);
        assert!(text.starts_with("+1 (binding)\n"), "{text}");
        assert!(text.lines().skip(1).all(|line| line.is_empty() || line.starts_with('>')), "{text}");
        let outlook =
            "<div>+1</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\">From: Ann</div><div>-1</div>";
        assert_eq!(lines(outlook).lines().filter(|line| !line.starts_with('>')).collect::<Vec<_>>(), ["+1"]);
        assert_eq!(lines("<style>p{}</style><p>a&nbsp;&lt;b</p><p>c</p>"), "a\u{a0}<b\n\nc\n\n");
        assert_eq!(lines("<div>Hi,</div><div></div><div>+1</div>"), "Hi,\n+1\n");
    }
}
