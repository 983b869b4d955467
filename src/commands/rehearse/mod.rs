// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate rehearse`: a whole release on this machine, with real parts.

mod community;
mod ending;
mod flip;
mod flip_report;
mod made;
mod place;
mod report;
mod stage;
mod votes;

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::CommandError;
use super::check_repository::{Branch, check_place, check_repository};
use super::check_templates::check_templates;
use super::check_version::unlike;
use super::environment::{Environment, absolute};
use super::halt;
use super::release_files::release_files;
use super::run::phase_goal;
use super::start::{Beginning, check_configuration, check_files};
use super::which_product::product_of_clone;
use crate::engine::{Goal, Halt, Obstacle, Pending};
use crate::rehearsal::{Interruption, SimulatedManager, Source, World};
use crate::release::{ReleaseKind, Version};
use crate::ui::{ExitCode, Progress};
use community::Community;
use place::Place;
use stage::Stage;

/// Rehearses a whole release on this machine.
///
/// Or a proposal, with --flip: its discussion, vote, result and release.
///
/// With real git, Subversion, OpenPGP and SMTP, a simulated clock and simulated
/// people. Nothing is published: every server is on this machine. Without --repo a small sample project is
/// released; with it, a copy of the given repository, which is never written to, and its
/// builds run where their programs are here, and may fetch what they need. With --keep the
/// world stays, to be looked at; a rehearsal that was interrupted goes on when the same --keep
/// is given again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A repository to rehearse with, in place of the sample project: of a clone the branches of
    /// the remote that the configuration names, or of the only one. Without it, a product's
    /// repository is made up from what its configuration says of it.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    /// A product of release-config/; else the one that --repo is a clone of, and
    /// `sample` without.
    #[arg(long)]
    product: Option<String>,
    /// The version to release; 1.2.0 without --repo.
    #[arg(long)]
    version: Option<String>,
    /// Candidate 1 is voted down and cancelled everywhere; candidate 2 passes.
    #[arg(long)]
    fail_first_candidate: bool,
    /// Rehearse a proposal in place of a release: its discussion, a vote with a veto that is
    /// withdrawn, its result, page, wiki and issue, until it is released.
    #[arg(long, conflicts_with_all = ["repo", "product", "version", "fail_first_candidate", "to", "stand_ins"])]
    flip: bool,
    /// Use no real server in the place of a stand-in. Else each of these is used that is on the PATH:
    /// devpi, verdaccio, docker-registry with skopeo, Apache httpd with mod_dav_svn, and Exim.
    #[arg(long)]
    stand_ins: bool,
    /// Make the world in this directory, and leave it there.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Stop when this phase is completed; the same command without --to goes on.
    #[arg(long, value_name = "PHASE")]
    to: Option<String>,
    /// End with one JSON object on stdout.
    #[arg(long)]
    json: bool,
    /// For tests: end the process, as a power cut would, at each point that this
    /// file does not name yet.
    #[arg(long, hide = true, value_name = "FILE")]
    interrupt: Option<PathBuf>,
    /// For tests: of the points, take about one in N at random, by SEED: SEED,N.
    #[arg(long, hide = true, value_name = "SEED,N", requires = "interrupt", value_parser = chance)]
    interrupt_chance: Option<(u64, u64)>,
}

/// The product that is rehearsed without a repository.
const SAMPLE: &str = "sample";

fn chance(text: &str) -> Result<(u64, u64), String> {
    let parse = |part: &str| part.trim().parse::<u64>().map_err(|error| error.to_string());
    let (seed, one_in) = text.split_once(',').ok_or("expected SEED,N")?;
    match (parse(seed)?, parse(one_in)?) {
        (_, 0) => Err("N is at least 1".into()),
        both => Ok(both),
    }
}

impl Args {
    fn interruption(&self) -> Result<Option<Interruption>, CommandError> {
        let Some(file) = &self.interrupt else { return Ok(None) };
        Interruption::new(file, self.interrupt_chance)
            .map(Some)
            .map_err(|error| CommandError::usage(format!("--interrupt: {error}"), ""))
    }
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let outcome = if args.flip { flip::rehearse(environment, &args) } else { rehearse(environment, args) };
    ending::await_end();
    outcome
}

/// What a world was made for, where only the world is named.
fn as_it_was(args: Args) -> Args {
    let unsaid = args.product.is_none() && args.repo.is_none() && args.version.is_none() && !args.fail_first_candidate;
    let world = args.keep.as_deref().filter(|_| unsaid).and_then(|keep| World::open(keep).ok().flatten());
    match world {
        None => args,
        Some(World { product, version, source, fail_first_candidate, .. }) => {
            Args { product: Some(product), version: Some(version), repo: source, fail_first_candidate, ..args }
        }
    }
}

