// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Packages of the form that the sample builds, against indexes on loopback.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actions::fault_tests::{impatient, intent, said};
use crate::actions::{Services, offline, registry};
use crate::engine::{Action, ActionError, Context, Finding, Probed};
use crate::rehearsal::stand_ins::{Faults, StandIns, npm, pypi};
use crate::release::{FileDigest, Sha512};
use crate::services::{Body, Login, Npm, PyPi, Request};

pub(super) const SDIST: &str = "apache-greeter-1.2.0.tar.gz";
pub(super) const WHEEL: &str = "apache_greeter-1.2.0-py3-none-any.whl";
pub(super) const TARBALL: &str = "apache-greeter-1.2.0.tgz";

/// Indexes, and a workspace with packages.
pub(super) struct Place {
    pub directory: TempDir,
    stand_ins: StandIns,
    pub faults: Faults,
}

impl Place {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(directory.path(), 0, faults.clone()).unwrap();
        let place = Self { directory, stand_ins, faults };
        let metadata = "Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.0\nSummary: Greets\n\nGreets.\n";
        place.put(SDIST, &tarball(&[("apache-greeter-1.2.0/PKG-INFO", metadata)]));
        place.put(WHEEL, &wheel("apache_greeter-1.2.0.dist-info/METADATA", metadata));
        place.put(TARBALL, &tarball(&[("package/package.json", r#"{"name":"apache-greeter","version":"1.2.0"}"#)]));
        place
    }

    fn artifacts(&self) -> std::path::PathBuf {
        self.directory.path().join("artifacts")
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.artifacts()).unwrap();
        std::fs::write(self.artifacts().join(name), bytes).unwrap();
    }

    pub fn digests(&self) -> Vec<FileDigest> {
        let digest = |name: &str| {
            let bytes = std::fs::read(self.artifacts().join(name)).unwrap();
            FileDigest { name: name.into(), bytes: bytes.len() as u64, sha512: Sha512::of(&bytes) }
        };
        [SDIST, WHEEL, TARBALL].map(digest).into()
    }

    pub fn world(&self, pypi_token: Option<&str>, npm_token: Option<&str>) -> Services {
        let base = |name: &str| self.stand_ins.base(name);
        let login = pypi_token.map_or(Login::Anonymous, |token| Login::Basic("__token__".into(), token.into()));
        let index = impatient("the index", &base("pypi/simple"), Login::Anonymous);
        let pypi = PyPi::over(index, impatient("the index", &base("pypi/legacy/"), login));
        let login = npm_token.map_or(Login::Anonymous, |token| Login::Bearer(token.into()));
        let npm = Npm::over(impatient("the registry", &base("npm"), login));
        Services { pypi: Some(pypi), npm: Some(npm), ..offline(self.directory.path()) }
    }

    /// As a maintainer does on the project's page.
    fn yank(&self, name: &str, reason: &str) {
        let web = impatient("the index", &self.stand_ins.base("pypi"), Login::Anonymous);
        let body = Body::Bytes("text/plain", reason.as_bytes().to_vec());
        web.send(Request::new(reqwest::Method::POST, web.at(&["yank", name]), body)).unwrap();
    }

    pub fn maintainer(&self) -> Services {
        self.world(Some(pypi::MAINTAINER), Some(npm::MAINTAINER))
    }

    pub fn pypi_with(&self) -> Value {
        json!({"name": "apache-greeter", "version": "1.2.0", "files": [SDIST, WHEEL],
               "voted": {"directory": "artifacts", "digests": self.digests()}})
    }

    pub fn npm_with(&self) -> Value {
        json!({"name": "apache-greeter", "version": "1.2.0", "file": TARBALL, "older_tag": "release-1.2",
               "voted": {"directory": "artifacts", "digests": self.digests()}})
    }

    fn state(&self, name: &str) -> Value {
        let bytes = std::fs::read(self.directory.path().join(format!("{name}.json")));
        bytes.map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap())
    }
}

fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A zip of one file that is stored as it is.
fn wheel(path: &str, text: &str) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    let (length, sum, name) = (text.len() as u32, crc.sum(), path.len() as u16);
    let mut common = Vec::new();
    for word in [20_u16, 0, 0, 0, 33] {
        common.extend(word.to_le_bytes());
    }
    for word in [sum, length, length] {
        common.extend(word.to_le_bytes());
    }
    common.extend(name.to_le_bytes());
    common.extend(0_u16.to_le_bytes());
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&common);
    zip.write_all(path.as_bytes()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let at = zip.len() as u32;
    zip.extend(b"PK\x01\x02\x14\x00");
    zip.extend(&common);
    zip.extend([0; 14]);
    zip.extend(path.as_bytes());
    let directory = zip.len() as u32 - at;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(directory.to_le_bytes());
    zip.extend(at.to_le_bytes());
    zip.extend([0; 2]);
    zip
}

