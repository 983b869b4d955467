// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate rehearse --flip`: a proposal from its page to the release, with a real git registry and
//! its remote, SMTP, and stand-ins for archive, wiki and tracker.
//!
//! What carries it on is what carries on a real one: `quorate flip start`, then the engine over its
//! record. Simulated are the clock, the consent, and the people who write.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::flip_report::FlipReport;
use super::place::Place;
use super::stage::{check_usable, failed, lock, port_taken, ports};
use super::{Args, ending};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::{Accounts, Environment};
use crate::commands::error::chain;
use crate::commands::flip::{self, record};
use crate::commands::halt;
use crate::commands::release_files::release_file;
use crate::commands::release_state::{JOURNAL_FILE, PROPOSALS};
use crate::commands::session::{Session, open_journal};
use crate::config::Assets;
use crate::engine::{Clock, Goal, Halt, JournalReader, Obstacle, Pending, State, SystemClock};
use crate::rehearsal::stand_ins::{Faults, StandIns, confluence, jira};
use crate::rehearsal::{
    ArchiveServer, CARRIED, Interruption, PROPOSAL_LETTERS, ProposalWorld, SimulatedClock, SimulatedManager,
    SmtpServer, VoteMail, WIKI, has_mail,
};
use crate::ui::{ExitCode, Progress};

/// What the making of a proposal's world leaves.
const PARTS: [&str; 9] =
    ["remote.git", "registry", "mail", "stand-ins", "state", "assets", "roster.toml", "scheme.toml", "lock"];

/// A world with its servers running.
pub struct Stage {
    pub world: ProposalWorld,
    pub environment: Environment,
    pub clock: SimulatedClock,
    pub smtp: SmtpServer,
    _archive: ArchiveServer,
    _stand_ins: StandIns,
    _lock: File,
}

pub fn rehearse(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let started = Instant::now();
    let ui = environment.ui;
    let interruption = args.interruption()?;
    let place = Place::choose(args.keep.as_deref())?;
    let stage = Stage::set(environment, place.path())?;
    let desk = stage.desk(interruption);
    let directory = stage.begin(&desk)?;
    let halted = stage.play(&desk, &directory)?;
    let outcome = halt::code_of(&halted);
    let (session, state) = record::read_proposal(&desk, &directory)?;
    let report = FlipReport::of(&stage, &session, &state, started.elapsed());
    let report = report.and_then(|report| report.write().map(|()| report));
    let workflow = session.workflow.clone();
    drop(desk);
    drop(stage);
    let left = place.left(outcome);
    match report {
        Ok(report) if args.json => ui.json(&report),
        Ok(report) => ui.data(&report.to_text(ui)),
        Err(error) if outcome == ExitCode::Done => return Err(error),
        // what is broken in the world is what ended the rehearsal: that is said below
        Err(_) => {}
    }
    if let Some(left) = left {
        ui.say(&left);
    }
    halt::report_of(ui, Some(&workflow), &halted);
    Ok(outcome)
}

impl Stage {
    /// Sets the stage, or takes up one that was left.
    fn set(environment: &Environment, directory: &Path) -> Result<Self, CommandError> {
        let ui = environment.ui;
        if ProposalWorld::open(directory).map_err(failed)?.is_none() {
            check_usable(directory, &PARTS)?;
        }
        let lock = lock(directory)?;
        let world = match ProposalWorld::open(directory).map_err(failed)? {
            Some(world) if world.directory != directory => {
                return Err(CommandError::usage(
                    format!("{} holds a rehearsal that was made in {}", directory.display(), world.directory.display()),
                    "its files name that place; rehearse in another directory",
                ));
            }
            Some(world) => {
                ui.say(&format!("Going on with the rehearsal in {}", directory.display()));
                world
            }
            None => {
                ui.say(&format!(
                    "Making a world in {} (registry and remote, mail, wiki, tracker) …",
                    directory.display()
                ));
                let assets = &environment.assets;
                let product = release_file(assets, "release-config", "product", "sample")?;
                let scheme = release_file(assets, "release-config/proposals", "scheme", "flip")?;
                ProposalWorld::make(directory, &scheme.text, &product.text, ports()?, SystemClock.now())
                    .map_err(failed)?
            }
        };
        let smtp = SmtpServer::start(world.mail(), world.smtp_port, world.smtp_account()).map_err(port_taken)?;
        let archive = ArchiveServer::start(world.mail(), world.archive_port).map_err(port_taken)?;
        let stand_ins =
            StandIns::start(&world.stand_ins(), world.stand_ins_port, Faults::default()).map_err(port_taken)?;
        let account = world.smtp_account();
        let accounts = Accounts {
            smtp: Some((account.user, account.password)),
            confluence: Some(confluence::WRITER.into()),
            jira: Some(jira::ADMINISTRATOR.into()),
            ..Accounts::default()
        };
        let inner = Environment {
            ui,
            release: None,
            assets: Assets::new(Some(world.assets())),
            state: world.state(),
            accounts,
        };
        let journal = journal_of(&world);
        let entries = if journal.exists() { JournalReader::open(&journal)?.entries } else { Vec::new() };
        // A clock that ran backwards in between must not take the rehearsal back.
        let now = entries.iter().map(|entry| entry.at).max().unwrap_or(world.made);
        let clock = SimulatedClock::new(now);
        Ok(Self { world, environment: inner, clock, smtp, _archive: archive, _stand_ins: stand_ins, _lock: lock })
    }

