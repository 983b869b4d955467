// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The issue tracker of a world: the product's project in it, its versions, some issues.

use std::path::Path;

use super::command::Failed;
use super::stand_ins::jira::{Seed, seed};
use super::world::MANAGER;
use crate::config::{Occasion, Product, release_values, render_product};
use crate::release::{Manager, ReleaseRecord, Version};

/// Makes it under `directory`, as it is when `version` of the product of this
/// `configuration` is to be released, after the versions in `earlier`.
///
/// # Errors
/// When the configuration cannot be filled in, or a file not be written.
pub fn create(directory: &Path, configuration: &str, version: Version, earlier: &[Version]) -> Result<(), Failed> {
    let earlier: Vec<String> = earlier
        .iter()
        .map(|version| Ok(filled(configuration, *version)?.jira.version))
        .collect::<Result<_, Failed>>()?;
    let product = filled(configuration, version)?;
    let wanted = Seed {
        key: &product.jira.key,
        id: product.jira.project_id,
        name: &product.project_name,
        version: &product.jira.version,
        earlier: &earlier,
    };
    seed(directory, &wanted).map_err(|error| Failed::new("make the issue tracker", &error.to_string()))
}

/// The product, filled in for a version.
fn filled(configuration: &str, version: Version) -> Result<Product, Failed> {
    let fail = |error: String| Failed::new("fill in the product's configuration", &error);
    let product: Product = toml::from_str(configuration).map_err(|error| fail(error.to_string()))?;
    let record = ReleaseRecord {
        product: product.id.clone(),
        version: version.to_string(),
        manager: Manager { name: MANAGER.0.to_owned(), email: MANAGER.1.to_owned(), key: "0".repeat(40) },
        repository: String::new(),
        rehearsal: true,
        stand_ins: Vec::new(),
        begun_anew: false,
        commit: None,
        remote_address: None,
        quorate: String::new(),
    };
    let values =
        release_values(&product, &record, version, &Occasion::any()).map_err(|error| fail(error.to_string()))?;
    render_product(&product, &values).map_err(|error| fail(error.to_string()))
}
