// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the commands take from outside, read once.

use std::env;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::CommandError;
use super::accounts::{account, token};
use crate::config::Assets;
use crate::ui::Ui;

/// What the commands take from outside.
#[derive(Debug)]
pub struct Environment {
    /// The program's voice.
    pub ui: Ui,
    /// Which release, where the user said.
    pub release: Option<String>,
    /// Workflows, templates, configurations.
    pub assets: Assets,
    /// Where releases are recorded.
    pub state: PathBuf,
    /// Accounts and keys.
    pub accounts: Accounts,
}

/// Accounts and keys, as the environment gives them.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// `QUORATE_SVN_USER` and `QUORATE_SVN_PASSWORD`.
    pub svn: Option<(String, SecretString)>,
    /// `QUORATE_SMTP_USER` and `QUORATE_SMTP_PASSWORD`.
    pub smtp: Option<(String, SecretString)>,
    /// `QUORATE_NEXUS_USER` and `QUORATE_NEXUS_PASSWORD`: the two parts of the user token.
    pub nexus: Option<(String, SecretString)>,
    /// `QUORATE_JIRA_TOKEN`.
    pub jira: Option<SecretString>,
    /// `QUORATE_CONFLUENCE_TOKEN`.
    pub confluence: Option<SecretString>,
    /// `QUORATE_GITHUB_TOKEN`.
    pub github: Option<SecretString>,
    /// `QUORATE_PYPI_TOKEN`.
    pub pypi: Option<SecretString>,
    /// `QUORATE_NPM_TOKEN`.
    pub npm: Option<SecretString>,
    /// `QUORATE_IMAGES_USER` and `QUORATE_IMAGES_PASSWORD`: asked by the doctor alone.
    pub images: Option<(String, SecretString)>,
    /// `GNUPGHOME`.
    pub gnupg_home: Option<PathBuf>,
    /// The user's home, where Maven's settings are.
    pub home: Option<PathBuf>,
}

impl Environment {
    /// Reads the environment.
    ///
    /// # Errors
    /// When no place for the state can be told, half an account is given, or a token or password that
    /// cannot be one.
    pub fn new(
        ui: Ui,
        release: Option<String>,
        assets: Option<PathBuf>,
        state: Option<PathBuf>,
    ) -> Result<Self, CommandError> {
        for (option, variable, is_empty) in [
            ("--release", "QUORATE_RELEASE", release.as_deref() == Some("")),
            ("--assets", "QUORATE_ASSETS", assets.as_deref() == Some(Path::new(""))),
            ("--state", "QUORATE_STATE", state.as_deref() == Some(Path::new(""))),
        ] {
            if is_empty {
                return Err(CommandError::usage(
                    format!("{option}, or the variable {variable}, is empty"),
                    format!("give it a value, or none: `unset {variable}`"),
                ));
            }
        }
        if let Some(directory) = assets.as_ref().filter(|directory| !directory.is_dir()) {
            return Err(CommandError::usage(
                format!("--assets {}: there is no such directory", directory.display()),
                "it holds workflows/, templates/ or release-config/",
            ));
        }
        let state = match state.or_else(default_state) {
            Some(state) => absolute(&state)?,
            None => {
                return Err(CommandError::usage(
                    "no place to record releases: neither QUORATE_STATE nor XDG_STATE_HOME is set, and HOME is no absolute path",
                    "set QUORATE_STATE to a directory of your own",
                ));
            }
        };
        let accounts = Accounts {
            svn: account("QUORATE_SVN_USER", "QUORATE_SVN_PASSWORD")?,
            smtp: account("QUORATE_SMTP_USER", "QUORATE_SMTP_PASSWORD")?,
            nexus: account("QUORATE_NEXUS_USER", "QUORATE_NEXUS_PASSWORD")?,
            jira: token("QUORATE_JIRA_TOKEN")?,
            confluence: token("QUORATE_CONFLUENCE_TOKEN")?,
            github: token("QUORATE_GITHUB_TOKEN")?,
            pypi: token("QUORATE_PYPI_TOKEN")?,
            npm: token("QUORATE_NPM_TOKEN")?,
            images: account("QUORATE_IMAGES_USER", "QUORATE_IMAGES_PASSWORD")?,
            gnupg_home: env::var_os("GNUPGHOME").filter(|home| !home.is_empty()).map(PathBuf::from),
            home: home(),
        };
        Ok(Self { ui, release, assets: Assets::new(assets), state, accounts })
    }
}

fn default_state() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .map(|path| path.join("quorate"))
        .or_else(|| home().map(|path| path.join(".local/state/quorate")))
}

/// `HOME`, else what the system has for the user: a container's job may have no such variable.
fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

/// An absolute path, whether or not anything is there.
///
/// # Errors
/// When the working directory cannot be told, or the path is empty.
pub fn absolute(path: &Path) -> Result<PathBuf, CommandError> {
    std::path::absolute(path)
        .map_err(|error| CommandError::usage(format!("`{}` is no usable path: {error}", path.display()), ""))
}
