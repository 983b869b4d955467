// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The names under which workflows know actions and probes.

use super::{
    AddKey, BuildArtifacts, HashArtifacts, MakeSourceArchive, PrepareText, PromoteCandidate, RecordVote,
    RemoveDirectories, RemoveOutdatedReleases, SendMail, Services, SignArtifacts, StageCandidate, TrialBuild, Wait,
};
use crate::engine::Registry;
use crate::probes::{
    HashesHold, KeyPublished, LicenceHeaders, MailArchived, MavenSettings, SignaturesHold, SvnHolds, SvnLacks,
    VotePassed,
};

/// All actions and probes.
pub fn registry() -> Registry<Services> {
    Registry::new()
        .action::<AddKey>("add-key")
        .action::<BuildArtifacts>("build-artifacts")
        .action::<HashArtifacts>("hash-artifacts")
        .action::<MakeSourceArchive>("source-archive")
        .action::<PrepareText>("prepare-text")
        .action::<PromoteCandidate>("promote-candidate")
        .action::<RecordVote>("record-vote")
        .action::<RemoveDirectories>("remove-directories")
        .action::<RemoveOutdatedReleases>("remove-outdated-releases")
        .action::<SendMail>("send-mail")
        .action::<SignArtifacts>("sign-artifacts")
        .action::<StageCandidate>("stage-candidate")
        .action::<TrialBuild>("trial-build")
        .action::<Wait>("wait")
        .probe::<HashesHold>("hashes-hold")
        .probe::<KeyPublished>("key-published")
        .probe::<LicenceHeaders>("licence-headers")
        .probe::<MailArchived>("mail-archived")
        .probe::<MavenSettings>("maven-settings")
        .probe::<SignaturesHold>("signatures-hold")
        .probe::<SvnHolds>("svn-holds")
        .probe::<SvnLacks>("svn-lacks")
        .probe::<VotePassed>("vote-passed")
}
