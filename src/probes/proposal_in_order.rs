// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Holds where a proposal's page, as its last commit has it, has nothing amiss that weighs as an
//! error, and all of its sections with something in them.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::actions::Services;
use crate::actions::proposals::{book_failed, one, place};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::proposals::Field;
use crate::governance::proposals::lint::{Weight, lint, missing_text};

/// Parameters of `proposal-in-order`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalInOrder {
    /// Which.
    number: u32,
}

impl Probe<Services> for ProposalInOrder {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let book = place(cx.world)?.book()?;
        let corpus = book.corpus(cx.now.to_zoned(TimeZone::UTC).date()).map_err(book_failed)?;
        let page = one(&corpus, self.number)?;
        let mut faults: Vec<String> = lint(&corpus)
            .into_iter()
            .filter(|finding| finding.number == Some(self.number) && finding.rule.weight == Weight::Error)
            .map(|finding| format!("{}: {}; {}", finding.place, finding.message, finding.fix))
            .collect();
        faults.extend(missing_text(&book.scheme, page));
        if !faults.is_empty() {
            return Ok(Finding::Fails(faults));
        }
        let elsewhere = page.get(Field::Text).map_or_else(String::new, |text| format!("; its text is at {text}"));
        Ok(Finding::Holds(format!("{}: {}{elsewhere}", page.place, page.title())))
    }
}
