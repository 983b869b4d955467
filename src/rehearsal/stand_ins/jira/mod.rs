// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A JIRA: versions and issues as its REST interface, version 2, has them. Everybody may
//! read; one token may administer the project, another may work on issues alone, and is
//! told "not found" where it may not; a search gives fewer issues a page than it is asked for.

mod issues;
mod links;
mod search;
mod seed;
mod tracker;
mod versions;

use std::io;
use std::path::Path;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::Kept;
pub use seed::{Seed, seed};
use tracker::Tracker;

/// The token of who may administer the project.
pub const ADMINISTRATOR: &str = "rehearsal-jira-administrator";
/// The token of who may work on issues, and not on versions.
pub const COMMITTER: &str = "rehearsal-jira-committer";

/// The most issues that a page has, whatever is asked for.
const PAGE: usize = 4;
/// Where its state is.
const FILE: &str = "jira.json";

/// The stand-in, with its state under `directory`.
///
/// # Errors
/// When the state cannot be read.
pub fn router(directory: &Path) -> io::Result<Router> {
    let state = Kept::open(directory.join(FILE), Tracker::default())?;
    let rest = Router::new()
        .route("/serverInfo", get(server_info))
        .route("/field", get(|| async { Json(json!([])) }))
        .route("/myself", get(myself))
        .route("/mypermissions", get(permissions))
        .route("/project", get(versions::projects))
        .route("/project/{key}", get(versions::project))
        .route("/project/{key}/versions", get(versions::of_project))
        .route("/version", post(versions::create))
        .route("/version/{id}", get(versions::show).put(versions::update).delete(versions::delete))
        .route("/version/{id}/relatedIssueCounts", get(versions::related))
        .route("/search", get(issues::search_by_address).post(issues::search_by_body))
        .route("/issue/{key}", get(issues::show).put(issues::edit))
        .route("/issue/{key}/transitions", get(issues::transitions).post(issues::take_transition))
        .route("/issue/{key}/comment", post(issues::comment))
        .route("/issue/{key}/remotelink", get(links::show).post(links::make))
        .with_state(state);
    Ok(Router::new().nest("/rest/api/2", rest.clone()).nest("/rest/api/latest", rest))
}

type Place = State<Kept<Tracker>>;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Committer,
    Administrator,
}

/// Who asks, by the token; a wrong one is refused whatever is asked.
fn who(headers: &HeaderMap) -> Result<Who, Response> {
    let Some(login) = headers.get("authorization") else { return Ok(Who::Nobody) };
    match login.to_str().ok().and_then(|login| login.strip_prefix("Bearer ")) {
        Some(ADMINISTRATOR) => Ok(Who::Administrator),
        Some(COMMITTER) => Ok(Who::Committer),
        _ => Err(unauthenticated()),
    }
}

fn unauthenticated() -> Response {
    let body = json!({"message": "Client must be authenticated to access this resource.", "status-code": 401});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// An error that is of no field.
fn says(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(json!({"errorMessages": [message.into()], "errors": {}}))).into_response()
}

/// An error of one field.
fn says_of(field: &str, message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"errorMessages": [], "errors": {field: message}}))).into_response()
}

/// The body as JSON, or what JIRA says of one that is none.
fn body(bytes: &[u8]) -> Result<Value, Response> {
    serde_json::from_slice(bytes)
        .map_err(|error| says(StatusCode::BAD_REQUEST, format!("Unexpected character: {error}")))
}

/// Where it is, as its answers name it.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}/jira")
}

async fn server_info(headers: HeaderMap) -> Response {
    let info = json!({
        "baseUrl": base(&headers), "version": "9.12.0", "versionNumbers": [9, 12, 0], "deploymentType": "Server",
        "buildNumber": 912_000, "serverTitle": "Issues of a rehearsal",
    });
    Json(info).into_response()
}

async fn myself(headers: HeaderMap) -> Response {
    match who(&headers) {
        Ok(Who::Nobody) => unauthenticated(),
        Ok(_) => {
            Json(json!({"key": "ann", "name": "ann", "displayName": "Ann Example", "active": true})).into_response()
        }
        Err(refusal) => refusal,
    }
}

async fn permissions(headers: HeaderMap) -> Response {
    let permission =
        |key: &str, have: bool| json!({"id": "23", "key": key, "name": key, "type": "PROJECT", "havePermission": have});
    match who(&headers) {
        Ok(who) => Json(json!({"permissions": {
            "ADMINISTER_PROJECTS": permission("ADMINISTER_PROJECTS", who == Who::Administrator),
            "RESOLVE_ISSUES": permission("RESOLVE_ISSUES", who != Who::Nobody),
        }}))
        .into_response(),
        Err(refusal) => refusal,
    }
}
