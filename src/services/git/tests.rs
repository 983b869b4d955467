// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Against the real git.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;

use super::testing::{Repositories, commit_in, run};
use super::*;

fn git(repositories: &Repositories) -> Git {
    repositories.service(Effects::unwatched())
}

fn set(name: &str, object: ObjectId, lease: Lease) -> PushUpdate {
    PushUpdate { name: name.into(), object: Some(object), lease }
}

fn delete(name: &str, at: ObjectId) -> PushUpdate {
    PushUpdate { name: name.into(), object: None, lease: Lease::At(at) }
}

#[test]
fn a_ref_moves_only_from_where_it_was_seen() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let first = git.commit("HEAD").unwrap().unwrap();
    let second = repositories.commit("a", "a", "second");
    let third = repositories.commit("b", "b", "third");
    let name = "refs/heads/x";
    git.create_reference(name, first, "made").unwrap();
    git.create_reference(name, first, "made again").unwrap();
    assert!(matches!(git.create_reference(name, second, "no"), Err(GitError::Moved { .. })));
    assert!(
        matches!(git.move_reference(name, second, first, "fine").map(|()| git.reference(name)), Ok(Ok(Some(at))) if at == first)
    );
    git.move_reference(name, first, second, "moved").unwrap();
    let moved = git.move_reference(name, first, third, "no").unwrap_err();
    assert_eq!(moved.to_string(), format!("{name} is at {second}, expected {first}"));
    assert!(matches!(git.delete_reference(name, first), Err(GitError::Moved { .. })));
    assert_eq!(git.reference(name).unwrap(), Some(second));
    git.delete_reference(name, second).unwrap();
    git.delete_reference(name, second).unwrap();
    assert_eq!(git.reference(name).unwrap(), None);
    assert!(matches!(git.move_reference(name, first, second, "no"), Err(GitError::Moved { .. })));
    assert!(git.is_ancestor(first, second).unwrap() && !git.is_ancestor(second, first).unwrap());
    assert_eq!(git.commit("refs/heads/none").unwrap(), None);
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
    let changed =
        BTreeMap::from([("dir/run.sh".to_owned(), b"new".to_vec()), ("dir/text".to_owned(), b"\r\n\xff".to_vec())]);
    let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    let new =
        NewCommit { parent, changed: &changed, name: "Ann Example", email: "ann@example.org", at, message: "set" };
    let id = git.write_commit(&new).unwrap();
    assert_eq!(git.write_commit(&new).unwrap(), id);
    assert_eq!(git.commit("HEAD").unwrap(), Some(parent), "no ref has moved");
    assert_eq!(fs::read_to_string(&script).unwrap(), "old", "the working copy is not touched");
    let listed = repositories.git(&["ls-tree", "-r", "--format=%(objectmode) %(path)", &id.to_string()]);
    assert_eq!(listed, "100644 README.md\n100755 dir/run.sh\n100644 dir/text\n");
    let shown = repositories.git(&["log", "-1", "--format=%an|%ae|%aI|%cn|%cI|%B|%P", &id.to_string()]);
    let date = "2026-11-21T09:00:00+00:00";
    assert_eq!(shown, format!("Ann Example|ann@example.org|{date}|Ann Example|{date}|set\n|{parent}\n"));
    assert_eq!(git.changed_between(parent, id).unwrap(), ["dir/run.sh", "dir/text"]);
    assert_eq!(git.first_parent(id).unwrap(), Some(parent));
    repositories.git(&["fsck", "--strict"]);
    let missing = BTreeMap::from([("none".to_owned(), Vec::new())]);
    assert!(git.write_commit(&NewCommit { changed: &missing, ..new }).is_err());
}

