// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a pom says of the artifact that it is for.

use super::layout::Coordinates;
use super::signature::printable;

/// Who a pom is for; what it does not say itself it has from its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pom {
    /// The artifact's id.
    pub artifact: String,
    /// The version, as it is written: `${revision}` is none yet.
    pub version: String,
    /// The directories of the modules that are built with it.
    pub modules: Vec<String>,
}

impl Pom {
    /// Reads a pom.
    ///
    /// # Errors
    /// When it is none, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let document = roxmltree::Document::parse(text).map_err(|error| format!("it is no XML: {error}"))?;
        let project = document.root_element();
        if project.tag_name().name() != "project" {
            return Err(format!("it is a <{}>, expected a <project>", printable(project.tag_name().name())));
        }
        let child = |of: roxmltree::Node<'_, '_>, name: &str| {
            let mut children = of.children().filter(|child| child.tag_name().name() == name);
            children.next().and_then(|child| child.text()).map(|text| text.trim().to_owned())
        };
        let parent = project.children().find(|node| node.tag_name().name() == "parent");
        let said = |name: &str| child(project, name);
        let version = said("version").or_else(|| parent.and_then(|parent| child(parent, "version")));
        Ok(Self {
            artifact: said("artifactId").ok_or("it has no artifactId")?,
            version: version.ok_or("it has no version, and no parent that has one")?,
            modules: project
                .descendants()
                .filter(|node| node.tag_name().name() == "module")
                .filter_map(|node| Some(node.text()?.trim().to_owned()))
                .collect(),
        })
    }

    /// Whether the version is for the build to fill in.
    pub fn is_open(&self) -> bool {
        self.version.contains("${")
    }
}

/// What is wrong with the pom at `path`, which was built for `version`.
pub fn faults(path: &str, text: &[u8], version: Option<&str>) -> Vec<String> {
    let pom = match Pom::parse(&String::from_utf8_lossy(text)) {
        Ok(pom) => pom,
        Err(fault) => return vec![fault],
    };
    let place = Coordinates::of(path);
    let wanted = version.or(place.map(|place| place.version));
    let mut faults = Vec::new();
    if let Some(wanted) = wanted.filter(|wanted| pom.version != *wanted) {
        faults.push(format!("its version is {}, not {wanted}", printable(&pom.version)));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let called = match place {
        Some(place) => place.artifact == pom.artifact,
        None => name.strip_prefix(pom.artifact.as_str()).is_some_and(|rest| rest.starts_with(['-', '.'])),
    };
    if !called {
        faults.push(format!("it is the pom of {}", printable(&pom.artifact)));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pom(inner: &str) -> String {
        format!("<?xml version=\"1.0\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">{inner}</project>")
    }

    const CORE: &str = "<artifactId>core</artifactId>";
    const PARENT: &str = "<parent><artifactId>all</artifactId><version>1.2.0</version></parent>";

    #[test]
    fn a_pom_is_of_the_release_and_of_its_place() {
        let at = |path: &str, inner: &str| faults(path, pom(inner).as_bytes(), Some("1.2.0"));
        let own = |version: &str| format!("{PARENT}{CORE}<version>{version}</version>");
        let place = "org/demo/core/1.2.0/core-1.2.0.pom";
        assert_eq!(at(place, &own("1.2.0")), [""; 0]);
        assert_eq!(at("core-1.2.0.pom", &format!("{PARENT}{CORE}")), [""; 0]);
        assert_eq!(at(place, &own("1.2-SNAPSHOT")), ["its version is 1.2-SNAPSHOT, not 1.2.0"]);
        assert_eq!(at(place, &own("${revision}")), ["its version is ${revision}, not 1.2.0"]);
        assert_eq!(at(place, PARENT), ["it has no artifactId"]);
        assert_eq!(at(place, CORE), ["it has no version, and no parent that has one"]);
        assert_eq!(at("org/demo/cor/1.2.0/cor-1.2.0.pom", &own("1.2.0")), ["it is the pom of core"]);
        assert!(faults(place, b"<project", None)[0].starts_with("it is no XML"));
        assert!(faults(place, b"<html/>", None)[0].contains("<html>"));
        let other = faults("org/demo/core/1.1/core-1.1.pom", pom(&own("1.2.0")).as_bytes(), None);
        assert_eq!(other, ["its version is 1.2.0, not 1.1"]);
    }
}
