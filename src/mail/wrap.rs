// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Filling paragraphs to a width, as mails want it. Nothing is hyphenated and
//! no word is broken: a link that is too long stands on its own.

/// The width that mails are filled to, in columns.
pub(super) const WIDTH: usize = 78;

/// `text` with its paragraphs filled to `width` columns.
///
/// Blank lines part paragraphs. A line that begins an item (`* `, `- `, `a) `,
/// `1. `, `[ ] `, `[3] `) begins a line, and what follows of it hangs under its text.
/// A line that begins with four blanks stays as it is. Text that ends its last
/// line comes back so.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut item: Option<Item> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if line.starts_with("    ") && !trimmed.is_empty() {
            lines.extend(item.take().into_iter().flat_map(|item| item.fill(width)));
            lines.push(line.trim_end().to_owned());
        } else if trimmed.is_empty() {
            lines.extend(item.take().into_iter().flat_map(|item| item.fill(width)));
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
        } else if let Some((mark, rest)) = item_mark(trimmed) {
            lines.extend(item.take().into_iter().flat_map(|item| item.fill(width)));
            item = Some(Item::new(mark, rest));
        } else {
            item.get_or_insert_with(|| Item::new("", "")).add(trimmed);
        }
    }
    lines.extend(item.into_iter().flat_map(|item| item.fill(width)));
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if !lines.is_empty() && text.ends_with('\n') {
        lines.push(String::new());
    }
    lines.join("\n")
}

/// From how many columns on a line is taken for a filled one, which the next goes on with.
const FILLED: usize = 60;

/// `text` so that [`wrap`] leaves its lines apart: after a short line each that neither begins
/// an item nor goes on with one, by being indented, becomes a paragraph.
pub(super) fn as_written(text: &str) -> String {
    let mut written = String::new();
    let mut goes_on = true;
    for line in text.trim().lines() {
        let line = line.trim_end();
        if !goes_on && !line.is_empty() && !line.starts_with([' ', '\t']) && item_mark(line).is_none() {
            written.push('\n');
        }
        goes_on = line.is_empty() || line.chars().count() >= FILLED;
        written.push_str(line);
        written.push('\n');
    }
    written.truncate(written.trim_end().len());
    written
}

/// A paragraph or a list's item.
struct Item {
    mark: String,
    words: Vec<String>,
}

impl Item {
    fn new(mark: &str, text: &str) -> Self {
        let mut item = Self { mark: mark.to_owned(), words: Vec::new() };
        item.add(text);
        item
    }

    fn add(&mut self, text: &str) {
        self.words.extend(text.split_whitespace().map(str::to_owned));
    }

    fn fill(self, width: usize) -> Vec<String> {
        let indent = " ".repeat(self.mark.chars().count());
        let mut lines = Vec::new();
        let mut line = self.mark.clone();
        let mut bare = true;
        for word in self.words {
            if !bare && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::replace(&mut line, indent.clone()));
                bare = true;
            }
            if !bare {
                line.push(' ');
            }
            line.push_str(&word);
            bare = false;
        }
        lines.push(line.trim_end().to_owned());
        lines
    }
}

/// The mark that begins an item, with its blank, and the rest of the line.
fn item_mark(line: &str) -> Option<(&str, &str)> {
    let end = if line.starts_with("[ ] ") {
        3
    } else {
        let end = line.find(' ')?;
        let mark = &line[..end];
        let bracketed = mark.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let counted = mark.strip_suffix(')').or_else(|| mark.strip_suffix('.'));
        let is_number =
            |text: &str| !text.is_empty() && text.len() < 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_letter = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_lowercase());
        let marks = matches!(mark, "*" | "-")
            || bracketed.is_some_and(is_number)
            || counted.is_some_and(|text| is_number(text) || (mark.ends_with(')') && is_letter(text)));
        if !marks {
            return None;
        }
        end
    };
    Some((&line[..=end], &line[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_paragraphs_and_keeps_them_apart() {
        assert_eq!(wrap("\none two\nthree four\n\n\n\nfive\n", 10), "one two\nthree four\n\nfive\n");
    }

    #[test]
    fn items_hang_and_begin_their_own_lines() {
        let text = "The parts:\n* one two three\n  four\na) five six seven\n[ ] +1, yes indeed\n";
        assert_eq!(
            wrap(text, 14),
            "The parts:\n* one two\n  three four\na) five six\n   seven\n[ ] +1, yes\n    indeed\n"
        );
    }

    #[test]
    fn a_long_word_stands_whole() {
        let link = format!("https://example.org/{}", "x".repeat(80));
        assert_eq!(wrap(&format!("[1] {link}"), WIDTH), format!("[1] {link}"));
        assert_eq!(wrap(&format!("see {link} there"), WIDTH), format!("see\n{link}\nthere"));
    }

    #[test]
    fn four_blanks_keep_a_line() {
        assert_eq!(wrap("a\n    b  c\n    d\ne f\n", 78), "a\n    b  c\n    d\ne f\n");
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let word = "ü".repeat(39);
        assert_eq!(wrap(&format!("{word} {}", "é".repeat(38)), WIDTH).lines().count(), 1);
    }

    #[test]
    fn what_a_person_wrote_keeps_its_lines() {
        let text = "Time has come.\nFrom the users: two\nwishes.\n\nIn it:\n* one\n  thing\n* another\nThanks\n";
        let kept = "Time has come.\n\nFrom the users: two\n\nwishes.\n\nIn it:\n* one thing\n* another\n\nThanks";
        assert_eq!(wrap(&as_written(text), 78), kept);
        assert_eq!(as_written("one line"), "one line");
        let filled = format!("{}\nfilled", "word ".repeat(12) + "more");
        assert_eq!(as_written(&filled), filled);
    }

    #[test]
    fn a_sentence_is_no_item() {
        assert_eq!(
            wrap("one\nI. am no item\n[x] nor this\n-1 neither", 80),
            "one I. am no item [x] nor this -1 neither"
        );
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(wrap("", 78), "");
        assert_eq!(wrap("\n \n", 78), "");
    }
}
