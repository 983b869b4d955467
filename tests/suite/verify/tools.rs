// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate hash`, `quorate sign` and `quorate keys check`, beside the tools that people
//! have: what one writes the other takes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::candidate::Signers;

/// A directory with files, and the program in it.
struct Room {
    place: tempfile::TempDir,
    home: Option<std::path::PathBuf>,
}

impl Room {
    fn with(files: &[(&str, &str)]) -> Self {
        let room = Self { place: tempfile::tempdir().unwrap(), home: None };
        files.iter().for_each(|(name, text)| room.write(name, text));
        room
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.place.path().join(name)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.place).stdin(Stdio::null()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.place.path());
        command.env("GNUPGHOME", self.home.as_deref().unwrap_or(Path::new("/nonexistent"))).env("LC_ALL", "C.UTF-8");
        let output = command.output().unwrap();
        (output.status.code().unwrap(), super::text(&output.stdout), super::text(&output.stderr))
    }

    fn quorate(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run(env!("CARGO_BIN_EXE_quorate"), arguments)
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let (code, said, error) = self.quorate(arguments);
        (code, serde_json::from_str(&said).unwrap_or_else(|_| panic!("{arguments:?}: {said}{error}")))
    }
}

#[test]
fn digests_are_those_of_sha512sum_both_ways() {
    let room = Room::with(&[("a.tgz", "a\n"), ("sub/b c.tgz", "b\n")]);
    let ours = room.quorate(&["hash", "a.tgz", "sub/b c.tgz"]);
    assert_eq!(ours, room.run("sha512sum", &["a.tgz", "sub/b c.tgz"]));
    let (code, digests) = room.json(&["hash", "--json", "a.tgz"]);
    assert_eq!((code, &digests[0]["bytes"], &digests[0]["path"]), (0, &json!(2), &json!("a.tgz")));
    assert!(ours.1.starts_with(digests[0]["sha512"].as_str().unwrap()));
    assert_eq!(room.quorate(&["hash", "--write", "a.tgz", "sub/b c.tgz"]).0, 0);
    assert_eq!(room.run("sha512sum", &["--strict", "-c", "a.tgz.sha512"]).1, "a.tgz: OK\n");
    let (code, said, _) = room.quorate(&["hash", "--check", "a.tgz.sha512", "sub/b c.tgz.sha512"]);
    assert_eq!((code, said.as_str()), (0, "a.tgz: OK\nsub/b c.tgz: OK\n"));
}

#[test]
fn escaped_names_go_both_ways() {
    let room = Room::with(&[("back\\slash", "a\n"), ("two\nlines", "b\n")]);
    let names = ["back\\slash", "two\nlines"];
    let ours = room.quorate(&[&["hash"], &names[..]].concat());
    assert_eq!(ours, room.run("sha512sum", &names));
    room.write("sums", &ours.1);
    let (code, said, error) = room.quorate(&["hash", "--check", "sums"]);
    assert!(code == 0 && said == "back\\slash: OK\ntwo\\nlines: OK\n", "{said}{error}");
}

#[test]
fn a_line_that_is_none_keeps_no_other_from_being_compared() {
    let room = Room::with(&[("a.tgz", "a\n"), ("b.tgz", "b\n")]);
    let sums = room.run("sha512sum", &["a.tgz", "b.tgz"]).1;
    room.write("sums", &sums.replacen('\n', "\nno digest here\n", 1));
    let (code, said, error) = room.quorate(&["hash", "--check", "sums"]);
    assert_eq!((code, said.as_str()), (1, "a.tgz: OK\nb.tgz: OK\n"));
    assert!(error.contains("no digest in the line \"no digest here\""), "{error}");
    let (code, report) = room.json(&["hash", "--check", "--json", "sums"]);
    assert_eq!((code, &report["passed"], report["unread"].as_array().unwrap().len()), (1, &json!(false), 1));
}

