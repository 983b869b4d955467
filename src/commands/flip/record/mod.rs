// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The record of a proposal: begun, read, and carried on by the engine as a release's is.

mod begin;
mod options;
mod session;
mod short;
mod start;
mod values;

pub use begin::{Beginning, begin};
pub use options::Options;
pub use session::{is_proposal, proposal_session, read_proposal};
pub use short::{DiscussArgs, ResultArgs, VoteArgs, run_discuss, run_result, run_vote};
pub use start::{Args as StartArgs, run as run_start};
pub use values::ProposalValues;
