// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards GitHub shows a release of the tag, with exactly the bytes that were voted on.
//!
//! It is made as a draft, which nobody else sees, and shown once every file has arrived: a
//! release with half of its files is never out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{web_failed, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::FileDigest;
use crate::services::{NewRelease, Release, ReleaseFile, Slug, WebError, sha256_of};

/// Parameters of `publish-on-github`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishOnGitHub {
    /// The repository, as git takes it.
    pub repository: String,
    /// The release's tag, which is at the remote.
    pub tag: String,
    /// The release's title.
    pub title: String,
    /// The release's text.
    pub text: String,
    /// Where the files are, relative to the workspace.
    pub directory: String,
    /// The files that were voted on.
    pub files: Vec<FileDigest>,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedOnGitHub {
    /// Its page.
    pub link: String,
    /// The names of its files.
    pub files: Vec<String>,
}

type Cx<'a> = Context<'a, Services>;

/// How one file stands.
enum Standing<'r> {
    Right,
    Missing,
    /// Its upload broke off.
    Broken(&'r ReleaseFile),
    Other(String),
}

impl Action<Services> for PublishOnGitHub {
    fn summary(&self) -> String {
        format!("Publishes the release of {} at {} with {} files", self.tag, self.repository, self.files.len())
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let directory = world.workspace.path(&self.directory);
        let files: Vec<String> =
            self.files.iter().map(|file| directory.join(&file.name).display().to_string()).collect();
        let mut words = vec!["gh", "release", "create", &self.tag, "--verify-tag", "--repo", &self.repository];
        words.extend(["--title", &self.title, "--notes", &self.text]);
        words.extend(files.iter().map(String::as_str));
        vec![shell::command(&words)]
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let mut problems = Vec::new();
        if !cx.world.github.has_login() {
            problems.push(Problem::new(
                "a release can be published with a GitHub token only",
                "set QUORATE_GITHUB_TOKEN, or publish it by hand: the step finds it",
            ));
        }
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        for file in &self.files {
            if artifacts.digest(&file.name).map_err(workspace_failed)?.as_ref() != Some(file) {
                problems.push(Problem::new(
                    format!("{} in {} is not what was voted on", file.name, self.directory),
                    "fetch it again from where the release is",
                ));
            }
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let Some(release) = self.release(cx)? else { return Ok(Probed::Absent) };
        let mut whole = !release.draft;
        for file in &self.files {
            match self.standing(cx, &release, file)? {
                Standing::Right => {}
                Standing::Missing | Standing::Broken(_) => whole = false,
                Standing::Other(found) => {
                    let expected = format!("{} with {} bytes, as it was voted on", file.name, file.bytes);
                    return Ok(Probed::Conflict { found, expected });
                }
            }
        }
        Ok(if whole { Probed::Done(output(&release)) } else { Probed::Absent })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let (github, slug) = (&cx.world.github, self.slug(cx)?);
        let release = match self.release(cx)? {
            Some(release) => release,
            None => {
                let new = NewRelease { tag: &self.tag, title: &self.title, body: &self.text };
                self.looked_at(cx, github.begin_release(&slug, &new).map(drop), |_| true)?
            }
        };
        for file in &self.files {
            match self.standing(cx, &release, file)? {
                Standing::Right => continue,
                Standing::Missing => {}
                Standing::Broken(broken) => github.remove_file(&slug, broken.id).map_err(web_failed)?,
                Standing::Other(found) => {
                    return Err(ActionError::Conflict { found, expected: format!("{} as it was voted on", file.name) });
                }
            }
            let path = cx.world.workspace.path(&self.directory).join(&file.name);
            let put = github.put_file(&slug, release.id, &file.name, path);
            let arrived = |now: &Release| now.files.iter().any(|there| there.name == file.name && there.whole);
            self.looked_at(cx, put, arrived)?;
        }
        let shown = match release.draft {
            true => self.looked_at(cx, github.publish_release(&slug, release.id), |now| !now.draft)?,
            false => release,
        };
        Ok(output(&shown))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("GitHub has told everybody who watches the repository".to_owned())
    }
}

impl PublishOnGitHub {
    fn slug(&self, cx: &Cx<'_>) -> Result<Slug, ActionError> {
        cx.world
            .github
            .repository(&self.repository)
            .map_err(|error| ActionError::misconfigured(error.to_string(), "set `github.repository`"))
    }

    fn release(&self, cx: &Cx<'_>) -> Result<Option<Release>, ActionError> {
        cx.world.github.release_of(&self.slug(cx)?, &self.tag).map_err(web_failed)
    }

    /// The release after a write, where it shows what was written; after a lost answer too.
    fn looked_at(
        &self,
        cx: &Cx<'_>,
        written: Result<(), WebError>,
        holds: impl FnOnce(&Release) -> bool,
    ) -> Result<Release, ActionError> {
        let fault = match written {
            Err(error) if !error.may_have_happened() => return Err(web_failed(error)),
            written => written.err(),
        };
        match (self.release(cx)?.filter(holds), fault) {
            (Some(release), _) => Ok(release),
            (None, Some(fault)) => Err(web_failed(fault)),
            (None, None) => Err(ActionError::refused(
                format!("GitHub said that it did it, and does not show it for {}", self.tag),
                "run it again: it looks first whether it was done",
            )),
        }
    }

    fn standing<'r>(&self, cx: &Cx<'_>, release: &'r Release, file: &FileDigest) -> Result<Standing<'r>, ActionError> {
        let Some(there) = release.files.iter().find(|there| there.name == file.name) else {
            return Ok(Standing::Missing);
        };
        if !there.whole {
            return Ok(Standing::Broken(there));
        }
        if there.bytes != file.bytes {
            return Ok(Standing::Other(format!("{} with {} bytes", there.name, there.bytes)));
        }
        let path = cx.world.workspace.path(&self.directory).join(&file.name);
        let here = match path.exists() {
            true => Some(sha256_of(&path).map_err(|error| {
                ActionError::service("the workspace", error, format!("see that {} can be read", path.display()))
            })?),
            false => None,
        };
        Ok(match (&there.digest, here) {
            (Some(there_is), Some(here)) if *there_is != here => {
                Standing::Other(format!("{} with other bytes, {there_is}", there.name))
            }
            _ => Standing::Right,
        })
    }
}

fn output(release: &Release) -> Value {
    let files = release.files.iter().map(|file| file.name.clone()).collect();
    serde_json::to_value(PublishedOnGitHub { link: release.link.clone(), files }).expect("plain data")
}
