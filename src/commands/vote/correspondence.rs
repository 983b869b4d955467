// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails that belong together, with their record: a vote that somebody opened, or a
//! ballot that they cast. The engine carries them on as it does a release: a workflow of
//! their own, a journal, and the same actions; only where the values come from differs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::{Author, Services, registry};
use crate::commands::CommandError;
use crate::commands::connect::{relay_address, templates};
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::release_files::release_file;
use crate::commands::release_state::{JOURNAL_FILE, WORKFLOW_FILE, pinned};
use crate::commands::session::open_journal;
use crate::config::Mail;
use crate::engine::{Driver, Event, Journal, Observer, Registry, State, ValueSource, Workflow};
use crate::release::Sha512;
use crate::services::{Effects, Git, GitHub, OpenPgp, Pages, PonyMail, Registries, Relay, Svn, Workspace};
use crate::ui::ExitCode;

/// Who writes, to which list, and how mail gets there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// "Ann Example".
    pub name: String,
    /// "ann@example.org".
    pub email: String,
    /// The list's address.
    pub list: String,
    /// Whether the list's archive cannot be read by everybody: it is not asked then.
    pub private: bool,
    /// The relay and the archive.
    pub mail: Mail,
}

impl Sender {
    /// The archive, where it can be asked.
    pub fn archive(&self) -> Option<PonyMail> {
        self.mail.archive.as_ref().filter(|_| !self.private).map(PonyMail::new)
    }
}

/// What the journal's first line says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    /// `vote` or `ballot`: the workflow's name too.
    kind: String,
    sender: Sender,
    /// The vote's or ballot's own words.
    subject: Value,
    /// The version of this program.
    quorate: String,
}

/// Mails that belong together, with all that carrying them on takes.
pub struct Correspondence {
    /// Where the record is, or will be.
    pub directory: PathBuf,
    /// Its steps.
    pub workflow: Workflow,
    /// What they can do.
    pub registry: Registry<Services>,
    /// The clients.
    pub services: Services,
    /// Its values.
    pub values: Values,
    /// Where it stands.
    pub state: State,
    workflow_text: String,
}

/// The values that its workflow and mails see.
pub struct Values {
    /// `vote` or `ballot`.
    pub kind: &'static str,
    /// Its own words.
    pub subject: Value,
    /// Who writes.
    pub sender: Sender,
    /// What was found out just now, for a step that records it.
    pub finding: Option<Value>,
}

impl ValueSource for Values {
    fn values(&self, _candidate: u32, _cancelled: Option<&str>) -> Result<Value, String> {
        Ok(json!({ self.kind: self.subject, "sender": self.sender, "finding": self.finding }))
    }
}

impl Correspondence {
    /// One that is yet to begin; nothing is written.
    ///
    /// # Errors
    /// When its workflow cannot be used, or a record is there already.
    pub fn new(
        desk: &Desk<'_>,
        kind: &'static str,
        name: &str,
        sender: Sender,
        subject: &impl Serialize,
    ) -> Result<Self, CommandError> {
        let environment = desk.environment;
        let file = release_file(&environment.assets, "workflows", "workflow", kind)?;
        let subject = serde_json::to_value(subject).expect("plain data");
        let workflow = Workflow::parse(&file.place, &file.text)?;
        let directory = directory_of(environment, kind, name);
        let services = services(environment, &directory, &sender, desk.effects.clone());
        let values = Values { kind, subject, sender, finding: None };
        let state = State::default();
        Ok(Self { directory, workflow, registry: registry(), services, values, state, workflow_text: file.text })
    }

    /// The one that is recorded under `name`; `None` where none is.
    ///
    /// # Errors
    /// When the record cannot be used.
    pub fn read(desk: &Desk<'_>, kind: &'static str, name: &str) -> Result<Option<Self>, CommandError> {
        let environment = desk.environment;
        let directory = directory_of(environment, kind, name);
        let journal = directory.join(JOURNAL_FILE);
        if !Journal::is_begun(&journal)? {
            return Ok(None);
        }
        let state = State::read(&journal)?.0;
        let broken = |what: String| {
            CommandError::usage(format!("{}: {what}", directory.display()), "restore the directory from a copy")
        };
        let begun: Begun = serde_json::from_value(state.release.clone())
            .map_err(|error| broken(format!("the first line records no {kind}: {error}")))?;
        let text = pinned(&directory, WORKFLOW_FILE, &state)?;
        let workflow = Workflow::parse(&directory.join(WORKFLOW_FILE).display().to_string(), &text)?;
        let services = services(environment, &directory, &begun.sender, desk.effects.clone());
        let values = Values { kind, subject: begun.subject, sender: begun.sender, finding: None };
        Ok(Some(Self { directory, workflow, registry: registry(), services, values, state, workflow_text: text }))
    }

