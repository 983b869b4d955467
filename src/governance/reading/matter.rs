// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a subject says that a vote is on, and whether two subjects can be of one vote: an answer's subject
//! is changed by hand, and a vote on the next candidate is called in the thread of the last.

use super::candidates::candidates;
use super::subject::Subject;

/// Why a mail with this subject may be on something else than the vote that was called under `call`.
pub fn other_matter(call: &Subject, mail: &Subject) -> Option<String> {
    if call.core == mail.core || call.core.is_empty() || mail.core.is_empty() {
        return None;
    }
    other_name(call, mail).or_else(|| {
        let (called, written) = (words(&call.core), words(&mail.core));
        let shared = written.iter().filter(|word| called.contains(word)).count();
        let few = shared * 2 < called.len().min(written.len());
        few.then(|| format!("its subject is another than the vote's: {:?}", mail.plain))
    })
}

/// Why a mail is on something else by what its subject names: a candidate, a version, a proposal's number.
pub(super) fn other_name(call: &Subject, mail: &Subject) -> Option<String> {
    [candidates, versions, numbers].iter().find_map(|names| {
        let (called, written) = (names(&call.core), names(&mail.core));
        let apart = !called.is_empty() && !written.is_empty() && written.iter().all(|name| !called.contains(name));
        // of a proposal's number only where it is of the same kind
        let kind = |name: &String| name.split(' ').next().map(str::to_owned);
        let alike = |name: &String| !name.contains(' ') || called.iter().any(|other| kind(other) == kind(name));
        let name = written.iter().find(|name| apart && alike(name))?;
        Some(format!("its subject names {name}, and the vote is on {}", called.join(", ")))
    })
}

/// "1.2.3" of "v1.2.3.rc0".
fn versions(core: &str) -> Vec<String> {
    let bare = core.split(' ').filter_map(|word| {
        let word = word.strip_prefix('v').unwrap_or(word);
        let end = word.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(word.len());
        let version = word[..end].trim_matches('.');
        (version.contains('.') && version.starts_with(|c: char| c.is_ascii_digit())).then(|| version.to_owned())
    });
    bare.collect()
}

/// "flip 12", "kip 1279".
fn numbers(core: &str) -> Vec<String> {
    let words: Vec<&str> = core.split(' ').collect();
    let pairs = words.windows(2).filter(|pair| {
        let proposal = pair[0].len() <= 6 && pair[0].ends_with("ip") || matches!(pair[0], "rfc" | "proposal");
        proposal && pair[1].bytes().all(|byte| byte.is_ascii_digit())
    });
    pairs.map(|pair| pair.join(" ")).collect()
}

/// The words that say what a subject is on.
fn words(core: &str) -> Vec<&str> {
    core.split(' ').filter(|word| !matches!(*word, "the" | "a" | "of" | "for" | "on" | "to" | "in" | "and")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(call: &str, mail: &str) -> Option<String> {
        other_matter(&Subject::of(call), &Subject::of(mail))
    }

    #[test]
    fn subjects_of_another_vote() {
        for (call, mail, name) in [
            ("[VOTE] Release Widget 1.2.3, RC2", "Re: [VOTE] Release Widget 1.2.3, RC3", "rc3"),
            ("[VOTE] Release Widget 1.2.3-rc2", "Re: [VOTE] Release Widget 1.2.3 candidate #3", "rc3"),
            ("[VOTE] Release Widget 1.2.3rc2", "Re: [VOTE] Release Widget 1.2.3rc1", "rc1"),
            (
                "[VOTE] Release Widget 1.2.3, RC2",
                "[VOTE] Release Widget 1.2.3, RC3 (was: [VOTE] Release Widget 1.2.3, RC2)",
                "rc3",
            ),
            ("[VOTE] Release Widget 1.2.3, RC1", "Re: [VOTE] Release Widget 1.2.4, RC1", "1.2.4"),
            ("[VOTE] FLIP-12: Pause", "Re: [VOTE] FLIP-13: Pause", "flip 13"),
            ("[VOTE] Release Widget 1.2.3, RC2", "Re: Where is the documentation kept?", "documentation"),
        ] {
            assert!(other(call, mail).is_some_and(|why| why.contains(name)), "{mail}: {:?}", other(call, mail));
        }
    }

    #[test]
    fn subjects_of_the_same_vote() {
        for mail in [
            "Re: [VOTE] Release Widget 1.2.3, RC2",
            "Re: [VOTE] Release Apache Widget 1.2.3 candidate #2",
            "Re: [VOTE] Release Wid",
            "Re: [VOTE] Release Widget 1.2.3",
            "Re: [apache/widget] [VOTE] Release Widget v1.2.3.rc2 (Issue #123)",
            "回复：[VOTE] Release Widget 1.2.3, RC2",
            "Re: VOTE",
            "",
            "+1 Re: [VOTE] Release Widget 1.2.3, RC2",
        ] {
            assert_eq!(other("[VOTE] Release Widget 1.2.3, RC2", mail), None, "{mail}");
        }
        assert_eq!(other("[VOTE] FLIP-12: Pause", "Re: [VOTE] FLIP-12 Pause functions for a while"), None);
    }
}
