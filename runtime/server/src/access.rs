// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The way to a store: its directory, or the runtime that has it open.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;
use statefun_engine::{DeadLetterEntry, decide_offline};
use statefun_store::{FjallStore, StoreError};

use crate::error::CliError;
use crate::operating::ADDRESS_FILE;
use crate::views::{self, Which};

const TIMEOUT: Duration = Duration::from_secs(30);

/// The way to a store.
pub(crate) enum Access {
    /// Nobody else has it open.
    Store(Arc<FjallStore>),
    /// A runtime has it open, whose administration is there.
    Running { address: String, client: Client },
}

/// What becomes of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settle {
    Replay,
    Drop,
}

impl Access {
    /// To the store in a directory.
    pub(crate) fn to(data: &Path) -> Result<Self, CliError> {
        if !data.is_dir() {
            return Err(CliError::Absent(format!("there is no store in {}", data.display())));
        }
        match FjallStore::open(data) {
            Ok(store) => Ok(Self::Store(Arc::new(store))),
            Err(StoreError::Busy { path }) => match fs::read_to_string(data.join(ADDRESS_FILE)) {
                Err(_) => Err(StoreError::Busy { path }.into()),
                Ok(address) => {
                    let address = address.trim().to_owned();
                    // Whoever came first has installed the same.
                    let _ = rustls::crypto::ring::default_provider().install_default();
                    let client = Client::builder().no_proxy().tls_certs_only([]).timeout(TIMEOUT).build();
                    let client = client.map_err(|error| unanswered(&address, &error))?;
                    Ok(Self::Running { address, client })
                }
            },
            Err(error) => Err(error.into()),
        }
    }

    /// The values of addresses.
    pub(crate) fn state(&self, which: &Which) -> Result<Vec<Value>, CliError> {
        match self {
            Self::Store(store) => views::state(&**store, which),
            Self::Running { .. } => self.ask("state", which),
        }
    }

    /// The dead letters.
    pub(crate) fn dead_letters(&self, which: &Which) -> Result<Vec<Value>, CliError> {
        match self {
            Self::Store(store) => views::dead_letters(&**store, which),
            Self::Running { .. } => self.ask("dead-letters", which),
        }
    }

    /// Replays or drops a dead letter; whether it was there.
    pub(crate) fn settle(&self, number: u64, how: Settle) -> Result<bool, CliError> {
        match self {
            Self::Store(store) => {
                let Some(entry) = DeadLetterEntry::find(&**store, number)? else { return Ok(false) };
                let decision = if how == Settle::Replay { entry.replay() } else { entry.drop() };
                decide_offline(store.clone(), decision)?;
                Ok(true)
            }
            Self::Running { address, client } => {
                let url = format!("http://{address}/dead-letters/{number}");
                let request = match how {
                    Settle::Replay => client.post(format!("{url}/replay")),
                    Settle::Drop => client.delete(url),
                };
                match send(address, request)? {
                    (StatusCode::NOT_FOUND, _) => Ok(false),
                    (status, _) if status.is_success() => Ok(true),
                    (status, body) => Err(refused(address, status, &body)),
                }
            }
        }
    }

    fn ask(&self, what: &str, which: &Which) -> Result<Vec<Value>, CliError> {
        let Self::Running { address, client } = self else { return Ok(Vec::new()) };
        let mut query: Vec<(&str, String)> = Vec::new();
        query.extend(which.function.clone().map(|function| ("function", function)));
        query.extend(which.id.clone().map(|id| ("id", id)));
        query.extend(which.from.map(|from| ("from", from.to_string())));
        query.extend(which.most.map(|most| ("most", most.to_string())));
        let (status, body) = send(address, client.get(format!("http://{address}/{what}")).query(&query))?;
        if !status.is_success() {
            return Err(refused(address, status, &body));
        }
        let read = |line: &str| serde_json::from_str(line).map_err(|_| refused(address, status, line));
        body.lines().map(read).collect()
    }
}

fn send(address: &str, request: RequestBuilder) -> Result<(StatusCode, String), CliError> {
    let answer = request.send().map_err(|error| unanswered(address, &error))?;
    let status = answer.status();
    Ok((status, answer.text().map_err(|error| unanswered(address, &error))?))
}

fn unanswered(address: &str, error: &reqwest::Error) -> CliError {
    CliError::Unanswered { address: address.to_owned(), why: error.to_string() }
}

fn refused(address: &str, status: StatusCode, body: &str) -> CliError {
    CliError::Unanswered { address: address.to_owned(), why: format!("{status}: {}", body.trim()) }
}
