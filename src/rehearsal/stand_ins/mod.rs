// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Services that cannot be had on one machine, as stand-ins on loopback: with real
//! state in files, real paths, status codes and error bodies, and faults on demand.
//! Each is below its own name: `http://127.0.0.1:PORT/nexus`.

pub mod confluence;
mod faults;
mod form;
pub mod github;
mod host;
pub mod images;
pub mod jira;
mod kept;
pub mod nexus;
pub mod npm;
mod pages;
pub mod pypi;
mod sites;

use std::io;
use std::path::Path;

use axum::Router;

pub use faults::{Fault, FaultKind, Faults};
pub use host::Host;
pub(super) use images::dockerfile_of;
pub use kept::Kept;
pub use sites::Sites;

/// All stand-ins, at one port.
#[derive(Debug)]
pub struct StandIns(Host);

impl StandIns {
    /// Starts all on `port` of loopback (0: a free one), with their state under `directory`.
    ///
    /// # Errors
    /// When the port cannot be had, or the state not be read.
    pub fn start(directory: &Path, port: u16, faults: Faults) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let router = Router::new()
            .nest("/confluence", confluence::router(directory)?)
            .nest("/github", github::router(&directory.join("github"))?)
            .nest("/images", images::router(directory))
            .nest("/jira", jira::router(directory)?)
            .nest("/nexus", nexus::router(&directory.join("nexus"))?)
            .nest("/npm", npm::router(directory)?)
            .nest("/pages", pages::router(directory))
            .nest("/pypi", pypi::router(directory)?);
        Host::start("stand-ins", port, router, faults).map(Self)
    }

    /// The base address of one of them: `nexus`.
    pub fn base(&self, name: &str) -> String {
        format!("{}/{name}", self.0.base())
    }

    /// The port that they listen on.
    pub fn port(&self) -> u16 {
        self.0.port()
    }
}
