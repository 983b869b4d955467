// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Against the real git.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;

use super::testing::{Repositories, commit_in, run};
use super::*;

fn git(repositories: &Repositories) -> Git {
    repositories.service(Effects::unwatched())
}

fn make(name: &str, to: &str) -> RefUpdate {
    RefUpdate { name: name.into(), expected: None, to: Some(to.into()) }
}

fn forward(name: &str, from: &str, to: &str) -> RefUpdate {
    RefUpdate { name: name.into(), expected: Some(from.into()), to: Some(to.into()) }
}

fn delete(name: &str, at: &str) -> RefUpdate {
    RefUpdate { name: name.into(), expected: Some(at.into()), to: None }
}

fn refused(result: Result<(), GitError>) -> Vec<String> {
    match result.unwrap_err() {
        GitError::Rejected { refused, .. } => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ref_moves_only_from_where_it_was_seen() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let first = repositories.at("HEAD");
    let second = repositories.commit("a", "a", "second");
    let third = repositories.commit("b", "b", "third");
    let name = "refs/heads/x";
    git.move_reference(name, None, &first, "made").unwrap();
    git.move_reference(name, None, &first, "made again").unwrap();
    assert_eq!(git.last_moved(name).unwrap().as_deref(), Some("made"));
    assert!(matches!(git.move_reference(name, None, &second, "no"), Err(GitError::Moved { .. })));
    git.move_reference(name, Some(&second), &first, "there already").unwrap();
    git.move_reference(name, Some(&first), &second, "moved").unwrap();
    let moved = git.move_reference(name, Some(&first), &third, "no").unwrap_err();
    assert_eq!(moved.to_string(), format!("{name} is at {second}, expected {first}"));
    assert!(matches!(git.delete_reference(name, &first), Err(GitError::Moved { .. })));
    assert_eq!(git.reference(name).unwrap(), Some(second.clone()));
    git.delete_reference(name, &second).unwrap();
    git.delete_reference(name, &second).unwrap();
    assert_eq!(git.reference(name).unwrap(), None);
    let moved = git.move_reference(name, Some(&first), &second, "no").unwrap_err();
    assert_eq!(moved.to_string(), format!("{name} is at nothing, expected {first}"));
    assert!(git.is_ancestor(&first, &second).unwrap() && !git.is_ancestor(&second, &first).unwrap());
    assert!(!git.is_ancestor(&"1".repeat(40), &first).unwrap());
    for name in ["main", "refs/heads/a b", "refs/tags/", "refs/heads/x..y"] {
        assert!(matches!(git.move_reference(name, None, &first, ""), Err(GitError::Name { .. })), "{name}");
    }
}

#[test]
fn a_commit_is_the_same_again_and_keeps_modes() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let script = repositories.clone_path().join("dir/run.sh");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "old").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    repositories.git(&["add", "dir"]);
    let parent = repositories.commit("dir/text", "old", "files");
    let changes =
        BTreeMap::from([("dir/run.sh".to_owned(), b"new".to_vec()), ("dir/text".to_owned(), b"\r\n\xff".to_vec())]);
    let committer =
        Committer { name: "Ann Example", email: "ann@example.org", at: "2026-11-21T09:00:00Z".parse().unwrap() };
    let new = NewCommit { parent: &parent, changes: &changes, committer, message: "set\n" };
    let id = git.commit(&new).unwrap();
    assert_eq!(git.commit(&new).unwrap(), id);
    assert_eq!(repositories.at("HEAD"), parent, "no ref has moved");
    assert_eq!(fs::read_to_string(&script).unwrap(), "old", "the working tree is not touched");
    let listed = repositories.git(&["ls-tree", "-r", "--format=%(objectmode) %(path)", &id]);
    assert_eq!(listed, "100644 README.md\n100755 dir/run.sh\n100644 dir/text\n");
    let shown = repositories.git(&["log", "-1", "--format=%an|%ae|%aI|%cn|%cI|%B|%P", &id]);
    let date = "2026-11-21T09:00:00+00:00";
    assert_eq!(shown, format!("Ann Example|ann@example.org|{date}|Ann Example|{date}|set\n|{parent}\n"));
    assert_eq!(git.first_parent(&id).unwrap(), Some(parent.clone()));
    assert!(git.same_tree(&id, &id).unwrap() && !git.same_tree(&id, &parent).unwrap());
    repositories.git(&["fsck", "--strict"]);
    let missing = BTreeMap::from([("none".to_owned(), Vec::new())]);
    assert!(git.commit(&NewCommit { changes: &missing, ..new }).is_err());
}

