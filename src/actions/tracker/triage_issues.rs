// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards each issue of a version is resolved, or moved to the next version, or stays
//! open by a decision that is recorded; and none that stays blocks the release.
//!
//! What becomes of an issue is decided by a person. Until all open ones are decided on,
//! nothing is changed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::decision::ruled;
use super::{Decision, RuledOn, issues_of, login_problem, tracker, tracker_failed};
use crate::actions::Services;
use crate::actions::failures::web_failed;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
use crate::services::{Issue, Jira, Jql, Open, WebError};

/// How an issue that is done is resolved.
const FIXED: &str = "Fixed";

/// Which issues, and what was decided on them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageQuestion {
    /// The project's key.
    pub project: String,
    /// The version that is released.
    pub version: String,
    /// The priorities that stop a release.
    #[serde(default = "blocker")]
    pub blocking: Vec<String>,
    /// What was decided.
    #[serde(default)]
    pub rulings: Vec<RuledOn>,
}

fn blocker() -> Vec<String> {
    vec!["Blocker".to_owned()]
}

/// Issues to be triaged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageIssues {
    /// Which, and what was decided.
    #[serde(rename = "issues")]
    pub question: TriageQuestion,
    /// The version that issues are moved to.
    pub next: String,
}

/// What is open, by what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriageRead {
    /// What nobody decided on.
    pub undecided: Vec<Issue>,
    /// What is to be moved or resolved, and is not yet.
    pub to_do: Vec<(Issue, Decision)>,
    /// What stays open, with the reason.
    pub kept: Vec<(Issue, String)>,
    /// Those of them that stop the release.
    pub blocking: Vec<Issue>,
}

/// How the open issues were decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triaged {
    /// What was moved to the next version.
    pub moved: Vec<Decided>,
    /// What was resolved.
    pub resolved: Vec<Decided>,
    /// What stays open under the version.
    pub kept: Vec<Decided>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The issue.
    pub key: String,
    /// Why.
    pub why: String,
}

type Cx<'a> = Context<'a, Services>;

impl TriageQuestion {
    /// What is open now.
    ///
    /// # Errors
    /// When the tracker cannot be asked, or a recorded decision is none.
    pub fn read(&self, jira: &Jira) -> Result<TriageRead, ActionError> {
        let mut read = TriageRead::default();
        for issue in issues_of(jira, &self.project, &self.version, Open::Only)? {
            let Some(given) = ruled(&self.rulings, &issue.key) else {
                read.undecided.push(issue);
                continue;
            };
            let decision: Decision = given
                .ruling
                .parse()
                .map_err(|error: super::decision::NoDecision| ActionError::misconfigured(error.to_string(), ""))?;
            match decision {
                Decision::Keep => {
                    if self.blocking.contains(&issue.priority) {
                        read.blocking.push(issue.clone());
                    }
                    read.kept.push((issue, given.why.clone()));
                }
                decision => read.to_do.push((issue, decision)),
            }
        }
        Ok(read)
    }
}

impl Action<Services> for TriageIssues {
    fn summary(&self) -> String {
        let count =
            |wanted| self.question.rulings.iter().filter(|ruled| ruled.ruling.parse().ok() == Some(wanted)).count();
        format!(
            "Looks at what is open under {}: each issue is resolved, moved to {} or kept, as you decide (decided so far: {} to be resolved, {} to be moved, {} kept)",
            self.question.version,
            self.next,
            count(Decision::Resolve),
            count(Decision::Move),
            count(Decision::Keep)
        )
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let TriageQuestion { project, version, .. } = &self.question;
        let Some(jira) = &world.jira else { return Vec::new() };
        vec![format!("xdg-open '{}'", jira.page(&Jql::of_version(project, version, Open::Only)))]
    }

