// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files that are made elsewhere: a person puts them where the step says, or a command fetches them.

use super::*;
use crate::release::Sha512;
use crate::verify::demo_wheel;

const LINUX: &str = "demo-1.0.0-cp312-cp312-manylinux_2_28_x86_64.whl";
const MAC: &str = "demo-1.0.0-cp312-cp312-macosx_11_0_arm64.whl";

fn wheels(command: &[&str]) -> Value {
    json!({
        "id": "wheels", "title": "the wheels", "made_elsewhere": "the run of the CI over v1", "command": command,
        "outputs": [{ "glob": "demo-1.0.0-*-manylinux*.whl" }, { "glob": "demo-1.0.0-*-macosx*.whl" }],
    })
}

fn of(all: &[Value], stand_ins: bool) -> BuildArtifacts {
    action(json!({
        "tag": "v1", "builds": all, "directory": "candidates/rc1/artifacts", "stand_ins": stand_ins,
        "version": "1.0.0",
    }))
}

impl World {
    fn arrivals(&self) -> PathBuf {
        self.directory.path().join("workspace/candidates/rc1/made-elsewhere/wheels")
    }

    fn arrives(&self, name: &str, code: &str) {
        fs::write(self.arrivals().join(name), demo_wheel(code)).unwrap();
    }
}

