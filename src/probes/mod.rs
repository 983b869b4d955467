// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a check can ask of the truth: one file per probe, read-only.

mod agent_signs;
mod branch_at_version;
mod branch_has_fixes;
mod candidate_verifies;
mod change_holds;
mod checks_passed;
mod edits_hold;
mod git_signing_key;
mod hashes_hold;
mod images_served;
mod key_published;
mod licence_headers;
mod links_answer;
mod lost;
mod mail_archived;
mod manifest_unchanged;
mod maven_settings;
mod no_open_issues;
mod notes_audited;
pub(crate) mod own_key;
mod page_shows;
mod product_rules;
mod pull_request_open;
mod remote_branch;
mod remote_lacks;
mod remote_tags;
mod signatures_hold;
mod svn_holds;
mod svn_lacks;
mod tags_free;
mod tracker_version;
mod unreleased;
mod vote_passed;

pub use agent_signs::AgentSigns;
pub use branch_at_version::BranchAtVersion;
pub use branch_has_fixes::BranchHasFixes;
pub use candidate_verifies::CandidateVerifies;
pub(crate) use candidate_verifies::{keys as keys_at, signing_time};
pub use change_holds::ChangeHolds;
pub use checks_passed::ChecksPassed;
pub use edits_hold::EditsHold;
pub use git_signing_key::GitSigningKey;
pub use hashes_hold::HashesHold;
pub use images_served::ImagesServed;
pub use key_published::KeyPublished;
pub use licence_headers::LicenceHeaders;
pub use links_answer::LinksAnswer;
pub use mail_archived::MailArchived;
pub use manifest_unchanged::ManifestUnchanged;
pub use maven_settings::MavenSettings;
pub use no_open_issues::NoOpenIssues;
pub use notes_audited::NotesAuditedIs;
pub use own_key::OwnKeyFits;
pub use page_shows::PageShows;
pub use product_rules::{ProductRulesError, product_rules, stand_ins};
pub use pull_request_open::PullRequestOpen;
pub use remote_branch::RemoteBranch;
pub use remote_lacks::RemoteLacks;
pub use remote_tags::RemoteTags;
pub use signatures_hold::SignaturesHold;
pub use svn_holds::SvnHolds;
pub use svn_lacks::SvnLacks;
pub use tags_free::TagsFree;
pub use tracker_version::TrackerVersionIs;
pub use unreleased::Unreleased;
pub use vote_passed::VotePassed;
