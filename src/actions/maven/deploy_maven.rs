// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards exactly one staging repository holds the modules of the tag, uploaded by the
//! product's own command, which runs in an export of the tag.
//!
//! An upload is no single act: it may end in the middle. Before it begins, the staging
//! repositories that are there already are written down, so that what an interrupted
//! attempt left can be told from what is somebody else's; it is dropped, and the upload
//! begins anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::find::{Found, Wanted, drop_repository, staged};
use super::inventory::no_room;
use super::{Build, Cx, all_modules, builds, modules, nexus, outputs, profile, stand_in};
use crate::actions::failures::{git_failed, outputs_do_not_fit, web_failed, workspace_failed};
use crate::actions::{Services, StandIn, shell};
use crate::config::Maven;
use crate::engine::{Action, ActionError, Probed, Problem, Reversal, Unknowns};
use crate::release::MavenModule;
use crate::services::{BuildRun, ExportError, Nexus, StagingState, missing_programs};

/// Uploads the Maven artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployMaven {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
    /// The version that is released.
    version: String,
    /// The candidate's directory in the workspace.
    directory: String,
    /// Whether the upload is only rehearsed: stand-ins are uploaded in the place of what
    /// Maven makes, and times say nothing.
    #[serde(default)]
    stand_in: bool,
}

/// What was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    /// The id of the staging repository.
    pub repository: String,
    /// How many modules it holds.
    pub modules: usize,
    /// What only stands in for real artifacts.
    pub stand_ins: Vec<StandIn>,
}

/// What is written down before the upload.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    /// The staging repositories that were there.
    repositories: BTreeSet<String>,
}

impl Action<Services> for DeployMaven {
    fn summary(&self) -> String {
        match self.stand_in {
            true => format!("Uploads stand-ins for the Maven artifacts of {} to a staging repository", self.tag),
            false => format!(
                "Builds {} with `{}`, which uploads to a staging repository{}",
                self.tag,
                self.maven.deploy.join(" "),
                self.flavours()
            ),
        }
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        let tree = format!("../maven-{}", self.place());
        let made = shell::command(&["git", "worktree", "add", "--detach", &tree, &self.tag]);
        if self.maven.flavours.is_empty() {
            return vec![made, format!("cd {tree} && {}", shell::command(&self.maven.deploy))];
        }
        let mut commands = vec![made, format!("cd {tree}")];
        for flavour in &self.maven.flavours {
            let version = format!("-DnewVersion={}{}", self.version, flavour.suffix);
            let set = ["mvn", "versions:set", "-DgenerateBackupPoms=false", "-DprocessAllModules=true", &version];
            commands.extend([
                shell::command(&set),
                shell::command(&flavour.command(&self.maven.deploy)),
                "git checkout -- .".to_owned(),
            ]);
        }
        commands
    }

