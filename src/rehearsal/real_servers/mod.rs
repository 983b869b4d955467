// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Real servers in the place of stand-ins, where they are on this machine: devpi for the Python
//! package index, verdaccio for the npm registry, docker-registry for the images, Apache httpd for
//! the Subversion repository, Exim for the relay. Each serves one world on loopback, keeps its state
//! there, and ends with the process that started it, however that ends.

mod devpi;
mod docker_registry;
mod exim;
mod httpd;
mod process;
mod running;
mod server;
mod service_user;
mod verdaccio;

pub(super) use exim::AT_THE_LISTS;
pub use running::RealServers;
pub(super) use server::Present;
pub use server::RealServer;
