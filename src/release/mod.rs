// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The release's own words and rules: versions, candidates, artifacts, digests.

mod beside;
mod change;
mod checksum_file;
mod contributors;
mod digest;
mod edit;
mod maven_flavour;
mod maven_modules;
mod name_pattern;
mod note;
mod notes;
mod outdated;
mod path_rules;
mod record;
mod source_archive;
mod version;
mod yaml_quoted;

pub use beside::stands_beside;
pub use change::{Change, ChangeFault, changed};
pub use checksum_file::{checksum_file, checksum_file_holds, digest_line};
pub use contributors::contributors;
pub use digest::{FileDigest, Sha512};
pub use edit::{
    AllowedLeftover, EditFault, EditFaults, EditRule, Edits, Hit, Leftover, PLACEHOLDERS, Tree, VersionChange,
    VersionRules, all_snapshots, apply, authority, leftovers, other_snapshots,
};
pub use maven_flavour::MavenFlavour;
pub use maven_modules::{MavenModule, MavenRules, ModuleError, maven_modules, maven_profiles};
pub use name_pattern::{fitting_path, is_name_pattern, means_file, meant_files};
pub use note::{TEMPLATE_MARKS, has_no_width, is_invisible, on_one_line, unfit, without_invisible};
pub use notes::{NoteEntry, NoteFinding, Notes, NotesFormat, audit};
pub use outdated::outdated;
pub use path_rules::{PathRules, PatternError};
pub use record::{Manager, ReleaseRecord};
pub use source_archive::{ArchiveEntry, ArchiveError, SourceArchive};
pub use version::{ReleaseKind, Version, VersionError};
pub use yaml_quoted::yaml_quoted;
