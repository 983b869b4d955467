// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! YAML as a tree whose every node knows its place.

use std::collections::HashMap;
use std::sync::Arc;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, TScalarStyle};

use crate::{Fault, Place};

/// How deep nodes may be within each other.
const DEEPEST: usize = 64;
/// How many nodes a file may have, each use of an anchor counted.
const MOST_NODES: usize = 200_000;

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Nothing,
    Scalar(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> String {
        match &self.content {
            Content::Nothing => "nothing".to_owned(),
            Content::Scalar(text) if text.len() <= 60 => format!("{text:?}"),
            Content::Scalar(_) => "a long text".to_owned(),
            Content::Sequence(nodes) if nodes.is_empty() => "an empty list".to_owned(),
            Content::Sequence(_) => "a list".to_owned(),
            Content::Mapping(_) => "a mapping".to_owned(),
        }
    }

    fn size(&self) -> usize {
        1 + match &self.content {
            Content::Nothing | Content::Scalar(_) => 0,
            Content::Sequence(nodes) => nodes.iter().map(Self::size).sum(),
            Content::Mapping(entries) => entries.iter().map(|(key, value)| key.size() + value.size()).sum(),
        }
    }
}

/// The documents of a file.
pub(crate) fn documents(file: &Arc<str>, text: &str) -> Result<Vec<Node>, Fault> {
    // The parser takes it for the end, and says nothing of what follows.
    if let Some(at) = text.find('\0') {
        let message = "this is no YAML: a NUL, the character U+0000, has no place in it".to_owned();
        return Err(Fault { place: Place::at(file, text, at), message });
    }
    // Some editors put a mark of UTF-8 at the beginning.
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut builder = Builder { file: file.clone(), ..Builder::default() };
    loop {
        let (event, mark) = parser.next_token().map_err(|error| Fault {
            place: place(file, error.marker()),
            message: format!("this is no YAML: {}", error.info()),
        })?;
        if event == Event::StreamEnd {
            return Ok(builder.documents);
        }
        builder.take(event, &mark)?;
    }
}

fn place(file: &Arc<str>, mark: &Marker) -> Place {
    Place { file: file.clone(), line: mark.line().max(1), column: mark.col() + 1 }
}

#[derive(Default)]
struct Builder {
    file: Arc<str>,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

struct Open {
    place: Place,
    anchor: usize,
    children: Vec<Node>,
    mapping: bool,
}

impl Builder {
    fn take(&mut self, event: Event, mark: &Marker) -> Result<(), Fault> {
        let place = place(&self.file, mark);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let nothing = style == TScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let content = if nothing { Content::Nothing } else { Content::Scalar(text) };
                self.add(Node { place, content }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(place, anchor, false),
            Event::MappingStart(anchor, _) => self.open(place, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { place, anchor, children, mapping }) = self.open.pop() else { return Ok(()) };
                // The parser's mark of a block is behind its first key.
                let place = children.first().map_or(place.clone(), |first| first.place.clone().min(place));
                let content = if mapping { pairs(children) } else { Content::Sequence(children) };
                self.add(Node { place, content }, anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => {
                    let node = Node { place, ..node.clone() };
                    self.add(node, 0)
                }
                None => Err(Fault { place, message: "an anchor is used within itself".to_owned() }),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn open(&mut self, place: Place, anchor: usize, mapping: bool) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(Fault { place, message: format!("more than {DEEPEST} levels within each other") });
        }
        self.open.push(Open { place, anchor, children: Vec::new(), mapping });
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += if anchor == 0 && self.anchors.is_empty() { 1 } else { node.size() };
        if self.nodes > MOST_NODES {
            return Err(Fault { place: node.place, message: format!("more than {MOST_NODES} nodes") });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.documents.push(node),
        }
        Ok(())
    }
}

fn pairs(children: Vec<Node>) -> Content {
    let mut entries = Vec::with_capacity(children.len() / 2);
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        entries.push((key, value));
    }
    Content::Mapping(entries)
}
