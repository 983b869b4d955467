// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A configuration, workflow or template that cannot be used is refused with its file and line
//! before anything is written.

use std::fs;

use crate::bad_input::START;
use crate::tree;
use crate::user::{User, configuration};

#[test]
fn a_malformed_configuration_is_refused_with_its_file_and_line() {
    let user = User::looking();
    let good = configuration();
    let line = |text: &str, part: &str| 1 + text.lines().position(|line| line.contains(part)).unwrap();
    let cases = [
        (good.replacen("short_name =", "shortname =", 1), "unknown field `shortname`", "shortname"),
        (good.replacen("vote_hours = 72", "vote_hours = \"long\"", 1), "invalid type", "vote_hours"),
        (good.replacen("[git]", "[git", 1), "expected", "[git"),
        (good.replacen("smtp_tls = \"none\"", "smtp_tls = \"perhaps\"", 1), "perhaps", "smtp_tls"),
    ];
    for (text, why, part) in cases {
        let path = user.put("assets/release-config/sample.toml", &text);
        let place = format!("line {}", line(&text, part));
        user.refused(2, &START, &[&path.display().to_string(), &place, why]);
    }
    let missing = good.replacen("name = \"Apache Greeter\"\n", "", 1);
    user.put("assets/release-config/sample.toml", &missing);
    user.refused(2, &START, &["sample.toml", "lacks `name`, at its top level"]);
    user.put("assets/release-config/sample.toml", &good.replacen("format = 1", "format = 7", 1));
    user.refused(2, &START, &["sample.toml", "format 7", "format 1"]);
    user.put(
        "assets/release-config/sample.toml",
        &good.replacen("release-{{ short_version }}", "release-{{ sort_version }}", 1),
    );
    user.refused(2, &START, &["git.release_branch", "release-{{ sort_version }}"]);
    user.put(
        "assets/release-config/sample.toml",
        &good.replacen("release-{{ short_version }}", "release-{{ short_version", 1),
    );
    user.refused(2, &START, &["git.release_branch"]);
}

#[test]
fn a_configuration_that_is_no_text_is_refused() {
    let user = User::looking();
    fs::write(user.path("assets/release-config/sample.toml"), [0xff, 0xfe, 0]).unwrap();
    user.refused(2, &START, &["assets/release-config/sample.toml", "cannot read"]);
}

#[test]
fn each_fault_of_a_workflow_has_its_line_and_the_known_names_stand_once() {
    let user = User::looking();
    let good = tree::text("workflows/release.toml".as_ref());
    let bad = good.replace("action = \"send-mail\"", "action = \"send-male\"").replacen(
        "probe = \"key-published\"",
        "probe = \"key-publisht\"",
        1,
    );
    let path = user.put("assets/workflows/release.toml", &bad).display().to_string();
    let line = |id: &str| 1 + bad.lines().position(|line| line == format!("id = \"{id}\"")).unwrap();
    let mails = bad.matches("send-male").count();
    assert!(mails > 3);
    let places = [("propose-release", "send-male"), ("announce-dev", "send-male"), ("key-in-keys", "key-publisht")];
    let places = places.map(|(id, name)| (format!("{path}:{}: `{id}` names", line(id)), format!("`{name}`")));
    let says: Vec<&str> = places.iter().flat_map(|(place, name)| [place.as_str(), name]).collect();
    let ran = user.refused(2, &START, &says);
    assert_eq!(ran.err.matches("which does not exist").count(), mails + 1);
    assert_eq!(ran.err.matches("the actions are add-key, ").count(), 1, "{}", ran.err);
    assert_eq!(ran.err.matches("the probes are ").count(), 1, "{}", ran.err);
    assert!(!user.path("state").exists());
}

