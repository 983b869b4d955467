// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which of the files is the source release, which alone is what a release is
//! (<https://www.apache.org/legal/release-policy.html#source-packages>), and what is beside it. The
//! names are the candidate's choice: so none of them takes an archive out of sight.

use super::file_names::shown_name;
use super::inventory::is_artifact;
use super::layout::Layout;
use super::naming::says_built;
use super::product::says_source;
use super::signature::printable;
use super::source_words::{claims_source, twin};
use super::{ArchiveForm, ArchiveKind, Finding, Listed, ProductRules, Scope, unread_by_name};

const NAME: &str = "inventory";

/// How many names are shown.
const SHOWN: usize = 5;

/// How the plugins of Apache's parent pom call the source release that lies in a Maven repository.
const OF_PARENT_POM: &str = "-source-release.zip";

/// What is wrong with archives of which nobody knows whether they are the source.
const NOT_HELD: &str = "not held against the rules of a source release";

impl ProductRules {
    /// What is to be said of the source release among the files. A Maven repository need not have one. Whether
    /// the file of a name was found to be the package of a language, by what is in it, `is_package` says.
    pub(super) fn source_release(
        &self,
        files: &[Listed],
        layout: Layout,
        scope: Scope,
        is_package: &dyn Fn(&str) -> bool,
    ) -> Vec<Finding> {
        let whole = scope == Scope::Whole && layout == Layout::Distribution;
        let missing = if whole { self.without_source(files) } else { None };
        let mut found: Vec<Finding> = missing.into_iter().chain(self.another_source(files, layout)).collect();
        found.extend(self.claiming(files, layout));
        found.extend(self.twins(files, is_package));
        found.extend(self.not_held_as_source(files, layout, is_package));
        found
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
    fn another_source(&self, files: &[Listed], layout: Layout) -> Option<Finding> {
        let name = self.name.as_ref().filter(|_| !self.sources.is_empty())?;
        let others = shown(archives(files).filter(|name| self.is_another(name, layout)))?;
        Some(Finding::fail(
            NAME,
            format!(
                "{others}: a source release by its name, and that of {name} is {}: take it away, or correct \
                 `source.file` in the product's configuration",
                self.wanted()
            ),
        ))
    }

    fn is_another(&self, name: &str, layout: Layout) -> bool {
        let of_parent_pom = layout == Layout::Maven && name.ends_with(OF_PARENT_POM);
        let known = self.name.is_some() && !self.sources.is_empty();
        known && says_source(name) && !self.is_source(name) && !self.is_known(name) && !of_parent_pom
    }

    /// Files that say in some way that they are a source release, and are not held as one.
    fn claiming(&self, files: &[Listed], layout: Layout) -> Option<Finding> {
        let artifacts = files.iter().filter(|file| is_artifact(&file.path, layout)).map(name_of);
        // what is in a form that is not read fails as that
        let others = artifacts
            .filter(|name| self.claims(name) && !self.is_another(name, layout) && unread_by_name(name).is_none());
        let others = shown(others)?;
        let of_it = self.of_it();
        Some(Finding::warn(NAME, format!("{others}: says that it is a source release, {of_it}; {NOT_HELD}")))
    }

    /// Why a file is not held as the source.
    fn of_it(&self) -> String {
        match &self.name {
            Some(name) => format!("and is no file of {name} by its configuration"),
            None if self.sources.is_empty() => "and is none that is read".to_owned(),
            None => format!("beside {}", self.wanted()),
        }
    }

    /// Whether a file says that it is a source release, and is not held as one.
    fn claims(&self, name: &str) -> bool {
        let held = ArchiveKind::of_name(name).is_some() && self.is_source(name);
        !held && !self.is_known(name) && claims_source(name, &self.sources)
    }

    /// Archives that are called as the source is but for what says that it is the source.
    fn twins(&self, files: &[Listed], is_package: &dyn Fn(&str) -> bool) -> Option<Finding> {
        let others = shown(archives(files).filter(|name| self.is_twin(name, is_package)))?;
        Some(Finding::warn(
            NAME,
            format!(
                "{others}: called as the source archive is but for the word that says so, {}; {NOT_HELD}",
                self.of_it()
            ),
        ))
    }

    fn is_twin(&self, name: &str, is_package: &dyn Fn(&str) -> bool) -> bool {
        let alone = !self.is_source(name) && !self.is_known(name) && !self.claims(name) && !is_package(name);
        alone && twin(name, &self.sources).is_some()
    }

    /// Archives that do not say what they are: a source archive may be called so, and others are.
    fn not_held_as_source(
        &self,
        files: &[Listed],
        layout: Layout,
        is_package: &dyn Fn(&str) -> bool,
    ) -> Option<Finding> {
        let told = |name: &str| self.claims(name) || self.is_twin(name, is_package);
        let others = archives(files)
            .filter(|name| !self.is_source(name) && !self.is_known(name) && !says_built(name) && !told(name));
        let others = shown(others.filter(|name| {
            matches!(ArchiveForm::of_name(name), ArchiveForm::Other | ArchiveForm::Source) && !name.ends_with(".crate")
        }))?;
        Some(match &self.name {
            Some(name) if layout == Layout::Distribution => {
                Finding::warn(NAME, format!("{others}: no file of {name} by its configuration; {NOT_HELD}"))
            }
            Some(_) => Finding::skip(NAME, format!("{others}: taken for what was built for a repository: {NOT_HELD}")),
            None => Finding::skip(
                NAME,
                format!("{others}: taken for what was built, since others say that they are the source: {NOT_HELD}"),
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
    files.iter().map(name_of).filter(|name| ArchiveKind::of_name(name).is_some())
}

fn name_of(file: &Listed) -> &str {
    file.path.rsplit('/').next().unwrap_or(&file.path)
}

/// The first of the names, and how many more there are; `None` where there is none.
fn shown<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| printable(&shown_name(name))).collect();
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
        said_in(rules, names, Layout::Distribution)
    }

    fn said_in(rules: &ProductRules, names: &[&str], layout: Layout) -> Vec<(Status, String)> {
        let is_package = |name: &str| name.starts_with("package");
        let found = rules.source_release(&listed(names), layout, Scope::Whole, &is_package);
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
        let alone =
            known()
                .source_release(&listed(&["other-1.2.0-src.tgz"]), Layout::Distribution, Scope::Artifact, &|_| false);
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

    #[test]
    fn what_says_that_it_is_the_source_and_is_not_held_as_one_is_to_be_known() {
        let source = "apache-demo-1.2.0-src.tgz";
        for other in [
            "apache-demo-1.2.0.src.tgz",
            "apache-demo_src_1.2.0.zip",
            "src-apache-demo-1.2.0.tgz",
            "apache-demo-1.2.0-sources.zip",
            "apache-demo-1.2.0-src(1).tgz",
            "apache-demo-1.2.0-src.tar.br",
            "apache-demo-1.2.0-src.tgz.bak",
            "apache-demo-1.2.0-src",
            "apache-demo-1.2.0.tgz",
            "demo-1.2.0.zip",
        ] {
            let names = [source, other];
            let rules = ProductRules::of_any(None, &listed(&names));
            for layout in [Layout::Distribution, Layout::Maven] {
                let found = said_in(&rules, &names, layout);
                let held = rules.is_source(other) && ArchiveKind::of_name(other).is_some();
                let [(Status::Warn, why)] = &found[..] else { panic!("{other}: {held} {found:?}") };
                assert!(why.starts_with(other) && why.contains(NOT_HELD), "{why}");
            }
        }
        let package = "package-1.2.0.tar.gz";
        let names = ["package-1.2.0-source.tar.gz", package, "package-1.2.0-py3-none-any.whl"];
        let rules = ProductRules::of_any(None, &listed(&names));
        assert_eq!(said(&rules, &names).first().map(|(status, _)| *status), Some(Status::Skip), "by what is in it");
    }

    #[test]
    fn a_repository_s_own_sources_are_no_other_source_release() {
        let source = "demo-1.2.0-source-release.zip";
        let names = [source, "demo-1.2.0-sources.jar", "demo-1.2.0-test-sources.jar", "demo-1.2.0.jar"];
        let rules = ProductRules::of_any(None, &listed(&names));
        assert_eq!(said_in(&rules, &names, Layout::Maven), []);
        assert_eq!(said_in(&known(), &names[1..], Layout::Maven), []);
        let [(Status::Warn, why)] = &said_in(&known(), &names, Layout::Maven)[..] else { panic!() };
        assert!(why.starts_with(source) && why.contains(NOT_HELD), "{why}");
        let found = said_in(&known(), &["demo-1.2.0.pom", "other-1.2.0-src.tgz"], Layout::Maven);
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Status::Fail]);
        let found = said_in(&known(), &["demo-1.2.0.pom", "demo-features-1.2.0.tar.gz"], Layout::Maven);
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Status::Skip]);
    }
}
