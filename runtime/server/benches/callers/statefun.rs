// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The counter on this runtime: a message in by the playground's ingress, the answer out by
//! its egress, which one reader follows for all callers.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::Counter;
use crate::place::{Place, Process};

const MOST_CALLERS: usize = 256;

pub(crate) struct Statefun {
    runtime: Process,
    _functions: Process,
    client: reqwest::Client,
    ingress: String,
    /// The answers to each caller.
    answers: Vec<Mutex<UnboundedReceiver<u64>>>,
}

impl Statefun {
    pub(crate) async fn start(place: &Place) -> Self {
        let (functions, port) = place.start_counter("counter-statefun.js", "node_modules").await;
        let (host, [ingress, egress, admin]) = (&place.host, [(); 3].map(|()| place.free_port()));
        let module = format!(
            "kind: io.statefun.endpoints.v2/http\nspec: {{functions: bench/*, urlPathTemplate: 'http://{host}:{port}/'}}\n\
             ---\nkind: io.statefun.playground.v1/ingress\nspec: {{port: {ingress}}}\n\
             ---\nkind: io.statefun.playground.v1/egress\nspec: {{port: {egress}, topics: [answers]}}\n"
        );
        fs::write(place.path("module.yaml"), module).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_statefun"));
        command.args(["run", "module.yaml", "--data", "statefun-data", "--host", host]);
        let runtime = place.start(command.args(["--admin", &format!("{host}:{admin}")]), "statefun.log");
        let ready = format!("http://{host}:{admin}/readyz");
        place.until("the runtime is ready", async || place.answers(&ready).await).await;
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..MOST_CALLERS).map(|_| unbounded_channel()).unzip();
        let follow = place.client.get(format!("http://{host}:{egress}/answers?follow")).send().await.unwrap();
        tokio::spawn(hand_out(follow, senders.into()));
        Self {
            runtime,
            _functions: functions,
            client: place.client.clone(),
            ingress: format!("http://{host}:{ingress}/bench/counter"),
            answers: receivers.into_iter().map(Mutex::new).collect(),
        }
    }

    pub(crate) fn memory_mb(&self) -> u64 {
        self.runtime.memory_mb()
    }
}

impl Counter for Statefun {
    const NAME: &str = "statefun";

    async fn add(&self, caller: usize) -> u64 {
        let sent = self.client.put(format!("{}/{caller}", self.ingress)).body("+1").send();
        let mut answers = self.answers[caller].lock().await;
        let (sent, answer) = tokio::join!(sent, answers.recv());
        assert_eq!(sent.unwrap().status(), 200);
        answer.unwrap()
    }
}

/// Gives each answer to its caller, as long as there are any.
async fn hand_out(mut follow: reqwest::Response, callers: Arc<[UnboundedSender<u64>]>) {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = follow.chunk().await {
        read.extend_from_slice(&chunk);
        let Some(end) = read.iter().rposition(|byte| *byte == b'\n') else { continue };
        for line in read[..end].split(|byte| *byte == b'\n') {
            let record: serde_json::Value = serde_json::from_slice(line).unwrap();
            let (caller, count) = record["payload"].as_str().unwrap().split_once(' ').unwrap();
            let caller: usize = caller.parse().unwrap();
            // Who has gone needs no answer.
            let _ = callers[caller].send(count.parse().unwrap());
        }
        read.drain(..=end);
    }
}
