// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Debian's docker-registry, in the place of the registry of container images; skopeo pushes to it.

use std::fs;
use std::process::Child;

use serde_json::json;
use toml::Value;

use super::process::{said, started};
use super::server::{Server, Site};
use crate::rehearsal::command::Failed;

/// `docker-registry`, to which anybody may push.
pub(super) struct DockerRegistry;

impl Server for DockerRegistry {
    fn name(&self) -> &'static str {
        "docker-registry"
    }

    fn section(&self) -> &'static str {
        "docker"
    }

    fn version(&self) -> Option<String> {
        let last = |said: String| said.rsplit(' ').next().unwrap_or_default().to_owned();
        let registry = last(said(self.name(), "--version")?);
        Some(format!("{} {registry} with skopeo {}", self.name(), last(said("skopeo", "--version")?)))
    }

    fn fields(&self, site: &Site<'_>, _project: &str) -> Vec<(&'static str, Value)> {
        vec![("registry", Value::from(format!("http://127.0.0.1:{}", site.port)))]
    }

    fn start(&self, site: &Site<'_>) -> Result<Child, Failed> {
        let place = site.place();
        let settings = json!({
            "version": "0.1",
            "log": { "level": "warn" },
            "storage": { "filesystem": { "rootdirectory": place.join("images") } },
            "http": { "addr": format!("127.0.0.1:{}", site.port) },
        });
        // YAML, which has JSON in it.
        fs::write(place.join("config.yaml"), settings.to_string())
            .map_err(|error| Failed::new("write config.yaml", &error.to_string()))?;
        started(&place, &[self.name(), "serve", "config.yaml"])
    }

    fn set_up(&self, _site: &Site<'_>) -> Result<(), Failed> {
        Ok(())
    }
}