    fn desk(&self, interruption: Option<Interruption>) -> Desk<'_> {
        let desk = Desk { clock: &self.clock, ..Desk::new(&self.environment) };
        match interruption {
            Some(interruption) => Desk { effects: interruption.effects(), interruption: Some(interruption), ..desk },
            None => desk,
        }
    }

    /// Begins the record as `quorate flip start` does, unless it is begun.
    fn begin(&self, desk: &Desk<'_>) -> Result<PathBuf, CommandError> {
        let journal = journal_of(&self.world);
        if !crate::engine::Journal::is_begun(&journal)? {
            let options = record::Options {
                product: Some("sample".to_owned()),
                confluence: Some(self.world.wiki()),
                space: Some(WIKI.0.to_owned()),
                parent: Some(WIKI.1.to_owned()),
                ..record::Options::default()
            };
            let number = CARRIED.0.to_string();
            return record::begin(
                desk,
                &flip::Place::at(self.world.registry()),
                &number,
                &options,
                record::Beginning::Rehearsal,
            );
        }
        Ok(journal.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Runs the workflow to its end; people act where they are waited for.
    fn play(&self, desk: &Desk<'_>, directory: &Path) -> Result<Halt, CommandError> {
        let (mut journal, entries) = open_journal(&self.environment, directory, "")?;
        let (session, state) = record::proposal_session(desk, directory, State::of(&entries))?;
        journal.sign_as(&session.who());
        desk.go_on(&mut journal, entries.last());
        let mut progress = Progress::new(self.environment.ui);
        let mut driver = session.driver(journal, state, desk.clock, &mut progress);
        let mut manager = SimulatedManager::default();
        loop {
            let halt = driver.advance(&Goal::All, &mut manager)?;
            ending::await_end();
            let Halt::Pending(pending) = &halt else { return Ok(halt) };
            let mut moved = false;
            for Pending { id, obstacle, .. } in pending {
                moved |= match obstacle {
                    Obstacle::Time { until, why } => {
                        self.write_letters(&session, &driver.state)?;
                        self.clock.move_to(*until);
                        driver.observer.time_passes(*until, why);
                        true
                    }
                    Obstacle::Person(_) if id == "mark-released" => self.name_the_release()?,
                    _ => false,
                };
            }
            if !moved {
                return Ok(halt);
            }
        }
    }

    /// The community answers the vote, each with a mail of their own, once.
    fn write_letters(&self, session: &Session, state: &State) -> Result<(), CommandError> {
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "the rehearsal can be taken up again");
        let Some(vote) = vote_mail(state) else { return Ok(()) };
        for letter in PROPOSAL_LETTERS {
            let there = has_mail(self.smtp.store(), &letter.id(&vote));
            if there.map_err(|error| fail(format!("cannot read the mails: {error}")))? {
                continue;
            }
            let relay = &session.services.relay;
            relay
                .send(letter.address, &vote.list, &letter.bytes(&vote))
                .map_err(|error| fail(format!("{} cannot vote: {}", letter.name, chain(&error))))?;
        }
        Ok(())
    }

    /// Whoever did the work names issue and version, by `quorate flip set`; whether that was to do.
    fn name_the_release(&self) -> Result<bool, CommandError> {
        let (number, jira, release) = CARRIED;
        flip::name_release(&self.environment, &flip::Place::at(self.world.registry()), number, jira, release)
    }
}

/// Where the journal of the proposal is.
fn journal_of(world: &ProposalWorld) -> PathBuf {
    world.state().join(PROPOSALS).join(format!("FLIP-{}", CARRIED.0)).join(JOURNAL_FILE)
}

/// The mail that called the vote.
fn vote_mail(state: &State) -> Option<VoteMail> {
    let outputs = state.outputs();
    let sent = outputs.get("send-vote")?;
    let text = |name: &str| sent.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let list = sent.get("to")?.as_array()?.iter().filter_map(|to| to.as_str().map(str::to_owned)).collect();
    Some(VoteMail {
        message_id: text("message_id")?,
        subject: text("subject")?,
        list,
        date: text("date")?.parse().ok()?,
    })
}
