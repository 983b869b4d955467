// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An npm registry: documents of packages, single versions, archives, and publishing by
//! the document that clients send. A version is published once; what does not fit its own
//! digest, or has no proper version, is refused.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as Place, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kept;
use crate::services::integrity;

/// The token of a maintainer of every package.
pub const MAINTAINER: &str = "npm_rehearsal_maintainer";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct PublishedPackage {
    tags: BTreeMap<String, String>,
    versions: BTreeMap<String, Value>,
}

#[derive(Debug, Clone)]
struct Shop {
    packages: Kept<BTreeMap<String, PublishedPackage>>,
    files: Arc<PathBuf>,
}

/// The stand-in, with its state under `directory`.
///
/// # Errors
/// When the state cannot be read.
pub fn router(directory: &Path) -> io::Result<Router> {
    let files = directory.join("npm");
    fs::create_dir_all(&files)?;
    let packages = Kept::open(directory.join("npm.json"), BTreeMap::new())?;
    Ok(Router::new()
        .route("/-/whoami", get(who))
        .route("/-/ping", get(|| async { Json(json!({})) }))
        .route("/{name}", get(document).put(publish))
        .route("/{name}/{version}", get(version))
        .route("/{name}/-/{file}", get(file))
        .layer(DefaultBodyLimit::disable())
        .with_state(Shop { packages, files: Arc::new(files) }))
}

fn refused(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(json!({"error": error.into()}))).into_response()
}

fn logged_in(headers: &HeaderMap) -> Result<(), Response> {
    match headers.get(header::AUTHORIZATION).and_then(|login| login.to_str().ok()) {
        None => Err(refused(StatusCode::UNAUTHORIZED, "You must be logged in to publish packages.")),
        Some(login) if login == format!("Bearer {MAINTAINER}") => Ok(()),
        Some(_) => Err(refused(StatusCode::UNAUTHORIZED, "Invalid access token.")),
    }
}

async fn who(headers: HeaderMap) -> Response {
    match logged_in(&headers) {
        Ok(()) => Json(json!({"username": "ann"})).into_response(),
        Err(refusal) => refusal,
    }
}

async fn document(State(shop): State<Shop>, Place(name): Place<String>) -> Response {
    shop.packages.read(|packages| match packages.get(&name) {
        None => refused(StatusCode::NOT_FOUND, "Not found"),
        Some(package) => {
            Json(json!({"_id": name, "name": name, "dist-tags": package.tags, "versions": package.versions}))
                .into_response()
        }
    })
}

async fn version(State(shop): State<Shop>, Place((name, version)): Place<(String, String)>) -> Response {
    shop.packages.read(|packages| {
        let Some(package) = packages.get(&name) else { return refused(StatusCode::NOT_FOUND, "Not found") };
        let wanted = package.tags.get(&version).unwrap_or(&version);
        match package.versions.get(wanted) {
            Some(shown) => Json(shown.clone()).into_response(),
            None => refused(StatusCode::NOT_FOUND, format!("version not found: {version}")),
        }
    })
}

async fn file(State(shop): State<Shop>, Place((_, file)): Place<(String, String)>) -> Response {
    match fs::read(shop.files.join(file.replace('/', "-"))) {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(_) => refused(StatusCode::NOT_FOUND, "Not found"),
    }
}

async fn publish(State(shop): State<Shop>, Place(name): Place<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refusal) = logged_in(&headers) {
        return refusal;
    }
    let Ok(document) = serde_json::from_slice::<Value>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "invalid JSON in the request body");
    };
    match take(&shop, &name, &document) {
        Ok(()) => (StatusCode::CREATED, Json(json!({"ok": "created new package", "success": true}))).into_response(),
        Err((status, why)) => refused(status, why),
    }
}

fn take(shop: &Shop, name: &str, document: &Value) -> Result<(), (StatusCode, String)> {
    let bad = |why: &str| (StatusCode::BAD_REQUEST, why.to_owned());
    let one = |part: &Value| {
        let members = part.as_object()?;
        let (key, value) = members.iter().next().filter(|_| members.len() == 1)?;
        Some((key.clone(), value.clone()))
    };
    if document["name"] != name {
        return Err(bad("the package's name does not fit its address"));
    }
    let (version, shown) = one(&document["versions"]).ok_or_else(|| bad("expected one version"))?;
    let (_, attachment) = one(&document["_attachments"]).ok_or_else(|| bad("expected one attachment"))?;
    if !is_version(&version) || shown["version"] != version.as_str() || shown["name"] != name {
        return Err(bad(&format!("invalid version: {version}")));
    }
    let bytes = attachment["data"]
        .as_str()
        .and_then(|data| STANDARD.decode(data).ok())
        .ok_or_else(|| bad("the attachment is no base64"))?;
    if attachment["length"] != bytes.len() {
        return Err(bad("the attachment's length does not fit"));
    }
    if shown["dist"]["integrity"] != integrity(&bytes) {
        return Err(bad("the attachment does not fit its integrity"));
    }
    let is_there = shop
        .packages
        .read(|packages| packages.get(name).is_some_and(|package| package.versions.contains_key(&version)));
    if is_there {
        let why = format!("You cannot publish over the previously published versions: {version}.");
        return Err((StatusCode::FORBIDDEN, why));
    }
    let stands_in = bytes.windows(18).take(200).any(|window| window == b" is a stand-in for");
    if !bytes.starts_with(b"\x1f\x8b") && !stands_in {
        return Err(bad("the attachment is no gzip"));
    }
    let file = format!("{}-{version}.tgz", name.rsplit('/').next().unwrap_or(name));
    fs::write(shop.files.join(&file), &bytes).map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    shop.packages.change(|packages| {
        let package = packages.entry(name.to_owned()).or_default();
        for (tag, tagged) in document["dist-tags"].as_object().into_iter().flatten() {
            package.tags.insert(tag.clone(), tagged.as_str().unwrap_or(&version).to_owned());
        }
        package.versions.insert(version.clone(), shown);
    });
    Ok(())
}

/// Whether a version is one of npm's.
fn is_version(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
