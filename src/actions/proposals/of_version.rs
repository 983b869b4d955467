// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The proposals that come with a version: which they are, whether they were accepted, and that
//! they are marked as released once it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::bring::Bringing;
use super::place::{ProposalPlace, book_failed};
use super::update::place;
use super::wanted::{Rules, Wanted};
use crate::actions::{Services, shell};
use crate::engine::{Action, ActionError, Context, Finding, Probe, Probed, Reversal, Unknowns};
use crate::governance::proposals::{Listed, Stage};

/// A proposal of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfVersion {
    /// `FLIP-42`.
    id: String,
    /// Its words.
    title: String,
    /// Its state; empty where it says none.
    state: String,
    /// Where its page is.
    place: String,
    #[serde(skip)]
    number: Option<u32>,
    #[serde(skip)]
    stage: Option<Stage>,
}

/// What the steps put out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    proposals: Vec<OfVersion>,
}

/// The proposals whose pages name the version, as the registry's last commit has them.
fn of_version(place: &ProposalPlace, version: &str, at: Timestamp) -> Result<Vec<OfVersion>, ActionError> {
    let book = place.book()?;
    let corpus = book.corpus(at.to_zoned(TimeZone::UTC).date()).map_err(book_failed)?;
    let pages = corpus.pages.iter().filter(|page| Listed::of(&book.scheme, page).is_in(version));
    let of_page = pages.map(|page| {
        let state = page.state(&book.scheme);
        OfVersion {
            id: page.name(&book.scheme),
            title: page.heading(&book.scheme),
            state: state.map(|state| state.id.clone()).unwrap_or_default(),
            place: page.place.clone(),
            number: page.number(),
            stage: state.map(|state| state.stage),
        }
    });
    Ok(of_page.collect())
}

fn output(proposals: Vec<OfVersion>) -> Value {
    serde_json::to_value(Output { proposals }).expect("plain data")
}

/// Lists the proposals of a version. Afterwards the record names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListProposals {
    /// The version, as the pages name it.
    version: String,
}

impl Action<Services> for ListProposals {
    fn summary(&self) -> String {
        format!("lists the proposals that come with {}", self.version)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let registry = world.proposals.iter().map(|place| shell::path(&place.path));
        registry.map(|path| format!("quorate flip --registry {path} list --release {}", self.version)).collect()
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, _unknown: &mut Unknowns) -> Map<String, Value> {
        Map::from_iter([("proposals".to_owned(), json!([]))])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        Ok(Probed::Done(output(of_version(place(cx.world)?, &self.version, cx.now)?)))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        Ok(output(of_version(place(cx.world)?, &self.version, cx.now)?))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

/// Marks the accepted proposals of a version as released, in one commit. Afterwards each of their
/// pages says so, with index and wiki.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseProposals {
    /// The version, as the pages name it.
    version: String,
}

impl ReleaseProposals {
    /// The proposals that are to be released, or are; those in another state are none of this step's.
    fn wanted(&self, cx: &Context<'_, Services>) -> Result<Vec<Wanted>, ActionError> {
        let place = place(cx.world)?;
        let state = place.scheme.of_stage(Stage::Released).map(|state| state.id.clone()).ok_or_else(|| {
            ActionError::misconfigured(
                format!("the scheme `{}` has no state of the stage released", place.scheme.id),
                "add a [[state]] of it to the scheme, or skip the step",
            )
        })?;
        let all = of_version(place, &self.version, cx.now)?.into_iter();
        let ready = all.filter(|one| matches!(one.stage, Some(Stage::Accepted | Stage::Released)));
        let wanted = ready.filter_map(|one| {
            Some(Wanted {
                number: one.number?,
                state: state.clone(),
                fields: Default::default(),
                tally: None,
                rules: Rules::Asked,
            })
        });
        Ok(wanted.collect())
    }

    fn bringing<'a>(&self, cx: &Context<'a, Services>, wanted: &'a [Wanted]) -> Result<Bringing<'a>, ActionError> {
        let message = format!("Released with {}", self.version);
        Ok(Bringing { place: place(cx.world)?, jira: cx.world.jira.as_ref(), wanted, message, at: cx.intent.at })
    }
}

impl Action<Services> for ReleaseProposals {
    fn summary(&self) -> String {
        format!("marks the proposals that come with {} as released, in one commit of the registry", self.version)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(place) = &world.proposals else { return Vec::new() };
        let path = shell::path(&place.path);
        vec![
            format!("quorate flip --registry {path} list --release {} --state accepted", self.version),
            format!("quorate flip --registry {path} set NUMBER --state released --push"),
        ]
    }

    fn document(&self, cx: &Context<'_, Services>) -> Result<Option<String>, ActionError> {
        let wanted = self.wanted(cx)?;
        Ok(Some(self.bringing(cx, &wanted)?.plan()?).filter(|plan| !plan.is_empty()))
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, _unknown: &mut Unknowns) -> Map<String, Value> {
        Map::from_iter([("proposals".to_owned(), json!([]))])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let wanted = self.wanted(cx)?;
        match self.bringing(cx, &wanted)?.ask()? {
            Ok(_) => Ok(Probed::Done(output(of_version(place(cx.world)?, &self.version, cx.now)?))),
            Err(probed) => Ok(probed),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let wanted = self.wanted(cx)?;
        self.bringing(cx, &wanted)?.bring()?;
        Ok(output(of_version(place(cx.world)?, &self.version, cx.now)?))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible(
            "a version that is released stays so; `quorate flip set … --correct --why …` mends a page that was wrong"
                .to_owned(),
        )
    }
}

/// Holds where each proposal that comes with a version was accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalsAccepted {
    /// The version, as the pages name it.
    version: String,
}

impl Probe<Services> for ProposalsAccepted {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let all = of_version(place(cx.world)?, &self.version, cx.now)?;
        let accepted = |one: &&OfVersion| matches!(one.stage, Some(Stage::Accepted | Stage::Released));
        let faults: Vec<String> = all
            .iter()
            .filter(|one| !accepted(one))
            .map(|one| {
                let said = if one.state.is_empty() { "without a state" } else { &one.state };
                format!(
                    "{}: {} ({}) is {said}, and comes with {}; expected accepted",
                    one.place, one.id, one.title, self.version
                )
            })
            .collect();
        if !faults.is_empty() {
            return Ok(Finding::Fails(faults));
        }
        let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
        Ok(Finding::Holds(match ids[..] {
            [] => format!("no proposal comes with {}", self.version),
            _ => format!("{} come with {}, and were accepted", ids.join(", "), self.version),
        }))
    }
}
