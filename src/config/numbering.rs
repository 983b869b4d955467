// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What of a product's configuration can only be seen by comparing: which names
//! change from one candidate to the next, and what is unusual though it can be used.

use super::check::ProductFault;
use super::product::Product;

/// How many hours a vote lasts at least by the foundation's release policy ("Release
/// approval").
const POLICY_HOURS: u32 = 72;

/// The faults that show when `product` is filled in for two candidates: what belongs
/// to a candidate has a name of its own in each, what belongs to the release has not.
pub fn check_numbering(first: &Product, second: &Product) -> Vec<ProductFault> {
    let mut faults = Vec::new();
    let mut compare = |field: String, one: &str, other: &str, numbered: bool| {
        if (one != other) != numbered {
            let expected = match numbered {
                true => "a name with the candidate's number in it: {{ candidate.number }}",
                false => "the same name whatever the candidate's number is",
            };
            faults.push(ProductFault { field, value: format!("{one:?}"), expected: expected.to_owned() });
        }
    };
    let (git, other) = (&first.git, &second.git);
    compare("git.candidate_branch".into(), &git.candidate_branch, &other.candidate_branch, true);
    for (index, (one, other)) in git.candidate_tags.iter().zip(&other.candidate_tags).enumerate() {
        compare(format!("git.candidate_tags[{index}]"), one, other, true);
    }
    compare("git.release_branch".into(), &git.release_branch, &other.release_branch, false);
    for (index, (one, other)) in git.release_tags.iter().zip(&other.release_tags).enumerate() {
        compare(format!("git.release_tags[{index}]"), one, other, false);
    }
    let (svn, other) = (&first.svn, &second.svn);
    compare("svn.candidate_directory".into(), &svn.candidate_directory, &other.candidate_directory, true);
    compare("svn.release_directory".into(), &svn.release_directory, &other.release_directory, false);
    faults
}

/// What a release can use, and what somebody should have meant to say.
pub fn doubts(product: &Product, rehearsal: bool) -> Vec<String> {
    let hours = product.waits.vote_hours;
    let short = hours < POLICY_HOURS && !rehearsal;
    let doubt = format!(
        "waits.vote_hours = {hours}: the foundation's release policy wants a vote to be open for at least \
         {POLICY_HOURS} hours"
    );
    short.then_some(doubt).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{Assets, parse_product, render_product};

    /// The sample with a text replaced, filled in for two candidates.
    fn sample(old: &str, new: &str) -> [Product; 2] {
        let file = "release-config/sample.toml";
        let text = Assets::default().text(file).unwrap();
        assert!(text.contains(old), "{old}");
        let product = parse_product(file, &text.replace(old, new)).unwrap();
        [1, 2].map(|number| {
            let values = json!({
                "version": "1.2.0", "short_version": "1.2", "major": 1, "minor": 2, "patch": 0, "kind": "minor",
                "candidate": {"number": number},
            });
            render_product(&product, &values).unwrap()
        })
    }

    fn faults(old: &str, new: &str) -> Vec<String> {
        let [first, second] = sample(old, new);
        check_numbering(&first, &second).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_belongs_to_a_candidate_has_its_number_and_nothing_else_has() {
        let number = "-rc{{ candidate.number }}";
        assert_eq!(faults("Greeter", "Greeter"), [""; 0]);
        let directory = |version: &str| format!("candidate_directory = \"greeter-{{{{ version }}}}{version}\"");
        assert_eq!(faults(&directory(number), &directory("-rc1")), ["svn.candidate_directory"]);
        let branch = |version: &str| format!("candidate_branch = \"release-{{{{ version }}}}{version}\"");
        assert_eq!(faults(&branch(number), &branch("-candidate")), ["git.candidate_branch"]);
        let tag = |version: &str| format!("\"greeter-sdk-go/v{{{{ version }}}}{version}\",\n]");
        assert_eq!(faults(&tag(number), &tag("-rc")), ["git.candidate_tags[1]"]);
        let released = "release_directory = \"greeter-{{ version }}";
        assert_eq!(faults(released, &format!("{released}{number}")), ["svn.release_directory"]);
    }

    #[test]
    fn a_short_vote_is_a_doubt_unless_it_is_rehearsed() {
        let [short, _] = sample("vote_hours = 72", "vote_hours = 71");
        assert!(doubts(&short, false)[0].contains("waits.vote_hours = 71"));
        assert_eq!(doubts(&short, true), [""; 0]);
        let [usual, _] = sample("vote_hours = 72", "vote_hours = 72");
        assert_eq!(doubts(&usual, false), [""; 0]);
    }
}
