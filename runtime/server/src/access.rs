// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The way to a store: its directory, or the runtime that has it open.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;
use statefun_engine::{DeadLetterEntry, decide_offline};
use statefun_store::{FjallStore, StoreError};

use crate::error::{CliError, chain};
use crate::operating::{ADDRESS_FILE, forget_address};
use crate::views::{self, Which};

/// How many are asked for at once.
const PAGE: usize = 1000;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Which store it is about, and how what it has is given.
#[derive(Debug, clap::Args)]
pub(crate) struct At {
    /// The directory of the store
    #[arg(long, default_value = "statefun-data", env = "STATEFUN_DATA", global = true)]
    data: PathBuf,
    /// Asks the runtime whose administration listens here, instead of opening the store: HOST:PORT
    #[arg(long, value_name = "ADDRESS", global = true)]
    admin: Option<String>,
    /// Gives JSON, an object on each line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

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
    /// To a store: itself, or the runtime that has it open.
    pub(crate) fn to(At { data, admin, .. }: &At) -> Result<Self, CliError> {
        if let Some(address) = admin {
            if !is_place(address) {
                return Err(CliError::NoPlace { address: address.clone() });
            }
            return Self::running(address);
        }
        if !data.is_dir() {
            return Err(CliError::Absent(format!("there is no store in {}", data.display())));
        }
        match FjallStore::open(data) {
            Ok(store) => {
                forget_address(data);
                Ok(Self::Store(Arc::new(store)))
            }
            Err(StoreError::Busy { .. }) => match fs::read_to_string(data.join(ADDRESS_FILE)) {
                Err(_) => Err(CliError::InUse { directory: data.display().to_string() }),
                Ok(address) => Self::running(address.trim()),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn running(address: &str) -> Result<Self, CliError> {
        // Whoever came first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().tls_certs_only([]).timeout(TIMEOUT).build();
        let client = client.map_err(|error| unanswered(address, &error))?;
        Ok(Self::Running { address: address.to_owned(), client })
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
        query.extend(which.names.map(|names| ("names", names.to_string())));
        query.extend(which.id.clone().map(|id| ("id", id)));
        query.extend(which.after.clone().map(|after| ("after", after)));
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

/// Shows at most `most` of what `read` gives page by page, in order, or all of it.
pub(crate) fn pages(
    most: Option<usize>,
    mut which: Which,
    read: impl Fn(&Which) -> Result<Vec<Value>, CliError>,
    after: impl Fn(Which, &Value) -> Which,
    mut show: impl FnMut(&Value) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut left = most.unwrap_or(usize::MAX);
    while left > 0 {
        let wanted = left.min(PAGE);
        which.most = Some(wanted);
        let page = read(&which)?;
        for value in &page {
            show(value)?;
        }
        // A page of large things is short: the end is where there are none.
        let Some(last) = page.last() else { break };
        left -= page.len().min(wanted);
        which = after(which, last);
    }
    Ok(())
}

fn send(address: &str, request: RequestBuilder) -> Result<(StatusCode, String), CliError> {
    let answer = request.send().map_err(|error| unanswered(address, &error))?;
    let status = answer.status();
    Ok((status, answer.text().map_err(|error| unanswered(address, &error))?))
}

/// Whether this is HOST:PORT.
fn is_place(address: &str) -> bool {
    let Some((host, port)) = address.rsplit_once(':') else { return false };
    let is_bare = host.starts_with('[') == host.ends_with(']') && (host.starts_with('[') || !host.contains(':'));
    let is_host = is_bare && !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
    is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn unanswered(address: &str, error: &reqwest::Error) -> CliError {
    CliError::Unanswered { address: address.to_owned(), why: chain(error) }
}

fn refused(address: &str, status: StatusCode, body: &str) -> CliError {
    CliError::Unanswered { address: address.to_owned(), why: format!("{status}: {}", body.trim()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_follow_each_other_until_there_is_no_more_or_enough() {
        let shown = |most: Option<usize>| {
            let mut shown = Vec::new();
            let read = |which: &Which| {
                let from = which.from.unwrap_or_default();
                // Some pages are short.
                let short = if from == 1000 { 3 } else { 0 };
                let end = 2500.min(from + which.most.unwrap_or_default() as u64 - short);
                Ok((from..end).map(|number| json!({ "number": number })).collect())
            };
            pages(most, Which::default(), read, Which::after_dead_letter, |value| {
                shown.extend(value["number"].as_u64());
                Ok(())
            })
            .unwrap();
            shown
        };
        assert_eq!(shown(None), (0..2500).collect::<Vec<_>>());
        assert_eq!(shown(Some(1700)), (0..1700).collect::<Vec<_>>());
        assert_eq!(shown(Some(0)).len(), 0);
    }
}
