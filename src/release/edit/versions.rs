// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Versions inside texts: their forms, their placeholders, where they begin and end.

/// The version that a tree has and the one that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionChange {
    /// What it has: `3.4-SNAPSHOT`.
    pub old: String,
    /// What it gets: `3.4.0`. The same as `old` where a tree is only examined.
    pub new: String,
}

/// The placeholders of a template.
pub const PLACEHOLDERS: [&str; 4] = ["@OLD@", "@NEW@", "@NPM_OLD@", "@NPM_NEW@"];

impl VersionChange {
    /// From `old` to `new`.
    pub fn new(old: impl Into<String>, new: impl Into<String>) -> Self {
        Self { old: old.into(), new: new.into() }
    }

    /// `template` with its placeholders filled in.
    pub fn fill(&self, template: &str) -> String {
        template
            .replace("@OLD@", &self.old)
            .replace("@NEW@", &self.new)
            .replace("@NPM_OLD@", &npm_form(&self.old))
            .replace("@NPM_NEW@", &npm_form(&self.new))
    }

    /// Whether `version` is of the old or the new series: for `3.4-SNAPSHOT`
    /// these are `3.4`, `3.4-SNAPSHOT`, `3.4.0`, `3.4.0-SNAPSHOT`, ….
    pub(super) fn covers(&self, version: &str) -> bool {
        [&self.old, &self.new].into_iter().any(|of| {
            version == of
                || series(of)
                    .and_then(|series| version.strip_prefix(series))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        })
    }
}

/// `template` filled in; `Err` names the placeholder that no version is given for.
pub(super) fn fill(template: &str, versions: Option<&VersionChange>) -> Result<String, &'static str> {
    match versions {
        Some(versions) => Ok(versions.fill(template)),
        None => match PLACEHOLDERS.into_iter().find(|placeholder| template.contains(placeholder)) {
            Some(placeholder) => Err(placeholder),
            None => Ok(template.to_owned()),
        },
    }
}

/// What stands before and after the only placeholder of `template`; `None` where
/// it has none or several.
pub(super) fn around_placeholder(template: &str) -> Option<(&str, &str)> {
    let mut found = PLACEHOLDERS.into_iter().flat_map(|placeholder| template.match_indices(placeholder));
    let (at, placeholder) = found.next()?;
    found.next().is_none().then(|| (&template[..at], &template[at + placeholder.len()..]))
}

/// The form that npm takes: three numbers, so `3.5.0-SNAPSHOT` for `3.5-SNAPSHOT`.
pub(super) fn npm_form(version: &str) -> String {
    let (numbers, qualifier) = match version.find('-') {
        Some(at) => version.split_at(at),
        None => (version, ""),
    };
    let parts: Vec<&str> = numbers.split('.').collect();
    let plain = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if plain && parts.len() == 2 { format!("{numbers}.0{qualifier}") } else { version.to_owned() }
}

/// `3.4` of `3.4-SNAPSHOT`; `None` where it does not begin with two numbers.
pub(super) fn series(version: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let major = digits(version);
    let rest = version.get(major..)?.strip_prefix('.')?;
    let minor = digits(rest);
    (major > 0 && minor > 0).then(|| &version[..major + 1 + minor])
}

/// Where `version` stands in `bytes` as a whole version: not within `13.4.0`,
/// `3.4.01`, `3.4.0.1`, nor where a qualifier makes another one of it, as
/// `3.4.0-rc1` of `3.4.0`.
pub(super) fn whole_versions<'a>(bytes: &'a [u8], version: &'a str) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(bytes, version.as_bytes())
        .filter(move |&at| begins(&bytes[..at]) && ends(&bytes[at + version.len()..]))
}

/// Whether a version that follows `before` begins there.
pub(super) fn begins(before: &[u8]) -> bool {
    match before {
        [.., byte] if byte.is_ascii_digit() => false,
        [.., byte, b'.'] if byte.is_ascii_digit() => false,
        _ => true,
    }
}

/// Whether a version that `after` follows ends there.
pub(super) fn ends(after: &[u8]) -> bool {
    match after {
        [byte, ..] if byte.is_ascii_alphanumeric() => false,
        [b'.', byte, ..] if byte.is_ascii_digit() => false,
        [b'-', rest @ ..] => !is_qualifier(rest),
        _ => true,
    }
}

/// Whether `text` begins with what makes another version of the one before it.
fn is_qualifier(text: &[u8]) -> bool {
    let starts = |word: &str| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word.as_bytes());
    let then_digit = |word: &str| {
        starts(word) && text[word.len()..].iter().find(|byte| **byte != b'.').is_some_and(u8::is_ascii_digit)
    };
    starts("snapshot")
        || starts("alpha")
        || starts("beta")
        || starts("milestone")
        || then_digit("rc")
        || then_digit("m")
        || then_digit("dev")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_wants_three_numbers() {
        for (version, npm) in [
            ("3.5-SNAPSHOT", "3.5.0-SNAPSHOT"),
            ("3.5", "3.5.0"),
            ("3.4.0", "3.4.0"),
            ("3.4.1-SNAPSHOT", "3.4.1-SNAPSHOT"),
            ("odd", "odd"),
            ("3.x-SNAPSHOT", "3.x-SNAPSHOT"),
            ("", ""),
        ] {
            assert_eq!(npm_form(version), npm);
        }
    }

    #[test]
    fn a_version_is_found_whole_or_not_at_all() {
        let found = |text: &str, version: &str| whole_versions(text.as_bytes(), version).count();
        for text in ["3.4-SNAPSHOT", "v3.4-SNAPSHOT", "a-3.4-SNAPSHOT.jar", "x:3.4-SNAPSHOT\n", "3.4-SNAPSHOT-sources"]
        {
            assert_eq!(found(text, "3.4-SNAPSHOT"), 1, "{text}");
        }
        for text in ["13.4-SNAPSHOT", "3.4-SNAPSHOT2", "1.3.4-SNAPSHOT", "3.4-SNAPSHOTS", "3.4-snapshot"] {
            assert_eq!(found(text, "3.4-SNAPSHOT"), 0, "{text}");
        }
        for text in ["3.4.0", "(3.4.0)", "3.4.0.", "3.4.0.tgz", "3.4.0-src.tgz", "3.4.0-models", "3.4.0,3.4.1"] {
            assert_eq!(found(text, "3.4.0"), 1, "{text}");
        }
        for text in ["3.4.01", "13.4.0", "3.4.0.1", "3.4.0-rc1", "3.4.0-SNAPSHOT", "0.3.4.0", "3.4.0-RC.2", "3.4.0a1"] {
            assert_eq!(found(text, "3.4.0"), 0, "{text}");
        }
    }

    #[test]
    fn a_series_covers_its_versions() {
        let versions = VersionChange::new("3.4-SNAPSHOT", "3.5-SNAPSHOT");
        for version in ["3.4", "3.4.0", "3.4-SNAPSHOT", "3.4.0-SNAPSHOT", "3.5", "3.5.1"] {
            assert!(versions.covers(version), "{version}");
        }
        for version in ["3.40", "3.3-SNAPSHOT", "13.4", "3", "", "3.4x"] {
            assert!(!versions.covers(version), "{version}");
        }
    }
}
