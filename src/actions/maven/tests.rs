// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::actions::offline;
use crate::engine::{Action, Finding, Intent, Probe, Probed};
use crate::rehearsal::stand_ins::nexus::{NEXUS_ACCOUNT, NEXUS_GUEST, set_profile};
use crate::rehearsal::stand_ins::{Faults, StandIns};
use crate::services::{Effects, Git, Limits, Moment, Nexus, OpenPgp, Pace, TestHome, Workspace};

/// The key that all tests sign with.
fn key() -> &'static TestHome {
    static KEY: OnceLock<TestHome> = OnceLock::new();
    KEY.get_or_init(TestHome::new)
}

fn keys() -> &'static str {
    static KEYS: OnceLock<String> = OnceLock::new();
    KEYS.get_or_init(|| key().openpgp().export_armored().unwrap())
}

/// A clone with a tag of a build of three modules, a stand-in for Nexus, and clients of it.
pub(super) struct Bench {
    directory: tempfile::TempDir,
    pub services: Services,
    pub intent: Intent,
    pub faults: Faults,
    pub stand_ins: StandIns,
    effects: Arc<Mutex<Vec<String>>>,
}

pub(super) const TAG: &str = "v1.2.0-rc1";

impl Bench {
    pub fn new() -> Self {
        Self::with("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">")
    }

    fn with(core: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        make_clone(&at("clone"), core);
        set_profile(&at("stand-ins/nexus"), "org.apache.greeter").unwrap();
        fs::create_dir_all(at("stand-ins/nexus/repositories/releases")).unwrap();
        fs::write(at("stand-ins/nexus/repositories/releases/KEYS"), keys()).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(&at("stand-ins"), 0, faults.clone()).unwrap();
        let effects = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&effects);
        let watch = Effects::new(move |moment, name| {
            if moment == Moment::Before {
                told.lock().unwrap().push(name.to_owned());
            }
        });
        let services = Services {
            git: Git::new(at("clone"), "origin", Effects::unwatched()),
            openpgp: OpenPgp::new(Some(key().path().to_owned()), &key().fingerprint, Effects::unwatched()),
            workspace: Workspace::new(at("workspace"), Effects::unwatched()),
            nexus: Some(client(&stand_ins, NEXUS_ACCOUNT.0, watch)),
            central: Some(Central::new(&stand_ins.base("nexus/central/maven2")).unwrap().limited(limits())),
            ..offline(directory.path())
        };
        let at = "2026-11-21T12:00:00Z".parse().unwrap();
        let intent = Intent { at, token: "0".repeat(32), acted: None, resumed: false, anew: false };
        Self { directory, services, intent, faults, stand_ins, effects }
    }

