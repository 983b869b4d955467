// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! Words by which somebody unsays what they said, without naming a value: "I take that back", "never mind",
//! "wrong thread". In the mail of the vote itself they put it in doubt; in a later one see `regret`.

use super::candidates::candidates;
use super::change::OPEN;
use super::lines::Logical;
use super::sign::{Token, tokens};
use super::words::one_of;

/// Why a vote that may be meant for another is for a person.
const ELSEWHERE: &str = "it may be meant for another vote";

/// The line that says that the vote on the line `at` is not to be taken as it stands: behind it, or before it
/// where it asks not to count it. `on`: the candidates that the vote is on.
pub(super) fn unsaid(lines: &[Logical], at: usize, on: &[String]) -> Option<(usize, &'static str)> {
    lines.iter().find_map(|line| {
        let sentences = line.sentences();
        let cast = sentences.iter().rposition(|one| tokens(one.text).iter().any(|token| token.sign().is_some()));
        sentences.iter().enumerate().find_map(|(number, one)| {
            let tokens = tokens(one.text);
            let before = line.line_at(one.at) < at || line.line_at(one.at) == at && Some(number) < cast;
            if tokens.iter().any(|token| token.sign().is_some()) || tokens.last().is_some_and(|last| last.is("?")) {
                return None;
            }
            let words = words(&tokens);
            let why = if before {
                is_uncounted(&words).then_some(OPEN)
            } else if is_misplaced(&words) || is_of_another(one.text, &words, on) {
                Some(ELSEWHERE)
            } else {
                let unsaid = is_second_thought(&words) || is_uncounted(&words) || is_unsaid(one.text, &words);
                unsaid.then_some(OPEN)
            };
            why.map(|why| (line.line_at(one.at), why))
        })
    })
}

/// Whether the words take back what was said before, in the same mail or an earlier one.
pub(super) fn is_unsaid(sentence: &str, words: &[&str]) -> bool {
    is_taken_back(words) || is_held_back(words) || is_never_mind(words) || is_in_other_tongue(sentence)
}

/// "On second thought, no", "scratch that".
pub(super) fn is_second_thought(words: &[&str]) -> bool {
    matches!(words, ["on", "second", "thought" | "thoughts", ..] | ["scratch" | "strike", "that" | "this" | "it", ..])
}

/// "I need to take that back", "I take back what I said".
fn is_taken_back(words: &[&str]) -> bool {
    let Some(take) = words.iter().position(|word| one_of!(word, "take taking took")) else { return false };
    let Some(back) = words[take..].iter().take(6).position(|word| *word == "back").map(|at| take + at) else {
        return false;
    };
    let said = |word: &&str| one_of!(word, "it that this what everything all vote ballot approval support words");
    let between = &words[take + 1..back];
    let object = if between.is_empty() {
        words[back + 1..].iter().take(2).any(said)
    } else {
        between.iter().all(|word| said(word) || one_of!(word, "my of"))
    };
    object && !words[..take].iter().any(is_denied) && words.get(back + 1) != Some(&"to")
}

/// "I'd like to put my vote on hold", "I need to hold that back until …".
fn is_held_back(words: &[&str]) -> bool {
    let Some(hold) = words.iter().position(|word| one_of!(word, "hold holding put putting")) else { return false };
    let behind = &words[hold + 1..];
    let away = match words[hold] {
        "hold" | "holding" => behind.iter().take(4).any(|word| one_of!(word, "back off")),
        _ => behind.windows(2).take(6).any(|two| matches!(two, ["on", "hold" | "ice"])),
    };
    let own = behind.windows(2).take(4).any(|two| two[0] == "my" && one_of!(two[1], "vote ballot approval support"))
        || behind.first().is_some_and(|word| one_of!(word, "that it this"));
    away && own && !words[..hold].iter().any(is_denied)
}

/// "Never mind.", "Oh, never mind my vote."
fn is_never_mind(words: &[&str]) -> bool {
    let led =
        words.iter().take_while(|word| one_of!(word, "oh ah ok okay sorry actually please so well then wait")).count();
    let behind = match &words[led..] {
        ["never", "mind", behind @ ..] | ["nevermind", behind @ ..] => behind,
        _ => return false,
    };
    matches!(behind, [] | ["my" | "me", ..] | ["that" | "this" | "it"] | ["what", "i", ..] | ["the", "above", ..])
}

/// "Please don't count this yet", "please ignore this mail".
pub(super) fn is_uncounted(words: &[&str]) -> bool {
    let verb = words.iter().position(|word| one_of!(word, "count counting consider include ignore disregard"));
    let Some(verb) = verb else { return false };
    let denied = words[..verb].iter().any(is_denied);
    let ignored = one_of!(words[verb], "ignore disregard");
    let behind = &words[verb + 1..];
    let object = match behind {
        ["me" | "mine", ..] => true,
        ["this" | "it" | "that", rest @ ..] | ["the" | "my", rest @ ..] => {
            let bare = rest.is_empty() || !ignored && one_of!(rest[0], "yet as for until now please just");
            let vote = rest.iter().take(3).any(|word| one_of!(word, "vote mail email message above ballot reply"));
            vote || bare && one_of!(behind[0], "this it that")
        }
        _ => false,
    };
    let led = words[..verb].iter().all(|word| {
        is_denied(word) || one_of!(word, "please so i i'd you to but do kindly sorry for now oh yet prefer ask rather")
    });
    object && led && denied != ignored
}

