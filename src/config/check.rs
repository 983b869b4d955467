// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a product's configuration, filled in, says what a release can use: all
//! faults at once. The shape is serde's affair; here are names, addresses, numbers.

use super::expected as ask;
use super::product::{Build, Product, Tls};

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
/// How many minutes an archive may lag: a week.
const LONGEST_LAG: u32 = 7 * 24 * 60;

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
    git(&mut faults, product);
    faults.unless("versions.snapshot", &product.versions.snapshot, ask::plain_name);
    faults.unless("versions.next_snapshot", &product.versions.next_snapshot, ask::plain_name);
    if product.versions.next_snapshot == product.versions.snapshot {
        faults.add("versions.next_snapshot", &product.versions.snapshot, "another version than versions.snapshot is");
    }
    files(&mut faults, product);
    subversion(&mut faults, product, rehearsal);
    mail(&mut faults, product);
    let least = u32::from(!rehearsal);
    faults.within("waits.vote_hours", product.waits.vote_hours, least, LONGEST);
    faults.within("waits.promote_hours", product.waits.promote_hours, 0, LONGEST);
    vote(&mut faults, product);
    links(&mut faults, product);
    faults.0
}

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

fn git(faults: &mut Faults, product: &Product) {
    let git = &product.git;
    faults.unless("git.url", &git.url, ask::repository);
    faults.unless("git.remote", &git.remote, ask::remote);
    faults.unless("git.main", &git.main, ask::branch);
    faults.unless("git.release_branch", &git.release_branch, ask::branch);
    faults.unless("git.candidate_branch", &git.candidate_branch, ask::branch);
    faults.each("git.candidate_tags", &git.candidate_tags, ask::tag);
    faults.each("git.release_tags", &git.release_tags, ask::tag);
    faults.unless("git.version_message", &git.version_message, ask::line);
    if !git.previous_tag.is_empty() {
        faults.unless("git.previous_tag", &git.previous_tag, ask::tag);
    }
    for (field, tags) in [("git.candidate_tags", &git.candidate_tags), ("git.release_tags", &git.release_tags)] {
        if tags.is_empty() {
            let expected = "the name of one tag or more".to_owned();
            faults.0.push(ProductFault { field: field.into(), value: "[]".into(), expected });
        }
    }
    if git.candidate_tags.len() != git.release_tags.len() {
        let expected = format!("as many tags as git.candidate_tags has: {}", git.candidate_tags.len());
        let value = format!("{:?}", git.release_tags);
        faults.0.push(ProductFault { field: "git.release_tags".into(), value, expected });
    }
    let numbered = |field: &str, tags: &'_ [String]| -> Vec<String> {
        (0..tags.len()).map(|index| format!("git.{field}[{index}]")).collect()
    };
    let fields =
        [numbered("candidate_tags", &git.candidate_tags), numbered("release_tags", &git.release_tags)].concat();
    let tags = git.candidate_tags.iter().chain(&git.release_tags).map(String::as_str);
    faults.once(&fields.into_iter().zip(tags).collect::<Vec<_>>());
    let branches =
        [("main", &git.main), ("release_branch", &git.release_branch), ("candidate_branch", &git.candidate_branch)];
    faults.once(&branches.map(|(field, name)| (format!("git.{field}"), name.as_str())));
}

/// The source archive and what is built.
fn files(faults: &mut Faults, product: &Product) {
    faults.unless("source.file", &product.source.file, ask::plain_name);
    faults.unless("source.root", &product.source.root, ask::plain_name);
    let mut names = vec![("source.file".to_owned(), product.source.file.as_str())];
    for (index, one) in product.build.iter().enumerate() {
        let field = format!("build[{index}]");
        build(faults, &field, one);
        let outputs = one.outputs.iter().enumerate();
        names.extend(outputs.map(|(index, output)| (format!("{field}.outputs[{index}].name"), output.name.as_str())));
    }
    build(faults, "trial_build", &product.trial_build);
    faults.once(&names);
    if let Some(npm) = &product.npm {
        faults.unless("npm.directory", &npm.directory, ask::path_in_tree);
        let mut built: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
        if let Some(one) = &npm.build {
            build(faults, "npm.build", one);
            built = one.outputs.iter().map(|output| output.name.as_str()).collect();
        }
        if !built.contains(&npm.file.as_str()) {
            faults.add("npm.file", &npm.file, "the name of an output of a build");
        }
    }
    for (index, file) in product.pypi.iter().flat_map(|pypi| &pypi.files).enumerate() {
        if !names.iter().any(|(_, name)| name == file) {
            faults.add(&format!("pypi.files[{index}]"), file, "the name of an output of a build");
        }
    }
}

