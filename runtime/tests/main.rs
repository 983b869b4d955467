// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The program with real processes: functions on the published SDKs, kills, what functions
//! answer wrongly, what people write wrongly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a run counted is worth reading")]

mod command_line;
mod failures;
mod functions;
mod limits;
mod metrics;
mod outages;
mod playground;
mod sdks;
mod smoke;
mod storm;
mod transports;
mod upstream;
mod world;
