// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Setting the stage: the world, its servers, and a session whose clients talk
//! to them; the clients are those of a real release.

use std::cell::Cell;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::commands::CommandError;
use crate::commands::environment::{Accounts, Environment};
use crate::commands::error::{MAKE_ROOM, is_full};
use crate::commands::release_files::{ReleaseFiles, release_files};
use crate::commands::release_state::{JOURNAL_FILE, ReleaseState, release_directory};
use crate::commands::session::{Session, open_journal};
use crate::commands::start::{Beginning, begin};
use crate::config::{Occasion, release_values, render_product};
use crate::engine::{Clock, Entry, Journal, JournalReader, State, SystemClock};
use crate::rehearsal::stand_ins::nexus::NEXUS_ACCOUNT;
use crate::rehearsal::stand_ins::{Faults, StandIns, confluence, jira, npm, pypi};
use crate::rehearsal::{
    ArchiveServer, Failed, Interruption, MANAGER, RealServers, SimulatedClock, SmtpServer, Source, Wish, World,
    free_ports, stand_in_services,
};
use crate::release::{Manager, ReleaseRecord, Version};
use crate::services::{Effects, OpenPgp};
use crate::ui::ExitCode;

/// What a rehearsal is wanted for.
pub struct Wanted<'a> {
    /// Where the world is to be.
    pub directory: &'a Path,
    /// The product.
    pub product: &'a str,
    /// The version.
    pub version: Version,
    /// Where the repository comes from.
    pub source: Source<'a>,
    /// Whether the first candidate is voted down.
    pub fail_first_candidate: bool,
    /// Whether real servers that are on this machine are left alone.
    pub stand_ins_alone: bool,
}

/// A world with its servers running and a session over it.
pub struct Stage {
    /// The world.
    pub world: World,
    /// The simulated clock.
    pub clock: SimulatedClock,
    /// The release.
    pub session: Session,
    /// The mail server.
    pub smtp: SmtpServer,
    _archive: ArchiveServer,
    _stand_ins: StandIns,
    /// The real servers in the place of stand-ins.
    pub real_servers: RealServers,
    /// How many mails had come when it was last looked.
    delivered: Cell<usize>,
    _lock: File,
    home: PathBuf,
}

impl Stage {
    /// Sets the stage, or takes up one that was left.
    ///
    /// # Errors
    /// When the directory holds something else, or a part fails.
    pub fn set(
        environment: &Environment,
        wanted: &Wanted<'_>,
        interruption: Option<&Interruption>,
    ) -> Result<Self, CommandError> {
        let ui = environment.ui;
        let files = release_files(&environment.assets, wanted.product, "release")?;
        if World::open(wanted.directory).map_err(failed)?.is_none() {
            check_usable(wanted.directory, &PARTS)?;
        }
        let lock = lock(wanted.directory)?;
        let world = match World::open(wanted.directory).map_err(failed)? {
            Some(world) => {
                check_same(&world, wanted)?;
                ui.say(&format!("Going on with the rehearsal in {}", world.directory.display()));
                world
            }
            None => {
                ui.say(&format!(
                    "Making a world in {} (git, Subversion, OpenPGP key, mail) …",
                    wanted.directory.display()
                ));
                let registry = registry_of(environment, &files, wanted)?;
                let wish = Wish {
                    registry: registry.as_deref(),
                    product: wanted.product,
                    configuration: &files.product.text,
                    version: wanted.version,
                    source: wanted.source,
                    fail_first_candidate: wanted.fail_first_candidate,
                    stand_ins_alone: wanted.stand_ins_alone,
                };
                World::make(wanted.directory, &wish, ports()?, SystemClock.now()).map_err(failed)?
            }
        };
        let smtp = SmtpServer::start(world.mail(), world.smtp_port, world.lists_account()).map_err(port_taken)?;
        let archive = ArchiveServer::start(world.mail(), world.archive_port).map_err(port_taken)?;
        let stand_ins =
            StandIns::start(&world.stand_ins(), world.stand_ins_port, Faults::default()).map_err(port_taken)?;
        let real_servers = RealServers::start(&world.directory, world.smtp_port, &world.real_servers)
            .map_err(|error| CommandError::from_error(ExitCode::Service, &error, WITHOUT_IT))?;
        let home = world.gnupg_home().map_err(failed)?;
        let (clock, directory) = begin_or_resume(&world, wanted.version, files)?;
        let release = ReleaseState::read(environment, &directory)?;
        // Nothing of a rehearsal may leave the machine.
        if !release.record.rehearsal {
            return Err(CommandError::usage(
                format!("the release recorded in {} is no rehearsal", directory.display()),
                "rehearse in another directory, by --keep",
            ));
        }
        let account = real_servers.smtp_account().unwrap_or_else(|| world.smtp_account());
        let accounts = Accounts {
            svn: real_servers.svn_account(),
            smtp: Some((account.user, account.password)),
            nexus: Some((NEXUS_ACCOUNT.0.to_owned(), NEXUS_ACCOUNT.1.into())),
            confluence: Some(confluence::WRITER.into()),
            github: Some(world.github_token().into()),
            gnupg_home: Some(home.clone()),
            home: Some(world.home()),
            jira: Some(jira::ADMINISTRATOR.into()),
            pypi: Some(pypi::MAINTAINER.into()),
            npm: Some(real_servers.npm_token().unwrap_or_else(|| npm::MAINTAINER.into())),
            images: None,
        };
        let effects = interruption.map_or_else(Effects::unwatched, Interruption::effects);
        let (session, _) = Session::new(environment, release, &accounts, effects, Box::new(clock.clone()))?;
        let delivered = Cell::new(smtp.store().mails().map_or(0, |mails| mails.len()));
        Ok(Self {
            world,
            clock,
            session,
            smtp,
            _archive: archive,
            _stand_ins: stand_ins,
            real_servers,
            delivered,
            _lock: lock,
            home,
        })
    }

