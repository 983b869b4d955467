// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A Python package index: the simple interface in JSON and HTML, and the form by which
//! files are uploaded. A file's name is used once: the same bytes again are fine, others
//! are refused. What is no package, or another than its fields say, is refused too. A file
//! can be yanked, as a maintainer does on the project's page.

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
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Digest as _;

use super::Kept;
use super::form::{Field, fields};
use crate::services::normal_name;

/// The token of a maintainer of the project.
pub const MAINTAINER: &str = "pypi-rehearsal-maintainer";

/// What it has: by project, by file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    projects: BTreeMap<String, BTreeMap<String, String>>,
    /// The yanked files, each with the reason.
    #[serde(default)]
    yanked: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct Shop {
    index: Kept<Index>,
    files: Arc<PathBuf>,
}

/// The stand-in, with its state under `directory`.
///
/// # Errors
/// When the state cannot be read.
pub fn router(directory: &Path) -> io::Result<Router> {
    let files = directory.join("pypi");
    fs::create_dir_all(&files)?;
    let index = Kept::open(directory.join("pypi.json"), Index::default())?;
    Ok(Router::new()
        .route("/legacy/", post(upload))
        .route("/simple/", get(projects))
        .route("/simple/{name}/", get(simple))
        .route("/yank/{name}", post(yank))
        .route("/files/{name}", get(file))
        .layer(DefaultBodyLimit::disable())
        .with_state(Shop { index, files: Arc::new(files) }))
}

fn refused(status: StatusCode, why: &str) -> Response {
    let page = format!(
        "<html>\n <head>\n  <title>{status}</title>\n </head>\n <body>\n  <h1>{status}</h1>\n  {why}\n </body>\n</html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

async fn projects(State(shop): State<Shop>) -> Response {
    let names: Vec<_> =
        shop.index.read(|index| index.projects.keys().map(|name| json!({"name": name})).collect::<Vec<_>>());
    let body = json!({"meta": {"api-version": "1.1"}, "projects": names});
    ([(header::CONTENT_TYPE, "application/vnd.pypi.simple.v1+json")], body.to_string()).into_response()
}

/// The reason is the request's body.
async fn yank(State(shop): State<Shop>, Place(name): Place<String>, reason: String) -> Response {
    shop.index.change(|index| drop(index.yanked.insert(name, reason)));
    StatusCode::OK.into_response()
}

async fn simple(State(shop): State<Shop>, Place(name): Place<String>, headers: HeaderMap) -> Response {
    if normal_name(&name) != name {
        return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, format!("../{}/", normal_name(&name)))])
            .into_response();
    }
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("vnd.pypi.simple.v1+json"));
    shop.index.read(|index| {
        let Some(files) = index.projects.get(&name) else { return refused(StatusCode::NOT_FOUND, "404 Not Found") };
        if !wants_json {
            let yanked = |file: &str| {
                index.yanked.get(file).map(|why| format!(" data-yanked=\"{}\"", why.replace('&', "&amp;").replace('"', "&quot;")))
            };
            let anchors: String = files
                .iter()
                .map(|(file, sha256)| {
                    let yanked = yanked(file).unwrap_or_default();
                    format!("<a href=\"../../files/{file}#sha256={sha256}\"{yanked}>{file}</a><br/>\n")
                })
                .collect();
            let page = format!("<!DOCTYPE html>\n<html><body>\n<h1>Links for {name}</h1>\n{anchors}</body></html>\n");
            return ([(header::CONTENT_TYPE, "text/html")], page).into_response();
        }
        let shown: Vec<_> = files
            .iter()
            .map(|(file, sha256)| {
                let yanked = match index.yanked.get(file).map(String::as_str) {
                    None => json!(false),
                    Some("") => json!(true),
                    Some(why) => json!(why),
                };
                json!({"filename": file, "url": format!("../../files/{file}"), "hashes": {"sha256": sha256}, "yanked": yanked})
            })
            .collect();
        let body = json!({"meta": {"api-version": "1.1"}, "name": name, "files": shown});
        ([(header::CONTENT_TYPE, "application/vnd.pypi.simple.v1+json")], Json(body).0.to_string()).into_response()
    })
}

async fn file(State(shop): State<Shop>, Place(name): Place<String>) -> Response {
    let known = shop.index.read(|index| index.projects.values().any(|files| files.contains_key(&name)));
    match fs::read(shop.files.join(&name)).ok().filter(|_| known) {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        None => refused(StatusCode::NOT_FOUND, "404 Not Found"),
    }
}

