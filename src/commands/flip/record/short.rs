// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip discuss`, `vote` and `result`: the steps of a proposal's record without its
//! checklists, each command one plan that is shown and then carried out.

use std::path::PathBuf;

use super::begin::{Beginning, begin, directory_of};
use super::options::Options;
use super::session::proposal_session;
use crate::commands::CommandError;
use crate::commands::again::begin_anew;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::flip::Place;
use crate::commands::flip::registry::{Registry, Wanted};
use crate::commands::halt;
use crate::commands::release_state::JOURNAL_FILE;
use crate::commands::session::{Session, Subject, open_journal};
use crate::commands::vote::{Agreement, agreed};
use crate::engine::{Doer, Entry, Goal, Halt, Journal, JournalReader, Obstacle, Plan, Preview, State, StepRecord};
use crate::governance::VoteOutcome;
use crate::governance::proposals::{Field, Stage};
use crate::ui::{Approver, ExitCode, Progress};

/// Opens the discussion of a proposal, and puts it on its page.
///
/// For a committer who wants the mail with the right subject and the page kept, and no checklists;
/// `quorate flip start` keeps a record with those. One plan is shown: the mail, and what changes
/// on the page, in the index and on the wiki. --execute, or a yes, carries it out; given again
/// after an interruption it goes on where it was, and nothing is sent twice.
///
///   quorate flip discuss 608
///   quorate flip discuss 608 --about "Jobs can be stopped without losing what is in flight." --execute
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct DiscussArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    options: Options,
    /// Print what was recorded of the mail as JSON.
    #[arg(long)]
    json: bool,
}

/// Opens the vote on a proposal, and puts it on its page.
///
/// It must be under discussion. The mail says what it takes to pass and whose votes bind, by the
/// bylaws; the page gets the thread's link. `quorate vote tally --release FLIP-608` counts the
/// vote as it stands, `quorate flip result 608` ends it. For other votes: `quorate vote open`.
///
///   quorate flip vote 608
///   quorate flip vote 608 --execute
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct VoteArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    options: Options,
    /// Print what was recorded of the mail as JSON.
    #[arg(long)]
    json: bool,
}

/// Ends the vote on a proposal: counts it, sends the result, and updates its page.
///
/// The votes are read from the archive and counted by the bylaws. While the vote is open, and
/// while a person must rule on a mail (`quorate vote rule`), it waits (exit code 3). One plan is
/// shown: the result's mail, and the page with state and tally, the index, the wiki's page with
/// label and table, the link of the issue. Exit code 1 when the vote did not pass.
///
///   quorate flip result 608
///   quorate flip result 608 --execute --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct ResultArgs {
    #[command(flatten)]
    which: Which,
    /// Print what was recorded of the vote as JSON.
    #[arg(long)]
    json: bool,
}

/// Which proposal, and how it is agreed to.
#[derive(Debug, Clone, clap::Args)]
struct Which {
    /// Which: 42, or FLIP-42.
    #[arg(value_name = "NUMBER")]
    number: String,
    #[command(flatten)]
    agreement: Agreement,
}

pub fn run_discuss(environment: &Environment, place: &Place, args: &DiscussArgs) -> Result<ExitCode, CommandError> {
    let desk = Desk::new(environment);
    let short = Short::open(&desk, place, &args.which, Some(&args.options))?;
    if short.has_discussion(&desk)? {
        environment.ui.say(&format!("{} is under discussion already.", short.name()));
        if args.json {
            short.print(&desk, "open-discussion")?;
        }
        short.forget_untouched()?;
        return Ok(ExitCode::Done);
    }
    short.mail_and_page(&desk, "page", ["open-discussion", "record-discussion"], &args.which.agreement, args.json)
}

