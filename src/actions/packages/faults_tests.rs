// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Uploads and publishing under each fault of a web service.

use serde_json::Value;

use super::tests::{Place, SDIST};
use crate::actions::fault_tests::{Scene, reads_under_faults, writes_under_faults};
use crate::actions::registry;

fn scene(name: &str, with: fn(&Place) -> Value, file: &'static str, happened: fn(&Value) -> usize) -> Scene {
    let place = Place::new();
    let state = place.directory.path().join(file);
    let count = move || std::fs::read(&state).map_or(0, |bytes| happened(&serde_json::from_slice(&bytes).unwrap()));
    Scene {
        world: place.maintainer(),
        faults: place.faults.clone(),
        action: registry().build_action(name, with(&place)).unwrap(),
        happened: Box::new(count),
        _keep: vec![Box::new(place)],
    }
}

/// One file, so that the fault befalls the only write.
fn upload() -> Scene {
    let with = |place: &Place| {
        let mut with = place.pypi_with();
        with["files"] = serde_json::json!([SDIST]);
        with
    };
    scene("upload-pypi", with, "pypi.json", |state| {
        state["projects"]["apache-greeter"].as_object().map_or(0, |files| files.len())
    })
}

fn publish() -> Scene {
    let versions = |state: &Value| state["apache-greeter"]["versions"].as_object().map_or(0, |versions| versions.len());
    scene("publish-npm", Place::npm_with, "npm.json", versions)
}

#[test]
fn a_python_file_is_uploaded_once() {
    writes_under_faults("upload-pypi", "POST", "/legacy/", upload);
    reads_under_faults("upload-pypi", "/simple/", upload);
}

#[test]
fn a_package_is_published_once() {
    writes_under_faults("publish-npm", "PUT", "/npm/", publish);
    reads_under_faults("publish-npm", "/npm/apache-greeter/1.2.0", publish);
}
