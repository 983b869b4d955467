// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What packages and binary distributions must say of themselves, and where.

use super::build::*;
use super::faults::{Case, caught, jar};
use crate::verify::{ArchiveForm, check_archive_bytes};

const METADATA: &str = "metadata";

fn pom_xml(artifact: &str, version: &str) -> String {
    format!("<project><artifactId>{artifact}</artifactId><version>{version}</version></project>")
}

fn wheel(fault: &'static str, entries: Vec<ZipEntry>, text: &'static str) -> Case {
    (fault, "demo-1.0.0-py3-none-any.whl", zip(&entries), ArchiveForm::Wheel, METADATA, text)
}

fn with(change: impl FnOnce(&mut Vec<ZipEntry>)) -> Vec<ZipEntry> {
    let mut entries = good_wheel();
    change(&mut entries);
    entries
}

/// A package of the other files and those that the licence wants, in `root`.
fn package(root: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let legal = [("LICENSE", LICENCE), ("NOTICE", NOTICE)];
    let members = legal.iter().chain(files).map(|(name, text)| file(&format!("{root}/{name}"), text));
    tgz(&members.collect::<Vec<_>>())
}

fn packages() -> Vec<Case> {
    let other = |fault, name, bytes, check, text| (fault, name, bytes, ArchiveForm::Other, check, text);
    let in_place = |text| {
        let (fault, _, bytes, form, check, _) =
            jar("in a directory", |jar| jar[3].bytes = b"version=2\n".to_vec(), METADATA, text);
        (fault, "org/demo/demo/1.0.0/demo-1.0.0.jar", bytes, form, check, text)
    };
    let unrecorded = {
        let mut entries = recorded(good_wheel());
        entries.push(zipped("demo/more.py", HEADER));
        entries
    };
    let changed = {
        let mut entries = recorded(good_wheel());
        entries[0].bytes = b"evil".to_vec();
        entries
    };
    let gone = {
        let mut entries = recorded(good_wheel());
        entries.remove(0);
        entries
    };
    vec![
        in_place("pom.properties: its version is 2, not 1.0.0"),
        jar(
            "the version of its pom.xml",
            |jar| jar.push(zipped("META-INF/maven/org.demo/demo/pom.xml", pom_xml("demo", "9"))),
            METADATA,
            "META-INF/maven/org.demo/demo/pom.xml: its version is 9, not 1.0.0",
        ),
        jar(
            "a pom that is none",
            |jar| jar.push(zipped("META-INF/maven/org.demo/demo/pom.xml", "<project")),
            METADATA,
            "pom.xml: it is no XML",
        ),
        jar(
            "its bundle's version",
            |jar| jar[0].bytes = b"Bundle-Version: 1.0.0.SNAPSHOT\n".to_vec(),
            METADATA,
            "META-INF/MANIFEST.MF: its bundle's version is 1.0.0.SNAPSHOT, not 1.0.0",
        ),
        wheel(
            "another name",
            recorded(with(|wheel| wheel[3].bytes = b"Name: evil\nVersion: 1.0.0\n".to_vec())),
            "METADATA: its name is evil, not demo",
        ),
        wheel(
            "another directory of information",
            with(|wheel| wheel.push(zipped("demo-9.9.9.dist-info/WHEEL", "x"))),
            "demo-9.9.9.dist-info: a directory of information that is not demo-1.0.0.dist-info",
        ),
        wheel("no RECORD", good_wheel(), "there is no RECORD"),
        wheel("bytes that are not recorded", changed, "demo/__init__.py: its bytes are not those of RECORD"),
        wheel("a file that is not recorded", unrecorded, "demo/more.py: it is not in RECORD"),
        wheel("a file that is recorded only", gone, "demo/__init__.py: RECORD names it, and it is not there"),
        other(
            "an sdist of another version",
            "demo-1.0.0.tar.gz",
            package("demo-1.0.0", &[("PKG-INFO", "Name: demo\nVersion: 2\n")]),
            METADATA,
            "PKG-INFO: its version is 2, not 1.0.0",
        ),
        other(
            "an sdist of another name",
            "demo-1.0.0.tar.gz",
            package("demo-1.0.0", &[("PKG-INFO", "Name: evil\nVersion: 1.0.0\n")]),
            METADATA,
            "PKG-INFO: its name is evil, not demo",
        ),
        other(
            "an sdist in another directory",
            "demo-1.0.0.tar.gz",
            package("demo-9.9.9", &[("PKG-INFO", "Name: demo\nVersion: 1.0.0\n")]),
            "archive-root",
            "all is in demo-9.9.9, expected demo-1.0.0",
        ),
        other(
            "an npm package of another version",
            "demo-1.0.0.tgz",
            package("package", &[("package.json", "{\"name\": \"demo\", \"version\": \"2\"}")]),
            METADATA,
            "package.json: its version is 2, not 1.0.0",
        ),
        other(
            "an npm package of another name",
            "demo-js-1.0.0.tgz",
            package("package", &[("package.json", "{\"name\": \"evil\", \"version\": \"1.0.0\"}")]),
            METADATA,
            "package.json: its name is evil, not demo-js",
        ),
        other(
            "an npm package of another scope",
            "demo-js-1.0.0.tgz",
            package("package", &[("package.json", "{\"name\": \"@evil/js\", \"version\": \"1.0.0\"}")]),
            METADATA,
            "package.json: its name is evil-js, not demo-js",
        ),
        other(
            "a licence that is not at the top",
            "demo-1.0.0-bin.tgz",
            package("demo-1.0.0/share", &[]),
            "licence-notice",
            "there is no LICENSE in the root directory",
        ),
        jar(
            "a snapshot's name",
            |jar| jar[4].name = "lib/demo-1.0-SNAPSHOT.jar".into(),
            "version",
            "lib/demo-1.0-SNAPSHOT.jar: it is called as a snapshot is",
        ),
    ]
}

