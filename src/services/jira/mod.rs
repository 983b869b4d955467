// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! JIRA's REST interface, version 2: versions of a project, issues of a version.
//!
//! Its quirks: what the account may not do or see is "not found"; a version that does not
//! exist makes a search a bad request; the server gives fewer issues a page than it is asked
//! for, so a search goes on by what it got.

mod jql;
mod links;
mod values;

use std::collections::BTreeSet;

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{Answer, Body, Effects, Limits, Login, Request, Web, WebError};
pub use jql::{Jql, Open};
pub use links::PageLink;
pub use values::{Issue, TrackerVersion};
use values::{Myself, Page, Permissions, Related, Transition, Transitions, WireIssue};

/// The fields of an issue that are asked for.
const FIELDS: &str = "summary,issuetype,status,resolution,priority,fixVersions,labels,assignee";
/// How many issues are asked for at once; the server may give fewer.
const PAGE: usize = 200;
/// The most issues that are read of one search.
const MOST: usize = 20_000;
/// The permission to administer a project's versions.
const ADMINISTER: &str = "ADMINISTER_PROJECTS";

/// A JIRA at one address.
#[derive(Debug)]
pub struct Jira {
    web: Web,
}

impl Jira {
    /// The JIRA at `url`; without a login it can be read as far as it is open to everybody.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(url: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        Web::new("JIRA", url, login, effects).map(|web| Self { web })
    }

    /// A JIRA that is reached by `web`.
    pub fn over(web: Web) -> Self {
        Self { web }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { web: self.web.limited(limits) }
    }

    /// Its base address, without a slash at the end.
    pub fn base(&self) -> &str {
        self.web.base()
    }

    /// Whether one logs in there.
    pub fn logs_in(&self) -> bool {
        !self.web.login().is_anonymous()
    }

    fn at(&self, path: &[&str]) -> Url {
        self.web.at(&[&["rest", "api", "2"], path].concat())
    }

    /// All versions of a project.
    ///
    /// # Errors
    /// When it cannot be asked, or shows no such project.
    pub fn versions(&self, project: &str) -> Result<Vec<TrackerVersion>, WebError> {
        self.web.get(self.at(&["project", project, "versions"]))?.json()
    }

    /// The version of a project with exactly this name.
    ///
    /// # Errors
    /// As [`versions`](Self::versions).
    pub fn version(&self, project: &str, name: &str) -> Result<Option<TrackerVersion>, WebError> {
        Ok(self.versions(project)?.into_iter().find(|version| version.name == name))
    }

    /// Makes a version that begins on `start`, a day like `2026-11-21`.
    ///
    /// # Errors
    /// When it was not made, or not known to be.
    pub fn create_version(&self, project: &str, name: &str, start: &str) -> Result<(), WebError> {
        let body = json!({"name": name, "project": project, "startDate": start, "released": false, "archived": false});
        let request = Request::new(Method::POST, self.at(&["version"]), Body::Json(body));
        self.web.write("jira create version", request)?.json::<TrackerVersion>().map(drop)
    }

    /// Removes a version that no issue refers to; says whether none does.
    ///
    /// # Errors
    /// When it was not removed, or not known to be.
    pub fn delete_unused_version(&self, id: &str) -> Result<bool, WebError> {
        let related: Related = self.web.get(self.at(&["version", id, "relatedIssueCounts"]))?.json()?;
        if related.fixed + related.affected > 0 {
            return Ok(false);
        }
        let request = Request::new(Method::DELETE, self.at(&["version", id]), Body::None);
        nothing_said(self.web.write("jira delete version", request)?).map(|()| true)
    }

    /// Marks a version as released on a day, or as not released.
    ///
    /// # Errors
    /// When it was not done, or not known to be.
    pub fn set_released(&self, id: &str, day: Option<&str>) -> Result<(), WebError> {
        let body = match day {
            Some(day) => json!({"released": true, "releaseDate": day}),
            None => json!({"released": false}),
        };
        let request = Request::new(Method::PUT, self.at(&["version", id]), Body::Json(body));
        self.web.write("jira release version", request)?.json::<TrackerVersion>().map(drop)
    }

    /// All issues that `jql` finds, in its order.
    ///
    /// # Errors
    /// When it cannot be asked, does not understand the search, or does not give all that
    /// it counts.
    pub fn issues(&self, jql: &Jql) -> Result<Vec<Issue>, WebError> {
        // an issue that changes meanwhile shifts the pages: then all is read once more
        let first = self.read_all(jql)?;
        match first {
            Ok(issues) => Ok(issues),
            Err(_) => self.read_all(jql)?,
        }
    }

    fn read_all(&self, jql: &Jql) -> Result<Result<Vec<Issue>, WebError>, WebError> {
        let (mut issues, mut seen) = (Vec::<Issue>::new(), BTreeSet::new());
        let mut start = 0;
        loop {
            let mut url = self.at(&["search"]);
            url.query_pairs_mut().extend_pairs([
                ("jql", jql.as_str()),
                ("fields", FIELDS),
                ("startAt", &start.to_string()),
                ("maxResults", &PAGE.to_string()),
            ]);
            let answer = self.web.get(url)?;
            let page: Page = answer.json()?;
            let (got, total) = (page.issues.len(), page.total);
            start += got;
            let new = page.issues.into_iter().filter(|issue| seen.insert(issue.key.clone()));
            issues.extend(new.map(Issue::from));
            if total > MOST {
                return Err(answer.unexpected(&format!("expected at most {MOST} issues, it counts {total}")));
            }
            if start >= total || got == 0 {
                let whole = issues.len() == total;
                return Ok(if whole {
                    Ok(issues)
                } else {
                    Err(answer.unexpected(&format!("it counts {total} issues and gives {}", issues.len())))
                });
            }
        }
    }

    /// One issue.
    ///
    /// # Errors
    /// When it cannot be asked, or shows no such issue.
    pub fn issue(&self, key: &str) -> Result<Issue, WebError> {
        let mut url = self.at(&["issue", key]);
        url.query_pairs_mut().append_pair("fields", FIELDS);
        self.web.get(url)?.json::<WireIssue>().map(Issue::from)
    }

    /// Puts an issue under the version `to` in the place of `from`.
    ///
    /// # Errors
    /// When it was not done, or not known to be.
    pub fn move_issue(&self, key: &str, from: &str, to: &str) -> Result<(), WebError> {
        let body = json!({"update": {"fixVersions": [{"remove": {"name": from}}, {"add": {"name": to}}]}});
        let request = Request::new(Method::PUT, self.at(&["issue", key]), Body::Json(body));
        nothing_said(self.web.write("jira move issue", request)?)
    }

    /// Resolves an issue as `resolution` ("Fixed") by the step of its workflow that does;
    /// says whether there is such a step.
    ///
    /// # Errors
    /// When it was not done, or not known to be.
    pub fn resolve(&self, key: &str, resolution: &str) -> Result<bool, WebError> {
        let mut url = self.at(&["issue", key, "transitions"]);
        url.query_pairs_mut().append_pair("expand", "transitions.fields");
        let transitions = self.web.get(url)?.json::<Transitions>()?.all();
        let Some(step) = closing(&transitions) else { return Ok(false) };
        let mut body = json!({"transition": {"id": step.id}});
        if step.takes_resolution {
            body["fields"] = json!({"resolution": {"name": resolution}});
        }
        let request = Request::new(Method::POST, self.at(&["issue", key, "transitions"]), Body::Json(body));
        nothing_said(self.web.write("jira resolve issue", request)?).map(|()| true)
    }

    /// The name of the account that is logged in.
    ///
    /// # Errors
    /// When it cannot be asked, or the login is not known.
    pub fn myself(&self) -> Result<String, WebError> {
        self.web.get(self.at(&["myself"]))?.json::<Myself>().map(|me| me.display_name)
    }

    /// Whether the account may make and release versions of a project.
    ///
    /// # Errors
    /// When it cannot be asked, or shows no such project.
    pub fn may_administer(&self, project: &str) -> Result<bool, WebError> {
        let mut url = self.at(&["mypermissions"]);
        url.query_pairs_mut().append_pair("projectKey", project);
        let permissions: Permissions = self.web.get(url)?.json()?;
        Ok(permissions.permissions.get(ADMINISTER).is_some_and(|permission| permission.have))
    }

    /// Whether an error says that a search names what does not exist, as a version that
    /// nobody has made yet.
    pub fn knows_no_such(error: &WebError) -> bool {
        let WebError::Status { status, body, .. } = error else { return false };
        let says = serde_json::from_slice::<Value>(body).ok();
        let messages = says.as_ref().and_then(|body| body["errorMessages"].as_array());
        let missing =
            |message: &Value| message.as_str().is_some_and(|text| text.contains("does not exist for the field"));
        status.as_u16() == 400 && messages.is_some_and(|messages| messages.iter().any(missing))
    }

    /// The page that lists what `jql` finds, for a person.
    pub fn page(&self, jql: &Jql) -> String {
        let mut url = self.web.at(&["issues", ""]);
        url.query_pairs_mut().append_pair("jql", jql.as_str());
        url.to_string()
    }

    /// The address of a part of its REST interface, for a person.
    pub fn rest(&self, path: &[&str]) -> String {
        self.at(path).to_string()
    }
}

/// What changes an issue is answered by nothing; a page for people is no such answer.
fn nothing_said(answer: Answer) -> Result<(), WebError> {
    match answer.bytes.is_empty() {
        true => Ok(()),
        false => Err(answer.unexpected("expected an empty answer")),
    }
}

/// The step that resolves an issue: the one that takes a resolution before the others.
fn closing(transitions: &[Transition]) -> Option<&Transition> {
    let closing = || transitions.iter().filter(|step| step.closes);
    closing()
        .find(|step| step.takes_resolution && step.name.to_lowercase().contains("resolve"))
        .or_else(|| closing().find(|step| step.takes_resolution))
        .or_else(|| closing().next())
}
