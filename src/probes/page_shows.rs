// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a page of the web says what it should, and nothing that it should not.

use serde::Deserialize;

use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `page-shows`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageShows {
    /// Its address.
    pub url: String,
    /// What it must say.
    #[serde(default)]
    pub says: Vec<String>,
    /// What it must not say, neither in a text nor in a link.
    #[serde(default)]
    pub lacks: Vec<String>,
}

impl Probe<Services> for PageShows {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Some(text) = cx.world.pages.text(&self.url).map_err(web_failed)? else {
            return Ok(Finding::Fails(vec![format!("there is no page {}", self.url)]));
        };
        let mut faults = Vec::new();
        for said in self.says.iter().filter(|said| !text.contains(said.as_str())) {
            faults.push(format!("{} does not say `{said}`", self.url));
        }
        for unwanted in &self.lacks {
            let at = text.lines().position(|line| line.contains(unwanted.as_str()));
            faults.extend(at.map(|line| format!("{} says `{unwanted}` in line {}", self.url, line + 1)));
        }
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("{} is as it should be", self.url)),
            false => Finding::Fails(faults),
        })
    }
}
