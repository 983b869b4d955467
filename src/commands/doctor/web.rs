// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the doctor asks web services: once each, within its time; and what an error says.

use reqwest::StatusCode;

use super::item::{Item, Name};
use crate::commands::error::chain;
use crate::services::{Limits, WebError};

/// One try for each, within the time that the doctor has.
pub fn limits() -> Limits {
    Limits { connect: super::PATIENCE, request: super::PATIENCE, attempts: 1, ..Limits::default() }
}

/// What refuses the account or the question stops a release; what cannot be reached is not known.
pub fn judge(item: &Name, error: &WebError) -> Item {
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    let refused = error.status().is_some_and(|status| status.is_client_error() && !passes.contains(&status));
    match refused
        || matches!(error, WebError::Address { .. } | WebError::Untrusted { .. } | WebError::Unexpected { .. })
    {
        true => item.failed(chain(error), error.hint()),
        false => item.unknown(chain(error), error.hint()),
    }
}
