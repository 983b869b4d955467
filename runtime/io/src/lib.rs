// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How messages come in and how records go out.
//!
//! [`Ingress`], [`Router`] and [`Egress`] say what the program asks of either end. The
//! playground's two are here: HTTP on a port of this machine, for curl. A broker's would be
//! further files beside them.

mod ends;
mod listen;
mod playground_egress;
mod playground_ingress;

pub use ends::{ByName, Egress, Incoming, Ingress, Router, ToEach, Work};
pub use listen::{ListenError, Listener, serve};
pub use playground_egress::{EGRESS_NAME, PlaygroundEgress, PlaygroundFormat};
pub use playground_ingress::PlaygroundIngress;
