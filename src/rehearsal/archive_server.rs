// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A mail archive on loopback that answers as Pony Mail Foal does, over the
//! directory of a [`MailStore`](super::MailStore).
//!
//! Each request reads the directory, so what the mail server has accepted is
//! there at once. Nothing is written.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::archive_views::{Archive, Filter};
use super::stand_ins::{Faults, Host};

/// A running archive; it ends when it is dropped.
#[derive(Debug)]
pub struct ArchiveServer(Host);

impl ArchiveServer {
    /// An archive on `port` of loopback (0: a free one) over the mails under `directory`.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn start(directory: impl Into<PathBuf>, port: u16) -> io::Result<Self> {
        Self::with_faults(directory, port, Faults::default())
    }

    /// The same, with faults.
    ///
    /// # Errors
    /// As those of [`ArchiveServer::start`].
    pub fn with_faults(directory: impl Into<PathBuf>, port: u16, faults: Faults) -> io::Result<Self> {
        let directory = directory.into();
        std::fs::create_dir_all(directory.join("mails"))?;
        Host::start("archive", port, router(directory), faults).map(Self)
    }

    /// Its base address.
    pub fn base(&self) -> String {
        self.0.base()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.0.port()
    }
}

type Place = State<Arc<PathBuf>>;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: String,
    #[serde(default)]
    listid: Option<String>,
    #[serde(default)]
    find_parent: Option<String>,
}

fn router(directory: PathBuf) -> Router {
    Router::new()
        .route("/api/source.lua", get(source))
        .route("/api/thread.lua", get(thread_of))
        .route("/api/mbox.lua", get(mbox))
        .route("/api/stats.lua", get(stats))
        .route("/thread/{id}", get(page))
        .with_state(Arc::new(directory))
}

async fn source(State(place): Place, Query(asked): Query<Asked>) -> Response {
    answer(&place, |archive| match archive.find(&asked.id, asked.listid.as_deref()) {
        Some(mail) => text(mail.raw.clone()),
        None => missing(),
    })
}

async fn thread_of(State(place): Place, Query(asked): Query<Asked>) -> Response {
    answer(&place, |archive| match archive.find(&asked.id, asked.listid.as_deref()) {
        Some(mail) => {
            let from_root = asked.find_parent.as_deref().is_some_and(|asked| asked == "true");
            json_of(&archive.thread(if from_root { archive.root(mail) } else { mail }))
        }
        None => missing(),
    })
}

async fn mbox(State(place): Place, Query(filter): Query<Filter>) -> Response {
    answer(&place, |archive| {
        let headers = [(header::CONTENT_TYPE, "application/mbox")];
        (headers, archive.mbox(&filter, jiff::Timestamp::now())).into_response()
    })
}

async fn stats(State(place): Place, Query(filter): Query<Filter>) -> Response {
    answer(&place, |archive| json_of(&archive.stats(&filter, jiff::Timestamp::now()).unwrap_or_else(|| json!({}))))
}

/// What a person sees who follows a permalink: the mail and the subjects of its answers.
async fn page(State(place): Place, Path(id): Path<String>) -> Response {
    answer(&place, |archive| match archive.find(&id, None) {
        Some(mail) => text(archive.page(mail).into_bytes()),
        None => missing(),
    })
}

fn answer(place: &std::path::Path, view: impl FnOnce(&Archive) -> Response) -> Response {
    match Archive::read(place) {
        Ok(archive) => view(&archive),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Email not found, or access denied").into_response()
}

fn text(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], bytes).into_response()
}

fn json_of(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
