// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files of a commit.

use git2::ObjectType;
use serde_json::Value;

use super::Hub;
use super::call::{Call, Fault, Reply};
use super::repository::Bare;
use super::shapes;

impl Hub {
    pub(super) fn contents(&self, call: &Call, at: &Bare, path: &str) -> Result<Reply, Fault> {
        let reference = call.asked("ref").map_or_else(|| at.main(), str::to_owned);
        let lost = || Fault::new(404, format!("No commit found for the ref {reference}"));
        let tree = at.commit(&reference).map_err(|_| lost())?.tree()?;
        let object = match path {
            "" => tree.as_object().clone(),
            path => tree.get_path(path.as_ref()).map_err(|_| Fault::missing())?.to_object(&at.git)?,
        };
        match object.kind() {
            Some(ObjectType::Blob) => {
                let blob = object.peel_to_blob()?;
                if call.wants("raw") {
                    return Ok(Reply::bytes(blob.content().to_vec()));
                }
                Ok(Reply::json(200, shapes::file(call, at, path, &reference, blob.id(), Some(blob.content()))))
            }
            Some(ObjectType::Tree) => {
                let inner = object.peel_to_tree()?;
                let entry = |entry: git2::TreeEntry<'_>| {
                    let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                    let whole = if path.is_empty() { name } else { format!("{path}/{name}") };
                    let mut shown = shapes::file(call, at, &whole, &reference, entry.id(), None);
                    let kind = if entry.kind() == Some(ObjectType::Tree) { "dir" } else { "file" };
                    shown["type"] = Value::from(kind);
                    shown
                };
                Ok(Reply::json(200, Value::Array(inner.iter().map(entry).collect())))
            }
            _ => Err(Fault::missing()),
        }
    }
}
