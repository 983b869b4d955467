// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which files of a candidate are artifacts, which stand beside them, and what is missing,
//! left over or forbidden. Names and sizes are all that is looked at.
//!
//! The rules are those of <https://infra.apache.org/release-distribution.html>: every
//! artifact has a signature and a SHA-512 (or SHA-256) checksum; MD5 and SHA-1 are not to
//! be published. A Maven repository is different: its clients read `.sha1`, and its tools
//! make `.md5` and `.sha1` of everything.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::folded;
use super::contents::names_snapshot;
use super::file_names::{name_fault, shown_name};
use super::layout::is_index;
use super::signature::printable;
use super::{Finding, Layout};

/// The check's name in findings.
const NAME: &str = "inventory";

/// A file of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path from the candidate's directory, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// An artifact with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its path from the candidate's directory.
    pub path: String,
    /// The path of its `.asc`.
    pub signature: Option<String>,
    /// The paths of its `.sha512`, `.sha256`, `.sha1` and `.md5`, which can be held against it.
    pub checksums: Vec<String>,
}

/// What a candidate consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The artifacts, sorted by path.
    pub artifacts: Vec<Artifact>,
    /// What was found of each file, by its path.
    pub files: BTreeMap<String, Vec<Finding>>,
    /// What was found of the candidate as a whole.
    pub whole: Vec<Finding>,
}

/// The file of that path may be beside a candidate without being part of it. That it is
/// one of keys is for who reads it to say.
pub const KEYS: &str = "KEYS";

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role<'a> {
    Artifact,
    /// It belongs to the file of that path.
    Companion(&'a str),
    /// Its ending is not to be published.
    Forbidden(&'static str),
    /// It is neither published with the release nor part of it.
    PassedOver,
}

/// Takes stock of a candidate's `files`.
pub fn inventory(files: &[Listed], layout: Layout) -> Inventory {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut taken = Inventory { artifacts: Vec::new(), files: BTreeMap::new(), whole: Vec::new() };
    for file in files {
        let mut findings = Vec::new();
        if file.bytes == 0 {
            findings.push(Finding::fail(NAME, "the file is empty"));
        }
        let role = role(&file.path, layout);
        findings.extend(of_name(&file.path, role));
        match role {
            Role::Artifact => {
                let artifact = artifact(&file.path, &paths);
                findings.extend(of_artifact(&artifact, &paths, layout));
                taken.artifacts.push(artifact);
            }
            Role::Companion(of) => findings.extend(of_companion(of, &paths, layout)),
            Role::Forbidden(ending) => findings.push(Finding::fail(
                NAME,
                format!("{ending} files are not to be published, expected .asc and .sha512"),
            )),
            Role::PassedOver => {}
        }
        if !findings.is_empty() {
            taken.files.entry(file.path.clone()).or_default().extend(findings);
        }
    }
    taken.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    taken.whole = whole(files, &paths, taken.artifacts.len());
    taken
}

fn role(path: &str, layout: Layout) -> Role<'_> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path == KEYS || layout == Layout::Maven && is_index(name) {
        return Role::PassedOver;
    }
    let Some((of, ending)) = path.rsplit_once('.') else { return Role::Artifact };
    match (ending.to_ascii_lowercase().as_str(), layout) {
        ("asc" | "sha512" | "sha256", _) | ("md5" | "sha1", Layout::Maven) => Role::Companion(of),
        ("md5", _) => Role::Forbidden(".md5"),
        ("sha1", _) => Role::Forbidden(".sha1"),
        ("sha", _) => Role::Forbidden(".sha"),
        ("sig", _) => Role::Forbidden(".sig"),
        _ => Role::Artifact,
    }
}

/// Whether the file at `path` is an artifact, and not what stands beside one.
pub(super) fn is_artifact(path: &str, layout: Layout) -> bool {
    role(path, layout) == Role::Artifact
}

/// That a person sees another name than the file has; what belongs to a file says it of that alone.
fn of_name(path: &str, role: Role<'_>) -> Option<Finding> {
    if matches!(role, Role::Companion(of) if name_fault(of).is_some()) {
        return None;
    }
    let fault = name_fault(path)?;
    Some(Finding::fail(NAME, format!("its name, `{}`, holds {fault}: call it by plain letters", shown_name(path))))
}

fn artifact(path: &str, paths: &BTreeSet<&str>) -> Artifact {
    let beside = |ending: &str| Some(format!("{path}.{ending}")).filter(|path| paths.contains(path.as_str()));
    Artifact {
        path: path.to_owned(),
        signature: beside("asc"),
        checksums: ["sha512", "sha256", "sha1", "md5"].into_iter().filter_map(beside).collect(),
    }
}

/// What a web server shows around the listing of a directory, as Commons stages it.
const INDEX_PAGES: [&str; 6] = [".htaccess", "HEADER", "HEADER.html", "README.html", "footer.html", "index.html"];

