// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which product a clone is of, where nobody names one.

use std::path::Path;

use git2::ErrorCode;
use toml::Table;

use super::CommandError;
use super::release_files::known;
use crate::config::Assets;
use crate::services::address::{same_repository, without_login};

/// The product whose official repository (`git.url`) is a remote of the clone at
/// `repository`.
///
/// # Errors
/// When there is no clone, or it is of none or of several of the products.
pub fn product_of_clone(assets: &Assets, repository: &Path) -> Result<String, CommandError> {
    if let Some(fault) = unusable(repository) {
        return Err(fault);
    }
    let remotes = remotes_of(repository);
    let fits = |id: &String| {
        official(assets, id).is_some_and(|url| remotes.iter().any(|remote| same_repository(remote, &url)))
    };
    let products = known(assets, "release-config");
    let found: Vec<&String> = products.iter().filter(|id| fits(id)).collect();
    if let [product] = found[..] {
        return Ok(product.clone());
    }
    let shown = repository.display();
    let shown_remotes: Vec<String> = remotes.iter().map(|url| without_login(url)).collect();
    let what = match (remotes.is_empty(), found.is_empty()) {
        (true, _) => format!("which product is meant? {shown} is no clone with a remote that would tell"),
        (_, true) => format!("which product is meant? No product has its repository at {}", shown_remotes.join(" or ")),
        _ => format!("which product is meant? {shown} is a clone of several: {}", listed(&found)),
    };
    let all: Vec<&String> = products.iter().collect();
    Err(CommandError::usage(what, format!("name it by --product: {}; or give the command in its clone", listed(&all))))
}

/// The product that was named, else the one whose repository the directory is a clone of
/// in which the command was given.
///
/// # Errors
/// When none was named and there is no telling.
pub fn product_meant(assets: &Assets, named: Option<&str>) -> Result<String, CommandError> {
    match named {
        Some(product) => Ok(product.to_owned()),
        None => product_of_clone(assets, Path::new(".")),
    }
}

/// Why no clone can be read there, where that is not because there is none.
fn unusable(repository: &Path) -> Option<CommandError> {
    let shown = repository.display();
    if !repository.exists() {
        return Some(CommandError::usage(format!("there is no directory {shown}"), "--repo names your clone"));
    }
    let error = git2::Repository::discover(repository).err().filter(|error| error.code() == ErrorCode::Owner)?;
    Some(CommandError::usage(
        format!("the clone at {shown} is somebody else's: {}", error.message()),
        format!("have it be yours; or, where you trust it: git config --global --add safe.directory {shown}"),
    ))
}

fn listed(names: &[&String]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn remotes_of(repository: &Path) -> Vec<String> {
    let Ok(clone) = git2::Repository::discover(repository) else { return Vec::new() };
    let names = clone.remotes().ok();
    let names = names.iter().flat_map(|names| names.iter().flatten().flatten().map(str::to_owned)).collect::<Vec<_>>();
    let url = |name: &String| clone.find_remote(name).ok()?.url().ok().map(str::to_owned);
    names.iter().filter_map(url).collect()
}

/// Where the configuration `id` says that its official repository is; one that cannot
/// be read says nothing here.
fn official(assets: &Assets, id: &str) -> Option<String> {
    let text = assets.text(&format!("release-config/{id}.toml")).ok()?;
    let table: Table = text.parse().ok()?;
    Some(table.get("git")?.get("url")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_is_of_the_product_that_is_its_remotes() {
        let place = tempfile::tempdir().unwrap();
        let clone = git2::Repository::init(place.path()).unwrap();
        let assets = Assets::new(None);
        let error = product_of_clone(&assets, place.path()).unwrap_err().to_string();
        assert!(error.contains("no clone with a remote"), "{error}");
        clone.remote("mine", "https://ann:s3cret@github.com/ann/flink-statefun.git").unwrap();
        let error = product_of_clone(&assets, place.path()).unwrap_err().to_string();
        assert!(error.contains("No product has its repository at github.com/ann/flink-statefun"), "{error}");
        clone.remote("upstream", "git@github.com:apache/flink-statefun.git").unwrap();
        assert_eq!(product_of_clone(&assets, place.path()).unwrap(), "flink-statefun");
    }
}