fn build(faults: &mut Faults, field: &str, build: &Build) {
    faults.unless(&format!("{field}.id"), &build.id, ask::plain_name);
    if !build.directory.is_empty() {
        faults.unless(&format!("{field}.directory"), &build.directory, ask::path_in_tree);
    }
    let program = build.command.first().map_or("", String::as_str);
    faults.unless(&format!("{field}.command"), program, ask::line);
    for (index, output) in build.outputs.iter().enumerate() {
        faults.unless(&format!("{field}.outputs[{index}].name"), &output.name, ask::plain_name);
        faults.unless(&format!("{field}.outputs[{index}].glob"), &output.glob, ask::path_in_tree);
    }
}

fn subversion(faults: &mut Faults, product: &Product, rehearsal: bool) {
    let svn = &product.svn;
    for (field, url) in [("dev", &svn.dev), ("release", &svn.release), ("keys", &svn.keys)] {
        let field = format!("svn.{field}");
        match ask::svn_url(url) {
            Ok(()) if !rehearsal && ask::is_open_to_all(url) => {
                faults.add(&field, url, "https://…: a password and what is released would go over http unprotected");
            }
            Ok(()) => {}
            Err(expected) => faults.add(&field, url, expected),
        }
    }
    if ask::is_within(&svn.release, &svn.dev) || ask::is_within(&svn.dev, &svn.release) {
        let expected = format!("a directory apart from svn.dev, {}: what is there is not released", svn.dev);
        faults.add("svn.release", &svn.release, &expected);
    }
    for (field, name) in [
        ("candidate_directory", &svn.candidate_directory),
        ("release_directory", &svn.release_directory),
        ("release_prefix", &svn.release_prefix),
    ] {
        faults.unless(&format!("svn.{field}"), name, ask::plain_name);
    }
    let glob = &svn.candidate_directories;
    match ask::names(glob) {
        Err(expected) => faults.add("svn.candidate_directories", glob, expected),
        Ok(matcher) if !matcher.is_match(&svn.candidate_directory) => {
            let expected = format!("a glob that fits svn.candidate_directory, `{}`", svn.candidate_directory);
            faults.add("svn.candidate_directories", glob, &expected);
        }
        Ok(_) => {}
    }
    if !svn.release_directory.starts_with(&svn.release_prefix) {
        let expected = format!("a name that begins with svn.release_prefix, `{}`", svn.release_prefix);
        faults.add("svn.release_directory", &svn.release_directory, &expected);
    }
}

fn mail(faults: &mut Faults, product: &Product) {
    let mail = &product.mail;
    faults.unless("mail.dev", &mail.dev, ask::address);
    faults.each("mail.user", &mail.user, ask::address);
    if mail.user.is_empty() {
        let expected = "the address of one list or more, to which the announcement goes".to_owned();
        faults.0.push(ProductFault { field: "mail.user".into(), value: "[]".into(), expected });
    }
    faults.unless("mail.announce", &mail.announce, ask::address);
    faults.unless("mail.smtp_host", &mail.smtp_host, ask::host);
    faults.within("mail.smtp_port", mail.smtp_port.into(), 1, u16::MAX.into());
    if mail.smtp_tls == Tls::None && !ask::is_loopback(&mail.smtp_host) {
        let expected = format!("\"starttls\" or \"implicit\": {} is no loopback address", mail.smtp_host);
        faults.add("mail.smtp_tls", "none", &expected);
    }
    if let Some(archive) = &mail.archive {
        faults.unless("mail.archive", archive, ask::web_link);
    }
    faults.within("mail.archive_lag_minutes", mail.archive_lag_minutes, 0, LONGEST_LAG);
    for (index, link) in mail.announcement.links.iter().enumerate() {
        let of = |part: &str| link.get(part).map_or("", String::as_str);
        let field = format!("mail.announcement.links[{index}]");
        faults.unless(&format!("{field}.label"), of("label"), ask::line);
        faults.unless(&format!("{field}.url"), of("url"), ask::web_link);
    }
}

