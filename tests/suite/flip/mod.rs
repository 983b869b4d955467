// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip`, as people and scripts use it.

mod by_hand;
mod in_release;
mod life;
mod race;
mod real_index;
mod record;
mod rehearsal;
mod wiki;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::user::Ran;

/// A thread's address, of the right form.
pub const THREAD: &str = "https://lists.apache.org/thread/ct8smn6g9y0b8730z7rp9zfpnwmj8vf0";
/// Another one.
pub const VOTE: &str = "https://lists.apache.org/thread/ns1my6ydctjfl9w89hm8gvldh00lqtq3";

/// Somebody's directory, with a registry `r` where one was made.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put(
            ".gitconfig",
            "[user]\n\tname = Ann Example\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n",
        );
        desk
    }

    /// With an empty registry.
    pub fn begun() -> Self {
        let desk = Self::new();
        desk.runs(0, &["init"]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `quorate flip` on the registry `registry`.
    pub fn command(&self, registry: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("flip").arg("--registry").arg(self.path(registry)).args(arguments);
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command.current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.0.path());
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::sound(self.command("r", arguments).output().unwrap(), arguments)
    }

    pub fn runs(&self, code: i32, arguments: &[&str]) -> Ran {
        self.run(arguments).ends(code, arguments)
    }

    /// Git in a directory of the desk.
    pub fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.path(directory)).args(arguments);
        let path = self.0.path().to_owned();
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", path);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 0, "git {arguments:?}: {}", ran.err);
        ran.out
    }

    /// The rules that the lint finds something by, of weight error.
    pub fn errors(&self) -> Vec<String> {
        let found = self.run(&["lint", "--weight", "error", "--json"]).json();
        found.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
    }
}

/// The index of the real proposals.
pub fn real_index() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/flips.json")
}

/// The words of an array of JSON.
pub fn texts(value: &Value, field: &str) -> Vec<String> {
    value.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}
