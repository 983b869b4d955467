// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which of the files is the source release, which alone is what a release is
//! (<https://www.apache.org/legal/release-policy.html#source-packages>), and what is beside it. The
//! names are the candidate's choice: so none of them takes an archive out of sight.

use super::layout::Layout;
use super::naming::says_built;
use super::product::says_source;
use super::signature::printable;
use super::{ArchiveForm, ArchiveKind, Finding, Listed, ProductRules, Scope};

const NAME: &str = "inventory";

/// How many names are shown.
const SHOWN: usize = 5;

impl ProductRules {
    /// What is to be said of the source release among the files, where they are no Maven repository.
    pub(super) fn source_release(&self, files: &[Listed], layout: Layout, scope: Scope) -> Vec<Finding> {
        if layout == Layout::Maven {
            return Vec::new();
        }
        let missing = if scope == Scope::Whole { self.without_source(files) } else { None };
        missing.into_iter().chain(self.another_source(files)).chain(self.not_held_as_source(files)).collect()
    }

    fn without_source(&self, files: &[Listed]) -> Option<Finding> {
        if archives(files).any(|name| self.is_source(name)) {
            return None;
        }
        let detail = match &self.name {
            Some(name) if !self.sources.is_empty() => {
                format!("there is no source archive of {name}, expected {}", self.wanted())
            }
            _ => "no archive that is read is a source archive by its name, and a release has to have one".to_owned(),
        };
        Some(Finding::fail(NAME, detail))
    }

    /// An archive that says that it is a source release, and is none of this product.
    fn another_source(&self, files: &[Listed]) -> Option<Finding> {
        let name = self.name.as_ref().filter(|_| !self.sources.is_empty())?;
        let others = archives(files).filter(|name| says_source(name) && !self.is_source(name) && !self.is_known(name));
        let others = shown(others)?;
        Some(Finding::fail(
            NAME,
            format!(
                "{others}: a source release by its name, and that of {name} is {}: take it away, or correct \
                 `source.file` in the product's configuration",
                self.wanted()
            ),
        ))
    }

    /// Archives that do not say what they are: a source archive may be called so, and others are.
    fn not_held_as_source(&self, files: &[Listed]) -> Option<Finding> {
        let others = archives(files)
            .filter(|name| !self.is_source(name) && !self.is_known(name) && !says_source(name) && !says_built(name));
        let others = shown(others.filter(|name| {
            matches!(ArchiveForm::of_name(name), ArchiveForm::Other | ArchiveForm::Source) && !name.ends_with(".crate")
        }))?;
        Some(match &self.name {
            Some(name) => Finding::warn(
                NAME,
                format!(
                    "{others}: no file of {name} by its configuration; not held against the rules of a source release"
                ),
            ),
            None => Finding::skip(
                NAME,
                format!(
                    "{others}: taken for what was built, since others say that they are the source: not held against the rules of a source release"
                ),
            ),
        })
    }

    /// Whether the configuration, or what is in it, says what the file is.
    fn is_known(&self, name: &str) -> bool {
        [&self.built, &self.python, &self.npm, &self.r].iter().any(|names| names.contains(name))
            || self.stand_ins.contains_key(name)
    }

    fn wanted(&self) -> String {
        self.sources.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
    }
}

/// The names of the archives.
fn archives(files: &[Listed]) -> impl Iterator<Item = &str> {
    let names = files.iter().map(|file| file.path.rsplit('/').next().unwrap_or(&file.path));
    names.filter(|name| ArchiveKind::of_name(name).is_some())
}

/// The first of the names, and how many more there are; `None` where there is none.
fn shown<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| printable(name)).collect();
    (!names.is_empty()).then(|| format!("{}{more}", first.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::verify::Status;

    fn known() -> ProductRules {
        ProductRules {
            name: Some("Apache Demo".to_owned()),
            sources: BTreeSet::from(["demo-1.2.0-src.tgz".to_owned()]),
            python: BTreeSet::from(["apache_demo-1.2.0.tar.gz".to_owned()]),
            built: BTreeSet::from(["demo-1.2.0-linux.tgz".to_owned()]),
            ..ProductRules::default()
        }
    }

    fn listed(names: &[&str]) -> Vec<Listed> {
        names.iter().map(|name| Listed { path: (*name).to_owned(), bytes: 1 }).collect()
    }

    fn said(rules: &ProductRules, names: &[&str]) -> Vec<(Status, String)> {
        let found = rules.source_release(&listed(names), Layout::Distribution, Scope::Whole);
        found.into_iter().map(|finding| (finding.status, finding.detail)).collect()
    }

    #[test]
    fn a_release_without_its_source_is_none() {
        let status = |rules: &ProductRules, name: &str| said(rules, &[name]).first().map(|(status, _)| *status);
        assert_eq!(status(&known(), "demo-1.2.0-src.tgz"), None);
        assert_eq!(status(&known(), "demo-1.2.0.jar"), Some(Status::Fail));
        assert_eq!(status(&known(), "demo-1.2.0-src.tgz.asc"), Some(Status::Fail));
        assert_eq!(status(&ProductRules::default(), "other-1.0-src.tgz"), None);
        assert_eq!(status(&ProductRules::default(), "other-1.0.jar"), Some(Status::Fail));
        assert_eq!(status(&ProductRules::default(), "other-1.0-src.tar.bz2"), Some(Status::Fail));
    }

    #[test]
    fn no_other_source_release_stands_beside_that_of_a_known_product() {
        let source = "demo-1.2.0-src.tgz";
        let good = [source, "apache_demo-1.2.0.tar.gz", "demo-1.2.0-linux.tgz", "demo-1.2.0-bin.zip", "demo-1.2.0.jar"];
        assert_eq!(said(&known(), &good), []);
        for other in
            ["demo-1.2.0-src.zip", "demo-1.2.0-source.tgz", "apache-other-1.2.0-src.tar.gz", "a-source-release.zip"]
        {
            let [(Status::Fail, why)] = &said(&known(), &[source, other])[..] else { panic!("{other}") };
            assert!(why.starts_with(other) && why.contains("that of Apache Demo is demo-1.2.0-src.tgz"), "{why}");
        }
        for other in ["1.2.0.tgz", "demo-1.2.0.tar.gz", "demo-1.2.0-sources.tgz"] {
            let [(Status::Warn, why)] = &said(&known(), &[source, other])[..] else { panic!("{other}") };
            assert!(why.starts_with(other) && why.contains("no file of Apache Demo"), "{why}");
        }
        let alone = known().source_release(&listed(&["other-1.2.0-src.tgz"]), Layout::Distribution, Scope::Artifact);
        assert_eq!(
            alone.iter().map(|finding| finding.status).collect::<Vec<_>>(),
            [Status::Fail],
            "one file alone too"
        );
    }

    #[test]
    fn what_is_not_held_as_source_is_told() {
        let names = ["demo-1.2.0-src.tgz", "demo_2.13-1.2.0.tgz", "demo-1.2.0-bin.tgz", "demo-1.2.0.jar"];
        let rules = ProductRules::of_any(None, &listed(&names));
        let [(Status::Skip, why)] = &said(&rules, &names)[..] else { panic!() };
        assert!(why.starts_with("demo_2.13-1.2.0.tgz: taken for what was built"), "{why}");
    }
}
