// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The modules of a Maven build, as the poms of a tree say, and the files that each of them
//! publishes. Only what is in the tree is read: a parent from elsewhere says nothing here.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use roxmltree::{Document, Node};
use serde::{Deserialize, Serialize};

/// A module that is published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MavenModule {
    /// `org.apache.greeter`.
    pub group: String,
    /// `greeter-core`.
    pub artifact: String,
    /// `1.2.0`.
    pub version: String,
    /// `jar`, `pom`, …
    pub packaging: String,
    /// Its pom in the tree: `greeter-core/pom.xml`.
    pub pom: String,
    /// Whether it makes a test jar.
    pub test_jar: bool,
}

/// What the poms cannot say of a build: each a list of artifact ids, as globs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenRules {
    /// Modules that are not deployed, beside those that say so by `maven.deploy.skip`.
    #[serde(default)]
    pub unpublished: Vec<String>,
    /// Modules with a test jar, beside those that say so by the goal `test-jar`.
    #[serde(default)]
    pub test_jars: Vec<String>,
    /// Modules that have no javadoc jar.
    #[serde(default)]
    pub without_javadoc: Vec<String>,
    /// Modules that have no sources jar.
    #[serde(default)]
    pub without_sources: Vec<String>,
}

/// Poms that cannot be read as a build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ModuleError {
    /// Which pom, or which rule.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl MavenModule {
    /// The directory of this version in a repository: `org/apache/greeter/greeter-core/1.2.0`.
    pub fn directory(&self) -> String {
        format!("{}/{}/{}", self.group.replace('.', "/"), self.artifact, self.version)
    }

    /// Where its pom is in a repository.
    pub fn pom_path(&self) -> String {
        self.path(".pom")
    }

    /// The file of this version with an ending: `-sources.jar`.
    pub fn path(&self, ending: &str) -> String {
        format!("{}/{}-{}{ending}", self.directory(), self.artifact, self.version)
    }

    /// The ending of a file of this version, `-sources.jar`; `None` where `path` is none of its.
    pub fn ending<'a>(&self, path: &'a str) -> Option<&'a str> {
        let name = path.strip_prefix(&self.directory())?.strip_prefix('/')?;
        name.strip_prefix(&format!("{}-{}", self.artifact, self.version))
    }

    /// The endings of the files that it must publish, signatures and checksums left out.
    ///
    /// # Errors
    /// When a rule is no glob.
    pub fn endings(&self, rules: &MavenRules) -> Result<Vec<String>, ModuleError> {
        let fits = |globs: &[String]| glob_set(globs).map(|set| set.is_match(&self.artifact));
        let mut endings = vec![".pom".to_owned()];
        let extension = match self.packaging.as_str() {
            "pom" => return Ok(endings),
            "jar" | "maven-plugin" | "bundle" | "ejb" | "test-jar" | "maven-archetype" => "jar",
            other => other,
        };
        endings.push(format!(".{extension}"));
        // an archetype has no code of its own
        let code = extension == "jar" && self.packaging != "maven-archetype";
        if code && !fits(&rules.without_sources)? {
            endings.push("-sources.jar".to_owned());
        }
        if code && !fits(&rules.without_javadoc)? {
            endings.push("-javadoc.jar".to_owned());
        }
        if code && (self.test_jar || fits(&rules.test_jars)?) {
            endings.extend(["-tests.jar", "-test-sources.jar"].map(str::to_owned));
        }
        Ok(endings)
    }
}

fn glob_set(globs: &[String]) -> Result<GlobSet, ModuleError> {
    let fail = |error: globset::Error| ModuleError { place: "[maven]".to_owned(), why: error.to_string() };
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(Glob::new(glob).map_err(fail)?);
    }
    set.build().map_err(fail)
}

