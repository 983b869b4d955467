// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a product's builds leave is part of its candidate: where it is configured and not
//! staged, that is said by name.

use std::collections::BTreeSet;

use super::{Finding, Listed};
use crate::release::{means_file, stands_beside};

/// The check's name.
const NAME: &str = "inventory";

/// A fault for each of the `outputs`, names or patterns of names, that is not among the `files`.
pub fn missing_outputs<'a>(outputs: impl IntoIterator<Item = &'a str>, files: &[Listed]) -> Vec<Finding> {
    let there: BTreeSet<&str> = files.iter().map(|file| file.path.rsplit('/').next().unwrap_or(&file.path)).collect();
    let is_there = |wanted: &str| there.iter().any(|name| !stands_beside(name) && means_file(wanted, name));
    let missing = outputs.into_iter().filter(|wanted| !is_there(wanted));
    missing
        .map(|name| Finding::fail(NAME, format!("there is no {name}, which the product's configuration has built")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_that_is_not_staged_is_named() {
        let files = [Listed { path: "python/demo-1.2.0.whl".into(), bytes: 1 }];
        let found = missing_outputs(["demo-1.2.0.whl", "demo-1.2.0.tar.gz"], &files);
        assert_eq!(found.len(), 1);
        assert!(found[0].detail.contains("there is no demo-1.2.0.tar.gz"), "{found:?}");
        assert_eq!(missing_outputs(["demo-1.2.0*.whl"], &files), []);
        let beside = [Listed { path: "demo-1.2.0.whl.asc".into(), bytes: 1 }];
        assert_eq!(missing_outputs(["demo-*"], &beside).len(), 1);
    }
}
