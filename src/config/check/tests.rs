// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The faults of a product, one by one: each is found, and nothing that can be used is one.

use serde_json::{Value, json};

use super::*;
use crate::config::{Assets, parse_product, render_product};

const VERSION: Version = Version { major: 1, minor: 2, patch: 0 };

fn sample() -> Product {
    let file = "release-config/sample.toml";
    let product = parse_product(file, &Assets::default().text(file).unwrap()).unwrap();
    let values = json!({
        "version": "1.2.0", "short_version": "1.2", "major": 1, "minor": 2, "patch": 0, "kind": "minor",
        "candidate": {"number": 1},
    });
    render_product(&product, &values).unwrap()
}

/// The faults of the sample with another value at a JSON pointer.
fn with(pointer: &str, value: Value) -> Vec<ProductFault> {
    let mut tree = serde_json::to_value(sample()).unwrap();
    match tree.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = tree.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
            parent.as_object_mut().unwrap_or_else(|| panic!("{pointer}")).insert(name.to_owned(), value);
        }
    }
    check_product("sample", &serde_json::from_value(tree).unwrap(), VERSION, false)
}

#[test]
fn the_sample_has_no_fault() {
    assert_eq!(check_product("sample", &sample(), VERSION, false), []);
}

#[test]
fn each_unusable_value_is_a_fault_of_its_field() {
    for (pointer, value) in [
        ("/id", json!("other")),
        ("/name", json!("")),
        ("/short_name", json!("two\nlines")),
        ("/git/url", json!("not a url")),
        ("/git/url", json!("greeter")),
        ("/git/url", json!("gopher://git.example.org/greeter")),
        ("/git/remote", json!("-origin")),
        ("/git/main", json!("a b")),
        ("/git/release_branch", json!("release..1")),
        ("/git/candidate_branch", json!("bad..name")),
        ("/git/candidate_branch", json!("nul\0")),
        ("/git/candidate_tags/1", json!("x.lock")),
        ("/git/release_tags/0", json!("-x")),
        ("/git/release_tags/1", json!("release-1.2.0")),
        ("/git/previous_tag", json!("v 1")),
        ("/versions/snapshot", json!("")),
        ("/versions/next_snapshot", json!("1.2-SNAPSHOT")),
        ("/source/file", json!("a/b")),
        ("/vote/bylaws", json!("own.toml")),
        ("/vote/action", json!("a release")),
        ("/vote/roster", json!("rosters/greeter")),
        ("/vote/roster", json!(null)),
        ("/vote/whimsy", json!({"committee": "greeter", "url": "https://whimsy.example.org"})),
        ("/vote/aliases", json!("aliases.toml")),
        ("/source/root", json!("../../etc")),
        ("/source/root", json!("..")),
        ("/source/copyright_owner", json!("")),
        ("/build/0/id", json!("../log")),
        ("/build/0/directory", json!("/etc")),
        ("/build/0/outputs/0/glob", json!("../*.whl")),
        ("/build/0/outputs/0/glob", json!("[")),
        ("/trial_build/command", json!([])),
        ("/svn/dev", json!("not a url")),
        ("/svn/dev", json!("http://dist.example.org/repos/dist/dev/greeter")),
        ("/svn/release", json!("https://")),
        ("/svn/release", json!("https://dist.example.org/repos/dist/dev/greeter")),
        ("/svn/release", json!("https://dist.example.org/repos/dist/dev/greeter/")),
        ("/svn/release", json!("https://dist.example.org/repos/dist/dev/greeter/released")),
        ("/svn/release", json!("https://dist.example.org/repos/dist/dev")),
        ("/svn/keys", json!("dist/KEYS")),
        ("/svn/candidate_directory", json!("../greeter-1.2.0-rc1")),
        ("/svn/candidate_directories", json!("*")),
        ("/svn/candidate_directories", json!("greeter-9*")),
        ("/svn/release_directory", json!("other-1.2.0")),
        ("/mail/dev", json!("not an address")),
        ("/mail/user/0", json!("user@")),
        ("/mail/user", json!([])),
        ("/mail/announce", json!("")),
        ("/mail/smtp_host", json!("relay .example.org")),
        ("/mail/smtp_port", json!(0)),
        ("/mail/archive", json!("lists.example.org")),
        ("/mail/archive_lag_minutes", json!(100_000)),
        ("/mail/announcement/links/0/url", json!("images")),
        ("/waits/vote_hours", json!(0)),
        ("/waits/vote_hours", json!(1_000_000)),
        ("/waits/promote_hours", json!(u32::MAX)),
        ("/links/keys", json!("ftp://x.example.org/KEYS")),
        ("/links/other/bylaws", json!("https://x.example.org/a b")),
        ("/jira/url", json!("issues")),
        ("/maven/nexus", json!("")),
        ("/pypi/files/0", json!("unknown.tar.gz")),
        ("/npm/directory", json!("../js")),
        ("/documentation/bot", json!("wiki")),
        ("/website/url", json!("http:///x")),
        ("/website/translation/pages", json!("../zh")),
        ("/pypi/title", json!("")),
        ("/links/post", json!("posts/@YEAR@")),
        ("/website/repository", json!("")),
        ("/website/edits", json!({})),
        ("/website/edits", json!({"download": []})),
        ("/svn/release_directory", json!("greeter-1.2")),
        ("/svn/release_prefix", json!("../")),
        ("/maven/deploy", json!([])),
        ("/maven/deploy/0", json!("")),
        ("/maven/server_ids", json!([])),
        ("/maven/server_ids/1", json!(" ")),
        ("/maven/profile", json!("")),
        ("/maven/flavours", json!([{"suffix": "-1"}, {"suffix": "-1"}])),
        ("/pypi/name", json!("")),
        ("/pypi/files", json!([])),
        ("/pypi/files/0", json!("greeter-1.2.0-src.tgz")),
        ("/pypi/files/1", json!("apache-greeter-1.2.0.tar.gz")),
        ("/npm/name", json!("")),
        ("/npm/file", json!("")),
        ("/npm/file", json!("greeter-1.2.0-src.tgz")),
        ("/npm/file", json!("unknown.tgz")),
        ("/docker/image", json!("")),
        ("/docker/image", json!("Apache/Greeter")),
        ("/docker/base", json!("")),
        ("/docker/keys", json!("")),
        ("/docker/command", json!([])),
        ("/docker/command", json!([""])),
        ("/docker/leaves", json!([])),
        ("/docker/leaves/0", json!("")),
        ("/docker/tags", json!([])),
        ("/docker/tags", json!(["latest"])),
        ("/docker/tags", json!(["11.2.0", "1.2"])),
        ("/docker/tags", json!(["1.2.0", "1.2.0"])),
        ("/docker/tags", json!(["1.2.0", "a tag"])),
        ("/docker/tags", json!(["1.2.0", "1.2.0-java11"])),
        ("/docker/dockerfiles", json!([{"tag": "latest", "file": "1.2.0/Dockerfile"}])),
        ("/docker/dockerfiles", json!([{"tag": "1.2.0", "file": "1.2/Dockerfile"}])),
        (
            "/docker/dockerfiles",
            json!([{"tag": "1.2.0", "file": "1.2.0/Dockerfile"}, {"tag": "1.2.0", "file": "1.2.0/Dockerfile"}]),
        ),
        ("/build/0/outputs", json!([])),
        ("/build/0/title", json!("")),
        ("/build/0/requires/0", json!("")),
        ("/trial_build/title", json!(" ")),
        ("/versions/edits/version", json!([])),
        ("/versions/edits/version/1/find", json!("")),
        ("/playground/edits", json!([])),
        ("/playground/base", json!("")),
        ("/description", json!("\n")),
        ("/jira/key", json!("")),
        ("/jira/blocking/0", json!("")),
        ("/documentation/main_marker", json!("")),
        ("/website/base", json!("")),
        ("/website/compatibility/0", json!("")),
        ("/website/edits/download/0/key", json!("")),
        ("/website/edits/download/1/from", json!("")),
        ("/git/version_message", json!("[release] Update version to @NWE@")),
        ("/git/version_message", json!("[release] Update version to {{ version }}")),
        ("/git/version_message", json!("[release] From @OLD@ to @NEW@")),
        ("/description", json!("The newest is @NEW@")),
        ("/links/post", json!("https://greeter.example.org/@YAER@/")),
        ("/website/post_alias", json!("/@YEAR@/@MONHT@/")),
        ("/versions/edits/version/1/find", json!("version='@ODL@'")),
        ("/versions/edits/version/1/find", json!("version='1.2'")),
        ("/versions/edits/version/1/replace", json!("version='1.2.0'")),
        ("/versions/edits/version/1/replace", json!("version='@NWE@'")),
        ("/versions/edits/version/1/replace", json!("")),
        ("/versions/edits/version/2/value", json!("1.2.0")),
        ("/versions/edits/version/7/value", json!("'@OLD@'")),
        ("/versions/edits/version/7/value", json!("@NEW@")),
        ("/versions/edits/version/7/path", json!("params..Version")),
        ("/versions/edits/version/7/path", json!("a = 1 #")),
        ("/versions/edits/release-docs/0/value", json!("'@NEW@'")),
        ("/versions/edits/candidate-docs/0/value", json!("'@NEW@'")),
        (
            "/versions/authority",
            json!({"kind": "json", "files": "package.json", "pointer": "/version", "value": "1.2"}),
        ),
        ("/versions/authority", json!({"kind": "toml-prepend", "files": "a.toml", "path": "a", "value": "'@NEW@'"})),
        ("/playground/edits/1/replace", json!("apache-greeter==@NWE@")),
        ("/playground/edits/1/replace", json!("")),
        ("/playground/authority/value", json!("@NPM@")),
        ("/versions/edits/version/1/files", json!("/etc/passwd")),
        ("/versions/edits/version/1/files", json!("../setup.py")),
        ("/versions/edits/version/1/files", json!(".git/config")),
        ("/versions/edits/version/1/files", json!("a[b")),
        ("/versions/authority/files", json!("../pom.xml")),
        ("/versions/allow", json!([{"files": "{a", "why": "x"}])),
        ("/playground/edits/0/files", json!("a/../../package.json")),
        ("/playground/authority/files", json!("/package.json")),
        ("/website/edits/download/0/file", json!("docs/.GIT/hooks/pre-push")),
        ("/website/edits/stable/0/file", json!("/docs/config.toml")),
        ("/website/edits/stable/0/value", json!("1.2.0")),
        ("/docker/command/0", json!("../../add-version.sh")),
        ("/docker/command/0", json!("./a/../../add-version.sh")),
        ("/build/0/command/0", json!("../build.sh")),
        ("/trial_build/command/0", json!("tools/../../test.sh")),
        ("/maven/deploy/0", json!("../mvnw")),
        ("/versions/edits/version/2/pointer", json!("version")),
        ("/playground/edits/0/pointer", json!("/")),
        ("/build/1/id", json!("python-sdk")),
        ("/trial_build/id", json!("python-sdk")),
        ("/build/0/environment", json!({"": "x"})),
        ("/build/0/environment", json!({"A=B": "x"})),
        ("/trial_build/outputs", json!([{"glob": "target/x.jar", "name": "x.jar"}])),
        ("/trial_build/made_elsewhere", json!("the CI")),
        ("/build/0/made_elsewhere", json!("")),
        ("/source/file", json!("greeter-1.2.0-src.zip")),
        ("/source/file", json!(".tgz")),
        ("/source/exclude/0", json!("*")),
        ("/source/exclude/0", json!("**/*")),
        ("/source/exclude/0", json!("a[")),
        ("/source/no_header/0", json!("{a")),
        ("/pypi/name", json!("greeter")),
        ("/pypi/name", json!("-apache-greeter")),
        ("/npm/name", json!("Apache Greeter")),
        ("/npm/name", json!("@apache")),
        ("/npm/name", json!("_greeter")),
        ("/playground/branch", json!("dev")),
        ("/jira/project_id", json!(0)),
        ("/jira/blocking", json!([])),
        ("/mail/user", json!(["user@greeter.example.org", "User@greeter.example.org"])),
        ("/mail/announcement/links/0", json!({"label": "x", "url": "https://x.example.org/", "titel": "y"})),
        ("/git/url", json!("https://ann:secret@git.example.org/greeter")),
        ("/git/url", json!("https://token@git.example.org/greeter")),
        ("/svn/dev", json!("svn+ssh://ann:secret@dist.example.org/dev/greeter")),
        ("/links/other/site", json!("https://ann:secret@x.example.org/")),
    ] {
        let found = with(pointer, value.clone());
        let field = pointer[1..].replace('/', ".");
        let plain = |text: &str| text.replace('[', ".").replace(']', "");
        assert!(found.iter().any(|fault| plain(&fault.field).starts_with(&field)), "{pointer} {value}: {found:?}");
    }
}

