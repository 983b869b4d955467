// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry of images that has what the images' repository describes on the branch that
//! they are built from: the tag `1.2.0` where that has `1.2.0/Dockerfile`, or the file that the
//! product's configuration names for it. As the large one does, it gives a token to anybody and
//! wants it back; that of an account says what it may do.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use git2::Repository;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Sites;

/// Somebody who may push, by name and password.
pub const ACCOUNT: (&str, &str) = ("ann", "images-rehearsal-ann");
/// Somebody who may not.
pub const READER: (&str, &str) = ("bob", "images-rehearsal-bob");

const TOKEN: &str = "anybody";
/// What stands in the place of the signature of an account's token.
const SIGNATURE: &str = "stand-in";

/// The stand-in, for the world whose stand-ins have their state under `directory`.
pub fn router(directory: &Path) -> Router {
    Router::new().fallback(answer).with_state(directory.to_owned())
}

async fn answer(State(directory): State<PathBuf>, request: Request<Body>) -> Response<Body> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["token"] => token(text(AUTHORIZATION), request.uri().query().unwrap_or_default()),
        ["v2", name @ .., "manifests", tag] => {
            if !has_token(text(AUTHORIZATION)) {
                return unauthorized(text(HOST), &format!(",scope=\"repository:{}:pull\"", name.join("/")));
            }
            match dockerfile_of(&directory, tag) {
                None => said(404, &fault("MANIFEST_UNKNOWN", "manifest unknown")),
                Some(bytes) => manifest(&bytes),
            }
        }
        ["v2"] if has_token(text(AUTHORIZATION)) => said(200, &json!({})),
        ["v2"] => unauthorized(text(HOST), ""),
        _ => said(404, &fault("NAME_UNKNOWN", "repository name not known to registry")),
    }
}

fn has_token(authorization: &str) -> bool {
    let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
    token == TOKEN || token.ends_with(&format!(".{SIGNATURE}"))
}

fn unauthorized(host: &str, scope: &str) -> Response<Body> {
    let mut refused = said(401, &fault("UNAUTHORIZED", "authentication required"));
    let wanted = format!("Bearer realm=\"http://{host}/images/token\",service=\"images\"{scope}");
    if let Ok(wanted) = wanted.parse() {
        refused.headers_mut().insert("www-authenticate", wanted);
    }
    refused
}

/// A token for anybody, or for an account with what it may do of the scope that it asks for.
fn token(authorization: &str, query: &str) -> Response<Body> {
    if authorization.is_empty() {
        return said(200, &json!({"token": TOKEN, "expires_in": 300}));
    }
    let is = |(user, password): (&str, &str)| {
        authorization == format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    };
    let actions = match (is(ACCOUNT), is(READER)) {
        (true, _) => json!(["pull", "push"]),
        (false, true) => json!(["pull"]),
        (false, false) => return said(401, &fault("UNAUTHORIZED", "incorrect username or password")),
    };
    let query = reqwest::Url::parse(&format!("http://localhost/?{query}")).ok();
    let scope = query.and_then(|url| Some(url.query_pairs().find(|(name, _)| name == "scope")?.1.into_owned()));
    let scope = scope.unwrap_or_default();
    let access = match scope.split(':').collect::<Vec<_>>().as_slice() {
        [kind, name, _] => json!([{"type": kind, "name": name, "actions": actions}]),
        _ => json!([]),
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({"alg": "none", "typ": "JWT"}));
    let claims = part(&json!({"access": access}));
    said(200, &json!({"token": format!("{head}.{claims}.{SIGNATURE}"), "expires_in": 300}))
}

fn manifest(dockerfile: &[u8]) -> Response<Body> {
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(dockerfile), "size": dockerfile.len()},
        "layers": [],
    });
    let bytes = serde_json::to_vec(&manifest).expect("plain data");
    let response = Response::builder()
        .header("content-type", "application/vnd.oci.image.manifest.v1+json")
        .header("docker-content-digest", digest(&bytes));
    response.body(Body::from(bytes)).expect("plain headers and a body")
}

fn digest(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// The Dockerfile that the branch has for a tag.
pub fn dockerfile_of(directory: &Path, tag: &str) -> Option<Vec<u8>> {
    let sites = Sites::open(directory).ok()?;
    let git = Repository::open_bare(&sites.images).ok()?;
    let tree = git.find_reference(&format!("refs/heads/{}", sites.images_base)).ok()?.peel_to_tree().ok()?;
    let entry = |name: &str| tree.get_path(Path::new(&format!("{name}/Dockerfile"))).ok();
    // where a version has several variants, its own tag is another name of one of them
    let variant = || {
        let names = tree.iter().filter_map(|each| each.name().map(str::to_owned).ok());
        let variants: Vec<String> = names.filter(|name| name.starts_with(&format!("{tag}-"))).collect();
        variants.iter().rev().find_map(|name| entry(name))
    };
    let entry = match sites.dockerfiles.get(tag) {
        Some(named) => tree.get_path(Path::new(named)).ok()?,
        None => entry(tag).or_else(variant)?,
    };
    let blob = entry.to_object(&git).ok()?.peel_to_blob().ok()?;
    Some(blob.content().to_vec())
}

fn fault(code: &str, message: &str) -> Value {
    json!({"errors": [{"code": code, "message": message, "detail": null}]})
}

fn said(status: u16, value: &Value) -> Response<Body> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Body::from(value.to_string())).expect("a status and a body")
}
