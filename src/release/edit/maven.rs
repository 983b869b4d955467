// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Versions in Maven poms, by the byte ranges of their texts.

use std::collections::BTreeSet;
use std::ops::Range;

use roxmltree::{Document, Node};

use super::apply::{Look, Mismatch};
use super::versions::VersionChange;

/// The groups and artifacts that a tree's poms define.
#[derive(Debug, Default)]
pub(super) struct Coordinates {
    groups: BTreeSet<String>,
    artifacts: BTreeSet<(String, String)>,
}

impl Coordinates {
    /// Of all `poms`; what cannot be read is passed over here.
    pub(super) fn of<'a>(poms: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for pom in poms {
            let Ok(document) = Document::parse(pom) else { continue };
            let project = document.root_element();
            let parent = child(project, "parent");
            let group = value(project, "groupId").or_else(|| parent.and_then(|parent| value(parent, "groupId")));
            if let (Some(group), Some(artifact)) = (group, value(project, "artifactId")) {
                all.groups.insert(group.to_owned());
                all.artifacts.insert((group.to_owned(), artifact.to_owned()));
            }
        }
        all
    }

    fn has_artifact(&self, node: Node<'_, '_>) -> bool {
        match (value(node, "groupId"), value(node, "artifactId")) {
            (Some(group), Some(artifact)) => self.artifacts.contains(&(group.to_owned(), artifact.to_owned())),
            _ => false,
        }
    }

    fn has_group(&self, node: Node<'_, '_>) -> bool {
        value(node, "groupId").is_some_and(|group| {
            self.groups.contains(group) || matches!(group, "${project.groupId}" | "${pom.groupId}")
        })
    }
}

/// What to set in one pom.
pub(super) fn look(text: &str, coordinates: &Coordinates, versions: &VersionChange) -> Look {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return Look::mismatch(0, format!("what is no XML ({error})"), "a Maven pom"),
    };
    let project = document.root_element();
    if project.tag_name().name() != "project" {
        return Look::mismatch(0, format!("an element `{}`", project.tag_name().name()), "a Maven `project`");
    }
    let mut pom = Pom { text, versions, look: Look::default() };
    let parent = child(project, "parent");
    pom.demand(child(project, "version"), "the project's version");
    if let Some(parent) = parent.filter(|parent| coordinates.has_artifact(*parent)) {
        pom.demand(child(parent, "version"), "the version of a parent in the tree");
    }
    for node in project.descendants().filter(|node| node.is_element() && !is_configuration(*node)) {
        if matches!(node.tag_name().name(), "dependency" | "plugin" | "extension") && coordinates.has_group(node) {
            pom.accept(child(node, "version"));
        }
        if node.tag_name().name() == "properties" && is_properties_of_maven(node) {
            pom.properties(node);
        }
    }
    pom.look
}

/// The version of the project: its own, else its parent's.
pub(super) fn project_version(text: &str) -> Result<(String, usize), (String, usize)> {
    let document = Document::parse(text).map_err(|error| (format!("what is no XML ({error})"), 0))?;
    let project = document.root_element();
    let node = child(project, "version").or_else(|| child(child(project, "parent")?, "version"));
    match node.and_then(|node| literal(text, node)) {
        Some((range, version)) if !version.contains("${") => Ok((version.to_owned(), range.start)),
        Some((range, version)) => Err((format!("`{version}`"), range.start)),
        None => Err(("no version".into(), 0)),
    }
}

struct Pom<'a> {
    text: &'a str,
    versions: &'a VersionChange,
    look: Look,
}

impl Pom<'_> {
    /// The version in `node` must be the old or the new one, or an expression.
    fn demand(&mut self, node: Option<Node<'_, '_>>, what: &str) {
        let Some(node) = node else { return };
        let VersionChange { old, new } = self.versions;
        let found = match literal(self.text, node) {
            Some((_, version)) if version.contains("${") => return,
            Some((range, version)) if version == old || version == new => return self.hit(range),
            Some((_, version)) => format!("`{version}` as {what}"),
            None => format!("more than text as {what}"),
        };
        let expected = if old == new { format!("`{new}`") } else { format!("`{old}` or `{new}`") };
        self.look.mismatches.push(Mismatch { at: node.range().start, found, expected });
    }

    /// The version in `node` is taken where it is the old or the new one.
    fn accept(&mut self, node: Option<Node<'_, '_>>) {
        let Some((range, version)) = node.and_then(|node| literal(self.text, node)) else { return };
        if version == self.versions.old || version == self.versions.new {
            self.hit(range);
        }
    }

    fn properties(&mut self, node: Node<'_, '_>) {
        for property in node.children().filter(Node::is_element) {
            // One that has the new version already may have it by chance: it proves nothing.
            if let Some((range, value)) = literal(self.text, property)
                && value == self.versions.old
            {
                self.hit(range);
            }
        }
    }

    fn hit(&mut self, range: Range<usize>) {
        self.look.hits.push((range, self.versions.new.clone()));
    }
}

/// Whether the node is in a plugin's configuration, which is the plugin's own.
fn is_configuration(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| above.tag_name().name() == "configuration")
}

/// `<properties>` of the project or of a profile, and not a plugin's configuration.
fn is_properties_of_maven(node: Node<'_, '_>) -> bool {
    node.parent_element().is_some_and(|parent| matches!(parent.tag_name().name(), "project" | "profile"))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}

/// The trimmed text of an element that holds nothing else, and where it stands.
fn literal<'a>(source: &'a str, node: Node<'_, '_>) -> Option<(Range<usize>, &'a str)> {
    let mut children = node.children();
    let text = children.next().filter(Node::is_text)?;
    if children.next().is_some() {
        return None;
    }
    let range = text.range();
    let raw = source.get(range.clone())?;
    let start = range.start + (raw.len() - raw.trim_start().len());
    let trimmed = raw.trim();
    (!trimmed.is_empty()).then(|| (start..start + trimmed.len(), trimmed))
}
