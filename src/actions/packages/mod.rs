// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Packages for the indexes of languages: the files that were voted on, and nothing else,
//! uploaded once. What an index has already is found; what it has otherwise is left alone.

#[cfg(test)]
mod faults_tests;
mod metadata;
mod publish_npm;
#[cfg(test)]
mod real_servers_tests;
#[cfg(test)]
mod tests;
mod upload_pypi;
mod voted;

use crate::engine::ActionError;
pub(crate) use publish_npm::manifest_faults;
pub use publish_npm::{NpmPackage, NpmPublished, PublishNpm, npm_version_fault};
pub use upload_pypi::{PypiPackage, PypiUploaded, UploadPypi};
pub use voted::VotedFiles;

/// What was taken, and is not shown even after a while.
fn not_shown_yet(service: &str, what: &str) -> ActionError {
    ActionError::service(
        service,
        format!("it took {what} and does not show it yet"),
        "run it again in some minutes: it looks first whether it is there",
    )
}
