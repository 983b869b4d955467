// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! All pages of a registry, with what is known beside them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::number::LAST_NUMBER;
use super::page::Page;
use super::scheme::Scheme;
use super::tally_read::TallyRead;

/// All pages of a registry.
#[derive(Debug, Clone)]
pub struct Corpus<'a> {
    /// What kind they are of.
    pub scheme: &'a Scheme,
    /// The pages, by number, those without one at the end.
    pub pages: Vec<Page>,
    /// The index's file and what it says, where there is one.
    pub index: Option<(String, String)>,
    /// Every number that was ever used, also of pages that are gone.
    pub used: BTreeSet<u32>,
    /// The tallies in the registry, by their files.
    pub tallies: BTreeMap<String, Result<TallyRead, String>>,
    /// Today.
    pub today: Date,
}

impl<'a> Corpus<'a> {
    /// The pages of a registry, in order.
    pub fn new(scheme: &'a Scheme, mut pages: Vec<Page>, today: Date) -> Self {
        pages.sort_by(|a, b| {
            (a.number().is_none(), a.number(), &a.place).cmp(&(b.number().is_none(), b.number(), &b.place))
        });
        let used = pages.iter().filter_map(Page::number).filter(|number| *number <= LAST_NUMBER).collect();
        Self { scheme, pages, index: None, used, tallies: BTreeMap::new(), today }
    }

    /// The pages with a number.
    pub fn numbered(&self, number: u32) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(move |page| page.number() == Some(number))
    }
}
