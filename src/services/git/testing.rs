// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A bare remote and a clone of it, for tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Git;
use crate::services::Effects;

/// A bare remote `remote.git` and a clone `clone` with the branch `main`, pushed.
pub(crate) struct Repositories {
    directory: tempfile::TempDir,
}

impl Repositories {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("git-").tempdir().unwrap();
        let repositories = Self { directory };
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).initial_head("main").external_template(false);
        let remote = git2::Repository::init_opts(repositories.remote_path(), &options).unwrap();
        let mut tree = remote.treebuilder(None).unwrap();
        tree.insert("README.md", remote.blob(b"demo\n").unwrap(), 0o100_644).unwrap();
        let tree = remote.find_tree(tree.write().unwrap()).unwrap();
        let bob = git2::Signature::new("Bob Example", "bob@example.org", &git2::Time::new(1_600_000_000, 0)).unwrap();
        remote.commit(Some("refs/heads/main"), &bob, &bob, "first", &tree, &[]).unwrap();
        repositories.clone_as("clone");
        repositories
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn clone_path(&self) -> PathBuf {
        self.path().join("clone")
    }

    pub(crate) fn remote_path(&self) -> PathBuf {
        self.path().join("remote.git")
    }

    /// Another clone, with a committer of its own.
    pub(crate) fn clone_as(&self, name: &str) -> PathBuf {
        run(self.path(), &["clone", "-q", "remote.git", name]);
        let clone = self.path().join(name);
        let settings = "[user]\n\tname = Bob Example\n\temail = bob@example.org\n[commit]\n\tgpgSign = false\n";
        let config = clone.join(".git/config");
        fs::write(&config, fs::read_to_string(&config).unwrap() + settings).unwrap();
        clone
    }

    pub(crate) fn service(&self, effects: Effects) -> Git {
        Git::new(self.clone_path(), "origin", effects)
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(&self.clone_path(), arguments)
    }

    pub(crate) fn remote_git(&self, arguments: &[&str]) -> String {
        run(&self.remote_path(), arguments)
    }

    /// Puts a file and commits it in the clone, on what is checked out.
    pub(crate) fn commit(&self, path: &str, text: &str, message: &str) -> String {
        commit_in(&self.clone_path(), path, text, message)
    }

    /// Somebody else commits to `branch` at the remote.
    pub(crate) fn others_commit(&self, branch: &str, path: &str, text: &str, message: &str) -> String {
        let clone = self.path().join("other");
        if !clone.exists() {
            self.clone_as("other");
        }
        run(&clone, &["fetch", "-q", "origin"]);
        run(&clone, &["checkout", "-q", "-B", branch, &format!("origin/{branch}")]);
        let id = commit_in(&clone, path, text, message);
        run(&clone, &["push", "-q", "origin", branch]);
        id
    }

    /// What the clone's revision is at; empty where it has none.
    pub(crate) fn at(&self, revision: &str) -> String {
        rev_parse(&self.clone_path(), revision)
    }

    /// What the remote's revision is at; empty where it has none.
    pub(crate) fn at_remote(&self, revision: &str) -> String {
        rev_parse(&self.remote_path(), revision)
    }

    /// Has the repository at `place` run `script` as its hook `name`.
    pub(crate) fn hook(place: &Path, name: &str, script: &str) {
        let path = place.join("hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes the remote away.
    pub(crate) fn lose_remote(&self) {
        fs::rename(self.remote_path(), self.path().join("gone.git")).unwrap();
    }
}

pub(crate) fn commit_in(clone: &Path, path: &str, text: &str, message: &str) -> String {
    let file = clone.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    run(clone, &["add", path]);
    run(clone, &["commit", "-q", "-m", message]);
    rev_parse(clone, "HEAD")
}

fn rev_parse(place: &Path, revision: &str) -> String {
    let output = try_run(place, &["rev-parse", "--verify", "--quiet", revision]);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs git in `place`, which must succeed; what it wrote.
pub(crate) fn run(place: &Path, arguments: &[&str]) -> String {
    let output = try_run(place, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn try_run(place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.arg("-C").arg(place).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
    super::command::apart_from_the_caller(&mut command);
    command.output().unwrap()
}
