// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A whole candidate: every file of a directory, several at a time, each read once for
//! all its digests and signatures, and archives once more for what is in them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rayon::prelude::*;

use super::armor::is_key_text;
use super::inventory::{Artifact, KEYS, Listed, inventory};
use super::layout::Layout;
use super::loose::check_loose;
use super::product::Scope;
use super::signature::{FurtherDigests, KeyRing, Reading, SignatureFile, SignatureReport};
use super::{ArchiveRules, Finding, LooseRules, METADATA, Manifest, Status, check_archive, checksum};
use crate::release::{FileDigest, Sha512};

/// The largest signature, checksum file or KEYS that is read: larger ones are none.
const COMPANION_BYTES: u64 = 16 << 20;

/// A candidate in a directory, and what it is held against.
pub struct Candidate<'a> {
    /// Where its files are.
    pub directory: &'a Path,
    /// How they are laid out.
    pub layout: Layout,
    /// The keys that may have signed them; without them signatures are not looked at.
    pub keys: Option<&'a KeyRing>,
    /// The set and the bytes that they must be, where that is known.
    pub expect: Option<&'a Manifest>,
    /// How much of it the files are.
    pub scope: Scope,
    /// What the artifact with that path must be; `None` where its contents are not looked at.
    pub rules: &'a (dyn Fn(&str) -> Option<ArtifactRules> + Sync),
    /// The time as of which signatures are judged.
    pub now: Timestamp,
}

/// What an artifact is held against.
#[derive(Debug, Clone)]
pub enum ArtifactRules {
    /// It is an archive.
    Archive(Box<ArchiveRules>),
    /// It is something else.
    Loose(Box<LooseRules>),
}

impl ArtifactRules {
    /// The same for an artifact of that version.
    pub(super) fn of_version(mut self, version: Option<String>) -> Self {
        match &mut self {
            Self::Archive(archive) => archive.contents.version = version,
            Self::Loose(loose) => loose.contents.version = version,
        }
        self
    }
}

/// What was found of a candidate.
pub struct CandidateFindings {
    /// Of each file, by its path.
    pub files: BTreeMap<String, Vec<Finding>>,
    /// Of the candidate as a whole.
    pub whole: Vec<Finding>,
    /// The digests of all its files, signatures and checksum files too, sorted.
    pub digests: Vec<FileDigest>,
    /// How many bytes were read.
    pub bytes: u64,
}

/// The files below `directory`, sorted.
///
/// # Errors
/// When it cannot be listed, or a name in it is no UTF-8.
pub fn list_files(directory: &Path) -> io::Result<Vec<Listed>> {
    let (files, nameless) = list_nameable(directory)?;
    match nameless.first() {
        None => Ok(files),
        Some(name) => Err(io::Error::other(format!("{name} is no UTF-8"))),
    }
}

