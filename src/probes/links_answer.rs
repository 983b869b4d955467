// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the links that a pull request adds lead somewhere: those in its files that name the
//! version, as readers will follow them.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::actions::propose_change::Place;
use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::Link;

/// Parameters of `links-answer`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinksAnswer {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for; it is read where the other one is gone.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
    /// The files.
    pub files: Vec<String>,
    /// What a link must hold to be followed: the version.
    pub naming: String,
    /// Further links.
    #[serde(default)]
    pub more: Vec<String>,
}

impl Probe<Services> for LinksAnswer {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let tip = match place.tip(&self.branch)? {
            Some(tip) => Some(tip),
            None => place.tip(&self.base)?,
        };
        let Some(tip) = tip else {
            return Ok(Finding::Fails(vec![format!("{} has no branch {}", place.slug, self.branch)]));
        };
        let files = place.files(&tip, |path| self.files.iter().any(|file| file == path))?;
        let mut found: BTreeSet<String> = BTreeSet::new();
        for bytes in files.values() {
            let text = String::from_utf8_lossy(bytes);
            found.extend(links(&text).filter(|link| link.contains(&self.naming)).map(str::to_owned));
        }
        if found.is_empty() {
            let what = format!("no link in {} of {} names {}", self.files.join(", "), place.slug, self.naming);
            return Ok(Finding::Fails(vec![what]));
        }
        found.extend(self.more.iter().cloned());
        let mut broken = Vec::new();
        for link in &found {
            if let Link::Broken(why) = cx.world.pages.link(link).map_err(web_failed)? {
                broken.push(format!("{link}: {why}"));
            }
        }
        Ok(match broken.is_empty() {
            true => Finding::Holds(format!("all {} links answer", found.len())),
            false => Finding::Fails(broken),
        })
    }
}

/// The addresses in a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let ends = |letter: char| letter.is_whitespace() || "\"'<>()[]{}`,".contains(letter);
    text.match_indices("http")
        .map(move |(at, _)| text[at..].split(ends).next().unwrap_or_default())
        .filter(|link| link.starts_with("https://") || link.starts_with("http://"))
        .map(|link| link.trim_end_matches(['.', ';', ':']))
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_are_found_in_data_and_in_prose() {
        let text = "a: \"https://x.org/a-1.2.0.tgz\"\nSee [it](https://x.org/b), https://x.org/c. http nothing\n";
        let found: Vec<&str> = super::links(text).collect();
        assert_eq!(found, ["https://x.org/a-1.2.0.tgz", "https://x.org/b", "https://x.org/c"]);
    }
}
