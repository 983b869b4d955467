// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Staging and promoting a candidate.

use super::*;

#[test]
fn a_candidate_is_staged_by_one_commit() {
    let world = World::new();
    let outputs = world.run(&world.stage());
    assert_eq!(outputs, json!({"url": world.repository.url("dev/p-3.4.0-rc1"), "revision": 2, "files": files()}));
    assert_eq!(world.repository.look(&["log"]), "Kandidat für 3.4.0 – 候选");
    assert_eq!(world.repository.look(&["cat", "dev/p-3.4.0-rc1/a.tgz"]), "bytes of a");
    assert_eq!(world.repository.look(&["propget", "--revprop", "release:run"]), world.intent.token);
    let holds = SvnHolds { url: world.repository.url("dev/p-3.4.0-rc1"), files: files(), since: Some(Revision(2)) };
    assert!(matches!(holds.examine(&world.cx()).unwrap(), Finding::Holds(_)));
    world.repository.put("dev/p-3.4.0-rc1/a.tgz", "other bytes");
    let Finding::Fails(faults) = holds.examine(&world.cx()).unwrap() else { panic!() };
    assert!(faults.len() == 1 && faults[0].contains("a.tgz has 11 bytes, expected 10"), "{faults:?}");
    world.repository.put("dev/p-3.4.0-rc1/a.tgz", FILES[0].1);
    let Finding::Holds(evidence) = holds.examine(&world.cx()).unwrap() else { panic!() };
    assert!(evidence.contains("changed back by r4"), "{evidence}");
    let whenever = SvnHolds { since: None, ..holds };
    assert!(matches!(whenever.examine(&world.cx()).unwrap(), Finding::Holds(_)));
}

#[test]
fn staging_survives_a_kill_on_either_side_of_its_commit() {
    let world = World::new();
    let stage = world.stage();
    world.act_killed(&stage, Moment::Before);
    assert_eq!(stage.probe(&world.cx()).unwrap(), Probed::Absent);
    world.act_killed(&stage, Moment::After);
    let Probed::Done(outputs) = stage.probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs["revision"], 2);
    // A client that outlived its killed parent is no conflict either.
    assert_eq!(stage.act(&world.cx()).unwrap(), outputs);
    assert_eq!(world.youngest(), "2");
}

#[test]
fn someone_elses_directory_is_a_conflict_and_their_own_staging_is_done() {
    let world = World::new();
    let stage = world.stage();
    world.repository.make("dev/p-3.4.0-rc1", &[("a.tgz", "bytes of b"), FILES[1]]);
    assert!(conflict(stage.probe(&world.cx()).unwrap()).contains("a.tgz has other bytes"));
    assert!(matches!(stage.act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!(world.youngest(), "2");
    world.repository.put("dev/p-3.4.0-rc1/a.tgz", FILES[0].1);
    assert!(matches!(stage.probe(&world.cx()).unwrap(), Probed::Done(_)));
}

#[test]
fn files_that_are_not_the_recorded_ones_are_not_staged() {
    let world = World::new();
    world.services.workspace.write("artifacts/a.tgz", b"rebuilt!!!").unwrap();
    world.services.workspace.remove("artifacts/a.tgz.sha512").unwrap();
    let stage = world.stage();
    assert_eq!(stage.problems(&world.cx()).unwrap().len(), 2);
    assert!(matches!(stage.act(&world.cx()), Err(ActionError::Refused { .. })));
    assert_eq!(world.youngest(), "1");
    let empty = StageCandidate { files: Vec::new(), ..stage.clone() };
    assert!(matches!(empty.probe(&world.cx()), Err(ActionError::Misconfigured { .. })));
    let outside = StageCandidate { directory: "../release".into(), ..stage };
    assert!(matches!(outside.probe(&world.cx()), Err(ActionError::Misconfigured { .. })));
}

#[test]
fn staging_can_be_taken_back_as_long_as_nobody_changed_it() {
    let world = World::new();
    let outputs = world.run(&world.stage());
    assert!(matches!(world.stage().reversal(&outputs), Reversal::Undo(_)));
    world.stage().undo(&world.cx(), &outputs).unwrap();
    world.stage().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.youngest(), "3");
    assert_eq!(world.stage().probe(&world.cx()).unwrap(), Probed::Absent);
    let again = world.run(&world.stage());
    world.repository.put("dev/p-3.4.0-rc1/more", "x");
    assert!(world.stage().undo(&world.cx(), &again).is_err());
    assert!(world.repository.look(&["tree", "dev"]).contains("more"));
}

#[test]
fn a_candidate_is_promoted_after_unrelated_commits() {
    let world = World::new();
    world.run(&world.stage());
    world.repository.make("dev/other-1.0-rc1", &[("x", "x")]);
    world.repository.put("release/KEYS", "x");
    let outputs = world.run(&world.promote(2));
    assert_eq!(outputs, json!({"url": world.repository.url("release/p-3.4.0"), "revision": 5}));
    assert_eq!(world.repository.look(&["tree", "release"]), "release/\n KEYS\n p-3.4.0/\n  a.tgz\n  a.tgz.sha512");
    assert!(!world.repository.look(&["tree", "dev"]).contains("p-3.4.0"));
    assert!(matches!(world.promote(2).reversal(&outputs), Reversal::Irreversible(_)));
}

#[test]
fn promotion_survives_a_kill_on_either_side_of_its_commit() {
    let world = World::new();
    world.run(&world.stage());
    let promote = world.promote(2);
    world.act_killed(&promote, Moment::Before);
    assert_eq!(promote.probe(&world.cx()).unwrap(), Probed::Absent);
    world.act_killed(&promote, Moment::After);
    let Probed::Done(outputs) = promote.probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs["revision"], 3);
    assert_eq!(promote.act(&world.cx()).unwrap(), outputs);
    assert_eq!(world.youngest(), "3");
}

