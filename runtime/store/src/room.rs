// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a disk is full.
//!
//! What writes in the background finds that out first, and leaves no word of it: whoever
//! writes next is told that something failed before. So the disk itself is asked.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// A file that is written to see whether there is room, and removed.
pub(crate) const TRIAL: &str = "statefun-store.trial";
/// How much room there must be for what is written in the background, in pieces of a megabyte.
const TRIAL_MEGABYTES: usize = 32;

/// Whether an error on the store in a directory comes of a full disk.
pub(crate) fn is_full(error: &fjall::Error, path: &Path) -> bool {
    says_full(error)
        || (matches!(error, fjall::Error::Poisoned) && try_room(path).is_err_and(|error| says_full(&error)))
}

/// Whether an error comes of too many open files: of this process, or of the machine.
pub(crate) fn is_out_of_files(error: &(dyn Error + 'static)) -> bool {
    // EMFILE and ENFILE, which have no kind of their own.
    let out = |error: &io::Error| matches!(error.raw_os_error(), Some(24 | 23));
    error.downcast_ref().is_some_and(out) || error.source().is_some_and(is_out_of_files)
}

/// The same of an error on the store in a directory; what failed in the background has said no cause, so
/// that a file is opened to see.
pub(crate) fn has_no_files(error: &fjall::Error, path: &Path) -> bool {
    is_out_of_files(error)
        || (matches!(error, fjall::Error::Poisoned) && File::open(path).is_err_and(|error| is_out_of_files(&error)))
}

fn says_full(error: &(dyn Error + 'static)) -> bool {
    let full = |error: &io::Error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    error.downcast_ref().is_some_and(full) || error.source().is_some_and(says_full)
}

fn try_room(path: &Path) -> io::Result<()> {
    let trial = path.join(TRIAL);
    let tried = write_trial(&trial);
    // It is in nobody's way when it cannot be removed.
    let _ = fs::remove_file(&trial);
    tried
}

fn write_trial(trial: &Path) -> io::Result<()> {
    let megabyte = vec![1; 1024 * 1024];
    let mut file = File::create(trial)?;
    for _ in 0..TRIAL_MEGABYTES {
        file.write_all(&megabyte)?;
    }
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_open_files_are_told_from_other_failures() {
        let error = |code| fjall::Error::Io(io::Error::from_raw_os_error(code));
        assert!(is_out_of_files(&error(24)) && is_out_of_files(&error(23)));
        assert!(!is_out_of_files(&error(2)));
        assert!(is_full(&error(28), Path::new("/nowhere")) && !is_full(&error(24), Path::new("/nowhere")));
    }
}
