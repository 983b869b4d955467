// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! HTML as lines of text. What is quoted (`<blockquote>`, and the blocks that mail programs put
//! an answered mail into) stands behind `>`: a quoted vote must never look like the sender's own.

use html5gum::{Token, Tokenizer};

use super::unseen::{Look, Sheet, grounds};

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
    open: Vec<Open>,
    quotes: usize,
    /// Everything from here on is quoted.
    rest_is_quoted: bool,
    /// How many open elements are no text.
    hidden: usize,
    /// How many open elements strike their text out.
    struck: usize,
    /// How many open elements hide their text.
    unseen: usize,
    /// How many open elements have a ground that white text can be read on.
    grounds: usize,
    preformatted: usize,
    in_sheet: bool,
    sheet: Sheet,
    /// What nobody sees who reads the mail.
    unseen_text: String,
    /// What the sender struck out.
    struck_text: String,
}

/// An element that is open, and what it does to the text in it.
struct Open {
    name: String,
    quote: bool,
    hidden: bool,
    struck: bool,
    unseen: bool,
    ground: bool,
}

/// An HTML text as whoever gets it sees it, and what is hidden in it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The lines, what is quoted behind `>`.
    pub text: String,
    /// What stands in elements that show nothing, but for quotes.
    pub unseen: String,
    /// What is struck out, but for quotes.
    pub struck: String,
}

/// The lines of an HTML text.
pub(super) fn shown(html: &str) -> Shown {
    let mut page = Page::default();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).to_ascii_lowercase();
                let mut marks = String::new();
                let mut look = Look::default();
                for (key, value) in &tag.attributes {
                    let value = || String::from_utf8_lossy(value).to_ascii_lowercase();
                    let place = match &key[..] {
                        b"class" => &mut look.classes,
                        b"id" => &mut look.id,
                        b"style" => &mut look.style,
                        b"color" => &mut look.color,
                        b"bgcolor" => &mut look.background,
                        b"hidden" => {
                            look.hidden = true;
                            continue;
                        }
                        b"type" => {
                            marks.push(' ');
                            marks.push_str(&value());
                            continue;
                        }
                        _ => continue,
                    };
                    *place = value();
                    if !matches!(&key[..], b"color" | b"bgcolor") {
                        marks.push(' ');
                        marks.push_str(place);
                    }
                }
                page.start(name, &marks, &look, tag.self_closing);
            }
            Token::EndTag(tag) => page.end(&String::from_utf8_lossy(&tag.name).to_ascii_lowercase()),
            Token::String(text) => page.words(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page.end_line();
    Shown { text: page.text, unseen: page.unseen_text, struck: page.struck_text }
}

impl Page {
    fn start(&mut self, name: String, marks: &str, look: &Look, closed: bool) {
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
        let hidden = matches!(name.as_str(), "style" | "script" | "head" | "title" | "template" | "noscript");
        let struck = matches!(name.as_str(), "del" | "s" | "strike") || self.sheet.strikes_out(look);
        self.in_sheet |= name == "style";
        let (unseen, ground) = (self.sheet.hides(look, self.grounds > 0), grounds(look));
        if self.open.len() < DEPTH {
            self.hidden += usize::from(hidden);
            self.struck += usize::from(struck);
            self.unseen += usize::from(unseen);
            self.grounds += usize::from(ground);
            self.quotes += usize::from(quote);
            self.preformatted += usize::from(name == "pre");
            self.open.push(Open { name, quote, hidden, struck, unseen, ground });
        }
    }

