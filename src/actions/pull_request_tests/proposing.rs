// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is proposed, found, left alone, merged and taken back.

use serde_json::json;

use super::*;
use crate::services::PullState;

#[test]
fn a_change_is_proposed_once_found_again_and_taken_back() {
    let site = Site::new();
    let (world, action) = (site.services(Effects::unwatched()), site.change());
    assert_eq!(probe(&action, &world).unwrap(), Probed::Absent);
    let made = act(&action, &world).unwrap();
    assert_eq!(probe(&action, &world).unwrap(), Probed::Done(made.clone()));
    assert_eq!((made["repository"].as_str(), made["number"].as_u64()), (Some("greeter/site"), Some(1)));
    let entries = site.git(&["show", "release-1.2.0:data/greeter.yml"]);
    assert_eq!(entries, ENTRIES.replace("\"1.1\"", &format!("{ENTRY}\"1.1\"")).trim());
    let pull = world.github.pull(&slug(), 1).unwrap();
    assert_eq!((pull.title.as_str(), pull.body.as_str(), pull.draft), ("Add Greeter 1.2.0", "Adds 1.2.0.\n", true));
    assert_eq!(act(&action, &world).unwrap(), made, "repeating it");
    assert_eq!(site.pulls(), 1);

    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    action.undo(&cx, &made).unwrap();
    assert_eq!(world.github.pull(&slug(), 1).unwrap().state, PullState::Closed);
    assert_eq!(site.git(&["branch", "--list", "release-*"]), "");
    action.undo(&cx, &made).unwrap();
}

#[test]
fn without_a_prepared_text_its_own_words_describe_it_and_without_them_the_title() {
    for (text, says) in
        [(Some("The key, and what it signs.\n"), "The key, and what it signs.\n"), (None, "Add Greeter 1.2.0")]
    {
        let site = Site::new();
        let world = site.services(Effects::unwatched());
        let mut action = site.change();
        let pull = action.pull_request.as_mut().unwrap();
        (pull.body, pull.text) = (None, text.map(str::to_owned));
        act(&action, &world).unwrap();
        assert_eq!(world.github.pull(&slug(), 1).unwrap().body, says);
        assert!(action.commands(&world).last().unwrap().contains(says.trim()), "{:?}", action.commands(&world));
    }
}

#[test]
fn what_a_change_adds_is_dated_once_before_it_is_merged() {
    let site = Site::new();
    let world = site.services(Effects::unwatched());
    let dating = |to: &str| -> DateChange {
        serde_json::from_value(json!({
            "repository": site.remote(), "base": "main", "branch": "release-1.2.0",
            "files": [["data/greeter.yml"], ["posts/1.2.0.md"]], "to": to, "message": "Date Greeter 1.2.0",
        }))
        .unwrap()
    };
    let done = |to: &str| Probed::Done(json!({"branch": "release-1.2.0", "date": to}));
    assert_eq!(probe(&dating("2026-11-28"), &world).unwrap(), done("2026-11-28"), "no such branch: nothing to date");
    let entry = format!("{ENTRY}  release_date: 2026-11-22\n");
    world.workspace.write("texts/entry.yml", entry.as_bytes()).unwrap();
    let post = "---\ndate: 2026-11-22\n---\nSee /news/2026/11/22/greeter.html\n";
    world.workspace.write("texts/post.md", post.as_bytes()).unwrap();
    act(&site.change(), &world).unwrap();
    assert_eq!(probe(&dating("2026-11-28"), &world).unwrap(), Probed::Absent);
    assert_eq!(act(&dating("2026-11-28"), &world).unwrap()["date"], "2026-11-28");
    assert_eq!(probe(&dating("2026-11-28"), &world).unwrap(), done("2026-11-28"));
    assert_eq!(site.commits("release-1.2.0")[..2], ["Date Greeter 1.2.0", "Add Greeter 1.2.0"]);
    let there = |branch: &str, file: &str| site.git(&["show", &format!("{branch}:{file}")]);
    assert_eq!(there("release-1.2.0", "posts/1.2.0.md"), post.replace("-22", "-28").replace("/22/", "/28/").trim());
    assert!(there("release-1.2.0", "data/greeter.yml").contains("release_date: 2026-11-28"));
    act(&site.merge(), &world).unwrap();
    assert_eq!(probe(&dating("2026-12-24"), &world).unwrap(), done("2026-12-24"), "what is merged keeps its day");
    assert!(there("main", "data/greeter.yml").contains("release_date: 2026-11-28"));
}

