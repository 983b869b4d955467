// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The kinds of servers, and what each has to say of itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Child;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::devpi::Devpi;
use super::docker_registry::DockerRegistry;
use super::exim::Exim;
use super::httpd::Httpd;
use super::verdaccio::Verdaccio;
use crate::rehearsal::command::Failed;

/// Where they keep their state in a world.
const PLACE: &str = "servers";

/// A server that a rehearsal uses where it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RealServer {
    /// For the Python package index.
    Devpi,
    /// For the npm registry.
    Verdaccio,
    /// For the registry of container images.
    DockerRegistry,
    /// For the Subversion repository, which is otherwise used by its path.
    Httpd,
    /// For the mail relay, which hands on to the world's mail server.
    Exim,
}

/// What of the servers is there for a world.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::rehearsal) struct Present {
    /// What is used, with its port.
    pub used: BTreeMap<RealServer, u16>,
    /// What cannot be used, and why.
    pub left_out: BTreeMap<RealServer, String>,
}

/// Where a server serves which world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// The world's directory.
    pub world: &'a Path,
    /// The port of loopback that it listens on.
    pub port: u16,
    /// The port of the world's mail server, which is that of the lists.
    pub lists_port: u16,
    /// Its name, which its directory has.
    pub name: &'static str,
}

impl Site<'_> {
    /// The server's own directory.
    pub(super) fn place(&self) -> PathBuf {
        self.world.join(PLACE).join(self.name)
    }
}

/// What one kind of server says of itself.
pub(super) trait Server: Sync {
    /// Its name: that of its program.
    fn name(&self) -> &'static str;

    /// The table of the product's configuration that it is for.
    fn section(&self) -> &'static str;

    /// Its name with its version, `devpi-server 6.20.3`, and what else it needs; `None` where
    /// something of it is not on the PATH.
    fn version(&self) -> Option<String>;

    /// Why it cannot serve a world in this directory, though it is on the PATH.
    fn hindrance(&self, _world: &Path) -> Option<String> {
        None
    }

    /// The fields of its table that lead to it, for a product of `project`.
    fn fields(&self, site: &Site<'_>, project: &str) -> Vec<(&'static str, Value)>;

    /// Starts it, with its state in its place, which is there.
    fn start(&self, site: &Site<'_>) -> Result<Child, Failed>;

    /// Makes what a release finds there, once it listens; in a world that is taken up again all of
    /// that is there already.
    fn set_up(&self, site: &Site<'_>) -> Result<(), Failed>;
}

impl RealServer {
    const ALL: [Self; 5] = [Self::Devpi, Self::Verdaccio, Self::DockerRegistry, Self::Httpd, Self::Exim];

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.server().name()
    }

    pub(super) fn server(self) -> &'static dyn Server {
        match self {
            Self::Devpi => &Devpi,
            Self::Verdaccio => &Verdaccio,
            Self::DockerRegistry => &DockerRegistry,
            Self::Httpd => &Httpd,
            Self::Exim => &Exim,
        }
    }

    pub(super) fn site(self, world: &Path, port: u16, lists_port: u16) -> Site<'_> {
        Site { world, port, lists_port, name: self.server().name() }
    }

    /// Those that are on the PATH and that the product has a use for, for a world in `directory`: each
    /// with the port that it is to listen on, or why it cannot be used there.
    pub(in crate::rehearsal) fn present(
        configuration: &Table,
        directory: &Path,
        mut port: impl FnMut() -> Option<u16>,
    ) -> Present {
        let mut present = Present::default();
        for kind in Self::ALL {
            let server = kind.server();
            if !configuration.contains_key(server.section()) || server.version().is_none() {
                continue;
            }
            if let Some(why) = server.hindrance(directory) {
                present.left_out.insert(kind, why);
            } else if let Some(port) = port() {
                present.used.insert(kind, port);
            }
        }
        present
    }

    /// Has the product's configuration lead to it, listening on `port` for the world in `directory`.
    pub(in crate::rehearsal) fn point_at(self, configuration: &mut Table, directory: &Path, port: u16) {
        let server = self.server();
        let project = configuration.get("project").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(Value::Table(section)) = configuration.get_mut(server.section()) {
            for (key, value) in server.fields(&self.site(directory, port, 0), &project) {
                section.insert(key.to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_product_has_and_the_machine_has_is_used() {
        let product: Table = "[git]\nurl = \"x\"\n".parse().unwrap();
        assert_eq!(RealServer::present(&product, Path::new("/w"), || Some(1)), Present::default());
        let mut product: Table = "[pypi]\nname = \"x\"\nindex = \"y\"\n".parse().unwrap();
        RealServer::Devpi.point_at(&mut product, Path::new("/w"), 8080);
        RealServer::Verdaccio.point_at(&mut product, Path::new("/w"), 8081);
        let pointed: Table = "[pypi]\nname = \"x\"\nindex = \"http://127.0.0.1:8080/__token__/release/+simple\"\n\
                              upload = \"http://127.0.0.1:8080/__token__/release/\"\n"
            .parse()
            .unwrap();
        assert_eq!(product, pointed, "what the product does not have is not added");
    }

    #[test]
    fn the_repository_is_reached_over_https_in_the_place_of_its_path() {
        let mut product: Table = "project = \"greeter\"\n[svn]\ndev = \"x\"\n".parse().unwrap();
        RealServer::Httpd.point_at(&mut product, Path::new("/w"), 8443);
        let svn = |key: &str| product["svn"][key].as_str().unwrap().to_owned();
        assert_eq!(svn("dev"), "https://localhost:8443/repos/dist/dev/greeter");
        assert_eq!(svn("keys"), "https://localhost:8443/repos/dist/release/greeter/KEYS");
    }

    #[test]
    fn a_path_that_its_settings_cannot_name_leaves_a_server_out() {
        let server = RealServer::Httpd.server();
        assert!(server.hindrance(Path::new("/tmp/a\"b/world")).is_some_and(|why| why.contains("quotation mark")));
    }
}
