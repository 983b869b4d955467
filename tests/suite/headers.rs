// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every file that can hold a licence header begins with ours.

use std::path::Path;

use crate::tree;

const HEADER: [&str; 5] = [
    "Licensed to the Quorate project under one or more contributor license",
    "agreements; see the NOTICE file for copyright ownership. Licensed under the",
    "Apache License, Version 2.0 (the \"License\"); you may not use this file except",
    "in compliance with the License. A copy is at",
    "http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.",
];

#[test]
fn every_source_file_carries_the_licence_header() {
    let files: Vec<_> = tree::files("").into_iter().filter(|path| comment_mark(path).is_some()).collect();
    assert!(files.len() > 30, "only {} files were looked at", files.len());
    let without: Vec<String> = files
        .iter()
        .filter(|path| !begins_with_header(&tree::text(path), comment_mark(path).unwrap_or_default()))
        .map(|path| path.display().to_string())
        .collect();
    assert!(without.is_empty(), "without the licence header:\n{}", without.join("\n"));
}

#[test]
fn a_header_that_is_missing_late_or_altered_is_noticed() {
    let header: String = HEADER.iter().map(|line| format!("# {line}\n")).collect();
    assert!(begins_with_header(&header, "#"));
    assert!(begins_with_header(&format!("#!/bin/sh\n{header}"), "#"));
    assert!(!begins_with_header(&header, "//"));
    assert!(!begins_with_header(&format!("x = 1\n{header}"), "#"));
    assert!(!begins_with_header(&header.replace("2.0", "1.1"), "#"));
    assert!(!begins_with_header("", "#"));
}

/// How a comment begins in this file; `None` where no header is asked for.
fn comment_mark(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    match (name, extension) {
        (_, Some("rs" | "mod")) => Some("//"),
        ("Makefile" | "run", _) | (_, Some("toml" | "sh" | "py" | "yml" | "yaml")) => Some("#"),
        _ => None,
    }
}

fn begins_with_header(text: &str, mark: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| line.starts_with("#!/"));
    HEADER.iter().all(|expected| lines.next() == Some(&format!("{mark} {expected}")))
}
