// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The probes over branches and settings, and `list-contributors`.

use super::*;
use crate::actions::Seen;
use crate::probes::{AgentSigns, BranchHasFixes, GitSigningKey, OwnKeyFits, RemoteBranch};
use crate::services::git_testing::{commit_in, run};

/// A remote whose branch `series` was cut from main, with the clone of another
/// on it; returns where it was cut.
fn series(world: &World<'_>) -> (PathBuf, String) {
    world.repositories.remote_git(&["branch", "series", "main"]);
    let other = world.repositories.clone_as("other");
    (other, world.repositories.at_remote("series"))
}

fn fixes(since: &str) -> BranchHasFixes {
    action(json!({ "branch": "series", "since": since, "main": "main" }))
}

#[test]
fn fixes_are_on_both_branches() {
    let world = World::new();
    let (other, since) = series(&world);
    let examine = |since: &str| fixes(since).examine(&world.cx()).unwrap();
    let nothing = |what: &str| {
        let said = fails(examine(&since));
        assert!(
            said.len() == 1 && said[0].starts_with(&format!("series has {what} since {since}: nothing was")),
            "{said:?}"
        );
        assert!(said[0].contains("leave this check out"), "{said:?}");
    };
    nothing("no commit");
    world.repositories.others_commit("main", "unrelated", "x", "on main alone");
    let fix = world.repositories.others_commit("main", "fix", "x", "a fix");
    run(&other, &["checkout", "-q", "series"]);
    run(&other, &["commit", "-q", "--allow-empty", "-m", "nothing at all"]);
    run(&other, &["push", "-q", "origin", "series"]);
    nothing("no commit that changes a file");
    run(&other, &["reset", "-q", "--hard", &since]);
    run(&other, &["cherry-pick", "-x", &fix]);
    run(&other, &["push", "-q", "--force", "origin", "series"]);
    assert_eq!(holds(examine(&since)), "1 new commit on series, whose change is on main too");

    let alone = commit_in(&other, "alone", "x", "only here");
    run(&other, &["push", "-q", "origin", "series"]);
    assert_eq!(fails(examine(&since)), [only(&alone, "only here")]);
    assert_eq!(fails(examine(&world.repositories.at_remote("main"))).len(), 1, "not on the branch");
    run(&other, &["checkout", "-q", "main"]);
    run(&other, &["cherry-pick", &alone]);
    run(&other, &["push", "-q", "origin", "main"]);
    holds(examine(&since));
    // picked with a conflict, so that its change is another one
    let adapted = commit_in(&other, "adapted", "of main", "adapted");
    run(&other, &["push", "-q", "origin", "main"]);
    run(&other, &["checkout", "-q", "series"]);
    run(&other, &["cherry-pick", &adapted]);
    fs::write(other.join("adapted"), "of the series").unwrap();
    run(&other, &["commit", "-q", "-a", "--amend", "--no-edit"]);
    run(&other, &["push", "-q", "origin", "series"]);
    let said = holds(examine(&since));
    assert!(said.ends_with("; 1 of them not as the same change, but by author, time and title"), "{said}");
}

/// What is said of a commit that is on the series alone.
fn only(commit: &str, title: &str) -> String {
    let commit = &commit[..12];
    format!(
        "{commit} ({title}) is on series, and main has neither its change nor a commit of its author, time and title"
    )
}

#[test]
fn merges_are_looked_into() {
    let world = World::new();
    let (other, since) = series(&world);
    let examine = || fixes(&since).examine(&world.cx()).unwrap();
    world.repositories.others_commit("main", "m", "x", "on main");
    // Main merged into the series: its commits are on main as they are.
    run(&other, &["checkout", "-q", "series"]);
    run(&other, &["merge", "-q", "--no-ff", "-m", "merge main", "main"]);
    run(&other, &["push", "-q", "origin", "series"]);
    assert_eq!(holds(examine()), "2 new commits on series, whose changes are all on main too");
    // A side branch merged into the series is on the series alone.
    run(&other, &["checkout", "-q", "-b", "side", &since]);
    let fix = commit_in(&other, "side", "x", "on a side branch");
    run(&other, &["checkout", "-q", "series"]);
    run(&other, &["merge", "-q", "--no-ff", "-m", "merge side", "side"]);
    run(&other, &["push", "-q", "origin", "series"]);
    assert_eq!(fails(examine()), [only(&fix, "on a side branch")]);
    run(&other, &["checkout", "-q", "main"]);
    run(&other, &["cherry-pick", &fix]);
    run(&other, &["push", "-q", "origin", "main"]);
    holds(examine());
}

