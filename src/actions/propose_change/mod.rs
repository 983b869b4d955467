// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards a branch of another repository of the project (its website, its container
//! images, its playground) has what a release changes there, and a pull request offers it
//! where one is wanted.
//!
//! The commits are made in a copy kept in the workspace; nobody's clone is touched. What
//! holds already is not done again, so who made the branch by hand has done the step. A
//! branch of that name with something else in it is somebody else's and stays as it is.

mod commits;
mod place;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit, settle_web, web_failed, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Composed, Context, Probed, Problem, Reversal, Unknowns};
use crate::services::{NewPull, Pull, PullState, RefUpdate};
pub use commits::{PlannedCommit, PlannedRun, PlannedVersions};
pub(crate) use place::Place;

/// Parameters of `propose-change`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposeChange {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
    /// What the branch has beyond the base, commit by commit.
    pub commits: Vec<PlannedCommit>,
    /// The directory of the workspace with the prepared texts.
    #[serde(default)]
    pub texts: String,
    /// The pull request, where one is wanted.
    #[serde(default)]
    pub pull_request: Option<PlannedPull>,
}

/// A pull request that is to be open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedPull {
    /// Its title.
    pub title: String,
    /// The prepared text that describes it.
    #[serde(default)]
    pub body: Option<String>,
    /// What describes it where no text is prepared; without either the title does.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether it is a draft, which nobody merges by mistake.
    #[serde(default)]
    pub draft: bool,
    /// What the description must say; one that begins as the prepared one does and lacks it
    /// is of an earlier candidate.
    #[serde(default)]
    pub says: Option<String>,
}

