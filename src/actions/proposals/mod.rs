// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Proposals in a registry, in the wiki and in the tracker: reading them, and bringing all three
//! to what was decided.

mod book;
mod bring;
mod edit;
mod of_version;
mod place;
#[cfg(test)]
mod tests;
mod update;
mod wanted;

pub use book::{BookError, IMPORTED, LEDGER, ProposalBook, View, is_inside};
pub use edit::{PageEdit, files_of, follows, no_head};
pub use of_version::{ListProposals, ProposalsAccepted, ReleaseProposals};
pub use place::{ProposalPlace, Publish, book_failed, home_failed};
pub use update::{UpdateProposal, place};
pub use wanted::{one, tally_place};
