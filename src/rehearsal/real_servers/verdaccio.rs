// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! verdaccio, in the place of the npm registry.

use std::fs;
use std::process::Child;

use secrecy::SecretString;
use serde_json::json;
use toml::Value;

use super::process::{put, said, started, web};
use super::server::{Server, Site};
use crate::rehearsal::command::Failed;
use crate::services::Login;

/// The maintainer: nothing of value.
const MAINTAINER: (&str, &str) = ("ann", "npm-rehearsal-maintainer");

/// `verdaccio`, which whoever has an account may publish to.
pub(super) struct Verdaccio;

impl Server for Verdaccio {
    fn name(&self) -> &'static str {
        "verdaccio"
    }

    fn section(&self) -> &'static str {
        "npm"
    }

    fn version(&self) -> Option<String> {
        Some(format!("{} {}", self.name(), said(self.name(), "--version")?.trim_start_matches('v')))
    }

    fn fields(&self, site: &Site<'_>, _project: &str) -> Vec<(&'static str, Value)> {
        vec![("registry", Value::from(format!("http://127.0.0.1:{}", site.port)))]
    }

    fn start(&self, site: &Site<'_>) -> Result<Child, Failed> {
        let place = site.place();
        let settings = json!({
            "storage": place.join("storage"),
            "auth": { "htpasswd": { "file": place.join("accounts") } },
            "packages": { "**": { "access": "$all", "publish": "$authenticated" } },
            "log": { "type": "file", "path": place.join("verdaccio.log"), "level": "warn" },
        });
        // YAML, which has JSON in it.
        fs::write(place.join("config.yaml"), settings.to_string())
            .map_err(|error| Failed::new("write config.yaml", &error.to_string()))?;
        started(&place, &[self.name(), "--config", "config.yaml", "--listen", &format!("127.0.0.1:{}", site.port)])
    }

    fn set_up(&self, _site: &Site<'_>) -> Result<(), Failed> {
        Ok(())
    }
}

/// The maintainer's token, of an account that is made where it is not there.
pub(super) fn log_in(site: &Site<'_>) -> Result<SecretString, Failed> {
    let (name, password) = MAINTAINER;
    let user = format!("org.couchdb.user:{name}");
    let account = json!({ "name": name, "password": password });
    // Of an account that is there, verdaccio takes the login in the place of its making.
    let login = Login::Basic(name.to_owned(), password.into());
    let anonymous = put(&web(site, Login::Anonymous)?, &["-", "user", &user], &account)?;
    let answer = match anonymous["token"].is_string() {
        true => anonymous,
        false => put(&web(site, login)?, &["-", "user", &user], &account)?,
    };
    let token = answer["token"].as_str().ok_or_else(|| Failed::new("log in at verdaccio", "it gives no token"))?;
    Ok(token.to_owned().into())
}
