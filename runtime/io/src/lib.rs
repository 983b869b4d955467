// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How messages come in and how records go out.
//!
//! The playground's two ends are here: HTTP on a port of this machine, for curl. A broker's
//! would be further files beside them: an ingress hands messages to the runtime and has them
//! acknowledged when they are on the disk; an egress reads what is on the disk.

mod listen;
mod playground_egress;
mod playground_ingress;

pub use listen::{ListenError, Listener, serve};
pub use playground_egress::{EGRESS_NAME, PlaygroundFormat, playground_egress};
pub use playground_ingress::playground_ingress;
