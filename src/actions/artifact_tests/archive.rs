// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Source archives, and the licence headers in them.

use super::*;

#[test]
fn an_archive_is_of_the_tag_and_the_same_wherever_it_is_made() {
    let make = || {
        let world = World::new();
        world.put("src/main.py", HEADER);
        world.tag();
        world
    };
    let (here, there) = (make(), make());
    // A working tree that is not as the tag is.
    there.put("src/main.py", "changed");
    there.put("untracked", "x");
    there.put("src/staged", "x");
    there.git(&["add", "src/staged"]);
    let outputs = here.run(&archive(&[]));
    assert_eq!(outputs, there.run(&archive(&[])));
    let bytes = fs::read(here.artifacts().join("demo-src.tgz")).unwrap();
    assert_eq!(bytes, fs::read(there.artifacts().join("demo-src.tgz")).unwrap());
    assert_eq!(outputs["files"], 3);
    assert_eq!(outputs["commit"], here.git(&["rev-parse", "HEAD"]).trim());
    let mut tar = Command::new("tar");
    let listing = stdout(
        &tar.env("TZ", "UTC")
            .args(["tzvf", "demo-src.tgz", "--full-time"])
            .current_dir(here.artifacts())
            .output()
            .unwrap(),
    );
    assert!(
        listing.contains("-rwxr-xr-x 0/0") && listing.contains("2020-09-13 12:26:40 demo-1.0.0/build.sh"),
        "{listing}"
    );
}

#[test]
fn an_archive_that_is_anything_else_is_written_anew() {
    let mut world = World::new();
    world.tag();
    let outputs = world.run(&archive(&[]));
    let file = world.artifacts().join("demo-src.tgz");
    let bytes = fs::read(&file).unwrap();
    for other in [[&bytes[..], b"x"].concat(), bytes[..bytes.len() - 1].to_vec(), Vec::new()] {
        fs::write(&file, other).unwrap();
        assert_eq!(archive(&[]).probe(&world.cx()).unwrap(), Probed::Absent);
    }
    assert_eq!(archive(&[]).act(&world.cx()).unwrap(), outputs);
    // What was recorded counts, also where another compressor made it.
    fs::write(&file, "other compressor").unwrap();
    let mut recorded = outputs.clone();
    recorded["sha512"] = json!(crate::release::Sha512::of(b"other compressor"));
    world.intent.acted = Some(recorded.clone());
    assert_eq!(archive(&[]).probe(&world.cx()).unwrap(), Probed::Done(recorded.clone()));
    world.put("new", "x");
    world.tag();
    assert_eq!(archive(&[]).probe(&world.cx()).unwrap(), Probed::Absent, "the tag is at another commit");
}

#[test]
fn what_is_excluded_is_not_in_the_archive() {
    let world = World::new();
    for path in [
        ".gitignore",
        ".asf.yaml",
        "a/target/x",
        "target/x",
        "docs/public/x",
        "docs/themes/book/x",
        "docs/content/x",
        "other/docs/public/x",
        ".idea/x",
        "a/b.iml",
        ".travis.yml",
        "a/.gitignore",
        "targets/x",
    ] {
        world.put(path, "x");
    }
    world.git(&["add", "-f", "-A"]);
    world.tag();
    let exclude = [
        ".git",
        ".gitignore",
        ".asf.yaml",
        "target",
        "docs/public",
        "docs/resources",
        "docs/themes",
        ".idea",
        "*.iml",
        ".travis.yml",
    ];
    world.run(&archive(&exclude));
    let mut tar = Command::new("tar");
    let listing = stdout(&tar.args(["tzf", "demo-src.tgz"]).current_dir(world.artifacts()).output().unwrap());
    let files: Vec<&str> = listing.lines().filter(|line| !line.ends_with('/')).collect();
    let wanted = ["LICENSE", "build.sh", "docs/content/x", "other/docs/public/x", "targets/x"];
    assert_eq!(files, wanted.map(|path| format!("demo-1.0.0/{path}")));
    assert!(!listing.contains("/target/") && !listing.contains("themes"), "{listing}");
}

#[test]
fn a_missing_tag_and_a_broken_pattern_are_problems() {
    let world = World::new();
    let problems = archive(&["a[b"]).problems(&world.cx()).unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
    let Err(ActionError::Refused { what, hint }) = archive(&[]).act(&world.cx()) else { panic!() };
    assert!(what.starts_with("refs/tags/v1 is not in the clone ") && hint.contains("git fetch"), "{what}; {hint}");
    assert!(archive(&["a[b"]).act(&world.cx()).is_err());
}

#[test]
fn files_without_a_licence_header_are_named() {
    let world = World::new();
    world.put("src/good.py", HEADER);
    world.put("src/wrapped.py", "#\n# Licensed to the Apache\n# Software Foundation\n");
    world.put("logo.png", "\u{0}png");
    world.put("empty", "");
    world.put("data/test.csv", "1,2");
    world.tag();
    world.run(&archive(&[]));
    let probe = |no_header: &[&str], file: &str| -> Finding {
        let with = json!({ "directory": "candidates/rc1/artifacts", "file": file, "no_header": no_header });
        action::<LicenceHeaders>(with).examine(&world.cx()).unwrap()
    };
    let missing = ["data/test.csv", "empty", "src/wrapped.py"].map(|path| format!("{path} has no licence header"));
    assert_eq!(fails(probe(&[], "demo-src.tgz")), missing);
    for allowed in ["*.csv", "data", "data/*"] {
        let finding = probe(&[allowed, "empty", "wrapped.py"], "demo-src.tgz");
        assert_eq!(finding, Finding::Holds("2 files have a header, 2 cannot have one, 3 are excluded".into()));
    }
    assert_eq!(fails(probe(&[], "other.tgz")), ["other.tgz is not in candidates/rc1/artifacts"]);
    fs::write(world.artifacts().join("broken.tgz"), "no gzip").unwrap();
    assert!(fails(probe(&[], "broken.tgz"))[0].starts_with("broken.tgz: its name says gzip"));
}
