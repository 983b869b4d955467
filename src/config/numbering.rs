// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What of a product's configuration can only be seen by comparing: which names
//! change from one candidate, or one kind of release, to the next, and what is unusual though it
//! can be used.

use super::check::ProductFault;
use super::expected::holds_version;
use super::product::Product;
use crate::release::Version;

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

/// Releases of each kind that could follow `version`: what is said by a rule must be right for
/// them as well. They are far off, so that a number which is written out is none of theirs.
pub fn of_each_kind(version: Version) -> [Version; 3] {
    let far = |number: u32| number.saturating_add(40);
    let Version { major, minor, patch } = version;
    [
        Version { major: far(major), minor: 0, patch: 0 },
        Version { major, minor: far(minor), patch: 0 },
        Version { major, minor, patch: far(patch) },
    ]
}

/// The fault that shows when `product` is filled in for releases of several kinds: the tracker's
/// next version is never the one that is released, or later issues would go into its notes.
pub fn check_next_version(filled_in: &[(Version, Product)]) -> Option<ProductFault> {
    filled_in.iter().find_map(|(version, product)| {
        let (this, next) = (&product.jira.version, &product.jira.next_version);
        let same = this == next || holds_version(next, &version.to_string());
        same.then(|| ProductFault {
            field: "jira.next_version".into(),
            value: format!("{next:?}"),
            expected: format!(
                "the version after {version}, which is a {} release: \
                 {{% if kind == 'bugfix' %}}{{{{ short_version }}}}.{{{{ patch | int + 1 }}}}{{% else %}}\
                 {{{{ major }}}}.{{{{ minor | int + 1 }}}}.0{{% endif %}}",
                version.kind().word()
            ),
        })
    })
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
    fn the_next_version_is_another_one_for_every_kind_of_release() {
        let file = "release-config/sample.toml";
        let text = Assets::default().text(file).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = lines.iter().position(|line| line.starts_with("next_version = ")).unwrap();
        let mut fault = |template: &str| {
            if !template.is_empty() {
                lines[at] = format!("next_version = {template:?}");
            }
            let product = parse_product(file, &lines.join("\n")).unwrap();
            let first = Version { major: 1, minor: 2, patch: 0 };
            let filled_in: Vec<(Version, Product)> = [first]
                .into_iter()
                .chain(of_each_kind(first))
                .map(|version| {
                    let Version { major, minor, patch } = version;
                    let values = json!({
                        "version": version.to_string(), "short_version": version.series(), "major": major,
                        "minor": minor, "patch": patch, "kind": version.kind().word(), "candidate": {"number": 1},
                    });
                    (version, render_product(&product, &values).unwrap())
                })
                .collect();
            check_next_version(&filled_in).map(|fault| fault.expected)
        };
        assert_eq!(fault(""), None, "the sample's own");
        let expected = |of: &str| Some(format!("the version after {of} release"));
        for (template, of) in [
            ("{{ version }}", "1.2.0, which is a minor"),
            ("greeter-{{ version }}", "1.2.0, which is a minor"),
            ("{{ short_version }}.{{ patch }}", "1.2.0, which is a minor"),
            ("{% if kind == 'minor' %}1.3.0{% else %}{{ version }}{% endif %}", "41.0.0, which is a major"),
            ("{% if patch %}{{ version }}{% else %}1.3.0{% endif %}", "1.2.40, which is a bugfix"),
        ] {
            let found = fault(template).map(|text| text.split_once(':').unwrap().0.to_owned());
            assert_eq!(found, expected(of), "{template}");
        }
        assert_eq!(fault("1.3.0"), None, "one that is written out is right for this release");
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
