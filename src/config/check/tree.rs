// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is in the repository and comes out of it: branches, tags, the source archive, builds.

use super::{Faults, ProductFault};
use crate::config::build::Build;
use crate::config::expected as ask;
use crate::config::product::Product;

pub(super) fn git(faults: &mut Faults, product: &Product) {
    let git = &product.git;
    faults.unless("git.url", &git.url, ask::repository);
    faults.unless("git.remote", &git.remote, ask::remote);
    faults.unless("git.main", &git.main, ask::branch);
    faults.unless("git.release_branch", &git.release_branch, ask::branch);
    faults.unless("git.candidate_branch", &git.candidate_branch, ask::branch);
    faults.each("git.candidate_tags", &git.candidate_tags, ask::tag);
    faults.each("git.release_tags", &git.release_tags, ask::tag);
    faults.unless("git.version_message", &git.version_message, ask::line);
    if !git.previous_tag.is_empty() {
        faults.unless("git.previous_tag", &git.previous_tag, ask::tag);
    }
    for (field, tags) in [("git.candidate_tags", &git.candidate_tags), ("git.release_tags", &git.release_tags)] {
        if tags.is_empty() {
            let expected = "the name of one tag or more".to_owned();
            faults.0.push(ProductFault { field: field.into(), value: "[]".into(), expected });
        }
    }
    if git.candidate_tags.len() != git.release_tags.len() {
        let expected = format!("as many tags as git.candidate_tags has: {}", git.candidate_tags.len());
        let value = format!("{:?}", git.release_tags);
        faults.0.push(ProductFault { field: "git.release_tags".into(), value, expected });
    }
    let numbered = |field: &str, tags: &'_ [String]| -> Vec<String> {
        (0..tags.len()).map(|index| format!("git.{field}[{index}]")).collect()
    };
    let fields =
        [numbered("candidate_tags", &git.candidate_tags), numbered("release_tags", &git.release_tags)].concat();
    let tags = git.candidate_tags.iter().chain(&git.release_tags).map(String::as_str);
    faults.once(&fields.into_iter().zip(tags).collect::<Vec<_>>());
    let branches =
        [("main", &git.main), ("release_branch", &git.release_branch), ("candidate_branch", &git.candidate_branch)];
    faults.once(&branches.map(|(field, name)| (format!("git.{field}"), name.as_str())));
}

/// The source archive and what is built.
pub(super) fn files(faults: &mut Faults, product: &Product) {
    faults.unless("source.file", &product.source.file, ask::source_archive);
    faults.unless("source.root", &product.source.root, ask::plain_name);
    if let Some(owner) = &product.source.copyright_owner {
        faults.unless("source.copyright_owner", owner, ask::line);
    }
    let mut names = vec![("source.file".to_owned(), product.source.file.as_str())];
    for (index, one) in product.build.iter().enumerate() {
        let field = format!("build[{index}]");
        build(faults, &field, one);
        let outputs = one.outputs.iter().enumerate();
        names.extend(outputs.map(|(index, output)| (format!("{field}.outputs[{index}].name"), output.staged())));
    }
    build(faults, "trial_build", &product.trial_build);
    if product.trial_build.is_made_elsewhere() {
        let expected = "nothing: the trial build is one that is run here";
        faults.add("trial_build.made_elsewhere", product.trial_build.origin(), expected);
    }
    if let Some(output) = product.trial_build.outputs.first() {
        let expected = "nothing: what the trial build leaves is not kept; a [[build]] has outputs";
        faults.add("trial_build.outputs", &output.glob, expected);
    }
    faults.once(&names);
    let npm = product.npm.as_ref().and_then(|npm| npm.build.as_ref());
    let ids = product.build.iter().enumerate().map(|(index, build)| (format!("build[{index}].id"), build.id.as_str()));
    let others = [("trial_build.id", Some(&product.trial_build)), ("npm.build.id", npm)];
    let others = others.into_iter().filter_map(|(field, build)| Some((field.to_owned(), build?.id.as_str())));
    faults.once(&ids.chain(others).collect::<Vec<_>>());
}

pub(super) fn build(faults: &mut Faults, field: &str, build: &Build) {
    faults.unless(&format!("{field}.id"), &build.id, ask::plain_name);
    if !build.directory.is_empty() {
        faults.unless(&format!("{field}.directory"), &build.directory, ask::path_in_tree);
    }
    if build.is_made_elsewhere() {
        faults.unless(&format!("{field}.made_elsewhere"), build.origin(), ask::line);
        if !build.directory.is_empty() {
            let expected = "nothing: files that are made elsewhere are fetched into a directory of their own";
            faults.add(&format!("{field}.directory"), &build.directory, expected);
        }
        if let Some(name) = build.environment.keys().next().filter(|_| build.command.is_empty()) {
            let expected = "nothing: without a command, which fetches the files, nothing is run";
            faults.add(&format!("{field}.environment"), name, expected);
        }
    } else if build.made_elsewhere.is_none() {
        let expected = "a program and its arguments; or `made_elsewhere`, for files that no command here makes";
        faults.some(&format!("{field}.command"), &build.command, expected);
    }
    program(faults, &format!("{field}.command"), &build.command, &build.directory);
    for name in build.environment.keys() {
        faults.unless(&format!("{field}.environment"), name, ask::variable);
    }
    for (index, output) in build.outputs.iter().enumerate() {
        let field = format!("{field}.outputs[{index}]");
        if !output.name.is_empty() {
            faults.unless(&format!("{field}.name"), &output.name, ask::plain_name);
        } else if !ask::holds_fixed_part(output.staged()) {
            let expected = "a glob whose last part begins with a letter or digit and is no wildcard alone, since each file \
                            that fits keeps its name; or a `name`";
            faults.add(&format!("{field}.glob"), &output.glob, expected);
        }
        faults.unless(&format!("{field}.glob"), &output.glob, ask::path_in_tree);
    }
}

/// The program of a command that is run in a directory of the tree.
pub(super) fn program(faults: &mut Faults, field: &str, command: &[String], directory: &str) {
    let Some(program) = command.first() else { return };
    let field = format!("{field}[0]");
    faults.unless(&field, program, ask::line);
    if !ask::is_in_tree(directory, program) {
        faults.add(&field, program, "a program by its name, or by a path that stays within the tree");
    }
}
