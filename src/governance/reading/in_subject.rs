// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A value in the subject of an answer whose text has none: "+1 Re: [VOTE] …". The subject goes on from
//! answer to answer, so whose value it is, is for a person.

use super::Subject;
use super::label::takes_value;
use super::normal::plain;
use super::sign::{Sign, Token, tokens};
use super::words::is_claim;
use crate::governance::Says;

/// What a subject with a vote in it says; nothing where it has none.
pub(super) fn in_subject(subject: &Subject) -> Option<Says> {
    let written = plain(&subject.written);
    if !written.contains(['+', '-']) {
        return None;
    }
    let tokens = tokens(&written);
    let titled = (0..tokens.len()).any(|at| {
        let value = matches!(tokens[at].sign(), Some(Sign::Value(_)));
        value && (stands_first(&tokens[..at]) || stands_last(&tokens[..at], &tokens[at + 1..]))
    });
    titled.then(|| Says::Unclear {
        excerpt: subject.written.trim().to_owned(),
        why: "the vote stands in the subject alone".to_owned(),
    })
}

/// Whether nothing but marks of answers and brackets stand before the value.
fn stands_first(before: &[Token]) -> bool {
    let answers = |at: usize| before.get(at + 1).is_some_and(|next| matches!(next.text.as_str(), ":" | "]"));
    before.iter().enumerate().all(|(at, token)| !token.is_word() || answers(at) || token.text.starts_with("re:"))
}

/// Whether the value ends the subject, and is what nothing in it is set to.
fn stands_last(before: &[Token], behind: &[Token]) -> bool {
    behind.iter().all(|token| !token.is_word() || is_claim(&token.text))
        && before.last().is_some_and(|token| !token.is_word() || !takes_value(&token.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_subjects() {
        for subject in [
            "+1 Re: [VOTE] Release Apache Widget 1.2.3, RC2",
            "Re: +1 [VOTE] Release Apache Widget 1.2.3",
            "[+1] Re: [VOTE] Release Apache Widget 1.2.3",
            "Re: [VOTE] Release Apache Widget 1.2.3: -1",
            "AW: [VOTE] Release Apache Widget 1.2.3 +1 (binding)",
            "-1: [VOTE] Release Apache Widget 1.2.3",
            "回复：[VOTE] Release Apache Widget 1.2.3 ＋1",
        ] {
            assert!(in_subject(&Subject::of(subject)).is_some(), "{subject}");
        }
        for subject in [
            "Re: [VOTE] Release Apache Widget 1.2.3, RC2",
            "Re: [VOTE] Set the default of retries to -1",
            "Re: [VOTE] Release Apache Widget 1.2.3+1",
            "Re: [VOTE] Release Apache Widget 1.2-1, take 2",
            "Re: [VOTE] Let -1 mean that there is no limit",
        ] {
            assert_eq!(in_subject(&Subject::of(subject)), None, "{subject}");
        }
    }
}
