// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What JIRA tells of versions and issues, in this project's words, and its own shapes.

use serde::Deserialize;

use crate::release::without_invisible;

/// A version of a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TrackerVersion {
    /// JIRA's number for it.
    pub id: String,
    /// Its name: `statefun-3.4.0`.
    pub name: String,
    /// Whether it is marked as released.
    #[serde(default)]
    pub released: bool,
    /// Whether it is put away.
    #[serde(default)]
    pub archived: bool,
    /// The day of its release, `2026-11-21`, where one is set.
    #[serde(default, rename = "releaseDate")]
    pub release_date: Option<String>,
}

/// An issue, as far as a release looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `FLINK-12345`.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// Bug, Improvement, New Feature, …
    pub kind: String,
    /// Its status: Open, In Progress, Closed, …
    pub status: String,
    /// How it was resolved: Fixed, Won't Fix, …; nothing while it is open.
    pub resolution: Option<String>,
    /// Blocker, Critical, Major, …; empty where it has none.
    pub priority: String,
    /// The names of the versions that it is to be fixed in.
    pub fix_versions: Vec<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who works on it; empty where nobody does.
    pub assignee: String,
}

/// A step of an issue's workflow that can be taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transition {
    pub id: String,
    pub name: String,
    /// Whether the issue is done after it.
    pub closes: bool,
    /// Whether a resolution can be given with it.
    pub takes_resolution: bool,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "displayName")]
    display_name: String,
}

#[derive(Deserialize)]
pub(super) struct WireIssue {
    pub key: String,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    summary: String,
    issuetype: Named,
    status: Named,
    #[serde(default)]
    resolution: Option<Named>,
    #[serde(default)]
    priority: Option<Named>,
    #[serde(default, rename = "fixVersions")]
    fix_versions: Vec<Named>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    assignee: Option<Shown>,
}

/// What people have typed there goes into notes, mails and onto terminals: it is made one line without
/// control characters here, where it is read.
impl From<WireIssue> for Issue {
    fn from(WireIssue { key, fields }: WireIssue) -> Self {
        let name = |named: Option<Named>| named.map(|named| without_invisible(&named.name));
        Self {
            key,
            summary: without_invisible(&fields.summary),
            kind: without_invisible(&fields.issuetype.name),
            status: without_invisible(&fields.status.name),
            resolution: name(fields.resolution),
            priority: name(fields.priority).unwrap_or_default(),
            fix_versions: fields.fix_versions.into_iter().map(|version| version.name).collect(),
            labels: fields.labels,
            assignee: fields.assignee.map(|who| without_invisible(&who.display_name)).unwrap_or_default(),
        }
    }
}

/// One page of a search.
#[derive(Deserialize)]
pub(super) struct Page {
    pub total: usize,
    pub issues: Vec<WireIssue>,
}

#[derive(Deserialize)]
pub(super) struct Transitions {
    transitions: Vec<WireTransition>,
}

#[derive(Deserialize)]
struct WireTransition {
    id: String,
    name: String,
    to: Target,
    #[serde(default)]
    fields: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "statusCategory")]
    category: Category,
}

#[derive(Deserialize)]
struct Category {
    key: String,
}

impl Transitions {
    pub(super) fn all(self) -> Vec<Transition> {
        let of_ours = |wire: WireTransition| Transition {
            id: wire.id,
            name: wire.name,
            closes: wire.to.category.key == "done",
            takes_resolution: wire.fields.contains_key("resolution"),
        };
        self.transitions.into_iter().map(of_ours).collect()
    }
}

/// How many issues refer to a version.
#[derive(Deserialize)]
pub(super) struct Related {
    #[serde(rename = "issuesFixedCount")]
    pub fixed: u64,
    #[serde(rename = "issuesAffectedCount")]
    pub affected: u64,
}

#[derive(Deserialize)]
pub(super) struct Myself {
    #[serde(rename = "displayName")]
    pub display_name: String,
}

#[derive(Deserialize)]
pub(super) struct Permissions {
    pub permissions: std::collections::BTreeMap<String, Permission>,
}

#[derive(Deserialize)]
pub(super) struct Permission {
    #[serde(rename = "havePermission")]
    pub have: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_without_control_characters() {
        let wire: WireIssue = serde_json::from_value(serde_json::json!({"key": "GREETER-1", "fields": {
            "summary": "Mend\tthe greeting\r\n\u{1b}[2J of \u{202e}guests\u{0}",
            "issuetype": {"name": "Bug\n"}, "status": {"name": "Open"}, "priority": {"name": "Ma\u{7}jor"},
            "assignee": {"displayName": "Ann\nExample"}, "fixVersions": [{"name": "1.2.0"}],
        }}))
        .unwrap();
        let issue = Issue::from(wire);
        assert_eq!(issue.summary, "Mend the greeting [2J of guests");
        assert_eq!([issue.kind, issue.priority, issue.assignee], ["Bug", "Ma jor", "Ann Example"]);
        assert_eq!(issue.fix_versions, ["1.2.0"]);
    }
}
