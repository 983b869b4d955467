// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes and proposals by the bylaws: pure.

mod approval;
mod ballot_box;
mod bylaws;
mod file_fault;
mod file_used;
mod majority;
pub mod proposals;
pub mod reading;
mod roster;
mod roster_file;
mod statement;
mod tally;
mod voting_period;

pub use approval::{BindingVotes, decide, decide_by, still_missing};
pub use ballot_box::{BallotBox, BallotBoxError, Ballots};
pub use bylaws::{Action, Approval, Bylaws};
pub use file_fault::FileFault;
pub use file_used::{FileUsed, changed_files};
pub use majority::{Decision, Outcome, lazy_majority};
pub use roster::{Holding, Member, Office, Roster, home_address};
pub use statement::{
    Cast, Claim, ClaimedCounts, ClaimedResult, ClaimedVoter, Head, Role, Route, Says, Statement, VoteValue,
};
pub use tally::{
    BylawsUsed, Cancellation, Case, CountedVote, EarlierVote, LeftOut, MailAccount, Reminder, ResultMail, Review,
    RosterUsed, Round, Ruling, SaidAfter, Tally, Totals, Verdict, VoteOutcome, tally,
};
pub use voting_period::{STILL_RUNS, VotingPeriod};
