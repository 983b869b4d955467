// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What Nexus says of its staging, as JSON. It says more than is read here.

use serde::{Deserialize, Serialize};

/// What most answers wrap their value in.
#[derive(Debug, Deserialize)]
pub(super) struct Data<T> {
    pub data: T,
}

/// Who is logged in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoggedIn {
    pub client_permissions: Permissions,
}

/// Who is logged in, and with which rights.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permissions {
    #[serde(default)]
    pub logged_in: bool,
    #[serde(default)]
    pub logged_in_username: Option<String>,
}

/// A staging profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StagingProfile {
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// Its name: `org.apache.flink`.
    pub name: String,
}

/// A staging repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StagingRepository {
    /// The id of its profile.
    pub profile_id: String,
    /// Its own: `orgapacheflink-1714`.
    pub repository_id: String,
    /// Open, closed or released.
    #[serde(rename = "type")]
    pub state: StagingState,
    /// The account that made it.
    #[serde(default)]
    pub user_id: String,
    /// When it was made, in milliseconds.
    #[serde(default)]
    pub created_timestamp: i64,
    /// What it is described as.
    #[serde(default)]
    pub description: Option<String>,
    /// The repository that it is released to.
    #[serde(default)]
    pub release_repository_id: Option<String>,
    /// Whether its state is changing.
    #[serde(default)]
    pub transitioning: bool,
}

/// How a staging repository stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StagingState {
    /// It takes files.
    Open,
    /// It takes none any more, and can be released.
    Closed,
    /// Its files are published.
    Released,
    /// Some state that is not known here.
    #[serde(other)]
    Other,
}

impl StagingState {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Released => "released",
            Self::Other => "in a state that is not known here",
        }
    }
}

/// One thing that was done to a staging repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Activity {
    /// `open`, `close`, `release`.
    pub name: String,
    /// What happened in its course.
    #[serde(default)]
    pub events: Vec<ActivityEvent>,
}

/// What happened in the course of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActivityEvent {
    /// `ruleFailed`, `rulesPassed`, `repositoryClosed`, …
    pub name: String,
    /// Names with values.
    #[serde(default)]
    pub properties: Vec<Property>,
}

/// A name with a value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Property {
    /// The name, which may come again.
    pub name: String,
    /// The value; may hold markup.
    #[serde(default)]
    pub value: String,
}

impl Activity {
    /// What the rules found wrong, each as "rule: what it says", as text.
    pub fn faults(&self) -> Vec<String> {
        let failed = self.events.iter().filter(|event| event.name == "ruleFailed");
        failed.flat_map(ActivityEvent::failures).collect()
    }
}

impl ActivityEvent {
    fn failures(&self) -> Vec<String> {
        let of = |name: &'static str| self.properties.iter().filter(move |property| property.name == name);
        let rule = of("typeId").next().map_or("rule", |property| property.value.as_str());
        let messages: Vec<String> =
            of("failureMessage").map(|property| format!("{rule}: {}", plain(&property.value))).collect();
        if messages.is_empty() { vec![format!("{rule}: it failed, and Nexus does not say why")] } else { messages }
    }
}

/// Markup as text, on one line.
fn plain(markup: &str) -> String {
    let text: String = html5gum::Tokenizer::new(markup)
        .flatten()
        .filter_map(|token| match token {
            html5gum::Token::String(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            _ => None,
        })
        .collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|letter| !letter.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_rules_are_told_as_text() {
        let activity: Activity = serde_json::from_str(
            r#"{"name": "close", "started": "2026-11-21T10:00:00.000Z", "events": [
                {"name": "rulesEvaluate", "severity": 0, "properties": [{"name": "id", "value": "5e9"}]},
                {"name": "ruleFailed", "severity": 1, "properties": [
                    {"name": "typeId", "value": "signature-staging"},
                    {"name": "failureMessage", "value": "Missing Signature: '<b>/a/b-1.jar.asc</b>' does not exist for 'b-1.jar' &amp; more."},
                    {"name": "failureMessage", "value": "second"}]},
                {"name": "ruleFailed", "properties": [{"name": "typeId", "value": "pom-staging"}]}]}"#,
        )
        .unwrap();
        assert_eq!(
            activity.faults(),
            [
                "signature-staging: Missing Signature: '/a/b-1.jar.asc' does not exist for 'b-1.jar' & more.",
                "signature-staging: second",
                "pom-staging: it failed, and Nexus does not say why",
            ]
        );
    }
}
