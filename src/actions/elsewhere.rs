// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files that were made elsewhere, as on a project's build machines: a person puts them into a
//! directory of the workspace, or a command fetches them, and they are taken over among the
//! candidate's artifacts. From then on their bytes are recorded, and no others are taken.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Services;
use super::building::{Receipt, Site, missing_for};
use super::failures::workspace_failed;
use crate::config::{Build, BuildOutput};
use crate::engine::{ActionError, Context, Problem};
use crate::release::{FileDigest, Sha512, is_name_pattern, stands_beside};
use crate::services::{Artifacts, BuildRun, WorkspaceError, find_outputs};
use crate::verify::{ArchiveKind, Limits, METADATA, ProductRules, Status, WHOLE, check_archive};

/// How the files stand that are made elsewhere.
pub(super) enum Standing {
    /// They are taken over, as this receipt says.
    Taken(Box<Receipt>),
    /// They can be taken over, or the directory for them is yet to be made.
    Absent,
    /// Somebody has to put them there; the text says what and where.
    Awaited(String),
    /// Others are there than those that were taken over.
    Others { found: String, expected: String },
}

/// What lies in the directory that the files were put or fetched into.
struct Arrived {
    /// Each file with the name under which it is staged, sorted by that.
    files: Vec<(String, PathBuf)>,
    /// The patterns that no file fits.
    missing: Vec<String>,
    /// What fits no pattern, and what cannot be taken as it is.
    faults: Vec<String>,
}

/// How the files that `site` takes over stand.
pub(super) fn standing(
    site: &Site<'_>,
    cx: &Context<'_, Services>,
    artifacts: &Artifacts<'_>,
) -> Result<Standing, ActionError> {
    let place = cx.world.workspace.path(&site.arrivals);
    let waits = site.build.command.is_empty() && place.is_dir();
    if let Some(receipt) = site.receipt(cx, artifacts)? {
        if receipt.stand_in.is_none() && waits {
            let arrived = Arrived::look(&place, site.build)?;
            if let Some((found, expected)) = arrived.others(&receipt)? {
                return Ok(Standing::Others { found, expected });
            }
        }
        return Ok(Standing::Taken(Box::new(receipt)));
    }
    if !waits || site.is_stood_in() {
        return Ok(Standing::Absent);
    }
    let arrived = Arrived::look(&place, site.build)?;
    if arrived.missing.is_empty() {
        return Ok(Standing::Absent);
    }
    let (title, origin) = (&site.build.title, site.build.origin());
    let beside = if arrived.faults.is_empty() { String::new() } else { format!("; {}", arrived.faults.join("; ")) };
    Ok(Standing::Awaited(format!(
        "{title}: put the files into {}; they are made elsewhere: {origin}. Nothing there fits {}{beside}",
        place.display(),
        arrived.missing.join(", ")
    )))
}

/// What is wrong with the files that are there to be taken over.
pub(super) fn problems(site: &Site<'_>, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
    let place = cx.world.workspace.path(&site.arrivals);
    if !site.build.command.is_empty() || site.is_stood_in() || !place.is_dir() {
        return Ok(Vec::new());
    }
    let arrived = Arrived::look(&place, site.build)?;
    if !arrived.missing.is_empty() {
        return Ok(Vec::new());
    }
    Ok(arrived.all_faults(site.version).into_iter().map(|fault| Problem::new(fault, mend(site, &place))).collect())
}

fn mend(site: &Site<'_>, place: &Path) -> String {
    format!(
        "have exactly the files of this candidate in {}, from {}; `outputs` of the build `{}` in the product's \
         configuration says which",
        place.display(),
        site.build.origin(),
        site.build.id
    )
}

/// Takes the files over and writes the receipt; without the files of a person, makes the
/// directory for them and gives `None`.
pub(super) fn take_over(
    site: &Site<'_>,
    cx: &Context<'_, Services>,
    artifacts: &Artifacts<'_>,
) -> Result<Option<Receipt>, ActionError> {
    let by_person = site.build.command.is_empty();
    let place = if by_person {
        cx.world.workspace.directory(&site.arrivals).map_err(workspace_failed)?
    } else {
        fetch(site, cx)?
    };
    let arrived = Arrived::look(&place, site.build)?;
    if by_person && !arrived.missing.is_empty() {
        return Ok(None);
    }
    let missing = arrived.missing.iter().map(|glob| format!("nothing in {} fits {glob}", place.display()));
    let faults: Vec<String> = missing.chain(arrived.all_faults(site.version)).collect();
    if !faults.is_empty() {
        return Err(ActionError::refused(faults.join("; "), mend(site, &place)));
    }
    if let Some(receipt) = site.recorded(cx)?.filter(|receipt| receipt.stand_in.is_none())
        && let Some((found, expected)) = arrived.others(&receipt)?
    {
        return Err(ActionError::Conflict { found, expected });
    }
    let names: BTreeSet<&str> = arrived.files.iter().map(|(name, _)| name.as_str()).collect();
    // what an interruption left of others than these
    let patterns: Vec<String> = site.build.outputs.iter().map(|output| output.staged().to_owned()).collect();
    for left in artifacts.meant(&patterns).map_err(workspace_failed)? {
        if !names.contains(left.as_str()) && !is_name_pattern(&left) {
            artifacts.remove(&left).map_err(workspace_failed)?;
        }
    }
    for (name, path) in &arrived.files {
        artifacts.copy(name, path).map_err(workspace_failed)?;
    }
    let names = names.into_iter().map(str::to_owned).collect();
    site.keep(cx, artifacts, names, None).map(Some)
}

