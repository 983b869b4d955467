// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every mail template, filled in for a product that has everything and for one
//! that has next to nothing: without faults, and as the snapshots show.

use serde_json::{Value, json};

use super::{Draft, Kind, Templates, lint};

const MAILS: [&str; 9] = [
    "discuss-release",
    "vote",
    "cancel",
    "close-vote",
    "result",
    "announce-dev",
    "announce-user",
    "announce",
    "retrospective",
];

fn templates() -> Templates {
    Templates::new(|name| std::fs::read_to_string(format!("{}/templates/{name}", env!("CARGO_MANIFEST_DIR"))).map(Some))
}

fn product() -> Value {
    json!({
        "id": "flink-statefun", "name": "Apache Flink Stateful Functions", "short_name": "Stateful Functions",
        "project": "flink", "project_name": "Apache Flink",
        "description": "Stateful Functions is an API for distributed applications that keep state:\nfunctions with persistent state that interact with strong consistency.",
        "git": {
            "main": "master", "release_branch": "release-3.4",
            "release_tags": ["release-3.4.0", "statefun-sdk-go/v3.4.0"],
        },
        "source": {"file": "flink-statefun-3.4.0-src.tgz"},
        "svn": {
            "release": "https://dist.apache.org/repos/dist/release/flink",
            "release_directory": "flink-statefun-3.4.0",
        },
        "website": {
            "repository": "https://github.com/apache/flink-web", "post_alias": "/news/@YEAR@/@MONTH@/@DAY@/release-statefun-3.4.0.html",
            "translation": {
                "language": "Chinese", "pages": "docs/content.zh", "of": "docs/content", "list": "user-zh@flink.apache.org",
                "title": "Apache Flink Stateful Functions 3.4.0 发布公告", "text": "Apache Flink 社区很高兴地宣布。\n下载地址：https://flink.apache.org\n",
            },
            "edits": {"stable": [
                {"kind": "toml", "file": "docs/config.toml", "path": "params.StateFunStableVersion", "value": "\"3.4.0\""},
                {"kind": "toml", "file": "docs/config.toml", "path": "params.StateFunStableShortVersion", "value": "\"3.4\""},
            ]},
            "entry": "", "entry_files": {}, "entry_more": {}, "archive_entry": {}, "compatibility": [], "files": {
            "docs/config.toml": "StateFunStableVersion and StateFunStableShortVersion, for a new series",
            "docs/data/statefun.yml": "the download entry",
        }},
        "mail": {"dev": "dev@flink.apache.org", "user": ["user@flink.apache.org", "user-zh@flink.apache.org"], "announcement": {"links": [
            {"label": "Docker images", "url": "https://hub.docker.com/r/apache/flink-statefun"},
        ]}},
        "waits": {"vote_hours": 72, "promote_hours": 24},
        "links": {
            "mirrors": "https://www.apache.org/dyn/closer.lua",
            "other": {},
            "keys": "https://downloads.apache.org/flink/KEYS",
            "downloads": "https://flink.apache.org/downloads.html",
            "candidate_tag": "https://github.com/apache/flink-statefun/releases/tag/release-3.4.0-rc2",
            "release_notes": "https://issues.apache.org/jira/secure/ReleaseNote.jspa?projectId=12315522&version=12350000",
            "blog": "https://flink.apache.org/posts/",
            "post": "https://flink.apache.org/@YEAR@/@MONTH@/@DAY@/release-statefun-3.4.0/",
        },
        "maven": {"central": "https://central.sonatype.com/namespace/org.apache.flink"},
        "pypi": {"name": "apache-flink-statefun", "title": "Python SDK", "page": "https://pypi.org/project/apache-flink-statefun/"},
        "npm": {"name": "apache-flink-statefun", "title": "JavaScript SDK", "page": "https://www.npmjs.com/package/apache-flink-statefun"},
        "documentation": {"url": "https://nightlies.apache.org/flink/flink-statefun-docs-release-3.4"},
    })
}

