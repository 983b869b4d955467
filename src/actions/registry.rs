// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The names under which workflows know actions and probes.

use super::{
    AddKey, AwaitVotes, BuildArtifacts, CreateBranch, DeleteRemoteRefs, HashArtifacts, ListContributors,
    MakeSourceArchive, PrepareText, PromoteCandidate, Push, RecordFinding, RecordVote, RemoveDirectories,
    RemoveOutdatedReleases, SendMail, Services, SetVersions, SignArtifacts, SignTag, StageCandidate, TrackBranch,
    TrialBuild, Wait, WriteManifest,
};
use crate::engine::Registry;
use crate::probes::{
    BranchAtVersion, BranchHasFixes, CandidateVerifies, EditsHold, GitSigningKey, HashesHold, KeyPublished,
    LicenceHeaders, MailArchived, ManifestUnchanged, MavenSettings, RemoteBranch, RemoteLacks, RemoteTags,
    SignaturesHold, SvnHolds, SvnLacks, TagsFree, Unreleased, VotePassed,
};

/// All actions and probes.
pub fn registry() -> Registry<Services> {
    Registry::new()
        .action::<AddKey>("add-key")
        .action::<AwaitVotes>("await-votes")
        .action::<BuildArtifacts>("build-artifacts")
        .action::<CreateBranch>("create-branch")
        .action::<DeleteRemoteRefs>("delete-remote-refs")
        .action::<HashArtifacts>("hash-artifacts")
        .action::<ListContributors>("list-contributors")
        .action::<MakeSourceArchive>("source-archive")
        .action::<PrepareText>("prepare-text")
        .action::<PromoteCandidate>("promote-candidate")
        .action::<Push>("push")
        .action::<RecordFinding>("record-finding")
        .action::<RecordVote>("record-vote")
        .action::<RemoveDirectories>("remove-directories")
        .action::<RemoveOutdatedReleases>("remove-outdated-releases")
        .action::<SendMail>("send-mail")
        .action::<SetVersions>("set-versions")
        .action::<SignArtifacts>("sign-artifacts")
        .action::<SignTag>("sign-tag")
        .action::<StageCandidate>("stage-candidate")
        .action::<TrackBranch>("track-branch")
        .action::<TrialBuild>("trial-build")
        .action::<Wait>("wait")
        .action::<WriteManifest>("write-manifest")
        .probe::<BranchAtVersion>("branch-at-version")
        .probe::<BranchHasFixes>("branch-has-fixes")
        .probe::<CandidateVerifies>("candidate-verifies")
        .probe::<EditsHold>("edits-hold")
        .probe::<GitSigningKey>("git-signing-key")
        .probe::<HashesHold>("hashes-hold")
        .probe::<ManifestUnchanged>("manifest-unchanged")
        .probe::<KeyPublished>("key-published")
        .probe::<LicenceHeaders>("licence-headers")
        .probe::<MailArchived>("mail-archived")
        .probe::<MavenSettings>("maven-settings")
        .probe::<RemoteBranch>("remote-branch")
        .probe::<RemoteLacks>("remote-lacks")
        .probe::<RemoteTags>("remote-tags")
        .probe::<SignaturesHold>("signatures-hold")
        .probe::<SvnHolds>("svn-holds")
        .probe::<SvnLacks>("svn-lacks")
        .probe::<TagsFree>("tags-free")
        .probe::<Unreleased>("unreleased")
        .probe::<VotePassed>("vote-passed")
}
