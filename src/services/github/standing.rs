// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What GitHub's checks and statuses say of a commit.

use octocrab::models::checks::CheckRun;
use octocrab::models::{CombinedStatus, Status, StatusState};
use octocrab::params::repos::Commitish;

use super::{GitHub, PAGE, Slug};
use crate::services::web::WebError;

/// How many pages are asked for at most: ten thousand checks.
const MOST_PAGES: u32 = 100;

/// One check of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: RunState,
    /// Its page, where it has one.
    pub link: Option<String>,
}

/// How a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    /// It went well.
    Passed,
    /// It was passed over: it says nothing.
    Skipped,
    /// It did not; GitHub's word for how.
    Failed(String),
    /// It has not ended.
    Running,
}

impl GitHub {
    /// Every check run and every status of a commit; none where nothing looks at it.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or does not show all of which it says that they are there.
    pub fn standing(&self, slug: &Slug, commit: &str) -> Result<Vec<Run>, WebError> {
        let mut runs = self.all("check runs", |page| {
            let found = self.ask("GET", "a list of check runs", |octocrab| async move {
                let checks = octocrab.checks(&slug.owner, &slug.name);
                checks.list_check_runs_for_git_ref(Commitish(commit.to_owned())).per_page(PAGE).page(page).send().await
            })?;
            let run = |run: CheckRun| Run { name: run.name, state: concluded(run.conclusion), link: run.html_url };
            Ok((found.total_count, found.check_runs.into_iter().map(run).collect()))
        })?;
        runs.extend(self.all("statuses", |page| {
            // octocrab's own call takes a branch or a tag and no commit
            let route = format!("/repos/{slug}/commits/{commit}/status?per_page={PAGE}&page={page}");
            let combined: CombinedStatus = self.ask("GET", "the statuses of a commit", |octocrab| async move {
                octocrab.get(route, None::<&()>).await
            })?;
            let total = u64::try_from(combined.total_count).unwrap_or_default();
            Ok((total, combined.statuses.into_iter().map(of_status).collect()))
        })?);
        Ok(runs)
    }

    /// All of a list that comes in pages, each with how many there are in all.
    fn all(&self, what: &str, page: impl Fn(u32) -> Result<(u64, Vec<Run>), WebError>) -> Result<Vec<Run>, WebError> {
        let mut runs = Vec::new();
        for number in 1..=MOST_PAGES {
            let (total, found) = page(number)?;
            let ends = found.is_empty();
            runs.extend(found);
            if runs.len() as u64 >= total {
                return Ok(runs);
            }
            if ends {
                return Err(self.unusable(&format!("it says that there are {total} {what}, and shows {}", runs.len())));
            }
        }
        Err(self.unusable(&format!("it shows more than {} {what}", runs.len())))
    }
}

fn of_status(status: Status) -> Run {
    Run {
        name: status.context.unwrap_or_else(|| "status".to_owned()),
        state: match status.state {
            StatusState::Success => RunState::Passed,
            StatusState::Pending => RunState::Running,
            other => RunState::Failed(format!("{other:?}").to_lowercase()),
        },
        link: status.target_url,
    }
}

fn concluded(conclusion: Option<String>) -> RunState {
    match conclusion.as_deref() {
        None => RunState::Running,
        Some("success" | "neutral") => RunState::Passed,
        Some("skipped") => RunState::Skipped,
        Some(other) => RunState::Failed(other.to_owned()),
    }
}
