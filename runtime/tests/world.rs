// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A runtime and its functions as processes, each in a place of its own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use serde_json::Value;
use tempfile::TempDir;

use crate::functions::Functions;
pub(crate) use crate::functions::Sdk;

/// How long anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    directory: TempDir,
    /// An address of this machine that no other world has, so that ports are its own.
    host: String,
    runtime: Option<Child>,
    functions: Option<(Functions, Child)>,
    functions_port: u16,
    ingress: u16,
    /// The ids, ports and topics of egresses.
    egresses: [(&'static str, u16, &'static str); 2],
    admin: u16,
    /// The environment of the functions, beside the usual.
    pub(crate) functions_environment: Vec<(&'static str, String)>,
    /// How many files the runtime may have open, where that is said.
    pub(crate) open_files: Option<u32>,
    /// Further arguments of `statefun run`.
    pub(crate) arguments: Vec<String>,
    pub(crate) client: Client,
}

impl World {
    /// Nothing runs yet. The functions' endpoint has these further lines.
    pub(crate) fn new(endpoint: &str) -> Self {
        let host = own_host();
        let [functions_port, ingress, egress, broker, admin] = free_ports(&host);
        let directory = tempfile::tempdir().unwrap();
        let world = Self {
            directory,
            host,
            runtime: None,
            functions: None,
            functions_port,
            ingress,
            egresses: [
                ("io.statefun.playground/egress", egress, "out, verdicts"),
                ("test/broker", broker, "first, second"),
            ],
            admin,
            open_files: None,
            functions_environment: Vec::new(),
            arguments: Vec::new(),
            client: client(),
        };
        world.write_module("test/*", &format!("http://{}:{functions_port}/statefun", world.host), endpoint);
        world
    }

    pub(crate) fn write_module(&self, functions: &str, url: &str, endpoint: &str) {
        let mut text =
            format!("kind: io.statefun.endpoints.v2/http\nspec:\n  functions: {functions}\n  urlPathTemplate: {url}\n");
        for line in endpoint.lines() {
            let _ = writeln!(text, "  {line}");
        }
        let _ = write!(text, "---\nkind: io.statefun.playground.v1/ingress\nspec: {{port: {}}}\n", self.ingress);
        for (id, port, topics) in &self.egresses {
            let egress = "---\nkind: io.statefun.playground.v1/egress";
            let _ = write!(text, "{egress}\nspec: {{id: {id}, port: {port}, topics: [{topics}]}}\n");
        }
        fs::write(self.module(), text).unwrap();
    }

