// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Somebody who mends what a vote found: a change on the main branch, picked to
//! the release branch, both pushed from a clone of their own.

use std::fs;
use std::path::Path;

use super::command::{Failed, run};

const WHO: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "Bob Example"),
    ("GIT_AUTHOR_EMAIL", "bob@example.org"),
    ("GIT_COMMITTER_NAME", "Bob Example"),
    ("GIT_COMMITTER_EMAIL", "bob@example.org"),
];

/// Mends what the vote on `candidate` found, on `main` and on `release`; what was
/// pushed before is not pushed again.
///
/// # Errors
/// When git fails.
pub fn mend(directory: &Path, remote: &Path, main: &str, release: &str, candidate: u32) -> Result<(), Failed> {
    let clone = directory.join("contributor");
    let _ = fs::remove_dir_all(&clone);
    let remote = remote.display().to_string();
    run(directory, "git", &["clone", "--quiet", "--branch", main, &remote, "contributor"], &[])?;
    let summary = format!("Name the licence of what candidate {candidate} bundled");
    if !has_commit(&clone, &format!("origin/{main}"), &summary)? {
        let path = clone.join("NOTICE");
        let mut notice = fs::read_to_string(&path).unwrap_or_default();
        notice.push_str(&format!("\nThis product bundles a file that the vote on candidate {candidate} was about.\n"));
        fs::write(&path, notice).map_err(|error| Failed::new("write NOTICE", &error.to_string()))?;
        run(&clone, "git", &["commit", "--quiet", "--all", "--message", &summary], &WHO)?;
        run(&clone, "git", &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{main}")], &[])?;
    }
    if !has_commit(&clone, &format!("origin/{release}"), &summary)? {
        run(&clone, "git", &["fetch", "--quiet", "origin"], &[])?;
        let found = run(
            &clone,
            "git",
            &["log", "--format=%H", "--fixed-strings", "--grep", &summary, &format!("origin/{main}")],
            &[],
        )?;
        let fix = found.lines().next().unwrap_or_default().to_owned();
        run(&clone, "git", &["checkout", "--quiet", "--detach", &format!("origin/{release}")], &[])?;
        run(&clone, "git", &["cherry-pick", "-x", &fix], &WHO)?;
        run(&clone, "git", &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{release}")], &[])?;
    }
    let _ = fs::remove_dir_all(&clone);
    Ok(())
}

fn has_commit(clone: &Path, branch: &str, summary: &str) -> Result<bool, Failed> {
    let found = run(clone, "git", &["log", "--format=%H", "--fixed-strings", "--grep", summary, branch], &[])?;
    Ok(!found.trim().is_empty())
}
