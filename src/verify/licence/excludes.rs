// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The exclude lists that projects keep for RAT, in both of their forms.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};

use crate::verify::Finding;
use crate::verify::signature::printable;

/// What a project has RAT not look at.
#[derive(Debug, Clone, Default)]
pub struct RatExcludes {
    paths: GlobSet,
    names: Vec<Regex>,
    /// Patterns over names: `*` and `?`.
    wild: GlobSet,
    /// Lines of an exclude file that exclude nothing, and why.
    unread: Vec<(String, &'static str)>,
}

/// An exclude list that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ExcludeError {
    /// A pattern is no glob.
    #[error("`{pattern}` is no pattern of paths")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: globset::Error,
    },
    /// A pom is no XML.
    #[error("the pom is no XML")]
    Pom(#[from] roxmltree::Error),
}

impl RatExcludes {
    /// Of the file that RAT takes with `--exclude-file`: a regular expression a line,
    /// which fits a whole *name* of a file or directory at any depth, and is a pattern with `*` and `?`
    /// for such names as well (measured on RAT 0.16.1). A line that is no regular expression of Java's
    /// (`*.txt`, `src/**`) RAT skips whole; so does this, and [`Self::unread`] tells of it.
    pub fn from_exclude_file(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut found = Self::default();
        let mut wild = GlobSetBuilder::new();
        for line in lines {
            if has_dangling_quantifier(line) {
                found.unread.push((line.to_owned(), "RAT skips it, since it is no regular expression"));
                continue;
            }
            // the bare line too, or `a)|(b` would be made whole by the group
            let regex = |text: &str| RegexBuilder::new(text).unicode(false).build();
            let (Ok(_), Ok(name)) = (regex(line), regex(&format!("^(?:{line})$"))) else {
                found.unread.push((line.to_owned(), "it is no regular expression that is read here"));
                continue;
            };
            found.names.push(name);
            let literal: String = line.chars().flat_map(escaped).collect();
            if let Ok(glob) = GlobBuilder::new(&literal).literal_separator(true).build() {
                wild.add(glob);
            }
        }
        found.wild = wild.build().unwrap_or_default();
        found
    }

    /// What is to be known of lines that exclude nothing.
    pub fn unread(&self) -> Vec<Finding> {
        let one = |(line, why): &(String, &str)| {
            Finding::warn("licence-header", format!("the exclusion `{}` excludes nothing: {why}", printable(line)))
        };
        self.unread.iter().map(one).collect()
    }

    /// Of patterns over paths as RAT's Maven plugin takes them: `**` goes over
    /// directories, `*` does not, and `/**` at the end fits the thing itself too.
    ///
    /// # Errors
    /// When one is no pattern.
    pub fn from_patterns(patterns: &[impl AsRef<str>]) -> Result<Self, ExcludeError> {
        let mut set = GlobSetBuilder::new();
        let failed = |pattern: &str, source| ExcludeError::Pattern { pattern: pattern.to_owned(), source };
        for pattern in patterns.iter().map(|pattern| pattern.as_ref().trim()).filter(|pattern| !pattern.is_empty()) {
            // a directory stands for all that is in it
            let whole = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
            let itself = whole.strip_suffix("/**");
            for form in itself.into_iter().chain([whole.as_str()]) {
                // braces and classes are letters to the plugin
                let literal: String = form.chars().flat_map(escaped).collect();
                let glob = GlobBuilder::new(&literal).literal_separator(true).build();
                set.add(glob.map_err(|source| failed(pattern, source))?);
            }
        }
        let paths = set.build().map_err(|source| failed("all patterns together", source))?;
        Ok(Self { paths, ..Self::default() })
    }

    /// Of the `excludes` of `apache-rat-plugin` in a pom. The plugin's own defaults are
    /// not among them.
    ///
    /// # Errors
    /// When the pom is no XML, or one exclude is no pattern.
    pub fn from_pom(pom: &str) -> Result<Self, ExcludeError> {
        let pom = roxmltree::Document::parse(pom)?;
        let named = |node: &roxmltree::Node<'_, '_>, name: &str| node.tag_name().name() == name;
        let is_rat = |plugin: &roxmltree::Node<'_, '_>| {
            named(plugin, "plugin")
                && plugin
                    .children()
                    .any(|child| named(&child, "artifactId") && child.text() == Some("apache-rat-plugin"))
        };
        let excludes = pom.descendants().filter(is_rat).flat_map(|plugin| plugin.descendants());
        let patterns: Vec<&str> =
            excludes.filter(|node| named(node, "exclude")).filter_map(|node| node.text()).collect();
        Self::from_patterns(&patterns)
    }

    /// Whether RAT would not look at the file at `path`, from the root, with `/`.
    pub fn exclude(&self, path: &str) -> bool {
        self.paths.is_match(path)
            || path
                .split('/')
                .any(|name| self.wild.is_match(name) || self.names.iter().any(|regex| regex.is_match(name.as_bytes())))
    }
}

/// Whether a `*`, `+` or `?` stands where nothing is repeated, by Java's reading: at a beginning (`*.txt`), or
/// behind another one (`src/**`) that `?` and `+` make lazy or possessive (`a*?`, `a*+`) but once.
fn has_dangling_quantifier(pattern: &str) -> bool {
    let (mut repeatable, mut modified, mut class) = (false, true, 0_usize);
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
                (repeatable, modified) = (true, false);
            }
            '[' => class += 1,
            ']' if class > 0 => {
                class -= 1;
                (repeatable, modified) = (true, false);
            }
            _ if class > 0 => {}
            '(' => {
                // "(?:", "(?i)"
                letters.next_if_eq(&'?');
                (repeatable, modified) = (false, true);
            }
            '|' => (repeatable, modified) = (false, true),
            '*' | '+' | '?' if repeatable => (repeatable, modified) = (false, false),
            '?' | '+' if !modified => modified = true,
            '*' | '+' | '?' => return true,
            _ => (repeatable, modified) = (true, false),
        }
    }
    false
}

/// A letter of a pattern, where only `*` and `?` mean something.
fn escaped(letter: char) -> impl Iterator<Item = char> {
    let special = matches!(letter, '[' | ']' | '{' | '}' | '\\' | '!');
    special.then_some('\\').into_iter().chain(std::iter::once(letter))
}
