// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate doctor` as a person at a shell sees it: over what a rehearsal leaves,
//! and over nothing at all.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command as Plain;
use std::thread;

use assert_cmd::Command;
use quorate::rehearsal::stand_ins::{Faults, StandIns, images};
use serde_json::Value;

/// What nobody can be asked without a token.
const OF_GITHUB: [&str; 4] = ["github-token", "github-website", "github-docker", "github-playground"];

/// What is asked of web services that need no account.
const OF_THE_WEB: [&str; 7] =
    ["maven-central", "pypi-project", "pypi-upload", "image-registry", "website", "documentation", "links"];

/// What a finished rehearsal left.
struct World {
    directory: tempfile::TempDir,
    stand_ins_port: u16,
}

/// Directly under /tmp, since the agent's socket needs a short path.
fn short_directory() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("dr-").tempdir_in("/tmp").unwrap()
}

/// Keeps a port from whoever else might serve there: each caller is hung up on.
fn hang_up_at(port: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || listener.incoming().for_each(drop));
}

impl World {
    fn rehearsed() -> Self {
        let directory = short_directory();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.args(["rehearse", "--stand-ins", "--keep"]).arg(directory.path()).assert().success();
        let world: Value = serde_json::from_slice(&fs::read(directory.path().join("world.json")).unwrap()).unwrap();
        let port = |name: &str| world[name].as_u64().unwrap().try_into().unwrap();
        for name in ["smtp_port", "archive_port"] {
            hang_up_at(port(name));
        }
        Self { directory, stand_ins_port: port("stand_ins_port") }
    }

    /// The web services, until the value is dropped.
    fn stand_ins(&self) -> StandIns {
        StandIns::start(&self.path("stand-ins"), self.stand_ins_port, Faults::default()).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn doctor(&self, arguments: &[&str]) -> Answer {
        doctor(&self.path("state"), &self.path("home"), &self.path("gnupg"), arguments)
    }
}

/// How the doctor ended, and what it said.
struct Answer {
    code: i32,
    text: String,
    said: String,
}

impl Answer {
    fn items(&self) -> Vec<Value> {
        let report: Value = serde_json::from_str(&self.text).unwrap();
        report["items"].as_array().unwrap().clone()
    }

    fn item(&self, id: &str) -> Value {
        self.items().into_iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no {id} in {}", self.text))
    }

    fn state(&self, id: &str) -> String {
        self.item(id)["state"].as_str().unwrap().to_owned()
    }

