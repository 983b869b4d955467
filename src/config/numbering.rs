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
use crate::release::{Change, Version};

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
    // what was voted on is what is released, under the same name
    compare("source.file".into(), &first.source.file, &second.source.file, false);
    compare("source.root".into(), &first.source.root, &second.source.root, false);
    for (index, (one, other)) in first.build.iter().zip(&second.build).enumerate() {
        for (place, (one, other)) in one.outputs.iter().zip(&other.outputs).enumerate() {
            let part = if one.name.is_empty() { "glob" } else { "name" };
            compare(format!("build[{index}].outputs[{place}].{part}"), one.staged(), other.staged(), false);
        }
    }
    compare("jira.version".into(), &first.jira.version, &second.jira.version, false);
    faults
}

/// The faults that show when a product is filled in for several releases, the one that is begun first:
/// what belongs to a release has a name of its own in each, or the next one would find it taken.
pub fn check_versions(filled_in: &[(Version, Product)]) -> Vec<ProductFault> {
    let Some(((version, product), others)) = filled_in.split_first() else { return Vec::new() };
    let mut faults = Vec::new();
    for (index, Named { field, name, of }) in names(product).into_iter().enumerate() {
        let same = others.iter().find(|(other, product)| {
            let differs = of == Of::Release || other.series() != version.series();
            differs && names(product).get(index).is_some_and(|other| other.name == name)
        });
        let Some((other, _)) = same else { continue };
        let value = match of {
            Of::Release => "the version in it, {{ version }}",
            Of::Series => "the series in it, {{ short_version }}",
        };
        let expected = format!("a name with {value}: {other} would have the same as {version}");
        faults.push(ProductFault { field, value: format!("{name:?}"), expected });
    }
    faults
}

/// Whose a name is alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Release,
    Series,
}

struct Named<'p> {
    field: String,
    name: &'p str,
    of: Of,
}

/// The names that belong to one release or series, in the same order for each.
fn names(product: &Product) -> Vec<Named<'_>> {
    let Product { git, svn, source, jira, pypi, npm, website, .. } = product;
    let mut names: Vec<(String, &str, Of)> = Vec::new();
    for (list, tags) in [("candidate_tags", &git.candidate_tags), ("release_tags", &git.release_tags)] {
        let tags = tags.iter().enumerate();
        names.extend(tags.map(|(index, tag)| (format!("git.{list}[{index}]"), tag.as_str(), Of::Release)));
    }
    for (field, name) in [
        ("git.candidate_branch", &git.candidate_branch),
        ("source.file", &source.file),
        ("source.root", &source.root),
        ("svn.candidate_directory", &svn.candidate_directory),
        ("svn.release_directory", &svn.release_directory),
        ("jira.version", &jira.version),
    ] {
        names.push((field.to_owned(), name, Of::Release));
    }
    for (index, file) in pypi.iter().flat_map(|pypi| &pypi.files).enumerate() {
        names.push((format!("pypi.files[{index}]"), file, Of::Release));
    }
    names.extend(npm.iter().map(|npm| ("npm.file".to_owned(), npm.file.as_str(), Of::Release)));
    for (list, changes) in &website.edits {
        for (index, change) in changes.iter().enumerate() {
            let field = format!("website.edits.{list}[{index}]");
            match change {
                Change::YamlKey { key, .. } => names.push((format!("{field}.key"), key, Of::Series)),
                // a file that is there already is left as it is
                Change::File { file, .. } => names.push((format!("{field}.file"), file, Of::Release)),
                Change::Toml { .. } | Change::YamlItem { .. } | Change::Line { .. } => {}
            }
        }
    }
    names.into_iter().map(|(field, name, of)| Named { field, name, of }).collect()
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
        for (field, released) in [
            ("svn.release_directory", "release_directory = \"greeter-{{ version }}"),
            ("source.file", "file = \"greeter-{{ version }}"),
            ("source.root", "root = \"greeter-{{ version }}"),
            ("build[0].outputs[0].name", "name = \"apache-greeter-{{ version }}.tar"),
        ] {
            let (before, after) = released.split_once(" }}").unwrap();
            assert_eq!(faults(released, &format!("{before} }}}}{number}{after}")), [field]);
        }
    }

    /// The product as releases of each kind after 1.2.0 have it, and 1.2.0.
    fn filled_in(product: &Product) -> Vec<(Version, Product)> {
        let first = Version { major: 1, minor: 2, patch: 0 };
        let fill = |version: Version| {
            let Version { major, minor, patch } = version;
            let values = json!({
                "version": version.to_string(), "short_version": version.series(), "major": major,
                "minor": minor, "patch": patch, "kind": version.kind().word(), "candidate": {"number": 1},
            });
            (version, render_product(product, &values).unwrap())
        };
        [first].into_iter().chain(of_each_kind(first)).map(fill).collect()
    }

    #[test]
    fn what_belongs_to_a_release_has_another_name_in_the_next() {
        let file = "release-config/sample.toml";
        let text = Assets::default().text(file).unwrap();
        let faults = |old: &str, new: &str| -> Vec<String> {
            assert!(text.contains(old), "{old}");
            let product = parse_product(file, &text.replacen(old, new, 1)).unwrap();
            check_versions(&filled_in(&product)).iter().map(ToString::to_string).collect()
        };
        assert_eq!(faults("Greeter", "Greeter"), [""; 0]);
        let tags = "release_tags = [\"release-{{ version }}\", \"greeter-sdk-go/v{{ version }}\"]";
        assert_eq!(
            faults(tags, "release_tags = [\"stable\", \"v{{ short_version }}\"]"),
            [
                "git.release_tags[0] = \"stable\": expected a name with the version in it, {{ version }}: 41.0.0 would have \
                 the same as 1.2.0",
                "git.release_tags[1] = \"v1.2\": expected a name with the version in it, {{ version }}: 1.2.40 would have the \
                 same as 1.2.0",
            ]
        );
        for (old, new, field) in [
            (
                "\"release-{{ version }}-rc{{ candidate.number }}\",\n",
                "\"rc{{ candidate.number }}\",\n",
                "git.candidate_tags[0]",
            ),
            ("branch = \"release-{{ version }}-rc", "branch = \"rc", "git.candidate_branch"),
            ("file = \"greeter-{{ version }}-src", "file = \"greeter-src", "source.file"),
            ("root = \"greeter-{{ version }}\"", "root = \"greeter\"", "source.root"),
            (
                "release_directory = \"greeter-{{ version }}\"",
                "release_directory = \"greeter\"",
                "svn.release_directory",
            ),
            (
                "candidate_directory = \"greeter-{{ version }}-",
                "candidate_directory = \"greeter-",
                "svn.candidate_directory",
            ),
            ("files = [\"apache-greeter-{{ version }}", "files = [\"apache-greeter", "pypi.files[0]"),
            ("file = \"apache-greeter-{{ version }}.tgz", "file = \"apache-greeter.tgz", "npm.file"),
            ("\nversion = \"{{ version }}\"", "\nversion = \"{{ short_version }}\"", "jira.version"),
            ("key = \"{{ short_version }}\"", "key = \"greeter\"", "website.edits.download[0].key"),
            ("posts/release-greeter-{{ version }}", "posts/release-greeter", "website.edits.post[0].file"),
        ] {
            let found = faults(old, new);
            assert!(matches!(&found[..], [fault] if fault.starts_with(&format!("{field} = "))), "{new}: {found:?}");
        }
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
            check_next_version(&filled_in(&product)).map(|fault| fault.expected)
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
