// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Telling the person why a run ended, and the script by which exit code.

use jiff::Timestamp;
use serde::Serialize;

use super::error::{action_code, chain};
use crate::engine::{CheckKind, Effect, Halt, Obstacle, Pending, Step, StepKind, Workflow};
use crate::governance::STILL_RUNS;
use crate::ui::{ExitCode, Style, Ui, from_now, hang, minute};

/// Says why a run ended; returns its exit code: that of the worst obstacle.
pub fn report(ui: Ui, halt: &Halt) -> ExitCode {
    report_of(ui, None, halt)
}

/// The exit code of a run: that of the worst obstacle.
pub fn code_of(halt: &Halt) -> ExitCode {
    let code = |item: &Pending| match &item.obstacle {
        Obstacle::Person(_) | Obstacle::Time { .. } => ExitCode::Waiting,
        Obstacle::Failed(error) => action_code(error),
        Obstacle::Conflict { .. } => ExitCode::Conflict,
        Obstacle::CheckFailed(_) => ExitCode::DoesNotHold,
    };
    match halt {
        Halt::Completed | Halt::GoalReached => ExitCode::Done,
        Halt::Stopped => ExitCode::Waiting,
        Halt::Pending(pending) => pending
            .iter()
            .map(code)
            .fold(ExitCode::Waiting, |worst, code| if severity(code) > severity(worst) { code } else { worst }),
    }
}

/// What `--json` prints of a run's end.
#[derive(Debug, Serialize)]
pub struct End<'a> {
    /// `completed`, `goal-reached`, `stopped`, `pending`.
    outcome: &'static str,
    /// What is in the way, in the order of the workflow.
    pending: Vec<InTheWay<'a>>,
}

/// One step or check that is in the way.
#[derive(Debug, Serialize)]
struct InTheWay<'a> {
    id: &'a str,
    title: &'a str,
    /// `person`, `time`, `failed`, `conflict`, `does-not-hold`.
    kind: &'static str,
    what: String,
    /// Until when, for a time.
    until: Option<Timestamp>,
}

impl<'a> End<'a> {
    /// The end of a run.
    pub fn of(halt: &'a Halt) -> Self {
        match halt {
            Halt::Completed => Self { outcome: "completed", pending: Vec::new() },
            Halt::GoalReached => Self { outcome: "goal-reached", pending: Vec::new() },
            Halt::Stopped => Self { outcome: "stopped", pending: Vec::new() },
            Halt::Pending(pending) => Self { outcome: "pending", pending: pending.iter().map(InTheWay::of).collect() },
        }
    }
}

impl<'a> InTheWay<'a> {
    fn of(pending: &'a Pending) -> Self {
        let Pending { id, title, obstacle } = pending;
        let (kind, what) = match obstacle {
            Obstacle::Person(what) => ("person", what.clone()),
            Obstacle::Time { why, .. } => ("time", why.clone()),
            Obstacle::Failed(error) => ("failed", chain(error)),
            Obstacle::Conflict { found, expected } => ("conflict", format!("found {found}; expected {expected}")),
            Obstacle::CheckFailed(faults) => ("does-not-hold", faults.join("\n")),
        };
        let until = if let Obstacle::Time { until, .. } = obstacle { Some(*until) } else { None };
        Self { id, title, kind, what, until }
    }
}

/// As [`report`], with what the workflow says of a way out.
pub fn report_of(ui: Ui, workflow: Option<&Workflow>, halt: &Halt) -> ExitCode {
    match halt {
        Halt::Completed => ui.say("\nAll phases are completed."),
        Halt::GoalReached => {}
        Halt::Stopped => ui.say("\nStopped as you wished; `quorate run` goes on from here."),
        Halt::Pending(pending) => {
            let mut waits = false;
            // What went wrong comes after what is only waited for, not in the middle of it.
            let only_waits = |item: &&Pending| matches!(item.obstacle, Obstacle::Person(_) | Obstacle::Time { .. });
            let (waiting, wrong): (Vec<&Pending>, Vec<&Pending>) = pending.iter().partition(only_waits);
            for item in waiting.into_iter().chain(wrong) {
                if !waits && matches!(item.obstacle, Obstacle::Person(_) | Obstacle::Time { .. }) {
                    ui.say("\nWaiting:");
                    waits = true;
                }
                tell(ui, workflow, item);
            }
        }
    }
    code_of(halt)
}