    fn foreseen(&self, _cx: &Cx<'_>, unknown: &mut Unknowns) -> Map<String, Value> {
        Map::from_iter([("repository".to_owned(), json!(unknown.text("repository")))])
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let nexus = nexus(cx)?;
        let modules = modules(cx, &self.reference(), &self.maven)?;
        profile(nexus, &self.maven)?;
        let snapshot = modules.iter().find(|module| module.version.ends_with("-SNAPSHOT"));
        let snapshot = snapshot.map(|module| {
            let what = format!("{} is at {}: a snapshot is not staged", module.pom, module.version);
            Problem::new(what, "set the version in every pom of the candidate, and tag it anew")
        });
        let needs: &[String] = if self.stand_in { &[] } else { self.maven.deploy.get(..1).unwrap_or_default() };
        let missing = missing_programs(needs).into_iter();
        let missing = missing.map(|program| {
            Problem::new(
                format!("the upload needs `{program}`, which is not on the PATH"),
                format!("install `{program}`"),
            )
        });
        Ok(snapshot.into_iter().chain(missing).collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let nexus = nexus(cx)?;
        let modules = modules(cx, &self.reference(), &self.maven)?;
        let found = self.found(cx, nexus, &modules)?;
        let before = self.before(cx)?;
        let ours = |found: &Found| before.as_ref().is_some_and(|before| before.is_new(found));
        let whole = |found: &&Found| found.missing.is_empty() || (cx.intent.acted.is_some() && ours(found));
        let complete: Vec<&Found> = found.iter().filter(whole).collect();
        match (complete.as_slice(), found.len()) {
            (_, 0) => Ok(Probed::Absent),
            ([one], 1) => self.outputs(one, &modules).map(Probed::Done),
            // what an interrupted attempt left
            ([], _) if found.iter().all(|found| ours(found) && found.repository.state == StagingState::Open) => {
                Ok(Probed::Absent)
            }
            _ => Ok(Probed::Conflict {
                found: format!("staging repositories that hold this version: {}", told(&found)),
                expected: "none, or one that holds all of its modules; drop those that are not to be voted on"
                    .to_owned(),
            }),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let nexus = nexus(cx)?;
        let builds = builds(cx, &self.reference(), &self.maven)?;
        let modules = all_modules(&builds);
        let before = match self.before(cx)? {
            Some(before) => before,
            None => self.write_before(cx, nexus)?,
        };
        for left in self.found(cx, nexus, &modules)?.iter().filter(|found| before.is_new(found)) {
            drop_repository(nexus, &left.repository.repository_id, "An upload that was interrupted")?;
        }
        match self.stand_in {
            true => {
                let files = builds.iter().map(|build| stand_in::files(build, &self.maven, &cx.world.openpgp));
                let files: Vec<_> = files.collect::<Result<_, _>>()?;
                nexus.deploy(&files.concat()).map_err(web_failed)?;
            }
            false => builds.iter().try_for_each(|build| self.build(cx, build))?,
        }
        let found = self.found(cx, nexus, &modules)?;
        let new: Vec<&Found> = found.iter().filter(|found| before.is_new(found)).collect();
        match new.as_slice() {
            [one] => self.outputs(one, &modules),
            [] => Err(ActionError::refused(
                "the upload ended well, and no staging repository of this account holds a module of it",
                format!("see in {} where it went to; is the account that of settings.xml?", self.log()),
            )),
            several => Err(ActionError::Conflict {
                found: format!("several staging repositories with parts of it: {}", told(several.iter().copied())),
                expected: "one with all of it; drop them, and run this again".to_owned(),
            }),
        }
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        let id = outputs.get("repository").and_then(Value::as_str).unwrap_or_default();
        Reversal::Undo(format!("Drops the staging repository {id}"))
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let deployed = Deployed::deserialize(outputs).map_err(outputs_do_not_fit)?;
        let nexus = nexus(cx)?;
        match nexus.settled(&deployed.repository).map_err(web_failed)? {
            None => Ok(()),
            Some(repository) if repository.state == StagingState::Released => {
                Err(ActionError::refused(format!("{} is released", deployed.repository), "what is out stays out"))
            }
            Some(_) => drop_repository(nexus, &deployed.repository, "The upload is taken back"),
        }
    }
}

impl DeployMaven {
    fn reference(&self) -> String {
        format!("refs/tags/{}", self.tag)
    }

    /// A word for the tree and the log: `rc1`.
    fn place(&self) -> &str {
        self.directory.rsplit('/').next().unwrap_or(&self.directory)
    }

    fn log(&self) -> String {
        format!("logs/{}-maven{}.log", self.place(), self.maven.flavours.last().map_or("", |last| &last.suffix))
    }

    /// In words, where there are several builds.
    fn flavours(&self) -> String {
        let suffixes: Vec<&str> = self.maven.flavours.iter().map(|flavour| flavour.suffix.as_str()).collect();
        match suffixes.as_slice() {
            [] => String::new(),
            all => format!(", once for each of {}", all.join(", ")),
        }
    }

    fn before_file(&self) -> String {
        format!("{}/staging-before.json", self.directory)
    }

    fn before(&self, cx: &Cx<'_>) -> Result<Option<Before>, ActionError> {
        let bytes = cx.world.workspace.read(self.before_file()).map_err(workspace_failed)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn write_before(&self, cx: &Cx<'_>, nexus: &Nexus) -> Result<Before, ActionError> {
        let profile = profile(nexus, &self.maven)?;
        let repositories = nexus.repositories(&profile.id).map_err(web_failed)?;
        let before = Before { repositories: repositories.into_iter().map(|one| one.repository_id).collect() };
        let text = serde_json::to_vec_pretty(&before).map_err(outputs_do_not_fit)?;
        cx.world.workspace.write(self.before_file(), &text).map_err(workspace_failed)?;
        Ok(before)
    }

    /// The staging repositories of this account that hold modules of the tag.
    fn found(&self, cx: &Cx<'_>, nexus: &Nexus, modules: &[MavenModule]) -> Result<Vec<Found>, ActionError> {
        let profile = profile(nexus, &self.maven)?;
        let user = nexus.account().map_err(web_failed)?;
        let commit = cx.world.git.peeled_commit(&self.reference()).map_err(git_failed)?;
        let since = (!self.stand_in).then_some(commit.committed_seconds);
        staged(nexus, &profile.id, &Wanted { modules, user: Some(&user), since })
    }

    fn outputs(&self, found: &Found, modules: &[MavenModule]) -> Result<Value, ActionError> {
        let why =
            "a rehearsal does not have Maven stage them, which takes its plugins from elsewhere and an hour".to_owned();
        let stand_in = StandIn { name: "the jars of the Maven modules".to_owned(), why };
        outputs(&Deployed {
            repository: found.repository.repository_id.clone(),
            modules: modules.len() - found.missing.len(),
            stand_ins: if self.stand_in { vec![stand_in] } else { Vec::new() },
        })
    }

    fn build(&self, cx: &Cx<'_>, build: &Build) -> Result<(), ActionError> {
        let world = cx.world;
        let Build { suffix, command, poms, .. } = build;
        let tree = format!("trees/{}-maven{suffix}", self.place());
        let tree = world.workspace.fresh_path(tree).map_err(workspace_failed)?;
        world.git.export(&self.reference(), &tree).map_err(|error: ExportError| {
            ActionError::service(
                "exporting the tree",
                error,
                "see that the disk has room, and that the clone is complete",
            )
        })?;
        if !suffix.is_empty() {
            for (path, text) in poms {
                std::fs::write(tree.join(path), text).map_err(no_room)?;
            }
        }
        let run = BuildRun {
            command,
            directory: &tree,
            environment: &BTreeMap::new(),
            log: &world.workspace.path(format!("logs/{}-maven{suffix}.log", self.place())),
        };
        world.workspace.effects().around("maven deploy", || run.run()).map_err(|error| {
            let hint = error.hint();
            ActionError::service("the upload by Maven", error, hint)
        })
    }
}

impl Before {
    fn is_new(&self, found: &Found) -> bool {
        !self.repositories.contains(&found.repository.repository_id)
    }
}

fn told<'a>(found: impl IntoIterator<Item = &'a Found>) -> String {
    found.into_iter().map(Found::told).collect::<Vec<_>>().join("; ")
}
