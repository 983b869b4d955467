// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a rehearsal made, over all of its candidates, as its journal has it: what a
//! cancelled candidate made and took down again counts too.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::engine::{Entry, Event};

/// What was made.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The tags that were pushed, also those that were deleted again.
    pub tags: Vec<String>,
    /// Those of them that are not at the remote any more.
    pub deleted_tags: Vec<String>,
    /// Where a version was set.
    pub versions: Vec<VersionSet>,
    /// The candidates that were cancelled, by number, with the reason.
    pub cancelled: BTreeMap<u32, String>,
    /// The repository's revisions.
    pub revisions: Vec<u64>,
    /// The subjects of the mails.
    pub mails: Vec<String>,
}

/// One commit that set a version.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct VersionSet {
    /// The step.
    pub step: String,
    /// The candidate that it was for; 0 for the release itself.
    pub candidate: u32,
    /// The version before.
    pub from: String,
    /// The version that was set.
    pub to: String,
    /// The files that were changed.
    pub files: Vec<String>,
    /// What is worth a look in the tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How many steps were settled.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepCounts {
    /// By the program.
    pub automated: usize,
    /// By a person who answers for it.
    pub attested: usize,
}

/// How many checks were settled.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckCounts {
    /// By asking the truth.
    pub probed: usize,
    /// By a person who answers for it.
    pub attested: usize,
}

impl Made {
    /// What the journal says was made; `at_remote` are the tags that are there now.
    /// The mails are not in the journal alone: the community writes too.
    pub fn of(entries: &[Entry], at_remote: &BTreeSet<String>, mails: Vec<String>) -> Self {
        let mut made = Self { mails, ..Self::default() };
        let (mut tags, mut revisions) = (BTreeSet::new(), BTreeSet::new());
        let mut candidate = 1;
        for entry in entries {
            match &entry.event {
                Event::CandidateOpened { number } => candidate = *number,
                Event::CandidateCancelled { why } => {
                    made.cancelled.insert(candidate, why.clone());
                }
                Event::StepDone { outputs, .. } => {
                    tags.extend(pushed_tags(outputs));
                    revisions.extend(outputs.get("revision").and_then(Value::as_u64));
                    made.versions.extend(version_set(entry, outputs));
                }
                _ => {}
            }
        }
        made.deleted_tags = tags.difference(at_remote).cloned().collect();
        made.tags = tags.into_iter().collect();
        made.revisions = revisions.into_iter().collect();
        made
    }

    /// Takes in tags that are at the remote, whoever made them.
    pub fn add_tags(&mut self, tags: impl Iterator<Item = String>) {
        self.tags.extend(tags);
        self.tags.sort();
        self.tags.dedup();
    }

    /// The tags that are at the remote.
    pub fn standing_tags(&self) -> Vec<&str> {
        self.tags.iter().filter(|tag| !self.deleted_tags.contains(tag)).map(String::as_str).collect()
    }
}

fn pushed_tags(outputs: &Value) -> Vec<String> {
    let refs = outputs.get("refs").and_then(Value::as_array).into_iter().flatten();
    refs.filter_map(|pushed| pushed.get("name")?.as_str()?.strip_prefix("refs/tags/").map(str::to_owned)).collect()
}

fn version_set(entry: &Entry, outputs: &Value) -> Option<VersionSet> {
    let text = |name: &str| outputs.get(name)?.as_str().map(str::to_owned);
    let files = outputs.get("files")?.as_array()?;
    Some(VersionSet {
        step: entry.step.clone()?,
        candidate: entry.candidate,
        from: text("from")?,
        to: text("to")?,
        note: text("note"),
        files: files.iter().filter_map(|file| file.as_str().map(str::to_owned)).collect(),
    })
}

