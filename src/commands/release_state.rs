// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Finding the releases that are under way, and reading their records.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io, iter};

use super::CommandError;
use super::environment::Environment;
use crate::config::{Product, parse_product};
use crate::engine::{Entry, JournalEnd, JournalReader, State, Workflow};
use crate::mail::Templates;
use crate::release::{ReleaseRecord, Sha512, Version};
use crate::ui::ExitCode;

/// The files that a release is started with; what they say holds for all of it.
pub const WORKFLOW_FILE: &str = "workflow.toml";
/// The product's configuration.
pub const PRODUCT_FILE: &str = "product.toml";
/// The directory of the templates.
pub const TEMPLATES: &str = "templates";
/// What the journal's first line says of the release, for when the journal is lost.
pub const RECORD_FILE: &str = "release.json";
/// The journal.
pub const JOURNAL_FILE: &str = "journal.jsonl";
/// Beside the products' directories: votes that were opened, ballots that were cast, proposals.
pub const CORRESPONDENCE: [&str; 3] = ["votes", "ballots", PROPOSALS];
/// The directory of the proposals' records.
pub const PROPOSALS: &str = "proposals";

/// A release's record, read and checked.
pub struct ReleaseState {
    /// Its directory.
    pub directory: PathBuf,
    /// What was recorded when it started.
    pub record: ReleaseRecord,
    /// Its version.
    pub version: Version,
    /// Its product.
    pub product: Product,
    /// Its workflow.
    pub workflow: Workflow,
    /// The templates that it was started with; one that an earlier version of the program
    /// started has none of its own.
    pub templates: Option<Templates>,
    /// Its journal's entries, folded.
    pub state: State,
}

impl ReleaseState {
    /// The release that the user means: the one named, else the only one that is
    /// under way.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn find(environment: &Environment) -> Result<PathBuf, CommandError> {
        Self::find_any(environment)?.ok_or_else(|| {
            CommandError::usage(
                format!("no release is under way in {}", environment.state.display()),
                "begin one by `quorate start VERSION --product PRODUCT`, or try `quorate rehearse`",
            )
        })
    }

    /// As [`ReleaseState::find`], with `None` where no release is recorded at all
    /// and the user named none.
    ///
    /// # Errors
    /// When the one that is named is not there, or there are several.
    pub fn find_any(environment: &Environment) -> Result<Option<PathBuf>, CommandError> {
        let all = releases(&environment.state);
        let proposals = proposals(&environment.state);
        let known = || all.iter().chain(&proposals).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(wanted) = &environment.release {
            let same = |(name, _): &&(String, PathBuf)| name.eq_ignore_ascii_case(wanted);
            if let Some((_, path)) = proposals.iter().find(same) {
                return Ok(Some(path.clone()));
            }
            let named = all.iter().find(|(name, _)| name == wanted).map(|(_, path)| path.clone());
            return named.map(Some).ok_or_else(|| {
                let known = if all.is_empty() && proposals.is_empty() { "none".into() } else { known() };
                CommandError::usage(
                    format!("there is no release `{wanted}` in {}", environment.state.display()),
                    format!("known: {known}"),
                )
            });
        }
        // A proposal is meant without its name only where no release is under way.
        if !proposals.is_empty() && all.iter().all(|(_, path)| is_completed(path)) {
            let open: Vec<_> = proposals.iter().filter(|(_, path)| !is_completed(path)).collect();
            match (&open[..], all.is_empty()) {
                ([(_, path)], _) => return Ok(Some(path.clone())),
                ([], true) if !proposals.is_empty() && proposals.len() == 1 => return Ok(Some(proposals[0].1.clone())),
                ([], _) => {}
                _ => {
                    let names: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
                    return Err(CommandError::usage(
                        "several proposals are under way",
                        format!("name one by --release: {}", names.join(", ")),
                    ));
                }
            }
        }
        if let [(_, path)] = &all[..] {
            return Ok(Some(path.clone()));
        }
        let open: Vec<_> = all.iter().filter(|(_, path)| !is_completed(path)).collect();
        match (&open[..], &all[..]) {
            (_, []) => match unreadable(&environment.state) {
                None => Ok(None),
                Some((path, error)) => Err(CommandError::new(
                    ExitCode::Service,
                    format!("whether a release is under way cannot be seen: cannot read {}: {error}", path.display()),
                    "make the directory yours and readable; --state names another place",
                )),
            },
            ([(_, path)], _) => Ok(Some(path.clone())),
            _ => Err(CommandError::usage("several releases are there", format!("name one by --release: {}", known()))),
        }
    }

    /// Reads the record of the release in `directory`.
    ///
    /// # Errors
    /// When its journal or files cannot be used or were changed.
    pub fn read(environment: &Environment, directory: &Path) -> Result<Self, CommandError> {
        let (state, end) = State::read(&directory.join(JOURNAL_FILE))?;
        tell_of_torn_line(environment, &end);
        Self::of(directory, state)
    }

    /// Reads the record of the release in `directory`, with the journal's entries.
    ///
    /// # Errors
    /// As [`ReleaseState::read`].
    pub fn read_entries(environment: &Environment, directory: &Path) -> Result<(Self, Vec<Entry>), CommandError> {
        let JournalReader { entries, end } = JournalReader::open(&directory.join(JOURNAL_FILE))?;
        tell_of_torn_line(environment, &end);
        Ok((Self::of(directory, State::of(&entries))?, entries))
    }

    /// The record from a journal that was read.
    ///
    /// # Errors
    /// When the release's files cannot be used or were changed.
    pub fn of(directory: &Path, state: State) -> Result<Self, CommandError> {
        let journal = directory.join(JOURNAL_FILE);
        if state.last_at.is_none() {
            return Err(CommandError::usage(
                format!("{} is empty: `quorate start` was interrupted before it recorded anything", journal.display()),
                "give the same `quorate start` again",
            ));
        }
        let broken = |why: String| {
            CommandError::usage(
                format!("{}: {why}", journal.display()),
                "restore the directory from a copy, or start anew",
            )
        };
        if let (Some("proposal"), Some(id)) = (state.release["kind"].as_str(), state.release["id"].as_str()) {
            return Err(no_release(id));
        }
        let record: ReleaseRecord = serde_json::from_value(state.release.clone())
            .map_err(|_| broken("the first line does not record which release this is".into()))?;
        let version: Version = record.version.parse().map_err(|error| broken(format!("{error}")))?;
        let workflow_text = pinned(directory, WORKFLOW_FILE, &state)?;
        let product_text = pinned(directory, PRODUCT_FILE, &state)?;
        let name = |file: &str| directory.join(file).display().to_string();
        Ok(Self {
            directory: directory.to_owned(),
            version,
            product: parse_product(&name(PRODUCT_FILE), &product_text)?,
            workflow: Workflow::parse(&name(WORKFLOW_FILE), &workflow_text)?,
            templates: pinned_templates(directory, &state.files),
            record,
            state,
        })
    }
}