#[test]
fn a_remote_branch_has_a_commit_or_not() {
    let world = World::new();
    let branch = |name: &str, commit: Option<&str>| {
        let probe: RemoteBranch = action(json!({ "branch": name, "commit": commit }));
        probe.examine(&world.cx()).unwrap()
    };
    let first = world.repositories.at("HEAD");
    let tip = world.repositories.others_commit("main", "b", "b", "by another");
    assert_eq!(holds(branch("main", Some(&first))), format!("main is at {} at the remote", &tip[..12]));
    let ours = world.repositories.commit("a", "a", "not pushed");
    for absent in [ours, "1".repeat(40)] {
        assert_eq!(
            fails(branch("main", Some(&absent))),
            [format!("main at the remote is at {tip}, which does not have {absent}")]
        );
    }
    assert_eq!(fails(branch("none", None)), ["the remote `origin` has no branch none"]);
}

#[test]
fn git_signs_with_the_key_or_not() {
    let world = World::new();
    let key = "0123456789ABCDEF0123456789ABCDEF01234567";
    let examine = || {
        let probe: GitSigningKey = action(json!({ "fingerprint": key }));
        probe.examine(&world.cx()).unwrap()
    };
    world.git(&["config", "gpg.format", "openpgp"]);
    world.git(&["config", "user.signingkey", ""]);
    assert_eq!(fails(examine()), ["user.signingkey is not set"]);
    world.git(&["config", "user.signingkey", &key[24..]]);
    assert!(fails(examine())[0].ends_with(&format!("expected the full fingerprint {key}")), "an id is too short");
    for same in [key.to_owned(), format!("0x{}", key.to_lowercase()), format!("{key}!")] {
        world.git(&["config", "user.signingkey", &same]);
        holds(examine());
    }
    world.git(&["config", "gpg.format", "ssh"]);
    assert_eq!(fails(examine()), ["gpg.format is ssh, expected openpgp"]);
}

#[test]
fn what_a_person_sets_up_is_waited_for_and_seen() {
    let world = World::new();
    let key = "0123456789ABCDEF0123456789ABCDEF01234567";
    let typed = format!("git config user.signingkey {key}");
    let seen: Seen<GitSigningKey> =
        action(json!({ "whether": "git signs", "by": { "fingerprint": key }, "commands": [&typed] }));
    world.git(&["config", "gpg.format", "openpgp"]);
    world.git(&["config", "user.signingkey", ""]);
    let waiting = Probed::Waiting { until: None, why: format!("user.signingkey is not set\n{typed}") };
    assert_eq!(seen.probe(&world.cx()).unwrap(), waiting);
    assert!(seen.act(&world.cx()).is_err(), "it sets nothing up");
    world.git(&["config", "user.signingkey", key]);
    let found = json!({ "found": format!("user.signingkey is {key}") });
    assert_eq!(seen.probe(&world.cx()).unwrap(), Probed::Done(found));
}

#[test]
fn the_own_key_is_looked_at_and_tried() {
    let home = TestHome::new();
    let world = World::with_key(&home);
    let fits: OwnKeyFits = action(json!({}));
    let signs: AgentSigns = action(json!({}));
    let said = holds(fits.examine(&world.cx()).unwrap());
    assert!(
        said.starts_with("it expires on ")
            && said.ends_with(", ed25519, its user ids are Ann Example <ann@example.org>"),
        "{said}"
    );
    assert_eq!(holds(signs.examine(&world.cx()).unwrap()), "a test signature was made and thrown away");
    let without = World::new();
    assert!(fits.examine(&without.cx()).is_err() && signs.examine(&without.cx()).is_err());
}

