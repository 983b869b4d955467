// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The versions of Maven's artifacts where a product builds them several times of one tree, a
//! connector once for each minor version of Flink: `4.1.0-2.0` and `4.1.0-2.1` of 4.1.0. Which
//! ones there are is the word of the product's configuration, and not of the repository.

use std::collections::BTreeSet;

use super::inventory::is_artifact;
use super::product::Scope;
use super::{CandidateFindings, Coordinates, Finding, Layout, Listed, ProductRules};

impl ProductRules {
    /// The version that the artifact at `path` must say.
    pub(super) fn version_at(&self, path: &str, layout: Layout) -> Option<String> {
        let flavour = self.flavour_of(path).filter(|_| layout == Layout::Maven).cloned();
        flavour.or_else(|| self.version.clone())
    }

    /// Adds what is wrong with the versions of the artifacts: another than those that are
    /// built, and one of those of which there is none.
    pub(super) fn add_flavours(&self, files: &[Listed], layout: Layout, scope: Scope, found: &mut CandidateFindings) {
        if layout != Layout::Maven || self.maven_versions.is_empty() {
            return;
        }
        let wanted: Vec<&str> = self.maven_versions.iter().map(String::as_str).collect();
        let mut there = BTreeSet::new();
        for Listed { path, .. } in files.iter().filter(|file| is_artifact(&file.path, layout)) {
            match self.flavour_of(path) {
                Some(flavour) => drop(there.insert(flavour)),
                None => {
                    let detail = format!("it is of none of the versions that are built: {}", wanted.join(", "));
                    found.files.entry(path.clone()).or_default().push(Finding::fail("metadata", detail));
                }
            }
        }
        let missing = self.maven_versions.iter().filter(|version| scope == Scope::Whole && !there.contains(version));
        found.whole.extend(missing.map(|version| {
            let detail =
                format!("there is no artifact of version {version}, which the product's configuration has built");
            Finding::fail("inventory", detail)
        }));
    }

    /// The version of the artifact at `path`: that of its place in the repository, or, of a single file, the
    /// one that its name says.
    fn flavour_of(&self, path: &str) -> Option<&String> {
        if let Some(place) = Coordinates::of(path) {
            return self.maven_versions.get(place.version);
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let says = |version: &&String| {
            let mut parts = name.match_indices(version.as_str());
            parts.any(|(at, _)| name[..at].ends_with('-') && name[at + version.len()..].starts_with(['.', '-']))
        };
        // `4.1.0-2` stands in `4.1.0-2.0` too
        self.maven_versions.iter().filter(says).max_by_key(|version| version.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rules(versions: &[&str]) -> ProductRules {
        let maven_versions = versions.iter().map(|version| (*version).to_owned()).collect();
        ProductRules { version: Some("4.1.0".to_owned()), maven_versions, ..ProductRules::default() }
    }

    fn place(version: &str) -> String {
        format!("org/demo/core/{version}/core-{version}.pom")
    }

    #[test]
    fn an_artifact_says_the_version_of_its_flavour() {
        let rules = rules(&["4.1.0-2.0", "4.1.0-2"]);
        let at = |path: &str, layout| rules.version_at(path, layout).unwrap();
        assert_eq!(at(&place("4.1.0-2.0"), Layout::Maven), "4.1.0-2.0");
        assert_eq!(at(&place("4.1.0-2"), Layout::Maven), "4.1.0-2");
        assert_eq!(at(&place("4.1.0-2.0"), Layout::Distribution), "4.1.0");
        assert_eq!(at("core-4.1.0-2.0-sources.jar", Layout::Maven), "4.1.0-2.0");
        assert_eq!(at("core-4.1.0-2.0.jar", Layout::Maven), "4.1.0-2.0");
        assert_eq!(at("core-4.1.0-2.jar", Layout::Maven), "4.1.0-2");
        for other in ["4.1.0", "4.1.0-2.1", "4.1.0-2.0.1", "14.1.0-2.0"] {
            assert_eq!(at(&place(other), Layout::Maven), "4.1.0", "{other}");
        }
        let one = ProductRules { maven_versions: BTreeSet::new(), ..rules };
        assert_eq!(one.version_at(&place("4.1.0-2.0"), Layout::Maven).as_deref(), Some("4.1.0"));
    }

    #[test]
    fn the_versions_are_exactly_those_that_are_built() {
        let rules = rules(&["4.1.0-2.0", "4.1.0-2.1"]);
        let found = |paths: &[&str], layout, scope| {
            let files: Vec<Listed> = paths.iter().map(|path| Listed { path: (*path).to_owned(), bytes: 1 }).collect();
            let (files_found, whole, digests) = (BTreeMap::new(), Vec::new(), Vec::new());
            let mut found = CandidateFindings { files: files_found, whole, digests, bytes: 0 };
            rules.add_flavours(&files, layout, scope, &mut found);
            let of_files =
                found.files.into_iter().flat_map(|(path, found)| found.into_iter().map(move |one| (path.clone(), one)));
            let all = of_files.chain(found.whole.into_iter().map(|one| (String::new(), one)));
            all.map(|(path, one)| format!("{path} {}: {}", one.name, one.detail)).collect::<Vec<_>>()
        };
        let (one, two, plain) = (place("4.1.0-2.0"), place("4.1.0-2.1"), place("4.1.0"));
        let signature = format!("{plain}.asc");
        assert_eq!(found(&[&one, &two, &signature], Layout::Maven, Scope::Whole), [""; 0]);
        assert_eq!(
            found(&[&one, &two, &plain], Layout::Maven, Scope::Whole),
            [format!("{plain} metadata: it is of none of the versions that are built: 4.1.0-2.0, 4.1.0-2.1")]
        );
        assert_eq!(
            found(&[&one], Layout::Maven, Scope::Whole),
            [" inventory: there is no artifact of version 4.1.0-2.1, which the product's configuration has built"]
        );
        assert_eq!(found(&["core-4.1.0-2.1.jar"], Layout::Maven, Scope::MavenArtifact), [""; 0]);
        assert_eq!(found(&["core-4.1.0.jar"], Layout::Maven, Scope::MavenArtifact).len(), 1);
        assert_eq!(found(&["core-4.1.0.jar"], Layout::Distribution, Scope::Whole), [""; 0]);
    }
}