#[test]
fn the_working_tree_is_seen_as_it_is() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    assert_eq!(git.head().unwrap(), Head::Branch("main".into()));
    assert!(git.uncommitted().unwrap().is_empty());
    fs::write(repositories.clone_path().join("new"), "x").unwrap();
    fs::write(repositories.clone_path().join("README.md"), "x").unwrap();
    assert_eq!(git.uncommitted().unwrap(), ["README.md", "new"]);
    repositories.git(&["worktree", "add", "-q", "-b", "beside", "../beside"]);
    let ends_with = |name: &str, end: &str| git.checked_out_in(name).unwrap().unwrap().ends_with(end);
    assert!(ends_with("refs/heads/main", "clone") && ends_with("refs/heads/beside", "beside"));
    let beside = Git::new(repositories.path().join("beside"), "origin", Effects::unwatched());
    assert!(beside.checked_out_in("refs/heads/main").unwrap().unwrap().ends_with("clone"));
    assert_eq!(git.checked_out_in("refs/heads/x").unwrap(), None);
    fs::remove_dir_all(repositories.path().join("beside")).unwrap();
    assert_eq!(git.checked_out_in("refs/heads/beside").unwrap(), None, "a working tree that is gone holds nothing");
    repositories.git(&["checkout", "-q", "--detach"]);
    assert_eq!((git.head().unwrap(), git.checked_out_in("refs/heads/main").unwrap()), (Head::Detached, None));
    repositories.git(&["config", "user.signingkey", "AB"]);
    repositories.git(&["config", "quorate.empty", ""]);
    assert_eq!(git.configured("user.signingkey").unwrap().as_deref(), Some("AB"));
    assert_eq!((git.configured("quorate.none").unwrap(), git.configured("quorate.empty").unwrap()), (None, None));
}

#[test]
fn fetching_brings_what_was_asked_for_and_nothing_else() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    assert_eq!(git.fetch_branch("none").unwrap(), None);
    repositories.remote_git(&["branch", "side", "main"]);
    repositories.remote_git(&["branch", "x/main", "main"]);
    repositories.git(&["update-ref", "refs/remotes/origin/stale", "HEAD"]);
    for (name, value) in [("fetch.prune", "true"), ("fetch.pruneTags", "true"), ("remote.origin.tagOpt", "--tags")] {
        repositories.git(&["config", name, value]);
    }
    repositories.git(&["tag", "mine"]);
    let tip = repositories.others_commit("main", "b", "b", "by another");
    repositories.remote_git(&["tag", "t", "main"]);
    assert_eq!(git.fetch_branch("main").unwrap(), Some(tip.clone()));
    assert_eq!(repositories.at("origin/main"), tip);
    assert_eq!(repositories.at("origin/side") + &repositories.at("refs/tags/t"), "");
    assert!(!repositories.at("refs/remotes/origin/stale").is_empty() && !repositories.at("refs/tags/mine").is_empty());
    assert!(!repositories.clone_path().join(".git/FETCH_HEAD").exists());
    let listed = git.remote_refs(&["refs/heads/main", "refs/heads/none"]).unwrap();
    assert_eq!(listed.keys().collect::<Vec<_>>(), ["refs/heads/main"], "only whole names count");
    assert!(git.remote_refs(&[]).unwrap().is_empty());
    // A branch that was moved back by force is followed.
    repositories.remote_git(&["update-ref", "refs/heads/main", "side"]);
    assert_ne!(git.fetch_branch("main").unwrap(), Some(tip));
    repositories.lose_remote();
    assert!(matches!(git.remote_refs(&["refs/heads/main"]), Err(GitError::Unreachable { .. })));
    assert!(matches!(git.fetch_objects(&["refs/heads/main"]), Err(GitError::Unreachable { .. })));
}