#[test]
fn contributors_are_named_once_and_by_the_mailmap() {
    let world = World::new();
    world.git(&["tag", "v0"]);
    for (name, file) in [
        ("cleo <cleo@old.example.org>", "a"),
        ("Dan Example <dan@example.org>", "b"),
        ("dan  example <dan@home.example.org>", "c"),
        ("dependabot[bot] <bot@example.org>", "d"),
        ("GitHub <noreply@example.org>", "e"),
    ] {
        fs::write(world.clone().join(file), file).unwrap();
        world.git(&["add", file]);
        world.git(&["commit", "-q", "-m", file, &format!("--author={name}")]);
    }
    world.repositories.commit(".mailmap", "Cleo Example <cleo@example.org> <cleo@old.example.org>\n", "mailmap");
    world.git(&["tag", "v1"]);
    let list: ListContributors = action(json!({
        "from": "v0", "to": "v1", "version": "1.0.0", "release_tag_prefix": "v", "file": "contributors.txt",
    }));
    let outputs = world.run(&list);
    assert_eq!(outputs, json!({ "names": ["Bob Example", "Cleo Example", "Dan Example"], "count": 3, "from": "v0" }));
    let file = world.repositories.path().join("workspace/contributors.txt");
    assert_eq!(fs::read_to_string(&file).unwrap(), "Bob Example\nCleo Example\nDan Example\n");
    fs::write(&file, "Mallory\n").unwrap();
    assert_eq!(world.run(&list), outputs);
    let none: ListContributors = action(json!({
        "from": "v9", "to": "v1", "version": "1.0.0", "release_tag_prefix": "v", "file": "x",
    }));
    let (what, hint) = refused(none.probe(&world.cx()).unwrap_err());
    assert!(what.starts_with("v9 is not in the clone") && hint.contains("git fetch --tags"), "{what}; {hint}");
}

#[test]
fn contributors_are_counted_from_the_highest_release_below() {
    let world = World::new();
    let list = |version: &str, from: Option<&str>| -> ListContributors {
        action(json!({
            "from": from, "to": "HEAD", "version": version, "release_tag_prefix": "release-",
            "file": format!("{version}.txt"),
        }))
    };
    let main = world.git(&["rev-parse", "--abbrev-ref", "HEAD"]).trim().to_owned();
    let first = world.run(&list("1.1.0", None));
    assert_eq!((&first["from"], &first["count"]), (&Value::Null, &json!(1)), "the first release: {first}");
    assert!(first["note"].as_str().unwrap().starts_with("no release before 1.1.0 is tagged"), "{first}");
    world.git(&["checkout", "-q", "--orphan", "elsewhere"]);
    world.repositories.commit("elsewhere", "x", "of another history");
    world.git(&["tag", "release-1.0.0"]);
    world.git(&["checkout", "-q", &main]);
    let (what, hint) = refused(list("1.1.0", None).act(&world.cx()).unwrap_err());
    assert!(what.starts_with("no tag release-X.Y.Z of a release before 1.1.0"), "{what}");
    assert!(hint.contains("git fetch --tags origin") && hint.contains("git.previous_tag"), "{hint}");
    world.git(&["tag", "-d", "release-1.0.0"]);
    for tag in ["release-1.2.0", "release-1.9.0-rc1", "release-1.9", "v1.9.0", "release-2.0.0"] {
        world.git(&["tag", tag]);
    }
    // On a branch of its own, as a release's tag is: no ancestor, yet a base in common.
    world.git(&["checkout", "-q", "-b", "series"]);
    world.repositories.commit("on-the-series", "x", "released");
    world.git(&["tag", "-a", "-m", "annotated", "release-1.10.0"]);
    world.git(&["checkout", "-q", "--orphan", "unrelated"]);
    world.repositories.commit("unrelated", "x", "of another history");
    world.git(&["tag", "release-1.11.0"]);
    world.git(&["checkout", "-q", &main]);
    world.repositories.commit("new", "x", "new");
    for (version, from) in [
        ("1.11.0", "release-1.10.0"),
        ("1.10.1", "release-1.10.0"),
        ("1.3.0", "release-1.2.0"),
        ("2.0.1", "release-2.0.0"),
    ] {
        let outputs = world.run(&list(version, Some("")));
        assert_eq!(outputs, json!({ "names": ["Bob Example"], "count": 1, "from": from }), "{version}");
    }
    assert_eq!(world.run(&list("3.0.0", Some("release-1.2.0")))["from"], "release-1.2.0");
    for (version, from) in [("1.13.0", "release-1.10.0"), ("1.10.2", "release-1.10.0")] {
        let outputs = world.run(&list(version, None));
        assert_eq!(outputs["from"], from);
        let note = outputs["note"].as_str().unwrap();
        assert!(note.contains(from) && note.contains("look whether a tag is missing"), "{note}");
    }
}

