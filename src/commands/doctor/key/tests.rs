// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is said of git's own setting, and how a judgement becomes an item.

use super::super::item::Standing;
use super::*;
use crate::probes::own_key::tests::{FINGERPRINT, key};

fn name() -> Name {
    Name::new("id", "Title")
}

#[test]
fn git_is_to_have_the_full_fingerprint_of_this_key() {
    let judge = |configured: Option<&str>| judge_git(&name(), &key("ed25519", 255), configured);
    assert_eq!(judge(Some(FINGERPRINT)).state, Standing::Ok);
    assert_eq!(judge(Some(&format!("0x{}", FINGERPRINT.to_lowercase()))).state, Standing::Ok);
    assert_eq!(judge(None).found, "user.signingkey is not set");
    let short = judge(Some("01234567"));
    assert_eq!(short.state, Standing::Failed);
    assert!(short.found.contains("full fingerprint") && short.next.unwrap().ends_with(FINGERPRINT));
    assert!(judge(Some("ann@example.org")).found.ends_with("another key"));
}

#[test]
fn a_judgement_becomes_an_item() {
    for (fitness, state) in
        [(Fitness::Fits, Standing::Ok), (Fitness::Doubtful, Standing::Warning), (Fitness::Unfit, Standing::Failed)]
    {
        let item = said(&name(), Judgement { fitness, found: "found".into(), next: "next".into() });
        assert_eq!((item.state, &*item.found), (state, "found"));
    }
}
