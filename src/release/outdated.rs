// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which releases a new release makes outdated, by the release guide: only the
//! latest of each active branch stays in the distribution repository, whose
//! archive keeps the rest.

use super::{ReleaseKind, Version};

/// Those of `present` that `release` makes outdated, in order.
///
/// - A minor release leaves itself and the series before it: 1.7.0 makes 1.5.x and
///   all before outdated.
/// - A major release leaves the newest series of the major versions before it:
///   2.0.0 leaves 1.9.x, if that was the last.
/// - A bugfix release makes the earlier releases of its own series outdated.
///
/// Nothing newer than `release` is ever outdated by it.
pub fn outdated(release: Version, present: &[Version]) -> Vec<Version> {
    let series = |version: &Version| (version.major, version.minor);
    let kept_from = match release.kind() {
        ReleaseKind::Bugfix => {
            return sorted(present, |version| series(version) == series(&release) && version.patch < release.patch);
        }
        ReleaseKind::Minor => (release.major, release.minor.saturating_sub(1)),
        ReleaseKind::Major => {
            let earlier = present.iter().map(series).filter(|series| *series < (release.major, release.minor));
            earlier.max().unwrap_or_default()
        }
    };
    sorted(present, |version| series(version) < kept_from)
}

fn sorted(present: &[Version], is_outdated: impl Fn(&Version) -> bool) -> Vec<Version> {
    let mut versions: Vec<Version> = present.iter().copied().filter(is_outdated).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_outdated_by(release: &str, present: &[&str]) -> Vec<String> {
        let present: Vec<Version> = present.iter().map(|text| text.parse().unwrap()).collect();
        outdated(release.parse().unwrap(), &present).iter().map(Version::to_string).collect()
    }

    #[test]
    fn a_minor_release_leaves_the_series_before_it() {
        let present = ["1.7.0", "1.6.1", "1.5.0", "1.5.3", "1.10.0", "0.9.0"];
        assert_eq!(made_outdated_by("1.7.0", &present), ["0.9.0", "1.5.0", "1.5.3"]);
        assert_eq!(made_outdated_by("1.1.0", &["1.0.0", "0.9.0"]), ["0.9.0"]);
    }

    #[test]
    fn a_major_release_leaves_the_last_series_before_it() {
        let present = ["3.2.0", "3.10.0", "3.10.1", "2.9.0", "4.0.0"];
        assert_eq!(made_outdated_by("4.0.0", &present), ["2.9.0", "3.2.0"]);
        assert!(made_outdated_by("4.0.0", &["4.0.0"]).is_empty());
    }

    #[test]
    fn a_bugfix_release_leaves_all_but_its_own_series() {
        let present = ["3.3.0", "3.3.1", "3.3.2", "3.3.10", "3.2.0", "3.4.0"];
        assert_eq!(made_outdated_by("3.3.2", &present), ["3.3.0", "3.3.1"]);
    }
}
