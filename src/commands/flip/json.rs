// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Shapes of JSON that several commands print.

use serde::Serialize;
use serde_json::{Value, json};

use crate::governance::proposals::{Field, Planned, Scheme};

/// The changes of pages.
pub fn changes(scheme: &Scheme, changed: &[Planned]) -> Vec<Value> {
    changed
        .iter()
        .map(|planned| {
            let fields: Vec<Value> =
                planned.changes.iter().map(|(field, before, after)| change(*field, before, after)).collect();
            json!({"id": planned.page.name(scheme), "place": planned.page.place, "changes": fields})
        })
        .collect()
}

/// One change.
pub fn change(field: Field, before: &impl Serialize, after: &impl Serialize) -> Value {
    json!({"field": field, "before": before, "after": after})
}
