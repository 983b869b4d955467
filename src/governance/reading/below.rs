// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! What stands behind a vote and makes it depend on something: a condition on the line below it, a
//! sentence that says that the vote has one, a promise to turn it.

use super::condition::condition_behind;
use super::lines::{Below, Logical, Mark};
use super::sign::{Token, tokens};
use super::words::{is_claim, is_condition, is_withdrawal, one_of};
use crate::governance::VoteValue;

/// Why a vote that a later line qualifies is for a person.
const CONDITION: &str = "the vote has a condition, on another line than the vote";

/// The written line that makes the vote on the line `at` depend on something, and why it does.
pub(super) fn depends(lines: &[Logical], at: usize, value: VoteValue) -> Option<(usize, &'static str)> {
    let cast = lines.iter().rposition(|line| line.line_at(0) <= at)?;
    let against = matches!(value, VoteValue::Minus | VoteValue::MinusZero);
    if let Some(below) = lines.get(cast + 1)
        && ends_with_vote(&lines[cast])
        && is_condition_below(below, against)
    {
        return Some((below.line_at(0), CONDITION));
    }
    // a vote against holds until what it asks for is done
    if against {
        return None;
    }
    lines.iter().enumerate().filter(|(_, line)| may_qualify(&line.text)).find_map(|(number, line)| {
        let near = number > cast && number <= cast + 2;
        let found = line.sentences().into_iter().find(|one| {
            let tokens = tokens(one.text);
            says_conditional(&tokens, near) || is_promised_turn(&tokens) || is_void_if(&tokens)
        })?;
        Some((line.line_at(found.at), CONDITION))
    })
}

/// Whether nothing but what it claims stands behind the line's vote: "+1 (binding), but".
fn ends_with_vote(line: &Logical) -> bool {
    let Some(last) = line.sentences().into_iter().next_back() else { return false };
    let tokens = tokens(last.text);
    tokens.iter().rposition(|token| token.sign().is_some()).is_some_and(|at| {
        tokens[at + 1..].iter().all(|token| {
            !token.is_word()
                || is_claim(&token.text)
                || one_of!(&token.text, "but and only however though from me my side vote here")
        })
    })
}

/// "if the NOTICE is fixed", "(conditional on legal approval)", "only if …".
fn is_condition_below(line: &Logical, against: bool) -> bool {
    if line.mark == Mark::Heading || line.below != Below::Text {
        return false;
    }
    let Some(first) = line.sentences().into_iter().next() else { return false };
    let tokens = tokens(first.text);
    let asks = tokens.last().is_some_and(|token| token.is("?") || token.is(":"));
    let all = words(&tokens);
    let from = all.iter().position(|word| !one_of!(word, "but and though however well then"));
    let words = from.map_or(&[][..], |from| &all[from..]);
    let Some(first) = words.first() else { return false };
    let holds = against && one_of!(first, "until till unless only");
    let leads = is_condition(first) && *first != "except"
        || one_of!(
            first,
            "if iff only subject under on as so given modulo tentatively tentative provisional provisionally"
        )
        || *first == "with" && words.iter().take(5).any(|word| one_of!(word, "condition caveat proviso"))
        || *first == "when" && words.iter().take(7).any(|word| one_of!(word, "is are gets get pass passes"));
    !asks && !holds && leads && condition_behind(words) && !is_remark(&tokens)
}

/// "if you use Java 8, set JAVA_HOME": a whole sentence, of something else than the vote.
fn is_remark(tokens: &[Token]) -> bool {
    let Some(comma) = tokens.iter().position(|token| token.is(",")) else { return false };
    let main = words(&tokens[comma + 1..]);
    let of_vote = main.iter().any(|word| one_of!(word, "my vote 1 fine ok okay happy i'm"));
    main.len() > 2 && !of_vote && !matches!(main[..], ["of", "course", ..])
}

