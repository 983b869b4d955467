// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be set in a tree, as data.

use serde::{Deserialize, Serialize};

/// One way of setting a value in files of the tree. Every rule must hit.
///
/// In `find`, `replace` and `value`, `@OLD@` and `@NEW@` stand for the versions
/// that the step sets, and `@NPM_OLD@`, `@NPM_NEW@` for the forms that npm takes
/// (`3.5.0-SNAPSHOT` for `3.5-SNAPSHOT`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EditRule {
    /// Maven poms: the project's own version, its parent's where the parent is
    /// in the tree, dependencies and plugins with a group of the tree, and
    /// properties that hold the old version.
    MavenPoms {
        /// Which files.
        files: String,
    },
    /// A string in a JSON file, by JSON pointer; the rest stays as it is.
    Json {
        /// Which files.
        files: String,
        /// RFC 6901: `/version`.
        pointer: String,
        /// The value to set.
        value: String,
    },
    /// Text, taken literally.
    Text {
        /// Which files.
        files: String,
        /// What is there.
        find: String,
        /// What is to be there.
        replace: String,
        /// Why it is no fault that this rule hits nothing, where it is none.
        #[serde(default)]
        may_miss: Option<String>,
    },
    /// A value in a TOML file by its path; the rest stays as it is.
    Toml {
        /// Which files.
        files: String,
        /// `params.IsStable`.
        path: String,
        /// The new value, as TOML: `true`, `"3.4"`.
        value: String,
    },
    /// An entry put before the others of an array in a TOML file, once.
    TomlPrepend {
        /// Which files.
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
    /// Which files.
    pub files: String,
    /// Why.
    pub why: String,
}
