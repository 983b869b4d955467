// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Subversion by its own command-line clients, `svn` and `svnmucc`, so that the
//! user's certificates, proxies and tunnels apply.
//!
//! Both always exit with 1 when something fails; what failed is told by the
//! codes on standard error (see [`SvnFault`]). `svn mv` into a directory that
//! exists silently nests, `svnmucc mv` refuses: all writing is done by svnmucc,
//! which makes one commit of many changes and takes the revision that they are
//! based on. The password goes in by standard input, never as an argument.

mod access;
mod error;
mod holding;
mod read;
mod run;
mod url;
mod write;

#[cfg(test)]
mod real_servers_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

pub use access::{Access, AccessError};
pub use error::{SvnError, SvnFault};
pub use holding::Holding;
pub use read::{ChangedPath, Depth, Entry, EntryKind, Info, RunCommit};
pub use url::{Revision, SvnUrl, SvnUrlError};
pub use write::{Change, CommitNote};

use super::Effects;

const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// A Subversion client with the account that it uses.
#[derive(Debug)]
pub struct Svn {
    account: Option<(String, SecretString)>,
    config: Option<PathBuf>,
    authority: Option<PathBuf>,
    effects: Effects,
    timeout: Duration,
    /// How long a command may write nothing.
    silence: Option<Duration>,
    svn: OsString,
    svnmucc: OsString,
}

impl Svn {
    /// A client with `account` (user and password) or, without one, what the
    /// user's own Subversion configuration gives; `config` is a configuration
    /// directory to use in its place.
    pub fn new(account: Option<(String, SecretString)>, config: Option<PathBuf>, effects: Effects) -> Self {
        Self {
            account,
            config,
            authority: None,
            effects,
            timeout: TIMEOUT,
            silence: None,
            svn: "svn".into(),
            svnmucc: "svnmucc".into(),
        }
    }

    /// The same client, which also trusts what the certificate authority in the PEM file `authority`
    /// vouches for.
    #[must_use]
    pub fn trusting(self, authority: Option<PathBuf>) -> Self {
        Self { authority, ..self }
    }

    /// The PEM file of the certificate authority that it trusts beside the system's.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// The same client, ending each command that writes nothing for so long, as where a server takes
    /// connections and does not answer.
    #[must_use]
    pub fn giving_up_after(self, silence: Duration) -> Self {
        Self { silence: Some(silence), ..self }
    }

    /// The same client, ending each command that takes longer than `timeout`
    /// (15 minutes where nothing else is said).
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}
