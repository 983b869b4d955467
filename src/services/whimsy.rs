// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whimsy's public JSON: who is on a project's PMC, and who its committers are.
//!
//! `committee-info.json` is the authority for the PMC: it follows the board's minutes, while the
//! groups of LDAP (`public_ldap_projects.json`) follow what somebody typed. It has no addresses.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use jiff::civil::Date;
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The most that one of the files may have, in bytes; the people's file has some megabytes.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// Whimsy's public files at some address.
#[derive(Debug)]
pub struct Whimsy {
    base: String,
    timeout: Duration,
}

/// A project's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committee {
    /// The project, as people call it.
    pub name: String,
    /// PMC members and committers, by id.
    pub members: Vec<CommitteeMember>,
    /// Ids that LDAP has as PMC members and the authority has not.
    pub only_in_ldap: Vec<String>,
}

/// Somebody of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeMember {
    /// Their name at the foundation.
    pub id: String,
    /// As they are called; nothing where nobody says.
    pub name: Option<String>,
    /// Whether they are on the PMC.
    pub pmc: bool,
    /// Since when they are on the PMC.
    pub since: Option<Date>,
}

/// Why people could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum WhimsyError {
    /// No answer came, or not in time.
    #[error("cannot fetch {url}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
    },
    /// It answered with an error.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// It is not the file that is known.
    #[error("{url} is not as expected: {what}")]
    Unexpected {
        /// What was asked for.
        url: String,
        /// What is wrong.
        what: String,
    },
    /// There is no such project.
    #[error("{url} knows no project `{project}`{}", near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    NoProject {
        /// What was asked for.
        url: String,
        /// Whose people were asked for.
        project: String,
        /// A project with a name like it.
        near: Option<String>,
    },
}

#[derive(Deserialize)]
struct CommitteeInfo {
    committees: BTreeMap<String, CommitteeEntry>,
}

#[derive(Deserialize)]
struct CommitteeEntry {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    roster: BTreeMap<String, RosterEntry>,
}

#[derive(Deserialize)]
struct RosterEntry {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

#[derive(Deserialize)]
struct Projects {
    projects: BTreeMap<String, Project>,
}

#[derive(Default, Deserialize)]
struct Project {
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    owners: Vec<String>,
}

#[derive(Deserialize)]
struct People {
    people: BTreeMap<String, Person>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    name: Option<String>,
}

impl Whimsy {
    /// The files under `base`: `https://whimsy.apache.org/public`.
    pub fn new(base: impl Into<String>) -> Self {
        let base: String = base.into();
        Self { base: base.trim_end_matches('/').to_owned(), timeout: Duration::from_secs(60) }
    }

    /// Where its files are.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The people of a project, by their ids.
    ///
    /// # Errors
    /// When one of the files cannot be had, or there is no such project.
    pub fn committee(&self, project: &str) -> Result<Committee, WhimsyError> {
        let mut info: CommitteeInfo = self.get("committee-info.json")?;
        let Some(entry) = info.committees.remove(project) else {
            let near = info
                .committees
                .into_keys()
                .max_by(|a, b| strsim::jaro_winkler(a, project).total_cmp(&strsim::jaro_winkler(b, project)));
            let near = near.filter(|near| strsim::jaro_winkler(near, project) > 0.8);
            return Err(WhimsyError::NoProject {
                url: self.url("committee-info.json"),
                project: project.to_owned(),
                near,
            });
        };
        let mut projects: Projects = self.get("public_ldap_projects.json")?;
        let ldap = projects.projects.remove(project).unwrap_or_default();
        let mut people: People = self.get("public_ldap_people.json")?;
        let mut members: BTreeMap<String, CommitteeMember> = BTreeMap::new();
        for id in ldap.members {
            let name = people.people.remove(&id).and_then(|person| person.name);
            members.insert(id.clone(), CommitteeMember { id, name, pmc: false, since: None });
        }
        for (id, listed) in &entry.roster {
            let since = listed.date.as_deref().and_then(|date| date.parse().ok());
            let known = people.people.remove(id).and_then(|person| person.name);
            let member = members.entry(id.clone());
            let member = member.or_insert_with(|| CommitteeMember { id: id.clone(), name: known, pmc: true, since });
            (member.pmc, member.since) = (true, since);
            member.name = listed.name.clone().or_else(|| member.name.take());
        }
        let only_in_ldap = ldap.owners.into_iter().filter(|id| !entry.roster.contains_key(id)).collect();
        let name = entry.display_name.unwrap_or_else(|| project.to_owned());
        Ok(Committee { name, members: members.into_values().collect(), only_in_ldap })
    }