#[test]
fn what_is_no_plain_file_is_neither_read_nor_written_through() {
    let room = Room::with(&[("a.tgz", "a\n"), ("kept", "kept\n")]);
    std::os::unix::fs::symlink("kept", room.path("a.tgz.sha512")).unwrap();
    std::os::unix::fs::symlink("kept", room.path("a.tgz.asc")).unwrap();
    assert_eq!(room.run("mkfifo", &["pipe"]).0, 0);
    let mut room = room;
    let signers = Signers::get();
    room.home = Some(signers.home().to_owned());
    for (arguments, says) in [
        (&["hash", "--write", "a.tgz"][..], "a.tgz.sha512 is a symbolic link"),
        (&["hash", "pipe"], "cannot read pipe: it is no regular file"),
        (&["sign", "--force", "--key", &signers.manager, "a.tgz"], "a.tgz.asc is a symbolic link"),
    ] {
        let (code, _, error) = room.quorate(arguments);
        assert!(code == 2 && error.contains(says), "{arguments:?}: {code} {error}");
    }
    assert_eq!(fs::read(room.path("kept")).unwrap(), b"kept\n");
}

#[test]
fn signatures_and_digests_are_not_signed() {
    let signers = Signers::get();
    let mut room = Room::with(&[("a.tgz", "a\n"), ("a.tgz.sha512", "x\n"), ("b.asc", "x\n")]);
    room.home = Some(signers.home().to_owned());
    let (code, _, error) = room.quorate(&["sign", "--key", &signers.manager, "a.tgz", "a.tgz.sha512", "b.asc"]);
    assert!(code == 0 && error.contains("a.tgz.sha512 stands beside an artifact"), "{error}");
    assert!(room.path("a.tgz.asc").exists() && !room.path("a.tgz.sha512.asc").exists());
    assert!(!room.path("b.asc.asc").exists());
    let (code, _, error) = room.quorate(&["sign", "--key", &signers.manager, "b.asc"]);
    assert!(code == 2 && error.contains("nothing to be signed"), "{error}");
}

