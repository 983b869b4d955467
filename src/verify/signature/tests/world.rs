// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Keys and signatures of every kind, made once for all tests by GnuPG in a directory of
//! its own. The agent has ended, and the directory is gone, before the first test looks.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use crate::verify::signature::KeyRing;

/// What the good signatures are over.
pub(in crate::verify) const DATA: &[u8] = b"the artifact's bytes\nin two lines\n";

/// The keys that sign with every digest, by the name in their address.
pub(in crate::verify) const SIGNERS: [(&str, &str); 7] = [
    ("rsa2048", "rsa2048"),
    ("rsa3072", "rsa3072"),
    ("rsa4096", "rsa4096"),
    ("ed25519", "ed25519"),
    ("nistp256", "nistp256"),
    ("nistp384", "nistp384"),
    ("dsa2048", "dsa2048"),
];

/// The digests that each of them signs with.
pub(in crate::verify) const DIGESTS: [&str; 4] = ["SHA256", "SHA384", "SHA512", "SHA1"];

pub(in crate::verify) struct World {
    /// A KEYS file with all keys but the stranger's.
    pub(in crate::verify) keys_text: Vec<u8>,
    /// The same keys, as `gpgv` reads them.
    pub(in crate::verify) ring: Vec<u8>,
    /// Each armored detached signature over [`DATA`], by name.
    pub(in crate::verify) signatures: BTreeMap<String, Vec<u8>>,
    /// The keys' fingerprints, by name.
    pub(in crate::verify) fingerprints: BTreeMap<String, String>,
    /// Each key armored by itself, by name.
    pub(in crate::verify) blocks: BTreeMap<String, Vec<u8>>,
    /// The compromised key before it was revoked, and its revocation.
    pub(in crate::verify) alone: Vec<Vec<u8>>,
}

impl World {
    pub(in crate::verify) fn keys(&self) -> KeyRing {
        KeyRing::parse(&self.keys_text).unwrap()
    }

    pub(in crate::verify) fn signature(&self, name: &str) -> &[u8] {
        self.signatures.get(name).unwrap_or_else(|| panic!("no signature {name}"))
    }
}

pub(in crate::verify) fn world() -> &'static World {
    // one that cannot be made is not tried again for every test
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let home = tempfile::Builder::new().prefix("q").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let maker = Maker { home: home.path() };
        let world = maker.make();
        Command::new("gpgconf").arg("--homedir").arg(home.path()).args(["--kill", "all"]).status().unwrap();
        world
    });
    &WORLD
}

struct Maker<'a> {
    home: &'a Path,
}

