// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry that is changed while the process is killed at every write, and while somebody has
//! changed files and not committed them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::{FileChange, GitRegistry, HomeError};
use crate::services::Effects;

struct Desk(tempfile::TempDir);

/// A registry, its remote, and another clone of it.
impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let registry = GitRegistry::make(&desk.path("r"), "flips", author(), Effects::unwatched()).unwrap();
        let first = [file("flips/FLIP-0001.md", None, "one\n\ntext\n\nend\n"), file("numbers", None, "FLIP-1\n")];
        registry.commit(&first, "first", Timestamp::UNIX_EPOCH).unwrap();
        desk.git(".", &["clone", "-q", "--bare", "r", "remote.git"]);
        desk.git("r", &["remote", "add", "origin", "../remote.git"]);
        desk.git("r", &["fetch", "-q", "origin"]);
        desk.git(".", &["clone", "-q", "remote.git", "other"]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self, effects: Effects) -> GitRegistry {
        GitRegistry::open(&self.path("r"), "flips", author(), effects).unwrap()
    }

    fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.path(directory)).args(["-c", "user.name=Bob", "-c", "user.email=bob@example.org"]);
        let done = command.args(arguments).env("HOME", self.0.path()).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn read(&self, place: &str) -> String {
        std::fs::read_to_string(self.path(place)).unwrap_or_default()
    }

    /// What is in the working tree and in no commit.
    fn left(&self) -> String {
        self.git("r", &["status", "--porcelain"])
    }

    /// Somebody else pushes a file.
    fn other_pushes(&self, place: &str, text: &str) {
        std::fs::write(self.path("other").join(place), text).unwrap();
        self.git("other", &["pull", "-q"]);
        self.git("other", &["add", "."]);
        self.git("other", &["commit", "-q", "-m", "theirs"]);
        self.git("other", &["push", "-q"]);
    }
}

fn author() -> (String, String) {
    ("Ann Example".to_owned(), "ann@example.org".to_owned())
}

fn file(place: &str, before: Option<&str>, after: &str) -> FileChange {
    FileChange::new(place, before.map(str::to_owned), Some(after.to_owned()))
}

/// Ends the process, as it were, at the moment `at`.
fn killed_at(at: usize) -> (Effects, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let watch = move |_, _: &str| {
        if counted.fetch_add(1, Ordering::SeqCst) == at {
            std::panic::resume_unwind(Box::new("killed"));
        }
    };
    (Effects::new(watch), seen)
}

/// Has `act` killed at each of its moments, each time on a new desk; `then` says what must be so after.
fn kill_everywhere(prepare: impl Fn(&Desk), act: impl Fn(&GitRegistry), then: impl Fn(&Desk, usize)) {
    for at in 0.. {
        let desk = Desk::new();
        prepare(&desk);
        let (effects, seen) = killed_at(at);
        let registry = desk.open(effects);
        let killed = catch_unwind(AssertUnwindSafe(|| act(&registry))).is_err();
        then(&desk, at);
        if !killed {
            assert!(seen.load(Ordering::SeqCst) > 8, "it has moments");
            return;
        }
    }
}

const PAGE: &str = "flips/FLIP-0002.md";

fn two() -> [FileChange; 3] {
    [
        file(PAGE, None, "two\n"),
        file("flips/FLIP-0001.md", Some("one\n\ntext\n\nend\n"), "1\n\ntext\n\nend\n"),
        file("numbers", Some("FLIP-1\n"), "FLIP-1\nFLIP-2\n"),
    ]
}

#[test]
fn a_commit_that_is_killed_anywhere_is_there_or_not() {
    let act = |registry: &GitRegistry| drop(registry.commit(&two(), "second", Timestamp::UNIX_EPOCH).unwrap());
    kill_everywhere(
        |_| {},
        act,
        |desk, at| {
            // a file that was being written has no name yet
            if desk.path("r/.git/quorate-proposals.json").exists() {
                std::fs::write(desk.path("r/flips/.quorate-half"), "tw").unwrap();
            }
            let registry = desk.open(Effects::unwatched());
            drop(registry.lock().unwrap());
            assert_eq!(desk.left(), "", "killed at {at}");
            let committed = registry.read_committed(PAGE).unwrap();
            assert_eq!(committed, registry.read(PAGE).unwrap());
            // and again, where it was not
            if committed.is_none() {
                registry.commit(&two(), "second", Timestamp::UNIX_EPOCH).unwrap();
            }
            assert_eq!(
                (desk.read("r/numbers").as_str(), desk.read("r/flips/FLIP-0001.md").as_str()),
                ("FLIP-1\nFLIP-2\n", "1\n\ntext\n\nend\n")
            );
        },
    );
}

#[test]
fn what_somebody_wrote_while_it_was_killed_stays() {
    kill_everywhere(
        |_| {},
        |registry| drop(registry.commit(&two(), "second", Timestamp::UNIX_EPOCH).unwrap()),
        |desk, at| {
            std::fs::create_dir_all(desk.path("r/flips")).unwrap();
            std::fs::write(desk.path("r/flips/FLIP-0001.md"), "mine\n").unwrap();
            drop(desk.open(Effects::unwatched()).lock().unwrap());
            assert_eq!(desk.read("r/flips/FLIP-0001.md"), "mine\n", "killed at {at}");
            assert!(desk.left().lines().all(|line| line.contains("FLIP-0001.md")), "{}", desk.left());
        },
    );
}

