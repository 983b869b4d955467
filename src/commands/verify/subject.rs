// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate is held against: its product's rules for its version, and the
//! manifest where there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::release_files::release_file;
use crate::commands::session::read_session;
use crate::config::{BuildOutput, Product, parse_product, render_product};
use crate::probes::{product_rules, stand_ins};
use crate::release::{Sha512, Version};
use crate::services::Workspace;
use crate::ui::ExitCode;
use crate::verify::{
    Finding, Layout, Listed, Manifest, ProductRules, Scope, missing_outputs, names_of_others, names_say_another,
    version_in,
};

/// What is verified, and what it must be.
pub struct Subject {
    /// What is verified, as the user named it.
    pub target: String,
    /// The product, where it is known; filled in once the version is.
    pub product: Option<Product>,
    /// The version, as the user or the record names it.
    version: Option<String>,
    /// The set of files and their bytes, where they are known.
    pub expect: Option<Manifest>,
    /// The tag that the source archive was made from, and the clone that has it.
    pub tag: Option<(String, String)>,
    /// Why a candidate of a release is held against no tag.
    pub untagged: Option<String>,
    /// What a rehearsal put in the place of artifacts, and why.
    stand_ins: BTreeMap<String, String>,
}

impl Subject {
    /// A candidate of a product, or of one that is not known, at `target`.
    ///
    /// # Errors
    /// When the manifest cannot be used, or the version is none.
    pub fn of_target(
        product: Option<Product>,
        version: Option<String>,
        target: &str,
        expect: Option<&Path>,
    ) -> Result<Self, CommandError> {
        if let Some(version) = &version {
            demand_version(version, product.as_ref())?;
        }
        let expect = expect.map(manifest).transpose()?;
        Ok(Self {
            target: target.to_owned(),
            product,
            version,
            expect,
            tag: None,
            untagged: None,
            stand_ins: BTreeMap::new(),
        })
    }

    /// Candidate `number` of the current release, as it is staged. What it is held
    /// against is its manifest, whose digest is in the record.
    ///
    /// # Errors
    /// When there is no release, it has no such candidate, or the manifest is not the
    /// one that was recorded.
    pub fn of_release(environment: &Environment, number: u32) -> Result<Self, CommandError> {
        let (session, state) = read_session(environment)?;
        if number == 0 || number > state.candidate.number {
            return Err(CommandError::usage(
                format!("there is no candidate {number}; the last one is {}", state.candidate.number),
                "`quorate status` shows the candidates",
            ));
        }
        let release = session.values.release()?;
        let values = release.of_candidate(number, None)?;
        let product: Product = serde_json::from_value(values["product"].clone())
            .map_err(|error| CommandError::usage(format!("the configuration cannot be used: {error}"), ""))?;
        let outputs = if number == state.candidate.number { state.outputs() } else { Map::new() };
        let output = |step: &str, name: &str| outputs.get(step).and_then(|outputs| outputs.get(name)).cloned();
        let expect = match output("write-manifest", "sha512") {
            Some(recorded) => {
                let file = values["workspace"]["manifest"].as_str().unwrap_or_default();
                let place = session.directory.join(file);
                if !place.exists() {
                    let files = output("sign-artifacts", "files").and_then(|files| serde_json::from_value(files).ok());
                    let commit = output("set-candidate-version", "commit");
                    let commit = commit.as_ref().and_then(Value::as_str).unwrap_or_default();
                    let version = release.version.to_string();
                    let manifest = Manifest::new(&product.id, &version, number, commit, files.unwrap_or_default());
                    write_again(&session.services.workspace, file, &manifest, &recorded)?;
                    environment.ui.say(&format!("{} was gone; it is written again from the record", place.display()));
                }
                Some(recorded_manifest(&place, &recorded)?)
            }
            None => None,
        };
        let target = format!("{}/{}", product.svn.dev, product.svn.candidate_directory);
        let stand_ins = output("build-artifacts", "stand_ins").map(stand_ins).unwrap_or_default();
        let tag = values["candidate"]["tag"].as_str().unwrap_or_default();
        let in_clone = session.services.git.reference(&format!("refs/tags/{tag}")).is_ok_and(|object| object.is_some());
        // one that was made must be there; that of an earlier candidate may have been deleted since
        let made = outputs.contains_key("tag-candidate");
        let clone = &release.record.repository;
        let untagged = (!made && !in_clone).then(|| {
            format!("{clone} has no tag {tag}, so the source archive of candidate {number} was not held against it")
        });
        let tag = (made || in_clone).then(|| (tag.to_owned(), clone.clone()));
        let version = Some(release.version.to_string());
        Ok(Self { target, product: Some(product), version, expect, tag, untagged, stand_ins })
    }

