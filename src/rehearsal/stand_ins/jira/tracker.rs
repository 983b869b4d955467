// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a JIRA holds: projects, their versions and issues, and who may do what.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// All that is in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// The projects.
    pub projects: Vec<Project>,
    /// The versions of all projects.
    pub versions: Vec<Version>,
    /// The issues of all projects.
    pub issues: Vec<Issue>,
}

/// A project.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Its number.
    pub id: u64,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A version of a project.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its number.
    pub id: u64,
    /// Its project's key.
    pub project: String,
    /// Its name.
    pub name: String,
    /// When work on it began.
    pub start_date: Option<String>,
    /// When it was released.
    pub release_date: Option<String>,
    /// Whether it is released.
    pub released: bool,
    /// Whether it is put away.
    pub archived: bool,
}

/// A link from an issue to a page elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is known by.
    pub id: String,
    /// The page's address.
    pub url: String,
    /// What it is called.
    pub title: String,
}

/// An issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Its key: PROJECT-NUMBER.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// Its type.
    pub kind: String,
    /// Its priority.
    pub priority: String,
    /// Its status.
    pub status: String,
    /// How it was resolved.
    pub resolution: Option<String>,
    /// The numbers of its fix versions.
    pub fix_versions: Vec<u64>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// What was said about it.
    #[serde(default)]
    pub comments: Vec<String>,
    /// The pages elsewhere that it links to.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// The statuses that an issue may have, with their category, and the step that leads there.
pub const STATUSES: [(&str, &str, &str, &str); 4] = [
    ("1", "Open", "new", "Reopen Issue"),
    ("3", "In Progress", "indeterminate", "Start Progress"),
    ("5", "Resolved", "done", "Resolve Issue"),
    ("6", "Closed", "done", "Close Issue"),
];

/// The priorities, from the least.
pub const PRIORITIES: [&str; 5] = ["Trivial", "Minor", "Major", "Critical", "Blocker"];

/// How an issue may be resolved.
pub const RESOLUTIONS: [&str; 4] = ["Fixed", "Won't Fix", "Duplicate", "Not A Problem"];

impl Tracker {
    /// The project with a key or a number.
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.key == name || project.id.to_string() == name)
    }

    /// The version with a number.
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id.to_string() == id)
    }

    /// The version of a project with a name.
    pub fn named(&self, project: &str, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.project == project && version.name.eq_ignore_ascii_case(name))
    }

    /// The issue with a key or a number.
    pub fn issue(&self, name: &str) -> Option<&Issue> {
        self.issues.iter().find(|issue| is_called(issue, name))
    }

    /// The same, to be changed.
    pub fn issue_mut(&mut self, name: &str) -> Option<&mut Issue> {
        self.issues.iter_mut().find(|issue| is_called(issue, name))
    }

    /// The number that the next version gets.
    pub fn next_version_id(&self) -> u64 {
        self.versions.iter().map(|version| version.id).max().unwrap_or(12_350_000) + 1
    }

    /// A version as JIRA shows it.
    pub fn version_json(&self, version: &Version, base: &str) -> Value {
        let mut shown = json!({
            "self": format!("{base}/rest/api/2/version/{}", version.id),
            "id": version.id.to_string(),
            "name": version.name,
            "archived": version.archived,
            "released": version.released,
            "projectId": self.project(&version.project).map(|project| project.id),
        });
        if let Some(day) = &version.release_date {
            shown["releaseDate"] = json!(day);
            shown["userReleaseDate"] = json!(day);
        }
        if let Some(day) = &version.start_date {
            shown["startDate"] = json!(day);
        }
        shown
    }

    /// An issue as JIRA shows it.
    pub fn issue_json(&self, issue: &Issue, base: &str) -> Value {
        let versions: Vec<Value> = issue
            .fix_versions
            .iter()
            .filter_map(|id| self.version(&id.to_string()))
            .map(|version| self.version_json(version, base))
            .collect();
        let project = issue.key.split('-').next().unwrap_or_default();
        let (id, _, category, _) = STATUSES.into_iter().find(|each| each.1 == issue.status).unwrap_or(STATUSES[0]);
        let priority = PRIORITIES.iter().rev().position(|name| *name == issue.priority).unwrap_or(2) + 1;
        json!({
            "expand": "renderedFields,names,schema,transitions",
            "id": number(&issue.key).to_string(),
            "self": format!("{base}/rest/api/2/issue/{}", number(&issue.key)),
            "key": issue.key,
            "fields": {
                "summary": issue.summary,
                "issuetype": {"id": "1", "name": issue.kind, "subtask": issue.kind == "Sub-task"},
                "project": {"key": project, "name": self.project(project).map(|project| &project.name)},
                "status": {"id": id, "name": issue.status, "statusCategory": {"id": 2, "key": category, "name": category}},
                "resolution": issue.resolution.as_ref().map(|name| json!({"id": "1", "name": name})),
                "priority": {"id": priority.to_string(), "name": issue.priority},
                "fixVersions": versions,
                "labels": [],
                "assignee": issue.assignee.as_ref().map(|name| json!({"name": name, "displayName": name, "active": true})),
                "comment": {"comments": issue.comments.iter().map(|body| json!({"body": body})).collect::<Vec<_>>()},
            },
        })
    }
}

fn is_called(issue: &Issue, name: &str) -> bool {
    issue.key == name || number(&issue.key).to_string() == name
}

/// The number in an issue's key.
pub fn number(key: &str) -> u64 {
    key.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
