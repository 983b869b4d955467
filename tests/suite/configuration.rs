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
    let cases: [(&[&str], toml::Value, &str); 12] = [
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
}
