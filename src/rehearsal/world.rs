// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The world of a rehearsal under one directory: remote, clone, Subversion
//! repository, OpenPGP home, mail, and the record of the release itself.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::command::{Failed, run};
use super::real_servers::RealServer;
use super::smtp_server::SmtpAccount;
use super::stand_ins::github;
use super::stand_ins::nexus::{NEXUS_ACCOUNT, set_profile};
use super::{made_tracker, made_tree, post_office, sample_project, sites};
use crate::config::Product;
use crate::release::{Sha512, Version};
use crate::services::OpenPgp;

/// The file that says that a directory is a world, and that it is whole.
const WORLD_FILE: &str = "world.json";

/// The release manager of every rehearsal.
pub const MANAGER: (&str, &str) = ("Ann Example", "ann@example.org");

/// The people who vote in every rehearsal.
pub(super) const ROSTER: &str = include_str!("../../release-config/rosters/greeter.toml");
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

    /// Makes a world in `directory`, which is empty or what an interrupted
    /// making left.
    ///
    /// # Errors
    /// When a program or file fails.
    pub fn make(directory: &Path, wish: &Wish<'_>, ports: [u16; 3], now: Timestamp) -> Result<Self, Failed> {
        let configuration: Table = toml::from_str(wish.configuration)
            .map_err(|error| Failed::new("read the product's configuration", &error.to_string()))?;
        for part in ["remote.git", "clone", "sample", "svn", "gnupg", "mail", "state", "stand-ins", "servers"] {
            let _ = fs::remove_dir_all(directory.join(part));
        }
        let main = text_of(&configuration, "git", "main");
        make_remote(directory, wish, &main)?;
        make_subversion(directory, &configuration, wish.version)?;
        let home = short_home(directory)?;
        let key = OpenPgp::generate(&home, MANAGER.0, MANAGER.1, "rsa4096")
            .map_err(|error| Failed::new("make an OpenPGP key", &error.to_string()))?;
        make_clone(directory, &configuration, &key)?;
        make_maven_settings(directory, &configuration)?;
        make_staging_profile(directory, &configuration)?;
        let before = earlier_versions(wish.version);
        sites::make(
            directory,
            &configuration,
            wish.version,
            before.first().copied().unwrap_or(Version { major: 0, minor: 0, patch: 1 }),
        )?;
        made_tracker::create(&directory.join("stand-ins"), wish.configuration, wish.version, &before)?;
        write(&directory.join(ROSTER_FILE), ROSTER.as_bytes())?;
        let world = Self {
            format: 1,
            directory: directory.to_owned(),
            product: wish.product.to_owned(),
            version: wish.version.to_string(),
            fail_first_candidate: wish.fail_first_candidate,
            source: match wish.source {
                Source::Repository(path) => Some(path.to_owned()),
                Source::Sample | Source::MadeUp(_) => None,
            },
            made_up: matches!(wish.source, Source::MadeUp(_)),
            key,
            smtp_port: ports[0],
            smtp_password: "rehearsal".into(),
            archive_port: ports[1],
            stand_ins_port: ports[2],
            real_servers: match wish.stand_ins_alone {
                true => BTreeMap::new(),
                false => RealServer::present(&configuration, free_port),
            },
            made: now,
        };
        let text = serde_json::to_string_pretty(&world).expect("plain data");
        write(&directory.join(WORLD_FILE), text.as_bytes())?;
        Ok(world)
    }

    /// The product's configuration with this world's addresses in the place of
    /// the real ones.
    ///
    /// # Errors
    /// When the configuration is no TOML.
    pub fn configuration(&self, real: &str) -> Result<String, Failed> {
        let fail = |error: String| Failed::new("adapt the product's configuration", &error);
        let mut table: Table = toml::from_str(real).map_err(|error| fail(error.to_string()))?;
        let svn = file_url(&self.directory.join("svn"))?;
        let project = table.get("project").and_then(Value::as_str).unwrap_or_default().to_owned();
        let section = |table: &mut Table, name: &str, changes: &[(&str, Value)]| {
            if let Some(Value::Table(section)) = table.get_mut(name) {
                for (key, value) in changes {
                    section.insert((*key).to_owned(), value.clone());
                }
            }
        };
        section(
            &mut table,
            "git",
            &[("url", Value::from(self.remote().display().to_string())), ("remote", Value::from("origin"))],
        );
        section(
            &mut table,
            "svn",
            &[
                ("dev", Value::from(format!("{svn}/dist/dev/{project}"))),
                ("release", Value::from(format!("{svn}/dist/release/{project}"))),
                ("keys", Value::from(format!("{svn}/dist/release/{project}/KEYS"))),
            ],
        );
        section(
            &mut table,
            "mail",
            &post_office::fields(
                self.smtp_port,
                &post_office::certificate(&self.mail()),
                &format!("http://127.0.0.1:{}", self.archive_port),
            ),
        );
        self.point_maven(&mut table);
        let stand_in = |name: &str| Value::from(format!("http://127.0.0.1:{}/{name}", self.stand_ins_port));
        section(&mut table, "jira", &[("url", stand_in("jira"))]);
        section(&mut table, "pypi", &[("index", stand_in("pypi/simple")), ("upload", stand_in("pypi/legacy/"))]);
        section(&mut table, "npm", &[("registry", stand_in("npm"))]);
        for (server, port) in &self.real_servers {
            section(&mut table, server.section(), &server.fields(*port));
        }
        section(&mut table, "mail", &[("archive_lag_minutes", Value::from(0))]);
        sites::point_at(&mut table, &self.stand_ins(), self.stand_ins_port);
        if let Some(Value::Table(vote)) = table.get_mut("vote") {
            vote.remove("whimsy");
            vote.remove("aliases");
            vote.insert("roster".to_owned(), Value::from(self.directory.join(ROSTER_FILE).display().to_string()));
        }
        if self.made_up {
            leave_builds_to_stand_ins(&mut table);
        }
        toml::to_string(&table).map_err(|error| fail(error.to_string()))
    }

    /// Has the Maven artifacts go to the stand-ins, also where Maven itself is run.
    fn point_maven(&self, table: &mut Table) {
        let Some(Value::Table(maven)) = table.get_mut("maven") else { return };
        let nexus = format!("http://127.0.0.1:{}/nexus", self.stand_ins_port);
        let id =
            maven.get("server_ids").and_then(Value::as_array).and_then(|ids| ids.last()?.as_str()).unwrap_or_default();
        let upload = format!("-DaltDeploymentRepository={id}::{nexus}/service/local/staging/deploy/maven2");
        let settings = self.home().join(".m2/settings.xml").display().to_string();
        if let Some(Value::Array(deploy)) = maven.get_mut("deploy") {
            deploy.extend(["--settings".to_owned(), settings, upload].map(Value::from));
        }
        maven.insert("repository".to_owned(), Value::from(format!("{nexus}/central/maven2")));
        maven.insert("nexus".to_owned(), Value::from(nexus));
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

    /// The mail server's directory.
    pub fn mail(&self) -> PathBuf {
        self.directory.join("mail")
    }

    /// Where the stand-ins for the web services keep their state.
    pub fn stand_ins(&self) -> PathBuf {
        self.directory.join("stand-ins")
    }

    /// Where the release is recorded.
    pub fn state(&self) -> PathBuf {
        self.directory.join("state")
    }

    /// The release manager's home directory, with Maven's settings.
    pub fn home(&self) -> PathBuf {
        self.directory.join("home")
    }

    /// Who may use the mail server.
    pub fn smtp_account(&self) -> SmtpAccount {
        SmtpAccount { user: "ann".into(), password: self.smtp_password.clone().into() }
    }

    /// The OpenPGP home, by a path that is short enough for the agent's socket.
    ///
    /// # Errors
    /// When the short path cannot be made.
    pub fn gnupg_home(&self) -> Result<PathBuf, Failed> {
        short_home(&self.directory)
    }
}

