// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `build-artifacts`: the workspace holds what a product's builds leave when
//! they are run over the tree of a tag.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::building::{Receipt, Site, missing_for, place_of};
use super::elsewhere::{self, Standing};
use super::failures::{git_failed, outputs_do_not_fit, workspace_failed};
use super::packages::manifest_faults;
use super::shell;
use crate::config::{Build, BuildOutput};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
use crate::release::FileDigest;
use crate::services::{GitError, TreeFile};

/// The artifacts beside the source archive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildArtifacts {
    /// The tag's name.
    tag: String,
    /// What to build.
    builds: Vec<Build>,
    /// Where the outputs go, from the root of the workspace.
    directory: String,
    /// Whether a build whose programs are missing leaves stand-ins.
    #[serde(default)]
    stand_ins: bool,
    /// The npm package in the tree, which must be fit to be published before anything is
    /// built.
    #[serde(default)]
    npm: Option<PackageJson>,
    /// The version that packages which are made elsewhere must say.
    #[serde(default)]
    version: Option<String>,
}

/// A package.json in the tree, and what it must say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageJson {
    directory: String,
    name: String,
    version: String,
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildArtifactsOutput {
    /// The names of the artifacts, in the order of the builds.
    pub files: Vec<String>,
    /// Those that only stand in for the real ones.
    pub stand_ins: Vec<StandIn>,
    /// Each of them bound to its bytes.
    #[serde(default)]
    pub digests: Vec<FileDigest>,
}

/// An artifact that only stands in for the real one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandIn {
    /// The artifact's name.
    pub name: String,
    /// Why the real one could not be built.
    pub why: String,
}

