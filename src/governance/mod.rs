// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes and proposals by the bylaws: pure.

mod ballot_box;
mod majority;
mod statement;
mod voting_period;

pub use ballot_box::{BallotBox, BallotBoxError, Ballots};
pub use majority::{Decision, Outcome, lazy_majority};
pub use statement::{
    Cast, Claim, ClaimedCounts, ClaimedResult, ClaimedVoter, Head, Role, Route, Says, Statement, VoteValue,
};
pub use voting_period::{STILL_RUNS, VotingPeriod};
