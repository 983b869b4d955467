// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The registry that a command works on: its scheme, its pages, its ledger of numbers.

use std::ops::Deref;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Place;
use crate::actions::proposals::{BookError, ProposalBook, View};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::config::{RulesError, USUAL_SCHEME, load_scheme};
use crate::governance::proposals::{Page, Scheme, parse_number};
use crate::services::{Effects, FileChange, GitRegistry, HomeError, SETTINGS, author_at};
use crate::ui::ExitCode;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    format: u32,
    scheme: String,
}

/// An open registry.
#[derive(Debug)]
pub struct Registry {
    /// Its repository and its rules.
    pub book: ProposalBook,
    /// How the scheme is named: `flip`, or a file as it is found from here.
    scheme_name: String,
}

/// Where a scheme of one's own is kept in a registry that is made with it.
const OWN_SCHEME: &str = "scheme.toml";

impl Deref for Registry {
    type Target = ProposalBook;

    fn deref(&self) -> &ProposalBook {
        &self.book
    }
}

/// Whether a registry that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It must be there.
    There,
    /// It is made where it is not.
    Made,
}

impl Registry {
    /// Opens the registry that was named.
    pub fn open(environment: &Environment, place: &Place, wanted: Wanted) -> Result<Self, CommandError> {
        if place.registry.as_os_str().is_empty() {
            return Err(CommandError::usage(
                "--registry, or the variable QUORATE_REGISTRY, is empty",
                "name a directory",
            ));
        }
        let scheme_name = scheme_name(place)?;
        let scheme = load_scheme(&environment.assets, &scheme_name).map_err(unusable)?;
        let open = match wanted {
            Wanted::There => GitRegistry::open,
            Wanted::Made => GitRegistry::make,
        };
        let git = open(
            &place.registry,
            &scheme.directory,
            author_at(&place.registry).unwrap_or_default(),
            Effects::unwatched(),
        )
        .map_err(failed)?;
        if wanted == Wanted::There {
            git.demand_kept().map_err(failed)?;
        }
        Ok(Self { book: ProposalBook { git, scheme, view: View::Tree }, scheme_name })
    }

    /// How its kind is named: `flip`, or a file.
    pub fn scheme_name(&self) -> &str {
        &self.scheme_name
    }

    /// Who works on it, as git knows them.
    pub fn author(&self) -> &str {
        self.git.author()
    }

    /// The kind of proposals of the registry that was named, whether or not it is there.
    pub fn scheme_of(environment: &Environment, place: &Place) -> Result<Scheme, CommandError> {
        load_scheme(&environment.assets, &scheme_name(place)?).map_err(unusable)
    }

    /// The files that say of which kind it is, where it does not say so yet: a scheme of one's own is
    /// copied, so that the registry works wherever it is.
    pub fn settings(&self) -> Result<Vec<FileChange>, CommandError> {
        if self.git.read(SETTINGS).map_err(failed)?.is_some() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        let mut name = self.scheme_name.clone();
        if is_file(&name) {
            let text = std::fs::read_to_string(&name)
                .map_err(|error| CommandError::usage(format!("cannot read {name}: {error}"), SCHEME_HINT))?;
            if self.git.read_committed(OWN_SCHEME).map_err(failed)?.as_ref() != Some(&text) {
                files.push(FileChange::new(OWN_SCHEME, None, Some(text)));
            }
            name = format!("./{OWN_SCHEME}");
        }
        let text = format!("# A registry of proposals, kept by `quorate flip`.\nformat = 1\nscheme = {name:?}\n");
        files.push(FileChange::new(SETTINGS, None, Some(text)));
        Ok(files)
    }