    /// Its own words.
    ///
    /// # Errors
    /// When the record has others.
    pub fn subject<T: DeserializeOwned>(&self) -> Result<T, CommandError> {
        serde_json::from_value(self.values.subject.clone()).map_err(|error| {
            CommandError::usage(format!("{}: {error}", self.directory.display()), "restore the directory from a copy")
        })
    }

    /// What carries it on.
    pub fn driver<'a>(
        &'a self,
        desk: &Desk<'a>,
        journal: Journal,
        state: State,
        observer: &'a mut dyn Observer,
    ) -> Driver<'a, Services> {
        Driver {
            workflow: &self.workflow,
            registry: &self.registry,
            world: &self.services,
            values: &self.values,
            clock: desk.clock,
            observer,
            journal,
            state,
        }
    }

    /// Opens its journal for writing, which begins it where it is not begun.
    ///
    /// # Errors
    /// When it cannot be written, or another run has it open.
    pub fn journal(&self, desk: &Desk<'_>) -> Result<(Journal, State), CommandError> {
        let path = self.directory.join(JOURNAL_FILE);
        let who = format!("{} <{}>", self.values.sender.name, self.values.sender.email);
        if Journal::is_begun(&path)? {
            let (mut journal, entries) = open_journal(desk.environment, &self.directory, &who)?;
            desk.go_on(&mut journal, entries.last());
            return Ok((journal, State::of(&entries)));
        }
        let fail = |error: std::io::Error| {
            let what = format!("cannot write {}: {error}", self.directory.display());
            CommandError::new(ExitCode::Service, what, "make the state directory yours and writable")
        };
        fs::create_dir_all(&self.directory).map_err(fail)?;
        fs::write(self.directory.join(WORKFLOW_FILE), &self.workflow_text).map_err(fail)?;
        let begun = Begun {
            kind: self.values.kind.to_owned(),
            sender: self.values.sender.clone(),
            subject: self.values.subject.clone(),
            quorate: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let release = serde_json::to_value(begun).expect("plain data");
        let digest = Sha512::of(self.workflow_text.as_bytes()).to_string();
        let mut journal = Journal::create(&path, &who)?;
        desk.watch(&mut journal);
        let files = [(WORKFLOW_FILE.to_owned(), digest)].into();
        let entry = journal.append(desk.clock.now(), 0, None, Event::ReleaseStarted { release, files })?;
        Ok((journal, State::of(&[entry])))
    }
}

/// The names under which something of this kind is recorded, sorted.
pub fn names(environment: &Environment, kind: &str) -> Vec<String> {
    let entries = fs::read_dir(environment.state.join(plural(kind))).into_iter().flatten().flatten();
    let begun = entries.filter(|entry| entry.path().join(JOURNAL_FILE).exists());
    let mut names: Vec<String> = begun.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// What something is called by its title: small letters, digits and single hyphens.
pub fn name_of(title: &str) -> String {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    name.truncate(60);
    name.trim_end_matches('-').to_owned()
}

fn directory_of(environment: &Environment, kind: &str, name: &str) -> PathBuf {
    environment.state.join(plural(kind)).join(name)
}

fn plural(kind: &str) -> String {
    format!("{kind}s")
}

/// The clients. No step of these workflows asks git, OpenPGP or Subversion, which ask
/// nobody before they are used.
pub fn services(environment: &Environment, directory: &Path, sender: &Sender, effects: Effects) -> Services {
    let account = environment.accounts.smtp.clone().filter(|_| sender.mail.smtp_login);
    Services {
        git: Git::new(directory, "origin", effects.clone()),
        openpgp: OpenPgp::new(None, "", effects.clone()),
        svn: Svn::new(None, None, effects.clone()),
        relay: Relay::new(relay_address(&sender.mail), account, effects.clone()),
        archive: sender.archive(),
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        nexus: None,
        central: None,
        jira: None,
        pypi: None,
        npm: None,
        proposals: None,
        workspace: Workspace::new(directory, effects),
        templates: templates(&environment.assets),
        assets: environment.assets.clone(),
        author: Author { name: sender.name.clone(), email: sender.email.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_short() {
        assert_eq!(name_of("FLIP-12: State, and (more) of it"), "flip-12-state-and-more-of-it");
        assert_eq!(name_of("../..//x"), "x");
        assert!(name_of(&"long words ".repeat(20)).len() <= 60);
        assert_eq!(name_of("…"), "");
    }
}