/// "Sorry, wrong thread", "this was meant for the connector".
pub(super) fn is_misplaced(words: &[&str]) -> bool {
    let wrong = words.windows(2).position(|two| {
        two[0] == "wrong" && one_of!(two[1], "thread list vote mail email window discussion conversation")
    });
    let led = |at: usize| {
        words[..at].iter().all(|word| {
            one_of!(word, "sorry oops oh ah apologies i this that it was is sent went to in on the replied answered posted voted for my mail vote reply a at")
        })
    };
    let earlier = words.iter().any(|word| one_of!(word, "earlier previous before yesterday first last"));
    wrong.is_some_and(|at| led(at) && !earlier) || is_meant_otherwise(words)
}

/// "this was for the connector", "my vote is intended for 0.9".
fn is_meant_otherwise(words: &[&str]) -> bool {
    let led = words.iter().take_while(|word| one_of!(word, "sorry oops oh ah apologies actually but")).count();
    let rest = match &words[led..] {
        ["this" | "that" | "it" | "mine", "was" | "is", rest @ ..]
        | ["my" | "this", "vote" | "mail" | "ballot", "was" | "is", rest @ ..] => rest,
        _ => return false,
    };
    let was = words[led + 1] == "was" || words.get(led + 2) == Some(&"was");
    let here = |at: usize| rest.get(at + 1).is_some_and(|word| one_of!(word, "me my us all our"));
    let meant = matches!(rest, ["meant" | "intended" | "supposed", "for", ..]) && !here(1);
    let sent = matches!(rest, ["meant" | "intended" | "supposed", "to" | "as", ..])
        || matches!(rest, ["for", "the" | "another" | "version" | "release", ..]);
    meant || was && sent
}

/// "This is my RC2 vote", where the vote is on RC1.
fn is_of_another(sentence: &str, words: &[&str], on: &[String]) -> bool {
    let named = candidates(&sentence.to_lowercase());
    let other = !on.is_empty() && !named.is_empty() && !named.iter().any(|name| on.contains(name));
    let of_vote = match words {
        ["this" | "that" | "it", "is" | "was", rest @ ..] => {
            one_of!(rest.first().copied().unwrap_or_default(), "for on")
                || rest.iter().take(4).any(|word| one_of!(word, "vote ballot"))
        }
        ["my", "vote", "is" | "was", "for" | "on", ..] => true,
        _ => false,
    };
    other && of_vote
}

/// "Ich ziehe meine Stimme zurück", "我撤回我的投票": a deed and a vote, in one language.
fn is_in_other_tongue(sentence: &str) -> bool {
    const TONGUES: [(&[&str], &[&str]); 10] = [
        (&["ziehe", "nehme"], &["zurück", "zurueck"]),
        (&["je retire", "j'annule", "je reprends"], &["vote", "voix", "avis", "accord"]),
        (&["retiro", "anulo", "cancelo"], &["voto", "apoyo", "apoio"]),
        (&["ritiro", "annullo"], &["voto"]),
        (&["trek "], &["stem"]),
        (&["wycofuj", "cofam"], &["głos"]),
        (&["отзываю", "снимаю", "отменяю", "забираю"], &["голос"]),
        (&["撤回", "撤销", "撤銷", "收回", "取消"], &["票", "赞成", "贊成", "支持"]),
        (&["撤回", "取り消", "取消"], &["賛成", "票"]),
        (&["철회", "취소"], &["투표", "표를", "찬성"]),
    ];
    let own = |deed: &str| {
        let german = matches!(deed, "ziehe" | "nehme");
        !german || sentence.contains("mein") || sentence.contains("das")
    };
    let lower = sentence.to_lowercase();
    let asks = lower.ends_with(['?', '？', '吗', '嗎']);
    let denied = ["nicht", " ne ", " no ", " non ", "не ", "没有", "不撤", "不会"].iter().any(|no| lower.contains(no));
    let has = |any: &[&str]| any.iter().any(|word| lower.contains(word));
    !asks
        && !denied
        && TONGUES.iter().any(|(deeds, votes)| deeds.iter().any(|deed| lower.contains(deed) && own(deed)) && has(votes))
}

fn is_denied(word: &&str) -> bool {
    one_of!(word, "not never cannot") || word.ends_with("n't")
}

fn words(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::governance::reading::tests::{all_are, values_are};

    #[test]
    fn a_vote_that_its_own_mail_takes_back_is_for_a_person() {
        all_are(
            "unclear",
            &[
                "+1 (binding)||Please don't count this yet, I still have to check the signature.",
                "Please do not count this yet, I still have to check the signature.||+1",
                "+1||Sorry, wrong thread, this was for the connector.",
                "+1||Sorry, this was meant for the 0.9 vote",
                "+1||Actually I need to hold that back until CI is green",
                "+1||I'd like to put my vote on hold.",
                "+1||this vote is void if the LICENSE is not corrected",
                "+1||This is my RC5 vote",
                "+1||This was for RC5.",
                "-1||Oh wait, it works. Never mind.",
                "+1. Never mind.",
                "+1||I take that back: the tests fail.",
                "+1||Please ignore this mail.",
                "+1||Moment, ich ziehe meine Stimme zurück.",
            ],
        );
    }

    #[test]
    fn what_is_said_of_something_else_takes_nothing_back() {
        values_are(
            "+1",
            &[
                "+1||This is my RC2 vote",
                "+1||I carried over the checks from RC1.",
                "+1||Never mind the typo in the README.",
                "+1||Sorry for the noise in the wrong thread before.",
                "+1||You can ignore the warning about the wrong list of files.",
                "+1||Please don't count on me for the next one.",
                "+1||This is meant to be used with Java 17.",
                "+1||We should take a step back and write more tests.",
                "+1||I put it on my list.",
                "+1||That was for me the most important fix.",
                "+1||I did not take that back.",
                "I take back what I said about the NOTICE.||+1",
            ],
        );
    }
}
