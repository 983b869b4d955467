// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Real servers in the place of stand-ins, where they are on this machine: devpi for the Python
//! package index, verdaccio for the npm registry. Each serves one world on loopback, keeps its
//! state there, and ends with the process that started it, however that ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::command::{Failed, run};
use super::stand_ins::pypi;
use crate::services::{Body, Effects, Limits, Login, Request, Web};

/// Where they keep their state in a world.
const PLACE: &str = "servers";
/// How long one may take to come up, or to leave its port.
const PATIENCE: Duration = Duration::from_secs(60);
/// Runs a program until nobody holds the other end of its standard input any more: it ends also
/// when this process is killed.
const UNTIL_LET_GO: &str = r#""$@" & child=$!; read -r _; kill "$child"; wait "$child""#;
/// The user by whom an index takes a token.
const TOKEN_USER: &str = "__token__";
/// The maintainer at the npm registry: nothing of value.
const MAINTAINER: (&str, &str) = ("ann", "npm-rehearsal-maintainer");

/// A server that a rehearsal uses where it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RealServer {
    /// For the Python package index.
    Devpi,
    /// For the npm registry.
    Verdaccio,
}

impl RealServer {
    const ALL: [Self; 2] = [Self::Devpi, Self::Verdaccio];

    /// Those that are on the PATH and that the product has a use for, each with the port that it
    /// is to listen on.
    pub fn present(configuration: &toml::Table, mut port: impl FnMut() -> Option<u16>) -> BTreeMap<Self, u16> {
        let used = |server: &Self| configuration.contains_key(server.section()) && server.version().is_some();
        Self::ALL.into_iter().filter(used).filter_map(|server| Some((server, port()?))).collect()
    }

    /// The table of the product's configuration that it is for.
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Devpi => "pypi",
            Self::Verdaccio => "npm",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Devpi => "devpi-server",
            Self::Verdaccio => "verdaccio",
        }
    }

    /// What it says of itself; `None` where it is not on the PATH.
    fn version(self) -> Option<String> {
        let output = Command::new(self.program()).arg("--version").stdin(Stdio::null()).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
        (output.status.success() && !said.is_empty()).then_some(said)
    }

    /// The fields of its table that lead to it, listening on `port`.
    pub fn fields(self, port: u16) -> Vec<(&'static str, toml::Value)> {
        let at = |path: &str| toml::Value::from(format!("http://127.0.0.1:{port}{path}"));
        match self {
            Self::Devpi => {
                let index = format!("/{TOKEN_USER}/release");
                vec![("index", at(&format!("{index}/+simple"))), ("upload", at(&format!("{index}/")))]
            }
            Self::Verdaccio => vec![("registry", at(""))],
        }
    }
}

/// The servers of one world, running.
#[derive(Debug, Default)]
pub struct RealServers {
    running: Vec<(RealServer, String, Child)>,
    npm_token: Option<SecretString>,
}

impl RealServers {
    /// Starts those of the world in `directory`.
    ///
    /// # Errors
    /// When one is not there any more, or does not come up.
    pub fn start(directory: &Path, wanted: &BTreeMap<RealServer, u16>) -> Result<Self, Failed> {
        let mut all = Self::default();
        for (&server, &port) in wanted {
            let program = server.program();
            let version = server.version().ok_or_else(|| {
                Failed::new(&format!("start {program}"), "this rehearsal was begun with it, and it is not on the PATH")
            })?;
            let place = directory.join(PLACE).join(program);
            fs::create_dir_all(&place).map_err(|error| Failed::new("make a directory", &error.to_string()))?;
            await_port(program, port)?;
            let child = match server {
                RealServer::Devpi => devpi(&place, port)?,
                RealServer::Verdaccio => verdaccio(&place, port)?,
            };
            all.running.push((server, version, child));
            match server {
                RealServer::Devpi => make_index(port)?,
                RealServer::Verdaccio => all.npm_token = Some(log_in(port)?),
            }
        }
        Ok(all)
    }

    /// The maintainer's token at the npm registry, where that is a real one.
    pub fn npm_token(&self) -> Option<SecretString> {
        self.npm_token.clone()
    }

    /// Each with its version: `devpi-server 6.20.3`.
    pub fn names(&self) -> Vec<String> {
        self.running.iter().map(|(server, version, _)| format!("{} {version}", server.program())).collect()
    }
}

