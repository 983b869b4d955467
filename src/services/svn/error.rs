// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with Subversion.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// What can go wrong with Subversion.
#[derive(Debug, thiserror::Error)]
pub enum SvnError {
    /// There is no such command on this machine.
    #[error("{} is not installed", program.display())]
    NotInstalled {
        /// `svn` or `svnmucc`.
        program: OsString,
    },
    /// The command could not be started, or not be talked to.
    #[error("{} could not be run", program.display())]
    Run {
        /// `svn` or `svnmucc`.
        program: OsString,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The command took too long and was ended.
    #[error("could not {doing} within {} seconds", timeout.as_secs())]
    TimedOut {
        /// "read https://…".
        doing: String,
        /// How long it was given.
        timeout: Duration,
    },
    /// The command failed.
    #[error("could not {doing}")]
    Failed {
        /// "read https://…".
        doing: String,
        /// Why.
        #[source]
        fault: SvnFault,
    },
    /// The command answered something else than was expected.
    #[error("could not understand what svn said when asked to {doing}: {why}")]
    Unreadable {
        /// "read https://…".
        doing: String,
        /// What is wrong with the answer.
        why: String,
    },
    /// A file that was read could not be written here.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An address could not be made.
    #[error(transparent)]
    Url(#[from] super::SvnUrlError),
}

/// Why a Subversion command failed, with what it said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SvnFault {
    /// Something is there already.
    #[error("something is there already: {0}")]
    Exists(String),
    /// It, its parent or its revision does not exist.
    #[error("it does not exist: {0}")]
    Missing(String),
    /// The account may not do that.
    #[error("the account has no right to: {0}")]
    Forbidden(String),
    /// There is no account, or its password is wrong.
    #[error("user or password is not accepted: {0}")]
    Unauthenticated(String),
    /// It was changed since the revision that the change is based on.
    #[error("it was changed in the meantime: {0}")]
    OutOfDate(String),
    /// A hook of the repository refused; its text.
    #[error("the repository's hook refused: {0}")]
    HookRefused(String),
    /// No connection to the server, which may not exist.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted: {0}")]
    Untrusted(String),
    /// The server is there and has no time (503 and the like).
    #[error("the server is not available: {0}")]
    Unavailable(String),
    /// The connection broke; whether a commit happened is unknown.
    #[error("the connection broke: {0}")]
    Dropped(String),
    /// There is no repository at the address.
    #[error("there is no repository: {0}")]
    NotRepository(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl SvnError {
    /// Why the command failed, where it ran and said so.
    pub fn fault(&self) -> Option<&SvnFault> {
        match self {
            Self::Failed { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "install the Subversion command-line tools, svn and svnmucc, 1.10 or later",
            Self::Run { .. } => "see whether `svn --version` works in this environment",
            Self::TimedOut { .. } => "look at the network and the server, then run the step again",
            Self::Unreadable { .. } => "see that `svn --version` says 1.10 or later",
            Self::Write { .. } => "see that the disk has room",
            Self::Url(_) => "correct the address or the name in the product's configuration",
            Self::Failed { fault, .. } => fault.hint(),
        }
    }
}

impl SvnFault {
    /// The fault behind what a failed command wrote to standard error: every
    /// line's code counts, since the first is often only "unable to connect".
    pub fn classify(said: &str) -> Self {
        let codes: Vec<(char, u32)> = said.lines().filter_map(code).collect();
        let has = |wanted: &[u32]| codes.iter().any(|(_, code)| wanted.contains(code));
        let says = |text: &str| said.contains(text);
        let text = lines(said);
        if has(&[165_001]) {
            return Self::HookRefused(hook_text(said));
        }
        let kind: fn(String) -> Self = if has(&[175_013, 220_004]) || has(&[170_001]) && says("Authorization failed") {
            Self::Forbidden
        } else if has(&[215_004, 170_001, 120_190, 120_191]) {
            Self::Unauthenticated
        } else if has(&[170_004, 160_024, 160_028]) {
            Self::OutOfDate
        } else if has(&[160_020]) {
            Self::Exists
        } else if has(&[230_001, 120_170, 120_171]) {
            Self::Untrusted
        } else if has(&[175_003, 180_001, 210_005]) || has(&[170_013]) && has(&[160_013]) {
            Self::NotRepository
        } else if has(&[175_002]) && (says("status 5") || says("server error 5") || says("status 429")) {
            Self::Unavailable
        } else if has(&[120_106, 120_108, 210_002, 104, 32, 103]) {
            Self::Dropped
        } else if has(&[111, 110, 113, 101]) || codes.iter().any(|(_, code)| (670_000..680_000).contains(code)) {
            Self::Unreachable
        } else if has(&[160_013, 160_016, 160_005, 160_006, 170_000]) {
            Self::Missing
        } else {
            Self::Other
        };
        kind(text)
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Exists(_) => "look at what is there; it was not touched",
            Self::Missing(_) => "see that the address and the revision are right",
            Self::Forbidden(_) => {
                "ask someone who may write there: committers may write to dev, PMC members to release"
            }
            Self::Unauthenticated(_) => "set the Subversion user and password anew",
            Self::OutOfDate(_) => "look at what was changed there, by `svn log -v`, then run the step again",
            Self::HookRefused(_) => "do what the repository's text asks for",
            Self::Unreachable(_) | Self::Unavailable(_) => "wait until the server answers, then run the step again",
            Self::Dropped(_) => "run the step again: it looks first whether the commit happened",
            Self::Untrusted(_) => {
                "have your Subversion configuration trust the server's certificate authority (ssl-authority-files)"
            }
            Self::NotRepository(_) => "correct the address in the product's configuration",
            Self::Other(_) => "run the command by hand to see more",
        }
    }
}

/// The code of a line such as `svn: warning: W170000: …` or `svnmucc: E160020: …`.
fn code(line: &str) -> Option<(char, u32)> {
    let rest = line.strip_prefix("svn: ").or_else(|| line.strip_prefix("svnmucc: "))?;
    let rest = rest.strip_prefix("warning: ").unwrap_or(rest);
    let kind = rest.chars().next().filter(|kind| matches!(kind, 'E' | 'W'))?;
    let (code, _) = rest[1..].split_once(':')?;
    (code.len() == 6).then(|| code.parse().ok()).flatten().map(|code| (kind, code))
}

fn lines(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { "it gave no reason".to_owned() } else { lines.join("; ") }
}

/// The hook's own lines, or svn's where the hook said nothing.
fn hook_text(said: &str) -> String {
    let own: Vec<&str> = said.lines().filter(|line| code(line).is_none()).collect();
    let own = own.join("\n");
    if own.trim().is_empty() { lines(said) } else { own.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_counts() {
        let unable = "svn: E170013: Unable to connect to a repository at URL 'http://h/x'\n";
        let fault = |second: &str| SvnFault::classify(&format!("{unable}svn: {second}\n"));
        assert!(matches!(fault("E000111: Error running context: Connection refused"), SvnFault::Unreachable(_)));
        assert!(matches!(fault("E670002: Unknown hostname 'h'"), SvnFault::Unreachable(_)));
        assert!(matches!(fault("E230001: Server SSL certificate verification failed"), SvnFault::Untrusted(_)));
        assert!(matches!(fault("E175013: Access to '/x' forbidden"), SvnFault::Forbidden(_)));
        assert!(matches!(
            fault("E215004: No more credentials or we tried too many times."),
            SvnFault::Unauthenticated(_)
        ));
        assert!(matches!(
            fault("E175002: Unexpected HTTP status 503 'Service Unavailable' on '/x'"),
            SvnFault::Unavailable(_)
        ));
        assert!(matches!(fault("E175002: Unexpected HTTP status 400 'Bad Request' on '/x'"), SvnFault::Other(_)));
        assert!(matches!(fault("E120108: The server unexpectedly closed the connection."), SvnFault::Dropped(_)));
        assert!(matches!(fault("E175003: does not support the HTTP/DAV protocol"), SvnFault::NotRepository(_)));
    }

    #[test]
    fn a_single_code_is_enough() {
        let fault = |line: &str| SvnFault::classify(line);
        assert!(matches!(fault("svnmucc: E220004: Access denied"), SvnFault::Forbidden(_)));
        assert!(matches!(fault("svnmucc: E170004: Item '/x' is out of date"), SvnFault::OutOfDate(_)));
        assert!(matches!(fault("svnmucc: E160024: conflict at '/x'"), SvnFault::OutOfDate(_)));
        assert!(matches!(fault("svn: warning: W160013: '/x' path not found\nsvn: E200009: …"), SvnFault::Missing(_)));
        assert_eq!(fault("Killed"), SvnFault::Other("Killed".into()));
        assert_eq!(fault(""), SvnFault::Other("it gave no reason".into()));
    }

    #[test]
    fn a_code_inside_a_text_does_not_count() {
        let said = "svnmucc: E165001: Commit blocked by pre-commit hook (exit code 1) with output:\nno E160020: here";
        assert_eq!(SvnFault::classify(said), SvnFault::HookRefused("no E160020: here".into()));
        assert!(matches!(SvnFault::classify("svn: E200000: about svn: E160020: x"), SvnFault::Other(_)));
    }
}
