// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a registry answers, and what it lets an account do with an image, as far as it
//! tells without a push: in the token that it gives for one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;

use super::{Realm, Registries};
use crate::services::web::{Answer, Login, Request, WebError};

/// What a registry lets an account do with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageRights {
    /// Push it.
    Pushes,
    /// No more than pull it.
    Reads,
    /// It lets the account in, and does not say what it may do.
    Untold,
}

impl Registries {
    /// Whether a registry answers as one at the address `registry`.
    ///
    /// # Errors
    /// When it does not answer, or as something else.
    pub fn answers(&self, registry: &str) -> Result<(), WebError> {
        let answer = self.root(registry)?;
        match answer.status {
            StatusCode::UNAUTHORIZED => Ok(()),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                answer.succeeded().map(|_| ())
            }
            status if status.is_success() => Ok(()),
            status => Err(answer.unexpected(&format!("expected a registry of images, and it answered {status}"))),
        }
    }

    /// What `user` may do with the image `name` at `registry`.
    ///
    /// # Errors
    /// When the registry cannot be asked, or does not take the account.
    pub fn rights(
        &self,
        registry: &str,
        name: &str,
        user: &str,
        password: &SecretString,
    ) -> Result<ImageRights, WebError> {
        let login = Login::Basic(user.to_owned(), password.clone());
        let answer = self.root(registry)?;
        if answer.status.is_success() {
            return Ok(ImageRights::Untold);
        }
        if answer.status != StatusCode::UNAUTHORIZED {
            return answer.succeeded().map(|_| ImageRights::Untold);
        }
        let wanted = answer.headers.get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some(realm) = Realm::of(wanted) {
            let token = self.token_of(&realm.for_scope(format!("repository:{name}:pull,push")), login)?;
            return Ok(granted(&token, name));
        }
        if !wanted.starts_with("Basic ") {
            return Err(answer.unexpected("expected the header WWW-Authenticate, which says how one logs in"));
        }
        let web = self.web(registry, login)?;
        web.get(web.at(&["v2", ""])).map(|_| ImageRights::Untold)
    }

    fn root(&self, registry: &str) -> Result<Answer, WebError> {
        let web = self.web(registry, Login::Anonymous)?;
        let answer = web.ask(Request::get(web.at(&["v2", ""])))?;
        match answer.status.is_success() && answer.text().trim_start().starts_with('<') {
            true => Err(answer.unexpected("expected a registry of images, and no page")),
            false => Ok(answer),
        }
    }
}

/// What a token grants with an image: the claim `access` of a JSON web token, whose
/// signature is the registry's own affair. A token of another form says nothing.
fn granted(token: &str, name: &str) -> ImageRights {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let Some(access) = claims.as_ref().and_then(|claims| claims.get("access")).and_then(Value::as_array) else {
        return ImageRights::Untold;
    };
    let pushes = access.iter().any(|grant| {
        let actions = grant.get("actions").and_then(Value::as_array);
        grant.get("name").and_then(Value::as_str) == Some(name)
            && actions.is_some_and(|actions| actions.iter().any(|action| action == "push" || action == "*"))
    });
    if pushes { ImageRights::Pushes } else { ImageRights::Reads }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults, StandIns, images};
    use crate::services::Limits;
    use crate::services::web_testing::answering;

    fn registries() -> Registries {
        Registries::default().limited(Limits { attempts: 1, ..Limits::default() })
    }

    #[test]
    fn the_token_for_a_push_says_whether_the_account_may() {
        let directory = tempfile::tempdir().unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(directory.path(), 0, faults.clone()).unwrap();
        let base = stand_ins.base("images");
        let rights = |(user, password): (&str, &str)| {
            registries().rights(&base, "apache/greeter", user, &SecretString::from(password))
        };
        assert_eq!(rights(images::ACCOUNT).unwrap(), ImageRights::Pushes);
        assert_eq!(rights(images::READER).unwrap(), ImageRights::Reads);
        let refused = rights((images::ACCOUNT.0, "another-password")).unwrap_err();
        assert_eq!(refused.status(), Some(StatusCode::UNAUTHORIZED));
        assert!(!format!("{refused} {refused:?}").contains("another-password"));
        registries().answers(&base).unwrap();
        for kind in [FaultKind::Page, FaultKind::CutBefore] {
            faults.add(Fault::once("GET", "/v2/", kind.clone()));
            assert!(registries().answers(&base).is_err(), "{kind:?}");
            faults.add(Fault::once("GET", "/token", kind.clone()));
            assert!(rights(images::ACCOUNT).is_err(), "{kind:?}");
        }
        assert!(faults.are_spent());
    }

    #[test]
    fn what_is_no_registry_and_what_tells_nothing_is_said_to_be_so() {
        let elsewhere = answering(|_| (404, "<h1>Not Found</h1>"));
        assert!(matches!(registries().answers(&elsewhere), Err(WebError::Unexpected { .. })));
        for status in [429, 500, 503] {
            let ill = answering(match status {
                429 => |_| (429, ""),
                500 => |_| (500, r#"{"e":1}"#),
                _ => |_| (503, ""),
            });
            let asked = [
                registries().answers(&ill).unwrap_err(),
                registries().digest(&ill, "a/b", "1").unwrap_err(),
                registries().rights(&ill, "a/b", "ann", &SecretString::from("x")).unwrap_err(),
            ];
            for error in asked {
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
            }
        }
        let silent = answering(|_| (401, ""));
        let error = registries().rights(&silent, "a/b", "ann", &SecretString::from("x")).unwrap_err().to_string();
        let said = "expected the header WWW-Authenticate, which says how one logs in";
        assert!(error.ends_with(said), "{error}");
        let open = answering(|_| (200, "{}"));
        registries().answers(&open).unwrap();
        let password = SecretString::from("x");
        assert_eq!(registries().rights(&open, "a/b", "ann", &password).unwrap(), ImageRights::Untold);
        assert_eq!(granted("opaque", "a/b"), ImageRights::Untold);
        let claims = |claims: &str| format!("head.{}.signature", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(granted(&claims("{}"), "a/b"), ImageRights::Untold);
        assert_eq!(granted(&claims(r#"{"access":[]}"#), "a/b"), ImageRights::Reads);
        let of_other = r#"{"access":[{"type":"repository","name":"a/c","actions":["pull","push"]}]}"#;
        assert_eq!(granted(&claims(of_other), "a/b"), ImageRights::Reads);
        assert_eq!(granted(&claims(of_other), "a/c"), ImageRights::Pushes);
    }
}