#[test]
fn the_commands_that_list_contributors_work_as_typed_for_a_first_release_and_for_any_other() {
    let world = World::new();
    fs::create_dir_all(world.repositories.path().join("workspace")).unwrap();
    let typed = |version: &str, from: &str| {
        let list: ListContributors = action(json!({
            "from": from, "to": "v2.1.0-rc3", "version": version, "release_tag_prefix": "v", "file": "names.txt",
        }));
        let commands = list.commands(&world.services).join("\n");
        let mut shell = Command::new("bash");
        shell.args(["-e", "-o", "pipefail", "-c", &commands]).current_dir(world.clone());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{commands}\n{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(world.repositories.path().join("workspace/names.txt")).unwrap()
    };
    let first = world.git(&["log", "--format=%aN"]);
    world.git(&["config", "user.name", "Dan Example"]);
    world.git(&["tag", "early"]);
    world.git(&["commit", "-q", "--allow-empty", "-m", "the release"]);
    world.git(&["tag", "v2.1.0-rc3"]);
    let all = typed("2.1.0", "");
    assert!(all.lines().count() == 2 && first.lines().all(|name| all.contains(name)), "{all}");
    world.git(&["tag", "v2.1.0"]);
    assert_eq!(typed("2.1.0", ""), all, "also once it is tagged");
    world.git(&["tag", "v2.0.0", "early"]);
    assert_eq!(typed("2.1.0", ""), "Dan Example\n");
    assert_eq!(typed("2.1.0", "early"), "Dan Example\n");
}

#[test]
fn contributors_are_not_counted_where_the_clone_knows_too_little() {
    let world = World::new();
    let list: ListContributors = action(json!({
        "to": "HEAD", "version": "1.3.0", "release_tag_prefix": "release-", "file": "names.txt",
    }));
    world.git(&["tag", "release-1.1.0"]);
    world.repositories.commit("new", "x", "new");
    world.git(&["tag", "release-1.2.0"]);
    world.git(&["push", "-q", "origin", "--tags"]);
    world.git(&["tag", "-d", "release-1.2.0"]);
    let (what, hint) = refused(list.probe(&world.cx()).unwrap_err());
    assert!(what.contains("lacks the tag release-1.2.0 of its remote"), "{what}");
    assert!(hint.contains("git fetch --tags origin"), "{hint}");
    world.git(&["fetch", "-q", "--tags", "origin"]);
    world.repositories.commit("newer", "x", "newer");
    assert_eq!(world.run(&list)["from"], "release-1.2.0");
    let tip = world.git(&["rev-parse", "HEAD"]);
    fs::write(world.clone().join(".git/shallow"), tip).unwrap();
    let error = list.probe(&world.cx()).unwrap_err();
    assert!(error.to_string().contains("is shallow"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--unshallow")), "{error:?}");
}
