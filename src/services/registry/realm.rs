// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where a registry sends those who want a token, and for what.

use reqwest::Url;
use serde::Deserialize;

use crate::services::web::{Answer, WebError};

/// What `Bearer realm="…",service="…",scope="…"` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Realm {
    url: Url,
    service: Option<String>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(alias = "access_token")]
    token: String,
}

impl Realm {
    /// The one that a refusal names; `None` where it names none.
    pub fn of(wanted: &str) -> Option<Self> {
        let parts = wanted.strip_prefix("Bearer ")?;
        let field = |name: &str| {
            let start = parts.find(&format!("{name}=\""))? + name.len() + 2;
            parts[start..].split('"').next().map(str::to_owned)
        };
        let url = field("realm").and_then(|realm| Url::parse(&realm).ok())?;
        Some(Self { url, service: field("service"), scope: field("scope") })
    }

    /// The same for another scope: `repository:apache/flink-statefun:pull,push`.
    pub fn for_scope(self, scope: String) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// Where the token is asked for.
    pub fn address(&self) -> Url {
        let mut url = self.url.clone();
        for (name, value) in [("service", &self.service), ("scope", &self.scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }
}

/// The token of an answer.
pub(super) fn token(answer: &Answer) -> Result<String, WebError> {
    Ok(answer.json::<Token>()?.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_where_and_for_what() {
        let wanted = r#"Bearer realm="https://auth.example.org/token",service="registry",scope="repository:a/b:pull""#;
        let realm = Realm::of(wanted).unwrap();
        let base = "https://auth.example.org/token?service=registry";
        assert_eq!(realm.address().as_str(), format!("{base}&scope=repository%3Aa%2Fb%3Apull"));
        let pushing = realm.for_scope("repository:a/b:pull,push".into());
        assert_eq!(pushing.address().as_str(), format!("{base}&scope=repository%3Aa%2Fb%3Apull%2Cpush"));
        assert_eq!(Realm::of(r#"Basic realm="https://auth.example.org/""#), None);
        assert_eq!(Realm::of(r#"Bearer realm="nothing""#), None);
    }
}
