// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A store in memory, which can crash: for simulations and tests.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;

use crate::{Space, Store, StoreError, Write};

type Tree = BTreeMap<(Space, Bytes), Bytes>;

/// A store in memory. What is committed stays, whatever [`crash`](Self::crash) does.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tree: Tree,
    commits: u64,
    gone: bool,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on nothing is read or written, as by a process that was killed; what was
    /// committed is in the store that this gives.
    #[must_use]
    pub fn crash(&self) -> Self {
        let mut inner = self.lock();
        inner.gone = true;
        let kept = Inner { tree: inner.tree.clone(), commits: inner.commits, gone: false };
        Self { inner: Mutex::new(kept) }
    }

    /// How many batches were committed.
    pub fn commits(&self) -> u64 {
        self.lock().commits
    }

    /// How many keys a space has.
    pub fn count(&self, space: Space) -> usize {
        self.lock().tree.keys().filter(|(of, _)| *of == space).count()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, Inner>, StoreError> {
        let inner = self.lock();
        if inner.gone { Err(StoreError::Gone) } else { Ok(inner) }
    }
}

impl Store for MemoryStore {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.open()?.tree.get(&(space, Bytes::copy_from_slice(key))).cloned())
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        below: Option<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let inner = self.open()?;
        let from = Bound::Included((space, Bytes::copy_from_slice(from)));
        for ((of, key), value) in inner.tree.range((from, Bound::Unbounded)) {
            let past_end = *of != space || below.is_some_and(|below| &key[..] >= below);
            if past_end || !visit(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut inner = self.open()?;
        inner.commits += 1;
        for write in writes {
            match write.value {
                Some(value) => inner.tree.insert((write.space, write.key), value),
                None => inner.tree.remove(&(write.space, write.key)),
            };
        }
        Ok(())
    }
}