impl PlannedPull {
    /// What describes it without a prepared text.
    fn words(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.title)
    }
}

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// `OWNER/NAME`.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Its tip; the base's, where the change is in.
    pub commit: String,
    /// The branch that the change is for.
    pub base: String,
    /// The pull request's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for ProposeChange {
    fn summary(&self) -> String {
        let what = format!("the branch {} of {} for {}", self.branch, self.repository, self.base);
        match &self.pull_request {
            Some(pull) => format!("Pushes {what} and opens the pull request \"{}\"", pull.title),
            None => format!("Pushes {what}"),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let mut commands = vec![
            shell::command(&["git", "clone", &self.repository, "change"]),
            "cd change".to_owned(),
            shell::command(&["git", "checkout", "-b", &self.branch, &format!("origin/{}", self.base)]),
        ];
        commands.extend(self.commits.iter().flat_map(PlannedCommit::commands));
        commands.push(shell::command(&["git", "push", "origin", &self.branch]));
        if let Some(pull) = &self.pull_request {
            let mut words = vec!["gh", "pr", "create", "--base", &self.base, "--head", &self.branch];
            words.extend(["--title", &pull.title]);
            let file = pull.body.as_ref().map(|body| world.workspace.path(self.text_file(body)).display().to_string());
            match &file {
                Some(file) => words.extend(["--body-file", file]),
                None => words.extend(["--body", pull.words()]),
            }
            if pull.draft {
                words.push("--draft");
            }
            commands.push(shell::command(&words));
        }
        commands
    }

    fn foreseen(&self, _cx: &Cx<'_>, unknown: &mut Unknowns) -> Map<String, Value> {
        let mut outputs = Map::from_iter([("branch".to_owned(), json!(self.branch))]);
        if self.pull_request.is_some() {
            outputs.insert("link".to_owned(), json!(unknown.link("link")));
        }
        outputs
    }

    fn composed(&self, cx: &Cx<'_>) -> Result<Option<Composed>, ActionError> {
        let Some(body) = self.pull_request.as_ref().and_then(|pull| pull.body.as_ref()) else { return Ok(None) };
        let file = self.text_file(body);
        let text = cx.world.workspace.read(&file).map_err(workspace_failed)?;
        Ok(text.map(|text| Composed {
            file: cx.world.workspace.path(&file),
            text: String::from_utf8_lossy(&text).into_owned(),
        }))
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let mut problems = Vec::new();
        if self.commits.iter().all(PlannedCommit::is_empty) {
            problems.push(Problem::new(
                format!("the product's configuration does not say what to change in {}", self.repository),
                "say it there (docs/configuration.md), or do it by hand and attest the step",
            ));
        }
        if self.pull_request.is_some() && !cx.world.github.has_login() {
            problems.push(Problem::new(
                "a pull request can be opened with a GitHub token only",
                "set QUORATE_GITHUB_TOKEN, or open it by hand: the step finds it",
            ));
        }
        for commit in &self.commits {
            problems.extend(commit.unfinished(cx, &self.texts)?);
        }
        Ok(problems)
    }

    /// A person finishes the text in its file, before the step.
    fn faults_of_text(&self, _cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        Ok(Vec::new())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let base = place.base(&self.base)?;
        match place.tip(&self.branch)? {
            Some(tip) if self.holds(cx, &place, &tip)? => self.probe_pull(cx, &place, &tip),
            Some(tip) if place.is_ours(cx, &base, &tip, self.first_message())? => Ok(Probed::Absent),
            Some(tip) => Ok(Probed::Conflict {
                found: format!("the branch {} of {} at {tip}, with something else", self.branch, place.slug),
                expected: "none of that name, or one with what this step puts there".to_owned(),
            }),
            // merged, and its branch deleted
            None if self.holds(cx, &place, &base)? => self.probe_pull(cx, &place, &base),
            None => Ok(Probed::Absent),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let base = place.base(&self.base)?;
        let there = place.tip(&self.branch)?;
        let mut tip = there.clone().unwrap_or(base);
        for planned in &self.commits {
            tip = planned.commit(cx, &place, &self.texts, &tip)?.unwrap_or(tip);
        }
        if there.as_ref() != Some(&tip) {
            let name = format!("refs/heads/{}", self.branch);
            let update = RefUpdate { name, expected: there, to: Some(tip.clone()) };
            place.git.push(&[update]).map_err(git_failed)?;
        }
        match &self.pull_request {
            Some(planned) => self.offer(cx, &place, planned, &tip),
            None => Ok(self.output(&place, tip, None)),
        }
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<Proposed>(outputs.clone()) {
            Ok(Proposed { number: Some(number), branch, .. }) => Reversal::Undo(format!(
                "closes pull request {number} unless it is merged, and deletes {branch} unless it was moved since"
            )),
            Ok(made) => Reversal::Undo(format!("deletes {} unless it was moved since", made.branch)),
            Err(_) => Reversal::NothingToUndo,
        }
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let made: Proposed = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let place = Place::open(cx, &self.repository)?;
        if let Some(number) = made.number {
            let github = &cx.world.github;
            let pull = github.pull(&place.slug, number).map_err(web_failed)?;
            if pull.state == PullState::Merged {
                return Err(ActionError::refused(
                    format!("{} is merged", pull.link),
                    "take it back by another pull request, if it must be",
                ));
            }
            if pull.state == PullState::Open {
                github.close_pull(&place.slug, number).map_err(web_failed)?;
            }
        }
        let name = format!("refs/heads/{}", made.branch);
        match place.tip(&made.branch)? {
            Some(tip) if tip == made.commit => {
                place.git.push(&[RefUpdate { name, expected: Some(tip), to: None }]).map_err(git_failed)
            }
            _ => Ok(()),
        }
    }
}

impl ProposeChange {
    fn first_message(&self) -> &str {
        self.commits.first().map_or("", |commit| commit.message.as_str())
    }

    fn text_file(&self, name: &str) -> String {
        commits::text_file(&self.texts, name)
    }

    /// Whether a commit's tree has all that is planned.
    fn holds(&self, cx: &Cx<'_>, place: &Place, commit: &str) -> Result<bool, ActionError> {
        for planned in &self.commits {
            if !planned.holds(cx, place, &self.texts, commit)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn probe_pull(&self, cx: &Cx<'_>, place: &Place, tip: &str) -> Result<Probed, ActionError> {
        if self.pull_request.is_none() {
            return Ok(Probed::Done(self.output(place, tip.to_owned(), None)));
        }
        let github = &cx.world.github;
        let found = github.pull_of(&place.slug, &place.slug.owner, &self.branch, &self.base).map_err(web_failed)?;
        Ok(match found {
            None => Probed::Absent,
            Some(pull) if pull.state == PullState::Closed => Probed::Conflict {
                found: format!("{}, which was closed without being merged", pull.link),
                expected: "none, or one that is open: open it again, or have its branch deleted".to_owned(),
            },
            Some(pull) if self.is_outdated(cx, &pull)? => Probed::Absent,
            Some(pull) => Probed::Done(self.output(place, tip.to_owned(), Some(&pull))),
        })
    }

    /// Opens the pull request, or brings the text of the one that is open up to date.
    fn offer(&self, cx: &Cx<'_>, place: &Place, planned: &PlannedPull, tip: &str) -> Result<Value, ActionError> {
        let github = &cx.world.github;
        let body = self.composed(cx)?.map_or_else(|| planned.words().to_owned(), |composed| composed.text);
        let owner = &place.slug.owner;
        let found = github.pull_of(&place.slug, owner, &self.branch, &self.base).map_err(web_failed)?;
        let Some(pull) = found.filter(|pull| pull.state != PullState::Merged) else {
            let (title, draft) = (planned.title.as_str(), planned.draft);
            let new = NewPull { title, body: &body, owner, branch: &self.branch, base: &self.base, draft };
            return settle_web(github.open_pull(&place.slug, &new).map(drop), || self.probe(cx));
        };
        if self.is_outdated(cx, &pull)? {
            github.describe_pull(&place.slug, pull.number, &planned.title, &body).map_err(web_failed)?;
        }
        Ok(self.output(place, tip.to_owned(), Some(&pull)))
    }

    /// Whether an open pull request's description was made for an earlier candidate; what
    /// people have written is theirs.
    fn is_outdated(&self, cx: &Cx<'_>, pull: &Pull) -> Result<bool, ActionError> {
        let says = self.pull_request.as_ref().and_then(|planned| planned.says.as_ref());
        let (Some(says), Some(Composed { text, .. })) = (says, self.composed(cx)?) else { return Ok(false) };
        let same_start = pull.body.lines().next().map(str::trim_end) == text.lines().next().map(str::trim_end);
        Ok(pull.state == PullState::Open && same_start && !pull.body.contains(says) && text.contains(says))
    }

    fn output(&self, place: &Place, commit: String, pull: Option<&Pull>) -> Value {
        let made = Proposed {
            repository: place.slug.to_string(),
            branch: self.branch.clone(),
            commit,
            base: self.base.clone(),
            number: pull.map(|pull| pull.number),
            link: pull.map(|pull| pull.link.clone()),
        };
        serde_json::to_value(made).expect("plain data")
    }
}
