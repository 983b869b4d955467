// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The project's other repositories in a world: its website, its container images, its
//! playground. Each is made from what the product's configuration says a release changes
//! there, as it was after the release before.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Repository, RepositoryInitOptions, Signature, Time};
use serde::Deserialize;
use toml::{Table, Value};

use super::command::Failed;
use super::stand_ins::{Sites, github};
use crate::config::DockerfileOfTag;
use crate::release::{Change, EditRule, Version, fitting_path};

/// Who has made them.
const BOB: (&str, &str) = ("Bob Example", "bob@example.org");
/// When, in seconds of Unix time.
const MADE: i64 = 1_780_000_000;

/// A repository's files; those that begin with `#!` are programs.
type Files = BTreeMap<String, String>;

/// The names under which the stand-in for GitHub has the repositories.
pub(super) struct Names {
    project: String,
}

impl Names {
    pub(super) fn of(configuration: &Table) -> Self {
        Self { project: configuration.get("project").and_then(Value::as_str).unwrap_or("project").to_owned() }
    }

    /// The path of one of them, with the directory of all stand-ins.
    pub(super) fn path(&self, stand_ins: &Path, what: &str) -> PathBuf {
        let name = if what.is_empty() { self.project.clone() } else { format!("{}-{what}", self.project) };
        github::repository_path(&stand_ins.join("github"), &format!("{}/{name}", self.project))
    }
}

/// What of a configuration says how the repositories look.
#[derive(Deserialize, Default)]
struct Shape {
    #[serde(default)]
    name: String,
    #[serde(default)]
    website: Website,
    docker: Option<Docker>,
    playground: Option<Playground>,
}

#[derive(Deserialize, Default)]
struct Website {
    #[serde(default)]
    base: Option<String>,
    #[serde(default)]
    edits: BTreeMap<String, Vec<Change>>,
}

#[derive(Deserialize)]
struct Docker {
    base: Option<String>,
    keys: Option<String>,
    command: Vec<String>,
    leaves: Vec<String>,
    #[serde(default)]
    dockerfiles: Vec<DockerfileOfTag>,
}

#[derive(Deserialize)]
struct Playground {
    base: String,
    authority: EditRule,
    edits: Vec<EditRule>,
}

/// Makes them below `directory`, a world, as they are when `version` is to be released.
///
/// # Errors
/// When git or a file fails.
pub(super) fn make(directory: &Path, configuration: &Table, version: Version, before: Version) -> Result<(), Failed> {
    let shape: Shape = Value::Table(configuration.clone())
        .try_into()
        .map_err(|error: toml::de::Error| Failed::new("read the product's configuration", error.message()))?;
    let (names, stand_ins) = (Names::of(configuration), directory.join("stand-ins"));
    let fail = |error: git2::Error| Failed::new("make the project's other repositories", error.message());
    let base = |base: &Option<String>| base.clone().unwrap_or_else(|| "main".to_owned());
    plant(&names.path(&stand_ins, "site"), &base(&shape.website.base), &website(&shape, before)).map_err(fail)?;
    if let Some(docker) = &shape.docker {
        plant(&names.path(&stand_ins, "docker"), &base(&docker.base), &images(docker, version, before))
            .map_err(fail)?;
    }
    if let Some(playground) = &shape.playground {
        let files = examples(playground, before);
        plant(&names.path(&stand_ins, "playground"), &playground.base, &files).map_err(fail)?;
    }
    let named = shape.docker.iter().flat_map(|docker| &docker.dockerfiles);
    let dockerfiles = named.map(|one| (of_release(&one.tag, version), of_release(&one.file, version))).collect();
    let own = names.path(&stand_ins, "");
    let linked =
        fs::create_dir_all(own.parent().unwrap_or(&own)).and_then(|()| symlink(directory.join("remote.git"), &own));
    linked.map_err(|error| Failed::new("link the remote", &error.to_string()))?;
    let sites = Sites {
        format: 1,
        website: names.path(&stand_ins, "site"),
        website_base: base(&shape.website.base),
        images: names.path(&stand_ins, "docker"),
        images_base: shape.docker.map_or_else(|| "main".to_owned(), |docker| base(&docker.base)),
        dockerfiles,
        sources: directory.join("remote.git"),
        releases: directory.join("svn"),
        name: shape.name,
        version: version.to_string(),
    };
    sites.keep(&stand_ins).map_err(|error| Failed::new("note where the sites are", &error.to_string()))
}