/// A port of this machine that nobody listens on now.
fn free_port() -> Option<u16> {
    Some(std::net::TcpListener::bind(("127.0.0.1", 0)).ok()?.local_addr().ok()?.port())
}

fn make_remote(directory: &Path, wish: &Wish<'_>, main: &str) -> Result<(), Failed> {
    let remote = directory.join("remote.git");
    let sample = directory.join("sample");
    let source = match wish.source {
        Source::Repository(source) => source.to_owned(),
        Source::Sample => sample_project::create(&sample, wish.version).map(|()| sample)?,
        Source::MadeUp(product) => made_tree::create(&sample, product, wish.version).map(|()| sample)?,
    };
    let head = format!("--initial-branch={main}");
    run(directory, "git", &["init", "--quiet", "--bare", &head, "remote.git"], &[])?;
    // What the source itself has; over it, what its own remote has: that is what would be released.
    let from = source.display().to_string();
    for refs in ["+refs/heads/*:refs/heads/*", "+refs/remotes/origin/*:refs/heads/*", "+refs/tags/*:refs/tags/*"] {
        run(&remote, "git", &["fetch", "--quiet", "--no-tags", "--update-head-ok", &from, refs], &[])?;
    }
    // A clone's note of its remote's own HEAD is no branch.
    let _ = run(&remote, "git", &["update-ref", "-d", "refs/heads/HEAD"], &[]);
    let branch = format!("refs/heads/{main}");
    run(&remote, "git", &["rev-parse", "--verify", "--quiet", &branch], &[])
        .map_err(|_| Failed::new("copy the repository", &format!("{from} has no branch `{main}`")))?;
    Ok(())
}

fn make_clone(directory: &Path, configuration: &Table, key: &str) -> Result<(), Failed> {
    let main = text_of(configuration, "git", "main");
    run(directory, "git", &["clone", "--quiet", "--branch", &main, "remote.git", "clone"], &[])?;
    let clone = directory.join("clone");
    for (name, value) in [("user.name", MANAGER.0), ("user.email", MANAGER.1), ("user.signingkey", key)] {
        run(&clone, "git", &["config", name, value], &[])?;
    }
    Ok(())
}

