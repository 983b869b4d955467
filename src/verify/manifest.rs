// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The manifest that a release writes and `--expect` reads: the candidate's files with
//! their digests. It binds a vote to bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Finding;
use super::signature::printable;
use crate::release::{FileDigest, Sha512};

/// The check's name in findings.
const NAME: &str = "manifest";

/// The one format there is.
const FORMAT: u32 = 1;

/// A candidate's files, bound to their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this format, 1.
    format: u32,
    /// The product's name.
    pub product: String,
    /// The version that is released.
    pub version: String,
    /// The candidate's number.
    pub candidate: u32,
    /// The commit that the candidate was made of, in 40 (SHA-1) or 64 (SHA-256) digits.
    pub commit: String,
    /// Every file of the candidate, sorted by name.
    files: Vec<FileDigest>,
}

/// What is known of a candidate from elsewhere than its manifest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The product, by its configuration's name.
    pub product: Option<&'a str>,
    /// The version.
    pub version: Option<&'a str>,
    /// The commit of the tag that its source archive is made from.
    pub commit: Option<&'a str>,
    /// The candidate's number.
    pub candidate: Option<u32>,
}

/// Why bytes are no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// They are not JSON of this shape.
    #[error("{name} is not a manifest: {message}")]
    Shape {
        /// The file.
        name: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// They are a manifest that says something impossible.
    #[error("{name} is not a manifest that can be relied on: {fault}")]
    Fault {
        /// The file.
        name: String,
        /// What is wrong, what was expected.
        fault: String,
    },
}

impl Manifest {
    /// The manifest of these files.
    pub fn new(product: &str, version: &str, candidate: u32, commit: &str, mut files: Vec<FileDigest>) -> Self {
        files.sort();
        Self {
            format: FORMAT,
            product: product.to_owned(),
            version: version.to_owned(),
            candidate,
            commit: commit.to_owned(),
            files,
        }
    }

