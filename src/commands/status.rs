// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate status`: where the release stands.

use jiff::Timestamp;
use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use super::session::{Session, Subject, read_upcoming};
use super::vote::current;
use crate::actions::voting::KeptTally;
use crate::engine::{CheckState, PhaseState, Plan, PlannedPhase, State, StepState};
use crate::governance::{Review, Tally, Totals, VoteOutcome};
use crate::ui::{ExitCode, Style, Ui, from_now, hang, minute};

/// Shows where the release stands.
///
/// Its phases, steps and checks, and what is next. Reads the record alone and asks no service, so that it can be called at any
/// time, during a run too.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Show the steps of all phases, and not just of the one at work.
    #[arg(long)]
    all: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Status {
    product: String,
    version: String,
    candidate: u32,
    cancelled_candidates: std::collections::BTreeMap<u32, String>,
    rehearsal: bool,
    completed: bool,
    phase: Option<String>,
    phases: Vec<PlannedPhase>,
    next: Vec<String>,
    /// The vote, as it was last read, while it runs.
    vote: Option<VoteStanding>,
}

/// How a vote stood when it was last read.
#[derive(Debug, Serialize)]
pub struct VoteStanding {
    read: Timestamp,
    outcome: VoteOutcome,
    closes: Option<Timestamp>,
    binding: Totals,
    non_binding: Totals,
    review: Vec<Review>,
    missing: Vec<String>,
}

impl VoteStanding {
    fn of(kept: KeptTally) -> Self {
        let KeptTally { read, tally, .. } = kept;
        let Tally { outcome, closes, binding, non_binding, review, missing, .. } = tally;
        Self { read, outcome, closes, binding, non_binding, review, missing }
    }
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = read_upcoming(environment)?;
    let status = status_of(&session, &state)?;
    if args.json {
        environment.ui.json(&status);
    } else {
        environment.ui.data(&render(environment.ui, &session, &state, &status, args.all));
    }
    Ok(ExitCode::Done)
}

/// The status of a release.
///
/// # Errors
/// When the configuration cannot be filled in.
pub fn status_of(session: &Session, state: &State) -> Result<Status, CommandError> {
    let plan = Plan::of(&session.workflow, state, &session.renderer(state)?)?;
    let (product, version, rehearsal) = match &session.values {
        Subject::Release(values) => {
            (values.record.product.clone(), values.record.version.clone(), values.record.rehearsal)
        }
        Subject::Proposal(values) => (values.record.product.clone(), values.record.id.clone(), values.record.rehearsal),
    };
    Ok(Status {
        product,
        version,
        candidate: plan.candidate,
        cancelled_candidates: state.cancelled.clone(),
        rehearsal,
        completed: state.completed,
        phase: plan.phase,
        phases: plan.phases,
        next: plan.next,
        vote: current::last_read(session, state)?.map(VoteStanding::of),
    })
}

fn render(ui: Ui, session: &Session, state: &State, status: &Status, all: bool) -> String {
    let rehearsal = if status.rehearsal { ", a rehearsal" } else { "" };
    let mut text = match &session.values {
        Subject::Release(values) => format!(
            "{} ({}), candidate {}{rehearsal}\n",
            ui.paint(&format!("{} {}", values.product.name, values.record.version), Style::Heading),
            values.version.kind().word(),
            status.candidate,
        ),
        Subject::Proposal(values) => {
            let title = values.title().unwrap_or_else(|| values.record.id.clone());
            let vote = if status.candidate > 1 { format!(", vote {}", status.candidate) } else { String::new() };
            format!("{}{vote}{rehearsal}\n", ui.paint(&title, Style::Heading))
        }
    };
    let times = [("begun", state.started), ("last entry", state.last_at)];
    let times: Vec<String> =
        times.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", minute(at?)))).collect();
    let by = match &session.values {
        Subject::Release(values) => format!("release manager {}", values.record.manager.name),
        Subject::Proposal(values) => {
            format!("carried on by {}, in the registry {}", values.record.sender.name, values.record.registry.display())
        }
    };
    text.push_str(&format!("{by}\n{}\n", times.join(", ")));
    text.push_str(&format!("recorded in {}\n", session.directory.display()));
    for (number, why) in &status.cancelled_candidates {
        let what = if matches!(session.values, Subject::Proposal(_)) { "vote" } else { "candidate" };
        let line = format!("{what} {number} was {}: {why}", if what == "vote" { "called off" } else { "cancelled" });
        text.push_str(&format!("{}\n", hang(&line, 0, 2, ui.width())));
    }
    text.push('\n');
    for phase in &status.phases {
        text.push_str(&render_phase(ui, phase, all));
    }
    if let Some(vote) = &status.vote {
        text.push_str(&render_vote(ui, vote, Timestamp::now()));
    }
    let next = match (&status.next[..], status.completed) {
        (_, true) if matches!(session.values, Subject::Proposal(_)) => "The proposal's record is completed.".to_owned(),
        (_, true) => "The release is completed.".to_owned(),
        ([], false) if status.phases.iter().any(|phase| phase.state == PhaseState::Active && phase.steps_settled()) => {
            "Every step is done: `quorate run --execute` asks once more what must hold, and goes on.".to_owned()
        }
        ([], false) => "Nothing can be taken up now: `quorate run` says what is in the way.".to_owned(),
        (next, false) => format!("Next: {}", next.join(", ")),
    };
    text.push_str(&format!("\n{}\n", hang(&next, 0, 6, ui.width())));
    if !status.completed {
        text.push_str("`quorate run` goes on; `quorate guide` says how and why.\n");
    }
    text
}