    /// The same with the product of which these are files, where none was named, and its
    /// configuration filled in for the version, which is read off their names where it
    /// was not given.
    ///
    /// # Errors
    /// When the version is none of the product's, or the configuration cannot be filled in.
    pub fn of_files(mut self, environment: &Environment, files: &[Listed]) -> Result<Self, CommandError> {
        let Some(product) = &self.product else {
            let named = self.version.as_deref().map(str::parse::<Version>);
            let read = version_in(files);
            if let Some(version) = named.clone().and_then(Result::ok).or(read) {
                self.product = recognised(environment, version, files);
            }
            match (&self.product, named) {
                // One of this product has three numbers, and the files have others.
                (Some(_), Some(Err(wrong))) => return Err(wrong.into()),
                (Some(_), named) => {
                    self.version = named.and_then(Result::ok).or(read).map(|version| version.to_string())
                }
                (None, _) => {}
            }
            return Ok(self);
        };
        let version = self.version.as_deref().map(str::parse::<Version>).transpose()?.or_else(|| version_in(files));
        if let Some(version) = version {
            self.product = Some(filled_in(product, version)?);
            self.version = Some(version.to_string());
        }
        Ok(self)
    }

    /// What these files are held against.
    ///
    /// # Errors
    /// When the product's lists cannot be used.
    pub fn rules(&self, files: &[Listed]) -> Result<ProductRules, CommandError> {
        let Some(product) = &self.product else { return Ok(ProductRules::of_any(self.version.clone(), files)) };
        let version = self.version.as_deref().and_then(|version| version.parse().ok());
        let mut rules = product_rules(product, version)
            .map_err(|error| CommandError::from_error(ExitCode::Usage, &error, error.hint()))?;
        rules.stand_ins.clone_from(&self.stand_ins);
        Ok(rules)
    }

    /// What is to be said of the files beside what is in them: what the product's builds leave
    /// and is not there, and that the version is theirs which the user names.
    pub fn beside_the_files(&self, files: &[Listed], scope: Scope) -> Vec<Finding> {
        let mut findings = Vec::new();
        let built = self.product.iter().flat_map(|product| &product.build).flat_map(|build| &build.outputs);
        if self.version.is_some() && scope == Scope::Whole && Layout::of(files) == Layout::Distribution {
            findings.extend(missing_outputs(built.map(BuildOutput::staged), files));
        }
        match self.version.as_deref() {
            Some(version) => {
                findings.extend(names_say_another(version, files));
                findings.extend(names_of_others(version, files));
            }
            // of a repository's or a project's directory every version may be
            None if scope == Scope::Whole && Layout::of(files) == Layout::Distribution => {
                let of_source = ProductRules::of_any(None, files).version;
                findings.extend(of_source.iter().flat_map(|version| names_of_others(version, files)));
            }
            None => {}
        }
        findings
    }
}