/// The directory for a release's record.
pub fn release_directory(state: &Path, product: &str, version: Version) -> PathBuf {
    state.join(product).join(version.to_string())
}

/// All releases as PRODUCT/VERSION with their directories, sorted.
fn releases(state: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let of_a_product = |path: &PathBuf| !name_of(path).is_some_and(|name| CORRESPONDENCE.contains(&&*name));
    for product in directories(state).into_iter().filter(of_a_product) {
        for version in directories(&product) {
            if (version.join(JOURNAL_FILE).exists() || was_at_work(&version))
                && let (Some(product), Some(version_name)) = (name_of(&product), name_of(&version))
            {
                found.push((format!("{product}/{version_name}"), version.clone()));
            }
        }
    }
    found.sort();
    found
}

/// All proposals of which a record is kept, by name, with their directories, sorted.
fn proposals(state: &Path) -> Vec<(String, PathBuf)> {
    let begun = directories(&state.join(PROPOSALS)).into_iter().filter(|path| path.join(JOURNAL_FILE).exists());
    let mut found: Vec<_> = begun.filter_map(|path| Some((name_of(&path)?, path))).collect();
    found.sort();
    found
}

/// The first directory of the state that is there and cannot be read.
fn unreadable(state: &Path) -> Option<(PathBuf, io::Error)> {
    let denied =
        |path: &PathBuf| fs::read_dir(path).err().filter(|error| error.kind() == io::ErrorKind::PermissionDenied);
    let products = directories(state);
    let versions = products.iter().flat_map(|product| directories(product));
    let all = iter::once(state.to_owned()).chain(products.iter().cloned()).chain(versions);
    all.into_iter().find_map(|path| denied(&path).map(|error| (path, error)))
}

