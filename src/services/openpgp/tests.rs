// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Against the real GnuPG.

use std::process::Command;
use std::sync::OnceLock;

use super::*;

/// A home with one key; the agent ends with it.
pub(crate) struct TestHome {
    directory: tempfile::TempDir,
    pub(crate) fingerprint: String,
}

impl TestHome {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("gpg-").tempdir_in("/tmp").unwrap();
        let fingerprint = OpenPgp::generate(directory.path(), "Ann Example", "ann@example.org", "ed25519").unwrap();
        Self { directory, fingerprint }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn openpgp(&self) -> OpenPgp {
        OpenPgp::new(Some(self.path().to_owned()), &self.fingerprint, Effects::unwatched())
    }

    pub(crate) fn gpg(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(self.path()).args(["--batch", "--yes", "--pinentry-mode", "loopback"]);
        command.args(arguments).output().unwrap()
    }
}

impl Drop for TestHome {
    fn drop(&mut self) {
        let _ = OpenPgp::stop_agent(self.path());
    }
}

fn exported() -> &'static str {
    static BLOCK: OnceLock<String> = OnceLock::new();
    BLOCK.get_or_init(|| TestHome::new().openpgp().export_armored().unwrap())
}

#[test]
fn a_signature_is_good_for_its_bytes_alone_and_gpg_agrees() {
    let home = TestHome::new();
    let openpgp = home.openpgp();
    let signature = openpgp.sign_detached(b"bytes").unwrap();
    assert!(signature.starts_with("-----BEGIN PGP SIGNATURE-----"), "{signature}");
    assert!(openpgp.verify_by_own_key(&signature, b"bytes").unwrap());
    assert!(!openpgp.verify_by_own_key(&signature, b"other").unwrap());
    assert!(!openpgp.verify_by_own_key("no signature", b"bytes").unwrap());
    assert!(!openpgp.verify_by_own_key("", b"bytes").unwrap());

    let file = home.path().join("file");
    std::fs::write(&file, b"bytes").unwrap();
    let signature = openpgp.sign_file(&file).unwrap();
    let asc = home.path().join("file.asc");
    std::fs::write(&asc, &signature).unwrap();
    let output = home.gpg(&["--verify", asc.to_str().unwrap(), file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    assert!(openpgp.verify_file(&signature, &file).unwrap().is_good());
    assert!(matches!(openpgp.sign_file(&home.path().join("missing")), Err(OpenPgpError::File { .. })));
}

#[test]
fn a_good_signature_by_another_key_is_not_ours() {
    let (ann, bob) = (TestHome::new(), TestHome::new());
    let signature = bob.openpgp().sign_detached(b"bytes").unwrap();
    assert!(!ann.openpgp().verify_by_own_key(&signature, b"bytes").unwrap());
    let block = ann.path().join("bob.asc");
    std::fs::write(&block, bob.openpgp().export_armored().unwrap()).unwrap();
    assert!(ann.gpg(&["--import", block.to_str().unwrap()]).status.success());
    assert!(!ann.openpgp().verify_by_own_key(&signature, b"bytes").unwrap(), "known now, but not ours");
    let both = format!("{signature}\n{}", ann.openpgp().sign_detached(b"bytes").unwrap());
    assert!(!ann.openpgp().verify_by_own_key(&both, b"bytes").unwrap());
}

#[test]
fn expired_and_revoked_keys_are_told_apart_and_refused() {
    let home = TestHome::new();
    let signature = home.openpgp().sign_detached(b"bytes").unwrap();
    let revocation = home.path().join(format!("openpgp-revocs.d/{}.rev", home.fingerprint));
    let text = std::fs::read_to_string(&revocation).unwrap().replace(":-----BEGIN", "-----BEGIN");
    std::fs::write(&revocation, text).unwrap();
    assert!(home.gpg(&["--import", revocation.to_str().unwrap()]).status.success());
    assert!(matches!(home.openpgp().sign_detached(b"bytes"), Err(OpenPgpError::Revoked { .. })));
    assert!(matches!(home.openpgp().check_agent(), Err(OpenPgpError::Revoked { .. })));
    assert!(!home.openpgp().verify_by_own_key(&signature, b"bytes").unwrap());
    let description = home.openpgp().describe().unwrap();
    assert!(description.revoked && !description.can_sign);

    let past = ["--faked-system-time", "20200101T000000", "--passphrase", "", "--quick-generate-key"];
    let made = home.gpg(&[&past[..], &["Old Key <old@example.org>", "ed25519", "sign,cert", "1d"]].concat());
    assert!(made.status.success(), "{made:?}");
    let keys = OpenPgp::secret_keys(Some(home.path())).unwrap();
    let old = keys.iter().find(|key| key.expired).unwrap();
    let openpgp = OpenPgp::new(Some(home.path().to_owned()), &old.fingerprint, Effects::unwatched());
    let error = openpgp.sign_detached(b"bytes").unwrap_err();
    assert!(matches!(error, OpenPgpError::Expired { .. }), "{error:?}");
    assert!(error.to_string().ends_with("has expired on 2020-01-02"), "{error}");
}

#[test]
fn a_key_is_described() {
    let home = TestHome::new();
    let fingerprint = OpenPgp::generate(home.path(), "Bob Example", "bob@example.org", "rsa2048").unwrap();
    let openpgp = OpenPgp::new(Some(home.path().to_owned()), &fingerprint, Effects::unwatched());
    let key = openpgp.describe().unwrap();
    assert_eq!((key.algorithm.as_str(), key.bits, key.can_sign), ("rsa2048", 2048, true));
    assert_eq!(key.user_ids, ["Bob Example <bob@example.org>"]);
    assert_eq!((key.expired, key.revoked, key.disabled, key.subkeys.len()), (false, false, false, 0));
    let lifetime = key.expires.unwrap().as_second() - key.created.unwrap().as_second();
    assert_eq!(lifetime / (24 * 60 * 60), 365);
    openpgp.check_agent().unwrap();
    assert_eq!(OpenPgp::secret_keys(Some(home.path())).unwrap().len(), 2);
}

#[test]
fn a_key_is_chosen_by_its_whole_fingerprint_only() {
    let home = TestHome::new();
    for text in ["ann@example.org", &home.fingerprint[24..], "", &format!("{}0", home.fingerprint)] {
        let openpgp = OpenPgp::new(Some(home.path().to_owned()), text, Effects::unwatched());
        assert!(matches!(openpgp.describe(), Err(OpenPgpError::Fingerprint { .. })), "{text}");
    }
    let openpgp = OpenPgp::new(Some(home.path().to_owned()), "A".repeat(40), Effects::unwatched());
    assert!(matches!(openpgp.describe(), Err(OpenPgpError::NoSuchKey { .. })));
    let lower = OpenPgp::new(Some(home.path().to_owned()), home.fingerprint.to_lowercase(), Effects::unwatched());
    assert_eq!(lower.describe().unwrap().fingerprint, home.fingerprint);
}

#[test]
fn a_subkey_signs_for_its_key() {
    let home = TestHome::new();
    let added = home.gpg(&["--passphrase", "", "--quick-add-key", &home.fingerprint, "ed25519", "sign", "1y"]);
    assert!(added.status.success(), "{added:?}");
    let description = home.openpgp().describe().unwrap();
    let subkey = description.subkeys[0].clone();
    assert!(subkey.can_sign);
    let signature = home.openpgp().sign_detached(b"bytes").unwrap();
    let verdict = home.openpgp().session().unwrap().verify(&signature, b"bytes").unwrap();
    assert_eq!(verdict, Verdict::Good { fingerprint: subkey.fingerprint.clone() });
    let openpgp = OpenPgp::new(Some(home.path().to_owned()), subkey.fingerprint, Effects::unwatched());
    assert!(matches!(openpgp.describe(), Err(OpenPgpError::Subkey { .. })));
}

#[test]
fn a_passphrase_is_handed_over_and_a_wrong_one_is_told() {
    let home = TestHome::new();
    let made =
        home.gpg(&["--passphrase", "right", "--quick-generate-key", "Bob <bob@example.org>", "ed25519", "sign,cert"]);
    assert!(made.status.success(), "{made:?}");
    let keys = OpenPgp::secret_keys(Some(home.path())).unwrap();
    let bob = keys.iter().find(|key| key.user_ids[0].starts_with("Bob")).unwrap();
    // The agent remembers the passphrase from the generation.
    OpenPgp::stop_agent(home.path()).unwrap();
    let key = || OpenPgp::new(Some(home.path().to_owned()), &bob.fingerprint, Effects::unwatched());
    let wrong = key().with_passphrase("wrong".into()).sign_detached(b"bytes").unwrap_err();
    assert!(matches!(wrong, OpenPgpError::BadPassphrase { .. }), "{wrong:?}");
    std::fs::write(home.path().join("gpg-agent.conf"), "pinentry-program /nonexistent/pinentry\n").unwrap();
    OpenPgp::stop_agent(home.path()).unwrap();
    let none = key().sign_detached(b"bytes").unwrap_err();
    assert!(matches!(none, OpenPgpError::NoPinentry { .. }), "{none:?}");
    key().with_passphrase("right".into()).sign_detached(b"bytes").unwrap();

    let script = home.path().join("pinentry");
    let text = "#!/bin/sh\necho OK ready\nwhile read -r line; do case $line in GETPIN*|CONFIRM*) echo 'ERR 83886179 Operation cancelled <Pinentry>';; BYE*) echo OK; exit;; *) echo OK;; esac; done\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(home.path().join("gpg-agent.conf"), format!("pinentry-program {}\n", script.display())).unwrap();
    OpenPgp::stop_agent(home.path()).unwrap();
    let declined = key().sign_detached(b"bytes").unwrap_err();
    assert!(matches!(declined, OpenPgpError::Cancelled { .. }), "{declined:?}");
}

#[test]
fn a_home_that_cannot_be_used_is_told() {
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    let missing = directory.path().join("missing");
    let openpgp = OpenPgp::new(Some(missing), "A".repeat(40), Effects::unwatched());
    assert!(matches!(openpgp.describe(), Err(OpenPgpError::Home { .. })));
    let long = directory.path().join("x".repeat(100));
    match OpenPgp::generate(&long, "Ann Example", "ann@example.org", "ed25519") {
        Err(OpenPgpError::Home { why, .. }) => assert!(why.contains("too long"), "{why}"),
        // There is a runtime directory, so that the path does not matter.
        other => {
            other.unwrap();
            OpenPgp::stop_agent(&long).unwrap();
        }
    }
}

#[test]
fn no_agent_is_told() {
    let home = TestHome::new();
    OpenPgp::stop_agent(home.path()).unwrap();
    // Something that the agent cannot put its socket in the place of.
    let _ = std::fs::remove_file(home.path().join("S.gpg-agent"));
    std::fs::create_dir_all(home.path().join("S.gpg-agent/in-the-way")).unwrap();
    let error = home.openpgp().check_agent().unwrap_err();
    assert!(matches!(error, OpenPgpError::NoAgent { .. }), "{error:?}");
}

#[test]
fn a_keys_file_gives_all_its_fingerprints() {
    let (ann, bob) = (TestHome::new(), TestHome::new());
    assert!(ann.gpg(&["--passphrase", "", "--quick-add-key", &ann.fingerprint, "ed25519", "sign"]).status.success());
    let (first, second) = (ann.openpgp().export_armored().unwrap(), bob.openpgp().export_armored().unwrap());
    let text =
        format!("How to use this file: -- gpg --import\n\npub ed25519 Ann\n{first}\nBob - his key\r\n{second}\nend");
    let mut wanted: Vec<String> = ann.openpgp().describe().unwrap().fingerprints().map(str::to_owned).collect();
    wanted.push(bob.fingerprint.clone());
    let mut found = OpenPgp::fingerprints_in(&text).unwrap();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    assert_eq!(OpenPgp::fingerprints_in("no keys at all").unwrap(), Vec::<String>::new());

    let file = bob.path().join("file");
    std::fs::write(&file, "bytes").unwrap();
    let signature = bob.openpgp().sign_file(&file).unwrap();
    assert!(Keyring::new(&text).unwrap().verify_file(&signature, &file).unwrap().is_good());
    let verdict = Keyring::new(&first).unwrap().verify_file(&signature, &file).unwrap();
    assert!(matches!(&verdict, Verdict::Bad { why } if why.contains("not known")), "{verdict:?}");
}

#[test]
fn a_damaged_block_is_named_by_its_line() {
    let good = exported();
    let bad = good.replacen("\n\nmDM", "\n\nAAAA", 1);
    assert_ne!(bad, good);
    let text = format!("text\n{good}\nmore\n{bad}\n{good}");
    let line = text.lines().count() - bad.lines().count() - good.lines().count();
    match OpenPgp::fingerprints_in(&text) {
        Err(OpenPgpError::DamagedKeys { line: found }) => assert_eq!(found, line),
        other => panic!("{other:?}"),
    }
}
