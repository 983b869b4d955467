// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A table of what people write, each with its reading. `|` parts lines.

use super::{Subject, Text, read};
use crate::governance::{Claim, Role, Says, VoteValue};

pub(super) fn answer(own: &[&str], by_caller: bool, call: &[String]) -> (Role, Says) {
    let subject = Subject::of("Re: [VOTE] Release Apache Widget 1.2.3, RC2");
    read(&Text {
        subject: &subject,
        own,
        sender: "Ann Example",
        answers: true,
        called: true,
        by_caller,
        call,
        to_call: false,
        called_as: None,
        candidates: &["rc2".to_owned()],
        earlier: &[],
        remarks: &[],
    })
}

/// What is read, in short: "+1", "+1 binding", "none", "unclear", "withdrawn".
fn short(says: &Says) -> String {
    match says {
        Says::Nothing { .. } | Says::Settles { .. } | Says::Regrets { .. } => "none".to_owned(),
        Says::Unclear { .. } => "unclear".to_owned(),
        Says::Withdraws { .. } => "withdrawn".to_owned(),
        Says::Casts(cast) => {
            let value = match cast.value {
                VoteValue::Plus => "+1",
                VoteValue::PlusZero => "+0",
                VoteValue::Zero => "0",
                VoteValue::MinusZero => "-0",
                VoteValue::Minus => "-1",
            };
            let claim = match cast.claim {
                Some(Claim::Binding) => " binding",
                Some(Claim::NonBinding) => " non-binding",
                None => "",
            };
            format!("{value}{claim}")
        }
    }
}

