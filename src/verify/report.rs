// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a verification found: a finding for each check of each file, and a verdict.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Serialize;

use crate::release::{FileDigest, Sha512};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was looked at, and holds.
    Pass,
    /// It holds, and a person should know something about it.
    Warn,
    /// It was not looked at, for the reason that the detail gives.
    Skip,
    /// It does not hold, or could not be looked at though it had to be.
    Fail,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check: "signature", "checksum", "licence-header".
    pub name: &'static str,
    /// How it came out.
    pub status: Status,
    /// What was proved and how, or what is wrong, what was expected.
    pub detail: String,
    /// Where in the file, for an archive: the path of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
}

/// What was found of one file of the candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its path from the candidate's directory, with `/`.
    pub path: String,
    /// Its digest, where it was read whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha512: Option<Sha512>,
    /// Each check that was made.
    pub checks: Vec<Finding>,
}

/// What a whole verification found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Whether no check failed, and at least one was made.
    pub passed: bool,
    /// What was verified, as the user named it.
    pub target: String,
    /// What was found of each file, sorted by path.
    pub files: Vec<FileReport>,
    /// What was found of the candidate as a whole.
    pub checks: Vec<Finding>,
    /// How many bytes were read.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Finding {
    /// The check holds.
    pub fn pass(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Status::Pass, detail)
    }

    /// The check holds, with something to be known.
    pub fn warn(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Status::Warn, detail)
    }

    /// The check was not made.
    pub fn skip(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Status::Skip, why)
    }

    /// The check does not hold.
    pub fn fail(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Status::Fail, detail)
    }

    fn in_words(&self, path: Option<&String>) -> String {
        let place: Vec<&str> = path.into_iter().chain(&self.entry).map(String::as_str).collect();
        format!("{}{}: {}", place.iter().map(|part| format!("{part}: ")).collect::<String>(), self.name, self.detail)
    }

    fn new(name: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self { name, status, detail: detail.into(), entry: None }
    }

    /// The same, about an entry of an archive.
    #[must_use]
    pub fn of_entry(mut self, entry: impl Into<String>) -> Self {
        self.entry = Some(entry.into());
        self
    }
}

impl Report {
    /// The report over findings by file and on the whole.
    pub fn new(
        target: &str,
        files: BTreeMap<String, Vec<Finding>>,
        checks: Vec<Finding>,
        bytes: u64,
        took: Duration,
    ) -> Self {
        let files: Vec<FileReport> =
            files.into_iter().map(|(path, checks)| FileReport { path, sha512: None, checks }).collect();
        let all = || files.iter().flat_map(|file| &file.checks).chain(&checks);
        debug_assert!(
            all().all(|finding| super::checks::named(finding.name).is_some()),
            "a check of that name is not in src/verify/checks.rs: {:?}",
            all().find(|finding| super::checks::named(finding.name).is_none()),
        );
        let passed = all().all(|finding| finding.status != Status::Fail)
            && all().any(|finding| matches!(finding.status, Status::Pass | Status::Warn));
        Self { passed, target: target.to_owned(), files, checks, bytes, seconds: took.as_secs_f64() }
    }

    /// The same with the digests of the files that it names.
    #[must_use]
    pub fn with_digests(mut self, digests: &[FileDigest]) -> Self {
        let by_name: HashMap<&str, &Sha512> =
            digests.iter().map(|digest| (digest.name.as_str(), &digest.sha512)).collect();
        for file in &mut self.files {
            file.sha512 = by_name.get(file.path.as_str()).copied().cloned();
        }
        self
    }

    /// What fails, a sentence each: the file, the entry where there is one, what is wrong.
    pub fn faults(&self) -> Vec<String> {
        let of_files =
            self.files.iter().flat_map(|file| file.checks.iter().map(move |check| (Some(&file.path), check)));
        let all = of_files.chain(self.checks.iter().map(|check| (None, check)));
        all.filter(|(_, check)| check.status == Status::Fail).map(|(path, check)| check.in_words(path)).collect()
    }

    /// Whether it passed with a source archive that was not held against the repository.
    pub fn source_unheld(&self) -> bool {
        let untagged = self.checks.iter().any(|check| check.name == "source-tag" && check.status == Status::Skip);
        // of source archives alone it is said that nothing in them is compiled
        let is_source = |file: &FileReport| file.checks.iter().any(|check| check.name == "no-binaries");
        self.passed && untagged && self.files.iter().any(is_source)
    }

    /// How many findings came out as `status`.
    pub fn count(&self, status: Status) -> usize {
        let all = self.files.iter().flat_map(|file| &file.checks).chain(&self.checks);
        all.filter(|finding| finding.status == status).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(findings: &[Finding]) -> bool {
        let files = BTreeMap::from([("a.tgz".to_owned(), findings.to_vec())]);
        Report::new("dir", files, Vec::new(), 0, Duration::ZERO).passed
    }

    #[test]
    fn what_was_not_looked_at_has_not_passed() {
        let pass = Finding::pass("checksum", "as in the file");
        let skip = Finding::skip("source-tag", "no tag was named");
        assert!(passed(&[pass.clone(), skip.clone(), Finding::warn("signature", "by a key that ends soon")]));
        assert!(!passed(&[pass, Finding::fail("signature", "by an unknown key")]));
        assert!(!passed(&[skip]));
        assert!(!passed(&[]));
    }
}
