// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each source archive against the tag that it is said to be made from.

use std::collections::BTreeMap;

use super::here::Here;
use super::repository;

use crate::commands::CommandError;
use crate::release::{PathRules, Sha512};
use crate::services::address::hide_login;
use crate::services::{FileKind, Git, GitError};
use crate::verify::signature::{FurtherDigests, Reading, SignatureFile};
use crate::verify::{
    Against, CandidateFindings, Finding, ProductRules, Tree, TreeEntry, TreeKind, compare_submodules, compare_trees,
    tree_of_archive,
};

/// The check's name.
const CHECK: &str = "source-tag";

/// Adds what the tag `name` of `repository` says of the source archives, which a project may
/// stage in several forms; returns the commit that it is on.
///
/// # Errors
/// When the repository cannot be asked.
pub fn check(
    left_out: &PathRules,
    rules: &ProductRules,
    against: &Against<'_>,
    name: &str,
    repository: &str,
    here: &Here,
    found: &mut CandidateFindings,
) -> Result<Option<String>, CommandError> {
    let failed = |error: GitError| repository::failed(repository, &error);
    let (git, _place) = repository::open(repository, name)?;
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
    let trees = tree_of_commit(&git, &commit, left_out).and_then(|tree| Ok((tree, git.submodules(&commit)?)));
    let (expected, mut submodules) = match trees {
        // no archive of this program's can have it, and the rest of the candidate is held against all else
        Err(GitError::Path { path, .. }) => {
            let detail = format!("{path}: a path of the tag {name} that is no UTF-8; its files were not compared");
            found.whole.push(Finding::fail(CHECK, detail));
            return Ok(Some(commit));
        }
        read => read.map_err(failed)?,
    };
    submodules.retain(|path| !left_out.fit(path));
    let what = format!("the tag {name} (commit {})", &commit[..commit.len().min(12)]);
    for source in sources {
        let findings = match tree_of_archive(&source, &here.place().join(&source), against.limits) {
            Ok(tree) => {
                let of_submodules = compare_submodules(&what, &submodules, &tree);
                of_submodules.into_iter().chain(compare_trees(&what, &expected, &tree)).collect()
            }
            Err(error) => vec![Finding::fail(CHECK, format!("it cannot be read: {error}"))],
        };
        found.files.entry(source).or_default().extend(findings);
    }
    Ok(Some(commit))
}

fn signature(name: &str, payload: &[u8], signature: &str, against: &Against<'_>) -> Vec<Finding> {
    if signature.trim().is_empty() {
        return vec![Finding::fail(CHECK, format!("the tag {name} is not signed"))];
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

/// The commit's files, less what the source archive leaves out.
fn tree_of_commit(git: &Git, commit: &str, left_out: &PathRules) -> Result<Tree, GitError> {
    let mut tree = BTreeMap::new();
    git.visit_files(
        commit,
        |path| !left_out.fit(path),
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
    Ok(tree)
}