#[test]
fn the_working_copy_is_seen_as_it_is() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    assert_eq!(git.head().unwrap(), Head::Branch("refs/heads/main".into()));
    assert!(git.changed_paths(Untracked::Counted).unwrap().is_empty());
    fs::write(repositories.clone_path().join("new"), "x").unwrap();
    assert!(git.changed_paths(Untracked::Ignored).unwrap().is_empty());
    assert_eq!(git.changed_paths(Untracked::Counted).unwrap(), ["new"]);
    fs::write(repositories.clone_path().join("README.md"), "x").unwrap();
    assert_eq!(git.changed_paths(Untracked::Ignored).unwrap(), ["README.md"]);
    repositories.git(&["worktree", "add", "-q", "-b", "beside", "../beside"]);
    assert!(git.is_checked_out("refs/heads/main").unwrap() && git.is_checked_out("refs/heads/beside").unwrap());
    let beside = Git::new(repositories.path().join("beside"), "origin", Effects::unwatched());
    assert!(beside.is_checked_out("refs/heads/main").unwrap() && !git.is_checked_out("refs/heads/x").unwrap());
    repositories.git(&["checkout", "-q", "--detach"]);
    assert!(matches!(git.head().unwrap(), Head::Detached(_)));
    assert_eq!(git.identity().unwrap(), (Some("Bob Example".into()), Some("bob@example.org".into())));
    git.set_config("user.signingkey", "AB").unwrap();
    assert_eq!(repositories.git(&["config", "--local", "user.signingkey"]), "AB\n");
    assert_eq!(
        (git.config("user.signingkey").unwrap(), git.config("quorate.none").unwrap()),
        (Some("AB".into()), None)
    );
}

#[test]
fn fetching_brings_what_was_asked_for_and_nothing_else() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    assert_eq!(git.fetch_branch("none").unwrap(), None);
    repositories.remote_git(&["branch", "side", "main"]);
    repositories.remote_git(&["branch", "x/main", "main"]);
    let tip = repositories.others_commit("main", "b", "b", "by another");
    repositories.remote_git(&["tag", "t", "main"]);
    assert_eq!(git.fetch_branch("main").unwrap(), Some(tip));
    assert_eq!(git.commit("origin/main").unwrap(), Some(tip));
    assert_eq!(
        (git.reference("refs/remotes/origin/side").unwrap(), git.reference("refs/tags/t").unwrap()),
        (None, None)
    );
    assert!(!repositories.clone_path().join(".git/FETCH_HEAD").exists());
    let listed = git.remote_refs(&["refs/heads/main", "main", "refs/heads/none"]).unwrap();
    assert_eq!(listed.keys().collect::<Vec<_>>(), ["refs/heads/main"], "only whole names count");
    // A branch that was moved back by force is followed.
    repositories.remote_git(&["update-ref", "refs/heads/main", "side"]);
    assert_ne!(git.fetch_branch("main").unwrap(), Some(tip));
    repositories.lose_remote();
    assert!(matches!(git.remote_refs(&["refs/heads/main"]), Err(GitError::Unreachable { .. })));
    assert!(matches!(git.fetch(&[("refs/heads/main", "refs/x/y")]), Err(GitError::Unreachable { .. })));
}

#[test]
fn a_push_takes_all_or_nothing_and_moves_no_tag() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let first = git.commit("HEAD").unwrap().unwrap();
    repositories.git(&["tag", "t"]);
    repositories.git(&["push", "-q", "origin", "t"]);
    let second = repositories.commit("a", "a", "second");
    for lease in [Lease::Absent, Lease::FastForward] {
        let both = [set("refs/tags/t", second, lease), set("refs/heads/new", second, Lease::Absent)];
        let GitError::Rejected { refs, .. } = git.push(&both).unwrap_err() else { panic!() };
        assert_eq!(refs.iter().map(|refused| refused.name.as_str()).collect::<Vec<_>>(), ["refs/tags/t"], "{lease:?}");
        assert_eq!(repositories.at_remote("refs/tags/t"), first.to_string());
        assert_eq!(repositories.at_remote("refs/heads/new"), "");
    }
    // A tag that is there already, just so, is fine.
    git.push(&[set("refs/tags/t", first, Lease::Absent), set("refs/heads/new", second, Lease::Absent)]).unwrap();
    assert_eq!(repositories.at_remote("refs/heads/new"), second.to_string());
    assert!(matches!(git.push(&[set("refs/heads/new", first, Lease::Absent)]), Err(GitError::Rejected { .. })));
}

