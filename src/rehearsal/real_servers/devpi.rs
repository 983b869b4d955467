// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! devpi, in the place of the Python package index.

use std::process::Child;

use serde_json::json;
use toml::Value;

use super::process::{put, said, started, web};
use super::server::{Server, Site};
use crate::rehearsal::command::{Failed, run};
use crate::rehearsal::stand_ins::pypi;
use crate::services::Login;

/// The user by whom an index takes a token.
const TOKEN_USER: &str = "__token__";
/// The name of the index.
const INDEX: &str = "release";

/// `devpi-server`, with an index that keeps each file for good.
pub(super) struct Devpi;

impl Server for Devpi {
    fn name(&self) -> &'static str {
        "devpi-server"
    }

    fn section(&self) -> &'static str {
        "pypi"
    }

    fn version(&self) -> Option<String> {
        Some(format!("{} {}", self.name(), said(self.name(), "--version")?))
    }

    fn fields(&self, site: &Site<'_>, _project: &str) -> Vec<(&'static str, Value)> {
        let index = format!("http://127.0.0.1:{}/{TOKEN_USER}/{INDEX}/", site.port);
        vec![("index", Value::from(format!("{index}+simple"))), ("upload", Value::from(index))]
    }

    fn start(&self, site: &Site<'_>) -> Result<Child, Failed> {
        let place = site.place();
        if !place.join("state").is_dir() {
            run(&place, "devpi-init", &["--serverdir", "state", "--no-root-pypi"], &[])?;
        }
        let port = site.port.to_string();
        started(&place, &[self.name(), "--serverdir", "state", "--host", "127.0.0.1", "--port", &port])
    }

    /// For the maintainer with the stand-in's token.
    fn set_up(&self, site: &Site<'_>) -> Result<(), Failed> {
        let root = Login::Basic("root".to_owned(), String::new().into());
        put(&web(site, root)?, &[TOKEN_USER], &json!({ "password": pypi::MAINTAINER }))?;
        let maintainer = Login::Basic(TOKEN_USER.to_owned(), pypi::MAINTAINER.into());
        put(&web(site, maintainer)?, &[TOKEN_USER, INDEX], &json!({ "volatile": false, "bases": [] }))?;
        Ok(())
    }
}
