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

/// The commit that a series' branch starts at can be chosen when the release is under way,
/// and stays chosen in a record that is begun anew.
#[test]
fn a_commit_is_chosen_later_and_outlives_a_lost_record() {
    let user = User::looking().started();
    let clone = git2::Repository::open(user.place.world.clone_path()).unwrap();
    let tip = clone.revparse_single("refs/remotes/origin/main").unwrap().id().to_string();
    let command = ["reconfigure", "--commit", &tip[..12], "--why", "what came later is too new"];
    let agreed = [&command[..], &["--execute", "--confirm", VERSION]].concat();
    let chosen = || {
        let plan = user.runs(0, &["plan"]).out;
        let said: String = plan.split_whitespace().collect::<Vec<_>>().join(" ");
        said.contains(&format!("Creates the branch release-1.2 at {tip}"))
    };

    user.refused(2, &["reconfigure", "--commit", "0123456789", "--why", "x"], &["there is no such commit"]);
    let ran = user.runs(0, &command);
    assert!(ran.err.contains(&format!("commit: {tip}, until now the tip by then")), "{}", ran.err);
    assert!(!chosen());
    let before = fs::read_to_string(user.record("product.toml")).unwrap();
    user.runs(0, &agreed);
    assert!(chosen());
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), before);
    user.refused(2, &command, &["nothing would change"]);

    fs::remove_file(user.record("journal.jsonl")).unwrap();
    let ran = user.runs(0, &["start", VERSION, "--product", "sample", "--again"]);
    assert!(ran.err.contains(&format!("Its branch starts at {tip}")), "{}", ran.err);
    assert!(chosen());
}

/// A correction that makes a text unfit to be sent is found before it is taken in.
#[test]
fn what_the_texts_come_to_is_looked_at_before_a_correction_is_taken_in() {
    let user = User::looking().started();
    let before = fs::read_to_string(user.record("product.toml")).unwrap();
    let downloads = before.lines().find(|line| line.starts_with("downloads = ")).unwrap();
    let corrected = before.replace(downloads, "downloads = \"https://dist.apache.org/repos/dist/release\"");
    let file = user.put("corrected.toml", &corrected).display().to_string();
    let command = ["reconfigure", "--product-file", &file, "--why", "x", "--execute", "--confirm", VERSION];
    user.refused(2, &command, &["does not link to dist.apache.org"]);
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), before);
}

/// A template that was edited in the release's directory is said at once, and counts when it is
/// taken in.
#[test]
fn an_edited_template_counts_when_it_is_taken_in() {
    let user = User::looking().started();
    let name = "templates/mail/vote/body.txt.j2";
    let file = user.record(name);
    let before = fs::read_to_string(&file).unwrap();
    let take = ["reconfigure", "--templates", "--why", "the list asked for it"];
    let agreed = [&take[..], &["--execute", "--confirm", VERSION]].concat();
    user.refused(2, &take, &["nothing would change"]);

    fs::write(&file, format!("{before}{{{{ nothing_of_that_name }}}}\n")).unwrap();
    for command in [&["run"][..], &["run", "--execute"], &["reconfigure", "--commit", "HEAD", "--why", "x"]] {
        user.refused(2, command, &[name, "changed in", "quorate reconfigure --templates"]);
    }
    user.refused(2, &agreed, &[name, "`nothing_of_that_name`"]);

    fs::write(&file, format!("{before}\nRead it well.\n")).unwrap();
    let ran = user.runs(0, &take);
    assert!(ran.err.contains(&format!("{name}: as it is there now, until now as it was recorded")), "{}", ran.err);
    user.refused(2, &["run"], &[name]);
    user.runs(0, &agreed);
    user.runs(0, &["run"]);
    let log = user.runs(0, &["log", "--json"]).out;
    assert!(log.contains("the list asked for it") && log.contains(name), "{log}");

    fs::remove_file(&file).unwrap();
    user.refused(2, &agreed, &["is not in", "any more"]);
}
