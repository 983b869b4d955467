// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The release manager's key is in the project's KEYS.

use serde::Deserialize;

use crate::actions::{PublishedKeys, Services};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::SvnUrl;

/// Whether a key is in KEYS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPublished {
    /// Where KEYS is.
    pub keys: SvnUrl,
    /// The key's full fingerprint.
    pub fingerprint: String,
}

impl Probe<Services> for KeyPublished {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Self { keys, fingerprint } = self;
        let Some(published) = PublishedKeys::read(cx, keys)? else {
            return Ok(Finding::Fails(vec![format!("there is no {keys}")]));
        };
        if published.hold(fingerprint)? {
            return Ok(Finding::Holds(format!("{fingerprint} is in {keys} at {}", published.at)));
        }
        Ok(Finding::Fails(vec![format!("{fingerprint} is not in {keys} at {}", published.at)]))
    }
}
