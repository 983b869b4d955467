// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is verified, as the user names it, and how its files come to this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::here::{BESIDE, Here};
use super::place::Place;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::error::{MAKE_ROOM, is_full};
use crate::services::address::hide_login;
use crate::services::{
    Cache, Came, DownloadError, Downloader, Effects, EntryKind, Svn, SvnError, SvnFault, SvnUrl, SvnUrlError,
};
use crate::ui::{Asking, ExitCode, FileCount};
use crate::verify::{ArchiveKind, Coordinates};

/// How long a Subversion server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// What is verified.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A directory.
    Directory(PathBuf),
    /// A file, with the files whose names begin with its.
    File(PathBuf),
    /// A directory of a web server, or a file.
    Web(String),
    /// A directory of a Subversion repository, by its own schemes, or a file.
    Subversion(String),
}

impl Target {
    /// What `text` names.
    ///
    /// # Errors
    /// When it is neither an address nor a path that is there.
    pub fn of(text: &str) -> Result<Self, CommandError> {
        let beside = BESIDE.iter().find_map(|ending| text.strip_suffix(ending));
        if let Some(of) = beside.filter(|_| text.contains("://") || Path::new(text).is_file()) {
            return Err(CommandError::usage(
                format!("`{}` is the signature or the digest of a file, and no candidate", hide_login(text)),
                format!("name the file: `quorate verify {}` takes what lies beside it in", hide_login(of)),
            ));
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return match scheme {
                "http" | "https" => Ok(Self::Web(text.to_owned())),
                "file" | "svn" | "svn+ssh" => Ok(Self::Subversion(text.to_owned())),
                _ => Err(CommandError::usage(
                    format!("`{}`: addresses with {scheme} are not known", hide_login(text)),
                    "give a directory, an archive, or an address with https, svn, svn+ssh or file",
                )),
            };
        }
        let path = PathBuf::from(text);
        if path.is_dir() {
            Ok(Self::Directory(path))
        } else if path.is_file() {
            Ok(Self::File(path))
        } else {
            let hint = "give a directory, an archive, or an address: https://dist.apache.org/repos/dist/dev/…";
            Err(CommandError::usage(format!("there is no `{text}`"), hint))
        }
    }

    /// Has the files on this machine.
    ///
    /// # Errors
    /// When they cannot be downloaded.
    pub fn bring(self, environment: &Environment) -> Result<Here, CommandError> {
        match self {
            Self::Directory(directory) => Ok(Here::directory(directory)),
            Self::File(path) => Ok(Here::file(&path)),
            Self::Web(address) => {
                let cache = cache_directory();
                let place = place_below(&cache)?;
                download(environment, &address, cache, place.path())?;
                Ok(if is_file(&address) { Here::one_of(place, &address) } else { Here::all_of(place) })
            }
            Self::Subversion(address) => {
                let place = place_below(&std::env::temp_dir())?;
                let kind = export(environment, &address, place.path())?;
                Ok(if kind == EntryKind::File { Here::one_of(place, &address) } else { Here::all_of(place) })
            }
        }
    }
}

/// Whether the address of a web server is that of a file, by its name.
fn is_file(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    Coordinates::of(path).is_some() || ArchiveKind::of_name(path.rsplit('/').next().unwrap_or(path)).is_some()
}

/// `QUORATE_CACHE`, else the XDG cache directory.
fn cache_directory() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("QUORATE_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("quorate")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/quorate")))
        .unwrap_or_else(|| std::env::temp_dir().join("quorate-cache"))
}

/// A place for the files: below the cache where files of that can have a second name in it.
fn place_below(parent: &Path) -> Result<Place, CommandError> {
    Place::below(parent).map_err(|error| {
        CommandError::new(
            ExitCode::Service,
            format!("cannot make a directory in {}: {error}", parent.display()),
            "make it yours and writable, with room on its disk, or name another by QUORATE_CACHE or TMPDIR",
        )
    })
}

fn download(environment: &Environment, address: &str, cache: PathBuf, into: &Path) -> Result<(), CommandError> {
    let failed = |error: DownloadError| {
        let code = match error {
            DownloadError::Address { .. } | DownloadError::Unprotected { .. } => ExitCode::Usage,
            _ => ExitCode::Service,
        };
        CommandError::from_error(code, &error, error.hint())
    };
    let count = FileCount::begin(environment.ui, "downloading");
    let progress = |came: Came<'_>| match came {
        Came::Listed(files) => count.expect(files),
        Came::Bytes(name, bytes) => count.bytes(name, bytes),
        Came::File(name) => count.file(name),
        Came::Again(name, pause, why) => {
            environment.ui.say(&format!("{name}: {why}; asked again in {} s", pause.as_secs_f32().ceil()));
        }
    };
    let downloader = Downloader::new(Cache::new(cache)).map_err(failed)?;
    let downloaded = match is_file(address) {
        true => downloader.with_companions(address, &BESIDE, into, &progress),
        false => downloader.directory(address, into, &progress),
    };
    downloaded.map_err(failed).map(drop)
}

