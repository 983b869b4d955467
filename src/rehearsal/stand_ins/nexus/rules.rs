// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The rules that a staging repository must keep to be closed: what is signed and has
//! checksums, what stands beside a jar, what a pom may say, what is out already.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use roxmltree::Document;
use sequoia_openpgp::types::HashAlgorithm;

use crate::verify::signature::{Container, SignatureFile};

/// What one rule found wrong: `None` of it, and the rule is passed.
pub(super) struct Ruling {
    /// The rule's name: `signature-staging`.
    pub rule: &'static str,
    /// What is wrong, with markup, as the real ones have it.
    pub failures: Vec<String>,
}

/// All files of a staging repository, by path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The rules over `files`; `released` says whether a path is published already.
pub(super) fn rulings(files: &Files, released: &dyn Fn(&str) -> bool) -> Vec<Ruling> {
    let of = |rule, failures| Ruling { rule, failures };
    vec![
        of("signature-staging", signatures(files)),
        of("checksum-staging", checksums(files)),
        of("sources-staging", beside_jars(files, "sources")),
        of("javadoc-staging", beside_jars(files, "javadoc")),
        of("pom-staging", poms(files)),
        of(
            "artifact-uniqueness-staging",
            artifacts(files)
                .filter(|path| released(path))
                .map(|path| format!("Already released: <b>/{path}</b>"))
                .collect(),
        ),
    ]
}

/// Whether a path is neither of metadata nor a signature or checksum.
fn is_artifact(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let companion = [".asc", ".md5", ".sha1", ".sha256", ".sha512"].iter().any(|ending| name.ends_with(ending));
    !companion && !name.starts_with("maven-metadata.xml") && !name.starts_with("archetype-catalog.xml")
}

fn artifacts(files: &Files) -> impl Iterator<Item = &str> {
    files.keys().map(String::as_str).filter(|path| is_artifact(path))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn signatures(files: &Files) -> Vec<String> {
    let of = |path: &str| match files.get(&format!("{path}.asc")) {
        None => Some(format!("No signature: <b>/{path}.asc</b> is missing for {}", name(path))),
        Some(bytes) => (*SignatureFile::parse(bytes).container() != Container::Armored)
            .then(|| format!("Bad signature: <b>/{path}.asc</b> is no armored signature")),
    };
    artifacts(files).filter_map(of).collect()
}

fn checksums(files: &Files) -> Vec<String> {
    let mut failures = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| is_artifact(path)) {
        for (ending, algorithm) in [("md5", HashAlgorithm::MD5), ("sha1", HashAlgorithm::SHA1)] {
            let Some(said) = files.get(&format!("{path}.{ending}")) else {
                failures.push(format!("No checksum: <b>/{path}.{ending}</b> is missing"));
                continue;
            };
            if String::from_utf8_lossy(said).split_whitespace().next() != Some(digest(algorithm, bytes).as_str()) {
                failures.push(format!("Wrong checksum: <b>/{path}.{ending}</b>"));
            }
        }
    }
    failures
}

/// A digest in lower-case digits.
pub(super) fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> String {
    let context = algorithm.context().and_then(|context| {
        let mut context = context.for_digest();
        context.update(bytes);
        context.into_digest()
    });
    context.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// That beside each main jar there is one more.
fn beside_jars(files: &Files, kind: &str) -> Vec<String> {
    let mut failures = BTreeSet::new();
    for path in artifacts(files).filter(|path| path.ends_with(".jar")) {
        let Some((artifact, version)) = coordinates(path).map(|(_, artifact, version)| (artifact, version)) else {
            continue;
        };
        if name(path) == format!("{artifact}-{version}.jar") {
            let beside = path.replace(".jar", &format!("-{kind}.jar"));
            if !files.contains_key(&beside) {
                failures.insert(format!("No {kind}: <b>/{beside}</b> is missing"));
            }
        }
    }
    failures.into_iter().collect()
}

/// Group, artifact and version, as a path says.
fn coordinates(path: &str) -> Option<(String, String, String)> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop()?;
    let (version, artifact) = (parts.pop()?, parts.pop()?);
    (!parts.is_empty()).then(|| (parts.join("."), artifact.to_owned(), version.to_owned()))
}

fn poms(files: &Files) -> Vec<String> {
    let mut failures = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".pom")) {
        let fault = pom(path, &String::from_utf8_lossy(bytes));
        failures.extend(fault.map(|fault| format!("Bad pom: <b>/{path}</b>: {fault}")));
    }
    let snapshots = artifacts(files).filter(|path| path.contains("-SNAPSHOT"));
    failures.extend(snapshots.map(|path| format!("A snapshot: <b>/{path}</b>")));
    if !files.keys().any(|path| path.ends_with(".pom")) {
        failures.push("There is no pom in the repository".to_owned());
    }
    failures
}

/// What is wrong with a pom.
fn pom(path: &str, text: &str) -> Option<String> {
    let Ok(document) = Document::parse(text) else { return Some("it is no XML".to_owned()) };
    let project = document.root_element();
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found = node.children().find(|child| child.tag_name().name() == name);
        found.and_then(|child| Some(child.text()?.trim().to_owned()))
    };
    let parent = project.children().find(|child| child.tag_name().name() == "parent");
    let own = |name: &str| child(project, name).or_else(|| child(parent?, name));
    let (group, artifact, version) = coordinates(path)?;
    for (name, expected) in [("groupId", group), ("artifactId", artifact), ("version", version)] {
        let found = if name == "artifactId" { child(project, name) } else { own(name) };
        // what a property says cannot be told here
        if found.as_deref() != Some(expected.as_str()) && !found.as_deref().is_some_and(|said| said.contains("${")) {
            return Some(format!(
                "its {name} is {}, expected {expected}",
                found.unwrap_or_else(|| "missing".to_owned())
            ));
        }
    }
    let versions = project.descendants().filter(|node| node.tag_name().name() == "version");
    let snapshot = versions.filter_map(|node| node.text()).find(|text| text.contains("-SNAPSHOT"));
    snapshot.map(|version| format!("it names the snapshot {version}"))
}

/// The files below `directory`, by path from it.
pub(super) fn files_below(directory: &Path) -> Files {
    let mut files = Files::new();
    for file in crate::verify::list_files(directory).unwrap_or_default() {
        if let Ok(bytes) = std::fs::read(directory.join(&file.path)) {
            files.insert(file.path, bytes);
        }
    }
    files
}