/// The published modules of the build whose root is `pom.xml`, with those of the
/// `profiles`; `poms` are all poms of the tree by path. Sorted.
///
/// # Errors
/// When a pom is missing or cannot be understood.
pub fn maven_modules(
    poms: &BTreeMap<String, String>,
    profiles: &[String],
    rules: &MavenRules,
) -> Result<Vec<MavenModule>, ModuleError> {
    let unpublished = glob_set(&rules.unpublished)?;
    let mut found = Vec::new();
    read("pom.xml", poms, profiles, &Inherited::default(), &mut found, 0)?;
    found.retain(|module| !unpublished.is_match(&module.module.artifact) && !module.skipped);
    let mut modules: Vec<MavenModule> = found.into_iter().map(|found| found.module).collect();
    modules.sort();
    modules.dedup();
    Ok(modules)
}

/// The profiles that a Maven command names: those of `-Papache-release,docs`.
pub fn maven_profiles(command: &[String]) -> Vec<String> {
    let mut profiles = Vec::new();
    let mut words = command.iter();
    while let Some(word) = words.next() {
        let named = match word.strip_prefix("-P").or_else(|| word.strip_prefix("--activate-profiles")) {
            Some("") => words.next().map(String::as_str),
            Some(named) => Some(named.trim_start_matches('=')),
            None => None,
        };
        let named = named.into_iter().flat_map(|named| named.split(','));
        profiles.extend(named.map(|name| name.trim_start_matches('?').to_owned()).filter(|name| !name.is_empty()));
    }
    profiles
}

/// What a module has of the modules above it.
#[derive(Debug, Clone, Default)]
struct Inherited {
    group: String,
    version: String,
    properties: BTreeMap<String, String>,
    skipped: bool,
    test_jar: bool,
}

struct Found {
    module: MavenModule,
    skipped: bool,
}

/// Deeper nests no build that people can keep in their heads; a circle of modules ends here.
const DEEPEST: usize = 30;

fn read(
    path: &str,
    poms: &BTreeMap<String, String>,
    profiles: &[String],
    above: &Inherited,
    found: &mut Vec<Found>,
    depth: usize,
) -> Result<(), ModuleError> {
    let fail = |why: String| ModuleError { place: path.to_owned(), why };
    if depth > DEEPEST {
        return Err(fail("the modules nest without end".to_owned()));
    }
    let text = poms.get(path).ok_or_else(|| fail("there is no such pom in the tree".to_owned()))?;
    let document = Document::parse(text).map_err(|error| fail(format!("it is no XML: {error}")))?;
    let project = document.root_element();
    let mut here = Inherited {
        // a build of several modules whose children name another parent inherits nothing from here
        group: of_parent(project, "groupId").unwrap_or_default(),
        version: of_parent(project, "version").unwrap_or_default(),
        ..above.clone()
    };
    here.properties.extend(properties(project));
    let resolve = |value: String, here: &Inherited| resolved(&value, here);
    if let Some(group) = child_text(project, "groupId") {
        here.group = group;
    }
    if let Some(version) = child_text(project, "version") {
        here.version = version;
    }
    here.version = resolve(here.version.clone(), &here);
    here.group = resolve(here.group.clone(), &here);
    let artifact = child_text(project, "artifactId").ok_or_else(|| fail("it has no artifactId".to_owned()))?;
    let artifact = resolve(artifact, &here);
    if here.group.is_empty() || here.version.is_empty() || here.version.contains("${") {
        return Err(fail(format!("group `{}` and version `{}` cannot be told", here.group, here.version)));
    }
    here.skipped = skips(project, &here);
    here.test_jar |= plugin(project, "maven-jar-plugin")
        .is_some_and(|plugin| plugin.descendants().any(|node| node.has_tag_name_of("goal", "test-jar")));
    let packaging = child_text(project, "packaging").unwrap_or_else(|| "jar".to_owned());
    found.push(Found {
        module: MavenModule {
            group: here.group.clone(),
            artifact,
            version: here.version.clone(),
            packaging,
            pom: path.to_owned(),
            test_jar: here.test_jar,
        },
        skipped: here.skipped,
    });
    for module in module_names(project, profiles) {
        let below = joined(path, &module).ok_or_else(|| fail(format!("module `{module}` is outside of the tree")))?;
        read(&below, poms, profiles, &here, found, depth + 1)?;
    }
    Ok(())
}

