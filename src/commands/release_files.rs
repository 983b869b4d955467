// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The files that a release is started with: product, workflow, templates.

use std::collections::BTreeMap;

use super::CommandError;
use super::release_state::{PRODUCT_FILE, TEMPLATES, WORKFLOW_FILE};
use crate::config::{AssetError, Assets, Product, parse_product};
use crate::engine::Workflow;
use crate::mail::Templates;

/// The files that a release is started with.
#[derive(Debug, Clone)]
pub struct ReleaseFiles {
    /// The product's configuration.
    pub product: ReleaseFile,
    /// The workflow.
    pub workflow: ReleaseFile,
    /// All templates, by names such as `templates/mail/vote/body.txt.j2`.
    pub templates: BTreeMap<String, ReleaseFile>,
}

/// A file that a release is started with.
#[derive(Debug, Clone)]
pub struct ReleaseFile {
    /// Where it is from, for messages.
    pub place: String,
    /// What it says.
    pub text: String,
}

impl ReleaseFiles {
    /// The product's configuration, read.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn product(&self) -> Result<Product, CommandError> {
        Ok(parse_product(&self.product.place, &self.product.text)?)
    }

    /// The workflow, read.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn workflow(&self) -> Result<Workflow, CommandError> {
        Ok(Workflow::parse(&self.workflow.place, &self.workflow.text)?)
    }

    /// The templates, to be filled in.
    pub fn filled_in(&self) -> Templates {
        let texts = self.templates.clone();
        Templates::new(move |name| {
            Ok::<_, std::io::Error>(texts.get(&format!("{TEMPLATES}/{name}")).map(|file| file.text.clone()))
        })
    }

    /// Where a template is from, by its name under `templates/`.
    pub fn place_of_template(&self, name: &str) -> String {
        let name = format!("{TEMPLATES}/{name}");
        self.templates.get(&name).map_or(name, |file| file.place.clone())
    }

    /// All of them, each with its name in the release's directory.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let templates = self.templates.iter().map(|(name, file)| (name.as_str(), file.text.as_str()));
        [(PRODUCT_FILE, &*self.product.text), (WORKFLOW_FILE, &*self.workflow.text)].into_iter().chain(templates)
    }
}

/// The workflow and configuration for a product.
///
/// # Errors
/// When there is none of that name.
pub fn release_files(assets: &Assets, product: &str, workflow: &str) -> Result<ReleaseFiles, CommandError> {
    Ok(ReleaseFiles {
        product: release_file(assets, "release-config", "product", product)?,
        workflow: release_file(assets, "workflows", "workflow", workflow)?,
        templates: template_files(assets)?,
    })
}

/// All templates of the assets.
///
/// # Errors
/// When one cannot be read.
pub fn template_files(assets: &Assets) -> Result<BTreeMap<String, ReleaseFile>, CommandError> {
    let read = |name: String| {
        let file = ReleaseFile { place: assets.place(&name), text: assets.text(&name)? };
        Ok((name, file))
    };
    assets.names_below(TEMPLATES).into_iter().map(read).collect()
}

/// The workflow or configuration `id` of a directory of the assets; `what` names its kind.
///
/// # Errors
/// When there is none of that name.
pub fn release_file(assets: &Assets, directory: &str, what: &str, id: &str) -> Result<ReleaseFile, CommandError> {
    let name = format!("{directory}/{id}.toml");
    match assets.text(&name) {
        Ok(text) => Ok(ReleaseFile { place: assets.place(&name), text }),
        Err(AssetError::Missing { .. } | AssetError::Escapes { .. }) => {
            let known = known(assets, directory);
            Err(CommandError::usage(
                format!("there is no {what} `{id}`"),
                format!("the {what}s are {}; --assets DIR adds those in DIR/{directory}/", known.join(", ")),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// The workflows or configurations that there are, by their ids.
pub fn known(assets: &Assets, directory: &str) -> Vec<String> {
    let names = assets.names(directory);
    let mut ids: Vec<String> = names.iter().filter_map(|name| name.strip_suffix(".toml")).map(str::to_owned).collect();
    ids.sort();
    ids
}
