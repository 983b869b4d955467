// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is common to the servers: asking a program for its version, starting it so that it ends with
//! this process, and waiting until it answers.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::server::Site;
use crate::rehearsal::command::Failed;
use crate::services::{Body, Effects, Limits, Login, Request, Web};

/// How long one may take to come up, or to leave its port.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether one did.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// Runs a program until nobody holds the other end of its standard input any more: it ends also
/// when this process is killed. What ends this process from a terminal ends it by that alone.
const UNTIL_LET_GO: &str = r#""$@" & child=$!; trap '' HUP INT QUIT TERM; read -r _; kill "$child"; wait "$child""#;
/// Where in its place a server's words are kept.
const OUTPUT: &str = "output";

/// What a program says when it is asked for its version; `None` where it is not on the PATH.
pub(super) fn said(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

/// The same, whatever its exit code.
pub(super) fn said_of_any(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where on the PATH a program is.
pub(super) fn found(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|place| place.join(program)).find(|file| file.is_file())
}

/// A port that a run before this one used is free once its server has ended.
pub(super) fn await_port(site: &Site<'_>) -> Result<(), Failed> {
    let begun = Instant::now();
    while let Err(error) = TcpListener::bind(("127.0.0.1", site.port)) {
        if begun.elapsed() > PATIENCE {
            return Err(Failed::new(&format!("start {}", site.name), &format!("port {}: {error}", site.port)));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Starts `command` in the server's place.
pub(super) fn started(place: &Path, command: &[&str]) -> Result<Child, Failed> {
    let fail = |error: std::io::Error| Failed::new(&format!("start {}", command[0]), &error.to_string());
    let said = fs::File::create(place.join(OUTPUT)).map_err(fail)?;
    let shell = ["-c", UNTIL_LET_GO, "sh"];
    let mut started = Command::new("sh");
    started.args(shell).args(command).current_dir(place).stdin(Stdio::piped()).stdout(said.try_clone().map_err(fail)?);
    started.stderr(said).spawn().map_err(fail)
}

/// Waits until somebody listens at the server's port.
pub(super) fn await_listening(site: &Site<'_>) -> Result<(), Failed> {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", site.port)).is_err() {
        if begun.elapsed() > PATIENCE {
            let said = fs::read_to_string(site.place().join(OUTPUT)).unwrap_or_default();
            let last = said.trim().lines().next_back().unwrap_or("it said nothing");
            let why = format!("nobody listens at port {} after {} s: {last}", site.port, PATIENCE.as_secs());
            return Err(Failed::new(&format!("start {}", site.name), &why));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// The server as an account sees it.
pub(super) fn web(site: &Site<'_>, login: Login) -> Result<Web, Failed> {
    let limits = Limits { attempts: 1, ..Limits::default() };
    let web = Web::new(site.name, &format!("http://127.0.0.1:{}", site.port), login, Effects::unwatched());
    web.map(|web| web.limited(limits)).map_err(|error| Failed::new(&format!("reach {}", site.name), &error.to_string()))
}

/// Puts `body` there until the server takes it.
pub(super) fn put(web: &Web, path: &[&str], body: &Value) -> Result<Value, Failed> {
    let begun = Instant::now();
    loop {
        match web.send(Request::new(Method::PUT, web.at(path), Body::Json(body.clone()))) {
            Ok(answer) => return Ok(answer.json().unwrap_or_default()),
            // Of a world that is taken up again it is there already.
            Err(error) if error.status().is_some_and(|status| status.as_u16() == 409) => return Ok(Value::Null),
            Err(error) if error.status().is_some() || begun.elapsed() > PATIENCE => {
                return Err(Failed::new(&format!("set up {}", web.service()), &error.to_string()));
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_ends_when_nobody_holds_it() {
        let place = tempfile::tempdir().unwrap();
        let mut child = started(place.path(), &["sleep", "600"]).unwrap();
        assert!(child.try_wait().unwrap().is_none());
        drop(child.stdin.take());
        assert!(!child.wait().unwrap().success(), "it was ended");
    }

    /// A terminal's interruption goes to all that it runs: the server is still ended.
    #[test]
    fn what_interrupts_this_process_does_not_leave_a_server_behind() {
        let place = tempfile::tempdir().unwrap();
        let script = "echo $$ > pid; exec sleep 600";
        let mut child = started(place.path(), &["sh", "-c", script]).unwrap();
        let begun = Instant::now();
        let server = loop {
            assert!(begun.elapsed() < PATIENCE);
            match fs::read_to_string(place.path().join("pid")).ok().and_then(|text| text.trim().parse::<i32>().ok()) {
                Some(pid) => break rustix::process::Pid::from_raw(pid).unwrap(),
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        // the shell has set its trap by the time that its child runs, or soon after
        thread::sleep(PAUSE);
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
        thread::sleep(PAUSE);
        assert!(child.try_wait().unwrap().is_none(), "it waits to be let go");
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(rustix::process::test_kill_process(server).is_err(), "the server has ended");
    }
}