#[test]
fn what_may_be_empty_is_no_fault() {
    for (pointer, value) in [
        ("/git/previous_tag", json!("")),
        ("/build/0/directory", json!("")),
        ("/trial_build/environment/PYTHONDONTWRITEBYTECODE", json!("")),
        ("/trial_build/command/1", json!("")),
        ("/maven/deploy/1", json!("")),
        ("/links/blog", json!("")),
        ("/links/post", json!("")),
        ("/website/entry", json!("")),
        ("/website/post_alias", json!("")),
        ("/github/repository", json!("")),
    ] {
        assert_eq!(with(pointer, value.clone()), [], "{pointer} {value}");
    }
}

#[test]
fn what_is_unusual_and_can_be_used_is_no_fault() {
    for (pointer, value) in [
        ("/git/url", json!("ssh://git@git.example.org/greeter")),
        ("/git/url", json!("git@git.example.org:greeter/greeter")),
        ("/links/post", json!("https://greeter.example.org/@YEAR@/@MONTH@/@DAY@/")),
        ("/build/0/command", json!(["python3", "-c", "print('@VERSION@')"])),
        ("/build/0/environment", json!({"MARK": "@NEW@"})),
        ("/docker/command/0", json!("tools/../add-version.sh")),
        ("/maven/deploy/0", json!("/usr/bin/mvn")),
        ("/source/exclude", json!(["*.iml", "docs/**", "/dist/"])),
        ("/pypi/name", json!("Apache.Greeter")),
        ("/npm/name", json!("@apache/greeter")),
        ("/versions/edits/main-docs/0/value", json!("['@NEW@', 'x']")),
    ] {
        assert_eq!(with(pointer, value.clone()), [], "{pointer} {value}");
    }
    let mut product = sample();
    product.build[0].directory = "tools/python".into();
    product.build[0].command[0] = "../build.sh".into();
    assert_eq!(check_product("sample", &product, VERSION, false), [], "it is in the tree");
}

