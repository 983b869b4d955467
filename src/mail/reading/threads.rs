// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which mails belong to one vote: by In-Reply-To and References, and by subject where those
//! are lost. Cycles and missing mails do no harm: belonging is symmetric.

use std::collections::HashMap;

use crate::governance::reading::{Subject, Tag, candidates};

/// What is needed of a mail to tell where it belongs.
pub(super) struct Node<'m> {
    pub id: &'m str,
    /// In-Reply-To first, then References from the last to the first.
    pub parents: &'m [String],
    pub subject: &'m Subject,
    /// Its From header, as it is.
    pub from: Option<&'m [u8]>,
}

impl Node<'_> {
    /// Whether its subject alone says that it calls a vote.
    pub fn calls(&self) -> bool {
        self.subject.has(Tag::Vote)
            && !self.subject.has(Tag::Result)
            && !self.subject.has(Tag::Cancel)
            && !self.subject.answer
    }
}

/// For each mail the number of its thread: the same for all mails of one.
pub(super) fn threads(mails: &[Node<'_>]) -> Vec<usize> {
    let mut sets = Sets::new(mails.len());
    let mut called: HashMap<&str, usize> = HashMap::new();
    for (at, mail) in mails.iter().enumerate() {
        if mail.calls() && !mail.subject.core.is_empty() {
            called.entry(&mail.subject.core).or_insert(at);
        }
    }
    let mut ids: HashMap<&str, usize> = HashMap::new();
    for (at, mail) in mails.iter().enumerate() {
        let node = *ids.entry(mail.id).or_insert(at);
        // the same Message-ID twice: the same thread only where the subject says so too
        if node != at && mails.get(node).is_some_and(|other| other.subject.core == mail.subject.core) {
            sets.join(at, node);
        }
    }
    let mut by_subject: HashMap<&str, usize> = HashMap::new();
    for (at, mail) in mails.iter().enumerate() {
        let core = mail.subject.core.as_str();
        if let Some(call) = called.get(core).filter(|_| !mail.subject.has(Tag::Discuss)) {
            sets.join(at, *call);
            // what it answers is of this vote too, unless it is of another one; the same person's call for another
            // candidate begins a round of the vote that it answers
            for parent in mail.parents.iter().take(200) {
                if let Some(node) = ids.get(parent.as_str()).filter(|node| {
                    mails.get(**node).is_some_and(|other| {
                        !called.contains_key(other.subject.core.as_str())
                            || mail.calls() && mail.from == other.from && is_next_candidate(&other.subject.core, core)
                    })
                }) {
                    sets.join(at, *node);
                }
            }
            continue;
        }
        for parent in mail.parents.iter().take(200) {
            let node = *ids.entry(parent).or_insert_with(|| sets.add());
            sets.join(at, node);
        }
        if !core.is_empty()
            && !mail.subject.has(Tag::Discuss)
            && (mail.parents.is_empty()
                || mail.subject.has(Tag::Result)
                || mail.subject.has(Tag::Cancel)
                || mail.subject.has(Tag::Vote))
        {
            let node = *by_subject.entry(core).or_insert(at);
            sets.join(at, node);
        }
    }
    (0..mails.len()).map(|at| sets.root(at)).collect()
}

/// Whether two subjects are on two candidates of the same: "release a 1.0 rc1", "release a 1.0 rc2".
fn is_next_candidate(one: &str, other: &str) -> bool {
    let named = |core: &str| !candidates(core).is_empty();
    let words = |core: &str| -> Vec<String> {
        let parts = core.split([' ', '-', '_', '#']).filter(|word| !word.is_empty());
        let whole = parts.map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
        // of the version the numbers matter, of the candidate they do not
        let versions = core.split([' ', '-', '_']).filter(|word| word.contains('.')).map(str::to_owned);
        whole.chain(versions.map(|version| version.split("rc").next().unwrap_or_default().to_owned())).collect()
    };
    named(one) && named(other) && candidates(one) != candidates(other) && words(one) == words(other)
}

/// Disjoint sets.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    fn add(&mut self) -> usize {
        self.parent.push(self.parent.len());
        self.parent.len() - 1
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // the smaller number leads, so that a thread's number is one of its mails where it has one
        self.parent[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mails: &[(&str, &[&str], &str)]) -> Vec<usize> {
        let subjects: Vec<Subject> = mails.iter().map(|(_, _, subject)| Subject::of(subject)).collect();
        let parents: Vec<Vec<String>> =
            mails.iter().map(|(_, parents, _)| parents.iter().map(|id| (*id).to_owned()).collect()).collect();
        let nodes: Vec<Node<'_>> = mails
            .iter()
            .enumerate()
            .map(|(at, (id, _, _))| Node { id, parents: &parents[at], subject: &subjects[at], from: None })
            .collect();
        threads(&nodes)
    }

    #[test]
    fn by_reference_by_subject_and_in_circles() {
        let found = of(&[
            ("1", &[], "[VOTE] Release A"),
            ("2", &["1"], "Re: [VOTE] Release A"),
            ("3", &[], "RE: [VOTE] Release A"),
            ("4", &["2"], "Re: something else"),
            ("5", &["1", "0"], "[VOTE] Release B"),
            ("6", &["5", "1"], "Re: [VOTE] Release B"),
            ("7", &["8"], "x"),
            ("8", &["7"], "y"),
            ("9", &["9"], "[RESULT][VOTE] Release A"),
            ("10", &[], "[DISCUSS] Release A"),
        ]);
        assert_eq!(found, [0, 0, 0, 0, 4, 4, 6, 6, 0, 9]);
        // the call itself stands in the circle, and nobody answers it by its subject
        let found = of(&[
            ("call", &["m2"], "[VOTE] Release A"),
            ("m0", &["m2"], "Re: the vote"),
            ("m1", &["m0"], "Re: the vote"),
            ("m2", &["m1"], "Re: the vote"),
        ]);
        assert_eq!(found, [0; 4]);
    }

    #[test]
    fn the_next_candidate_is_called_in_the_thread_of_the_last() {
        let call = |subject: &str| {
            of(&[
                ("1", &[], "[VOTE] Release A 1.0.0, release candidate #1"),
                ("2", &["1"], "Re: [VOTE] Release A 1.0.0, release candidate #1"),
                ("3", &["1"], subject),
                ("4", &["3", "1"], &format!("Re: {subject}")),
            ])
        };
        assert_eq!(call("[VOTE] Release A 1.0.0, release candidate #2"), [0; 4]);
        for other in ["[VOTE] Release B 1.0.0, release candidate #2", "[VOTE] Release A 1.1.0, release candidate #2"] {
            assert_eq!(call(other), [0, 0, 2, 2], "{other}");
        }
    }
}
