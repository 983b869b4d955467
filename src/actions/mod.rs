// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a step can do: one file per action, each saying what is true afterwards.
//!
//! An action does not print, prompt, read the environment or the clock, build a
//! client, call another action, retry, or touch the journal.

mod add_key;
mod addresses;
#[cfg(test)]
mod artifact_tests;
mod await_votes;
mod build_artifacts;
mod building;
mod clone;
mod create_branch;
mod date_change;
mod delete_remote_refs;
mod edit_commands;
mod elsewhere;
pub(crate) mod failures;
#[cfg(test)]
pub(crate) mod fault_tests;
#[cfg(test)]
mod git_contract_tests;
#[cfg(test)]
mod git_tests;
mod hash_artifacts;
mod list_contributors;
pub mod maven;
mod merge_pull_request;
#[cfg(test)]
mod offline;
pub mod packages;
mod prepare_text;
mod promote_candidate;
pub mod proposals;
pub(crate) mod propose_change;
mod publish_on_github;
#[cfg(test)]
mod pull_request_tests;
mod push;
mod record_finding;
mod record_vote;
mod registry;
mod removal;
mod remove_directories;
mod remove_outdated_releases;
mod seen;
mod send_mail;
mod services;
pub(crate) mod set_versions;
pub(crate) mod shell;
mod sign_artifacts;
pub(crate) mod sign_tag;
mod source_archive;
mod stage_candidate;
pub(crate) mod subversion;
#[cfg(test)]
mod subversion_tests;
mod track_branch;
pub mod tracker;
mod trial_build;
pub mod voting;
mod wait;
mod write_manifest;

pub(crate) use add_key::PublishedKeys;
pub use add_key::{AddKey, KeyAdded};
pub use await_votes::AwaitVotes;
pub use build_artifacts::{BuildArtifacts, BuildArtifactsOutput, StandIn};
pub use create_branch::{BranchCreated, CreateBranch};
pub use date_change::DateChange;
pub use delete_remote_refs::{DeleteRemoteRefs, DeletedRef, RefsDeleted};
pub use hash_artifacts::{HashArtifacts, HashArtifactsOutput};
pub use list_contributors::ListContributors;
pub use merge_pull_request::{MergePullRequest, PullMerged, ShownPage};
#[cfg(test)]
pub(crate) use offline::offline;
pub use prepare_text::PrepareText;
pub use promote_candidate::{PromoteCandidate, Promoted};
pub use propose_change::{PlannedCommit, PlannedPull, PlannedRun, PlannedVersions, ProposeChange, Proposed};
pub use publish_on_github::{PublishOnGitHub, PublishedOnGitHub};
pub use push::{Push, Pushed, PushedRef, Update};
pub use record_finding::RecordFinding;
pub use record_vote::RecordVote;
pub use registry::registry;
pub use removal::Removed;
pub use remove_directories::RemoveDirectories;
pub use remove_outdated_releases::RemoveOutdatedReleases;
pub use seen::Seen;
pub use send_mail::SendMail;
pub use services::{Author, Services};
pub use set_versions::{SetVersions, VersionsSet};
pub use sign_artifacts::{SignArtifacts, SignArtifactsOutput};
pub use sign_tag::{SignTag, SignedTag, TagsSigned};
pub use source_archive::{MakeSourceArchive, SourceArchiveOutput};
pub(crate) use stage_candidate::demand_files;
pub use stage_candidate::{StageCandidate, Staged};
pub use track_branch::TrackBranch;
pub use trial_build::{TrialBuild, TrialBuildOutput};
pub use wait::Wait;
pub use write_manifest::{WriteManifest, WriteManifestOutput};