/// Whether something in a directory without a journal is more than an interrupted
/// `quorate start` leaves.
pub fn was_at_work(directory: &Path) -> bool {
    let of_start = |name: &str| {
        [WORKFLOW_FILE, PRODUCT_FILE, RECORD_FILE, JOURNAL_FILE, TEMPLATES].contains(&name) || name.ends_with(".lock")
    };
    let names = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.filter_map(|name| name.into_string().ok()).any(|name| !of_start(&name) && !name.starts_with('.'))
}

fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn name_of(path: &Path) -> Option<String> {
    path.file_name()?.to_str().map(str::to_owned)
}

fn is_completed(directory: &Path) -> bool {
    State::read(&directory.join(JOURNAL_FILE)).is_ok_and(|(state, _)| state.completed)
}

fn tell_of_torn_line(environment: &Environment, end: &JournalEnd) {
    if end.torn.is_some() {
        environment.ui.warn(
            "the journal's last line was torn by an interruption; it counts for nothing, and the next command that writes sets it aside",
        );
    }
}

/// Where a corrected file of the release lies until the record says that it holds.
pub fn next_file(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}.next"))
}

/// The text of a file that a release, a vote or a ballot goes by, as it is recorded.
///
/// # Errors
/// When it cannot be read, or was changed.
pub fn pinned(directory: &Path, name: &str, state: &State) -> Result<String, CommandError> {
    let expected = state.files.get(name).map(String::as_str).unwrap_or_default();
    let path = directory.join(name);
    unchanged(&path, expected).or_else(|why| {
        // A correction that was recorded and not put in its place any more.
        unchanged(&next_file(directory, name), expected).map_err(|_| match path.exists() {
            true if name == PRODUCT_FILE => CommandError::usage(
                why,
                "put back what it was; a configuration that has to be corrected is taken in by `quorate reconfigure`",
            ),
            true => CommandError::usage(why, "put back what it was: a release runs to its end by what it began with"),
            false => CommandError::usage(why, "restore it from a copy"),
        })
    })
}

/// The text of a file that has the expected digest, else what is wrong with it.
fn unchanged(path: &Path, expected: &str) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if Sha512::of(text.as_bytes()).as_str() == expected {
        return Ok(text);
    }
    Err(format!("{} was changed since it was begun", path.display()))
}

/// The recorded templates of the release in `directory` that are not as they are recorded.
pub fn edited_templates(directory: &Path, files: &BTreeMap<String, String>) -> Vec<String> {
    let digests = digests_of_templates(files).into_iter();
    digests.filter(|(name, digest)| unchanged(&directory.join(name), digest).is_err()).map(|(name, _)| name).collect()
}

/// That each template is as it is recorded: else a step would meet it days later.
///
/// # Errors
/// With each that is not.
pub fn demand_templates(directory: &Path, state: &State) -> Result<(), CommandError> {
    let edited = edited_templates(directory, &state.files);
    if edited.is_empty() {
        return Ok(());
    }
    if let Some(gone) = edited.iter().find(|name| !directory.join(name).exists()) {
        let what = format!("{gone} is not in {} any more", directory.display());
        return Err(CommandError::usage(what, "restore it from a copy: the release makes its texts from it"));
    }
    Err(CommandError::usage(
        format!("changed in {} since the release began: {}", directory.display(), edited.join(", ")),
        "`quorate reconfigure --templates --why …` takes in what is there now; else put back what it was",
    ))
}

fn digests_of_templates(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let prefix = format!("{TEMPLATES}/");
    let of_templates = files.iter().filter(|(name, _)| name.starts_with(&prefix));
    of_templates.map(|(name, digest)| (name.clone(), digest.clone())).collect()
}

/// The templates in the release's directory, each looked at when it is used.
fn pinned_templates(directory: &Path, files: &BTreeMap<String, String>) -> Option<Templates> {
    let digests = digests_of_templates(files);
    let directory = directory.to_owned();
    (!digests.is_empty()).then(|| {
        Templates::new(move |name| {
            let name = format!("{TEMPLATES}/{name}");
            digests.get(&name).map(|digest| unchanged(&directory.join(&name), digest)).transpose()
        })
    })
}

/// That a command is for releases alone.
pub fn no_release(id: &str) -> CommandError {
    CommandError::usage(
        format!("{id} is a proposal; this command is for releases"),
        "name a release by --release PRODUCT/VERSION",
    )
}
