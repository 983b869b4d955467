// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The version that a package says of itself, where its form has one.

use super::{ArchiveForm, ContentRules};
use crate::verify::archive::Faults;

/// The check's name.
pub const METADATA: &str = "metadata";

/// What an archive's metadata say.
#[derive(Debug, Default)]
pub struct Metadata {
    /// File and version.
    found: Vec<(String, Option<String>)>,
    /// The artifact and version of each pom in a jar.
    poms: Vec<(String, String, String)>,
}

impl Metadata {
    /// Whether the file at `path` is to be given to [`Metadata::take`].
    pub fn wants(form: ArchiveForm, path: &str) -> bool {
        match form {
            ArchiveForm::Wheel => path.ends_with(".dist-info/METADATA") && path.matches('/').count() == 1,
            ArchiveForm::Sdist => path == "PKG-INFO",
            ArchiveForm::Npm => path == "package.json",
            ArchiveForm::Jar => {
                path == "META-INF/MANIFEST.MF"
                    || path.starts_with("META-INF/maven/") && path.ends_with("/pom.properties")
            }
            ArchiveForm::Source | ArchiveForm::Other => false,
        }
    }

    /// Reads a file of metadata.
    pub fn take(&mut self, form: ArchiveForm, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let version = match form {
            ArchiveForm::Npm => serde_json::from_str::<serde_json::Value>(&text)
                .ok()
                .and_then(|json| json.get("version").and_then(|version| version.as_str().map(str::to_owned))),
            ArchiveForm::Jar if path.ends_with("pom.properties") => {
                let value = |key: &str| field(&text, key, '=').unwrap_or_default();
                self.poms.push((path.to_owned(), value("artifactId"), value("version")));
                return;
            }
            ArchiveForm::Jar => match field(&text, "Implementation-Version", ':') {
                Some(version) => Some(version),
                // it need not have one
                None => return,
            },
            _ => field(&text, "Version", ':'),
        };
        self.found.push((path.to_owned(), version));
    }

    /// Says what does not agree with the version; `name` is the archive's.
    pub fn check(&self, name: &str, rules: &ContentRules, faults: &mut Faults) {
        if matches!(rules.form, ArchiveForm::Source | ArchiveForm::Other) {
            return;
        }
        let Some(wanted) = rules.version.as_deref() else {
            faults.skip(METADATA, "no version was given to hold the metadata against");
            return;
        };
        let own = self.poms.iter().find(|(_, artifact, _)| {
            !artifact.is_empty()
                && name.strip_prefix(artifact.as_str()).is_some_and(|rest| rest.starts_with(['-', '.']))
        });
        let pom = own.map(|(path, _, version)| (path.clone(), Some(version.clone())));
        let mut said = 0;
        for (path, version) in self.found.iter().chain(pom.as_ref()) {
            said += 1;
            match version {
                Some(version) if version == wanted => {}
                Some(version) => {
                    let shown: String = version.chars().filter(|letter| !letter.is_control()).take(80).collect();
                    faults.fail(METADATA, path, format!("its version is {shown}, not {wanted}"));
                }
                None => faults.fail(METADATA, path, "it says no version"),
            }
        }
        match (said, rules.form) {
            (0, ArchiveForm::Jar) => faults.skip(METADATA, "neither its manifest nor a pom of its own says a version"),
            (0, ArchiveForm::Wheel) => faults.fail(METADATA, "", "there is no METADATA in a .dist-info directory"),
            (0, ArchiveForm::Npm) => faults.fail(METADATA, "", "there is no package.json"),
            (0, _) => faults.fail(METADATA, "", "there is no PKG-INFO"),
            _ => faults.settle(METADATA, || format!("the version is {wanted} in each of {said} files")),
        }
    }
}

/// The value of `KEY: value` at the start of a line before the first empty one.
fn field(text: &str, key: &str, mark: char) -> Option<String> {
    let lines = text.lines().take_while(|line| !line.trim().is_empty());
    let value = lines.filter_map(|line| line.split_once(mark)).find(|(name, _)| name.trim_end() == key);
    value.map(|(_, value)| value.trim().to_owned())
}
