// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The same actions against real servers, whose addresses `scripts/conformance.sh` gives:
//! devpi for PyPI, verdaccio for npm. Without an address the test says that it was skipped.

use super::tests::{Place, SDIST, WHEEL};
use crate::actions::fault_tests::{impatient, intent, said};
use crate::actions::registry;
use crate::engine::{ActionError, Context, Probed};
use crate::services::{Login, Npm, PyPi};

fn address(variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok();
    if address.is_none() {
        println!("skipped: {variable} is not set; `make conformance` starts the server");
    }
    address
}

#[test]
fn a_real_python_index_takes_the_files_once() {
    let Some(base) = address("QUORATE_TEST_DEVPI") else { return };
    let place = Place::new();
    let mut world = place.maintainer();
    let login = Login::Basic("ann".into(), "secret".into());
    let index = impatient("devpi", &format!("{base}/+simple"), Login::Anonymous);
    world.pypi = Some(PyPi::over(index, impatient("devpi", &base, login)));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let act = |with: serde_json::Value| registry().build_action("upload-pypi", with).unwrap();
    let mut half = place.pypi_with();
    half["files"] = serde_json::json!([WHEEL]);
    act(half).act(&cx).unwrap_or_else(|error| panic!("{}", said(&error)));
    let whole = act(place.pypi_with());
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Absent);
    let done = whole.act(&cx).unwrap_or_else(|error| panic!("{}", said(&error)));
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Done(done));
    // once more with other bytes under the name
    place.put(SDIST, b"\x1f\x8bother");
    let other = act(place.pypi_with());
    assert!(matches!(other.probe(&cx).unwrap(), Probed::Conflict { .. }));
    println!("devpi: the rest was uploaded, the digests are the voted ones, other bytes are a conflict");
}

#[test]
fn a_real_npm_registry_takes_a_version_once() {
    let Some(base) = address("QUORATE_TEST_VERDACCIO") else { return };
    let token = std::env::var("QUORATE_TEST_VERDACCIO_TOKEN").unwrap();
    let place = Place::new();
    let mut world = place.maintainer();
    world.npm = Some(Npm::over(impatient("verdaccio", &base, Login::Bearer(token.into()))));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    assert_eq!(world.npm.as_ref().unwrap().who_am_i().unwrap(), "ann");
    let publish = registry().build_action("publish-npm", place.npm_with()).unwrap();
    assert_eq!(publish.probe(&cx).unwrap(), Probed::Absent);
    let done = publish.act(&cx).unwrap_or_else(|error| panic!("{}", said(&error)));
    assert_eq!(publish.probe(&cx).unwrap(), Probed::Done(done));
    assert!(matches!(publish.act(&cx), Err(ActionError::Refused { .. })), "published twice");
    let probe = registry().build_probe("npm-serves", place.npm_with()).unwrap();
    println!("verdaccio: {:?}", probe.examine(&cx).unwrap());
}
