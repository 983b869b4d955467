// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is in an archive: the licence and notice, the headers, nothing compiled, nothing
//! left of a snapshot, no secret, and metadata that agree with the version.

mod binaries;
mod files;
mod metadata;
mod nested;
mod notice;
mod remains;
mod rules;
mod shape;
mod source_version;

pub use binaries::compiled;
pub use files::{Contents, look_at_file};
pub use metadata::METADATA;
pub use remains::names_snapshot;
pub use rules::{ArchiveForm, ContentRules};
