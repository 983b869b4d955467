// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release with everything that carrying it on takes.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde_json::Value;

use super::CommandError;
use super::connect::connect;
use super::desk::Desk;
use super::environment::{Accounts, Environment};
use super::flip::record::{ProposalValues, is_proposal, proposal_session, read_proposal};
use super::release_state::{JOURNAL_FILE, ReleaseState, no_release};
use crate::actions::{Services, registry};
use crate::config::{ConfigError, Occasion, Product, release_values};
use crate::engine::{
    Clock, Driver, Journal, Observer, Plan, Registry, Renderer, State, SystemClock, ValueSource, Workflow,
};
use crate::release::{ReleaseRecord, Version};
use crate::services::Effects;

/// A release with everything that carrying it on takes, but for the journal.
pub struct Session {
    /// Its directory.
    pub directory: PathBuf,
    /// Its workflow.
    pub workflow: Workflow,
    /// What steps can do.
    pub registry: Registry<Services>,
    /// The clients.
    pub services: Services,
    /// What it is of, with the values.
    pub values: Subject,
}

/// What a session is of.
pub enum Subject {
    /// A release.
    Release(Box<Values>),
    /// A proposal.
    Proposal(Box<ProposalValues>),
}

impl Subject {
    /// The release's values.
    ///
    /// # Errors
    /// When it is no release.
    pub fn release(&self) -> Result<&Values, CommandError> {
        match self {
            Self::Release(values) => Ok(values),
            Self::Proposal(values) => Err(no_release(&values.record.id)),
        }
    }

    /// What is typed to agree to what cannot be taken back: the version, the proposal's name.
    pub fn confirmed_by(&self) -> String {
        match self {
            Self::Release(values) => values.version.to_string(),
            Self::Proposal(values) => values.record.id.clone(),
        }
    }

    /// The values for a candidate.
    ///
    /// # Errors
    /// When the configuration cannot be filled in.
    pub fn of_candidate(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, CommandError> {
        match self {
            Self::Release(values) => Ok(values.of_candidate(candidate, cancelled)?),
            Self::Proposal(values) => {
                values.values(candidate, cancelled).map_err(|error| CommandError::usage(error, ""))
            }
        }
    }
}

impl ValueSource for Subject {
    fn values(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, String> {
        match self {
            Self::Release(values) => values.values(candidate, cancelled),
            Self::Proposal(values) => values.values(candidate, cancelled),
        }
    }
}

/// The release's values, made from its configuration.
pub struct Values {
    /// Its product.
    pub product: Product,
    /// What was recorded when it started.
    pub record: ReleaseRecord,
    /// Its version.
    pub version: Version,
    /// The clock that texts are dated by.
    pub clock: Box<dyn Clock>,
    /// The user's home directory.
    pub home: PathBuf,
    /// The release's own directory.
    pub directory: PathBuf,
}

impl Values {
    /// The values for a candidate.
    ///
    /// # Errors
    /// When the configuration cannot be filled in.
    pub fn of_candidate(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, ConfigError> {
        let today = self.clock.now().to_zoned(TimeZone::UTC).date().to_string();
        let occasion = Occasion { candidate, cancelled, today: &today, home: &self.home, directory: &self.directory };
        release_values(&self.product, &self.record, self.version, &occasion)
    }
}

impl ValueSource for Values {
    fn values(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, String> {
        self.of_candidate(candidate, cancelled).map_err(|error| super::error::chain(&error))
    }
}

impl Session {
    /// The session of a release that was read.
    ///
    /// # Errors
    /// When a client cannot be set up.
    pub fn new(
        environment: &Environment,
        release: ReleaseState,
        accounts: &Accounts,
        effects: Effects,
        clock: Box<dyn Clock>,
    ) -> Result<(Self, State), CommandError> {
        let ReleaseState { directory, record, version, product, workflow, templates, state } = release;
        let mut services = connect(environment, &directory, &record, &product, version, accounts, effects)?;
        if let Some(templates) = templates {
            services.templates = templates;
        }
        let home = accounts.home.clone().unwrap_or_default();
        let values = Values { product, record, version, clock, home, directory: directory.clone() };
        let values = Subject::Release(Box::new(values));
        Ok((Self { directory, workflow, registry: registry(), services, values }, state))
    }