fn action(name: &str, with: Value) -> Box<dyn Action<Services>> {
    registry().build_action(name, with).unwrap()
}

fn examine(world: &Services, name: &str, with: Value) -> Finding {
    let intent = intent();
    let cx = Context { world, intent: &intent, now: intent.at };
    registry().build_probe(name, with).unwrap().examine(&cx).unwrap()
}

#[test]
fn python_files_may_be_meant_by_patterns_over_the_voted_ones() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let mut with = place.pypi_with();
    with["files"] = json!(["apache-greeter-*.tar.gz", "apache_greeter-*.whl"]);
    let upload = action("upload-pypi", with.clone());
    assert!(upload.summary().ends_with(&format!(": {SDIST}, {WHEEL}")), "{}", upload.summary());
    let done = upload.act(&cx).unwrap();
    let names: Vec<&str> =
        done["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, [SDIST, WHEEL]);
    assert_eq!(action("upload-pypi", place.pypi_with()).probe(&cx).unwrap(), Probed::Done(done));
    assert!(matches!(examine(&world, "pypi-serves", with.clone()), Finding::Holds(_)));
    // what was voted on and is none of them is no part of it, and what means nothing stops it
    with["files"] = json!([SDIST]);
    assert!(matches!(examine(&world, "pypi-serves", with.clone()), Finding::Fails(_)));
    with["files"] = json!([SDIST, "apache_greeter-*-macosx*.whl"]);
    let error = action("upload-pypi", with).probe(&cx).unwrap_err();
    assert!(
        error.to_string().contains("apache_greeter-*-macosx*.whl is not among the files that were voted on"),
        "{error}"
    );
}

#[test]
fn python_files_are_uploaded_and_found() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let upload = action("upload-pypi", place.pypi_with());
    assert_eq!(upload.probe(&cx).unwrap(), Probed::Absent);
    assert_eq!(upload.problems(&cx).unwrap(), []);
    let done = upload.act(&cx).unwrap();
    assert_eq!(upload.probe(&cx).unwrap(), Probed::Done(done));
    assert!(matches!(examine(&place.world(None, None), "pypi-serves", place.pypi_with()), Finding::Holds(_)));
    let kept = std::fs::read(place.directory.path().join("pypi").join(WHEEL)).unwrap();
    assert_eq!(kept, std::fs::read(place.artifacts().join(WHEEL)).unwrap());
}

#[test]
fn what_an_upload_left_out_is_uploaded() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let mut half = place.pypi_with();
    half["files"] = json!([WHEEL]);
    action("upload-pypi", half).act(&cx).unwrap();
    let upload = action("upload-pypi", place.pypi_with());
    assert_eq!(upload.probe(&cx).unwrap(), Probed::Absent);
    let Finding::Fails(faults) = examine(&world, "pypi-serves", place.pypi_with()) else { panic!() };
    assert_eq!(faults, [format!("the index does not have {SDIST}")]);
    upload.act(&cx).unwrap();
    assert!(matches!(upload.probe(&cx).unwrap(), Probed::Done(_)));
}