pub fn run_vote(environment: &Environment, place: &Place, args: &VoteArgs) -> Result<ExitCode, CommandError> {
    let desk = Desk::new(environment);
    let short = Short::open(&desk, place, &args.which, Some(&args.options))?;
    short.demand_under_way(&args.which)?;
    if !short.has_discussion(&desk)? {
        short.forget_untouched()?;
        return Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{} is not under discussion yet", short.name()),
            format!("`quorate flip discuss {}` opens the discussion; a vote comes after it", args.which.number),
        ));
    }
    short.mail_and_page(&desk, "discuss", ["send-vote", "record-vote-thread"], &args.which.agreement, args.json)
}

pub fn run_result(environment: &Environment, place: &Place, args: &ResultArgs) -> Result<ExitCode, CommandError> {
    let desk = Desk::new(environment);
    let short = Short::open(&desk, place, &args.which, None)?;
    short.demand_under_way(&args.which)?;
    let code = short.result(&desk, &args.which.agreement)?;
    let (_, state) = short.session(&desk)?;
    let outputs = state.outputs();
    let Some(vote) = outputs.get("record-vote").filter(|_| code == ExitCode::Done) else { return Ok(code) };
    if args.json {
        environment.ui.json(vote);
    }
    let passed = serde_json::from_value(vote["outcome"].clone())
        .is_ok_and(|outcome: VoteOutcome| outcome == VoteOutcome::Passed);
    Ok(if passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

/// The record that a short command works on.
struct Short {
    directory: PathBuf,
    /// How far the proposal's page says that it is.
    stage: Option<Stage>,
}

impl Short {
    /// The one that is there; else, with `options`, a new one.
    fn open(desk: &Desk<'_>, place: &Place, which: &Which, options: Option<&Options>) -> Result<Self, CommandError> {
        // The program installs it once; a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let registry = Registry::open(desk.environment, place, Wanted::There)?;
        let pages = registry.pages()?;
        let page = registry.one(&pages, &which.number)?;
        let (id, stage) = (page.name(&registry.scheme), page.state(&registry.scheme).map(|state| state.stage));
        let directory = directory_of(desk, &id);
        let journal = directory.join(JOURNAL_FILE);
        if Journal::is_begun(&journal)? {
            let entries = JournalReader::open(&journal)?.entries;
            let state = State::of(&entries);
            if !state.release["short"].as_bool().unwrap_or_default() {
                return Err(CommandError::usage(
                    format!("{id} is carried on by a record with checklists, in {}", directory.display()),
                    format!("`quorate run --release {id}` goes on with it"),
                ));
            }
            // Nobody agreed to anything yet: what is there now counts, and not what was then.
            let short = Self { directory: directory.clone(), stage };
            if is_touched(&entries) || options.is_none() {
                return Ok(short);
            }
            short.forget_untouched()?;
        }
        let Some(options) = options else {
            return Err(CommandError::usage(
                format!("the vote on {id} was not opened by this program"),
                format!("`quorate flip vote {}` opens it", which.number),
            ));
        };
        Ok(Self { directory: begin(desk, place, &which.number, options, Beginning::Short)?, stage })
    }

    /// That the proposal was neither taken back nor replaced.
    fn demand_under_way(&self, which: &Which) -> Result<(), CommandError> {
        let over = match self.stage {
            Some(Stage::Withdrawn) => "withdrawn",
            Some(Stage::Superseded) => "superseded",
            _ => return Ok(()),
        };
        self.forget_untouched()?;
        Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{} is {over}: there is no vote on it any more", self.name()),
            format!(
                "`quorate flip show {0}` says what may follow; what is withdrawn is taken up again by `quorate flip discuss {0}`",
                which.number
            ),
        ))
    }

    /// Removes a record of which nobody agreed to anything.
    fn forget_untouched(&self) -> Result<(), CommandError> {
        if is_touched(&JournalReader::open(&self.directory.join(JOURNAL_FILE))?.entries) {
            return Ok(());
        }
        std::fs::remove_dir_all(&self.directory).map_err(|error| {
            let what = format!("cannot remove {}: {error}", self.directory.display());
            CommandError::new(ExitCode::Service, what, "make the state directory yours and writable")
        })
    }

    fn name(&self) -> String {
        self.directory.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn session(&self, desk: &Desk<'_>) -> Result<(Session, State), CommandError> {
        let (state, _) = State::read(&self.directory.join(JOURNAL_FILE))?;
        proposal_session(desk, &self.directory, state)
    }

    fn has_discussion(&self, desk: &Desk<'_>) -> Result<bool, CommandError> {
        let (session, state) = self.session(desk)?;
        let had = matches!(&session.values, Subject::Proposal(values) if values.record.had.stage == Stage::Discussion);
        Ok(had
            || self.stage == Some(Stage::Discussion)
            || state.step("record-discussion", false).is_some_and(StepRecord::settled))
    }

    /// Prints what is recorded of a step as JSON: of one that this program did not do, nothing.
    fn print(&self, desk: &Desk<'_>, step: &str) -> Result<(), CommandError> {
        if let Some(outputs) = self.session(desk)?.1.outputs().get(step) {
            desk.environment.ui.json(outputs);
        }
        Ok(())
    }

    /// Sends a mail and puts it on the page; with `json`, prints what is recorded of the mail then.
    fn mail_and_page(
        &self,
        desk: &Desk<'_>,
        before: &str,
        [mail, page]: [&str; 2],
        agreement: &Agreement,
        json: bool,
    ) -> Result<ExitCode, CommandError> {
        let code = self.carry(desk, before, &[mail, page], agreement);
        if json && matches!(code, Ok(ExitCode::Done)) {
            self.print(desk, mail)?;
        }
        self.forget_untouched()?;
        code
    }

    /// Shows what the steps do, as one plan, and carries them out where somebody agrees. The phases
    /// before theirs must have nothing left open.
    fn carry(
        &self,
        desk: &Desk<'_>,
        before: &str,
        steps: &[&str],
        agreement: &Agreement,
    ) -> Result<ExitCode, CommandError> {
        let ui = desk.environment.ui;
        let (session, journal, state) = self.write(desk)?;
        let mut progress = Progress::new(ui);
        let mut driver = session.driver(journal, state, desk.clock, &mut progress);
        let name = session.values.confirmed_by();
        let mut approver = Approver::new(ui, name.clone(), Some(&name));
        if !steps.first().is_some_and(|id| is_begun(&session, &driver.state, id)) {
            let halted = driver.advance(&Goal::Phase(before.to_owned()), &mut approver)?;
            if !matches!(halted, Halt::GoalReached | Halt::Completed) {
                return Ok(halt::report_of(ui, Some(&session.workflow), &halted));
            }
        }
        let open = open_of(&session, &driver.state, steps)?;
        if open.is_empty() {
            ui.say(&format!("All of it is done already; `quorate log --release {name}` tells how."));
            return Ok(ExitCode::Done);
        }
        let begun = open.iter().any(|id| is_begun(&session, &driver.state, id));
        // What was agreed to and interrupted goes on as it was.
        if !begun || agreement.again.is_some() {
            let plan = plan(desk, &session, &driver.state, &open)?;
            if !agreed(desk.environment, &plan, agreement)? {
                if open.iter().any(|id| id == "send-result") {
                    // Votes that come until it is agreed to count too.
                    driver.undo("record-vote")?;
                }
                return Ok(ExitCode::Waiting);
            }
        }
        if let Some(why) = &agreement.again {
            begin_anew(ui, &mut driver, &open[..1], Some(why), true)?;
        }
        let halted = driver.advance(&Goal::Items(open), &mut approver)?;
        match halted {
            Halt::GoalReached | Halt::Completed => Ok(ExitCode::Done),
            other => {
                let code = halt::report_of(ui, Some(&session.workflow), &other);
                if let Some(field) = thread_that_is_there(&other) {
                    ui.say(&format!(
                        "To take the thread that is there: `quorate flip set {name} --state {field} --{field} LINK`"
                    ));
                }
                Ok(code)
            }
        }
    }

    /// The record for writing, which this process alone has.
    fn write(&self, desk: &Desk<'_>) -> Result<(Session, Journal, State), CommandError> {
        let (mut journal, entries) = open_journal(desk.environment, &self.directory, "")?;
        let (session, state) = proposal_session(desk, &self.directory, State::of(&entries))?;
        journal.sign_as(&session.who());
        desk.go_on(&mut journal, entries.last());
        Ok((session, journal, state))
    }

    /// Counts the vote, then sends the result and puts it on the page.
    fn result(&self, desk: &Desk<'_>, agreement: &Agreement) -> Result<ExitCode, CommandError> {
        let ui = desk.environment.ui;
        let (session, journal, state) = self.write(desk)?;
        let name = session.values.confirmed_by();
        let mut progress = Progress::new(ui);
        let mut driver = session.driver(journal, state, desk.clock, &mut progress);
        if driver.state.step("record-vote-thread", true).is_none_or(|record| !record.settled()) {
            return Err(CommandError::usage(
                format!("the vote on {name} is not open"),
                format!("`quorate flip vote {name}` opens it, or goes on where it was interrupted"),
            ));
        }
        let mut approver = Approver::new(ui, name.clone(), Some(&name));
        let counting = ["wait-for-votes", "record-vote"].map(str::to_owned).to_vec();
        let halted = driver.advance(&Goal::Items(counting), &mut approver)?;
        drop(driver);
        if !matches!(halted, Halt::GoalReached | Halt::Completed) {
            return Ok(halt::report_of(ui, Some(&session.workflow), &halted));
        }
        self.carry(desk, "discuss", &["send-result", "record-result"], agreement)
    }
}

/// Whether something of it was done, or may have been: what was agreed to and stopped before anything
/// happened, by a thread that is there already for instance, holds nobody to it.
fn is_touched(entries: &[Entry]) -> bool {
    let holds = ["step-begun", "step-acted", "step-done", "step-attested", "step-skipped"];
    entries.iter().any(|entry| holds.contains(&entry.event.name()))
}

/// The page's field for a thread that somebody else has opened, where one stopped the mail.
fn thread_that_is_there(halt: &Halt) -> Option<Field> {
    let Halt::Pending(items) = halt else { return None };
    items.iter().find_map(|item| match (item.id.as_str(), &item.obstacle) {
        ("open-discussion", Obstacle::Conflict { .. }) => Some(Field::Discussion),
        ("send-vote", Obstacle::Conflict { .. }) => Some(Field::Vote),
        _ => None,
    })
}

/// The steps of these that apply and are not settled.
fn open_of(session: &Session, state: &State, steps: &[&str]) -> Result<Vec<String>, CommandError> {
    let plan = Plan::of(&session.workflow, state, &session.renderer(state)?)?;
    let open = |id: &&&str| plan.step(id).is_some_and(|step| !step.state.settled());
    Ok(steps.iter().filter(open).map(|id| (*id).to_owned()).collect())
}

/// Whether a step was agreed to and begun.
fn is_begun(session: &Session, state: &State, id: &str) -> bool {
    let per_candidate = session.workflow.step(id).is_some_and(|(_, step)| step.per_candidate);
    state.step(id, per_candidate).is_some_and(|record| record.intention.is_some())
}

/// What these steps do, as one text: the mails as they will be, and what changes where.
fn plan(desk: &Desk<'_>, session: &Session, state: &State, steps: &[String]) -> Result<String, CommandError> {
    let doer = Doer { registry: &session.registry, world: &session.services, now: desk.clock.now() };
    let renderer = session.renderer(state)?;
    let mut parts = Vec::new();
    for id in steps {
        let title = session.workflow.step(id).map_or("", |(_, step)| step.title.as_str());
        // the same as at the step itself: a renderer learns what was foreseen
        let text = Preview::document_of(&session.workflow, state, &session.renderer(state)?, &doer, id)?;
        let text = match text {
            Some(text) => text,
            None => {
                let preview = Preview::of(&session.workflow, state, &renderer, &doer)?;
                preview.items.into_iter().find(|item| item.id == *id).map(|item| item.summary).unwrap_or_default()
            }
        };
        parts.push(format!("{title}:\n\n{}\n", text.trim_end()));
    }
    Ok(parts.join("\n"))
}
