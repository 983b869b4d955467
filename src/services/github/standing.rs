// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What GitHub's checks and statuses say of a commit.

use octocrab::models::{CombinedStatus, StatusState};
use octocrab::params::repos::Commitish;

use super::{GitHub, PAGE, Slug};
use crate::services::web::WebError;

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
    /// It went well, or was passed over.
    Passed,
    /// It did not; GitHub's word for how.
    Failed(String),
    /// It has not ended.
    Running,
}

impl GitHub {
    /// Every check run and every status of a commit; none where nothing looks at it.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub fn standing(&self, slug: &Slug, commit: &str) -> Result<Vec<Run>, WebError> {
        let found = self.ask("GET", "a list of check runs", |octocrab| async move {
            let checks = octocrab.checks(&slug.owner, &slug.name);
            checks.list_check_runs_for_git_ref(Commitish(commit.to_owned())).per_page(PAGE).send().await
        })?;
        let mut runs: Vec<Run> = found
            .check_runs
            .into_iter()
            .map(|run| Run { name: run.name, state: concluded(run.conclusion), link: run.html_url })
            .collect();
        // octocrab's own call takes a branch or a tag and no commit
        let route = format!("/repos/{slug}/commits/{commit}/status");
        let combined: CombinedStatus = self
            .ask("GET", "the statuses of a commit", |octocrab| async move { octocrab.get(route, None::<&()>).await })?;
        runs.extend(combined.statuses.into_iter().map(|status| Run {
            name: status.context.unwrap_or_else(|| "status".to_owned()),
            state: match status.state {
                StatusState::Success => RunState::Passed,
                StatusState::Pending => RunState::Running,
                other => RunState::Failed(format!("{other:?}").to_lowercase()),
            },
            link: status.target_url,
        }));
        Ok(runs)
    }
}

fn concluded(conclusion: Option<String>) -> RunState {
    match conclusion.as_deref() {
        None => RunState::Running,
        Some("success" | "neutral" | "skipped") => RunState::Passed,
        Some(other) => RunState::Failed(other.to_owned()),
    }
}
