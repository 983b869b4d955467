// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Changes of a repository that is not the product's own, as data: a website's, that of
//! the container images. Pure.
//!
//! What a change does not name stays byte for byte, and each proves itself: what it made
//! is parsed again and held against what was there.

mod apply;
mod kept;
#[cfg(test)]
mod tests;
mod yaml;
mod yaml_text;

use serde::{Deserialize, Serialize};

pub use apply::{ChangeFault, changed};

/// One change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A value in a TOML file; what is there must be of the same type.
    Toml {
        /// Which file.
        file: String,
        /// `params.StableVersion`.
        path: String,
        /// The value, as TOML.
        value: String,
        /// Whether a higher version that is there stays: a bugfix release of an earlier
        /// series is not the newest.
        #[serde(default)]
        keeps_higher: bool,
    },
    /// The entry of a key at the top of a YAML file: put before the others, or in the
    /// place of the one that has the key, whose further fields stay.
    YamlKey {
        /// Which file.
        file: String,
        /// The key.
        key: String,
        /// The prepared text that has the entry.
        from: String,
    },
    /// An item of a list in a YAML file: put before the others, or in the place of the one
    /// that has the same identity, whose further fields stay.
    YamlItem {
        /// Which file.
        file: String,
        /// Where the list is: `release_archive.flink`.
        list: String,
        /// The field that tells items apart: `version_long`; several by `+`.
        identity: String,
        /// The prepared text that has the item.
        from: String,
    },
    /// A file that is not there yet; one that is there is left as it is, for people mend
    /// what was proposed.
    File {
        /// Which file.
        file: String,
        /// The prepared text.
        from: String,
    },
    /// A line at the end of a file, once.
    Line {
        /// Which file.
        file: String,
        /// The line.
        line: String,
    },
}

impl Change {
    /// Which file.
    pub fn file(&self) -> &str {
        match self {
            Self::Toml { file, .. }
            | Self::YamlKey { file, .. }
            | Self::YamlItem { file, .. }
            | Self::File { file, .. }
            | Self::Line { file, .. } => file,
        }
    }

    /// The prepared text that it takes.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::YamlKey { from, .. } | Self::YamlItem { from, .. } | Self::File { from, .. } => Some(from),
            Self::Toml { .. } | Self::Line { .. } => None,
        }
    }

    /// What it does, in a few words.
    pub fn describe(&self) -> String {
        match self {
            Self::Toml { file, path, value, .. } => format!("{path} = {value} in {file}"),
            Self::YamlKey { file, key, .. } => format!("the entry {key} in {file}"),
            Self::YamlItem { file, list, identity, .. } => format!("an item of {list}, by its {identity}, in {file}"),
            Self::File { file, .. } => format!("the file {file}"),
            Self::Line { file, line } => format!("the line `{line}` in {file}"),
        }
    }
}