#[test]
fn files_that_are_made_elsewhere_are_fetched_and_nothing_else() {
    let mut product = sample();
    let build = &mut product.build[0];
    build.made_elsewhere = Some("the CI's run".into());
    assert_eq!(check_product("sample", &product, VERSION, false), [], "a command fetches them");
    let build = &mut product.build[0];
    build.command.clear();
    assert_eq!(check_product("sample", &product, VERSION, false), [], "a person does");
    let build = &mut product.build[0];
    build.directory = "python".into();
    build.environment.insert("A".into(), "b".into());
    let fields: Vec<String> =
        check_product("sample", &product, VERSION, false).into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["build[0].directory", "build[0].environment"]);
}

#[test]
fn what_is_empty_is_named_by_its_own_field_and_as_what_it_is() {
    let said =
        |pointer: &str, value: Value| -> Vec<String> { with(pointer, value).iter().map(ToString::to_string).collect() };
    let expected = "a program and its arguments; or `made_elsewhere`, for files that no command here makes";
    assert_eq!(said("/build/0/command", json!([])), [format!("build[0].command = []: expected {expected}")]);
    let mut product = sample();
    product.build[0].command.clear();
    product.build[0].made_elsewhere = Some(String::new());
    let faults = check_product("sample", &product, VERSION, false);
    assert!(matches!(&faults[..], [fault] if fault.field == "build[0].made_elsewhere"), "{faults:?}");
}

