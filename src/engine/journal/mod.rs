// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The journal: append-only JSON Lines, each line bound to the one before by its
//! SHA-512, synced before anything that depends on it happens, one writer; its head,
//! beside it, binds the last line.

mod error;
mod head;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use error::JournalError;
pub use reader::{JournalEnd, JournalReader};
pub use writer::Journal;
