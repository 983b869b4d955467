// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who contributed: names once each, sorted, without the machines.

use std::collections::BTreeMap;

/// Names that stand in commits and are nobody's.
const NOBODY: [&str; 4] = ["github", "github actions", "gitbox", "dependabot"];

/// The people among `names`, once each whatever the case and spacing, sorted. Of
/// several ways to write a name the most frequent is taken.
pub fn contributors<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut people: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for name in names {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = name.to_lowercase();
        let machine = key.is_empty() || NOBODY.contains(&key.as_str()) || key.ends_with("[bot]");
        if !machine {
            *people.entry(key).or_default().entry(name).or_default() += 1;
        }
    }
    let usual = |ways: BTreeMap<String, usize>| {
        // The map is sorted, so of equals the first, with its capitals, comes out.
        ways.into_iter().rev().max_by_key(|(_, count)| *count).map(|(name, _)| name)
    };
    people.into_values().filter_map(usual).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_once_and_machines_not_at_all() {
        let names = [
            "Cleo  Example",
            "ann example",
            "GitHub",
            "Ann Example",
            "dependabot[bot]",
            "Renovate[Bot]",
            " ",
            "Bob Example",
        ];
        assert_eq!(contributors(names), ["Ann Example", "Bob Example", "Cleo Example"]);
        assert_eq!(contributors(["ann", "Ann", "ann"]), ["ann"], "the usual way to write it");
        assert!(contributors([]).is_empty());
    }
}
