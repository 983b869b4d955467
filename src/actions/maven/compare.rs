// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a staging repository holds against what the poms say that it must, and against the
//! release before it at Maven Central.

use std::collections::BTreeSet;

use super::inventory::is_metadata;
use super::no_modules;
use crate::actions::failures::web_failed;
use crate::config::Maven;
use crate::engine::ActionError;
use crate::release::{MavenModule, Version};
use crate::services::Central;

/// What is wrong, and what is worth a look.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What must not be voted on.
    pub faults: Vec<String>,
    /// How many artifacts there are, without signatures and checksums.
    pub artifacts: usize,
    /// The release that it was compared with.
    pub with: Option<String>,
    /// What that one had not.
    pub new: Vec<String>,
    /// What only that one had.
    pub gone: Vec<String>,
}

const COMPANIONS: [&str; 5] = [".asc", ".md5", ".sha1", ".sha256", ".sha512"];

fn is_companion(path: &str) -> bool {
    COMPANIONS.iter().any(|ending| path.ends_with(ending))
}

/// Holds the staged `paths` against the modules of the tag.
pub(super) fn with_poms(paths: &[String], modules: &[MavenModule], maven: &Maven) -> Result<Compared, ActionError> {
    let all: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut compared = Compared::default();
    for module in modules {
        let wanted = module.endings(&maven.artifacts).map_err(no_modules)?;
        let missing: Vec<String> =
            wanted.into_iter().filter(|ending| !all.contains(module.path(ending).as_str())).collect();
        if !missing.is_empty() {
            compared.faults.push(format!("{}: there is no {}", module.artifact, missing.join(", no ")));
        }
    }
    for path in all.iter().filter(|path| !is_metadata(path) && !is_companion(path)) {
        compared.artifacts += 1;
        let owner = modules.iter().any(|module| module.ending(path).is_some());
        if path.contains("-SNAPSHOT") {
            compared.faults.push(format!("{path} is a snapshot"));
        } else if !owner {
            compared.faults.push(format!("{path} belongs to no module of the tag"));
        }
        if !all.contains(format!("{path}.asc").as_str()) {
            compared.faults.push(format!("{path} is not signed"));
        }
    }
    Ok(compared)
}

/// Holds the same against the release before it; `before` are the modules of that one's
/// tag, where the clone has it.
pub(super) fn with_central(
    compared: &mut Compared,
    paths: &[String],
    modules: &[MavenModule],
    central: &Central,
) -> Result<(), ActionError> {
    for module in modules {
        let versions = central.versions(&module.group, &module.artifact).map_err(web_failed)?;
        let Some(earlier) = before(&versions, &module.version) else {
            compared.new.push(format!("{} as a whole", module.artifact));
            continue;
        };
        let names = central.files(&module.group, &module.artifact, earlier).map_err(web_failed)?;
        let was = MavenModule { version: earlier.to_owned(), ..module.clone() };
        let prefix = was.directory();
        let then: BTreeSet<String> = names
            .iter()
            .filter(|name| !is_companion(name))
            .filter_map(|name| was.ending(&format!("{prefix}/{name}")).map(str::to_owned))
            .collect();
        let artifacts = paths.iter().filter(|path| !is_companion(path));
        let now: BTreeSet<String> = artifacts.filter_map(|path| module.ending(path).map(str::to_owned)).collect();
        compared.new.extend(now.difference(&then).map(|ending| format!("{}{ending}", module.artifact)));
        compared.gone.extend(then.difference(&now).map(|ending| format!("{}{ending}", module.artifact)));
        compared.with = compared.with.take().max(Some(earlier.to_owned()));
    }
    Ok(())
}

/// The highest of `versions` below `version`; by their order where they are not plain numbers.
pub(super) fn before<'a>(versions: &'a [String], version: &str) -> Option<&'a str> {
    let (number, suffix) = version.split_at(version.find('-').unwrap_or(version.len()));
    let Ok(this) = number.parse::<Version>() else {
        return versions.iter().rev().find(|known| *known != version).map(String::as_str);
    };
    let below = |suffix: &str| {
        let known = |known: &'a String| Some((known.strip_suffix(suffix)?.parse::<Version>().ok()?, known));
        let known = versions.iter().filter_map(known).filter(|(known, _)| *known < this);
        known.max().map(|(_, known)| known.as_str())
    };
    // a flavour that is new is held against another one of the release before
    let other = |known: &&String| {
        known.split('-').next().and_then(|known| known.parse().ok()).is_some_and(|known: Version| known < this)
    };
    below(suffix).or_else(|| versions.iter().rev().find(other).filter(|_| !suffix.is_empty()).map(String::as_str))
}

/// The modules of the release before that this one has not.
pub(super) fn left_out(before: &[MavenModule], modules: &[MavenModule]) -> Vec<String> {
    let there =
        |old: &&MavenModule| modules.iter().any(|module| module.group == old.group && module.artifact == old.artifact);
    before.iter().filter(|old| !there(old)).map(|old| format!("{} as a whole", old.artifact)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_before_is_the_highest_below() {
        let versions = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let plain = versions(&["1.9.0", "1.10.0", "1.10.1", "2.0.0", "1.11.0-beta"]);
        assert_eq!(before(&plain, "1.11.0"), Some("1.10.1"));
        assert_eq!(before(&plain, "1.9.0"), None);
        let for_series = versions(&["3.0.0-1.17", "3.0.1-1.17", "3.1.0-1.18"]);
        assert_eq!(before(&for_series, "3.1.0-1.18"), Some("3.0.1-1.17"));
        let both = versions(&["3.0.0-1.17", "3.0.1-1.17", "3.0.1-1.18", "3.1.0-1.17"]);
        assert_eq!(before(&both, "3.1.0-1.18"), Some("3.0.1-1.18"), "of the same flavour");
        assert_eq!(before(&both, "3.1.0-1.19"), Some("3.0.1-1.18"), "of another, and not of the same release");
        assert_eq!(before(&[], "1.0.0"), None);
    }
}
