// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a check can ask of the truth: one file per probe, read-only.

mod branch_at_version;
mod branch_has_fixes;
mod candidate_verifies;
mod edits_hold;
mod git_signing_key;
mod hashes_hold;
mod key_published;
mod licence_headers;
mod lost;
mod mail_archived;
mod manifest_unchanged;
mod maven_settings;
mod product_rules;
mod remote_branch;
mod remote_lacks;
mod remote_tags;
mod signatures_hold;
mod svn_holds;
mod svn_lacks;
mod tags_free;
mod unreleased;
mod vote_passed;

pub use branch_at_version::BranchAtVersion;
pub use branch_has_fixes::BranchHasFixes;
pub use candidate_verifies::CandidateVerifies;
pub use edits_hold::EditsHold;
pub use git_signing_key::GitSigningKey;
pub use hashes_hold::HashesHold;
pub use key_published::KeyPublished;
pub use licence_headers::LicenceHeaders;
pub use mail_archived::MailArchived;
pub use manifest_unchanged::ManifestUnchanged;
pub use maven_settings::MavenSettings;
pub use product_rules::{ProductRulesError, product_rules, stand_ins};
pub use remote_branch::RemoteBranch;
pub use remote_lacks::RemoteLacks;
pub use remote_tags::RemoteTags;
pub use signatures_hold::SignaturesHold;
pub use svn_holds::SvnHolds;
pub use svn_lacks::SvnLacks;
pub use tags_free::TagsFree;
pub use unreleased::Unreleased;
pub use vote_passed::VotePassed;
