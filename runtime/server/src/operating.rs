// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What operators look at: the log, health and readiness, metrics, state and dead letters.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use statefun_engine::{DeadLetterEntry, EngineError, Runtime};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::error::CliError;
use crate::exposition;
use crate::rates::Rates;
use crate::views::{self, Which};

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// A JSON object on each line.
    Json,
}

/// Starts the log, on standard error; `STATEFUN_LOG` says what it has.
pub(crate) fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("STATEFUN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    match format {
        LogFormat::Text => builder.with_target(false).with_ansi(false).init(),
        LogFormat::Json => builder.json().init(),
    }
}

/// Where the commands find the administration of the runtime that has a store open.
pub(crate) const ADDRESS_FILE: &str = "admin-address";

/// What listens for whoever operates the runtime, in messages.
pub(crate) const ADMINISTRATION: &str = "the administration";

/// Whoever has the store open says where its administration is, or that it has none: nobody is sent to
/// that of an earlier runtime.
pub(crate) fn forget_address(data: &Path) {
    if let Err(error) = std::fs::remove_file(data.join(ADDRESS_FILE))
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(%error, "the address of an earlier administration could not be removed");
    }
}

/// Notes where the administration listens; without it, commands ask for the address.
pub(crate) fn note_address(data: &Path, address: SocketAddr) {
    if let Err(error) = std::fs::write(data.join(ADDRESS_FILE), format!("{address}\n")) {
        tracing::warn!(%error, "the address of the administration could not be noted");
    }
}

struct Operated {
    runtime: Arc<Runtime>,
    stopping: watch::Receiver<bool>,
    rates: Arc<Rates>,
}

/// Health at `/healthz`, readiness at `/readyz`, metrics at `/metrics`; what the commands
/// ask of a runtime that has the store open.
pub(crate) fn operating_server(runtime: Arc<Runtime>, stopping: watch::Receiver<bool>, rates: Arc<Rates>) -> Router {
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .route("/state", get(state))
        .route("/dead-letters", get(dead_letters))
        .route("/dead-letters/{number}", delete(drop_dead_letter))
        .route("/dead-letters/{number}/replay", post(replay_dead_letter));
    router.with_state(Arc::new(Operated { runtime, stopping, rates }))
}

async fn health(State(operated): State<Arc<Operated>>) -> (StatusCode, &'static str) {
    if operated.runtime.works() { (StatusCode::OK, "works\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "failed\n") }
}

async fn readiness(State(operated): State<Arc<Operated>>) -> (StatusCode, &'static str) {
    match (operated.runtime.works(), *operated.stopping.borrow()) {
        (true, false) => (StatusCode::OK, "ready\n"),
        (true, true) => (StatusCode::SERVICE_UNAVAILABLE, "ends\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "failed\n"),
    }
}

async fn metrics(State(operated): State<Arc<Operated>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, exposition::CONTENT_TYPE)], exposition::render(operated.runtime.metrics(), &operated.rates))
}

type Said = (StatusCode, String);

async fn state(State(operated): State<Arc<Operated>>, Query(which): Query<Which>) -> Said {
    said(views::state(operated.runtime.store(), &which))
}

async fn dead_letters(State(operated): State<Arc<Operated>>, Query(which): Query<Which>) -> Said {
    said(views::dead_letters(operated.runtime.store(), &which))
}

fn said(views: Result<Vec<serde_json::Value>, CliError>) -> Said {
    match views {
        Ok(views) => (StatusCode::OK, views.iter().map(|view| format!("{view}\n")).collect()),
        Err(error @ CliError::Address(_)) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

async fn drop_dead_letter(State(operated): State<Arc<Operated>>, UrlPath(number): UrlPath<u64>) -> Said {
    settled(operated.runtime.settle_dead_letter(number, DeadLetterEntry::drop).await)
}

async fn replay_dead_letter(State(operated): State<Arc<Operated>>, UrlPath(number): UrlPath<u64>) -> Said {
    settled(operated.runtime.settle_dead_letter(number, DeadLetterEntry::replay).await)
}

fn settled(settled: Result<bool, EngineError>) -> Said {
    match settled {
        Ok(true) => (StatusCode::OK, String::new()),
        Ok(false) => (StatusCode::NOT_FOUND, "there is no such dead letter\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}
