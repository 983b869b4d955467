// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Digests that are published and nobody has to look at: of signatures and of Maven's own
//! files, and, in the checksum file of one artifact, of another. Users may go by them, so
//! those that are there must be right.

use std::collections::{BTreeSet, HashMap};

use super::Finding;
use super::candidate::{Candidate, regular};
use super::checksum::{self, Computed, base, short};
use super::inventory::{Artifact, Listed};
use super::product::Scope;
use super::signature::{FurtherDigests, Reading, printable};

/// The check's name.
const NAME: &str = "checksum";

/// All digests that a checksum file can hold.
const ALL: FurtherDigests = FurtherDigests { sha256: true, sha1: true, md5: true };

impl Candidate<'_> {
    /// What is wrong with the digests that are not those of an artifact beside it; each
    /// with the path of the file that holds it.
    pub(super) fn other_sums(&self, files: &[Listed], artifacts: &[Artifact]) -> Vec<(String, Finding)> {
        let mut sums = Sums { candidate: self, readings: HashMap::new() };
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let of_artifacts: BTreeSet<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
        let mut found = Vec::new();
        for path in &paths {
            let of = path.rsplit_once('.').filter(|(_, end)| matches!(*end, "sha512" | "sha256" | "sha1" | "md5"));
            let Some((of, _)) = of.filter(|(of, _)| paths.contains(of)) else { continue };
            let text = match self.companion(path) {
                Ok(text) => text,
                // of an artifact that was said before
                Err(_) if of_artifacts.contains(of) => continue,
                Err(fault) => {
                    found.push(((*path).to_owned(), Finding::fail(NAME, format!("could not be checked: {fault}"))));
                    continue;
                }
            };
            if !of_artifacts.contains(of) {
                let finding = match sums.reading(of) {
                    Some(reading) => checksum::check(path, &text, Computed::of(reading)),
                    None => Finding::fail(NAME, format!("could not be checked: {} is no file to read", printable(of))),
                };
                found.push(((*path).to_owned(), finding));
            }
            found.extend(sums.others(path, of, &text, &paths).into_iter().map(|fault| ((*path).to_owned(), fault)));
        }
        found.retain(|(_, finding)| finding.status == super::Status::Fail);
        found
    }
}

/// The files that were read for their digests.
struct Sums<'a, 'b> {
    candidate: &'a Candidate<'b>,
    readings: HashMap<String, Option<Reading>>,
}

impl Sums<'_, '_> {
    fn reading(&mut self, path: &str) -> Option<&Reading> {
        let read = || Reading::of(regular(&self.candidate.directory.join(path)).ok()?, None, ALL).ok();
        self.readings.entry(path.to_owned()).or_insert_with(read).as_ref()
    }

