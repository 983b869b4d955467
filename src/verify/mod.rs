// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The checks over a candidate's files: what CI and voters run, and what the release's
//! own workflow asks. Nothing here trusts what the candidate says about itself, and
//! nothing here talks to a network: files come in, findings go out.
//!
//! From the outside in: `product` knows which file is what and what it must be;
//! `candidate` reads each file once for its digests and signatures (`inventory`,
//! `checksum`, `signature`, `manifest`), and each archive once more (`check_archive`):
//! `archive` walks over it, safely, and shows each entry to `contents`. `report` gathers
//! the findings and `render` prints them. `checks` names every check there is; a new one
//! goes
//! - beside a file: into a module of its own, called in `Candidate::artifact`;
//! - into an archive: into `contents`, as a part of its `Visitor`;
//! - over the whole candidate: into `ProductRules::notes`, or, where it asks a server,
//!   into the command, as `source-tag` is.

mod algorithm;
mod archive;
#[cfg(test)]
mod archive_tests;
mod armor;
mod candidate;
mod check_archive;
mod checked_out;
pub mod checks;
pub mod checksum;
mod contents;
mod file_names;
mod flavours;
pub mod inventory;
pub mod keys;
mod layout;
mod licence;
mod loose;
pub mod manifest;
mod naming;
mod one_file;
mod other_sums;
mod outputs;
mod policy;
mod pom;
mod product;
mod r_package;
pub mod render;
mod report;
pub mod signature;
mod source_release;
mod source_words;
mod tree;

use archive::unread_by_name;
pub use archive::{ArchiveKind, Limits, WHOLE};
#[cfg(test)]
pub(crate) use archive_tests::demo_wheel;
pub use candidate::{ArtifactRules, Candidate, CandidateFindings, list_files, list_nameable};
pub use check_archive::{ArchiveReport, ArchiveRules, check_archive, check_archive_bytes};
pub use checked_out::{CheckedOut, set_aside};
pub use contents::{ArchiveForm, ContentRules, METADATA};
pub use inventory::Listed;
pub use layout::{Coordinates, Layout};
pub use licence::{Document, ExcludeError, HeaderCheck, Judgement, RatExcludes};
pub use loose::LooseRules;
pub use manifest::{Known, Manifest};
pub use naming::{names_of_others, names_say_another};
pub use one_file::{OneFileError, file_of_archive};
pub use outputs::missing_outputs;
pub use product::{Against, ProductRules, Scope, version_in};
pub use report::{FileReport, Finding, Report, Status};
pub use tree::{Tree, TreeEntry, TreeKind, compare_submodules, compare_trees, tree_of_archive};
