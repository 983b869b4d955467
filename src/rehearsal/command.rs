// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running the programs that set a world up.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

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
    let output = Command::new(program)
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
