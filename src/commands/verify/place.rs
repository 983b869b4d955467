// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A directory for files that are brought here to be verified. It goes away with the
//! value; what a run that was killed left behind goes away with a later one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

/// How such directories are called.
const PREFIX: &str = "quorate-candidate-";
/// How old one must be before another run takes it for left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// A directory that goes away with the value.
pub struct Place {
    directory: TempDir,
    /// Says to other runs that the directory is in use, however this run ends.
    _held: Option<File>,
}

impl Place {
    /// A new directory below `parent`, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn below(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        clear(parent, LEFT_BEHIND);
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let held = File::open(directory.path()).ok().filter(|file| file.try_lock().is_ok());
        Ok(Self { directory, _held: held })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// Removes what older runs left below `parent` and no run holds.
fn clear(parent: &Path, older_than: Duration) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for directory in ours.map(|entry| entry.path()).filter(|path| left_behind(path, older_than)) {
        // What is another user's stays.
        let _ = fs::remove_dir_all(directory);
    }
}

fn left_behind(directory: &PathBuf, older_than: Duration) -> bool {
    let Ok(data) = fs::symlink_metadata(directory) else { return false };
    let age = data.modified().ok().and_then(|at| at.elapsed().ok());
    data.is_dir()
        && age.is_some_and(|age| age >= older_than)
        && File::open(directory).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_goes_and_what_is_in_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join(format!("{PREFIX}left"));
        let other = parent.path().join("candidate");
        fs::create_dir_all(left.join("below")).unwrap();
        fs::create_dir(&other).unwrap();
        let place = Place::below(parent.path()).unwrap();
        assert!(left.exists(), "it is too new to be sure");
        clear(parent.path(), Duration::ZERO);
        assert!(!left.exists() && other.exists() && place.path().exists());
        let path = place.path().to_owned();
        drop(place);
        assert!(!path.exists());
    }
}
