// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What an application has: which functions it hosts, which egresses take records.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::FunctionType;

/// How functions of a type are invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hosted {
    /// The most messages in one request.
    pub most_in_batch: usize,
    /// Which callee the driver has for it.
    pub callee: usize,
}

/// A record for an egress: under which topic, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The egress: `io.statefun.playground/egress`.
    pub egress: Arc<str>,
    /// Its topic.
    pub topic: Arc<str>,
    /// What a reader is given.
    pub payload: Bytes,
}

/// How an egress reads what functions send it.
pub trait EgressFormat: Send + Sync {
    /// The topic and the payload that an encoded typed value stands for.
    ///
    /// # Errors
    /// Why it stands for none, as a fragment of a sentence.
    fn read(&self, argument: &Bytes) -> Result<(Arc<str>, Bytes), String>;
}

/// The functions and egresses of an application.
#[derive(Default)]
pub struct Catalogue {
    functions: HashMap<FunctionType, Hosted>,
    namespaces: HashMap<Arc<str>, Hosted>,
    egresses: HashMap<Arc<str>, Arc<dyn EgressFormat>>,
    any_egress: Option<Arc<dyn EgressFormat>>,
}

impl Catalogue {
    /// Hosts one type.
    pub fn host(&mut self, function: FunctionType, hosted: Hosted) {
        self.functions.insert(function, hosted);
    }

    /// Hosts every type of a namespace that is not hosted by its own name.
    pub fn host_namespace(&mut self, namespace: &str, hosted: Hosted) {
        self.namespaces.insert(namespace.into(), hosted);
    }

    /// Has an egress.
    pub fn egress(&mut self, name: &str, format: Arc<dyn EgressFormat>) {
        self.egresses.insert(name.into(), format);
    }

    /// Has every egress that is not had by its own name.
    pub fn every_egress(&mut self, format: Arc<dyn EgressFormat>) {
        self.any_egress = Some(format);
    }

    /// How a type is hosted; none when nobody hosts it.
    pub fn hosted(&self, function: &FunctionType) -> Option<Hosted> {
        self.functions.get(function).or_else(|| self.namespaces.get(&function.namespace)).copied()
    }

    /// The record that a function sends to an egress.
    ///
    /// # Errors
    /// Why it is none, as a fragment of a sentence.
    pub fn record(&self, namespace: &str, name: &str, argument: &Bytes) -> Result<Record, String> {
        let full = format!("{namespace}/{name}");
        let known = self.egresses.get_key_value(&*full).map(|(egress, format)| (egress.clone(), format));
        let any = || self.any_egress.as_ref().map(|format| (full.as_str().into(), format));
        let Some((egress, format)) = known.or_else(any) else {
            return Err(format!("it sends to the egress {full}, which no module defines"));
        };
        let (topic, payload) = format.read(argument).map_err(|why| format!("it sends to the egress {full} {why}"))?;
        Ok(Record { egress, topic, payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_by_its_own_name_goes_before_its_namespace() {
        let mut catalogue = Catalogue::default();
        catalogue.host_namespace("example", Hosted { most_in_batch: 1, callee: 0 });
        catalogue.host(FunctionType::new("example", "greeter"), Hosted { most_in_batch: 2, callee: 1 });
        let callee = |name: &str| catalogue.hosted(&FunctionType::parse(name).unwrap()).map(|hosted| hosted.callee);
        assert_eq!(callee("example/greeter"), Some(1));
        assert_eq!(callee("example/other"), Some(0));
        assert_eq!(callee("elsewhere/greeter"), None);
    }
}
