// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `manifest-unchanged`: the manifest on this machine is the one whose digest was recorded:
//! the mail of the vote names it, and whoever checks by it checks these bytes.

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::Sha512;

/// Parameters of `manifest-unchanged`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestUnchanged {
    /// The manifest, from the root of the workspace.
    file: String,
    /// Its SHA-512, as it was recorded.
    sha512: Sha512,
}

impl Probe<Services> for ManifestUnchanged {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let (file, place) = (&self.file, cx.world.workspace.path(&self.file));
        let Some(bytes) = cx.world.workspace.read(file).map_err(workspace_failed)? else {
            return Ok(Finding::Fails(vec![format!(
                "{} is not there: `quorate verify --candidate N` writes it again from the record",
                place.display()
            )]));
        };
        let found = Sha512::of(&bytes);
        Ok(if found == self.sha512 {
            Finding::Holds(format!("{file} has the recorded SHA-512, {found}"))
        } else {
            Finding::Fails(vec![format!(
                "{} was changed since it was written: its SHA-512 is {found}, recorded is {}; \
                 put back what it was, or delete it: `quorate verify --candidate N` writes it again from the record",
                place.display(),
                self.sha512
            )])
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn an_edited_manifest_is_told_with_both_digests() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: jiff::Timestamp::UNIX_EPOCH, token: "0".repeat(32), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        let recorded = Sha512::of(b"as it was written");
        let probe: ManifestUnchanged =
            serde_json::from_value(json!({ "file": "manifest.json", "sha512": recorded.as_str() })).unwrap();
        let examine = || probe.examine(&cx).unwrap();
        let Finding::Fails(faults) = examine() else { panic!("there is none") };
        assert!(faults[0].contains("manifest.json is not there: `quorate verify --candidate N`"), "{faults:?}");
        let file = place.path().join("manifest.json");
        std::fs::write(&file, "as it was written").unwrap();
        assert!(matches!(examine(), Finding::Holds(told) if told.contains(recorded.as_str())));
        std::fs::write(&file, "as somebody edited it").unwrap();
        let Finding::Fails(faults) = examine() else { panic!("it was edited") };
        let found = Sha512::of(b"as somebody edited it");
        assert!(faults[0].contains(recorded.as_str()) && faults[0].contains(found.as_str()), "{faults:?}");
    }
}
