// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Projects and their versions.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::tracker::{Project, Tracker, Version};
use super::{Place, Who, base, body, says, says_of, who};

fn no_project(key: &str) -> Response {
    says(StatusCode::NOT_FOUND, format!("No project could be found with key '{key}'."))
}

fn no_version(id: &str) -> Response {
    says(StatusCode::NOT_FOUND, format!("Could not find version for id '{id}'"))
}

fn project_json(project: &Project, base: &str) -> Value {
    json!({
        "self": format!("{base}/rest/api/2/project/{}", project.id), "id": project.id.to_string(),
        "key": project.key, "name": project.name, "projectTypeKey": "software",
    })
}

pub async fn projects(State(tracker): Place, headers: HeaderMap) -> Response {
    let base = base(&headers);
    tracker.read(|tracker| {
        Json(tracker.projects.iter().map(|project| project_json(project, &base)).collect::<Vec<_>>()).into_response()
    })
}

pub async fn project(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let base = base(&headers);
    tracker.read(|tracker| match tracker.project(&key) {
        Some(project) => Json(project_json(project, &base)).into_response(),
        None => no_project(&key),
    })
}

pub async fn of_project(State(tracker): Place, Path(key): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = who(&headers) {
        return refusal;
    }
    let base = base(&headers);
    tracker.read(|tracker| {
        let Some(project) = tracker.project(&key) else { return no_project(&key) };
        let versions = tracker.versions.iter().filter(|version| version.project == project.key);
        Json(versions.map(|version| tracker.version_json(version, &base)).collect::<Vec<_>>()).into_response()
    })
}

pub async fn show(State(tracker): Place, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let base = base(&headers);
    tracker.read(|tracker| match tracker.version(&id) {
        Some(version) => Json(tracker.version_json(version, &base)).into_response(),
        None => no_version(&id),
    })
}

pub async fn related(State(tracker): Place, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let base = base(&headers);
    tracker.read(|tracker| {
        let Some(version) = tracker.version(&id) else { return no_version(&id) };
        let fixed = tracker.issues.iter().filter(|issue| issue.fix_versions.contains(&version.id)).count();
        let shown = format!("{base}/rest/api/2/version/{}", version.id);
        Json(json!({"self": shown, "issuesFixedCount": fixed, "issuesAffectedCount": 0})).into_response()
    })
}

/// Whether whoever asks may administer a project; if not, it is not there for them.
fn demand_administrator(headers: &HeaderMap, refusal: Response) -> Result<(), Response> {
    match who(headers)? {
        Who::Administrator => Ok(()),
        _ => Err(refusal),
    }
}

pub async fn create(State(tracker): Place, headers: HeaderMap, bytes: Bytes) -> Response {
    let (base, made) = (base(&headers), body(&bytes));
    let created = made.and_then(|wish| tracker.change(|tracker| create_in(tracker, &headers, &wish, &base)));
    created.map_or_else(|refusal| refusal, |version| (StatusCode::CREATED, Json(version)).into_response())
}

fn create_in(tracker: &mut Tracker, headers: &HeaderMap, wish: &Value, base: &str) -> Result<Value, Response> {
    let text = |name: &str| wish[name].as_str().map(str::to_owned);
    let key = text("project").or_else(|| wish["projectId"].as_u64().map(|id| id.to_string())).unwrap_or_default();
    demand_administrator(headers, no_project(&key))?;
    let Some(project) = tracker.project(&key).map(|project| project.key.clone()) else { return Err(no_project(&key)) };
    let name = text("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(says_of("name", "You must specify a valid version name"));
    }
    if tracker.named(&project, &name).is_some() {
        return Err(says_of("name", "A version with this name already exists in this project."));
    }
    if let Some(day) = text("startDate").filter(|day| !is_day(day)) {
        return Err(says_of("startDate", &format!("Error parsing date string: {day}")));
    }
    let version = Version {
        id: tracker.next_version_id(),
        project,
        name,
        start_date: text("startDate"),
        release_date: text("releaseDate"),
        released: wish["released"].as_bool().unwrap_or(false),
        archived: wish["archived"].as_bool().unwrap_or(false),
    };
    tracker.versions.push(version.clone());
    Ok(tracker.version_json(&version, base))
}

pub async fn update(State(tracker): Place, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let (base, wish) = (base(&headers), body(&bytes));
    let updated = wish.and_then(|wish| tracker.change(|tracker| update_in(tracker, &headers, &id, &wish, &base)));
    updated.map_or_else(|refusal| refusal, |version| Json(version).into_response())
}

fn update_in(
    tracker: &mut Tracker,
    headers: &HeaderMap,
    id: &str,
    wish: &Value,
    base: &str,
) -> Result<Value, Response> {
    demand_administrator(headers, no_version(id))?;
    if wish.get("releaseDate").is_some() && wish.get("userReleaseDate").is_some() {
        return Err(says_of("releaseDate", "You cannot set both releaseDate and userReleaseDate"));
    }
    if let Some(day) = wish["releaseDate"].as_str().filter(|day| !is_day(day)) {
        return Err(says_of("releaseDate", &format!("Error parsing date string: {day}")));
    }
    let Some(version) = tracker.versions.iter_mut().find(|version| version.id.to_string() == id) else {
        return Err(no_version(id));
    };
    if let Some(released) = wish["released"].as_bool() {
        version.released = released;
    }
    if let Some(archived) = wish["archived"].as_bool() {
        version.archived = archived;
    }
    if let Some(day) = wish["releaseDate"].as_str() {
        version.release_date = Some(day.to_owned());
    }
    if let Some(name) = wish["name"].as_str() {
        version.name = name.to_owned();
    }
    let version = version.clone();
    Ok(tracker.version_json(&version, base))
}

pub async fn delete(State(tracker): Place, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = demand_administrator(&headers, no_version(&id)) {
        return refusal;
    }
    tracker.change(|tracker| {
        let Some(number) = tracker.version(&id).map(|version| version.id) else { return no_version(&id) };
        tracker.versions.retain(|version| version.id != number);
        for issue in &mut tracker.issues {
            issue.fix_versions.retain(|version| *version != number);
        }
        StatusCode::NO_CONTENT.into_response()
    })
}

fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}