#[test]
fn other_bytes_under_a_name_stop_it_before_anything() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let voted = place.pypi_with();
    let wheel_voted = std::fs::read(place.artifacts().join(WHEEL)).unwrap();
    // somebody uploaded another wheel
    place.put(
        WHEEL,
        &wheel(
            "apache_greeter-1.2.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.0\n",
        ),
    );
    let mut other = place.pypi_with();
    other["files"] = json!([WHEEL]);
    action("upload-pypi", other).act(&cx).unwrap();
    place.put(WHEEL, &wheel_voted);
    let upload = action("upload-pypi", voted.clone());
    let Probed::Conflict { found, .. } = upload.probe(&cx).unwrap() else { panic!() };
    assert!(found.starts_with(&format!("{WHEEL} on the index")), "{found}");
    assert!(matches!(upload.act(&cx), Err(ActionError::Conflict { .. } | ActionError::Refused { .. })));
    assert!(matches!(examine(&world, "pypi-serves", voted), Finding::Fails(_)));
}

#[test]
fn a_yanked_file_is_neither_done_nor_uploaded_again() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let upload = action("upload-pypi", place.pypi_with());
    upload.act(&cx).unwrap();
    for (reason, said) in [("", "yanked"), ("the wheel is broken", "yanked: the wheel is broken")] {
        place.yank(WHEEL, reason);
        let Probed::Conflict { found, expected } = upload.probe(&cx).unwrap() else { panic!("{reason}") };
        assert_eq!(found, format!("on the index {WHEEL} {said}"));
        assert!(expected.contains("by mistake") && expected.contains("skipped"), "{expected}");
        let Finding::Fails(faults) = examine(&world, "pypi-serves", place.pypi_with()) else { panic!("{reason}") };
        assert_eq!(faults, [format!("the index has {WHEEL} {said}")]);
    }
}

#[test]
fn nothing_is_uploaded_beside_a_yanked_file_of_the_version() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let mut half = place.pypi_with();
    half["files"] = json!([WHEEL]);
    action("upload-pypi", half).act(&cx).unwrap();
    place.yank(WHEEL, "too early");
    let mut rest = place.pypi_with();
    rest["files"] = json!([SDIST]);
    for with in [place.pypi_with(), rest] {
        let upload = action("upload-pypi", with);
        assert!(matches!(upload.probe(&cx).unwrap(), Probed::Conflict { found, .. } if found.contains("too early")));
        assert!(matches!(upload.act(&cx), Err(ActionError::Conflict { .. })));
    }
    assert!(place.state("pypi")["projects"]["apache-greeter"][SDIST].is_null(), "it was not uploaded");
}

#[test]
fn only_what_was_voted_on_is_uploaded() {
    let place = Place::new();
    let intent = intent();
    let world = place.maintainer();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let voted = place.pypi_with();
    place.put(SDIST, b"something else");
    for result in
        [action("upload-pypi", voted.clone()).probe(&cx).map(drop), action("upload-pypi", voted).act(&cx).map(drop)]
    {
        let error = said(&result.unwrap_err());
        assert!(error.contains("no apache-greeter-1.2.0.tar.gz with the recorded digest"), "{error}");
    }
    let mut unknown = place.pypi_with();
    unknown["voted"]["digests"] = json!([]);
    let error = said(&action("upload-pypi", unknown).act(&cx).unwrap_err());
    assert!(error.contains("not among the files that were voted on"), "{error}");
    assert_eq!(place.state("pypi"), Value::Null, "nothing was uploaded");
}

