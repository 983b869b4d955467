// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a repository is a clone of the product's, before anything is recorded.

use std::collections::BTreeMap;
use std::path::Path;

use super::CommandError;
use crate::config::Product;
use crate::rehearsal::remote_to_copy;
use crate::release::{EditRule, ReleaseKind, Tree, Version, authority};
use crate::services::address::{is_elsewhere, is_fork, same_repository, without_login};

/// From where the modules that Maven builds are read.
const ROOT_POM: &str = "pom.xml";

/// Where the product's main branch is looked for in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// As the repository's remote has it: a release pushes there.
    OfRemote,
    /// Wherever it is: a rehearsal copies what there is.
    Anywhere,
}

/// Whether `path` is a clone of the product's repository: its main branch says
/// the product's version where the configuration has it stand, and has what the
/// configuration builds from.
///
/// # Errors
/// When it is no repository, lacks the remote or the branch, or is of something else.
pub fn check_repository(path: &Path, product: &Product, branch: Branch) -> Result<(), CommandError> {
    let wrong = |what: String, hint: String| Err(CommandError::usage(format!("{}: {what}", path.display()), hint));
    let repository = match git2::Repository::open(path) {
        Ok(repository) => repository,
        Err(error) => {
            let hint = match error.code() {
                git2::ErrorCode::Owner => {
                    format!("where you trust it: git config --global --add safe.directory {}", path.display())
                }
                _ => format!("name your clone of {} by --repo", product.git.url),
            };
            return wrong(format!("this is no git repository: {}", error.message()), hint);
        }
    };
    let (remote, main) = (&product.git.remote, &product.git.main);
    if branch == Branch::OfRemote && repository.find_remote(remote).is_err() {
        return wrong(
            format!("this repository has no remote `{remote}`, which the configuration of `{}` names", product.id),
            format!(
                "--repo names a clone of {}; `git remote add {remote} …` where only the name is missing",
                product.git.url
            ),
        );
    }
    if branch == Branch::OfRemote
        && let Some((what, hint)) = fork(&repository, product)
    {
        return wrong(what, hint);
    }
    let of_remote = branch == Branch::OfRemote;
    if !of_remote && repository.is_shallow() {
        return wrong(
            "this clone is shallow: a part of the history is not in it, and a rehearsal copies all of it".to_owned(),
            format!("fetch the rest: git -C {} fetch --unshallow", path.display()),
        );
    }
    // a rehearsal takes what is there
    let copied = if of_remote { None } else { remote_to_copy(path, remote) };
    let remote = copied.as_ref().unwrap_or(remote);
    let local = format!("refs/heads/{main}");
    let names = [format!("refs/remotes/{remote}/{main}"), local.clone()];
    let found = names
        .iter()
        .filter(|name| !of_remote || **name != local)
        .find_map(|name| repository.find_reference(name).ok()?.peel_to_tree().ok());
    let Some(tree) = found else {
        return wrong(
            format!(
                "this repository has no branch `{main}` of `{remote}`, which the configuration of `{}` names",
                product.id
            ),
            format!("is it a clone of {}? `git fetch {remote}` where it only was not fetched", product.git.url),
        );
    };
    if let Err(why) = version_of(&repository, &tree, &product.versions.authority) {
        return wrong(
            format!("this is no repository of `{}`: on `{main}`, {why}", product.id),
            format!("--repo names a clone of {}; --product another product", product.git.url),
        );
    }
    if product.maven.is_some() && tree.get_name(ROOT_POM).is_none() {
        return wrong(
            format!(
                "`{main}` has no {ROOT_POM} at its root, and the configuration of `{}` has [maven]: what is staged is \
                 read off the poms of the candidate's tag, from that one on",
                product.id
            ),
            format!(
                "leave [maven] out of release-config/{}.toml where Maven does not build the product; --repo names a \
                 clone of {} where this is none",
                product.id, product.git.url
            ),
        );
    }
    Ok(())
}

/// What is wrong where the remote is another repository than the official one, on one server
/// with it, and what to do.
fn fork(repository: &git2::Repository, product: &Product) -> Option<(String, String)> {
    let (name, official) = (&product.git.remote, &product.git.url);
    let config = repository.config().ok()?;
    let url = |remote: &str, key: &str| config.get_string(&format!("remote.{remote}.{key}")).ok();
    let found = ["url", "pushurl"].into_iter().filter_map(|key| url(name, key)).find(|url| is_fork(url, official))?;
    let what = format!(
        "its remote `{name}` is {}, and `{}` is released in {official}: what is pushed to a fork is not released",
        without_login(&found),
        product.id
    );
    let names = repository.remotes().ok()?;
    let mut others = names.iter().flatten().flatten().filter(|other| other != name);
    let of_project = others.find(|other| url(other, "url").is_some_and(|url| same_repository(&url, official)));
    let (add, other) = match of_project {
        Some(other) => (String::new(), other),
        None => (format!("`git remote add upstream {official}`, `git fetch upstream`, and "), "upstream"),
    };
    Some((
        what,
        format!(
            "{add}have `git.remote = \"{other}\"` in a copy of release-config/{}.toml that --assets names; or give the \
             remotes other names: `git remote rename`",
            product.id
        ),
    ))
}