    pub fn cx(&self) -> Cx<'_> {
        Cx { world: &self.services, intent: &self.intent, now: Timestamp::UNIX_EPOCH }
    }

    pub fn nexus(&self) -> &Nexus {
        self.services.nexus.as_ref().unwrap()
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// How many effects of that name there were.
    pub fn happened(&self, name: &str) -> usize {
        self.effects.lock().unwrap().iter().filter(|effect| *effect == name).count()
    }

    pub fn maven(&self) -> Value {
        json!({
            "nexus": self.stand_ins.base("nexus"), "profile": "org.apache.greeter", "deploy": ["mvn", "deploy"],
            "server_ids": ["x"], "central": "https://example.org", "repository": self.stand_ins.base("nexus/central/maven2"),
        })
    }

    pub fn action<T: DeserializeOwned>(&self, with: Value) -> T {
        let mut with = with;
        with.as_object_mut().unwrap().entry("maven").or_insert(self.maven());
        serde_json::from_value(with).unwrap()
    }

    pub fn deploy(&self) -> DeployMaven {
        self.action(json!({"tag": TAG, "version": "1.2.0", "directory": "candidates/rc1", "stand_in": true}))
    }

    pub fn review(&self, repository: &str) -> ReviewMaven {
        self.action(json!({"tag": TAG, "repository": repository, "release_tag_prefix": "v", "keys": "KEYS"}))
    }

    pub fn close(&self, repository: &str) -> CloseNexus {
        let description = "Apache Greeter, version 1.2.0, release candidate 1";
        let with = json!({"repository": repository, "description": description, "directory": "candidates/rc1"});
        serde_json::from_value(with).unwrap()
    }

    pub fn release(&self, closed: &Value) -> ReleaseNexus {
        self.action(json!({
            "tag": TAG, "repository": closed["repository"], "sha512": closed["sha512"],
            "description": "Apache Greeter, version 1.2.0", "directory": "candidates/rc1",
        }))
    }

    pub fn drop(&self, repository: &str) -> DropNexus {
        serde_json::from_value(json!({"repository": repository, "description": "cancelled"})).unwrap()
    }

    pub fn staged(&self, closed: &Value) -> MavenStaged {
        serde_json::from_value(json!({
            "repository": closed["repository"], "sha512": closed["sha512"], "directory": "candidates/rc1",
            "keys": self.stand_ins.base("nexus/content/repositories/releases/KEYS"),
        }))
        .unwrap()
    }

    /// Runs an action as the engine does; what it leaves is what is found then.
    pub fn run(&self, action: &dyn Action<Services>) -> Value {
        assert_eq!(action.problems(&self.cx()).unwrap(), []);
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Absent);
        let outputs = action.act(&self.cx()).unwrap();
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Done(outputs.clone()));
        outputs
    }

    /// The id of a staging repository with all of it, uploaded as if by hand.
    pub fn uploaded(&self) -> String {
        static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
        let files = FILES.get_or_init(|| {
            let maven: Maven = serde_json::from_value(self.maven()).unwrap();
            let [build] = &builds(&self.cx(), TAG, &maven).unwrap()[..] else { panic!("one build") };
            stand_in::files(build, &maven, &self.services.openpgp).unwrap()
        });
        self.nexus().deploy(files).unwrap();
        "orgapachegreeter-1004".to_owned()
    }

    /// Deployed and closed.
    pub fn closed(&self) -> Value {
        self.run(&self.close(&self.uploaded()))
    }

    /// The ids and states of all staging repositories.
    pub fn listed(&self) -> Vec<(String, &'static str)> {
        let all = self.nexus().repositories("5e2f3a417c9b").unwrap();
        all.into_iter().map(|one| (one.repository_id, one.state.word())).collect()
    }

    /// A file of a staging repository, on the stand-in's disk.
    pub fn file(&self, repository: &str, path: &str) -> std::path::PathBuf {
        self.path("stand-ins/nexus/repositories").join(repository).join(path)
    }
}

/// What other people have staged.
const OTHERS: [(&str, &str); 3] =
    [("orgapachegreeter-1001", "closed"), ("orgapachegreeter-1002", "open"), ("orgapachegreeter-1003", "closed")];

fn with_others(ours: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    OTHERS.iter().chain(ours).map(|(id, state)| ((*id).to_owned(), *state)).collect()
}

pub(super) fn client(stand_ins: &StandIns, user: &str, effects: Effects) -> Nexus {
    let account = Some((user.to_owned(), NEXUS_ACCOUNT.1.into()));
    let pace = Pace { pause: Duration::from_millis(40), longest: Duration::from_millis(100), looks: 100 };
    Nexus::new(&stand_ins.base("nexus"), account, effects).unwrap().limited(limits(), pace)
}

fn limits() -> Limits {
    Limits {
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_secs(1),
        request: Duration::from_secs(10),
        answer: 1_000_000,
        ..Limits::default()
    }
}

fn make_clone(clone: &Path, core: &str) {
    let parent = "<parent><groupId>org.apache.greeter</groupId><artifactId>greeter</artifactId><version>1.2.0</version></parent>";
    let project = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">";
    for (path, text) in [
        (
            "pom.xml",
            format!(
                "{project}<groupId>org.apache.greeter</groupId><artifactId>greeter</artifactId><version>1.2.0</version>\
                 <packaging>pom</packaging><modules><module>core</module><module>sdk</module></modules></project>"
            ),
        ),
        ("core/pom.xml", format!("{core}{parent}<artifactId>greeter-core</artifactId></project>")),
        ("sdk/pom.xml", format!("{project}{parent}<artifactId>greeter-sdk</artifactId></project>")),
    ] {
        let path = clone.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "one"], &["tag", TAG]] {
        let mut git = Command::new("git");
        git.current_dir(clone).args(["-c", "user.name=Ann Example", "-c", "user.email=ann@example.org"]);
        assert!(git.args(arguments).status().unwrap().success());
    }
}

