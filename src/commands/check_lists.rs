// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether each named list of edits is one that the workflow takes: a list with a misspelt name
//! would be left undone without a word.

use std::collections::BTreeSet;

use regex::Regex;

use crate::config::{Product, ProductFault};

/// A fault for each list of `versions.edits` and `website.edits` whose name stands nowhere in
/// `workflow`, the text of the workflow.
pub fn check_lists(product: &Product, workflow: &str) -> Vec<ProductFault> {
    let versions = product.versions.edits.keys().map(|name| ("versions", name));
    let website = product.website.edits.keys().map(|name| ("website", name));
    let untaken = versions.chain(website).filter_map(|(table, name)| {
        let taken = taken(table, workflow);
        (!taken.contains(name.as_str())).then(|| ProductFault {
            field: format!("{table}.edits.{name}"),
            value: "[…]".to_owned(),
            expected: format!("a list that the workflow takes: {}", taken.into_iter().collect::<Vec<_>>().join(", ")),
        })
    });
    untaken.collect()
}

/// The names of the lists that a workflow takes: `product.website.edits.post`,
/// `product.versions.edits['main-docs']`.
fn taken<'w>(table: &str, workflow: &'w str) -> BTreeSet<&'w str> {
    let list = format!(r#"product\.{table}\.edits(?:\.([A-Za-z_][A-Za-z0-9_]*)|\[ *['"]([^'"]+)['"] *\])"#);
    let list = Regex::new(&list).expect("a regular expression");
    let name = |found: regex::Captures<'w>| found.get(1).or_else(|| found.get(2)).map(|name| name.as_str());
    list.captures_iter(workflow).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Assets, parse_product};

    fn faults(old: &str, new: &str) -> Vec<String> {
        let text = |file: &str| Assets::default().text(file).unwrap();
        let config = text("release-config/sample.toml");
        assert!(config.contains(old));
        let product = parse_product("release-config/sample.toml", &config.replace(old, new)).unwrap();
        check_lists(&product, &text("workflows/release.toml")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_that_no_step_takes_is_a_fault() {
        assert_eq!(faults("website.edits.stable", "website.edits.stable"), [""; 0]);
        assert_eq!(
            faults("website.edits.stable", "website.edits.stabel"),
            ["website.edits.stabel = […]: expected a list that the workflow takes: download, post, stable"]
        );
        assert_eq!(
            faults("versions.edits.main-docs", "versions.edits.main_docs"),
            ["versions.edits.main_docs = […]: expected a list that the workflow takes: candidate-docs, main-docs, \
              release-docs, version"]
        );
    }
}