    /// Reads the manifest file called `name`.
    ///
    /// # Errors
    /// When the bytes are not JSON of this shape and format, or name no file, a file
    /// twice, a path that leads elsewhere, or something that is no digest.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, ManifestError> {
        let mut manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| ManifestError::Shape { name: name.to_owned(), message: error.to_string() })?;
        manifest.normalize().map_err(|fault| ManifestError::Fault { name: name.to_owned(), fault })?;
        Ok(manifest)
    }

    /// Every file of the candidate, sorted by name.
    pub fn files(&self) -> &[FileDigest] {
        &self.files
    }

    /// The manifest as a file: JSON, indented, with a line's end. The same files always
    /// give the same text.
    ///
    /// # Errors
    /// Never in practice: all of it is text and numbers.
    pub fn to_text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Holds the files that were found against the manifest: the set and the bytes must
    /// be exactly those. Every missing, extra and differing file is named.
    pub fn compare(&self, found: &[FileDigest]) -> Vec<Finding> {
        let expected: BTreeMap<&str, &FileDigest> = self.files.iter().map(|file| (file.name.as_str(), file)).collect();
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for file in found {
            let name = printable(&file.name);
            if !seen.insert(file.name.as_str()) {
                faults.push(format!("{name} was found twice"));
            }
            match expected.get(file.name.as_str()) {
                None => faults.push(format!("{name} is not in the manifest")),
                Some(wanted) if wanted.bytes != file.bytes => {
                    faults.push(format!("{name} has {} bytes, expected {}", file.bytes, wanted.bytes));
                }
                Some(wanted) if wanted.sha512 != file.sha512 => faults.push(format!(
                    "{name} has other bytes: SHA-512 {}…, expected {}…",
                    start(&file.sha512),
                    start(&wanted.sha512)
                )),
                Some(_) => {}
            }
        }
        let missing = expected.keys().filter(|name| !seen.contains(*name));
        faults.extend(missing.map(|name| format!("{} is missing", printable(name))));
        if faults.is_empty() {
            let count = self.files.len();
            let what = format!("{} {}, candidate {}", self.product, self.version, self.candidate);
            return vec![Finding::pass(NAME, format!("the {count} files are those of {}", printable(&what)))];
        }
        faults.sort();
        faults.into_iter().map(|fault| Finding::fail(NAME, fault)).collect()
    }

    /// Holds what the manifest says of itself against what is known of the candidate: a
    /// manifest of another release binds nobody to this one.
    pub fn held_against(&self, known: &Known<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut hold = |what: &str, says: &str, known: Option<&str>| match known {
            Some(known) if known.eq_ignore_ascii_case(says) => {}
            Some(known) => {
                let (says, known) = (printable(says), printable(known));
                findings.push(Finding::fail(NAME, format!("it is for {what} {says}, the candidate's is {known}")));
            }
            None => {
                let detail = format!("it is for {what} {}, and the candidate's is not known", printable(says));
                findings.push(Finding::skip(NAME, detail));
            }
        };
        hold("the product", &self.product, known.product);
        hold("the version", &self.version, known.version);
        hold("the commit", &self.commit, known.commit);
        if let Some(number) = known.candidate {
            hold("candidate", &self.candidate.to_string(), Some(&number.to_string()));
        }
        findings
    }

    /// Checks what the shape alone does not say, and brings it in order.
    fn normalize(&mut self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("its format is {}, expected {FORMAT}", self.format));
        }
        if !matches!(self.commit.len(), 40 | 64) || !self.commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!("\"{}\" is no commit, expected 40 or 64 digits", printable(&self.commit)));
        }
        if self.files.is_empty() {
            return Err("it names no file".to_owned());
        }
        for file in &mut self.files {
            let name = printable(&file.name);
            if !within(&file.name) {
                return Err(format!("\"{name}\" is not the name of a file in the candidate's directory"));
            }
            file.sha512 = Sha512::from_digits(file.sha512.as_str())
                .ok_or_else(|| format!("the sha512 of {name} is no SHA-512, expected 128 digits"))?;
        }
        self.files.sort();
        match self.files.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(format!("it names {} twice", printable(&pair[0].name))),
            None => Ok(()),
        }
    }
}

