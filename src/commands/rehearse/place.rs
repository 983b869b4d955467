// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where a rehearsal's world is, and what becomes of it at the end.

use std::path::{Path, PathBuf};

use super::ending;
use crate::commands::CommandError;
use crate::commands::environment::absolute;
use crate::ui::ExitCode;

/// The directory of a world: one that the person named, or one that goes when all went well.
pub enum Place {
    Kept(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Place {
    /// Makes the directory; a temporary one is removed by a signal that ends the program, too.
    ///
    /// # Errors
    /// When it cannot be made, or signals cannot be watched for.
    pub fn choose(keep: Option<&Path>) -> Result<Self, CommandError> {
        match keep {
            Some(keep) => Self::kept(keep),
            None => Self::temporary(),
        }
    }

    fn kept(keep: &Path) -> Result<Self, CommandError> {
        let path = absolute(keep)?;
        std::fs::create_dir_all(&path).map_err(|error| {
            CommandError::usage(format!("--keep {}: {error}", path.display()), "name a directory that can be made")
        })?;
        let path = path.canonicalize().unwrap_or(path);
        Ok(Self::Kept(path))
    }

    fn temporary() -> Result<Self, CommandError> {
        let service = |what: String, hint: &str| CommandError::new(ExitCode::Service, what, hint);
        let made = tempfile::Builder::new().prefix("quorate-").tempdir();
        let directory =
            made.map_err(|error| service(format!("cannot make a temporary directory: {error}"), "set TMPDIR"))?;
        ending::remove_when_ended(directory.path())
            .map_err(|error| service(format!("cannot watch for signals: {error}"), "--keep DIR needs none"))?;
        Ok(Self::Temporary(directory))
    }

    pub fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }

    /// Removes what was made for once, unless it did not end well; what is to be said of that.
    pub fn left(self, outcome: ExitCode) -> Option<String> {
        match self {
            Self::Kept(_) => None,
            Self::Temporary(directory) if outcome == ExitCode::Done => {
                drop(directory);
                Some("The world is gone again; --keep DIR leaves it to be looked at.".to_owned())
            }
            Self::Temporary(directory) => {
                let world = directory.keep().display().to_string();
                Some(format!(
                    "The world is left in {world} to be looked at; `quorate --state {world}/state status` shows its \
                     record."
                ))
            }
        }
    }
}
