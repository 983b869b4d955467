// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The servers of one world, from their start to their end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;

use secrecy::SecretString;

use super::process::{await_listening, await_port};
use super::server::RealServer;
use super::{exim, httpd, verdaccio};
use crate::rehearsal::command::Failed;
use crate::rehearsal::smtp_server::SmtpAccount;

/// The servers of one world, running.
#[derive(Debug, Default)]
pub struct RealServers {
    running: Vec<Running>,
    npm_token: Option<SecretString>,
    svn: Option<(String, SecretString)>,
    /// The place of the relay.
    relay: Option<PathBuf>,
}

#[derive(Debug)]
struct Running {
    version: String,
    child: Child,
}

impl RealServers {
    /// Starts those of the world in `directory`, whose own mail server listens at `lists_port`
    /// already.
    ///
    /// # Errors
    /// When one is not there any more, or does not come up.
    pub fn start(directory: &Path, lists_port: u16, wanted: &BTreeMap<RealServer, u16>) -> Result<Self, Failed> {
        let mut all = Self::default();
        for (&kind, &port) in wanted {
            let (server, site) = (kind.server(), kind.site(directory, port, lists_port));
            let version = server.version().ok_or_else(|| {
                let why = "this rehearsal was begun with it, and it is not on the PATH";
                Failed::new(&format!("start {}", server.name()), why)
            })?;
            fs::create_dir_all(site.place()).map_err(|error| Failed::new("make a directory", &error.to_string()))?;
            await_port(&site)?;
            all.running.push(Running { version, child: server.start(&site)? });
            await_listening(&site)?;
            server.set_up(&site)?;
            match kind {
                RealServer::Verdaccio => all.npm_token = Some(verdaccio::log_in(&site)?),
                RealServer::Httpd => all.svn = Some((httpd::ACCOUNT.0.to_owned(), httpd::ACCOUNT.1.into())),
                RealServer::Exim => all.relay = Some(site.place()),
                RealServer::Devpi | RealServer::DockerRegistry => {}
            }
        }
        Ok(all)
    }

    /// The maintainer's token at the npm registry, where that is a real one.
    pub fn npm_token(&self) -> Option<SecretString> {
        self.npm_token.clone()
    }

    /// Who may write to the repository, by password, where that is served by a real server.
    pub fn svn_account(&self) -> Option<(String, SecretString)> {
        self.svn.clone()
    }

    /// The account at the relay, where that is a real one.
    pub fn smtp_account(&self) -> Option<SmtpAccount> {
        let (user, password) = exim::ACCOUNT;
        self.relay.is_some().then(|| SmtpAccount { user: user.to_owned(), password: password.into() })
    }

    /// Whether the relay is a real one, which hands on what it takes a moment later.
    pub fn relays(&self) -> bool {
        self.relay.is_some()
    }

    /// Waits until the relay has handed on what it took.
    ///
    /// # Errors
    /// When it does not do so in a minute.
    pub fn await_delivery(&self) -> Result<(), Failed> {
        self.relay.as_deref().map_or(Ok(()), exim::await_delivery)
    }

    /// Each with its version: `devpi-server 6.20.3`.
    pub fn names(&self) -> Vec<String> {
        self.running.iter().map(|running| running.version.clone()).collect()
    }
}

impl Drop for RealServers {
    fn drop(&mut self) {
        for Running { child, .. } in &mut self.running {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_gone_is_named() {
        let place = tempfile::tempdir().unwrap();
        let wanted = BTreeMap::from([(RealServer::Devpi, 1)]);
        if RealServer::Devpi.server().version().is_none() {
            let error = RealServers::start(place.path(), 1, &wanted).unwrap_err().to_string();
            assert!(error.contains("devpi-server") && error.contains("not on the PATH"), "{error}");
        }
    }
}
