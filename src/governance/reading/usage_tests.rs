// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! More of what people write, by the part of the rules that reads it.

use super::tests::all_are;

#[test]
fn how_a_vote_is_brought() {
    all_are(
        "+1",
        &[
            "Totally +1",
            "Officially +1",
            "Massive +1",
            "100% +1",
            "Happy to +1 this.",
            "Chiming in with a +1",
            "Mark me as +1",
            "Please count me as a +1.",
            "Carrying over my +1 from RC1",
            "My +1 from RC1 carries over.",
            "I'd give it a +1",
            "I'd say +1",
            "I think this is a +1",
            "My vote would be +1",
            "Sorry to be late but +1",
            "I found nothing wrong, hence +1",
        ],
    );
    all_are("-1", &["I have to -1 this release.", "I found a regression in X-1234, hence -1", "Regretfully -1"]);
    all_are("0", &["I abstain: 0", "Abstain (0)", "0 abstain"]);
    all_are("+1 binding", &["Sorry, I meant +1 (binding)", "+1 (was non-binding, sorry: binding)"]);
    all_are("+1", &["Oops, that should have been +1", "I meant +1, sorry"]);
}

#[test]
fn what_a_value_is_for() {
    all_are("+1", &["+1 for shipping it", "+1 to ship", "+1 for making this happen", "+1 with the comments above"]);
    all_are("-1", &["-1 for now", "-1 for now, until the build is green"]);
    all_are("unclear", &["+1 for easier debugging", "+1 with Bob's changes"]);
    all_are("none", &["set it to -1 to disable the limit", "This adds +1 to the counter", "I put a +1 on the JIRA"]);
}

#[test]
fn conditions_of_the_two_signs() {
    all_are("-1", &["-1 until the license is fixed", "-1 unless the LICENSE is fixed"]);
    all_are("+1", &["+1 if it isn't too late", "+1, if I may: rename the flag", "+1, when will it be released?"]);
    all_are("unclear", &["+1 after the NOTICE is fixed", "+1 but only if the name changes", "+1 so long as CI passes"]);
    all_are(
        "none",
        &["I'll give my +1 after testing", "I'll +1 once CI is green", "if the offset is -1, then we skip"],
    );
}

#[test]
fn reasons_and_names_behind_a_colon() {
    all_are("-1", &["-1: License missing", "-1: NOTICE", "-1:||The tests fail.", "-1:||- LICENSE is missing"]);
    all_are("none", &["+1:|Ann Example|Bob Example", "+1: Ann Example, Bob Example", "-1:|+1:|Ann Example"]);
}

#[test]
fn what_is_taken_back() {
    all_are(
        "withdrawn",
        &[
            "I'm dropping my -1",
            "I take my -1 back",
            "Scratch my vote.",
            "My -1 is withdrawn",
            "Please consider my -1 retracted",
            "I withdraw my -1 after the discussion.",
        ],
    );
    all_are("+1", &["I take back my -1, +1 now", "Withdrawing my -1, +1.", "Consider my -1 as +1 now"]);
}

#[test]
fn what_speaks_of_votes() {
    all_are(
        "none",
        &[
            "Thanks for voting +1",
            "It is not a blocker, so no -1 from me",
            "A -1 on a release is not a veto",
            "I won't -1 the release for this",
            "Is this a binding +1?",
            "Please vote! [ ] +1 [ ] 0 [ ] -1",
        ],
    );
    all_are("unclear", &["I'm torn between +0 and -1", "Either +0 or -0", "Looks good to me", "+!"]);
}

#[test]
fn votes_that_were_thought_of() {
    all_are("none", &["I was about to vote -1", "I was tempted to vote -1", "Bob has changed his -1 to +1"]);
    all_are("none", &["Cleo withdrew the -1", "-1 would be a veto", "+1 means approve", "How do I vote -1?"]);
    all_are("unclear", &["I might change my vote to -1", "I'm considering changing my vote to -1"]);
    all_are("-0", &["-0, would be +1 with docs"]);
    all_are("-1", &["-1, would be +1 otherwise"]);
    all_are("+1", &["+1 (formerly -1)", "+1 instead of my -1", "+1. This replaces my earlier -1."]);
}

#[test]
fn accounts_of_votes() {
    let lists = &[
        "+1 Ann|+1 Bob|+1 Cleo|-1 Zed",
        "So far:||+1 Cleo (binding)|+1 Bob (binding)",
        "Current votes:|Cleo +1|Bob +1",
    ];
    all_are("none", lists);
    all_are("none", &["By my count we have 3 +1"]);
    all_are("+1", &["Nice one +1", "I like it +1", "+1 Ann"]);
}