    /// What is wrong in the checksum file at `path`, which belongs to `of`, with the
    /// digests of the other files beside it.
    fn others(&mut self, path: &str, of: &str, text: &[u8], paths: &BTreeSet<&str>) -> Vec<Finding> {
        // what is no checksum file was said before
        let entries = checksum::entries(text).unwrap_or_default();
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let mut faults = Vec::new();
        for entry in &entries {
            let at = |name: &str| if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
            let Some(name) = entry.name.as_deref().map(base) else { continue };
            // blanks around a name are a part of it where there is such a file
            let name = if paths.contains(at(name).as_str()) { name } else { name.trim() };
            if name == base(of) {
                continue;
            }
            let other = at(name);
            if !paths.contains(other.as_str()) {
                // of one artifact alone, the others need not be here
                if self.candidate.scope == Scope::Whole {
                    let detail = format!("{}: it lists {}, which is not there", printable(path), printable(name));
                    faults.push(Finding::fail(NAME, detail));
                }
                continue;
            }
            let Some(reading) = self.reading(&other) else {
                let detail =
                    format!("{}: {} could not be checked: it is no file to read", printable(path), printable(name));
                faults.push(Finding::fail(NAME, detail));
                continue;
            };
            let wrong = match Computed::of(reading).of_length(entry.digest.len()) {
                Some(digest) if digest == entry.digest => continue,
                Some(digest) => format!("it says {}, the file has {}", short(&entry.digest), short(digest)),
                None => format!("{} digits are those of no digest that is known", entry.digest.len()),
            };
            let detail = format!("{}: wrong for {}: {wrong}", printable(path), printable(name));
            faults.push(Finding::fail(NAME, detail));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::release::Sha512;
    use crate::verify::{Layout, list_files};

    /// The faults of a directory with these files.
    fn faults(files: &[(&str, String)]) -> Vec<String> {
        let place = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = place.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        faults_in(place.path())
    }

    fn faults_in(place: &std::path::Path) -> Vec<String> {
        let layout = Layout::Maven;
        let candidate = Candidate {
            directory: place,
            layout,
            keys: None,
            expect: None,
            scope: Scope::Whole,
            rules: &|_| None,
            now: Timestamp::UNIX_EPOCH,
        };
        let listed = list_files(place).unwrap();
        let taken = super::super::inventory::inventory(&listed, layout);
        let found = candidate.other_sums(&listed, &taken.artifacts);
        found.into_iter().map(|(path, finding)| format!("{path}: {}", finding.detail)).collect()
    }

    #[test]
    fn a_wrong_digest_of_what_is_no_artifact_is_a_fault() {
        let sha512 = Sha512::of(b"signature").to_string();
        let md5 = "a9d402bfcde5792a8b531b3a82669585";
        let good = |text: &str| {
            vec![
                ("a.jar", "x".to_owned()),
                ("a.jar.asc", "signature".to_owned()),
                ("a.jar.asc.sha512", text.to_owned()),
                ("g/maven-metadata.xml", "index".to_owned()),
                ("g/maven-metadata.xml.md5", "6a992d5529f459a44fee58c733255e86".to_owned()),
            ]
        };
        assert_eq!(faults(&good(&sha512)), [""; 0]);
        let wrong = faults(&good(&sha512.replace('a', "b")));
        assert!(
            wrong.len() == 1 && wrong[0].starts_with("a.jar.asc.sha512: a.jar.asc.sha512: wrong SHA-512"),
            "{wrong:?}"
        );
        let mut index = good(&sha512);
        index[4].1 = md5.to_owned();
        let wrong = faults(&index);
        assert!(wrong.len() == 1 && wrong[0].contains("maven-metadata.xml.md5: wrong MD5"), "{wrong:?}");
    }

    #[test]
    fn what_cannot_be_read_was_not_checked() {
        let place = tempfile::tempdir().unwrap();
        for name in ["a.jar", "a.jar.asc", "maven-metadata.xml.sha1"] {
            std::fs::write(place.path().join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink("gone", place.path().join("a.jar.asc.sha512")).unwrap();
        std::os::unix::fs::symlink("a.jar", place.path().join("maven-metadata.xml")).unwrap();
        let said = faults_in(place.path());
        assert!(said.iter().any(|one| one.starts_with("a.jar.asc.sha512: could not be checked: ")), "{said:?}");
        let index = "maven-metadata.xml.sha1: could not be checked: maven-metadata.xml is no file to read";
        assert!(said.iter().any(|one| one == index), "{said:?}");
    }

    #[test]
    fn a_wrong_line_for_another_file_is_a_fault() {
        let line = |name: &str, of: &str| format!("{}  {name}\n", Sha512::of(of.as_bytes()));
        let of = |text: String| {
            faults(&[("d/a.tgz", "a".to_owned()), ("d/b.tgz", "b".to_owned()), ("d/a.tgz.sha512", text)])
        };
        assert_eq!(of(line("a.tgz", "a") + &line("b.tgz", "b")), [""; 0]);
        let gone = of(line("a.tgz", "a") + &line("b.tgz", "b") + &line("gone.tgz", "?"));
        assert_eq!(gone, ["d/a.tgz.sha512: d/a.tgz.sha512: it lists gone.tgz, which is not there"]);
        let wrong = of(line("a.tgz", "a") + &line("b.tgz", "evil"));
        assert!(wrong.len() == 1 && wrong[0].contains("d/a.tgz.sha512: wrong for b.tgz: it says "), "{wrong:?}");
    }
}
