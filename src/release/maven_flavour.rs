// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A Maven build that is made once for each version of something else that it works with, such
//! as a connector for each minor version of Flink: the same tree, with a suffix behind its
//! version and further arguments.

use std::collections::BTreeMap;
use std::ops::Range;

use roxmltree::{Document, Node};
use serde::{Deserialize, Serialize};

use super::ModuleError;

/// One of the builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenFlavour {
    /// What stands behind the version of every module: `-2.1`.
    pub suffix: String,
    /// What the command that stages is given further: `-Dflink.version=2.1.0`.
    #[serde(default)]
    pub arguments: Vec<String>,
}

impl MavenFlavour {
    /// The command that stages this build.
    pub fn command(&self, deploy: &[String]) -> Vec<String> {
        deploy.iter().chain(&self.arguments).cloned().collect()
    }

    /// The poms of the tree with the suffix behind the version of the build, which is the root's:
    /// in each pom that has it as its own or as its parent's.
    ///
    /// # Errors
    /// When the root has no version of its own, or a pom is no XML.
    pub fn poms(&self, poms: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ModuleError> {
        let fail = |why: &str| ModuleError { place: "pom.xml".to_owned(), why: why.to_owned() };
        let root = poms.get("pom.xml").ok_or_else(|| fail("there is no such pom in the tree"))?;
        let root = Document::parse(root).map_err(|error| fail(&format!("it is no XML: {error}")))?;
        let version = version_of(root.root_element()).filter(|(version, _)| !version.contains("${"));
        let (version, _) = version.ok_or_else(|| fail("it has no version of its own that a suffix could follow"))?;
        let with_suffix = |(path, text): (&String, &String)| {
            let fail = |error| ModuleError { place: path.clone(), why: format!("it is no XML: {error}") };
            let document = match Document::parse(text) {
                Ok(document) => document,
                // beside the poms there may be other XML, which is nobody's module
                Err(_) if !path.ends_with("pom.xml") => return Ok((path.clone(), text.clone())),
                Err(error) => return Err(fail(error)),
            };
            let project = document.root_element();
            let parent = project.children().find(|node| node.tag_name().name() == "parent");
            let places = [Some(project), parent].into_iter().flatten().filter_map(version_of);
            let mut ends: Vec<usize> =
                places.filter(|(found, _)| *found == version).map(|(_, range)| range.end).collect();
            ends.sort_unstable();
            let mut text = text.clone();
            ends.iter().rev().for_each(|end| text.insert_str(*end, &self.suffix));
            Ok((path.clone(), text))
        };
        poms.iter().map(with_suffix).collect()
    }
}

/// The text of the element's own version, and where it stands.
fn version_of<'a>(element: Node<'a, '_>) -> Option<(&'a str, Range<usize>)> {
    let version = element.children().find(|node| node.tag_name().name() == "version")?;
    let text = version.first_child().filter(Node::is_text)?;
    let (whole, range) = (text.text()?, text.range());
    let start = range.start + (whole.len() - whole.trim_start().len());
    let version = whole.trim();
    Some((version, start..start + version.len())).filter(|_| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_follows_the_version_of_the_build_and_no_other() {
        let root = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n<parent><version>31</version></parent>\n\
            <!-- 3.4.0 --><version> 3.4.0 </version><properties><x>3.4.0</x></properties>\n\
            <dependencies><dependency><version>3.4.0</version></dependency></dependencies></project>";
        let child = "<project><parent><version>3.4.0</version></parent><version>3.4.0</version></project>";
        let other = "<project><version>9</version></project>";
        let all = [("pom.xml", root), ("a/pom.xml", child), ("b/pom.xml", other), ("c.xml", "no XML <")];
        let poms = all.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let flavour = MavenFlavour { suffix: "-2.1".into(), arguments: vec!["-Dx=1".into()] };
        let made = flavour.poms(&poms).unwrap();
        assert_eq!(made["pom.xml"], root.replacen("> 3.4.0 <", "> 3.4.0-2.1 <", 1));
        assert_eq!(made["a/pom.xml"], child.replace("3.4.0", "3.4.0-2.1"));
        assert_eq!((made["b/pom.xml"].as_str(), made["c.xml"].as_str()), (other, "no XML <"));
        assert_eq!(flavour.command(&["mvn".into()]), ["mvn", "-Dx=1"]);
    }

    #[test]
    fn a_build_whose_version_is_elsewhere_has_no_flavours() {
        let flavour = MavenFlavour { suffix: "-2.1".into(), arguments: Vec::new() };
        for root in ["<project/>", "<project><version>${revision}</version></project>", "<project"] {
            let poms = BTreeMap::from([("pom.xml".to_owned(), root.to_owned())]);
            assert_eq!(flavour.poms(&poms).unwrap_err().place, "pom.xml", "{root}");
        }
    }
}
