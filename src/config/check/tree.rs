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
    faults.unless("source.file", &product.source.file, ask::plain_name);
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
        faults.add("trial_build.made_elsewhere", &product.trial_build.made_elsewhere, expected);
    }
    faults.once(&names);
}

pub(super) fn build(faults: &mut Faults, field: &str, build: &Build) {
    faults.unless(&format!("{field}.id"), &build.id, ask::plain_name);
    if !build.directory.is_empty() {
        faults.unless(&format!("{field}.directory"), &build.directory, ask::path_in_tree);
    }
    if build.is_made_elsewhere() {
        faults.unless(&format!("{field}.made_elsewhere"), &build.made_elsewhere, ask::line);
    }
    // what is made elsewhere need not be fetched by a command
    if !build.is_made_elsewhere() || !build.command.is_empty() {
        let program = build.command.first().map_or("", String::as_str);
        faults.unless(&format!("{field}.command"), program, ask::line);
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