/// The vote as it stood when it was last read, and how long it still runs.
fn render_vote(ui: Ui, vote: &VoteStanding, now: Timestamp) -> String {
    let count = |totals: &Totals| format!("{} +1, {} 0, {} -1", totals.plus, totals.zero, totals.minus);
    let runs = match vote.closes {
        Some(closes) if closes > now => format!("open until {} ({})", minute(closes), from_now(closes, now)),
        Some(closes) => format!("its time was over at {}", minute(closes)),
        None => "nobody can tell how long it runs".to_owned(),
    };
    let head = format!("The vote, as it was read at {}: {runs}", minute(vote.read));
    let mut lines = vec![format!("binding {}; others {}", count(&vote.binding), count(&vote.non_binding))];
    if !vote.missing.is_empty() {
        lines.push(format!("still missing: {}", vote.missing.join("; ")));
    }
    for review in &vote.review {
        lines.push(format!("to rule on: <{}> from {}: {}", review.message_id, review.from, review.why));
    }
    let hung: String = lines.iter().map(|line| format!("    {}\n", hang(line, 4, 6, ui.width()))).collect();
    format!("\n{}\n{hung}", hang(&head, 0, 6, ui.width()))
}

fn render_phase(ui: Ui, phase: &PlannedPhase, all: bool) -> String {
    let settled = phase.steps.iter().filter(|step| step.state.settled()).count();
    let answered =
        phase.checks.iter().filter(|check| matches!(check.state, CheckState::Holds | CheckState::Attested)).count();
    let (steps, checks) = (phase.steps.len(), phase.checks.len());
    let (sign, style, word) = match phase.state {
        PhaseState::Done => ("✓", Style::Good, format!("done: {}", counted(steps, checks))),
        PhaseState::Active => {
            let (steps, checks) = (number(steps, "step"), number(checks, "check"));
            ("▸", Style::Heading, format!("at work: {settled} of {steps}, {answered} of {checks}"))
        }
        PhaseState::Waiting => ("·", Style::Faint, format!("waiting: {}", counted(steps, checks))),
        PhaseState::PassedOver => ("–", Style::Faint, "does not apply now".to_owned()),
    };
    let title = format!("{:<9} {}", phase.id, phase.title);
    let mut text = format!("{} {} — {word}\n", ui.paint(sign, style), ui.paint(&title, style));
    if phase.state == PhaseState::Active || (all && phase.state != PhaseState::PassedOver) {
        for step in &phase.steps {
            let optional = if step.optional { " (optional)" } else { "" };
            let until = step.until.filter(|_| !step.state.settled());
            let until = until.map(|until| format!("until {} ({})", minute(until), from_now(until, Timestamp::now())));
            let detail: Vec<&str> =
                until.as_deref().into_iter().chain([step.detail.as_str()]).filter(|part| !part.is_empty()).collect();
            text.push_str(&line(
                ui,
                step_sign(step.state),
                &step.id,
                &(step.title.clone() + optional),
                &detail.join(": "),
            ));
        }
        for check in &phase.checks {
            let optional = if check.optional { " (optional)" } else { "" };
            text.push_str(&line(
                ui,
                check_sign(check.state),
                &check.id,
                &(check.title.clone() + optional),
                &check.detail,
            ));
        }
    }
    text
}

fn number(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn counted(steps: usize, checks: usize) -> String {
    match checks {
        0 => number(steps, "step"),
        _ => format!("{}, {}", number(steps, "step"), number(checks, "check")),
    }
}

/// Where a step's title stands, and what is to be said of it.
const COLUMNS: (usize, usize) = (44, 6);

fn line(ui: Ui, (sign, word, style): (&str, &str, Style), id: &str, title: &str, detail: &str) -> String {
    let title = hang(title, COLUMNS.0, COLUMNS.0, ui.width());
    let mut text = format!("    {} {word:<11} {id:<25} {title}\n", ui.paint(sign, style));
    if !detail.is_empty() {
        let detail = hang(detail, COLUMNS.1, COLUMNS.1, ui.width());
        text.push_str(&format!("{}{}\n", " ".repeat(COLUMNS.1), ui.paint(&detail, Style::Faint)));
    }
    text
}

fn step_sign(state: StepState) -> (&'static str, &'static str, Style) {
    match state {
        StepState::Done => ("✓", "done", Style::Good),
        StepState::Attested => ("✎", "attested", Style::Good),
        StepState::Skipped => ("–", "skipped", Style::Warning),
        StepState::Ready => ("○", "ready", Style::Plain),
        StepState::Waiting => ("·", "waiting", Style::Faint),
        StepState::Interrupted => ("!", "interrupted", Style::Warning),
        StepState::Failed => ("✗", "failed", Style::Bad),
        StepState::Conflict => ("✗", "conflict", Style::Bad),
    }
}

fn check_sign(state: CheckState) -> (&'static str, &'static str, Style) {
    match state {
        CheckState::Holds => ("☑", "holds", Style::Good),
        CheckState::Attested => ("☑", "attested", Style::Good),
        CheckState::Open => ("☐", "open", Style::Plain),
        CheckState::Failed => ("☒", "failed", Style::Bad),
    }
}
