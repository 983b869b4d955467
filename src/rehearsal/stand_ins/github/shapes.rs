// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What GitHub's answers look like.

use axum::body::Bytes;
use git2::Oid;
use serde_json::{Value, json};

use super::call::{Call, Fault};
use super::repository::Bare;
use super::state::{KeptAsset, KeptPull, KeptRelease, KeptRun};

/// The addresses that a user has, below their own.
const OF_USER: [(&str, &str); 9] = [
    ("followers_url", "followers"),
    ("following_url", "following{/other_user}"),
    ("gists_url", "gists{/gist_id}"),
    ("starred_url", "starred{/owner}{/repo}"),
    ("subscriptions_url", "subscriptions"),
    ("organizations_url", "orgs"),
    ("repos_url", "repos"),
    ("events_url", "events{/privacy}"),
    ("received_events_url", "received_events"),
];

/// The addresses that a repository has, below its own.
const OF_REPOSITORY: [(&str, &str); 36] = [
    ("archive_url", "{archive_format}{/ref}"),
    ("assignees_url", "assignees{/user}"),
    ("blobs_url", "git/blobs{/sha}"),
    ("branches_url", "branches{/branch}"),
    ("collaborators_url", "collaborators{/collaborator}"),
    ("comments_url", "comments{/number}"),
    ("commits_url", "commits{/sha}"),
    ("compare_url", "compare/{base}...{head}"),
    ("contents_url", "contents/{+path}"),
    ("contributors_url", "contributors"),
    ("deployments_url", "deployments"),
    ("downloads_url", "downloads"),
    ("events_url", "events"),
    ("forks_url", "forks"),
    ("git_commits_url", "git/commits{/sha}"),
    ("git_refs_url", "git/refs{/sha}"),
    ("git_tags_url", "git/tags{/sha}"),
    ("hooks_url", "hooks"),
    ("issue_comment_url", "issues/comments{/number}"),
    ("issue_events_url", "issues/events{/number}"),
    ("issues_url", "issues{/number}"),
    ("keys_url", "keys{/key_id}"),
    ("labels_url", "labels{/name}"),
    ("languages_url", "languages"),
    ("merges_url", "merges"),
    ("milestones_url", "milestones{/number}"),
    ("notifications_url", "notifications{?since,all,participating}"),
    ("pulls_url", "pulls{/number}"),
    ("releases_url", "releases{/id}"),
    ("stargazers_url", "stargazers"),
    ("statuses_url", "statuses/{sha}"),
    ("subscribers_url", "subscribers"),
    ("subscription_url", "subscription"),
    ("tags_url", "tags"),
    ("teams_url", "teams"),
    ("trees_url", "git/trees{/sha}"),
];

pub(super) fn user(call: &Call, login: &str) -> Value {
    let url = format!("{}/users/{login}", call.base);
    let id = login.bytes().fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
    let mut user = json!({
        "login": login, "id": id, "node_id": format!("U_{id}"), "gravatar_id": "", "type": "User", "site_admin": false,
        "avatar_url": format!("{url}/avatar"), "url": url, "html_url": format!("{}/{login}", call.base),
    });
    for (name, below) in OF_USER {
        user[name] = Value::from(format!("{url}/{below}"));
    }
    user
}

pub(super) fn repository(call: &Call, at: &Bare) -> Result<Value, Fault> {
    let (url, page) = (format!("{}/repos/{}", call.base, at.slug), format!("{}/{}", call.base, at.slug));
    let main = at.main();
    let time = match at.branch_tip(&main) {
        Some(tip) => time(at.git.find_commit(tip)?.time().seconds()),
        None => time(0),
    };
    let id = at.slug.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007);
    let may = call.may_push();
    let mut repository = json!({
        "id": id, "node_id": format!("R_{id}"), "name": at.name(), "full_name": at.slug, "owner": user(call, at.owner()),
        "private": false, "html_url": page, "description": null, "fork": false, "url": url, "homepage": null,
        "git_url": format!("{page}.git"), "clone_url": format!("{page}.git"), "ssh_url": format!("{page}.git"),
        "svn_url": page, "mirror_url": null, "language": null, "license": null, "topics": [], "visibility": "public",
        "forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 1,
    });
    add(
        &mut repository,
        json!({
            "open_issues": 0, "open_issues_count": 0, "default_branch": main, "is_template": false,
            "has_issues": false, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": true,
            "has_discussions": false, "archived": false, "disabled": false, "allow_forking": true,
            "web_commit_signoff_required": false, "network_count": 0, "subscribers_count": 0,
            "pushed_at": time, "created_at": time, "updated_at": time,
        }),
    );
    for (name, below) in OF_REPOSITORY {
        repository[name] = Value::from(format!("{url}/{below}"));
    }
    if call.who.is_some() {
        repository["permissions"] = json!({"admin": false, "maintain": may, "push": may, "triage": may, "pull": true});
    }
    Ok(repository)
}