#[test]
fn a_later_candidate_brings_data_up_to_date_and_leaves_what_people_wrote() {
    let site = Site::new();
    let (world, mut action) = (site.services(Effects::unwatched()), site.change());
    act(&action, &world).unwrap();
    let clone = site.directory.path().join("clone");
    run(
        site.directory.path(),
        &["clone", "--quiet", "-b", "release-1.2.0", &site.remote().display().to_string(), "clone"],
    );
    std::fs::write(clone.join("posts/1.2.0.md"), "All is new.\n").unwrap();
    let bob = ["-c", "user.name=Bob", "-c", "user.email=bob@example.org"];
    run(&clone, &[&bob[..], &["commit", "--quiet", "--all", "--message", "Write"]].concat());
    run(&clone, &["push", "--quiet"]);
    assert!(matches!(probe(&action, &world).unwrap(), Probed::Done(_)));

    world.workspace.write("texts/entry.yml", ENTRY.replace("1.2.0", "1.2.0, at last").as_bytes()).unwrap();
    world.workspace.write("texts/pull.md", b"Adds 1.2.0.\nOf candidate 2.\n").unwrap();
    world.workspace.write("texts/post.md", b"another frame\n").unwrap();
    action.pull_request.as_mut().unwrap().says = Some("candidate 2".to_owned());
    assert_eq!(probe(&action, &world).unwrap(), Probed::Absent);
    act(&action, &world).unwrap();
    assert_eq!(site.commits("release-1.2.0"), ["Add Greeter 1.2.0", "Write", "Add Greeter 1.2.0", "As it was"]);
    assert_eq!(site.git(&["show", "release-1.2.0:posts/1.2.0.md"]), "All is new.");
    assert!(site.git(&["show", "release-1.2.0:data/greeter.yml"]).contains("at last"));
    assert_eq!(world.github.pull(&slug(), 1).unwrap().body, "Adds 1.2.0.\nOf candidate 2.\n");
    assert_eq!(site.pulls(), 1);

    action.pull_request.as_mut().unwrap().says = Some("candidate 3".to_owned());
    world.workspace.write("texts/pull.md", b"Adds 1.2.0.\nOf candidate 3.\n").unwrap();
    assert_eq!(probe(&action, &world).unwrap(), Probed::Absent, "the description alone is out of date");
    act(&action, &world).unwrap();
    world.github.describe_pull(&slug(), 1, "Add Greeter 1.2.0", "In my own words.").unwrap();
    assert!(matches!(probe(&action, &world).unwrap(), Probed::Done(_)), "what people write stays");
}

#[test]
fn what_a_person_did_by_hand_is_found() {
    let site = Site::new();
    let (world, action) = (site.services(Effects::unwatched()), site.change());
    let files = [("data/greeter.yml", format!("{ENTRY}{ENTRIES}")), ("posts/1.2.0.md", "All new!\n".to_owned())];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    site.pushed_by_hand("release-1.2.0", "bob", &files);
    assert_eq!(probe(&action, &world).unwrap(), Probed::Absent, "the pull request is missing");
    let made = act(&action, &world).unwrap();
    assert_eq!(made["commit"].as_str(), Some(site.git(&["rev-parse", "release-1.2.0"]).as_str()), "nothing is added");
    assert_eq!(probe(&action, &world).unwrap(), Probed::Done(made));
}

