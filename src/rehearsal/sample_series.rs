// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A released series of the sample, for a bugfix release of it: its branch, the tag
//! of the release before, a fix since then on branch and main, and main gone on.

use std::fs;
use std::path::{Path, PathBuf};

use super::command::{Failed, run};
use super::sample_project::run_as;
use crate::release::Version;

const ANN: (&str, &str) = ("Ann Example", "ann@example.org");
const CLEO: (&str, &str) = ("Cleo Example", "cleo@example.org");

/// The months after the sample's own history.
const CUT: usize = 5;
const RELEASED: usize = 6;
const FIXED: usize = 7;

/// Puts the series of `version` and the release before it into the history.
///
/// # Errors
/// When a file cannot be written or git fails.
pub fn release(directory: &Path, version: Version) -> Result<(), Failed> {
    let series = version.series();
    let branch = format!("release-{series}");
    let before = Version { patch: version.patch.saturating_sub(1), ..version };
    let next = Version { minor: version.minor + 1, patch: 0, ..version };
    let commit =
        |month, message: &str| run_as(ANN, month, directory, &["commit", "--quiet", "--all", "--message", message]);
    let git = |arguments: &[&str]| run(directory, "git", arguments, &[]);
    git(&["checkout", "--quiet", "-b", &branch])?;
    configure_docs(directory, &series)?;
    commit(CUT, &format!("[release] Configure the documentation of {series}"))?;
    git(&["checkout", "--quiet", "--detach"])?;
    replace(
        directory,
        &[(format!("{series}.0-SNAPSHOT"), before.to_string()), (snapshot(&series), before.to_string())],
    )?;
    commit(RELEASED, &format!("[release] Update version to {before}"))?;
    for tag in [format!("release-{before}"), format!("greeter-sdk-go/v{before}")] {
        run_as(ANN, RELEASED, directory, &["tag", "--annotate", "--message", &tag, &tag])?;
    }
    git(&["checkout", "--quiet", "main"])?;
    set_version(directory, &series, &next.series())?;
    commit(RELEASED, &format!("[release] Update version to {}", snapshot(&next.series())))?;
    let readme = directory.join("README.md");
    write(&readme, read(&readme)? + "\nWho has no name is greeted all the same.\n")?;
    run_as(CLEO, FIXED, directory, &["commit", "--quiet", "--all", "--message", "Say who else is greeted"])?;
    let fix = git(&["rev-parse", "HEAD"])?;
    git(&["checkout", "--quiet", &branch])?;
    run_as(ANN, FIXED, directory, &["cherry-pick", "-x", fix.trim()])?;
    git(&["checkout", "--quiet", "main"]).map(|_| ())
}

/// Has all files say the development version of another series.
///
/// # Errors
/// When a file cannot be read or written.
pub fn set_version(directory: &Path, from: &str, to: &str) -> Result<(), Failed> {
    let full = |series: &str| format!("{series}.0-SNAPSHOT");
    replace(directory, &[(full(from), full(to)), (snapshot(from), snapshot(to))])
}

fn snapshot(series: &str) -> String {
    format!("{series}-SNAPSHOT")
}

/// What the product's list `release-docs` makes of the documentation's configuration.
fn configure_docs(directory: &Path, series: &str) -> Result<(), Failed> {
    let file = directory.join("docs/config.toml");
    let text = read(&file)?
        .replace("greeter-docs-main", &format!("greeter-docs-release-{series}"))
        .replace("IsStable = false", "IsStable = true")
        .replace(&format!("VersionTitle = \"{}\"", snapshot(series)), &format!("VersionTitle = \"{series}\""))
        .replace("Branch = \"main\"", &format!("Branch = \"release-{series}\""));
    write(&file, text)
}

/// Replaces texts, one after the other, in every file that has them.
fn replace(directory: &Path, texts: &[(String, String)]) -> Result<(), Failed> {
    for file in files(directory)? {
        let text = read(&file)?;
        let replaced = texts.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to));
        if replaced != text {
            write(&file, replaced)?;
        }
    }
    Ok(())
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).map_err(|error| failed(&directory, &error))? {
            let path = entry.map_err(|error| failed(&directory, &error))?.path();
            match path.is_dir() {
                true if path.ends_with(".git") => {}
                true => directories.push(path),
                false => found.push(path),
            }
        }
    }
    Ok(found)
}

fn read(file: &Path) -> Result<String, Failed> {
    fs::read_to_string(file).map_err(|error| failed(file, &error))
}

fn write(file: &Path, text: String) -> Result<(), Failed> {
    fs::write(file, text).map_err(|error| failed(file, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Failed {
    Failed::new(&format!("write the sample project's {}", path.display()), &error.to_string())
}
