// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the npm registry has this version of the package, with exactly the archive
//! that was voted on, or that was built from the commit that was.
//!
//! `latest` is given to it unless a higher version has it: a fix for an older series gets
//! a tag of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{VotedFiles, not_shown_yet};
use crate::actions::failures::{settle_web, web_failed};
use crate::actions::{Services, StandIn, shell};
use crate::engine::{Action, ActionError, Context, Finding, Probe, Probed, Problem, Reversal};
use crate::services::{Npm, Package, integrity};
use crate::verify::file_of_archive;

/// The tag that an install follows.
const LATEST: &str = "latest";

/// A version that a registry is to have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NpmPackage {
    /// The package's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Its archive, by name.
    pub file: String,
    /// Where its bytes are.
    pub voted: VotedFiles,
    /// The tag that a fix of an older series gets: `release-3.3`.
    pub older_tag: String,
    /// Those files of a rehearsal that only stand in for real ones.
    #[serde(default)]
    pub stand_ins: Vec<StandIn>,
}

/// Publishes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PublishNpm(NpmPackage);

/// What the registry has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NpmPublished {
    /// The package's name.
    pub name: String,
    /// The digest of its archive.
    pub integrity: String,
    /// Where its archive is.
    pub tarball: String,
}

type Cx<'a> = Context<'a, Services>;

/// What is wrong with a version that is to be published: npm takes `MAJOR.MINOR.PATCH`,
/// and a snapshot is no release.
pub fn npm_version_fault(version: &str) -> Option<String> {
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let core = version.split(['-', '+']).next().unwrap_or_default();
    if core.split('.').count() != 3 || !core.split('.').all(is_number) {
        return Some(format!("`{version}` is no version for npm, which wants MAJOR.MINOR.PATCH"));
    }
    version
        .to_uppercase()
        .contains("SNAPSHOT")
        .then(|| format!("`{version}` is a snapshot, and no snapshot is published"))
}

/// What in a package.json keeps it from being published as this version.
pub(crate) fn manifest_faults(manifest: &Map<String, Value>, name: &str, version: &str) -> Vec<String> {
    let text = |field: &str| manifest.get(field).and_then(Value::as_str).unwrap_or("nothing").to_owned();
    let mut faults: Vec<String> = npm_version_fault(&text("version")).into_iter().collect();
    if text("name") != name {
        faults.push(format!("its name is {}, expected {name}", text("name")));
    }
    if text("version") != version {
        faults.push(format!("its version is {}, expected {version}", text("version")));
    }
    if manifest.get("private").is_some_and(|private| *private == json!(true)) {
        faults.push("it is private: npm publishes no such package".to_owned());
    }
    faults
}

impl NpmPackage {
    /// The package.json in the archive.
    fn manifest(&self, cx: &Cx<'_>) -> Result<Map<String, Value>, ActionError> {
        if self.stand_ins.iter().any(|stand_in| stand_in.name == self.file) {
            let manifest = json!({"name": self.name, "version": self.version, "description": "A stand-in"});
            return Ok(manifest.as_object().cloned().unwrap_or_default());
        }
        let refused = |what: String| ActionError::refused(what, "npm takes no such archive: it has to be made anew");
        let path = self.voted.path(cx, &self.file)?;
        let wanted = |entry: &str| entry == "package/package.json";
        let bytes =
            file_of_archive(&path, "package/package.json", &wanted).map_err(|error| refused(error.to_string()))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| refused(format!("the package.json of {} is no JSON object: {error}", self.file)))
    }

    fn published(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let Some(found) = registry(cx.world)?.published(&self.name, &self.version).map_err(web_failed)? else {
            return Ok(Probed::Absent);
        };
        let expected = integrity(&self.voted.bytes(cx, &self.file)?);
        // a registry may name several digests
        if found.integrity.split_whitespace().any(|digest| digest == expected) {
            let published = NpmPublished { name: self.name.clone(), integrity: expected, tarball: found.tarball };
            return Ok(Probed::Done(json!(published)));
        }
        Ok(Probed::Conflict {
            found: format!("{} {} in the registry with the digest {}", self.name, self.version, found.integrity),
            expected: format!("{} with {expected}", self.file),
        })
    }

    /// The tag to publish under.
    fn tag(&self, npm: &Npm) -> Result<String, ActionError> {
        let tags = npm.tags(&self.name).map_err(web_failed)?;
        let newer = tags.get(LATEST).is_some_and(|latest| order(latest) > order(&self.version));
        Ok(if newer { self.older_tag.clone() } else { LATEST.to_owned() })
    }
}

