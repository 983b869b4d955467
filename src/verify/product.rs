// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a product's release is held against: which of its files is what, and what each
//! archive must be. `quorate verify` and the release's own checks both ask here, so that a
//! release manager and a voter cannot come to different answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::naming::{crate_root, roots_of, sdist_roots};
use super::signature::KeyRing;
use super::{
    ArchiveForm, ArchiveKind, ArchiveRules, ArtifactRules, Candidate, CandidateFindings, ContentRules, Finding, Layout,
    Limits, Listed, LooseRules, Manifest, RatExcludes, r_package,
};
use crate::release::{PathRules, Version, VersionRules, means_file};

/// A product's rules for one release.
#[derive(Debug, Clone, Default)]
pub struct ProductRules {
    /// The name that NOTICE must hold, "Apache Flink Stateful Functions"; none where the
    /// product is not known.
    pub name: Option<String>,
    /// The version; where it is unknown nothing is held against it.
    pub version: Option<String>,
    /// The versions of the artifacts in a Maven repository, where the product builds them several
    /// times, "4.1.0-2.0" and "4.1.0-2.1"; empty: they have the release's.
    pub maven_versions: BTreeSet<String>,
    /// The names of the source archives, "flink-statefun-3.4.0-src.tgz"; empty: those that
    /// say that they are.
    pub sources: BTreeSet<String>,
    /// The one directory in them; none: it is called as the archive is.
    pub source_root: Option<String>,
    /// The Python packages, by their names or patterns of such.
    pub python: BTreeSet<String>,
    /// The packages for npm, by their names.
    pub npm: BTreeSet<String>,
    /// What its builds make beside, by the names.
    pub built: BTreeSet<String>,
    /// The packages for R, by their names.
    pub r: BTreeSet<String>,
    /// Who holds the copyright that NOTICE states; none: The Apache Software Foundation.
    pub copyright_owner: Option<String>,
    /// Files of the source archive that need no licence header.
    pub no_header: PathRules,
    /// The same, as the project's exclude list for RAT says it.
    pub rat_excludes: RatExcludes,
    /// Files that may hold a key or token: those of tests.
    pub secrets: PathRules,
    /// Files that may be compiled code.
    pub binaries: PathRules,
    /// Files that may name a snapshot version.
    pub snapshots: PathRules,
    /// Where the source archive's files say the version; none where the product is not known.
    pub version_rules: Option<Arc<VersionRules>>,
    /// What a rehearsal put in the place of an artifact that could not be built: the
    /// artifact's name, and why. Its contents are not looked at, and that is said.
    pub stand_ins: BTreeMap<String, String>,
}

/// How much of a candidate the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All that is staged at one place.
    Whole,
    /// One artifact, with what stands beside it.
    Artifact,
    /// One artifact of a Maven repository, with what stands beside it there.
    MavenArtifact,
}

/// What a candidate is held against beside its product's rules.
pub struct Against<'a> {
    /// The keys that may have signed its files.
    pub keys: &'a KeyRing,
    /// The set and the bytes that they must be, where that is known.
    pub expect: Option<&'a Manifest>,
    /// What an archive may hold at most.
    pub limits: Limits,
    /// The time as of which signatures are judged.
    pub now: Timestamp,
    /// How much of it the files are.
    pub scope: Scope,
}

impl ProductRules {
    /// Verifies the `files` of `directory` as a candidate of this product; `progress` hears
    /// of each artifact that is done, with its bytes.
    pub fn verify(
        &self,
        directory: &Path,
        files: &[Listed],
        against: &Against<'_>,
        progress: &(dyn Fn(&str, u64) + Sync),
    ) -> CandidateFindings {
        let layout = match against.scope {
            Scope::MavenArtifact => Layout::Maven,
            Scope::Whole | Scope::Artifact => Layout::of(files),
        };
        let rules =
            |path: &str| Some(self.of_artifact(path, against.limits)?.of_version(self.version_at(path, layout)));
        let candidate = Candidate {
            directory,
            layout,
            keys: Some(against.keys),
            expect: against.expect,
            scope: against.scope,
            rules: &rules,
            now: against.now,
        };
        let mut found = candidate.verify(files, progress);
        for (name, why) in &self.stand_ins {
            if let Some(findings) = found.files.get_mut(name) {
                findings.push(Finding::skip("contents", format!("a stand-in of a rehearsal: {why}")));
            }
        }
        self.add_flavours(files, layout, against.scope, &mut found);
        if layout == Layout::Maven {
            found.whole.push(Finding::skip(
                "inventory",
                "held to the rules of a Maven repository: no source release was looked for, and .sha1 is digest enough",
            ));
        }
        let is_package = |name: &str| found.is_package(name);
        let of_source = self.source_release(files, layout, against.scope, &is_package);
        found.whole.extend(of_source);
        found.whole.extend(self.notes(against.expect.is_some()));
        found
    }

    /// Whether the file at `path` is the source archive.
    pub fn is_source(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.sources.is_empty() { says_source(name) } else { self.sources.contains(name) }
    }

