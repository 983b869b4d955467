// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What leads up to a value that ends its clause. "Tests pass: +1" is a vote, "retries: -1" and
//! "Berlin (+1)" are not known to be: the words before a colon or a bracket have to be about voting
//! or about what was checked.

use super::clause::{Sentence, is_break};
use super::sign::{Sign, Token};
use super::words::{is_change, is_claim, is_connector, is_lead, is_praise, one_of};
use crate::governance::VoteValue;

/// What a value at the end of a clause is, by what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// What was checked or thought comes to it.
    Vote,
    /// It may be the value of something else, or somebody else's.
    Doubtful,
    /// It does not end the clause.
    None,
}

impl Sentence<'_> {
    /// "Awesome Ann, +1!", "all tests pass, so +1", "looks good +1".
    pub(super) fn ending(&self) -> Ending {
        let last = self.before().last();
        if last.is_some_and(|token| matches!(token.text.as_str(), "the" | "that" | "this")) && !self.is_thanking() {
            return if self.closes() { Ending::Doubtful } else { Ending::None };
        }
        let nothing_behind = self.closes();
        let connected = last.is_some_and(|token| is_connector(&token.text));
        let parted = connected || last.is_some_and(is_break);
        let goes_on = parted
            && self
                .behind()
                .first()
                .is_some_and(|token| is_break(token) || token.is("for") || is_claim(&token.text) || is_reason(token));
        if !(nothing_behind || goes_on) {
            return Ending::None;
        }
        if self.is_signed_by_another() || self.has_code() {
            return Ending::Doubtful;
        }
        let vote = if connected {
            true
        } else if last.is_some_and(|token| matches!(token.text.as_str(), "," | ";" | "." | "!" | "?" | "~")) {
            !self.is_argument()
        } else if parted {
            self.is_labelled()
        } else {
            let words = self.words_before();
            let takes = !self.is_thanking() && words.last().is_some_and(|word| takes_value(word));
            !takes && (words.iter().any(|word| is_praise(word) || is_check(word)) || self.is_thanking())
                || !takes && self.is_minus() && words.len() > 1 && words.iter().any(|word| is_problem(word))
        };
        if vote { Ending::Vote } else { Ending::Doubtful }
    }

    /// Whether nothing follows that could say something else of it.
    pub(super) fn closes(&self) -> bool {
        self.words_behind().iter().all(|word| {
            one_of!(word, "vote then too again now thanks thank you all everyone cheers overall i as well here from me anyway nonetheless nevertheless regardless though still")
        })
    }

    fn is_minus(&self) -> bool {
        matches!(self.tokens[self.at].sign(), Some(Sign::Value(VoteValue::Minus)))
    }

    /// "Many thanks for driving this +1".
    fn is_thanking(&self) -> bool {
        let words = self.words_before();
        words.iter().take(2).any(|word| one_of!(word, "thanks thank thx kudos"))
            && !words.last().is_some_and(|word| one_of!(word, "your the his her their a"))
            && !words.iter().any(|word| one_of!(word, "voting votes vote gave giving"))
    }

    /// "range(10, -1, -1)": between the brackets of a call.
    fn is_argument(&self) -> bool {
        let mut depth = 0;
        for (at, token) in self.before().iter().enumerate().rev() {
            match token.text.as_str() {
                ")" => depth += 1,
                "(" if depth > 0 => depth -= 1,
                "]" => depth += 1,
                "[" if depth > 0 => depth -= 1,
                "[" => return true,
                "(" => return !token.spaced && at > 0 && self.tokens[at - 1].is_word(),
                _ => {}
            }
        }
        let words = self.clause_of_comma();
        words.last().is_some_and(|word| is_output(word) && !matches!(*word, "said" | "says"))
            && !words.iter().any(|word| is_praise(word) || is_check(word) || is_problem(word))
    }

    /// The words before the comma, where the value stands right behind one.
    fn clause_of_comma(&self) -> Vec<&str> {
        let before = self.before();
        let Some((_, rest)) = before.split_last() else { return Vec::new() };
        let from = rest.iter().rposition(is_break).map_or(0, |at| at + 1);
        rest[from..].iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect()
    }

    /// "+1 (Bob)" behind other words.
    fn is_signed_by_another(&self) -> bool {
        let behind = self.behind();
        let Some(close) = behind.iter().position(|token| token.is(")")).filter(|_| behind[0].is("(")) else {
            return false;
        };
        let inside: Vec<&Token> = behind[1..close].iter().collect();
        (1..4).contains(&inside.len()) && self.is_names(&inside)
    }

    /// Whether the words before a colon, a dash or a bracket are about a vote or about what was checked.
    fn is_labelled(&self) -> bool {
        let before = self.before();
        let Some((mark, rest)) = before.split_last() else { return true };
        // "Awesome! (+1)": what stands before an earlier comma is part of it
        let label: Vec<&Token> = rest.iter().filter(|token| token.is_word()).collect();
        let words: Vec<&str> = label.iter().map(|token| token.text.as_str()).collect();
        let Some(last) = words.last() else { return true };
        // "thanks to Bob (+1)"
        let named = mark.is("(") && label.len() > 1 && self.is_capital(label[label.len() - 1]);
        if named || mark.is("(") && !mark.spaced || self.is_somebodys(&words) && !self.is_thanking() {
            return false;
        }
        let mine = words.len() < 5 && !mark.is("(") && words.iter().any(|word| one_of!(word, "my me us our"));
        if words.iter().any(|word| is_vote_word(word) || is_change(word)) || mine && !is_output(last) {
            return true;
        }
        if self.is_minus() && words.iter().any(|word| is_fault(word)) {
            return true;
        }
        let mild = matches!(
            self.tokens[self.at].sign(),
            Some(Sign::Value(VoteValue::PlusZero | VoteValue::MinusZero | VoteValue::Zero))
        );
        if mild && words.iter().any(|word| one_of!(word, "block stand way object mind opinion preference neutral")) {
            return true;
        }
        is_label(&words, &self.place) && !is_output(last)
    }

    /// "Bob's vote (+1)".
    fn is_somebodys(&self, words: &[&str]) -> bool {
        words.iter().any(|word| {
            word.ends_with("'s") && !one_of!(word, "it's that's here's there's let's what's everything's all's")
                || one_of!(word, "his her their your")
        })
    }
}

