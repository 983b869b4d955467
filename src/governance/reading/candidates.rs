// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The candidates that a text names: "rc2", "RC #2", "take 3".

use super::Text;

/// Whether a call before this mail names the candidate.
pub(super) fn is_known(name: &String, text: &Text<'_>) -> bool {
    text.candidates.contains(name) || text.earlier.contains(name)
}

/// The candidates that a text in lower case names.
pub(super) fn candidates(lower: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["rc", "candidate", "take"] {
        for (at, _) in lower.match_indices(mark) {
            // "1.2.3rc2", but not "src2"
            let inside = lower[..at].chars().next_back().is_some_and(char::is_alphabetic);
            let rest = lower[at + mark.len()..].trim_start_matches([' ', '#', '-', '.', '_']);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if !inside && (1..3).contains(&digits.len()) {
                found.push(format!("rc{digits}"));
            }
        }
    }
    found
}