/// Whether the rules and the roster are there, whoever has the assets says.
fn vote(faults: &mut Faults, product: &Product) {
    let Some(vote) = &product.vote else { return };
    faults.unless("vote.bylaws", &vote.bylaws, ask::rules);
    faults.unless("vote.action", &vote.action, ask::plain_name);
    match (&vote.roster, &vote.whimsy) {
        (Some(roster), None) => faults.unless("vote.roster", roster, ask::rules),
        (None, Some(whimsy)) => {
            faults.unless("vote.whimsy.committee", &whimsy.committee, ask::plain_name);
            faults.unless("vote.whimsy.url", &whimsy.url, ask::web_link);
        }
        (Some(_), Some(both)) => faults.add("vote.whimsy", &both.committee, "either a roster or whimsy, and not both"),
        (None, None) => faults.add("vote.roster", "", "a roster, or whimsy: somebody must have a binding vote"),
    }
    if let Some(aliases) = &vote.aliases {
        faults.unless("vote.aliases", aliases, ask::absolute_path);
    }
}

fn links(faults: &mut Faults, product: &Product) {
    let Product { links, jira, website, .. } = product;
    let mut all = vec![
        ("links.keys", &links.keys),
        ("links.downloads", &links.downloads),
        ("links.candidate_tag", &links.candidate_tag),
        ("links.release_notes", &links.release_notes),
        ("links.blog", &links.blog),
        ("jira.url", &jira.url),
        ("links.mirrors", &links.mirrors),
        ("website.url", &website.url),
    ];
    all.extend(
        product.maven.iter().flat_map(|maven| [("maven.nexus", &maven.nexus), ("maven.central", &maven.central)]),
    );
    let pypi = product.pypi.iter();
    all.extend(
        pypi.flat_map(|pypi| [("pypi.page", &pypi.page), ("pypi.index", &pypi.index), ("pypi.upload", &pypi.upload)]),
    );
    all.extend(product.npm.iter().flat_map(|npm| [("npm.page", &npm.page), ("npm.registry", &npm.registry)]));
    let documentation = product.documentation.iter();
    all.extend(documentation.flat_map(|pages| [("documentation.url", &pages.url), ("documentation.bot", &pages.bot)]));
    for (field, link) in all {
        faults.unless(field, link, ask::web_link);
    }
    all_repositories(faults, product);
    for (name, link) in &links.other {
        faults.unless(&format!("links.other.{name}"), link, ask::web_link);
    }
    for (field, text) in
        [("jira.key", &jira.key), ("jira.version", &jira.version), ("jira.next_version", &jira.next_version)]
    {
        faults.unless(field, text, ask::line);
    }
}

/// The project's other repositories, and what goes with them.
fn all_repositories(faults: &mut Faults, product: &Product) {
    let Product { website, github, docker, playground, .. } = product;
    let mut repositories = vec![("website.repository", &website.repository)];
    repositories.extend(docker.iter().map(|docker| ("docker.repository", &docker.repository)));
    repositories.extend(playground.iter().map(|playground| ("playground.repository", &playground.repository)));
    for (field, address) in repositories {
        faults.unless(field, address, ask::repository);
    }
    for (field, link) in [("github.api", &github.api), ("github.uploads", &github.uploads)] {
        faults.unless(field, link, ask::web_link);
    }
    if let Some(docker) = docker {
        faults.unless("docker.registry", &docker.registry, ask::web_link);
        faults.unless("docker.command", docker.command.first().map_or("", String::as_str), ask::line);
        for (index, leaf) in docker.leaves.iter().enumerate() {
            faults.unless(&format!("docker.leaves[{index}]"), leaf, ask::path_in_tree);
        }
    }
    for (list, changes) in &website.edits {
        for (index, change) in changes.iter().enumerate() {
            faults.unless(&format!("website.edits.{list}[{index}].file"), change.file(), ask::path_in_tree);
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
        ] {
            let found = with(pointer, value.clone());
            let field = pointer[1..].replace('/', ".");
            let plain = |text: &str| text.replace('[', ".").replace(']', "");
            assert!(found.iter().any(|fault| plain(&fault.field).starts_with(&field)), "{pointer} {value}: {found:?}");
        }
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
