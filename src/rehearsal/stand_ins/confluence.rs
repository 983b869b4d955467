// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A Confluence: pages of a space with their versions, ancestors and labels, as its REST
//! interface has them. Everybody may read; one token may write. A page's new version is
//! the next number and no other.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Place, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kept;

/// The token of who may write.
pub const WRITER: &str = "rehearsal-confluence-writer";

/// All pages; any space that a page names is there.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Wiki {
    pages: Vec<Page>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Page {
    id: u64,
    space: String,
    title: String,
    parent: Option<u64>,
    body: String,
    version: u64,
    labels: Vec<String>,
}

type Shop = State<Kept<Wiki>>;
type Asked = Query<BTreeMap<String, String>>;

/// The stand-in, with its state under `directory`.
///
/// # Errors
/// When the state cannot be read.
pub fn router(directory: &Path) -> io::Result<Router> {
    let wiki = Kept::open(directory.join("confluence.json"), Wiki::default())?;
    Ok(Router::new()
        .route("/rest/api/content", get(find).post(create))
        .route("/rest/api/content/{id}", get(show).put(update).delete(remove))
        .route("/rest/api/content/{id}/history", get(history))
        .route("/rest/api/content/{id}/child/page", get(children))
        .route("/rest/api/content/{id}/label", get(labels).post(add_labels).delete(remove_label))
        .route("/rest/api/content/{id}/label/{name}", axum::routing::delete(remove_named_label))
        .with_state(wiki))
}

fn refused(status: StatusCode, message: impl Into<String>) -> Response {
    let body = json!({"statusCode": status.as_u16(), "data": {"authorized": true, "valid": true, "errors": [], "successful": true}, "message": message.into()});
    (status, Json(body)).into_response()
}

fn no_page(id: &str) -> Response {
    refused(StatusCode::NOT_FOUND, format!("No content found with id: ContentId{{id={id}}}"))
}

/// A wrong token is refused whatever is asked; none may read.
fn login(headers: &HeaderMap) -> Result<bool, Response> {
    match headers.get(header::AUTHORIZATION).map(|login| login.to_str().unwrap_or_default()) {
        None => Ok(false),
        Some(login) if login == format!("Bearer {WRITER}") => Ok(true),
        Some(_) => Err(refused(StatusCode::UNAUTHORIZED, "Unauthorized")),
    }
}

fn writer(headers: &HeaderMap) -> Result<(), Response> {
    match login(headers)? {
        true => Ok(()),
        false => Err(refused(StatusCode::FORBIDDEN, "Could not create content: you are not permitted to do so")),
    }
}

impl Wiki {
    fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id.to_string() == id)
    }

    fn named(&self, space: &str, title: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.space == space && page.title == title)
    }

    /// A page with what `expand` asks for beside what is always told.
    fn expanded(&self, page: &Page, headers: &HeaderMap, asked: &BTreeMap<String, String>) -> Value {
        let mut shown = self.shown(page, headers);
        if asked.get("expand").is_some_and(|expand| expand.split(',').any(|one| one.trim() == "metadata.labels")) {
            shown["metadata"] =
                json!({"labels": {"results": labels_of(page), "start": 0, "limit": 200, "size": page.labels.len()}});
        }
        shown
    }

    fn shown(&self, page: &Page, headers: &HeaderMap) -> Value {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let mut ancestors = Vec::new();
        let mut above = page.parent;
        while let Some(parent) = above.and_then(|id| self.pages.iter().find(|page| page.id == id)) {
            ancestors.insert(0, json!({"id": parent.id.to_string(), "type": "page", "title": parent.title}));
            above = parent.parent.filter(|_| ancestors.len() < 100);
        }
        json!({
            "id": page.id.to_string(), "type": "page", "status": "current", "title": page.title,
            "space": {"key": page.space}, "ancestors": ancestors, "version": {"number": page.version},
            "body": {"storage": {"value": page.body, "representation": "storage"}},
            "_links": {"base": format!("http://{host}/confluence"), "webui": format!("/pages/viewpage.action?pageId={}", page.id)},
        })
    }

    fn list<'a>(
        &'a self,
        pages: impl Iterator<Item = &'a Page>,
        asked: &BTreeMap<String, String>,
        headers: &HeaderMap,
    ) -> Response {
        let number = |name: &str, other: usize| asked.get(name).and_then(|text| text.parse().ok()).unwrap_or(other);
        let (start, limit) = (number("start", 0), number("limit", 25).min(50));
        let all: Vec<&Page> = pages.collect();
        let piece = all.iter().skip(start).take(limit);
        let results: Vec<Value> = piece.map(|page| self.expanded(page, headers, asked)).collect();
        let mut links = json!({});
        if start + results.len() < all.len() {
            links["next"] = json!(format!("/rest/api/content?limit={limit}&start={}", start + results.len()));
        }
        Json(json!({"size": results.len(), "start": start, "limit": limit, "results": results, "_links": links}))
            .into_response()
    }
}