/// Puts a world's pages, repositories and images in the place of those that a configuration
/// names.
pub(super) fn point_at(configuration: &mut Table, stand_ins: &Path, port: u16) {
    let base = format!("http://127.0.0.1:{port}");
    let names = Names::of(configuration);
    let repository = |what: &str| Value::from(names.path(stand_ins, what).display().to_string());
    let pages = |path: String| Value::from(format!("{base}/pages/{path}"));
    // the last part of the address says which documentation it is
    let documentation = configuration.get("documentation").and_then(|pages| pages.get("url")).and_then(Value::as_str);
    let documentation = documentation.unwrap_or_default().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let changes = [
        ("links", "keys", pages(format!("downloads/{}/KEYS", names.project))),
        ("links", "mirrors", pages("mirrors".to_owned())),
        ("links", "downloads", pages("site/downloads.html".to_owned())),
        ("website", "repository", repository("site")),
        ("website", "url", pages("site".to_owned())),
        ("documentation", "url", pages(format!("docs/{documentation}"))),
        ("docker", "repository", repository("docker")),
        ("docker", "registry", Value::from(format!("{base}/images"))),
        ("playground", "repository", repository("playground")),
        ("github", "api", Value::from(format!("{base}/github"))),
        ("github", "uploads", Value::from(format!("{base}/github/uploads"))),
        ("github", "repository", repository("")),
    ];
    configuration.entry("github").or_insert_with(|| Value::Table(Table::new()));
    for (section, key, value) in changes {
        // A website without a repository is changed by a person, here too.
        let by_hand = |table: &Table| (section, key) == ("website", "repository") && !table.contains_key(key);
        if let Some(Value::Table(table)) =
            configuration.get_mut(section).filter(|table| !table.as_table().is_some_and(by_hand))
        {
            table.insert(key.to_owned(), value);
        }
    }
}

/// Has every page that waits for a person's words in the branches of the website say some,
/// as a release manager would.
///
/// # Errors
/// When git fails.
pub(super) fn finish_pages(stand_ins: &Path) -> Result<(), git2::Error> {
    let Ok(sites) = Sites::open(stand_ins) else { return Ok(()) };
    let git = Repository::open_bare(&sites.website)?;
    for branch in git.branches(Some(git2::BranchType::Local))? {
        let (branch, _) = branch?;
        let commit = branch.get().peel_to_commit()?;
        let (tree, mut update, mut found) = (commit.tree()?, TreeUpdateBuilder::new(), false);
        tree.walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
            let blob = entry.to_object(&git).and_then(|object| object.peel_to_blob());
            if let (Ok(blob), Ok(name)) = (blob, entry.name()) {
                let text = String::from_utf8_lossy(blob.content()).into_owned();
                if text.contains('‹')
                    && let Ok(id) = git.blob(written(&text).as_bytes())
                {
                    update.upsert(format!("{parent}{name}"), id, FileMode::Blob);
                    found = true;
                }
            }
            git2::TreeWalkResult::Ok
        })?;
        if found {
            let tree = git.find_tree(update.create_updated(&git, &tree)?)?;
            let who =
                Signature::new(super::MANAGER.0, super::MANAGER.1, &Time::new(commit.time().seconds() + 3600, 0))?;
            let name = branch.get().name()?.to_owned();
            git.commit(Some(&name), &who, &who, "Write the post\n", &tree, &[&commit])?;
        }
    }
    Ok(())
}

/// The text with words in the place of each mark.
fn written(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('‹') {
        out.push_str(before);
        out.push_str("(written in a rehearsal)");
        rest = after.split_once('›').map_or("", |(_, rest)| rest);
    }
    out + rest
}

fn website(shape: &Shape, before: Version) -> Files {
    let mut files = Files::from([("README.md".to_owned(), "The website of a rehearsal.\n".to_owned())]);
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for change in shape.website.edits.values().flatten() {
        match change {
            Change::Toml { file, path, value, .. } => {
                let value = format!("v = {}", of_release(value, before)).parse::<Table>().ok();
                let value = value.and_then(|mut table| table.remove("v"));
                set(tables.entry(file.clone()).or_default(), path, value.unwrap_or_else(|| Value::from("")));
            }
            Change::YamlKey { file, .. } => {
                let entry = format!("{}:\n  name: \"{} {before}\"\n", before.series(), shape.name);
                files.insert(file.clone(), format!("# The downloads.\n\n{entry}"));
            }
            Change::YamlItem { file, list, identity, .. } => {
                let parts: Vec<&str> = list.split('.').collect();
                let mut text = String::new();
                for (depth, part) in parts.iter().enumerate() {
                    text += &format!("{}{part}:\n", "  ".repeat(depth));
                }
                let indent = "  ".repeat(parts.len());
                text += &format!("{indent}-\n");
                for field in identity.split('+') {
                    text += &format!("{indent}  {field}: {before}\n");
                }
                text += &format!("{indent}  release_date: 2026-01-02\n");
                files.insert(file.clone(), text);
            }
            Change::File { .. } | Change::Line { .. } => {}
        }
    }
    files.extend(tables.into_iter().map(|(file, table)| (file, toml::to_string(&table).unwrap_or_default())));
    files
}