/// That the artifact has what must stand beside it.
fn of_artifact(artifact: &Artifact, paths: &BTreeSet<&str>, layout: Layout) -> Vec<Finding> {
    let base = artifact.path.rsplit('/').next().unwrap_or(&artifact.path);
    let mut faults = Vec::new();
    if artifact.signature.is_none()
        && artifact.checksums.is_empty()
        && layout == Layout::Distribution
        && INDEX_PAGES.contains(&base)
    {
        let detail = "unsigned: a page of the directory's listing, and no artifact of the release";
        return vec![Finding::warn(NAME, detail)];
    }
    if artifact.signature.is_none() {
        faults.push(Finding::fail(NAME, format!("unsigned: there is no {}.asc", printable(base))));
    }
    let strong = |checksum: &String| checksum.ends_with(".sha512") || checksum.ends_with(".sha256");
    let (has, wanted) = match layout {
        Layout::Distribution => (artifact.checksums.iter().any(strong), ".sha512 or .sha256"),
        Layout::Maven => (paths.contains(format!("{}.sha1", artifact.path).as_str()), ".sha1"),
    };
    if !has {
        faults.push(Finding::fail(NAME, format!("no checksum: there is no {wanted} of {}", printable(base))));
    }
    if faults.is_empty() {
        faults.push(Finding::pass(NAME, "has a signature and a checksum"));
    }
    if names_snapshot(&artifact.path) {
        faults.push(Finding::fail("version", "it is called as a snapshot is"));
    }
    faults
}

/// That what the companion belongs to is there, and is something to stand beside.
fn of_companion(of: &str, paths: &BTreeSet<&str>, layout: Layout) -> Option<Finding> {
    if !paths.contains(of) {
        return Some(Finding::fail(NAME, format!("orphaned: there is no {}", printable(of))));
    }
    // Maven makes checksums of signatures as well
    (layout == Layout::Distribution && matches!(role(of, layout), Role::Companion(_)))
        .then(|| Finding::warn(NAME, "a signature or checksum of a signature or checksum, which nobody asks for"))
}

