// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate is held against must not come with it: whoever made the candidate could
//! have made that too.

use std::fs;
use std::path::Path;

use super::target::Target;
use crate::commands::CommandError;
use crate::services::address::{hide_login, is_below};

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

fn is_in(place: &Path, target: &Path) -> bool {
    let (Ok(place), Ok(target)) = (fs::canonicalize(place), fs::canonicalize(target)) else { return false };
    place.starts_with(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::ExitCode;

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
