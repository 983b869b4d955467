// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The world of a rehearsal under one directory: remote, clone, Subversion
//! repository, OpenPGP home, mail, and the record of the release itself.

mod addresses;
mod copying;
mod making;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::command::Failed;
use super::real_servers::{AT_THE_LISTS, RealServer};
use super::smtp_server::SmtpAccount;
use super::stand_ins::github;
use crate::config::Product;
use crate::release::{Sha512, Version};
pub use copying::remote_to_copy;

/// The file that says that a directory is a world, and that it is whole.
const WORLD_FILE: &str = "world.json";

/// The directory of the proposals' registry.
const REGISTRY: &str = "proposals";

/// The release manager of every rehearsal.
pub const MANAGER: (&str, &str) = ("Ann Example", "ann@example.org");

/// The people who vote in every rehearsal.
pub(super) const ROSTER: &str = include_str!("../../../release-config/rosters/greeter.toml");
/// Where they stand in the world.
const ROSTER_FILE: &str = "roster.toml";

/// A world that is whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The format of this file; 1.
    pub format: u32,
    /// Where it is.
    pub directory: PathBuf,
    /// The product that is released.
    pub product: String,
    /// The version that is released.
    pub version: String,
    /// Whether the first candidate is voted down.
    pub fail_first_candidate: bool,
    /// The repository that was copied, if it is not the sample.
    pub source: Option<PathBuf>,
    /// Whether the repository was made up from the product's configuration.
    #[serde(default)]
    pub made_up: bool,
    /// The fingerprint of the release manager's key.
    pub key: String,
    /// Where the mail server listens.
    pub smtp_port: u16,
    /// The mail server's password: nothing of value.
    pub smtp_password: String,
    /// Where the archive listens.
    pub archive_port: u16,
    /// Where the stand-ins for the web services listen.
    pub stand_ins_port: u16,
    /// The real servers that serve it in the place of stand-ins, with their ports.
    #[serde(default)]
    pub real_servers: BTreeMap<RealServer, u16>,
    /// The real servers that are on the machine and cannot serve it, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<RealServer, String>,
    /// When it was made; where its simulated clock began.
    pub made: Timestamp,
}

/// What a world is made for.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The product's id.
    pub product: &'a str,
    /// The product's configuration, as it is for real.
    pub configuration: &'a str,
    /// The version.
    pub version: Version,
    /// The repository that is copied.
    pub source: Source<'a>,
    /// The registry of the project's proposals that is copied, where one is there.
    pub registry: Option<&'a Path>,
    /// Whether the first candidate is voted down.
    pub fail_first_candidate: bool,
    /// Whether real servers that are on this machine are left alone.
    pub stand_ins_alone: bool,
}

/// Where a world's repository comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The sample project.
    Sample,
    /// A repository of the product.
    Repository(&'a Path),
    /// Made up from the product's configuration, which is filled in.
    MadeUp(&'a Product),
}

impl World {
    /// The world in `directory`, if one is there and whole.
    ///
    /// # Errors
    /// When its file cannot be read or is of another format.
    pub fn open(directory: &Path) -> Result<Option<Self>, Failed> {
        let path = directory.join(WORLD_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failed::new(&format!("read {}", path.display()), &error.to_string())),
        };
        let world: Self = serde_json::from_str(&text)
            .map_err(|error| Failed::new(&format!("use {}", path.display()), &error.to_string()))?;
        Ok(Some(world))
    }

    /// The release manager's token at the stand-in for GitHub: nothing of value.
    pub fn github_token(&self) -> &'static str {
        github::TOKEN
    }

    /// The bare remote.
    pub fn remote(&self) -> PathBuf {
        self.directory.join("remote.git")
    }

    /// The release manager's clone.
    pub fn clone_path(&self) -> PathBuf {
        self.directory.join("clone")
    }

    /// The registry of the project's proposals, with a remote of its own; there where the
    /// configuration names one.
    pub fn registry(&self) -> PathBuf {
        self.directory.join(REGISTRY)
    }

    /// The mail server's directory.
    pub fn mail(&self) -> PathBuf {
        self.directory.join("mail")
    }

    /// Where the stand-ins for the web services keep their state.
    pub fn stand_ins(&self) -> PathBuf {
        self.directory.join("stand-ins")
    }

    /// Where the real servers keep their state.
    pub fn servers(&self) -> PathBuf {
        self.directory.join("servers")
    }

    /// Where the release is recorded.
    pub fn state(&self) -> PathBuf {
        self.directory.join("state")
    }

    /// The release manager's home directory, with Maven's settings.
    pub fn home(&self) -> PathBuf {
        self.directory.join("home")
    }

    /// Where the images are pushed to, where that is a real registry: `127.0.0.1:20001`.
    pub fn image_registry(&self) -> Option<String> {
        self.real_servers.get(&RealServer::DockerRegistry).map(|port| format!("127.0.0.1:{port}"))
    }

    /// Who may use the mail server.
    pub fn smtp_account(&self) -> SmtpAccount {
        SmtpAccount { user: "ann".into(), password: self.smtp_password.clone().into() }
    }

    /// Who may use the mail server of the lists: who may use the relay, where that is the same one.
    pub fn lists_account(&self) -> SmtpAccount {
        match self.real_servers.contains_key(&RealServer::Exim) {
            true => SmtpAccount { user: AT_THE_LISTS.0.into(), password: AT_THE_LISTS.1.into() },
            false => self.smtp_account(),
        }
    }

    /// The OpenPGP home, by a path that is short enough for the agent's socket.
    ///
    /// # Errors
    /// When the short path cannot be made.
    pub fn gnupg_home(&self) -> Result<PathBuf, Failed> {
        short_home(&self.directory)
    }
}

/// A short path to the world's OpenPGP home: an agent's socket takes no long one.
fn short_home(directory: &Path) -> Result<PathBuf, Failed> {
    use std::os::unix::fs::DirBuilderExt;
    let home = directory.join("gnupg");
    let fail = |error: std::io::Error| Failed::new("make the OpenPGP home", &error.to_string());
    if !home.is_dir() {
        fs::DirBuilder::new().mode(0o700).recursive(true).create(&home).map_err(fail)?;
    }
    if home.as_os_str().len() <= 80 {
        return Ok(home);
    }
    let mark = Sha512::of(home.as_os_str().as_encoded_bytes());
    let link = std::env::temp_dir().join(format!("quorate-{}", &mark.as_str()[..12]));
    match fs::read_link(&link) {
        Ok(target) if target == home => return Ok(link),
        Ok(_) => fs::remove_file(&link).map_err(fail)?,
        Err(_) => {}
    }
    symlink(&home, &link).map_err(fail)?;
    Ok(link)
}
