// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An npm registry: what it has of a version of a package, and publishing one, by the
//! document that its clients send.
//!
//! Its quirks: a version is published once and for good; who is not logged in at a package
//! that is not public is told that there is none; what `latest` means is a tag that
//! publishing moves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Digest as _;

use super::{Body, Effects, Limits, Login, Request, Web, WebError};

/// A registry at one address.
#[derive(Debug)]
pub struct Npm {
    web: Web,
}

/// A version that the registry has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPackage {
    /// The digest of its archive, as [`integrity`] writes it.
    pub integrity: String,
    /// Where its archive is.
    pub tarball: String,
}

/// A version to publish.
#[derive(Debug)]
pub struct Package<'a> {
    /// Its name: `apache-flink-statefun`, `@scope/name`.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its package.json.
    pub manifest: &'a Map<String, Value>,
    /// Its archive.
    pub tarball: &'a [u8],
    /// The tag that will name it: `latest`.
    pub tag: &'a str,
}

#[derive(Deserialize)]
struct Shown {
    dist: Dist,
}

#[derive(Deserialize)]
struct Dist {
    #[serde(default)]
    integrity: Option<String>,
    #[serde(default)]
    tarball: String,
}

#[derive(Deserialize)]
struct Packument {
    #[serde(default, rename = "dist-tags")]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Who {
    username: String,
}

impl Npm {
    /// The registry at `url`; without a login what is public can be read.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(url: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        Web::new("the npm registry", url, login, effects).map(|web| Self { web })
    }

    /// A registry that is reached by `web`.
    pub fn over(web: Web) -> Self {
        Self { web }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { web: self.web.limited(limits) }
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> &str {
        self.web.base()
    }

    /// Whether one logs in.
    pub fn logs_in(&self) -> bool {
        !self.web.login().is_anonymous()
    }

    /// A version of a package; nothing where it is not published.
    ///
    /// # Errors
    /// When it cannot be asked, or does not say the digest.
    pub fn published(&self, name: &str, version: &str) -> Result<Option<PublishedPackage>, WebError> {
        let answer = match self.web.get(self.web.at(&[name, version])) {
            Ok(answer) => answer,
            Err(error) if error.is_missing() => return Ok(None),
            Err(error) => return Err(error),
        };
        let Shown { dist } = answer.json()?;
        let Some(integrity) = dist.integrity else {
            return Err(answer.unexpected("expected the digest of its archive, dist.integrity"));
        };
        Ok(Some(PublishedPackage { integrity, tarball: dist.tarball }))
    }

    /// The versions that the package's tags name: `latest` and others. None where there is
    /// no such package yet.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn tags(&self, name: &str) -> Result<BTreeMap<String, String>, WebError> {
        match self.web.get(self.web.at(&[name])) {
            Ok(answer) => Ok(answer.json::<Packument>()?.tags),
            Err(error) if error.is_missing() => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        }
    }

    /// Publishes a version for everybody.
    ///
    /// # Errors
    /// When it was not taken, or not known to be.
    pub fn publish(&self, package: &Package<'_>) -> Result<(), WebError> {
        let document = document(package, self.base());
        let request = Request::new(Method::PUT, self.web.at(&[package.name]), Body::Json(document));
        self.web.write("npm publish", request)?.json::<Value>().map(drop)
    }

    /// Whether something comes about at the registry, as [`Web::comes_about`] has it.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn comes_about<E>(&self, is_so: impl FnMut() -> Result<bool, E>) -> Result<bool, E> {
        self.web.comes_about(is_so)
    }

    /// The name of the account that is logged in.
    ///
    /// # Errors
    /// When it cannot be asked, or the login is not known.
    pub fn who_am_i(&self) -> Result<String, WebError> {
        self.web.get(self.web.at(&["-", "whoami"]))?.json::<Who>().map(|who| who.username)
    }
}

/// The digest of an archive as package.json's world writes it.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(sha2::Sha512::digest(bytes)))
}

/// What clients send to publish a version.
fn document(package: &Package<'_>, registry: &str) -> Value {
    let Package { name, version, manifest, tarball, tag } = package;
    let file = format!("{}-{version}.tgz", name.rsplit('/').next().unwrap_or(name));
    let shasum: String = sha1::Sha1::digest(tarball).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut shown = (*manifest).clone();
    shown.insert("name".to_owned(), json!(name));
    shown.insert("version".to_owned(), json!(version));
    shown.insert("_id".to_owned(), json!(format!("{name}@{version}")));
    shown.insert(
        "dist".to_owned(),
        json!({
            "integrity": integrity(tarball),
            "shasum": shasum,
            "tarball": format!("{registry}/{name}/-/{file}"),
        }),
    );
    json!({
        "_id": name,
        "name": name,
        "description": manifest.get("description").cloned().unwrap_or(Value::Null),
        "dist-tags": {*tag: version},
        "versions": {*version: shown},
        "access": "public",
        "_attachments": {file: {
            "content_type": "application/octet-stream",
            "data": STANDARD.encode(tarball),
            "length": tarball.len(),
        }},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_clients_send() {
        let manifest = json!({"name": "other", "version": "0", "description": "Greets"});
        let package = Package {
            name: "@apache/greeter",
            version: "1.2.0",
            manifest: manifest.as_object().unwrap(),
            tarball: b"abc",
            tag: "latest",
        };
        let document = document(&package, "https://registry.example.org");
        assert_eq!(document["versions"]["1.2.0"]["version"], "1.2.0");
        assert_eq!(document["versions"]["1.2.0"]["name"], "@apache/greeter");
        let dist = &document["versions"]["1.2.0"]["dist"];
        assert_eq!(dist["shasum"], "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            dist["integrity"],
            "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
        );
        assert_eq!(dist["tarball"], "https://registry.example.org/@apache/greeter/-/greeter-1.2.0.tgz");
        assert_eq!(document["_attachments"]["greeter-1.2.0.tgz"]["data"], "YWJj");
        assert_eq!(document["dist-tags"], json!({"latest": "1.2.0"}));
    }
}
