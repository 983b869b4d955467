// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where a release stands: the journal's entries folded into one value.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::event::{Entry, Event};
use super::journal::{JournalEnd, JournalError, JournalReader};

/// Where a release stands.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// What `release-started`, or the last taking over, recorded of the release.
    pub release: Value,
    /// The digests of the files that it was started with, or goes by since a correction.
    pub files: BTreeMap<String, String>,
    /// The current candidate; its number is at least 1.
    pub candidate: CandidateState,
    /// The candidates that were cancelled, with the reason.
    pub cancelled: BTreeMap<u32, String>,
    /// When it was started.
    pub started: Option<Timestamp>,
    /// The time of the last entry.
    pub last_at: Option<Timestamp>,
    /// Whether the last phase is completed.
    pub completed: bool,
    steps: BTreeMap<(u32, String), StepRecord>,
    rulings: BTreeMap<(u32, String), BTreeMap<String, RulingRecord>>,
    checks: BTreeMap<(u32, String), CheckRecord>,
    phases: BTreeSet<(u32, String)>,
}

/// The current candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateState {
    /// Its number, from 1.
    pub number: u32,
    /// Why it was cancelled, if it was.
    pub cancelled: Option<String>,
}

impl Default for CandidateState {
    fn default() -> Self {
        Self { number: 1, cancelled: None }
    }
}

/// What the journal says of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// How it stands.
    pub status: StepStatus,
    /// The live intention: kept from the first attempt until the step is taken back.
    pub intention: Option<Intention>,
    /// When that was recorded.
    pub at: Timestamp,
    /// Who had it recorded.
    pub who: String,
}

/// A recorded intention.
#[derive(Debug, Clone, PartialEq)]
pub struct Intention {
    /// When it was first recorded.
    pub at: Timestamp,
    /// Its 32 hexadecimal digits.
    pub token: String,
    /// What the action returned, once it has.
    pub acted: Option<Value>,
    /// Whether acting was begun, and it is not known that nothing came of it.
    pub perhaps_acted: bool,
    /// Whether a person has said that the intention before this one did not happen.
    pub anew: bool,
}

/// How a step stands in the journal.
#[derive(Debug, Clone, PartialEq)]
pub enum StepStatus {
    /// An intention was recorded and nothing after it.
    Intended,
    /// The truth shows it done.
    Done {
        /// What later steps may use.
        outputs: Value,
        /// Whether nothing had to be done.
        already: bool,
    },
    /// A person says so.
    Attested {
        /// Their note.
        note: String,
    },
    /// Left out.
    Skipped {
        /// Why.
        why: String,
    },
    /// Tried in vain.
    Failed {
        /// What went wrong.
        error: String,
    },
    /// Something else is there.
    Conflicted {
        /// What is there.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// To go on later.
    Waiting {
        /// When, where that is known.
        until: Option<Timestamp>,
        /// What for.
        why: String,
    },
    /// What was intended did not happen, as a person says.
    Dropped {
        /// How they know.
        why: String,
    },
    /// Taking it back was intended and nothing after that.
    Undoing {
        /// The outputs of when it was done.
        outputs: Value,
    },
    /// Taken back.
    Undone {
        /// What that did.
        what: String,
    },
}

/// What a person ruled on something that a step has to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingRecord {
    /// What it is.
    pub ruling: String,
    /// Why.
    pub why: String,
    /// When that was recorded.
    pub at: Timestamp,
    /// Who had it recorded.
    pub who: String,
}

/// What the journal says of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckRecord {
    /// It holds, with the evidence.
    Held(String),
    /// It does not, with the faults.
    Failed(Vec<String>),
    /// A person answers for it.
    Attested(String),
    /// Passed over, with the reason.
    Skipped(String),
}

impl StepRecord {
    /// Whether nothing more is to be done.
    pub fn settled(&self) -> bool {
        matches!(self.status, StepStatus::Done { .. } | StepStatus::Attested { .. } | StepStatus::Skipped { .. })
    }

    /// Whether taking it back was begun and did not end.
    pub(super) fn undoing(&self) -> bool {
        matches!(self.status, StepStatus::Undoing { .. })
    }

    /// Whether a person declared the last attempt void, and none was begun since.
    pub(super) fn dropped(&self) -> bool {
        matches!(self.status, StepStatus::Dropped { .. })
    }

    /// Whether the action has returned: its effect has happened.
    pub(super) fn has_acted(&self) -> bool {
        self.intention.as_ref().is_some_and(|intention| intention.acted.is_some())
    }

