// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a proposal is to become, held against what its page says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::book::ProposalBook;
use super::edit::PageEdit;
use crate::actions::voting::VoteRecord;
use crate::engine::{ActionError, Probed};
use crate::governance::proposals::{
    Corpus, Field, Page, Proof, Scheme, StateRule, TallyRead, missing_evidence, moves_from, taken_up,
};
use crate::governance::{FileUsed, RosterUsed};
use crate::services::{FileChange, HomeError};

/// What a proposal is to become.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which.
    pub number: u32,
    /// The id of its state.
    pub state: String,
    /// What its page is to say.
    pub fields: BTreeMap<Field, String>,
    /// The vote's tally, kept beside the pages.
    pub tally: Option<String>,
    /// Whether order and evidence are asked for: not where something is taken back.
    pub rules: Rules,
}

/// Whether a change follows the rules of a proposal's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// It does.
    Asked,
    /// It takes back what was done by them.
    TakenBack,
}

/// How a page stands to what is wanted.
#[derive(Debug)]
pub enum Standing {
    /// It says so.
    So(Page),
    /// It is to be changed.
    Open(Box<Change>),
    /// Something is in the way.
    Blocked(Probed),
}

/// A change of a page, and the tally that goes with it.
#[derive(Debug)]
pub struct Change {
    /// The page, before and after.
    pub edit: PageEdit,
    /// The tally's file.
    pub tally: Option<FileChange>,
}

impl Wanted {
    /// How the page stands to it.
    ///
    /// # Errors
    /// When there is no such page, or no such state.
    pub fn standing(&self, book: &ProposalBook, corpus: &Corpus<'_>) -> Result<Standing, ActionError> {
        let scheme = corpus.scheme;
        let page = one(corpus, self.number)?;
        let to = scheme.state(&self.state).ok_or_else(|| {
            ActionError::misconfigured(format!("there is no state `{}`", self.state), "see the scheme's states")
        })?;
        let tally = self.tally_file(book, page).map_err(super::place::home_failed)?;
        let told = tally.as_ref().is_none_or(|file| file.before == file.after);
        let mut fields = self.fields.clone();
        fields.extend(tally.as_ref().map(|file| (Field::Result, file.place.clone())));
        let says = |field: &Field, value: &String| {
            page.get(*field).unwrap_or_default().trim() == value || (value.is_empty() && page.set(*field).is_none())
        };
        let is_there = page.state(scheme).is_some_and(|state| state.id == to.id);
        if is_there && told && fields.iter().all(|(field, value)| says(field, value)) {
            return Ok(Standing::So(page.clone()));
        }
        if self.rules == Rules::Asked
            && let Some(blocked) = in_the_way(scheme, page, to, is_there, &fields)
        {
            return Ok(Standing::Blocked(blocked));
        }
        let set = fields.iter().filter(|(field, value)| !says(field, value));
        let after = set.fold(page.clone(), |page, (field, value)| page.with(scheme, *field, value));
        if self.rules == Rules::Asked
            && let Some(blocked) = self.lacks(corpus, &after, to)
        {
            return Ok(Standing::Blocked(blocked));
        }
        let after = if is_there { after } else { after.with(scheme, Field::State, &to.id) };
        let after = taken_up(scheme, page, after);
        let after = after.with(scheme, Field::Modified, &corpus.today.to_string());
        let edit = PageEdit { before: Some(page.clone()), after: Some(after) };
        Ok(Standing::Open(Box::new(Change { edit, tally })))
    }

    /// What evidence is missing.
    fn lacks(&self, corpus: &Corpus<'_>, after: &Page, to: &StateRule) -> Option<Probed> {
        let given = self
            .tally
            .as_deref()
            .map(|text| serde_json::from_str::<TallyRead>(text).map_err(|error| error.to_string()));
        let proof = Proof::of(corpus, after, given);
        let missing: Vec<String> =
            missing_evidence(corpus.scheme, after, to, &proof).into_iter().map(|missing| missing.what).collect();
        let name = after.name(corpus.scheme);
        (!missing.is_empty()).then(|| Probed::Waiting {
            until: None,
            why: format!(
                "{name} cannot be `{}` yet; there is {}; `quorate flip set {} …` gives it",
                to.id,
                missing.join("; "),
                self.number
            ),
        })
    }

    fn tally_file(&self, book: &ProposalBook, page: &Page) -> Result<Option<FileChange>, HomeError> {
        let Some(text) = &self.tally else { return Ok(None) };
        let place = tally_place(page);
        let before = book.read(&place)?;
        Ok(Some(FileChange::new(place, before, Some(text.clone()))))
    }
}

