// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a product's configuration, filled in, says what a release can use: all
//! faults at once. The shape is serde's affair; here are names, addresses, numbers.

mod channels;
mod edits;
mod empty;
mod fields;
mod marks;
mod places;
#[cfg(test)]
mod tests;
mod tree;

use super::expected as ask;
use super::product::Product;
use crate::release::Version;

/// A field that a release cannot use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFault {
    /// Its path: `git.candidate_tags[1]`.
    pub field: String,
    /// What stands there, templates filled in.
    pub value: String,
    /// What was expected.
    pub expected: String,
}

impl std::fmt::Display for ProductFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = format!("{} = {}: expected {}", self.field, self.value, self.expected);
        // whatever is wrong with an address, its password is nobody's to read
        f.write_str(&marks::without_logins(&said))
    }
}

/// How many hours a wait may have: a quarter of a year.
const LONGEST: u32 = 90 * 24;

/// The faults of `product`, filled in for the release of `version`; `id` is the name of its
/// file, and a rehearsal may have votes that last no time.
pub fn check_product(id: &str, product: &Product, version: Version, rehearsal: bool) -> Vec<ProductFault> {
    let version = version.to_string();
    let mut faults = Faults(Vec::new());
    if product.id != id {
        faults.add("id", &product.id, &format!("the name of the file, `{id}`"));
    }
    for (field, text) in
        [("name", &product.name), ("short_name", &product.short_name), ("project_name", &product.project_name)]
    {
        faults.unless(field, text, ask::line);
    }
    faults.unless("project", &product.project, ask::plain_name);
    tree::git(&mut faults, product);
    faults.unless("versions.snapshot", &product.versions.snapshot, ask::plain_name);
    faults.unless("versions.next_snapshot", &product.versions.next_snapshot, ask::plain_name);
    if product.versions.next_snapshot == product.versions.snapshot {
        faults.add("versions.next_snapshot", &product.versions.snapshot, "another version than versions.snapshot is");
    }
    edits::rules(&mut faults, product);
    tree::files(&mut faults, product);
    edits::patterns(&mut faults, product);
    places::subversion(&mut faults, product, &version, rehearsal);
    places::mail(&mut faults, product);
    let least = u32::from(!rehearsal);
    faults.within("waits.vote_hours", product.waits.vote_hours, least, LONGEST);
    faults.within("waits.promote_hours", product.waits.promote_hours, 0, LONGEST);
    places::vote(&mut faults, product);
    places::links(&mut faults, product);
    edits::website(&mut faults, product);
    places::tracker(&mut faults, product);
    channels::maven(&mut faults, product);
    channels::packages(&mut faults, product);
    channels::images(&mut faults, product, &version);
    empty::lists(&mut faults, product);
    empty::texts(&mut faults, product);
    marks::unfilled(&mut faults, product);
    marks::logins(&mut faults, product);
    faults.0
}

/// The faults found so far.
struct Faults(Vec<ProductFault>);

impl Faults {
    fn add(&mut self, field: &str, value: &str, expected: &str) {
        let value = format!("{value:?}");
        self.0.push(ProductFault { field: field.to_owned(), value, expected: expected.to_owned() });
    }

    /// Adds a fault unless `text` is what `ask` expects.
    fn unless(&mut self, field: &str, text: &str, ask: ask::Question) {
        if let Err(expected) = ask(text) {
            self.add(field, text, expected);
        }
    }

    fn each(&mut self, field: &str, texts: &[String], ask: ask::Question) {
        for (index, text) in texts.iter().enumerate() {
            self.unless(&format!("{field}[{index}]"), text, ask);
        }
    }

    /// Adds a fault where the list is empty.
    fn some<T>(&mut self, field: &str, list: &[T], expected: &str) {
        if list.is_empty() {
            self.0.push(ProductFault { field: field.to_owned(), value: "[]".into(), expected: expected.to_owned() });
        }
    }

    fn within(&mut self, field: &str, number: u32, least: u32, most: u32) {
        if !(least..=most).contains(&number) {
            let expected = format!("a number from {least} to {most}");
            self.0.push(ProductFault { field: field.to_owned(), value: number.to_string(), expected });
        }
    }

    /// Adds a fault where a text of the list stands in it before.
    fn once(&mut self, all: &[(String, &str)]) {
        for (index, (field, text)) in all.iter().enumerate() {
            if let Some((first, _)) = all[..index].iter().find(|(_, before)| before == text) {
                self.add(field, text, &format!("another name than {first} has"));
            }
        }
    }
}
