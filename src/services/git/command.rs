// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running the user's own `git` against the remote, with a limit.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Git, GitError};

/// How long the child has to clean up after itself, and its pipes to close.
const GRACE: Duration = Duration::from_secs(2);

/// What a run of `git` left.
#[derive(Debug)]
pub(super) struct Finished {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Git {
    /// Runs `git what arguments` in the clone. It asks nothing on the terminal
    /// by itself; what ssh and credential helpers ask is theirs.
    pub(super) fn run(&self, what: &'static str, arguments: &[String]) -> Result<Finished, GitError> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.path).args(["-c", "core.quotePath=false", what]).args(arguments);
        command.env("LC_ALL", "C").env("LANGUAGE", "C").env("GIT_TERMINAL_PROMPT", "0");
        // Set in a hook, they would lead to another repository.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"] {
            command.env_remove(variable);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|source| GitError::Run { source })?;
        let stdout = Drain::of(child.stdout.take());
        let stderr = Drain::of(child.stderr.take());
        let status = wait(&mut child, self.timeout).map_err(|source| GitError::Run { source })?;
        let (stdout, stderr) = (stdout.text(), stderr.text());
        match status {
            Some(status) => Ok(Finished { success: status.success(), stdout, stderr }),
            None => Err(GitError::TimedOut { what, seconds: self.timeout.as_secs() }),
        }
    }

    /// The error behind what `git what` wrote to stderr.
    pub(super) fn failed(&self, what: &'static str, stderr: &str) -> GitError {
        let text = brief(stderr);
        let says = |words: &[&str]| {
            let text = stderr.to_lowercase();
            words.iter().any(|word| text.contains(word))
        };
        let remote = self.remote.clone();
        if says(UNAUTHENTICATED) {
            GitError::Unauthenticated { remote, text }
        } else if says(UNREACHABLE) {
            GitError::Unreachable { remote, text }
        } else {
            GitError::Command { what, text }
        }
    }
}

const UNAUTHENTICATED: &[&str] = &[
    "authentication failed",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "permission denied (",
    "returned error: 401",
    "returned error: 403",
    "invalid username or password",
    "access denied",
    "permission to ",
];

const UNREACHABLE: &[&str] = &[
    "could not resolve",
    "connection refused",
    "connection timed out",
    "connection reset",
    "connection closed",
    "operation timed out",
    "network is unreachable",
    "no route to host",
    "host key verification failed",
    "does not appear to be a git repository",
    "could not read from remote repository",
    "unable to access",
    "unable to connect",
    "remote end hung up",
    "repository not found",
    "couldn't connect",
    "failed to connect",
    "' not found",
    "early eof",
];

/// The child's status; `None` where it had to be ended.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    if let Some(status) = wait_until(child, Instant::now() + timeout)? {
        return Ok(Some(status));
    }
    // At SIGTERM git ends its ssh or its HTTP helper too; at SIGKILL it cannot.
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    if wait_until(child, Instant::now() + GRACE)?.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(None)
}

fn wait_until(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// What comes out of a pipe, read beside the rest, so that a full pipe stops nobody.
struct Drain {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

impl Drain {
    fn of(pipe: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = channel();
        if let Some(mut pipe) = pipe {
            let bytes = Arc::clone(&bytes);
            thread::spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                    if let Ok(mut bytes) = bytes.lock() {
                        bytes.extend_from_slice(&buffer[..read]);
                    }
                }
                let _ = end.send(());
            });
        }
        Self { bytes, ended }
    }

    /// What has come out. A daemon that the child left may hold the pipe open.
    fn text(self) -> String {
        let _ = self.ended.recv_timeout(GRACE);
        let bytes = self.bytes.lock().map(|bytes| bytes.clone()).unwrap_or_default();
        without_credentials(&String::from_utf8_lossy(&bytes))
    }
}

/// The lines that say something, in one.
pub(super) fn brief(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let told: Vec<&str> =
        lines.iter().copied().filter(|line| line.starts_with("fatal:") || line.starts_with("error:")).collect();
    let chosen = if told.is_empty() { lines } else { told };
    chosen.into_iter().take(8).collect::<Vec<_>>().join("; ")
}

/// `text` without what stands between `://` and `@` in an address.
fn without_credentials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let authority = tail.find(['/', ' ', '\'', '"', '\n']).unwrap_or(tail.len());
        rest = tail[..authority].rfind('@').map_or(tail, |at| &tail[at + 1..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Effects;

    #[test]
    fn no_password_of_an_address_is_told_on() {
        assert_eq!(
            without_credentials("fatal: 'https://ann:secret@x.org/a@b' and ssh://git@y.org, mail a@b.org"),
            "fatal: 'https://x.org/a@b' and ssh://y.org, mail a@b.org"
        );
    }

    #[test]
    fn what_git_says_is_told_apart() {
        let git = Git::new("/nowhere", "origin", Effects::unwatched());
        let unreachable = |text: &str| matches!(git.failed("push", text), GitError::Unreachable { .. });
        let unauthenticated = |text: &str| matches!(git.failed("push", text), GitError::Unauthenticated { .. });
        assert!(unreachable("fatal: unable to access 'https://x/': Could not resolve host: x"));
        assert!(unreachable("ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote"));
        assert!(unreachable("fatal: repository 'https://x/a.git/' not found"));
        assert!(unauthenticated("fatal: could not read Username for 'https://x': terminal prompts disabled"));
        assert!(unauthenticated(
            "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository."
        ));
        assert!(unauthenticated("fatal: unable to access 'https://x/': The requested URL returned error: 403"));
        let GitError::Command { text, .. } = git.failed("push", "hint: x\nfatal: odd\n") else { panic!() };
        assert_eq!(text, "fatal: odd");
    }
}
