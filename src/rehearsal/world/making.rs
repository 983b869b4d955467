// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The parts of a world as they are before the release begins.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use toml::{Table, Value};

use super::copying::copy_repository;
use super::{MANAGER, REGISTRY, ROSTER, ROSTER_FILE, Source, WORLD_FILE, Wish, World, short_home};
use crate::config::release_path;
use crate::rehearsal::command::{Failed, run};
use crate::rehearsal::real_servers::{Present, RealServer};
use crate::rehearsal::stand_ins::nexus::{NEXUS_ACCOUNT, set_profile};
use crate::rehearsal::{free_ports, made_tracker, made_tree, sample_project, sites};
use crate::release::{Sha512, Version};
use crate::services::OpenPgp;

impl World {
    /// Makes a world in `directory`, which is empty or what an interrupted
    /// making left.
    ///
    /// # Errors
    /// When a program or file fails.
    pub fn make(directory: &Path, wish: &Wish<'_>, ports: [u16; 3], now: Timestamp) -> Result<Self, Failed> {
        let configuration: Table = toml::from_str(wish.configuration)
            .map_err(|error| Failed::new("read the product's configuration", &error.to_string()))?;
        for part in ["remote.git", "clone", "sample", "svn", "gnupg", "mail", "state", "stand-ins", "servers"] {
            let _ = fs::remove_dir_all(directory.join(part));
        }
        let main = text_of(&configuration, "git", "main");
        make_remote(directory, wish, &configuration, &main)?;
        make_subversion(directory, &configuration, wish.version)?;
        let home = short_home(directory)?;
        let key = OpenPgp::generate(&home, MANAGER.0, MANAGER.1, "rsa4096")
            .map_err(|error| Failed::new("make an OpenPGP key", &error.to_string()))?;
        make_clone(directory, &configuration, &key)?;
        make_registry(directory, &configuration, wish.registry)?;
        make_maven_settings(directory, &configuration)?;
        make_staging_profile(directory, &configuration)?;
        let before = earlier_versions(wish.version);
        sites::make(
            directory,
            &configuration,
            wish.version,
            before.first().copied().unwrap_or(Version { major: 0, minor: 0, patch: 1 }),
        )?;
        made_tracker::create(&directory.join("stand-ins"), wish.configuration, wish.version, &before)?;
        write(&directory.join(ROSTER_FILE), ROSTER.as_bytes())?;
        let servers = match wish.stand_ins_alone {
            true => Present::default(),
            false => RealServer::present(&configuration, directory, || free_ports().ok().map(|[port]| port)),
        };
        let world = Self {
            format: 1,
            directory: directory.to_owned(),
            product: wish.product.to_owned(),
            version: wish.version.to_string(),
            fail_first_candidate: wish.fail_first_candidate,
            source: match wish.source {
                Source::Repository(path) => Some(path.to_owned()),
                Source::Sample | Source::MadeUp(_) => None,
            },
            made_up: matches!(wish.source, Source::MadeUp(_)),
            key,
            smtp_port: ports[0],
            smtp_password: "rehearsal".into(),
            archive_port: ports[1],
            stand_ins_port: ports[2],
            real_servers: servers.used,
            left_out: servers.left_out,
            made: now,
        };
        let text = serde_json::to_string_pretty(&world).expect("plain data");
        write(&directory.join(WORLD_FILE), text.as_bytes())?;
        Ok(world)
    }
}

fn make_remote(directory: &Path, wish: &Wish<'_>, configuration: &Table, main: &str) -> Result<(), Failed> {
    let sample = directory.join("sample");
    let source = match wish.source {
        Source::Repository(source) => source.to_owned(),
        Source::Sample => sample_project::create(&sample, wish.version).map(|()| sample)?,
        Source::MadeUp(product) => made_tree::create(&sample, product, wish.version).map(|()| sample)?,
    };
    copy_repository(directory, &source, &text_of(configuration, "git", "remote"), main)
}

fn make_clone(directory: &Path, configuration: &Table, key: &str) -> Result<(), Failed> {
    let main = text_of(configuration, "git", "main");
    run(directory, "git", &["clone", "--quiet", "--branch", &main, "remote.git", "clone"], &[])?;
    let clone = directory.join("clone");
    for (name, value) in [("user.name", MANAGER.0), ("user.email", MANAGER.1), ("user.signingkey", key)] {
        run(&clone, "git", &["config", name, value], &[])?;
    }
    Ok(())
}

/// A registry of the project's proposals with a remote of its own, where the configuration names one:
/// a copy of `source`, which is not written to; without one a registry in which nothing is yet.
fn make_registry(directory: &Path, configuration: &Table, source: Option<&Path>) -> Result<(), Failed> {
    for part in [REGISTRY, "proposals.git"] {
        let _ = fs::remove_dir_all(directory.join(part));
    }
    if text_of(configuration, "proposals", "registry").is_empty() {
        return Ok(());
    }
    let source = source.map(|source| source.display().to_string());
    match &source {
        Some(source) => run(directory, "git", &["clone", "--quiet", "--bare", "--", source, "proposals.git"], &[])?,
        None => run(directory, "git", &["init", "--quiet", "--bare", "--initial-branch=main", "proposals.git"], &[])?,
    };
    run(directory, "git", &["clone", "--quiet", "proposals.git", REGISTRY], &[])?;
    let registry = directory.join(REGISTRY);
    for (name, value) in [("user.name", MANAGER.0), ("user.email", MANAGER.1)] {
        run(&registry, "git", &["config", name, value], &[])?;
    }
    if source.is_none() {
        let settings = format!("format = 1\nscheme = {:?}\n", text_of(configuration, "proposals", "scheme"));
        write(&registry.join("registry.toml"), settings.as_bytes())?;
        run(&registry, "git", &["checkout", "--quiet", "-B", "main"], &[])?;
        run(&registry, "git", &["add", "registry.toml"], &[])?;
        run(&registry, "git", &["commit", "--quiet", "--message", "A registry of proposals"], &[])?;
        run(&registry, "git", &["push", "--quiet", "--set-upstream", "origin", "main"], &[])?;
    }
    Ok(())
}

