// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the documents say of the project can be followed: links.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tree;

#[test]
fn every_relative_link_leads_somewhere() {
    let documents: Vec<PathBuf> =
        tree::files("").into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    let mut links = 0;
    let mut broken = Vec::new();
    for document in &documents {
        for (line, target) in relative_links(&tree::text(document)) {
            links += 1;
            if !leads_somewhere(document, &target) {
                broken.push(format!("{}:{line}: {target}", document.display()));
            }
        }
    }
    assert!(documents.len() > 3 && links > 10, "only {links} links in {} documents", documents.len());
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn links_are_found_and_a_broken_one_is_noticed() {
    let text = "See [a](b.md#c) and [d](https://example.org).\n```\n[no](code.md)\n```\n[e](#f) `[g](h)`\n";
    assert_eq!(relative_links(text), [(1, "b.md#c".to_owned()), (5, "#f".to_owned())]);
    let readme = Path::new("README.md");
    assert!(leads_somewhere(readme, "docs/glossary.md") && leads_somewhere(readme, "docs"));
    assert!(!leads_somewhere(readme, "docs/no-such-page.md"));
    assert!(!leads_somewhere(readme, "docs/glossary.md#no-such-heading"));
    assert_eq!(anchor("## What `make test` does, *exactly*"), "what-make-test-does-exactly");
}

/// Line and target of each link that is no address, outside of code.
fn relative_links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let plain: String = line.split('`').step_by(2).collect();
        for part in plain.split("](").skip(1) {
            let target = part.split(')').next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push((number, target.to_owned()));
            }
        }
    }
    links
}

/// The numbered lines that are in no code block.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

fn leads_somewhere(document: &Path, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => tree::root().join(document),
        file => tree::root().join(document).with_file_name("").join(file),
    };
    if heading.is_empty() {
        return path.exists();
    }
    fs::read_to_string(path).is_ok_and(|text| prose(&text).any(|(_, line)| anchor(line) == heading))
}

/// The anchor that a heading gets; empty for any other line.
fn anchor(line: &str) -> String {
    let title = line.trim_start_matches('#');
    if title.len() == line.len() {
        return String::new();
    }
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