/// Whether these words lead up to a vote, as a line above it or before its colon.
pub(super) fn is_label(words: &[&str], place: &super::clause::Place<'_>) -> bool {
    let greeting = words.first().is_some_and(|word| one_of!(word, "hi hello hey dear all folks team everyone thanks"));
    let named = |word: &&str| place.sender.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word);
    let sender = !place.sender.is_empty() && words.iter().all(named);
    let short = words.len() <= 3;
    let here = words.first() == Some(&"here") && words.len() < 5;
    greeting
        || sender
        || here
        || words.iter().all(|word| is_lead(word)) && !is_article_alone(words)
        || words.iter().any(|word| is_vote_word(word) || is_praise(word) || is_check(word))
        || words.contains(&"no") && words.iter().any(|word| is_problem(word))
        || !short
            && words.iter().any(|word| is_checked(word) || is_problem(word))
            && !words.iter().any(|word| one_of!(word, "return exit code status value output offset"))
        || words.iter().any(|word| is_blame(word))
}

/// Whether what stands alone on its line can be what the line above it names: "The output is:",
/// "it prints".
pub(super) fn is_named_above(above: &[Token], place: &super::clause::Place<'_>) -> bool {
    let words: Vec<&str> = above.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let Some(last) = words.last() else { return false };
    let mine = words.iter().any(|word| is_vote_word(word))
        || words.len() < 5 && words.iter().any(|word| one_of!(word, "my our"));
    if mine || above.iter().any(|token| token.sign().is_some()) {
        return false;
    }
    let of_program = words.iter().any(|word| {
        one_of!(
            word,
            "script program job command process log tool function method query server call console shell code"
        )
    });
    match above.last() {
        Some(mark) if mark.is(":") => !is_label(&words, place) || is_output(last),
        Some(mark) => mark.is_word() && (is_output(last) || one_of!(last, "with to of as at by") && of_program),
        None => false,
    }
}

