// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Globs over the paths of a tree: what a source archive leaves out, which
//! files need no licence header.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs over the paths of a tree.
///
/// A pattern without a slash fits a name at any depth (`*.iml`, `target`); one
/// with a slash is from the root (`docs/public`, `/README.md`), where `*` does
/// not go over a slash and `**` does. What fits a directory fits all under it.
#[derive(Debug, Clone, Default)]
pub struct PathRules {
    names: GlobSet,
    rooted: GlobSet,
}

/// A pattern that is no glob.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is no glob")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    #[source]
    pub source: globset::Error,
}

impl PathRules {
    /// Of `patterns`.
    ///
    /// # Errors
    /// When one of them is no glob.
    pub fn new(patterns: &[impl AsRef<str>]) -> Result<Self, PatternError> {
        let (mut names, mut rooted) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns.iter().map(AsRef::as_ref) {
            let set = if pattern.contains('/') { &mut rooted } else { &mut names };
            set.add(glob(pattern)?);
        }
        let build = |set: GlobSetBuilder| {
            set.build().map_err(|source| PatternError { pattern: "all patterns together".to_owned(), source })
        };
        Ok(Self { names: build(names)?, rooted: build(rooted)? })
    }

    /// Whether `path` (from the root, with `/`), or a directory above it, fits.
    pub fn fit(&self, path: &str) -> bool {
        path.split('/').any(|name| self.names.is_match(name))
            || (!self.rooted.is_empty() && ancestors(path).any(|path| self.rooted.is_match(path)))
    }
}

/// `pattern` as a glob from the root, leading and trailing slashes left off.
fn glob(pattern: &str) -> Result<Glob, PatternError> {
    GlobBuilder::new(pattern.trim_matches('/'))
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|source| PatternError { pattern: pattern.to_owned(), source })
}

/// The path itself and every directory above it.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at]).chain(std::iter::once(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_at_any_depth_and_a_path_from_the_root() {
        let rules =
            PathRules::new(&["target", "*.iml", "docs/public", ".git*", "/only/*.md", "a/**/z", "dir/"]).unwrap();
        for path in [
            "target",
            "target/x",
            "a/target/b/c",
            "x.iml",
            "a/b.iml",
            "docs/public",
            "docs/public/index.html",
            ".gitignore",
            "a/.github/x.yml",
            "only/x.md",
            "a/z",
            "a/b/c/z",
            "a/b/z/below",
            "dir/x",
        ] {
            assert!(rules.fit(path), "{path}");
        }
        for path in [
            "targets",
            "a/xtarget/b",
            "iml",
            "other/docs/public",
            "docs/publicity",
            "docs",
            "only/a/x.md",
            "x/only/y.md",
            "x.iml.txt",
            "b/dir/x",
            "",
        ] {
            assert!(!rules.fit(path), "{path}");
        }
    }

    #[test]
    fn no_patterns_fit_nothing_and_a_broken_one_is_named() {
        assert!(!PathRules::new(&[] as &[&str]).unwrap().fit("a"));
        let error = PathRules::new(&["fine", "a[b"]).unwrap_err();
        assert_eq!(error.to_string(), "`a[b` is no glob");
    }
}
