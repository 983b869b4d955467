// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be wrong with the engine as a whole; what is wrong with one message is a
//! [`Failure`](crate::Failure), and stays with it.

use statefun_store::StoreError;

use crate::record::Damage;

/// What is wrong with the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store holds what this program does not write.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// It has stopped.
    #[error("the runtime has stopped")]
    Stopped,
    /// A thread could not be started.
    #[error("a thread cannot be started")]
    Thread(#[source] std::io::Error),
}
