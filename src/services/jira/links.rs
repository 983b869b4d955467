// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Links from an issue to pages elsewhere. Each has an id that whoever made it chose: made again
//! with the same one, it is the same link.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::Jira;
use crate::services::{Body, Request, WebError};

/// A link from an issue to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// What it is known by, whatever it is called.
    pub id: String,
    /// The page's address.
    pub url: String,
    /// What it is called there.
    pub title: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "globalId")]
    global_id: Option<String>,
    object: WireObject,
}

#[derive(Deserialize)]
struct WireObject {
    url: String,
    #[serde(default)]
    title: String,
}

impl Jira {
    /// The pages that an issue links to.
    ///
    /// # Errors
    /// When it cannot be asked, or shows no such issue.
    pub fn page_links(&self, key: &str) -> Result<Vec<PageLink>, WebError> {
        let links: Vec<Wire> = self.web.get(self.at(&["issue", key, "remotelink"]))?.json()?;
        let link = |wire: Wire| PageLink {
            id: wire.global_id.unwrap_or_default(),
            url: wire.object.url,
            title: wire.object.title,
        };
        Ok(links.into_iter().map(link).collect())
    }

    /// Has an issue link to a page; a link with the same id becomes this one.
    ///
    /// # Errors
    /// When it was not done, or not known to be.
    pub fn link_page(&self, key: &str, link: &PageLink) -> Result<(), WebError> {
        let body = json!({"globalId": link.id, "object": {"url": link.url, "title": link.title}});
        let request = Request::new(Method::POST, self.at(&["issue", key, "remotelink"]), Body::Json(body));
        self.web.write("jira link issue", request).map(drop)
    }
}
