// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a web service answered.

use std::io::Read;
use std::time::Duration;

use reqwest::blocking::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::error::WebError;
use super::{said, shown};

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub(super) service: String,
    pub(super) method: Method,
    /// Where it came from, after redirects.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn read(
        service: &str,
        method: Method,
        response: Response,
        most: u64,
        harmless: bool,
    ) -> Result<Self, WebError> {
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let mut bytes = Vec::new();
        let mut limited = response.take(most + 1);
        let read = limited.read_to_end(&mut bytes);
        let service = service.to_owned();
        if bytes.len() as u64 > most {
            return Err(WebError::TooLarge { service, url: shown(&url), most });
        }
        match read {
            Ok(_) => Ok(Self { service, method, url, status, headers, bytes }),
            Err(source) => {
                Err(WebError::Cut { service, method: method.to_string(), url: shown(&url), source, harmless })
            }
        }
    }

    /// The value of the JSON that it is.
    ///
    /// # Errors
    /// When it is none, or of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, WebError> {
        serde_json::from_slice(&self.bytes).map_err(|error| self.unexpected(&format!("expected other JSON ({error})")))
    }

    /// Its text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The error that the service answers as it should not.
    pub fn unexpected(&self, what: &str) -> WebError {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        WebError::Unexpected {
            service: self.service.clone(),
            method: self.method.to_string(),
            url: shown(&self.url),
            status: Some(self.status),
            what: what.to_owned(),
            kind: kind.to_owned(),
            begin: said::begin(&self.text()),
        }
    }

    /// How long the service asks to be left alone; only seconds are understood, a date
    /// would need the server's clock.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    /// The answer, unless its status is an error.
    ///
    /// # Errors
    /// When it is.
    pub fn succeeded(self) -> Result<Self, WebError> {
        if self.status.is_success() {
            return Ok(self);
        }
        Err(WebError::Status {
            retry_after: self.retry_after(),
            method: self.method.to_string(),
            url: shown(&self.url),
            status: self.status,
            said: said::said(&self.text()),
            body: self.bytes,
            service: self.service,
        })
    }
}
