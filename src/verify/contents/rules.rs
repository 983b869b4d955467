// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is expected of an archive's contents. The caller says it, from the project's
//! configuration; nothing of it comes out of the archive.

use std::sync::Arc;

use crate::release::{PathRules, VersionRules};
use crate::verify::licence::RatExcludes;

/// What an archive is to its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveForm {
    /// The source release: what is voted on.
    Source,
    /// A Python source distribution.
    Sdist,
    /// A Python wheel.
    Wheel,
    /// A jar, of classes, sources or documentation.
    Jar,
    /// A package for npm.
    Npm,
    /// A source package for R.
    R,
    /// A package for Cargo.
    Crate,
    /// Something else that is built for convenience.
    Other,
}

/// What the contents are held against. All paths are from the archive's one root
/// directory where its form has one, else from the archive's root.
#[derive(Debug, Clone)]
pub struct ContentRules {
    /// What the archive is.
    pub form: ArchiveForm,
    /// The product's name that NOTICE must hold, "Apache Flink Stateful Functions".
    pub product: Option<String>,
    /// The version that metadata must hold.
    pub version: Option<String>,
    /// Where the source archive's files say it; none where the product is not known.
    pub version_rules: Option<Arc<VersionRules>>,
    /// Who holds the copyright that NOTICE states; none: The Apache Software Foundation,
    /// and then NOTICE also says that the product is developed there.
    pub copyright_owner: Option<String>,
    /// The year that the years of the copyright in NOTICE must reach.
    pub year: Option<u16>,
    /// Files that need no licence header.
    pub no_header: PathRules,
    /// The same, as the project's exclude list for RAT says it.
    pub rat_excludes: RatExcludes,
    /// Files that may be compiled code.
    pub allowed_binaries: PathRules,
    /// Files that may name a snapshot version.
    pub allowed_snapshots: PathRules,
    /// Files that may hold a key or token: those of tests.
    pub allowed_secrets: PathRules,
}

impl ArchiveForm {
    /// What the name of a file says; never [`ArchiveForm::Source`] but for `-src` names.
    pub fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".jar", ".war", ".ear", ".nar"]) {
            Self::Jar
        } else if ends(&[".whl"]) {
            Self::Wheel
        } else if ends(&[".crate"]) {
            Self::Crate
        } else if ["-src.", "-src-", "-source.", "-source-release.", "-sources."].iter().any(|mark| name.contains(mark))
        {
            Self::Source
        } else {
            Self::Other
        }
    }

    /// Whether all is in one directory that does not count in paths.
    pub fn has_root(self) -> bool {
        matches!(self, Self::Source | Self::Sdist | Self::Npm | Self::R | Self::Crate)
    }
}

impl ContentRules {
    /// Nothing is allowed, and nothing is known but the form.
    pub fn new(form: ArchiveForm) -> Self {
        Self {
            form,
            product: None,
            version: None,
            version_rules: None,
            copyright_owner: None,
            year: None,
            no_header: PathRules::default(),
            rat_excludes: RatExcludes::default(),
            allowed_binaries: PathRules::default(),
            allowed_snapshots: PathRules::default(),
            allowed_secrets: PathRules::default(),
        }
    }
}
