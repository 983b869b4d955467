// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Markdown as Confluence's storage format: headings, paragraphs, lists, code, emphasis and
//! links. What else there is stands as its text.

use super::index::escaped;

/// The text as markup; comments are left out.
pub(super) fn to_markup(markdown: &str) -> String {
    let mut out = Writer::default();
    let (mut code, mut comment): (Option<(String, String)>, bool) = (None, false);
    for line in markdown.lines() {
        let plain = line.trim();
        if let Some((fence, text)) = &mut code {
            if plain.starts_with(fence.as_str()) {
                let text = std::mem::take(text);
                out.code(&text);
                code = None;
            } else {
                text.push_str(line);
                text.push('\n');
            }
        } else if comment {
            comment = !plain.contains("-->");
        } else if plain.starts_with("```") || plain.starts_with("~~~") {
            code = Some((plain[..3].to_owned(), String::new()));
        } else if plain.starts_with("<!--") {
            comment = !plain.contains("-->");
        } else {
            out.line(plain);
        }
    }
    if let Some((_, text)) = code {
        out.code(&text);
    }
    out.end();
    out.text
}

#[derive(Default)]
struct Writer {
    text: String,
    paragraph: Vec<String>,
    list: Option<&'static str>,
}

impl Writer {
    fn line(&mut self, plain: &str) {
        let level = plain.len() - plain.trim_start_matches('#').len();
        let heading = plain[level..].strip_prefix(' ').filter(|_| (1..=6).contains(&level));
        if plain.is_empty() {
            self.end();
        } else if let Some(title) = heading {
            self.end();
            self.text.push_str(&format!("<h{level}>{}</h{level}>\n", inline(title.trim())));
        } else if let Some((kind, item)) = item(plain) {
            self.paragraph_end();
            if self.list != Some(kind) {
                self.end();
                self.text.push_str(&format!("<{kind}>\n"));
                self.list = Some(kind);
            }
            self.text.push_str(&format!("<li>{}</li>\n", inline(item)));
        } else {
            if self.list.is_some() {
                self.end();
            }
            self.paragraph.push(inline(plain));
        }
    }

    fn code(&mut self, text: &str) {
        self.end();
        let data = text.replace("]]>", "]]]]><![CDATA[>");
        self.text.push_str(&format!(
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[{data}]]></ac:plain-text-body></ac:structured-macro>\n"
        ));
    }

    fn paragraph_end(&mut self) {
        if !self.paragraph.is_empty() {
            let words = std::mem::take(&mut self.paragraph).join(" ");
            self.text.push_str(&format!("<p>{words}</p>\n"));
        }
    }

    fn end(&mut self) {
        self.paragraph_end();
        if let Some(kind) = self.list.take() {
            self.text.push_str(&format!("</{kind}>\n"));
        }
    }
}

fn item(plain: &str) -> Option<(&'static str, &str)> {
    if let Some(item) = plain.strip_prefix("- ").or_else(|| plain.strip_prefix("* ")) {
        return Some(("ul", item.trim()));
    }
    let digits = plain.len() - plain.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let item = plain[digits..].strip_prefix(". ").filter(|_| digits > 0)?;
    Some(("ol", item.trim()))
}

/// Code, strong words, emphasis and links of a line.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split('`').enumerate() {
        match number % 2 {
            // a lone backquote is one
            1 if text.matches('`').count() > number => out.push_str(&format!("<code>{}</code>", escaped(part))),
            1 => out.push_str(&format!("`{}", words(part))),
            _ => out.push_str(&words(part)),
        }
    }
    out
}

fn words(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(name, after)| {
            let (address, after) = after.split_once(')')?;
            let fits = address.starts_with("https://") || address.starts_with("http://");
            fits.then_some((name, address, after))
        });
        out.push_str(&marked(before));
        match link {
            Some((name, address, after)) => {
                out.push_str(&format!("<a href=\"{}\">{}</a>", escaped(address), marked(name)));
                rest = after;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + &marked(rest)
}

fn marked(text: &str) -> String {
    let parts: Vec<&str> = text.split("**").collect();
    let closed = parts.len() % 2 == 1;
    let strong = |(number, part): (usize, &&str)| match number % 2 {
        1 if closed => format!("<strong>{}</strong>", escaped(part)),
        1 => format!("**{}", escaped(part)),
        0 if number > 0 && !closed => format!("**{}", escaped(part)),
        _ => escaped(part),
    };
    parts.iter().enumerate().map(strong).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_proposals_are_written_in_is_markup() {
        let text = "# T\n\nOne **two**\nthree & `a<b` [x](https://y?a&b) [z](w).\n<!-- left\nout -->\n- a\n- b\n1. c\n\n```java\nif (a < b) ]]>\n```\n";
        let expected = "<h1>T</h1>\n<p>One <strong>two</strong> three &amp; <code>a&lt;b</code> <a href=\"https://y?a&amp;b\">x</a> [z](w).</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol>\n<li>c</li>\n</ol>\n<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[if (a < b) ]]]]><![CDATA[>\n]]></ac:plain-text-body></ac:structured-macro>\n";
        assert_eq!(to_markup(text), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_well_formed_markup(text in "([#`~*<>&\\[\\]()\n a-]|https://|<!--|-->|\\]\\]>|[a-zé]){0,60}") {
            let markup = to_markup(&text);
            let whole = format!("<x xmlns:ac=\"ac\">{markup}</x>");
            prop_assert!(roxmltree::Document::parse(&whole).is_ok(), "{markup}");
        }
    }
}
