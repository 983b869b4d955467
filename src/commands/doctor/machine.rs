// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! This machine: Maven's settings, the place for records, and what the builds
//! need.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::ask::{Part, ask};
use super::item::{Item, Name};
use super::subject::Subject;
use crate::commands::error::chain;
use crate::config::Build;
use crate::engine::{ActionError, Finding};
use crate::probes::MavenSettings;
use crate::services::missing_programs;

/// What a release's artifacts, exported trees and builds take at least.
const LEAST_FREE_MEGABYTES: u64 = 500;

/// Maven's settings have the servers that are deployed to.
pub fn examine_maven(subject: &Subject) -> Part {
    let item = Name::new("maven-settings", "Maven has your token for the staging repository");
    let Some(maven) = &subject.product.maven else {
        return Part::Found(vec![item.skipped("the product stages nothing by Maven")]);
    };
    let Some(home) = subject.accounts.home.clone() else {
        return Part::Found(vec![item.unknown("HOME is not set", "set it: Maven's settings are in its .m2")]);
    };
    let next = format!(
        "make a user token at {} (profile, User Token), and have its two halves as username and password of the \
         servers {} in ~/.m2/settings.xml",
        maven.nexus,
        maven.server_ids.join(" and "),
    );
    let look = MavenSettings::new(maven.server_ids.clone(), home).look();
    Part::Found(vec![judge_maven(&item, look, &next)])
}

fn judge_maven(item: &Name, look: Result<Finding, ActionError>, next: &str) -> Item {
    match look {
        Ok(Finding::Holds(evidence)) => item.ok(evidence),
        Ok(Finding::Fails(faults)) => item.failed(faults.join("; "), next),
        Err(error) => item.unknown(chain(&error), error.hint().unwrap_or_default()),
    }
}

/// The state directory, and the room that is left there.
pub fn examine_state(subject: &Subject) -> Part {
    let state = &subject.state;
    let there = state.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let mode = fs::metadata(state).map(|data| data.permissions().mode()).ok();
    let written = tempfile::Builder::new().prefix(".doctor-").tempfile_in(there).map(|_| ());
    let free = rustix::fs::statvfs(there).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    Part::Found(vec![judge_directory(state, mode, written), judge_space(there, free.map_err(io::Error::from))])
}

/// `mode` is `None` where the directory is yet to be made.
fn judge_directory(state: &Path, mode: Option<u32>, written: io::Result<()>) -> Item {
    let item = Name::new("state-directory", "Releases can be recorded");
    let place = state.display();
    match (written, mode) {
        (Err(error), _) => item.failed(
            format!("{place} cannot be written: {error}"),
            "make it yours and writable, or name another by --state or QUORATE_STATE",
        ),
        (Ok(()), None) => item.ok(format!("{place}, which the first release makes")),
        (Ok(()), Some(mode)) if mode & 0o022 != 0 => item.warning(
            format!("{place} can be written by others (mode {:03o})", mode & 0o777),
            format!("chmod go-w {place}: what is recorded there decides what is published"),
        ),
        (Ok(()), Some(_)) => item.ok(place.to_string()),
    }
}

fn judge_space(place: &Path, free: io::Result<u64>) -> Item {
    let item = Name::new("disk-space", format!("At least {LEAST_FREE_MEGABYTES} MB are free"));
    let place = place.display();
    match free.map(|bytes| bytes / 1_000_000) {
        Ok(free) if free > LEAST_FREE_MEGABYTES => item.ok(format!("{free} MB at {place}")),
        Ok(free) => {
            item.failed(format!("{free} MB at {place}"), "make room, or name a place on another disk by QUORATE_STATE")
        }
        Err(error) => item.unknown(format!("the disk of {place} cannot be asked: {error}"), format!("df {place}")),
    }
}

/// What each build needs can be used here.
pub fn ask_builds(subject: &Subject) -> Vec<Part> {
    let product = &subject.product;
    let builds = product.build.iter().chain([&product.trial_build]);
    builds.map(ask_build).collect()
}

fn ask_build(build: &Build) -> Part {
    let item = Name::new(format!("build-{}", build.id), format!("What is needed for: {}", build.title));
    let requires = build.requires.clone();
    // `docker info` may take its time
    ask(vec![item.clone()], move || vec![judge_build(&item, &requires, &missing_programs(&requires))])
}

fn judge_build(item: &Name, requires: &[String], missing: &[String]) -> Item {
    let list = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (requires, missing) {
        ([], _) => item.ok("nothing"),
        (_, []) => item.ok(list(requires)),
        (_, missing) => item.failed(
            format!("cannot be used here: {}", list(missing)),
            "install it and see that it works, or carry out this step on a machine that has it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;

    #[test]
    fn settings_are_judged_by_their_servers_and_no_secret_is_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("settings.xml");
        let judge = |text: &str| {
            fs::write(&path, text).unwrap();
            let settings = MavenSettings::new(vec!["one".into(), "two".into()], path.clone());
            judge_maven(&Name::new("x", "x"), settings.look(), "make a token")
        };
        let server =
            |id: &str| format!("<server><id>{id}</id><username>t0ken</username><password>s3cret</password></server>");
        let good = judge(&format!("<settings><servers>{}{}</servers></settings>", server("one"), server("two")));
        let half = judge(&format!("<settings><servers>{}</servers></settings>", server("one")));
        let torn = judge(&format!("<settings><servers>{}", server("one")));
        assert_eq!((good.state, half.state, torn.state), (Standing::Ok, Standing::Failed, Standing::Failed));
        assert!(half.found.contains("`two`") && !half.found.contains("`one`"), "{}", half.found);
        for item in [good, half, torn] {
            let shown = format!("{item:?}");
            assert!(!shown.contains("t0ken") && !shown.contains("s3cret"), "{shown}");
        }
        fs::remove_file(&path).unwrap();
        let settings = MavenSettings::new(vec!["one".into()], directory.path().to_owned());
        let missing = judge_maven(&Name::new("x", "x"), settings.look(), "make a token");
        assert_eq!((missing.state, missing.next.as_deref()), (Standing::Failed, Some("make a token")));
    }

    #[test]
    fn a_state_directory_is_ones_own() {
        let judge = |mode, written| judge_directory(Path::new("/s"), mode, written).state;
        assert_eq!(judge(Some(0o40755), Ok(())), Standing::Ok);
        assert_eq!(judge(None, Ok(())), Standing::Ok);
        assert_eq!(judge(Some(0o40775), Ok(())), Standing::Warning);
        assert_eq!(judge(Some(0o41757), Ok(())), Standing::Warning);
        assert_eq!(judge(Some(0o40755), Err(io::ErrorKind::PermissionDenied.into())), Standing::Failed);
    }

    #[test]
    fn too_little_room_fails() {
        let judge = |free| judge_space(Path::new("/s"), free).state;
        assert_eq!(judge(Ok(501_000_000)), Standing::Ok);
        assert_eq!(judge(Ok(500_999_999)), Standing::Failed);
        assert_eq!(judge(Err(io::ErrorKind::NotFound.into())), Standing::Unknown);
    }

    #[test]
    fn what_a_build_lacks_is_named() {
        let (sh, gone) = ("sh".to_owned(), "no-such-program --now".to_owned());
        let judge = |requires: &[String]| judge_build(&Name::new("x", "x"), requires, &missing_programs(requires));
        assert_eq!(judge(std::slice::from_ref(&sh)).state, Standing::Ok);
        let lacking = judge(&[sh, gone]);
        assert_eq!(lacking.state, Standing::Failed);
        assert_eq!(lacking.found, "cannot be used here: `no-such-program --now`");
    }
}
