// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who one is at GitHub, and what one may do there.

use serde::Deserialize;
use serde_json::Value;

use super::{GitHub, Slug};
use crate::services::web::WebError;

/// What one may do in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// Its main branch.
    pub main: String,
    /// Whether one may push branches to it; unknown without a login.
    pub push: Option<bool>,
    /// Whether it takes no changes any more.
    pub archived: bool,
}

#[derive(Deserialize)]
struct Me {
    login: String,
}

impl GitHub {
    /// The name that one is logged in with.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or does not know the token.
    pub fn me(&self) -> Result<String, WebError> {
        let me: Me = self.web.get(self.web.at(&["user"]))?.json()?;
        Ok(me.login)
    }

    /// What one may do in a repository; `None` where there is none, or none that one may see.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub fn rights(&self, slug: &Slug) -> Result<Option<Rights>, WebError> {
        let found = self
            .ask("GET", "a repository", |octocrab| async move { octocrab.repos(&slug.owner, &slug.name).get().await });
        match found {
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
            Ok(repository) => Ok(Some(Rights {
                main: repository.default_branch.unwrap_or_default(),
                push: repository.permissions.map(|permissions| permissions.push),
                archived: repository.archived.unwrap_or_default(),
            })),
        }
    }

    /// The protection of a branch, as GitHub says it; `None` where it has none, or one may
    /// not see it.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub fn protection(&self, slug: &Slug, branch: &str) -> Result<Option<Value>, WebError> {
        let url = self.web.at(&["repos", &slug.owner, &slug.name, "branches", branch, "protection"]);
        match self.web.get(url) {
            Err(error) if error.is_missing() || error.status().is_some_and(|status| status == 403) => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => answer.json().map(Some),
        }
    }
}
