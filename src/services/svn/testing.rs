// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Real repositories and a real server for tests.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;

use super::{Change, CommitNote, Revision, Svn, SvnUrl};
use crate::services::Effects;

/// A repository of its own, with `dev` and `release` in revision 1.
pub(crate) struct Repository {
    directory: TempDir,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self { directory: tempfile::tempdir().unwrap() };
        let created = Command::new("svnadmin").arg("create").arg(repository.path()).status().unwrap();
        assert!(created.success());
        let top = ["dev", "release"].map(|name| Change::MakeDirectory(repository.url(name)));
        assert_eq!(repository.commit(&top), Revision(1));
        repository
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("repository")
    }

    /// A directory for whatever a test needs.
    pub(crate) fn scratch(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn url(&self, path: &str) -> SvnUrl {
        SvnUrl::try_from(format!("file://{}", self.path().display())).unwrap().join(path).unwrap()
    }

    pub(crate) fn svn(&self, effects: Effects) -> Svn {
        Svn::new(None, Some(self.scratch().join("config")), effects)
    }

    pub(crate) fn svn_as(&self, user: &str, password: &str) -> Svn {
        let account = (user.to_owned(), SecretString::from(password));
        Svn::new(Some(account), Some(self.scratch().join("config")), Effects::unwatched())
    }

    /// A commit by somebody else.
    pub(crate) fn commit(&self, changes: &[Change]) -> Revision {
        let note = CommitNote { message: "by hand", run: "another" };
        self.svn(Effects::unwatched()).commit(changes, None, note).unwrap()
    }

    /// Puts `text` at `path`, as somebody else would.
    pub(crate) fn put(&self, path: &str, text: &str) -> Revision {
        let file = self.scratch().join("put");
        fs::write(&file, text).unwrap();
        self.commit(&[Change::Put { file, to: self.url(path) }])
    }

    /// A directory with files in it, as somebody else would make it.
    pub(crate) fn make(&self, directory: &str, files: &[(&str, &str)]) -> Revision {
        let mut changes = vec![Change::MakeDirectory(self.url(directory))];
        for (name, text) in files {
            let file = self.scratch().join(format!("make-{name}"));
            fs::write(&file, text).unwrap();
            changes.push(Change::Put { file, to: self.url(directory).join(name).unwrap() });
        }
        self.commit(&changes)
    }

    pub(crate) fn hook(&self, name: &str, script: &str) {
        executable(&self.path().join("hooks").join(name), script);
    }

    /// What `svnlook` says, which reads the repository without our client.
    pub(crate) fn look(&self, arguments: &[&str]) -> String {
        let (subject, rest) = arguments.split_first().unwrap();
        let mut command = Command::new("svnlook");
        command.arg(subject).arg(self.path()).args(rest).env("LC_ALL", "C.UTF-8");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Serves the repository to ann (writes), bob (reads) and anybody (reads).
    pub(crate) fn serve(&self) -> Server {
        let configuration =
            "[general]\nanon-access = read\nauth-access = write\npassword-db = passwd\nauthz-db = authz\n";
        let conf = self.path().join("conf");
        fs::write(conf.join("svnserve.conf"), configuration).unwrap();
        fs::write(conf.join("passwd"), "[users]\nann = s3cret-of-ann\nbob = s3cret-of-bob\n").unwrap();
        fs::write(conf.join("authz"), "[/]\nann = rw\nbob = r\n* = r\n").unwrap();
        Server::start(self.directory.path())
    }
}

/// An executable script at `path`. Another process writes it: were it open for
/// writing here when another test forks, it could not be run.
pub(crate) fn executable(path: &Path, script: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"]).arg(path).arg(script);
    assert!(command.status().unwrap().success());
}

/// A running `svnserve`.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// On a free port; on another where somebody else was quicker to take it.
    fn start(root: &Path) -> Self {
        loop {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let mut command = Command::new("svnserve");
            command.args([
                "--daemon",
                "--foreground",
                "--listen-host",
                "127.0.0.1",
                "--listen-port",
                &port.to_string(),
            ]);
            let child = command.arg("--root").arg(root).stdin(Stdio::null()).spawn().unwrap();
            let mut server = Self { child, port };
            while server.runs() {
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() && server.runs() {
                    return server;
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
    }

    fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn url(&self, path: &str) -> SvnUrl {
        SvnUrl::try_from(format!("svn://127.0.0.1:{}/repository/{path}", self.port)).unwrap()
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
