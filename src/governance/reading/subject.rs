// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The subject of a mail: its tags and what is left of it, which is the same for all
//! mails of one vote.

/// What a tag in a subject says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `[VOTE]`.
    Vote,
    /// `[RESULT]`.
    Result,
    /// `[CANCEL]`, `[CANCELLED]`, `[CANCELED]`, `[ABORTED]`, `[WITHDRAWN]`.
    Cancel,
    /// `[DISCUSS]`, `[PROPOSAL]`.
    Discuss,
}

/// A subject, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// As it was written, decoded.
    pub written: String,
    /// Its tags, in order.
    pub tags: Vec<Tag>,
    /// Whether it has a mark of an answer: Re:, AW:, 回复：, …
    pub answer: bool,
    /// Without marks of answers, as written otherwise.
    pub plain: String,
    /// What the vote is on, in lower case, without tags and punctuation.
    pub core: String,
}

impl Subject {
    /// Takes a decoded subject apart.
    pub fn of(subject: &str) -> Self {
        let folded: String = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut rest = folded.as_str();
        let mut answer = false;
        let mut tags = Vec::new();
        let mut plain_from = rest;
        loop {
            rest = rest.trim_start();
            if let Some(behind) = without_answer_mark(rest) {
                answer = true;
                rest = behind;
                if tags.is_empty() {
                    plain_from = rest.trim_start();
                }
            } else if let Some((found, behind)) = leading_tag(rest) {
                tags.extend(found);
                rest = behind;
            } else {
                break;
            }
        }
        let lower = rest.to_lowercase();
        answer |=
            ["commented on issue", "commented on discussion", "commented on pull request", "commented on a discussion"]
                .iter()
                .any(|mark| lower.contains(mark));
        if tags.is_empty() {
            tags.extend(tag_inside(&lower));
        }
        Self { written: subject.to_owned(), answer, plain: plain_from.to_owned(), core: core(&lower), tags }
    }

    /// Whether it has the tag.
    pub fn has(&self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }
}

/// Behind "Re:", "Re[2]:", "AW:", "回复：".
fn without_answer_mark(text: &str) -> Option<&str> {
    let end = text.char_indices().take(16).find(|(_, c)| matches!(c, ':' | '\u{ff1a}'))?;
    let mark = text[..end.0].trim().to_lowercase();
    let mark = mark.split(['[', '(', '^']).next().unwrap_or_default().trim().trim_end_matches(char::is_numeric);
    let marks = [
        "re",
        "aw",
        "antw",
        "antwort",
        "sv",
        "vs",
        "ref",
        "rif",
        "res",
        "odp",
        "ynt",
        "回复",
        "回覆",
        "答复",
        "答覆",
        "返信",
        "fw",
        "fwd",
        "wg",
        "tr",
        "转发",
        "轉寄",
        "转寄",
        "reply",
        "external",
        "ответ",
        "rv",
        "enc",
        "vá",
        "atb",
    ];
    marks.contains(&mark).then(|| &text[end.0 + end.1.len_utf8()..])
}

/// A tag in brackets, or a word with a colon, that `text` begins with.
fn leading_tag(text: &str) -> Option<(Vec<Tag>, &str)> {
    if let Some(inside) = text.strip_prefix(['[', '【', '［']) {
        let end = inside.find([']', '】', '］'])?;
        let close = inside[end..].chars().next().map_or(1, char::len_utf8);
        let words = inside[..end].to_lowercase();
        return (end <= 60).then(|| (tags_of(&words), &inside[end + close..]));
    }
    let end = text.find([':', ' '])?;
    if !text[end..].starts_with(':') {
        return None;
    }
    let found = tags_of(&text[..end].to_lowercase());
    (!found.is_empty()).then(|| (found, &text[end + 1..]))
}

fn tags_of(words: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        let tag = match word {
            "vote" | "votes" | "voting" | "revote" | "ballot" => Tag::Vote,
            "result" | "results" | "resulted" | "passed" | "closed" | "outcome" => Tag::Result,
            "cancel" | "canceled" | "cancelled" | "cancelling" | "canceling" | "cancellation" | "abort" | "aborted"
            | "withdrawn" | "withdraw" | "failed" | "void" => Tag::Cancel,
            "discuss" | "discussion" | "proposal" | "thread" => Tag::Discuss,
            _ => continue,
        };
        if !found.contains(&tag) {
            found.push(tag);
        }
    }
    found
}

/// A tag that stands inside a subject: "[GitHub] … opened a new issue: [VOTE] …", "Call for vote on …".
fn tag_inside(lower: &str) -> Vec<Tag> {
    if let Some(at) = lower.find('[')
        && let Some((tags, _)) = leading_tag(&lower[at..])
        && !tags.is_empty()
    {
        return tags;
    }
    if ["result of", "vote result", "voting result", "results of"].iter().any(|phrase| lower.contains(phrase)) {
        return vec![Tag::Result];
    }
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.take(4).any(|word| word == "vote").then_some(vec![Tag::Vote]).unwrap_or_default()
}

/// Letters and digits alone, with one blank between words.
fn core(lower: &str) -> String {
    // "(was: …)" is what it is no more
    let lower = ["(was", "[was"].iter().filter_map(|was| lower.find(was)).min().map_or(lower, |was| &lower[..was]);
    let from = lower.find("[vote]").map_or(0, |at| at + 6);
    let words = lower[from..].split(|c: char| !(c.is_alphanumeric() || c == '.')).map(|word| word.trim_matches('.'));
    words
        .filter(|word| !word.is_empty() && !matches!(*word, "vote" | "result" | "cancel" | "cancelled"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_of_one_vote() {
        let of = |subject: &str| Subject::of(subject);
        let call = of("[VOTE] Release Widget 1.2.3, RC1");
        assert_eq!(call.tags, [Tag::Vote]);
        assert!(!call.answer);
        for other in [
            "Re: [VOTE] Release Widget 1.2.3, RC1",
            "RE: AW: [VOTE]  Release Widget 1.2.3, RC1",
            "回复：[VOTE] Release Widget 1.2.3, RC1",
            "Re[2]: [VOTE] Release Widget 1.2.3, RC1",
            "[RESULT] [VOTE] Release Widget 1.2.3, RC1",
            "[RESULT][VOTE] Release Widget 1.2.3 RC1",
            "[VOTE][RESULT] Release Widget 1.2.3, RC1",
            "[CANCEL][VOTE] Release Widget 1.2.3, RC1",
            "[EXTERNAL] Re: [VOTE] Release Widget 1.2.3, RC1",
        ] {
            assert_eq!(of(other).core, call.core, "{other}");
        }
        assert!(of("[RESULT] [VOTE] x").has(Tag::Result));
        assert!(of("[CANCELED][VOTE] x").has(Tag::Cancel));
        assert!(of("[DISCUSS] x").has(Tag::Discuss));
        assert!(of("Re: x").answer);
        assert!(of("VOTE: release x").has(Tag::Vote));
        assert_eq!(of("Re: AW: [VOTE] x").plain, "[VOTE] x");
    }
}
