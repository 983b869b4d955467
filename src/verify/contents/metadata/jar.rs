// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a jar says of itself: its manifest, and the pom that Maven puts into it. A jar
//! that others were put into has their poms too; only its own counts.

use std::collections::BTreeMap;

use super::{METADATA, field, version_is};
use crate::verify::archive::{Faults, printable};
use crate::verify::pom::Pom;

const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// What a jar says of itself.
#[derive(Debug, Default)]
pub struct Jar {
    manifest: Manifest,
    /// By their directories, `META-INF/maven/GROUP/ARTIFACT`.
    poms: BTreeMap<String, Poms>,
}

#[derive(Debug, Default)]
struct Manifest {
    implementation: Option<String>,
    specification: Option<String>,
    bundle: Option<String>,
}

/// The two files of one artifact.
#[derive(Debug, Default)]
struct Poms {
    properties: Option<String>,
    pom: Option<Result<Pom, String>>,
}

impl Jar {
    /// Whether the file at `path` says something of the jar.
    pub fn wants(path: &str) -> bool {
        path == MANIFEST || pom_directory(path).is_some()
    }

    /// Reads such a file.
    pub fn take(&mut self, path: &str, text: &str) {
        if let Some(directory) = pom_directory(path) {
            let poms = self.poms.entry(directory.to_owned()).or_default();
            if path.ends_with(".xml") {
                poms.pom = Some(Pom::parse(text));
            } else {
                poms.properties = Some(field_of_properties(text, "version").unwrap_or_default());
            }
            return;
        }
        let said = |key: &str| field(text, key, ':');
        self.manifest = Manifest {
            implementation: said("Implementation-Version"),
            specification: said("Specification-Version"),
            bundle: said("Bundle-Version"),
        };
    }

    /// Says what does not agree with the version; `name` is the jar's.
    pub fn check(&self, name: &str, wanted: &str, faults: &mut Faults) {
        let mut said = self.manifest.check(wanted, faults);
        let own = self.own(name, wanted);
        for (directory, poms) in &own {
            said += poms.check(directory, wanted, faults);
        }
        if said > 0 {
            faults.settle(METADATA, || format!("the version is {wanted} in each of {said} places"));
        } else if let [(directory, poms)] = &self.poms.iter().collect::<Vec<_>>()[..] {
            let (artifact, version) = (printable(artifact_of(directory)), printable(poms.version()));
            let detail = format!("no pom in it is its own: the only one is of {artifact} {version}");
            faults.warn(METADATA, directory, detail);
        } else {
            faults.skip(METADATA, "neither its manifest nor a pom of its own says a version");
        }
    }

    /// The poms of the artifact that the jar is called after: with the version behind its
    /// name if there is such a one, else the one with the longest name.
    fn own(&self, name: &str, wanted: &str) -> Vec<(&str, &Poms)> {
        let behind = |directory: &str| {
            let rest = name.strip_prefix(artifact_of(directory))?;
            rest.starts_with(['-', '.']).then_some(rest)
        };
        let called: Vec<&String> = self.poms.keys().filter(|directory| behind(directory).is_some()).collect();
        let of_version = |directory: &&&String| {
            let rest = behind(directory).and_then(|rest| rest.strip_prefix('-')?.strip_prefix(wanted));
            rest.is_some_and(|rest| rest.starts_with(['-', '.']))
        };
        let longest = || called.iter().max_by_key(|directory| artifact_of(directory).len());
        let Some(artifact) = called.iter().find(of_version).or_else(longest).map(|directory| artifact_of(directory))
        else {
            return Vec::new();
        };
        let same = self.poms.iter().filter(|(directory, _)| artifact_of(directory) == artifact);
        let same: Vec<(&str, &Poms)> = same.map(|(directory, poms)| (directory.as_str(), poms)).collect();
        // another group may have an artifact of that name among those that were put in
        let right: Vec<(&str, &Poms)> = same.iter().copied().filter(|(_, poms)| poms.version() == wanted).collect();
        if right.is_empty() { same } else { right }
    }
}