/// Where the tally of a page's vote is kept.
pub fn tally_place(page: &Page) -> String {
    let name = page.place.rsplit('/').next().unwrap_or(&page.place).trim_end_matches(".md");
    format!("tallies/{name}.json")
}

/// The one page with that number.
///
/// # Errors
/// When there is none, or several.
pub fn one<'c>(corpus: &'c Corpus<'_>, number: u32) -> Result<&'c Page, ActionError> {
    let name = corpus.scheme.name(Some(number));
    let pages: Vec<&Page> = corpus.numbered(number).collect();
    match pages[..] {
        [page] => Ok(page),
        [] => Err(ActionError::refused(
            format!("the registry has no {name}, as its last commit has it"),
            "`quorate flip list` shows what there is; a page that is not committed is committed by `git`",
        )),
        _ => {
            let places: Vec<&str> = pages.iter().map(|page| page.place.as_str()).collect();
            Err(ActionError::refused(
                format!("{} pages are {name}: {}", pages.len(), places.join(", ")),
                "`quorate flip lint` says which; give one of them another number",
            ))
        }
    }
}

/// What the page says that neither is what is wanted nor may become it.
fn in_the_way(
    scheme: &Scheme,
    page: &Page,
    to: &StateRule,
    is_there: bool,
    fields: &BTreeMap<Field, String>,
) -> Option<Probed> {
    let name = page.name(scheme);
    if is_there {
        let other = fields.iter().find_map(|(field, value)| {
            let found = page.set(*field).filter(|found| found != value && *field != Field::Result)?;
            Some((field, found, value))
        });
        return other.map(|(field, found, value)| Probed::Conflict {
            found: format!("{name} with the {field} {found} ({})", page.place_of(*field)),
            expected: value.clone(),
        });
    }
    let Some(from) = page.state(scheme) else {
        return Some(Probed::Conflict {
            found: format!("{name} without a state ({})", page.place_of(Field::State)),
            expected: "one of the scheme's; `quorate flip set … --state … --correct --why …` sets it".to_owned(),
        });
    };
    let may = moves_from(scheme, from).iter().any(|state| state.id == to.id);
    let before = || {
        let all = scheme.states.iter().filter(|from| moves_from(scheme, from).iter().any(|state| state.id == to.id));
        all.map(|state| format!("`{}`", state.id)).collect::<Vec<_>>().join(", ")
    };
    (!may).then(|| Probed::Conflict {
        found: format!("{name} as `{}` ({})", from.id, page.place_of(Field::State)),
        expected: format!("it to be one of {}, from which it comes to be `{}`", before(), to.id),
    })
}

/// A recorded vote in the form that `quorate vote tally --json` prints: as it is kept beside the pages.
///
/// # Errors
/// When it is no vote.
pub fn tally_text(action: &str, recorded: &Value) -> Result<String, ActionError> {
    let record: VoteRecord = serde_json::from_value(recorded.clone())
        .map_err(|error| ActionError::misconfigured(format!("`tally` is no recorded vote: {error}"), ""))?;
    let action = record.action.as_ref().map_or(action, |action| action.id.as_str());
    let file_of = |file: &FileUsed| FileUsed { name: file_name(&file.name), ..file.clone() };
    let roster = record.roster.as_ref().map(|roster| RosterUsed {
        source: roster.source.as_deref().map(file_name),
        files: roster.files.iter().map(file_of).collect(),
        ..roster.clone()
    });
    let bylaws_file = record.bylaws_file.as_ref().map(file_of);
    let value = json!({
        "action": action, "rule": record.rule, "outcome": record.outcome, "counted_at": record.counted_at,
        "thread": record.thread, "vote_mail": record.vote_mail, "source": record.source, "bylaws": record.bylaws,
        "bylaws_file": bylaws_file, "roster": roster, "binding": record.totals.binding,
        "non_binding": record.totals.non_binding, "votes": record.votes, "review": record.review,
        "left_out": record.left_out, "rulings": record.rulings, "reasons": record.reasons,
    });
    Ok(format!("{value:#}\n"))
}

/// Without the directory: where somebody keeps a file is nobody else's business. An address stays.
fn file_name(name: &str) -> String {
    match name.contains("://") || !name.starts_with('/') {
        true => name.to_owned(),
        false => name.rsplit('/').next().unwrap_or(name).to_owned(),
    }
}