    pub(crate) fn module(&self) -> PathBuf {
        self.directory.path().join("module.yaml")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Where the functions are, or are to be.
    pub(crate) fn functions_address(&self) -> (String, u16) {
        (self.host.clone(), self.functions_port)
    }

    /// Where the ingress is, or is to be.
    pub(crate) fn ingress_address(&self) -> (String, u16) {
        (self.host.clone(), self.ingress)
    }

    /// Where the administration is, or is to be.
    pub(crate) fn admin_address(&self) -> String {
        format!("{}:{}", self.host, self.admin)
    }

    pub(crate) fn ingress_url(&self, address: &str) -> String {
        format!("http://{}:{}/{address}", self.host, self.ingress)
    }

    /// Starts the functions and waits until they listen.
    pub(crate) fn start_functions(&mut self, functions: impl Into<Functions>) {
        let which = functions.into();
        let mut command = which.command();
        command.args([&self.functions_port.to_string(), &self.host]);
        command.envs(self.functions_environment.iter().cloned());
        let child = self.start(command, "functions.log");
        self.functions = Some((which, child));
        let functions = (&*self.host, self.functions_port);
        let socket = self.functions_environment.iter().find(|(name, _)| *name == "FUNCTIONS_SOCKET");
        eventually("the functions listen", || match socket {
            Some((_, path)) => Path::new(path).exists(),
            None => std::net::TcpStream::connect(functions).is_ok(),
        });
    }

    /// Sends the functions' process a signal: `-STOP`.
    pub(crate) fn signal_functions(&self, signal: &str) {
        let (_, child) = self.functions.as_ref().unwrap();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    }

    /// Starts the runtime and waits until it is ready.
    pub(crate) fn start_runtime(&mut self) {
        let mut command = match self.open_files {
            None => self.statefun(),
            Some(most) => {
                let mut shell = Command::new("sh");
                let limited = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
                shell.args(["-c", &limited, env!("CARGO_BIN_EXE_statefun")]).current_dir(self.directory.path());
                shell
            }
        };
        command.args(["run", "--host", &self.host]).arg(self.module()).arg("--data").arg(self.data());
        command.args(["--admin", &self.admin_address()]).args(&self.arguments);
        self.runtime = Some(self.start(command, "runtime.log"));
        eventually("the runtime is ready", || self.admin("readyz").is_some());
    }

    pub(crate) fn statefun(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_statefun"));
        command.current_dir(self.directory.path());
        command
    }

    /// Gives a command over this world's store.
    pub(crate) fn administer(&self, arguments: &[&str]) -> Output {
        self.statefun().args(arguments).arg("--data").arg(self.data()).output().unwrap()
    }

    fn start(&self, mut command: Command, log: &str) -> Child {
        let log = File::options().create(true).append(true).open(self.directory.path().join(log)).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    /// The world's own place.
    pub(crate) fn place(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn functions_log(&self) -> String {
        fs::read_to_string(self.directory.path().join("functions.log")).unwrap()
    }

    pub(crate) fn runtime_log(&self) -> String {
        fs::read_to_string(self.directory.path().join("runtime.log")).unwrap()
    }

    /// SIGKILL.
    pub(crate) fn kill_runtime(&mut self) {
        kill(self.runtime.take());
    }

    /// SIGKILL.
    pub(crate) fn kill_functions(&mut self) -> Option<Functions> {
        let (which, child) = self.functions.take()?;
        kill(Some(child));
        Some(which)
    }

    /// The runtime's process.
    pub(crate) fn runtime_process(&self) -> u32 {
        self.runtime.as_ref().unwrap().id()
    }

    /// SIGTERM; does not wait.
    pub(crate) fn end_runtime(&self) {
        let pid = rustix::process::Pid::from_child(self.runtime.as_ref().unwrap());
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    /// SIGTERM; gives the exit code.
    pub(crate) fn stop_runtime(&mut self) -> Option<i32> {
        self.end_runtime();
        self.runtime.take().unwrap().wait().unwrap().code()
    }

    /// Sends a message.
    pub(crate) fn put(&self, address: &str, content_type: &str, body: impl Into<reqwest::blocking::Body>) -> Response {
        let url = self.ingress_url(address);
        self.client.put(url).header("content-type", content_type).body(body).send().unwrap()
    }

    /// Sends commands to an interpreter.
    pub(crate) fn command(&self, id: &str, commands: &Value) {
        let answer = self.put(&format!("test/interpreter/{id}"), "application/vnd.test/commands", commands.to_string());
        assert_eq!(answer.status(), 200, "{}", answer.text().unwrap());
    }

    /// The next record of a topic, as soon as there is one.
    pub(crate) fn next(&self, topic: &str) -> Value {
        let mut found = None;
        eventually(&format!("a record of {topic}"), || {
            found = self.poll(topic);
            found.is_some()
        });
        found.unwrap()
    }

    /// The next record of a topic, as it is, as soon as there is one.
    pub(crate) fn next_bytes(&self, topic: &str) -> Vec<u8> {
        let (url, mut found) = (self.egress_url(topic), None);
        eventually(&format!("a record of {topic}"), || {
            found = self.poll_bytes(&url);
            found.is_some()
        });
        found.unwrap()
    }

    pub(crate) fn poll(&self, topic: &str) -> Option<Value> {
        self.poll_bytes(&self.egress_url(topic)).map(|record| serde_json::from_slice(&record).unwrap())
    }

    /// The next record at an address of an egress, as it is, when there is one.
    pub(crate) fn poll_bytes(&self, url: &str) -> Option<Vec<u8>> {
        let answer = self.client.get(url).send().unwrap();
        (answer.status() == 200).then(|| answer.bytes().unwrap().into())
    }

    pub(crate) fn egress_url(&self, rest: &str) -> String {
        self.url_of_egress(0, rest)
    }

    /// Of the egress that stands in for a broker.
    pub(crate) fn broker_url(&self, topic: &str) -> String {
        self.url_of_egress(1, topic)
    }

    fn url_of_egress(&self, which: usize, rest: &str) -> String {
        format!("http://{}:{}/{rest}", self.host, self.egresses[which].1)
    }

    /// Names the egresses anew, with their topics.
    pub(crate) fn name_egresses(&mut self, named: [(&'static str, &'static str); 2]) {
        for (egress, (id, topics)) in self.egresses.iter_mut().zip(named) {
            (egress.0, egress.2) = (id, topics);
        }
    }

    /// What the administration answers, when it does.
    pub(crate) fn admin(&self, path: &str) -> Option<String> {
        let answer = self.client.get(format!("http://{}/{path}", self.admin_address())).send().ok()?;
        answer.status().is_success().then(|| answer.text().unwrap())
    }

    /// Whether it is ready: the status and the words; nothing where nobody listens.
    pub(crate) fn readiness(&self) -> Option<(u16, String)> {
        let answer = self.client.get(format!("http://{}/readyz", self.admin_address())).send().ok()?;
        Some((answer.status().as_u16(), answer.text().ok()?))
    }

    /// What is counted of the interpreter.
    pub(crate) fn metric(&self, name: &str, function: &str) -> i64 {
        let start = format!("statefun_{name}{{namespace=\"test\",function=\"{function}\"}} ");
        let text = self.admin("metrics").unwrap();
        text.lines().find_map(|line| line.strip_prefix(&start)).map_or(0, |value| value.parse().unwrap())
    }

    /// The dead letters, whichever way they are to be had.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        let output = self.administer(&["deadletter", "list", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill_runtime();
        self.kill_functions();
        if thread::panicking() {
            eprintln!("the runtime's log:\n{}", self.runtime_log());
        }
    }
}

/// A client for this machine.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

fn kill(child: Option<Child>) {
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Waits until something is so.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Each process of tests and each world in it has an address of its own.
fn own_host() -> String {
    static WORLDS: AtomicU32 = AtomicU32::new(1);
    let (process, world) = (std::process::id(), WORLDS.fetch_add(1, Ordering::Relaxed));
    format!("127.{}.{}.{}", 1 + process / 256 % 250, process % 256, world % 255)
}

fn free_ports<const COUNT: usize>(host: &str) -> [u16; COUNT] {
    let listeners = [(); COUNT].map(|()| TcpListener::bind((host, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
