// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What there is of a release whose record was lost: its candidates and what of it is
//! released, at the remotes and on this machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::CommandError;
use super::connect::connect;
use super::environment::Environment;
use super::release_files::ReleaseFiles;
use super::session::Values;
use crate::actions::Services;
use crate::actions::failures::git_failed;
use crate::config::{Product, render_product};
use crate::engine::{ActionError, SystemClock};
use crate::probes::Unreleased;
use crate::release::{ReleaseRecord, Version};
use crate::services::{Depth, Effects, SvnUrl};

/// No release has more candidates.
const MOST_CANDIDATES: u32 = 40;

/// What there is.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AlreadyOut {
    /// What there is of each candidate, in words.
    candidates: BTreeMap<u32, Vec<String>>,
    /// The mails that cancelled a candidate.
    cancelled: BTreeMap<u32, String>,
    /// What there is of the release itself.
    released: Vec<String>,
}

impl AlreadyOut {
    /// What there is of a release whose record begins anew.
    ///
    /// # Errors
    /// When a service cannot be set up, or something could not be asked.
    pub fn of_release(
        environment: &Environment,
        directory: &Path,
        record: &ReleaseRecord,
        version: Version,
        files: &ReleaseFiles,
    ) -> Result<Self, CommandError> {
        let product = files.product()?;
        let accounts = &environment.accounts;
        let services = connect(environment, directory, record, &product, version, accounts, Effects::unwatched())?;
        let values = Values {
            product,
            record: record.clone(),
            version,
            clock: Box::new(SystemClock),
            home: accounts.home.clone().unwrap_or_default(),
            directory: directory.to_owned(),
        };
        Self::look(&services, &values)
    }

    /// Looks at the remotes, the clone and the release's directory.
    ///
    /// # Errors
    /// When something could not be asked.
    fn look(services: &Services, values: &Values) -> Result<Self, CommandError> {
        let mut found = Self::default();
        let mut names = Vec::new();
        for number in 1..=MOST_CANDIDATES {
            names.push((number, render_product(&values.product, &values.of_candidate(number, None)?)?));
        }
        let of_release = &names[0].1;
        found.refs(services, &names)?;
        found.directories(services, &names)?;
        found.files(&values.directory);
        let url = svn_url(&format!("{}/{}", of_release.svn.release, of_release.svn.release_directory))?;
        let released = Unreleased { tags: of_release.git.release_tags.clone(), url };
        found.released = released.found(services)?;
        Ok(found)
    }

    /// The candidate that the record goes on with: the last that there is, or the next
    /// one where that was cancelled.
    pub fn candidate(&self) -> u32 {
        let last = self.candidates.keys().chain(self.cancelled.keys()).max().copied().unwrap_or(1);
        if self.cancelled.contains_key(&last) { last + 1 } else { last }
    }

    /// What a person is to know of it.
    pub fn told(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .candidates
            .iter()
            .map(|(number, what)| format!("There is of candidate {number}: {}.", what.join(", ")))
            .collect();
        lines.extend(self.cancelled.iter().map(|(number, mail)| {
            format!("Candidate {number} was cancelled ({mail}): see by hand that all of it is taken down.")
        }));
        let number = self.candidate();
        if !self.released.is_empty() {
            lines.push(format!("There is of the release: {}.", self.released.join(", ")));
            lines.push(
                "This record cannot carry it on: no candidate is built or cancelled in it. `quorate guide` says, \
                 in its last two phases, what is left to do by hand."
                    .into(),
            );
        } else if !self.candidates.is_empty() || !self.cancelled.is_empty() {
            lines.push(format!(
                "The record goes on with candidate {number}; what is done of it is found done. It can be cancelled once \
                 the mail of its vote, if there is one, is found again."
            ));
        }
        lines
    }

    fn of(&mut self, number: u32, what: String) {
        self.candidates.entry(number).or_default().push(what);
    }

    fn refs(&mut self, services: &Services, names: &[(u32, Product)]) -> Result<(), CommandError> {
        let mut wanted = Vec::new();
        for (number, product) in names {
            wanted.push((*number, format!("refs/heads/{}", product.git.candidate_branch)));
            wanted.extend(product.git.candidate_tags.iter().map(|tag| (*number, format!("refs/tags/{tag}"))));
        }
        let all: Vec<&str> = wanted.iter().map(|(_, name)| name.as_str()).collect();
        let there = services.git.remote_refs(&all).map_err(git_failed)?;
        for (number, name) in &wanted {
            if there.contains_key(name) {
                self.of(*number, format!("{} at the remote", in_words(name)));
            } else if services.git.reference(name).map_err(git_failed)?.is_some() {
                self.of(*number, format!("{} in the clone", in_words(name)));
            }
        }
        Ok(())
    }

    fn directories(&mut self, services: &Services, names: &[(u32, Product)]) -> Result<(), CommandError> {
        let url = svn_url(&names[0].1.svn.dev)?;
        let asked = |error| CommandError::from(ActionError::from(error));
        if services.svn.info(&url, None).map_err(asked)?.is_none() {
            return Ok(());
        }
        let entries = services.svn.list(&url, Depth::Immediate, None).map_err(asked)?;
        for (number, product) in names {
            let directory = &product.svn.candidate_directory;
            if entries.iter().any(|entry| entry.name == *directory) {
                self.of(*number, format!("{url}/{directory}"));
            }
        }
        Ok(())
    }

    /// The files of candidates in the release's own directory: what was built, and mails.
    fn files(&mut self, directory: &Path) {
        for number in 1..=MOST_CANDIDATES {
            let built = directory.join(format!("candidates/rc{number}"));
            if built.is_dir() {
                self.of(number, built.display().to_string());
            }
            let suffix = format!("-rc{number}.eml");
            for name in names_in(&directory.join("mails")).iter().filter(|name| name.ends_with(&suffix)) {
                let mail = format!("mails/{name}");
                if name.starts_with("cancel-") {
                    self.cancelled.insert(number, mail);
                } else {
                    self.of(number, mail);
                }
            }
        }
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn in_words(name: &str) -> String {
    match name.strip_prefix("refs/heads/") {
        Some(branch) => format!("the branch {branch}"),
        None => format!("the tag {}", name.trim_start_matches("refs/tags/")),
    }
}

fn svn_url(url: &str) -> Result<SvnUrl, CommandError> {
    SvnUrl::try_from(url.to_owned()).map_err(|error| ActionError::from(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(files: &[&str]) -> AlreadyOut {
        let directory = tempfile::tempdir().unwrap();
        for name in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let mut found = AlreadyOut::default();
        found.files(directory.path());
        found
    }

    #[test]
    fn the_record_goes_on_with_the_last_candidate_that_is_not_cancelled() {
        assert_eq!(AlreadyOut::default().candidate(), 1);
        assert_eq!(AlreadyOut::default().told(), [""; 0]);
        let found = beside(&["candidates/rc1/artifacts/x.tgz", "candidates/rc2/texts/y", "mails/vote-rc1.eml"]);
        assert_eq!(found.candidate(), 2);
        let found = beside(&["candidates/rc1/x", "mails/vote-rc1.eml", "mails/cancel-rc1.eml"]);
        assert_eq!(found.candidate(), 2);
        let told = found.told().join("\n");
        assert!(told.contains("Candidate 1 was cancelled (mails/cancel-rc1.eml)"), "{told}");
        assert!(told.contains("goes on with candidate 2"), "{told}");
    }
}