#[test]
fn a_package_that_is_another_is_refused_before() {
    let place = Place::new();
    let intent = intent();
    let world = place.world(None, None);
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    place.put(SDIST, &tarball(&[("x/PKG-INFO", "Metadata-Version: 2.1\nName: other\nVersion: 1.2.dev0\n")]));
    place
        .put(TARBALL, &tarball(&[("package/package.json", r#"{"name":"apache-greeter","version":"1.2.0-SNAPSHOT"}"#)]));
    let what = |problems: Vec<crate::engine::Problem>| problems.into_iter().map(|one| one.what).collect::<Vec<_>>();
    let python = what(action("upload-pypi", place.pypi_with()).problems(&cx).unwrap());
    assert_eq!(python.len(), 3, "{python:?}");
    assert!(python[0].contains("no token") && python[1].contains("Name other"), "{python:?}");
    let npm = what(action("publish-npm", place.npm_with()).problems(&cx).unwrap());
    assert!(npm[0].contains("no token") && npm[1].contains("is a snapshot"), "{npm:?}");
    place.put(SDIST, b"\x1f\x8bgarbage");
    let error = action("upload-pypi", place.pypi_with()).problems(&cx).unwrap_err();
    assert!(matches!(error, ActionError::Refused { .. }), "{}", said(&error));
}

#[test]
fn a_package_is_published_and_found() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let publish = action("publish-npm", place.npm_with());
    assert_eq!(publish.probe(&cx).unwrap(), Probed::Absent);
    assert!(matches!(examine(&world, "npm-serves", place.npm_with()), Finding::Fails(_)));
    assert_eq!(publish.problems(&cx).unwrap(), []);
    let done = publish.act(&cx).unwrap();
    assert_eq!(publish.probe(&cx).unwrap(), Probed::Done(done));
    assert!(matches!(examine(&place.world(None, None), "npm-serves", place.npm_with()), Finding::Holds(_)));
    assert_eq!(place.state("npm")["apache-greeter"]["tags"], json!({"latest": "1.2.0"}));
    // other bytes of the same version are no success
    place.put(TARBALL, &tarball(&[("package/package.json", r#"{"name":"apache-greeter","version":"1.2.0","x":1}"#)]));
    let other = action("publish-npm", place.npm_with());
    assert!(matches!(other.probe(&cx).unwrap(), Probed::Conflict { .. }));
    assert!(matches!(other.act(&cx), Err(ActionError::Refused { .. })));
}

#[test]
fn a_fix_of_an_older_series_is_not_the_latest() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let older = place.npm_with();
    action("publish-npm", older.clone()).act(&cx).unwrap();
    let version = |version: &str| {
        place.put(
            TARBALL,
            &tarball(&[("package/package.json", &format!(r#"{{"name":"apache-greeter","version":"{version}"}}"#))]),
        );
        let mut with = place.npm_with();
        with["version"] = json!(version);
        with
    };
    action("publish-npm", version("1.10.0")).act(&cx).unwrap();
    action("publish-npm", version("1.2.1")).act(&cx).unwrap();
    assert_eq!(place.state("npm")["apache-greeter"]["tags"], json!({"latest": "1.10.0", "release-1.2": "1.2.1"}));
}

#[test]
fn a_file_is_fetched_where_the_workspace_lost_it() {
    let place = Place::new();
    let world = place.maintainer();
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let mut with = place.npm_with();
    let released = place.directory.path().join("released");
    std::fs::create_dir(&released).unwrap();
    let import = |arguments: &[&str]| {
        let ran =
            std::process::Command::new(arguments[0]).args(&arguments[1..]).current_dir(place.directory.path()).status();
        assert!(ran.unwrap().success(), "{arguments:?}");
    };
    std::fs::rename(place.artifacts().join(TARBALL), released.join(TARBALL)).unwrap();
    let url = format!("file://{}", Path::new(place.directory.path()).join("svn").display());
    import(&["svnadmin", "create", "svn"]);
    import(&["svn", "import", "--quiet", "--message", "it is out", "released", &url]);
    with["voted"]["released"] = json!(url);
    let publish = action("publish-npm", with);
    assert_eq!(publish.problems(&cx).unwrap(), []);
    publish.act(&cx).unwrap();
    assert!(matches!(publish.probe(&cx).unwrap(), Probed::Done(_)));
}
