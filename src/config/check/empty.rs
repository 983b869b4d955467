// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Texts and lists in which nothing stands, though a release needs what should stand there.
//!
//! Every text is wanted but for those that are named here, so that a field which is added later
//! is wanted too.

use super::Faults;
use super::fields::each_text;
use crate::config::product::Product;

/// The texts that may be empty: what that says is with each field.
const MAY_BE_EMPTY: [&str; 17] = [
    "git.previous_tag",
    "build[].directory",
    "build[].outputs[].name",
    "build[].environment.*",
    "trial_build.directory",
    "trial_build.environment.*",
    "npm.directory",
    "npm.build.directory",
    "npm.build.outputs[].name",
    "npm.build.environment.*",
    "svn.release_prefix",
    "links.blog",
    "links.post",
    "website.repository",
    "website.entry",
    "website.post_alias",
    "github.repository",
];

/// What an empty text should be.
const A_TEXT: &str = "a text; where there is none, a field that may be left out is left out";

/// Adds a fault for each text of `product` that is empty, unless one is known of its field.
pub(super) fn texts(faults: &mut Faults, product: &Product) {
    let mut found = Vec::new();
    each_text(product, |place, text| {
        let may_be = place.is_argument() || MAY_BE_EMPTY.iter().any(|pattern| place.is(pattern));
        if text.trim().is_empty() && !may_be {
            found.push(place.field.clone());
        }
    });
    for field in found {
        if !faults.0.iter().any(|fault| fault.field == field) {
            faults.add(&field, "", A_TEXT);
        }
    }
}

/// Adds a fault for each list that must not be empty and that no other check asks about.
pub(super) fn lists(faults: &mut Faults, product: &Product) {
    for (index, build) in product.build.iter().enumerate() {
        let field = format!("build[{index}].outputs");
        faults.some(&field, &build.outputs, "one output or more: a build of which nothing is kept is [trial_build]");
    }
    if let Some(build) = product.npm.as_ref().and_then(|npm| npm.build.as_ref()) {
        faults.some("npm.build.outputs", &build.outputs, "the archive, as npm.file names it");
    }
    for (list, rules) in &product.versions.edits {
        let expected = "one edit or more; a list that the product does not need is left out";
        faults.some(&format!("versions.edits.{list}"), rules, expected);
    }
    if let Some(playground) = &product.playground {
        faults.some("playground.edits", &playground.edits, "one edit or more: where the version stands");
    }
}
