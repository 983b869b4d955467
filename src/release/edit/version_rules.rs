// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which files of a product's tree say its version, and whether they say one and the same.

use std::collections::BTreeMap;

use globset::GlobSet;

use super::globs::globs;
use super::{EditFault, EditRule, Tree, VersionChange, apply, authority};
use crate::release::PatternError;

/// The places in a tree that say its version.
#[derive(Debug, Clone)]
pub struct VersionRules {
    authority: EditRule,
    /// The rules that set the version, each by itself.
    places: Vec<(EditRule, GlobSet)>,
    files: GlobSet,
}

impl VersionRules {
    /// Those of a product: its `authority`, and of its lists of edits those that set the
    /// version, where no other list sets the same place to something else.
    ///
    /// # Errors
    /// When the files of a rule are no glob.
    pub fn new(authority: &EditRule, lists: &BTreeMap<String, Vec<EditRule>>) -> Result<Self, PatternError> {
        let all: Vec<&EditRule> = lists.values().flatten().collect();
        let alone = |rule: &EditRule| all.iter().filter(|other| same_place(rule, other)).count() == 1;
        let chosen = all.iter().filter(|rule| sets_version(rule) && alone(rule));
        let places: Result<Vec<_>, PatternError> =
            chosen.map(|rule| Ok(((*rule).clone(), globs([rule.files()])?))).collect();
        let places = places?;
        let files = globs(places.iter().map(|(rule, _)| rule.files()).chain([authority.files()]))?;
        Ok(Self { authority: authority.clone(), places, files })
    }

    /// Whether the file at `path` of the tree says the version.
    pub fn want(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// Where `tree`, which holds the files that are wanted, says another version than
    /// `version`. A place whose files are all left out of the tree says none.
    pub fn faults(&self, tree: &Tree, version: &str) -> Vec<EditFault> {
        let mut faults = Vec::new();
        let versions = VersionChange::new(version, version);
        for (rule, files) in &self.places {
            if !tree.keys().any(|path| files.is_match(path)) {
                continue;
            }
            match apply(tree, std::slice::from_ref(rule), Some(&versions)) {
                Err(found) => faults.extend(found.0),
                Ok(edits) => {
                    let differing = edits.hits.iter().flatten().filter(|hit| hit.before != hit.after);
                    faults.extend(differing.map(|hit| EditFault {
                        rule: rule.describe(),
                        place: format!("{}:{}", hit.path, hit.line),
                        found: format!("`{}`", hit.before),
                        expected: format!("`{}`", hit.after),
                    }));
                }
            }
        }
        // one of the places may be the authority as well
        let of_it = |fault: &EditFault| fault.place.starts_with(self.authority.files());
        if !faults.iter().any(of_it) {
            faults.extend(self.of_authority(tree, version));
        }
        faults
    }

    fn of_authority(&self, tree: &Tree, version: &str) -> Option<EditFault> {
        let found = match authority(&self.authority, tree) {
            Ok(found) if found == version => return None,
            Ok(found) => found,
            Err(fault) => return Some(fault),
        };
        Some(EditFault {
            rule: self.authority.describe(),
            place: self.authority.files().to_owned(),
            found: format!("`{found}`"),
            expected: format!("`{version}`"),
        })
    }
}

fn sets_version(rule: &EditRule) -> bool {
    let names = |text: &str| text.contains("@NEW@") || text.contains("@NPM_NEW@");
    match rule {
        EditRule::MavenPoms { .. } => true,
        EditRule::Json { value, .. } | EditRule::Toml { value, .. } => names(value),
        EditRule::Text { replace, .. } => names(replace),
        EditRule::TomlPrepend { .. } => false,
    }
}

/// Whether two rules set the same place, whatever to.
fn same_place(one: &EditRule, other: &EditRule) -> bool {
    match (one, other) {
        (EditRule::Toml { files, path, .. }, EditRule::Toml { files: others, path: other, .. })
        | (EditRule::Json { files, pointer: path, .. }, EditRule::Json { files: others, pointer: other, .. }) => {
            (files, path) == (others, other)
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> VersionRules {
        let pom = |files: &str| EditRule::MavenPoms { files: files.into() };
        let toml = |value: &str| EditRule::Toml {
            files: "docs/config.toml".into(),
            path: "params.Title".into(),
            value: value.into(),
        };
        let setup = EditRule::Text {
            files: "python/setup.py".into(),
            find: "version='@OLD@'".into(),
            replace: "version='@NEW@'".into(),
            may_miss: None,
        };
        let lists = BTreeMap::from([
            ("version".to_owned(), vec![pom("**/pom.xml"), setup, toml("'@NEW@'")]),
            ("docs".to_owned(), vec![toml("'1.2'")]),
        ]);
        VersionRules::new(&pom("pom.xml"), &lists).unwrap()
    }

    fn tree(pom: &str, setup: &str) -> Tree {
        let pom = format!("<project><groupId>g</groupId><artifactId>a</artifactId><version>{pom}</version></project>");
        let files = [("pom.xml", pom), ("python/setup.py", format!("setup(version='{setup}')\n"))];
        files.map(|(path, text)| (path.to_owned(), text.into_bytes())).into()
    }

    #[test]
    fn a_place_that_says_another_version_is_named() {
        let said = |tree: &Tree| -> Vec<String> {
            rules().faults(tree, "1.2.0").iter().map(|fault| format!("{} {}", fault.place, fault.found)).collect()
        };
        assert_eq!(said(&tree("1.2.0", "1.2.0")), [""; 0]);
        let other = said(&tree("1.1.9", "9.9.9"));
        assert!(other.iter().any(|fault| fault.starts_with("pom.xml") && fault.contains("1.1.9")), "{other:?}");
        assert!(other.iter().any(|fault| fault.starts_with("python/setup.py")), "{other:?}");
        assert_eq!(said(&Tree::new()), ["pom.xml no such file"]);
        let mut without = tree("1.2.0", "1.2.0");
        without.remove("python/setup.py");
        assert_eq!(said(&without), [""; 0]);
    }

    #[test]
    fn only_places_that_one_list_sets_are_wanted() {
        let rules = rules();
        assert!(rules.want("pom.xml") && rules.want("a/b/pom.xml") && rules.want("python/setup.py"));
        assert!(!rules.want("docs/config.toml") && !rules.want("a/setup.py"));
    }
}
