// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The values that workflows, mails and texts see of a release.

use std::path::Path;

use serde_json::{Value, json};

use super::build::BuildOutput;
use super::load::{ConfigError, render_product};
use super::product::Product;
use crate::release::{ReleaseRecord, Version};

/// What differs from one look at a release to the next.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The candidate's number.
    pub candidate: u32,
    /// Why the candidate was cancelled, if it was.
    pub cancelled: Option<&'a str>,
    /// The date for texts, as ISO 8601.
    pub today: &'a str,
    /// The user's home directory.
    pub home: &'a Path,
    /// The release's own directory.
    pub directory: &'a Path,
}

impl Occasion<'_> {
    /// For what does not depend on the occasion: addresses, names.
    pub fn any() -> Self {
        Self { candidate: 1, cancelled: None, today: "2000-01-01", home: Path::new(""), directory: Path::new("") }
    }
}

/// Where the releases are below the foundation's `release/`: `flink`, or `flink/statefun`; `None`
/// where the address of the release repository has no such part.
pub fn release_path(release: &str) -> Option<&str> {
    let (_, below) = release.trim_end_matches('/').rsplit_once("/release/")?;
    Some(below).filter(|below| !below.is_empty())
}

/// The values for one candidate; docs/configuration.md lists them.
///
/// # Errors
/// When the product's configuration cannot be filled in.
pub fn release_values(
    product: &Product,
    record: &ReleaseRecord,
    version: Version,
    occasion: &Occasion<'_>,
) -> Result<Value, ConfigError> {
    let Occasion { candidate, cancelled, today, home, directory } = *occasion;
    let place = format!("candidates/rc{candidate}");
    let mut values = json!({
        "version": version.to_string(),
        "short_version": version.series(),
        "major": version.major,
        "minor": version.minor,
        "patch": version.patch,
        "kind": version.kind().word(),
        "candidate": {"number": candidate, "cancelled": cancelled.is_some(), "why": cancelled.unwrap_or_default()},
        "manager": {"name": record.manager.name, "email": record.manager.email, "key": record.manager.key},
        "repository": record.repository,
        "rehearsal": record.rehearsal,
        "stand_in_services": record.stand_ins,
        "begun_anew": record.begun_anew,
        "commit": record.commit.as_deref().unwrap_or_default(),
        "today": today,
        "home": home.display().to_string(),
        "workspace": {
            "directory": directory.display().to_string(),
            "artifacts": format!("{place}/artifacts"),
            "texts": format!("{place}/texts"),
            "manifest": format!("{place}/manifest.json"),
            "votes": format!("{place}/votes.json"),
            "tally": format!("{place}/tally.json"),
            "mails": "mails",
            "logs": "logs",
        },
    });
    let product = render_product(product, &values)?;
    values["candidate"]["tag"] = json!(product.git.candidate_tags.first());
    values["snapshot_version"] = json!(product.versions.snapshot);
    values["next_snapshot_version"] = json!(product.versions.next_snapshot);
    values["release_path"] = json!(release_path(&product.svn.release).unwrap_or(&product.project));
    let artifacts: Vec<&str> = std::iter::once(product.source.file.as_str())
        .chain(product.build.iter().flat_map(|build| build.outputs.iter().map(BuildOutput::staged)))
        .collect();
    values["artifacts"] = json!(artifacts);
    values["product"] = serde_json::to_value(&product).expect("a product is plain data");
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_releases_stands_behind_release() {
        for (address, path) in [
            ("https://dist.apache.org/repos/dist/release/kafka", Some("kafka")),
            ("https://dist.apache.org/repos/dist/release/flink/statefun/", Some("flink/statefun")),
            ("file:///release/svn/dist/release/greeter", Some("greeter")),
            ("https://dist.example.org/greeter", None),
            ("https://dist.example.org/release/", None),
        ] {
            assert_eq!(release_path(address), path, "{address}");
        }
    }
}