/// Tag names without regard to the namespace, which some poms lack.
trait Tag {
    fn has_tag_name_of(&self, name: &str, text: &str) -> bool;
}

impl Tag for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str, text: &str) -> bool {
        self.tag_name().name() == name && self.text().map(str::trim) == Some(text)
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn child_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name)?.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn of_parent(project: Node<'_, '_>, name: &str) -> Option<String> {
    child_text(child(project, "parent")?, name)
}

fn properties(project: Node<'_, '_>) -> BTreeMap<String, String> {
    let all = child(project, "properties").into_iter().flat_map(|node| node.children()).filter(Node::is_element);
    all.map(|node| (node.tag_name().name().to_owned(), node.text().unwrap_or_default().trim().to_owned())).collect()
}

fn plugin<'a, 'i>(project: Node<'a, 'i>, artifact: &str) -> Option<Node<'a, 'i>> {
    let plugins = child(child(project, "build")?, "plugins")?;
    plugins.children().find(|plugin| child_text(*plugin, "artifactId").as_deref() == Some(artifact))
}

/// Whether the module is not deployed: its own plugin's word, else the property's.
fn skips(project: Node<'_, '_>, here: &Inherited) -> bool {
    let configured = plugin(project, "maven-deploy-plugin")
        .and_then(|plugin| child_text(child(plugin, "configuration")?, "skip"))
        .or_else(|| here.properties.get("maven.deploy.skip").cloned());
    match configured {
        Some(value) => resolved(&value, here) == "true",
        None => here.skipped,
    }
}

fn module_names(project: Node<'_, '_>, profiles: &[String]) -> Vec<String> {
    let of = |node: Node<'_, '_>| -> Vec<String> {
        let modules = child(node, "modules").into_iter().flat_map(|modules| modules.children());
        modules.filter(Node::is_element).filter_map(|module| Some(module.text()?.trim().to_owned())).collect()
    };
    let mut names = of(project);
    for profile in child(project, "profiles").into_iter().flat_map(|all| all.children()).filter(Node::is_element) {
        if child_text(profile, "id").is_some_and(|id| profiles.contains(&id)) {
            names.extend(of(profile));
        }
    }
    names
}

/// The pom of `module`, as the pom at `path` names it.
fn joined(path: &str, module: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in module.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    if !module.ends_with(".xml") {
        parts.push("pom.xml");
    }
    Some(parts.join("/"))
}

