// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards what a change adds to another repository of the project is dated with one day:
//! pages are prepared with the candidate and published days or weeks later.
//!
//! Only lines that the change adds are touched, and in them only days that one of them gives as
//! its `date` or `release_date`, also as they stand in addresses, `2026/11/22`.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Services;
use super::failures::{git_failed, web_failed};
use super::propose_change::Place;
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::Tree;
use crate::services::{Committer, GitError, NewCommit, PullState, RefUpdate, added_lines};

/// The fields of a page's head and of a list's entry that say its day.
const FIELDS: [&str; 2] = ["date", "release_date"];

/// Parameters of `date-change`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateChange {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
    /// The files that have days, as beginnings of paths, list by list.
    pub files: Vec<Vec<String>>,
    /// The day, as ISO 8601.
    pub to: String,
    /// The commit's message.
    pub message: String,
}

type Cx<'a> = Context<'a, Services>;

/// A branch that is not merged yet, and its files with other days.
struct Undated {
    place: Place,
    tip: String,
    dated: Tree,
}

impl Action<Services> for DateChange {
    fn summary(&self) -> String {
        format!("Dates what {} of {} adds with {}", self.branch, self.repository, self.to)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        vec![
            shell::command(&["git", "clone", "--branch", &self.branch, &self.repository, "change"]),
            "cd change".to_owned(),
            format!("$EDITOR {}  # {}", self.files.concat().join(" "), self.to),
            shell::command(&["git", "commit", "--all", "--message", &self.message]),
            shell::command(&["git", "push", "origin", &self.branch]),
        ]
    }

    fn problems(&self, _cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let fits = self.to.parse::<jiff::civil::Date>().is_ok();
        let problem = || Problem::new(format!("`{}` is no day", self.to), "write it as 2026-11-22");
        Ok((!fits).then(problem).into_iter().collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        Ok(match self.undated(cx)? {
            Some(undated) if !undated.dated.is_empty() => Probed::Absent,
            _ => Probed::Done(self.output()),
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let Some(Undated { place, tip, dated }) = self.undated(cx)? else { return Ok(self.output()) };
        let author = &cx.world.author;
        let new = NewCommit {
            parent: &tip,
            changes: &dated,
            message: &format!("{}\n", self.message.trim_end()),
            committer: Committer { name: &author.name, email: &author.email, at: cx.intent.at },
        };
        let commit = place.git.commit_files(&new, &Default::default()).map_err(git_failed)?;
        let name = format!("refs/heads/{}", self.branch);
        place.git.push(&[RefUpdate { name, expected: Some(tip), to: Some(commit) }]).map_err(git_failed)?;
        Ok(self.output())
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl DateChange {
    /// What is to be dated; `None` where nothing is: it is merged, or somebody proposed it in
    /// another way.
    fn undated(&self, cx: &Cx<'_>) -> Result<Option<Undated>, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let found = cx.world.github.pull_of(&place.slug, &place.slug.owner, &self.branch, &self.base);
        if found.map_err(web_failed)?.is_some_and(|pull| pull.state == PullState::Merged) {
            return Ok(None);
        }
        let (Some(tip), Some(base)) = (place.tip(&self.branch)?, place.tip(&self.base)?) else { return Ok(None) };
        let Some(start) = place.git.common_commit(&base, &tip).map_err(git_failed)? else { return Ok(None) };
        let wanted = |path: &str| self.files.iter().flatten().any(|file| path.starts_with(file.as_str()));
        let before = place.files(&start, wanted)?;
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let mut changed = Tree::new();
        for (path, bytes) in place.files(&tip, wanted)? {
            let before = before.get(&path).map(text).unwrap_or_default();
            let Ok(now) = std::str::from_utf8(&bytes) else { continue };
            if let Some(text) = dated(&before, now, &self.to).map_err(git_failed)? {
                changed.insert(path, text.into_bytes());
            }
        }
        Ok(Some(Undated { place, tip, dated: changed }))
    }

    fn output(&self) -> Value {
        json!({ "branch": self.branch, "date": self.to })
    }
}

/// The text with the day `to` in the lines that it has more than `before`; `None` where they
/// have it.
fn dated(before: &str, text: &str, to: &str) -> Result<Option<String>, GitError> {
    let added = added_lines(before, text)?;
    let lines = || text.split_inclusive('\n').enumerate().map(|(number, line)| (added.contains(&number), line));
    let days = lines().filter(|(added, _)| *added).filter_map(|(_, line)| day_of(line));
    let days: BTreeSet<&str> = days.filter(|day| *day != to).collect();
    if days.is_empty() {
        return Ok(None);
    }
    let in_address = |day: &str| format!("/{}/", day.replace('-', "/"));
    let redated = |line: String, day: &&str| line.replace(day, to).replace(&in_address(day), &in_address(to));
    let line = |(added, line): (bool, &str)| match added {
        false => line.to_owned(),
        true => days.iter().fold(line.to_owned(), redated),
    };
    Ok(Some(lines().map(line).collect()))
}

/// The day of a line such as `date: "2026-11-22T08:00:00.000Z"`.
fn day_of(line: &str) -> Option<&str> {
    let (field, value) = line.trim_start_matches(['-', ' ', '\t']).split_once([':', '='])?;
    let day = value.trim_start_matches([' ', '"', '\'']).get(..10)?;
    (FIELDS.contains(&field.trim()) && day.parse::<jiff::civil::Date>().is_ok()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "---\ndate: \"2026-11-22T08:00:00.000Z\"\naliases:\n- /news/2026/11/22/release-1.2.0.html\n---\n\
                        On 2026-01-05 we began; 2026-11-22 it was.\n";

    #[test]
    fn the_days_of_what_is_added_become_one() {
        let made = dated("", POST, "2026-11-28").unwrap().unwrap();
        assert!(made.contains("date: \"2026-11-28T08:00:00.000Z\"\naliases:\n- /news/2026/11/28/release"), "{made}");
        assert!(made.contains("On 2026-01-05 we began; 2026-11-28 it was."), "{made}");
        assert_eq!(dated("", &made, "2026-11-28").unwrap(), None);
    }

    #[test]
    fn what_was_there_keeps_its_day() {
        let before = "greeter:\n- version_long: 1.1.0\n  release_date: 2026-11-22\r\n";
        let text = format!("greeter:\n- version_long: 1.2.0\n  release_date: 2026-11-23\n{}", &before[9..]);
        let made = dated(before, &text, "2026-11-28").unwrap().unwrap();
        assert!(
            made.contains("1.2.0\n  release_date: 2026-11-28\n- version_long: 1.1.0\n  release_date: 2026-11-22\r\n"),
            "{made}"
        );
        assert_eq!(dated(before, before, "2026-11-28").unwrap(), None);
        assert_eq!(dated("", "update: 2026-11-22\ndate: soon\ndate: 2026-13-40\n", "2026-11-28").unwrap(), None);
    }

    #[test]
    fn an_entry_of_the_same_day_as_another_is_dated() {
        let before = "loader:\n- version_long: 3.0.0\n  release_date: 2026-11-22\n";
        let text = format!("greeter:\n- version_long: 1.2.0\n  release_date: 2026-11-22\n{before}");
        let made = dated(before, &text, "2026-11-28").unwrap().unwrap();
        assert_eq!(made, format!("greeter:\n- version_long: 1.2.0\n  release_date: 2026-11-28\n{before}"));
    }
}
