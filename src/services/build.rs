// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running a product's build commands on this machine.
//!
//! A build runs in a process group of its own under a small shell that holds the
//! reading end of a pipe. When this program ends, however it ends, the pipe
//! closes and the shell kills the group: no build goes on in a tree that a
//! repeat is about to write anew. What a finished build leaves running is
//! killed in the same way.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use globset::GlobBuilder;

use super::git::apart_from_the_caller;

/// Standard input is the pipe; the build itself gets none.
const UNDER_A_LIFELINE: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
build=$!
( read -r _ <&3; kill -KILL 0 ) >/dev/null 2>&1 &
exec 3<&-
wait "$build"
"#;

/// How many of a log's last lines a hint shows.
const TAIL_LINES: usize = 12;
const TAIL_BYTES: u64 = 4096;

/// A build command, ready to run.
#[derive(Debug, Clone, Copy)]
pub struct BuildRun<'a> {
    /// Program and arguments.
    pub command: &'a [String],
    /// Where to run it.
    pub directory: &'a Path,
    /// Variables to set.
    pub environment: &'a BTreeMap<String, String>,
    /// The file that takes what it says; written anew.
    pub log: &'a Path,
}

/// Why a build did not work.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no command.
    #[error("its command is empty")]
    Empty,
    /// It could not be started, or its log not be written.
    #[error("cannot {doing} {}", path.display())]
    System {
        /// "write", "run in".
        doing: &'static str,
        /// What.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ran and failed.
    #[error("`{command}` ended with {status}; its log is {}", log.display())]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Not exactly one file fits what the build is to leave.
    #[error("exactly one file was expected to fit `{glob}`, found {}", if found.is_empty() { "none".to_owned() } else { found.join(", ") })]
    Output {
        /// The glob.
        glob: String,
        /// The files that fit.
        found: Vec<String>,
    },
    /// No file fits a pattern of which one or more are to keep their names.
    #[error("one file or more were expected to fit `{glob}`, found none")]
    NoOutput {
        /// The glob.
        glob: String,
    },
    /// An output's pattern is no glob.
    #[error("`{glob}` is no glob")]
    Glob {
        /// The pattern.
        glob: String,
        /// What is wrong with it.
        #[source]
        source: globset::Error,
    },
}

impl BuildRun<'_> {
    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be started or fails.
    pub fn run(&self) -> Result<(), BuildError> {
        let line = self.command.join(" ");
        if self.command.first().is_none_or(String::is_empty) {
            return Err(BuildError::Empty);
        }
        let status = self.status(&line)?;
        if status.success() {
            return Ok(());
        }
        Err(BuildError::Failed { command: line, status, log: self.log.to_owned(), tail: tail(self.log) })
    }

    fn status(&self, line: &str) -> Result<ExitStatus, BuildError> {
        let written = |source| BuildError::System { doing: "write", path: self.log.to_owned(), source };
        let started = |source| BuildError::System { doing: "run a build in", path: self.directory.to_owned(), source };
        if let Some(parent) = self.log.parent() {
            fs::create_dir_all(parent).map_err(written)?;
        }
        let mut log = File::create(self.log).map_err(written)?;
        writeln!(log, "$ {line}").map_err(written)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", UNDER_A_LIFELINE, "quorate-build"]).args(self.command).current_dir(self.directory);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("QUORATE_")) {
            // Ours, passwords among them, are none of a build's business.
            command.env_remove(name);
        }
        apart_from_the_caller(&mut command);
        command.envs(self.environment).stdin(Stdio::piped());
        command.stdout(log.try_clone().map_err(written)?).stderr(log).process_group(0);
        let mut child = command.spawn().map_err(started)?;
        // Taken out, since waiting would close it.
        let lifeline = child.stdin.take();
        let status = child.wait().map_err(started);
        drop(lifeline);
        status
    }
}

impl BuildError {
    /// The next thing to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Failed { tail, log, .. } => {
                format!("the log {} ends with:\n{tail}", log.display())
            }
            Self::Output { .. } | Self::NoOutput { .. } | Self::Glob { .. } | Self::Empty => {
                "see the build's `command` and `outputs` in the product's configuration".to_owned()
            }
            Self::System { .. } => "see that the workspace can be written".to_owned(),
        }
    }
}

/// Those of `programs` that cannot be used here: not on the PATH, or, where one
/// is a whole command (`docker info`), it does not succeed.
pub fn missing_programs(programs: &[String]) -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let executable = |path: PathBuf| {
        path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    let there = |program: &str| directories.iter().any(|directory| executable(directory.join(program)));
    let missing = |program: &&String| {
        let mut words = program.split_whitespace();
        let Some(name) = words.next() else { return false };
        let arguments: Vec<&str> = words.collect();
        !there(name) || (!arguments.is_empty() && !succeeds(name, &arguments))
    };
    programs.iter().filter(missing).cloned().collect()
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let quiet = Stdio::null;
    let status = Command::new(program).args(arguments).stdin(quiet()).stdout(quiet()).stderr(quiet()).status();
    status.is_ok_and(|status| status.success())
}

/// The one file under `tree` that fits `glob`.
///
/// # Errors
/// When none or several fit, or the tree cannot be read.
pub fn find_output(tree: &Path, glob: &str) -> Result<PathBuf, BuildError> {
    match <[PathBuf; 1]>::try_from(find_outputs(tree, glob)?) {
        Ok([path]) => Ok(path),
        Err(found) => {
            let name = |path: &PathBuf| path.strip_prefix(tree).unwrap_or(path).display().to_string();
            Err(BuildError::Output { glob: glob.to_owned(), found: found.iter().map(name).collect() })
        }
    }
}

