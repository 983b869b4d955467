// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The files beside an artifact that hold its digest, as `sha512sum` writes and
//! reads them.

use super::{FileDigest, Sha512};

/// What stands in `NAME.sha512`: the digest, two spaces, the name, a line's end.
pub fn checksum_file(file: &FileDigest) -> String {
    digest_line(&file.sha512, &file.name) + "\n"
}

/// A digest and a name as `sha512sum` writes them: where the name holds an end of a line or
/// a backslash, those are escaped, and a backslash at the line's beginning says so.
pub fn digest_line(digest: &Sha512, name: &str) -> String {
    if !name.contains(['\\', '\n', '\r']) {
        return format!("{digest}  {name}");
    }
    format!("\\{digest}  {}", name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r"))
}

/// Whether `text` is a checksum file of exactly `file`: written by us, or by
/// `sha512sum` in text (`  `) or binary mode (` *`).
pub fn checksum_file_holds(text: &str, file: &FileDigest) -> bool {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let Some((digest, name)) = line.split_once(' ') else { return false };
    let name = name.strip_prefix([' ', '*']);
    digest.eq_ignore_ascii_case(file.sha512.as_str()) && name == Some(file.name.as_str())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn sha512sum_accepts_what_we_write_and_we_accept_what_it_writes() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("x.tgz"), b"bytes").unwrap();
        let file = FileDigest { name: "x.tgz".into(), bytes: 5, sha512: Sha512::of(b"bytes") };
        std::fs::write(directory.path().join("x.tgz.sha512"), checksum_file(&file)).unwrap();
        let mut command = Command::new("sha512sum");
        let output = command.current_dir(directory.path()).args(["--strict", "-c", "x.tgz.sha512"]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        for mode in ["--text", "--binary"] {
            let mut command = Command::new("sha512sum");
            let output = command.current_dir(directory.path()).args([mode, "x.tgz"]).output().unwrap();
            assert!(checksum_file_holds(&String::from_utf8(output.stdout).unwrap(), &file), "{mode}");
        }
    }

    #[test]
    fn anything_else_is_no_checksum_file_of_it() {
        let file = FileDigest { name: "x.tgz".into(), bytes: 5, sha512: Sha512::of(b"bytes") };
        let good = checksum_file(&file);
        for text in ["", "x", &good.replace("x.tgz", "y.tgz"), &good.replace("x.tgz", "./x.tgz"), &good.repeat(2)] {
            assert!(!checksum_file_holds(text, &file), "{text:?}");
        }
        let other = FileDigest { sha512: Sha512::of(b"other"), ..file.clone() };
        assert!(!checksum_file_holds(&good, &other));
    }
}