async fn find(State(wiki): Shop, headers: HeaderMap, Query(asked): Asked) -> Response {
    if let Err(refusal) = login(&headers) {
        return refusal;
    }
    wiki.read(|wiki| {
        let fits = |page: &&Page| {
            asked.get("spaceKey").is_none_or(|space| *space == page.space)
                && asked.get("title").is_none_or(|title| *title == page.title)
        };
        wiki.list(wiki.pages.iter().filter(fits), &asked, &headers)
    })
}

async fn show(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap, Query(asked): Asked) -> Response {
    if let Err(refusal) = login(&headers) {
        return refusal;
    }
    wiki.read(|wiki| {
        wiki.page(&id).map_or_else(|| no_page(&id), |page| Json(wiki.expanded(page, &headers, &asked)).into_response())
    })
}

async fn history(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = login(&headers) {
        return refusal;
    }
    wiki.read(|wiki| match wiki.page(&id) {
        None => no_page(&id),
        Some(page) => Json(json!({"latest": true, "lastUpdated": {"number": page.version}})).into_response(),
    })
}

async fn children(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap, Query(asked): Asked) -> Response {
    if let Err(refusal) = login(&headers) {
        return refusal;
    }
    wiki.read(|wiki| match wiki.page(&id) {
        None => no_page(&id),
        Some(parent) => wiki.list(wiki.pages.iter().filter(|page| page.parent == Some(parent.id)), &asked, &headers),
    })
}

