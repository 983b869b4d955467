// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Proposals of a version, against a registry with a real remote.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ListProposals, ProposalPlace, ProposalsAccepted, Publish, ReleaseProposals, UpdateProposal};
use crate::actions::{Services, offline};
use crate::engine::{Action, Context, Finding, Intent, Probe, Probed};
use crate::governance::proposals::{IndexFormat, Scheme, index};
use crate::rehearsal::ProposalWorld;
use crate::services::{Effects, FileChange};

struct Town {
    _place: tempfile::TempDir,
    world: ProposalWorld,
    services: Services,
    intent: Intent,
}

impl Town {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let (scheme, product) = (
            include_str!("../../../release-config/proposals/flip.toml"),
            include_str!("../../../release-config/sample.toml"),
        );
        let world = ProposalWorld::make(place.path(), scheme, product, [1, 2, 3], now).unwrap();
        let scheme = std::fs::read_to_string(place.path().join("scheme.toml")).unwrap();
        let mut services = offline(place.path());
        services.proposals = Some(ProposalPlace {
            path: world.registry(),
            scheme: Scheme::parse("scheme.toml", &scheme).unwrap(),
            author: ("Ann Example".into(), "ann@example.org".into()),
            publish: Publish::ToRemote,
            wiki: None,
            effects: Effects::unwatched(),
        });
        let intent = Intent { at: now, token: "0".repeat(32), acted: None, resumed: false, anew: false };
        Self { _place: place, world, services, intent }
    }

    fn cx(&self) -> Context<'_, Services> {
        Context { world: &self.services, intent: &self.intent, now: self.intent.at }
    }

    /// Commits a page with another line.
    fn edit(&self, page: &str, line: &str, other: &str) {
        let book = self.services.proposals.as_ref().unwrap().book().unwrap();
        let place = format!("flips/{page}.md");
        let before = book.read(&place).unwrap().unwrap();
        let after = before.replace(line, other);
        assert_ne!(before, after, "{line}");
        let change = FileChange::new(place, Some(before), Some(after));
        book.git.commit(&[change], "By hand\n", self.intent.at).unwrap();
        let corpus = book.corpus(jiff::civil::date(2026, 11, 22)).unwrap();
        let (before, after) = (book.read("INDEX.md").unwrap(), Some(index(&corpus, IndexFormat::Markdown)));
        let change = FileChange::new("INDEX.md", before, after);
        book.git.commit(&[change], "Bring the index up to date\n", self.intent.at).unwrap();
    }

    fn probe(&self, action: &dyn Action<Services>) -> Probed {
        action.probe(&self.cx()).unwrap()
    }

    fn faults(&self) -> Vec<String> {
        match accepted().examine(&self.cx()).unwrap() {
            Finding::Holds(_) => Vec::new(),
            Finding::Fails(faults) => faults,
        }
    }

    /// A file as the registry's remote has it.
    fn at_remote(&self, place: &str) -> String {
        let repository = git2::Repository::open(self.world.remote()).unwrap();
        let object = repository.revparse_single(&format!("main:{place}")).unwrap();
        String::from_utf8(object.peel_to_blob().unwrap().content().to_vec()).unwrap()
    }
}

fn of<T: serde::de::DeserializeOwned>(parameters: Value) -> T {
    serde_json::from_value(parameters).unwrap()
}

fn accepted() -> ProposalsAccepted {
    of(json!({"version": "1.2.0"}))
}

#[test]
fn the_proposals_of_a_version_are_listed_checked_and_released() {
    let town = Town::new();
    let (list, release): (ListProposals, ReleaseProposals) =
        (of(json!({"version": "1.2.0"})), of(json!({"version": "1.2.0"})));
    assert_eq!(town.probe(&list), Probed::Done(json!({"proposals": []})));
    assert!(town.faults().is_empty());
    assert_eq!(town.probe(&release), Probed::Done(json!({"proposals": []})), "nothing comes with it");
    // one that was never voted on
    town.edit("FLIP-0003", "release: \n", "release: 1.2\n");
    let faults = town.faults();
    assert!(faults.len() == 1 && faults[0].contains("FLIP-3") && faults[0].contains("is draft"), "{faults:?}");
    town.edit("FLIP-0003", "release: 1.2\n", "release: \n");
    // one that was, without its issue
    town.edit("FLIP-0002", "release: \n", "release: 1.2.0\n");
    assert!(town.faults().is_empty());
    let Probed::Done(listed) = town.probe(&list) else { panic!("not listed") };
    assert_eq!(
        (&listed["proposals"][0]["id"], &listed["proposals"][0]["state"]),
        (&json!("FLIP-2"), &json!("accepted"))
    );
    let waits = town.probe(&release);
    assert!(
        matches!(&waits, Probed::Waiting { why, .. } if why.contains("FLIP-2") && why.contains("--jira KEY")),
        "{waits:?}"
    );
    town.edit("FLIP-0002", "jira: \n", "jira: GREETER-101\n");
    assert_eq!(town.probe(&release), Probed::Absent);
    assert!(release.document(&town.cx()).unwrap().unwrap().contains("accepted -> released"));
    release.act(&town.cx()).unwrap();
    assert!(matches!(town.probe(&release), Probed::Done(_)));
    assert!(town.at_remote("flips/FLIP-0002.md").contains("state: released\n"));
    assert!(town.at_remote("INDEX.md").contains("| 1.2.0 | GREETER-101 |"));
    // given again, nothing is done twice
    let before = town.at_remote("INDEX.md");
    release.act(&town.cx()).unwrap();
    assert_eq!(town.at_remote("INDEX.md"), before);
}

#[test]
fn a_page_that_somebody_is_editing_stops_it() {
    let town = Town::new();
    let update: UpdateProposal = of(json!({
        "number": 3, "stage": "discussion", "fields": {"discussion": "http://127.0.0.1:2/thread/x@example.org"},
    }));
    assert_eq!(town.probe(&update), Probed::Absent);
    let page = town.world.registry().join("flips/FLIP-0003.md");
    let text = std::fs::read_to_string(&page).unwrap() + "\nNot committed yet.\n";
    std::fs::write(&page, &text).unwrap();
    let stopped = update.act(&town.cx()).unwrap_err().to_string();
    assert!(stopped.contains("flips/FLIP-0003.md"), "{stopped}");
    assert_eq!(std::fs::read_to_string(&page).unwrap(), text, "what somebody wrote stays");
}

#[test]
fn others_who_push_first_keep_what_they_pushed() {
    let town = Town::new();
    let other = town.world.directory.join("other");
    let git = |directory: &std::path::Path, arguments: &[&str]| {
        let done = std::process::Command::new("git").arg("-C").arg(directory).args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&town.world.directory, &["clone", "--quiet", "remote.git", "other"]);
    std::fs::write(other.join("NOTE.md"), "by somebody else\n").unwrap();
    git(&other, &["add", "NOTE.md"]);
    git(&other, &["-c", "user.name=Bob", "-c", "user.email=bob@example.org", "commit", "--quiet", "-m", "A note"]);
    git(&other, &["push", "--quiet", "origin", "main"]);
    let update: UpdateProposal = of(json!({
        "number": 3, "stage": "discussion", "fields": {"discussion": "http://127.0.0.1:2/thread/x@example.org"},
    }));
    update.act(&town.cx()).unwrap();
    assert!(matches!(town.probe(&update), Probed::Done(_)));
    assert_eq!(town.at_remote("NOTE.md"), "by somebody else\n");
    assert!(town.at_remote("flips/FLIP-0003.md").contains("state: discussion\n"));
}