fn fails(finding: Finding) -> Vec<String> {
    match finding {
        Finding::Fails(faults) => faults,
        Finding::Holds(why) => panic!("holds: {why}"),
    }
}

#[test]
fn what_is_staged_is_reviewed_closed_and_released_and_nothing_of_others_is_touched() {
    let bench = Bench::new();
    let deployed = bench.run(&bench.deploy());
    let id = "orgapachegreeter-1004";
    assert_eq!((&deployed["repository"], &deployed["modules"]), (&json!(id), &json!(3)));
    let review = bench.review(id);
    let document = review.document(&bench.cx()).unwrap().unwrap();
    assert!(document.contains("9 artifacts") && document.contains("- greeter-core as a whole"), "{document}");
    assert_eq!(review.act(&bench.cx()).unwrap()["artifacts"], 9);
    let closed = bench.run(&bench.close(id));
    assert_eq!((&closed["files"], &closed["repository"]), (&json!(36), &json!(id)));
    let Finding::Holds(_) = bench.staged(&closed).examine(&bench.cx()).unwrap() else { panic!("not staged") };
    let released = bench.release(&closed);
    bench.run(&released);
    assert_eq!(bench.listed(), with_others(&[(id, "released")]));
    // Maven Central serves it some time after
    let serves: CentralServes = bench.action(json!({"tag": TAG}));
    let waits: AwaitCentral = bench.action(json!({"tag": TAG, "version": "1.0.0"}));
    assert_eq!(fails(serves.examine(&bench.cx()).unwrap()).len(), 1);
    assert!(matches!(waits.probe(&bench.cx()).unwrap(), Probed::Waiting { .. }));
    assert!(matches!(waits.probe(&bench.cx()).unwrap(), Probed::Done(_)));
    assert!(matches!(serves.examine(&bench.cx()).unwrap(), Finding::Holds(_)));
    // and what it serves is what was voted on, byte for byte
    let with = json!({"tag": TAG, "directory": "candidates/rc1", "sha512": closed["sha512"]});
    let compares: CentralServes = bench.action(with);
    let Finding::Holds(why) = compares.examine(&bench.cx()).unwrap() else { panic!("not as voted on") };
    assert!(why.starts_with("the 18 files at "), "{why}");
    let core = bench.path("stand-ins/nexus/repositories/releases/org/apache/greeter/greeter-core/1.2.0");
    fs::write(core.join("greeter-core-1.2.0.jar"), "other").unwrap();
    fs::remove_file(core.join("greeter-core-1.2.0.jar.asc")).unwrap();
    let faults = fails(compares.examine(&bench.cx()).unwrap());
    assert!(faults.len() == 2 && faults[0].contains("greeter-core-1.2.0.jar at "), "{faults:?}");
    assert!(faults[1].contains("does not serve") && faults[1].contains("greeter-core-1.2.0.jar.asc"), "{faults:?}");
    bench.services.workspace.write("candidates/rc1/maven.sha512", b"").unwrap();
    let faults = fails(compares.examine(&bench.cx()).unwrap());
    assert!(faults[0].contains("is not the list of the voted files any more"), "{faults:?}");
    // what is released stays: nothing is done twice, nothing dropped
    assert!(matches!(bench.drop(id).probe(&bench.cx()).unwrap(), Probed::Conflict { .. }));
    assert_eq!(
        [bench.happened("nexus close"), bench.happened("nexus promote"), bench.happened("nexus drop")],
        [1, 1, 0]
    );
}

#[test]
fn another_candidate_of_this_version_is_dropped_with_the_release_and_no_earlier() {
    let bench = Bench::new();
    let closed = bench.closed();
    // a second one, of an earlier attempt by hand
    let other = "orgapachegreeter-1005";
    let file = "org/apache/greeter/greeter/1.2.0/greeter-1.2.0.pom".to_owned();
    bench.nexus().deploy(&[(file, b"<project/>".to_vec())]).unwrap();
    assert!(bench.listed().contains(&(other.to_owned(), "open")));
    bench.run(&bench.release(&closed));
    assert_eq!(bench.listed(), with_others(&[("orgapachegreeter-1004", "released")]));
}