impl Manifest {
    /// Says what is another version; gives how many it says.
    fn check(&self, wanted: &str, faults: &mut Faults) -> usize {
        if let Some(version) = &self.implementation {
            version_is(MANIFEST, Some(version), wanted, faults);
        }
        if let Some(version) = self.bundle.as_deref().filter(|version| !same_bundle(version, wanted)) {
            let version = printable(version);
            faults.fail(METADATA, MANIFEST, format!("its bundle's version is {version}, not {wanted}"));
        }
        if let Some(version) = self.specification.as_deref().filter(|version| !begins(wanted, version)) {
            // a specification may have numbers of its own
            let version = printable(version);
            faults.warn(
                METADATA,
                MANIFEST,
                format!("its specification's version is {version}, the release's {wanted}"),
            );
        }
        [self.implementation.is_some(), self.bundle.is_some()].into_iter().filter(|said| *said).count()
    }
}

impl Poms {
    fn version(&self) -> &str {
        let pom = self.pom.as_ref().and_then(|pom| pom.as_ref().ok());
        self.properties.as_deref().or(pom.map(|pom| pom.version.as_str())).unwrap_or_default()
    }

    /// Says what is another version; gives how many they say.
    fn check(&self, directory: &str, wanted: &str, faults: &mut Faults) -> usize {
        let mut said = 0;
        if let Some(version) = &self.properties {
            said += 1;
            version_is(&format!("{directory}/pom.properties"), Some(version), wanted, faults);
        }
        let path = format!("{directory}/pom.xml");
        match &self.pom {
            // what the build fills in stands in the other file
            Some(Ok(pom)) if pom.is_open() => {}
            Some(Ok(pom)) => {
                said += 1;
                version_is(&path, Some(&pom.version), wanted, faults);
            }
            Some(Err(fault)) => faults.fail(METADATA, &path, fault.as_str()),
            None => {}
        }
        said
    }
}

/// The directory of the pom at `path`, where Maven puts it: `META-INF/maven/GROUP/ARTIFACT`.
fn pom_directory(path: &str) -> Option<&str> {
    let (directory, name) = path.rsplit_once('/')?;
    let rest = directory.strip_prefix("META-INF/maven/")?;
    (matches!(name, "pom.properties" | "pom.xml") && rest.matches('/').count() == 1).then_some(directory)
}

fn artifact_of(directory: &str) -> &str {
    directory.rsplit('/').next().unwrap_or(directory)
}

/// A value of a properties file, in which a line may be empty.
fn field_of_properties(text: &str, key: &str) -> Option<String> {
    let value = text.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == key);
    value.map(|(_, value)| value.trim().to_owned())
}

/// OSGi has three numbers and a word behind a third dot: `1.2.0.M1` for `1.2.0-M1`.
fn same_bundle(bundle: &str, wanted: &str) -> bool {
    if bundle == wanted {
        return true;
    }
    let parts = |version: &str| -> Vec<String> { version.split(['.', '-', '_']).map(str::to_owned).collect() };
    let (bundle, mut wanted) = (parts(bundle), parts(wanted));
    let numbers = wanted.iter().take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit())).count();
    for _ in numbers..3 {
        wanted.insert(numbers.min(wanted.len()), "0".to_owned());
    }
    let more = bundle.get(wanted.len()..).unwrap_or_default();
    let snapshot = more.iter().any(|part| part.eq_ignore_ascii_case("snapshot"));
    bundle.starts_with(&wanted) && !snapshot
}

/// Whether `version` is the beginning of `wanted`: `1.2` of `1.2.0`.
fn begins(wanted: &str, version: &str) -> bool {
    wanted.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_bundles_have_a_form_of_their_own() {
        for (bundle, wanted) in
            [("1.2.0", "1.2.0"), ("1.2.0", "1.2"), ("2.6", "2.6"), ("1.2.0.M1", "1.2.0-M1"), ("1.2.0.b7", "1.2.0")]
        {
            assert!(same_bundle(bundle, wanted), "{bundle} {wanted}");
        }
        for (bundle, wanted) in
            [("1.2.1", "1.2.0"), ("1.2.0.SNAPSHOT", "1.2.0"), ("1.2", "1.2.0"), ("1.2.0", "1.2.0-M1")]
        {
            assert!(!same_bundle(bundle, wanted), "{bundle} {wanted}");
        }
    }
}
