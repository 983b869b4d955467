// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where the runtime keeps what must not be lost: ordered keys in a few spaces, written
//! in atomic batches that are on the disk when the call returns.
//!
//! What the keys and values mean is the engine's; this crate knows bytes. [`FjallStore`]
//! is for disks, [`MemoryStore`] for simulations: it can forget what was not synced.

mod error;
mod fjall_store;
mod mark;
mod memory;
mod room;
mod space;

pub use error::StoreError;
pub use fjall_store::FjallStore;
pub use memory::MemoryStore;
pub use space::Space;

use bytes::Bytes;

/// The version of the storage format; a store from a newer one is refused.
pub const FORMAT: u32 = 1;

/// One key written, or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub space: Space,
    /// Which.
    pub key: Bytes,
    /// The value; none removes the key.
    pub value: Option<Bytes>,
}

/// What the engine needs of a store.
pub trait Store: Send + Sync {
    /// The value at a key.
    ///
    /// # Errors
    /// When the disk does not give it.
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Shows the keys from `from` on, in order, below `below` where there is one, until
    /// `visit` says false.
    ///
    /// # Errors
    /// When the disk does not give them.
    fn scan(
        &self,
        space: Space,
        from: &[u8],
        below: Option<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError>;

    /// Writes all of it or nothing; when this returns, it is on the disk.
    ///
    /// # Errors
    /// When the disk does not take it. Nothing more is taken from then on: what a store
    /// that failed in the middle has on its disk is known only after it is opened anew.
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError>;
}

/// The first key after all keys that begin with `prefix`; none when there is no such key.
pub fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)? + 1;
    let mut after = prefix[..kept].to_vec();
    after[kept - 1] += 1;
    Some(after)
}

#[cfg(test)]
mod tests;