impl Maker<'_> {
    fn make(&self) -> World {
        let data = self.home.join("data");
        std::fs::write(&data, DATA).unwrap();
        let mut signatures = BTreeMap::new();
        for (name, algorithm) in SIGNERS {
            self.key(name, algorithm, None);
            for digest in DIGESTS.iter().filter(|digest| possible(name, digest)) {
                signatures.insert(format!("{name}-{digest}"), self.sign(name, &["--digest-algo", digest]));
            }
        }
        let mut alone = Vec::new();
        self.odd_keys(&mut signatures, &mut alone);
        signatures.insert("text".into(), self.sign("rsa2048", &["--textmode"]));
        signatures.insert("for-years".into(), self.sign("rsa2048", &["--default-sig-expire", "20y"]));
        signatures.insert("both".into(), self.sign("ed25519", &["-u", "stranger@apache.org"]));
        signatures.insert("two".into(), self.sign("ed25519", &["-u", "rsa2048@apache.org"]));
        for (name, how) in [("inline", "--sign"), ("cleartext", "--clearsign")] {
            let arguments = ["--armor", "-u", "rsa2048@apache.org", "-o", "-", how, "data"];
            signatures.insert(name.into(), self.gpg(&arguments, b""));
        }
        let names: Vec<String> = self.names();
        let ours: Vec<&String> = names.iter().filter(|name| *name != "stranger").collect();
        let export = |armor: &[&str], who: &[&String]| {
            let addresses: Vec<String> = who.iter().map(|name| format!("={}", uid(name))).collect();
            let mut arguments: Vec<&str> = armor.to_vec();
            arguments.push("--export");
            arguments.extend(addresses.iter().map(String::as_str));
            self.gpg(&arguments, b"")
        };
        let blocks: BTreeMap<String, Vec<u8>> =
            names.iter().map(|name| (name.clone(), export(&["--armor"], &[name]))).collect();
        let mut keys_text = b"This file has the keys of the project.\n".to_vec();
        for name in &ours {
            keys_text.extend(format!("\npub   {name}\n      sig 3 {name}\n\n").bytes());
            keys_text.extend(&blocks[*name]);
        }
        let fingerprints = names.iter().map(|name| (name.clone(), self.fingerprint(name))).collect();
        World { keys_text, ring: export(&[], &ours), signatures, fingerprints, blocks, alone }
    }

    /// Keys with something the matter, and their signatures.
    fn odd_keys(&self, signatures: &mut BTreeMap<String, Vec<u8>>, revocations: &mut Vec<Vec<u8>>) {
        for (name, algorithm) in [("stranger", "ed25519"), ("weak", "rsa1024"), ("brainpool", "brainpoolP256r1")] {
            self.key(name, algorithm, None);
            signatures.insert(name.into(), self.sign(name, &[]));
        }
        self.gpg(
            &["--cert-digest-algo", "SHA1", "--quick-generate-key", &uid("sha1"), "rsa2048", "sign", "never"],
            b"",
        );
        signatures.insert("sha1-binding".into(), self.sign("sha1", &[]));

        self.gpg(&["--quick-generate-key", &uid("subkey"), "ed25519", "cert", "never"], b"");
        self.gpg(&["--quick-add-key", &self.fingerprint("subkey"), "rsa2048", "sign", "never"], b"");
        signatures.insert("subkey".into(), self.sign("subkey", &[]));

        self.key("expired", "ed25519", Some("20200101T000000!"));
        signatures.insert("expired-in-time".into(), self.sign_at("expired", "20200601T000000!", &[]));
        signatures.insert("expired-late".into(), self.sign_at("expired", "20220601T000000!", &[]));
        let fingerprint = self.fingerprint("expired");
        let set = ["--faked-system-time", "20200102T000000!", "--quick-set-expire", &fingerprint, "2021-01-01"];
        self.gpg(&set, b"");

        self.key("timely", "ed25519", Some("20200101T000000!"));
        signatures.insert("before-key".into(), self.sign_at("timely", "20190101T000000!", &["--ignore-time-conflict"]));
        signatures.insert("in-future".into(), self.sign_at("timely", "20370101T000000!", &[]));
        let ends = ["--default-sig-expire", "5d"];
        signatures.insert("signature-expired".into(), self.sign_at("timely", "20200301T000000!", &ends));

        // an expiry that was extended replaces what bound the key before
        self.key("renewed", "ed25519", Some("20200101T000000!"));
        signatures.insert("renewed".into(), self.sign_at("renewed", "20200601T000000!", &[]));
        let fingerprint = self.fingerprint("renewed");
        self.gpg(&["--faked-system-time", "20210101T000000!", "--quick-set-expire", &fingerprint, "0"], b"");

        self.gpg(&["--quick-generate-key", &uid("soon"), "ed25519", "sign", "60d"], b"");
        self.gpg(&["--quick-generate-key", &uid("certifier"), "ed25519", "cert", "never"], b"");
        self.gpg(&["--quick-generate-key", &uid("elsewhere"), "ed25519", "sign", "never"], b"");

        for (name, reason) in [("compromised", "1"), ("superseded", "2"), ("unspecified", "0")] {
            self.key(name, "ed25519", Some("20200101T000000!"));
            signatures.insert(format!("{name}-before"), self.sign_at(name, "20200601T000000!", &[]));
            signatures.insert(format!("{name}-after"), self.sign_at(name, "20220601T000000!", &[]));
            let revocation = self.revocation(name, reason);
            if name == "compromised" {
                let unrevoked = self.gpg(&["--armor", "--export", &format!("={}", uid(name))], b"");
                revocations.extend([unrevoked, revocation.clone()]);
            }
            self.gpg(&["--import"], &revocation);
        }
    }

    fn key(&self, name: &str, algorithm: &str, at: Option<&str>) {
        let mut arguments = at.map_or_else(Vec::new, |at| vec!["--faked-system-time", at]);
        let uid = uid(name);
        arguments.extend(["--quick-generate-key", &uid, algorithm, "sign", "never"]);
        self.gpg(&arguments, b"");
    }

    fn sign(&self, name: &str, options: &[&str]) -> Vec<u8> {
        let address = format!("{name}@apache.org");
        let mut arguments = vec!["--armor", "-u", &address];
        arguments.extend(options);
        arguments.extend(["-o", "-", "--detach-sign", "data"]);
        self.gpg(&arguments, b"")
    }

    fn sign_at(&self, name: &str, at: &str, options: &[&str]) -> Vec<u8> {
        self.sign(name, &[&["--faked-system-time", at], options].concat())
    }

    fn revocation(&self, name: &str, reason: &str) -> Vec<u8> {
        let fingerprint = self.fingerprint(name);
        let mut arguments = vec!["--no-batch", "--command-fd", "0"];
        arguments.extend(["--faked-system-time", "20210101T000000!", "--gen-revoke", &fingerprint]);
        self.gpg(&arguments, format!("y\n{reason}\n\ny\n").as_bytes())
    }

    fn fingerprint(&self, name: &str) -> String {
        let listing = self.gpg(&["--with-colons", "--list-keys", &format!("={}", uid(name))], b"");
        let listing = String::from_utf8(listing).unwrap();
        listing.lines().find_map(|line| line.strip_prefix("fpr:::::::::")?.strip_suffix(':')).unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let listing = String::from_utf8(self.gpg(&["--with-colons", "--list-keys"], b"")).unwrap();
        let uids = listing.lines().filter(|line| line.starts_with("uid:"));
        uids.filter_map(|line| Some(line.split_once('<')?.1.split_once('@')?.0.to_owned())).collect()
    }

    fn gpg(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let mut command = Command::new("gpg");
        command.current_dir(self.home).env("GNUPGHOME", self.home).env("LC_ALL", "C");
        command.args(["--batch", "--yes", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase="]);
        command.args(["--no-auto-check-trustdb", "--trust-model", "always"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// Whether GnuPG signs so: with DSA and on a curve the digest is no shorter than the key.
pub(in crate::verify) fn possible(name: &str, digest: &str) -> bool {
    match name {
        "nistp256" | "dsa2048" => digest != "SHA1",
        "nistp384" => matches!(digest, "SHA384" | "SHA512"),
        _ => true,
    }
}

fn uid(name: &str) -> String {
    let domain = if name == "elsewhere" { "example.org" } else { "apache.org" };
    format!("Ann Example <{name}@{domain}>")
}