#[test]
fn somebody_elses_branch_is_left_alone() {
    let site = Site::new();
    let (world, action) = (site.services(Effects::unwatched()), site.change());
    site.pushed_by_hand("release-1.2.0", "bob", &[("posts/other.md", "other\n")]);
    let before = site.git(&["rev-parse", "release-1.2.0"]);
    let Probed::Conflict { found, .. } = probe(&action, &world).unwrap() else { panic!("no conflict") };
    assert!(found.contains("release-1.2.0") && found.contains(&before), "{found}");
    assert_eq!(site.git(&["rev-parse", "release-1.2.0"]), before);
    assert_eq!(site.pulls(), 0);
}

#[test]
fn a_draft_is_made_ready_and_merged_once() {
    let site = Site::new();
    let world = site.services(Effects::unwatched());
    let merge = site.merge();
    let error = probe(&merge, &world).unwrap_err();
    assert!(told(&error).contains("has no pull request of the branch release-1.2.0"), "{}", told(&error));
    act(&site.change(), &world).unwrap();
    assert_eq!(probe(&merge, &world).unwrap(), Probed::Absent);
    let made = act(&merge, &world).unwrap();
    assert_eq!(probe(&merge, &world).unwrap(), Probed::Done(made.clone()));
    assert_eq!(made["commit"].as_str(), Some(site.git(&["rev-parse", "main"]).as_str()));
    assert_eq!(site.commits("main"), ["Add Greeter 1.2.0", "As it was"]);
    assert!(matches!(probe(&site.change(), &world).unwrap(), Probed::Done(_)), "merged, it still is proposed");
    site.git(&["branch", "-D", "release-1.2.0"]);
    assert!(matches!(probe(&site.change(), &world).unwrap(), Probed::Done(_)), "and without its branch");
}

#[test]
fn what_stands_in_the_way_of_a_merge_is_told() {
    let site = Site::new();
    let world = site.services(Effects::unwatched());
    act(&site.change(), &world).unwrap();
    site.pushed_by_hand("main", "bob", &[("data/greeter.yml", "\"1.3\":\n  name: other\n")]);
    let mut merge = site.merge();
    merge.finished = vec!["posts/".to_owned()];
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    world.github.pull(&slug(), 1).unwrap();
    let told: Vec<String> = merge.problems(&cx).unwrap().into_iter().map(|problem| problem.what).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("cannot be merged: main has changed the same lines"), "{told:?}");
    assert!(told[1].contains("posts/1.2.0.md") && told[1].contains("‹…›"), "{told:?}");
    assert!(matches!(act(&merge, &world), Err(ActionError::Refused { .. })));
    assert_eq!(site.commits("main"), ["By hand", "As it was"]);
}

#[test]
fn a_program_of_the_repository_makes_the_second_commit() {
    let site = Site::new();
    let world = site.services(Effects::unwatched());
    let with = |says: &str| -> ProposeChange {
        serde_json::from_value(json!({
            "repository": site.remote(), "base": "main", "branch": "images",
            "commits": [
                {"message": "Add key", "changes": [[{"kind": "line", "file": "keys.txt", "line": "1.2.0=B"}]]},
                {"message": "Add Dockerfile",
                 "run": {"command": ["./add.sh", "1.2.0"], "leaves": ["1.2.0/Dockerfile"], "says": [says]}},
            ],
        }))
        .unwrap()
    };
    let error = act(&with("1.2.0=C"), &world).unwrap_err();
    assert!(told(&error).contains("1.2.0/Dockerfile does not say `1.2.0=C`"), "{}", told(&error));
    assert_eq!(site.git(&["branch", "--list", "images"]), "", "nothing is pushed");
    let made = act(&with("1.2.0=B"), &world).unwrap();
    assert_eq!(probe(&with("1.2.0=B"), &world).unwrap(), Probed::Done(made));
    assert_eq!(site.commits("images"), ["Add Dockerfile", "Add key", "As it was"]);
    assert_eq!(site.git(&["show", "images:1.2.0/Dockerfile"]), "1.2.0=B");
}
