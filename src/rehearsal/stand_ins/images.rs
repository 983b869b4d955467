// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry of images that has what the images' repository describes on the branch that
//! they are built from: the tag `1.2.0` where that has `1.2.0/Dockerfile`, or the file that the
//! product's configuration names for it. As the large one
//! does, it gives a token to anybody and wants it back.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use git2::Repository;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Sites;

const TOKEN: &str = "anybody";

/// The stand-in, for the world whose stand-ins have their state under `directory`.
pub fn router(directory: &Path) -> Router {
    Router::new().fallback(answer).with_state(directory.to_owned())
}

async fn answer(State(directory): State<PathBuf>, request: Request<Body>) -> Response<Body> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["token"] => said(200, &json!({"token": TOKEN, "expires_in": 300})),
        ["v2", name @ .., "manifests", tag] => {
            if text(AUTHORIZATION) != format!("Bearer {TOKEN}") {
                let (host, name) = (text(HOST), name.join("/"));
                let wanted = format!(
                    "Bearer realm=\"http://{host}/images/token\",service=\"images\",scope=\"repository:{name}:pull\""
                );
                let mut refused = said(401, &fault("UNAUTHORIZED", "authentication required"));
                if let Ok(wanted) = wanted.parse() {
                    refused.headers_mut().insert("www-authenticate", wanted);
                }
                return refused;
            }
            match dockerfile_of(&directory, tag) {
                None => said(404, &fault("MANIFEST_UNKNOWN", "manifest unknown")),
                Some(bytes) => manifest(&bytes),
            }
        }
        ["v2"] => said(200, &json!({})),
        _ => said(404, &fault("NAME_UNKNOWN", "repository name not known to registry")),
    }
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
