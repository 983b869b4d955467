// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the names of all who contributed since the last release are in a
//! text of the workspace, one a line. Names that a person has added there stay.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::failures::{git_failed, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};
use crate::release::{ReleaseKind, Version, VersionError, contributors};

/// Parameters of `list-contributors`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListContributors {
    /// The tag or commit of the release before; absent or empty where it is to be
    /// found among the clone's tags.
    #[serde(default)]
    pub from: Option<String>,
    /// The tag or commit of this one.
    pub to: String,
    /// The version of this one.
    pub version: String,
    /// What stands before the version in a release's tag: `release-`.
    pub release_tag_prefix: String,
    /// Where the names go, in the workspace.
    pub file: String,
}

#[derive(Debug, Serialize)]
struct Output {
    names: Vec<String>,
    count: usize,
    /// The tag that they are counted from; none at the first release.
    from: Option<String>,
    /// Why there may be too many names: no release of the series before is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl ListContributors {
    fn given(&self) -> Option<&str> {
        self.from.as_deref().filter(|from| !from.is_empty())
    }

    /// The tag of the release before, where there was one, and the names since.
    fn names(&self, cx: &Context<'_, Services>) -> Result<(Option<String>, Vec<String>), ActionError> {
        let from = self.given().map_or_else(|| self.previous(cx), |from| Ok(Some(from.to_owned())))?;
        let people = cx.world.git.people(from.as_deref(), &self.to).map_err(git_failed)?;
        let names = contributors(people.iter().map(|(name, address)| (name.as_str(), address.as_str())));
        Ok((from, names))
    }

    /// The tag of the highest version below this one that shares history with it; `None` where
    /// neither clone nor remote has a tag of one: it is the first release.
    fn previous(&self, cx: &Context<'_, Services>) -> Result<Option<String>, ActionError> {
        let version: Version = self.version.parse().map_err(|error: VersionError| {
            ActionError::misconfigured(error.to_string(), "give `list-contributors` the version that is released")
        })?;
        let prefix = format!("refs/tags/{}", self.release_tag_prefix);
        let tags = cx.world.git.references(&format!("{prefix}*")).map_err(git_failed)?;
        let below = self.below(tags.keys().filter_map(|tag| tag.strip_prefix("refs/tags/")), version);
        let at_remote = cx.world.git.remote_tags(&self.release_tag_prefix).map_err(git_failed)?;
        let unknown = self.below(at_remote.iter().map(String::as_str), version);
        if let Some(newest) = unknown.last().filter(|newest| below.last().is_none_or(|known| known < newest)) {
            return Err(ActionError::refused(
                format!(
                    "the clone {} lacks the tag {}{newest} of its remote: from an older one too many would be counted",
                    cx.world.git.path().display(),
                    self.release_tag_prefix
                ),
                format!("run `git fetch --tags {}` in the clone", cx.world.git.remote()),
            ));
        }
        if below.is_empty() {
            return Ok(None);
        }
        for found in below.into_iter().rev() {
            if cx.world.git.are_related(&format!("{prefix}{found}"), &self.to).map_err(git_failed)? {
                return Ok(Some(format!("{}{found}", self.release_tag_prefix)));
            }
        }
        Err(ActionError::refused(
            format!(
                "no tag {}X.Y.Z of a release before {version} that shares history with {} is in the clone {}",
                self.release_tag_prefix,
                self.to,
                cx.world.git.path().display()
            ),
            format!(
                "run `git fetch --tags {}` in the clone; if there is no such tag, set `git.previous_tag` in the product's configuration",
                cx.world.git.remote()
            ),
        ))
    }
}

impl ListContributors {
    /// The versions below `version` that these tags are of, in order.
    fn below<'t>(&self, tags: impl Iterator<Item = &'t str>, version: Version) -> Vec<Version> {
        let of = |tag: &str| tag.strip_prefix(&self.release_tag_prefix)?.parse().ok();
        let mut below: Vec<Version> = tags.filter_map(of).filter(|found| *found < version).collect();
        below.sort_unstable();
        below
    }

    /// What to say where the tag is not of the series or release just before this one.
    fn note(&self, from: &str) -> Option<String> {
        let version: Version = self.version.parse().ok()?;
        let found: Version = from.strip_prefix(&self.release_tag_prefix)?.parse().ok()?;
        let follows = match version.kind() {
            ReleaseKind::Bugfix => found.series() == version.series() && found.patch + 1 == version.patch,
            ReleaseKind::Minor => found.major == version.major && found.minor + 1 == version.minor,
            ReleaseKind::Major => found.major + 1 == version.major,
        };
        let text = format!(
            "counted from {from}, which is not the release just before {version}: look whether a tag is missing"
        );
        (!follows).then_some(text)
    }

    fn output(&self, names: Vec<String>, from: Option<String>) -> Value {
        let first = || Some(format!("no release before {} is tagged: counted from the first commit", self.version));
        let (count, note) = (names.len(), from.as_deref().map_or_else(first, |from| self.note(from)));
        serde_json::to_value(Output { names, count, from, note }).expect("plain data")
    }
}

impl Action<Services> for ListContributors {
    fn summary(&self) -> String {
        match self.given() {
            Some(from) => format!("Lists who contributed between {from} and {}", self.to),
            None => format!("Lists who contributed between the release before {} and {}", self.version, self.to),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let file = shell::path(world.workspace.path(&self.file));
        let log = |since: &str| {
            format!(
                "git log --format='%aN%n%cN' {since}{} | sort -u | grep -vxE 'GitHub|.*\\[bot\\]' > {file}",
                shell::quoted(&self.to)
            )
        };
        let file_path = world.workspace.path(&self.file);
        let make = format!("mkdir -p {}", shell::path(file_path.parent().unwrap_or(&file_path)));
        let Some(from) = self.given() else {
            let (prefix, version) = (&self.release_tag_prefix, &self.version);
            let own = shell::quoted(&format!("{prefix}{version}"));
            let pattern = format!("{}[0-9]+\\.[0-9]+\\.[0-9]+$", shell::name_pattern(prefix).trim_end_matches('$'));
            let tags = format!(
                "git tag --list {} | grep -E {}",
                shell::quoted(&format!("{prefix}*")),
                shell::quoted(&pattern)
            );
            // Nothing is before a first release: all that leads to it counts.
            return vec![
                make,
                format!("before=$( ({tags}; echo {own}) | sort -Vu | grep -B1 -xF {own} | grep -vxF {own} || true )"),
                log("\"${before:+$before..}\""),
            ];
        };
        vec![make, log(&format!("{}..", shell::quoted(from)))]
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let count = unknown.number("count");
        let names = [unknown.text("names")];
        Map::from_iter([("count".to_owned(), json!(count)), ("names".to_owned(), json!(names))])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let (from, names) = self.names(cx)?;
        let Some(bytes) = cx.world.workspace.read(&self.file).map_err(workspace_failed)? else {
            return Ok(Probed::Absent);
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let there: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        // What a person has added there stays; a name that is missing is put there anew.
        let complete = names.iter().all(|name| there.contains(name));
        Ok(if complete { Probed::Done(self.output(there, from)) } else { Probed::Absent })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let (from, names) = self.names(cx)?;
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        cx.world.workspace.write(&self.file, text.as_bytes()).map_err(workspace_failed)?;
        Ok(self.output(names, from))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}
