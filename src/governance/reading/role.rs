// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What part a mail has in its thread: it calls the vote, calls it off, says what it
//! came to, or answers.

use super::Text;
use super::announced::{is_announced, names_other_candidates};
use super::calling::{
    asks_for_votes, duration, extends, extension as extension_of, has, hours, names_period, reminds, restarts,
};
use super::calling_off::{Off, as_written, calling_off};
use super::candidates::{candidates, is_known};
use super::lines::Logical;
use super::matter::other_name;
use super::result;
use super::subject::{Subject, Tag};
use super::turn::turn;
use super::unread_end::unread_end;
use super::until::{until, when};
use crate::governance::Role;

/// The part that the mail has.
pub(super) fn role(text: &Text<'_>, lines: &[Logical]) -> Role {
    let subject = text.subject;
    let telling = text.by_caller || !text.called || !subject.answer || lines.iter().any(speaks_of_votes);
    let sentences = if telling { sentences(lines) } else { Vec::new() };
    let other = text.called_as.is_some_and(|call| other_name(call, subject).is_some());
    if subject.has(Tag::Cancel) && (!subject.answer || text.by_caller) {
        return Role::Cancels { line: subject.written.trim().to_owned(), certain: !other };
    }
    let announces = subject.has(Tag::Result)
        && !other
        && !names_other_candidates(&subject.written.to_lowercase(), text)
        && (!subject.answer || text.by_caller && is_announced(&sentences, lines, text));
    if announces {
        return Role::Announces(result::claimed(lines));
    }
    let may_say = text.by_caller || !text.called;
    let off = calling_off(text, &sentences, may_say);
    if let Some((Off::Certain, line)) = off {
        return Role::Cancels { line, certain: true };
    }
    if text.called && !other && is_announced(&sentences, lines, text) {
        return Role::Announces(result::claimed(lines));
    }
    if opens(subject, text, &sentences) {
        let unread = unread_end(&sentences).map(|sentence| as_written(text, sentence));
        let (hours, until) = (hours(&sentences), until(&sentences));
        return Role::Opens { subject: subject.plain.clone(), hours, until, unread };
    }
    if text.by_caller
        && text.called
        && let Some(extension) = sentences.iter().find(|sentence| extends(sentence))
    {
        return Role::Extends { hours: extension_of(extension), until: when(extension) };
    }
    match off {
        Some((Off::Perhaps, line)) if text.called => Role::Cancels { line, certain: false },
        _ => match turn(text, lines) {
            Some(turn) => Role::Cancels { line: as_written(text, &turn.line), certain: false },
            None => Role::Replies,
        },
    }
}

/// Whether a line has a word that every account of a vote has.
fn speaks_of_votes(line: &Logical) -> bool {
    let begins = |four: &[u8]| matches!(four, b"vote" | b"Vote" | b"VOTE" | b"voti" | b"Voti" | b"esul" | b"RESU");
    // one look at the bytes rules out most lines
    if !line.text.as_bytes().windows(4).any(begins) {
        return false;
    }
    ["vote", "Vote", "VOTE", "voting", "Voting", "esult", "RESULT"].iter().any(|word| line.text.contains(word))
}

/// The sentences of a mail, in lower case and with plain characters.
fn sentences(lines: &[Logical]) -> Vec<String> {
    lines
        .iter()
        .flat_map(|line| line.sentences().into_iter().map(|s| s.text.to_lowercase()).collect::<Vec<_>>())
        .collect()
}

fn opens(subject: &Subject, text: &Text<'_>, sentences: &[String]) -> bool {
    let asks = sentences.iter().any(|sentence| asks_for_votes(sentence));
    let period = sentences.iter().any(|sentence| names_period(sentence));
    let reminds = sentences.iter().any(|sentence| reminds(sentence));
    if !text.called {
        let titled = subject.has(Tag::Vote) && !subject.has(Tag::Result) && !subject.has(Tag::Discuss);
        return titled && !subject.answer || (asks && period && !subject.has(Tag::Discuss));
    }
    let titled = !subject.answer && subject.has(Tag::Vote);
    if reminds || !asks || !(text.by_caller || titled) {
        return false;
    }
    let ballots =
        || text.own.iter().filter(|line| super::ballot::boxed(&super::normal::plain(line)).is_some()).count() > 1;
    // a call that says nothing new reminds of the one before it
    (period || ballots())
        && (sentences.iter().any(|sentence| restarts(sentence)) || names_another(text) || is_whole(text, sentences))
}

/// Whether a mail that names no candidate has all that a call has: what to vote on, and for how long.
fn is_whole(text: &Text<'_>, sentences: &[String]) -> bool {
    let named = text.own.iter().any(|line| !candidates(&line.to_lowercase()).is_empty());
    let on = sentences.iter().any(|sentence| has(sentence, &["vote on ", "vote for ", "voting on ", "vote to "]));
    let from_now = sentences.iter().any(|sentence| {
        has(sentence, &["is open for", "be open for", "open for at least", "run for", "last for", "lasts for"])
            && duration(sentence).is_some()
    });
    let goes_on = sentences.iter().any(|sentence| {
        has(sentence, &["remain", "has been", "so far", "already", "keep ", "remember", "not enough", "tomorrow"])
    });
    !named && on && from_now && !goes_on
}

/// Whether the mail is on a candidate that no call before it names.
fn names_another(text: &Text<'_>) -> bool {
    let head = text.own.iter().take(40).map(|line| line.to_lowercase());
    let named = head.chain([text.subject.written.to_lowercase()]).flat_map(|line| candidates(&line));
    !text.candidates.is_empty() && named.into_iter().any(|name| !is_known(&name, text))
}