    /// The journal, open for writing, with its state and its last entry.
    ///
    /// # Errors
    /// When it cannot be used, or another run has it open.
    pub fn journal(&self, environment: &Environment) -> Result<(Journal, State, Option<Entry>), CommandError> {
        let who = format!("{} <{}>", MANAGER.0, MANAGER.1);
        let (journal, entries) = open_journal(environment, &self.session.directory, &who)?;
        Ok((journal, State::of(&entries), entries.last().cloned()))
    }

    /// Waits until the relay has handed on what it took; says whether a mail has come to the lists
    /// since this was last asked.
    ///
    /// # Errors
    /// When it does not, or the mails cannot be read.
    pub fn mail_came(&self) -> Result<bool, CommandError> {
        if !self.real_servers.relays() {
            return Ok(false);
        }
        let failed =
            |error: &(dyn std::error::Error + 'static), hint| CommandError::from_error(ExitCode::Service, error, hint);
        self.real_servers.await_delivery().map_err(|error| failed(&error, "the rehearsal can be taken up again"))?;
        let mails = self.smtp.store().mails().map_err(|error| failed(&error, "see that the world can be read"))?;
        Ok(self.delivered.replace(mails.len()) != mails.len())
    }

    /// Where the journal is.
    pub fn journal_path(&self) -> PathBuf {
        self.session.directory.join(JOURNAL_FILE)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // GnuPG's agent outlives its callers; this one serves this world alone.
        let _ = OpenPgp::stop_agent(&self.home);
        // A short link to a home with a long path has served its purpose.
        if self.home.is_symlink() {
            let _ = std::fs::remove_file(&self.home);
        }
    }
}

/// What to do where a real server does not come up.
const WITHOUT_IT: &str =
    "see `servers/` in the world for what it said; --stand-ins rehearses without it, in a new world";

/// Whether the world in `directory` holds a release that has begun.
pub fn has_begun(directory: &Path, product: &str, version: Version) -> bool {
    let world = World::open(directory).ok().flatten();
    world.is_some_and(|world| release_directory(&world.state(), product, version).join(JOURNAL_FILE).exists())
}

/// Begins the release's record, or finds where its clock stands.
fn begin_or_resume(
    world: &World,
    version: Version,
    mut files: ReleaseFiles,
) -> Result<(SimulatedClock, PathBuf), CommandError> {
    let directory = release_directory(&world.state(), &world.product, version);
    let journal = directory.join(JOURNAL_FILE);
    let entries = if journal.exists() { JournalReader::open(&journal)?.entries } else { Vec::new() };
    // A clock that ran backwards in between must not take the rehearsal back.
    if let Some(latest) = entries.iter().map(|entry| entry.at).max() {
        return Ok((SimulatedClock::new(latest), directory));
    }
    let clock = SimulatedClock::new(world.made);
    let real: toml::Table = toml::from_str(&files.product.text)
        .map_err(|error| failed(Failed::new("read the product's configuration", error.message())))?;
    files.product.text = world.configuration(&files.product.text).map_err(failed)?;
    let stand_ins = stand_in_services(&real, &world.real_servers);
    let record = ReleaseRecord { stand_ins, ..record(&world.product, version, &world.key, &world.clone_path()) };
    let who = format!("{} <{}>", MANAGER.0, MANAGER.1);
    let directory = begin(&world.state(), &record, version, &files, Beginning::First, &who, &clock)?;
    Ok((clock, directory))
}

/// The registry of the project's proposals that is on this machine, where the configuration names one
/// and it is there: a rehearsal works on a copy.
fn registry_of(
    environment: &Environment,
    files: &ReleaseFiles,
    wanted: &Wanted<'_>,
) -> Result<Option<PathBuf>, CommandError> {
    let product = files.product()?;
    let record = record(wanted.product, wanted.version, "", wanted.directory);
    let home = environment.accounts.home.clone().unwrap_or_default();
    let occasion = Occasion { home: &home, ..Occasion::any() };
    let filled = render_product(&product, &release_values(&product, &record, wanted.version, &occasion)?)?;
    let named = filled.proposals.and_then(|proposals| proposals.registry).map(PathBuf::from);
    Ok(named.filter(|path| git2::Repository::open(path).is_ok()))
}

/// What is recorded of a rehearsal's release.
pub fn record(product: &str, version: Version, key: &str, repository: &Path) -> ReleaseRecord {
    ReleaseRecord {
        product: product.to_owned(),
        version: version.to_string(),
        manager: Manager { name: MANAGER.0.into(), email: MANAGER.1.into(), key: key.to_owned() },
        repository: repository.display().to_string(),
        rehearsal: true,
        stand_ins: Vec::new(),
        begun_anew: false,
        commit: None,
        remote_address: None,
        quorate: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn check_same(world: &World, wanted: &Wanted<'_>) -> Result<(), CommandError> {
    let source = match wanted.source {
        Source::Repository(path) => Some(path.to_owned()),
        Source::Sample | Source::MadeUp(_) => None,
    };
    let same = world.product == wanted.product
        && world.version == wanted.version.to_string()
        && world.fail_first_candidate == wanted.fail_first_candidate
        && world.source == source;
    if same && world.directory == wanted.directory {
        return Ok(());
    }
    let made_with = format!(
        "{} {}{}{}",
        world.product,
        world.version,
        world.source.as_ref().map_or_else(String::new, |source| format!(" from {}", source.display())),
        if world.fail_first_candidate { " --fail-first-candidate" } else { "" },
    );
    Err(CommandError::usage(
        format!(
            "{} holds another rehearsal: {made_with}, made in {}",
            wanted.directory.display(),
            world.directory.display()
        ),
        "go on with that one by the same options, or name another directory",
    ))
}

/// What the making of a release's world leaves.
const PARTS: [&str; 15] = [
    "remote.git",
    "clone",
    "proposals.git",
    "proposals",
    "sample",
    "svn",
    "svn-import",
    "gnupg",
    "mail",
    "stand-ins",
    "servers",
    "state",
    "home",
    "roster.toml",
    LOCK_FILE,
];

/// Only an empty directory, or one that an interrupted making left, is built in.
pub(super) fn check_usable(directory: &Path, known: &[&str]) -> Result<(), CommandError> {
    let foreign: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let more = foreign.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown = foreign[..foreign.len().min(SHOWN)].join(", ");
    Err(CommandError::usage(
        format!("--keep {}: the directory is not empty: {shown}{more}", directory.display()),
        "name a new or an empty directory",
    ))
}

/// How many names of what is in the way are shown.
const SHOWN: usize = 5;

/// The file whose lock says that a rehearsal is at work in a directory.
const LOCK_FILE: &str = "lock";

/// Two rehearsals in one directory would make each other's world anew.
pub(super) fn lock(directory: &Path) -> Result<File, CommandError> {
    let path = directory.join(LOCK_FILE);
    let fail = |error: std::io::Error| {
        CommandError::usage(format!("cannot use {}: {error}", path.display()), "name a directory that can be written")
    };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CommandError::new(
            ExitCode::Conflict,
            format!("another rehearsal is at work in {}", directory.display()),
            "wait for it to end, or end it, or name another directory",
        )),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}

/// Ports for a world's three servers.
pub(super) fn ports() -> Result<[u16; 3], CommandError> {
    free_ports().map_err(|error| {
        CommandError::new(ExitCode::Service, format!("there is no free port on loopback: {error}"), "")
    })
}

/// Why a server of the world does not run.
pub(super) fn port_taken(error: std::io::Error) -> CommandError {
    CommandError::new(
        ExitCode::Service,
        format!("a server of the rehearsal cannot start: {error}"),
        "its port is written in the world; end what uses it, or rehearse in another directory",
    )
}

pub(super) fn failed(error: Failed) -> CommandError {
    let tools = "the rehearsal needs git, svn, svnadmin and gpg: the packages git, subversion and gnupg have them";
    let hint = if is_full(&error) { MAKE_ROOM } else { tools };
    CommandError::from_error(ExitCode::Service, &error, hint)
}