/// A distribution repository with KEYS and with earlier releases in it.
fn make_subversion(directory: &Path, configuration: &Table, version: Version) -> Result<(), Failed> {
    run(directory, "svnadmin", &["create", "svn"], &[])?;
    let project = configuration.get("project").and_then(Value::as_str).unwrap_or_default();
    let name = configuration.get("project_name").and_then(Value::as_str).unwrap_or_default();
    let prefix = text_of(configuration, "svn", "release_prefix");
    let tree = directory.join("svn-import");
    let _ = fs::remove_dir_all(&tree);
    let release = tree.join("dist/release").join(place_of_releases(configuration));
    for place in [&tree.join("dist/dev").join(project), &tree.join("dist/release").join(project), &release] {
        make_directory(place)?;
    }
    let keys = format!("This file has the OpenPGP keys of {name}'s release managers.\n\n");
    write(&tree.join("dist/release").join(project).join("KEYS"), keys.as_bytes())?;
    for earlier in earlier_versions(version) {
        let place = release.join(format!("{prefix}{earlier}"));
        make_directory(&place)?;
        let file = format!("{prefix}{earlier}-src.tgz");
        let bytes = format!("an earlier release, {earlier}\n");
        write(&place.join(&file), bytes.as_bytes())?;
        let sum = format!("{}  {file}\n", Sha512::of(bytes.as_bytes()));
        write(&place.join(format!("{file}.sha512")), sum.as_bytes())?;
    }
    let url = file_url(&directory.join("svn"))?;
    run(
        directory,
        "svn",
        &["import", "--quiet", "--no-ignore", "--message", "What was there before", "svn-import", &url],
        &[],
    )?;
    fs::remove_dir_all(&tree).map_err(|error| Failed::new("clear up", &error.to_string()))
}

/// Where a product's releases are below the release repository: its project's directory, or
/// one of its own there.
pub(super) fn place_of_releases(configuration: &Table) -> String {
    let project = configuration.get("project").and_then(Value::as_str).unwrap_or_default();
    let configured = text_of(configuration, "svn", "release");
    // only what is its project's: a world has nothing else
    let below = release_path(&configured).filter(|below| below.split('/').next() == Some(project));
    below.unwrap_or(project).to_owned()
}

/// Releases that a project of this version would still have.
fn earlier_versions(version: Version) -> Vec<Version> {
    let mut earlier: Vec<Version> = (1..=3)
        .filter_map(|back| Some(Version { minor: version.minor.checked_sub(back)?, patch: 0, ..version }))
        .collect();
    if let (0, 0, Some(major)) = (version.minor, version.patch, version.major.checked_sub(1)) {
        earlier.extend([1, 0].map(|minor| Version { major, minor, patch: 0 }));
    }
    earlier.extend((0..version.patch).rev().take(1).map(|patch| Version { patch, ..version }));
    if version.patch > 0 {
        earlier.retain(|known| known.minor < version.minor || known.patch + 1 == version.patch);
    }
    earlier
}

/// The stand-in for Nexus has the product's staging profile.
fn make_staging_profile(directory: &Path, configuration: &Table) -> Result<(), Failed> {
    let profile = text_of(configuration, "maven", "profile");
    let made = if profile.is_empty() { Ok(()) } else { set_profile(&directory.join("stand-ins/nexus"), &profile) };
    made.map_err(|error| Failed::new("prepare the stand-in for Nexus", &error.to_string()))
}

fn make_maven_settings(directory: &Path, configuration: &Table) -> Result<(), Failed> {
    let ids = configuration.get("maven").and_then(|maven| maven.get("server_ids")).and_then(Value::as_array);
    let servers: String = ids
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|id| {
            format!(
                "    <server><id>{id}</id><username>{}</username><password>{}</password></server>\n",
                NEXUS_ACCOUNT.0, NEXUS_ACCOUNT.1
            )
        })
        .collect();
    let text = format!("<settings>\n  <servers>\n{servers}  </servers>\n</settings>\n");
    make_directory(&directory.join("home/.m2"))?;
    write(&directory.join("home/.m2/settings.xml"), text.as_bytes())
}

/// The address of a directory on this machine, with what an address cannot hold encoded.
pub(super) fn file_url(path: &Path) -> Result<String, Failed> {
    let url = reqwest::Url::from_directory_path(path)
        .map_err(|()| Failed::new("make an address", &format!("{} is no absolute path", path.display())))?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn text_of(table: &Table, section: &str, key: &str) -> String {
    table.get(section).and_then(|section| section.get(key)).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn make_directory(path: &Path) -> Result<(), Failed> {
    fs::create_dir_all(path).map_err(|error| Failed::new(&format!("make {}", path.display()), &error.to_string()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    fs::write(path, bytes).map_err(|error| Failed::new(&format!("write {}", path.display()), &error.to_string()))
}
