// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is recorded of a release when it starts.

use serde::{Deserialize, Serialize};

/// What is recorded of a release when it starts, in the journal's first entry, and
/// again when somebody takes it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRecord {
    /// The product's id.
    pub product: String,
    /// The version.
    pub version: String,
    /// The release manager.
    pub manager: Manager,
    /// The release manager's clone, as an absolute path on the machine where the
    /// release was started or taken over.
    pub repository: String,
    /// Whether nothing of this is real.
    pub rehearsal: bool,
    /// The services for which a rehearsal had stand-ins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stand_ins: Vec<String>,
    /// Whether the record was begun anew, after an earlier one of the release was lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begun_anew: bool,
    /// The commit that the series' branch starts at, where one was chosen; else it is
    /// the tip of the main branch by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The address of the clone's remote, without a login: what was begun with one repository
    /// does not go on with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_address: Option<String>,
    /// The version of this program.
    pub quorate: String,
}

/// The release manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manager {
    /// "Ann Example".
    pub name: String,
    /// "ann@example.org".
    pub email: String,
    /// The full fingerprint of the signing key, 40 hexadecimal digits.
    pub key: String,
}