/// The files under `tree` that fit `glob`, sorted.
///
/// # Errors
/// When the tree cannot be read.
pub fn find_outputs(tree: &Path, glob: &str) -> Result<Vec<PathBuf>, BuildError> {
    let matcher = GlobBuilder::new(glob)
        .literal_separator(true)
        .build()
        .map_err(|source| BuildError::Glob { glob: glob.to_owned(), source })?
        .compile_matcher();
    let mut found = Vec::new();
    // From the last directory whose name has no wildcard: a tree after a build is large.
    let base: PathBuf = Path::new(glob)
        .parent()
        .unwrap_or(Path::new(""))
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{', '\\']))
        .collect();
    let mut waiting = vec![tree.join(base)];
    while let Some(directory) = waiting.pop() {
        let read = |source| BuildError::System { doing: "read", path: directory.clone(), source };
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(read)?,
        };
        for entry in entries {
            let entry = entry.map_err(read)?;
            let kind = entry.file_type().map_err(read)?;
            let path = entry.path();
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() && path.strip_prefix(tree).is_ok_and(|path| matcher.is_match(path)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The last lines of the file at `path`, without control characters.
fn tail(path: &Path) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
    let lines: Vec<String> =
        text.lines().map(|line| line.chars().filter(|letter| !letter.is_control()).collect()).collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, environment: &[(&str, &str)]) -> (tempfile::TempDir, Result<(), BuildError>) {
        let directory = tempfile::tempdir().unwrap();
        let command = ["sh", "-c", script].map(str::to_owned);
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let log = directory.path().join("logs/x.log");
        let build = BuildRun { command: &command, directory: directory.path(), environment: &environment, log: &log };
        let result = build.run();
        (directory, result)
    }

    #[test]
    fn a_build_runs_in_its_directory_with_its_variables_and_no_input() {
        let (directory, result) = run("pwd; echo $GREETING >out; cat; echo done >&2", &[("GREETING", "hello")]);
        result.unwrap();
        assert_eq!(fs::read_to_string(directory.path().join("out")).unwrap(), "hello\n");
        let log = fs::read_to_string(directory.path().join("logs/x.log")).unwrap();
        assert!(log.starts_with("$ sh -c pwd;") && log.ends_with("done\n"), "{log}");
    }

    #[test]
    fn a_failure_says_how_and_shows_the_end_of_the_log() {
        let (directory, result) = run("seq 1 100; printf '\\033[31mbroken\\033[0m\\n' >&2; exit 3", &[]);
        let error = result.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("exit status: 3") && text.contains(directory.path().to_str().unwrap()), "{text}");
        let hint = error.hint();
        assert!(hint.ends_with("99\n100\n[31mbroken[0m") && !hint.contains("\n50\n"), "{hint}");
        let command = ["no-such-program".to_owned()];
        let log = directory.path().join("y.log");
        let environment = BTreeMap::new();
        let build = BuildRun { command: &command, directory: directory.path(), environment: &environment, log: &log };
        assert!(matches!(build.run(), Err(BuildError::Failed { status, .. }) if status.code() == Some(127)));
        assert!(matches!(BuildRun { command: &[], ..build }.run(), Err(BuildError::Empty)));
    }

    #[test]
    fn what_a_build_leaves_running_is_killed() {
        let (directory, result) = run("sleep 1000 >/dev/null 2>&1 & echo $! >pid", &[]);
        result.unwrap();
        let pid = fs::read_to_string(directory.path().join("pid")).unwrap();
        let state = format!("/proc/{}/stat", pid.trim());
        let gone = || fs::read_to_string(&state).map_or(true, |text| text.contains(") Z "));
        // The shell kills in its own time; a zombie waits for its parent alone.
        let ended = (0..500).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            gone()
        });
        assert!(ended, "process {pid} is still there");
    }

    #[test]
    fn a_build_ends_with_whoever_ran_it() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", UNDER_A_LIFELINE, "quorate-build", "sleep", "1000"]).process_group(0);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        assert!(child.try_wait().unwrap().is_none());
        // What the system does when this program ends.
        drop(child.stdin.take());
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&child.wait().unwrap()), Some(9));
    }

    #[test]
    fn exactly_one_file_must_fit() {
        let directory = tempfile::tempdir().unwrap();
        for path in ["dist/a-1.tar.gz", "dist/a-1.whl", "dist/b-1.whl", "other/a-1.tar.gz"] {
            fs::create_dir_all(directory.path().join(path).parent().unwrap()).unwrap();
            fs::write(directory.path().join(path), path).unwrap();
        }
        let find = |glob| find_output(directory.path(), glob);
        assert_eq!(find("dist/*.tar.gz").unwrap(), directory.path().join("dist/a-1.tar.gz"));
        assert_eq!(find("d*/a-*.gz").unwrap(), directory.path().join("dist/a-1.tar.gz"));
        let error = find("dist/*.whl").unwrap_err().to_string();
        assert_eq!(error, "exactly one file was expected to fit `dist/*.whl`, found dist/a-1.whl, dist/b-1.whl");
        assert!(find("nowhere/*.whl").unwrap_err().to_string().ends_with("found none"));
        assert!(matches!(find("a[b"), Err(BuildError::Glob { .. })));
        assert!(matches!(find("**/*.gz"), Err(BuildError::Output { found, .. }) if found.len() == 2));
    }

    #[test]
    fn missing_programs_are_named() {
        let programs = ["sh", "no-such-program", "env"].map(str::to_owned);
        assert_eq!(missing_programs(&programs), ["no-such-program"]);
        let commands = ["sh -c true".to_owned(), "false --now".to_owned(), "no-such-program --help".to_owned()];
        assert_eq!(missing_programs(&commands), ["false --now", "no-such-program --help"]);
    }
}
