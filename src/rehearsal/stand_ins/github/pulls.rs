// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pull requests.

use git2::Oid;
use jiff::Timestamp;
use serde_json::json;

use super::Hub;
use super::call::{Call, Fault, Reply};
use super::repository::{Bare, Way};
use super::shapes;
use super::state::{KeptPull, Merged};

impl Hub {
    pub(super) fn list_pulls(&self, call: &Call, at: &Bare) -> Result<Reply, Fault> {
        let wanted = call.asked("state").unwrap_or("open");
        let mut found = Vec::new();
        for number in self.state.read(|known| numbers(&known.pulls, at)) {
            let pull = self.seen(at, number)?;
            let head = format!("{}:{}", pull.owner, pull.branch);
            let state = if pull.open { "open" } else { "closed" };
            // GitHub passes over a `head` that names no owner
            let of_head = call.asked("head").is_none_or(|asked| !asked.contains(':') || asked == head);
            let fits = (wanted == "all" || wanted == state)
                && of_head
                && call.asked("base").is_none_or(|asked| asked == pull.base);
            if fits {
                found.push(pull);
            }
        }
        found.reverse();
        call.page(found, |pull| shapes::pull(call, at, &pull, false))
    }

    pub(super) fn open_pull(&self, call: &Call, at: &Bare) -> Result<Reply, Fault> {
        let wish = call.json()?;
        let field = |name: &str| wish[name].as_str().unwrap_or_default().to_owned();
        let invalid =
            |field: &str| Fault::invalid(json!({"resource": "PullRequest", "field": field, "code": "invalid"}));
        let own = |text: &str| Fault::invalid(json!({"resource": "PullRequest", "code": "custom", "message": text}));
        if field("title").is_empty() {
            return Err(Fault::invalid(json!({"resource": "PullRequest", "field": "title", "code": "missing_field"})));
        }
        let (base, head) = (field("base"), field("head"));
        let (owner, branch) = match head.split_once(':') {
            Some((owner, branch)) => (owner.to_owned(), branch.to_owned()),
            None => (at.owner().to_owned(), head.clone()),
        };
        let base_tip = at.branch_tip(&base).ok_or_else(|| invalid("base"))?;
        // forks are not kept: every branch is in the one repository
        let tip = Some(&owner).filter(|owner| *owner == at.owner()).and_then(|_| at.branch_tip(&branch));
        let tip = tip.ok_or_else(|| invalid("head"))?;
        if at.ahead(tip, base_tip)? == 0 {
            return Err(own(&format!("No commits between {base} and {branch}")));
        }
        let now = Timestamp::now();
        let made = self.state.change(|known| {
            let same = |pull: &&KeptPull| {
                pull.repository == at.slug && pull.open && pull.branch == branch && pull.base == base
            };
            if known.pulls.iter().any(|pull| same(&pull)) {
                return Err(own(&format!("A pull request already exists for {owner}:{branch}.")));
            }
            let number = numbers(&known.pulls, at).into_iter().max().unwrap_or_default() + 1;
            let id = known.next();
            known.pulls.push(KeptPull {
                id,
                repository: at.slug.clone(),
                number,
                title: field("title"),
                body: wish["body"].as_str().map(str::to_owned),
                author: call.who.clone().unwrap_or_default(),
                owner: owner.clone(),
                branch: branch.clone(),
                head: tip.to_string(),
                base: base.clone(),
                base_commit: base_tip.to_string(),
                open: true,
                draft: wish["draft"].as_bool().unwrap_or_default(),
                looked_at: None,
                merged: None,
                created: now,
                updated: now,
                closed: None,
            });
            Ok(number)
        })?;
        let pull = self.seen(at, made)?;
        Ok(Reply::json(201, shapes::pull(call, at, &pull, true)?))
    }

    pub(super) fn show_pull(&self, call: &Call, at: &Bare, number: &str) -> Result<Reply, Fault> {
        let pull = self.seen(at, parsed(number)?)?;
        let reply = Reply::json(200, shapes::pull(call, at, &pull, true)?);
        // whether it can be merged is found out after somebody has asked
        self.changed(at, pull.number, |kept| kept.looked_at = Some((kept.head.clone(), kept.base_commit.clone())))?;
        Ok(reply)
    }

    pub(super) fn change_pull(&self, call: &Call, at: &Bare, number: &str) -> Result<Reply, Fault> {
        let (wish, number) = (call.json()?, parsed(number)?);
        let pull = self.seen(at, number)?;
        if wish["state"] == "open" && pull.merged.is_some() {
            let text = "state cannot be changed. The pull request has been merged.";
            return Err(Fault::invalid(json!({"resource": "PullRequest", "code": "custom", "message": text})));
        }
        self.changed(at, number, |kept| {
            if let Some(title) = wish["title"].as_str() {
                title.clone_into(&mut kept.title);
            }
            if let Some(body) = wish["body"].as_str() {
                kept.body = Some(body.to_owned());
            }
            match wish["state"].as_str() {
                Some("closed") => kept.close(),
                Some("open") => (kept.open, kept.closed) = (true, None),
                _ => {}
            }
            kept.updated = Timestamp::now();
        })?;
        Ok(Reply::json(200, shapes::pull(call, at, &self.seen(at, number)?, true)?))
    }

