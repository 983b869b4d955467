// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A table of votes that claim to be binding or not, and of other values than +1.

use super::tests::all_are;

#[test]
fn what_votes_claim_to_be() {
    all_are("+1 binding", BINDING);
    all_are("+1 non-binding", NON_BINDING);
}

const BINDING: &[&str] = &[
    "+1 (binding)",
    "+1(binding)",
    "+1 ( binding )",
    "+1 [binding]",
    "+1 {binding}",
    "+1 (Binding)",
    "+1 (BINDING)",
    "+1 binding",
    "+1 Binding.",
    "+1, binding",
    "+1 - binding",
    "+1 -- binding",
    "+1: binding",
    "+1 (binding).",
    "+1 (binding)!",
    "+1 （binding）",
    "+1 (biding)",
    "+1 (bindng)",
    "+1 (bindin)",
    "+1 (binging)",
    "+1 (bining)",
    "+1 (b)",
    "+1 *(binding)*",
    "*+1 (binding)*",
    "+1 (binding) from me",
    "+1 from me (binding)",
    "+1 from me(binding)",
    "+1 binding vote from me",
    "binding +1",
    "Binding +1 from me",
    "My binding +1",
    "my vote: +1 (binding)",
    "I vote +1 (binding)",
    "I'm +1 (binding)",
    "Here is my +1 (binding).",
    "+1 (binding), thanks",
    "+1 (binding) I checked the signatures",
    "+1 (binding)|- checked hashes",
    "+1 (binding) - checked hashes",
    "+1 (binding, PMC)",
    "+1 (my vote is binding)",
    "[x] +1 approve (binding)",
    "Looks good, +1 (binding)",
    "Verified everything, so +1 (binding)",
    "Thanks Bob! +1 (binding).",
    "+1 (PMC binding)",
    "+1|(binding)",
    "＋１（binding）",
    "Changing my vote to +1 (binding)",
];

const NON_BINDING: &[&str] = &[
    "+1 (non-binding)",
    "+1 (non binding)",
    "+1 (nonbinding)",
    "+1 (Non-Binding)",
    "+1 (NON BINDING)",
    "+1 (non-biding)",
    "+1 (no-binding)",
    "+1 (none-binding)",
    "+1 (none binding)",
    "+1 (not binding)",
    "+1 (not-binding)",
    "+1 (un-binding)",
    "+1 (unbinding)",
    "+1 (non_binding)",
    "+1 (non- binding)",
    "+1 (non -binding)",
    "+1 (non‑binding)",
    "+1 (non–binding)",
    "+1 [non-binding]",
    "+1 non-binding",
    "+1 nonbinding",
    "+1, non-binding",
    "+1 - non-binding",
    "+1 (nb)",
    "+1 nb",
    "+1(non-binding)",
    "non-binding +1",
    "Non-binding +1 from me",
    "my non-binding +1",
    "+1 from me (non-binding)",
    "+1 from my side, non-binding",
    "+1 (non-binding), thanks",
    "+1 (non-binding)|I ran the tests",
    "+1 (it is non-binding)",
    "I vote +1 (non-binding)",
    "I'm +1 (non-binding)",
    "Here's my non-binding +1",
    "Awesome! +1 (non-binding)",
    "+1 (user, non-binding)",
    "[x] +1 (non-binding)",
];

#[test]
fn other_values() {
    all_are(
        "-1",
        &[
            "-1",
            "−1",
            "–1",
            "－１",
            "*-1*",
            "-1.",
            "-1!",
            "-1, the hashes are wrong",
            "-1: the hashes are wrong",
            "-1 the hashes are wrong",
            "-1 - the hashes are wrong",
            "-1 because the LICENSE is missing",
            "-1 from me",
            "-1 for me, sorry.",
            "So -1 for me.",
            "So it's a -1 from me",
            "I vote -1",
            "I'm -1",
            "I'm -1 on this release",
            "I am -1, sorry",
            "My vote is -1",
            "Sorry, -1",
            "Sorry Bob, but -1 from me",
            "Unfortunately -1",
            "Unfortunately, -1 from me: the build fails",
            "-1 do not release, the NOTICE is wrong",
            "-1 for RC2",
            "-1 to this release",
            "Hi all,||I have to vote -1, as the build is broken.",
            "I have to cast a -1",
            "I must vote -1 here",
            "I'll have to go -1 on this",
            "The build fails on Java 21, so -1",
            "The build fails. -1",
            "I change my +1 to -1",
            "I change my +1 to -1, since the hashes differ",
            "Changing my vote to -1",
            "I have to change my vote to -1.",
            "Switching from +1 to -1",
            "+1 -> -1",
            "My vote changes to -1",
            "[ ] +1|[X] -1|[ ] 0",
            "[ ] +1 approve|[x] -1 the hash is wrong",
            "-1 (veto)",
        ],
    );
    all_are(
        "-1 binding",
        &[
            "-1 (binding)",
            "-1 (binding), because the NOTICE is wrong",
            "-1 (binding veto)",
            "binding -1",
            "I'm -1 (binding)",
            "I change my vote to -1 (binding)",
        ],
    );
    all_are("-1 non-binding", &["-1 (non-binding)", "-1 non-binding, tests fail"]);
    all_are(
        "0",
        &[
            "0",
            "0.",
            "0 (no opinion)",
            "0, no opinion",
            "0 from me",
            "My vote: 0",
            "I vote 0",
            "I'm 0 on this",
            "±0",
            "+/-0",
            "[ ] +1|[x] 0|[ ] -1",
            "Hi,||0",
        ],
    );
    all_are("0 non-binding", &["0 (non-binding)"]);
    all_are(
        "+0",
        &[
            "+0",
            "+0.5",
            "+0.9",
            "+.5",
            "+½",
            "+0 from me",
            "+0, did not test",
            "I'm +0 on this",
            "+0,5",
            "+0.1 for me",
            "[x] +0",
        ],
    );
    all_are(
        "-0",
        &["-0", "-0.5", "-0.9", "-.5", "−0.5", "-0, the notes are thin", "I'm -0", "-0.1 from me", "I vote -0.5"],
    );
    all_are("+0 binding", &["+0 (binding)", "+0.5 (binding)"]);
    all_are("-0 non-binding", &["-0 (non-binding)", "-0.5 (non-binding)"]);
}
