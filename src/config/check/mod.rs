// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a product's configuration, filled in, says what a release can use: all
//! faults at once. The shape is serde's affair; here are names, addresses, numbers.

mod channels;
mod empty;
mod places;
mod tree;

use super::expected as ask;
use super::product::Product;
use crate::release::Version;

/// A field that a release cannot use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFault {
    /// Its path: `git.candidate_tags[1]`.
    pub field: String,
    /// What stands there, templates filled in.
    pub value: String,
    /// What was expected.
    pub expected: String,
}

impl std::fmt::Display for ProductFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}: expected {}", self.field, self.value, self.expected)
    }
}

/// How many hours a wait may have: a quarter of a year.
const LONGEST: u32 = 90 * 24;

/// The faults of `product`, filled in for the release of `version`; `id` is the name of its
/// file, and a rehearsal may have votes that last no time.
pub fn check_product(id: &str, product: &Product, version: Version, rehearsal: bool) -> Vec<ProductFault> {
    let version = version.to_string();
    let mut faults = Faults(Vec::new());
    if product.id != id {
        faults.add("id", &product.id, &format!("the name of the file, `{id}`"));
    }
    for (field, text) in
        [("name", &product.name), ("short_name", &product.short_name), ("project_name", &product.project_name)]
    {
        faults.unless(field, text, ask::line);
    }
    faults.unless("project", &product.project, ask::plain_name);
    tree::git(&mut faults, product);
    faults.unless("versions.snapshot", &product.versions.snapshot, ask::plain_name);
    faults.unless("versions.next_snapshot", &product.versions.next_snapshot, ask::plain_name);
    if product.versions.next_snapshot == product.versions.snapshot {
        faults.add("versions.next_snapshot", &product.versions.snapshot, "another version than versions.snapshot is");
    }
    tree::files(&mut faults, product);
    places::subversion(&mut faults, product, &version, rehearsal);
    places::mail(&mut faults, product);
    let least = u32::from(!rehearsal);
    faults.within("waits.vote_hours", product.waits.vote_hours, least, LONGEST);
    faults.within("waits.promote_hours", product.waits.promote_hours, 0, LONGEST);
    places::vote(&mut faults, product);
    places::links(&mut faults, product);
    channels::maven(&mut faults, product);
    channels::packages(&mut faults, product);
    channels::images(&mut faults, product, &version);
    empty::lists(&mut faults, product);
    empty::texts(&mut faults, product);
    faults.0
}

/// The faults found so far.
struct Faults(Vec<ProductFault>);

impl Faults {
    fn add(&mut self, field: &str, value: &str, expected: &str) {
        let value = format!("{value:?}");
        self.0.push(ProductFault { field: field.to_owned(), value, expected: expected.to_owned() });
    }

    /// Adds a fault unless `text` is what `ask` expects.
    fn unless(&mut self, field: &str, text: &str, ask: ask::Question) {
        if let Err(expected) = ask(text) {
            self.add(field, text, expected);
        }
    }

    fn each(&mut self, field: &str, texts: &[String], ask: ask::Question) {
        for (index, text) in texts.iter().enumerate() {
            self.unless(&format!("{field}[{index}]"), text, ask);
        }
    }

    /// Adds a fault where the list is empty.
    fn some<T>(&mut self, field: &str, list: &[T], expected: &str) {
        if list.is_empty() {
            self.0.push(ProductFault { field: field.to_owned(), value: "[]".into(), expected: expected.to_owned() });
        }
    }

    fn within(&mut self, field: &str, number: u32, least: u32, most: u32) {
        if !(least..=most).contains(&number) {
            let expected = format!("a number from {least} to {most}");
            self.0.push(ProductFault { field: field.to_owned(), value: number.to_string(), expected });
        }
    }

    /// Adds a fault where a text of the list stands in it before.
    fn once(&mut self, all: &[(String, &str)]) {
        for (index, (field, text)) in all.iter().enumerate() {
            if let Some((first, _)) = all[..index].iter().find(|(_, before)| before == text) {
                self.add(field, text, &format!("another name than {first} has"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
        *tree.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
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
            ("/versions/edits/version/1/replace", json!("")),
            ("/playground/edits/1/replace", json!("")),
            ("/links/blog", json!("")),
            ("/links/post", json!("")),
            ("/website/entry", json!("")),
            ("/website/post_alias", json!("")),
            ("/github/repository", json!("")),
            ("/jira/blocking", json!([])),
        ] {
            assert_eq!(with(pointer, value.clone()), [], "{pointer} {value}");
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
        let said: Vec<String> =
            check_product("sample", &product, VERSION, false).iter().map(ToString::to_string).collect();
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
}