#[test]
fn digests_get_no_digests_and_a_list_that_is_gone_hides_no_other() {
    let room = Room::with(&[("a.tgz", "a\n"), ("a.tgz.asc", "x\n")]);
    for _ in 0..2 {
        let files = fs::read_dir(room.path("")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let files: Vec<String> = files.collect();
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let (code, _, error) = room.quorate(&[&["hash", "--write"], &names[..]].concat());
        assert!(code == 0 && error.contains("a.tgz.asc stands beside an artifact"), "{error}");
    }
    assert!(room.path("a.tgz.sha512").exists() && !room.path("a.tgz.sha512.sha512").exists());
    let (code, _, error) = room.quorate(&["hash", "--write", "a.tgz.asc"]);
    assert!(code == 2 && error.contains("there is nothing to be written"), "{error}");
    let (code, said, error) = room.quorate(&["hash", "--check", "gone.sha512", "a.tgz.sha512"]);
    assert_eq!((code, said.as_str()), (2, "a.tgz: OK\n"), "{error}");
    assert!(error.contains("cannot read gone.sha512"), "{error}");
    room.write("a.tgz", "changed\n");
    let (code, said, error) = room.quorate(&["hash", "--check", "gone.sha512", "a.tgz.sha512"]);
    assert_eq!((code, said.as_str()), (1, "a.tgz: FAILED\n"), "a changed file is the graver word: {error}");
    assert!(error.contains("cannot read gone.sha512") && error.contains("1 of 1 files"), "{error}");
}

#[test]
fn arguments_that_are_no_text_are_refused_and_end_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let room = Room::with(&[("a.tgz", "a\n")]);
    let odd = std::ffi::OsStr::from_bytes(b"b\xff");
    fs::write(room.place.path().join(odd), "b\n").unwrap();
    for arguments in
        [&["hash"][..], &["hash", "--json"], &["hash", "--check"], &["keys", "check"], &["status"], &["verify"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        let output = command.args(arguments).arg(odd).current_dir(&room.place).stdin(Stdio::null()).output().unwrap();
        let error = super::text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(!error.contains("panicked"), "{arguments:?}: {error}");
    }
}

#[test]
fn every_form_of_a_digest_is_taken() {
    let room = Room::with(&[("a.tgz", "a\n"), ("b.tgz", "b\n")]);
    let digest = room.run("sha512sum", &["a.tgz"]).1[..128].to_owned();
    let forms = [
        room.run("sha512sum", &["a.tgz", "b.tgz"]).1,
        room.run("sha512sum", &["--binary", "a.tgz"]).1,
        room.run("sha512sum", &["--tag", "a.tgz"]).1,
        room.run("gpg", &["--print-md", "SHA512", "a.tgz"]).1,
        format!("{}\n", digest.to_uppercase()),
    ];
    for form in forms {
        room.write("a.tgz.sha512", &form);
        let (code, said, error) = room.quorate(&["hash", "--check", "a.tgz.sha512"]);
        assert!(code == 0 && said.starts_with("a.tgz: OK\n"), "{form}: {said}{error}");
    }
}

#[test]
fn a_wrong_digest_a_missing_file_and_wrong_use_are_told_apart() {
    let room = Room::with(&[("a.tgz", "a\n"), ("b.tgz", "b\n"), ("KEYS", "text\n"), ("empty", "")]);
    let list = room.run("sha512sum", &["a.tgz", "b.tgz"]).1;
    room.write("list", &list.replace("b.tgz", "gone.tgz"));
    room.write("a.tgz", "changed\n");
    let (code, said, error) = room.quorate(&["hash", "--check", "list"]);
    assert_eq!((code, said.as_str()), (1, "a.tgz: FAILED\ngone.tgz: FAILED: it cannot be read\n"));
    assert!(error.contains("2 of 2 files are not as their digest says"), "{error}");
    let (code, report) = room.json(&["hash", "--check", "--json", "list"]);
    assert_eq!((code, &report["passed"], &report["files"][0]["holds"]), (1, &json!(false), &json!(false)));
    assert_eq!(report["files"][1]["path"], "gone.tgz");
    room.write("sha256", &room.run("sha256sum", &["a.tgz"]).1);
    for (arguments, says) in [
        (&["hash", "none.tgz"][..], "cannot read none.tgz"),
        (&["hash", "--check", "none"], "cannot read none"),
        (&["hash", "--check", "KEYS"], "no digest in the line \"text\""),
        (&["hash", "--check", "empty"], "it is empty"),
        (&["hash", "--check", "sha256"], "is no SHA-512"),
        (&["hash", "--check", "--write", "list"], "cannot be used with"),
        (&["hash"], "required"),
        (&["sign", "none.tgz"], "none.tgz is no file"),
        (&["keys", "check", "none"], "cannot read the keys in none"),
        (&["keys", "check", "/dev/zero"], "/dev/zero has more than"),
    ] {
        let (code, _, error) = room.quorate(arguments);
        assert!(code == 2 && error.contains(says), "{arguments:?}: {code} {error}");
    }
    assert_eq!(room.quorate(&["keys", "check", "http://127.0.0.1:1/KEYS"]).0, 4);
}

#[test]
fn a_signature_is_made_kept_and_replaced_only_when_told() {
    let signers = Signers::get();
    let mut room = Room::with(&[("a.tgz", "a\n")]);
    room.home = Some(signers.home().to_owned());
    let sign = |more: &[&str]| room.quorate(&[&["sign", "--key", &signers.manager, "a.tgz"], more].concat());
    let (code, _, error) = sign(&[]);
    assert!(code == 0 && error.contains("wrote a.tgz.asc"), "{error}");
    let status = room.run("gpg", &["--status-fd", "1", "--verify", "a.tgz.asc", "a.tgz"]).1;
    assert!(status.contains(&format!("VALIDSIG {}", signers.manager)), "{status}");
    let kept = fs::read(room.path("a.tgz.asc")).unwrap();
    let (code, _, error) = sign(&[]);
    assert!(code == 0 && error.contains("holds already"), "{error}");
    assert_eq!(fs::read(room.path("a.tgz.asc")).unwrap(), kept);
    // The file has changed since: the signature is another's until it is replaced.
    room.write("a.tgz", "changed\n");
    let (code, _, error) = sign(&[]);
    assert!(code == 5 && error.contains("no good signature of a.tgz") && error.contains("--force"), "{error}");
    assert_eq!(fs::read(room.path("a.tgz.asc")).unwrap(), kept);
    assert_eq!(sign(&["--force"]).0, 0);
    assert_eq!(room.run("gpg", &["--verify", "a.tgz.asc", "a.tgz"]).0, 0);
    // Whatever is there is looked at, and nothing is written over unseen.
    assert_eq!(room.run("gpg", &["--dearmor", "--output", "binary", "a.tgz.asc"]).0, 0);
    fs::rename(room.path("binary"), room.path("a.tgz.asc")).unwrap();
    let binary = fs::read(room.path("a.tgz.asc")).unwrap();
    let (code, _, error) = sign(&[]);
    assert!(code == 0 && error.contains("holds already"), "{error}");
    fs::write(room.path("a.tgz"), "changed again\n").unwrap();
    assert_eq!(sign(&[]).0, 5);
    assert_eq!(fs::read(room.path("a.tgz.asc")).unwrap(), binary);
    fs::write(room.path("a.tgz.asc"), b"notes \xff\n").unwrap();
    assert_eq!(sign(&[]).0, 5);
    fs::remove_file(room.path("a.tgz.asc")).unwrap();
    fs::create_dir(room.path("a.tgz.asc")).unwrap();
    let (code, _, error) = sign(&["--force"]);
    assert!(code == 5 && error.contains("it is no regular file"), "{error}");
    // A short id names no key.
    assert_eq!(room.quorate(&["sign", "--key", &signers.manager[32..], "a.tgz"]).0, 2);
}

#[test]
fn nothing_is_signed_that_verify_refuses_and_anothers_signature_is_named() {
    let signers = Signers::get();
    let mut room = Room::with(&[("a.tgz", "a\n")]);
    let home = tempfile::Builder::new().prefix("q").tempdir_in("/tmp").unwrap();
    fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    room.home = Some(home.path().to_owned());
    let unlocked = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase="];
    let key = |kind: &str| {
        let user = format!("Ann Example <{kind}@example.org>");
        room.run("gpg", &[&unlocked[..], &["--quick-generate-key", &user, kind, "sign"]].concat());
        let listed = room.run("gpg", &["--with-colons", "--list-secret-keys", &user]).1;
        listed.lines().find_map(|line| Some(line.strip_prefix("fpr:")?.trim_matches(':').to_owned())).unwrap()
    };
    let (weak, strong) = (key("rsa1024"), key("ed25519"));
    let (code, _, error) = room.quorate(&["sign", "--key", &weak, "a.tgz"]);
    assert!(code == 2 && error.contains("too weak") && error.contains("nothing was written"), "{error}");
    assert!(!room.path("a.tgz.asc").exists());
    assert_eq!(room.run("gpg", &["--batch", "--local-user", &weak, "--detach-sign", "--armor", "a.tgz"]).0, 0);
    let (code, _, error) = room.quorate(&["sign", "--key", &weak, "a.tgz"]);
    assert!(code == 5 && error.contains("too weak"), "what is there is none either: {error}");
    let (code, _, error) = room.quorate(&["sign", "--key", &strong, "a.tgz"]);
    assert!(code == 5 && error.contains(&format!("it is by another key, {weak}")), "{error}");
    assert_eq!(room.quorate(&["sign", "--key", &strong, "--force", "a.tgz"]).0, 0);
    fs::remove_file(room.path("a.tgz.asc")).unwrap();
    for (option, wanted) in [("default-sig-expire 1d", "holds until"), ("textmode", "made in text mode")] {
        fs::write(home.path().join("gpg.conf"), format!("{option}\n")).unwrap();
        let (code, _, error) = room.quorate(&["sign", "--key", &strong, "a.tgz"]);
        assert!(code == 2 && error.contains(wanted) && error.contains("gpg.conf says"), "{option}: {error}");
        assert!(!room.path("a.tgz.asc").exists());
    }
    room.run("gpgconf", &["--kill", "all"]);
    assert_ne!(strong, signers.manager);
}

#[test]
fn names_that_look_like_something_else_are_read_back() {
    let names = ["*star.tgz", " before", "behind ", "(x) = y", "a (b) = c", "SHA512 (z) = 1", "plain"];
    let room = Room::with(&names.map(|name| (name, name)));
    let (code, said, error) = room.quorate(&[&["hash", "--"], &names[..]].concat());
    assert!(code == 0 && said.lines().count() == names.len(), "{error}");
    room.write("sums", &said);
    let (code, checked, error) = room.quorate(&["hash", "--check", "sums"]);
    assert!(code == 0 && checked.matches(": OK").count() == names.len(), "{checked}{error}");
    let (code, _, error) = room.run("sha512sum", &["--check", "--strict", "sums"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(room.quorate(&["hash", "--write", "--", "*star.tgz", "behind "]).0, 0);
    let (code, checked, error) = room.quorate(&["hash", "--check", "--", "*star.tgz.sha512", "behind .sha512"]);
    assert!(code == 0 && checked.matches(": OK").count() == 2, "{checked}{error}");
    // What is aligned by more blanks than the tools write names the file all the same.
    room.write("aligned", &said.lines().last().unwrap().replace("  plain", "     plain "));
    assert_eq!(room.quorate(&["hash", "--check", "aligned"]).0, 0);
}

#[test]
fn a_file_that_cannot_be_named_keeps_none_of_the_others_back() {
    use std::os::unix::ffi::OsStrExt;
    let room = Room::with(&[("a", "a\n"), ("b", "b\n")]);
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff");
    fs::write(room.place.path().join(odd), "x").unwrap();
    let hash = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("hash").args(more).arg("a").arg(odd).arg("b").arg("gone").current_dir(&room.place);
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code(), super::text(&output.stdout), super::text(&output.stderr))
    };
    let (code, said, error) = hash(&[]);
    assert!(code == Some(2) && said.lines().count() == 2 && said.contains("  b\n"), "{said}{error}");
    assert!(error.contains("is no UTF-8") && error.contains("cannot read gone"), "{error}");
    let (code, said, _) = hash(&["--json"]);
    let paths: Vec<Value> = serde_json::from_str(&said).unwrap();
    assert_eq!((code, paths.len()), (Some(2), 2), "{said}");
    assert_eq!(hash(&["--write"]).0, Some(2));
    assert!(room.path("a.sha512").exists() && room.path("b.sha512").exists());
}

#[test]
fn a_server_that_takes_its_time_is_said_to_be_waited_for() {
    use std::io::{Read as _, Write as _};
    let signers = Signers::get();
    let (room, keys) = (Room::with(&[]), signers.keys(&[&signers.manager]));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/KEYS", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for pause in [1500, 0] {
            let mut stream = listener.accept().unwrap().0;
            let _ = stream.read(&mut [0; 1024]);
            std::thread::sleep(std::time::Duration::from_millis(pause));
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", keys.len());
            let _ = stream.write_all((head + &keys).as_bytes());
        }
    });
    let (code, _, error) = room.quorate(&["keys", "check", &address]);
    assert!(code == 0 && error.contains(&format!("waiting: KEYS at {address}")), "{error}");
    let (code, _, error) = room.quorate(&["keys", "check", &address]);
    assert!(code == 0 && !error.contains("waiting"), "{error}");
}