fn steps() -> Value {
    let digest = "0123456789abcdef".repeat(8);
    json!({
        "tag-candidate": {"tags": [{"name": "release-3.4.0-rc2", "object": "b", "commit": "4ee54ccf00f00f00f00f00f00f00f00f00f00f00"}, {"name": "statefun-sdk-go/v3.4.0-rc2", "object": "c", "commit": "4ee54ccf00f00f00f00f00f00f00f00f00f00f00"}]},
        "stage-candidate": {
            "url": "https://dist.apache.org/repos/dist/dev/flink/flink-statefun-3.4.0-rc2", "revision": 70123,
            "files": [
                {"name": "apache-flink-statefun-3.4.0.tar.gz", "bytes": 1, "sha512": "ff"},
                {"name": "flink-statefun-3.4.0-src.tgz", "bytes": 2, "sha512": digest},
            ],
        },
        "send-vote": {"subject": "[VOTE] Apache Flink Stateful Functions 3.4.0, release candidate #2", "message_id": "<v@example.org>"},
        "record-vote": record(json!({"plus": ["Ann Example", "Bob Example", "Cleo Example"], "zero": [], "minus": []}), none(), "passed"),
        "list-contributors": {"count": 23, "names": []},
        "date-website": {"branch": "release-flink-statefun-3.4.0", "date": "2026-12-01"},
    })
}

fn none() -> Value {
    json!({"plus": [], "zero": [], "minus": []})
}

fn record(binding: Value, non_binding: Value, outcome: &str) -> Value {
    json!({
        "binding": binding, "non_binding": non_binding, "outcome": outcome, "reasons": ["the rule wants 3 binding +1, there are 1"],
        "thread": "https://lists.apache.org/thread/3kx0z0t5tqqxy3jv5b4qpc1c2m5o4dxz",
    })
}

fn full() -> Value {
    json!({
        "today": "2026-11-30", "version": "3.4.0", "short_version": "3.4", "kind": "minor", "next_snapshot_version": "3.5-SNAPSHOT",
        "product": product(), "release_path": "flink",
        "candidate": {"number": 2, "tag": "release-3.4.0-rc2", "cancelled": true, "why": "The NOTICE file of the Go SDK is missing (see the mail of Bob Example), so that the source archive cannot be released as it is."},
        "rehearsal": false, "stand_in_services": [],
        "manager": {"name": "Ann Example", "email": "ann@example.org", "key": "0123456789ABCDEF0123456789ABCDEF01234567"},
        "steps": steps(),
        "mail": {"date": "2026-11-21T09:30:00Z", "message_id": "<m@example.org>", "to": ["dev@example.org"], "from": "ann@example.org"},
        "why": "Five months of fixes are waiting, among them two for data loss.",
        "website_pull_request": "https://github.com/apache/flink-web/pull/700",
        "docker_pull_request": "https://github.com/apache/flink-statefun-docker/pull/20",
        "maven_staging": "https://repository.apache.org/content/repositories/orgapacheflink-1700/",
        "highlights": ["Functions can be paused", "The Go SDK has timers, and the other SDKs now have the same names for them"],
        "retrospective": {"phases": [{"title": "Vote", "took": "3 days"}], "troubles": ["The first candidate had no NOTICE"]},
    })
}

fn bare() -> Value {
    let mut values = full();
    for key in ["why", "website_pull_request", "docker_pull_request", "maven_staging", "highlights", "retrospective"] {
        values.as_object_mut().unwrap().remove(key);
    }
    for key in ["pypi", "npm", "maven", "documentation"] {
        values["product"][key] = Value::Null;
    }
    values["product"]["mail"]["announcement"]["links"] = json!([]);
    values["product"]["links"]["blog"] = json!("");
    values["product"]["links"]["post"] = json!("");
    values["product"]["website"]["post_alias"] = json!("");
    values["product"]["website"]["repository"] = json!("");
    values["kind"] = json!("bugfix");
    values["candidate"]["number"] = json!(1);
    values["steps"]["list-contributors"]["count"] = json!(1);
    values["steps"]["record-vote"] = record(
        json!({"plus": ["Ann Example"], "zero": ["Bob Example"], "minus": ["Cleo Example"]}),
        json!({"plus": [], "zero": [], "minus": ["Dora Example"]}),
        "failed",
    );
    values
}

