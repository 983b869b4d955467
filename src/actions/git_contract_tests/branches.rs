// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A branch that was made and pushed just so is done, whoever did it.

use super::*;
use crate::actions::CreateBranch;

fn create() -> CreateBranch {
    built(json!({ "branch": "release-1.2", "from": "main" }))
}

#[test]
fn a_branch_pushed_by_hand_is_done_and_another_one_is_in_the_way() {
    let mut world = World::new();
    world.repositories.remote_git(&["branch", "release-1.2", "main"]);
    let (found, _) = conflict(create().probe(&world.cx()));
    assert!(found.contains("at the remote"), "{found}");
    let free: CreateBranch = built(json!({ "branch": "release-1.2", "from": "main", "remote_free": false }));
    assert_eq!(free.probe(&world.cx()).unwrap(), Probed::Absent);
    world.repositories.git(&["branch", "release-1.2", "main"]);
    let Probed::Done(outputs) = create().probe(&world.cx()).unwrap() else { panic!() };
    // What is recorded stays done when both branches go on.
    world.intent.acted = Some(outputs.clone());
    world.repositories.others_commit("main", "b", "b", "meanwhile");
    world.repositories.others_commit("release-1.2", "b", "b", "meanwhile");
    assert_eq!(create().probe(&world.cx()).unwrap(), Probed::Done(outputs));
    world.intent.acted = None;
    conflict(create().probe(&world.cx()));
}
