// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! A vote against it that is said without a value: "I veto this", "I object", "I vote no". Only a person can
//! tell whether it is one, as with "I vote yes".

use super::lines::Logical;
use super::sign::tokens;
use super::words::one_of;

/// Why it is for a person.
pub(super) const IN_WORDS: &str = "a vote against it in words, without a value";

/// The line in which the sender may vote against it in words.
pub(super) fn objects(lines: &[Logical]) -> Option<usize> {
    lines.iter().filter(|line| may_object(&line.text)).find_map(|line| {
        let found = line.sentences().into_iter().find(|sentence| is_objection(sentence.text))?;
        Some(line.line_at(found.at))
    })
}

/// Whether a line can object: the others need no closer look.
fn may_object(text: &str) -> bool {
    [
        "eto",
        "bject",
        "gainst",
        "ppos",
        "pprove",
        "eject",
        "ote no",
        "ote is no",
        "ote: no",
        "upport",
        "agegen",
        "ontre",
        "ontra",
    ]
    .iter()
    .any(|word| text.contains(word))
        || !text.is_ascii() && AGAINST.iter().any(|word| text.contains(word))
}

/// "I am against it" in languages that part no words.
const AGAINST: [&str; 5] = ["反对", "反對", "反対", "不同意", "不赞成"];
/// What makes the opposite of it.
const DENIED: [&str; 5] = ["不反对", "不反對", "没有反对", "無反対", "反对吗"];

fn is_objection(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    if tokens.last().is_some_and(|token| token.is("?")) || tokens.iter().any(|token| token.sign().is_some()) {
        return false;
    }
    if AGAINST.iter().any(|word| sentence.contains(word)) {
        return !DENIED.iter().any(|word| sentence.contains(word)) && sentence.chars().count() < 60;
    }
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let led = |at: usize| words[..at].iter().all(|word| is_led(word));
    let mine = |at: usize| words[..at].iter().any(|word| one_of!(word, "i i'm we we're"));
    let this = |word: Option<&&str>| {
        word.is_none_or(|word| {
            one_of!(word, "this it that the releasing because since as for to until due now in on doing here rc rc1 rc2 rc3 and strongly release")
        })
    };
    words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1);
        let verb = one_of!(word, "veto vetoing object objecting disapprove reject oppose opposing opposed against");
        let alone = words.len() == 1 && one_of!(word, "veto disapprove disapproved rejected opposed");
        let votes = one_of!(word, "vote voting")
            && next.is_some_and(|next| one_of!(next, "no nay against"))
            && !matches!((next, words.get(at + 2)), (Some(&"no"), Some(&("longer" | "more" | "problem"))));
        let is_no = matches!(
            words[at..],
            ["my", "vote", "is" | "remains", "no" | "against", ..]
                | ["my", "vote", "no" | "against"]
                | ["my", "veto", "stands" | "remains" | "holds", ..]
        );
        let refuses = one_of!(word, "cannot can't don't not")
            && next.is_some_and(|next| one_of!(next, "approve support endorse"))
            && this(words.get(at + 2))
            && words[..at].iter().all(|word| is_led(word) || one_of!(word, "do can could"))
            && mine(at);
        let other_tongue = one_of!(word, "dagegen contre contra contrario")
            && at < 6
            && words[..at].iter().any(|word| one_of!(word, "ich je yo voto sono suis sou stimme estoy"))
            && !words.iter().any(|word| one_of!(word, "nicht nichts pas no non rien nada não"));
        alone
            || is_no
            || other_tongue
            || refuses
            || (verb && this(next) || votes) && (led(at) && mine(at) || at == 0 && votes)
    })
}

/// What may stand before the sender's own deed: no condition, no denial, nobody else.
fn is_led(word: &str) -> bool {
    one_of!(
        word,
        "i i'm am we we're are hereby strongly firmly must have had to still also therefore so thus hence unfortunately sorry but and sadly afraid that now actually however personally formally respectfully think need will want going very much clearly definitely categorically really hi all hello vote voting as a pmc member"
    )
}

#[cfg(test)]
mod tests {
    use crate::governance::reading::tests::all_are;

    #[test]
    fn a_veto_in_words_is_for_a_person() {
        all_are(
            "unclear",
            &[
                "I veto this, it breaks savepoints.",
                "I vote no.",
                "I object.",
                "Disapprove",
                "I am against this proposal, it breaks savepoints.",
                "我反对",
                "I vote against this.",
                "Veto.",
                "Ich bin dagegen.",
                "Please do not merge this, my veto stands.",
                "Actually I have to veto this release, the NOTICE is broken.",
                "I have to vote against this release now.",
                "I looked at it for long.||I strongly object to this.",
                "I cannot support this release.",
                "I do not approve.",
            ],
        );
    }

    #[test]
    fn words_of_vetoes_are_no_vote() {
        all_are(
            "none",
            &[
                "I do not object.",
                "I would object if it broke savepoints.",
                "Does anybody object?",
                "I have nothing against it.",
                "I am not against this.",
                "Nobody objects.",
                "You can veto this.",
                "The object is not serializable.",
                "I tested against this cluster.",
                "I ran it against the release.",
                "我不反对",
                "Bob wants to veto this.",
            ],
        );
    }
}
