// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a clause does what its verb says: "I vote", "I hereby withdraw", and not "I refuse to
//! vote", "before I withdraw". Here stands what is certain; a word that is not known makes it open.

use super::clause::Sentence;
use super::sign::Token;
use super::words::{is_change, is_claim, is_removal, is_withdrawal, one_of};

/// The clause that a deed stands in.
pub(super) struct Clause<'t> {
    /// Its words up to the deed's end.
    pub head: Vec<&'t str>,
    /// Its words behind that.
    tail: Vec<&'t str>,
    /// The words of the sentence before the clause.
    earlier: Vec<&'t str>,
    /// The mark right before the clause.
    mark: Option<&'t str>,
    /// What ends it.
    end: Option<&'t str>,
}

impl<'t> Clause<'t> {
    /// The clause around the tokens from `from` to `to`.
    pub fn around(tokens: &'t [Token], from: usize, to: usize) -> Self {
        let words = |tokens: &'t [Token]| -> Vec<&'t str> {
            tokens
                .iter()
                .filter(|token| token.is_word() || token.sign().is_some() || token.is("0"))
                .map(|token| if token.sign().is_some() { "1" } else { token.text.as_str() })
                .filter(|word| !is_claim(word))
                .collect()
        };
        let start = tokens[..from].iter().rposition(parts).map_or(0, |at| at + 1);
        let end = tokens[to..].iter().position(parts).map_or(tokens.len(), |at| to + at);
        Self {
            head: words(&tokens[start..to]),
            tail: words(&tokens[to..end.max(to)]),
            earlier: words(&tokens[..start]),
            end: tokens.get(end).map(|token| token.text.as_str()),
            mark: start.checked_sub(1).map(|at| tokens[at].text.as_str()),
        }
    }

    /// Whether the sender does what the clause says, now and without reserve.
    pub fn is_done(&self, verb: fn(&str) -> bool) -> bool {
        let head = without_reason(&self.head);
        let thinks = head.windows(2).any(|pair| {
            matches!(pair, ["feel", "like"])
                || pair[0] == "consider" && pair[1].ends_with("ing")
                || pair[0] == "would" && !one_of!(pair[1], "like love be say go also")
        });
        let known = head.iter().enumerate().all(|(at, word)| {
            is_opener(word)
                || is_filler(word)
                || verb(word)
                || *word == "to" && at > 0 && is_will(head[at - 1])
                || matches!((*word, head.get(at + 1)), ("can", Some(&"only")))
        });
        known && !thinks && !self.tail.iter().any(|word| is_reserve(word)) && self.is_led() && !self.is_willed(head)
    }

    /// Whether what stands before the clause leaves it as it is.
    fn is_led(&self) -> bool {
        let Some(first) = self.earlier.first() else { return true };
        let depends = one_of!(
            first,
            "if when once unless until till before whenever provided assuming supposing should had were to suppose imagine rather"
        ) || self.earlier.starts_with(&["as", "soon"])
            || self.earlier.starts_with(&["as", "long"]);
        let shared = self.mark == Some("and") && !self.head.iter().any(|word| is_subject(word));
        let open = shared
            && self.earlier.iter().any(|word| {
                is_reserve(word)
                    || one_of!(
                        word,
                        "will i'll we'll going let need want wants asked told asks tells try tried hope to"
                    )
            });
        // "Bob wrote: I withdraw my -1"
        let quotes = matches!(self.mark, Some(":" | "\"" | "'"))
            && !self.earlier.iter().all(|word| {
                is_opener(word)
                    || is_filler(word)
                    || one_of!(word, "update edit decision result conclusion verdict opinion")
            });
        !(depends || open || quotes)
    }

    /// "I want to vote +1 but …": a wish that something stands against.
    fn is_willed(&self, head: &[&str]) -> bool {
        head.iter().any(|word| one_of!(word, "want wish love need")) && self.end == Some("but")
    }
}

/// What ends a clause.
fn parts(token: &Token) -> bool {
    matches!(token.text.as_str(), "," | ":" | "-" | ";" | "." | "!" | "(" | ")" | "|" | "\u{2014}" | "~" | "?" | "\"")
        && !token.is_word()
        || one_of!(&token.text, "and but so hence therefore thus ergo consequently & however yet plus")
}

/// "Given the missing NOTICE I change": a reason, and the words behind it.
fn without_reason<'h, 't>(head: &'h [&'t str]) -> &'h [&'t str] {
    let reason = head.first().is_some_and(|word| one_of!(word, "given since because considering seeing as due"))
        && !head.get(1).is_some_and(|word| one_of!(word, "that long soon if i i'm we"));
    let from = head.iter().position(|word| is_subject(word)).filter(|_| reason);
    from.map_or(head, |from| &head[from..])
}

pub(super) fn is_subject(word: &str) -> bool {
    one_of!(word, "i i'm i've im we we're we've i'd i'll we'd we'll")
}

/// What may stand before the sender's own deed.
fn is_opener(word: &str) -> bool {
    is_subject(word)
        || one_of!(
            word,
            "ok okay yes yep yeah yup well great nice cool awesome fine sorry unfortunately alas sadly regrettably thanks thank you very much many all everyone everybody folks hi hello hey dear team please hereby now then here also still again just too finally hence therefore am are have do already gladly happily definitely certainly clearly strongly absolutely officially formally personally simply honestly obviously sincerely enthusiastically wholeheartedly fully totally completely really actually respectfully reluctantly regretfully hesitantly humbly immediately truly surely most afraid glad happy pleased delighted excited proud must only oops fwiw imo imho hmm hm ah oh right alright myself as"
        )
}

