// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards it is known, and recorded, that what is staged is what the poms of the tag
//! say, file by file, and how it differs from the release before. What is new or gone is
//! for a person to judge: it is shown before anybody agrees.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::compare::{Compared, left_out, with_central, with_poms};
use super::inventory::paths;
use super::{Cx, any_nexus, central, modules, outputs};
use crate::actions::{Services, shell};
use crate::config::Maven;
use crate::engine::{Action, ActionError, Probed, Reversal, Unknowns};
use crate::release::MavenFlavour;

/// Reviews the staged Maven artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewMaven {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
    /// The staging repository's id.
    repository: String,
    /// What stands before the version in the name of a release's tag.
    release_tag_prefix: String,
    /// KEYS.
    keys: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// The staging repository's id.
    pub repository: String,
    /// How many artifacts it holds, without signatures and checksums.
    pub artifacts: usize,
    /// The release that it was compared with.
    pub compared_with: Option<String>,
    /// What that release had not.
    pub new: Vec<String>,
    /// What only that release had.
    pub gone: Vec<String>,
}

impl Action<Services> for ReviewMaven {
    fn summary(&self) -> String {
        format!("Holds what {} holds against the poms of {}, and against the release before", self.repository, self.tag)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let address = world.nexus.as_ref().map(|nexus| nexus.content(&self.repository));
        address
            .map(|address| shell::command(&["quorate", "verify", &address, "--all", "--keys", &self.keys]))
            .into_iter()
            .collect()
    }

    fn foreseen(&self, _cx: &Cx<'_>, _unknown: &mut Unknowns) -> Map<String, Value> {
        Map::from_iter([("repository".to_owned(), json!(self.repository))])
    }

    fn document(&self, cx: &Cx<'_>) -> Result<Option<String>, ActionError> {
        let compared = self.examine(cx)?;
        let mut text = format!("{}: {} artifacts\n", self.repository, compared.artifacts);
        let mut part = |title: &str, lines: &[String]| {
            if !lines.is_empty() {
                text.push_str(&format!("\n{title}:\n"));
                lines.iter().for_each(|line| text.push_str(&format!("- {line}\n")));
            }
        };
        part("Wrong", &compared.faults);
        let with = compared.with.as_deref().unwrap_or("the release before");
        part(&format!("New since {with}; is each meant to be published?"), &compared.new);
        part(&format!("In {with} and not here; is each meant to be gone?"), &compared.gone);
        Ok(Some(text))
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        // what was found is only true of the moment in which somebody agreed to it
        Ok(cx.intent.acted.clone().map_or(Probed::Absent, Probed::Done))
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let compared = self.examine(cx)?;
        if !compared.faults.is_empty() {
            let faults: Vec<String> = compared.faults.iter().map(|fault| format!("\n- {fault}")).collect();
            return Err(ActionError::refused(
                format!("what {} holds is not what the poms of {} say:{}", self.repository, self.tag, faults.concat()),
                "mend the build and stage again; or say under [maven.artifacts] in the product's configuration what \
                 the poms do not say, and `quorate reconfigure`",
            ));
        }
        outputs(&Reviewed {
            repository: self.repository.clone(),
            artifacts: compared.artifacts,
            compared_with: compared.with,
            new: compared.new,
            gone: compared.gone,
        })
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl ReviewMaven {
    fn examine(&self, cx: &Cx<'_>) -> Result<Compared, ActionError> {
        let modules = modules(cx, &format!("refs/tags/{}", self.tag), &self.maven)?;
        let paths = paths(&any_nexus(cx)?.content(&self.repository))?;
        let mut compared = with_poms(&paths, &modules, &self.maven)?;
        with_central(&mut compared, &paths, &modules, central(cx)?)?;
        if let Some(earlier) = &compared.with {
            // a release whose tag the clone lacks, or has under another name, is not compared module by module
            let plain = |flavour: &MavenFlavour| earlier.strip_suffix(&flavour.suffix);
            let earlier = self.maven.flavours.iter().find_map(plain).unwrap_or(earlier);
            let tag = format!("refs/tags/{}{earlier}", self.release_tag_prefix);
            if let Ok(before) = super::modules(cx, &tag, &self.maven) {
                compared.gone.extend(left_out(&before, &modules));
            }
        }
        Ok(compared)
    }
}