/// `value` with the properties of the tree filled in.
fn resolved(value: &str, here: &Inherited) -> String {
    let mut text = value.to_owned();
    for _ in 0..10 {
        let Some((before, rest)) = text.split_once("${") else { break };
        let Some((name, after)) = rest.split_once('}') else { break };
        let filled = match name {
            "project.version" | "version" => Some(&here.version),
            "project.groupId" | "groupId" => Some(&here.group),
            name => here.properties.get(name),
        };
        match filled {
            Some(filled) if !filled.contains(&format!("${{{name}}}")) => text = format!("{before}{filled}{after}"),
            _ => break,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pom(inside: &str) -> String {
        format!("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">{inside}</project>")
    }

    fn parent() -> &'static str {
        "<parent><groupId>org.example</groupId><artifactId>top</artifactId><version>1.2.0</version></parent>"
    }

    fn tree() -> BTreeMap<String, String> {
        let top = "<groupId>org.example</groupId><artifactId>top</artifactId><version>${revision}</version>\
            <packaging>pom</packaging><properties><revision>1.2.0</revision></properties>\
            <modules><module>core</module><module>./examples</module></modules>\
            <profiles><profile><id>docs</id><modules><module>docs</module></modules></profile></profiles>";
        let core = "<artifactId>core</artifactId><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId>\
            <executions><execution><goals><goal> test-jar </goal></goals></execution></executions></plugin></plugins></build>";
        let examples = "<artifactId>examples</artifactId><packaging>pom</packaging>\
            <properties><maven.deploy.skip>true</maven.deploy.skip></properties><modules><module>hello</module></modules>";
        [
            ("pom.xml", pom(top)),
            ("core/pom.xml", pom(&format!("{}{core}", parent()))),
            ("examples/pom.xml", pom(&format!("{}{examples}", parent()))),
            ("examples/hello/pom.xml", pom(&format!("{}<artifactId>hello</artifactId>", parent()))),
            (
                "docs/pom.xml",
                pom(&format!(
                    "{}<artifactId>docs-${{project.version}}</artifactId><packaging>war</packaging>",
                    parent()
                )),
            ),
        ]
        .map(|(path, text)| (path.to_owned(), text))
        .into()
    }

    fn of(profiles: &[&str], rules: &MavenRules) -> Vec<String> {
        let profiles: Vec<String> = profiles.iter().map(|&name| name.to_owned()).collect();
        let modules = maven_modules(&tree(), &profiles, rules).unwrap();
        let told = |module: &MavenModule| format!("{} {}", module.pom_path(), module.endings(rules).unwrap().join(" "));
        modules.iter().map(told).collect()
    }

    #[test]
    fn what_is_published_is_read_from_the_poms() {
        let core =
            "org/example/core/1.2.0/core-1.2.0.pom .pom .jar -sources.jar -javadoc.jar -tests.jar -test-sources.jar";
        let top = "org/example/top/1.2.0/top-1.2.0.pom .pom";
        assert_eq!(of(&[], &MavenRules::default()), [core, top]);
        let docs = "org/example/docs-1.2.0/1.2.0/docs-1.2.0-1.2.0.pom .pom .war";
        assert_eq!(of(&["docs"], &MavenRules::default()), [core, docs, top]);
        let rules = MavenRules {
            unpublished: vec!["to?".to_owned()],
            without_javadoc: vec!["c*".to_owned()],
            ..MavenRules::default()
        };
        assert_eq!(of(&[], &rules), [core.replace(" -javadoc.jar", "")]);
    }

    #[test]
    fn what_cannot_be_told_is_an_error_with_its_place() {
        let fault = |path: &str, text: &str| {
            let mut poms = tree();
            poms.insert(path.to_owned(), text.to_owned());
            maven_modules(&poms, &[], &MavenRules::default()).unwrap_err().to_string()
        };
        assert!(fault("core/pom.xml", "<project>").starts_with("core/pom.xml: it is no XML"));
        assert!(fault("core/pom.xml", &pom(parent())).ends_with("it has no artifactId"));
        let foreign = pom("<artifactId>core</artifactId><version>${somewhere}</version><groupId>x</groupId>");
        assert!(fault("core/pom.xml", &foreign).contains("version `${somewhere}` cannot be told"));
        let circle = pom(
            "<groupId>x</groupId><artifactId>x</artifactId><version>1</version><modules><module>.</module></modules>",
        );
        assert!(fault("pom.xml", &circle).ends_with("nest without end"));
        let outside = circle.replace(">.<", ">../../x<");
        assert!(fault("pom.xml", &outside).ends_with("is outside of the tree"));
        assert!(fault("pom.xml", &circle.replace(">.<", ">gone<")).starts_with("gone/pom.xml: there is no"));
        let rules = MavenRules { unpublished: vec!["[".to_owned()], ..MavenRules::default() };
        assert!(maven_modules(&tree(), &[], &rules).is_err());
    }

    #[test]
    fn a_file_is_known_by_its_ending_and_profiles_by_the_command() {
        let module = &maven_modules(&tree(), &[], &MavenRules::default()).unwrap()[0];
        assert_eq!(module.ending("org/example/core/1.2.0/core-1.2.0-sources.jar.asc"), Some("-sources.jar.asc"));
        assert_eq!(module.ending("org/example/core/1.2.0/other-1.2.0.jar"), None);
        assert_eq!(module.ending("org/example/core2/1.2.0/core-1.2.0.jar"), None);
        let profiles = |words: &[&str]| maven_profiles(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            profiles(&["mvn", "deploy", "-Papache-release,?docs", "-P", "x", "-DskipTests"]),
            ["apache-release", "docs", "x"]
        );
        assert_eq!(profiles(&["mvn", "deploy"]), [""; 0]);
    }
}
