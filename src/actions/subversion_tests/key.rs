// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Publishing a key.

use super::*;

#[test]
fn a_key_is_added_once_behind_those_that_are_there() {
    let world = World::new();
    let (bob, _) = make_key("Bob Example <bob@example.org>");
    let before = format!("Keys of p\n\nBob Ex\u{e4}mple\n{}no newline at the end", armored(&bob));
    world.repository.put("release/KEYS", &before);
    let add = world.add_key();
    let (_, fingerprint) = key();
    let published =
        KeyPublished { keys: world.repository.url("release/KEYS"), fingerprint: fingerprint.to_ascii_lowercase() };
    assert!(matches!(published.examine(&world.cx()).unwrap(), Finding::Fails(_)));
    assert!(add.document(&world.cx()).unwrap().unwrap().contains("BEGIN PGP PUBLIC KEY BLOCK"));
    world.act_killed(&add, Moment::Before);
    world.act_killed(&add, Moment::After);
    let added = json!({"fingerprint": fingerprint, "revision": 3});
    assert_eq!(add.probe(&world.cx()).unwrap(), Probed::Done(added));
    assert!(matches!(published.examine(&world.cx()).unwrap(), Finding::Holds(_)));
    let keys = world.repository.look(&["cat", "release/KEYS"]);
    assert!(keys.starts_with(&format!("{before}\n")));
    let file = world.repository.scratch().join("KEYS");
    fs::write(&file, keys).unwrap();
    let shown = Command::new("gpg").arg("--show-keys").arg(file).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("ann@example.org") && shown.contains("bob@example.org"), "{shown}");
}

#[test]
fn a_key_that_is_there_already_is_done_and_the_first_makes_the_file() {
    let world = World::new();
    let (_, fingerprint) = key();
    let outputs = world.run(&world.add_key());
    assert_eq!(outputs, json!({"fingerprint": fingerprint, "revision": 2}));
    let other = World { intent: Intent { token: "fedcba".into(), ..world.intent.clone() }, ..world };
    let there = Probed::Done(json!({"fingerprint": fingerprint, "revision": null}));
    assert_eq!(other.add_key().probe(&other.cx()).unwrap(), there);
}

#[test]
fn without_the_right_to_write_keys_there_is_a_text_to_send() {
    let world = World::new();
    world.repository.put("release/KEYS", "Keys of p\n");
    let server = world.repository.serve();
    let services = world.with_svn(world.repository.svn_as("bob", "s3cret-of-bob"));
    let add = AddKey { keys: server.url("release/KEYS"), ..world.add_key() };
    let Err(ActionError::Refused { what, hint }) = add.act(&world.cx_of(&services)) else { panic!() };
    assert!(what.contains("no right to write"), "{what}");
    for text in ["Subject: [p] ", &key().1, "BEGIN PGP PUBLIC KEY BLOCK", "Ann Example"] {
        assert!(hint.contains(text), "{hint}");
    }
    assert_eq!(world.youngest(), "2");
}

#[test]
fn a_key_that_cannot_be_exported_is_a_problem() {
    let world = World::new();
    let mut services = world.with_svn(world.repository.svn(Effects::unwatched()));
    services.openpgp = OpenPgp::new(Some(key().0.path().to_owned()), "A".repeat(40), Effects::unwatched());
    assert_eq!(world.add_key().problems(&world.cx_of(&services)).unwrap().len(), 1);
}

#[test]
fn parameters_are_refused_that_are_not_known() {
    let with = json!({"keys": "https://svn.example.org/KEYS", "project": "p", "name": "n", "message": "m", "x": 1});
    assert!(serde_json::from_value::<AddKey>(with).is_err());
    let with = json!({"keys": "KEYS", "project": "p", "name": "n", "message": "m"});
    assert!(serde_json::from_value::<AddKey>(with).is_err());
    assert!(serde_json::from_value::<SvnLacks>(json!({"url": "-x://", "matching": "p"})).is_err());
    assert_eq!(serde_json::from_value::<Revision>(json!(7)).unwrap(), Revision(7));
}
