// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who contributed: names once each, sorted, without the machines.

use std::collections::BTreeMap;

/// Names that stand in commits and are nobody's.
const NOBODY: [&str; 4] = ["github", "github actions", "gitbox", "dependabot"];

/// The people among `names`, once each whatever the case and spacing, sorted.
pub fn contributors<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut people: BTreeMap<String, String> = BTreeMap::new();
    for name in names {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = name.to_lowercase();
        let machine = key.is_empty() || NOBODY.contains(&key.as_str()) || key.ends_with("[bot]") || key.contains('@');
        if !machine {
            people.entry(key).or_insert(name);
        }
    }
    people.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_once_and_machines_not_at_all() {
        let names = ["Cleo  Example", "ann example", "GitHub", "Ann Example", "dependabot[bot]", " ", "Bob Example"];
        assert_eq!(contributors(names), ["ann example", "Bob Example", "Cleo Example"]);
    }
}
