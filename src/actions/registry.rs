// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The names under which workflows know actions and probes.

use super::{RecordVote, Services};
use crate::engine::Registry;
use crate::probes::VotePassed;

/// All actions and probes.
pub fn registry() -> Registry<Services> {
    Registry::new().action::<RecordVote>("record-vote").probe::<VotePassed>("vote-passed")
}