pub(super) fn all_are(expected: &str, texts: &[&str]) {
    let mut wrong = Vec::new();
    for text in texts {
        let own: Vec<&str> = text.split('|').collect();
        let says = answer(&own, false, &[]).1;
        if short(&says) != expected {
            wrong.push(format!("{text:?} should be {expected}: {says:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// As [`all_are`], whatever the votes claim to be.
pub(super) fn values_are(expected: &str, texts: &[&str]) {
    let mut wrong = Vec::new();
    for text in texts {
        let own: Vec<&str> = text.split('|').collect();
        let says = answer(&own, false, &[]).1;
        if short(&says).split(' ').next() != Some(expected) {
            wrong.push(format!("{text:?} should be {expected}: {says:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn plain_votes_for_it() {
    all_are("+1", PLUS);
}

const PLUS: &[&str] = &[
    "+1",
    " +1 ",
    "+1.",
    "+1!",
    "+1!!!",
    "+1,",
    "+1 :)",
    "*+1*",
    "**+1**",
    "_+1_",
    "`+1`",
    "＋１",
    "＋1",
    "+１",
    "\u{200b}+1",
    "\u{feff}+1\u{a0}",
    "+\u{200b}1",
    "➕1",
    "+ 1",
    "(+1)",
    "[+1]",
    "\"+1\"",
    "+1+1",
    "+1 +1",
    ":+1:",
    "+1 vote",
    "+1 from me",
    "+1 from me.",
    "+1 for me",
    "+1 from my side",
    "+1 from my end",
    "+1 on my side",
    "+1 from our team",
    "+1 here",
    "+1 too",
    "+1 as well",
    "+1 again",
    "I'm +1",
    "I am +1",
    "I’m +1 on this release",
    "I'm a +1",
    "I'm a strong +1",
    "I vote +1",
    "I vote +1.",
    "I voted: +1|I checked it",
    "I'd like to vote +1",
    "I cast my +1",
    "I hereby vote +1",
    "My vote: +1",
    "my vote is +1",
    "My vote is a +1.",
    "Vote: +1",
    "Voting +1",
    "Vote +1",
    "My +1",
    "here's my +1",
    "Here is my +1.",
    "Adding my +1",
    "Adding my +1 here.",
    "You have my +1",
    "You've got my +1!",
    "Count me in, +1",
    "Count this as my +1",
    "Please count my +1",
    "Please consider this my +1",
    "Consider this a +1 from me",
    "a +1 from me",
    "it's a +1 from me",
    "It is a +1 for me.",
    "that's a +1 from me",
    "a big +1 from me",
    "Big +1",
    "Big +1 from me!",
    "huge +1",
    "Strong +1",
    "A strong +1 for this.",
    "Definitely +1",
    "Enthusiastic +1 from me",
    "So +1 from me",
    "So, +1.",
    "Yes, +1",
    "yes +1",
    "Ok, +1",
    "agree, +1",
    "Agreed. +1",
    "Still +1",
    "Late +1 from me",
    "Belated +1",
    "LGTM, +1",
    "LGTM +1",
    "lgtm. +1",
    "Awesome, +1!",
    "Awesome, Cleo, +1!",
    "Great work Bob, +1",
    "Great work! +1",
    "Nice! +1 from me",
    "Looks good, +1",
    "Looks good to me, +1",
    "Looks good to me. +1",
    "looks good +1",
    "Thanks Bob! +1",
    "Thanks for driving this, Bob. +1",
    "Thanks for driving this, +1",
    "Thanks for driving this release, Bob!|+1",
    "Hi Bob,|+1",
    "Hi all,||+1",
    "Hi,||Thanks for driving this.||+1",
    "Dear devs,||I verified signatures and hashes.||+1",
    "I verified the signatures and hashes, all good, so +1",
    "I verified the signatures and hashes: +1",
    "Verified signatures and checksums. Built from source. +1",
    "Everything works for me, +1.",
    "Everything works for me => +1",
    "All tests pass -> +1",
    "All tests passed - +1",
    "Tested on Linux with Java 17, +1",
    "+1, thanks",
    "+1, thanks for the hard work!",
    "+1 thanks for driving this",
    "+1 Thanks Bob",
    "+1 - checked signatures",
    "+1 – checked signatures",
    "+1 I checked signatures",
    "+1: looks good",
    "+1; all fine",
    "+1... nice work",
    "+1 for the release",
    "+1 for release",
    "+1 for this",
    "+1 for RC2",
    "+1 to release",
    "+1 to release this",
    "+1 to this release",
    "+1 to this proposal",
    "+1 to this",
    "+1 on this",
    "+1 on releasing this",
    "+1 on the proposal",
    "+1 on the release.",
    "+1 to releasing this candidate",
    "+1 for releasing rc2",
    "+1 for Widget 1.2.3",
    "+1 release this package",
    "+1 Release this package as Apache Widget 1.2.3",
    "+1 approve",
    "+1 Approve the release",
    "+1 (approve)",
    "+1 accept",
    "+1 great work everyone",
    "+1 good job",
    "+1 LGTM",
    "+1 lgtm, verified the hashes",
    "+1 Very useful feature",
    "+1 nice to have this",
    "+1 and thanks",
    "+1 with pleasure",
    "+1 because it fixes the memory leak",
    "+1, but please fix the typo in the notes",
    "+1, one nit: the year in NOTICE is old",
    "+1, notes: the docs have a broken link",
    "+1, would be nice to have a binary too",
    "+1, it would be nice if the docs were updated",
    "+1, let me know if you need help",
    "+1, not sure if the docs are right though",
    "+1, could you also look at the docs?",
    "+1||Is there a plan for the next version?",
    "+1||I saw a warning when I ran the tests, but it is harmless.",
    "+1||If you find time, please update the docs.",
    "+1||- checked the signature|- built from source|- ran git log -1",
    "+1||* signatures OK|* hashes OK|* LICENSE and NOTICE OK",
    "+1||[x] signatures|[x] hashes|[ ] performance",
    "+1||[X] Download links are valid.|[X] Checksums and PGP signatures are valid.",
    "+1||Tested with Java 11, GMT+1, version 1.11+1",
    "+1|Best regards,|Bob",
    "+1||Bob",
    "+1|Cheers|B.",
    "+1 Bob",
    "+1 / Bob",
    "+1~",
    "+1～",
    "+1。",
    "+1，谢谢",
    "+1，支持",
    "+1 支持",
    "+1支持",
    "我投 +1",
    "支持，+1",
    "赞成 +1",
    "Plus one",
    "plus one from me",
    "+1 (was -1 for rc1)",
    "+1 (changed from -1)",
    "I change my vote to +1",
    "I'm changing my vote to +1",
    "Changing my vote to +1.",
    "Changing my -1 to +1",
    "I change my -1 to +1.",
    "I'd like to change my vote from -1 to +1",
    "Switching to +1",
    "Switching my vote to +1, thanks for the fix",
    "-1 -> +1",
    "-1 => +1",
    "My vote is now +1",
    "I withdraw my -1 and vote +1",
    "Now that it is fixed, my vote changes to +1",
    "Updating my vote: +1",
    "[x] +1 approve|[ ] 0 no opinion|[ ] -1 disapprove",
    "[X] +1",
    "[ x ] +1 Release this package",
    "[*] +1 yes|[ ] -1 no",
    "[✓] +1|[ ] 0|[ ] -1",
    "☑ +1|☐ -1",
    "(x) +1|( ) 0|( ) -1",
    "[ ] +1 approve [x]|[ ] -1 disapprove [ ]",
    "+1 [x]|0 [ ]|-1 [ ]",
    "[+1] +1 approve|[ ] 0|[ ] -1",
    "+1||We should fix the 3 issues that Bob found.",
    "+1||Bob said -1 on the old candidate.",
    "+1||I agree with Bob's +1 above.",
    "+1||(I had voted -1 on RC1.)",
    "+1. We now have three +1 votes.",
    "The signature is good|and everything builds.||+1",
    "I built it with JDK 17 on macOS and ran all of the tests, nothing|failed. +1 from me",
    "+1|+1000 if I could",
    "+1.0",
    "+1 (not a PMC member)",
    "Ann: +1",
];
