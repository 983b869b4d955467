// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a product's configuration, filled in, says what a release can use: all
//! faults at once. The shape is serde's affair; here are names, addresses, numbers.

mod places;
mod tree;

use super::expected as ask;
use super::product::Product;

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
/// The faults of `product`, filled in for a release; `id` is the name of its file,
/// and a rehearsal may have votes that last no time.
pub fn check_product(id: &str, product: &Product, rehearsal: bool) -> Vec<ProductFault> {
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
    places::subversion(&mut faults, product, rehearsal);
    places::mail(&mut faults, product);
    let least = u32::from(!rehearsal);
    faults.within("waits.vote_hours", product.waits.vote_hours, least, LONGEST);
    faults.within("waits.promote_hours", product.waits.promote_hours, 0, LONGEST);
    places::vote(&mut faults, product);
    places::links(&mut faults, product);
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
        check_product("sample", &serde_json::from_value(tree).unwrap(), false)
    }

    #[test]
    fn the_sample_has_no_fault() {
        assert_eq!(check_product("sample", &sample(), false), []);
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
        ] {
            let found = with(pointer, value.clone());
            let field = pointer[1..].replace('/', ".");
            let plain = |text: &str| text.replace('[', ".").replace(']', "");
            assert!(found.iter().any(|fault| plain(&fault.field).starts_with(&field)), "{pointer} {value}: {found:?}");
        }
    }

    #[test]
    fn a_website_that_a_person_changes_has_no_repository_and_no_edits() {
        let mut product = sample();
        product.website.repository = String::new();
        product.website.edits.clear();
        assert_eq!(check_product("sample", &product, false), []);
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
        let said: Vec<String> = check_product("sample", &product, false).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "git.release_tags = []: expected the name of one tag or more",
                "git.release_tags = []: expected as many tags as git.candidate_tags has: 2",
                "waits.vote_hours = 0: expected a number from 1 to 2160",
            ]
        );
        assert_eq!(check_product("sample", &product, true).len(), 2, "a rehearsal need not wait");
    }
}