    /// What the artifact at `path` must be; `None` where a rehearsal put something in its place.
    fn of_artifact(&self, path: &str, limits: Limits) -> Option<ArtifactRules> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.stand_ins.contains_key(name) {
            return None;
        }
        if let Some(archive) = self.of_archive(path, limits) {
            return Some(ArtifactRules::Archive(Box::new(archive)));
        }
        let contents = ContentRules {
            version: self.version.clone(),
            allowed_secrets: self.secrets.clone(),
            allowed_snapshots: self.snapshots.clone(),
            ..ContentRules::new(ArchiveForm::Other)
        };
        Some(ArtifactRules::Loose(Box::new(LooseRules { contents })))
    }

    /// What the archive at `path` must be; `None` where it is none.
    pub fn of_archive(&self, path: &str, limits: Limits) -> Option<ArchiveRules> {
        let name = path.rsplit('/').next().unwrap_or(path);
        ArchiveKind::of_name(name)?;
        if self.stand_ins.contains_key(name) {
            return None;
        }
        let source = self.is_source(path);
        let form = if source { ArchiveForm::Source } else { self.form(name) };
        let contents = ContentRules {
            product: self.name.clone().filter(|_| source),
            version: self.version.clone(),
            version_rules: self.version_rules.clone(),
            copyright_owner: self.copyright_owner.clone(),
            no_header: self.no_header.clone(),
            rat_excludes: if source { self.rat_excludes.clone() } else { RatExcludes::default() },
            allowed_secrets: self.secrets.clone(),
            allowed_binaries: self.binaries.clone(),
            allowed_snapshots: self.snapshots.clone(),
            ..ContentRules::new(form)
        };
        let roots = match (form, &self.source_root) {
            (ArchiveForm::Source, Some(root)) => vec![root.clone()],
            (ArchiveForm::Source, None) => roots_of(name),
            (ArchiveForm::Sdist, _) => sdist_roots(name),
            (ArchiveForm::Npm, _) => vec!["package".to_owned()],
            (ArchiveForm::Crate, _) => vec![crate_root(name)],
            (ArchiveForm::R, _) => r_package::named(name).map(|(package, _)| package.to_owned()).into_iter().collect(),
            _ => Vec::new(),
        };
        Some(ArchiveRules { roots, limits, contents })
    }

    /// What should be known of how the candidate was verified.
    fn notes(&self, expected: bool) -> Vec<Finding> {
        let mut notes = vec![match (&self.version, &self.name) {
            (Some(version), Some(name)) => Finding::pass("release", format!("{name} {version}")),
            (Some(version), None) => Finding::pass(
                "release",
                format!(
                    "version {version} of a product without a configuration: held against what every release must be"
                ),
            ),
            (None, _) => {
                Finding::fail("release", "the names of the files give no single version; name it by --version")
            }
        }];
        if !expected {
            let why = "no manifest was named by --expect, so another set of files that is signed would pass too";
            notes.push(Finding::skip("manifest", why));
        }
        notes
    }

    fn is_python(&self, name: &str) -> bool {
        self.python.iter().any(|wanted| means_file(wanted, name))
    }

    fn form(&self, name: &str) -> ArchiveForm {
        match ArchiveForm::of_name(name) {
            ArchiveForm::Source | ArchiveForm::Other if self.is_python(name) => ArchiveForm::Sdist,
            ArchiveForm::Source | ArchiveForm::Other if self.r.contains(name) => ArchiveForm::R,
            ArchiveForm::Source | ArchiveForm::Other if self.npm.contains(name) => ArchiveForm::Npm,
            // Only the product's own name is the source release.
            ArchiveForm::Source => ArchiveForm::Other,
            form => form,
        }
    }
}

/// Whether the name of a file says that it is the source release; the sources that go
/// with a jar of classes are none.
pub(super) fn says_source(name: &str) -> bool {
    ArchiveForm::of_name(name) == ArchiveForm::Source && !name.contains("-sources.")
}

/// The version in the files' names, where all that have one have the same.
pub fn version_in(files: &[Listed]) -> Option<Version> {
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

    #[test]
    fn each_file_is_held_against_what_it_is() {
        let rules = ProductRules {
            version: Some("1.2.0".to_owned()),
            sources: BTreeSet::from(["demo-1.2.0-src.tgz".to_owned()]),
            source_root: Some("demo-1.2.0".to_owned()),
            python: BTreeSet::from(["demo-1.2.0.tar.gz".to_owned()]),
            npm: BTreeSet::from(["demo-js-1.2.0.tgz".to_owned()]),
            stand_ins: BTreeMap::from([("demo-1.2.0.whl".to_owned(), "no Python".to_owned())]),
            ..ProductRules::default()
        };
        let form =
            |name: &str| rules.of_archive(name, Limits::default()).map(|rules| (rules.contents.form, rules.roots));
        assert_eq!(form("demo-1.2.0-src.tgz"), Some((ArchiveForm::Source, vec!["demo-1.2.0".to_owned()])));
        assert_eq!(form("other-1.2.0-src.tgz"), Some((ArchiveForm::Other, Vec::new())));
        assert_eq!(form("python/demo-1.2.0.tar.gz"), Some((ArchiveForm::Sdist, vec!["demo-1.2.0".to_owned()])));
        assert_eq!(form("demo-js-1.2.0.tgz"), Some((ArchiveForm::Npm, vec!["package".to_owned()])));
        assert_eq!(form("demo-1.2.0.jar"), Some((ArchiveForm::Jar, Vec::new())));
        assert_eq!(form("demo-1.2.0.crate"), Some((ArchiveForm::Crate, vec!["demo-1.2.0".to_owned()])));
        assert_eq!(form("demo-1.2.0.whl"), None, "a stand-in");
        assert_eq!(form("demo-1.2.0.jar.asc"), None);
    }
}
