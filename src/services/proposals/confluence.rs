// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Proposals as pages of a wiki: the children of a page, by Confluence's REST interface.
//!
//! Its quirks: a list comes in pieces of at most what the server likes, and says by a link
//! whether there is more; what is not asked for by `expand` is not told; labels are no part of
//! a page's version; a new version has the next number and no other, else 409.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::home::{HomeError, PageChange, ProposalHome, Sheet};
use crate::services::{Body, Effects, Login, Request, Web, WebError};

/// How many pages are asked for at once; the server may give fewer.
const PIECE: usize = 50;
/// The most pages that are read below one.
const MOST: usize = 20_000;
/// What is to be told of a page.
const EXPAND: &str = "body.storage,version,metadata.labels";

/// The pages below one page of a wiki.
#[derive(Debug)]
pub struct Confluence {
    web: Web,
    space: String,
    parent: String,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    title: String,
    version: WireVersion,
    body: WireBody,
    #[serde(default)]
    metadata: WireMetadata,
}

#[derive(Deserialize)]
struct WireVersion {
    number: u64,
}

#[derive(Deserialize)]
struct WireBody {
    storage: WireStorage,
}

#[derive(Deserialize)]
struct WireStorage {
    value: String,
}

#[derive(Deserialize, Default)]
struct WireMetadata {
    #[serde(default)]
    labels: WireLabels,
}

#[derive(Deserialize, Default)]
struct WireLabels {
    #[serde(default)]
    results: Vec<WireLabel>,
}

#[derive(Deserialize)]
struct WireLabel {
    name: String,
}

#[derive(Deserialize)]
struct Piece {
    results: Vec<Wire>,
    #[serde(default, rename = "_links")]
    links: BTreeMap<String, Value>,
}

impl Confluence {
    /// The pages below the page `parent` of `space`, at the wiki at `url`.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(url: &str, space: &str, parent: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        let web = Web::new("the wiki", url, login, effects)?;
        Ok(Self { web, space: space.to_owned(), parent: parent.to_owned() })
    }

    fn at(&self, path: &[&str]) -> Url {
        self.web.at(&[&["rest", "api", "content"], path].concat())
    }

    /// The address of a page, for people.
    pub fn page_address(&self, id: &str) -> String {
        let mut url = self.web.at(&["pages", "viewpage.action"]);
        url.query_pairs_mut().append_pair("pageId", id);
        url.to_string()
    }

    /// One page.
    ///
    /// # Errors
    /// When it cannot be read, or there is none.
    pub fn sheet(&self, id: &str) -> Result<Sheet, HomeError> {
        let mut url = self.at(&[id]);
        url.query_pairs_mut().append_pair("expand", EXPAND);
        Ok(self.web.get(url)?.json::<Wire>()?.into())
    }

    fn create(&self, change: &PageChange) -> Result<String, HomeError> {
        let page = json!({
            "type": "page", "title": change.title, "space": {"key": self.space}, "ancestors": [{"id": self.parent}],
            "body": {"storage": {"value": change.text, "representation": "storage"}},
        });
        let request = Request::new(Method::POST, self.at(&[]), Body::Json(page));
        let made: Value = self.web.write("wiki create page", request)?.json()?;
        Ok(made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned))
    }

    fn update(&self, id: &str, revision: &str, change: &PageChange) -> Result<(), HomeError> {
        let next = revision.parse::<u64>().map_or(0, |number| number + 1);
        let page = json!({
            "id": id, "type": "page", "title": change.title, "version": {"number": next},
            "body": {"storage": {"value": change.text, "representation": "storage"}},
        });
        let request = Request::new(Method::PUT, self.at(&[id]), Body::Json(page));
        match self.web.write("wiki change page", request) {
            Ok(_) => Ok(()),
            Err(error) if error.status() == Some(StatusCode::CONFLICT) => Err(self.changed(id, revision)),
            Err(error) => Err(error.into()),
        }
    }

    fn changed(&self, id: &str, revision: &str) -> HomeError {
        let found =
            self.sheet(id).map_or_else(|_| "another one".to_owned(), |sheet| format!("version {}", sheet.revision));
        HomeError::Changed { place: format!("the wiki's page {id}"), expected: format!("version {revision}"), found }
    }

    fn label(&self, id: &str, (add, remove): &(Vec<String>, Vec<String>)) -> Result<(), HomeError> {
        if !add.is_empty() {
            let labels: Vec<Value> = add.iter().map(|name| json!({"prefix": "global", "name": name})).collect();
            let request = Request::new(Method::POST, self.at(&[id, "label"]), Body::Json(Value::Array(labels)));
            self.web.write("wiki add labels", request)?;
        }
        for name in remove {
            let mut url = self.at(&[id, "label"]);
            url.query_pairs_mut().append_pair("name", name);
            self.web.write("wiki remove label", Request::new(Method::DELETE, url, Body::None))?;
        }
        Ok(())
    }
}

impl From<Wire> for Sheet {
    fn from(wire: Wire) -> Self {
        Self {
            place: wire.id,
            title: wire.title,
            text: wire.body.storage.value,
            labels: wire.metadata.labels.results.into_iter().map(|label| label.name).collect(),
            revision: wire.version.number.to_string(),
            is_text: true,
        }
    }
}

impl ProposalHome for Confluence {
    fn address(&self) -> String {
        self.page_address(&self.parent)
    }

    fn sheets(&self) -> Result<Vec<Sheet>, HomeError> {
        let mut sheets: Vec<Sheet> = Vec::new();
        let mut start = 0;
        loop {
            let mut url = self.at(&[&self.parent, "child", "page"]);
            url.query_pairs_mut().extend_pairs([
                ("expand", EXPAND),
                ("start", &start.to_string()),
                ("limit", &PIECE.to_string()),
            ]);
            let answer = self.web.get(url)?;
            let piece: Piece = answer.json()?;
            let (got, more) = (piece.results.len(), piece.links.contains_key("next"));
            for sheet in piece.results.into_iter().map(Sheet::from) {
                // a page that is made meanwhile moves the others
                if sheets.iter().all(|other| other.place != sheet.place) {
                    sheets.push(sheet);
                }
            }
            start += got;
            if !more || got == 0 {
                return Ok(sheets);
            }
            if start > MOST {
                return Err(answer.unexpected(&format!("expected at most {MOST} pages")).into());
            }
        }
    }

    /// The page first, in its next version, then its labels.
    fn put(&self, change: &PageChange) -> Result<Sheet, HomeError> {
        let id = match &change.revision {
            None => self.create(change)?,
            Some(revision) => {
                let now = self.sheet(&change.place)?;
                if now.revision != *revision {
                    return Err(self.changed(&change.place, revision));
                }
                if now.text != change.text || now.title != change.title {
                    self.update(&change.place, revision, change)?;
                }
                change.place.clone()
            }
        };
        self.label(&id, &change.labels)?;
        self.sheet(&id)
    }
}