fn set(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(table.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = table.entry(first.to_owned()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// The repository with a program that writes the Dockerfiles of `version`, once its key is known.
/// Whatever its options are, one of them has to name the version.
fn images(docker: &Docker, version: Version, before: Version) -> Files {
    let keys = docker.keys.clone().unwrap_or_else(|| "gpg_keys.txt".to_owned());
    let program =
        docker.command.first().map_or("add-version.sh", |program| program.trim_start_matches("./")).to_owned();
    let mut script = format!(
        "#!/bin/sh -e\nversion={version}\ncase \"$*\" in *\"$version\"*) ;; *) echo \"no $version in: $*\" >&2; exit 2 ;; esac\n\
         key=$(grep \"^$version=\" {keys} | cut -d = -f 2)\n\
         [ -n \"$key\" ] || {{ echo \"no key of $version in {keys}\" >&2; exit 1; }}\n"
    );
    let mut files = Files::from([
        (keys, format!("{before}={}\n", "A".repeat(40))),
        ("template/Dockerfile".to_owned(), "FROM scratch\nENV VERSION=%VERSION% KEY=%KEY%\n".to_owned()),
    ]);
    for leaf in &docker.leaves {
        let place = of_release(leaf, version);
        script += &format!(
            "mkdir -p \"$(dirname \"{place}\")\"\nsed -e \"s/%VERSION%/$version/\" -e \"s/%KEY%/$key/\" template/Dockerfile > \"{place}\"\n"
        );
        let text = format!("FROM scratch\nENV VERSION={before} KEY={}\n", "A".repeat(40));
        files.insert(of_release(leaf, before), text);
    }
    files.insert(program, script);
    files
}

fn examples(playground: &Playground, before: Version) -> Files {
    let mut files = Files::new();
    for rule in playground.edits.iter().chain([&playground.authority]) {
        let path = fitting_path(rule.files());
        let version = before.to_string();
        let old = |text: &str| of_release(text, before).replace("@OLD@", &version).replace("@NPM_OLD@", &version);
        match rule {
            EditRule::Text { find, .. } => {
                let text: &mut String = files.entry(path).or_default();
                if !text.contains(&old(find)) {
                    text.push_str(&format!("{}\n", old(find)));
                }
            }
            EditRule::Json { pointer, .. } => {
                let name = pointer.trim_start_matches('/');
                files.insert(path, format!("{{\n  \"{name}\": \"{version}\"\n}}\n"));
            }
            EditRule::MavenPoms { .. } => {
                let text = format!(
                    "<project>\n  <groupId>org.example</groupId>\n  <artifactId>example</artifactId>\n  <version>{version}</version>\n</project>\n"
                );
                files.insert(path, text);
            }
            EditRule::Toml { .. } | EditRule::TomlPrepend { .. } => {}
        }
    }
    files
}

/// A text of the configuration as it is filled in for a release.
fn of_release(text: &str, version: Version) -> String {
    let Version { major, minor, patch } = version;
    let numbers = [("major", major), ("minor", minor), ("patch", patch)];
    let text = text.replace("{{ version }}", &version.to_string()).replace("{{ short_version }}", &version.series());
    numbers.iter().fold(text, |text, (name, number)| text.replace(&format!("{{{{ {name} }}}}"), &number.to_string()))
}

/// A bare repository with these files as its one commit.
pub(crate) fn plant(path: &Path, branch: &str, files: &Files) -> Result<(), git2::Error> {
    let mut options = RepositoryInitOptions::new();
    options.bare(true).mkpath(true).initial_head(branch).external_template(false);
    let git = Repository::init_opts(path, &options)?;
    let empty = git.find_tree(git.treebuilder(None)?.write()?)?;
    let mut update = TreeUpdateBuilder::new();
    for (path, text) in files {
        let mode = if text.starts_with("#!") { FileMode::BlobExecutable } else { FileMode::Blob };
        update.upsert(path.as_str(), git.blob(text.as_bytes())?, mode);
    }
    let tree = git.find_tree(update.create_updated(&git, &empty)?)?;
    let who = Signature::new(BOB.0, BOB.1, &Time::new(MADE, 0))?;
    git.commit(Some(&format!("refs/heads/{branch}")), &who, &who, "As it was\n", &tree, &[])?;
    Ok(())
}