/// The files below `directory`, sorted, and the paths of those whose names are no UTF-8,
/// with what is none written out.
///
/// # Errors
/// When it cannot be listed.
pub fn list_nameable(directory: &Path) -> io::Result<(Vec<Listed>, Vec<String>)> {
    let (mut found, mut nameless, mut open) = (Vec::new(), Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(directory.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            // Not followed: what a link leads to is no file of the candidate.
            let is_directory = entry.file_type()?.is_dir();
            match path.to_str() {
                _ if is_directory => open.push(path),
                Some(text) => found.push(Listed { path: text.to_owned(), bytes: entry.metadata()?.len() }),
                None => nameless.push(path.as_os_str().as_bytes().escape_ascii().to_string()),
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    nameless.sort();
    Ok((found, nameless))
}

impl CandidateFindings {
    /// Whether the archive of that name was found to be a Python source distribution or a package for npm or R,
    /// with metadata that fit its name.
    pub(super) fn is_package(&self, name: &str) -> bool {
        let sorts = [".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending));
        let of_name = self.files.iter().filter(|(path, _)| path.rsplit('/').next() == Some(name));
        let mut metadata = of_name.flat_map(|(_, found)| found).filter(|finding| finding.name == METADATA).peekable();
        sorts && metadata.peek().is_some() && metadata.all(|finding| finding.status != Status::Fail)
    }
}

impl Candidate<'_> {
    /// Verifies the `files` of the directory; `progress` hears of each that is done.
    pub fn verify(&self, files: &[Listed], progress: &(dyn Fn(&str, u64) + Sync)) -> CandidateFindings {
        let mut taken = inventory(files, self.layout);
        let bytes = AtomicU64::new(0);
        let sizes: HashMap<&str, u64> = files.iter().map(|file| (file.path.as_str(), file.bytes)).collect();
        // The largest first, so that no thread is left with one at the end.
        taken.artifacts.sort_by_key(|artifact| Reverse(sizes.get(artifact.path.as_str()).copied()));
        let verified: Vec<(String, Verified)> = taken
            .artifacts
            .par_iter()
            .map(|artifact| {
                let verified = self.artifact(artifact);
                bytes.fetch_add(verified.bytes, Ordering::Relaxed);
                progress(&artifact.path, verified.bytes);
                (artifact.path.clone(), verified)
            })
            .collect();
        let mut digests = Vec::new();
        for (path, verified) in verified {
            digests.extend(verified.digest);
            taken.files.entry(path).or_default().extend(verified.findings);
        }
        if files.iter().any(|file| file.path == KEYS) {
            taken.files.entry(KEYS.to_owned()).or_default().extend(self.keys_file());
        }
        for (path, finding) in self.other_sums(files, &taken.artifacts) {
            taken.files.entry(path).or_default().push(finding);
        }
        let mut whole = std::mem::take(&mut taken.whole);
        if let Some(manifest) = self.expect {
            whole.extend(self.others(files, &mut digests));
            digests.sort();
            whole.extend(manifest.compare(&digests));
        }
        digests.sort();
        CandidateFindings { files: taken.files, whole, digests, bytes: bytes.into_inner() }
    }

    fn artifact(&self, artifact: &Artifact) -> Verified {
        let path = self.directory.join(&artifact.path);
        let signature = artifact.signature.as_ref().filter(|_| self.keys.is_some());
        let signature = signature.map(|companion| self.companion(companion));
        let (signature, unreadable) = match signature {
            None => (None, None),
            Some(Ok(bytes)) => (Some(SignatureFile::parse(&bytes)), None),
            Some(Err(error)) => (None, Some(Finding::fail("signature", error))),
        };
        let wanted = |ending: &str| artifact.checksums.iter().any(|name| name.ends_with(ending));
        let further = FurtherDigests { sha256: wanted(".sha256"), sha1: wanted(".sha1"), md5: wanted(".md5") };
        let reading = match regular(&path).and_then(|file| Reading::of(file, signature.as_ref(), further)) {
            Ok(reading) => reading,
            Err(error) => {
                let findings = vec![Finding::fail("readable", format!("it cannot be read: {error}"))];
                return Verified { findings, digest: None, bytes: 0 };
            }
        };
        let mut findings: Vec<Finding> = unreadable.into_iter().collect();
        let signatures = self.keys.zip(signature.as_ref());
        let signatures = signatures.map(|(keys, signature)| keys.verify(signature, &reading, self.now));
        findings.extend(signatures.iter().flat_map(SignatureReport::findings));
        let computed = checksum::Computed::of(&reading);
        findings.extend(artifact.checksums.iter().map(|companion| match self.companion(companion) {
            Ok(text) => checksum::check(companion, &text, computed),
            Err(error) => Finding::fail("checksum", error),
        }));
        let of_contents = match (self.rules)(&artifact.path) {
            Some(ArtifactRules::Archive(rules)) => {
                let report = check_archive(&artifact.path, &path, &rules);
                let newest = signatures.iter().zip(report.newest);
                findings.extend(newest.flat_map(|(signatures, newest)| signatures.older_than(newest)));
                report.findings
            }
            Some(ArtifactRules::Loose(rules)) => check_loose(&artifact.path, &path, &rules),
            None => Vec::new(),
        };
        findings.extend(of_contents);
        let (bytes, sha512) = (reading.bytes(), reading.sha512().clone());
        let digest = FileDigest { name: artifact.path.clone(), bytes, sha512 };
        Verified { findings, digest: Some(digest), bytes }
    }

    /// What is wrong with the file that is passed over because it is called KEYS.
    fn keys_file(&self) -> Option<Finding> {
        let fault = match self.companion(KEYS) {
            Ok(bytes) if is_key_text(&bytes) => return None,
            Ok(_) => "it is called KEYS, and is no text of public keys".to_owned(),
            Err(error) => error,
        };
        Some(Finding::fail("inventory", fault))
    }

    /// The digests of the files that are no artifacts; a fault for each that cannot be read.
    fn others(&self, files: &[Listed], digests: &mut Vec<FileDigest>) -> Vec<Finding> {
        let mut faults = Vec::new();
        let known: HashSet<String> = digests.iter().map(|digest| digest.name.clone()).collect();
        for file in files.iter().filter(|file| !known.contains(&file.path)) {
            match regular(&self.directory.join(&file.path)).and_then(Sha512::of_reader) {
                Ok((sha512, bytes)) => digests.push(FileDigest { name: file.path.clone(), bytes, sha512 }),
                Err(error) => faults.push(Finding::fail("readable", format!("{} cannot be read: {error}", file.path))),
            }
        }
        faults
    }

    pub(super) fn companion(&self, path: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = regular(&self.directory.join(path))
            .and_then(|file| file.take(COMPANION_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| format!("{path} cannot be read: {error}"))?;
        if read as u64 > COMPANION_BYTES { Err(format!("{path} is larger than any such file")) } else { Ok(bytes) }
    }
}

struct Verified {
    findings: Vec<Finding>,
    digest: Option<FileDigest>,
    bytes: u64,
}

/// The file at `path`; a link, a device or a directory is none.
pub(super) fn regular(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    File::open(path)
}