pub(super) fn branch(call: &Call, at: &Bare, name: &str, tip: Oid) -> Result<Value, Fault> {
    let url = format!("{}/repos/{}", call.base, at.slug);
    let commit = at.git.find_commit(tip)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let person = |who: &git2::Signature<'_>| json!({"name": text(who.name_bytes()), "email": text(who.email_bytes()), "date": time(who.when().seconds())});
    let parents: Vec<Value> = commit
        .parent_ids()
        .map(|id| json!({"sha": id.to_string(), "url": format!("{url}/commits/{id}"), "html_url": format!("{url}/commit/{id}")}))
        .collect();
    let inner = json!({
        "author": person(&commit.author()), "committer": person(&commit.committer()),
        "message": text(commit.message_bytes()).trim_end(), "comment_count": 0, "url": format!("{url}/git/commits/{tip}"),
        "tree": {"sha": commit.tree_id().to_string(), "url": format!("{url}/git/trees/{}", commit.tree_id())},
        "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null},
    });
    let shown = json!({
        "sha": tip.to_string(), "node_id": format!("C_{tip}"), "commit": inner, "url": format!("{url}/commits/{tip}"),
        "html_url": format!("{url}/commit/{tip}"), "comments_url": format!("{url}/commits/{tip}/comments"),
        "author": null, "committer": null, "parents": parents,
    });
    Ok(json!({
        "name": name, "commit": shown, "protected": false, "protection_url": format!("{url}/branches/{name}/protection"),
        "_links": {"self": format!("{url}/branches/{name}"), "html": format!("{}/{}/tree/{name}", call.base, at.slug)},
        "protection": {"enabled": false, "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []}},
    }))
}

/// A pull request; `whole` as it is shown alone, otherwise as in a list.
pub(super) fn pull(call: &Call, at: &Bare, kept: &KeptPull, whole: bool) -> Result<Value, Fault> {
    let (api, page) = (format!("{}/repos/{}", call.base, at.slug), format!("{}/{}", call.base, at.slug));
    let (number, url) = (kept.number, format!("{api}/pulls/{}", kept.number));
    let link = |below: &str| json!({"href": format!("{url}{below}")});
    let end = |owner: &str, branch: &str, commit: &str| -> Result<Value, Fault> {
        Ok(json!({
            "label": format!("{owner}:{branch}"), "ref": branch, "sha": commit,
            "user": user(call, owner), "repo": repository(call, at)?,
        }))
    };
    let issue = format!("{api}/issues/{number}");
    let mut shown = json!({
        "id": kept.id, "node_id": format!("PR_{}", kept.id), "number": number, "url": url,
        "html_url": format!("{page}/pull/{number}"), "diff_url": format!("{page}/pull/{number}.diff"),
        "patch_url": format!("{page}/pull/{number}.patch"), "issue_url": issue, "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"), "review_comment_url": format!("{api}/pulls/comments{{/number}}"),
        "comments_url": format!("{issue}/comments"), "statuses_url": format!("{api}/statuses/{}", kept.head),
        "state": if kept.open { "open" } else { "closed" }, "locked": false, "title": kept.title, "body": kept.body,
        "user": user(call, &kept.author), "labels": [], "milestone": null, "assignee": null, "assignees": [],
        "requested_reviewers": [], "requested_teams": [], "draft": kept.draft, "auto_merge": null,
    });
    add(
        &mut shown,
        json!({
            "author_association": "MEMBER", "active_lock_reason": null,
            "created_at": kept.created.to_string(), "updated_at": kept.updated.to_string(),
            "closed_at": kept.closed.map(|at| at.to_string()),
            "merged_at": kept.merged.as_ref().map(|merged| merged.at.to_string()),
            "merge_commit_sha": kept.merged.as_ref().map(|merged| &merged.commit),
            "head": end(&kept.owner, &kept.branch, &kept.head)?, "base": end(at.owner(), &kept.base, &kept.base_commit)?,
            "_links": {
                "self": link(""), "html": {"href": format!("{page}/pull/{number}")}, "issue": {"href": issue},
                "comments": {"href": format!("{issue}/comments")}, "review_comments": link("/comments"),
                "review_comment": {"href": format!("{api}/pulls/comments{{/number}}")}, "commits": link("/commits"),
                "statuses": {"href": format!("{api}/statuses/{}", kept.head)},
            },
        }),
    );
    if whole {
        alone(&mut shown, call, at, kept)?;
    }
    Ok(shown)
}

fn alone(shown: &mut Value, call: &Call, at: &Bare, kept: &KeptPull) -> Result<(), Fault> {
    let (head, base) = (Oid::from_str(&kept.head)?, Oid::from_str(&kept.base_commit)?);
    let known = kept.looked_at.as_ref() == Some(&(kept.head.clone(), kept.base_commit.clone()));
    let (mergeable, state) = match (kept.open, known) {
        (false, _) | (true, false) => (None, "unknown"),
        (true, true) => match (at.can_merge(head, base)?, kept.draft) {
            (false, _) => (Some(false), "dirty"),
            (true, true) => (Some(true), "draft"),
            (true, false) => (Some(true), "clean"),
        },
    };
    let (additions, deletions, files) = at.changes(head, base)?;
    let more = json!({
        "merged": kept.merged.is_some(), "mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state,
        "merged_by": kept.merged.as_ref().map(|merged| user(call, &merged.by)), "comments": 0, "review_comments": 0,
        "maintainer_can_modify": false, "commits": at.ahead(head, base)?, "additions": additions,
        "deletions": deletions, "changed_files": files,
    });
    add(shown, more);
    Ok(())
}

