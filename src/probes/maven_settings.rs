// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `maven-settings`: settings.xml holds credentials for the servers that Maven
//! deploys to. Their values are neither read out nor shown.

use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};
use serde::Deserialize;

use crate::actions::Services;
use crate::engine::{ActionError, Context, Finding, Probe};

/// Whether Maven has credentials for these servers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenSettings {
    /// The servers' ids.
    server_ids: Vec<String>,
    /// settings.xml itself, or the home directory that has it in `.m2`.
    path: PathBuf,
}

impl Probe<Services> for MavenSettings {
    fn examine(&self, _cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        self.look()
    }
}

impl MavenSettings {
    /// For the servers `server_ids`; `path` is settings.xml itself, or the home
    /// directory that has it in `.m2`.
    pub fn new(server_ids: Vec<String>, path: PathBuf) -> Self {
        Self { server_ids, path }
    }

    /// Reads and judges the file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn look(&self) -> Result<Finding, ActionError> {
        let path = if self.path.is_dir() { self.path.join(".m2/settings.xml") } else { self.path.clone() };
        let shown = path.display();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Finding::Fails(vec![format!("there is no {shown}")]));
            }
            Err(error) => {
                let hint = format!("see that {shown} can be read");
                return Err(ActionError::service(format!("reading {shown}"), error, hint));
            }
        };
        Ok(self.judge(&path, &text))
    }

    fn judge(&self, path: &Path, text: &str) -> Finding {
        let shown = path.display();
        let document = match Document::parse(text) {
            Ok(document) => document,
            // The position only: the message of a parser may quote the text, and so a password.
            Err(error) => return Finding::Fails(vec![format!("{shown} is no well-formed XML at {}", error.pos())]),
        };
        let servers: Vec<Node<'_, '_>> = document
            .root_element()
            .children()
            .filter(|node| node.has_tag_name_local("servers"))
            .flat_map(|servers| servers.children().filter(|node| node.has_tag_name_local("server")))
            .collect();
        let fault = |id: &String| {
            let Some(server) = servers.iter().find(|server| text_of(server, "id") == Some(id)) else {
                return Some(format!("{shown} has no server `{id}`"));
            };
            let login = text_of(server, "username").is_some() && text_of(server, "password").is_some();
            let complete = login || text_of(server, "privateKey").is_some();
            (!complete).then(|| format!("{shown}: the server `{id}` lacks a username or a password"))
        };
        let faults: Vec<String> = self.server_ids.iter().filter_map(fault).collect();
        if faults.is_empty() {
            Finding::Holds(format!("{shown} has credentials for {}", self.server_ids.join(", ")))
        } else {
            Finding::Fails(faults)
        }
    }
}

/// Names with or without the settings' XML namespace, as Maven itself takes them.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn text_of<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_tag_name_local(name))?;
    child.text().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Finding {
        let probe = MavenSettings { server_ids: vec!["snapshots".into(), "staging".into()], path: PathBuf::new() };
        probe.judge(Path::new("settings.xml"), text)
    }

    fn settings(servers: &str) -> String {
        format!("<settings xmlns=\"http://maven.apache.org/SETTINGS/1.0.0\"><servers>{servers}</servers></settings>")
    }

    const GOOD: &str = "<server><id>snapshots</id><username>ann</username><password>{x=}</password></server>";

    #[test]
    fn all_servers_with_credentials_hold() {
        let text = settings(&format!("{GOOD}{}", GOOD.replace("snapshots", " staging ")));
        assert!(matches!(judge(&text), Finding::Holds(_)));
        assert!(matches!(
            judge(&text.replace(" xmlns=\"http://maven.apache.org/SETTINGS/1.0.0\"", "")),
            Finding::Holds(_)
        ));
    }

    #[test]
    fn every_fault_is_named_and_no_password_shown() {
        let secret = "hunter2";
        let bare = format!("<server><id>snapshots</id><password>{secret}</password></server>");
        let Finding::Fails(faults) = judge(&settings(&bare)) else { panic!() };
        assert_eq!(
            faults,
            [
                "settings.xml: the server `snapshots` lacks a username or a password",
                "settings.xml has no server `staging`"
            ]
        );
        let Finding::Fails(faults) = judge(&format!("<settings><a>{secret}</b></settings>")) else { panic!() };
        assert!(faults[0].starts_with("settings.xml is no well-formed XML at 1:") && !faults[0].contains(secret));
    }
}
