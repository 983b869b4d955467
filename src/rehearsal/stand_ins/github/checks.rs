// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What looks at commits.

use serde_json::json;

use super::Hub;
use super::call::{Call, Fault, Reply};
use super::repository::Bare;
use super::shapes;
use super::state::KeptRun;

impl Hub {
    pub(super) fn check_runs(&self, call: &Call, at: &Bare, reference: &str) -> Result<Reply, Fault> {
        let commit = at.commit(reference)?.id().to_string();
        let mut runs = self.state.read(|known| {
            let of_it = known.runs.iter().filter(|run| run.repository == at.slug && run.commit == commit);
            of_it.cloned().collect::<Vec<KeptRun>>()
        });
        if runs.is_empty() {
            let conclusion = Some("success".to_owned());
            runs.push(KeptRun { repository: at.slug.clone(), commit, name: "build".to_owned(), conclusion });
        }
        let total = runs.len();
        let answer = |shown| json!({"total_count": total, "check_runs": shown});
        call.page_within(runs, |run| Ok(shapes::check_run(call, &run)), answer)
    }

    /// No service of the old kind looks at these repositories: then GitHub says `pending`.
    pub(super) fn status(&self, call: &Call, at: &Bare, reference: &str) -> Result<Reply, Fault> {
        let commit = at.commit(reference)?.id().to_string();
        let url = format!("{}/repos/{}/commits/{commit}", call.base, at.slug);
        Ok(Reply::json(
            200,
            json!({
                "state": "pending", "statuses": [], "sha": commit, "total_count": 0,
                "repository": shapes::repository(call, at)?, "commit_url": url, "url": format!("{url}/status"),
            }),
        ))
    }

    pub(super) fn branch(&self, call: &Call, at: &Bare, branch: &str) -> Result<Reply, Fault> {
        let tip = at.branch_tip(branch).ok_or_else(|| Fault::new(404, "Branch not found"))?;
        Ok(Reply::json(200, shapes::branch(call, at, branch, tip)?))
    }

    pub(super) fn protection(&self, at: &Bare, branch: &str) -> Result<Reply, Fault> {
        let there = at.branch_tip(branch).is_some();
        Err(Fault::new(404, if there { "Branch not protected" } else { "Branch not found" }))
    }
}