fn rehearse(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let started = Instant::now();
    let args = as_it_was(args);
    let ui = environment.ui;
    let repository = args.repo.as_deref().map(absolute).transpose()?;
    let product = match (&args.product, &repository) {
        (Some(product), _) => product.clone(),
        (None, Some(repository)) => product_of_clone(&environment.assets, repository)?,
        (None, None) => SAMPLE.to_owned(),
    };
    let product = product.as_str();
    let version = match (&args.version, &repository) {
        (Some(version), _) => version.parse::<Version>()?,
        (None, None) => "1.2.0".parse()?,
        (None, Some(_)) => {
            return Err(CommandError::usage("--repo needs --version", "the version to release: --version 3.4.0"));
        }
    };
    let files = release_files(&environment.assets, product, "release")?;
    if args.to.is_some() && args.keep.is_none() {
        return Err(CommandError::usage(
            "--to needs --keep: a rehearsal that stops half way goes on in the world that it leaves",
            "name a directory for it: --keep DIR",
        ));
    }
    let goal = phase_goal(&files.workflow()?.phase_ids(), args.to.clone())?;
    let made_up = repository.is_none() && product != SAMPLE;
    if made_up && version.kind() == ReleaseKind::Bugfix {
        return Err(CommandError::usage(
            format!("a bugfix release of {product} needs --repo"),
            "a repository that is made up has no series yet: name a clone of the product, or the first version of a series",
        ));
    }
    // Before anything is made; the world's own clone is looked at when its release begins.
    let looked_at = repository.as_deref().unwrap_or(Path::new("/nowhere"));
    let record = stage::record(product, version, &"0".repeat(40), looked_at);
    let rendered = check_configuration(&record, version, &files)?;
    if let Some(repository) = &repository {
        check_repository(repository, &files.product()?, Branch::Anywhere)?;
        let elsewhere = check_place(repository, &rendered).err().map(|error| error.what);
        for unlike in elsewhere.into_iter().chain(unlike(repository, &rendered, version)) {
            ui.warn(&format!("{unlike}; `quorate start` would refuse to begin this release"));
        }
    }
    // What has begun goes on by the files that were looked at then and are kept with its record.
    if !args.keep.as_deref().is_some_and(|world| stage::has_begun(world, product, version)) {
        check_files(&record, version, &files, Beginning::First)?;
        check_templates(environment, &record, version, &files)?;
    }
    let interruption = args.interruption()?;
    let place = Place::choose(args.keep.as_deref())?;
    let stage = Stage::set(
        environment,
        &stage::Wanted {
            directory: place.path(),
            product,
            version,
            source: match &repository {
                Some(repository) => Source::Repository(repository),
                None if made_up => Source::MadeUp(&rendered),
                None => Source::Sample,
            },
            fail_first_candidate: args.fail_first_candidate,
            stand_ins_alone: args.stand_ins,
        },
        interruption.as_ref(),
    )?;
    let halt = play(environment, &stage, &goal, interruption)?;
    let outcome = halt::code_of(&halt);
    let workflow = stage.session.workflow.clone();
    if outcome == ExitCode::Done {
        halt::report(ui, &halt);
    }
    let report = report::Report::of(&stage, started.elapsed());
    let report = report.and_then(|report| report.write(&stage).map(|()| report));
    // Nobody may be reading any more, which ends the program: what is to go is gone by then.
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
    // What went wrong is the last that is said, and not above all that was made.
    if outcome != ExitCode::Done {
        halt::report_of(ui, Some(&workflow), &halt);
    }
    Ok(outcome)
}

/// What the simulated manager gives as the reason, in the words of a mail.
const VOTED_DOWN: &str = "The vote did not pass: it has not the three binding +1 that a release needs, and what was \
                          found in this thread is to be mended first.";

/// Runs the workflow to its end; the community acts where it is waited for.
fn play(
    environment: &Environment,
    stage: &Stage,
    goal: &Goal,
    interruption: Option<Interruption>,
) -> Result<Halt, CommandError> {
    let (mut journal, state, last) = stage.journal(environment)?;
    if let Some(interruption) = interruption {
        if let Some(last) = &last {
            interruption.goes_on_from(last);
        }
        journal.watch(move |entry| interruption.record(entry));
    }
    let community = Community::new(stage);
    let mut progress = Progress::new(environment.ui);
    let mut driver = stage.session.driver(journal, state, &stage.clock, &mut progress);
    let mut mended = 0;
    let mut published = false;
    let mut manager = SimulatedManager { stand_ins: stage.world.stand_ins() };
    loop {
        let halt = driver.advance(goal, &mut manager)?;
        ending::await_end();
        let Halt::Pending(pending) = &halt else { return Ok(halt) };
        let time = |pending: &Pending| matches!(pending.obstacle, Obstacle::Time { .. });
        // A relay may be a moment late: by now the archive has what it took.
        if pending.iter().any(time) && stage.mail_came()? {
            continue;
        }
        let mut moved = false;
        for Pending { id, obstacle, .. } in pending {
            moved |= match obstacle {
                Obstacle::Time { until, why } => {
                    let used = community.use_the_time(&driver.state, *until)?;
                    stage.clock.move_to(used);
                    driver.observer.time_passes(used, why);
                    true
                }
                Obstacle::Person(_) if id == "triage-blockers" || id == "audit-release-notes" => {
                    community.decide(&mut driver)?
                }
                Obstacle::Person(_) if id == "record-vote" => community.weigh(&mut driver)?,
                Obstacle::CheckFailed(_) if id == "community-approves" && community.alarmed(&driver.state) => {
                    driver.cancel_candidate(VOTED_DOWN)?;
                    true
                }
                // Only once: a second time there is nothing left to mend.
                Obstacle::CheckFailed(_)
                    if id == "fixes-on-release-branch" && mended != driver.state.candidate.number =>
                {
                    mended = driver.state.candidate.number;
                    community.mend(&driver.state)?;
                    true
                }
                Obstacle::CheckFailed(_) if id == "images-published" && !published => {
                    published = true;
                    community.publish_images(&driver.state)?
                }
                _ => false,
            };
        }
        if !moved {
            return Ok(halt);
        }
    }
}
