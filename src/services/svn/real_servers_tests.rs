// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The client against mod_dav_svn over https with accounts, which `scripts/conformance.sh`
//! starts. Without it the test says that it was skipped.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::release::{FileDigest, Sha512};

#[test]
fn a_real_server_with_accounts_takes_candidates_and_releases() {
    let (Ok(base), Ok(config)) = (std::env::var("QUORATE_TEST_SVN"), std::env::var("QUORATE_TEST_SVN_CONFIG")) else {
        println!("skipped: QUORATE_TEST_SVN is not set; `make conformance` starts the server");
        return;
    };
    let root = SvnUrl::try_from(base).unwrap();
    let account = |user: &str, password: &str| Some((user.to_owned(), password.to_owned().into()));
    let client = |account| Svn::new(account, Some(PathBuf::from(&config)), Effects::unwatched());
    let ann = client(account("ann", "secret"));
    assert_eq!(ann.access(&root).unwrap(), Access::Writes);
    assert_eq!(client(account("ann", "another")).access(&root).unwrap(), Access::Refused);
    assert_eq!(client(account("eve", "secret")).access(&root).unwrap(), Access::Reads, "known, and may not write");

    let directory = tempfile::tempdir().unwrap();
    let (file, text) = (directory.path().join("a b.tgz"), b"what was voted on");
    fs::write(&file, text).unwrap();
    let at = |path: &str| root.join(path).unwrap();
    let note = CommitNote { message: "Stage the candidate", run: "run-1" };
    let stage = [
        Change::MakeDirectory(at("dev")),
        Change::MakeDirectory(at("release")),
        Change::MakeDirectory(at("dev/greeter-1.2.0-rc1")),
        Change::Put { file, to: at("dev/greeter-1.2.0-rc1/a b.tgz") },
    ];
    for refused in [client(None), client(account("ann", "another")), client(account("eve", "secret"))] {
        let error = refused.commit(&stage, None, note).unwrap_err();
        assert!(matches!(error.fault(), Some(SvnFault::Unauthenticated(_) | SvnFault::Forbidden(_))), "{error:?}");
    }
    assert_eq!(client(None).list(&root, Depth::Immediate, None).unwrap(), [], "nothing was made, and all may read");
    let staged = ann.commit(&stage, None, note).unwrap();
    let found = ann.find_run(&root, "run-1").unwrap().map(|run| run.revision);
    assert_eq!(found, Some(staged), "the run is found by its property");
    let voted = FileDigest { name: "a b.tgz".into(), bytes: text.len() as u64, sha512: Sha512::of(text) };
    let promote = [Change::Move { from: at("dev/greeter-1.2.0-rc1"), to: at("release/greeter-1.2.0") }];
    ann.commit(&promote, Some(staged), CommitNote { message: "Release it", run: "run-2" }).unwrap();
    let released = at("release/greeter-1.2.0");
    assert_eq!(client(None).digest(&released, "a b.tgz", None).unwrap(), voted);
    assert_eq!(ann.info(&at("dev/greeter-1.2.0-rc1"), None).unwrap(), None);
    println!("mod_dav_svn: logins are told apart, nothing is written without one, what is promoted is what was staged");
}
