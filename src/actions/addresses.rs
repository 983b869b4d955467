// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading one address, or lists of them, from a step's parameters: a template
//! may give a whole list where another names one.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A string, or an array of strings and arrays, as one list without doubles.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut all = Vec::new();
    collect(&Value::deserialize(deserializer)?, &mut all).map_err(D::Error::custom)?;
    Ok(all)
}

fn collect(value: &Value, all: &mut Vec<String>) -> Result<(), String> {
    match value {
        Value::String(one) if all.contains(one) => Ok(()),
        Value::String(one) => {
            all.push(one.clone());
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, all)),
        other => Err(format!("expected an address or a list of them, found {other}")),
    }
}
