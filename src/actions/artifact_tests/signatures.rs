// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Checksum files and signatures.

use super::*;

/// The artifacts `a.tgz` and `b.tgz`, hashed and signed.
fn signed(world: &World) -> (HashArtifacts, SignArtifacts, Value) {
    fs::create_dir_all(world.artifacts()).unwrap();
    for name in ["b.tgz", "a.tgz"] {
        fs::write(world.artifacts().join(name), name).unwrap();
    }
    let with = json!({ "directory": "candidates/rc1/artifacts", "files": ["b.tgz", "a.tgz"] });
    let (hash, sign): (HashArtifacts, SignArtifacts) = (action(with.clone()), action(with));
    let hashed = world.run(&hash);
    assert_eq!(hashed["files"][0]["name"], "b.tgz");
    let manifest = world.run(&sign);
    (hash, sign, manifest)
}

#[test]
fn gpg_and_sha512sum_accept_what_is_signed_and_hashed() {
    let home = TestHome::new();
    let world = World::with_key(Some(&home));
    let (_, _, manifest) = signed(&world);
    let names: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.tgz", "a.tgz.asc", "a.tgz.sha512", "b.tgz", "b.tgz.asc", "b.tgz.sha512"]);
    assert_eq!(manifest["fingerprint"], home.fingerprint);
    for name in ["a.tgz", "b.tgz"] {
        let file = world.artifacts().join(name);
        let asc = world.artifacts().join(format!("{name}.asc"));
        let verified = home.gpg(&["--status-fd", "1", "--verify", asc.to_str().unwrap(), file.to_str().unwrap()]);
        assert!(stdout(&verified).contains(&format!("VALIDSIG {}", home.fingerprint)));
        let mut sum = Command::new("sha512sum");
        stdout(
            &sum.current_dir(world.artifacts()).args(["--strict", "-c", &format!("{name}.sha512")]).output().unwrap(),
        );
    }
    let holds: HashesHold = action(json!({ "directory": "candidates/rc1/artifacts", "files": manifest["files"] }));
    assert!(matches!(holds.examine(&world.cx()).unwrap(), Finding::Holds(_)));
    fs::write(world.artifacts().join("a.tgz"), "other").unwrap();
    fs::remove_file(world.artifacts().join("b.tgz.sha512")).unwrap();
    let faults = fails(holds.examine(&world.cx()).unwrap());
    assert_eq!(faults[0], "b.tgz.sha512 is not in candidates/rc1/artifacts");
    assert!(faults[1].starts_with("a.tgz: checksum: a.tgz.sha512: wrong SHA-512"), "{faults:?}");
    assert!(faults[2].starts_with("b.tgz: inventory: no checksum"), "{faults:?}");
    assert!(faults[3].starts_with("manifest: a.tgz has "), "{faults:?}");
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn a_good_signature_is_kept_and_any_other_replaced() {
    let (home, bob) = (TestHome::new(), TestHome::new());
    let world = World::with_key(Some(&home));
    let (hash, sign, _) = signed(&world);
    let mut signatures = world.happened("sign");
    assert_eq!(signatures, 2);
    let asc = |name: &str| world.artifacts().join(format!("{name}.asc"));
    let kept = fs::read(asc("a.tgz")).unwrap();
    let others = [bob.openpgp().sign_detached(b"b.tgz").unwrap(), "nothing".into(), String::new()];
    for other in others {
        fs::write(asc("b.tgz"), other).unwrap();
        assert_eq!(sign.probe(&world.cx()).unwrap(), Probed::Absent);
        let repeated = sign.act(&world.cx()).unwrap();
        signatures += 1;
        assert_eq!(world.happened("sign"), signatures, "of b.tgz alone");
        assert_eq!(fs::read(asc("a.tgz")).unwrap(), kept);
        assert_eq!(sign.probe(&world.cx()).unwrap(), Probed::Done(repeated));
    }
    // Another artifact wants another hash before it can be signed.
    fs::write(world.artifacts().join("b.tgz"), "changed").unwrap();
    assert_eq!(sign.probe(&world.cx()).unwrap(), Probed::Absent);
    let error = sign.act(&world.cx()).unwrap_err();
    assert_eq!(error.to_string(), format!("missing in {}: b.tgz.sha512", world.artifacts().display()));
    assert_eq!(hash.probe(&world.cx()).unwrap(), Probed::Absent);
    hash.act(&world.cx()).unwrap();
    sign.act(&world.cx()).unwrap();
    assert!(matches!(sign.probe(&world.cx()).unwrap(), Probed::Done(_)));
    fs::remove_file(world.artifacts().join("a.tgz")).unwrap();
    fs::remove_file(world.artifacts().join("b.tgz")).unwrap();
    let error = hash.act(&world.cx()).unwrap_err();
    assert_eq!(error.to_string(), format!("missing in {}: b.tgz, a.tgz", world.artifacts().display()));
}

#[test]
fn an_expired_key_is_a_problem_and_does_not_sign() {
    let home = TestHome::new();
    let world = World::with_key(Some(&home));
    let (_, sign, _) = signed(&world);
    fs::remove_file(world.artifacts().join("a.tgz.asc")).unwrap();
    assert!(home.gpg(&["--quick-set-expire", &home.fingerprint, "seconds=1"]).status.success());
    while !home.openpgp().describe().unwrap().expired {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let problems = sign.problems(&world.cx()).unwrap();
    assert!(problems[0].what.contains("has expired on"), "{problems:?}");
    assert!(chain(&sign.act(&world.cx()).unwrap_err()).contains("has expired on"));
    assert!(!world.artifacts().join("a.tgz.asc").exists());
}

#[test]
fn signatures_hold_for_one_who_has_keys_alone() {
    let (home, bob) = (TestHome::new(), TestHome::new());
    let world = World::with_key(Some(&home));
    signed(&world);
    let repository = world.directory.path().join("svn");
    stdout(&Command::new("svnadmin").arg("create").arg(&repository).output().unwrap());
    let url = format!("file://{}", repository.display());
    let publish = |name: &str, text: &str| {
        let file = world.directory.path().join(name);
        fs::write(&file, text).unwrap();
        let mut svnmucc = Command::new("svnmucc");
        stdout(&svnmucc.args(["-m", "keys", "-U", &url, "put"]).arg(&file).arg(name).output().unwrap());
        format!("{url}/{name}")
    };
    let block = |home: &TestHome| home.openpgp().export_armored().unwrap();
    let both = publish("KEYS", &format!("All keys\n\n{}\nand\n{}", block(&bob), block(&home)));
    let without = publish("OTHERS", &block(&bob));
    let probe = |files: &[&str], keys: Option<&str>| -> Finding {
        let with = json!({ "directory": "candidates/rc1/artifacts", "files": files, "keys": keys });
        action::<SignaturesHold>(with).examine(&world.cx()).unwrap()
    };
    assert!(matches!(probe(&["a.tgz", "b.tgz"], None), Finding::Holds(_)));
    assert!(matches!(probe(&["a.tgz", "b.tgz"], Some(&both)), Finding::Holds(_)));
    let faults = fails(probe(&["a.tgz"], Some(&without)));
    assert!(faults[0].starts_with("a.tgz.asc: unknown signer: ") && faults[0].ends_with("not in KEYS"), "{faults:?}");
    // Somebody in KEYS has signed, and not the release manager.
    let kept = fs::read(world.artifacts().join("a.tgz.asc")).unwrap();
    fs::write(world.artifacts().join("a.tgz.asc"), bob.openpgp().sign_file(&world.artifacts().join("a.tgz")).unwrap())
        .unwrap();
    let faults = fails(probe(&["a.tgz"], Some(&both)));
    assert_eq!(faults, [format!("a.tgz.asc is by {}, expected {}", bob.fingerprint, home.fingerprint)]);
    fs::write(world.artifacts().join("a.tgz.asc"), kept).unwrap();
    fs::write(world.artifacts().join("a.tgz"), "changed").unwrap();
    fs::remove_file(world.artifacts().join("b.tgz.asc")).unwrap();
    let faults = fails(probe(&["a.tgz", "b.tgz", "c.tgz"], None));
    assert!(faults[0].contains("bad signature: it is over other bytes") && faults.len() == 3, "{faults:?}");
    let missing: SignaturesHold = action(json!({ "directory": "d", "files": [], "keys": format!("{url}/NONE") }));
    assert!(matches!(missing.examine(&world.cx()), Err(ActionError::Service { .. })));
}

#[test]
fn names_that_lead_out_of_the_directory_are_refused() {
    let world = World::new();
    let hash: HashArtifacts = action(json!({ "directory": "a", "files": ["../x"] }));
    assert!(matches!(hash.act(&world.cx()), Err(ActionError::Service { .. })));
    assert!(!Path::new(&world.directory.path().join("workspace/x.sha512")).exists());
}