fn add(to: &mut Value, more: Value) {
    if let (Value::Object(to), Value::Object(more)) = (to, more) {
        to.extend(more);
    }
}

pub(super) fn check_run(call: &Call, run: &KeptRun) -> Value {
    let digits: Vec<u8> = run.name.bytes().chain(run.commit.bytes()).collect();
    let id = digits.iter().fold(3_u64, |sum, byte| (sum * 31 + u64::from(*byte)) % 1_000_000_007);
    let url = format!("{}/repos/{}/check-runs/{id}", call.base, run.repository);
    let ended = run.conclusion.as_ref().map(|_| time(0));
    json!({
        "id": id, "node_id": format!("CR_{id}"), "head_sha": run.commit, "external_id": "", "url": url,
        "html_url": format!("{}/{}/runs/{id}", call.base, run.repository), "details_url": null,
        "status": if run.conclusion.is_some() { "completed" } else { "in_progress" }, "conclusion": run.conclusion,
        "started_at": time(0), "completed_at": ended, "name": run.name, "check_suite": null, "app": null,
        "output": {"title": null, "summary": null, "text": null, "annotations_count": 0,
                   "annotations_url": format!("{url}/annotations")},
        "pull_requests": [],
    })
}

pub(super) fn release(call: &Call, at: &Bare, kept: &KeptRelease) -> Value {
    let url = format!("{}/repos/{}/releases/{}", call.base, at.slug, kept.id);
    let uploads = format!("{}/uploads/repos/{}/releases/{}/assets{{?name,label}}", call.base, at.slug, kept.id);
    let archive = |kind: &str| format!("{}/repos/{}/{kind}/refs/tags/{}", call.base, at.slug, kept.tag);
    json!({
        "id": kept.id, "node_id": format!("RE_{}", kept.id), "url": url, "assets_url": format!("{url}/assets"),
        "html_url": format!("{}/{}/releases/tag/{}", call.base, at.slug, kept.tag), "upload_url": uploads,
        "tarball_url": archive("tarball"), "zipball_url": archive("zipball"), "tag_name": kept.tag,
        "target_commitish": kept.target, "name": kept.name, "body": kept.body, "draft": kept.draft,
        "prerelease": kept.prerelease, "immutable": false, "author": user(call, &kept.author),
        "created_at": kept.created.to_string(), "published_at": kept.published.map(|at| at.to_string()),
        "assets": kept.assets.iter().map(|held| asset(call, at, kept, held)).collect::<Vec<_>>(),
    })
}

pub(super) fn asset(call: &Call, at: &Bare, release: &KeptRelease, kept: &KeptAsset) -> Value {
    let place = format!("{}/{}/releases/download/{}/{}", call.base, at.slug, release.tag, kept.name);
    json!({
        "id": kept.id, "node_id": format!("RA_{}", kept.id), "name": kept.name, "label": null, "state": "uploaded",
        "url": format!("{}/repos/{}/releases/assets/{}", call.base, at.slug, kept.id), "browser_download_url": place,
        "content_type": kept.kind, "size": kept.bytes, "digest": format!("sha256:{}", kept.sha256),
        "download_count": 0, "created_at": kept.created.to_string(), "updated_at": kept.created.to_string(),
        "uploader": user(call, &release.author),
    })
}

/// A file or directory of a commit; with its content where it is shown alone.
pub(super) fn file(call: &Call, at: &Bare, path: &str, reference: &str, id: Oid, content: Option<&[u8]>) -> Value {
    let url = format!("{}/repos/{}/contents/{path}?ref={reference}", call.base, at.slug);
    let (git, page) = (
        format!("{}/repos/{}/git/blobs/{id}", call.base, at.slug),
        format!("{}/{}/blob/{reference}/{path}", call.base, at.slug),
    );
    let mut shown = json!({
        "type": "file", "name": path.rsplit('/').next().unwrap_or(path), "path": path, "sha": id.to_string(),
        "size": content.map_or(0, <[u8]>::len), "url": url, "git_url": git, "html_url": page,
        "download_url": format!("{page}?raw=true"), "_links": {"self": url, "git": git, "html": page},
    });
    if let Some(content) = content {
        shown["encoding"] = Value::from("base64");
        shown["content"] = Value::from(base64(&Bytes::copy_from_slice(content)));
    }
    shown
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// Base64 with a line's end after each 60 digits, as GitHub writes it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (index, group) in bytes.chunks(3).enumerate() {
        let at = |place: usize| u32::from(*group.get(place).unwrap_or(&0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > group.len() { '=' } else { char::from(digit) });
        }
        if index % 15 == 14 {
            text.push('\n');
        }
    }
    text
}