/// Whether the path stays in the directory that it is relative to.
fn within(path: &str) -> bool {
    !path.contains(['\\', '\0']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn start(digest: &Sha512) -> &str {
    digest.as_str().get(..16).unwrap_or(digest.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verify::Status;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn file(name: &str, bytes: &[u8]) -> FileDigest {
        FileDigest { name: name.into(), bytes: bytes.len() as u64, sha512: Sha512::of(bytes) }
    }

    fn manifest() -> Manifest {
        Manifest::new("greeter", "3.4.0", 1, COMMIT, vec![file("b.tgz", b"b"), file("a.tgz", b"a")])
    }

    #[test]
    fn what_is_written_is_read_and_holds() {
        let text = manifest().to_text().unwrap();
        let read = Manifest::parse("m.json", text.as_bytes()).unwrap();
        assert_eq!(read, manifest());
        assert_eq!(read.to_text().unwrap(), text);
        let findings = read.compare(&[file("b.tgz", b"b"), file("a.tgz", b"a")]);
        assert_eq!(findings, [Finding::pass("manifest", "the 2 files are those of greeter 3.4.0, candidate 1")]);
        let upper = text.replace(Sha512::of(b"a").as_str(), &Sha512::of(b"a").as_str().to_uppercase());
        assert_eq!(Manifest::parse("m.json", upper.as_bytes()).unwrap(), manifest());
    }

    #[test]
    fn every_difference_is_named() {
        let found = [file("a.tgz", b"c"), file("c.tgz", b"c"), file("c.tgz", b"c")];
        let findings = manifest().compare(&found);
        assert!(findings.iter().all(|finding| finding.status == Status::Fail));
        let details: Vec<_> = findings.iter().map(|finding| finding.detail.as_str()).collect();
        assert_eq!(
            details[1..],
            [
                "b.tgz is missing",
                "c.tgz is not in the manifest",
                "c.tgz is not in the manifest",
                "c.tgz was found twice"
            ]
        );
        assert!(details[0].starts_with("a.tgz has other bytes: SHA-512 "), "{details:?}");
        let longer = manifest().compare(&[file("a.tgz", b"aa"), file("b.tgz", b"b")]);
        assert_eq!(longer, [Finding::fail("manifest", "a.tgz has 2 bytes, expected 1")]);
        assert_eq!(manifest().compare(&[]).len(), 2);
    }

    #[test]
    fn a_manifest_of_another_release_does_not_hold() {
        let known =
            Known { product: Some("greeter"), version: Some("3.4.0"), commit: Some(COMMIT), candidate: Some(1) };
        assert_eq!(manifest().held_against(&known), []);
        let other = COMMIT.replace('0', "f");
        for (known, says) in [
            (Known { product: Some("other"), ..known }, "for the product greeter, the candidate's is other"),
            (Known { version: Some("3.4.1"), ..known }, "for the version 3.4.0, the candidate's is 3.4.1"),
            (Known { commit: Some(&other), ..known }, "for the commit 0123"),
            (Known { candidate: Some(2), ..known }, "for candidate 1, the candidate's is 2"),
        ] {
            let found = manifest().held_against(&known);
            assert!(found.len() == 1 && found[0].status == Status::Fail && found[0].detail.contains(says), "{found:?}");
        }
        let unknown = manifest().held_against(&Known::default());
        assert!(unknown.len() == 3 && unknown.iter().all(|found| found.status == Status::Skip), "{unknown:?}");
    }

    #[test]
    fn what_is_no_manifest_is_refused_with_the_reason() {
        let good = manifest().to_text().unwrap();
        let digest = Sha512::of(b"a").to_string();
        for (text, expected) in [
            (String::new(), "m.json is not a manifest: EOF"),
            (good.replace("\"format\": 1", "\"format\": 2"), "its format is 2, expected 1"),
            (good.replace("\"product\"", "\"extra\": 1, \"product\""), "unknown field `extra`"),
            (good.replace("  \"version\": \"3.4.0\",\n", ""), "missing field `version`"),
            (good.replace(COMMIT, "main"), "\"main\" is no commit"),
            (good.replace(&digest, "abc"), "the sha512 of a.tgz is no SHA-512"),
            (good.replace("b.tgz", "a.tgz"), "it names a.tgz twice"),
            (good.replace("b.tgz", "../b.tgz"), "\"../b.tgz\" is not the name"),
            (good.replace("b.tgz", "/b.tgz"), "\"/b.tgz\" is not the name"),
            (good.replace("\"bytes\": 1", "\"bytes\": -1"), "invalid value"),
            (format!("{good}{good}"), "trailing characters"),
        ] {
            let error = Manifest::parse("m.json", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected) && error.starts_with("m.json"), "{error}, expected {expected}");
        }
        let empty = Manifest::new("greeter", "3.4.0", 1, COMMIT, Vec::new()).to_text().unwrap();
        assert!(Manifest::parse("m.json", empty.as_bytes()).unwrap_err().to_string().ends_with("it names no file"));
    }

    proptest! {
        #[test]
        fn arbitrary_and_changed_bytes_never_stand_for_other_files(
            bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..500, to in any::<u8>(),
        ) {
            prop_assert!(Manifest::parse("m.json", &bytes).is_err());
            let mut changed = manifest().to_text().unwrap().into_bytes();
            let at = at % changed.len();
            changed[at] = to;
            if let Ok(read) = Manifest::parse("m.json", &changed) {
                let passes = read.compare(&[file("a.tgz", b"a"), file("b.tgz", b"b")])[0].status == Status::Pass;
                prop_assert_eq!(passes, read.files() == manifest().files());
            }
        }
    }
}