    /// The one page that is meant by `42`, `FLIP-42`, `FLIP-XXX-stop-jobs`.
    pub fn one<'p>(&self, pages: &'p [Page], wanted: &str) -> Result<&'p Page, CommandError> {
        let number = parse_number(&self.scheme, wanted);
        let name = wanted.trim_end_matches(".md");
        let is_meant = |page: &&Page| match number {
            Some(number) => page.number() == Some(number),
            None => page.name(&self.scheme).eq_ignore_ascii_case(name) || page.place.trim_end_matches(".md") == name,
        };
        let file_of =
            |page: &&Page| page.place.rsplit('/').next().is_some_and(|file| file.trim_end_matches(".md") == name);
        let meant: Vec<&Page> = pages.iter().filter(is_meant).collect();
        // of two with one number the file's name says which
        let exact: Vec<&Page> = pages.iter().filter(file_of).collect();
        match (meant.as_slice(), exact.as_slice()) {
            (_, [one]) => Ok(one),
            ([one], _) => Ok(one),
            ([], _) => Err(self.unknown(pages, wanted)),
            (several, _) => {
                let places: Vec<&str> = several.iter().map(|page| page.place.as_str()).collect();
                Err(CommandError::usage(
                    format!("{} pages are {wanted}: {}", several.len(), places.join(", ")),
                    "name the file of the one that is meant",
                ))
            }
        }
    }

    fn unknown(&self, pages: &[Page], wanted: &str) -> CommandError {
        let last = pages.iter().filter_map(Page::number).max();
        let hint = match last {
            Some(last) => format!("the last is {}; `quorate flip list` shows all", self.scheme.name(Some(last))),
            None => "there is none yet; `quorate flip import FILE` or `quorate flip new TITLE` begins".to_owned(),
        };
        CommandError::usage(
            format!("there is no {} `{wanted}` in {}", self.scheme.prefix, self.git.path().display()),
            hint,
        )
    }
}

/// The scheme that was given, else the one that the registry says.
fn scheme_name(place: &Place) -> Result<String, CommandError> {
    let path = place.registry.join(SETTINGS);
    let said = match std::fs::read_to_string(&path) {
        Err(_) => None,
        Ok(text) => {
            let read: Settings = toml::from_str(&text).map_err(|error| {
                let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
                let what = format!("{}:{line}: {}", path.display(), error.message());
                CommandError::usage(what, "it has two lines: format = 1, and scheme = \"flip\"")
            })?;
            if read.format != 1 {
                let what = format!("{}: format {}; this program reads format 1", path.display(), read.format);
                return Err(CommandError::usage(what, "a later version of this program wrote it"));
            }
            Some(read.scheme)
        }
    };
    // a file that the registry names is found from the registry
    let said = said.map(|said| match is_file(&said) {
        true => place.registry.join(said).display().to_string(),
        false => said,
    });
    match (&place.scheme, said) {
        (Some(given), Some(said)) if *given != said && !is_same_file(given, &said) => Err(CommandError::usage(
            format!("--scheme {given}: this registry is of `{said}`, as {} says", path.display()),
            "leave --scheme out, or name another registry",
        )),
        (Some(given), _) => Ok(given.clone()),
        (None, said) => Ok(said.unwrap_or_else(|| USUAL_SCHEME.to_owned())),
    }
}

/// What helps where a scheme cannot be used.
const SCHEME_HINT: &str = "name flip, kip, sip, or a file: release-config/proposals/flip.toml shows every field; what a registry names in \
     registry.toml is found from the registry";

fn unusable(error: RulesError) -> CommandError {
    CommandError::from_error(ExitCode::Usage, &error, SCHEME_HINT)
}

/// Whether a scheme is a file of one's own, and no name of a known one.
fn is_file(name: &str) -> bool {
    name.contains(['/', '\\']) || name.ends_with(".toml")
}

/// Whether both are files with the same text.
fn is_same_file(one: &str, other: &str) -> bool {
    let text = |name: &str| std::fs::read(name).ok().filter(|_| is_file(name));
    text(one).is_some_and(|read| text(other) == Some(read))
}

/// Today, or the day that was given.
pub fn today(given: Option<Date>) -> Date {
    given.unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date())
}

/// A home that failed.
pub fn failed(error: HomeError) -> CommandError {
    let code = match &error {
        error if error.is_conflict() => ExitCode::Conflict,
        HomeError::NoRepository { .. }
        | HomeError::NoRegistry { .. }
        | HomeError::OfAnother { .. }
        | HomeError::NotRoot { .. }
        | HomeError::Detached { .. }
        | HomeError::NoHead { .. }
        | HomeError::Nobody
        | HomeError::NoText { .. } => ExitCode::Usage,
        _ => ExitCode::Service,
    };
    CommandError::from_error(code, &error, error.hint())
}

impl From<HomeError> for CommandError {
    fn from(error: HomeError) -> Self {
        failed(error)
    }
}

impl From<BookError> for CommandError {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Home(error) => failed(error),
            broken @ BookError::Broken { .. } => CommandError::usage(
                broken.to_string(),
                "it is written by `quorate flip import` alone; `git checkout` brings it back",
            ),
        }
    }
}
