// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is known of the types of functions, at hand: it is asked for with every message, and
//! at what all shards share they take turns.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::Shared;
use crate::{FunctionMetrics, FunctionType, Hosted, Spec};

/// How many types are remembered before all are forgotten.
const MOST_TYPES: usize = 4096;

/// What a shard knows of types.
pub(super) struct Types {
    shard: usize,
    known: HashMap<FunctionType, Known, RandomState>,
    /// The registry's version when the first of these was asked for.
    version: u64,
}

/// What is known of a type.
pub(super) struct Known {
    /// How it is hosted; none when nobody hosts it.
    pub(super) hosted: Option<Hosted>,
    /// What it has registered: a copy for this shard alone.
    pub(super) specs: Arc<[Spec]>,
    /// Whether it has answered before, so that requests may be sent.
    pub(super) answered: bool,
    /// Where this shard counts what is of it.
    pub(super) metrics: Arc<FunctionMetrics>,
}

impl Types {
    pub(super) fn new(shard: usize) -> Self {
        Self { shard, known: HashMap::default(), version: 0 }
    }

    /// What is known of a type.
    pub(super) fn of(&mut self, function: &FunctionType, shared: &Shared) -> &Known {
        let version = shared.registry.version();
        if version != self.version || self.known.len() >= MOST_TYPES {
            self.known.clear();
            self.version = version;
        }
        self.known.entry(function.clone()).or_insert_with(|| Known {
            hosted: shared.catalogue.hosted(function),
            specs: shared.registry.specs(function).iter().map(own).collect(),
            answered: shared.registry.is_answered(function),
            metrics: shared.metrics.at(self.shard, function),
        })
    }
}

/// A copy that shares nothing.
fn own(spec: &Spec) -> Spec {
    Spec { name: (&*spec.name).into(), typename: (&*spec.typename).into(), expiry: spec.expiry }
}
