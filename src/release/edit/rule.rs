// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be set in a tree, as data.

use serde::{Deserialize, Serialize};

/// One way of setting a value in files of the tree. Every rule must hit: a rule
/// that finds neither what it changes nor what it would change it to is a fault.
///
/// `files` is a glob over paths from the root: `*` stays within a directory,
/// `**/` stands for any directories or none, `{a,b}` for either. Symbolic links
/// are passed over.
///
/// In `find`, `replace` and `value`, `@OLD@` and `@NEW@` stand for the versions
/// that the step sets, and `@NPM_OLD@`, `@NPM_NEW@` for the forms that npm takes
/// (`3.5.0-SNAPSHOT` for `3.5-SNAPSHOT`; three numbers stay as they are).
///
/// Rules apply one after the other, each to what the one before has left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EditRule {
    /// Maven poms: the project's own version, its parent's where the parent is
    /// in the tree, dependencies and plugins with a group of the tree, and
    /// properties that hold the old version. A project of the tree, or a parent
    /// in it, at a third version is a fault.
    MavenPoms {
        /// Which files.
        files: String,
    },
    /// A string in a JSON file, by JSON pointer; the rest stays as it is. Where
    /// `value` names a version, what is there must be one of the old or the new
    /// series (`3.4`, `3.4-SNAPSHOT`, `3.4.0`).
    Json {
        /// Which files; each must have the value.
        files: String,
        /// RFC 6901: `/version`.
        pointer: String,
        /// The value to set.
        value: String,
    },
    /// Text, taken literally; a version in it is found as a whole one only.
    Text {
        /// Which files; one of them must have it.
        files: String,
        /// What is there.
        find: String,
        /// What is to be there; not empty, since it proves that the rule held.
        replace: String,
        /// Why it is no fault that this rule hits nothing, where it is none.
        #[serde(default)]
        may_miss: Option<String>,
    },
    /// A value in a TOML file by its path; the rest stays as it is. What is there
    /// must be of the same type, and as with `Json` where `value` is a string
    /// that names a version.
    Toml {
        /// Which files; each must have the value.
        files: String,
        /// `params.IsStable`, its parts quoted where TOML wants it.
        path: String,
        /// The new value, as TOML: `true`, `"3.4"`.
        value: String,
    },
    /// An entry put before the others of an array in a TOML file, once.
    TomlPrepend {
        /// Which files; each must have the array.
        files: String,
        /// `params.PreviousDocs`.
        path: String,
        /// The entry, as TOML.
        value: String,
    },
}

/// Where an old version may stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedLeftover {
    /// Which files, as a glob from the root as in [`EditRule`].
    pub files: String,
    /// Why.
    pub why: String,
}

impl EditRule {
    /// Which files, as a glob.
    pub fn files(&self) -> &str {
        match self {
            Self::MavenPoms { files }
            | Self::Json { files, .. }
            | Self::Text { files, .. }
            | Self::Toml { files, .. }
            | Self::TomlPrepend { files, .. } => files,
        }
    }

    /// The rule in a few words, for a person: `toml params.Version in docs/config.toml`.
    pub fn describe(&self) -> String {
        match self {
            Self::MavenPoms { files } => format!("maven-poms in {files}"),
            Self::Json { files, pointer, .. } => format!("json {pointer} in {files}"),
            Self::Text { files, find, .. } => format!("text `{find}` in {files}"),
            Self::Toml { files, path, .. } => format!("toml {path} in {files}"),
            Self::TomlPrepend { files, path, .. } => format!("toml-prepend {path} in {files}"),
        }
    }
}