#[test]
fn a_branch_only_fast_forwards_and_a_ref_is_deleted_only_where_it_was_seen() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let theirs = repositories.others_commit("main", "b", "b", "by another");
    let ours = repositories.commit("a", "a", "ours");
    let refused = git.push(&[set("refs/heads/main", ours, Lease::FastForward)]).unwrap_err();
    assert!(matches!(refused, GitError::Rejected { .. }), "{refused}");
    assert!(matches!(git.push(&[delete("refs/heads/main", ours)]), Err(GitError::Rejected { .. })));
    assert_eq!(repositories.at_remote("refs/heads/main"), theirs.to_string());
    git.push(&[set("refs/heads/gone", ours, Lease::Absent)]).unwrap();
    git.push(&[delete("refs/heads/gone", ours)]).unwrap();
    assert_eq!(repositories.at_remote("refs/heads/gone"), "");
}

#[test]
fn a_hook_that_declines_is_heard_and_nothing_moves() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let commit = git.commit("HEAD").unwrap().unwrap();
    let updates = [set("refs/heads/fine", commit, Lease::Absent), set("refs/heads/bad", commit, Lease::Absent)];
    repositories.hook("update", "case $1 in */bad) echo \"no branch of that name\" >&2; exit 1;; esac");
    let GitError::Declined { refs, text, .. } = git.push(&updates).unwrap_err() else { panic!() };
    assert_eq!((refs.len(), refs[0].name.as_str(), text.as_str()), (1, "refs/heads/bad", "no branch of that name"));
    repositories.hook("update", "exit 0");
    repositories.hook("pre-receive", "echo 'closed today' >&2; exit 1");
    let GitError::Declined { refs, text, .. } = git.push(&updates).unwrap_err() else { panic!() };
    assert_eq!((refs.len(), text.as_str()), (2, "closed today"));
    assert_eq!(repositories.at_remote("refs/heads/fine") + &repositories.at_remote("refs/heads/bad"), "");
    repositories.lose_remote();
    assert!(matches!(git.push(&updates), Err(GitError::Unreachable { .. })));
}

#[test]
fn what_does_not_end_in_time_is_ended() {
    let repositories = Repositories::new();
    let git = git(&repositories).with_timeout(Duration::ZERO);
    assert!(matches!(git.remote_refs(&["refs/heads/main"]), Err(GitError::TimedOut { what: "ls-remote", .. })));
}

#[test]
fn people_are_named_by_the_mailmap_of_the_commit() {
    let repositories = Repositories::new();
    let git = git(&repositories);
    let from = git.commit("HEAD").unwrap().unwrap();
    let author = |name: &str, file: &str| {
        repositories.commit(file, file, "x");
        repositories.git(&["commit", "-q", "--amend", "--no-edit", &format!("--author={name}")]);
    };
    author("cleo <cleo@old.example.org>", "a");
    author("Dan Example <dan@example.org>", "b");
    repositories.commit(".mailmap", "Cleo Example <cleo@example.org> <cleo@old.example.org>\n", "mailmap");
    let to = git.commit("HEAD").unwrap().unwrap();
    fs::remove_file(repositories.clone_path().join(".mailmap")).unwrap();
    let people: std::collections::BTreeSet<String> = git.people(from, to).unwrap().into_iter().collect();
    assert_eq!(people.into_iter().collect::<Vec<_>>(), ["Bob Example", "Cleo Example", "Dan Example"]);
    assert!(git.people(to, to).unwrap().is_empty());
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
    let since = git.commit("side").unwrap().unwrap();
    run(&clone, &["cherry-pick", "-x", &fix.to_string()]);
    commit_in(&clone, "alone", "x", "only here");
    let (side, main) = (git.commit("side").unwrap().unwrap(), git.commit("main").unwrap().unwrap());
    let on_main = git.patches_beside(main, side).unwrap();
    let commits = git.commits(since, side).unwrap();
    let missing: Vec<&str> = commits
        .iter()
        .filter(|commit| !commit.patch.is_some_and(|patch| on_main.contains(&patch)))
        .map(|commit| commit.subject.as_str())
        .collect();
    assert_eq!((commits.len(), missing), (2, vec!["only here"]));
}