/// What may stand between a verb and its value.
fn is_filler(word: &str) -> bool {
    word.starts_with('@')
        || one_of!(
            word,
            "a an the my our own it this that that's it's here's is of with for from at on in me us as strong strongly big huge solid weak mild soft clear definite enthusiastic hearty firm full super massive slight earlier previous prior old former initial original last vote votes ballot veto value one 1 0 -> => into back count consider over you've you got like have has had been want wish love need going forced compelled obliged down would rc1 rc2 rc3 rc4 side dev list release proposal candidate part same go"
        )
}

/// What "to" may stand behind.
fn is_will(word: &str) -> bool {
    one_of!(
        word,
        "like have happy glad pleased going want love need delighted excited proud forced compelled obliged afraid from vote my 1"
    ) || is_change(word)
        || is_move(word)
}

fn is_move(word: &str) -> bool {
    one_of!(word, "veto ballot it this changed switched over back changes switches goes moves")
}

/// Words that take back, put off or ask for what stands before them.
pub(super) fn is_reserve(word: &str) -> bool {
    one_of!(
        word,
        "would could should might tomorrow tonight next later soon yesterday ago monday tuesday wednesday thursday friday saturday sunday week weekend if unless until till once before afterwards wrong premature unnecessary silly unfair nonsense pointless eventually someday unlikely only"
    )
}

/// A verb that casts.
pub(super) fn casts(word: &str) -> bool {
    one_of!(
        word,
        "vote voting cast casting give giving say go going put putting stand uphold keep maintain changes switches moves add adding remain stay be support supporting approve approving mark record register take treat regard gets get goes think believe feel guess reckon forward forwarding carry carrying join joining repeat repeating reiterate reaffirm confirm confirming resend resending send sending leaning agree"
    )
}

/// A verb that changes.
pub(super) fn changes(word: &str) -> bool {
    is_change(word) || one_of!(word, "to over go going vote voting") && word != "to"
}

/// A verb that takes back.
pub(super) fn takes_back(word: &str) -> bool {
    is_withdrawal(word) && !one_of!(word, "withdrew") || is_removal(word) || one_of!(word, "take taking taken")
}

impl Sentence<'_> {
    /// Whether the value is the object of a verb of the sender's, of which it is not certain that
    /// it casts: "I refuse to vote +1", "I regret my +1", "I need time before I vote +1".
    pub(super) fn is_open_deed(&self) -> bool {
        let clause = Clause::around(self.tokens, self.at, self.at + 1);
        let head = &clause.head[..clause.head.len().saturating_sub(1)];
        let mine = |word: &&str| is_subject(word) || one_of!(word, "my me");
        let last = head.last().copied().unwrap_or_default();
        let elided = one_of!(last, "vote voting casting giving cast")
            || head.first().is_some_and(|word| one_of!(word, "vote voting casting giving cast will"));
        if !(head.iter().any(mine) || elided) {
            return false;
        }
        let later = self.behind().iter().any(|token| token.sign().is_some());
        if later && head.iter().any(|word| one_of!(word, "was were")) {
            return false;
        }
        let governed = casts(last)
            || one_of!(
                last,
                "voted gave given am i'm are we're being was been my a an the from of to towards with as at for on before short about i i'll i'd not"
            );
        governed && !clause.is_done(casts)
    }

    /// Whether a change to this value is made for certain.
    pub(super) fn is_certain_change(&self) -> bool {
        let clause = Clause::around(self.tokens, self.at, self.at + 1);
        clause.is_done(changes)
    }
}

/// Whether these tokens take something back for certain: every verb of that kind in a clause of its own.
pub(super) fn is_certain_withdrawal(tokens: &[Token]) -> bool {
    let verb = tokens.iter().position(|token| token.is_word() && takes_back(&token.text));
    let Some(at) = verb else { return false };
    let object = tokens[at..]
        .iter()
        .take_while(|token| !parts(token))
        .take(7)
        .enumerate()
        .filter(|(_, token)| token.sign().is_some() || one_of!(&token.text, "veto vote ballot back 0"))
        .map(|(offset, _)| at + offset + 1)
        .last();
    Clause::around(tokens, at, object.unwrap_or(at + 1)).is_done(takes_back)
}

/// "I am no longer -1", "you can ignore my -1", "my -1 is moot": a vote that lapses for certain.
pub(super) fn is_certain_lapse(tokens: &[Token]) -> bool {
    let known = |word: &&str| {
        is_opener(word)
            || is_filler(word)
            || takes_back(word)
            || one_of!(
                word,
                "no longer not anymore need needn't count counting don't doesn't object objecting oppose opposing block blocking blocked against you can may should could feel free to ignore disregard consider gone off is isn't stand stands apply applies hold holds valid relevant needed needs void moot obsolete resolved nullified addressed cleared lapsed longer. any"
            )
    };
    let lapses = |token: &Token| {
        one_of!(
            &token.text,
            "no not anymore longer can may should could don't doesn't isn't needn't void moot obsolete resolved nullified cleared lapsed gone off free"
        )
    };
    let object = tokens.iter().position(|token| token.sign().is_some() || one_of!(&token.text, "veto vote object"));
    tokens.iter().any(lapses)
        && object.is_some_and(|at| {
            let clause = Clause::around(tokens, at, at + 1);
            let to = |at: usize| at > 0 && one_of!(clause.head[at - 1], "free need like");
            clause.head.iter().enumerate().all(|(at, word)| known(word) && (*word != "to" || to(at)))
        })
}