impl Drop for RealServers {
    fn drop(&mut self) {
        for (_, _, child) in &mut self.running {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// A port that a run before this one used is free once its server has ended.
fn await_port(program: &str, port: u16) -> Result<(), Failed> {
    let begun = Instant::now();
    while let Err(error) = std::net::TcpListener::bind(("127.0.0.1", port)) {
        if begun.elapsed() > PATIENCE {
            return Err(Failed::new(&format!("start {program}"), &format!("port {port}: {error}")));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn devpi(place: &Path, port: u16) -> Result<Child, Failed> {
    let state = place.join("state");
    let arguments = ["--serverdir", "state", "--no-root-pypi"];
    if !state.is_dir() {
        run(place, "devpi-init", &arguments, &[])?;
    }
    started(place, &["devpi-server", "--serverdir", "state", "--host", "127.0.0.1", "--port", &port.to_string()])
}

fn verdaccio(place: &Path, port: u16) -> Result<Child, Failed> {
    let settings = json!({
        "storage": place.join("storage"),
        "auth": { "htpasswd": { "file": place.join("accounts") } },
        "packages": { "**": { "access": "$all", "publish": "$authenticated" } },
        "log": { "type": "file", "path": place.join("verdaccio.log"), "level": "warn" },
    });
    // YAML, which has JSON in it.
    let path = place.join("config.yaml");
    fs::write(&path, settings.to_string()).map_err(|error| Failed::new("write config.yaml", &error.to_string()))?;
    started(place, &["verdaccio", "--config", "config.yaml", "--listen", &format!("127.0.0.1:{port}")])
}

fn started(place: &Path, command: &[&str]) -> Result<Child, Failed> {
    let fail = |error: std::io::Error| Failed::new(&format!("start {}", command[0]), &error.to_string());
    let said = fs::File::create(place.join("output")).map_err(fail)?;
    let shell = ["-c", UNTIL_LET_GO, "sh"];
    let mut started = Command::new("sh");
    started.args(shell).args(command).current_dir(place).stdin(Stdio::piped()).stdout(said.try_clone().map_err(fail)?);
    started.stderr(said).spawn().map_err(fail)
}

fn web(name: &str, port: u16, login: Login) -> Result<Web, Failed> {
    let limits = Limits { attempts: 1, ..Limits::default() };
    let web = Web::new(name, &format!("http://127.0.0.1:{port}"), login, Effects::unwatched());
    web.map(|web| web.limited(limits)).map_err(|error| Failed::new(&format!("reach {name}"), &error.to_string()))
}

/// Sends it until somebody listens.
fn put(web: &Web, path: &[&str], body: &Value) -> Result<Value, Failed> {
    let begun = Instant::now();
    loop {
        match web.send(Request::new(Method::PUT, web.at(path), Body::Json(body.clone()))) {
            Ok(answer) => return Ok(answer.json().unwrap_or_default()),
            // Of a world that is taken up again it is there already.
            Err(error) if error.status().is_some_and(|status| status.as_u16() == 409) => return Ok(Value::Null),
            Err(error) if error.status().is_some() || begun.elapsed() > PATIENCE => {
                return Err(Failed::new(&format!("set up {}", web.service()), &error.to_string()));
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// An index that keeps each file for good, for the maintainer with the stand-in's token.
fn make_index(port: u16) -> Result<(), Failed> {
    let root = Login::Basic("root".to_owned(), String::new().into());
    put(&web("devpi", port, root)?, &[TOKEN_USER], &json!({ "password": pypi::MAINTAINER }))?;
    let maintainer = Login::Basic(TOKEN_USER.to_owned(), pypi::MAINTAINER.into());
    put(&web("devpi", port, maintainer)?, &[TOKEN_USER, "release"], &json!({ "volatile": false, "bases": [] }))?;
    Ok(())
}

fn log_in(port: u16) -> Result<SecretString, Failed> {
    let (name, password) = MAINTAINER;
    let user = format!("org.couchdb.user:{name}");
    let account = json!({ "name": name, "password": password });
    // Of an account that is there, verdaccio takes the login in the place of its making.
    let login = Login::Basic(name.to_owned(), password.into());
    let anonymous = put(&web("verdaccio", port, Login::Anonymous)?, &["-", "user", &user], &account)?;
    let answer = match anonymous["token"].is_string() {
        true => anonymous,
        false => put(&web("verdaccio", port, login)?, &["-", "user", &user], &account)?,
    };
    let token = answer["token"].as_str().ok_or_else(|| Failed::new("log in at verdaccio", "it gives no token"))?;
    Ok(token.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_product_has_and_the_machine_has_is_used() {
        let product: toml::Table = "[git]\nurl = \"x\"\n".parse().unwrap();
        assert_eq!(RealServer::present(&product, || Some(1)), BTreeMap::new());
        let fields = RealServer::Devpi.fields(8080);
        assert_eq!(fields[1].1.as_str(), Some("http://127.0.0.1:8080/__token__/release/"));
    }

    #[test]
    fn a_server_ends_when_nobody_holds_it() {
        let place = tempfile::tempdir().unwrap();
        let mut child = started(place.path(), &["sleep", "600"]).unwrap();
        assert!(child.try_wait().unwrap().is_none());
        drop(child.stdin.take());
        assert!(!child.wait().unwrap().success(), "it was ended");
    }

    #[test]
    fn a_server_that_is_gone_is_named() {
        let place = tempfile::tempdir().unwrap();
        let wanted = BTreeMap::from([(RealServer::Devpi, 1)]);
        if RealServer::Devpi.version().is_none() {
            let error = RealServers::start(place.path(), &wanted).unwrap_err().to_string();
            assert!(error.contains("devpi-server") && error.contains("not on the PATH"), "{error}");
        }
    }
}
