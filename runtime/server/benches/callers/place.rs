// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where both sides run: a directory, an address of this machine, processes that end with it.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// How long an answer is waited for.
pub(crate) const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// Where both sides run.
pub(crate) struct Place {
    directory: TempDir,
    /// An address that no other process is likely to have taken ports of.
    pub(crate) host: String,
    sdks: PathBuf,
    pub(crate) client: reqwest::Client,
}

/// A process that is killed when nobody needs it.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// The memory that it has, in MB.
    pub(crate) fn memory_mb(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
    }
}

impl Place {
    /// With the SDKs of both sides; none where there is no Node.
    pub(crate) fn with_sdks() -> Option<Self> {
        Command::new("node").arg("--version").stdout(Stdio::null()).status().ok()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/statefun-sdks.sh");
        let output = Command::new(script).args(["javascript", "restate"]).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the SDKs cannot be set up");
        let pid = std::process::id();
        Some(Self {
            directory: tempfile::tempdir().unwrap(),
            host: format!("127.{}.{}.1", 1 + pid / 256 % 250, pid % 256),
            sdks: PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()),
            client: reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap(),
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Something of what the SDKs' setting up has left.
    pub(crate) fn of_sdks(&self, name: &str) -> PathBuf {
        self.sdks.join(name)
    }

    pub(crate) fn free_port(&self) -> u16 {
        TcpListener::bind((&*self.host, 0)).unwrap().local_addr().unwrap().port()
    }

    /// Starts a process that writes to a log in the directory.
    pub(crate) fn start(&self, command: &mut Command, log: &str) -> Process {
        let log = File::create(self.path(log)).unwrap();
        let command = command.current_dir(self.directory.path()).stdin(Stdio::null());
        Process(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }

    /// Starts one of the counters; gives where it listens.
    pub(crate) async fn start_counter(&self, script: &str, modules: &str) -> (Process, u16) {
        let port = self.free_port();
        let mut node = Command::new("node");
        node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/callers").join(script));
        node.args([&port.to_string(), &self.host]).env("NODE_PATH", self.of_sdks(modules));
        // Restate's SDK writes two lines for each call otherwise.
        node.env("RESTATE_LOGGING", "ERROR");
        let process = self.start(&mut node, &format!("{script}.log"));
        let host = &*self.host;
        self.until(script, async || tokio::net::TcpStream::connect((host, port)).await.is_ok()).await;
        (process, port)
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if is_so().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let logs = fs::read_dir(self.directory.path()).unwrap().flatten().map(|entry| entry.path());
        for log in logs.filter(|path| path.extension().is_some_and(|extension| extension == "log")) {
            println!("{}:\n{}", log.display(), fs::read_to_string(&log).unwrap_or_default());
        }
        panic!("waited in vain: {what}");
    }

    /// Whether an address answers well.
    pub(crate) async fn answers(&self, url: &str) -> bool {
        self.client.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
    }
}
