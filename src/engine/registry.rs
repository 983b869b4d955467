// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The names that a workflow may use for actions and probes.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::action::{Action, Probe};

type Build<T> = Box<dyn Fn(Value) -> Result<Box<T>, serde_json::Error> + Send + Sync>;

/// Actions and probes by name.
pub struct Registry<W: ?Sized> {
    actions: BTreeMap<&'static str, Build<dyn Action<W>>>,
    probes: BTreeMap<&'static str, Build<dyn Probe<W>>>,
}

/// A name or parameters that fit no action or probe.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Nothing has that name.
    #[error("there is no {kind} `{name}`; known: {known}")]
    Unknown {
        /// "action" or "probe".
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The parameters are not those of the action or probe.
    #[error("the parameters of {kind} `{name}` do not fit")]
    Parameters {
        /// "action" or "probe".
        kind: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with them.
        #[source]
        source: serde_json::Error,
    },
}

impl<W: ?Sized + 'static> Registry<W> {
    /// A registry with nothing in it.
    pub fn new() -> Self {
        Self { actions: BTreeMap::new(), probes: BTreeMap::new() }
    }

    /// Adds the action `A` under `name`.
    #[must_use]
    pub fn action<A: Action<W> + DeserializeOwned + 'static>(mut self, name: &'static str) -> Self {
        let build: Build<dyn Action<W>> = Box::new(|with| Ok(Box::new(serde_json::from_value::<A>(with)?)));
        self.actions.insert(name, build);
        self
    }

    /// Adds the probe `P` under `name`.
    #[must_use]
    pub fn probe<P: Probe<W> + DeserializeOwned + 'static>(mut self, name: &'static str) -> Self {
        let build: Build<dyn Probe<W>> = Box::new(|with| Ok(Box::new(serde_json::from_value::<P>(with)?)));
        self.probes.insert(name, build);
        self
    }

    /// Whether an action of that name exists.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`] with the names there are.
    pub fn knows_action(&self, name: &str) -> Result<(), RegistryError> {
        find(&self.actions, "action", name).map(|_| ())
    }

    /// Whether a probe of that name exists.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`] with the names there are.
    pub fn knows_probe(&self, name: &str) -> Result<(), RegistryError> {
        find(&self.probes, "probe", name).map(|_| ())
    }

    /// The action `name` with these parameters.
    ///
    /// # Errors
    /// When there is none, or the parameters do not fit.
    pub fn build_action(&self, name: &str, with: Value) -> Result<Box<dyn Action<W>>, RegistryError> {
        let kind = "action";
        find(&self.actions, kind, name)?(with).map_err(|source| RegistryError::Parameters {
            kind,
            name: name.to_owned(),
            source,
        })
    }

    /// The probe `name` with these parameters.
    ///
    /// # Errors
    /// When there is none, or the parameters do not fit.
    pub fn build_probe(&self, name: &str, with: Value) -> Result<Box<dyn Probe<W>>, RegistryError> {
        let kind = "probe";
        find(&self.probes, kind, name)?(with).map_err(|source| RegistryError::Parameters {
            kind,
            name: name.to_owned(),
            source,
        })
    }
}

impl<W: ?Sized + 'static> Default for Registry<W> {
    fn default() -> Self {
        Self::new()
    }
}

fn find<'a, T: ?Sized>(
    map: &'a BTreeMap<&'static str, Build<T>>,
    kind: &'static str,
    name: &str,
) -> Result<&'a Build<T>, RegistryError> {
    map.get(name).ok_or_else(|| RegistryError::Unknown {
        kind,
        name: name.to_owned(),
        known: map.keys().copied().collect::<Vec<_>>().join(", "),
    })
}
