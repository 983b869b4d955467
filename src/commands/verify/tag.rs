// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each source archive against the tag that it is said to be made from.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::here::Here;
use super::left_out::LeftOut;
use super::repository;

use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::release::Sha512;
use crate::services::address::hide_login;
use crate::services::{FileKind, Git, GitError, LineEnds};
use crate::ui::Ui;
use crate::verify::signature::{FurtherDigests, Reading, SignatureFile};
use crate::verify::{
    Against, CandidateFindings, CheckedOut, Finding, ProductRules, Tree, TreeEntry, TreeKind, compare_submodules,
    compare_trees, set_aside, tree_of_archive,
};

/// What git can sign with beside OpenPGP: how the signature begins, behind the tag's message.
const OTHER_SIGNATURES: [(&str, &str); 2] = [
    ("\n-----BEGIN SSH SIGNATURE-----\n", "an SSH key"),
    ("\n-----BEGIN SIGNED MESSAGE-----\n", "an X.509 certificate"),
];

/// The check's name.
const CHECK: &str = "source-tag";

/// Adds what the tag `name` of `repository` says of the source archives, which a project may
/// stage in several forms; returns the commit that it is on.
///
/// # Errors
/// When the repository cannot be asked.
pub fn check(
    ui: Ui,
    left_out: &LeftOut,
    rules: &ProductRules,
    against: &Against<'_>,
    (name, repository): (&str, &str),
    here: &Here,
    found: &mut CandidateFindings,
) -> Result<Option<String>, CommandError> {
    let failed = |error: GitError| repository::failed(repository, &error);
    let (git, _place) = repository::open(ui, repository, name)?;
    let reference = format!("refs/tags/{name}");
    let Some(object) = git.reference(&reference).map_err(failed)? else {
        found.whole.push(Finding::fail(CHECK, format!("there is no tag {name} in {}", hide_login(repository))));
        return Ok(None);
    };
    let Some(tag) = git.tag(&object).map_err(failed)? else {
        found.whole.push(Finding::fail(CHECK, format!("{name} is no annotated tag, expected a signed one")));
        return Ok(None);
    };
    found.whole.extend(signature(name, &tag.payload, &tag.signature, against));
    if tag.name != name {
        found.whole.push(Finding::fail(CHECK, format!("the tag at {name} calls itself {}", tag.name)));
    }
    let Some(commit) = tag.commit else {
        found.whole.push(Finding::fail(CHECK, format!("{name} is on no commit")));
        return Ok(None);
    };
    let sources: Vec<String> = found.files.keys().filter(|path| rules.is_source(path)).cloned().collect();
    if sources.is_empty() {
        let wanted: Vec<&str> = rules.sources.iter().map(String::as_str).collect();
        let wanted = if wanted.is_empty() { "one".to_owned() } else { wanted.join(" or ") };
        let detail = format!("no source archive in the candidate, expected {wanted}");
        found.whole.push(Finding::fail(CHECK, detail));
        return Ok(Some(commit));
    }
    let tagged = match tree_of_commit(&git, &commit, left_out) {
        // no archive of this program's can have it, and the rest of the candidate is held against all else
        Err(GitError::Path { path, .. }) => {
            let detail = format!("{path}: a path of the tag {name} that is no UTF-8; its files were not compared");
            found.whole.push(Finding::fail(CHECK, detail));
            return Ok(Some(commit));
        }
        read => read.map_err(failed)?,
    };
    let what = format!("the tag {name} (commit {})", &commit[..commit.len().min(12)]);
    let mut paths = tagged.paths.clone();
    for source in sources {
        let findings = match tree_of_archive(&source, &here.place().join(&source), against.limits) {
            Ok(tree) => {
                paths.extend(tree.keys().cloned());
                tagged.held_against(&git, &commit, &what, left_out, tree)
            }
            Err(error) => vec![Finding::fail(CHECK, format!("it cannot be read: {error}"))],
        };
        found.files.entry(source).or_default().extend(findings);
    }
    found.whole.extend(left_out.fit_nothing(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
    Ok(Some(commit))
}

fn signature(name: &str, payload: &[u8], signature: &str, against: &Against<'_>) -> Vec<Finding> {
    if signature.trim().is_empty() {
        let how = OTHER_SIGNATURES.iter().find(|(armor, _)| memchr::memmem::find(payload, armor.as_bytes()).is_some());
        let detail = match how {
            Some((_, how)) => format!("the tag {name} is signed with {how}, which no KEYS can prove: expected OpenPGP"),
            None => format!("the tag {name} is not signed"),
        };
        return vec![Finding::fail(CHECK, detail)];
    }
    let file = SignatureFile::parse(signature.as_bytes());
    let Ok(reading) = Reading::of(payload, Some(&file), FurtherDigests::default()) else {
        return vec![Finding::fail(CHECK, format!("the tag {name} cannot be read"))];
    };
    let findings = against.keys.verify(&file, &reading, against.now).findings();
    findings
        .into_iter()
        .map(|found| Finding { name: CHECK, detail: format!("the tag {name}: {}", found.detail), ..found })
        .collect()
}

/// A commit's files, as a source archive is held against them.
struct Tagged {
    /// Those that the archive has to have.
    expected: Tree,
    /// Those that a person wants not to be looked at.
    aside: Tree,
    submodules: Vec<String>,
    /// The paths of all.
    paths: Vec<String>,
}

fn tree_of_commit(git: &Git, commit: &str, left_out: &LeftOut) -> Result<Tagged, GitError> {
    let (mut tree, paths) = (BTreeMap::new(), RefCell::new(Vec::new()));
    git.visit_files(
        commit,
        |path| {
            paths.borrow_mut().push(path.to_owned());
            !left_out.configured.fit(path)
        },
        |file| {
            let kind = match file.kind {
                FileKind::Regular => TreeKind::File,
                FileKind::Executable => TreeKind::Executable,
                FileKind::Symlink => TreeKind::Symlink,
            };
            tree.insert(file.path, TreeEntry { kind, sha512: Sha512::of(&file.bytes) });
            Ok::<(), GitError>(())
        },
    )?;
    let mut submodules = git.submodules(commit)?;
    let mut paths = paths.into_inner();
    paths.extend(submodules.iter().cloned());
    submodules.retain(|path| !left_out.configured.fit(path) && !left_out.named.fit(path));
    let (aside, expected) = tree.into_iter().partition(|(path, _)| left_out.named.fit(path));
    Ok(Tagged { expected, aside, submodules, paths })
}

impl Tagged {
    /// What is to be said of an archive with the files `tree`.
    fn held_against(&self, git: &Git, commit: &str, what: &str, left_out: &LeftOut, tree: Tree) -> Vec<Finding> {
        let (aside, tree): (Tree, Tree) = tree.into_iter().partition(|(path, _)| left_out.named.fit(path));
        let mut findings = compare_submodules(what, &self.submodules, &tree);
        let said = checked_out(git, commit, &self.expected, &tree).unwrap_or_else(|error| {
            let detail = format!("what .gitattributes of {what} says could not be read: {}", chain(&error));
            findings.push(Finding::skip(CHECK, detail));
            CheckedOut::default()
        });
        findings.extend(compare_trees(what, &self.expected, &tree, &said));
        findings.extend(set_aside(what, &self.aside, &aside));
        findings
    }
}

/// What the commit's own `.gitattributes` say of its files that the archive has otherwise, or not at all.
fn checked_out(git: &Git, commit: &str, expected: &Tree, found: &Tree) -> Result<CheckedOut, GitError> {
    let (different, missing) = CheckedOut::doubtful(expected, found);
    let above = |path: &String| path.match_indices('/').map(|(at, _)| path[..=at].to_owned()).collect::<Vec<_>>();
    let directories: BTreeSet<String> = missing.iter().flat_map(above).collect();
    let asked: Vec<String> = different.iter().chain(&missing).chain(&directories).cloned().collect();
    let said = git.attributes(commit, &asked)?;
    let of = |path: &str| said.get(path).copied().unwrap_or_default();
    let mut checked_out = CheckedOut::default();
    let wanted: BTreeSet<&String> = different.iter().filter(|path| of(path).line_ends != LineEnds::Kept).collect();
    if !wanted.is_empty() {
        git.visit_files(
            commit,
            |path| wanted.contains(&path.to_owned()),
            |file| {
                let text = file.kind != FileKind::Symlink;
                if let Some(bytes) = of(&file.path).line_ends.checked_out(&file.bytes).filter(|_| text) {
                    checked_out.line_ends.insert(file.path, Sha512::of(&bytes));
                }
                Ok::<(), GitError>(())
            },
        )?;
    }
    for path in different {
        let attribute = match of(&path) {
            said if said.export_subst => "export-subst",
            said if said.ident => "ident",
            _ => continue,
        };
        checked_out.expanded.insert(path, attribute);
    }
    for path in missing {
        let ignored = above(&path).into_iter().chain([path.clone()]).find(|path| of(path).export_ignore);
        checked_out.ignored.extend(ignored.map(|said| (path, said.trim_end_matches('/').to_owned())));
    }
    Ok(checked_out)
}