#[test]
fn no_message_tells_a_password() {
    for (pointer, value) in [
        ("/git/url", json!("https://ann:s3cret@git.example.org/greeter")),
        ("/svn/dev", json!("https://ann:s3cret@dist.example.org/repos/dist/release/greeter")),
        ("/links/keys", json!("ftp://ann:s3cret@x.example.org/KEYS")),
        ("/maven/deploy/1", json!("-Durl=https://ann:s3cret@x.example.org/")),
    ] {
        let found = with(pointer, value);
        assert!(found.iter().any(|fault| fault.expected.contains("without a password")), "{pointer}: {found:?}");
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(said.iter().all(|text| !text.contains("s3cret")), "{said:?}");
    }
}

/// The layout `release/kafka/3.9.0`.
#[test]
fn the_directory_of_a_release_may_be_called_by_the_version_alone() {
    let mut product = sample();
    product.svn.release_prefix = String::new();
    product.svn.release_directory = "1.2.0".into();
    product.svn.candidate_directory = "1.2.0-rc1".into();
    product.svn.candidate_directories = "1.2.0-rc*".into();
    assert_eq!(check_product("sample", &product, VERSION, false), []);
    for other in ["1.2", "greeter-1.2.0", "1.2.0.0", "KEYS"] {
        product.svn.release_directory = other.into();
        let found = check_product("sample", &product, VERSION, false);
        assert!(matches!(&found[..], [fault] if fault.field == "svn.release_directory"), "{other}: {found:?}");
        assert!(found[0].expected.starts_with("`1.2.0`: "), "{found:?}");
    }
}

