// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The sample product's repository: its files with a short history behind them.

use std::fs;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use super::command::{Failed, run};
use super::sample_series;
use crate::release::{ReleaseKind, Version};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/rehearsal/sample");

/// Earlier series, the newest first: the contributors of a release are counted from
/// the one before it.
const EARLIER: [(u32, u32); 4] = [(1, 1), (1, 0), (0, 9), (0, 1)];

/// The series that the files say they are.
const SNAPSHOT: &str = "1.2";

/// Who added what, in order; the last takes the rest.
const HISTORY: [(&str, &str, &[&str]); 4] = [
    ("Ann Example", "ann@example.org", &["LICENSE", "NOTICE", "pom.xml", "greeter-core", "README.md", "docs"]),
    ("Bob Example", "bob@example.org", &["greeter-sdk-python", "tools"]),
    ("Cleo Example", "cleo@example.org", &["greeter-sdk-js"]),
    ("Dan Example", "dan@example.org", &["."]),
];

/// Makes the sample's repository in `directory`, on the branch `main`, as it is when
/// `version` is to be released: for a bugfix with the series that it fixes.
///
/// # Errors
/// When a file cannot be written or git fails.
pub fn create(directory: &Path, version: Version) -> Result<(), Failed> {
    let written = fs::create_dir_all(directory).and_then(|()| write_all(&FILES, directory));
    written.map_err(|error| Failed::new("write the sample project", &error.to_string()))?;
    if version.kind() == ReleaseKind::Bugfix {
        sample_series::set_version(directory, SNAPSHOT, &version.series())?;
    }
    run(directory, "git", &["init", "--quiet", "--initial-branch=main", "."], &[])?;
    for (index, (name, email, paths)) in HISTORY.iter().enumerate() {
        let mut add = vec!["add", "--all", "--"];
        add.extend(paths.iter());
        run(directory, "git", &add, &[])?;
        let message = format!("Add {}", if *paths == ["."] { "the rest".to_owned() } else { paths.join(", ") });
        run_as((name, email), index + 1, directory, &["commit", "--quiet", "--message", &message])?;
        if index == 0
            && let Some((major, minor)) = EARLIER.into_iter().find(|earlier| *earlier < (version.major, version.minor))
        {
            run(directory, "git", &["tag", &format!("release-{major}.{minor}.0")], &[])?;
        }
    }
    if version.kind() == ReleaseKind::Bugfix {
        sample_series::release(directory, version)?;
    }
    Ok(())
}

/// The text of the licence.
pub(super) fn licence() -> &'static str {
    FILES.get_file("LICENSE").and_then(|file| file.contents_utf8()).expect("the sample has its licence")
}

/// Runs git as one of the sample's people, at noon of the first day of a month.
///
/// # Errors
/// When git fails.
pub(super) fn run_as(
    (name, email): (&str, &str),
    month: usize,
    directory: &Path,
    arguments: &[&str],
) -> Result<String, Failed> {
    let date = format!("2026-{month:02}-01T12:00:00Z");
    let who = [
        ("GIT_AUTHOR_NAME", name),
        ("GIT_AUTHOR_EMAIL", email),
        ("GIT_AUTHOR_DATE", &date),
        ("GIT_COMMITTER_NAME", name),
        ("GIT_COMMITTER_EMAIL", email),
        ("GIT_COMMITTER_DATE", &date),
    ];
    run(directory, "git", arguments, &who)
}

fn write_all(dir: &Dir<'_>, target: &Path) -> std::io::Result<()> {
    for entry in dir.entries() {
        let path = target.join(entry.path());
        match entry {
            DirEntry::Dir(dir) => {
                fs::create_dir_all(&path)?;
                write_all(dir, target)?;
            }
            DirEntry::File(file) => {
                fs::write(&path, file.contents())?;
                if file.contents().starts_with(b"#!") {
                    make_executable(&path)?;
                }
            }
        }
    }
    Ok(())
}

fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
