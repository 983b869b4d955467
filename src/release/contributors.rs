// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who contributed: people once each, sorted, without the machines.

use std::collections::BTreeSet;

/// Names that stand in commits and are nobody's.
const NOBODY: [&str; 4] = ["github", "github actions", "gitbox", "dependabot"];

/// Addresses that stand in commits and are no one person's.
const SHARED: [&str; 2] = ["", "noreply@github.com"];

/// What one person stands under in commits.
#[derive(Default)]
struct Person {
    name: String,
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

impl Person {
    fn new(name: &str, address: &str) -> Option<Self> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = name.to_lowercase();
        let machine = key.is_empty() || NOBODY.contains(&key.as_str()) || key.ends_with("[bot]") || key.contains('@');
        let address = address.trim().to_lowercase();
        let addresses = (!SHARED.contains(&address.as_str())).then_some(address).into_iter().collect();
        (!machine).then(|| Self { name, names: [key].into(), addresses })
    }

    fn is(&self, other: &Self) -> bool {
        !self.names.is_disjoint(&other.names) || !self.addresses.is_disjoint(&other.addresses)
    }

    /// Both as one, by the name that has a space in it, else by the longer.
    fn join(mut self, other: Self) -> Self {
        let rank = |name: &str| (name.contains(' '), name.chars().count());
        if rank(&other.name) > rank(&self.name) {
            self.name = other.name;
        }
        self.names.extend(other.names);
        self.addresses.extend(other.addresses);
        self
    }
}

/// The people among pairs of name and address, once each, sorted. Those who share a
/// name, whatever its case and spacing, or an address, whatever its case, are one.
pub fn contributors<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut people: Vec<Person> = Vec::new();
    for found in pairs.into_iter().filter_map(|(name, address)| Person::new(name, address)) {
        let (same, mut others): (Vec<_>, Vec<_>) = people.into_iter().partition(|person| person.is(&found));
        others.push(same.into_iter().chain([found]).reduce(Person::join).expect("at least the one found"));
        people = others;
    }
    let mut names: Vec<String> = people.into_iter().map(|person| person.name).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_once_and_machines_not_at_all() {
        let names = ["Cleo  Example", "ann example", "GitHub", "Ann Example", "dependabot[bot]", " ", "Bob Example"];
        let pairs = names.map(|name| (name, ""));
        assert_eq!(contributors(pairs), ["ann example", "Bob Example", "Cleo Example"]);
    }

    #[test]
    fn an_address_joins_names() {
        let one = ("Martijn Visser", "martijnvisser@apache.org");
        let two = ("MartijnVisser", "MartijnVisser@apache.org");
        assert_eq!(contributors([one, two]), ["Martijn Visser"]);
        assert_eq!(contributors([two, one]), ["Martijn Visser"]);
        assert_eq!(contributors([("ann", "a@example.org"), ("annette", "a@example.org")]), ["annette"]);
        assert_eq!(contributors([("ann-example-1", "a@example.org"), ("Ann E", "a@example.org")]), ["Ann E"]);
    }

    #[test]
    fn who_is_joined_by_name_and_by_address_stands_once() {
        let pairs =
            [("Ann Example", "a@home.org"), ("annex", "a@work.org"), ("Bob", "b@x.org"), ("ann example", "A@work.org")];
        assert_eq!(contributors(pairs), ["Ann Example", "Bob"]);
    }

    #[test]
    fn an_address_that_many_share_joins_nobody() {
        let of = |address| contributors([("Ann", address), ("Bob", address), ("GitHub", address)]);
        assert_eq!(of("noreply@github.com"), ["Ann", "Bob"]);
        assert_eq!(of(""), ["Ann", "Bob"]);
    }
}