#[test]
fn a_remote_that_is_another_than_was_recorded_is_neither_asked_nor_pushed_to() {
    let repositories = Repositories::new();
    let address = address::remote_address(&repositories.clone_path(), "origin");
    assert!(address.as_ref().is_some_and(|address| address.ends_with("remote.git")), "{address:?}");
    let bound = || git(&repositories).with_address(address.clone());
    let head = bound().remote_refs(&["refs/heads/main"]).unwrap()["refs/heads/main"].clone();
    run(repositories.path(), &["clone", "-q", "--bare", "remote.git", "fork.git"]);
    let fork = repositories.path().join("fork.git");
    run(&repositories.clone_path(), &["remote", "set-url", "origin", fork.to_str().unwrap()]);
    let refused = |error: GitError| {
        assert!(matches!(&error, GitError::AnotherAddress { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("fork.git") && said.contains("remote.git"), "{said}");
    };
    refused(bound().remote_refs(&["refs/heads/main"]).unwrap_err());
    refused(bound().fetch_branch("main").unwrap_err());
    refused(bound().push(&[make("refs/tags/v1", &head)]).unwrap_err());
    assert!(git(&repositories).remote_refs(&["refs/heads/main"]).is_ok(), "where none was recorded");
}

#[test]
fn a_push_takes_all_or_nothing_and_moves_no_tag() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let first = repositories.at("HEAD");
    repositories.git(&["tag", "t"]);
    repositories.git(&["push", "-q", "origin", "t"]);
    let second = repositories.commit("a", "a", "second");
    for tag in [make("refs/tags/t", &second), forward("refs/tags/t", &first, &second)] {
        let named = refused(git.push(&[tag, make("refs/heads/new", &second)]));
        assert!(named.len() == 1 && named[0].starts_with("refs/tags/t ("), "{named:?}");
        assert_eq!(repositories.at_remote("refs/tags/t"), first);
        assert_eq!(repositories.at_remote("refs/heads/new"), "");
    }
    git.push(&[make("refs/heads/new", &second)]).unwrap();
    assert_eq!(repositories.at_remote("refs/heads/new"), second);
    refused(git.push(&[make("refs/heads/new", &first)]));
    git.push(&[]).unwrap();
    assert_eq!(repositories.at_remote("refs/heads/main"), first, "nothing to push is nothing pushed");
}

#[test]
fn a_branch_only_goes_forward_and_a_ref_is_deleted_only_where_it_was_seen() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let theirs = repositories.others_commit("main", "b", "b", "by another");
    let ours = repositories.commit("a", "a", "ours");
    refused(git.push(&[forward("refs/heads/main", &theirs, &ours)]));
    git.fetch_branch("main").unwrap();
    refused(git.push(&[forward("refs/heads/main", &theirs, &ours)]));
    refused(git.push(&[delete("refs/heads/main", &ours)]));
    assert_eq!(repositories.at_remote("refs/heads/main"), theirs);
    git.push(&[make("refs/heads/gone", &ours)]).unwrap();
    git.push(&[delete("refs/heads/gone", &ours)]).unwrap();
    assert_eq!(repositories.at_remote("refs/heads/gone"), "");
}

#[test]
fn another_push_at_the_same_moment_is_a_race_and_no_refusal() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let first = repositories.at("HEAD");
    let second = repositories.commit("a", "a", "second");
    // as it is while another push moves the branch
    let lock = repositories.remote_path().join("refs/heads/main.lock");
    fs::write(&lock, "").unwrap();
    let named = refused(git.push(&[forward("refs/heads/main", &first, &second)]));
    assert!(named.len() == 1 && named[0].starts_with("refs/heads/main ("), "{named:?}");
    fs::remove_file(&lock).unwrap();
    git.push(&[forward("refs/heads/main", &first, &second)]).unwrap();
}

#[test]
fn a_hook_that_declines_is_heard_and_nothing_moves() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let (remote, clone) = (repositories.remote_path(), repositories.clone_path());
    let commit = repositories.at("HEAD");
    for color in ["color.ui", "color.push", "color.remote", "color.transport"] {
        repositories.git(&["config", color, "always"]);
    }
    let updates = [make("refs/heads/fine", &commit), make("refs/heads/bad", &commit)];
    Repositories::hook(&remote, "update", "case $1 in */bad) echo \"no branch of that name\" >&2; exit 1;; esac");
    assert_eq!(
        git.push(&updates).unwrap_err().to_string(),
        "the remote `origin` declined refs/heads/bad (hook declined): no branch of that name"
    );
    Repositories::hook(&remote, "update", "exit 0");
    Repositories::hook(&remote, "pre-receive", "echo 'closed today' >&2; exit 1");
    let GitError::Declined { refused, said, .. } = git.push(&updates).unwrap_err() else { panic!() };
    assert_eq!((refused.len(), said.as_str()), (2, "closed today"));
    fs::remove_file(remote.join("hooks/pre-receive")).unwrap();

    repositories.git(&["config", "core.hooksPath", "hooks"]);
    Repositories::hook(&clone, "pre-push", "echo 'run the'; echo 'tests first' >&2; exit 1");
    assert_eq!(
        git.push(&updates).unwrap_err().to_string(),
        "a pre-push hook in the clone stopped the push: run the tests first"
    );
    assert_eq!(repositories.at_remote("refs/heads/fine") + &repositories.at_remote("refs/heads/bad"), "");
    Repositories::hook(&clone, "pre-push", "exit 0");
    repositories.lose_remote();
    assert!(matches!(git.push(&updates), Err(GitError::Unreachable { .. })));
}

