// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A table of votes that lapse, are taken back or give way to others.

use super::tests::{all_are, answer, values_are};
use crate::governance::Says;

#[test]
fn votes_that_lapse() {
    values_are(
        "withdrawn",
        &[
            "-1 withdrawn",
            "-1 revoked",
            "-1 (withdrawn)",
            "-1 dropped",
            "Clearing my -1",
            "-1 is hereby lifted",
            "I no longer veto this",
            "veto lifted",
            "You can ignore my -1 now",
            "Thanks for the fix, you can remove my -1",
            "My -1 no longer applies",
            "My -1 does not stand anymore.",
            "OK, I am no longer -1",
            "Consider my -1 resolved",
            "My -1 is void",
            "I'm not -1 anymore",
            "Lifting my -1",
            "My veto is withdrawn",
            "-1 retracted, thanks for the fix",
            "my -1 is moot now",
            "Please drop my -1",
            "I no longer object",
            "-1 rescinded",
            "-1 (retracted)",
            "-1 cancelled",
            "-1 removed",
            "-1 lifted, thanks",
            "I lift my veto",
            "I'm lifting my veto",
            "Veto withdrawn",
            "You may ignore my -1",
            "Feel free to ignore my -1",
            "No need to count my -1 anymore",
            "please don't count my -1 anymore",
            "My -1 can be ignored",
            "My -1 can be dropped now",
            "My earlier -1 is obsolete",
            "Consider the -1 withdrawn",
            "So I revoke my -1.",
            "I have removed my -1",
            "-1 no longer",
            "I would like to take back my -1",
            "Taking back my -1",
            "-1 → withdrawn",
        ],
    );
    values_are(
        "unclear",
        &[
            "I take it back",
            "My +1 on RC1 is void",
            "I had given my +1 to RC1",
            "I think Bob meant +1",
            "I'm hesitant to +1",
            "My -1 has been addressed, so it is lifted",
            "I'm reluctant to +1",
            "Dropping the -1",
            "my -1 should be considered withdrawn",
            "I was -1 but not anymore",
            "I hereby lift the -1",
            "My -1 on RC1 is withdrawn",
        ],
    );
    values_are(
        "none",
        &[
            "I am fine now, no more -1",
            "The veto is lifted",
            "-1 is off the table",
            "My veto no longer stands",
            "Veto removed, thanks for the patch",
            "My objection is resolved, please disregard the -1",
            "I'm no longer against this",
            "My -1 was a mistake",
            "not -1 any longer",
            "my concerns are addressed so no -1 anymore",
        ],
    );
}

#[test]
fn votes_that_give_way() {
    values_are(
        "+1",
        &[
            "I was -1, now I am +1",
            "-1 -> +1",
            "I was -1 but now +1",
            "I was -1 before, but now I'm +1",
            "My -1 is withdrawn, +1 from me",
            "-1 => +1",
            "From -1 to +1",
            "I was at -1, now +1",
        ],
    );
    values_are("0", &["-1 -> 0", "My -1 -> 0", "-1 => 0", "From -1 to 0", "I change my -1 to 0"]);
    values_are("+0", &["-1 -> +0"]);
}

#[test]
fn votes_that_stand() {
    values_are("-1", &["My -1 stands", "My -1 still stands."]);
    values_are("+1", &["my +1 remains", "my +1 stands"]);
}

#[test]
fn what_is_not_certain_takes_nothing_back() {
    values_are(
        "unclear",
        &[
            "Before I withdraw my veto I want to see tests",
            "I consider withdrawing my -1",
            "I wanted to withdraw my -1 but the tests fail",
            "Withdrawing my -1 would be wrong",
            "Nobody made me withdraw my -1",
        ],
    );
    values_are("withdrawn", &["The fix works for me and I withdraw my veto", "Given the fix, I withdraw my -1"]);
    values_are("-1", &["I change my vote to -1", "I have changed my vote to -1", "Changing my +1 to -1"]);
}

#[test]
fn an_objection_is_said_to_be_settled() {
    let settles = |line: &str| matches!(answer(&[line], false, &[]).1, Says::Settles { .. });
    for line in [
        "My concerns are resolved.",
        "My concern is addressed, thanks.",
        "That resolves my concerns.",
        "All my issues are fixed now.",
        "I have no more objections.",
        "No further concerns from me.",
        "I am fine with it now.",
        "OK, the latest change looks good to me.",
        "Thanks for the explanation, that settles it for me.",
        "The blocker is fixed.",
        "LGTM now",
        "I have nothing against it any more",
    ] {
        assert!(settles(line), "{line}");
    }
    for line in [
        "My concerns are not resolved.",
        "I still have concerns.",
        "Are my concerns resolved?",
        "Thanks, I will have a look again",
        "My concerns would be addressed by a test.",
        "Thank you, Ann!",
    ] {
        assert!(!settles(line), "{line}");
    }
}

#[test]
fn agreement_with_a_finding_is_no_plain_vote() {
    all_are("unclear", &["I can confirm that. +1", "I see the same failure. +1", "I can reproduce that.||+1"]);
    all_are(
        "+1",
        &[
            "I can confirm the hash is right. +1",
            "I can confirm that the hash is right. +1",
            "Agreed. +1",
            "I verified the release. +1",
            "I see no problem. +1",
            "I can confirm that. +1 from me, I vote for it.",
        ],
    );
}

#[test]
fn one_word_can_be_a_reason() {
    let explained = |line: &str| match answer(&[line], false, &[]).1 {
        Says::Casts(cast) => cast.explained,
        other => panic!("{line}: {other:?}"),
    };
    for line in ["-1, incompatible", "-1 performance", "-1 (licensing)", "-1: broken", "-1 license violation"] {
        assert!(explained(line), "{line}");
    }
    for line in ["-1", "-1 (binding)", "-1, sorry", "-1 Bob", "-1 regards", "-1 from my side.", "-1 strongly"] {
        assert!(!explained(line), "{line}");
    }
}