/// Whether a line can say something of the vote: the others need no closer look.
fn may_qualify(text: &str) -> bool {
    [
        "ondition",
        "onting",
        "epend",
        "rovi",
        "entativ",
        "relimin",
        "ubject to",
        " if ",
        " unless ",
        " once ",
        " when ",
        "nly if",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// "My vote is conditional on the NOTICE", "my +1 stands only if …"; right below the vote, also
/// "This is conditional on …".
pub(super) fn says_conditional(tokens: &[Token], near: bool) -> bool {
    let words = words(tokens);
    let object = |at: usize| words.get(at).is_some_and(|word| one_of!(word, "1 vote ballot approval support"));
    let own = words.iter().enumerate().find(|(at, word)| {
        one_of!(word, "my this") && (object(at + 1) || words.get(at + 1).is_some_and(|w| is_claim(w)) && object(at + 2))
    });
    let denied = |word: &&str| {
        one_of!(word, "not never no unconditional unconditionally would could will i'd i'll change changed withdraw")
            || word.ends_with("n't")
    };
    if words.iter().any(denied) || tokens.last().is_some_and(|token| token.is("?")) {
        return false;
    }
    if near
        && matches!(words[..], ["this" | "it" | "that", "is", next, ..] if one_of!(next, "conditional contingent provisional tentative dependent"))
    {
        return true;
    }
    let Some((at, _)) = own else { return false };
    let led = words[..at].iter().all(|word| {
        one_of!(
            word,
            "please note that but and however so also for the record be aware to clear i need make mark as consider"
        )
    });
    let behind = &words[(at + 2).min(words.len())..];
    let qualified = behind.iter().take(5).any(|word| {
        is_condition(word) && !one_of!(word, "except once")
            || one_of!(word, "depends hinges tentative provisional preliminary")
    });
    let only = behind
        .windows(2)
        .take(5)
        .any(|pair| pair[0] == "only" && one_of!(pair[1], "if when once") || pair[0] == "subject" && pair[1] == "to");
    let holds = matches!(behind[..], ["stands" | "holds" | "counts" | "applies", "if" | "only" | "when" | "once", ..]);
    led && (qualified || only || holds)
}

/// "This vote is void if the LICENSE is not corrected."
fn is_void_if(tokens: &[Token]) -> bool {
    let words = words(tokens);
    let own = words.windows(2).position(|two| one_of!(two[0], "my this") && one_of!(two[1], "1 vote ballot approval"));
    own.is_some_and(|at| {
        let behind = &words[at + 2..];
        let ends = behind.iter().take(4).position(|word| {
            one_of!(word, "void invalid withdrawn null moot off retracted rescinded revoked cancelled canceled")
        });
        ends.is_some_and(|ends| behind[ends..].iter().any(|word| one_of!(word, "if unless until once when should")))
    })
}

/// "I will turn this into a -1 if …", "I will verify later and retract if broken".
fn is_promised_turn(tokens: &[Token]) -> bool {
    let words = words(tokens);
    let will = words.iter().any(|word| one_of!(word, "will i'll would i'd may might going"));
    let depends = words.iter().any(|word| one_of!(word, "if unless once should when"));
    let first = words.first().copied().unwrap_or_default();
    let mine = words.iter().any(|word| one_of!(word, "i i'll i'd")) || one_of!(first, "will would may might 1");
    let others = words.iter().any(|word| one_of!(word, "you your he she they someone somebody not"))
        || words.iter().any(|word| word.ends_with("n't"));
    let turns = words.iter().enumerate().any(|(at, word)| {
        let object = || words[at + 1..].iter().take(5).any(|word| one_of!(word, "1 vote veto ballot"));
        let bare = || matches!(words[at + 1..], ["it", "if" | "unless" | "once" | "when", ..]);
        is_withdrawal(word)
            && !one_of!(word, "disregard ignore withdrawn withdrew retracted rescinded revoked")
            && words.get(at + 1).is_none_or(|next| one_of!(next, "it this my if unless once when should the"))
            || one_of!(word, "turn change switch flip convert revise downgrade veto") && (object() || bare())
    });
    will && depends && mine && turns && !others
}

/// The words; a value is "1".
fn words(tokens: &[Token]) -> Vec<&str> {
    let spoken = tokens.iter().filter(|token| token.is_word() || token.sign().is_some());
    spoken.map(|token| if token.sign().is_some() { "1" } else { token.text.as_str() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::governance::reading::tests::{all_are, values_are};

    #[test]
    fn a_condition_on_another_line_is_for_a_person() {
        all_are(
            "unclear",
            &[
                "+1 (binding)|if the NOTICE is fixed",
                "+1|provided the tests pass",
                "+1|(conditional on legal approval)",
                "+1 (binding), but|only if the NOTICE is fixed.",
                "+1|unless somebody finds a problem",
                "+1||My vote is conditional on the NOTICE.",
                "+1||This is conditional on a fixed NOTICE.",
                "+1||This vote depends on Ben's answer.",
                "+1 (binding)||Please note that my vote holds only if the NOTICE is fixed.",
                "I vote +1.|However, I will turn this into a -1 if nobody fixes the NOTICE.",
                "+1 (binding)||if the NOTICE is fixed",
                "+1|as long as the tests pass",
                "+1|subject to legal review",
                "+1 (binding)|- provided the NOTICE is fixed",
            ],
        );
    }

    #[test]
    fn a_condition_on_the_same_line_is_for_a_person() {
        all_are(
            "unclear",
            &[
                "+1 under one condition: the NOTICE is fixed",
                "+1, tentatively",
                "+1 with reservations",
                "+1 on the idea, need to check the artifacts",
                "+1 - I will verify later and retract if broken",
                "+1 (needs NOTICE fix first)",
                "My +1 stands only if the NOTICE is fixed",
            ],
        );
    }

    #[test]
    fn a_remark_below_a_vote_is_no_condition() {
        values_are(
            "+1",
            &[
                "+1 (binding)|- checked the signatures|- if you use Java 8, set JAVA_HOME first",
                "+1 (binding)|If you use Java 8, set JAVA_HOME first.",
                "+1||If we make another RC, please fix the README.",
                "+1||I verified if the NOTICE is right: it is.",
                "+1||Once merged, the docs can be updated too.",
                "+1|Does it work if the NOTICE is gone?",
                "+1 with no reservations",
                "+1 without reservations",
                "+1||My vote is binding.",
                "+1||I will change the docs if you like.",
                "+1 (needs a follow-up fix for the docs)",
                "+1|Under Linux all tests pass.",
                "+1|So far so good, thanks for the work!",
                "+1|On Mac it builds too.",
            ],
        );
        values_are("-1", &["-1|until the NOTICE is fixed", "-1||I will change my vote to +1 once it is fixed"]);
    }
}
