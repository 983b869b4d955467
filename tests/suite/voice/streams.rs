// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Data on stdout, talk on stderr, and readers that go away.

use std::io::Read;
use std::process::Stdio;

use crate::user::User;

#[test]
fn data_goes_to_stdout_and_talk_to_stderr() {
    let user = User::looking().started();
    for command in [&["status", "--json"][..], &["plan", "--json"], &["log", "--json"]] {
        let ran = user.runs(0, command);
        ran.json();
        assert_eq!(ran.err, "", "{command:?}");
    }
    for command in [&["attest", "make-the-case", "--note", "x"][..], &["run", "--execute"]] {
        let ran = user.run(command);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{command:?}: {}", ran.out);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let user = User::looking().started();
    for arguments in [&["guide"][..], &["plan"], &["log"], &["completions", "bash"], &["status", "--json"]] {
        let mut child = user.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let code = child.wait().unwrap().code();
        assert!(code == Some(141) || code.is_none(), "{arguments:?}: {code:?}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{arguments:?}: {said}");
    }
}
