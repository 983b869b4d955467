// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A product's configuration as the rules that its candidates are verified by; no probe
//! itself, but what the probes and `quorate verify` share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::config::Product;
use crate::release::{MavenFlavour, PathRules, PatternError, Version, VersionRules};
use crate::verify::{ProductRules, RatExcludes};

/// A list of the configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{product}: `{field}`")]
pub struct ProductRulesError {
    product: String,
    field: &'static str,
    #[source]
    source: PatternError,
}

impl ProductRulesError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        "correct it in the product's configuration; docs/configuration.md lists every field"
    }
}

/// The rules of `product`, whose configuration is filled in for `version` where that is known.
///
/// # Errors
/// When a list of files in it holds something that is no glob.
pub fn product_rules(product: &Product, version: Option<Version>) -> Result<ProductRules, ProductRulesError> {
    let source = &product.source;
    let rules = |field: &'static str, patterns: &[String]| {
        PathRules::new(patterns).map_err(|source| ProductRulesError { product: product.id.clone(), field, source })
    };
    // Before the version is known they are still templates.
    let versions = version.map(|_| VersionRules::new(&product.versions.authority, &product.versions.edits));
    let versions = versions.transpose().map_err(|source| ProductRulesError {
        product: product.id.clone(),
        field: "versions.edits",
        source,
    })?;
    let flavours = product.maven.iter().flat_map(|maven| &maven.flavours);
    let of_flavour = |flavour: &MavenFlavour| version.map(|version| format!("{version}{}", flavour.suffix));
    Ok(ProductRules {
        name: Some(product.name.clone()),
        version: version.map(|version| version.to_string()),
        maven_versions: flavours.filter_map(of_flavour).collect(),
        // Before the version is known they are still templates.
        sources: version.map(|_| source.file.clone()).into_iter().collect(),
        source_root: version.map(|_| source.root.clone()),
        python: product.pypi.iter().flat_map(|pypi| pypi.files.iter().cloned()).collect(),
        npm: product.npm.iter().map(|npm| npm.file.clone()).collect(),
        built: product.build.iter().flat_map(|build| &build.outputs).map(|output| output.name.clone()).collect(),
        r: BTreeSet::new(),
        copyright_owner: source.copyright_owner.clone(),
        no_header: rules("source.no_header", &source.no_header)?,
        rat_excludes: RatExcludes::default(),
        secrets: rules("source.secrets", &source.secrets)?,
        binaries: rules("source.binaries", &source.binaries)?,
        snapshots: rules("source.snapshots", &source.snapshots)?,
        version_rules: versions.map(Arc::new),
        stand_ins: BTreeMap::new(),
    })
}

/// The stand-ins that a build recorded, `[{"name": …, "why": …}]`, by their names.
pub fn stand_ins(recorded: Value) -> BTreeMap<String, String> {
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let all = recorded.as_array().into_iter().flatten();
    all.filter_map(|one| Some((text(one, "name")?, text(one, "why")?))).collect()
}
