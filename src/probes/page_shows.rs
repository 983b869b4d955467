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
    /// What it must say; a number is not a part of a longer one (`1.2` is not in `1.21.6`).
    #[serde(default)]
    pub says: Vec<String>,
    /// What must stand in the path of one of its links at least: the last part of its own address. A
    /// page that is another, as a login or an error may be, has none.
    #[serde(default)]
    pub links: Option<String>,
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
        for said in self.says.iter().filter(|said| !is_said(&text, said)) {
            faults.push(format!("{} does not say `{said}`", self.url));
        }
        if let Some(part) = &self.links {
            let links = cx.world.pages.links(&self.url, &text).map_err(web_failed)?;
            if !links.iter().any(|link| link.path().contains(part.as_str())) {
                faults.push(format!("{} has no link to `{part}`: is it the page that it should be?", self.url));
            }
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

/// Whether the text says it, and not as a part of a longer number.
fn is_said(text: &str, said: &str) -> bool {
    let numeric = |letter: char| letter.is_ascii_digit();
    !said.is_empty()
        && text.match_indices(said).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + said.len()..]);
            let goes_on = said.ends_with(numeric) && after.starts_with(numeric);
            let began = said.starts_with(numeric) && before.ends_with(|letter| numeric(letter) || letter == '.');
            !goes_on && !began
        })
}

#[cfg(test)]
mod tests {
    use super::is_said;

    #[test]
    fn a_number_is_said_where_it_is_no_part_of_another() {
        for (text, said) in
            [("Greeter 1.2", "1.2"), ("release-1.2.0 of it", "1.2"), ("v1.2<", "1.2"), ("it is", "it is")]
        {
            assert!(is_said(text, said), "{text}");
        }
        for (text, said) in [("nginx/1.21.6", "1.2"), ("11.2", "1.2"), ("0.1.2", "1.2"), ("", "1.2"), ("x", "")] {
            assert!(!is_said(text, said), "{text}");
        }
    }
}