#[test]
fn a_malformed_workflow_is_refused_with_its_file_and_line() {
    let user = User::looking();
    let good = tree::text("workflows/release.toml".as_ref());
    let cases = [
        (
            good.replacen("effect = \"local\"", "effect = \"loud\"", 1),
            &["release.toml:36: ", "unknown variant `loud`"][..],
        ),
        (good.replacen("effect = \"local\"", "efect = \"local\"", 1), &["release.toml:", "unknown field `efect`"]),
        (good.replacen("needs = [\"make-the-case\"]", "needs = [\"make-a-case\"]", 1), &["needs `make-a-case`"]),
        (good.replacen("id = \"select-manager\"", "id = \"make-the-case\"", 1), &["`make-the-case` stands twice"]),
        (good.replacen("format = 1", "format = 2", 1), &["the format is 2"]),
        (good.replacen("[[phase]]", "[[phase]", 1), &["release.toml:21: "]),
        (
            good.replacen("{{ product.mail.dev }}; there", "{{ product.male.dev }}; there", 1),
            &["`decide`", "intro", "product.male.dev"],
        ),
        (
            good.replacen("to = [\"{{ product.mail.dev }}\"]", "to = [\"{{ product.mail.devs }}\"]", 1),
            &["`propose-release`", "with.to[0]"],
        ),
        (
            good.replacen("values = \"{{ all }}\"", "valeus = \"{{ all }}\"", 1),
            &["`propose-release`", "unknown field `valeus`"],
        ),
        (good.replacen("when = \"product.maven\"", "when = \"product.maven ==\"", 1), &["`nexus-access`", "when"]),
        (
            good.replacen("from = \"{{ product.git.main }}\"", "from = \"{{ product.git.mainn }}\"", 1),
            &["`create-release-branch`", "with.from", "product.git.mainn"],
        ),
        (
            good.replacen("{{ steps['send-vote'].date }}", "{{ steps['send-voted'].date }}", 1),
            &["`wait-for-votes` reads what the step `send-voted` left"],
        ),
        (
            good.replacen("when = \"steps['send-vote'] is defined\"", "when = \"steps['sent-vote'] is defined\"", 1),
            &["`cancel-mail` reads what the step `sent-vote` left"],
        ),
        (
            good.replacen("recheck = [\"source-staged\"", "recheck = [\"source-stagd\"", 1),
            &["`send-vote` rechecks `source-stagd`"],
        ),
        (
            good.replacen("`{{ product.git.main }}` moves on to", "`{{ product.git.main` moves on to", 1),
            &["`set-next-snapshot`", "guide"],
        ),
    ];
    for (text, says) in cases {
        assert_ne!(text, good, "{says:?}");
        let path = user.put("assets/workflows/release.toml", &text).display().to_string();
        user.refused(2, &START, &[&[path.as_str()], says].concat());
        assert!(!user.path("state").exists());
        // A rehearsal makes no world for it either.
        let world = user.path("world").display().to_string();
        user.refused(2, &["rehearse", "--keep", &world], &[&[path.as_str()], says].concat());
        assert!(!user.path("world").exists());
    }
}

#[test]
fn a_malformed_template_is_refused_before_anything_is_recorded() {
    let user = User::looking();
    let good = tree::text("templates/mail/vote/body.txt.j2".as_ref());
    for (text, says) in [
        (format!("{good}{{{{ product.mail.devs }}}}"), "there is no value `product.mail.devs`"),
        (format!("{good}{{% if %}}"), "unexpected end of block"),
    ] {
        let path = user.put("assets/templates/mail/vote/body.txt.j2", &text).display().to_string();
        user.refused(2, &START, &[&path, says]);
        assert!(!user.path("state").exists());
    }
}

#[test]
fn what_the_templates_come_to_is_looked_at_before_anything_is_recorded() {
    let user = User::looking();
    for (name, more, says) in [
        ("mail/announce/body.txt.j2", "{{ nosuch.value }}", "`nosuch` is undefined"),
        ("mail/announce/body.txt.j2", "See [42].", "reference [42] is used and not defined"),
        (
            "mail/announce/body.txt.j2",
            "https://dist.apache.org/repos/dist/release/x",
            "does not link to dist.apache.org",
        ),
        ("mail/cancel/body.txt.j2", "\n{{ nosuch }}", "`nosuch` is undefined"),
        ("website/blog-post.md.j2", "{{ nosuch.value }}", "`nosuch` is undefined"),
    ] {
        let text = tree::text(format!("templates/{name}").as_ref()) + more;
        let path = user.put(&format!("assets/templates/{name}"), &text);
        let mut place = path.display().to_string();
        if more.contains("{{") {
            place = format!("{place}:{}: ", text.lines().count());
        }
        user.refused(2, &START, &[&place, says]);
        assert!(!user.path("state").exists());
        fs::remove_file(path).unwrap();
    }
    user.runs(0, &START);
}

#[test]
fn the_built_in_workflow_can_be_used_for_every_product_and_kind_of_release() {
    let user = User::looking();
    user.put("assets/release-config/statefun.toml", &{
        let text = tree::text("release-config/flink-statefun.toml".as_ref());
        // The clone is the sample's; only what the workflow makes of the product is looked at.
        let authority = "[versions.authority]\nkind = \"maven-poms\"\nfiles = \"pom.xml\"\n";
        assert!(text.contains(authority), "the test must be adapted to the configuration");
        text.replace("main = \"master\"", "main = \"main\"").replacen("id = \"flink-statefun\"", "id = \"statefun\"", 1)
    });
    let bugfix = ["start", "3.4.1", "--product", "sample", "--any-version"];
    user.refused(2, &bugfix, &["bugfix release of the series 3.4", "no branch `release-3.4`", "3.4.0"]);
    assert!(!user.path("state").exists());
    let clone = git2::Repository::open(user.place.world.clone_path()).unwrap();
    let tip = clone.revparse_single("HEAD").unwrap().id();
    clone.reference("refs/remotes/origin/release-3.4", tip, false, "for the bugfix").unwrap();
    for product in ["sample", "statefun"] {
        for version in ["4.0.0", "3.4.0", "3.4.1"] {
            user.runs(0, &["start", version, "--product", product, "--any-version", "--any-remote"]);
            let release = format!("{product}/{version}");
            user.runs(0, &["--release", &release, "plan"]);
            let guide = user.runs(0, &["--release", &release, "guide"]).out;
            assert!(!guide.contains("{{") && !guide.contains("{%"), "{release}: a template shows");
        }
    }
}
