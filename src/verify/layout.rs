// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How a candidate's directory is laid out: as in the Foundation's distribution area, or
//! as a Maven repository, whose rules are laxer. A candidate does not choose between
//! them by one file: all of it is a repository, or none of it is.

use super::Listed;
use super::inventory::is_artifact;

/// How a candidate's directory is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// As in the Foundation's distribution area.
    Distribution,
    /// As in a Maven repository.
    Maven,
}

/// Where a file of a Maven repository belongs, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coordinates<'a> {
    /// The artifact's id.
    pub artifact: &'a str,
    /// The version.
    pub version: &'a str,
}

impl Layout {
    /// What the paths of `files` say: a repository where each artifact is called
    /// `ARTIFACT/VERSION/ARTIFACT-VERSION…`, and one of them is a pom.
    pub fn of(files: &[Listed]) -> Self {
        let mut artifacts = files.iter().map(|file| file.path.as_str()).filter(|path| is_artifact(path, Self::Maven));
        let has_pom = files.iter().any(|file| file.path.ends_with(".pom"));
        if has_pom && artifacts.all(|path| Coordinates::of(path).is_some()) { Self::Maven } else { Self::Distribution }
    }
}

impl<'a> Coordinates<'a> {
    /// Those of the file at `path`; `None` where it is at no place of a repository.
    pub fn of(path: &'a str) -> Option<Self> {
        let mut parts = path.rsplit('/');
        let (name, version, artifact) = (parts.next()?, parts.next()?, parts.next()?);
        let rest = name.strip_prefix(artifact)?.strip_prefix('-')?.strip_prefix(version)?;
        rest.starts_with(['.', '-']).then_some(Self { artifact, version })
    }
}

/// Whether Maven or Nexus wrote the file of that name about others: an index of
/// artifacts, or its signature or checksum.
pub fn is_index(name: &str) -> bool {
    let ends = [".asc", ".md5", ".sha1", ".sha256", ".sha512"];
    let index = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    matches!(index, "maven-metadata.xml" | "archetype-catalog.xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(names: &[&str]) -> Layout {
        let files: Vec<Listed> = names.iter().map(|name| Listed { path: (*name).to_owned(), bytes: 1 }).collect();
        Layout::of(&files)
    }

    #[test]
    fn one_pom_makes_no_repository() {
        let whole = ["org/demo/core/1.0/core-1.0.pom", "org/demo/core/1.0/core-1.0.pom.sha1"];
        let metadata = ["org/demo/core/maven-metadata.xml", "org/demo/core/maven-metadata.xml.md5"];
        let and = |more: &[&'static str]| layout(&[&whole[..], &metadata, more].concat());
        assert_eq!(and(&["org/demo/core/1.0/core-1.0-sources.jar"]), Layout::Maven);
        for other in [
            "core-1.0-src.tgz",
            "org/demo/core/1.0/evil-1.0.jar",
            "org/demo/core/1.0/core-1.1.jar",
            "org/demo/core/1.0/core-1.0evil",
            "org/demo/maven-metadata.xml-evil.tgz",
        ] {
            assert_eq!(and(&[other]), Layout::Distribution, "{other}");
        }
        assert_eq!(layout(&["demo-1.0.pom", "demo-1.0.jar", "demo-1.0.jar.sha1"]), Layout::Distribution);
        assert_eq!(layout(&["a/b/1/b-1.jar", "a/b/1/b-1.jar.sha1"]), Layout::Distribution, "no pom");
        assert_eq!(layout(&["core/1.0/core-1.0.pom"]), Layout::Maven, "as its group's directory is listed");
    }
}