async fn upload(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    use base64::Engine as _;
    let right = base64::engine::general_purpose::STANDARD.encode(format!("__token__:{MAINTAINER}"));
    let login = headers.get(header::AUTHORIZATION).and_then(|login| login.to_str().ok()).unwrap_or_default();
    if login != format!("Basic {right}") {
        return refused(
            StatusCode::FORBIDDEN,
            "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information.",
        );
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let Some(fields) = fields(kind, &body) else { return refused(StatusCode::BAD_REQUEST, "Bad request") };
    match Upload::of(&fields) {
        Err(why) => refused(StatusCode::BAD_REQUEST, why),
        Ok(upload) => take(&shop, &upload),
    }
}

/// An upload that is well formed.
struct Upload<'a> {
    project: String,
    file: &'a str,
    sha256: String,
    bytes: &'a [u8],
}

impl<'a> Upload<'a> {
    fn of(fields: &'a [Field<'a>]) -> Result<Self, &'static str> {
        let text = |name: &str| {
            fields.iter().find(|field| field.name == name).and_then(|field| std::str::from_utf8(field.bytes).ok())
        };
        if text(":action") != Some("file_upload") || text("protocol_version") != Some("1") {
            return Err("Unknown protocol version.");
        }
        let (Some(name), Some(version)) = (text("name"), text("version")) else {
            return Err("name: This field is required.");
        };
        if !is_version(version) {
            return Err("The use of this version is invalid: it does not follow PEP 440.");
        }
        if text("metadata_version").is_none() {
            return Err("metadata_version: This field is required.");
        }
        let Some(content) = fields.iter().find(|field| field.name == "content") else {
            return Err("Upload payload does not have a file.");
        };
        let Some(file) = content.file else { return Err("Upload payload does not have a file.") };
        let sha256: String = sha2::Sha256::digest(content.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if text("sha256_digest").is_some_and(|digest| digest != sha256) {
            return Err("The digest supplied does not match a digest calculated from the uploaded file.");
        }
        let (kind, magic) =
            if file.ends_with(".whl") { ("bdist_wheel", &b"PK\x03\x04"[..]) } else { ("sdist", &b"\x1f\x8b"[..]) };
        if text("filetype") != Some(kind) || !(file.ends_with(".whl") || file.ends_with(".tar.gz")) {
            return Err("Invalid file extension: Use .tar.gz, .whl or .zip extension.");
        }
        // what a rehearsal makes where it cannot build says so in its first words
        let stands_in = content.bytes.starts_with(format!("{file} is a stand-in for").as_bytes());
        if !content.bytes.starts_with(magic) && !stands_in {
            return Err("Invalid distribution file.");
        }
        let project = normal_name(name);
        let begins = normal_name(file);
        if !begins.starts_with(&format!("{project}-{}", normal_name(version))) {
            return Err("Start filename with the normalized name and the version.");
        }
        Ok(Self { project, file, sha256, bytes: content.bytes })
    }
}

fn take(shop: &Shop, upload: &Upload<'_>) -> Response {
    let plain = !upload.file.contains(['/', '\\']) && !upload.file.starts_with('.');
    if !plain {
        return refused(StatusCode::BAD_REQUEST, "Cannot upload a file with '/' or '\\' in the name.");
    }
    let there = shop.index.read(|index| index.projects.get(&upload.project)?.get(upload.file).cloned());
    match there {
        Some(sha256) if sha256 == upload.sha256 => return StatusCode::OK.into_response(),
        Some(_) => {
            let why = format!(
                "File already exists ('{}', with other bytes). See https://pypi.org/help/#file-name-reuse for more information.",
                upload.file
            );
            return refused(StatusCode::BAD_REQUEST, &why);
        }
        None => {}
    }
    if fs::write(shop.files.join(upload.file), upload.bytes).is_err() {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "We are experiencing problems.");
    }
    shop.index.change(|index| {
        index.projects.entry(upload.project.clone()).or_default().insert(upload.file.to_owned(), upload.sha256.clone());
    });
    StatusCode::OK.into_response()
}

/// Whether a version is one by PEP 440, as far as releases have them.
fn is_version(version: &str) -> bool {
    let core = version.trim_end_matches(|c: char| c.is_ascii_digit());
    let core = ["rc", "a", "b", ".dev", ".post"].iter().find_map(|mark| core.strip_suffix(mark)).unwrap_or(version);
    core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