    /// Whether its action has acted, or it is not known that it did not.
    pub(super) fn may_have_acted(&self) -> bool {
        self.intention.as_ref().is_some_and(|intention| intention.perhaps_acted || intention.acted.is_some())
    }

    /// Whether it is settled or may have left something behind.
    pub(super) fn in_use(&self) -> bool {
        self.settled() || self.undoing() || self.may_have_acted()
    }
}

impl State {
    /// The state after all of the journal at `path`, whose entries are not kept; and how
    /// the journal ends.
    ///
    /// # Errors
    /// As [`JournalReader::fold`].
    pub fn read(path: &Path) -> Result<(Self, JournalEnd), JournalError> {
        let mut state = Self::default();
        let end = JournalReader::fold(path, &mut |entry| state.apply(&entry))?;
        Ok((state, end))
    }

    /// The state after `entries`.
    pub fn of(entries: &[Entry]) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.apply(entry);
        }
        state
    }

    /// The scope under which a step's or check's record is kept: the candidate,
    /// or 0 for what is not gone through anew for each.
    pub fn scope(&self, per_candidate: bool) -> u32 {
        if per_candidate { self.candidate.number } else { 0 }
    }

    /// What the journal says of a step now.
    pub fn step(&self, id: &str, per_candidate: bool) -> Option<&StepRecord> {
        self.steps.get(&(self.scope(per_candidate), id.to_owned()))
    }

    /// What the journal says of a check now.
    pub fn check(&self, id: &str, per_candidate: bool) -> Option<&CheckRecord> {
        self.checks.get(&(self.scope(per_candidate), id.to_owned()))
    }

    /// Whether a phase was completed (for the current candidate, where it is
    /// gone through anew for each).
    pub fn phase_completed(&self, id: &str, per_candidate: bool) -> bool {
        self.phases.contains(&(self.scope(per_candidate), id.to_owned()))
    }

    /// The outputs of all steps that are done, by id, as the current candidate
    /// sees them. Each object has `at` beside what the step put out, and `began` where the
    /// program did it. Of a candidate
    /// that is cancelled those that have acted count too: the truth is not asked of
    /// them any more, and what they told others has to be answered.
    pub fn outputs(&self) -> serde_json::Map<String, Value> {
        let mut all = serde_json::Map::new();
        for ((scope, id), record) in &self.steps {
            if *scope != 0 && *scope != self.candidate.number {
                continue;
            }
            let mut outputs = match &record.status {
                StepStatus::Done { outputs: Value::Object(outputs), .. } => outputs.clone(),
                StepStatus::Attested { note } => {
                    serde_json::Map::from_iter([("note".to_owned(), Value::String(note.clone()))])
                }
                _ => match record.intention.as_ref().and_then(|intention| intention.acted.as_ref()) {
                    Some(Value::Object(acted)) if *scope != 0 && self.candidate.cancelled.is_some() => acted.clone(),
                    _ => continue,
                },
            };
            outputs.entry("at").or_insert_with(|| Value::String(record.at.to_string()));
            if let Some(intention) =
                record.intention.as_ref().filter(|_| !matches!(record.status, StepStatus::Attested { .. }))
            {
                outputs.entry("began").or_insert_with(|| Value::String(intention.at.to_string()));
            }
            all.insert(id.clone(), Value::Object(outputs));
        }
        all
    }

    /// What was ruled last on each thing that a step has to judge.
    pub fn rulings_on(&self, id: &str, per_candidate: bool) -> impl Iterator<Item = (&str, &RulingRecord)> {
        let rulings = self.rulings.get(&(self.scope(per_candidate), id.to_owned()));
        rulings.into_iter().flatten().map(|(about, record)| (about.as_str(), record))
    }

    /// All rulings by step, as the current candidate sees them: for each a list of
    /// objects with `about`, `ruling`, `why`, `at` and `who`.
    pub fn rulings(&self) -> serde_json::Map<String, Value> {
        let seen = self.rulings.iter().filter(|((scope, _), _)| *scope == 0 || *scope == self.candidate.number);
        let as_json = |(about, record): (&String, &RulingRecord)| {
            let RulingRecord { ruling, why, at, who } = record;
            serde_json::json!({ "about": about, "ruling": ruling, "why": why, "at": at, "who": who })
        };
        seen.map(|((_, id), rulings)| (id.clone(), rulings.iter().map(as_json).collect())).collect()
    }

    /// Takes one more entry in.
    pub fn apply(&mut self, entry: &Entry) {
        self.last_at = Some(entry.at);
        match (&entry.event, &entry.step) {
            (Event::ReleaseStarted { release, files }, _) => {
                self.release = release.clone();
                self.files = files.clone();
                self.started = Some(entry.at);
            }
            (Event::ReleaseTakenOver { release, .. }, _) => self.release = release.clone(),
            (Event::ReleaseReconfigured { release, files, .. }, _) => {
                self.release = release.clone();
                self.files.extend(files.clone());
            }
            (Event::CandidateCancelled { why }, _) => {
                self.cancelled.insert(self.candidate.number, why.clone());
                self.candidate.cancelled = Some(why.clone());
            }
            (Event::CandidateOpened { number }, _) => self.open_candidate(*number),
            (Event::PhaseCompleted { phase }, _) => {
                // The driver names the scope by the entry's candidate: 0 for the release itself.
                self.phases.insert((entry.candidate, phase.clone()));
            }
            (Event::ReleaseCompleted {}, _) => self.completed = true,
            (Event::StepRuled { about, ruling, why }, Some(id)) => {
                let (ruling, why, at, who) = (ruling.clone(), why.clone(), entry.at, entry.who.clone());
                let of_step = self.rulings.entry((entry.candidate, id.clone())).or_default();
                of_step.insert(about.clone(), RulingRecord { ruling, why, at, who });
            }
            (event, Some(id)) => {
                let key = (entry.candidate, id.clone());
                if let Some(check) = check_record(event) {
                    self.checks.insert(key, check);
                } else {
                    self.apply_step(key, entry);
                }
            }
            (_, None) => {}
        }
    }

    /// Goes on to another candidate, as its opening in the journal does.
    pub(super) fn open_candidate(&mut self, number: u32) {
        self.candidate = CandidateState { number, cancelled: None };
        // What was tried in vain for the last candidate is tried anew for this one.
        self.steps.retain(|(scope, _), record| *scope != 0 || record.in_use());
    }

    fn apply_step(&mut self, key: (u32, String), entry: &Entry) {
        let before = self.steps.remove(&key);
        let mut intention = before.as_ref().and_then(|record| record.intention.clone());
        let (mut outputs_before, mut anew) = (Value::Null, false);
        match before.map(|record| record.status) {
            Some(StepStatus::Done { outputs, .. } | StepStatus::Undoing { outputs }) => outputs_before = outputs,
            Some(StepStatus::Dropped { .. }) => anew = true,
            _ => {}
        }
        let status = match &entry.event {
            Event::StepIntended { token } => {
                let (at, token) = (entry.at, token.clone());
                intention = Some(Intention { at, token, acted: None, perhaps_acted: false, anew });
                StepStatus::Intended
            }
            Event::StepBegun {} => {
                if let Some(intention) = &mut intention {
                    intention.perhaps_acted = true;
                }
                StepStatus::Intended
            }
            Event::StepActed { outputs } => {
                if let Some(intention) = &mut intention {
                    intention.acted = Some(outputs.clone());
                }
                StepStatus::Intended
            }
            Event::StepDone { outputs, already } => StepStatus::Done { outputs: outputs.clone(), already: *already },
            Event::StepFailed { error, perhaps_acted } => {
                if let Some(intention) = &mut intention {
                    intention.perhaps_acted = *perhaps_acted;
                }
                StepStatus::Failed { error: error.clone() }
            }
            Event::StepConflicted { found, expected } => {
                StepStatus::Conflicted { found: found.clone(), expected: expected.clone() }
            }
            Event::StepWaiting { until, why } => StepStatus::Waiting { until: *until, why: why.clone() },
            Event::StepAttested { note } => StepStatus::Attested { note: note.clone() },
            Event::StepSkipped { why } => StepStatus::Skipped { why: why.clone() },
            Event::IntentionDropped { why } => {
                intention = None;
                StepStatus::Dropped { why: why.clone() }
            }
            Event::UndoIntended {} => StepStatus::Undoing { outputs: outputs_before },
            Event::UndoDropped { .. } => StepStatus::Intended,
            Event::StepUndone { what } => {
                intention = None;
                self.completed = false;
                StepStatus::Undone { what: what.clone() }
            }
            _ => return,
        };
        self.steps.insert(key, StepRecord { status, intention, at: entry.at, who: entry.who.clone() });
    }
}

pub(super) fn check_record(event: &Event) -> Option<CheckRecord> {
    Some(match event {
        Event::CheckHeld { evidence } => CheckRecord::Held(evidence.clone()),
        Event::CheckFailed { faults } => CheckRecord::Failed(faults.clone()),
        Event::CheckAttested { note } => CheckRecord::Attested(note.clone()),
        Event::CheckSkipped { why } => CheckRecord::Skipped(why.clone()),
        _ => return None,
    })
}
