// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes that somebody sends for another person, or for several: whose they are is for a person.

use super::lines::Logical;
use super::sign::{Token, tokens};
use super::words::{COMMON, is_adverb, is_claim, is_lead, is_praise, one_of};

/// Why such a vote is for a person.
pub(super) const ANOTHERS: &str = "it may be somebody else's vote, or that of several people";

/// The line that says whose vote the mail brings, where that is not, or not only, its sender's. `at` is the line
/// of the vote, `sender` who sent it.
pub(super) fn brought(lines: &[Logical], at: usize, sender: &str) -> Option<(usize, &'static str)> {
    let sender = sender.to_lowercase();
    lines.iter().find_map(|line| {
        let sentences = line.sentences();
        let told = sentences.iter().find(|one| is_passed_on(one.text) || is_of_both(one.text));
        let named =
            || (names_voter(&line.text, &sender) || line.line_at(0) == at && is_signed(line, &sender)).then_some(0);
        told.map(|one| one.at).or_else(named).map(|from| (line.line_at(from), ANOTHERS))
    })
}

/// "Cat asked me to pass this on", "relaying this for Cat".
fn is_passed_on(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    let words = words(&tokens);
    if tokens.last().is_some_and(|token| token.is("?")) {
        return false;
    }
    let relays = |word: &&str| one_of!(word, "pass post relay send forward vote cast submit deliver convey bring +1");
    let asked = words.windows(3).enumerate().any(|(at, three)| {
        one_of!(three[0], "asked asks told requested wants wanted")
            && three[1..] == ["me", "to"]
            && words[at + 3..].iter().take(2).any(relays)
            && !words[..at].iter().any(|word| one_of!(word, "you nobody"))
    });
    let passes = match words[..] {
        ["passing" | "relaying" | "forwarding" | "posting" | "sending" | "casting" | "voting", ref rest @ ..] => {
            let thing = rest.first().is_some_and(|word| one_of!(word, "this it on the a"));
            let whom = rest.iter().position(|word| one_of!(*word, "for from"));
            thing
                && whom.is_some_and(|at| {
                    rest.get(at + 1)
                        .is_some_and(|who| one_of!(*who, "him her them a our") || is_name(&tokens, who, sentence))
                })
        }
        _ => false,
    };
    asked || passes
}

/// "+1 from both of us".
fn is_of_both(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    let words = words(&tokens);
    tokens.iter().any(|token| token.sign().is_some())
        && words.windows(3).any(|three| {
            one_of!(three[0], "both two three all each") && three[1] == "of" && one_of!(three[2], "us them")
                || three[0] == "from" && three[1] == "us" && three[2] == "both"
        })
        && words.iter().any(|word| one_of!(word, "from by for"))
}

/// "Name: Cat Stevens", by somebody of another name.
fn names_voter(line: &str, sender: &str) -> bool {
    let Some((label, name)) = line.split_once(':') else { return false };
    let label = label.trim().to_lowercase();
    let voter = matches!(label.as_str(), "name" | "voter" | "voted by" | "vote by" | "vote of" | "on behalf of");
    voter && !sender.is_empty() && of_names(name, sender)
}

/// "+1 (binding) - Cat": what stands behind the vote on its line is a name alone, and not the sender's.
fn is_signed(line: &Logical, sender: &str) -> bool {
    let tokens = tokens(&line.text);
    let Some(sign) = tokens.iter().position(|token| token.sign().is_some()).filter(|_| !sender.is_empty()) else {
        return false;
    };
    let behind: Vec<&Token> = tokens[sign + 1..]
        .iter()
        .skip_while(|token| is_claim(&token.text) || matches!(token.text.as_str(), "(" | ")" | "[" | "]" | "," | "."))
        .collect();
    let dashed = behind.first().is_some_and(|token| matches!(token.text.as_str(), "-" | "--" | "~"));
    let from = behind.get(1).filter(|_| dashed).map(|token| token.at);
    sign == 0 && from.and_then(|from| line.text.get(from..)).is_some_and(|name| of_names(name, sender))
}

/// Whether the text is one to three names, none of them the sender's.
fn of_names(text: &str, sender: &str) -> bool {
    let names: Vec<&str> = text.split_whitespace().collect();
    let name = |word: &&str| {
        let lower = word.to_lowercase();
        let plain = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\''));
        let thing = one_of!(
            lower.as_str(),
            "linux windows macos mac ubuntu debian fedora java maven docker python scala apache flink verified tested checked approved built"
        );
        word.starts_with(char::is_uppercase)
            && plain
            && word.chars().any(char::is_lowercase)
            && !thing
            && !lower.ends_with("ing")
            && !is_lead(&lower)
            && !is_praise(&lower)
            && !is_adverb(&lower)
            && !COMMON.contains(&lower.as_str())
    };
    let own = |word: &&str| {
        let lower = word.to_lowercase();
        let bare = lower.trim_matches('.');
        sender.contains(bare)
            || sender.split(|c: char| !c.is_alphanumeric()).any(|part| part.len() > 2 && bare.starts_with(part))
    };
    (1..4).contains(&names.len()) && names.iter().all(name) && !names.iter().any(own)
}

/// Whether the word is written as a name is.
fn is_name(tokens: &[Token], word: &str, sentence: &str) -> bool {
    let token = tokens.iter().find(|token| token.is(word));
    token.and_then(|token| sentence.get(token.at..)).is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

fn words(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::governance::reading::tests::{all_are, values_are};

    #[test]
    fn a_vote_that_is_brought_for_another_is_for_a_person() {
        // who sends them is Ann Example
        all_are(
            "unclear",
            &[
                "Cat asked me to pass this on, she has no network:||+1 (binding)|Cat",
                "Cat asked me to vote for her.||+1",
                "Relaying this for Cat:||+1",
                "Cat and I both tested it, +1 from both of us.",
                "+1 from both of us",
                "+1 (binding) - Cat",
                "+1 - Cat Stevens",
                "Vote: +1|Name: Cat Stevens",
                "+1 (Ann)|+1 (Cat)",
            ],
        );
    }

    #[test]
    fn a_vote_of_the_senders_own_is_theirs() {
        values_are(
            "+1",
            &[
                "+1 (binding) - Ann",
                "+1 - Thanks",
                "+1 - Verified",
                "+1 - Checked signatures",
                "+1 - LGTM",
                "+1 (binding), thanks Cat!",
                "Vote: +1|Name: Ann E. Example",
                "+1||Cat asked me to check the NOTICE, which is fine.",
                "+1|Cat asked me to run it on Windows, too.",
                "+1||Sending this from my phone.",
                "+1, both of them build",
            ],
        );
    }
}