/// Runs the command that fetches the files, in a directory of its own.
fn fetch(site: &Site<'_>, cx: &Context<'_, Services>) -> Result<PathBuf, ActionError> {
    if let Some(problem) = missing_for([site.build]).into_iter().next() {
        return Err(ActionError::refused(problem.what, problem.hint));
    }
    let workspace = &cx.world.workspace;
    let place = format!("trees/{}", site.place);
    workspace.fresh_path(&place).map_err(workspace_failed)?;
    let directory = workspace.directory(&place).map_err(workspace_failed)?;
    let mut environment = site.build.environment.clone();
    environment.insert(COMMIT.to_owned(), site.commit.to_owned());
    let run = BuildRun {
        command: &site.build.command,
        directory: &directory,
        environment: &environment,
        log: &workspace.path(site.log()),
    };
    workspace.effects().around("build", || run.run()).map_err(|error| site.failed(error))?;
    Ok(directory)
}

/// The variable that tells a command which commit's files it is to fetch.
pub(super) const COMMIT: &str = "RELEASE_COMMIT";

impl Arrived {
    fn look(place: &Path, build: &Build) -> Result<Self, ActionError> {
        let fail = |error| {
            let hint = "see that the directory can be read";
            ActionError::service(format!("looking for the files of the build `{}`", build.id), error, hint)
        };
        let mut arrived = Self { files: Vec::new(), missing: Vec::new(), faults: Vec::new() };
        let all = find_outputs(place, "**").map_err(fail)?;
        let mut fitting = BTreeSet::new();
        for BuildOutput { glob, name } in &build.outputs {
            let found = find_outputs(place, glob).map_err(fail)?;
            let shown = || found.iter().map(|path| short(place, path)).collect::<Vec<_>>().join(", ");
            match found.len() {
                0 => arrived.missing.push(glob.clone()),
                1 => {}
                _ if name.is_empty() => {}
                _ => arrived.faults.push(format!("exactly one file was expected to fit {glob}, found {}", shown())),
            }
            for path in found {
                let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let staged = if name.is_empty() { own } else { name.clone() };
                if fitting.insert(path.clone()) {
                    arrived.files.push((staged, path));
                }
            }
        }
        for path in all.iter().filter(|path| !fitting.contains(*path)) {
            arrived.faults.push(format!("{} fits no output of the build `{}`", path.display(), build.id));
        }
        arrived.files.sort();
        for pair in arrived.files.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            arrived.faults.push(format!(
                "{} and {} would both be staged as {}",
                short(place, &pair[0].1),
                short(place, &pair[1].1),
                pair[0].0
            ));
        }
        let beside = arrived.files.iter().filter(|(name, _)| stands_beside(name));
        let beside = beside.map(|(name, _)| format!("{name}: signatures and digests are made with the candidate"));
        let beside: Vec<String> = beside.collect();
        arrived.faults.extend(beside);
        Ok(arrived)
    }

    /// What is wrong with the files themselves as well: each archive is read, and its metadata are
    /// held against the version by the rules of `quorate verify`.
    fn all_faults(&self, version: Option<&str>) -> Vec<String> {
        let rules = ProductRules { version: version.map(str::to_owned), ..ProductRules::default() };
        let mut faults = self.faults.clone();
        for (name, path) in self.files.iter().filter(|(name, _)| ArchiveKind::of_name(name).is_some()) {
            let Some(rules) = rules.of_archive(name, Limits::default()) else { continue };
            let report = check_archive(name, path, &rules);
            let failed = report.findings.iter().filter(|finding| finding.status == Status::Fail);
            let wrong = failed.filter(|finding| finding.name == METADATA || finding.name == WHOLE);
            faults.extend(wrong.map(|finding| format!("{name}: {}", finding.detail)));
        }
        faults
    }

    /// What is there, and what was taken over, where these are others.
    fn others(&self, receipt: &Receipt) -> Result<Option<(String, String)>, ActionError> {
        for (name, path) in &self.files {
            let found = digest(name, path)?;
            let said = |file: &FileDigest| format!("SHA-512 {}, {} bytes", file.sha512, file.bytes);
            match receipt.files.iter().find(|file| file.name == *name) {
                Some(taken) if *taken == found => {}
                Some(taken) => {
                    return Ok(Some((
                        format!("{} with {}", path.display(), said(&found)),
                        format!(
                            "the bytes that this candidate has taken over, {}: put those back, or `quorate \
                             cancel-candidate --why …` and take the others over for the next one",
                            said(taken)
                        ),
                    )));
                }
                None => {
                    return Ok(Some((
                        format!("{}, which this candidate has not taken over", path.display()),
                        "the files that it has taken over and no others: take it away, or `quorate cancel-candidate \
                         --why …`"
                            .to_owned(),
                    )));
                }
            }
        }
        Ok(None)
    }
}

fn short(place: &Path, path: &Path) -> String {
    path.strip_prefix(place).unwrap_or(path).display().to_string()
}

fn digest(name: &str, path: &Path) -> Result<FileDigest, ActionError> {
    let read = std::fs::File::open(path).and_then(Sha512::of_reader);
    let (sha512, bytes) =
        read.map_err(|source| workspace_failed(WorkspaceError { doing: "read", path: path.to_owned(), source }))?;
    Ok(FileDigest { name: name.to_owned(), bytes, sha512 })
}