/// Refuses what is no version, or none that this product can have.
fn demand_version(version: &str, product: Option<&Product>) -> Result<(), CommandError> {
    if let Some(product) = product {
        let flavours = product.maven.iter().flat_map(|maven| &maven.flavours);
        let mut plain = flavours.filter_map(|flavour| version.strip_suffix(&flavour.suffix)?.parse::<Version>().ok());
        if let Some(plain) = plain.next() {
            return Err(CommandError::usage(
                format!("`{version}` is the version of artifacts of {} {plain}, and no release's", product.name),
                format!("give --version {plain}: the product's configuration says which versions its artifacts have"),
            ));
        }
        return Ok(version.parse::<Version>().map(drop)?);
    }
    let signs = |sign: char| sign.is_ascii_alphanumeric() || ".-+_~".contains(sign);
    let good = version.starts_with(|sign: char| sign.is_ascii_digit()) && version.chars().all(signs);
    if good && !version.contains("..") {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("`{version}` is no version"),
        "--version is as the names of the files have it, without a leading `v`: 3.4.0, 1.8, 2.0.0-M1",
    ))
}

/// The product `id` of release-config/.
///
/// # Errors
/// When there is none, or its configuration cannot be used.
pub fn product_of(environment: &Environment, id: &str) -> Result<Product, CommandError> {
    let file = release_file(&environment.assets, "release-config", "product", id)?;
    Ok(parse_product(&file.place, &file.text)?)
}

/// The product whose source archive of this version is among the files. Configurations
/// that cannot be used are passed over: nobody asked for them.
fn recognised(environment: &Environment, version: Version, files: &[Listed]) -> Option<Product> {
    let names: BTreeSet<&str> = files.iter().map(|file| file.path.rsplit('/').next().unwrap_or(&file.path)).collect();
    let products = environment.assets.names("release-config");
    let products = products.iter().filter_map(|name| name.strip_suffix(".toml"));
    let products = products.filter_map(|id| filled_in(&product_of(environment, id).ok()?, version).ok());
    products.into_iter().find(|product| names.contains(product.source.file.as_str()))
}

fn filled_in(product: &Product, version: Version) -> Result<Product, CommandError> {
    Ok(render_product(
        product,
        &json!({
            "version": version.to_string(), "short_version": version.series(), "kind": version.kind().word(),
            "major": version.major, "minor": version.minor, "patch": version.patch, "candidate": {"number": 1},
        }),
    )?)
}

const HINT: &str =
    "a manifest is what the step `write-manifest` leaves in the release's directory: candidates/rcN/manifest.json";

fn manifest(path: &Path) -> Result<Manifest, CommandError> {
    parse(path, &read(path)?)
}

/// The manifest at `path`, whose digest was recorded.
fn recorded_manifest(path: &Path, recorded: &Value) -> Result<Manifest, CommandError> {
    let bytes = read(path)?;
    let found = Sha512::of(&bytes);
    if *recorded != json!(found) {
        return Err(CommandError::new(
            ExitCode::Conflict,
            format!(
                "{} was changed since it was written: its SHA-512 is {found}, recorded is {}",
                path.display(),
                recorded.as_str().unwrap_or("none")
            ),
            "put it back as it was, or delete it and run this again; `quorate log` shows when it was written",
        ));
    }
    parse(path, &bytes)
}

/// Writes a manifest that is gone as it was: what it says is in the record, and its digest too.
fn write_again(workspace: &Workspace, file: &str, manifest: &Manifest, recorded: &Value) -> Result<(), CommandError> {
    let gone = |why: String| {
        CommandError::new(
            ExitCode::Conflict,
            format!("{} is gone, and {why}", workspace.path(file).display()),
            "copy it back from where it was published or saved; `quorate log` shows when it was written",
        )
    };
    let text = manifest.to_text().map_err(|error| gone(error.to_string()))?;
    if *recorded != json!(Sha512::of(text.as_bytes())) {
        return Err(gone("what the record has of it has another digest than the one that was recorded".to_owned()));
    }
    workspace.write(file, text.as_bytes()).map_err(|error| gone(error.to_string()))?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    fs::read(path).map_err(|error| CommandError::usage(format!("cannot read {}: {error}", path.display()), HINT))
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Manifest, CommandError> {
    Manifest::parse(&path.display().to_string(), bytes).map_err(|error| CommandError::usage(error.to_string(), HINT))
}