/// The layout of Flink's images: a directory for each series, and one in it for each variant.
#[test]
fn the_dockerfile_of_a_tag_may_be_anywhere() {
    let mut product = sample();
    let docker = product.docker.as_mut().unwrap();
    let file = |java: &str| format!("1.2/scala_2.12-{java}-ubuntu/Dockerfile");
    let of = |tag: &str, java: &str| crate::config::DockerfileOfTag { tag: tag.to_owned(), file: file(java) };
    docker.leaves = vec![file("java11"), file("java17")];
    docker.tags = ["1.2.0-java11", "1.2.0-java17", "1.2.0"].map(str::to_owned).into();
    docker.dockerfiles = vec![of("1.2.0-java11", "java11"), of("1.2.0-java17", "java17")];
    let found = check_product("sample", &product, VERSION, false);
    assert!(matches!(&found[..], [fault] if fault.field == "docker.tags[2]"), "{found:?}");
    product.docker.as_mut().unwrap().dockerfiles.push(of("1.2.0", "java17"));
    assert_eq!(check_product("sample", &product, VERSION, false), []);
    let docker = product.docker.unwrap();
    assert_eq!(docker.dockerfile("1.2.0").unwrap(), "1.2/scala_2.12-java17-ubuntu/Dockerfile");
    assert_eq!(docker.dockerfile("1.2"), None);
}

#[test]
fn maven_has_a_pom_at_the_root_whose_version_a_rule_sets() {
    let mut product = sample();
    product.versions.edits.get_mut("version").unwrap().retain(|rule| !rule.files().ends_with("pom.xml"));
    assert_eq!(check_product("sample", &product, VERSION, false), [], "the authority is one");
    product.versions.authority = product.versions.edits["version"][0].clone();
    let found = check_product("sample", &product, VERSION, false);
    assert!(matches!(&found[..], [fault] if fault.field == "maven"), "{found:?}");
    product.maven = None;
    assert_eq!(check_product("sample", &product, VERSION, false), []);
}

#[test]
fn a_website_that_a_person_changes_has_no_repository_and_no_edits() {
    let mut product = sample();
    product.website.repository = String::new();
    product.website.edits.clear();
    assert_eq!(check_product("sample", &product, VERSION, false), []);
}

#[test]
fn a_relay_without_tls_is_on_this_machine() {
    for (host, taken) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("127.8.8.8", true),
        ("::1", true),
        ("relay.example.org", false),
        ("localhost.example.org", false),
        ("10.0.0.1", false),
    ] {
        let found = with("/mail/smtp_host", json!(host));
        assert_eq!(found.is_empty(), taken, "{host}: {found:?}");
    }
}

#[test]
fn all_faults_come_at_once_and_say_what_was_expected() {
    let mut product = sample();
    product.git.release_tags = vec![];
    product.waits.vote_hours = 0;
    let said: Vec<String> = check_product("sample", &product, VERSION, false).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "git.release_tags = []: expected the name of one tag or more",
            "git.release_tags = []: expected as many tags as git.candidate_tags has: 2",
            "waits.vote_hours = 0: expected a number from 1 to 2160",
        ]
    );
    assert_eq!(check_product("sample", &product, VERSION, true).len(), 2, "a rehearsal need not wait");
}
