// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the cancelled candidate has no staging repository: the one that is recorded,
//! and no other, is dropped.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::close_nexus::bulk;
use super::find::drop_repository;
use super::{Cx, nexus, outputs};
use crate::actions::Services;
use crate::actions::failures::web_failed;
use crate::engine::{Action, ActionError, Probed, Reversal};
use crate::services::StagingState;

/// Drops the candidate's staging repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropNexus {
    /// The staging repository's id; empty where nothing was staged.
    repository: String,
    /// Why, for whoever reads Nexus' own record.
    description: String,
}

/// What was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// The staging repository's id, where there was one.
    pub repository: Option<String>,
}

impl Action<Services> for DropNexus {
    fn summary(&self) -> String {
        match self.repository.is_empty() {
            true => "Drops no staging repository: none is recorded".to_owned(),
            false => format!("Drops the staging repository {}, and no other", self.repository),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        if self.repository.is_empty() {
            Vec::new()
        } else {
            bulk(world, "drop", &[&self.repository], &self.description)
        }
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        if self.repository.is_empty() {
            return outputs(&Dropped { repository: None }).map(Probed::Done);
        }
        Ok(match nexus(cx)?.settled(&self.repository).map_err(web_failed)? {
            None => Probed::Done(outputs(&Dropped { repository: Some(self.repository.clone()) })?),
            Some(repository) if repository.state == StagingState::Released => Probed::Conflict {
                found: format!("{} is released: its files are public", self.repository),
                expected: "a candidate that was cancelled before anybody released it".to_owned(),
            },
            Some(repository) if repository.transitioning => super::close_nexus::under_way(cx, &repository),
            Some(_) => Probed::Absent,
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        drop_repository(nexus(cx)?, &self.repository, &self.description)?;
        outputs(&Dropped { repository: Some(self.repository.clone()) })
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a staging repository that was dropped is gone".to_owned())
    }
}
