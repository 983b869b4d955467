// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a registry serves the images of a release.

use serde::Deserialize;

use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `images-served`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagesServed {
    /// The registry's address.
    pub registry: String,
    /// The image.
    pub image: String,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Probe<Services> for ImagesServed {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let (mut there, mut missing) = (Vec::new(), Vec::new());
        for tag in &self.tags {
            let digest = cx.world.registries.digest(&self.registry, &self.image, tag).map_err(web_failed)?;
            match digest {
                Some(digest) => there.push(format!("{tag} is {digest}")),
                None => missing.push(format!("{} has no {}:{tag}", self.registry, self.image)),
            }
        }
        Ok(match missing.is_empty() {
            true => Finding::Holds(there.join(", ")),
            false => Finding::Fails(missing),
        })
    }
}