/// How the steps and checks of all candidates came to be settled; what was taken
/// back, or does not hold any more, is not.
pub fn counts(entries: &[Entry]) -> (StepCounts, CheckCounts) {
    let (mut steps, mut checks) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries {
        let Some(id) = &entry.step else { continue };
        let key = (entry.candidate, id);
        match entry.event {
            Event::StepDone { .. } => drop(steps.insert(key, true)),
            Event::StepAttested { .. } | Event::StepSkipped { .. } => drop(steps.insert(key, false)),
            Event::UndoIntended { .. } | Event::StepUndone { .. } => drop(steps.remove(&key)),
            Event::CheckHeld { .. } => drop(checks.insert(key, true)),
            Event::CheckAttested { .. } | Event::CheckSkipped { .. } => drop(checks.insert(key, false)),
            Event::CheckFailed { .. } => drop(checks.remove(&key)),
            _ => {}
        }
    }
    let count = |of: &BTreeMap<(u32, &String), bool>, by: bool| of.values().filter(|program| **program == by).count();
    (
        StepCounts { automated: count(&steps, true), attested: count(&steps, false) },
        CheckCounts { probed: count(&checks, true), attested: count(&checks, false) },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(candidate: u32, step: &str, event: Event) -> Entry {
        let step = (!step.is_empty()).then(|| step.to_owned());
        Entry { seq: 0, at: jiff::Timestamp::UNIX_EPOCH, who: String::new(), candidate, step, event }
    }

    fn done(outputs: Value) -> Event {
        Event::StepDone { outputs, already: false }
    }

    #[test]
    fn what_a_cancelled_candidate_made_counts_and_is_told_as_deleted() {
        let tags = |name: &str| {
            done(json!({"refs": [{"name": format!("refs/tags/{name}"), "commit": "c"}, {"name": "refs/heads/b"}]}))
        };
        let version = json!({"from": "1.2-SNAPSHOT", "to": "1.2.0", "files": ["pom.xml"]});
        let entries = [
            entry(1, "set", done(version.clone())),
            entry(1, "docs", done(json!({"from": null, "to": null, "files": ["docs/config.toml"]}))),
            entry(1, "push", tags("v1-rc1")),
            entry(1, "stage", done(json!({"revision": 4}))),
            entry(1, "tagged", Event::CheckHeld { evidence: String::new() }),
            entry(1, "read", Event::CheckAttested { note: String::new() }),
            entry(1, "gone", Event::CheckHeld { evidence: String::new() }),
            entry(1, "gone", Event::CheckFailed { faults: Vec::new() }),
            entry(0, "", Event::CandidateCancelled { why: "no licence".into() }),
            entry(0, "", Event::CandidateOpened { number: 2 }),
            entry(2, "set", done(version)),
            entry(2, "push", tags("v1-rc2")),
            entry(2, "look", Event::StepAttested { note: String::new() }),
            entry(2, "back", done(json!({}))),
            entry(2, "back", Event::StepUndone { what: String::new() }),
            entry(0, "release", tags("v1")),
        ];
        let made = Made::of(&entries, &BTreeSet::from(["v1".to_owned(), "other".to_owned()]), Vec::new());
        assert_eq!(made.tags, ["v1", "v1-rc1", "v1-rc2"]);
        assert_eq!(made.deleted_tags, ["v1-rc1", "v1-rc2"]);
        assert_eq!(made.standing_tags(), ["v1"]);
        assert_eq!(made.cancelled, BTreeMap::from([(1, "no licence".to_owned())]));
        assert_eq!(made.revisions, [4]);
        let set: Vec<(u32, &str, &[String])> =
            made.versions.iter().map(|set| (set.candidate, set.to.as_str(), set.files.as_slice())).collect();
        let files = ["pom.xml".to_owned()];
        assert_eq!(set, [(1, "1.2.0", &files[..]), (2, "1.2.0", &files[..])]);
        let (steps, checks) = counts(&entries);
        assert_eq!(steps, StepCounts { automated: 7, attested: 1 });
        assert_eq!(checks, CheckCounts { probed: 1, attested: 1 });
    }
}
