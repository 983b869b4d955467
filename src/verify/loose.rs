// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An artifact that is no archive, or none that is read: a pom, a chart, a program.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::archive::{ArchiveKind, Faults, unread_by_magic, unread_by_name};
use super::contents::{ContentRules, METADATA, compiled, look_at_file};
use super::licence::Document;
use super::{Finding, pom};

/// The name under which it is said what could not be looked at.
const CONTENTS: &str = "contents";

/// How much of a file is read to know what it is.
const TOP_BYTES: u64 = 64 * 1024;

/// The largest pom that is read.
const POM_BYTES: u64 = 16 << 20;

/// What is held against an artifact that is no archive.
#[derive(Debug, Clone)]
pub struct LooseRules {
    /// What must not be in it.
    pub contents: ContentRules,
}

/// How much of a program is searched for secrets; of a text all is.
const SEARCHED_BYTES: u64 = 32 << 20;

/// Checks the file at `path`, whose path in the candidate is `name`.
pub fn check_loose(name: &str, path: &Path, rules: &LooseRules) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Err(error) = looked_at(name, path, rules, &mut found) {
        found.push(Finding::fail(CONTENTS, format!("it cannot be read to its end: {error}")));
    }
    found
}

fn looked_at(name: &str, path: &Path, rules: &LooseRules, found: &mut Vec<Finding>) -> io::Result<()> {
    let (mut file, mut top) = (File::open(path)?, Vec::new());
    file.by_ref().take(TOP_BYTES).read_to_end(&mut top)?;
    file.rewind()?;
    if let Some(what) = unread_by_name(name).or_else(|| unread_by_magic(&top)) {
        let detail = format!("it is {what}, a form that is not read: what is in it could not be checked");
        found.push(Finding::fail(CONTENTS, detail));
        return Ok(());
    }
    if let Some(what) = compiled(&top) {
        found.push(Finding::warn(CONTENTS, format!("it is {what}: what it does cannot be checked")));
    } else if let Some(kind) = ArchiveKind::of_magic(&top) {
        let detail = format!(
            "its first bytes say {}, its name does not: it was searched for keys and tokens alone",
            kind.word()
        );
        found.push(Finding::skip(CONTENTS, detail));
    }
    if name.ends_with(".pom") {
        found.extend(of_pom(name, &file, rules)?);
        file.rewind()?;
    }
    let mut faults = Faults::default();
    if matches!(Document::of("", &top), Document::Binary) && file.metadata()?.len() > SEARCHED_BYTES {
        look_at_file(name, &mut file.take(SEARCHED_BYTES), &rules.contents, &mut faults)?;
        faults.skip(CONTENTS, format!("it is no text, and only its first {SEARCHED_BYTES} bytes were searched"));
    } else {
        look_at_file(name, &mut file, &rules.contents, &mut faults)?;
    }
    // the file itself, and no entry of it
    found.extend(faults.into_findings().into_iter().map(|finding| Finding { entry: None, ..finding }));
    Ok(())
}

fn of_pom(name: &str, file: &File, rules: &LooseRules) -> io::Result<Vec<Finding>> {
    let mut text = Vec::new();
    file.take(POM_BYTES).read_to_end(&mut text)?;
    let faults = pom::faults(name, &text, rules.contents.version.as_deref());
    if faults.is_empty() {
        return Ok(vec![Finding::pass(METADATA, "it is the pom of its place, and of this version")]);
    }
    Ok(faults.into_iter().map(|fault| Finding::fail(METADATA, fault)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{ArchiveForm, Status};

    /// Status, check and detail of what is found of a file.
    fn found(name: &str, bytes: &[u8]) -> Vec<String> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let contents = ContentRules { version: Some("1.0".to_owned()), ..ContentRules::new(ArchiveForm::Other) };
        let found = check_loose(name, &path, &LooseRules { contents });
        let odd = found.iter().filter(|finding| finding.status != Status::Pass);
        odd.map(|finding| format!("{:?} {}: {}", finding.status, finding.name, finding.detail)).collect()
    }

    #[test]
    fn each_file_is_told_as_what_it_is() {
        let unread = "a form that is not read: what is in it could not be checked";
        for (name, bytes, said) in [
            ("a.txt", &b"words\n"[..], None),
            ("a-1.0.pom", b"<project><artifactId>a</artifactId><version>1.0</version></project>", None),
            ("a-1.0.pom", b"<project/>", Some("Fail metadata: it has no artifactId".to_owned())),
            ("a.tar.bz2", b"anything", Some(format!("Fail contents: it is a bzip2, {unread}"))),
            ("a.dat", b"7z\xbc\xaf\x27\x1c\0\x04", Some(format!("Fail contents: it is a 7z, {unread}"))),
            (
                "a-linux",
                b"\x7fELF\x02",
                Some("Warn contents: it is an ELF program or library: what it does cannot be checked".to_owned()),
            ),
            (
                "a.vsix",
                b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0",
                Some(
                    "Skip contents: its first bytes say gzip, its name does not: it was searched for keys and tokens alone"
                        .to_owned(),
                ),
            ),
        ] {
            assert_eq!(found(name, bytes), said.into_iter().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn an_artifact_that_is_an_archive_and_cannot_be_unpacked_was_not_checked() {
        let cut = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xed\xbd\x07";
        let found = found("widget-2.0.0.gem", cut);
        let fails = |one: &&String| one.starts_with("Fail secrets: it is an archive that cannot be looked into");
        assert_eq!(found.iter().filter(fails).count(), 1, "{found:?}");
    }

    #[test]
    fn a_text_is_searched_whole_and_a_program_at_its_start() {
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "A".repeat(64));
        let filler = "x\n".repeat(20 << 20);
        assert_eq!(
            found("a.txt", format!("{filler}{key}").as_bytes()),
            [format!("Fail secrets: a.txt:{} holds an RSA private key", (20 << 20) + 1)]
        );
        let program = [&[0, 1, 2, 3][..], &vec![0; 40 << 20], key.as_bytes()].concat();
        assert_eq!(
            found("a.bin", &program),
            ["Skip contents: it is no text, and only its first 33554432 bytes were searched"]
        );
    }
}