/// Says what is in the way; what a person may type stands on a line of its own.
fn tell(ui: Ui, workflow: Option<&Workflow>, item: &Pending) {
    let Pending { id, title, obstacle } = item;
    match obstacle {
        Obstacle::Person(what) => {
            let mut lines = what.lines();
            let said = format!("{id}: {}", lines.next().unwrap_or(title));
            ui.say(&format!("  {}", hang(&said, 2, 4, ui.width())));
            for command in lines {
                ui.say(&format!("    {}", ui.paint_err(&format!("$ {command}"), Style::Faint)));
            }
        }
        Obstacle::Time { until, why } => {
            let due = from_now(*until, Timestamp::now());
            let said = format!("{id}: until {} ({due}): {why}", minute(*until));
            ui.say(&format!("  {}", hang(&said, 2, 4, ui.width())));
        }
        Obstacle::Failed(error) => {
            // without a workflow it is a mail of its own, whose record keeps what it was begun with
            let hint = error.hint().map(|hint| match workflow {
                Some(_) => with_way_to_correct(hint),
                None => hint.to_owned(),
            });
            ui.complain(&format!("{id} ({title}): {}", chain(error)), hint.as_deref());
        }
        Obstacle::Conflict { found, expected } => {
            let hint = match workflow.and_then(|workflow| makers(workflow, id)) {
                _ if workflow.is_some_and(|workflow| does(workflow, id, "send-mail")) => format!(
                    "no mail is sent twice: what is expected says what tells; where it is known not to be out, \
                     `quorate run {id} --again --why …`"
                ),
                Some(makers) => format!(
                    "somebody else's work is never overwritten: where it is to stay, take yours back by {makers}, and \
                     run again: it is made anew on what is there; else put it right there, and run again"
                ),
                None => {
                    "somebody else's work is never overwritten: find out whose it is, put it right there, and run again"
                        .into()
                }
            };
            let expected = if workflow.is_some() { with_way_to_correct(expected) } else { expected.clone() };
            ui.complain(&format!("{id} ({title}): found {found}; expected {expected}"), Some(&hint));
        }
        Obstacle::CheckFailed(faults) => {
            let hint = workflow
                .and_then(|workflow| after_the_vote(workflow, id, faults).or_else(|| once_staged(workflow, id)))
                .unwrap_or_else(|| format!("put it right and run again; `quorate guide` says of `{id}` what is meant"));
            let faults: String = faults.iter().map(|fault| format!("\n  {fault}")).collect();
            ui.complain(&format!("{id} does not hold: {title}{faults}"), Some(&hint));
        }
    }
}

/// A hint; how the configuration of a release under way is corrected, where it says to.
pub fn with_way_to_correct(hint: &str) -> String {
    match hint.contains("the product's configuration") {
        true => format!("{hint}; `quorate reconfigure --product-file FILE --why …` takes a corrected one in"),
        false => hint.to_owned(),
    }
}

/// Whether a step is done by that action.
fn does(workflow: &Workflow, id: &str, action: &str) -> bool {
    let kind = workflow.step(id).map(|(_, step)| &step.kind);
    matches!(kind, Some(StepKind::Action { name, .. }) if name == action)
}

