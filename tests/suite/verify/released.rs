// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The manifest that a release writes, and the candidate of the current release.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A rehearsal that has staged its candidate.
struct Staged {
    place: tempfile::TempDir,
}

impl Staged {
    fn new() -> Self {
        let staged = Self { place: tempfile::tempdir().unwrap() };
        let world = staged.world();
        let (code, _, said) =
            staged.run(&["rehearse", "--stand-ins", "--to", "build", "--keep", world.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}");
        staged
    }

    fn world(&self) -> PathBuf {
        self.place.path().join("world")
    }

    fn candidate(&self, name: &str) -> PathBuf {
        self.world().join("state/sample/1.2.0/candidates/rc1").join(name)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.args(arguments).current_dir(self.place.path()).stdin(Stdio::null());
        command.env("QUORATE_CACHE", self.place.path().join("cache"));
        if arguments[0] != "rehearse" {
            command.env("QUORATE_STATE", self.world().join("state"));
        }
        let output = command.output().unwrap();
        (output.status.code().unwrap(), super::text(&output.stdout), super::text(&output.stderr))
    }

    /// Puts a file into the dev repository.
    fn put(&self, name: &str, file: &Path) {
        let url = format!("file://{}/svn/dist/dev/greeter/greeter-1.2.0-rc1/{name}", self.world().display());
        let mut svnmucc = Command::new("svnmucc");
        svnmucc.args(["--message", "Mine", "put"]).arg(file).arg(url).stdout(Stdio::null());
        assert!(svnmucc.status().unwrap().success());
    }
}

#[test]
fn a_release_writes_a_manifest_and_its_candidate_is_held_against_it() {
    let staged = Staged::new();
    let keys = format!("file://{}/svn/dist/release/greeter/KEYS", staged.world().display());
    let (artifacts, manifest) = (staged.candidate("artifacts"), staged.candidate("manifest.json"));
    let (here, expect) = (artifacts.to_str().unwrap(), manifest.to_str().unwrap());
    let local = || staged.run(&["verify", here, "--expect", expect, "--product", "sample", "--keys", &keys, "--all"]);
    let (code, said, error) = local();
    assert_eq!(code, 0, "{said}{error}");
    assert!(said.contains("manifest: the 12 files are those of sample 1.2.0, candidate 1"), "{said}");

    // The manifest, the clone and the tag are those of the record.
    let candidate = || staged.run(&["verify", "--candidate", "1", "--all"]);
    let (code, said, error) = candidate();
    assert_eq!(code, 0, "{said}{error}");
    assert!(said.contains("manifest: the 12 files") && said.contains("those of the tag release-1.2.0-rc1"), "{said}");
    assert_eq!(staged.run(&["verify", "--candidate", "2"]).0, 2);

    // Other bytes that are signed by the same key are not those that were recorded.
    let other = staged.place.path().join("notes.txt");
    fs::write(&other, "notes\n").unwrap();
    staged.put("notes.txt", &other);
    let (code, said, _) = candidate();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("manifest: failed: notes.txt is not in the manifest"), "{said}");

    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"candidate\": 1", "\"candidate\": 2")).unwrap();
    let (code, _, error) = candidate();
    assert!(code == 5 && error.contains("was changed since it was written"), "{code} {error}");
    // One that is gone is written again, as it was.
    fs::remove_file(&manifest).unwrap();
    let (code, said, error) = candidate();
    assert!(code == 1 && error.contains("it is written again from the record"), "{code} {error}");
    assert!(said.contains("manifest: failed: notes.txt is not in the manifest"), "{said}");
    assert_eq!(fs::read_to_string(&manifest).unwrap(), text);
}

#[test]
fn a_rehearsal_says_that_the_manifest_was_written_and_verified() {
    let staged = Staged::new();
    let world = staged.world();
    let (code, said, error) =
        staged.run(&["rehearse", "--stand-ins", "--to", "build", "--json", "--keep", world.to_str().unwrap()]);
    assert_eq!(code, 0, "{error}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let manifest = &report["manifests"][0];
    assert_eq!(manifest["file"], staged.candidate("manifest.json").display().to_string());
    let verified = manifest["verified"].as_str().unwrap_or_else(|| panic!("not verified: {report}"));
    assert!(
        verified.starts_with("the 12 files of the manifest are verified, on this machine and at file://"),
        "{verified}"
    );
    let text = fs::read_to_string(world.join("report.md")).unwrap();
    assert!(text.contains("manifest     candidate 1: the 12 files of the manifest are verified"), "{text}");
}
