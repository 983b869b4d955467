// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate is held against must not come with it: whoever made the candidate could
//! have made that too.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use reqwest::Url;

use super::target::Target;
use crate::commands::CommandError;
use crate::services::address::{hide_login, is_below};
use crate::verify::Finding;

/// What the addresses hold under which the Foundation's candidates are staged.
const STAGED: &str = "/dist/dev/";

/// Refuses the `place` that `option` names where it is a part of the target.
///
/// # Errors
/// When it is.
pub fn refuse(option: &str, place: &str, target: &Target) -> Result<(), CommandError> {
    let is_part = match target {
        Target::Directory(directory) => is_in(place.as_ref(), directory),
        Target::File(file) => is_in(place.as_ref(), file),
        Target::Web(address) | Target::Subversion(address) => is_below(place, address),
    };
    if !is_part {
        return Ok(());
    }
    Err(CommandError::usage(
        format!(
            "{option} names {}, which is a part of the candidate: what comes with it proves nothing",
            hide_login(place)
        ),
        "take it from elsewhere: KEYS from https://downloads.apache.org/PROJECT/KEYS, the rest from a source that you trust",
    ))
}

/// What is to be known of the keys at `place` where they lie beside the target, or where candidates are staged: who
/// stages a candidate can write them too.
pub fn beside(place: &str, target: &Target) -> Option<Finding> {
    let is_beside = match target {
        Target::Directory(_) => false,
        Target::File(file) => {
            let parent = |path: &Path| fs::canonicalize(path).ok()?.parent().map(Path::to_owned);
            Path::new(place).file_name().is_some_and(|name| name == "KEYS") && parent(place.as_ref()) == parent(file)
        }
        Target::Web(address) | Target::Subversion(address) => {
            let parent = |address: &str| Some(address.trim_end_matches('/').rsplit_once('/')?.0.to_owned());
            parent(address).is_some_and(|parent| is_below(place, &parent))
        }
    };
    let staged = place.contains("://") && place.contains(STAGED);
    let where_ = match (staged, is_beside) {
        (true, _) => "where candidates are staged",
        (false, true) => "beside the candidate",
        (false, false) => return None,
    };
    Some(Finding::warn(
        "signature",
        format!(
            "--keys names {}, which lies {where_}: who stages one can write it; the project's KEYS are at \
             https://downloads.apache.org/PROJECT/KEYS",
            hide_login(place)
        ),
    ))
}

/// What a report must not be written over.
pub struct Kept<'a> {
    /// What is verified, as the user named it.
    pub target: &'a str,
    /// The files by which it is.
    pub used: &'a [&'a str],
    /// The clone in which its tag is.
    pub clone: Option<&'a str>,
    /// Where releases are recorded.
    pub records: &'a Path,
}

/// Refuses a report's `file` where something that is verified, or that it is verified by, would be overwritten,
/// or where the candidate would have a file more.
///
/// # Errors
/// When it would.
pub fn refuse_report(file: &Path, kept: &Kept<'_>) -> Result<(), CommandError> {
    let refuse = |what: &str| {
        Err(CommandError::usage(
            format!("--also names {}, which {what}: a report would change what it is on", file.display()),
            "name a file elsewhere",
        ))
    };
    let Some(place) = to_be(file) else {
        return match file.is_symlink() {
            true => refuse("is a link that leads nowhere yet"),
            false => Ok(()),
        };
    };
    let target = local(kept.target);
    // what is in a Subversion repository is no path of this machine, and the repository is one
    if target
        .ancestors()
        .find_map(|path| fs::canonicalize(path).ok())
        .is_some_and(|there| in_repository(&place, &there))
    {
        return refuse("is in the repository in which the candidate is");
    }
    if kept.clone.and_then(|clone| git2::Repository::open(local(clone)).ok()).is_some_and(|clone| {
        let own = [clone.path(), clone.commondir()].map(fs::canonicalize);
        own.into_iter().flatten().any(|own| place.starts_with(own))
    }) {
        return refuse("is git's own in the clone in which the tag is");
    }
    let is_part = fs::canonicalize(&target).is_ok_and(|target| {
        // beside an archive lie its signature and its digests
        let beside = || {
            let name = |path: &Path| path.file_name().map(|name| name.as_encoded_bytes().to_vec());
            place.parent() == target.parent()
                && name(&place).zip(name(&target)).is_some_and(|(place, target)| place.starts_with(&target))
        };
        place.starts_with(&target) || target.is_file() && beside()
    });
    if is_part {
        return refuse("is a part of the candidate");
    }
    if kept.used.iter().any(|used| same_file(&local(used), &place)) {
        return refuse("is what the candidate is held against");
    }
    if fs::canonicalize(kept.records).is_ok_and(|records| place.starts_with(records)) {
        return refuse("is in the record of a release");
    }
    Ok(())
}