/// "My vote:", "Here is my own vote:" above a value.
pub(super) fn is_own_named_above(above: &[Token]) -> bool {
    let words = || above.iter().filter(|token| token.is_word());
    above.last().is_some_and(|token| token.is(":"))
        && words().count() <= 6
        && words().any(|token| one_of!(&token.text, "my own mine"))
        && words().any(|token| one_of!(&token.text, "vote ballot verdict decision"))
}

/// "a: -1": a name, rather than what leads up to a vote.
pub(super) fn is_article_alone(words: &[&str]) -> bool {
    !words.is_empty() && words.iter().all(|word| one_of!(word, "a an the i as to is"))
}

/// Words that a label of a vote has.
fn is_vote_word(word: &str) -> bool {
    one_of!(
        word,
        "vote voting voted ballot veto verdict decision opinion conclusion final outcome stance position choice mine myself approve approved approves approving approval support supporting favor favour agree agreed agreement concur overall summary late confirm confirming resending re-sending reaffirm reaffirming pmc committer abstain abstaining conclude lgtm seconded therefore thus hence user contributor",
    ) || is_claim(word)
}

/// What was done to a candidate.
pub(super) fn is_check(word: &str) -> bool {
    one_of!(
        word,
        "verified verify verifying verifies checked checking tested testing built building builds compiled compiles compiling ran validated validating confirmed reviewed reviewing inspected installed deployed upgraded passed passes pass passing works worked working matches match fine ok valid correct clean green happy reproduced reproducible",
    )
}

/// What of a candidate is checked.
pub(super) fn is_checked(word: &str) -> bool {
    is_check(word)
        || one_of!(
            word,
            "signature signatures sig sigs checksum checksums hash hashes sha512 sha256 digest digests license licenses notice header headers build test tests ci source sources binary binaries keys rat quickstart artifacts jars javadoc docs compile tag",
        )
}

/// What keeps a candidate from release.
pub(super) fn is_problem(word: &str) -> bool {
    one_of!(
        word,
        "fail fails failed failing failure failures broken breaks bug bugs blocker blockers regression regressions missing wrong incorrect invalid incompatible violates violation corrupt error errors issue issues problem problems cannot can't doesn't not unable lack lacks fix unreleasable concern concerns objection objections rejected mismatch mismatches differs differ",
    )
}

/// What is said of a thing that does not work; what a program counts has other words.
fn is_fault(word: &str) -> bool {
    one_of!(
        word,
        "fail fails broken breaks missing wrong incorrect doesn't not cannot can't lacks violates mismatch mismatches differs differ"
    )
}

/// A word that is said of a candidate and of no output.
fn is_blame(word: &str) -> bool {
    one_of!(
        word,
        "blocker blockers regression regressions violates violation unreleasable opposed object reject against"
    )
}

/// What a program does with a value, and what programs call theirs.
pub(super) fn is_output(word: &str) -> bool {
    one_of!(
        word,
        "print prints printed printing show shows showed shown outputs output stdout stderr log logs logged gives gave yields yielded produces produced returns returned return returning equals reads writes emits emitted got gets get actual received contains becomes became reports reported value values default defaults code exit index offset timeout limit level size count counter retries parameter property setting argument arg field variable status number result response is says said was",
    )
}

/// A word that has the value as its object, or speaks of it.
pub(super) fn takes_value(word: &str) -> bool {
    is_output(word)
        || one_of!(
            word,
            "are were be been to of at by than with in on for from equal wrote sends a an the this that your his her their our and or not no any every each some without until needs need",
        )
}

fn is_reason(token: &Token) -> bool {
    one_of!(&token.text, "because since as due given")
}
