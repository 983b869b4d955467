// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The counter on Restate: a virtual object behind its ingress.

use std::process::Command;

use serde_json::json;

use crate::Counter;
use crate::place::{Place, Process};

pub(crate) struct Restate {
    server: Process,
    _service: Process,
    client: reqwest::Client,
    ingress: String,
}

impl Restate {
    pub(crate) async fn start(place: &Place) -> Self {
        let (service, port) = place.start_counter("counter-restate.js", "restate/node_modules").await;
        let host = &place.host;
        let mut command = Command::new(place.of_sdks(&program()));
        command.args(["--node-name", "bench", "--no-logo", "--listen-mode", "tcp", "--base-dir", "restate-data"]);
        command.args(["--bind-ip", host, "--advertised-host", host]);
        command.args(["--metadata-store-address", &format!("http://{host}:5122")]);
        let server = place.start(command.env("RESTATE_DISABLE_TELEMETRY", "true"), "restate.log");
        let ready = format!("http://{host}:8080/restate/health");
        place.until("Restate is ready", async || place.answers(&ready).await).await;
        let deployment = json!({"uri": format!("http://{host}:{port}")});
        let deployments = format!("http://{host}:9070/deployments");
        let known = async || {
            let answer = place.client.post(&deployments).json(&deployment).send().await;
            answer.is_ok_and(|answer| answer.status().is_success())
        };
        place.until("Restate knows the counter", known).await;
        let ingress = format!("http://{host}:8080/counter");
        Self { server, _service: service, client: place.client.clone(), ingress }
    }

    pub(crate) fn memory_mb(&self) -> u64 {
        self.server.memory_mb()
    }
}

/// The program itself; what npm puts before it is one more process.
fn program() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    format!("restate/node_modules/@restatedev/restate-server-{system}-{processor}/bin/restate-server")
}

impl Counter for Restate {
    const NAME: &str = "Restate";

    async fn add(&self, caller: usize) -> u64 {
        let answer = self.client.post(format!("{}/{caller}/add", self.ingress)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap().parse().unwrap()
    }
}
