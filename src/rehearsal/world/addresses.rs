// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A product's configuration with a world's addresses in the place of the real ones.

use toml::{Table, Value};

use super::making::{file_url, place_of_releases};
use super::{ROSTER_FILE, World};
use crate::rehearsal::command::Failed;
use crate::rehearsal::{post_office, sites};

impl World {
    /// The product's configuration with this world's addresses in the place of
    /// the real ones.
    ///
    /// # Errors
    /// When the configuration is no TOML.
    pub fn configuration(&self, real: &str) -> Result<String, Failed> {
        let fail = |error: String| Failed::new("adapt the product's configuration", &error);
        let mut table: Table = toml::from_str(real).map_err(|error| fail(error.to_string()))?;
        let svn = file_url(&self.directory.join("svn"))?;
        let project = table.get("project").and_then(Value::as_str).unwrap_or_default().to_owned();
        let release = place_of_releases(&table);
        let section = |table: &mut Table, name: &str, changes: &[(&str, Value)]| {
            if let Some(Value::Table(section)) = table.get_mut(name) {
                for (key, value) in changes {
                    section.insert((*key).to_owned(), value.clone());
                }
            }
        };
        section(
            &mut table,
            "git",
            &[("url", Value::from(self.remote().display().to_string())), ("remote", Value::from("origin"))],
        );
        section(
            &mut table,
            "svn",
            &[
                ("dev", Value::from(format!("{svn}/dist/dev/{project}"))),
                ("release", Value::from(format!("{svn}/dist/release/{release}"))),
                ("keys", Value::from(format!("{svn}/dist/release/{project}/KEYS"))),
            ],
        );
        section(
            &mut table,
            "mail",
            &post_office::fields(
                self.smtp_port,
                &post_office::certificate(&self.mail()),
                &format!("http://127.0.0.1:{}", self.archive_port),
            ),
        );
        self.point_maven(&mut table);
        let stand_in = |name: &str| Value::from(format!("http://127.0.0.1:{}/{name}", self.stand_ins_port));
        section(&mut table, "jira", &[("url", stand_in("jira"))]);
        section(&mut table, "pypi", &[("index", stand_in("pypi/simple")), ("upload", stand_in("pypi/legacy/"))]);
        section(&mut table, "npm", &[("registry", stand_in("npm"))]);
        section(&mut table, "mail", &[("archive_lag_minutes", Value::from(0))]);
        sites::point_at(&mut table, &self.stand_ins(), self.stand_ins_port);
        for (server, port) in &self.real_servers {
            server.point_at(&mut table, &self.directory, *port);
        }
        if let Some(Value::Table(vote)) = table.get_mut("vote") {
            vote.remove("whimsy");
            vote.remove("aliases");
            vote.insert("roster".to_owned(), Value::from(self.directory.join(ROSTER_FILE).display().to_string()));
        }
        if let Some(proposals) = table.get("proposals").and_then(Value::as_table)
            && proposals.contains_key("registry")
        {
            section(&mut table, "proposals", &[("registry", Value::from(self.registry().display().to_string()))]);
        }
        if self.made_up {
            leave_builds_to_stand_ins(&mut table);
        }
        toml::to_string(&table).map_err(|error| fail(error.to_string()))
    }

    /// Has the Maven artifacts go to the stand-ins, also where Maven itself is run.
    fn point_maven(&self, table: &mut Table) {
        let Some(Value::Table(maven)) = table.get_mut("maven") else { return };
        let nexus = format!("http://127.0.0.1:{}/nexus", self.stand_ins_port);
        let id =
            maven.get("server_ids").and_then(Value::as_array).and_then(|ids| ids.last()?.as_str()).unwrap_or_default();
        let upload = format!("-DaltDeploymentRepository={id}::{nexus}/service/local/staging/deploy/maven2");
        let settings = self.home().join(".m2/settings.xml").display().to_string();
        if let Some(Value::Array(deploy)) = maven.get_mut("deploy") {
            deploy.extend(["--settings".to_owned(), settings, upload].map(Value::from));
        }
        maven.insert("repository".to_owned(), Value::from(format!("{nexus}/central/maven2")));
        maven.insert("nexus".to_owned(), Value::from(nexus));
    }
}

/// What was made up from a configuration has nothing to build.
fn leave_builds_to_stand_ins(configuration: &mut Table) {
    let needs = || Value::Array(vec![Value::from("a repository of the product")]);
    if let Some(Value::Table(trial)) = configuration.get_mut("trial_build") {
        trial.insert("requires".to_owned(), needs());
    }
    for build in configuration.get_mut("build").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Table(build) = build {
            build.insert("requires".to_owned(), needs());
        }
    }
    if let Some(Value::Table(build)) = configuration.get_mut("npm").and_then(|npm| npm.get_mut("build")) {
        build.insert("requires".to_owned(), needs());
    }
}
