// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the sender says of a value that it is their own vote.

use super::clause::Sentence;
use super::words::{is_lead, one_of};

impl Sentence<'_> {
    /// "my", "from me", "I vote", "I'm": the sender says that it is their vote.
    pub(super) fn says_own(&self) -> bool {
        let clause = self.clause_before();
        let near: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let first_person = near.contains(&"my") || near.contains(&"mine") || self.is_from_me();
        let verb = near.iter().any(|word| {
            one_of!(word, "vote voting cast casting give giving gave i'm am i'll say put go going add adding")
        });
        let meant = near.contains(&"meant") && !self.corrects();
        let subject =
            clause.iter().any(|word| matches!(*word, "i" | "i'm" | "i'd" | "i'll" | "we" | "i've" | "im" | "me"));
        let elided =
            clause.first().is_some_and(|word| matches!(*word, "voting" | "casting" | "giving" | "vote" | "adding"));
        let everywhere = self.words_before();
        let begun =
            everywhere.iter().any(|word| matches!(*word, "i" | "i'm" | "i'll" | "i'd")) && verb && near.len() < 3;
        first_person
            || self.is_called_own()
            || !meant && verb && (subject || elided)
            || begun
            || self.is_verb()
            || self.is_held()
    }

    /// "My vote: +1", "Own vote - +1".
    fn is_called_own(&self) -> bool {
        let Some((mark, rest)) = self.before().split_last() else { return false };
        let label: Vec<&str> = rest.iter().map(|token| token.text.as_str()).collect();
        matches!(mark.text.as_str(), ":" | "-" | "->" | "=>" | "=")
            && label.len() <= 5
            && label.iter().any(|word| one_of!(word, "my own mine"))
            && label.iter().any(|word| one_of!(word, "vote ballot mine votum opinion decision verdict"))
    }

    /// "happy to +1 this", "I have to -1 this".
    pub(super) fn is_verb(&self) -> bool {
        let clause = self.clause_before();
        let will = clause.iter().rev().nth(1).is_some_and(|word| {
            one_of!(
                word,
                "happy glad have had pleased want like love going delighted excited need but compelled forced obliged"
            )
        });
        let let_me = matches!(clause[..], [.., "let", "me"] | [.., "let", "me", "also" | "just"]);
        let must = matches!(clause[..], [.., "i" | "we", "must"]);
        let_me
            || must
            || clause.last() == Some(&"to")
                && will
                && !clause.iter().any(|word| one_of!(word, "you they we he she everyone"))
    }

    /// "I think this is a +1": as a whole sentence.
    pub(super) fn is_held(&self) -> bool {
        let words = self.words_before();
        words.first() == Some(&"i")
            && words.get(1).is_some_and(|word| one_of!(word, "think guess believe feel reckon suppose"))
            && words.len() <= 6
            && words[2..].iter().all(|word| is_lead(word))
            && self.ends_sentence()
    }

    /// "+1 from me", "+1 for me", "+1 from my side".
    pub(super) fn is_from_me(&self) -> bool {
        let words = self.words_behind();
        let near = &words[..words.len().min(6)];
        // "from my side" is the sender's, "from my colleague" is not
        let mine = |at: usize| match near.get(at) {
            Some(&("me" | "us" | "myself" | "here" | "mine" | "me.")) => true,
            Some(&("my" | "our")) => !near.get(at + 1).is_some_and(|who| is_person(who)),
            _ => false,
        };
        (0..near.len()).any(|at| one_of!(near[at], "from for by on") && mine(at + 1))
            || near.first() == Some(&"here")
            || near.contains(&"i") && near.len() < 4
    }
}

/// Somebody whom the sender has to do with.
fn is_person(word: &str) -> bool {
    one_of!(
        word,
        "colleague colleagues friend boss manager mentor peer coworker co-worker teammate wife husband brother sister mentee"
    )
}
