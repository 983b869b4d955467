// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The embedded `workflows/`, `templates/` and `release-config/`, and the
//! directory that may stand before them.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static WORKFLOWS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/workflows");
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static RELEASE_CONFIG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/release-config");

/// Files by names such as `workflows/release.toml`: from the user's directory
/// where it has them, else the embedded ones.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    overrides: Option<PathBuf>,
}

/// An asset that is not there or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// There is none of that name.
    #[error("there is no `{name}`; there are: {known}")]
    Missing {
        /// The name that was asked for.
        name: String,
        /// The names in the same directory.
        known: String,
    },
    /// The name leads out of the directory.
    #[error("`{name}` is no plain name under the assets' directory")]
    Escapes {
        /// The name that was asked for.
        name: String,
    },
    /// It is there and is no readable text.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl Assets {
    /// The embedded assets, with files in `overrides` standing before them.
    pub fn new(overrides: Option<PathBuf>) -> Self {
        Self { overrides }
    }

    /// The text of `name`.
    ///
    /// # Errors
    /// When there is none, it is unreadable, or the name has `..` in it.
    pub fn text(&self, name: &str) -> Result<String, AssetError> {
        if !Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_))) {
            return Err(AssetError::Escapes { name: name.to_owned() });
        }
        if let Some(path) = self.overrides.as_ref().map(|directory| directory.join(name)).filter(|path| path.exists()) {
            return fs::read_to_string(&path).map_err(|source| AssetError::Unreadable { path, source });
        }
        embedded(name)
            .ok_or_else(|| AssetError::Missing { name: name.to_owned(), known: self.names_beside(name).join(", ") })
    }

    /// Where `name` is from, for messages: the file that stands before the
    /// embedded one, else the name.
    pub fn place(&self, name: &str) -> String {
        match self.overrides.as_ref().map(|directory| directory.join(name)).filter(|path| path.exists()) {
            Some(path) => path.display().to_string(),
            None => name.to_owned(),
        }
    }

    /// The names in `directory` ("release-config"), without it, sorted.
    pub fn names(&self, directory: &str) -> Vec<String> {
        let mut names: Vec<String> = root(directory)
            .map(|(dir, rest)| if rest.is_empty() { Some(dir) } else { dir.get_dir(rest) })
            .into_iter()
            .flatten()
            .flat_map(|dir| dir.files().filter_map(|file| file.path().file_name()?.to_str().map(str::to_owned)))
            .collect();
        if let Some(entries) = self.overrides.as_ref().and_then(|dir| fs::read_dir(dir.join(directory)).ok()) {
            names.extend(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()));
        }
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names.dedup();
        names
    }

    /// All names under `directory` ("templates"), each from the root of the assets, sorted.
    pub fn names_below(&self, directory: &str) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(dir) =
            root(directory).and_then(|(dir, rest)| if rest.is_empty() { Some(dir) } else { dir.get_dir(rest) })
        {
            let top = directory.split('/').next().unwrap_or(directory);
            embedded_below(dir, top, &mut names);
        }
        if let Some(overrides) = &self.overrides {
            files_below(overrides, directory, &mut names);
        }
        names.sort();
        names.dedup();
        names
    }

    fn names_beside(&self, name: &str) -> Vec<String> {
        self.names(name.rsplit_once('/').map_or("", |(directory, _)| directory))
    }
}

fn embedded_below(dir: &Dir<'_>, top: &str, names: &mut Vec<String>) {
    names.extend(dir.files().filter_map(|file| Some(format!("{top}/{}", file.path().to_str()?))));
    dir.dirs().for_each(|dir| embedded_below(dir, top, names));
}

/// The files under `directory` of `root`, but for hidden ones: an editor leaves those.
fn files_below(root: &Path, directory: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(directory)).into_iter().flatten().flatten() {
        let Some(name) = entry.file_name().to_str().filter(|name| !name.starts_with('.')).map(str::to_owned) else {
            continue;
        };
        let name = format!("{directory}/{name}");
        if entry.path().is_dir() { files_below(root, &name, names) } else { names.push(name) }
    }
}

fn embedded(name: &str) -> Option<String> {
    let (dir, rest) = root(name)?;
    dir.get_file(rest)?.contents_utf8().map(str::to_owned)
}

fn root(name: &str) -> Option<(&'static Dir<'static>, &str)> {
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    let dir = match first {
        "workflows" => &WORKFLOWS,
        "templates" => &TEMPLATES,
        "release-config" => &RELEASE_CONFIG,
        _ => return None,
    };
    Some((dir, rest))
}