/// Has what is at `address` in the directory `into`; says what it is.
fn export(environment: &Environment, address: &str, into: &Path) -> Result<EntryKind, CommandError> {
    let failed = |error: SvnError| CommandError::from_error(ExitCode::Service, &error, svn_hint(&error));
    let url = SvnUrl::try_from(address.to_owned()).map_err(|error: SvnUrlError| {
        let what = format!("`{}` is no Subversion address: {}", hide_login(address), error.why);
        CommandError::usage(what, "give the URL of a candidate's directory, or of a file")
    })?;
    let svn = Svn::new(environment.accounts.svn.clone(), None, Effects::unwatched());
    // By ssh it may wait for a person's passphrase.
    let svn = if address.starts_with("svn+ssh:") { svn } else { svn.giving_up_after(SILENCE) };
    let count = FileCount::begin(environment.ui, "downloading");
    let progress = |name: &str, bytes: u64| {
        count.bytes(name, bytes);
        count.file(name);
    };
    let asking = Asking::begin(environment.ui, &hide_login(address));
    let kind = svn.info(&url, None).map_err(failed)?.map(|info| info.kind);
    drop(asking);
    let exported = match kind {
        Some(EntryKind::Directory) => svn.export(&url, into, &progress),
        Some(EntryKind::File) => svn.export_with_companions(&url, &BESIDE, into, &progress),
        None => Ok(None),
    };
    exported.map_err(failed)?.and(kind).ok_or_else(|| {
        let what = format!("there is nothing at {}", hide_login(address));
        CommandError::new(ExitCode::Service, what, "`svn list` shows what is there")
    })
}

/// The next thing to do for who verifies: there is no step to be run again.
fn svn_hint(error: &SvnError) -> &'static str {
    match error.fault() {
        _ if is_full(error) => MAKE_ROOM,
        Some(SvnFault::Unreachable(_) | SvnFault::Unavailable(_) | SvnFault::Dropped(_)) => {
            "see that `svn info` works with that address, and give the same command again"
        }
        Some(SvnFault::NotRepository(_) | SvnFault::Missing(_)) => "see that `svn info` works with that address",
        None if matches!(error, SvnError::TimedOut { .. }) => {
            "look at the network and the server, and give the same command again"
        }
        _ => error.hint(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_verifies_is_told_of_no_step() {
        let failed = |fault| SvnError::Failed { doing: "list x".to_owned(), fault };
        for error in [
            failed(SvnFault::Unreachable("refused".to_owned())),
            failed(SvnFault::Dropped("reset".to_owned())),
            failed(SvnFault::NotRepository("none".to_owned())),
        ] {
            let hint = svn_hint(&error);
            assert!(!hint.contains("step") && !hint.contains("configuration"), "{hint}");
        }
        let full = SvnError::Write { path: "x".into(), source: std::io::Error::from_raw_os_error(28) };
        assert_eq!(svn_hint(&full), MAKE_ROOM);
    }

    #[test]
    fn a_signature_names_the_file_that_is_verified() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("x.tgz.asc"), "x").unwrap();
        std::fs::create_dir(path("rc1.asc")).unwrap();
        for (target, of) in [
            (path("x.tgz.asc"), path("x.tgz")),
            ("https://h/rc1/x.tgz.sha512".to_owned(), "https://h/rc1/x.tgz".to_owned()),
        ] {
            let hint = Target::of(&target).unwrap_err().hint.unwrap();
            assert!(hint.contains(&format!("`quorate verify {of}`")), "{hint}");
        }
        assert_eq!(Target::of(&path("rc1.asc")).ok(), Some(Target::Directory(path("rc1.asc").into())));
    }

    #[test]
    fn a_file_is_told_from_a_directory_by_its_address() {
        for address in ["https://h/dev/rc1/x-src.tgz", "https://h/m2/org/x/x-core/1.0/x-core-1.0.pom"] {
            assert!(is_file(address), "{address}");
        }
        for address in ["https://h/dev/rc1", "https://h/dev/x-1.0/", "https://h/m2/org/x/x-core/1.0"] {
            assert!(!is_file(address), "{address}");
        }
    }
}