#[test]
fn the_users_settings_push_nothing_else() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    for (name, value) in [
        ("push.default", "matching"),
        ("push.followTags", "true"),
        ("push.recurseSubmodules", "on-demand"),
        ("push.useForceIfIncludes", "true"),
        ("push.gpgSign", "if-asked"),
        ("remote.origin.push", "+refs/heads/*:refs/heads/*"),
    ] {
        repositories.git(&["config", name, value]);
    }
    repositories.remote_git(&["config", "transfer.fsckObjects", "true"]);
    let before = repositories.at("HEAD");
    let commit = repositories.commit("a", "a", "second");
    repositories.git(&["tag", "-a", "-m", "t", "t"]);
    git.push(&[make("refs/heads/new", &commit)]).unwrap();
    assert_eq!(repositories.remote_git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\nrefs/heads/new\n");
    assert_eq!(repositories.at_remote("main"), before);
}

#[test]
fn a_remote_is_named_and_one() {
    let repositories = Repositories::new();
    let url = format!("file://ann:secret@{}", repositories.remote_path().display());
    for remote in ["upstream", repositories.remote_path().to_str().unwrap(), &url, ".", "-x", ""] {
        let git = Git::new(repositories.clone_path(), remote, Effects::unwatched());
        let error = git.remote_refs(&["refs/heads/main"]).unwrap_err();
        assert!(error.to_string().ends_with("; it has origin"), "{remote}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(matches!(git.fetch_branch("main"), Err(GitError::NoRemote { .. })), "{remote}");
        assert!(matches!(git.push(&[make("refs/heads/x", &"1".repeat(40))]), Err(GitError::NoRemote { .. })));
    }
    repositories.git(&["remote", "set-url", "--add", "--push", "origin", "../remote.git"]);
    git(&repositories).remote_refs(&["refs/heads/main"]).unwrap();
    repositories.git(&["remote", "set-url", "--add", "--push", "origin", "../other.git"]);
    let error = git(&repositories).remote_refs(&["refs/heads/main"]).unwrap_err();
    assert!(error.to_string().ends_with("pushes to 2 addresses, expected one"), "{error}");
}

#[test]
fn a_clone_that_cannot_be_worked_with_is_named() {
    let repositories = Repositories::new();
    repositories.commit("a", "a", "second");
    repositories.git(&["push", "-q", "origin", "main"]);
    repositories.remote_git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repositories.remote_path().display());
    run(repositories.path(), &["clone", "-q", "--depth=1", &url, "shallow"]);
    run(repositories.path(), &["clone", "-q", "--filter=blob:none", &url, "partial"]);
    run(repositories.path(), &["init", "-q", "--object-format=sha256", "sha256"]);
    fs::create_dir(repositories.path().join("empty")).unwrap();
    let error = |name: &str| {
        let git = Git::new(repositories.path().join(name), "origin", Effects::unwatched());
        git.remote_refs(&["refs/heads/main"]).unwrap_err()
    };
    let ends = |name: &str, end: &str| assert!(error(name).to_string().ends_with(end), "{:?}", error(name));
    ends("shallow", "/shallow is shallow: a part of the history is not in it");
    assert_eq!(error("shallow").hint(), "fetch the rest: `git fetch --unshallow`");
    ends("partial", "/partial is partial: a part of the history is not in it");
    ends("sha256", "/sha256 does not name its objects by SHA-1, and no other way is supported");
    ends("empty", "/empty is no git repository that can be opened");
    ends("none", "/none is no git repository that can be opened");
    let missing = git(&repositories).peeled_commit(&"1".repeat(40)).unwrap_err();
    assert!(missing.to_string().starts_with("1111") && missing.hint().contains("git fetch PATH"), "{missing}");
}

