// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the stand-in for Nexus says things: as JSON where that is asked for, else as XML,
//! with the names of the real one.

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode, header};
use jiff::Timestamp;
use roxmltree::Document;
use serde_json::{Value, json};

use super::state::{Activity, Profile, Repository, Staging};

/// An answer: a value with the names that its parts have as XML.
pub(super) struct Told {
    pub status: StatusCode,
    pub value: Value,
    /// The name of the whole, and that of the items of its lists.
    pub names: (&'static str, &'static str),
}

impl Told {
    pub fn ok(value: Value, whole: &'static str, item: &'static str) -> Self {
        Self { status: StatusCode::OK, value, names: (whole, item) }
    }

    pub fn error(status: StatusCode, says: &str) -> Self {
        let value = json!({"errors": [{"id": "*", "msg": says}]});
        Self { status, value, names: ("nexus-error", "error") }
    }

    pub fn response(self, headers: &HeaderMap) -> Response<Body> {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (kind, text) = match accept.contains("json") {
            true => ("application/json", self.value.to_string()),
            false => {
                let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
                xml(&mut text, self.names.0, &self.value, self.names.1);
                ("application/xml", text)
            }
        };
        plain(self.status, kind, text)
    }
}

/// An answer with this body.
pub(super) fn plain(status: StatusCode, kind: &str, body: impl Into<Body>) -> Response<Body> {
    let answer = Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(body.into());
    answer.unwrap_or_else(|_| Response::new(Body::empty()))
}

fn xml(text: &mut String, name: &str, value: &Value, item: &str) {
    text.push_str(&format!("<{name}>"));
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| xml(text, name, value, item_of(name, item))),
        Value::Array(items) => items.iter().for_each(|value| xml(text, item, value, item)),
        Value::String(said) => text.push_str(&escaped(said)),
        Value::Null => {}
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</{name}>"));
}

/// What the items of the list `name` are called.
fn item_of<'a>(name: &str, otherwise: &'a str) -> &'a str {
    match name {
        "events" => "stagingActivityEvent",
        "properties" => "stagingProperty",
        "errors" => "error",
        _ => otherwise,
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A repository as the service describes it.
pub(super) fn repository(staging: &Staging, repository: &Repository, base: &str) -> Value {
    let released = if repository.kind == "open" { Value::Null } else { json!("releases") };
    let mut told = json!({
        "profileId": repository.profile, "profileName": staging.profile_name(&repository.profile),
        "profileType": "repository", "repositoryId": repository.id, "type": repository.kind, "policy": "release",
        "userId": repository.user, "userAgent": repository.agent, "ipAddress": "127.0.0.1",
        "repositoryURI": format!("{base}/content/repositories/{}", repository.id),
        "created": date(repository.created), "createdDate": date(repository.created),
        "createdTimestamp": repository.created,
        "updated": date(repository.updated), "updatedDate": date(repository.updated),
        "updatedTimestamp": repository.updated,
        "description": repository.description, "provider": "maven2", "releaseRepositoryId": released,
        "releaseRepositoryName": "Releases", "notifications": repository.notifications,
        "transitioning": repository.becoming.is_some(),
    });
    if let Some(members) = told.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    told
}

/// A profile as the service describes it.
pub(super) fn profile(profile: &Profile, base: &str) -> Value {
    json!({
        "resourceURI": format!("{base}/service/local/staging/profiles/{}", profile.id), "id": profile.id,
        "name": profile.name, "repositoryType": "maven2", "repositoryTemplateId": "default_hosted_release",
        "repositoryTargetId": profile.id, "inProgress": false, "order": 1, "deployURI":
        format!("{base}/service/local/staging/deploy/maven2"), "mode": "BOTH", "dropNotifyRoles": [],
        "autoStagingDisabled": false, "promotionTargetRepository": "releases", "repositoriesSearchable": true,
    })
}

/// What was done to a repository.
pub(super) fn activities(all: &[Activity]) -> Value {
    let event = |event: &super::state::Event| {
        let property = |(name, value): &(String, String)| json!({"name": name, "value": value});
        let properties: Vec<Value> = event.properties.iter().map(property).collect();
        json!({"name": event.name, "timestamp": date(event.at), "severity": event.severity, "properties": properties})
    };
    let told = |activity: &Activity| {
        let events: Vec<Value> = activity.events.iter().map(event).collect();
        json!({"name": activity.name, "started": date(activity.started), "stopped": date(activity.stopped), "events": events})
    };
    Value::Array(all.iter().map(told).collect())
}

/// A time in milliseconds, as the service writes it.
pub(super) fn date(milliseconds: i64) -> String {
    let at = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// What a request to change something asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub ids: Vec<String>,
    pub description: String,
    pub drop_after: bool,
}

impl Asked {
    /// Reads JSON or XML; `None` where it is neither.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            let data = value.get("data")?;
            let word = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
            let many = data.get("stagedRepositoryIds").and_then(Value::as_array).into_iter().flatten();
            let many = many.filter_map(Value::as_str).map(str::to_owned);
            return Some(Self {
                ids: many.chain(word("stagedRepositoryId")).collect(),
                description: word("description").unwrap_or_default(),
                drop_after: data.get("autoDropAfterRelease").and_then(Value::as_bool).unwrap_or(false),
            });
        }
        let document = Document::parse(text).ok()?;
        let data = document.root_element().children().find(|node| node.has_tag_name("data"))?;
        let word = |name: &str| data.children().find(|node| node.has_tag_name(name))?.text().map(str::to_owned);
        // one client says which kind of list it has, and so has the ids a level deeper
        let many = data.children().find(|node| node.has_tag_name("stagedRepositoryIds"));
        let many = many
            .into_iter()
            .flat_map(|node| node.descendants())
            .filter(|node| node.is_text())
            .filter_map(|node| node.text());
        let many = many.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        Some(Self {
            ids: many.chain(word("stagedRepositoryId")).collect(),
            description: word("description").unwrap_or_default(),
            drop_after: word("autoDropAfterRelease").as_deref() == Some("true"),
        })
    }
}
