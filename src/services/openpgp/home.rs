// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! GnuPG homes: opening one, the agent behind it, listing and making keys.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use gpgme::{Context, CreateKeyFlags, Protocol};

use super::error::sort;
use super::{KeyDescription, OpenPgp, OpenPgpError};

/// The longest path of the agent's socket. The agent makes further sockets
/// beside it with up to eight more bytes in their names, and 107 is what the
/// system takes.
const LONGEST_SOCKET: usize = 99;
/// Up to here no home can have a socket that is too long.
const SHORT_HOME: usize = 80;

/// A context on `home`, or on the user's own where that is `None`.
pub(super) fn open(home: Option<&Path>) -> Result<Context, OpenPgpError> {
    let mut context = Context::from_protocol(Protocol::OpenPgp)
        .map_err(|source| OpenPgpError::Engine { doing: "be started: is it installed?", source })?;
    if let Some(home) = home {
        let home = usable(home)?;
        let text = home.to_str().ok_or_else(|| unusable(&home, "its path is no UTF-8"))?;
        context
            .set_engine_home_dir(text)
            .map_err(|source| OpenPgpError::Engine { doing: "use the home directory", source })?;
    }
    Ok(context)
}

/// How messages name `home`.
pub(super) fn name(home: Option<&Path>) -> String {
    home.map_or_else(|| "the user's GnuPG home".to_owned(), |home| home.display().to_string())
}

/// Has the agent of `home` run, and says whether it does.
pub(super) fn launch_agent(home: Option<&Path>) -> Result<(), OpenPgpError> {
    let mut command = Command::new("gpgconf");
    if let Some(home) = home {
        command.arg("--homedir").arg(home);
    }
    match command.args(["--launch", "gpg-agent"]).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(OpenPgpError::NoAgent { home: name(home), source: gpgme::Error::NO_AGENT }),
    }
}

fn unusable(path: &Path, why: impl Into<String>) -> OpenPgpError {
    OpenPgpError::Home { path: path.to_owned(), why: why.into() }
}

fn usable(home: &Path) -> Result<PathBuf, OpenPgpError> {
    // Links stay as they are: a short one may be there for the agent's sake.
    let home = std::path::absolute(home).map_err(|error| unusable(home, error.to_string()))?;
    if !home.is_dir() {
        return Err(unusable(&home, "it is no directory"));
    }
    if home.as_os_str().len() > SHORT_HOME {
        // Where there is a runtime directory, the socket is there and its path short.
        let socket = gpgconf(&home, &["--list-dirs", "agent-socket"])?;
        if socket.trim_ascii().len() > LONGEST_SOCKET {
            return Err(unusable(&home, "its path is too long for the agent's socket"));
        }
    }
    Ok(home)
}

fn gpgconf(home: &Path, arguments: &[&str]) -> Result<Vec<u8>, OpenPgpError> {
    let output = Command::new("gpgconf").arg("--homedir").arg(home).args(arguments).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(unusable(home, format!("gpgconf: {}", String::from_utf8_lossy(&output.stderr).trim()))),
        Err(error) => Err(unusable(home, format!("gpgconf cannot be run: {error}"))),
    }
}

impl OpenPgp {
    /// The secret keys in `home` (the user's own where that is `None`), usable or not.
    ///
    /// # Errors
    /// When the home cannot be used or listed.
    pub fn secret_keys(home: Option<&Path>) -> Result<Vec<KeyDescription>, OpenPgpError> {
        let engine = |source| OpenPgpError::Engine { doing: "list the secret keys", source };
        let mut context = open(home)?;
        let mut keys = Vec::new();
        for key in context.secret_keys().map_err(engine)? {
            keys.extend(KeyDescription::of(&key.map_err(engine)?));
        }
        Ok(keys)
    }

    /// Makes a key in `home` (created with mode 0700 if it is missing) that signs
    /// and certifies, without a passphrase, for a year; returns its fingerprint.
    /// `algorithm` as GnuPG names it: `rsa4096`, `ed25519`.
    ///
    /// # Errors
    /// When the home cannot be used, or GnuPG does not take the algorithm.
    pub fn generate(home: &Path, name: &str, email: &str, algorithm: &str) -> Result<String, OpenPgpError> {
        make_private(home)?;
        let mut context = open(Some(home))?;
        let flags = CreateKeyFlags::SIGN | CreateKeyFlags::CERT | CreateKeyFlags::NOPASSWD | CreateKeyFlags::FORCE;
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        let made = context
            .create_key_with_flags(format!("{name} <{email}>"), algorithm, year, flags)
            .map_err(|source| sort(source, "make a key", "", &home.display().to_string()))?;
        Ok(made.fingerprint().unwrap_or_default().to_owned())
    }

    /// Whether an agent runs for `home`; none is begun.
    ///
    /// # Errors
    /// When gpgconf fails.
    pub fn agent_runs(home: &Path) -> Result<bool, OpenPgpError> {
        let socket = gpgconf(home, &["--list-dirs", "agent-socket"])?;
        Ok(UnixStream::connect(OsStr::from_bytes(socket.trim_ascii())).is_ok())
    }

    /// Ends the agent and whatever else GnuPG runs for `home`; none running is fine.
    ///
    /// # Errors
    /// When gpgconf fails.
    pub fn stop_agent(home: &Path) -> Result<(), OpenPgpError> {
        gpgconf(home, &["--kill", "all"]).map(|_| ())
    }
}

fn make_private(home: &Path) -> Result<(), OpenPgpError> {
    use std::os::unix::fs::DirBuilderExt;
    if home.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(home)
        .map_err(|error| unusable(home, error.to_string()))
}
