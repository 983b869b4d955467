// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where the stand-ins for pages and images find what they show.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FILE: &str = "sites.json";

/// What a world's pages and images are made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sites {
    /// The format of this file; 1.
    pub format: u32,
    /// The website's repository.
    pub website: PathBuf,
    /// The branch that it is built from.
    pub website_base: String,
    /// The repository of the images.
    pub images: PathBuf,
    /// The branch that they are built from.
    pub images_base: String,
    /// The Dockerfile of each tag whose directory is not called by the tag.
    #[serde(default)]
    pub dockerfiles: BTreeMap<String, String>,
    /// The product's own repository, with the documentation.
    pub sources: PathBuf,
    /// The distribution repository, which the download servers copy.
    pub releases: PathBuf,
    /// The product's name.
    pub name: String,
    /// The version that is released.
    pub version: String,
}

impl Sites {
    /// Those of the stand-ins whose state is under `directory`.
    ///
    /// # Errors
    /// When there is no such file, or it is of another format.
    pub fn open(directory: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(directory.join(FILE))?)?)
    }

    /// Keeps it there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        fs::write(directory.join(FILE), serde_json::to_vec_pretty(self)?)
    }
}
