// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Texts and lists in which nothing stands, though a release needs what should stand there.
//!
//! Every text is wanted but for those that are named here, so that a field which is added later
//! is wanted too.

use serde_json::Value;

use super::Faults;
use crate::config::product::Product;

/// The texts that may be empty: what that says is with each field. `[]` stands for any place in a
/// list, `*` for any name.
const MAY_BE_EMPTY: [&str; 23] = [
    "git.previous_tag",
    // an edit may take something away
    "versions.edits.*[].replace",
    "versions.edits.*[].value",
    "playground.edits[].replace",
    "playground.edits[].value",
    "build[].directory",
    "build[].made_elsewhere",
    "build[].outputs[].name",
    "build[].environment.*",
    "trial_build.directory",
    "trial_build.made_elsewhere",
    "trial_build.environment.*",
    "npm.build.directory",
    "npm.build.made_elsewhere",
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

/// The arguments of a command, but for its program, are whatever it takes.
const COMMANDS: [&str; 6] = [
    "build[].command",
    "trial_build.command",
    "npm.build.command",
    "docker.command",
    "maven.deploy",
    "maven.flavours[].arguments",
];

/// What an empty text should be.
const A_TEXT: &str = "a text; where there is none, a field that may be left out is left out";

/// Adds a fault for each text of `product` that is empty, unless one is known of its field.
pub(super) fn texts(faults: &mut Faults, product: &Product) {
    let tree = serde_json::to_value(product).expect("a product is plain data");
    let mut found = Vec::new();
    walk(&tree, &Place::default(), &mut found);
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

/// Where a value is: as errors name it, and as the lists above do.
#[derive(Default)]
struct Place {
    field: String,
    pattern: Vec<String>,
}

impl Place {
    fn below(&self, name: &str) -> Self {
        let field = if self.field.is_empty() { name.to_owned() } else { format!("{}.{name}", self.field) };
        Self { field, pattern: [&self.pattern[..], &[name.to_owned()]].concat() }
    }

    fn at(&self, index: usize) -> Self {
        let mut pattern = self.pattern.clone();
        if let Some(last) = pattern.last_mut() {
            last.push_str("[]");
        }
        Self { field: format!("{}[{index}]", self.field), pattern }
    }

    fn is(&self, pattern: &str) -> bool {
        let parts: Vec<&str> = pattern.split('.').collect();
        let fits = |(part, own): (&&str, &String)| match part.strip_prefix('*') {
            Some(rest) => own.ends_with(rest),
            None => part == own,
        };
        parts.len() == self.pattern.len() && parts.iter().zip(&self.pattern).all(fits)
    }

    fn may_be_empty(&self) -> bool {
        let argument = |command: &&str| self.is(&format!("{command}[]")) && !self.field.ends_with("[0]");
        MAY_BE_EMPTY.iter().any(|pattern| self.is(pattern)) || COMMANDS.iter().any(argument)
    }
}

fn walk(node: &Value, place: &Place, found: &mut Vec<String>) {
    match node {
        Value::String(text) if text.trim().is_empty() && !place.may_be_empty() => found.push(place.field.clone()),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, &place.at(index), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| walk(field, &place.below(name), found)),
        _ => {}
    }
}
