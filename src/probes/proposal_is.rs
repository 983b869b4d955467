// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Holds where a proposal's page, as its last commit has it, says that it is at one of some stages,
//! has links, and where its page of the wiki says the same state.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use crate::actions::Services;
use crate::actions::proposals::{book_failed, home_failed, one, place};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::proposals::{Field, Stage, WikiPage, wiki_fields};

/// Parameters of `proposal-is`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalIs {
    /// Which.
    number: u32,
    /// At one of these it is.
    stages: Vec<Stage>,
    /// What its page must have.
    #[serde(default)]
    links: Vec<Field>,
}

impl Probe<Services> for ProposalIs {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let place = place(cx.world)?;
        let book = place.book()?;
        let corpus = book.corpus(cx.now.to_zoned(TimeZone::UTC).date()).map_err(book_failed)?;
        let page = one(&corpus, self.number)?;
        let mut faults = Vec::new();
        let state = page.state(&book.scheme);
        if state.is_none_or(|state| !self.stages.contains(&state.stage)) {
            let stages: Vec<String> =
                self.stages.iter().map(|stage| json!(stage).as_str().unwrap_or_default().to_owned()).collect();
            let said = page.get(Field::State).unwrap_or("nothing");
            faults.push(format!(
                "{}: the state is `{said}`; expected {}",
                page.place_of(Field::State),
                stages.join(" or ")
            ));
        }
        for field in self.links.iter().filter(|field| page.set(**field).is_none()) {
            faults.push(format!("{}: there is no {field}", page.place_of(*field)));
        }
        let id = state.map_or("", |state| state.id.as_str());
        if let (Some(wiki), Some(page)) = (&place.wiki, page.get(Field::Page)) {
            let sheet = wiki.sheet(page).map_err(home_failed)?;
            let wiki = WikiPage { id: sheet.place, title: sheet.title, body: sheet.text, labels: sheet.labels };
            let (fields, _) = wiki_fields(&book.scheme, &wiki);
            let there = fields.get(&Field::State).map_or("", String::as_str);
            if there != id {
                let said =
                    if there.is_empty() { "no label of a state".to_owned() } else { format!("the label of `{there}`") };
                faults.push(format!("the wiki's page {page} has {said}; expected that of `{id}`"));
            }
        }
        if !faults.is_empty() {
            return Ok(Finding::Fails(faults));
        }
        let links: Vec<&str> = self.links.iter().filter_map(|field| page.set(*field)).collect();
        Ok(Finding::Holds([&[page.place.as_str(), id], &links[..]].concat().join("; ")))
    }
}