/// The mail `name` over these values.
pub(super) fn render(name: &str, values: &Value) -> Draft {
    let part = |part: &str| match templates().render(&format!("mail/{name}/{part}.txt.j2"), values) {
        Ok(text) => text,
        Err(error) => panic!("{error}"),
    };
    Draft {
        from: ("Ann Example".into(), "ann@example.org".into()),
        to: vec!["dev@example.org".into()],
        subject: part("subject"),
        body: part("body"),
        message_id: "<m@example.org>".into(),
        in_reply_to: None,
        references: vec![],
        date: "2026-11-21T09:30:00Z".parse().unwrap(),
    }
}

fn kind(name: &str) -> Kind {
    if name.starts_with("announce") { Kind::Announcement } else { Kind::Discussion }
}

#[test]
fn every_mail_is_without_faults_and_as_its_snapshot() {
    for name in MAILS {
        for (product, values) in [("full", full()), ("bare", bare())] {
            let draft = render(name, &values);
            assert_eq!(lint(&draft, kind(name)), [], "{name}, {product}:\n{}", draft.body);
            assert!(draft.body.ends_with("\n") && !draft.body.contains("\n\n\n"), "{name}, {product}:\n{}", draft.body);
            insta::assert_snapshot!(
                format!("{name}-{product}"),
                format!("Subject: {}\n\n{}", draft.subject, draft.body)
            );
        }
    }
}

#[test]
fn unanimously_is_said_only_where_it_is_so() {
    let said = |binding: Value, others: Value| {
        let mut values = full();
        values["steps"]["record-vote"] = record(binding, others, "passed");
        render("result", &values).body.contains("unanimously")
    };
    let three = || json!({"plus": ["Ann Example", "Bob Example", "Cleo Example"], "zero": [], "minus": []});
    assert!(said(three(), none()));
    assert!(!said(three(), json!({"plus": [], "zero": ["Dora Example"], "minus": []})));
    assert!(!said(three(), json!({"plus": [], "zero": [], "minus": ["Dora Example"]})));
    let mut split = three();
    split["minus"] = json!(["Dora Example"]);
    assert!(!said(split, none()));
}