/// The path on this machine that somebody named, as a path or by an address.
fn local(place: &str) -> PathBuf {
    let url =
        place.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("file://")).and_then(|_| Url::parse(place).ok());
    url.and_then(|url| url.to_file_path().ok()).unwrap_or_else(|| place.into())
}

/// Whether the file is in the Subversion repository in which the target is: that is a directory
/// with files of its own.
fn in_repository(place: &Path, target: &Path) -> bool {
    let is_repository = |directory: &&Path| directory.join("format").is_file() && directory.join("db").is_dir();
    target.ancestors().find(is_repository).is_some_and(|repository| place.starts_with(repository))
}

/// Whether both are one file, by whatever name.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Where a file will lie that is written to that path; `None` where none can, or where a link
/// leads to nothing.
fn to_be(file: &Path) -> Option<PathBuf> {
    fs::canonicalize(file).ok().or_else(|| {
        if file.is_symlink() {
            return None;
        }
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(fs::canonicalize(parent).ok()?.join(file.file_name()?))
    })
}

fn is_in(place: &Path, target: &Path) -> bool {
    let (Ok(place), Ok(target)) = (fs::canonicalize(place), fs::canonicalize(target)) else { return false };
    place.starts_with(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::ExitCode;

    #[test]
    fn keys_that_lie_with_the_candidates_are_told() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
        fs::create_dir(at("rc1")).unwrap();
        for name in ["rc1/x.tgz", "rc1/KEYS", "KEYS"] {
            fs::write(at(name), "x").unwrap();
        }
        let said = |keys: &str, target: &Target| beside(keys, target).map(|finding| finding.detail);
        let archive = Target::File(at("rc1/x.tgz").into());
        assert!(said(&at("rc1/KEYS"), &archive).is_some_and(|said| said.contains("beside the candidate")));
        assert_eq!(said(&at("KEYS"), &archive), None);
        assert_eq!(said(&at("KEYS"), &Target::Directory(at("rc1").into())), None);
        let dist = "https://dist.example.org/repos/dist";
        let staged = Target::Web(format!("{dist}/dev/greeter/1.2.0-rc1/"));
        for keys in [format!("{dist}/dev/greeter/KEYS"), format!("{dist}/dev/other/KEYS")] {
            let said = said(&keys, &Target::Directory(at("rc1").into())).unwrap();
            assert!(said.contains("where candidates are staged") && said.contains(&keys), "{said}");
        }
        assert!(said("https://h/m/KEYS", &Target::Web("https://h/m/rc1".into())).is_some());
        assert_eq!(said(&format!("{dist}/release/greeter/KEYS"), &staged), None);
        assert_eq!(said("https://downloads.example.org/greeter/KEYS", &staged), None);
    }

    #[test]
    fn a_report_overwrites_nothing_that_it_is_on() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir(at("rc1")).unwrap();
        for name in ["KEYS", "rc1/x.tgz", "rc1/x.tgz.asc"] {
            fs::write(at(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(at("rc1/x.tgz.asc"), at("linked")).unwrap();
        let keys = at("KEYS");
        let refused = |name: &str, target: &str| {
            let (target, records) = (at(target), at("state"));
            let used = [keys.to_str().unwrap()];
            let kept = Kept { target: target.to_str().unwrap(), used: &used, clone: None, records: &records };
            refuse_report(&at(name), &kept).is_err()
        };
        let named = format!("file://{}", keys.display());
        let kept = Kept { target: "rc1", used: &[&named], clone: None, records: &at("state") };
        assert!(refuse_report(&keys, &kept).is_err(), "named by its address");
        fs::create_dir_all(at("state/greeter/1.2.0")).unwrap();
        fs::create_dir_all(at("svn/db")).unwrap();
        fs::write(at("svn/format"), "5\n").unwrap();
        fs::hard_link(at("KEYS"), at("same-keys")).unwrap();
        std::os::unix::fs::symlink("rc1/new.json", at("leads-in")).unwrap();
        assert!(refused("same-keys", "rc1") && refused("leads-in", "rc1"));
        assert!(refused("state/greeter/1.2.0/journal.jsonl", "rc1") && refused("svn/format", "svn/db"));
        assert!(!refused("svn.json", "svn/db"));
        for name in ["rc1/x.tgz.asc", "rc1/new.json", "rc1/../rc1/x.tgz", "linked", "KEYS"] {
            assert!(refused(name, "rc1"), "{name}");
        }
        assert!(refused("rc1/x.tgz.asc", "rc1/x.tgz") && refused("rc1/x.tgz.sha512", "rc1/x.tgz"));
        assert!(!refused("rc1/report.json", "rc1/x.tgz") && !refused("report.json", "rc1"));
        assert!(!refused("none/report.json", "rc1"), "that it cannot be written is said elsewhere");
    }

    #[test]
    fn a_report_is_written_over_no_repository_s_own_files() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("svn/db")).unwrap();
        fs::create_dir(at("svn/hooks")).unwrap();
        for name in ["svn/format", "svn/db/current"] {
            fs::write(at(name), "5\n").unwrap();
        }
        git2::Repository::init(at("clone")).unwrap();
        git2::Repository::init_bare(at("bare")).unwrap();
        let refused = |name: &str, target: &str, clone: Option<&str>| {
            let kept = Kept { target, used: &[], clone, records: &at("state") };
            refuse_report(&at(name), &kept).is_err()
        };
        for host in ["", "localhost"] {
            for scheme in ["file", "FILE"] {
                let target = format!("{scheme}://{host}{}/dev/rc%201", at("svn").display());
                assert!(
                    refused("svn/db/current", &target, None) && refused("svn/hooks/pre-commit", &target, None),
                    "{target}"
                );
                assert!(!refused("report.json", &target, None), "{target}");
            }
        }
        let (clone, bare) = (at("clone").display().to_string(), format!("file://{}", at("bare").display()));
        assert!(refused("clone/.git/HEAD", "rc1", Some(&clone)) && refused("bare/config", "rc1", Some(&bare)));
        assert!(!refused("clone/verify.sarif", "rc1", Some(&clone)), "a checkout is where reports are put");
    }

    #[test]
    fn what_is_in_the_candidate_is_refused_by_whatever_path() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir(at("rc1")).unwrap();
        for name in ["KEYS", "rc1/KEYS", "rc1/x.tgz"] {
            fs::write(at(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(at("rc1/KEYS"), at("linked")).unwrap();
        let refused = |name: &str, target: &Target| refuse("--keys", at(name).to_str().unwrap(), target).is_err();
        let directory = Target::Directory(at("rc1"));
        assert!(!refused("KEYS", &directory) && !refused("none", &directory));
        for name in ["rc1/KEYS", "rc1/../rc1/KEYS", "linked"] {
            assert!(refused(name, &directory), "{name}");
        }
        // Beside one archive may lie what its owner has put there.
        assert!(!refused("rc1/KEYS", &Target::File(at("rc1/x.tgz"))));
        let web = Target::Web("https://dist.example.org/dev/rc1".into());
        let error = refuse("--keys", "https://dist.example.org/dev/rc1/KEYS", &web).unwrap_err();
        assert!(error.code == ExitCode::Usage && error.what.contains("a part of the candidate"));
        assert!(refuse("--keys", "https://dist.example.org/release/KEYS", &web).is_ok());
    }
}
