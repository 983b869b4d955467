// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate is held against: its product's rules for its version, and the
//! manifest where there is one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::session::read_session;
use crate::config::{Product, render_product};
use crate::release::{FileDigest, PathRules, PatternError, Version};
use crate::verify::{ArchiveForm, ArchiveKind, ArchiveRules, ContentRules, Finding, Limits, Listed, Manifest};

/// What is verified, and what it must be.
pub struct Subject {
    /// What is verified, as the user named it.
    pub target: String,
    /// The product, filled in once the version is known.
    pub product: Product,
    /// The version, where it is known.
    pub version: Option<Version>,
    /// The set of files and their bytes, where they are known.
    pub expect: Option<Manifest>,
    patterns: Patterns,
}

/// The product's path rules.
struct Patterns {
    no_header: PathRules,
    secrets: PathRules,
    binaries: PathRules,
    snapshots: PathRules,
}

impl Subject {
    /// A candidate of a product, at `target`.
    ///
    /// # Errors
    /// When the product's rules or the manifest cannot be used.
    pub fn of_product(
        product: Product,
        version: Option<Version>,
        target: &str,
        expect: Option<&Path>,
    ) -> Result<Self, CommandError> {
        let expect = expect.map(manifest).transpose()?;
        let patterns = Patterns::of(&product)?;
        Ok(Self { target: target.to_owned(), product, version, expect, patterns })
    }

    /// Candidate `number` of the current release, as it is staged.
    ///
    /// # Errors
    /// When there is no release, or it has no such candidate.
    pub fn of_release(environment: &Environment, number: u32) -> Result<Self, CommandError> {
        let (session, state) = read_session(environment)?;
        if number == 0 || number > state.candidate.number {
            return Err(CommandError::usage(
                format!("there is no candidate {number}; the last one is {}", state.candidate.number),
                "`quorate status` shows the candidates",
            ));
        }
        let values = session.values.of_candidate(number, None)?;
        let product: Product = serde_json::from_value(values["product"].clone())
            .map_err(|error| CommandError::usage(format!("the configuration cannot be used: {error}"), ""))?;
        let files = state.outputs().get("sign-artifacts").and_then(|outputs| outputs.get("files").cloned());
        let digests: Option<Vec<FileDigest>> = files.and_then(|files| serde_json::from_value(files).ok());
        let version = session.values.version;
        let expect = digests
            .filter(|_| number == state.candidate.number)
            .map(|files| Manifest::new(&product.id, &version.to_string(), number, "", files));
        let target = format!("{}/{}", product.svn.dev, product.svn.candidate_directory);
        let patterns = Patterns::of(&product)?;
        Ok(Self { target, product, version: Some(version), expect, patterns })
    }

    /// The same with the version, read off the names of the files where it was not
    /// given, and the product's configuration filled in for it.
    ///
    /// # Errors
    /// When the configuration cannot be filled in.
    pub fn with_version_of(mut self, files: &[Listed]) -> Result<Self, CommandError> {
        let version = self.version.or_else(|| version_in(files));
        self.version = version;
        if let Some(version) = version {
            self.product = render_product(
                &self.product,
                &json!({
                    "version": version.to_string(), "short_version": version.series(), "kind": version.kind().word(),
                    "major": version.major, "minor": version.minor, "patch": version.patch, "candidate": {"number": 1},
                }),
            )?;
        }
        Ok(self)
    }

    /// Whether the file at `path` is the source archive.
    pub fn is_source(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        match self.version {
            Some(_) => name == self.product.source.file,
            None => ArchiveForm::of_name(name) == ArchiveForm::Source && !name.contains("-sources."),
        }
    }