fn waiting(probed: Probed) -> String {
    match probed {
        Probed::Waiting { until: None, why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_person_brings_is_awaited_and_taken_over_once() {
    let world = World::new();
    world.tag();
    let step = of(&[wheels(&[]), sdk(&["./build.sh"], "dist/*.tar.gz", &["sh"])], false);
    assert_eq!(step.probe(&world.cx()).unwrap(), Probed::Absent, "the directory is yet to be made");
    assert_eq!(step.problems(&world.cx()).unwrap(), []);
    step.act(&world.cx()).unwrap();
    assert_eq!(world.happened("build"), 1, "what is built here does not wait");
    let why = waiting(step.probe(&world.cx()).unwrap());
    let place = world.arrivals().display().to_string();
    for says in
        [&place, "made elsewhere: the run of the CI over v1", "demo-1.0.0-*-manylinux*.whl, demo-1.0.0-*-macosx*.whl"]
    {
        assert!(why.contains(says), "{why}");
    }

    world.arrives(LINUX, "linux");
    world.arrives("demo-1.0.0-py3-none-any.whl", "any");
    let why = waiting(step.probe(&world.cx()).unwrap());
    assert!(why.contains("Nothing there fits demo-1.0.0-*-macosx*.whl; ") && !why.contains("manylinux"), "{why}");
    assert!(why.ends_with("demo-1.0.0-py3-none-any.whl fits no output of the build `wheels`"), "{why}");

    world.arrives(MAC, "mac");
    assert_eq!(step.probe(&world.cx()).unwrap(), Probed::Absent);
    let problems = step.problems(&world.cx()).unwrap();
    assert!(matches!(&problems[..], [one] if one.what.contains("none-any.whl fits no output")), "{problems:?}");
    assert!(matches!(step.act(&world.cx()), Err(ActionError::Refused { .. })));
    assert!(!world.artifacts().join(LINUX).exists(), "all or nothing");
    fs::remove_file(world.arrivals().join("demo-1.0.0-py3-none-any.whl")).unwrap();

    let outputs = world.run(&step);
    assert_eq!(outputs["files"], json!([MAC, LINUX, "sdk-1.0.0.tar.gz"]));
    assert_eq!(outputs["stand_ins"], json!([]));
    assert_eq!(outputs["digests"][1]["sha512"], json!(Sha512::of(&demo_wheel("linux"))));
    assert_eq!(fs::read(world.artifacts().join(MAC)).unwrap(), demo_wheel("mac"));
    assert_eq!(world.happened("build"), 1);

    let hash: HashArtifacts = action(json!({
        "directory": "candidates/rc1/artifacts", "files": ["sdk-1.0.0.tar.gz", "demo-1.0.0-*-manylinux*.whl", "demo-*"],
    }));
    let hashed = world.run(&hash);
    let names: Vec<&str> =
        hashed["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sdk-1.0.0.tar.gz", LINUX, MAC]);
    let none: HashArtifacts = action(json!({ "directory": "candidates/rc1/artifacts", "files": ["other-*.whl"] }));
    assert!(chain(&none.act(&world.cx()).unwrap_err()).contains("missing in"));
}

#[test]
fn the_same_bytes_are_done_and_others_are_for_the_next_candidate() {
    let world = World::new();
    world.tag();
    let step = of(&[wheels(&[])], false);
    step.act(&world.cx()).unwrap();
    // what an interruption left, of which no receipt speaks
    fs::create_dir_all(world.artifacts()).unwrap();
    fs::write(world.artifacts().join("demo-1.0.0-cp311-cp311-manylinux1_x86_64.whl"), "torn").unwrap();
    fs::write(world.artifacts().join(MAC), "torn").unwrap();
    world.arrives(LINUX, "linux");
    world.arrives(MAC, "mac");
    let outputs = world.run(&step);
    assert_eq!(outputs["files"], json!([MAC, LINUX]));
    assert!(!world.artifacts().join("demo-1.0.0-cp311-cp311-manylinux1_x86_64.whl").exists());
    assert_eq!(step.act(&world.cx()).unwrap(), outputs);

    world.arrives(LINUX, "another build");
    let others = |probed| match probed {
        Probed::Conflict { found, expected } => (found, expected),
        other => panic!("{other:?}"),
    };
    let (found, expected) = others(step.probe(&world.cx()).unwrap());
    assert!(found.contains(LINUX) && found.contains(Sha512::of(&demo_wheel("another build")).as_str()), "{found}");
    assert!(expected.contains(Sha512::of(&demo_wheel("linux")).as_str()), "{expected}");
    world.arrives(LINUX, "linux");
    world.arrives("demo-1.0.0-cp312-cp312-macosx_11_0_x86_64.whl", "one more");
    assert!(
        others(step.probe(&world.cx()).unwrap()).0.contains("macosx_11_0_x86_64.whl, which this candidate has not")
    );
    fs::remove_file(world.arrivals().join("demo-1.0.0-cp312-cp312-macosx_11_0_x86_64.whl")).unwrap();
    assert_eq!(step.probe(&world.cx()).unwrap(), Probed::Done(outputs.clone()));

    // an artifact is lost: the same bytes are taken over again, and no others
    fs::remove_file(world.artifacts().join(LINUX)).unwrap();
    world.arrives(LINUX, "another build");
    assert!(matches!(step.act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert!(!world.artifacts().join(LINUX).exists());
    world.arrives(LINUX, "linux");
    assert_eq!(step.act(&world.cx()).unwrap(), outputs);
    fs::remove_dir_all(world.arrivals()).unwrap();
    assert_eq!(step.probe(&world.cx()).unwrap(), Probed::Done(outputs.clone()), "nobody has to keep them there");

    // given back before anything is signed, others can be taken
    step.undo(&world.cx(), &outputs).unwrap();
    assert!(!world.artifacts().join(LINUX).exists());
    step.act(&world.cx()).unwrap();
    world.arrives(LINUX, "another build");
    world.arrives(MAC, "mac");
    assert_ne!(world.run(&step)["digests"], outputs["digests"]);
}

#[test]
fn a_file_that_is_not_of_this_release_is_not_taken_over() {
    let world = World::new();
    world.tag();
    let mut of_two = of(&[wheels(&[])], false);
    of_two.act(&world.cx()).unwrap();
    world.arrives(LINUX, "linux");
    let whole = demo_wheel("mac");
    fs::write(world.arrivals().join(MAC), &whole[..whole.len() - 40]).unwrap();
    let said = |step: &BuildArtifacts| {
        let problems: Vec<String> = step.problems(&world.cx()).unwrap().into_iter().map(|one| one.what).collect();
        let refused = step.act(&world.cx()).unwrap_err();
        assert_eq!(refused.to_string(), problems.join("; "));
        assert!(refused.hint().unwrap().contains("from the run of the CI over v1"), "{refused:?}");
        problems
    };
    let torn = said(&of_two);
    assert!(torn.len() == 1 && torn[0].starts_with(MAC), "{torn:?}");
    world.arrives(MAC, "mac");
    of_two = action(json!({
        "tag": "v1", "builds": [wheels(&[])], "directory": "candidates/rc1/artifacts", "version": "2.0.0",
    }));
    let other = said(&of_two);
    assert!(
        other.len() == 2 && other.iter().all(|fault| fault.contains("its version is 1.0.0, not 2.0.0")),
        "{other:?}"
    );
    assert!(!world.artifacts().exists());
}

#[test]
fn a_command_fetches_them_into_a_directory_of_its_own() {
    let world = World::new();
    world.tag();
    let store = world.directory.path().join("store");
    fs::create_dir(&store).unwrap();
    fs::write(store.join(LINUX), demo_wheel("linux")).unwrap();
    let script = format!("ls -A | wc -l; echo of $RELEASE_COMMIT; mkdir -p ci; cp {}/*.whl ci", store.display());
    let mut fetched = wheels(&["sh", "-c", &script]);
    fetched["outputs"] = json!([{ "glob": "**/demo-*-manylinux*.whl" }, { "glob": "ci/*macosx*.whl", "name": MAC }]);
    let step = of(&[fetched], false);
    let error = step.act(&world.cx()).unwrap_err();
    assert!(error.to_string().contains("fits ci/*macosx*.whl"), "{error}");
    assert_eq!(step.probe(&world.cx()).unwrap(), Probed::Absent, "it is fetched anew, and not waited for");

    fs::write(store.join("demo-macosx.whl"), demo_wheel("mac")).unwrap();
    let outputs = world.run(&step);
    assert_eq!(outputs["files"], json!([MAC, LINUX]));
    let log = fs::read_to_string(world.directory.path().join("workspace/logs/rc1-wheels.log")).unwrap();
    let commit = world.git(&["rev-parse", "v1^{commit}"]);
    assert!(log.contains(&format!("of {}", commit.trim())) && log.contains("\n0\n"), "{log}");
    assert_eq!(world.happened("build"), 2);
    assert_eq!(step.act(&world.cx()).unwrap(), outputs);
    assert_eq!(world.happened("build"), 2, "what is taken over is not fetched again");
}

#[test]
fn a_rehearsal_has_stand_ins_by_names_that_fit() {
    let world = World::new();
    world.tag();
    let outputs = world.run(&of(&[wheels(&[])], true));
    let names = ["demo-1.0.0-example-manylinuxexample.whl", "demo-1.0.0-example-macosxexample.whl"];
    let why = "it is made elsewhere: the run of the CI over v1";
    assert_eq!(outputs["files"], json!(names));
    assert_eq!(outputs["stand_ins"], json!(names.map(|name| json!({ "name": name, "why": why }))));
    assert!(!world.arrivals().exists());
    // they are none for a release
    assert_eq!(of(&[wheels(&[])], false).probe(&world.cx()).unwrap(), Probed::Absent);
}

#[test]
fn a_build_may_leave_several_files_of_one_pattern() {
    let world = World::new();
    world.tag();
    let several = |command: &str| {
        let mut build = sdk(&["sh", "-c", command], "dist/demo-*.whl", &["sh"]);
        build["outputs"] = json!([{ "glob": "dist/demo-*.whl" }]);
        of(&[build], false)
    };
    let error = several("mkdir dist").act(&world.cx()).unwrap_err();
    assert!(chain(&error).contains("one file or more were expected to fit `dist/demo-*.whl`, found none"), "{error:?}");
    let outputs = world.run(&several("mkdir dist; echo b >dist/demo-b.whl; echo a >dist/demo-a.whl"));
    assert_eq!(outputs["files"], json!(["demo-a.whl", "demo-b.whl"]));
}