#[test]
fn a_vote_names_the_bytes_the_key_and_the_end() {
    let body = render("vote", &full()).body;
    for part in [
        "    0123456789ABCDEF0123456789ABCDEF01234567\n",
        &format!("    {0}\n    {0}\n", "0123456789abcdef".repeat(4)),
        "revision 70123",
        "    2026-11-24 09:30 UTC\n",
        "3 +1 votes",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    let mut unstaged = full();
    unstaged["steps"]["stage-candidate"]["files"] = json!([]);
    assert!(templates().render("mail/vote/body.txt.j2", &unstaged).is_err(), "a vote needs the archive's digest");
}

#[test]
fn a_rehearsals_reports_say_that_they_are_of_a_rehearsal() {
    let mut values = full_texts();
    let render = |name: &str, values: &Value| templates().render(&format!("report/{name}.j2"), values).unwrap();
    for name in ["release.md", "reporter.txt"] {
        assert!(!render(name, &values).to_lowercase().contains("rehearsal"), "{name}");
    }
    values["rehearsal"] = json!(true);
    values["stand_in_services"] = json!(["JIRA", "GitHub"]);
    let report = render("release.md", &values);
    assert!(
        report.contains("the report of a rehearsal") && report.contains("in the place of: JIRA; GitHub."),
        "{report}"
    );
    assert!(render("reporter.txt", &values).starts_with("THIS IS A REHEARSAL"));
}

const TEXTS: [&str; 10] = [
    "website/archive-entry.yml",
    "website/blog-post.md",
    "website/pull-request.md",
    "website/release-entry.yml",
    "website/stable-version.toml",
    "website/translation.md",
    "social/long.md",
    "social/short.txt",
    "report/release.md",
    "report/reporter.txt",
];

pub(super) fn full_texts() -> Value {
    let mut values = full();
    let steps = &mut values["steps"];
    steps["list-contributors"]["names"] = json!(["Ann Example", "Bob Example"]);
    steps["tag-candidate"]["at"] = json!("2026-11-20T08:00:00Z");
    steps["stage-candidate"]["at"] = json!("2026-11-21T08:00:00Z");
    steps["promote-candidate"] = json!({"revision": 70200, "at": "2026-11-29T08:00:00Z"});
    steps["sign-artifacts"] = json!({"files": steps["stage-candidate"]["files"]});
    values
}

/// A product that is a whole project, with no step done.
fn bare_texts() -> Value {
    let mut values = bare();
    values["steps"] = json!({});
    values["product"]["id"] = json!("flink");
    values["product"]["website"]["files"] = json!({});
    for (index, name) in ["params.StableVersion", "params.StableShortVersion"].into_iter().enumerate() {
        values["product"]["website"]["edits"]["stable"][index]["path"] = json!(name);
    }
    values["product"]["mail"]["user"] = json!(["user@flink.apache.org"]);
    values
}

pub(super) fn text(name: &str, values: &Value) -> String {
    templates().render(&format!("{name}.j2"), values).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_prepared_text_is_as_its_snapshot() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let there = ["website", "social", "report"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap().count());
    assert_eq!(there.iter().sum::<usize>(), TEXTS.len(), "every template is listed");
    for name in TEXTS {
        for (product, values) in [("full", full_texts()), ("bare", bare_texts())] {
            let text = text(name, &values);
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}, {product}:\n{text}");
            assert!(!text.starts_with('\n') && !text.contains("\n\n\n"), "{name}, {product}:\n{text}");
            for line in text.lines() {
                assert_eq!(line, line.trim_end(), "{name}, {product}");
                assert!(!line.contains("| |") || line == "| | |", "{name}, {product}: two rows in {line}");
                assert!(line.starts_with('#') || !line.contains("## "), "{name}, {product}: a heading in {line}");
            }
            insta::assert_snapshot!(format!("{}-{product}", name.replace(['/', '.'], "-")), text);
        }
    }
}

#[test]
fn the_websites_data_can_be_read() {
    for (values, prefix) in [(full_texts(), "StateFun"), (bare_texts(), "")] {
        let stable: toml::Table = text("website/stable-version.toml", &values).parse().unwrap();
        let stable = stable["params"].as_table().unwrap();
        assert_eq!(stable.len(), 2);
        assert_eq!(stable[&format!("{prefix}StableVersion")].as_str(), Some("3.4.0"));
        assert_eq!(stable[&format!("{prefix}StableShortVersion")].as_str(), Some("3.4"));
        for (name, starts) in [
            ("archive-entry", &["-", "  version_short: ", "  version_long: ", "  release_date: "][..]),
            (
                "release-entry",
                &[
                    "\"3.4\":",
                    "  name: ",
                    "  source_release_url: ",
                    "  source_release_asc_url: ",
                    "  source_release_sha512_url: ",
                ],
            ),
        ] {
            let text = text(&format!("website/{name}.yml"), &values);
            let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
            let more = usize::from(name == "release-entry" && prefix == "StateFun");
            assert_eq!(lines.len(), starts.len() + more, "{text}");
            for (line, start) in lines.iter().zip(starts.iter().chain(&["  compatibility: "])) {
                assert!(line.starts_with(start), "{start} does not begin a line of\n{text}");
            }
        }
    }
}

