// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A configuration that no release can use is refused before anything is recorded,
//! with its file, each field, its value and what was expected.

use std::fs;

use crate::user::{User, VERSION};

const START: [&str; 4] = ["start", VERSION, "--product", "sample"];

/// The mails of a release are made from the templates that it was started with,
/// whatever the assets are later.
#[test]
fn a_release_keeps_the_templates_that_it_was_started_with() {
    let user = User::looking();
    let name = "templates/mail/discuss-release/subject.txt.j2";
    let own = user.put(&format!("assets/{name}"), "[DISCUSS] By our own template {{ version }}\n");
    user.runs(0, &START);
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    fs::remove_file(own).unwrap();
    let shown = || user.runs(0, &["plan", "--json"]).out;
    assert!(shown().contains("By our own template"), "{}", shown());
    assert_eq!(fs::read_to_string(user.record(name)).unwrap(), "[DISCUSS] By our own template {{ version }}\n");

    // A record begun anew goes on by them too.
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    user.runs(0, &[&START[..], &["--again"]].concat());
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    assert!(shown().contains("By our own template"), "{}", shown());

    fs::write(user.record(name), "[DISCUSS] Another\n").unwrap();
    let changed = shown();
    assert!(!changed.contains("By our own template") && !changed.contains("[DISCUSS] Another"), "{changed}");
}

/// An address that was wrong is corrected in mid-release, with the change in the record.
#[test]
fn a_configuration_can_be_corrected_while_the_release_is_under_way() {
    let user = User::looking().started();
    let old = fs::read_to_string(user.record("product.toml")).unwrap();
    let list = toml::from_str::<toml::Table>(&old).unwrap()["mail"]["dev"].as_str().unwrap().to_owned();
    let with = |address: &str| old.replace(&format!("dev = \"{list}\""), &format!("dev = \"{address}\""));
    let moved = "developers@sample.example.org";
    let file = user.put("product.toml", &with(moved)).display().to_string();
    let reconfigure = ["reconfigure", "--product-file", &file, "--why", "the list has moved"];
    let agreed = [&reconfigure[..], &["--execute", "--confirm", VERSION]].concat();
    let change = format!("mail.dev: \"{moved}\", until now \"{list}\"");

    let ran = user.runs(0, &reconfigure);
    assert!(ran.err.contains(&change) && ran.err.contains("Nothing was done"), "{}", ran.err);
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), old);
    let bad = user.put("bad.toml", &with("nobody")).display().to_string();
    user.refused(2, &["reconfigure", "--product-file", &bad, "--why", "x"], &["mail.dev", "bad.toml"]);
    let same = user.record("product.toml").display().to_string();
    user.refused(2, &["reconfigure", "--product-file", &same, "--why", "x"], &["nothing would change"]);

    user.runs(0, &agreed);
    let shown = || user.runs(0, &["plan", "--json"]).out;
    assert!(shown().contains(moved), "{}", shown());
    let log = user.runs(0, &["log", "--json"]).out;
    assert!(log.contains("release-reconfigured") && log.contains("the list has moved"), "{log}");

    // Killed between the record and the file's taking its name.
    fs::rename(user.record("product.toml"), user.record("product.toml.next")).unwrap();
    fs::write(user.record("product.toml"), &old).unwrap();
    assert!(shown().contains(moved), "{}", shown());
    let back = user.put("back.toml", &old).display().to_string();
    let again = ["reconfigure", "--product-file", &back, "--why", "it moved back", "--execute", "--confirm", VERSION];
    user.runs(0, &again);
    assert_eq!(fs::read_to_string(user.record("product.toml")).unwrap(), old);
    assert!(!shown().contains(moved), "{}", shown());
}

