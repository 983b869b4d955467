// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a target may be, and what is not part of a candidate though it lies in its directory.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::candidate::{CandidateDirectory, SOURCE, Signers};
use super::text;

fn verify(place: &Path, target: &str, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(["verify", target, "--keys", "KEYS"]).args(more).current_dir(place).stdin(Stdio::null());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", place);
    let output = command.output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

fn run(program: &str, arguments: &[&str], place: &Path) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place).stdout(Stdio::null()).env("LC_ALL", "C.UTF-8");
    assert!(command.status().unwrap().success(), "{program} {arguments:?}");
}

/// A good candidate in `rc1` of a Subversion repository, and a working copy of it in `copy`.
fn in_subversion(place: &Path) -> (PathBuf, String) {
    let candidate = CandidateDirectory::good();
    let directory = candidate.write(place);
    run("svnadmin", &["create", "repository"], place);
    let url = format!("file://{}/repository/rc1", place.display());
    run("svn", &["import", "--quiet", "-m", "rc1", directory.to_str().unwrap(), &url], place);
    run("svn", &["checkout", "--quiet", &url, "copy"], place);
    (place.join("copy"), url)
}

#[test]
fn a_working_copy_is_verified_without_what_is_subversions_own() {
    let place = tempfile::tempdir().unwrap();
    let (copy, _) = in_subversion(place.path());
    let (code, said) = verify(place.path(), copy.to_str().unwrap(), &[]);
    assert!(code == Some(0) && said.contains(".svn/ was left out"), "{said}");
    // Only there: what is called so elsewhere is a file like another.
    fs::create_dir(place.path().join("candidate/.svn")).unwrap();
    fs::write(place.path().join("candidate/.svn/x"), "x").unwrap();
    let (code, said) = verify(place.path(), "candidate", &[]);
    assert!(code == Some(1) && said.contains(".svn/x"), "{said}");
}

#[test]
fn one_file_of_a_subversion_repository_is_verified_with_what_lies_beside_it() {
    let place = tempfile::tempdir().unwrap();
    let (_, url) = in_subversion(place.path());
    let (code, said) = verify(place.path(), &format!("{url}/{SOURCE}"), &[]);
    assert!(code == Some(0) && said.contains(&format!("✓ {SOURCE}")) && !said.contains(".whl"), "{said}");
    let (code, said) = verify(place.path(), &format!("{url}/none.tgz"), &[]);
    assert!(code == Some(4) && said.contains("there is nothing at"), "{said}");
}

#[test]
fn a_name_that_is_no_text_is_a_fault_of_the_candidate() {
    let place = tempfile::tempdir().unwrap();
    let directory = CandidateDirectory::good().write(place.path());
    fs::write(directory.join(OsStr::from_bytes(b"odd\xff.tgz")), "x").unwrap();
    let (code, said) = verify(place.path(), directory.to_str().unwrap(), &[]);
    assert!(code == Some(1) && said.contains("the name odd\\xff.tgz is no UTF-8"), "{said}");
}

#[test]
fn one_file_of_a_maven_repository_is_held_to_mavens_rules() {
    let place = tempfile::tempdir().unwrap();
    let signers = Signers::get();
    fs::write(place.path().join("KEYS"), signers.keys(&[&signers.manager])).unwrap();
    let at = |ending: &str| place.path().join(format!("org/example/greeter-core/1.2.0/greeter-core-1.2.0.tgz{ending}"));
    let bytes = super::packages::sdist();
    fs::create_dir_all(at("").parent().unwrap()).unwrap();
    fs::write(at(""), bytes).unwrap();
    fs::write(at(".asc"), signers.signed(bytes)).unwrap();
    let sha1 = |of: &[u8]| {
        fs::write(place.path().join("x"), of).unwrap();
        let output = Command::new("sha1sum").arg(place.path().join("x")).output().unwrap();
        text(&output.stdout)[..40].to_owned()
    };
    fs::write(at(".sha1"), sha1(bytes)).unwrap();
    let target = at("").display().to_string();
    let (_, said) = verify(place.path(), &target, &["--all"]);
    assert!(said.contains("checksum: SHA-1 is ") && !said.contains("no checksum"), "{said}");
    assert!(!said.contains("are not to be published"), "{said}");
    fs::write(at(".sha1"), sha1(b"other")).unwrap();
    let (code, said) = verify(place.path(), &target, &[]);
    assert!(code == Some(1) && said.contains("wrong SHA-1"), "{said}");
    // In a directory of the distribution area it is what it was.
    let elsewhere = place.path().join("greeter-1.2.0.tgz");
    fs::copy(at(""), &elsewhere).unwrap();
    fs::copy(at(".sha1"), place.path().join("greeter-1.2.0.tgz.sha1")).unwrap();
    let (code, said) = verify(place.path(), "greeter-1.2.0.tgz", &[]);
    assert!(code == Some(1) && said.contains(".sha1 files are not to be published"), "{said}");
}

#[test]
fn a_login_in_an_address_is_not_shown() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("KEYS"), Signers::get().keys(&[&Signers::get().manager])).unwrap();
    for target in ["http://ann:s3cret@127.0.0.1:1/rc1", "http://ann:s3cret@dist.example.org/", "x://ann:s3cret@h/"] {
        let (_, said) = verify(place.path(), target, &[]);
        assert!(!said.contains("s3cret") && said.contains("error: "), "{said}");
    }
    let directory = CandidateDirectory::good().write(place.path());
    for repository in ["https://ann:s3cret@127.0.0.1:1/x", "ext::sh -c ann:s3cret"] {
        let (_, said) =
            verify(place.path(), directory.to_str().unwrap(), &["--source-tag", "v1", "--repo", repository]);
        assert!(!said.contains("https://ann:s3cret"), "{said}");
    }
}

#[test]
fn what_is_wrong_with_the_repository_is_said_in_the_words_of_who_named_it() {
    let place = tempfile::tempdir().unwrap();
    let directory = CandidateDirectory::good().write(place.path());
    let ask = |tag: &str, repository: &str| {
        let at = directory.to_str().unwrap();
        verify(place.path(), at, &["--source-tag", tag, "--repo", repository])
    };
    for (tag, repository, code, says) in [
        ("v1", ".", 2, "--repo names"),
        ("v1", "none", 2, "there is no repository at `none`"),
        ("v1", "file:///nowhere", 2, "no repository at file:///nowhere"),
        ("v1", "ext::sh -c id", 2, "wants a program of its own"),
        ("v1", "git@127.0.0.1:x/y", 4, "cannot be reached"),
        ("v1", "https://127.0.0.1:1/x", 4, "cannot be reached"),
        ("", ".", 2, "`` cannot be the name of a tag"),
        ("a..b", ".", 2, "--"),
    ] {
        let (found, said) = ask(tag, repository);
        assert_eq!(found, Some(code), "{tag} {repository}: {said}");
        assert!(said.contains(says) && said.contains("hint: "), "{tag} {repository}: {said}");
        assert!(!said.contains("take-over") && !said.contains("configuration"), "{said}");
    }
}