#[test]
fn the_links_of_a_download_lead_to_where_the_release_is() {
    for (below, keys) in
        [("flink", "flink/KEYS"), ("flink/statefun", "flink/KEYS"), ("flink/statefun", "flink/statefun/KEYS")]
    {
        let mut values = full_texts();
        values["release_path"] = json!(below);
        values["product"]["links"]["keys"] = json!(format!("https://downloads.apache.org/{keys}"));
        let entry = text("website/release-entry.yml", &values);
        let file = format!("{below}/flink-statefun-3.4.0/flink-statefun-3.4.0-src.tgz");
        assert!(entry.contains(&format!("_url: \"https://www.apache.org/dyn/closer.lua/{file}\"")), "{entry}");
        assert!(entry.contains(&format!("_asc_url: \"https://downloads.apache.org/{file}.asc\"")), "{entry}");
    }
    // a project whose releases are called by their versions alone
    let mut values = full_texts();
    values["product"]["svn"]["release_directory"] = json!("3.4.0");
    let entry = text("website/release-entry.yml", &values);
    assert!(entry.contains("closer.lua/flink/3.4.0/flink-statefun-3.4.0-src.tgz\""), "{entry}");
    assert!(entry.contains("downloads.apache.org/flink/3.4.0/flink-statefun-3.4.0-src.tgz.asc\""), "{entry}");
}

#[test]
fn announcements_do_without_a_count_of_contributors() {
    let mut values = full();
    values["steps"].as_object_mut().unwrap().remove("list-contributors");
    for name in ["announce", "announce-user", "announce-dev"] {
        let draft = render(name, &values);
        assert_eq!(lint(&draft, kind(name)), [], "{name}:\n{}", draft.body);
        let words = draft.body.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("everybody who has contributed"), "{name}:\n{}", draft.body);
    }
}

#[test]
fn what_only_stands_in_for_an_artifact_is_named_so() {
    let name = "apache-flink-statefun-3.4.0.tar.gz";
    let why = "its build needs a machine on which `docker info` works";
    let mut values = full_texts();
    for mail in ["vote", "announce", "announce-user", "announce-dev"] {
        assert!(!render(mail, &values).body.contains("stands in"), "{mail}");
    }
    assert!(!text("report/release.md", &values).contains("stand"));
    values["steps"]["build-artifacts"] = json!({"files": [name], "stand_ins": [{"name": name, "why": why}]});
    values["steps"]["build-npm"] = json!({"stand_ins": []});
    values["steps"]["deploy-maven"] = json!({"stand_ins": [{"name": "the jars", "why": "Maven is not run"}]});
    values["steps"]["trial-build"] = json!({"stand_in": "there is no Maven"});
    let list = format!(
        "What only stands in for the real thing: * {name}: {why} * the jars: Maven is not run * the build of step \
         trial-build: there is no Maven"
    );
    for mail in ["vote", "announce", "announce-user", "announce-dev"] {
        let draft = render(mail, &values);
        assert_eq!(lint(&draft, kind(mail)), [], "{mail}:\n{}", draft.body);
        assert!(!draft.body.contains("\n\n\n"), "{mail}:\n{}", draft.body);
        let words = draft.body.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&list), "{mail}:\n{}", draft.body);
    }
    let report = text("report/release.md", &values);
    assert!(report.contains(&format!("| {name} (a stand-in) | 1 |")), "{report}");
    assert!(report.split_whitespace().collect::<Vec<_>>().join(" ").contains(&list), "{report}");
    assert!(report.contains("| flink-statefun-3.4.0-src.tgz | 2 |") && !report.contains("\n\n\n"), "{report}");
}

#[test]
fn the_report_says_what_was_tagged_and_why_candidates_were_cancelled() {
    let mut values = full_texts();
    values["cancelled_candidates"] = json!([{"number": 1, "why": "the NOTICE file is missing"}]);
    values["steps"]["push-release-tags"] = json!({"refs": []});
    let report = text("report/release.md", &values);
    assert!(
        report.contains("## What went wrong\n\n- Candidate 1 was cancelled: the NOTICE file is missing\n- ‹"),
        "{report}"
    );
    assert!(report.contains("| Tag | release-3.4.0, statefun-sdk-go/v3.4.0 |"), "{report}");
}
