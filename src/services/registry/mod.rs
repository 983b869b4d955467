// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry of container images, by its HTTP interface: which digest a tag has, and what
//! an account may do with an image.
//!
//! Reading wants a token even from those who have no account: the registry says in its
//! refusal where one is given.

mod account;
mod realm;

use reqwest::{Method, StatusCode};

use super::Effects;
use super::web::{Body, Limits, Login, Request, Web, WebError};
pub use account::ImageRights;
use realm::Realm;

/// The kinds of manifest that a tag may stand for.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.docker.distribution.manifest.v2+json";

/// Registries of images, read without an account.
#[derive(Debug, Default)]
pub struct Registries {
    limits: Option<Limits>,
}

impl Registries {
    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits: Some(limits) }
    }

    /// The digest of the image `name` (`apache/flink-statefun`) under `tag` at `registry`;
    /// `None` where there is none.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub fn digest(&self, registry: &str, name: &str, tag: &str) -> Result<Option<String>, WebError> {
        let web = self.web(registry, Login::Anonymous)?;
        let mut segments = vec!["v2"];
        segments.extend(name.split('/'));
        segments.extend(["manifests", tag]);
        let url = web.at(&segments);
        let ask = || Request::new(Method::HEAD, url.clone(), Body::None).accepting(MANIFESTS);
        let mut answer = web.ask(ask())?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let wanted = answer.headers.get("www-authenticate").and_then(|value| value.to_str().ok());
            let Some(token) = self.token(wanted.unwrap_or_default())? else {
                return Err(answer.unexpected("expected to be told where a token is given"));
            };
            answer = web.ask(ask().with("Authorization", format!("Bearer {token}")))?;
        }
        // a repository that is not there is not distinguished from one that may not be seen
        if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Ok(None);
        }
        let answer = answer.succeeded()?;
        let digest = answer.headers.get("docker-content-digest").and_then(|value| value.to_str().ok());
        match digest.filter(|digest| digest.contains(':')) {
            Some(digest) => Ok(Some(digest.to_owned())),
            None => Err(answer.unexpected("expected the header Docker-Content-Digest")),
        }
    }

    /// The token that `Bearer realm="…",service="…",scope="…"` leads to.
    fn token(&self, wanted: &str) -> Result<Option<String>, WebError> {
        Realm::of(wanted).map(|realm| self.token_of(&realm, Login::Anonymous)).transpose()
    }

    fn token_of(&self, realm: &Realm, login: Login) -> Result<String, WebError> {
        let address = realm.address();
        realm::token(&self.web(address.as_str(), login)?.get(address)?)
    }

    fn web(&self, base: &str, login: Login) -> Result<Web, WebError> {
        let web = Web::new("the image registry", base, login, Effects::unwatched())?;
        Ok(match self.limits {
            Some(limits) => web.limited(limits),
            None => web,
        })
    }
}

#[cfg(test)]
mod real_servers {
    use super::*;

    #[test]
    fn a_real_image_registry_says_the_digest_that_another_client_sees() {
        let Ok(base) = std::env::var("QUORATE_TEST_IMAGES") else {
            println!("skipped: QUORATE_TEST_IMAGES is not set; `make conformance` starts the server");
            return;
        };
        let seen = std::env::var("QUORATE_TEST_IMAGE_DIGEST").unwrap();
        let digest = |tag: &str| Registries::default().digest(&base, "apache/greeter", tag).unwrap();
        assert_eq!(digest("1.2.0"), Some(seen));
        assert_eq!(digest("1.3.0"), None);
        println!("docker-registry: the digest is the one that skopeo sees; a tag that is not there is none");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rehearsal::plant;
    use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults, Sites, StandIns};

    #[test]
    fn a_tag_has_a_digest_or_is_not_there_or_cannot_be_asked() {
        let directory = tempfile::tempdir().unwrap();
        let images = directory.path().join("images.git");
        let files =
            ["1.2.0/Dockerfile", "1.2/java11/Dockerfile"].map(|path| (path.to_owned(), format!("FROM {path}\n")));
        let files = BTreeMap::from(files);
        plant(&images, "main", &files).unwrap();
        let nowhere = directory.path().join("nowhere");
        let sites = Sites {
            format: 1,
            website: nowhere.clone(),
            website_base: "main".into(),
            images,
            images_base: "main".into(),
            dockerfiles: BTreeMap::from([("1.2".to_owned(), "1.2/java11/Dockerfile".to_owned())]),
            sources: nowhere.clone(),
            releases: nowhere,
            name: "Greeter".into(),
            version: "1.2.0".into(),
        };
        sites.keep(directory.path()).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(directory.path(), 0, faults.clone()).unwrap();
        let registries = Registries::default().limited(Limits { attempts: 1, answer: 1 << 20, ..Limits::default() });
        let digest = |tag: &str| registries.digest(&stand_ins.base("images"), "apache/greeter", tag);
        let found = digest("1.2.0").unwrap().unwrap();
        assert!(found.starts_with("sha256:") && found.len() == 71, "{found}");
        assert_eq!(digest("1.3.0").unwrap(), None);
        let elsewhere = digest("1.2").unwrap().unwrap();
        assert!(elsewhere != found && elsewhere.starts_with("sha256:"), "{elsewhere}");
        let status = |status| FaultKind::Status { status, retry_after: None, body: String::new() };
        for (path, kind) in [
            ("/manifests/", status(500)),
            ("/manifests/", status(429)),
            ("/manifests/", FaultKind::Page),
            ("/manifests/", FaultKind::CutBefore),
            ("/manifests/", FaultKind::Redirect("http://example.invalid/".into())),
            ("/token", status(401)),
            ("/token", FaultKind::Page),
            ("/token", FaultKind::Endless),
            ("/token", FaultKind::Truncated),
        ] {
            let method = if path == "/token" { "GET" } else { "HEAD" };
            faults.add(Fault::once(method, path, kind.clone()));
            assert!(digest("1.2.0").is_err(), "{path} {kind:?} is no answer");
            assert!(faults.are_spent(), "{path} {kind:?}");
        }
        assert_eq!(digest("1.2.0").unwrap(), Some(found));
    }
}