    /// What the archive at `path` must be; `None` where it is none.
    pub fn rules(&self, path: &str, limits: Limits) -> Option<ArchiveRules> {
        let name = path.rsplit('/').next().unwrap_or(path);
        ArchiveKind::of_name(name)?;
        let source = self.is_source(path);
        let form = if source { ArchiveForm::Source } else { self.form(name) };
        let contents = ContentRules {
            product: source.then(|| self.product.name.clone()),
            version: self.version.map(|version| version.to_string()),
            no_header: self.patterns.no_header.clone(),
            allowed_secrets: self.patterns.secrets.clone(),
            allowed_binaries: self.patterns.binaries.clone(),
            allowed_snapshots: self.patterns.snapshots.clone(),
            ..ContentRules::new(form)
        };
        let root = (source && self.version.is_some()).then(|| self.product.source.root.clone());
        Some(ArchiveRules { root, limits, contents })
    }

    /// What should be known of how the candidate was verified.
    pub fn notes(&self) -> Vec<Finding> {
        let mut notes = Vec::new();
        match self.version {
            Some(version) => notes.push(Finding::pass("release", format!("{} {version}", self.product.name))),
            None => notes.push(Finding::fail(
                "release",
                "the names of the files give no single version, expected three numbers; name it by --version",
            )),
        }
        if self.expect.is_none() {
            let why = "no manifest was named by --expect, so another set of files that is signed would pass too";
            notes.push(Finding::skip("manifest", why));
        }
        notes
    }

    fn form(&self, name: &str) -> ArchiveForm {
        let of_name = ArchiveForm::of_name(name);
        let is_python = self.product.pypi.as_ref().is_some_and(|pypi| pypi.files.iter().any(|file| file == name));
        match of_name {
            ArchiveForm::Source | ArchiveForm::Other if is_python => ArchiveForm::Sdist,
            // Only the product's own name is the source release.
            ArchiveForm::Source => ArchiveForm::Other,
            form => form,
        }
    }
}

impl Patterns {
    fn of(product: &Product) -> Result<Self, CommandError> {
        let source = &product.source;
        let rules = |patterns: &[String], field: &str| {
            PathRules::new(patterns).map_err(|error: PatternError| {
                CommandError::usage(
                    format!("{}: `source.{field}`: {error}", product.id),
                    "docs/configuration.md lists every field",
                )
            })
        };
        Ok(Self {
            no_header: rules(&source.no_header, "no_header")?,
            secrets: rules(&source.secrets, "secrets")?,
            binaries: rules(&source.binaries, "binaries")?,
            snapshots: rules(&source.snapshots, "snapshots")?,
        })
    }
}

fn manifest(path: &Path) -> Result<Manifest, CommandError> {
    let hint = "a manifest is what `quorate rehearse` and a release leave beside the artifacts: manifest.json";
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| CommandError::usage(format!("cannot read {name}: {error}"), hint))?;
    Manifest::parse(&name, &bytes).map_err(|error| CommandError::usage(error.to_string(), hint))
}

/// The version in the files' names, where all that have one have the same.
fn version_in(files: &[Listed]) -> Option<Version> {
    let found: BTreeSet<Version> = files.iter().filter_map(|file| version_of_name(&file.path)).collect();
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// Three numbers with dots, with nothing of a number before and behind them.
fn version_of_name(path: &str) -> Option<Version> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(|sign: char| !(sign.is_ascii_digit() || sign == '.'))
        .filter_map(|part| {
            let numbers: Vec<&str> = part.split('.').filter(|number| !number.is_empty()).collect();
            (numbers.len() == 3).then(|| numbers.join(".").parse().ok())?
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_off_the_names_if_it_is_one() {
        let version = |names: &[&str]| {
            let files: Vec<Listed> = names.iter().map(|name| Listed { path: (*name).to_owned(), bytes: 1 }).collect();
            version_in(&files).map(|version| version.to_string())
        };
        assert_eq!(version(&["demo-1.2.0-src.tgz", "demo-1.2.0-src.tgz.asc", "KEYS"]).as_deref(), Some("1.2.0"));
        assert_eq!(version(&["a/1.2.0/demo_core-1.2.0.jar.sha1"]).as_deref(), Some("1.2.0"));
        assert_eq!(version(&["demo-1.2.0.tgz", "demo-1.2.1.tgz"]), None);
        assert_eq!(version(&["demo-1.2.tgz", "readme"]), None);
    }
}
