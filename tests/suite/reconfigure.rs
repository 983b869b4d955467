// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release that is under way gets a corrected configuration.

use std::fs;

use crate::user::{User, VERSION};

#[test]
fn a_corrected_configuration_is_shown_recorded_and_used() {
    let user = User::looking().started();
    let before = fs::read_to_string(user.record("product.toml")).unwrap();
    let archive = before.lines().find(|line| line.starts_with("archive = ")).unwrap();
    let corrected = before
        .replace(archive, "archive = \"https://lists.example.org\"")
        .replace("name = \"Apache Greeter\"", "name = \"Apache Welcomer\"");
    let holds = || user.runs(0, &["status"]).out.starts_with("Apache Welcomer 1.2.0");
    let file = user.put("corrected.toml", &corrected).display().to_string();
    let command = ["reconfigure", "--product-file", &file, "--why", "the archive has moved"];
    let agreed = [&command[..], &["--execute", "--confirm", VERSION]].concat();

    user.refused(2, &[&command[..3], &["--why", " "]].concat(), &["--why is empty"]);
    user.refused(2, &[&command[..], &["--execute", "--confirm", "9.9.9"]].concat(), &["this release is 1.2.0"]);
    let same = user.record("product.toml").display().to_string();
    user.refused(2, &["reconfigure", "--product-file", &same, "--why", "x"], &["nothing would change"]);
    let other = user.put("other.toml", &corrected.replacen("id = \"sample\"", "id = \"another\"", 1));
    user.refused(
        2,
        &["reconfigure", "--product-file", &other.display().to_string(), "--why", "x"],
        &["is of `another`, and this release of `sample`"],
    );
    assert!(!holds());
    let ran = user.runs(0, &command);
    assert!(ran.err.contains("mail.archive: \"https://lists.example.org\", until now \"http://"), "{}", ran.err);
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), before, "nothing was agreed to");

    user.runs(0, &agreed);
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), corrected);
    assert!(holds());
    let log = user.runs(0, &["log", "--json"]).out;
    assert!(log.contains("the archive has moved") && log.contains("mail.archive"), "{log}");

    // A run that ended when it was recorded and not in its place yet.
    fs::rename(user.record("product.toml"), user.record("product.toml.next")).unwrap();
    fs::write(user.record("product.toml"), &before).unwrap();
    assert!(holds());
    // What nobody recorded is refused all the same.
    fs::write(user.record("product.toml.next"), "format = 1\n").unwrap();
    user.refused(2, &["status"], &["was changed since", "quorate reconfigure"]);
}