#[test]
fn an_upload_that_was_interrupted_is_dropped_and_made_again() {
    let bench = Bench::new();
    let deploy = bench.deploy();
    // as it is after a kill in the middle: what was there before is written down, half is uploaded
    let others: Vec<&str> = OTHERS.iter().map(|(id, _)| *id).collect();
    let before = json!({"repositories": others}).to_string();
    bench.services.workspace.write("candidates/rc1/staging-before.json", before.as_bytes()).unwrap();
    let file = "org/apache/greeter/greeter/1.2.0/greeter-1.2.0.pom".to_owned();
    bench.nexus().deploy(&[(file, b"<project/>".to_vec())]).unwrap();
    let deployed = bench.run(&deploy);
    assert_eq!(deployed["repository"], "orgapachegreeter-1005");
    assert_eq!(bench.listed(), with_others(&[("orgapachegreeter-1005", "open")]));
    // taken back, it can be done again
    deploy.undo(&bench.cx(), &deployed).unwrap();
    deploy.undo(&bench.cx(), &deployed).unwrap();
    assert_eq!(bench.listed(), with_others(&[]));
    assert_eq!(deploy.probe(&bench.cx()).unwrap(), Probed::Absent);
}

#[test]
fn what_a_person_staged_is_found_and_what_is_not_clear_is_shown() {
    let bench = Bench::new();
    let half = |module: &str| {
        let path = format!("org/apache/greeter/{module}/1.2.0/{module}-1.2.0.pom");
        bench.nexus().deploy(&[(path, b"<project/>".to_vec())]).unwrap();
    };
    half("greeter");
    let Probed::Conflict { found, .. } = bench.deploy().probe(&bench.cx()).unwrap() else {
        panic!("half of it is there")
    };
    assert!(
        found.contains("orgapachegreeter-1004 (open, by ann") && found.contains("without 2 of its modules"),
        "{found}"
    );
    half("greeter-core");
    half("greeter-sdk");
    let Probed::Done(found) = bench.deploy().probe(&bench.cx()).unwrap() else { panic!("all of it is there") };
    assert_eq!(found["repository"], "orgapachegreeter-1004");
    // closed by hand, it is the same; a second one with all of it: never the first
    bench.drop("orgapachegreeter-1004").act(&bench.cx()).unwrap();
    bench.uploaded();
    bench.run(&bench.close("orgapachegreeter-1005"));
    let Probed::Done(found) = bench.deploy().probe(&bench.cx()).unwrap() else { panic!("it is closed") };
    assert_eq!(found["repository"], "orgapachegreeter-1005");
    bench.uploaded();
    let Probed::Conflict { found, .. } = bench.deploy().probe(&bench.cx()).unwrap() else {
        panic!("which of the two?")
    };
    assert!(
        found.contains("orgapachegreeter-1005 (closed") && found.contains("orgapachegreeter-1006 (open"),
        "{found}"
    );
}

#[test]
fn a_rule_that_fails_is_told_and_the_repository_stays_open() {
    let bench = Bench::new();
    let id = bench.run(&bench.deploy())["repository"].as_str().unwrap().to_owned();
    let jar = "org/apache/greeter/greeter-core/1.2.0/greeter-core-1.2.0.jar";
    fs::remove_file(bench.file(&id, &format!("{jar}.asc"))).unwrap();
    fs::write(bench.file(&id, &format!("{jar}.sha1")), "0").unwrap();
    let close = bench.close(&id);
    let error = close.act(&bench.cx()).unwrap_err();
    let text = error.to_string();
    for words in [
        "signature-staging: No signature: ",
        "greeter-core-1.2.0.jar.asc is missing",
        "checksum-staging: Wrong checksum",
    ] {
        assert!(text.contains(words) && !text.contains("<b>"), "{words}: {text}");
    }
    assert!(error.hint().unwrap().contains("undo deploy-maven"));
    assert_eq!(close.probe(&bench.cx()).unwrap(), Probed::Absent);
    // the review says it before that
    let faults = bench.review(&id).act(&bench.cx()).unwrap_err().to_string();
    assert!(faults.contains("greeter-core-1.2.0.jar is not signed"), "{faults}");
    // mended, it can be closed
    bench.drop(&id).act(&bench.cx()).unwrap();
    assert_eq!(bench.run(&bench.deploy())["repository"], "orgapachegreeter-1005");
    bench.run(&bench.close("orgapachegreeter-1005"));
}