#[test]
fn what_does_not_end_in_time_is_ended() {
    let repositories = Repositories::new();
    let git = git(&repositories).with_patience(Duration::ZERO);
    assert!(matches!(git.remote_refs(&["refs/heads/main"]), Err(GitError::TimedOut { doing: "ls-remote", .. })));
}

/// Runs another of these tests in an environment as a hook of git has it.
#[test]
fn the_callers_repository_is_not_ours() {
    let repositories = Repositories::new();
    let before = repositories.git(&["for-each-ref"]);
    let inner = "services::git::tests::a_push_takes_all_or_nothing_and_moves_no_tag";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", inner]);
    command.env("GIT_DIR", repositories.clone_path().join(".git")).env("GIT_WORK_TREE", repositories.clone_path());
    command.env("GIT_INDEX_FILE", "/nowhere/index").env("GIT_NAMESPACE", "other").env("GIT_COMMON_DIR", "/nowhere");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert_eq!(repositories.git(&["for-each-ref"]), before);
}

#[test]
fn people_are_named_by_the_mailmap_of_the_commit() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let from = repositories.at("HEAD");
    let author = |name: &str, file: &str| {
        repositories.commit(file, file, "x");
        repositories.git(&["commit", "-q", "--amend", "--no-edit", &format!("--author={name}")]);
    };
    author("cleo <cleo@old.example.org>", "a");
    author("Dan Example <dan@example.org>", "b");
    let to = repositories.commit(".mailmap", "Cleo Example <cleo@example.org> <cleo@old.example.org>\n", "mailmap");
    fs::write(repositories.clone_path().join(".mailmap"), "Mallory <m@example.org> <bob@example.org>\n").unwrap();
    let people: Vec<(String, String)> = git.people(Some(&from), &to).unwrap().into_iter().collect();
    let names: Vec<&str> = people.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Bob Example", "Cleo Example", "Dan Example"]);
    assert_eq!((&*people[1].1, &*people[2].1), ("cleo@example.org", "dan@example.org"));
    assert!(git.people(Some(&to), &to).unwrap().is_empty());
    assert!(matches!(git.people(Some("refs/tags/none"), &to), Err(GitError::Missing { .. })));
}

#[test]
fn the_same_change_on_two_branches_is_known() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let clone = repositories.clone_path();
    repositories.git(&["branch", "side"]);
    repositories.commit("unrelated", "x", "only on main");
    let fix = repositories.commit("fix", "x", "a fix");
    run(&clone, &["checkout", "-q", "side"]);
    run(&clone, &["cherry-pick", "-x", &fix]);
    run(&clone, &["commit", "-q", "--allow-empty", "-m", "empty"]);
    commit_in(&clone, "alone", "x\0y", "binary");
    let patches = |from: &str, to: &str| git.patches(&[from], to).unwrap();
    let on_main: Vec<Patch> = patches("side", "main");
    let missing: Vec<Patch> = patches("main", "side")
        .into_iter()
        .filter(|ours| !on_main.iter().any(|theirs| theirs.patch == ours.patch))
        .collect();
    let summaries: Vec<&str> = missing.iter().map(|patch| patch.summary.as_str()).collect();
    assert_eq!((on_main.len(), summaries), (2, vec!["binary", "empty"]));
    assert!(missing[1].patch.is_none() && missing[0].patch.is_some());
    run(&clone, &["checkout", "-q", "main"]);
    commit_in(&clone, "alone", "x\0z", "another binary");
    assert_ne!(patches("main~1", "main")[0].patch, missing[0].patch, "contents count, of binary files too");
    assert_eq!(git.count_commits("main", "side").unwrap(), 3);
}

#[test]
fn a_name_that_git_cannot_hold_is_refused() {
    let committer = Committer { name: "Ann <Example>", email: "ann@example.org", at: Timestamp::UNIX_EPOCH };
    assert!(matches!(committer.signature(), Err(GitError::Local { .. })), "no angle brackets in a name");
}

#[test]
fn what_libgit2_says_is_told_without_its_codes() {
    let place = tempfile::tempdir().unwrap();
    let error = Git::new(place.path(), "origin", Effects::unwatched()).head().unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(!cause.is_empty() && !cause.contains("class="), "{cause}");
}
