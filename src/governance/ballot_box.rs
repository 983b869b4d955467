// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The votes on one candidate, by name, as a person entered them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::majority::{Decision, lazy_majority};

/// The votes on one candidate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotBox {
    /// Votes that count for the rule.
    pub binding: Ballots,
    /// Votes that say what others think.
    pub non_binding: Ballots,
    /// The thread: a link or a Message-ID.
    pub thread: String,
    /// Why a person counts, where the archive could be read.
    #[serde(default)]
    pub why: String,
}

/// Votes by what they say; each a person's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballots {
    /// +1.
    #[serde(default)]
    pub plus: Vec<String>,
    /// 0, +0 and -0.
    #[serde(default)]
    pub zero: Vec<String>,
    /// -1.
    #[serde(default)]
    pub minus: Vec<String>,
}

/// Votes that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BallotBoxError {
    /// One person votes twice.
    #[error("{name} stands {}", if first == second { format!("twice under {first}") } else { format!("under {first} and under {second}") })]
    Twice {
        /// Who.
        name: String,
        /// Where first.
        first: &'static str,
        /// Where again.
        second: &'static str,
    },
    /// A name is empty.
    #[error("a name under {place} is empty")]
    Nameless {
        /// Where.
        place: &'static str,
    },
}

impl BallotBox {
    /// Whether each person votes once and has a name.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), BallotBoxError> {
        let mut seen: BTreeMap<String, &'static str> = BTreeMap::new();
        for (place, names) in self.places() {
            for name in names {
                let key = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
                if key.is_empty() {
                    return Err(BallotBoxError::Nameless { place });
                }
                if let Some(first) = seen.insert(key, place) {
                    return Err(BallotBoxError::Twice { name: name.clone(), first, second: place });
                }
            }
        }
        Ok(())
    }

    /// What the votes come to by lazy majority.
    pub fn decide(&self) -> Decision {
        lazy_majority(self.binding.plus.len(), self.binding.minus.len())
    }

    fn places(&self) -> [(&'static str, &[String]); 6] {
        [
            ("binding +1", &self.binding.plus),
            ("binding 0", &self.binding.zero),
            ("binding -1", &self.binding.minus),
            ("non-binding +1", &self.non_binding.plus),
            ("non-binding 0", &self.non_binding.zero),
            ("non-binding -1", &self.non_binding.minus),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_votes_once() {
        let mut votes = BallotBox::default();
        votes.binding.plus = vec!["Ann Example".into(), "Bob Example".into()];
        assert_eq!(votes.check(), Ok(()));
        votes.non_binding.minus = vec!["ann  example".into()];
        assert!(matches!(votes.check(), Err(BallotBoxError::Twice { .. })));
        votes.binding.plus.push("Bob Example".into());
        votes.non_binding.minus.clear();
        assert_eq!(votes.check().unwrap_err().to_string(), "Bob Example stands twice under binding +1");
        votes.binding.plus.pop();
        votes.non_binding.minus = vec![" ".into()];
        assert!(matches!(votes.check(), Err(BallotBoxError::Nameless { .. })));
    }
}