#[test]
fn bytes_that_changed_since_the_vote_are_not_released() {
    let bench = Bench::new();
    let closed = bench.closed();
    let id = closed["repository"].as_str().unwrap();
    fs::write(bench.file(id, "org/apache/greeter/greeter-sdk/1.2.0/greeter-sdk-1.2.0.jar"), "other bytes").unwrap();
    let release = bench.release(&closed);
    let problems = release.problems(&bench.cx()).unwrap();
    assert!(
        problems[0]
            .what
            .ends_with("voted on: org/apache/greeter/greeter-sdk/1.2.0/greeter-sdk-1.2.0.jar has other bytes"),
        "{problems:?}"
    );
    assert!(release.act(&bench.cx()).is_err());
    let faults = fails(bench.staged(&closed).examine(&bench.cx()).unwrap());
    assert!(faults.iter().any(|fault| fault.contains("greeter-sdk-1.2.0.jar: ")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.ends_with("greeter-sdk-1.2.0.jar has other bytes")), "{faults:?}");
    assert_eq!(bench.listed(), with_others(&[(id, "closed")]));
    assert_eq!(bench.happened("nexus promote"), 0);
}

#[test]
fn what_the_poms_demand_and_is_not_there_stops_the_review() {
    let bench = Bench::new();
    let id = bench.run(&bench.deploy())["repository"].as_str().unwrap().to_owned();
    fs::remove_dir_all(bench.file(&id, "org/apache/greeter/greeter-sdk")).unwrap();
    fs::remove_file(bench.file(&id, "org/apache/greeter/greeter-core/1.2.0/greeter-core-1.2.0-javadoc.jar")).unwrap();
    let stray = bench.file(&id, "org/apache/greeter/stray/1.2.0");
    fs::create_dir_all(&stray).unwrap();
    fs::write(stray.join("stray-1.2.0.jar"), "x").unwrap();
    let text = bench.review(&id).act(&bench.cx()).unwrap_err().to_string();
    for words in [
        "greeter-sdk: there is no .pom, no .jar, no -sources.jar, no -javadoc.jar",
        "greeter-core: there is no -javadoc.jar",
        "stray-1.2.0.jar belongs to no module of the tag",
        "stray-1.2.0.jar is not signed",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn who_may_not_stage_is_told_whom_to_ask() {
    let mut bench = Bench::new();
    let see: SeeProfile = bench.action(json!({}));
    let listed: ProfileListed = bench.action(json!({}));
    assert!(matches!(see.probe(&bench.cx()).unwrap(), Probed::Done(_)));
    bench.services.nexus = Some(client(&bench.stand_ins, NEXUS_GUEST, Effects::unwatched()));
    let error = see.probe(&bench.cx()).unwrap_err();
    assert!(error.to_string().ends_with("shows no staging profile org.apache.greeter to this account"), "{error}");
    assert!(error.hint().unwrap().contains("developers' list"));
    assert!(fails(listed.examine(&bench.cx()).unwrap())[0].contains("to guest"));
    bench.services.nexus = Some(Nexus::new(&bench.stand_ins.base("nexus"), None, Effects::unwatched()).unwrap());
    let error = listed.examine(&bench.cx()).unwrap_err();
    assert!(error.hint().unwrap().contains("QUORATE_NEXUS_USER"), "{error}");
}

#[test]
fn a_voter_without_a_login_can_check_what_is_staged() {
    let mut bench = Bench::new();
    let closed = bench.closed();
    bench.services.nexus = Some(Nexus::new(&bench.stand_ins.base("nexus"), None, Effects::unwatched()).unwrap());
    assert!(matches!(bench.staged(&closed).examine(&bench.cx()).unwrap(), Finding::Holds(_)));
    let error = bench.release(&closed).probe(&bench.cx()).unwrap_err();
    assert!(error.to_string().contains("wants to know who asks"), "{error}");
}
