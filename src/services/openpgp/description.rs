// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A key, in plain values.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::Serialize;

/// A key, in plain values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyDescription {
    /// The primary key's fingerprint, 40 upper-case hexadecimal digits.
    pub fingerprint: String,
    /// As GnuPG names it: `rsa4096`, `ed25519`.
    pub algorithm: String,
    /// The key's length in bits.
    pub bits: usize,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it expires; `None` for never.
    pub expires: Option<Timestamp>,
    /// Whether it has expired.
    pub expired: bool,
    /// Whether it has been revoked.
    pub revoked: bool,
    /// Whether it is disabled in this home.
    pub disabled: bool,
    /// Whether it, or a subkey, can sign *now*: GnuPG's own answer leaves
    /// expiry and revocation out.
    pub can_sign: bool,
    /// "Ann Example <ann@example.org>", the primary one first; revoked ones are left out.
    pub user_ids: Vec<String>,
    /// The subkeys, the primary key left out.
    pub subkeys: Vec<SubkeyDescription>,
}

/// A subkey, in plain values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubkeyDescription {
    /// Its fingerprint.
    pub fingerprint: String,
    /// As GnuPG names it.
    pub algorithm: String,
    /// Its length in bits.
    pub bits: usize,
    /// When it expires; `None` for never.
    pub expires: Option<Timestamp>,
    /// Whether it can sign now.
    pub can_sign: bool,
}

impl KeyDescription {
    /// `key` in plain values; `None` for a key without a fingerprint, which
    /// OpenPGP does not have.
    pub(super) fn of(key: &gpgme::Key) -> Option<Self> {
        let primary = key.primary_key()?;
        let user_ids = key.user_ids().filter(|user_id| !user_id.is_revoked());
        let usable = !(key.is_revoked() || key.is_expired() || key.is_disabled() || key.is_invalid());
        Some(Self {
            fingerprint: key.fingerprint().ok()?.to_owned(),
            algorithm: primary.algorithm_name().unwrap_or_default(),
            bits: primary.length(),
            created: timestamp(primary.creation_time()),
            expires: timestamp(primary.expiration_time()),
            expired: key.is_expired(),
            revoked: key.is_revoked(),
            disabled: key.is_disabled(),
            can_sign: usable && key.subkeys().any(|subkey| signs(&subkey)),
            user_ids: user_ids.map(|user_id| lossy(user_id.id_raw())).collect(),
            subkeys: key.subkeys().skip(1).filter_map(|subkey| SubkeyDescription::of(&subkey, usable)).collect(),
        })
    }

    /// The primary key's fingerprint and those of its subkeys.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.fingerprint.as_str()).chain(self.subkeys.iter().map(|subkey| subkey.fingerprint.as_str()))
    }
}

impl SubkeyDescription {
    fn of(subkey: &gpgme::Subkey<'_>, usable: bool) -> Option<Self> {
        Some(Self {
            fingerprint: subkey.fingerprint().ok()?.to_owned(),
            algorithm: subkey.algorithm_name().unwrap_or_default(),
            bits: subkey.length(),
            expires: timestamp(subkey.expiration_time()),
            can_sign: usable && signs(subkey),
        })
    }
}

fn signs(subkey: &gpgme::Subkey<'_>) -> bool {
    subkey.can_sign() && !(subkey.is_revoked() || subkey.is_expired() || subkey.is_disabled() || subkey.is_invalid())
}

fn timestamp(time: Option<SystemTime>) -> Option<Timestamp> {
    let seconds = time?.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

fn lossy(text: Option<&std::ffi::CStr>) -> String {
    text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}
