// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the journal records. docs/journal.md is the format's page.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// One line of the journal, as the engine uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Counts from 0 without a gap.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who had the program record it.
    pub who: String,
    /// The candidate that it belongs to; 0 for what belongs to the release itself.
    pub candidate: u32,
    /// The step or check that it is about.
    pub step: Option<String>,
    /// What happened.
    pub event: Event,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:literal => $variant:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant { $($(#[$field_doc])* $field: $type),* },)*
        }

        impl Event {
            /// The name in the journal.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)* }
            }

            /// The `data` object in the journal.
            pub fn data(&self) -> Value {
                match self {
                    $(Self::$variant { $($field),* } => {
                        let fields: Vec<(&str, serde_json::Result<Value>)> =
                            vec![$((stringify!($field), serde_json::to_value($field))),*];
                        let plain = |value: serde_json::Result<Value>| value.expect("events are plain data");
                        Value::Object(fields.into_iter().map(|(name, value)| (name.into(), plain(value))).collect())
                    })*
                }
            }

            /// The event `name` with `data`; `None` where there is no such event.
            pub(super) fn parse(name: &str, data: &RawValue) -> Option<Result<Self, serde_json::Error>> {
                match name {
                    $($name => {
                        #[derive(Deserialize)]
                        #[serde(deny_unknown_fields)]
                        struct Data { $($field: $type),* }
                        Some(serde_json::from_str::<Data>(data.get()).map(|data| {
                            let Data { $($field),* } = data;
                            Self::$variant { $($field),* }
                        }))
                    })*
                    _ => None,
                }
            }
        }
    };
}

events! {
    /// The release began; the first entry of every journal.
    "release-started" => ReleaseStarted {
        /// Product, version, manager: the release's own words, opaque to the engine.
        release: Value,
        /// The SHA-512 of each file that the release was started with, by name.
        files: std::collections::BTreeMap<String, String>,
    }
    /// The release goes on under another manager, or on another machine.
    "release-taken-over" => ReleaseTakenOver {
        /// What `release-started` would say of it now.
        release: Value,
        /// Why.
        why: String,
    }
    /// The release goes on by a corrected configuration, or from another commit.
    "release-reconfigured" => ReleaseReconfigured {
        /// What `release-started` would say of it now.
        release: Value,
        /// The SHA-512 of each file that is new, by name.
        files: std::collections::BTreeMap<String, String>,
        /// What changed, field by field.
        changes: Vec<String>,
        /// Why.
        why: String,
    }
    /// A step is about to be probed and, where need be, begun.
    "step-intended" => StepIntended {
        /// 32 hexadecimal digits that identify this intention.
        token: String,
    }
    /// The truth does not show the step and nothing is in its way: it is about to
    /// act. From here on its effect may have happened.
    "step-begun" => StepBegun {}
    /// The action returned without an error; the truth is yet to be asked.
    "step-acted" => StepActed {
        /// What it returned.
        outputs: Value,
    }
    /// The truth shows that the step is done.
    "step-done" => StepDone {
        /// What later steps may use.
        outputs: Value,
        /// Whether it was found done: nothing had to be done or waited for.
        already: bool,
    }
    /// The step was not done.
    "step-failed" => StepFailed {
        /// What went wrong, with its causes.
        error: String,
        /// Whether its effect may have happened all the same.
        perhaps_acted: bool,
    }
    /// Something else is there.
    "step-conflicted" => StepConflicted {
        /// What is there.
        found: String,
        /// What was expected.
        expected: String,
    }
    /// The step can go on later.
    "step-waiting" => StepWaiting {
        /// When, where that is known.
        until: Option<Timestamp>,
        /// What for.
        why: String,
    }
    /// A person says that the step is done.
    "step-attested" => StepAttested {
        /// What they say, with a link where there is one.
        note: String,
    }
    /// A person decided to leave the step out.
    "step-skipped" => StepSkipped {
        /// Their reason.
        why: String,
    }
    /// A person ruled on something that the step has to judge; a later ruling on the
    /// same replaces it.
    "step-ruled" => StepRuled {
        /// On what, in the step's own words: a Message-ID.
        about: String,
        /// What it is.
        ruling: String,
        /// Why.
        why: String,
    }
    /// A person says that what was intended did not happen; the step begins anew.
    "intention-dropped" => IntentionDropped {
        /// How they know.
        why: String,
    }
    /// A step is about to be taken back.
    "undo-intended" => UndoIntended {}
    /// A person says that the step is not taken back any further; the truth is asked.
    "undo-dropped" => UndoDropped {
        /// Why.
        why: String,
    }
    /// The step was taken back.
    "step-undone" => StepUndone {
        /// What taking it back did.
        what: String,
    }
    /// The truth shows that the check holds.
    "check-held" => CheckHeld {
        /// How it shows.
        evidence: String,
    }
    /// The truth shows that the check does not hold.
    "check-failed" => CheckFailed {
        /// Each fault.
        faults: Vec<String>,
    }
    /// A person answers for the check.
    "check-attested" => CheckAttested {
        /// What they say.
        note: String,
    }
    /// A person decided to pass the check over.
    "check-skipped" => CheckSkipped {
        /// Their reason.
        why: String,
    }
    /// All steps of a phase are settled and all its checks hold.
    "phase-completed" => PhaseCompleted {
        /// The phase's id.
        phase: String,
    }
    /// The current candidate will not be released.
    "candidate-cancelled" => CandidateCancelled {
        /// Why.
        why: String,
    }
    /// A candidate begins.
    "candidate-opened" => CandidateOpened {
        /// Its number; the first is 1.
        number: u32,
    }
    /// The last phase is completed.
    "release-completed" => ReleaseCompleted {}
}

/// A line of the journal, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    pub v: u32,
    pub seq: u64,
    pub at: Timestamp,
    pub who: String,
    pub candidate: u32,
    pub step: Option<String>,
    #[serde(borrow)]
    pub event: Cow<'a, str>,
    #[serde(borrow)]
    pub data: &'a RawValue,
    #[serde(borrow)]
    pub previous: Cow<'a, str>,
}