#[test]
fn a_configuration_that_no_release_can_use_is_refused_with_its_fields_and_nothing_is_recorded() {
    let user = User::looking();
    let good = fs::read_to_string(user.path("assets/release-config/sample.toml")).unwrap();
    let set = |path: &[&str], value: toml::Value| {
        let mut table: toml::Table = toml::from_str(&good).unwrap();
        let (last, sections) = path.split_last().unwrap();
        let mut section = &mut table;
        for name in sections {
            section = section.get_mut(*name).unwrap().as_table_mut().unwrap();
        }
        section.insert((*last).to_owned(), value);
        toml::to_string(&table).unwrap()
    };
    let cases: [(&[&str], toml::Value, &str); 20] = [
        (&["id"], "other".into(), "id = \"other\": expected the name of the file, `sample`"),
        (&["mail", "dev"], "not an address".into(), "mail.dev = \"not an address\": expected a mail address"),
        (&["svn", "dev"], "not a url".into(), "svn.dev = \"not a url\": expected the address"),
        (&["git", "main"], "bad..name".into(), "git.main = \"bad..name\": expected"),
        (&["git", "candidate_branch"], "bad..name".into(), "git.candidate_branch = \"bad..name\": expected"),
        (&["git", "release_tags"], toml::Value::Array(vec![]), "git.release_tags = []: expected the name of one tag"),
        (
            &["svn", "candidate_directory"],
            "../{{ version }}".into(),
            "svn.candidate_directory = \"../1.2.0\": expected",
        ),
        (&["source", "root"], "../../etc".into(), "source.root = \"../../etc\": expected a plain name"),
        (&["source", "file"], "a/b".into(), "source.file = \"a/b\": expected a plain name"),
        (&["mail", "smtp_tls"], "none".into(), ""),
        (&["docker", "tags"], toml::Value::Array(vec![]), "docker.tags = []: expected one tag or more"),
        (
            &["docker", "tags"],
            toml::Value::Array(vec!["latest".into()]),
            "docker.tags = [\"latest\"]: expected one tag at least with the version in it, 1.2.0",
        ),
        (&["maven", "server_ids"], toml::Value::Array(vec![]), "maven.server_ids = []: expected the id of one server"),
        (&["maven", "deploy"], toml::Value::Array(vec![]), "maven.deploy = []: expected the command that stages"),
        (&["pypi", "files"], toml::Value::Array(vec![]), "pypi.files = []: expected the name of one file or more"),
        (&["npm", "file"], "x.tgz".into(), "npm.file = \"x.tgz\": expected the name of an output of a build: apache-"),
        (
            &["jira", "next_version"],
            "{{ version }}".into(),
            "jira.next_version = \"1.2.0\": expected the version after",
        ),
        (&["documentation", "main_marker"], "".into(), "documentation.main_marker = \"\": expected a text"),
        (&["waits", "vote_hours"], 0.into(), "waits.vote_hours = 0: expected a number from 1"),
        (&["waits", "promote_hours"], 999_999.into(), "waits.promote_hours = 999999: expected"),
    ];
    for (path, value, says) in cases {
        let mut text = set(path, value);
        let mut says = says;
        if path == ["mail", "smtp_tls"] {
            text = text.replace("smtp_host = \"localhost\"", "smtp_host = \"relay.example.org\"");
            says = "mail.smtp_tls = \"none\": expected \"starttls\" or \"implicit\"";
        }
        let file = user.put("assets/release-config/sample.toml", &text).display().to_string();
        user.refused(2, &START, &[&file, says]);
        assert!(!user.path("state").exists());
        if path != ["waits", "vote_hours"] {
            let world = user.path("world").display().to_string();
            user.refused(2, &["rehearse", "--keep", &world], &[&file, says]);
        }
    }
    // a text of the website that no step prepares
    let text = good.replace("from = \"blog-post.md\"", "from = \"post.md\"");
    assert_ne!(text, good);
    let file = user.put("assets/release-config/sample.toml", &text).display().to_string();
    let says = "website.edits.post[0].from = \"post.md\": expected a text that the workflow prepares";
    user.refused(2, &START, &[&file, says]);
    user.refused(2, &["doctor", "--product", "sample"], &[&file, says]);
    assert!(!user.path("state").exists());
}
