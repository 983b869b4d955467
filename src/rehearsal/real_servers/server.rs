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
}

/// Where a server serves which world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// The world's directory.
    pub world: &'a Path,
    /// The port of loopback that it listens on.
    pub port: u16,
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

    /// The fields of its table that lead to it.
    fn fields(&self, site: &Site<'_>) -> Vec<(&'static str, Value)>;

    /// Starts it, with its state in its place, which is there.
    fn start(&self, site: &Site<'_>) -> Result<Child, Failed>;

    /// Makes what a release finds there, once it listens; in a world that is taken up again all of
    /// that is there already.
    fn set_up(&self, site: &Site<'_>) -> Result<(), Failed>;
}

impl RealServer {
    const ALL: [Self; 3] = [Self::Devpi, Self::Verdaccio, Self::DockerRegistry];

    pub(super) fn server(self) -> &'static dyn Server {
        match self {
            Self::Devpi => &Devpi,
            Self::Verdaccio => &Verdaccio,
            Self::DockerRegistry => &DockerRegistry,
        }
    }

    pub(super) fn site(self, world: &Path, port: u16) -> Site<'_> {
        Site { world, port, name: self.server().name() }
    }

    /// Those that are on the PATH and that the product has a use for, each with the port that it
    /// is to listen on.
    pub fn present(configuration: &Table, mut port: impl FnMut() -> Option<u16>) -> BTreeMap<Self, u16> {
        let used = |server: &Self| {
            configuration.contains_key(server.server().section()) && server.server().version().is_some()
        };
        Self::ALL.into_iter().filter(used).filter_map(|server| Some((server, port()?))).collect()
    }

    /// Has the product's configuration lead to it, listening on `port` for the world in `directory`.
    pub(in crate::rehearsal) fn point_at(self, configuration: &mut Table, directory: &Path, port: u16) {
        let server = self.server();
        if let Some(Value::Table(section)) = configuration.get_mut(server.section()) {
            for (key, value) in server.fields(&self.site(directory, port)) {
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
        assert_eq!(RealServer::present(&product, || Some(1)), BTreeMap::new());
        let mut product: Table = "[pypi]\nname = \"x\"\nindex = \"y\"\n".parse().unwrap();
        RealServer::Devpi.point_at(&mut product, Path::new("/w"), 8080);
        RealServer::Verdaccio.point_at(&mut product, Path::new("/w"), 8081);
        let pointed: Table = "[pypi]\nname = \"x\"\nindex = \"http://127.0.0.1:8080/__token__/release/+simple\"\n\
                              upload = \"http://127.0.0.1:8080/__token__/release/\"\n"
            .parse()
            .unwrap();
        assert_eq!(product, pointed, "what the product does not have is not added");
    }
}
