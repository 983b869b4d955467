// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How functions are started, each with the SDK of its language.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// In which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sdk {
    Python,
    JavaScript,
    Java,
    Go,
}

/// Whose functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Functions {
    /// The tests'.
    Own(Sdk),
    /// The command interpreter of upstream's smoke test.
    Upstream(Sdk),
}

impl From<Sdk> for Functions {
    fn from(sdk: Sdk) -> Self {
        Self::Own(sdk)
    }
}

impl Functions {
    /// What starts them, but for the port and the host, which are the last two arguments. What
    /// it needs is set up where it is not there yet.
    pub(crate) fn command(self) -> Command {
        match self {
            Self::Own(sdk) => own(sdk),
            Self::Upstream(sdk) => upstream(sdk),
        }
    }
}

fn own(sdk: Sdk) -> Command {
    let from = here("functions");
    match sdk {
        Sdk::Python => {
            let mut command = Command::new(set_up("statefun-sdks.sh", &["python"]).join("python/bin/python"));
            command.arg(from.join("functions.py"));
            command
        }
        Sdk::JavaScript => {
            let place = set_up("statefun-sdks.sh", &["javascript"]);
            let mut command = Command::new("node");
            command.arg(from.join("functions.js")).env("NODE_PATH", place.join("node_modules"));
            command
        }
        Sdk::Java => java(&set_up("statefun-sdks.sh", &["java"]).join("java"), "Functions"),
        Sdk::Go => Command::new(set_up("statefun-sdks.sh", &["go"]).join("go/functions")),
    }
}

/// Upstream's interpreters as they are in the directory that `STATEFUN_UPSTREAM` names; the
/// server before each is ours, for the port and the host.
fn upstream(sdk: Sdk) -> Command {
    let source = std::env::var("STATEFUN_UPSTREAM").expect("STATEFUN_UPSTREAM names a checkout of upstream");
    let place = |language: &str| set_up("statefun-upstream.sh", &[&source, language]);
    match sdk {
        Sdk::JavaScript => {
            let place = place("javascript");
            let smoke = "statefun-e2e-tests/statefun-smoke-e2e-js/src/test/resources/remote-function/smoke.js";
            let mut command = Command::new("node");
            command.arg("--require").arg(here("functions/upstream/listen.js")).arg(Path::new(&source).join(smoke));
            command.env("NODE_PATH", place.join("javascript/node_modules"));
            command
        }
        Sdk::Java => java(&place("java").join("java"), "Serve"),
        Sdk::Go => Command::new(place("go").join("go/interpreter")),
        Sdk::Python => unimplemented!("upstream has no command interpreter in Python"),
    }
}

fn java(place: &Path, class: &str) -> Command {
    let mut command = Command::new("java");
    command.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"]);
    command.arg(format!("{}:{}", place.join("classes").display(), place.join("lib/*").display())).arg(class);
    command
}

/// A file of the tests.
pub(crate) fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(name)
}

/// Where a script has set up what it is asked for.
pub(crate) fn set_up(script: &str, arguments: &[&str]) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
    let output = Command::new(&script).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{} {arguments:?} failed", script.display());
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}
