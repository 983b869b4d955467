// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Brings a proposal to a state. Afterwards its page says the state with its evidence, in a commit
//! with index and tally; the registry's remote has it; and the wiki's page, its label and table,
//! and the link of its issue say the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::bring::Bringing;
use super::place::ProposalPlace;
use super::wanted::{Rules, Wanted, tally_text};
use crate::actions::{Services, shell};
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};
use crate::governance::proposals::{Field, Page, Stage};

/// Parameters of `update-proposal`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateProposal {
    /// Which.
    number: u32,
    /// What it comes to be, whatever the scheme calls that.
    stage: Stage,
    /// What its page is to say beside its state.
    #[serde(default)]
    fields: BTreeMap<Field, String>,
    /// The vote, as `record-vote` put it out: kept beside the pages.
    #[serde(default)]
    tally: Option<Value>,
}

/// What is known of a proposal that was brought to a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    /// `FLIP-42`.
    id: String,
    /// The state's id.
    state: String,
    /// Its file.
    place: String,
    /// What the page said before, where this step changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<BTreeMap<Field, String>>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for UpdateProposal {
    fn summary(&self) -> String {
        let fields: Vec<String> = self.fields.keys().map(ToString::to_string).collect();
        let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
        let tally = if self.tally.is_some() { " and the tally" } else { "" };
        format!(
            "brings proposal {} to the stage `{}`{with}{tally}: its page and the index, and where they are, the wiki's page \
             with label and table and the issue's link",
            self.number,
            json!(self.stage).as_str().unwrap_or_default()
        )
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(place) = &world.proposals else { return Vec::new() };
        let mut words =
            vec!["quorate".to_owned(), "flip".into(), "--registry".into(), place.path.display().to_string()];
        words.extend([
            "set".to_owned(),
            self.number.to_string(),
            "--state".into(),
            self.state(place).unwrap_or_default(),
        ]);
        words.extend(self.fields.iter().flat_map(|(field, value)| [format!("--{field}"), value.clone()]));
        if self.tally.is_some() {
            words.extend(["--tally".to_owned(), "tally.json".into()]);
        }
        words.push("--push".into());
        vec![shell::command(&words)]
    }

    fn document(&self, cx: &Cx<'_>) -> Result<Option<String>, ActionError> {
        let place = place(cx.world)?;
        let wanted = [self.wanted(place)?];
        // Evidence that is not there before the steps before are done is no hindrance yet.
        let wanted = wanted.map(|wanted| Wanted { rules: Rules::TakenBack, ..wanted });
        Ok(Some(self.bringing(cx, &wanted)?.plan()?).filter(|plan| !plan.is_empty()))
    }

    fn foreseen(&self, cx: &Cx<'_>, _unknown: &mut Unknowns) -> Map<String, Value> {
        let Some(place) = &cx.world.proposals else { return Map::new() };
        let known = json!({"id": place.scheme.name(Some(self.number)), "state": self.state(place).ok()});
        known.as_object().cloned().unwrap_or_default()
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let place = place(cx.world)?;
        let wanted = [self.wanted(place)?];
        match self.bringing(cx, &wanted)?.ask()? {
            Ok(pages) => {
                let was = cx.intent.acted.as_ref().and_then(|acted| serde_json::from_value(acted["was"].clone()).ok());
                Ok(Probed::Done(self.output(place, pages.first(), was)))
            }
            Err(probed) => Ok(probed),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let place = place(cx.world)?;
        let wanted = [self.wanted(place)?];
        let changed = self.bringing(cx, &wanted)?.bring()?;
        let was = changed.first().map(|(before, _)| self.before(before));
        Ok(self.output(place, changed.first().map(|(_, after)| after), was))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<Output>(outputs.clone()) {
            Ok(Output { id, was: Some(was), .. }) => {
                let state = was.get(&Field::State).map_or("", String::as_str);
                Reversal::Undo(format!(
                    "{id} becomes `{state}` again, and its page says of the rest what it said before"
                ))
            }
            _ => Reversal::Irreversible(
                "what the page said before is not recorded; `quorate flip set … --correct --why …` sets it".to_owned(),
            ),
        }
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let was = serde_json::from_value::<Output>(outputs.clone()).ok().and_then(|output| output.was);
        let Some(mut was) = was else { return Ok(()) };
        let state = was.remove(&Field::State).unwrap_or_default();
        let wanted = [Wanted { number: self.number, state, fields: was, tally: None, rules: Rules::TakenBack }];
        self.bringing(cx, &wanted)?.bring().map(drop)
    }
}

impl UpdateProposal {
    fn state(&self, place: &ProposalPlace) -> Result<String, ActionError> {
        place.scheme.of_stage(self.stage).map(|state| state.id.clone()).ok_or_else(|| {
            let stage = json!(self.stage);
            ActionError::misconfigured(
                format!("the scheme `{}` has no state of the stage {stage}", place.scheme.id),
                "add a [[state]] of it to the scheme, or leave the step out",
            )
        })
    }

    fn wanted(&self, place: &ProposalPlace) -> Result<Wanted, ActionError> {
        let tally = self.tally.as_ref().map(|tally| tally_text(&place.scheme.action, tally)).transpose()?;
        let fields = self.fields.iter().map(|(field, value)| (*field, value.trim().to_owned())).collect();
        Ok(Wanted { number: self.number, state: self.state(place)?, fields, tally, rules: Rules::Asked })
    }

    fn bringing<'a>(&self, cx: &Cx<'a>, wanted: &'a [Wanted]) -> Result<Bringing<'a>, ActionError> {
        let place = place(cx.world)?;
        let id = place.scheme.name(Some(self.number));
        let message = match wanted.first() {
            Some(wanted) => format!("{id}: state {}", wanted.state),
            None => id,
        };
        Ok(Bringing { place, jira: cx.world.jira.as_ref(), wanted, message, at: cx.intent.at })
    }

    /// What the page says of what this step changes.
    fn before(&self, page: &Page) -> BTreeMap<Field, String> {
        let result = self.tally.as_ref().map(|_| Field::Result);
        let fields = self.fields.keys().copied().chain(result).chain([Field::State]);
        fields.map(|field| (field, page.get(field).unwrap_or_default().to_owned())).collect()
    }

    fn output(&self, place: &ProposalPlace, page: Option<&Page>, was: Option<BTreeMap<Field, String>>) -> Value {
        let output = Output {
            id: place.scheme.name(Some(self.number)),
            state: self.state(place).unwrap_or_default(),
            place: page.map(|page| page.place.clone()).unwrap_or_default(),
            was,
        };
        serde_json::to_value(output).expect("plain data")
    }
}

/// Where the proposals are.
///
/// # Errors
/// When nobody said.
pub fn place(world: &Services) -> Result<&ProposalPlace, ActionError> {
    world.proposals.as_ref().ok_or_else(|| {
        ActionError::misconfigured(
            "there is no registry of proposals here",
            "name it in `[proposals]` of the product's configuration",
        )
    })
}
