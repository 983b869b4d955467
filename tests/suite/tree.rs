// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Walking the project's own files.

use std::fs;
use std::path::{Path, PathBuf};

/// What is not the project's own text: build output, the history, and the
/// sample product, which has its own licence header and its own test.
const LEFT_OUT: [&str; 6] = ["target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts", ".git", "src/rehearsal/sample"];

/// The project's directory.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files under `directory` of the project, as paths from its root, sorted.
pub fn files(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(directory), &mut found);
    assert!(!found.is_empty(), "there is nothing in {directory}");
    found.sort();
    found
}

/// The text of a file named by [`files`].
pub fn text(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(root()).unwrap().to_path_buf();
        if LEFT_OUT.iter().any(|left_out| relative == Path::new(left_out)) {
            continue;
        }
        if path.is_dir() { collect(&path, found) } else { found.push(relative) }
    }
}
