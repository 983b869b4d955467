// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The words that decide what a value in a sentence is, by the part that they play.

/// "binding" and its kin.
pub(super) fn is_claim(word: &str) -> bool {
    if !word.contains(['b', 'n']) {
        return false;
    }
    let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
    matches!(letters.as_str(), "non" | "nonbinding" | "binding" | "nb")
        || letters.ends_with("inding")
            && letters.len() <= 11
            && (letters.starts_with("non") || letters.starts_with('b'))
        || letters == "biding"
}

pub(super) fn is_change(word: &str) -> bool {
    one_of!(
        word,
        "change chang changed changing switch switching switched flip flipping flipped update updating updated revise revising revised amend amending move moving turn turning convert converting upgrade upgrading downgrade downgrading alter correct correcting adjust adjusting reverse reversing modify modifying replace replacing swap",
    )
}

pub(super) fn is_withdrawal(word: &str) -> bool {
    one_of!(
        word,
        "withdraw withdrawing withdrawn withdrew retract retracting retracted rescind rescinding rescinded revoke revoking revoked disregard ignore unvote",
    )
}

/// "so", "hence": what follows comes of what stands before.
pub(super) fn is_connector(word: &str) -> bool {
    is_conclusion(word) || one_of!(word, "but accordingly then")
}

/// "so", "hence".
pub(super) fn is_conclusion(word: &str) -> bool {
    one_of!(word, "so hence therefore thus ergo consequently")
}

/// A set of words. Most words are ruled out by their length and first letter.
pub(super) struct Words {
    sorted: Vec<&'static str>,
    lengths: u64,
    letters: u64,
}

impl Words {
    /// The words of `list`, which has blanks between them.
    pub(super) fn of(list: &'static str) -> Self {
        let mut sorted: Vec<&'static str> = list.split_ascii_whitespace().collect();
        sorted.sort_unstable();
        let all = |bit: fn(&str) -> u64| sorted.iter().fold(0, |bits, word| bits | bit(word));
        Self { lengths: all(length_bit), letters: all(letter_bit), sorted }
    }

    /// Whether `word` is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.lengths & length_bit(word) != 0
            && self.letters & letter_bit(word) != 0
            && self.sorted.binary_search(&word).is_ok()
    }
}

fn length_bit(word: &str) -> u64 {
    1 << word.len().min(63)
}

fn letter_bit(word: &str) -> u64 {
    1 << (word.as_bytes().first().copied().unwrap_or_default() & 63)
}

/// Whether a word is one of a list that is written with blanks between its words.
macro_rules! one_of {
    ($word:expr, $list:literal $(,)?) => {{
        static LIST: std::sync::LazyLock<$crate::governance::reading::words::Words> =
            std::sync::LazyLock::new(|| $crate::governance::reading::words::Words::of($list));
        LIST.has($word)
    }};
}
pub(super) use one_of;

pub(super) fn is_future(word: &str) -> bool {
    matches!(
        word,
        "will"
            | "i'll"
            | "would"
            | "i'd"
            | "going"
            | "plan"
            | "promise"
            | "happy"
            | "ready"
            | "willing"
            | "can"
            | "could"
            | "intend"
            | "shall"
            | "gladly"
            | "prepared"
            | "we'll"
    )
}

pub(super) fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "once"
            | "provided"
            | "providing"
            | "assuming"
            | "unless"
            | "pending"
            | "contingent"
            | "modulo"
            | "conditional"
            | "conditionally"
            | "depending"
            | "presuming"
            | "supposing"
            | "iff"
            | "whenever"
            | "barring"
            | "dependent"
            | "except"
    )
}

pub(super) fn is_settled(word: &str) -> bool {
    one_of!(
        word,
        "addressed fixed resolved changed done updated corrected removed added merged clarified settled incorporated",
    )
}

pub(super) fn is_praise(word: &str) -> bool {
    one_of!(
        word,
        "good great awesome agree agreed lgtm nice ok okay fine well cool yes perfect excellent works pass passed passes support approve done vote congrats thanks sense supportive looks ship wonderful happy definitely absolutely sounds like love fantastic amazing brilliant superb terrific neat lovely useful helpful valuable exciting excited glad pleased delighted impressive solid kudos bravo congratulations",
    )
}

/// Words that may stand before a value that begins a sentence.
pub(super) fn is_lead(word: &str) -> bool {
    one_of!(
        word,
        "so unfortunately alas sadly afraid hmm hm and ok okay yes yep yeah yup well then again still now here also definitely absolutely sure certainly a an the big huge strong strongly definite hearty resounding solid enthusiastic great vote voting vote: my own binding non-binding nonbinding non agree agreed lgtm late belated oops sorry hi hello hey dear all thus therefore hence overall finally it's that's is i'm im i am another me from for same too awesome nice cool thanks thank you very clear hereby gladly happily just in summary conclusion short after consideration but however fwiw imo imho personally myself ditto mine easy obvious concur much hard approving joining going seconded wow excellent perfect good sounds looks to please count consider as this with super massive mild weak slight official formal sincere firm 100% tl dr mark put down chiming take that case of course yea yay hooray woohoo hurray",
    )
}

/// "totally", "regretfully": how a vote is cast, never who casts it.
pub(super) fn is_adverb(word: &str) -> bool {
    word.len() >= 7 && word.ends_with("ly") && !one_of!(word, "beverly kimberly")
}

/// Taking away what was there: with "my vote" or "my -1" beside it.
pub(super) fn is_removal(word: &str) -> bool {
    one_of!(
        word,
        "clearing cleared cancel cancelling canceling cancelled canceled remove removing removed drop dropping dropped scratch scratching strike striking lift lifting lifted void voiding voided unvote delete undo",
    )
}

/// Words that no list of names has.
pub(super) const COMMON: [&str; 44] = [
    "the", "i", "it", "is", "to", "for", "this", "and", "we", "a", "of", "in", "on", "looks", "good", "great",
    "thanks", "thank", "checked", "verified", "built", "tested", "all", "no", "not", "lgtm", "release", "please",
    "from", "with", "nice", "works", "yes", "sure", "but", "my", "me", "that", "are", "have", "was", "missing",
    "fails", "approve",
];
