// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The names under which workflows know actions and probes.

use super::maven::{
    AwaitCentral, CentralServes, CloseNexus, DeployMaven, DropNexus, MavenStaged, ProfileListed, ReleaseNexus,
    ReviewMaven, SeeProfile,
};
use super::packages::{NpmPackage, PublishNpm, PypiPackage, UploadPypi};
use super::tracker::{AuditReleaseNotes, CreateVersion, ReleaseVersion, TriageIssues};
use super::{
    AddKey, AwaitVotes, BuildArtifacts, CreateBranch, DateChange, DeleteRemoteRefs, HashArtifacts, ListContributors,
    MakeSourceArchive, MergePullRequest, PrepareText, PromoteCandidate, ProposeChange, PublishOnGitHub, Push,
    RecordFinding, RecordVote, RemoveDirectories, RemoveOutdatedReleases, Seen, SendMail, Services, SetVersions,
    SignArtifacts, SignTag, StageCandidate, TrackBranch, TrialBuild, Wait, WriteManifest,
};
use crate::engine::Registry;
use crate::probes::{
    AgentSigns, BranchAtVersion, BranchHasFixes, CandidateVerifies, ChangeHolds, ChecksPassed, EditsHold,
    GitSigningKey, HashesHold, ImagesServed, KeyPublished, LicenceHeaders, LinksAnswer, MailArchived,
    ManifestUnchanged, MavenSettings, NoOpenIssues, NotesAuditedIs, OwnKeyFits, PageShows, PullRequestOpen,
    RemoteBranch, RemoteLacks, RemoteTags, SignaturesHold, SvnHolds, SvnLacks, TagsFree, TrackerVersionIs, Unreleased,
    VotePassed,
};

/// All actions and probes.
pub fn registry() -> Registry<Services> {
    Registry::new()
        .action::<AddKey>("add-key")
        .action::<AwaitCentral>("await-maven-central")
        .action::<AuditReleaseNotes>("audit-release-notes")
        .action::<AwaitVotes>("await-votes")
        .action::<BuildArtifacts>("build-artifacts")
        .action::<CloseNexus>("close-nexus")
        .action::<CreateBranch>("create-branch")
        .action::<CreateVersion>("create-version")
        .action::<DeleteRemoteRefs>("delete-remote-refs")
        .action::<DeployMaven>("deploy-maven")
        .action::<DropNexus>("drop-nexus")
        .action::<HashArtifacts>("hash-artifacts")
        .action::<ListContributors>("list-contributors")
        .action::<MakeSourceArchive>("source-archive")
        .action::<MergePullRequest>("merge-pull-request")
        .action::<PrepareText>("prepare-text")
        .action::<PromoteCandidate>("promote-candidate")
        .action::<ProposeChange>("propose-change")
        .action::<DateChange>("date-change")
        .action::<PublishOnGitHub>("publish-on-github")
        .action::<PublishNpm>("publish-npm")
        .action::<Push>("push")
        .action::<RecordFinding>("record-finding")
        .action::<RecordVote>("record-vote")
        .action::<ReleaseNexus>("release-nexus")
        .action::<ReleaseVersion>("release-version")
        .action::<RemoveDirectories>("remove-directories")
        .action::<RemoveOutdatedReleases>("remove-outdated-releases")
        .action::<ReviewMaven>("review-maven")
        .action::<Seen<AgentSigns>>("see-agent-sign")
        .action::<Seen<GitSigningKey>>("see-git-signing-key")
        .action::<Seen<MavenSettings>>("see-maven-settings")
        .action::<Seen<OwnKeyFits>>("see-own-key")
        .action::<SeeProfile>("see-staging-profile")
        .action::<SendMail>("send-mail")
        .action::<SetVersions>("set-versions")
        .action::<SignArtifacts>("sign-artifacts")
        .action::<SignTag>("sign-tag")
        .action::<StageCandidate>("stage-candidate")
        .action::<TrackBranch>("track-branch")
        .action::<TriageIssues>("triage-issues")
        .action::<TrialBuild>("trial-build")
        .action::<UploadPypi>("upload-pypi")
        .action::<Wait>("wait")
        .action::<WriteManifest>("write-manifest")
        .probe::<BranchAtVersion>("branch-at-version")
        .probe::<BranchHasFixes>("branch-has-fixes")
        .probe::<CandidateVerifies>("candidate-verifies")
        .probe::<ChecksPassed>("checks-passed")
        .probe::<CentralServes>("maven-central-serves")
        .probe::<EditsHold>("edits-hold")
        .probe::<GitSigningKey>("git-signing-key")
        .probe::<HashesHold>("hashes-hold")
        .probe::<ImagesServed>("images-served")
        .probe::<ManifestUnchanged>("manifest-unchanged")
        .probe::<KeyPublished>("key-published")
        .probe::<LicenceHeaders>("licence-headers")
        .probe::<LinksAnswer>("links-answer")
        .probe::<MailArchived>("mail-archived")
        .probe::<MavenSettings>("maven-settings")
        .probe::<PageShows>("page-shows")
        .probe::<ChangeHolds>("change-holds")
        .probe::<PullRequestOpen>("pull-request-open")
        .probe::<MavenStaged>("maven-staged")
        .probe::<ProfileListed>("staging-profile-listed")
        .probe::<NoOpenIssues>("no-open-issues")
        .probe::<NotesAuditedIs>("notes-audited")
        .probe::<NpmPackage>("npm-serves")
        .probe::<PypiPackage>("pypi-serves")
        .probe::<RemoteBranch>("remote-branch")
        .probe::<RemoteLacks>("remote-lacks")
        .probe::<RemoteTags>("remote-tags")
        .probe::<SignaturesHold>("signatures-hold")
        .probe::<SvnHolds>("svn-holds")
        .probe::<SvnLacks>("svn-lacks")
        .probe::<TagsFree>("tags-free")
        .probe::<TrackerVersionIs>("tracker-version")
        .probe::<Unreleased>("unreleased")
        .probe::<VotePassed>("vote-passed")
}