    pub(super) fn is_merged(&self, at: &Bare, number: &str) -> Result<Reply, Fault> {
        match self.seen(at, parsed(number)?)?.merged {
            Some(_) => Ok(Reply::nothing()),
            None => Err(Fault::missing()),
        }
    }

    pub(super) fn merge_pull(&self, call: &Call, at: &Bare, number: &str) -> Result<Reply, Fault> {
        let (wish, number) = (call.json()?, parsed(number)?);
        let pull = self.seen(at, number)?;
        let way = match wish["merge_method"].as_str() {
            None | Some("merge") => Way::Merge,
            Some("squash") => Way::Squash,
            Some(_) => return Err(Fault::new(405, "Rebase merges are not allowed on this repository.")),
        };
        if pull.draft && pull.open {
            return Err(Fault::new(405, "Pull Request is still a draft"));
        }
        let head = Oid::from_str(&pull.head)?;
        let base = at.branch_tip(&pull.base).ok_or_else(Fault::missing)?;
        if !pull.open || !at.can_merge(head, base)? {
            return Err(Fault::new(405, "Pull Request is not mergeable"));
        }
        if wish["sha"].as_str().is_some_and(|sha| sha != pull.head) {
            return Err(Fault::new(409, "Head branch was modified. Review and try the merge again."));
        }
        let title = wish["commit_title"].as_str().map_or_else(|| format!("{} (#{number})", pull.title), str::to_owned);
        let commit = at.merge(head, &pull.base, way, &format!("{title}\n"))?.to_string();
        let merged = Merged { at: Timestamp::now(), by: call.who.clone().unwrap_or_default(), commit: commit.clone() };
        self.changed(at, number, |kept| {
            kept.merged = Some(merged);
            kept.close();
        })?;
        Ok(Reply::json(200, json!({"sha": commit, "merged": true, "message": "Pull Request successfully merged"})))
    }

    /// The one change that cannot be asked for otherwise: a draft that is ready.
    pub(super) fn graphql(&self, call: &Call) -> Result<Reply, Fault> {
        let wish = call.json()?;
        let query = wish["query"].as_str().unwrap_or_default();
        // the variable is called as the client likes
        let given = wish["variables"].as_object().into_iter().flat_map(|variables| variables.values());
        let id = given.clone().find_map(|value| value["pullRequestId"].as_str().or(value.as_str()).map(str::to_owned));
        let known = query.contains("markPullRequestReadyForReview");
        let found = id.as_deref().and_then(|id| id.strip_prefix("PR_")).and_then(|id| id.parse::<u64>().ok());
        let (Some(id), true) = (found, known && call.may_push()) else {
            let text = "Could not resolve to a node with the global id.";
            return Ok(Reply::json(200, json!({"data": null, "errors": [{"type": "NOT_FOUND", "message": text}]})));
        };
        self.state.change(|known| {
            if let Some(kept) = known.pulls.iter_mut().find(|kept| kept.id == id) {
                kept.draft = false;
            }
        });
        let ready = json!({"clientMutationId": null, "pullRequest": {"id": format!("PR_{id}"), "isDraft": false}});
        Ok(Reply::json(200, json!({"data": {"markPullRequestReadyForReview": ready}})))
    }

    /// A pull request as it is now: its branch may have moved or gone.
    fn seen(&self, at: &Bare, number: u64) -> Result<KeptPull, Fault> {
        let tips = self.state.read(|known| {
            let kept = known.pulls.iter().find(|kept| kept.repository == at.slug && kept.number == number)?;
            Some((kept.open, at.branch_tip(&kept.branch), at.branch_tip(&kept.base)))
        });
        let Some((open, head, base)) = tips else { return Err(Fault::missing()) };
        self.changed(at, number, |kept| match (open, head, base) {
            (true, Some(head), Some(base)) => {
                kept.head = head.to_string();
                kept.base_commit = base.to_string();
            }
            (true, ..) => kept.close(),
            (false, ..) => {}
        })
    }

    fn changed(&self, at: &Bare, number: u64, change: impl FnOnce(&mut KeptPull)) -> Result<KeptPull, Fault> {
        self.state.change(|known| {
            let mut kept = known.pulls.iter_mut().filter(|kept| kept.repository == at.slug);
            let kept = kept.find(|kept| kept.number == number).ok_or_else(Fault::missing)?;
            change(kept);
            Ok(kept.clone())
        })
    }
}

impl KeptPull {
    fn close(&mut self) {
        self.open = false;
        self.closed = Some(Timestamp::now());
    }
}

fn numbers(pulls: &[KeptPull], at: &Bare) -> Vec<u64> {
    pulls.iter().filter(|pull| pull.repository == at.slug).map(|pull| pull.number).collect()
}

fn parsed(number: &str) -> Result<u64, Fault> {
    number.parse().map_err(|_| Fault::missing())
}
