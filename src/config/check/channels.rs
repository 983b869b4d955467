// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What goes to the repository manager, the package indexes and the registry: that there is
//! something to go there, and that it is this release's.

use super::tree::{build, program};
use super::{Faults, ProductFault};
use crate::config::build::BuildOutput;
use crate::config::channels::Pypi;
use crate::config::expected as ask;
use crate::config::product::Product;
use crate::config::sites::DockerfileOfTag;
use crate::release::{EditRule, fitting_path, means_file};

/// Where Maven's own version stands, in every repository that Maven builds.
const ROOT_POM: &str = "pom.xml";

pub(super) fn maven(faults: &mut Faults, product: &Product) {
    let Some(maven) = &product.maven else { return };
    faults.unless("maven.profile", &maven.profile, ask::line);
    faults.some("maven.deploy", &maven.deploy, "the command that stages: its program and arguments");
    program(faults, "maven.deploy", &maven.deploy, "");
    faults.some("maven.server_ids", &maven.server_ids, "the id of one server or more, as the poms name it");
    faults.each("maven.server_ids", &maven.server_ids, ask::line);
    let suffixes = maven.flavours.iter().enumerate();
    let suffixes =
        suffixes.map(|(index, flavour)| (format!("maven.flavours[{index}].suffix"), flavour.suffix.as_str()));
    faults.once(&suffixes.collect::<Vec<_>>());
    let versions = &product.versions;
    let rules = versions.edits.values().flatten().chain([&versions.authority]);
    if !rules.map(EditRule::files).any(|files| ask::fits(files, ROOT_POM)) {
        let expected = format!(
            "a rule of [versions] that sets the version of the `{ROOT_POM}` at the root of the repository, from which \
             [maven] reads what is staged; a product that Maven does not build has no [maven]"
        );
        faults.0.push(ProductFault { field: "maven".into(), value: "[maven]".into(), expected });
    }
}

/// The Python and the JavaScript package: what is published was built, and voted on.
pub(super) fn packages(faults: &mut Faults, product: &Product) {
    let outputs = product.build.iter().flat_map(|build| &build.outputs);
    let built: Vec<&str> = outputs.map(BuildOutput::staged).collect();
    if let Some(pypi) = &product.pypi {
        faults.unless("pypi.name", &pypi.name, ask::pypi_name);
        let expected = "the name of one file or more that go to the index: outputs of a [[build]]";
        faults.some("pypi.files", &pypi.files, expected);
        for (index, file) in pypi.files.iter().enumerate() {
            if !built.iter().any(|staged| *staged == file || means_file(file, &fitting_path(staged))) {
                faults.add(&format!("pypi.files[{index}]"), file, &output_of(&built));
            }
        }
        let files = pypi.files.iter().enumerate().map(|(index, file)| (format!("pypi.files[{index}]"), file.as_str()));
        faults.once(&files.collect::<Vec<_>>());
        of_project(faults, pypi);
    }
    let Some(npm) = &product.npm else { return };
    faults.unless("npm.name", &npm.name, ask::npm_name);
    if !npm.directory.is_empty() {
        faults.unless("npm.directory", &npm.directory, ask::path_in_tree);
    }
    let own: Option<Vec<&str>> = npm.build.as_ref().map(|one| {
        build(faults, "npm.build", one);
        one.outputs.iter().map(BuildOutput::staged).collect()
    });
    let built = own.as_ref().unwrap_or(&built);
    if !built.contains(&npm.file.as_str()) {
        faults.add("npm.file", &npm.file, &output_of(built));
    }
}

/// Whether the files are called by the project's name: the index takes no others.
fn of_project(faults: &mut Faults, pypi: &Pypi) {
    let beginning = format!("{}-", ask::normalised(&pypi.name));
    let fits = |file: &String| ask::normalised(&fitting_path(file)).starts_with(&beginning);
    if !pypi.files.is_empty() && !pypi.files.iter().any(fits) {
        let expected = format!("the name with which the files of pypi.files begin: {}", pypi.files.join(", "));
        return faults.add("pypi.name", &pypi.name, &expected);
    }
    for (index, file) in pypi.files.iter().enumerate().filter(|(_, file)| !fits(file)) {
        let expected = format!("a file whose name begins with pypi.name, {}", pypi.name);
        faults.add(&format!("pypi.files[{index}]"), file, &expected);
    }
}

fn output_of(built: &[&str]) -> String {
    match built {
        [] => "the name of an output of a build, and none has any".to_owned(),
        built => format!("the name of an output of a build: {}", built.join(", ")),
    }
}

/// The container images: that there are some, and that one can be asked for by the version.
pub(super) fn images(faults: &mut Faults, product: &Product, version: &str) {
    let Some(docker) = &product.docker else { return };
    faults.unless("docker.image", &docker.image, ask::image);
    faults.unless("docker.base", &docker.base, ask::branch);
    faults.unless("docker.keys", &docker.keys, ask::path_in_tree);
    faults.unless("docker.registry", &docker.registry, ask::web_link);
    faults.some("docker.command", &docker.command, "the repository's own program, and its arguments");
    program(faults, "docker.command", &docker.command, "");
    faults.some("docker.leaves", &docker.leaves, "the path of one Dockerfile or more that docker.command writes");
    faults.each("docker.leaves", &docker.leaves, ask::path_in_tree);
    faults.some("docker.tags", &docker.tags, "one tag or more: each has to be served before the release is done");
    faults.each("docker.tags", &docker.tags, ask::image_tag);
    let tags = docker.tags.iter().enumerate().map(|(index, tag)| (format!("docker.tags[{index}]"), tag.as_str()));
    faults.once(&tags.collect::<Vec<_>>());
    for (index, tag) in docker.tags.iter().enumerate().filter(|(_, tag)| docker.dockerfile(tag).is_none()) {
        let expected = "a tag whose Dockerfile is known: docker.leaves has TAG/Dockerfile or TAG-…/Dockerfile, or \
                        docker.dockerfiles says which one it is";
        faults.add(&format!("docker.tags[{index}]"), tag, expected);
    }
    let named: Vec<(String, &str)> = (0..)
        .map(|index| format!("docker.dockerfiles[{index}].tag"))
        .zip(docker.dockerfiles.iter().map(|one| one.tag.as_str()))
        .collect();
    faults.once(&named);
    for (index, DockerfileOfTag { tag, file }) in docker.dockerfiles.iter().enumerate() {
        let field = format!("docker.dockerfiles[{index}]");
        if !docker.tags.contains(tag) {
            faults.add(&format!("{field}.tag"), tag, &format!("one of docker.tags: {}", docker.tags.join(", ")));
        }
        if !docker.leaves.contains(file) {
            faults.add(&format!("{field}.file"), file, &format!("one of docker.leaves: {}", docker.leaves.join(", ")));
        }
    }
    if !docker.tags.is_empty() && !docker.tags.iter().any(|tag| ask::holds_version(tag, version)) {
        let expected = format!(
            "one tag at least with the version in it, {version}: {{{{ version }}}}; any other is served of the release \
             before already"
        );
        let value = format!("{:?}", docker.tags);
        faults.0.push(ProductFault { field: "docker.tags".into(), value, expected });
    }
}