#[test]
fn promotion_is_refused_when_the_candidate_changed_since_the_vote() {
    let world = World::new();
    world.run(&world.stage());
    world.repository.put("dev/p-3.4.0-rc1/a.tgz", "bytes of X");
    let Probed::Conflict { found, expected } = world.promote(2).probe(&world.cx()).unwrap() else { panic!() };
    assert!(found.contains("was changed by r3: a.tgz has other bytes"), "{found}");
    assert!(expected.contains("svn cat FILE@2") && expected.contains("cancel-candidate"), "{expected}");
    // The pin of the move itself, with no probe before it.
    assert!(matches!(world.promote(2).act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!(world.youngest(), "3");
    let problems = world.promote(3).problems(&world.cx()).unwrap();
    assert!(problems[0].what.contains("a.tgz has other bytes"), "{problems:?}");
    assert!(matches!(world.promote(3).act(&world.cx()), Err(ActionError::Refused { .. })));
}

#[test]
fn what_was_put_back_is_promoted_from_the_revision_that_was_voted_on() {
    for moment in [Moment::Before, Moment::After] {
        let world = World::new();
        world.run(&world.stage());
        world.repository.put("dev/p-3.4.0-rc1/a.tgz", "bytes of X");
        world.repository.put("dev/p-3.4.0-rc1/a.tgz", FILES[0].1);
        let promote = world.promote(2);
        assert_eq!(promote.probe(&world.cx()).unwrap(), Probed::Absent);
        world.act_killed(&promote, moment);
        let outputs = promote.act(&world.cx()).unwrap();
        assert_eq!(promote.probe(&world.cx()).unwrap(), Probed::Done(outputs));
        assert_eq!(world.youngest(), "5");
        assert_eq!(world.repository.look(&["tree", "release"]), "release/\n p-3.4.0/\n  a.tgz\n  a.tgz.sha512");
        assert!(!world.repository.look(&["tree", "dev"]).contains("p-3.4.0"));
        let copied = world.repository.look(&["changed", "--copy-info", "--revision", "5"]);
        assert!(copied.contains("dev/p-3.4.0-rc1/:r2"), "{copied}");
    }
}

#[test]
fn promotion_never_nests() {
    let world = World::new();
    world.run(&world.stage());
    world.repository.make("release/p-3.4.0", &[]);
    assert!(conflict(world.promote(2).probe(&world.cx()).unwrap()).ends_with("it is empty"));
    assert!(matches!(world.promote(2).act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!(world.repository.look(&["tree", "release"]), "release/\n p-3.4.0/");
    assert_eq!(world.youngest(), "3");
}

#[test]
fn promotion_by_hand_is_done_and_a_lost_candidate_is_a_conflict() {
    let world = World::new();
    assert!(conflict(world.promote(1).probe(&world.cx()).unwrap()).contains("neither"));
    let revision = world.repository.make("release/p-3.4.0", &FILES);
    let url = world.repository.url("release/p-3.4.0");
    assert_eq!(world.promote(1).probe(&world.cx()).unwrap(), Probed::Done(json!({"url": url, "revision": revision})));
}
