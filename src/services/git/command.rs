// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running the user's own `git`, with a limit.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Git, GitError};

/// How long a child that is ended may clean up, and its pipes may stay open.
const GRACE: Duration = Duration::from_secs(2);

/// Set by a caller (a hook, an alias), these would lead to another repository.
const OF_THE_CALLER: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
];

/// Keeps from a command what would have git in it work on the caller's repository in the place
/// of the one that it is run in.
pub fn apart_from_the_caller(command: &mut Command) {
    for variable in OF_THE_CALLER {
        command.env_remove(variable);
    }
}

/// What is read by us is not coloured, whatever the user likes.
const PLAIN: [&str; 10] = [
    "-c",
    "color.ui=false",
    "-c",
    "color.push=false",
    "-c",
    "color.remote=false",
    "-c",
    "color.transport=false",
    "-c",
    "core.quotePath=false",
];

/// A web server that sends nothing for a minute is given up; while it packs, git's own sends a sign of
/// life each few seconds. By ssh nothing can be told: it may wait for a person's passphrase.
const NOT_SILENT: [&str; 4] = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"];

/// What a run of `git` left.
#[derive(Debug)]
pub(super) struct Finished {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Git {
    /// Runs `git doing arguments` in the clone. It asks nothing on the terminal
    /// by itself; what ssh and credential helpers ask is theirs.
    pub(super) fn run(&self, doing: &'static str, arguments: &[&str]) -> Result<Finished, GitError> {
        // git would look for a repository further up.
        self.repository()?;
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.path).args(PLAIN);
        if matches!(doing, "fetch" | "ls-remote") {
            command.args(NOT_SILENT);
        }
        command.arg(doing).args(arguments);
        command.env("LC_ALL", "C").env("LANGUAGE", "C").env("GIT_TERMINAL_PROMPT", "0");
        apart_from_the_caller(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(GitError::NotInstalled)?;
        let stdout = Drain::of(child.stdout.take());
        let stderr = Drain::of(child.stderr.take());
        let status = wait(&mut child, self.patience).map_err(GitError::NotInstalled)?;
        let (stdout, stderr) = (stdout.text(), stderr.text());
        match status {
            Some(status) => Ok(Finished { success: status.success(), stdout, stderr }),
            None => Err(GitError::TimedOut { doing, after: self.patience }),
        }
    }

    /// The error behind what `git doing` wrote to stderr.
    pub(super) fn failed(&self, doing: &'static str, stderr: &str) -> GitError {
        let text = stderr.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let (remote, said) = (self.remote.clone(), brief(stderr));
        if says(UNAUTHENTICATED) {
            GitError::Unauthenticated { remote, said }
        } else if says(UNREACHABLE) {
            GitError::Unreachable { remote, said }
        } else {
            GitError::Failed { doing, said }
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
fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    if let Some(status) = wait_until(child, Instant::now() + patience)? {
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

    /// What has come out. A process that the child left behind (a shared ssh
    /// connection) may hold the pipe open for long.
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
pub(super) fn without_credentials(text: &str) -> String {
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
        let odd = git.failed("push", "hint: x\nfatal: odd object 403403\n");
        assert_eq!(odd.to_string(), "git push failed: fatal: odd object 403403");
    }
}