    fn end(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.end_line();
            if matches!(name, "p" | "blockquote") && !self.text.ends_with("\n\n") && !self.text.is_empty() {
                self.text.push('\n');
            }
        }
        self.in_sheet &= name != "style";
        let Some(at) = self.open.iter().rev().take(200).position(|open| open.name == name) else {
            return;
        };
        for _ in 0..=at {
            let Some(open) = self.open.pop() else { break };
            self.quotes -= usize::from(open.quote);
            self.hidden -= usize::from(open.hidden);
            self.struck -= usize::from(open.struck);
            self.unseen -= usize::from(open.unseen);
            self.grounds -= usize::from(open.ground);
            self.preformatted -= usize::from(open.name == "pre");
        }
    }

    fn words(&mut self, text: &str) {
        if self.in_sheet {
            self.sheet.add(text);
        }
        if self.hidden > 0 {
            return;
        }
        if self.struck > 0 {
            if self.quotes == 0 && !self.rest_is_quoted {
                self.struck_text.push_str(text);
                self.struck_text.push('\n');
            }
            return;
        }
        if self.unseen > 0 {
            if self.quotes == 0 && !self.rest_is_quoted {
                self.unseen_text.push_str(text);
                self.unseen_text.push('\n');
            }
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
    use super::shown;

    fn lines(html: &str) -> String {
        shown(html).text
    }

    #[test]
    fn what_nobody_sees_is_no_line() {
        for style in [
            "font-size:0",
            "font-size:0px;line-height:0",
            "font-size: 1px",
            "display : none !important",
            "visibility:hidden",
            "color:#ffffff",
            "color: white; background-color: white",
            "color:transparent",
            "opacity:0",
            "mso-hide:all",
            "max-height:0;overflow:hidden",
            "position:absolute;left:-9999px",
        ] {
            let shown = shown(&format!("<p>Thanks.</p><div style=\"{style}\"><b>+1</b></div><p>Bye</p>"));
            assert_eq!((shown.text.as_str(), shown.unseen.trim()), ("Thanks.\n\nBye\n\n", "+1"), "{style}");
        }
        for hidden in [
            "<div hidden>+1</div>",
            "<font color=\"#FFFFFF\">+1</font>",
            "<style>p{x:y} .x, a.z{display:none}</style><div class=\"y x\">+1</div>",
            "<style>p.q{color:#fff}</style><p class=q>+1</p>",
            "<p style=\"transform:scale(0)\">+1</p>",
            "<p style=\"clip-path:inset(100%)\">+1</p>",
        ] {
            assert_eq!(shown(hidden).unseen.trim(), "+1", "{hidden}");
        }
        for seen in [
            "<div style=\"color:#fff;background:#000\"><p>+1</p></div>",
            "<table bgcolor=\"#000000\"><tr><td style=\"color:white\">+1</td></tr></table>",
            "<style>.x{color:red} @media (max-width: 9px) {.x{display:none}}</style><p class=\"x\">+1</p>",
            "<p style=\"font-size:12px;width:0;left:0\">+1</p>",
        ] {
            assert_eq!((shown(seen).text.trim(), shown(seen).unseen.as_str()), ("+1", ""), "{seen}");
        }
        assert_eq!(shown("<blockquote><p style=\"display:none\">-1</p></blockquote>").unseen, "");
    }

    #[test]
    fn what_is_struck_out_is_no_line() {
        for struck in [
            "<s>+1</s>",
            "<del>+1</del>",
            "<strike><b>+1</b></strike>",
            "<span style=\"text-decoration:line-through\">+1</span>",
            "<style>.x{text-decoration:line-through}</style><p class=x>+1</p>",
            "<p style=\"color:red; text-decoration-line: line-through\">+1</p>",
        ] {
            let shown = shown(&format!("<p>Thanks.</p><div>{struck}</div><p>-1</p>"));
            assert_eq!((shown.text.as_str(), shown.struck.trim()), ("Thanks.\n\n-1\n\n", "+1"), "{struck}");
        }
        assert_eq!(lines("<p style=\"text-decoration:underline\">+1</p>"), "+1\n\n");
    }

    #[test]
    fn tables_and_code_are_lines() {
        let table = "<table><tr><th>Name</th><th>Vote</th></tr><tr><td>Bob</td><td>+1</td></tr></table>";
        assert_eq!(lines(table), "Name Vote\nBob +1\n");
        assert_eq!(lines("<p>It gives <code>-1</code> here</p>"), "It gives -1 here\n\n");
        assert_eq!(lines("<pre>a\n  b\n</pre>c"), "a\n  b\nc\n");
    }

    #[test]
    fn a_line_at_the_left_marks_a_quote() {
        for style in [
            "border-left:2px solid #ccc;padding-left:5px",
            "border:none; border-left: solid blue 1.5pt",
            "padding:0;border-left-width:1px",
            "BORDER-LEFT: #000 2px solid",
        ] {
            let text = lines(&format!("<p>fine</p><div style=\"{style}\"><p>+1</p></div><p>bye</p>"));
            let own: Vec<&str> = text.lines().filter(|line| !line.starts_with('>') && !line.is_empty()).collect();
            assert_eq!(own, ["fine", "bye"], "{style}");
        }
        for style in ["border-left:none", "border-left: 0 solid", "border-left-width:0", "border:1px solid"] {
            assert!(!lines(&format!("<div style=\"{style}\">+1</div>")).contains('>'), "{style}");
        }
    }

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