#[test]
fn what_a_package_says_wrongly_of_itself_is_caught() {
    caught(packages());
}

#[test]
fn what_is_built_is_known_by_what_is_in_it() {
    for (name, bytes) in [
        ("demo-1.0.0-bin.tgz", package("demo-1.0.0", &[("bin/run", "#!/bin/sh\n")])),
        ("demo_2.13-1.0.0.tgz", package("demo_2.13-1.0.0", &[])),
        ("demo-1.0.0.tar.gz", package("demo-1.0.0", &[("PKG-INFO", "Name: demo\nVersion: 1.0.0\n")])),
        (
            "apache-demo-1.0.0.tar.gz",
            package("apache_demo-1.0.0", &[("PKG-INFO", "Name: apache-demo\nVersion: 1.0.0\n")]),
        ),
        (
            "demo-js-1.0.0.tgz",
            package("package", &[("package.json", "{\"name\": \"demo-js\", \"version\": \"1.0.0\"}")]),
        ),
        (
            "demo-js-1.0.0.tgz",
            package("package", &[("package.json", "{\"name\": \"@demo/js\", \"version\": \"1.0.0\"}")]),
        ),
    ] {
        let report = check(name, bytes, ArchiveForm::Other);
        assert_eq!(said(&report), [] as [String; 0], "{name}");
        assert!(report.findings.iter().any(|finding| finding.name == "archive-root"), "{name}");
    }
    let flat = zip(&[zipped("LICENSE", LICENCE), zipped("NOTICE", NOTICE), zipped("bin/run", "x")]);
    let said_of = |name: &str, bytes| said(&check(name, bytes, ArchiveForm::Other));
    let warned = "archive-root Warn -: it is not all in one directory: there are LICENSE and NOTICE";
    assert_eq!(said_of("demo-1.0.0-bin.zip", flat), [warned]);
    let warned = "archive-root Warn -: all is in other, which is not as the archive is called";
    assert_eq!(said_of("demo-1.0.0-bin.tgz", package("other", &[])), [warned]);
}

#[test]
fn poms_of_what_was_put_into_a_jar_do_not_count() {
    let foreign = |jar: &mut Vec<ZipEntry>| {
        jar.push(zipped("META-INF/maven/org.other/dem/pom.properties", "version=7\n"));
        jar.push(zipped("META-INF/maven/org.other/dem/pom.xml", pom_xml("dem", "7")));
    };
    let mut own = good_jar();
    foreign(&mut own);
    own.push(zipped("META-INF/maven/org.demo/demo/pom.xml", pom_xml("demo", "${revision}")));
    assert_eq!(said(&check("demo-1.0.0.jar", zip(&own), ArchiveForm::Jar)), [] as [String; 0]);
    let mut none: Vec<ZipEntry> = good_jar().into_iter().filter(|entry| !entry.name.contains("maven")).collect();
    none[0].bytes = b"Manifest-Version: 1.0\nSpecification-Version: 3\n".to_vec();
    foreign(&mut none);
    assert_eq!(
        said(&check("demo-1.0.0.jar", zip(&none), ArchiveForm::Jar)),
        [
            "metadata Warn META-INF/MANIFEST.MF: its specification's version is 3, the release's 1.0.0",
            "metadata Warn META-INF/maven/org.other/dem: no pom in it is its own: the only one is of dem 7",
        ]
    );
}

#[test]
fn a_notice_that_is_older_than_the_files_is_warned_of() {
    let mut archive = tar::Archive::new(std::io::Cursor::new(tar(&good())));
    let mut again = tar::Builder::new(Vec::new());
    for member in archive.entries().unwrap() {
        let mut member = member.unwrap();
        let mut header = member.header().clone();
        header.set_mtime(1_700_000_000);
        header.set_cksum();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
        let bytes = String::from_utf8(bytes).unwrap().replace("2014-2026", "2014-2016").into_bytes();
        again.append(&header, &bytes[..]).unwrap();
    }
    let mut rules = rules(ArchiveForm::Source);
    rules.contents.year = None;
    let bytes = std::io::Cursor::new(gzip(&again.into_inner().unwrap()));
    let report = check_archive_bytes("demo-1.0.0-src.tgz", bytes, &rules);
    assert_eq!(said(&report), ["licence-notice Warn NOTICE: its copyright ends with 2016, the newest file is of 2023"]);
}