impl Action<Services> for BuildArtifacts {
    fn summary(&self) -> String {
        let titles: Vec<&str> = self.builds.iter().map(|build| build.title.as_str()).collect();
        let taken = self.builds.iter().any(Build::is_made_elsewhere);
        let or = if taken { ", or takes over" } else { "" };
        format!("builds from the tag {}{or}: {}", self.tag, titles.join(", "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let tree = format!("../release-tree-{}", place_of(&self.directory));
        let artifacts = world.workspace.path(&self.directory);
        let mut commands = vec![
            shell::command(&["git", "worktree", "add", "--detach", &tree, &self.tag]),
            format!("mkdir -p {}", shell::path(&artifacts)),
        ];
        for build in &self.builds {
            let from = match build.is_made_elsewhere() {
                false => {
                    commands.push(shell::build(build, &tree));
                    tree.clone()
                }
                true => {
                    let place = shell::path(world.workspace.path(self.arrivals(build)));
                    commands.push(format!("mkdir -p {place}"));
                    commands.push(match build.command.is_empty() {
                        true => format!("# put into it: {}", build.origin()),
                        false => shell::build(&Build { directory: String::new(), ..build.clone() }, &place),
                    });
                    place
                }
            };
            // The shell fills the glob in, so it stays without quotes.
            let copied = build.outputs.iter();
            commands.extend(
                copied.map(|output| format!("cp {from}/{} {}", output.glob, shell::path(artifacts.join(&output.name)))),
            );
        }
        commands.push(shell::command(&["git", "worktree", "remove", "--force", &tree]));
        commands
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let names: Vec<&str> =
            self.builds.iter().flat_map(|build| build.outputs.iter().map(BuildOutput::staged)).collect();
        let digests: Vec<Value> =
            names.iter().map(|name| json!({"name": name, "bytes": 0, "sha512": unknown.digest(name)})).collect();
        let foreseen = [("files", json!(names)), ("stand_ins", json!([])), ("digests", json!(digests))];
        foreseen.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let mut problems = if self.stand_ins { Vec::new() } else { missing_for(&self.builds) };
        if let Err(error) = cx.world.git.peeled_commit(&self.reference()) {
            let what = format!("there is no tag {} in the clone: {error}", self.tag);
            problems.push(Problem::new(what, "make or fetch the tag first"));
            return Ok(problems);
        }
        if let Some(package) = &self.npm {
            problems.extend(self.package_problems(cx, package)?);
        }
        let commit = self.commit(cx)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        for build in self.builds.iter().filter(|build| build.is_made_elsewhere()) {
            let site = self.site(build, &commit);
            if site.receipt(cx, &artifacts)?.is_none() {
                problems.extend(elsewhere::problems(&site, cx)?);
            }
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let commit = self.commit(cx)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let (mut receipts, mut awaited) = (Vec::new(), Vec::new());
        for build in &self.builds {
            let site = self.site(build, &commit);
            if !build.is_made_elsewhere() {
                match site.receipt(cx, &artifacts)? {
                    Some(receipt) => receipts.push(receipt),
                    None => return Ok(Probed::Absent),
                }
                continue;
            }
            match elsewhere::standing(&site, cx, &artifacts)? {
                Standing::Taken(receipt) => receipts.push(*receipt),
                Standing::Absent => return Ok(Probed::Absent),
                Standing::Awaited(why) => awaited.push(why),
                Standing::Others { found, expected } => return Ok(Probed::Conflict { found, expected }),
            }
        }
        Ok(match awaited.is_empty() {
            true => Probed::Done(output(&receipts)?),
            false => Probed::Waiting { until: None, why: awaited.join("; ") },
        })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let commit = self.commit(cx)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let mut receipts = Vec::new();
        for build in &self.builds {
            let site = self.site(build, &commit);
            receipts.extend(match site.receipt(cx, &artifacts)? {
                Some(receipt) => Some(receipt),
                // Nothing but the files themselves can be waited for; what else there is, is built meanwhile.
                None if build.is_made_elsewhere() && !site.is_stood_in() => {
                    elsewhere::take_over(&site, cx, &artifacts)?
                }
                None => Some(site.run(cx, &artifacts)?),
            });
        }
        output(&receipts)
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo("removes the built artifacts from the workspace".to_owned())
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let outputs = BuildArtifactsOutput::deserialize(outputs).map_err(outputs_do_not_fit)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        // Without its receipt other files may take the place of what was taken over.
        self.builds.iter().try_for_each(|build| self.site(build, "").forget(cx))?;
        outputs.files.iter().try_for_each(|name| artifacts.remove(name)).map_err(workspace_failed)
    }
}

impl BuildArtifacts {
    fn reference(&self) -> String {
        format!("refs/tags/{}", self.tag)
    }

    fn commit(&self, cx: &Context<'_, Services>) -> Result<String, ActionError> {
        cx.world.git.peeled_commit(&self.reference()).map(|commit| commit.id).map_err(git_failed)
    }

    /// What keeps the tag's package.json from being published; said before hours of building.
    fn package_problems(&self, cx: &Context<'_, Services>, package: &PackageJson) -> Result<Vec<Problem>, ActionError> {
        let wanted = format!("{}/package.json", package.directory.trim_end_matches('/'));
        let wanted = wanted.trim_start_matches('/').to_owned();
        let mut found = None;
        let visit = |file: TreeFile| {
            found = Some(file.bytes);
            Ok::<(), GitError>(())
        };
        cx.world.git.visit_files(&self.reference(), |path| path == wanted, visit).map_err(git_failed)?;
        let problem = |what: String| {
            Problem::new(
                format!("{wanted} of {}: {what}", self.tag),
                "mend it on the release branch, and in [versions.edits] of the product's configuration, and make another candidate",
            )
        };
        let Some(bytes) = found else { return Ok(vec![problem("it is not there".to_owned())]) };
        let faults = match serde_json::from_slice(&bytes) {
            Ok(manifest) => manifest_faults(&manifest, &package.name, &package.version),
            Err(error) => vec![format!("it is no JSON object: {error}")],
        };
        Ok(faults.into_iter().map(problem).collect())
    }

    fn site<'a>(&'a self, build: &'a Build, commit: &'a str) -> Site<'a> {
        let place = format!("{}-{}", place_of(&self.directory), build.id);
        let (arrivals, version) = (self.arrivals(build), self.version.as_deref());
        Site { build, place, commit, stand_in: self.stand_ins, arrivals, version }
    }

    /// Where a person puts what is made elsewhere: beside the candidate's artifacts.
    fn arrivals(&self, build: &Build) -> String {
        let beside = self.directory.trim_end_matches('/').rsplit_once('/').map(|(beside, _)| format!("{beside}/"));
        format!("{}made-elsewhere/{}", beside.unwrap_or_default(), build.id)
    }
}

fn output(receipts: &[Receipt]) -> Result<Value, ActionError> {
    let mut output = BuildArtifactsOutput { files: Vec::new(), stand_ins: Vec::new(), digests: Vec::new() };
    for receipt in receipts {
        let names = || receipt.files.iter().map(|file| file.name.clone());
        output.files.extend(names());
        output.digests.extend(receipt.files.iter().cloned());
        if let Some(why) = &receipt.stand_in {
            output.stand_ins.extend(names().map(|name| StandIn { name, why: why.clone() }));
        }
    }
    serde_json::to_value(output).map_err(outputs_do_not_fit)
}
