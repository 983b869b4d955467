// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry as the rules of proposals see it: its pages with their index, tallies and all
//! numbers that were ever used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use jiff::civil::Date;

use crate::governance::proposals::{
    Corpus, Field, LAST_NUMBER, Page, Scheme, TallyRead, number_in_file_name, parse_number,
};
use crate::services::{GitRegistry, HomeError, ProposalHome, Sheet};

/// The numbers that were ever given, one a line, so that none is given again.
pub const LEDGER: &str = "numbers";
/// What an index that was imported last said, one page a line.
pub const IMPORTED: &str = "imported.jsonl";

/// Why a registry cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Its repository cannot.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A file that the program writes was changed into something else.
    #[error("{place}: {what}")]
    Broken {
        /// The file, with its line.
        place: String,
        /// What is wrong.
        what: String,
    },
}

/// Which of a registry's two texts of a page counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The one in the working tree: what somebody changed and did not commit counts.
    Tree,
    /// The one of the last commit.
    Commit,
}

/// A registry of one kind of proposals.
#[derive(Debug)]
pub struct ProposalBook {
    /// Its repository.
    pub git: GitRegistry,
    /// Of which kind its proposals are.
    pub scheme: Scheme,
    /// What of it is read.
    pub view: View,
}

impl ProposalBook {
    /// The text of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, place: &str) -> Result<Option<String>, HomeError> {
        match self.view {
            View::Tree => self.git.read(place),
            View::Commit => self.git.read_committed(place),
        }
    }

    fn sheets(&self) -> Result<Vec<Sheet>, HomeError> {
        match self.view {
            View::Tree => self.git.sheets(),
            View::Commit => self.git.committed_sheets(),
        }
    }

    /// Its pages, with index, tallies and all numbers that are known to have been used.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn corpus(&self, today: Date) -> Result<Corpus<'_>, BookError> {
        let mut corpus = Corpus::new(&self.scheme, self.pages()?, today);
        let index = self.scheme.index_file.clone();
        corpus.index = self.read(&index)?.map(|text| (index, text));
        corpus.used.extend(self.used()?);
        corpus.tallies = self.tallies(&corpus.pages)?;
        Ok(corpus)
    }

    /// Its pages as the last commit has them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn committed_pages(&self) -> Result<Vec<Page>, HomeError> {
        Ok(self.git.committed_sheets()?.iter().map(|sheet| self.page(sheet)).collect())
    }

    fn page(&self, sheet: &Sheet) -> Page {
        match sheet.is_text {
            true => Page::read(&self.scheme, &sheet.place, &sheet.text),
            false => Page::no_text(&self.scheme, &sheet.place, &sheet.text),
        }
    }

    /// Its pages.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn pages(&self) -> Result<Vec<Page>, HomeError> {
        Ok(self.sheets()?.iter().map(|sheet| self.page(sheet)).collect())
    }

    /// The numbers in the ledger, in what was imported, and in the names of all files that
    /// ever were there.
    fn used(&self) -> Result<BTreeSet<u32>, BookError> {
        let ledger = self.read(LEDGER)?.unwrap_or_default();
        let numbers = ledger.lines().filter_map(|line| parse_number(&self.scheme, line.split_whitespace().next()?));
        let mut used: BTreeSet<u32> = numbers.collect();
        let names = self.git.names_ever(&self.scheme.directory)?;
        used.extend(names.iter().filter_map(|name| number_in_file_name(&self.scheme, name).flatten()));
        let imported = self.imported()?;
        used.extend(imported.values().filter_map(|row| row.get(&Field::Number)?.parse::<u32>().ok()));
        used.retain(|number| *number <= LAST_NUMBER);
        Ok(used)
    }

    /// The tallies that pages name.
    fn tallies(&self, pages: &[Page]) -> Result<BTreeMap<String, Result<TallyRead, String>>, HomeError> {
        let mut tallies = BTreeMap::new();
        for place in pages.iter().filter_map(|page| page.set(Field::Result)).filter(|place| is_inside(place)) {
            if let Some(text) = self.read(place)? {
                tallies.insert(place.to_owned(), serde_json::from_str(&text).map_err(|error| error.to_string()));
            }
        }
        Ok(tallies)
    }

    /// What the index that was imported last said of each page.
    ///
    /// # Errors
    /// When the file that keeps it cannot be used.
    pub fn imported(&self) -> Result<BTreeMap<String, BTreeMap<Field, String>>, BookError> {
        let text = self.read(IMPORTED)?.unwrap_or_default();
        let mut rows = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let (key, row): (String, BTreeMap<Field, String>) =
                serde_json::from_str(line).map_err(|error| BookError::Broken {
                    place: format!("{}:{number}", self.git.path().join(IMPORTED).display()),
                    what: error.to_string(),
                })?;
            rows.insert(key, row);
        }
        Ok(rows)
    }
}

/// Whether a field names a file of the registry.
pub fn is_inside(place: &str) -> bool {
    !place.contains("://") && Path::new(place).components().all(|part| matches!(part, Component::Normal(_)))
}
