// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What goes to the remote, by the user's own `git`, so that their keys,
//! credential helpers and the server's hooks apply.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Git, GitError};

/// How long a command may take: a first push of a large history is slow.
pub(super) const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A change of one ref at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// The full name at the remote.
    pub name: String,
    /// What it must be at now; `None`: it must not be there.
    pub expected: Option<String>,
    /// What it is to be at; `None`: it is to be deleted.
    pub to: Option<String>,
}

struct Output {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Git {
    /// The remote's name.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    /// The refs of the remote that fit one of `patterns` (full names), with their
    /// ids; a tag's peeled id stands under its name with `^{}` behind it.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_refs(&self, patterns: &[&str]) -> Result<BTreeMap<String, String>, GitError> {
        let mut arguments = vec!["ls-remote", "--quiet", "--", &self.remote];
        let peeled: Vec<String> = patterns.iter().map(|name| format!("{name}^{{}}")).collect();
        for (name, peeled) in patterns.iter().zip(&peeled) {
            arguments.push(name);
            arguments.push(peeled);
        }
        let output = self.run("ls-remote", &arguments)?;
        self.check("ls-remote", &output)?;
        let lines = output.stdout.lines().filter_map(|line| line.split_once('\t'));
        // git matches patterns at the end of names too: keep what was meant.
        let wanted = |name: &str| patterns.contains(&name.trim_end_matches("^{}"));
        Ok(lines.filter(|(_, name)| wanted(name)).map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
    }

    /// Fetches a branch of the remote into its remote-tracking ref; returns the
    /// commit, or `None` where the remote has no such branch.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn fetch_branch(&self, branch: &str) -> Result<Option<String>, GitError> {
        let name = format!("refs/heads/{branch}");
        let Some(commit) = self.remote_refs(&[&name])?.remove(&name) else { return Ok(None) };
        let tracking = format!("refs/remotes/{}/{branch}", self.remote);
        if self.reference(&tracking)?.as_deref() == Some(&commit) {
            return Ok(Some(commit));
        }
        let refspec = format!("+{name}:{tracking}");
        let output = self
            .run("fetch", &["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", &self.remote, &refspec])?;
        self.check("fetch", &output)?;
        self.reference(&tracking)
    }

    /// Fetches objects that the remote's refs stand for, without making a ref.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn fetch_objects(&self, names: &[&str]) -> Result<(), GitError> {
        let mut arguments = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", &self.remote];
        arguments.extend(names);
        let output = self.run("fetch", &arguments)?;
        self.check("fetch", &output)
    }

    /// Makes all updates at the remote, or none. A ref that is not where it is
    /// expected to be is never overwritten.
    ///
    /// # Errors
    /// When the remote refuses one, a hook declines, or it cannot be reached.
    pub fn push(&self, updates: &[RefUpdate]) -> Result<(), GitError> {
        let leases: Vec<String> = updates
            .iter()
            .map(|update| {
                format!("--force-with-lease={}:{}", update.name, update.expected.as_deref().unwrap_or_default())
            })
            .collect();
        let refspecs: Vec<String> = updates
            .iter()
            .map(|update| format!("{}:{}", update.to.as_deref().unwrap_or_default(), update.name))
            .collect();
        let mut arguments = vec!["push", "--porcelain", "--atomic", "--no-follow-tags"];
        arguments.extend(leases.iter().map(String::as_str));
        arguments.extend(["--", &self.remote]);
        arguments.extend(refspecs.iter().map(String::as_str));
        let output = self.effects.around("git push", || self.run("push", &arguments))?;
        if output.status.success() {
            return Ok(());
        }
        let refused: Vec<String> = output.stdout.lines().filter_map(refusal).collect();
        if refused.iter().any(|line| line.contains("hook declined")) {
            return Err(GitError::Declined { remote: self.remote.clone(), said: remote_words(&output.stderr) });
        }
        if !refused.is_empty() {
            return Err(GitError::Rejected { remote: self.remote.clone(), refused });
        }
        self.check("push", &output)
    }

    fn check(&self, doing: &'static str, output: &Output) -> Result<(), GitError> {
        if output.status.success() {
            return Ok(());
        }
        let said = output.stderr.trim().replace('\n', " ");
        let has = |words: &[&str]| words.iter().any(|word| output.stderr.contains(word));
        let remote = self.remote.clone();
        Err(
            if has(&["Authentication failed", "could not read Username", "Permission denied", "403", "access denied"]) {
                GitError::Unauthenticated { remote, said }
            } else if has(&[
                "does not appear to be a git repository",
                "Could not read from remote",
                "unable to access",
                "Could not resolve",
                "Connection refused",
                "No such remote",
            ]) {
                GitError::Unreachable { remote, said }
            } else {
                GitError::Failed { doing, said }
            },
        )
    }

    fn run(&self, doing: &'static str, arguments: &[&str]) -> Result<Output, GitError> {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.path)
            .args(arguments)
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NotInstalled)?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let started = Instant::now();
        let mut pause = Duration::from_millis(2);
        let status = loop {
            if let Some(status) = child.try_wait().map_err(GitError::NotInstalled)? {
                break status;
            }
            if started.elapsed() > self.patience {
                let _ = child.kill();
                let _ = child.wait();
                return Err(GitError::TimedOut { doing, after: self.patience });
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        };
        let text = |thread: thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&thread.join().unwrap_or_default()).into_owned()
        };
        Ok(Output { status, stdout: text(stdout), stderr: text(stderr) })
    }
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// `!\t<from>:<to>\t[rejected] (why)` of `push --porcelain`.
fn refusal(line: &str) -> Option<String> {
    let mut parts = line.strip_prefix("!\t")?.splitn(2, '\t');
    let name = parts.next()?.rsplit(':').next()?;
    Some(format!("{name}: {}", parts.next()?.trim()))
}

/// What the other side said, without git's own lines.
fn remote_words(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim).collect();
    let lines: Vec<&str> =
        lines.into_iter().filter(|line| !line.is_empty() && !line.starts_with("error: hook declined")).collect();
    if lines.is_empty() { stderr.trim().replace('\n', " ") } else { lines.join(" ") }
}
