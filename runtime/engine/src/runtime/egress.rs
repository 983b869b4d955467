// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading what left the application: topic by topic, in the order in which it was decided.

use std::collections::HashMap;

use bytes::Bytes;
use statefun_store::Space;

use super::Runtime;
use crate::record::Damage;
use crate::{Change, Decision, EngineError, keys};

/// With how many bytes of records a page is full.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How far topics were polled: the next offset of each.
#[derive(Default)]
pub(super) struct Polled(HashMap<(String, String), u64>);

impl Runtime {
    /// The next record of a topic that nobody polled, when there is one. When this returns
    /// it, it is on the disk that it was polled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn poll(&self, egress: &str, topic: &str) -> Result<Option<Bytes>, EngineError> {
        let mut polled = self.inner.polled.lock().await;
        let key = keys::cursor(egress, topic, "read");
        let named = (egress.to_owned(), topic.to_owned());
        let from = match polled.0.get(&named) {
            Some(from) => *from,
            None => match self.inner.shared.store.get(Space::Cursors, &key)? {
                None => 0,
                Some(value) => keys::read_number(&value).ok_or(Damage("cursor of an egress"))?,
            },
        };
        let Some((offset, payload)) = self.records(egress, topic, from, 1)?.pop() else { return Ok(None) };
        let change = Change::Put { space: Space::Cursors, key, value: keys::number(offset + 1) };
        self.decide(Decision { changes: vec![change], ..Decision::default() }).await?;
        polled.0.insert(named, offset + 1);
        Ok(Some(payload))
    }

    /// Records of a topic with their offsets, from the offset `from` on, at most `most`, and fewer
    /// where they are large: at least one, and no more when they have some megabytes together.
    /// Whoever reads so keeps count himself.
    ///
    /// # Errors
    /// When the store fails.
    pub fn records(&self, egress: &str, topic: &str, from: u64, most: usize) -> Result<Vec<(u64, Bytes)>, EngineError> {
        let (first, after) = (keys::record(egress, topic, from), keys::record(egress, topic, u64::MAX));
        let (mut found, mut bytes) = (Vec::new(), 0);
        self.inner.shared.store.scan(Space::Egress, &first, Some(&after), &mut |key, value| {
            if let Some(offset) = key.last_chunk::<8>() {
                bytes += value.len();
                found.push((u64::from_be_bytes(*offset), Bytes::copy_from_slice(value)));
            }
            found.len() < most && bytes < MOST_BYTES
        })?;
        Ok(found)
    }

    /// Waits until records of egresses have come to the disk since `seen`, which is then
    /// brought up to date; not at all for the first time. False when there will be no more.
    pub async fn more_records(&self, seen: &mut Option<u64>) -> bool {
        let (mut times, mut stopping) = (self.inner.records.subscribe(), self.inner.stopping.subscribe());
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => false,
            now = times.wait_for(|now| Some(*now) != *seen) => match now {
                Ok(now) => {
                    *seen = Some(*now);
                    true
                }
                Err(_) => false,
            },
        }
    }
}
