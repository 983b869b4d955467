// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running the programs that set a world up.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::services::apart_from_the_caller;

/// Setting the world up failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {why}")]
pub struct Failed {
    doing: String,
    why: String,
}

impl Failed {
    /// What could not be done, and why.
    pub fn new(doing: &str, why: &str) -> Self {
        Self { doing: doing.to_owned(), why: why.trim().to_owned() }
    }
}

/// Runs a program in `directory`, apart from the user's own configuration.
///
/// # Errors
/// When it is missing or does not exit with 0; with what it said.
pub fn run<A: AsRef<OsStr>>(
    directory: &Path,
    program: &str,
    arguments: &[A],
    variables: &[(&str, &str)],
) -> Result<String, Failed> {
    let shown: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
    let doing = format!("run {program} {}", shown.join(" "));
    let mut command = Command::new(program);
    apart_from_the_caller(&mut command);
    let output = command
        .args(arguments)
        .current_dir(directory)
        .env("LC_ALL", "C.UTF-8")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => format!("{program} is not installed"),
                _ => error.to_string(),
            };
            Failed::new(&doing, &why)
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failed::new(&doing, &String::from_utf8_lossy(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As git starts a command in a hook or a rebase of a linked worktree.
    #[test]
    fn the_callers_repository_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let theirs = place.path().join("theirs");
        let variables = [("GIT_DIR", theirs.to_str().unwrap())];
        // what is set by us counts, what the caller set does not: the shell stands in for the caller
        let script = format!(
            "export GIT_DIR={}; exec \"$0\" --exact rehearsal::command::tests::a_repository_is_made_here --ignored",
            theirs.display()
        );
        let me = std::env::current_exe().unwrap();
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &script]).arg(me).current_dir(place.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(place.path().join("ours/.git").is_dir() && !theirs.exists());
        run(place.path(), "git", &["init", "--quiet"], &variables).unwrap();
        assert!(theirs.is_dir());
    }

    #[test]
    #[ignore = "run by the test above, with a repository of the caller"]
    fn a_repository_is_made_here() {
        std::fs::create_dir("ours").unwrap();
        run(Path::new("ours"), "git", &["init", "--quiet"], &[]).unwrap();
    }
}
