// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! YAML as values that can be compared.

use yaml_rust2::{Yaml, YamlLoader};

use super::apply::Mismatch;

/// The one document that `text` is; nothing at all is an empty one.
pub(super) fn document(text: &str) -> Result<Yaml, Mismatch> {
    let documents =
        YamlLoader::load_from_str(text).map_err(|error| (format!("what is no YAML ({error})"), "YAML".to_owned()))?;
    let count = documents.len();
    match documents.into_iter().next() {
        None => Ok(Yaml::Null),
        Some(document) if count == 1 => Ok(document),
        Some(_) => Err((format!("{count} documents"), "one".to_owned())),
    }
}

/// The text of a scalar as it stands there: `3.10` is not `3.1`.
pub(super) fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        Yaml::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The pairs of a mapping, with their keys as text.
pub(super) fn pairs(value: &Yaml) -> Option<Vec<(String, Yaml)>> {
    let Yaml::Hash(pairs) = value else { return None };
    pairs.iter().map(|(key, value)| Some((scalar(key)?, value.clone()))).collect()
}

/// The list at a dotted path.
pub(super) fn list_at(document: &Yaml, path: &str) -> Option<Vec<Yaml>> {
    let mut at = document.clone();
    for part in path.split('.') {
        at = pairs(&at)?.into_iter().find(|(key, _)| key == part)?.1;
    }
    match at {
        Yaml::Array(items) => Some(items),
        _ => None,
    }
}

/// The fields of an item, as text: one, or several that are joined by `+`.
pub(super) fn field(item: &Yaml, names: &str) -> Option<String> {
    let pairs = pairs(item)?;
    let one = |name| pairs.iter().find(|(key, _)| key == name).and_then(|(_, value)| scalar(value));
    names.split('+').map(one).collect::<Option<Vec<_>>>().map(|values| values.join(" "))
}