    fn having(&self, state: &str) -> Vec<String> {
        let items = self.items().into_iter().filter(|item| item["state"] == state);
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn doctor(state: &Path, home: &Path, gnupg: &Path, arguments: &[&str]) -> Answer {
    doctor_with(&[], state, home, gnupg, arguments)
}

fn doctor_with(variables: &[(&str, &str)], state: &Path, home: &Path, gnupg: &Path, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    for name in ["RELEASE", "ASSETS", "SVN_USER", "SVN_PASSWORD", "SMTP_USER", "SMTP_PASSWORD"] {
        command.env_remove(format!("QUORATE_{name}"));
    }
    command.envs(variables.iter().copied());
    command.env("QUORATE_STATE", state).env("HOME", home).env("GNUPGHOME", gnupg).env_remove("XDG_CONFIG_HOME");
    let output = command.arg("doctor").args(arguments).output().unwrap();
    // The agent that the test signature started would outlive the test.
    let ended = Plain::new("gpgconf").arg("--homedir").arg(gnupg).args(["--kill", "all"]).status().unwrap();
    assert!(ended.success());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { code: output.status.code().unwrap(), text: text(output.stdout), said: text(output.stderr) }
}

/// One after the other: a world takes seconds to make, and has one GnuPG home.
#[test]
fn over_what_a_rehearsal_left() {
    let world = World::rehearsed();
    the_services_of_a_rehearsal_are_as_they_should_be(&world);
    hang_up_at(world.stand_ins_port);
    services_that_are_down_are_unknown_and_the_rest_is_judged(&world);
    offline_says_what_it_skips_and_still_asks_what_is_on_this_machine(&world);
    the_text_has_a_line_an_item_and_ends_with_the_verdict(&world);
    a_key_that_is_not_in_keys_comes_with_the_mail_that_asks_for_it(&world);
}

fn the_services_of_a_rehearsal_are_as_they_should_be(world: &World) {
    let stand_ins = world.stand_ins();
    let (state, home, gnupg) = (world.path("state"), world.path("home"), world.path("gnupg"));
    let account = [("QUORATE_IMAGES_USER", images::ACCOUNT.0), ("QUORATE_IMAGES_PASSWORD", images::ACCOUNT.1)];
    let answer = doctor_with(&account, &state, &home, &gnupg, &["--json"]);
    assert_eq!(answer.having("failed"), [""; 0], "{}", answer.text);
    for id in OF_THE_WEB.into_iter().chain(["image-push", "tracker"]) {
        assert_eq!(answer.state(id), "ok", "{id} in {}", answer.text);
    }
    assert!(answer.item("links")["found"].as_str().unwrap().contains("all 2"), "nothing outside is asked");
    assert!(!answer.text.contains(images::ACCOUNT.1));
    let reader = [("QUORATE_IMAGES_USER", images::READER.0), ("QUORATE_IMAGES_PASSWORD", images::READER.1)];
    assert_eq!(doctor_with(&reader, &state, &home, &gnupg, &["--json"]).state("image-push"), "warning");
    let wrong = [("QUORATE_IMAGES_USER", images::READER.0), ("QUORATE_IMAGES_PASSWORD", "another")];
    assert_eq!(doctor_with(&wrong, &state, &home, &gnupg, &["--json"]).having("failed"), ["image-push"]);
    drop(stand_ins);
}

fn services_that_are_down_are_unknown_and_the_rest_is_judged(world: &World) {
    let answer = world.doctor(&["--json"]);
    assert_eq!(answer.code, 4, "{}", answer.text);
    let down = [&OF_THE_WEB[..1], &["smtp", "archive", "tracker"], &OF_THE_WEB[1..]].concat();
    assert_eq!(answer.having("unknown"), down);
    assert_eq!(answer.having("failed"), [""; 0]);
    // The key of a rehearsal has no apache.org address, and nobody gave a token.
    assert_eq!(answer.having("warning"), ["key-address", "tracker-login", "pypi-token", "npm-login"]);
    let skipped = [&["svn-account", "nexus-account", "smtp-login"], &OF_GITHUB[..], &["image-push"]].concat();
    assert_eq!(answer.having("skipped"), skipped);
    for id in ["remote", "secret-key", "agent", "key-published", "svn-dev", "maven-settings", "build-trial"] {
        assert_eq!(answer.state(id), "ok", "{}", answer.text);
    }
    assert!(answer.item("smtp-login")["found"].as_str().unwrap().contains("QUORATE_SMTP_USER"));
    let report: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((report["release"].as_str(), report["verdict"].as_str()), (Some("sample/1.2.0"), Some("unknown")));
}

fn offline_says_what_it_skips_and_still_asks_what_is_on_this_machine(world: &World) {
    let answer = world.doctor(&["--json", "--offline"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let before = ["svn-account", "nexus-account", "maven-central", "smtp", "smtp-login", "archive"];
    let after =
        ["tracker", "tracker-login", "pypi-project", "pypi-upload", "npm-login", "image-registry", "image-push"];
    let pages = ["website", "documentation", "links"];
    assert_eq!(answer.having("skipped"), [&before[..], &OF_GITHUB, &after, &pages].concat());
    assert!(answer.item("smtp")["found"].as_str().unwrap().ends_with("--offline"));
    assert_eq!([answer.state("remote"), answer.state("svn-dev")], ["ok"; 2], "both are on this machine");
}

fn the_text_has_a_line_an_item_and_ends_with_the_verdict(world: &World) {
    let answer = world.doctor(&["--offline"]);
    let items = world.doctor(&["--json", "--offline"]).items();
    for item in &items {
        let title = item["title"].as_str().unwrap();
        assert!(answer.text.contains(&format!(" {title} — ")), "{title} is missing in\n{}", answer.text);
    }
    let last = answer.text.lines().last().unwrap();
    assert!(last.starts_with("Nothing failed of what was asked: 2 warning, 20 skipped, "), "{last}");
    assert!(!answer.text.contains('\u{1b}'), "colour without a terminal");
}

fn a_key_that_is_not_in_keys_comes_with_the_mail_that_asks_for_it(world: &World) {
    let other = short_directory();
    let mut command = Plain::new("gpg");
    command.arg("--homedir").arg(other.path()).args(["--batch", "--quiet", "--passphrase", ""]);
    let made = command.args(["--quick-generate-key", "Ann Example <ann@apache.org>", "ed25519", "sign", "60d"]);
    assert!(made.output().unwrap().status.success());
    let arguments = ["--json", "--offline", "--product", "sample", "--key"];
    let wrong =
        doctor(&world.path("state"), &world.path("home"), other.path(), &[&arguments[..], &["0123ABCD"]].concat());
    assert_eq!(wrong.state("secret-key"), "failed");
    let hint = wrong.item("secret-key")["next"].as_str().unwrap().to_owned();
    let fingerprint = hint.rsplit(' ').next().unwrap();
    assert_eq!(fingerprint.len(), 40, "{hint}");
    let answer =
        doctor(&world.path("state"), &world.path("home"), other.path(), &[&arguments[..], &[fingerprint]].concat());
    assert_eq!(answer.code, 1, "{}", answer.text);
    assert_eq!(answer.having("failed"), ["git-signing-key", "key-published"]);
    assert_eq!(answer.having("warning"), ["key-validity", "pypi-token"], "it expires in 60 days");
    let mail = answer.item("key-published")["next"].as_str().unwrap().to_owned();
    assert!(mail.contains("Subject: [greeter]") && mail.contains("dev@greeter.example.org"), "{mail}");
    assert!(mail.contains(fingerprint) && mail.contains("-----END PGP PUBLIC KEY BLOCK-----"), "{mail}");
}

#[test]
fn nothing_set_up_is_all_named_at_once_and_no_secret_is_shown() {
    let (home, gnupg) = (tempfile::tempdir().unwrap(), short_directory());
    let clone = home.path().join("clone");
    let git = |arguments: &[&str]| {
        let status = Plain::new("git").arg("-C").arg(home.path()).args(arguments).status().unwrap();
        assert!(status.success());
    };
    git(&["init", "--quiet", "clone"]);
    git(&["-C", "clone", "remote", "add", "origin", "https://ann:s3cret@git.example.org/x"]);
    let settings = "<settings><servers><server><id>other</id><password>s3cret</password></server></servers></settings>";
    fs::create_dir(home.path().join(".m2")).unwrap();
    fs::write(home.path().join(".m2/settings.xml"), settings).unwrap();
    let run = |arguments: &[&str]| doctor(&home.path().join("state"), home.path(), gnupg.path(), arguments);
    let clone = clone.to_str().unwrap();
    let unknown = run(&["--offline", "--repo", clone]);
    assert_eq!(unknown.code, 2, "of which product? {}", unknown.said);
    assert!(unknown.said.contains("git.example.org/x") && !unknown.said.contains("s3cret"), "{}", unknown.said);
    let product = ["--product", "flink-statefun"];
    let answer = run(&["--json", "--offline", "--repo", clone, product[0], product[1]]);
    assert_eq!(answer.code, 1);
    let failed = answer.having("failed");
    for id in ["secret-key", "maven-settings"] {
        assert!(failed.contains(&id.to_owned()), "{failed:?}");
    }
    assert_eq!([answer.state("git"), answer.state("clone"), answer.state("state-directory")], ["ok"; 3]);
    assert_eq!([answer.state("remote"), answer.state("svn-dev"), answer.state("archive")], ["skipped"; 3]);
    for item in answer.items() {
        let (state, next) = (item["state"].as_str().unwrap(), item["next"].as_str().unwrap_or_default());
        assert_eq!(next.is_empty(), matches!(state, "ok" | "skipped"), "what to do next: {item}");
    }
    assert!(!answer.text.contains("s3cret"), "{}", answer.text);
    assert!(!home.path().join("state").exists(), "looking makes nothing");
    let gone = home.path().join("gone").display().to_string();
    let nowhere = run(&["--json", "--offline", "--repo", &gone, product[0], product[1]]);
    assert_eq!((&*nowhere.state("clone"), &*nowhere.state("remote")), ("failed", "skipped"));
    assert_eq!(run(&["--product", "no-such-product"]).code, 2);
}
