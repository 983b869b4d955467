// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pull requests.

use octocrab::models::IssueState;
use octocrab::models::pulls::{Merge, PullRequest};
use octocrab::params;
use octocrab::params::pulls::{MergeMethod, State};
use serde_json::{Value, json};

use super::{GitHub, PAGE, Slug};
use crate::services::web::WebError;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number in its repository.
    pub number: u64,
    /// GitHub's own name for it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its description.
    pub body: String,
    /// Its page.
    pub link: String,
    /// The branch that it offers.
    pub branch: String,
    /// The commit at that branch's tip.
    pub commit: String,
    /// The branch that it is for.
    pub base: String,
    /// How it stands.
    pub state: PullState,
    /// Whether it is a draft, which GitHub does not merge.
    pub draft: bool,
    /// Whether it can be merged; unknown for a moment after a push.
    pub mergeable: Option<bool>,
    /// The commit that merging it made.
    pub merge_commit: Option<String>,
}

/// How a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullState {
    /// It waits.
    Open,
    /// It is in.
    Merged,
    /// It was turned down or taken back.
    Closed,
}

/// A pull request to be opened.
#[derive(Debug)]
pub struct NewPull<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Whose repository the branch is in.
    pub owner: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The branch that it is for.
    pub base: &'a str,
    /// Whether it is a draft.
    pub draft: bool,
}

const MARK_READY: &str = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) \
                          { pullRequest { isDraft } } }";

impl GitHub {
    /// The pull request that offers `branch` of `owner` for `base`: the one that is open,
    /// else the latest.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub fn pull_of(&self, slug: &Slug, owner: &str, branch: &str, base: &str) -> Result<Option<Pull>, WebError> {
        let found = self.ask("GET", "a list of pull requests", |octocrab| async move {
            let pulls = octocrab.pulls(&slug.owner, &slug.name);
            let list = pulls.list().state(params::State::All).head(format!("{owner}:{branch}")).base(base);
            list.per_page(PAGE).send().await
        })?;
        let mut pulls: Vec<Pull> = found.items.into_iter().map(Pull::from).collect();
        // where the filter is not understood, all are listed
        pulls.retain(|pull| pull.branch == branch && pull.base == base);
        pulls.sort_by_key(|pull| (pull.state == PullState::Open, pull.number));
        Ok(pulls.pop())
    }

    /// A pull request, with whether it can be merged.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or there is none of that number.
    pub fn pull(&self, slug: &Slug, number: u64) -> Result<Pull, WebError> {
        let pull = self.ask("GET", "a pull request", |octocrab| async move {
            octocrab.pulls(&slug.owner, &slug.name).get(number).await
        })?;
        Ok(pull.into())
    }

    /// Opens a pull request. Look for it first: GitHub refuses a second one.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it is there.
    pub fn open_pull(&self, slug: &Slug, new: &NewPull<'_>) -> Result<Pull, WebError> {
        let head = format!("{}:{}", new.owner, new.branch);
        let pull = self.ask("POST", "a pull request", |octocrab| async move {
            let pulls = octocrab.pulls(&slug.owner, &slug.name);
            pulls.create(new.title, head, new.base).body(new.body.to_owned()).draft(new.draft).send().await
        })?;
        Ok(pull.into())
    }

    /// Gives a pull request another title and description.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it was done.
    pub fn describe_pull(&self, slug: &Slug, number: u64, title: &str, body: &str) -> Result<(), WebError> {
        self.ask("PATCH", "a pull request", |octocrab| async move {
            octocrab
                .pulls(&slug.owner, &slug.name)
                .update(number)
                .title(title.to_owned())
                .body(body.to_owned())
                .send()
                .await
        })
        .map(drop)
    }

    /// Closes a pull request without merging it.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it was done.
    pub fn close_pull(&self, slug: &Slug, number: u64) -> Result<(), WebError> {
        self.ask("PATCH", "a pull request", |octocrab| async move {
            octocrab.pulls(&slug.owner, &slug.name).update(number).state(State::Closed).send().await
        })
        .map(drop)
    }

    /// Has a draft be none any more.
    ///
    /// # Errors
    /// When GitHub refuses it, or it is not known whether it was done.
    pub fn mark_ready(&self, pull: &Pull) -> Result<(), WebError> {
        let payload = json!({"query": MARK_READY, "variables": {"id": pull.id}});
        self.ask(
            "POST",
            "a pull request that is ready",
            |octocrab| async move { octocrab.graphql::<Value>(&payload).await },
        )
        .map(drop)
    }

    /// Merges a pull request whose branch is at `pull.commit`, as one commit called `title`
    /// or by one of that name.
    ///
    /// # Errors
    /// When GitHub refuses it (405: it cannot be merged; 409: the branch has moved), or it
    /// is not known whether it was done.
    pub fn merge_pull(&self, slug: &Slug, pull: &Pull, title: &str, squash: bool) -> Result<Merge, WebError> {
        let way = if squash { MergeMethod::Squash } else { MergeMethod::Merge };
        self.ask("PUT", "the merged commit", |octocrab| async move {
            let pulls = octocrab.pulls(&slug.owner, &slug.name);
            let merge = pulls.merge(pull.number).title(title).sha(pull.commit.as_str()).method(way);
            merge.send().await
        })
    }
}

impl From<PullRequest> for Pull {
    fn from(pull: PullRequest) -> Self {
        let state = match (pull.merged_at.is_some() || pull.merged == Some(true), pull.state) {
            (true, _) => PullState::Merged,
            (false, Some(IssueState::Closed)) => PullState::Closed,
            (false, _) => PullState::Open,
        };
        Self {
            number: pull.number,
            id: pull.node_id.unwrap_or_default(),
            title: pull.title.unwrap_or_default(),
            body: pull.body.unwrap_or_default(),
            link: pull.html_url.map_or(pull.url, |link| link.to_string()),
            branch: pull.head.ref_field,
            commit: pull.head.sha,
            base: pull.base.ref_field,
            state,
            draft: pull.draft.unwrap_or_default(),
            mergeable: pull.mergeable,
            merge_commit: pull.merge_commit_sha.filter(|_| state == PullState::Merged),
        }
    }
}