#[test]
fn a_keys_file_is_looked_through_key_by_key() {
    let signers = Signers::get();
    let room = Room::with(&[("KEYS", &signers.keys(&[&signers.manager, &signers.stranger]))]);
    let (code, report) = room.json(&["keys", "check", "KEYS", "--json"]);
    assert_eq!((code, &report["passed"]), (0, &json!(true)), "{report}");
    let fingerprints: Vec<&str> =
        report["keys"].as_array().unwrap().iter().map(|key| key["fingerprint"].as_str().unwrap()).collect();
    let first = &report["keys"][0];
    assert_eq!(first["algorithm"], "RSA 3072");
    assert_eq!(first["uids"], json!(["Ann Example <ann@example.org>"]));
    assert!(first.as_object().unwrap().contains_key("expires"), "{first}");
    assert_eq!(fingerprints, [signers.manager.as_str(), signers.stranger.as_str()]);
    let (code, said, _) = room.quorate(&["keys", "check", "KEYS"]);
    assert!(code == 0 && said.contains("RSA 3072") && said.contains("Ann Example <ann@example.org>"), "{said}");
    // One of them twice, and a block that was cut.
    let twice = signers.keys(&[&signers.manager, &signers.manager]);
    let cut: String = signers.keys(&[&signers.stranger]).lines().take(12).map(|line| format!("{line}\n")).collect();
    room.write("KEYS", &format!("{twice}{cut}"));
    let (code, report) = room.json(&["keys", "check", "KEYS", "--json"]);
    assert_eq!((code, &report["passed"], report["keys"][0]["lines"].as_array().unwrap().len()), (1, &json!(false), 2));
    assert!(report["checks"].as_array().unwrap().iter().any(|check| check["status"] == "fail"), "{report}");
    room.write("KEYS", "no keys at all\n");
    assert_eq!(room.quorate(&["keys", "check", "KEYS"]).0, 1);
}
