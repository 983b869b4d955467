// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the staging repository that was voted on is released, and no other candidate
//! of this version is left that could be released in its place.
//!
//! It is not dropped by itself after the release: a repository that is gone could have been
//! dropped as well, and what is asked then is Maven Central.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::close_nexus::{bulk, list_file, under_way};
use super::find::{Found, Wanted, drop_repository, staged};
use super::inventory::{Copy, differences};
use super::{Cx, central, modules, nexus, outputs, profile};
use crate::actions::Services;
use crate::actions::failures::{web_failed, workspace_failed};
use crate::config::Maven;
use crate::engine::{Action, ActionError, Probed, Problem, Reversal};
use crate::release::{MavenModule, Sha512};
use crate::services::{Nexus, StagingRepository, StagingState, Transition};

/// Releases the Maven artifacts that were voted on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseNexus {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
    /// The staging repository that the mail of the vote was about.
    repository: String,
    /// The SHA-512 of the list of its files, as it was recorded with that mail.
    sha512: Sha512,
    /// What the release is described as: "NAME, version V".
    description: String,
    /// The candidate's directory in the workspace.
    directory: String,
}

/// What was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// The staging repository's id.
    pub repository: String,
    /// The SHA-512 of the list of its files.
    pub sha512: Sha512,
}

impl Action<Services> for ReleaseNexus {
    fn summary(&self) -> String {
        format!("Releases the staging repository {} to Maven Central, and drops the other candidates", self.repository)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        bulk(world, "promote", &[&self.repository], &self.description)
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let nexus = nexus(cx)?;
        match nexus.settled(&self.repository).map_err(web_failed)? {
            Some(repository) if repository.state == StagingState::Closed => self.changed(cx, nexus),
            _ => Ok(Vec::new()),
        }
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let nexus = nexus(cx)?;
        let modules = self.modules(cx)?;
        let Some(repository) = nexus.settled(&self.repository).map_err(web_failed)? else {
            return self.gone(cx, &modules);
        };
        match repository.state {
            _ if repository.transitioning => Ok(under_way(cx, &repository)),
            StagingState::Closed => Ok(Probed::Absent),
            StagingState::Released if self.others(nexus, &modules)?.is_empty() => self.outputs().map(Probed::Done),
            // released, and not all is done that belongs to it
            StagingState::Released => Ok(Probed::Absent),
            state => Ok(Probed::Conflict {
                found: format!("{} is {}", self.repository, state.word()),
                expected: "the closed staging repository that was voted on".to_owned(),
            }),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let nexus = nexus(cx)?;
        let modules = self.modules(cx)?;
        let repository = match nexus.settled(&self.repository).map_err(web_failed)? {
            Some(repository) if repository.state == StagingState::Closed => self.promote(cx, nexus)?,
            Some(repository) => repository,
            None => {
                return Err(ActionError::refused(
                    format!("{} is gone", self.repository),
                    "run it again: it asks Maven Central",
                ));
            }
        };
        self.has_arrived(nexus, &repository, &modules)?;
        for other in self.others(nexus, &modules)? {
            drop_repository(nexus, &other.repository.repository_id, "Another candidate was released")?;
        }
        self.outputs()
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible(
            "Maven Central never forgets: what is wrong in it is mended by the next version".to_owned(),
        )
    }
}

impl ReleaseNexus {
    fn modules(&self, cx: &Cx<'_>) -> Result<Vec<MavenModule>, ActionError> {
        modules(cx, &format!("refs/tags/{}", self.tag), &self.maven)
    }

    fn outputs(&self) -> Result<Value, ActionError> {
        outputs(&Released { repository: self.repository.clone(), sha512: self.sha512.clone() })
    }

    /// How what is staged differs from what was voted on.
    fn changed(&self, cx: &Cx<'_>, nexus: &Nexus) -> Result<Vec<Problem>, ActionError> {
        let url = nexus.content(&self.repository);
        let hint =
            "nobody may have touched it since the vote: find out who did; a further candidate needs a further vote";
        let Some(copy) = Copy::fetch(&url)? else {
            return Ok(vec![Problem::new(format!("{url} shows nothing"), hint)]);
        };
        let (list, inventory) = copy.inventory()?;
        if inventory.sha512 == self.sha512 {
            return Ok(Vec::new());
        }
        let recorded = cx.world.workspace.read(list_file(&self.directory)).map_err(workspace_failed)?;
        let differ = recorded.map(|bytes| differences(&String::from_utf8_lossy(&bytes), &list)).unwrap_or_default();
        let differ = if differ.is_empty() { String::new() } else { format!(": {}", differ.join("; ")) };
        Ok(vec![Problem::new(format!("{url} does not hold what was voted on{differ}"), hint)])
    }

    fn promote(&self, cx: &Cx<'_>, nexus: &Nexus) -> Result<StagingRepository, ActionError> {
        if let Some(problem) = self.changed(cx, nexus)?.into_iter().next() {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        let written = nexus.begin(Transition::Promote, &[&self.repository], &self.description);
        if let Err(error) = &written
            && !error.may_have_happened()
        {
            return written.map_err(web_failed).map(|()| unreachable!("it is an error"));
        }
        match nexus.settled(&self.repository).map_err(web_failed)? {
            Some(repository) if repository.state == StagingState::Released => Ok(repository),
            _ => Err(written.err().map_or_else(
                || {
                    ActionError::refused(
                        format!("Nexus said that it releases {}, and does not show it", self.repository),
                        "run it again: it looks first whether it was done",
                    )
                },
                web_failed,
            )),
        }
    }

    /// That the repository which is released to has every module.
    fn has_arrived(
        &self,
        nexus: &Nexus,
        repository: &StagingRepository,
        modules: &[MavenModule],
    ) -> Result<(), ActionError> {
        let target = repository.release_repository_id.as_deref().unwrap_or("releases");
        let missing = super::find::missing(nexus, target, modules)?;
        match missing.is_empty() {
            true => Ok(()),
            false => Err(ActionError::refused(
                format!("{} is released, and `{target}` has no {}", self.repository, missing.join(", no ")),
                "run it again in some minutes; no candidate is dropped before all has arrived",
            )),
        }
    }

    /// The other candidates of this version, whoever staged them.
    fn others(&self, nexus: &Nexus, modules: &[MavenModule]) -> Result<Vec<Found>, ActionError> {
        let profile = profile(nexus, &self.maven)?;
        let all = staged(nexus, &profile.id, &Wanted { modules, user: None, since: None })?;
        Ok(all.into_iter().filter(|found| found.repository.repository_id != self.repository).collect())
    }

    /// Released and dropped, or only dropped: what Maven Central serves tells.
    fn gone(&self, cx: &Cx<'_>, modules: &[MavenModule]) -> Result<Probed, ActionError> {
        let central = central(cx)?;
        for module in modules {
            if !central.serves_pom(&module.pom_path()).map_err(web_failed)? {
                return Ok(Probed::Conflict {
                    found: format!(
                        "there is no staging repository {} any more, and {} does not serve {}",
                        self.repository,
                        central.address(),
                        module.pom_path()
                    ),
                    expected:
                        "the closed staging repository that was voted on; if it was released and dropped by hand, \
                               run this again when Maven Central serves it"
                            .to_owned(),
                });
            }
        }
        Ok(Probed::Done(json!({"repository": self.repository, "sha512": self.sha512})))
    }
}
