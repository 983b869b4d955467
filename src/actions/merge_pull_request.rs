// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the pull request of a branch is merged, and the page that shows its change
//! shows it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{settle_web, web_failed};
use super::propose_change::Place;
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Pull, PullState, Run, RunState};

/// How long the building of a page is waited for before asking again, in minutes.
const PAUSE_MINUTES: i64 = 10;

/// Parameters of `merge-pull-request`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergePullRequest {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
    /// The title of the commit.
    pub title: String,
    /// Whether the branch's commits become one; otherwise they stay and are merged.
    #[serde(default = "yes")]
    pub squash: bool,
    /// The page that shows the change once it is built anew, and what it shows then.
    #[serde(default)]
    pub page: Option<ShownPage>,
    /// Files that people finish before the merge, as beginnings of paths.
    #[serde(default)]
    pub finished: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A page of the web that is built from the branch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownPage {
    /// Its address.
    pub url: String,
    /// What it says then.
    pub says: String,
}

/// What is merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullMerged {
    /// The pull request's number.
    pub number: u64,
    /// Its page.
    pub link: String,
    /// The commit on the base that has it.
    pub commit: Option<String>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for MergePullRequest {
    fn summary(&self) -> String {
        format!("Merges the pull request of {} into {} of {}", self.branch, self.base, self.repository)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        let mut commands = vec![
            shell::command(&["gh", "pr", "ready", &self.branch, "--repo", &self.repository]),
            shell::command(&[
                "gh",
                "pr",
                "merge",
                &self.branch,
                if self.squash { "--squash" } else { "--merge" },
                "--repo",
                &self.repository,
            ]),
        ];
        if let Some(page) = &self.page {
            commands.push(format!(
                "{} | grep -F {}",
                shell::command(&["curl", "-sSL", &page.url]),
                shell::quoted(&page.says)
            ));
        }
        commands
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let github = &cx.world.github;
        if !github.has_login() {
            return Ok(vec![Problem::new(
                "a pull request can be merged with a GitHub token only",
                "set QUORATE_GITHUB_TOKEN, or merge it by hand: the step finds it merged",
            )]);
        }
        let (place, Some(pull)) = self.find(cx)? else { return Ok(vec![self.missing()]) };
        let mut problems = Vec::new();
        if github.pull(&place.slug, pull.number).map_err(web_failed)?.mergeable == Some(false) {
            problems.push(Problem::new(
                format!("{} cannot be merged: {} has changed the same lines", pull.link, self.base),
                format!("merge {} into {} and push it", self.base, self.branch),
            ));
        }
        let runs = github.standing(&place.slug, &pull.commit).map_err(web_failed)?;
        problems.extend(runs.iter().filter_map(|run| failed(run, &pull)));
        problems.extend(self.unfinished(&place, &pull)?);
        Ok(problems)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let (_, pull) = self.find(cx)?;
        let Some(pull) = pull else {
            let Problem { what, hint } = self.missing();
            return Err(ActionError::Refused { what, hint });
        };
        Ok(match pull.state {
            PullState::Open => Probed::Absent,
            PullState::Closed => Probed::Conflict {
                found: format!("{}, which was closed without being merged", pull.link),
                expected: "one that is open or merged".to_owned(),
            },
            PullState::Merged => match self.not_shown(cx)? {
                None => Probed::Done(output(&pull)),
                Some(why) => {
                    let until = cx.now.checked_add(jiff::Span::new().minutes(PAUSE_MINUTES)).ok();
                    Probed::Waiting { until, why: format!("{} is merged; {why}", pull.link) }
                }
            },
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let github = &cx.world.github;
        let (place, Some(pull)) = self.find(cx)? else {
            let Problem { what, hint } = self.missing();
            return Err(ActionError::Refused { what, hint });
        };
        if pull.draft {
            github.mark_ready(&pull).map_err(web_failed)?;
        }
        let merged = github.merge_pull(&place.slug, &pull, &self.title, self.squash).map(drop);
        settle_web(merged, || match self.probe(cx)? {
            // it is in; that the page shows it is for the next probe to find
            Probed::Waiting { .. } => Ok(Probed::Done(output(&self.find(cx)?.1.unwrap_or(pull)))),
            other => Ok(other),
        })
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible(
            "what is merged is built and read at once; another pull request can change it".to_owned(),
        )
    }
}

impl MergePullRequest {
    fn find(&self, cx: &Cx<'_>) -> Result<(Place, Option<Pull>), ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let found = cx.world.github.pull_of(&place.slug, &place.slug.owner, &self.branch, &self.base);
        let found = found.map_err(web_failed)?;
        Ok((place, found))
    }

    fn missing(&self) -> Problem {
        Problem::new(
            format!("{} has no pull request of the branch {} for {}", self.repository, self.branch, self.base),
            "run the step that opens it, or open it by hand",
        )
    }

    /// What the page does not show yet.
    fn not_shown(&self, cx: &Cx<'_>) -> Result<Option<String>, ActionError> {
        let Some(page) = &self.page else { return Ok(None) };
        let text = cx.world.pages.text(&page.url).map_err(web_failed)?;
        let shown = text.is_some_and(|text| text.contains(&page.says));
        Ok((!shown).then(|| format!("{} does not show `{}` yet", page.url, page.says)))
    }

    /// Pages that still wait for a person's words.
    fn unfinished(&self, place: &Place, pull: &Pull) -> Result<Vec<Problem>, ActionError> {
        let Some(tip) = place.tip(&self.branch)? else { return Ok(Vec::new()) };
        let wanted = |path: &str| self.finished.iter().any(|start| path.starts_with(start.as_str()));
        let files = place.files(&tip, wanted)?;
        let marked = files.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains('‹'));
        Ok(marked
            .map(|(path, _)| {
                Problem::new(
                    format!("{path} in {} still has places that a person is to fill in (‹…›)", pull.link),
                    format!("write them, and push to {}", self.branch),
                )
            })
            .collect())
    }
}

fn failed(run: &Run, pull: &Pull) -> Option<Problem> {
    let how = match &run.state {
        RunState::Passed | RunState::Skipped => return None,
        RunState::Running => "has not ended".to_owned(),
        RunState::Failed(how) => format!("ended with {how}"),
    };
    let place = run.link.as_deref().unwrap_or(&pull.link);
    Some(Problem::new(format!("the check `{}` of {} {how}", run.name, pull.link), format!("see {place}")))
}

fn output(pull: &Pull) -> Value {
    let merged = PullMerged { number: pull.number, link: pull.link.clone(), commit: pull.merge_commit.clone() };
    serde_json::to_value(merged).expect("plain data")
}