/// A distribution repository with KEYS and with earlier releases in it.
fn make_subversion(directory: &Path, configuration: &Table, version: Version) -> Result<(), Failed> {
    run(directory, "svnadmin", &["create", "svn"], &[])?;
    let project = configuration.get("project").and_then(Value::as_str).unwrap_or_default();
    let name = configuration.get("project_name").and_then(Value::as_str).unwrap_or_default();
    let prefix = text_of(configuration, "svn", "release_prefix");
    let tree = directory.join("svn-import");
    let _ = fs::remove_dir_all(&tree);
    let release = tree.join("dist/release").join(project);
    make_directory(&tree.join("dist/dev").join(project))?;
    make_directory(&release)?;
    let keys = format!("This file has the OpenPGP keys of {name}'s release managers.\n\n");
    write(&release.join("KEYS"), keys.as_bytes())?;
    for earlier in earlier_versions(version) {
        let place = release.join(format!("{prefix}{earlier}"));
        make_directory(&place)?;
        let file = format!("{prefix}{earlier}-src.tgz");
        let bytes = format!("an earlier release, {earlier}\n");
        write(&place.join(&file), bytes.as_bytes())?;
        let sum = format!("{}  {file}\n", Sha512::of(bytes.as_bytes()));
        write(&place.join(format!("{file}.sha512")), sum.as_bytes())?;
    }
    let url = file_url(&directory.join("svn"))?;
    run(
        directory,
        "svn",
        &["import", "--quiet", "--no-ignore", "--message", "What was there before", "svn-import", &url],
        &[],
    )?;
    fs::remove_dir_all(&tree).map_err(|error| Failed::new("clear up", &error.to_string()))
}

/// Releases that a project of this version would still have.
fn earlier_versions(version: Version) -> Vec<Version> {
    let mut earlier: Vec<Version> = (1..=3)
        .filter_map(|back| Some(Version { minor: version.minor.checked_sub(back)?, patch: 0, ..version }))
        .collect();
    if let (0, 0, Some(major)) = (version.minor, version.patch, version.major.checked_sub(1)) {
        earlier.extend([1, 0].map(|minor| Version { major, minor, patch: 0 }));
    }
    earlier.extend((0..version.patch).rev().take(1).map(|patch| Version { patch, ..version }));
    if version.patch > 0 {
        earlier.retain(|known| known.minor < version.minor || known.patch + 1 == version.patch);
    }
    earlier
}

/// The stand-in for Nexus has the product's staging profile.
fn make_staging_profile(directory: &Path, configuration: &Table) -> Result<(), Failed> {
    let profile = text_of(configuration, "maven", "profile");
    let made = if profile.is_empty() { Ok(()) } else { set_profile(&directory.join("stand-ins/nexus"), &profile) };
    made.map_err(|error| Failed::new("prepare the stand-in for Nexus", &error.to_string()))
}

fn make_maven_settings(directory: &Path, configuration: &Table) -> Result<(), Failed> {
    let ids = configuration.get("maven").and_then(|maven| maven.get("server_ids")).and_then(Value::as_array);
    let servers: String = ids
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|id| {
            format!(
                "    <server><id>{id}</id><username>{}</username><password>{}</password></server>\n",
                NEXUS_ACCOUNT.0, NEXUS_ACCOUNT.1
            )
        })
        .collect();
    let text = format!("<settings>\n  <servers>\n{servers}  </servers>\n</settings>\n");
    make_directory(&directory.join("home/.m2"))?;
    write(&directory.join("home/.m2/settings.xml"), text.as_bytes())
}

/// The address of a directory on this machine, with what an address cannot hold encoded.
fn file_url(path: &Path) -> Result<String, Failed> {
    let url = reqwest::Url::from_directory_path(path)
        .map_err(|()| Failed::new("make an address", &format!("{} is no absolute path", path.display())))?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What was made up from a configuration has nothing to build.
fn leave_builds_to_stand_ins(configuration: &mut Table) {
    let needs = || Value::Array(vec![Value::from("a repository of the product, by --repo")]);
    if let Some(Value::Table(trial)) = configuration.get_mut("trial_build") {
        trial.insert("requires".to_owned(), needs());
    }
    for build in configuration.get_mut("build").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Table(build) = build {
            build.insert("requires".to_owned(), needs());
        }
    }
    if let Some(Value::Table(build)) = configuration.get_mut("npm").and_then(|npm| npm.get_mut("build")) {
        build.insert("requires".to_owned(), needs());
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

fn text_of(table: &Table, section: &str, key: &str) -> String {
    table.get(section).and_then(|section| section.get(key)).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn make_directory(path: &Path) -> Result<(), Failed> {
    fs::create_dir_all(path).map_err(|error| Failed::new(&format!("make {}", path.display()), &error.to_string()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    fs::write(path, bytes).map_err(|error| Failed::new(&format!("write {}", path.display()), &error.to_string()))
}