fn whole(files: &[Listed], paths: &BTreeSet<&str>, artifacts: usize) -> Vec<Finding> {
    if files.is_empty() {
        return vec![Finding::fail(NAME, "the directory is empty, expected the candidate's files")];
    }
    let mut findings = Vec::new();
    if paths.len() < files.len() {
        findings.push(Finding::fail(NAME, "a name is there twice"));
    }
    let mut by_folded: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        if let Some(other) = by_folded.insert(folded(path), path) {
            let (a, b) = (printable(other), printable(path));
            findings.push(Finding::fail(NAME, format!("{a} and {b} are one file where case does not count")));
        }
    }
    findings.push(match artifacts {
        0 => Finding::fail(NAME, "there is no artifact among the files"),
        _ => Finding::pass(NAME, format!("{artifacts} artifacts, {} files", files.len())),
    });
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Status;

    fn listed(names: &[&str]) -> Vec<Listed> {
        names.iter().map(|name| Listed { path: (*name).into(), bytes: 1 }).collect()
    }

    /// The failures and warnings as "path: detail".
    fn complaints(names: &[&str], layout: Layout) -> Vec<String> {
        let taken = inventory(&listed(names), layout);
        let by_file = taken.files.iter().flat_map(|(path, all)| all.iter().map(move |each| (path.as_str(), each)));
        by_file
            .chain(taken.whole.iter().map(|each| (".", each)))
            .filter(|(_, each)| each.status != Status::Pass)
            .map(|(path, each)| format!("{path}: {}", each.detail))
            .collect()
    }

    #[test]
    fn a_complete_candidate_has_nothing_to_complain_of() {
        let names = ["a.tgz", "a.tgz.asc", "a.tgz.sha512", "b/c.jar", "b/c.jar.asc", "b/c.jar.sha256", "KEYS"];
        assert_eq!(complaints(&names, Layout::Distribution), [""; 0]);
        let taken = inventory(&listed(&names), Layout::Distribution);
        assert_eq!(
            taken.artifacts[1],
            Artifact {
                path: "b/c.jar".into(),
                signature: Some("b/c.jar.asc".into()),
                checksums: vec!["b/c.jar.sha256".into()],
            }
        );
        assert_eq!(taken.whole, [Finding::pass("inventory", "2 artifacts, 7 files")]);
    }

    #[test]
    fn a_page_of_the_listing_is_told_and_no_fault() {
        let whole = ["a.tgz", "a.tgz.asc", "a.tgz.sha512", "HEADER.html", "README.md"];
        let unsigned = complaints(&whole, Layout::Distribution);
        assert!(
            unsigned.contains(
                &"HEADER.html: unsigned: a page of the directory's listing, and no artifact of the release".to_owned()
            ),
            "{unsigned:?}"
        );
        assert!(unsigned.contains(&"README.md: unsigned: there is no README.md.asc".to_owned()), "{unsigned:?}");
    }

    #[test]
    fn each_fault_names_its_file() {
        for (names, expected) in [
            (&["a.tgz", "a.tgz.sha512"][..], &["a.tgz: unsigned: there is no a.tgz.asc"][..]),
            (&["a.tgz", "a.tgz.asc"], &["a.tgz: no checksum: there is no .sha512 or .sha256 of a.tgz"]),
            (
                &["a.tgz", "a.tgz.asc", "a.tgz.sha512", "b.tgz.asc", "b.tgz.sha512"],
                &["b.tgz.asc: orphaned: there is no b.tgz", "b.tgz.sha512: orphaned: there is no b.tgz"],
            ),
            (
                &["a.tgz", "a.tgz.asc", "a.tgz.sha512", "a.tgz.md5", "a.tgz.sig"],
                &[
                    "a.tgz.md5: .md5 files are not to be published, expected .asc and .sha512",
                    "a.tgz.sig: .sig files are not to be published, expected .asc and .sha512",
                ],
            ),
            (
                &["a.tgz", "a.tgz.asc", "a.tgz.sha512", "a.tgz.asc.sha512"],
                &["a.tgz.asc.sha512: a signature or checksum of a signature or checksum, which nobody asks for"],
            ),
            (
                &["a", "a.asc", "a.sha512", "A", "A.asc", "A.sha512"],
                &[
                    ".: A and a are one file where case does not count",
                    ".: A.asc and a.asc are one file where case does not count",
                    ".: A.sha512 and a.sha512 are one file where case does not count",
                ],
            ),
            (&["KEYS"], &[".: there is no artifact among the files"]),
            (&[], &[".: the directory is empty, expected the candidate's files"]),
        ] {
            assert_eq!(complaints(names, Layout::Distribution), expected);
        }
        for ending in ["sha1", "sha", "SHA1", "MD5"] {
            let name = format!("a.tgz.{ending}");
            let all = complaints(&["a.tgz", "a.tgz.asc", "a.tgz.sha512", &name], Layout::Distribution);
            assert_eq!(all.len(), 1, "{all:?}");
        }
    }

    #[test]
    fn what_is_called_like_something_passed_over_is_an_artifact() {
        let unsigned = |name: &str, layout| complaints(&[name], layout).iter().any(|said| said.contains("unsigned"));
        for name in ["bin/KEYS", "maven-metadata.xml-evil.tar.gz", "KEYS.txt", "maven-metadata.xml"] {
            assert!(unsigned(name, Layout::Distribution), "{name}");
        }
        assert!(unsigned("g/a/maven-metadata.xml-evil.tar.gz", Layout::Maven));
        assert!(unsigned("g/a/archetype-catalog.xml.zip", Layout::Maven));
        assert!(!unsigned("g/a/maven-metadata.xml.sha512", Layout::Maven));
    }

    #[test]
    fn a_name_that_is_shown_as_another_fails_once() {
        let name = "demo-1.2.0-\u{455}rc.tgz";
        let names = [name.to_owned(), format!("{name}.asc"), format!("{name}.sha512")];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for layout in [Layout::Distribution, Layout::Maven] {
            let all: Vec<String> = complaints(&names, layout).into_iter().filter(|it| it.contains("letter")).collect();
            assert_eq!(all.len(), 1, "{all:?}");
            assert!(
                all[0].contains("its name, `demo-1.2.0-\\u{455}rc.tgz`, holds a letter of another script"),
                "{all:?}"
            );
        }
        let orphan = complaints(&["a.tgz", "a.tgz.asc", "a.tgz.sha512", "a.tgz.asc "], Layout::Distribution);
        assert!(orphan.iter().any(|fault| fault.contains("`a.tgz.asc\\u{20}`")), "{orphan:?}");
    }

    #[test]
    fn an_empty_file_fails() {
        let mut files = listed(&["a.tgz", "a.tgz.asc", "a.tgz.sha512"]);
        files[1].bytes = 0;
        let taken = inventory(&files, Layout::Distribution);
        assert_eq!(taken.files["a.tgz.asc"], [Finding::fail("inventory", "the file is empty")]);
    }

    #[test]
    fn a_maven_repository_has_its_own_rules() {
        let dir = "org/example/greeter/3.4.0";
        let whole: Vec<String> = ["jar", "jar.asc", "jar.md5", "jar.sha1", "jar.asc.md5", "jar.asc.sha1"]
            .iter()
            .map(|ending| format!("{dir}/greeter-3.4.0.{ending}"))
            .chain(["maven-metadata.xml", "maven-metadata.xml.sha1"].map(|name| format!("org/example/greeter/{name}")))
            .collect();
        let names: Vec<&str> = whole.iter().map(String::as_str).collect();
        assert_eq!(complaints(&names, Layout::Maven), [""; 0]);
        assert_eq!(inventory(&listed(&names), Layout::Maven).artifacts.len(), 1);
        assert!(complaints(&names, Layout::Distribution).len() > 4);
        let bare = complaints(&["a/b.jar", "a/b.jar.sha512"], Layout::Maven);
        assert_eq!(
            bare,
            ["a/b.jar: unsigned: there is no b.jar.asc", "a/b.jar: no checksum: there is no .sha1 of b.jar"]
        );
    }
}