/// Whether the remote is on the server that the configuration names.
///
/// # Errors
/// When it is on another one, which may or may not be a place of the same repository.
pub fn check_place(path: &Path, product: &Product) -> Result<(), CommandError> {
    let (name, official) = (&product.git.remote, &product.git.url);
    let Ok(config) = git2::Repository::open(path).and_then(|repository| repository.config()) else { return Ok(()) };
    let written = ["url", "pushurl"].map(|key| config.get_string(&format!("remote.{name}.{key}")).ok());
    let Some(url) = written.into_iter().flatten().find(|url| is_elsewhere(url, official)) else { return Ok(()) };
    Err(CommandError::usage(
        format!(
            "{}: its remote `{name}` is {}, and `{}` is released in {official}",
            path.display(),
            without_login(&url),
            product.id
        ),
        "what is pushed elsewhere is not released. If that is another address of the same repository, say so: \
         --any-remote",
    ))
}

/// Whether none of the release's own tags is in the clone yet.
///
/// # Errors
/// When one is: the version is released already.
pub fn check_unreleased(path: &Path, tags: &[String], version: Version) -> Result<(), CommandError> {
    let Ok(repository) = git2::Repository::open(path) else { return Ok(()) };
    match tags.iter().find(|tag| repository.find_reference(&format!("refs/tags/{tag}")).is_ok()) {
        None => Ok(()),
        Some(tag) => Err(CommandError::usage(
            format!("{version} is released already: {} has the tag {tag}", path.display()),
            format!(
                "is the version right? where the release is under way and its record was lost, \
                 `quorate start {version} --again` begins the record anew, and what is done is found done"
            ),
        )),
    }
}

/// Whether the clone knows the branch of the series that a bugfix release is cut from.
///
/// # Errors
/// When it does not.
pub fn check_series(path: &Path, product: &Product, series_branch: &str, version: Version) -> Result<(), CommandError> {
    let Ok(repository) = git2::Repository::open(path) else { return Ok(()) };
    if version.kind() != ReleaseKind::Bugfix {
        return Ok(());
    }
    let remote = &product.git.remote;
    let names = [format!("refs/remotes/{remote}/{series_branch}"), format!("refs/heads/{series_branch}")];
    if names.iter().any(|name| repository.find_reference(name).is_ok()) {
        return Ok(());
    }
    Err(CommandError::usage(
        format!(
            "{version} is a bugfix release of the series {}, and {} has no branch `{series_branch}` of `{remote}` to cut it from",
            version.series(),
            path.display()
        ),
        format!(
            "`git fetch {remote}` where it only was not fetched; a new series begins with {}.{}.0",
            version.major, version.minor
        ),
    ))
}

/// The version that the tree says, where the rule has it stand.
pub(super) fn version_of(
    repository: &git2::Repository,
    tree: &git2::Tree<'_>,
    rule: &EditRule,
) -> Result<String, String> {
    let glob = globset::Glob::new(rule.files()).map_err(|error| error.to_string())?.compile_matcher();
    let mut files: Tree = BTreeMap::new();
    tree.walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
        let path = format!("{parent}{}", entry.name().unwrap_or_default());
        if glob.is_match(&path)
            && let Ok(blob) = repository.find_blob(entry.id())
        {
            files.insert(path, blob.content().to_vec());
        }
        git2::TreeWalkResult::Ok
    })
    .map_err(|error| error.message().to_owned())?;
    authority(rule, &files).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Assets, parse_product};

    /// A repository on `main` with these files.
    fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let mut options = git2::RepositoryInitOptions::new();
        let git = git2::Repository::init_opts(directory.path(), options.initial_head("main")).unwrap();
        let mut tree = git.treebuilder(None).unwrap();
        for (name, text) in files {
            tree.insert(name, git.blob(text.as_bytes()).unwrap(), 0o100_644).unwrap();
        }
        let tree = git.find_tree(tree.write().unwrap()).unwrap();
        let ann = git2::Signature::new("Ann Example", "ann@example.org", &git2::Time::new(0, 0)).unwrap();
        git.commit(Some("refs/heads/main"), &ann, &ann, "one", &tree, &[]).unwrap();
        directory
    }

    #[test]
    fn a_repository_without_a_pom_at_its_root_has_no_maven() {
        let file = "release-config/sample.toml";
        let mut product = parse_product(file, &Assets::default().text(file).unwrap()).unwrap();
        product.versions.authority = EditRule::Text {
            files: "VERSION".into(),
            find: "version: @OLD@".into(),
            replace: "version: @NEW@".into(),
            may_miss: None,
        };
        let version = ("VERSION", "version: 1.2-dev\n");
        let check = |files: &[_], product: &Product| {
            check_repository(repository(files).path(), product, Branch::Anywhere).map_err(|error| error.what)
        };
        let said = check(&[version], &product).unwrap_err();
        assert!(
            said.contains("`main` has no pom.xml at its root, and the configuration of `sample` has [maven]"),
            "{said}"
        );
        assert_eq!(check(&[version, ("pom.xml", "<project/>")], &product), Ok(()));
        product.maven = None;
        assert_eq!(check(&[version], &product), Ok(()));
    }
}
