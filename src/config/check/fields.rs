// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every text of a product's configuration with its place, so that a field which is added later is
//! looked at too.

use serde_json::Value;

use crate::config::product::Product;

/// Where commands are.
const COMMANDS: [&str; 6] = [
    "build[].command",
    "trial_build.command",
    "npm.build.command",
    "docker.command",
    "maven.deploy",
    "maven.flavours[].arguments",
];

/// Shows `look` each text of `product` with its place.
pub(super) fn each_text(product: &Product, mut look: impl FnMut(&Place, &str)) {
    let tree = serde_json::to_value(product).expect("a product is plain data");
    walk(&tree, &Place::default(), &mut look);
}

fn walk(node: &Value, place: &Place, look: &mut impl FnMut(&Place, &str)) {
    match node {
        Value::String(text) => look(place, text),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, &place.at(index), look)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| walk(field, &place.below(name), look)),
        _ => {}
    }
}

/// Where a value is: as errors name it, and as a pattern does in which `[]` stands for any place in a
/// list and `*` for any name.
#[derive(Default)]
pub(super) struct Place {
    pub(super) field: String,
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

    /// Whether it is one of those that `pattern` means: `versions.edits.*[].value`.
    pub(super) fn is(&self, pattern: &str) -> bool {
        let parts: Vec<&str> = pattern.split('.').collect();
        let fits = |(part, own): (&&str, &String)| match part.strip_prefix('*') {
            Some(rest) => own.ends_with(rest),
            None => part == own,
        };
        parts.len() == self.pattern.len() && parts.iter().zip(&self.pattern).all(fits)
    }

    /// Whether it is an argument of a command, its program left out: that is whatever the program takes.
    pub(super) fn is_argument(&self) -> bool {
        COMMANDS.iter().any(|command| self.is(&format!("{command}[]"))) && !self.field.ends_with("[0]")
    }

    /// Whether it is the value of a variable that a command is given.
    pub(super) fn is_variable(&self) -> bool {
        ["build[]", "trial_build", "npm.build"].iter().any(|build| self.is(&format!("{build}.environment.*")))
    }
}
