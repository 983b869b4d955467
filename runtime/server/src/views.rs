// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Values and dead letters as JSON, for people and scripts.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use statefun_engine::{Address, AddressError, DeadLetterEntry, FunctionType, StateEntry, keys};
use statefun_protocol::{Simple, TypedValue};
use statefun_store::Store;

use crate::error::CliError;

/// Which of them.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Which {
    /// Of this type of functions.
    pub(crate) function: Option<String>,
    /// Of this instance of it.
    pub(crate) id: Option<String>,
    /// After this value: its type, id and name, as JSON.
    pub(crate) after: Option<String>,
    /// From this number on.
    pub(crate) from: Option<u64>,
    /// At most so many.
    pub(crate) most: Option<usize>,
    /// Whether values are named alone, and not given.
    pub(crate) names: Option<bool>,
}

impl Which {
    /// The values after this one.
    pub(crate) fn after_value(self, value: &Value) -> Self {
        let after = json!([value["function"], value["id"], value["name"]]).to_string();
        Self { after: Some(after), ..self }
    }

    /// The dead letters after this one.
    pub(crate) fn after_dead_letter(self, letter: &Value) -> Self {
        Self { from: letter["number"].as_u64().map(|number| number + 1), ..self }
    }
}

const USUAL_MOST: usize = 1000;

/// The values of addresses.
pub(crate) fn state(store: &dyn Store, which: &Which) -> Result<Vec<Value>, CliError> {
    let function = which.function.as_deref().map(FunctionType::parse).transpose()?;
    let address = match (&function, &which.id) {
        (Some(function), Some(id)) => Some(Address::new(&function.namespace, &function.name, id)?),
        _ => None,
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    let most = which.most.unwrap_or(USUAL_MOST);
    let after = which.after.as_deref().map(after).transpose()?;
    let entries = StateEntry::list(store, function.as_ref(), address.as_ref(), after.as_deref(), now, most)?;
    let view = |entry: StateEntry| {
        if which.names == Some(true) {
            return json!({
                "function": entry.address.function.to_string(), "id": &*entry.address.id, "name": entry.name
            });
        }
        let expires_at = (entry.expires_at != 0).then_some(entry.expires_at);
        json!({
            "function": entry.address.function.to_string(),
            "id": &*entry.address.id,
            "name": entry.name,
            "value": typed(&entry.encoded),
            "expires_at_ms": expires_at,
        })
    };
    Ok(entries.into_iter().map(view).collect())
}

/// The key of the value that is named so.
fn after(text: &str) -> Result<Bytes, CliError> {
    let none = || AddressError::NoType(text.to_owned());
    let [function, id, name]: [String; 3] = serde_json::from_str(text).map_err(|_| none())?;
    let function = FunctionType::parse(&function)?;
    Ok(keys::value(&Address::new(&function.namespace, &function.name, &id)?, &name))
}

/// The dead letters.
pub(crate) fn dead_letters(store: &dyn Store, which: &Which) -> Result<Vec<Value>, CliError> {
    let entries = DeadLetterEntry::list(store, which.from.unwrap_or_default(), which.most.unwrap_or(USUAL_MOST))?;
    let view = |DeadLetterEntry { number, letter }: DeadLetterEntry| {
        json!({
            "number": number,
            "function": letter.target.function.to_string(),
            "id": &*letter.target.id,
            "caller": letter.caller.map(|caller| caller.to_string()),
            "cause": letter.cause,
            "at_ms": letter.at,
            "message": typed(&letter.argument),
        })
    };
    Ok(entries.into_iter().map(view).collect())
}

/// A typed value: a simple one as it is, another one in base64.
fn typed(encoded: &Bytes) -> Value {
    let Ok(value) = TypedValue::open(encoded.clone()) else {
        return json!({ "type": null, "base64": STANDARD.encode(encoded) });
    };
    let plain = if !value.has_value {
        Some(Value::Null)
    } else {
        match &*value.typename {
            bool::TYPENAME => bool::from_typed(&value).ok().map(Value::from),
            i32::TYPENAME => i32::from_typed(&value).ok().map(Value::from),
            i64::TYPENAME => i64::from_typed(&value).ok().map(Value::from),
            f32::TYPENAME => f32::from_typed(&value).ok().map(Value::from),
            f64::TYPENAME => f64::from_typed(&value).ok().map(Value::from),
            String::TYPENAME => String::from_typed(&value).ok().map(Value::from),
            _ => None,
        }
    };
    match plain {
        Some(plain) => json!({ "type": value.typename, "plain": plain }),
        None => json!({ "type": value.typename, "base64": STANDARD.encode(&value.value) }),
    }
}
