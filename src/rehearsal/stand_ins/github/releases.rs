// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Releases and their files.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Hub;
use super::call::{Call, Fault, Reply};
use super::repository::Bare;
use super::shapes;
use super::state::{KeptAsset, KeptRelease};

impl Hub {
    pub(super) fn list_releases(&self, call: &Call, at: &Bare) -> Result<Reply, Fault> {
        let mut found = self.state.read(|known| known.releases.clone());
        found.retain(|release| release.repository == at.slug && (!release.draft || call.may_push()));
        found.reverse();
        call.page(found, |release| Ok(shapes::release(call, at, &release)))
    }

    pub(super) fn release_of(&self, call: &Call, at: &Bare, tag: &str) -> Result<Reply, Fault> {
        let found = self.state.read(|known| {
            let mut fits = known.releases.iter().filter(|release| release.repository == at.slug && !release.draft);
            fits.find(|release| release.tag == tag).cloned()
        });
        Ok(Reply::json(200, shapes::release(call, at, &found.ok_or_else(Fault::missing)?)))
    }

    pub(super) fn show_release(&self, call: &Call, at: &Bare, id: &str) -> Result<Reply, Fault> {
        let release = self.release(at, id, |_| Ok(()))?;
        if release.draft && !call.may_push() {
            return Err(Fault::missing());
        }
        Ok(Reply::json(200, shapes::release(call, at, &release)))
    }

    pub(super) fn make_release(&self, call: &Call, at: &Bare) -> Result<Reply, Fault> {
        let wish = call.json()?;
        let tag = wish["tag_name"].as_str().filter(|tag| !tag.is_empty());
        let missing = || Fault::invalid(json!({"resource": "Release", "code": "missing_field", "field": "tag_name"}));
        let tag = tag.ok_or_else(missing)?.to_owned();
        let draft = wish["draft"].as_bool().unwrap_or_default();
        let now = Timestamp::now();
        let text = |name: &str| wish[name].as_str().map(str::to_owned);
        let made = self.state.change(|known| {
            let published =
                known.releases.iter().any(|kept| kept.repository == at.slug && kept.tag == tag && !kept.draft);
            if published && !draft {
                let error = json!({"resource": "Release", "code": "already_exists", "field": "tag_name"});
                return Err(Fault::invalid(error));
            }
            let release = KeptRelease {
                id: known.next(),
                repository: at.slug.clone(),
                tag: tag.clone(),
                target: text("target_commitish").unwrap_or_else(|| at.main()),
                name: text("name"),
                body: text("body"),
                draft,
                prerelease: wish["prerelease"].as_bool().unwrap_or_default(),
                author: call.who.clone().unwrap_or_default(),
                created: now,
                published: (!draft).then_some(now),
                assets: Vec::new(),
            };
            known.releases.push(release.clone());
            Ok(release)
        })?;
        Ok(Reply::json(201, shapes::release(call, at, &made)))
    }

    pub(super) fn change_release(&self, call: &Call, at: &Bare, id: &str) -> Result<Reply, Fault> {
        let wish = call.json()?;
        let release = self.release(at, id, |release| {
            for (name, field) in [("name", &mut release.name), ("body", &mut release.body)] {
                if let Some(text) = wish[name].as_str() {
                    *field = Some(text.to_owned());
                }
            }
            if let Some(draft) = wish["draft"].as_bool() {
                release.draft = draft;
                release.published = release.published.or_else(|| (!draft).then(Timestamp::now));
            }
            Ok(())
        })?;
        Ok(Reply::json(200, shapes::release(call, at, &release)))
    }

    pub(super) fn remove_release(&self, at: &Bare, id: &str) -> Result<Reply, Fault> {
        let id = self.release(at, id, |_| Ok(()))?.id;
        self.state.change(|known| known.releases.retain(|release| release.id != id));
        Ok(Reply::nothing())
    }

    pub(super) fn upload(&self, call: &Call, at: &Bare, id: &str) -> Result<Reply, Fault> {
        if !call.may_push() {
            return Err(Fault::new(403, "Resource not accessible by personal access token"));
        }
        let invalid = |code: &str| Fault::invalid(json!({"resource": "ReleaseAsset", "code": code, "field": "name"}));
        let name = call.asked("name").ok_or_else(|| invalid("missing_field"))?.to_owned();
        if call.body.is_empty() {
            return Err(Fault::new(400, "Bad Content-Length: 0"));
        }
        let sha256 = format!("{:x}", HexDigest(Sha256::digest(&call.body).to_vec()));
        let next = self.state.change(super::state::Known::next);
        let asset = KeptAsset {
            id: next,
            name: name.clone(),
            kind: call.kind.clone(),
            bytes: call.body.len() as u64,
            sha256,
            created: Timestamp::now(),
        };
        let file = self.asset_path(next);
        let stored = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, &call.body));
        stored.map_err(|error| Fault::new(500, error.to_string()))?;
        let release = self.release(at, id, |release| {
            if release.assets.iter().any(|there| there.name == name) {
                return Err(invalid("already_exists"));
            }
            release.assets.push(asset.clone());
            Ok(())
        })?;
        Ok(Reply::json(201, shapes::asset(call, at, &release, &asset)))
    }

    pub(super) fn download(&self, call: &Call, at: &Bare, id: &str) -> Result<Reply, Fault> {
        let found = self.state.read(|known| {
            let of_it = known.releases.iter().filter(|release| release.repository == at.slug);
            of_it
                .flat_map(|release| release.assets.iter().map(move |asset| (release.clone(), asset.clone())))
                .find(|(_, asset)| asset.id.to_string() == id)
        });
        let (release, asset) = found.ok_or_else(Fault::missing)?;
        if !call.wants("octet-stream") {
            return Ok(Reply::json(200, shapes::asset(call, at, &release, &asset)));
        }
        fs::read(self.asset_path(asset.id)).map(Reply::bytes).map_err(|_| Fault::missing())
    }

    pub(super) fn remove_asset(&self, at: &Bare, id: &str) -> Result<Reply, Fault> {
        let removed = self.state.change(|known| {
            let mut removed = false;
            for release in known.releases.iter_mut().filter(|release| release.repository == at.slug) {
                let before = release.assets.len();
                release.assets.retain(|asset| asset.id.to_string() != id);
                removed |= release.assets.len() < before;
            }
            removed
        });
        if removed { Ok(Reply::nothing()) } else { Err(Fault::missing()) }
    }

    fn release(
        &self,
        at: &Bare,
        id: &str,
        change: impl FnOnce(&mut KeptRelease) -> Result<(), Fault>,
    ) -> Result<KeptRelease, Fault> {
        self.state.change(|known| {
            let mut fits = known.releases.iter_mut().filter(|release| release.repository == at.slug);
            let release = fits.find(|release| release.id.to_string() == id).ok_or_else(Fault::missing)?;
            change(release)?;
            Ok(release.clone())
        })
    }

    fn asset_path(&self, id: u64) -> PathBuf {
        self.directory.join("assets").join(id.to_string())
    }
}

/// Bytes as hexadecimal digits.
struct HexDigest(Vec<u8>);

impl std::fmt::LowerHex for HexDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
