// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a ballot says of a verification: each check by its name, what fails first, and on
//! which bytes it was done. Nothing that the report does not have.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::commands::CommandError;

/// Of how many files and faults each is named.
const NAMED: usize = 12;

/// What was verified, in the ballot's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// What was verified.
    pub target: String,
    /// Whether nothing failed.
    pub passed: bool,
    /// The version of the program, where it is known: a report does not say it.
    pub quorate: String,
    /// What fails, each.
    pub fails: Vec<String>,
    /// What holds, check by check.
    pub passes: Vec<String>,
    /// What holds and should be known, each.
    pub warns: Vec<String>,
    /// What was not looked at, and why.
    pub skips: Vec<String>,
    /// The bytes that were looked at.
    pub digests: Vec<Digest>,
}

/// A file's digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// The file.
    pub name: String,
    /// Its SHA-512.
    pub sha512: String,
}

/// `quorate verify --format json`; more fields than these do no harm.
#[derive(Deserialize)]
struct Report {
    passed: bool,
    target: String,
    files: Vec<File>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    #[serde(default)]
    sha512: Option<String>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    status: String,
    detail: String,
    #[serde(default)]
    entry: Option<String>,
}

impl Verified {
    /// The report in a file.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn load(file: &Path) -> Result<Self, CommandError> {
        let hint = "`quorate verify --format json TARGET > FILE` writes one";
        let text = std::fs::read_to_string(file)
            .map_err(|error| CommandError::usage(format!("cannot read {}: {error}", file.display()), hint))?;
        Self::of(&text).map_err(|what| CommandError::usage(format!("{} is no report: {what}", file.display()), hint))
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// When it is none, or says of itself what its checks do not.
    pub fn of(json: &str) -> Result<Self, String> {
        let report: Report = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let all = || {
            let of_files =
                report.files.iter().flat_map(|file| file.checks.iter().map(move |check| (Some(file), check)));
            of_files.chain(report.checks.iter().map(|check| (None, check)))
        };
        let known = ["pass", "fail", "warn", "skip"];
        if let Some((_, check)) = all().find(|(_, check)| !known.contains(&check.status.as_str())) {
            return Err(format!("`{}` is no status of a check", check.status));
        }
        let holds = all().all(|(_, check)| check.status != "fail")
            && all().any(|(_, check)| check.status == "pass" || check.status == "warn");
        if report.passed != holds {
            return Err(format!("it says that `passed` is {}, and its checks say otherwise", report.passed));
        }
        let each = |status: &str| {
            let lines = all().filter(|(_, check)| check.status == status).map(|(file, check)| told(file, check));
            shortened(lines.collect())
        };
        let digest = |file: &File| Some(Digest { name: file.path.clone(), sha512: file.sha512.clone()? });
        Ok(Self {
            target: in_public(&report.target),
            passed: report.passed,
            quorate: String::new(),
            fails: each("fail"),
            passes: by_check(all().filter(|(_, check)| check.status == "pass")),
            warns: each("warn"),
            skips: each("skip"),
            digests: report.files.iter().filter_map(digest).collect(),
        })
    }
}

/// What was verified, as others can find it: a path is of this machine alone.
fn in_public(target: &str) -> String {
    let address = target.contains("://") && !target.starts_with("file:");
    if address { target.to_owned() } else { "a copy of the candidate on my machine".to_owned() }
}

/// A finding with its place, on one line.
fn told(file: Option<&File>, check: &Check) -> String {
    let places: Vec<&str> = file.iter().map(|file| file.path.as_str()).chain(check.entry.as_deref()).collect();
    let place = if places.is_empty() { String::new() } else { format!(" ({})", places.join(": ")) };
    plain(&format!("{}{place}: {}", check.name, check.detail))
}

/// Each check that holds once: of which files, or what it found of the whole.
fn by_check<'r>(passes: impl Iterator<Item = (Option<&'r File>, &'r Check)>) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut whole = Vec::new();
    for (file, check) in passes {
        match file {
            Some(file) => {
                let named = files.entry(&check.name).or_default();
                if !named.contains(&file.path.as_str()) {
                    named.push(&file.path);
                }
            }
            None => whole.push(told(None, check)),
        }
    }
    let of_files = files.into_iter().map(|(check, files)| {
        let more = files.len().saturating_sub(NAMED);
        let named = files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let rest = if more > 0 { format!(" and {more} more files") } else { String::new() };
        plain(&format!("{check}: {named}{rest}"))
    });
    of_files.chain(whole).collect()
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    lines.dedup();
    let more = lines.len().saturating_sub(NAMED);
    if more > 0 {
        lines.truncate(NAMED);
        lines.push(format!("and {more} more like these"));
    }
    lines
}

/// One line, without what is no text.
fn plain(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_is_named_and_faults_come_with_their_place() {
        let json = r#"{"passed": false, "target": "rc1", "bytes": 3, "seconds": 0.1, "files": [
            {"path": "a.tgz", "sha512": "ff", "checks": [{"name": "signature", "status": "pass", "detail": "good"},
              {"name": "licence-header", "status": "fail", "detail": "none\nin it", "entry": "a/b.rs"}]},
            {"path": "b.jar", "checks": [{"name": "signature", "status": "pass", "detail": "good"},
              {"name": "checksum", "status": "warn", "detail": "SHA-1 only"}]}],
            "checks": [{"name": "inventory", "status": "pass", "detail": "2 artifacts"},
              {"name": "source-tag", "status": "skip", "detail": "no tag was named"}]}"#;
        let verified = Verified::of(json).unwrap();
        assert!(!verified.passed);
        assert_eq!(verified.target, "a copy of the candidate on my machine");
        let url = json.replace("\"rc1\"", "\"https://dist.example.org/rc1\"");
        assert_eq!(Verified::of(&url).unwrap().target, "https://dist.example.org/rc1");
        assert_eq!(verified.fails, ["licence-header (a.tgz: a/b.rs): none in it"]);
        assert_eq!(verified.passes, ["signature: a.tgz, b.jar", "inventory: 2 artifacts"]);
        assert_eq!(verified.warns, ["checksum (b.jar): SHA-1 only"]);
        assert_eq!(verified.skips, ["source-tag: no tag was named"]);
        assert_eq!(verified.digests, [Digest { name: "a.tgz".into(), sha512: "ff".into() }]);
    }

    #[test]
    fn a_report_is_not_believed_over_its_own_checks() {
        let nothing = r#"{"passed": true, "target": "rc1", "files": [], "checks": []}"#;
        assert!(Verified::of(nothing).unwrap_err().contains("say otherwise"));
        let fails = r#"{"passed": true, "target": "x", "files": [], "checks": [{"name": "a", "status": "fail", "detail": ""}]}"#;
        assert!(Verified::of(fails).unwrap_err().contains("say otherwise"));
        let odd = r#"{"passed": true, "target": "x", "files": [], "checks": [{"name": "a", "status": "fine", "detail": ""}]}"#;
        assert!(Verified::of(odd).unwrap_err().contains("`fine` is no status"));
        assert!(Verified::of("{}").is_err());
    }
}