    fn url(&self, file: &str) -> String {
        format!("{}/{file}", self.base)
    }

    fn get<T: DeserializeOwned>(&self, file: &str) -> Result<T, WhimsyError> {
        let url = self.url(file);
        let failed =
            |source: reqwest::Error| WhimsyError::Unreachable { url: url.clone(), source: source.without_url() };
        // The program installs it once; a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let agent = concat!("quorate/", env!("CARGO_PKG_VERSION"));
        let builder = reqwest::blocking::Client::builder().timeout(self.timeout).user_agent(agent);
        let local = self.base.starts_with("http://127.0.0.1");
        let builder = if local { builder.no_proxy() } else { builder };
        let response = builder.build().map_err(failed)?.get(&url).send().map_err(failed)?;
        if !response.status().is_success() {
            return Err(WhimsyError::Status { url: url.clone(), status: response.status() });
        }
        let unexpected = |what: String| WhimsyError::Unexpected { url: url.clone(), what };
        let mut bytes = Vec::new();
        let read = response.take(ANSWER_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| unexpected(format!("the answer broke off ({error})")))?;
        if bytes.len() as u64 > ANSWER_BYTES {
            return Err(unexpected(format!("it has more than {ANSWER_BYTES} bytes")));
        }
        serde_json::from_slice(&bytes).map_err(|error| unexpected(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::web_testing::answering;

    /// Files that are answered by the status and body that `answer` gives for a path.
    fn whimsy(answer: fn(&str) -> (u16, &'static str)) -> Whimsy {
        Whimsy::new(format!("{}/public/", answering(answer)))
    }

    fn files(path: &str) -> (u16, &'static str) {
        match path {
            "/public/committee-info.json" => (
                200,
                r#"{"last_updated": 1, "committees": {"greeter": {"display_name": "Greeter", "chair": {}, "roster": {
                    "ann": {"name": "Ann Example", "date": "2020-01-02"}, "bob": {"name": "Bob Example", "date": "?"}}}}}"#,
            ),
            "/public/public_ldap_projects.json" => {
                (200, r#"{"projects": {"greeter": {"members": ["ann", "cleo"], "owners": ["ann", "dan"]}}}"#)
            }
            "/public/public_ldap_people.json" => {
                (200, r#"{"people": {"cleo": {"name": "Cleo Example", "key_fingerprints": []}, "dan": {}}}"#)
            }
            _ => (404, ""),
        }
    }

    #[test]
    fn the_committees_file_decides_who_is_on_the_pmc() {
        let committee = whimsy(files).committee("greeter").unwrap();
        let shown: Vec<String> = committee
            .members
            .iter()
            .map(|one| {
                format!(
                    "{} {:?} {} {:?}",
                    one.id,
                    one.name.as_deref().unwrap_or(""),
                    one.pmc,
                    one.since.map(|day| day.to_string())
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                r#"ann "Ann Example" true Some("2020-01-02")"#,
                r#"bob "Bob Example" true None"#,
                r#"cleo "Cleo Example" false None"#
            ]
        );
        assert_eq!((committee.name.as_str(), committee.only_in_ldap), ("Greeter", vec!["dan".to_owned()]));
    }

    #[test]
    fn a_project_that_is_not_there_is_named_with_one_like_it() {
        let error = whimsy(files).committee("greter").unwrap_err();
        assert!(error.to_string().ends_with("knows no project `greter`; did you mean `greeter`?"), "{error}");
        assert!(whimsy(files).committee("zzz").unwrap_err().to_string().ends_with("knows no project `zzz`"));
    }

    #[test]
    fn anything_else_is_an_error() {
        assert!(
            matches!(whimsy(|_| (503, "")).committee("x"), Err(WhimsyError::Status { status, .. }) if status == 503)
        );
        assert!(matches!(whimsy(|_| (200, "<html>")).committee("x"), Err(WhimsyError::Unexpected { .. })));
        let gone = Whimsy::new("http://127.0.0.1:1");
        assert!(matches!(gone.committee("x"), Err(WhimsyError::Unreachable { .. })));
    }
}
