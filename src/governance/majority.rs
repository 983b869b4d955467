// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Approval by lazy majority, which decides on releases: at least three binding
//! +1 and more binding +1 than binding -1 (bylaws, "Approvals"; a release
//! cannot be vetoed).

use serde::{Deserialize, Serialize};

/// How many binding +1 a lazy majority needs.
const NEEDED: usize = 3;

/// What a vote came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is approved.
    Passed,
    /// It is not.
    Failed,
}

/// An outcome with the reasons for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What the vote came to.
    pub outcome: Outcome,
    /// Each condition of the rule, with the numbers.
    pub reasons: Vec<String>,
}

/// Applies the rule to the counts of binding votes.
pub fn lazy_majority(plus: usize, minus: usize) -> Decision {
    let enough = plus >= NEEDED;
    let more = plus > minus;
    Decision {
        outcome: if enough && more { Outcome::Passed } else { Outcome::Failed },
        reasons: vec![
            format!(
                "{plus} binding +1; at least {NEEDED} are needed: {}",
                if enough { "holds" } else { "does not hold" }
            ),
            format!(
                "{plus} binding +1 against {minus} binding -1; there must be more +1 than -1: {}",
                if more { "holds" } else { "does not hold" }
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_more_plus_than_minus_pass() {
        for (plus, minus, outcome) in [
            (3, 0, Outcome::Passed),
            (3, 2, Outcome::Passed),
            (2, 0, Outcome::Failed),
            (3, 3, Outcome::Failed),
            (4, 5, Outcome::Failed),
            (0, 0, Outcome::Failed),
        ] {
            assert_eq!(lazy_majority(plus, minus).outcome, outcome, "{plus} against {minus}");
        }
    }

    proptest::proptest! {
        #[test]
        fn one_more_plus_never_turns_passed_into_failed(plus in 0usize..20, minus in 0usize..20) {
            if lazy_majority(plus, minus).outcome == Outcome::Passed {
                proptest::prop_assert_eq!(lazy_majority(plus + 1, minus).outcome, Outcome::Passed);
            }
        }
    }
}
