// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ballots by mail, with a real relay and an archive on loopback.

use jiff::Timestamp;

use super::cast;
use super::place::{Place, ann, yes};
use super::sending::Sent;
use super::verified::Verified;
use crate::commands::desk::Desk;
use crate::engine::Clock;

fn ballot(place: &Place, value: &str) -> cast::Args {
    super::place::ballot(&place.thread(), value, yes())
}

const REPORT: &str = r#"{"passed": PASSED, "target": "https://dist.example.org/rc1", "files": [
    {"path": "a-src.tgz", "sha512": "abcdef", "checks": [{"name": "signature", "status": "pass", "detail": "good"},
     {"name": "checksum", "status": "CHECK", "detail": "SHA-512 of the file"}]}],
    "checks": [{"name": "source-tag", "status": "skip", "detail": "no tag was named by --source-tag"}]}"#;

#[test]
fn a_ballot_says_what_was_checked_and_is_read_as_it_is_meant() {
    let place = Place::opened("flip");
    std::fs::write(place.path("good.json"), REPORT.replace("PASSED", "true").replace("CHECK", "pass")).unwrap();
    std::fs::write(place.path("bad.json"), REPORT.replace("PASSED", "false").replace("CHECK", "fail")).unwrap();
    let usual = || ballot(&place, "+1");
    let give = |args: &cast::Args| cast::cast(&place.desk(), args, ann());
    for (args, says) in [
        (cast::Args { value: "+2".into(), ..usual() }, "`+2` is no vote"),
        (cast::Args { value: "-1".into(), ..usual() }, "needs an explanation"),
        (cast::Args { report: Some(place.path("bad.json")), ..usual() }, "does not verify: checksum (a-src.tgz)"),
        (cast::Args { although: Some("x".into()), ..usual() }, "nothing that was checked fails"),
        (cast::Args { thread: Some("<gone@example.org>".into()), ..usual() }, "has no mail <gone@example.org>"),
        (cast::Args { report: Some(place.path("roster.toml")), ..usual() }, "is no report"),
    ] {
        let refused = give(&args).unwrap_err();
        assert!(refused.what.contains(says), "{says}: {refused}");
    }
    assert_eq!(place.mails().len(), 1);
    let good = cast::Args { report: Some(place.path("good.json")), why: Some("Nice work.".into()), ..usual() };
    assert_eq!(give(&good).unwrap(), Sent::Yes);
    assert_eq!(give(&good).unwrap(), Sent::Yes, "it was cast already");
    assert_eq!(place.mails().len(), 2);
    let mail = place.last().replace("\r\n", "\n");
    for part in [
        "Subject: Re: [VOTE] FLIP-7: Pause functions",
        "\n\n+1 (binding)\n\nNice work.\n",
        "All that it checked holds.",
        "* signature: a-src.tgz",
        "What was not checked:\n\n* source-tag: no tag was named",
        "a-src.tgz\n\n    abcdef\n",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    place.hours(1);
    let doubt = cast::Args {
        report: Some(place.path("bad.json")),
        although: Some("the checksum was mended in the meantime".into()),
        ..usual()
    };
    assert_eq!(cast::cast(&place.desk(), &doubt, ("Zoe Example".into(), "zoe@example.org".into())).unwrap(), Sent::Yes);
    let mail = place.last().replace("\r\n", "\n");
    assert!(mail.contains("+1 (non-binding)") && mail.contains("Not all that it checked holds."), "{mail}");
    assert!(mail.contains("What does not hold:\n\n* checksum (a-src.tgz): SHA-512 of the file"), "{mail}");
    place.hours(1);
    assert_eq!(give(&cast::Args { why: Some("I see no test.".into()), ..ballot(&place, "-1") }).unwrap(), Sent::Yes);
    let tally = place.counted(None);
    let votes: Vec<(&str, &str, bool)> =
        tally.votes.iter().map(|vote| (vote.voter.as_str(), vote.value.sign(), vote.binding)).collect();
    assert_eq!((votes, tally.review.len()), (vec![("zoe@example.org", "+1", false), ("ann", "-1", true)], 0));
}

#[test]
fn a_ballot_answers_a_call_that_is_open() {
    let place = Place::opened("flip");
    place.says("bob", "+1");
    let answer = place.last();
    let id = answer.lines().find_map(|line| line.strip_prefix("Message-ID:")).unwrap().trim().to_owned();
    let give = |args: &cast::Args| cast::cast(&place.desk(), args, ann()).unwrap_err();
    let refused = give(&cast::Args { thread: Some(id), ..ballot(&place, "+1") });
    assert!(refused.what.contains("calls no vote"), "{refused}");
    for id in ["cleo", "dan"] {
        place.says(id, "+1");
    }
    place.hours(73);
    place.result().unwrap();
    let refused = give(&ballot(&place, "+1"));
    assert!(refused.what.contains("has a result"), "{refused}");
    assert_eq!(place.mails().len(), 5);
}

/// A clock that stands.
struct OneMoment(Timestamp);

impl Clock for OneMoment {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn pass(&self, until: Timestamp) -> bool {
        self.0 >= until
    }
}

#[test]
fn of_two_ballots_in_one_second_the_second_is_not_sent() {
    let place = Place::opened("flip");
    let second = OneMoment(place.clock.now());
    let within = |args: &cast::Args| cast::cast(&Desk { clock: &second, ..place.desk() }, args, ann());
    assert_eq!(within(&ballot(&place, "+1")).unwrap(), Sent::Yes);
    assert_eq!(within(&ballot(&place, "+1")).unwrap(), Sent::Yes, "it was cast already");
    let refused = within(&ballot(&place, "0")).unwrap_err();
    assert!(refused.what.contains("has the same date"), "{refused}");
    assert_eq!(place.mails().len(), 2);
    place.hours(1);
    assert_eq!(cast::cast(&place.desk(), &ballot(&place, "0"), ann()).unwrap(), Sent::Yes);
    let ids: std::collections::BTreeSet<String> = place
        .mails()
        .iter()
        .filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 3, "each has its own Message-ID: {ids:?}");
}

#[test]
fn a_report_of_another_version_is_no_report_of_the_candidate() {
    let versions = |text: &str| cast::versions_in(text).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(versions("Release Greeter 1.0.0, release candidate #1"), ["1.0.0"]);
    assert_eq!(versions("FLIP-7: Pause functions... 2"), [""; 0]);
    let report = |file: &str| {
        let json = format!(
            r#"{{"passed": true, "target": "x", "files": [{{"path": "{file}", "sha512": "ff", "checks":
                [{{"name": "signature", "status": "pass", "detail": "good"}}]}}], "checks": []}}"#
        );
        Verified::of(&json).unwrap()
    };
    let subject = "[VOTE] Release Greeter 1.0.0, release candidate #1";
    cast::of_this_version(&report("greeter-1.0.0-src.tgz"), subject).unwrap();
    cast::of_this_version(&report("greeter-src.tgz"), subject).unwrap();
    cast::of_this_version(&report("greeter-2.0.0-src.tgz"), "[VOTE] FLIP-7: Pause functions").unwrap();
    let refused = cast::of_this_version(&report("widget-2.0.0-src.tgz"), subject).unwrap_err();
    assert!(refused.what.contains("of widget-2.0.0-src.tgz, and the vote on 1.0.0"), "{refused}");
}