/// A version's numbers, for comparing; what is none comes first.
fn order(version: &str) -> Vec<u64> {
    version.split(['-', '+']).next().unwrap_or_default().split('.').filter_map(|part| part.parse().ok()).collect()
}

fn registry(world: &Services) -> Result<&Npm, ActionError> {
    world.npm.as_ref().ok_or_else(|| {
        ActionError::misconfigured("no npm registry is set up", "name it in the product's configuration, under [npm]")
    })
}

impl Action<Services> for PublishNpm {
    fn summary(&self) -> String {
        let NpmPackage { name, version, file, .. } = &self.0;
        format!("Publishes {name} {version} to the npm registry: {file}")
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(npm) = &world.npm else { return Vec::new() };
        let path = world.workspace.path(&self.0.voted.directory).join(&self.0.file).display().to_string();
        let registry = format!("{}/", npm.base());
        vec![
            shell::command(&["npm", "publish", "--dry-run", &path]),
            shell::command(&["npm", "login", "--registry", &registry]),
            shell::command(&["npm", "publish", "--access", "public", "--registry", &registry, &path]),
        ]
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let npm = registry(cx.world)?;
        let mut problems = Vec::new();
        if !npm.logs_in() {
            problems.push(Problem::new(
                format!("there is no token for the npm registry {}", npm.base()),
                "make an access token there that may publish this package, and give it by QUORATE_NPM_TOKEN; or publish the archive by hand, and run this again: it looks first what is there",
            ));
        }
        let faults = manifest_faults(&self.0.manifest(cx)?, &self.0.name, &self.0.version);
        let fault = |what: String| {
            Problem::new(
                format!("{}: {what}", self.0.file),
                "mend package.json in the tree, and make another candidate",
            )
        };
        problems.extend(faults.into_iter().map(fault));
        Ok(problems)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        self.0.published(cx)
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let npm = registry(cx.world)?;
        if let Some(problem) = self.problems(cx)?.into_iter().next() {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        let manifest = self.0.manifest(cx)?;
        let tarball = self.0.voted.bytes(cx, &self.0.file)?;
        let tag = self.0.tag(npm)?;
        let (name, version) = (&self.0.name, &self.0.version);
        let published = npm.publish(&Package { name, version, manifest: &manifest, tarball: &tarball, tag: &tag });
        let outputs = settle_web(published, || self.0.published(cx))?;
        // a registry may show a version a little later than it took it
        match npm.comes_about(|| Ok::<_, ActionError>(matches!(self.0.published(cx)?, Probed::Done(_))))? {
            true => Ok(outputs),
            false => Err(not_shown_yet("the npm registry", &format!("{name} {version}"))),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a version is published once; what is unpublished leaves its number used".to_owned())
    }
}

impl Probe<Services> for NpmPackage {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let Self { name, version, .. } = self;
        Ok(match self.published(cx)? {
            Probed::Done(_) => {
                let tags = registry(cx.world)?.tags(name).map_err(web_failed)?;
                let latest = tags.get(LATEST).map_or("nothing", String::as_str);
                match order(latest) >= order(version) {
                    true => Finding::Holds(format!(
                        "the registry has {name} {version}, byte for byte; {LATEST} is {latest}"
                    )),
                    false => Finding::Fails(vec![format!(
                        "{LATEST} of {name} is {latest}: `npm dist-tag add {name}@{version} {LATEST}` moves it"
                    )]),
                }
            }
            Probed::Conflict { found, expected } => Finding::Fails(vec![format!("found {found}, expected {expected}")]),
            _ => Finding::Fails(vec![format!("the registry does not have {name} {version}")]),
        })
    }
}

#[cfg(test)]
mod version_tests {
    use super::*;

    #[test]
    fn what_npm_would_refuse_is_refused_before() {
        for version in ["1.2.0", "3.4.0", "1.2.0-rc.1"] {
            assert_eq!(npm_version_fault(version), None, "{version}");
        }
        for version in ["3.4-SNAPSHOT", "3.4.0-SNAPSHOT", "3.4", "v3.4.0", "3.04.0", "", "nothing", "3.4.0.1"] {
            assert!(npm_version_fault(version).is_some(), "{version}");
        }
        let manifest = json!({"name": "a", "version": "1.2.0-SNAPSHOT", "private": true});
        assert_eq!(manifest_faults(manifest.as_object().unwrap(), "b", "1.2.0").len(), 4);
    }
}