/// For a push: the commands that take back what is pushed, where it was made.
fn makers(workflow: &Workflow, id: &str) -> Option<String> {
    let (_, step) = workflow.step(id).filter(|_| does(workflow, id, "push"))?;
    let is_local = |step: &Step| step.effect == Effect::Local && matches!(step.kind, StepKind::Action { .. });
    let makers = step.needs.iter().filter(|need| workflow.step(need).is_some_and(|(_, step)| is_local(step)));
    let makers: Vec<String> = makers.map(|need| format!("`quorate undo {need}`")).collect();
    (!makers.is_empty()).then(|| makers.join(" and "))
}

/// For what is asked of a candidate's files, which do not change any more: what can be done.
fn once_staged(workflow: &Workflow, id: &str) -> Option<String> {
    let (_, check) = workflow.check(id)?;
    let asks = matches!(&check.kind, CheckKind::Probe { name, .. } if name == "candidate-verifies");
    asks.then(|| {
        "what is staged stays as it is: where the files are at fault, `quorate cancel-candidate --why \"…\"`, mend it on \
         the release's branch, and the next candidate has it; where something else is (KEYS, the server), put that \
         right and run again"
            .to_owned()
    })
}

/// For the gate that a vote is: what can be done when it did not pass.
fn after_the_vote(workflow: &Workflow, id: &str, faults: &[String]) -> Option<String> {
    let (phase, _) = workflow.check(id).filter(|(_, check)| check.gate)?;
    let records = |step: &&Step| matches!(&step.kind, StepKind::Action { name, .. } if name == "record-vote");
    let recorded = phase.steps.iter().find(records)?;
    if faults.iter().any(|fault| fault.contains(STILL_RUNS)) {
        return Some(format!(
            "`quorate undo {}`, and count again when the vote has ended: votes that come until then count too",
            recorded.id
        ));
    }
    Some(format!(
        "`quorate cancel-candidate --why \"…\"` ends this candidate, and the next one begins; where more votes have come \
         since, or one is counted wrongly, `quorate undo {}` has them counted again",
        recorded.id
    ))
}

fn severity(code: ExitCode) -> u8 {
    match code {
        ExitCode::Done => 0,
        ExitCode::Waiting => 1,
        ExitCode::DoesNotHold => 2,
        ExitCode::Usage => 3,
        ExitCode::Service => 4,
        ExitCode::Conflict => 5,
        ExitCode::Internal => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Assets;

    fn workflow() -> Workflow {
        let file = "workflows/release.toml";
        Workflow::parse(file, &Assets::default().text(file).unwrap()).unwrap()
    }

    #[test]
    fn a_push_that_came_second_names_the_step_to_take_back() {
        let workflow = workflow();
        assert_eq!(makers(&workflow, "push-main").as_deref(), Some("`quorate undo set-next-snapshot`"));
        assert_eq!(makers(&workflow, "set-next-snapshot"), None, "it pushes nothing");
        assert_eq!(makers(&workflow, "no-such-step"), None);
    }

    #[test]
    fn a_hint_to_correct_the_configuration_says_how_a_running_release_takes_it_in() {
        let hint = with_way_to_correct("correct `mail.archive` in the product's configuration");
        assert!(hint.contains("; `quorate reconfigure --product-file FILE"), "{hint}");
        assert_eq!(with_way_to_correct("run again"), "run again");
    }

    #[test]
    fn a_vote_that_did_not_pass_names_both_ways_out() {
        let workflow = workflow();
        let hint = after_the_vote(&workflow, "community-approves", &["two of three binding +1".into()]).unwrap();
        assert!(
            hint.contains("`quorate cancel-candidate --why") && hint.contains("`quorate undo record-vote`"),
            "{hint}"
        );
        assert_eq!(after_the_vote(&workflow, "source-staged", &[]), None);
        let early = ["the votes were recorded too early, and the vote runs until tomorrow".to_owned()];
        let hint = after_the_vote(&workflow, "community-approves", &early).unwrap();
        assert!(hint.contains("`quorate undo record-vote`") && !hint.contains("cancel-candidate"), "{hint}");
    }
}