/// The body of a request, of whoever may write.
fn wish(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Response> {
    writer(headers)?;
    serde_json::from_slice(bytes)
        .map_err(|error| refused(StatusCode::BAD_REQUEST, format!("Could not read JSON: {error}")))
}

async fn create(State(wiki): Shop, headers: HeaderMap, bytes: Bytes) -> Response {
    let made = wish(&headers, &bytes).and_then(|wish| wiki.change(|wiki| create_in(wiki, &wish, &headers)));
    made.map_or_else(|refusal| refusal, |page| Json(page).into_response())
}

fn create_in(wiki: &mut Wiki, wish: &Value, headers: &HeaderMap) -> Result<Value, Response> {
    let bad = |what: &str| refused(StatusCode::BAD_REQUEST, what);
    let (Some(title), Some(space)) = (wish["title"].as_str(), wish["space"]["key"].as_str()) else {
        return Err(bad("A title and a space are required"));
    };
    if wish["type"] != "page" || title.trim().is_empty() {
        return Err(bad("Only pages with a title are made here"));
    }
    if wiki.named(space, title).is_some() {
        return Err(bad(&format!(
            "A page with this title already exists: A page already exists with the title {title} in the space with key {space}"
        )));
    }
    let parent = wish["ancestors"].as_array().and_then(|all| all.last()).map(|one| number_or_text(&one["id"]));
    let parent = match parent {
        None => None,
        Some(id) => Some(wiki.page(&id).ok_or_else(|| no_page(&id))?.id),
    };
    let page = Page {
        id: wiki.pages.iter().map(|page| page.id).max().unwrap_or(65_536) + 1,
        space: space.to_owned(),
        title: title.to_owned(),
        parent,
        body: storage(wish).ok_or_else(|| bad("The body must be in the storage format"))?,
        version: 1,
        labels: Vec::new(),
    };
    wiki.pages.push(page.clone());
    Ok(wiki.shown(&page, headers))
}

fn number_or_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn storage(wish: &Value) -> Option<String> {
    let body = &wish["body"]["storage"];
    body["value"].as_str().filter(|_| body["representation"] == "storage").map(str::to_owned)
}

async fn update(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let updated = wish(&headers, &bytes).and_then(|wish| wiki.change(|wiki| update_in(wiki, &id, &wish, &headers)));
    updated.map_or_else(|refusal| refusal, |page| Json(page).into_response())
}

fn update_in(wiki: &mut Wiki, id: &str, wish: &Value, headers: &HeaderMap) -> Result<Value, Response> {
    let page = wiki.page(id).ok_or_else(|| no_page(id))?.clone();
    if wish["version"]["number"].as_u64() != Some(page.version + 1) {
        return Err(refused(
            StatusCode::CONFLICT,
            format!("Version must be incremented on update. Current version is: {}", page.version),
        ));
    }
    let title = wish["title"].as_str().unwrap_or(&page.title).to_owned();
    if wiki.named(&page.space, &title).is_some_and(|other| other.id != page.id) {
        return Err(refused(StatusCode::BAD_REQUEST, "A page with this title already exists"));
    }
    let parent = wish["ancestors"].as_array().and_then(|all| all.last()).map(|one| number_or_text(&one["id"]));
    let parent = match parent {
        None => page.parent,
        Some(above) => Some(wiki.page(&above).ok_or_else(|| no_page(&above))?.id),
    };
    let body = storage(wish).unwrap_or_else(|| page.body.clone());
    let new = Page { title, parent, body, version: page.version + 1, ..page };
    if let Some(old) = wiki.pages.iter_mut().find(|page| page.id == new.id) {
        *old = new.clone();
    }
    Ok(wiki.shown(&new, headers))
}

async fn remove(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = writer(&headers) {
        return refusal;
    }
    wiki.change(|wiki| match wiki.page(&id).map(|page| page.id) {
        None => no_page(&id),
        Some(number) => {
            wiki.pages.retain(|page| page.id != number);
            StatusCode::NO_CONTENT.into_response()
        }
    })
}

fn labels_of(page: &Page) -> Vec<Value> {
    page.labels.iter().map(|name| json!({"prefix": "global", "name": name, "id": name, "label": name})).collect()
}

fn label_list(page: &Page) -> Response {
    let shown = labels_of(page);
    Json(json!({"results": shown, "start": 0, "limit": 200, "size": page.labels.len()})).into_response()
}

async fn labels(State(wiki): Shop, Place(id): Place<String>) -> Response {
    wiki.read(|wiki| wiki.page(&id).map_or_else(|| no_page(&id), label_list))
}

async fn add_labels(State(wiki): Shop, Place(id): Place<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let wish = match wish(&headers, &bytes) {
        Ok(wish) => wish,
        Err(refusal) => return refusal,
    };
    let one = [wish.clone()];
    let names: Vec<String> = wish
        .as_array()
        .map_or(&one[..], Vec::as_slice)
        .iter()
        .filter_map(|label| label["name"].as_str())
        .map(str::to_owned)
        .collect();
    if names.is_empty() || names.iter().any(|name| name.is_empty() || name.contains(' ')) {
        return refused(StatusCode::BAD_REQUEST, "The label is not valid");
    }
    wiki.change(|wiki| {
        let Some(page) = wiki.pages.iter_mut().find(|page| page.id.to_string() == id) else { return no_page(&id) };
        for name in names {
            if !page.labels.contains(&name) {
                page.labels.push(name);
            }
        }
        label_list(page)
    })
}

async fn remove_label(wiki: Shop, Place(id): Place<String>, headers: HeaderMap, Query(asked): Asked) -> Response {
    let name = asked.get("name").cloned().unwrap_or_default();
    remove_named_label(wiki, Place((id, name)), headers).await
}

async fn remove_named_label(
    State(wiki): Shop,
    Place((id, name)): Place<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = writer(&headers) {
        return refusal;
    }
    wiki.change(|wiki| {
        let Some(page) = wiki.pages.iter_mut().find(|page| page.id.to_string() == id) else { return no_page(&id) };
        page.labels.retain(|label| *label != name);
        StatusCode::NO_CONTENT.into_response()
    })
}
