// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mail archive (Pony Mail Foal's HTTP API), read only.

/// The mail archive.
#[derive(Debug)]
pub struct PonyMail {
    base: String,
}

impl PonyMail {
    /// The archive at `base`: `https://lists.apache.org`.
    pub fn new(base: impl Into<String>) -> Self {
        Self { base: base.into() }
    }
}
