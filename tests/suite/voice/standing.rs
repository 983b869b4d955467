// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where a release stands, what is to be done, and the guide.

use insta::assert_snapshot;

use super::{head, settled};
use crate::user::{User, VERSION};

#[test]
fn status_can_be_read_at_80_columns_in_every_state() {
    let user = User::looking().started();
    assert_snapshot!(settled(&user, &user.runs(0, &["status"]).out), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example
    begun [time], last entry [time]
    recorded in [user]/state/sample/1.2.0

    ▸ decide    Decide to release — at work: 0 of 4 steps, 0 of 2 checks
        ○ ready       make-the-case             Say why it is time for a release
        · waiting     propose-release           Propose the release on the
                                                developers' list
          after make-the-case
        · waiting     resolve-objections        Resolve objections by consensus
          after propose-release
        · waiting     select-manager            Agree on the release manager
          after propose-release
        ☐ open        community-agrees          The community agrees to release
        ☐ open        manager-selected          The community has selected a release
                                                manager
    · prepare   Prepare for the release — waiting: 18 steps, 13 checks
    · build     Build a release candidate — waiting: 22 steps, 12 checks
    · vote      Vote on the release candidate — waiting: 6 steps, 1 check
    – fix       Fix what was found — does not apply now
    · finalize  Finalize the release — waiting: 17 steps, 11 checks
    · promote   Promote the release — waiting: 15 steps

    Next: make-the-case
    `quorate run` goes on; `quorate guide` says how and why.
    "#);
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    user.runs(4, &["run", "--execute", "--confirm", VERSION]);
    assert_snapshot!(settled(&user, &head(&user.runs(0, &["status"]).out, 14)), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example
    begun [time], last entry [time]
    recorded in [user]/state/sample/1.2.0

    ▸ decide    Decide to release — at work: 1 of 4 steps, 0 of 2 checks
        ✎ attested    make-the-case             Say why it is time for a release
          Many fixes
        ✗ failed      propose-release           Propose the release on the
                                                developers' list
          looking into the archive http://127.0.0.1[archive] failed: cannot ask
          http://127.0.0.1[archive]/api/thread.lua: error sending request: client error
          (Connect): tcp connect error: Connection refused (os error 111)
        · waiting     resolve-objections        Resolve objections by consensus
    "#);
    user.runs(0, &["skip", "propose-release", "--why", "proposed by hand"]);
    for id in ["resolve-objections", "select-manager", "community-agrees", "manager-selected"] {
        user.runs(0, &["attest", id, "--note", "https://lists.example.org/1"]);
    }
    user.runs(0, &["run", "--to", "decide", "--execute"]);
    assert_snapshot!(settled(&user, &head(&user.runs(0, &["status"]).out, 20)), @r#"
    Apache Greeter 1.2.0 (minor), candidate 1
    release manager Ann Example
    begun [time], last entry [time]
    recorded in [user]/state/sample/1.2.0

    ✓ decide    Decide to release — done: 4 steps, 2 checks
    ▸ prepare   Prepare for the release — at work: 0 of 18 steps, 0 of 13 checks
        ○ ready       choose-key                Have an OpenPGP key that fits the
                                                signing rules
        · waiting     publish-key               Put the key into KEYS
          after choose-key
        · waiting     configure-git-signing     Tell git to sign with the key
          after choose-key
        · waiting     unlock-agent              Unlock the key in the agent
          after choose-key
        ○ ready       nexus-access              Have access to the staging
                                                repository manager
        · waiting     maven-token               Put the user token into settings.xml
          after nexus-access
        ○ ready       website-build             Be able to build the website
    "#);
    for wide in user.runs(0, &["status", "--all"]).out.lines().filter(|line| !line.starts_with("recorded in")) {
        assert!(wide.chars().count() <= 80, "{wide}");
    }
    assert_snapshot!(settled(&user, &user.runs(0, &["log"]).out), @r#"
    by Ann Example <ann@example.org>:
    [time]                                release-started
    [time]      make-the-case             step-attested
                              Many fixes
    [time]      propose-release           step-intended
    [time]      propose-release           step-failed
                              looking into the archive http://127.0.0.1[archive]
                              failed: cannot ask
                              http://127.0.0.1[archive]/api/thread.lua: error sending
                              request: client error (Connect): tcp connect error:
                              Connection refused (os error 111)
    [time]      propose-release           step-skipped
                              proposed by hand
    [time]      resolve-objections        step-attested
                              https://lists.example.org/1
    [time]      select-manager            step-attested
                              https://lists.example.org/1
    [time]      community-agrees          check-attested
                              https://lists.example.org/1
    [time]      manager-selected          check-attested
                              https://lists.example.org/1
    [time]      decide                    phase-completed
    "#);
}

#[test]
fn a_plan_says_who_does_what() {
    let user = User::looking().started();
    let plan = settled(&user, &user.runs(0, &["plan"]).out);
    assert_snapshot!(head(&plan, 26), @r#"
    decide — Decide to release
      you      make-the-case
               Why a release now? Note it in a few sentences: they go into the
               proposal
      program  propose-release                public; after make-the-case
               Sends the mail `discuss-release` to dev@greeter.example.org
      you      resolve-objections             after propose-release
               Has every objection in the thread been answered, so that nobody
               opposes the release any more?
      you      select-manager                 after propose-release
               Has the community agreed that Ann Example manages this release?
      you      community-agrees               checklist
               The community agrees to release
      you      manager-selected               checklist
               The community has selected a release manager

    prepare — Prepare for the release
      program  choose-key
               Asks whether [key] is a strong key
               that is valid for long enough
      program  publish-key                    shared; after choose-key
               Appends the public key of Ann Example to
               file://[world]/svn/dist/release/greeter/KEYS, unless it is
               there already
      program  configure-git-signing          after choose-key
               Asks whether git in this clone signs with
    "#);
    assert!(!plan.contains("{{") && !plan.contains("{%"));
}

#[test]
fn the_guide_begins_with_what_it_is() {
    let user = User::looking().started();
    assert_snapshot!(head(&settled(&user, &user.runs(0, &["guide"]).out), 45), @r#"
    # Apache Greeter 1.2.0: release guide

    Release manager: Ann Example <ann@example.org>, key [key]. Candidate 1.

    Each step shows the command by which this program does it, or notes that it was done, and what a person would
    type to the same end. Either way is found done, but for a mail, a build and the source archive that you made by hand:
    attest these, by `quorate attest STEP --note 'WHAT_YOU_DID'`. Commands are for bash, and each block begins in your clone:

    ```sh
    cd '[world]/clone'
    export QUORATE_STATE='[user]/state'
    export QUORATE_RELEASE=sample/1.2.0
    ```

    Paths such as `candidates/` and `mails/` are in `[user]/state/sample/1.2.0`.

    A word in capitals stands for what is not known yet. `REVISION_OF_STAGE_CANDIDATE` is the revision that the
    step `stage-candidate` will put out, `NOTE_OF_…` the note that a step is attested with: once a step is done, the guide
    names what it left, so print it again. Others are yours to fill in: `APACHE_ID`, your account; `WHAT_YOU_FOUND`; the names
    of the voters (the result is shown as if there were three binding +1 and one other). Mails are dated as if they were
    sent now.

    ## 1. Decide to release

    A release begins with an agreement, not with a build. Anybody may propose it on dev@greeter.example.org; there is no
    formal vote, no quorum and no deadline. What is needed is that nobody is left with an unanswered objection, and that
    one committer has said: I will do it.

    You are preparing **Apache Greeter 1.2.0**, a minor release.

    ### Say why it is time for a release

    *You do it*

    Name what users would get and what they are waiting for: fixes, finished features, an upgrade of a dependency with a
    known hole. Say when the branch would be cut, so that people can still speak up for what they want in.

    Why a release now? Note it in a few sentences: they go into the proposal.

    ```sh
    quorate attest make-the-case --note 'WHAT_YOU_FOUND'
    ```

    ### Propose the release on the developers' list
    "#);
}
