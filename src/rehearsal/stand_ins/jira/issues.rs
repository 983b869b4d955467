// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Issues: searching, showing, changing, and the steps of their workflow.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::search::search;
use super::tracker::{RESOLUTIONS, STATUSES, Tracker};
use super::{PAGE, Place, Who, base, body, says, says_of, who};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    jql: String,
    #[serde(default, rename = "startAt")]
    start_at: usize,
    #[serde(default = "fifty", rename = "maxResults")]
    max_results: usize,
}

fn fifty() -> usize {
    50
}

pub async fn search_by_address(place: Place, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    found(&place, &headers, &asked)
}

pub async fn search_by_body(place: Place, headers: HeaderMap, bytes: Bytes) -> Response {
    match serde_json::from_slice::<Asked>(&bytes) {
        Ok(asked) => found(&place, &headers, &asked),
        Err(error) => says(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

fn found(State(tracker): &Place, headers: &HeaderMap, asked: &Asked) -> Response {
    if let Err(refusal) = who(headers) {
        return refusal;
    }
    let base = base(headers);
    tracker.read(|tracker| match search(tracker, &asked.jql) {
        Err(message) => says(StatusCode::BAD_REQUEST, message),
        Ok(found) => {
            let most = asked.max_results.min(PAGE);
            let page = found.iter().skip(asked.start_at).take(most);
            let issues: Vec<Value> = page.map(|issue| tracker.issue_json(issue, &base)).collect();
            Json(json!({
                "expand": "schema,names", "startAt": asked.start_at, "maxResults": most,
                "total": found.len(), "issues": issues,
            }))
            .into_response()
        }
    })
}

pub(super) fn no_issue() -> Response {
    says(StatusCode::NOT_FOUND, "Issue Does Not Exist")
}

pub async fn show(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = who(&headers) {
        return refusal;
    }
    let base = base(&headers);
    tracker.read(|tracker| match tracker.issue(&key) {
        Some(issue) => Json(tracker.issue_json(issue, &base)).into_response(),
        None => no_issue(),
    })
}

/// Only who is logged in changes an issue.
pub(super) fn demand_login(headers: &HeaderMap) -> Result<(), Response> {
    match who(headers)? {
        Who::Nobody => Err(says(
            StatusCode::UNAUTHORIZED,
            "You do not have the permission to see the specified issue. Login Required",
        )),
        Who::Committer | Who::Administrator => Ok(()),
    }
}

pub async fn edit(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let wish = demand_login(&headers).and_then(|()| body(&bytes));
    let edited = wish.and_then(|wish| tracker.change(|tracker| edit_in(tracker, &key, &wish)));
    edited.map_or_else(|refusal| refusal, |()| StatusCode::NO_CONTENT.into_response())
}

fn edit_in(tracker: &mut Tracker, key: &str, wish: &Value) -> Result<(), Response> {
    let project = tracker.issue(key).and_then(|issue| issue.key.rsplit_once('-')).ok_or_else(no_issue)?.0.to_owned();
    let mut versions = tracker.issue(key).map(|issue| issue.fix_versions.clone()).unwrap_or_default();
    for change in wish["update"]["fixVersions"].as_array().into_iter().flatten() {
        for (verb, of) in change.as_object().into_iter().flatten() {
            let name = of["name"].as_str().unwrap_or_default();
            let Some(version) = tracker.named(&project, name).map(|version| version.id) else {
                return Err(says_of("fixVersions", "Version name is not valid"));
            };
            match verb.as_str() {
                "add" if !versions.contains(&version) => versions.push(version),
                "add" => {}
                "remove" => versions.retain(|each| *each != version),
                _ => return Err(says_of("fixVersions", "Field 'fixVersions' cannot be edited in this way")),
            }
        }
    }
    let Some(issue) = tracker.issue_mut(key) else { return Err(no_issue()) };
    issue.fix_versions = versions;
    for (field, value) in wish["fields"].as_object().into_iter().flatten() {
        match (field.as_str(), value) {
            ("summary", Value::String(text)) if !text.trim().is_empty() => issue.summary = text.clone(),
            ("summary", _) => return Err(says_of("summary", "You must specify a summary of the issue.")),
            ("issuetype", value) => issue.kind = value["name"].as_str().unwrap_or_default().to_owned(),
            _ => {
                let message =
                    format!("Field '{field}' cannot be set. It is not on the appropriate screen, or unknown.");
                return Err(says_of(field, &message));
            }
        }
    }
    Ok(())
}

/// The steps that an issue can take: to every status but its own, and from done only back.
fn steps(status: &str) -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
    let done = STATUSES.iter().any(|each| each.1 == status && each.2 == "done");
    let own = status.to_owned();
    STATUSES.into_iter().filter(move |each| each.1 != own && if done { each.1 == "Open" } else { each.1 != "Open" })
}

pub async fn transitions(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let who = match who(&headers) {
        Ok(who) => who,
        Err(refusal) => return refusal,
    };
    tracker.read(|tracker| {
        let Some(issue) = tracker.issue(&key) else { return no_issue() };
        let allowed: Vec<Value> = steps(&issue.status)
            .filter(|_| who != Who::Nobody)
            .map(|(id, name, category, title)| {
                let values: Vec<Value> = RESOLUTIONS.iter().map(|name| json!({"name": name})).collect();
                let fields = match category {
                    "done" => json!({"resolution": {"required": true, "allowedValues": values}}),
                    _ => json!({}),
                };
                json!({"id": id, "name": title, "to": {"id": id, "name": name, "statusCategory": {"key": category}}, "fields": fields})
            })
            .collect();
        Json(json!({"expand": "transitions", "transitions": allowed})).into_response()
    })
}

pub async fn take_transition(
    State(tracker): Place,
    Path(key): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let wish = demand_login(&headers).and_then(|()| body(&bytes));
    let taken = wish.and_then(|wish| tracker.change(|tracker| take_in(tracker, &key, &wish)));
    taken.map_or_else(|refusal| refusal, |()| StatusCode::NO_CONTENT.into_response())
}

fn take_in(tracker: &mut Tracker, key: &str, wish: &Value) -> Result<(), Response> {
    let issue = tracker.issue_mut(key).ok_or_else(no_issue)?;
    let id = &wish["transition"]["id"];
    let id = id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|id| id.to_string())).unwrap_or_default();
    let Some((_, status, category, _)) = steps(&issue.status).find(|step| step.0 == id) else {
        let message = format!(
            "It seems that you have tried to perform a workflow operation (action id {id}) that is not valid for the current state of this issue."
        );
        return Err(says(StatusCode::BAD_REQUEST, message));
    };
    let resolution = wish["fields"]["resolution"]["name"].as_str();
    issue.resolution = match (category, resolution) {
        ("done", Some(name)) if RESOLUTIONS.contains(&name) => Some(name.to_owned()),
        ("done", _) => return Err(says_of("resolution", "Resolution is required.")),
        _ => None,
    };
    issue.status = status.to_owned();
    Ok(())
}

pub async fn comment(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let wish = demand_login(&headers).and_then(|()| body(&bytes));
    let said = wish.and_then(|wish| {
        let text = wish["body"].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let text = text.ok_or_else(|| says_of("comment", "Comment body can not be empty!"))?;
        tracker.change(|tracker| {
            tracker.issue_mut(&key).ok_or_else(no_issue)?.comments.push(text.clone());
            Ok(json!({"id": "1", "body": text}))
        })
    });
    said.map_or_else(|refusal| refusal, |comment| (StatusCode::CREATED, Json(comment)).into_response())
}
