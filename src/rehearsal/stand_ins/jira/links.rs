// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Links from issues to pages elsewhere: one with an id that is there already is changed, as JIRA
//! does it.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::issues::{demand_login, no_issue};
use super::tracker::Link;
use super::{Place, base, body, says_of, who};

pub async fn show(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = who(&headers) {
        return refusal;
    }
    tracker.read(|tracker| match tracker.issue(&key) {
        None => no_issue(),
        Some(issue) => {
            let links: Vec<Value> = (1..).zip(&issue.links).map(|(number, link)| shown(number, link)).collect();
            Json(links).into_response()
        }
    })
}

fn shown(number: usize, link: &Link) -> Value {
    json!({"id": number, "globalId": link.id, "object": {"url": link.url, "title": link.title}})
}

pub async fn make(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let wish = demand_login(&headers).and_then(|()| body(&bytes));
    let made = wish.and_then(|wish| {
        let text = |value: &Value, field: &str| {
            let text = value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
            text.ok_or_else(|| says_of(field, &format!("'{field}' is required.")))
        };
        let url = text(&wish["object"]["url"], "url")?;
        let title = text(&wish["object"]["title"], "title")?;
        let id = wish["globalId"].as_str().unwrap_or(&url).to_owned();
        let link = Link { id, url, title };
        tracker.change(|tracker| {
            let links = &mut tracker.issue_mut(&key).ok_or_else(no_issue)?.links;
            let at = links.iter().position(|one| one.id == link.id);
            let number = at.unwrap_or(links.len());
            match at {
                Some(at) => links[at] = link,
                None => links.push(link),
            }
            Ok((at.is_some(), number + 1))
        })
    });
    made.map_or_else(
        |refusal| refusal,
        |(was_there, number)| {
            let status = if was_there { StatusCode::OK } else { StatusCode::CREATED };
            let address = format!("{}/rest/api/2/issue/{key}/remotelink/{number}", base(&headers));
            (status, Json(json!({"id": number, "self": address}))).into_response()
        },
    )
}
