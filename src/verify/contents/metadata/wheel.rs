// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A wheel's directory of information: its name, METADATA, and RECORD with the digest of
//! every file (<https://packaging.python.org/specifications/binary-distribution-format/>).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{METADATA, field, normal, version_is};
use crate::verify::archive::{Faults, printable};

/// How directories of information end.
const INFORMATION: &str = ".dist-info";

/// What a wheel says of itself, and the digests of what is in it.
#[derive(Debug, Default)]
pub struct Wheel {
    directories: BTreeSet<String>,
    metadata: Option<Said>,
    record: Option<(String, BTreeMap<String, String>)>,
    digests: BTreeMap<String, [u8; 32]>,
}

#[derive(Debug)]
struct Said {
    path: String,
    name: Option<String>,
    version: Option<String>,
}

impl Wheel {
    /// Whether the file at `path` says something of the wheel.
    pub fn wants(path: &str) -> bool {
        path.split_once('/').is_some_and(|(directory, name)| {
            directory.ends_with(INFORMATION) && matches!(name, "METADATA" | "RECORD" | "WHEEL")
        })
    }

    /// Reads such a file.
    pub fn take(&mut self, path: &str, text: &str) {
        let Some((directory, name)) = path.split_once('/') else { return };
        self.directories.insert(directory.to_owned());
        match name {
            "METADATA" => {
                let (name, version) = (field(text, "Name", ':'), field(text, "Version", ':'));
                self.metadata.get_or_insert(Said { path: path.to_owned(), name, version });
            }
            "RECORD" => {
                self.record.get_or_insert_with(|| (path.to_owned(), text.lines().filter_map(line).collect()));
            }
            _ => {}
        }
    }

    /// Takes note of a file and its SHA-256.
    pub fn digest(&mut self, path: &str, sha256: [u8; 32]) {
        self.digests.insert(path.to_owned(), sha256);
    }

    /// Says what does not agree with the version and the wheel's `name`.
    pub fn check(&self, name: &str, wanted: &str, faults: &mut Faults) {
        match &self.metadata {
            None => faults.fail(METADATA, "", "there is no METADATA in a .dist-info directory"),
            Some(said) => {
                version_is(&said.path, said.version.as_deref(), wanted, faults);
                self.called(name, said, faults);
            }
        }
        match &self.record {
            None => faults.fail(METADATA, "", "there is no RECORD in a .dist-info directory"),
            Some((path, record)) => self.recorded(path, record, faults),
        }
        let count = self.digests.len();
        faults.settle(METADATA, || format!("the version is {wanted}, and RECORD has the digests of its {count} files"));
    }

    /// The file's name begins with the package's and its version.
    fn called(&self, file: &str, said: &Said, faults: &mut Faults) {
        let mut words = file.split('-');
        let (Some(name), Some(version)) = (words.next(), words.next()) else { return };
        if let Some(other) = said.name.as_deref().filter(|said| normal(said) != normal(name)) {
            faults.fail(METADATA, &said.path, format!("its name is {}, not {name}", printable(other)));
        }
        let wanted = format!("{name}-{version}");
        let right = |directory: &str| {
            directory.strip_suffix(INFORMATION).is_some_and(|directory| normal(directory) == normal(&wanted))
        };
        for directory in self.directories.iter().filter(|directory| !right(directory)) {
            faults.fail(METADATA, directory, format!("a directory of information that is not {wanted}{INFORMATION}"));
        }
    }

    fn recorded(&self, path: &str, record: &BTreeMap<String, String>, faults: &mut Faults) {
        // RECORD cannot hold its own digest, nor what signs it
        let apart = |file: &str| file.strip_prefix(path).is_some_and(|more| matches!(more, "" | ".jws" | ".p7s"));
        for (file, sha256) in self.digests.iter().filter(|(file, _)| !apart(file)) {
            match record.get(file).map(String::as_str) {
                None => faults.fail(METADATA, file, "it is not in RECORD"),
                Some("") => faults.fail(METADATA, file, "RECORD has no digest of it"),
                Some(digest) => match digest.strip_prefix("sha256=") {
                    Some(said) if said.trim_end_matches('=') == URL_SAFE_NO_PAD.encode(sha256) => {}
                    Some(_) => faults.fail(METADATA, file, "its bytes are not those of RECORD: another SHA-256"),
                    None => faults.fail(METADATA, file, "its digest in RECORD is no SHA-256, and could not be checked"),
                },
            }
        }
        for file in record.keys().filter(|file| !self.digests.contains_key(*file) && !apart(file)) {
            faults.fail(METADATA, file, "RECORD names it, and it is not there");
        }
    }
}

/// `PATH,HASH,SIZE`, the path in quotes where it holds a comma.
fn line(line: &str) -> Option<(String, String)> {
    let mut parts = line.rsplitn(3, ',');
    let (_size, digest, path) = (parts.next()?, parts.next()?, parts.next()?);
    let quoted = path.strip_prefix('"').and_then(|path| path.strip_suffix('"'));
    let path = quoted.map_or_else(|| path.to_owned(), |path| path.replace("\"\"", "\""));
    Some((path, digest.to_owned()))
}