    fn foreseen(&self, _cx: &Cx<'_>, _unknown: &mut Unknowns) -> Map<String, Value> {
        ["moved", "resolved", "kept"].map(|part| (part.to_owned(), json!([]))).into_iter().collect()
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        Ok(login_problem(tracker(cx.world)?).into_iter().collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let read = self.question.read(tracker(cx.world)?)?;
        let waiting = |why: String| Ok(Probed::Waiting { until: None, why });
        if !read.undecided.is_empty() {
            let list: Vec<String> = read.undecided.iter().map(in_words).collect();
            return waiting(format!(
                "{} open under {} and to be decided on: {}\nquorate triage",
                counted(list.len()),
                self.question.version,
                list.join("; ")
            ));
        }
        if !read.to_do.is_empty() {
            return Ok(Probed::Absent);
        }
        if !read.blocking.is_empty() {
            let list: Vec<String> = read.blocking.iter().map(in_words).collect();
            return waiting(format!(
                "the release stops here until it is fixed, or decided on anew: {}\nquorate triage",
                list.join("; ")
            ));
        }
        Ok(Probed::Done(json!(self.triaged(&read))))
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let jira = tracker(cx.world)?;
        let read = self.question.read(jira)?;
        for (issue, decision) in &read.to_do {
            self.carry_out(jira, issue, *decision)?;
        }
        let after = self.question.read(jira)?;
        match after.to_do.first() {
            None => Ok(json!(self.triaged(&after))),
            Some((issue, decision)) => Err(ActionError::refused(
                format!("the tracker took the decision to {decision} {} and does not show it", issue.key),
                "look at the issue there, and run this again",
            )),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo("Takes the triage up again; what was moved or resolved in the tracker stays so".to_owned())
    }

    fn undo(&self, _cx: &Cx<'_>, _outputs: &Value) -> Result<(), ActionError> {
        Ok(())
    }
}

impl TriageIssues {
    fn carry_out(&self, jira: &Jira, issue: &Issue, decision: Decision) -> Result<(), ActionError> {
        let version = &self.question.version;
        let written = match decision {
            Decision::Move => jira.move_issue(&issue.key, version, &self.next),
            Decision::Resolve => match jira.resolve(&issue.key, FIXED) {
                Ok(true) => Ok(()),
                Ok(false) => {
                    return Err(ActionError::refused(
                        format!(
                            "{} is “{}”, and its workflow has no step from there that resolves it, or none for your account",
                            issue.key, issue.status
                        ),
                        "resolve it by hand in the tracker, and run this again",
                    ));
                }
                Err(error) => Err(error),
            },
            Decision::Keep => Ok(()),
        };
        self.settled(jira, issue, written)
    }

    /// After a lost answer the issue itself says whether it was done.
    fn settled(&self, jira: &Jira, issue: &Issue, written: Result<(), WebError>) -> Result<(), ActionError> {
        let Err(fault) = written else { return Ok(()) };
        if fault.may_have_happened() {
            let now = jira.issue(&issue.key).map_err(web_failed)?;
            if now.resolution.is_some() || !now.fix_versions.contains(&self.question.version) {
                return Ok(());
            }
        }
        Err(tracker_failed(fault, &format!("changing {} takes the right to edit issues", issue.key)))
    }

    fn triaged(&self, read: &TriageRead) -> Triaged {
        let done = |wanted| {
            let of_that = self.question.rulings.iter().filter(move |ruled| ruled.ruling.parse().ok() == Some(wanted));
            of_that.map(|ruled| Decided { key: ruled.about.clone(), why: ruled.why.clone() }).collect()
        };
        Triaged {
            moved: done(Decision::Move),
            resolved: done(Decision::Resolve),
            kept: read.kept.iter().map(|(issue, why)| Decided { key: issue.key.clone(), why: why.clone() }).collect(),
        }
    }
}

/// An issue in a line.
pub(crate) fn in_words(issue: &Issue) -> String {
    let priority = if issue.priority.is_empty() { "no priority" } else { &issue.priority };
    format!("{} ({priority}, {}) {}", issue.key, issue.status, issue.summary)
}

fn counted(issues: usize) -> String {
    if issues == 1 { "1 issue is".to_owned() } else { format!("{issues} issues are") }
}