#[test]
fn a_claim_that_is_killed_before_its_push_is_taken_back_where_the_remote_moves_on() {
    let act = |registry: &GitRegistry| {
        let _lock = registry.lock().unwrap();
        registry.catch_up("origin").unwrap();
        registry.commit_to_push(&two(), "second", Timestamp::UNIX_EPOCH).unwrap();
        assert!(registry.push("origin").unwrap());
    };
    kill_everywhere(
        |_| {},
        act,
        |desk, at| {
            let pushed = desk.git("remote.git", &["ls-tree", "main", PAGE]).contains("blob");
            desk.other_pushes(if pushed { "flips/FLIP-0003.md" } else { PAGE }, "theirs\n");
            let registry = desk.open(Effects::unwatched());
            let _lock = registry.lock().unwrap();
            registry.catch_up("origin").unwrap();
            let mine = if pushed { "two\n" } else { "theirs\n" };
            assert_eq!((desk.read(&format!("r/{PAGE}")).as_str(), desk.left().as_str()), (mine, ""), "killed at {at}");
            assert_eq!(desk.git("r", &["rev-parse", "HEAD"]), desk.git("remote.git", &["rev-parse", "main"]));
        },
    );
}

#[test]
fn taking_back_and_taking_over_may_be_killed_anywhere() {
    let prepare = |desk: &Desk| desk.other_pushes(PAGE, "theirs\n");
    let act = |registry: &GitRegistry| {
        let _lock = registry.lock().unwrap();
        registry.commit_to_push(&two(), "second", Timestamp::UNIX_EPOCH).unwrap();
        assert!(!registry.push("origin").unwrap(), "others were faster");
        registry.take_back().unwrap();
        registry.catch_up("origin").unwrap();
    };
    kill_everywhere(prepare, act, |desk, at| {
        let registry = desk.open(Effects::unwatched());
        let _lock = registry.lock().unwrap();
        registry.catch_up("origin").unwrap();
        assert_eq!(
            (desk.read(&format!("r/{PAGE}")).as_str(), desk.left().as_str()),
            ("theirs\n", ""),
            "killed at {at}"
        );
        assert_eq!(desk.git("r", &["rev-parse", "HEAD"]), desk.git("remote.git", &["rev-parse", "main"]));
    });
}

#[test]
fn what_is_not_committed_is_in_no_commit() {
    let desk = Desk::new();
    let registry = desk.open(Effects::unwatched());
    let mine = "one\n\ntext\n\nend\nmine\n";
    std::fs::write(desk.path("r/flips/FLIP-0001.md"), mine).unwrap();
    let change = file("flips/FLIP-0001.md", Some(mine), &mine.replace("one", "1"));
    registry.commit(&[change], "second", Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(registry.read_committed("flips/FLIP-0001.md").unwrap().unwrap(), "1\n\ntext\n\nend\n");
    assert_eq!(desk.read("r/flips/FLIP-0001.md"), mine.replace("one", "1"));
    assert_eq!(desk.left(), " M flips/FLIP-0001.md\n");
    // on the same line, and in a file that is in no commit
    let mine = "1 and mine\n\ntext\n\nend\n";
    std::fs::write(desk.path("r/flips/FLIP-0001.md"), mine).unwrap();
    let change = file("flips/FLIP-0001.md", Some(mine), "2\n\ntext\n\nend\n");
    let refused = registry.commit(&[change], "third", Timestamp::UNIX_EPOCH).unwrap_err();
    assert!(matches!(refused, HomeError::Overlaps { .. }) && refused.hint().contains("commit it first"), "{refused}");
    std::fs::write(desk.path("r").join(PAGE), "two\n").unwrap();
    let refused = registry.commit(&[file(PAGE, Some("two\n"), "2\n")], "third", Timestamp::UNIX_EPOCH).unwrap_err();
    assert!(matches!(refused, HomeError::Uncommitted { .. }), "{refused}");
    assert_eq!(desk.read("r/flips/FLIP-0001.md"), mine);
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_written_on_no_branch() {
    let desk = Desk::new();
    desk.other_pushes(PAGE, "theirs\n");
    let registry = desk.open(Effects::unwatched());
    std::fs::write(desk.path("r").join(PAGE), "mine\n").unwrap();
    let refused = registry.catch_up("origin").unwrap_err();
    assert!(matches!(&refused, HomeError::InTheWay { places, .. } if places == &[PAGE]), "{refused}");
    assert!(refused.hint().contains(PAGE), "{}", refused.hint());
    assert_eq!(desk.read(&format!("r/{PAGE}")), "mine\n");
    std::fs::remove_file(desk.path("r").join(PAGE)).unwrap();
    desk.git("r", &["checkout", "-q", "--detach"]);
    let refused = registry.commit(&two(), "second", Timestamp::UNIX_EPOCH).unwrap_err();
    assert!(matches!(refused, HomeError::Detached { .. }), "{refused}");
    assert_eq!(desk.left(), "");
}

#[test]
fn what_others_push_comes_with_programs_and_links() {
    let desk = Desk::new();
    std::fs::write(desk.path("other/run.sh"), "true\n").unwrap();
    std::os::unix::fs::symlink("run.sh", desk.path("other/link")).unwrap();
    desk.git("other", &["update-index", "--add", "--chmod=+x", "run.sh"]);
    desk.other_pushes("NOTE.md", "theirs\n");
    desk.open(Effects::unwatched()).catch_up("origin").unwrap();
    assert_eq!(std::fs::read_link(desk.path("r/link")).unwrap(), Path::new("run.sh"));
    assert_eq!(desk.left(), "");
}