    /// Who carries it on, as the record names them.
    pub fn who(&self) -> String {
        match &self.values {
            Subject::Release(values) => who(Path::new(&values.record.repository)),
            Subject::Proposal(values) => who(&values.record.registry),
        }
    }

    /// A renderer over a state.
    ///
    /// # Errors
    /// When the configuration cannot be filled in.
    pub fn renderer(&self, state: &State) -> Result<Renderer, CommandError> {
        Renderer::new(&self.values, state).map_err(|error| CommandError::usage(error, ""))
    }

    /// The state as the next run begins with it.
    ///
    /// # Errors
    /// When a template cannot be filled in.
    pub fn upcoming(&self, state: State) -> Result<State, CommandError> {
        if state.candidate.cancelled.is_none() {
            return Ok(state);
        }
        let plan = Plan::of(&self.workflow, &state, &self.renderer(&state)?)?;
        Ok(state.with_next_candidate(&self.workflow, &plan))
    }

    /// A driver over a journal that is open.
    pub fn driver<'a>(
        &'a self,
        journal: Journal,
        state: State,
        clock: &'a dyn Clock,
        observer: &'a mut dyn Observer,
    ) -> Driver<'a, Services> {
        Driver {
            workflow: &self.workflow,
            registry: &self.registry,
            world: &self.services,
            values: &self.values,
            clock,
            observer,
            journal,
            state,
        }
    }
}

/// Opens the current release for reading.
///
/// # Errors
/// When there is none, or its record cannot be used.
pub fn read_session(environment: &Environment) -> Result<(Session, State), CommandError> {
    let directory = ReleaseState::find(environment)?;
    if is_proposal(&directory) {
        return read_proposal(&Desk::new(environment), &directory);
    }
    let release = ReleaseState::read(environment, &directory)?;
    Session::new(environment, release, &environment.accounts, Effects::unwatched(), Box::new(SystemClock))
}

/// Opens the current release for reading, as the next run begins with it: what is to come after
/// a candidate that is cancelled to the end is the next one.
///
/// # Errors
/// As [`read_session`].
pub fn read_upcoming(environment: &Environment) -> Result<(Session, State), CommandError> {
    let (session, state) = read_session(environment)?;
    let state = session.upcoming(state)?;
    Ok((session, state))
}

/// Opens the current release for writing: its journal is this process's alone.
///
/// # Errors
/// When there is none, its record cannot be used, or another run has it open.
pub fn write_session(environment: &Environment) -> Result<(Session, Journal, State), CommandError> {
    let directory = ReleaseState::find(environment)?;
    let (mut journal, entries) = open_journal(environment, &directory, "")?;
    if is_proposal(&directory) {
        let (session, state) = proposal_session(&Desk::new(environment), &directory, State::of(&entries))?;
        journal.sign_as(&session.who());
        return Ok((session, journal, state));
    }
    let release = ReleaseState::of(&directory, State::of(&entries))?;
    journal.sign_as(&who(Path::new(&release.record.repository)));
    let (session, state) =
        Session::new(environment, release, &environment.accounts, Effects::unwatched(), Box::new(SystemClock))?;
    Ok((session, journal, state))
}

/// Opens the journal in `directory` for writing, and tells of a torn line.
///
/// # Errors
/// When it cannot be used, or another run has it open.
pub fn open_journal(
    environment: &Environment,
    directory: &Path,
    who: &str,
) -> Result<(Journal, Vec<crate::engine::Entry>), CommandError> {
    let (journal, reader, aside) = Journal::open(&directory.join(JOURNAL_FILE), who)?;
    if let Some(aside) = aside {
        environment.ui.warn(&format!(
            "the journal's last line was torn by an interruption; it was set aside in {} and counts for nothing",
            aside.display()
        ));
    }
    Ok((journal, reader.entries))
}

/// Who has things recorded: the identity that git knows in their clone, else the
/// login name.
pub fn who(repository: &Path) -> String {
    let local = git2::Repository::open(repository).and_then(|repository| repository.config());
    let git = local.or_else(|_| git2::Config::open_default()).ok();
    let value =
        |name: &str| git.as_ref().and_then(|config| config.get_string(name).ok()).filter(|text| !text.is_empty());
    match (value("user.name"), value("user.email")) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (None, Some(email)) => email,
        _ => std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".into()),
    }
}
