// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a file holds the report of an earlier run, and nothing of its owner's: such a file
//! alone is written over.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use regex::bytes::Regex;

use crate::commands::CommandError;

/// How a report begins: text, GitHub's commands, JSON, SARIF, JUnit.
const BEGINNINGS: [&str; 5] = [
    r"\A(?:✓|✗|!|–) ",
    r"\A::(?:error|warning|notice) ",
    r#"\A\{[ \r\n]*"passed": (?:true|false),[ \r\n]*"target": "#,
    r#"\A\{[ \r\n]*"\$schema": "[^"]*sarif"#,
    r"\A<\?xml[^>]*\?>[ \r\n]*<testsuites ",
];
/// So many bytes show how it begins.
const LOOKED_AT: u64 = 512;

/// Refuses a report's `file` where another file is there than an empty one, an earlier report, or
/// one that is no file on a disk.
///
/// # Errors
/// When another is.
pub fn refuse_other(file: &Path) -> Result<(), CommandError> {
    // that it cannot be written is said where it is
    let Ok(there) = fs::metadata(file) else { return Ok(()) };
    if !there.is_file() && !there.file_type().is_char_device() && !there.is_dir() {
        return Err(CommandError::usage(
            format!("--also names {}, which is a pipe or a socket and no file", file.display()),
            "name a file; what is to be read from a pipe is printed, as --format says",
        ));
    }
    if !there.is_file() || there.len() == 0 {
        return Ok(());
    }
    let mut beginning = Vec::new();
    let read = File::open(file).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut beginning));
    if read.is_ok() && is_report(&beginning) {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("--also names {}, which is there and is no report of an earlier run", file.display()),
        "name another file, or remove it first if nobody needs it",
    ))
}

fn is_report(beginning: &[u8]) -> bool {
    BEGINNINGS.iter().any(|form| Regex::new(form).expect("a regular expression").is_match(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_report_is_written_over() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        for (name, text) in [
            ("text", "✗ demo-1.2.0-src.tgz\n"),
            ("github", "::error title=x::y\n"),
            ("json", "{\n  \"passed\": false,\n  \"target\": \"rc1\",\n"),
            ("sarif", "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"),
            ("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"x\""),
            ("empty", ""),
        ] {
            fs::write(at(name), text).unwrap();
            assert!(refuse_other(&at(name)).is_ok(), "{name}");
        }
        assert!(refuse_other(&at("none")).is_ok() && refuse_other(Path::new("/dev/null")).is_ok());
        let pipe = at("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(refuse_other(&pipe).unwrap_err().what.ends_with("which is a pipe or a socket and no file"));
        for (name, bytes) in [
            ("pom.xml", &b"<?xml version=\"1.0\"?>\n<project>"[..]),
            ("x.tgz", b"\x1f\x8b"),
            ("package.json", b"{\"passed\": true, \"mine\": 1}"),
        ] {
            fs::write(at(name), bytes).unwrap();
            let said = refuse_other(&at(name)).unwrap_err().what;
            assert!(said.ends_with(&format!("{name}, which is there and is no report of an earlier run")), "{said}");
        }
    }
}
