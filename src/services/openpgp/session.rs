// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Signing and verifying several files over one gpgme context: a new context
//! for each file doubles the time.

use std::cell::OnceCell;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use gpgme::{Context, Data, PassphraseRequest, PinentryMode};
use secrecy::ExposeSecret as _;

use super::error::sort;
use super::{KeyDescription, OpenPgp, OpenPgpError, Verdict, home};

/// A key in use.
pub struct Session<'a> {
    openpgp: &'a OpenPgp,
    context: Context,
    public: OnceCell<gpgme::Key>,
    secret: OnceCell<gpgme::Key>,
}

impl<'a> Session<'a> {
    pub(super) fn open(openpgp: &'a OpenPgp) -> Result<Self, OpenPgpError> {
        let mut context = home::open(openpgp.home.as_deref())?;
        context.set_armor(true);
        context.set_offline(true);
        if openpgp.passphrase.is_some() {
            context
                .set_pinentry_mode(PinentryMode::Loopback)
                .map_err(|source| OpenPgpError::Engine { doing: "be handed the passphrase", source })?;
        }
        Ok(Self { openpgp, context, public: OnceCell::new(), secret: OnceCell::new() })
    }

    /// An armored detached signature over `bytes`.
    ///
    /// # Errors
    /// When the key cannot sign now, or GnuPG does not.
    pub fn sign(&mut self, bytes: &[u8]) -> Result<String, OpenPgpError> {
        let data = Data::from_buffer(bytes).map_err(|source| self.sorted(source, "sign"))?;
        self.sign_data(data)
    }

    /// An armored detached signature over the file at `path`, which is not read
    /// into memory.
    ///
    /// # Errors
    /// When the file cannot be read, the key cannot sign now, or GnuPG does not.
    pub fn sign_file(&mut self, path: &Path) -> Result<String, OpenPgpError> {
        let file = open_file(path)?;
        let data = Data::from_fd(&file).map_err(|source| self.sorted(source, "sign"))?;
        self.sign_data(data)
    }

    /// What `signature` is worth as one by this key over `bytes`.
    ///
    /// # Errors
    /// When GnuPG could not tell.
    pub fn verify(&mut self, signature: &str, bytes: &[u8]) -> Result<Verdict, OpenPgpError> {
        let data = Data::from_buffer(bytes).map_err(|source| self.sorted(source, "verify"))?;
        self.verify_data(signature.as_bytes(), data)
    }

    /// What `signature`, armored or not, is worth as one by this key over the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, or GnuPG could not tell.
    pub fn verify_file(&mut self, signature: &[u8], path: &Path) -> Result<Verdict, OpenPgpError> {
        let file = open_file(path)?;
        let data = Data::from_fd(&file).map_err(|source| self.sorted(source, "verify"))?;
        self.verify_data(signature, data)
    }

    /// The key, in plain values.
    ///
    /// # Errors
    /// When it is not in the home.
    pub fn describe(&mut self) -> Result<KeyDescription, OpenPgpError> {
        let key = self.public_key()?;
        KeyDescription::of(&key).ok_or_else(|| self.missing("public"))
    }

    /// The key's public block, armored.
    ///
    /// # Errors
    /// When it is not in the home.
    pub fn export_armored(&mut self) -> Result<String, OpenPgpError> {
        let key = self.public_key()?;
        let mut block = Vec::new();
        self.context
            .export_keys([&key], gpgme::ExportMode::empty(), &mut block)
            .map_err(|source| self.sorted(source, "export the key"))?;
        Ok(String::from_utf8_lossy(&block).into_owned())
    }

    fn sign_data(&mut self, data: Data<'_>) -> Result<String, OpenPgpError> {
        let key = self.secret_key()?;
        let ours = self.may_sign(&key)?;
        self.context.clear_signers();
        self.context.add_signer(&key).map_err(|source| self.sorted(source, "sign"))?;
        let mut signature = Vec::new();
        let passphrase = self.openpgp.passphrase.clone();
        let context = &mut self.context;
        let signed = self.openpgp.effects.around("sign", || match passphrase {
            None => context.sign_detached(data, &mut signature),
            Some(passphrase) => {
                let provider = move |request: PassphraseRequest<'_>, out: &mut dyn Write| {
                    if request.prev_attempt_failed {
                        return Err(gpgme::Error::BAD_PASSPHRASE);
                    }
                    out.write_all(passphrase.expose_secret().as_bytes())?;
                    Ok(())
                };
                context.with_passphrase_provider(provider, |context| context.sign_detached(data, &mut signature))
            }
        });
        let signed = signed.map_err(|source| self.sorted(source, "sign"))?;
        // GnuPG is handed the key by its short name: see that the right one signed.
        let made = signed.new_signatures().next();
        let signer = made.as_ref().and_then(|made| made.fingerprint().ok()).unwrap_or("nobody").to_owned();
        if !ours.fingerprints().any(|fingerprint| fingerprint == signer) {
            return Err(OpenPgpError::OtherSigner { fingerprint: self.openpgp.fingerprint.clone(), signer });
        }
        Ok(String::from_utf8_lossy(&signature).into_owned())
    }

    fn verify_data(&mut self, signature: &[u8], data: Data<'_>) -> Result<Verdict, OpenPgpError> {
        let ours = self.describe()?;
        verify(&mut self.context, signature, data, |fingerprint| ours.fingerprints().any(|known| known == fingerprint))
    }

    fn public_key(&mut self) -> Result<gpgme::Key, OpenPgpError> {
        if let Some(key) = self.public.get() {
            return Ok(key.clone());
        }
        let wanted = self.openpgp.checked_fingerprint()?;
        let found = self.context.find_keys([wanted.as_str()]).and_then(|mut keys| keys.next().transpose());
        let key = found.map_err(|source| self.sorted(source, "find the key"))?;
        let key = self.checked(key.ok_or_else(|| self.missing("public"))?, wanted)?;
        Ok(self.public.get_or_init(|| key).clone())
    }

    fn secret_key(&mut self) -> Result<gpgme::Key, OpenPgpError> {
        if let Some(key) = self.secret.get() {
            return Ok(key.clone());
        }
        let wanted = self.openpgp.checked_fingerprint()?;
        let found = self.context.find_secret_keys([wanted.as_str()]).and_then(|mut keys| keys.next().transpose());
        let Some(key) = found.map_err(|source| self.sorted(source, "find the key"))? else {
            // Without its agent GnuPG finds no secret keys, and says nothing of it.
            home::launch_agent(self.openpgp.home.as_deref())?;
            return Err(self.missing("secret"));
        };
        let key = self.checked(key, wanted)?;
        Ok(self.secret.get_or_init(|| key).clone())
    }

    fn checked(&self, key: gpgme::Key, wanted: String) -> Result<gpgme::Key, OpenPgpError> {
        match key.fingerprint() {
            Ok(primary) if primary == wanted => Ok(key),
            Ok(primary) => Err(OpenPgpError::Subkey { fingerprint: wanted, primary: primary.to_owned() }),
            Err(_) => Err(self.missing("public")),
        }
    }

    fn may_sign(&self, key: &gpgme::Key) -> Result<KeyDescription, OpenPgpError> {
        let key = KeyDescription::of(key).ok_or_else(|| self.missing("public"))?;
        let fingerprint = key.fingerprint.clone();
        if key.revoked {
            Err(OpenPgpError::Revoked { fingerprint })
        } else if key.expired {
            Err(OpenPgpError::Expired { fingerprint, at: key.expires })
        } else if key.disabled {
            Err(OpenPgpError::CannotSign { fingerprint, why: "it is disabled" })
        } else if !key.can_sign {
            Err(OpenPgpError::CannotSign { fingerprint, why: "no part of it is for signing, or that part has expired" })
        } else {
            Ok(key)
        }
    }

    fn missing(&self, part: &'static str) -> OpenPgpError {
        let home = home::name(self.openpgp.home.as_deref());
        OpenPgpError::NoSuchKey { part, fingerprint: self.openpgp.fingerprint.clone(), home }
    }

    fn sorted(&self, source: gpgme::Error, doing: &'static str) -> OpenPgpError {
        sort(source, doing, &self.openpgp.fingerprint, &home::name(self.openpgp.home.as_deref()))
    }
}

/// Verifies over any context; what is no signature at all is a bad one.
pub(super) fn verify(
    context: &mut Context,
    signature: &[u8],
    data: Data<'_>,
    ours: impl Fn(&str) -> bool,
) -> Result<Verdict, OpenPgpError> {
    use gpgme::Error as E;
    match context.verify_detached(signature, data) {
        Ok(result) => Ok(Verdict::of(&result, ours)),
        Err(source) => match source.with_source(E::SOURCE_UNKNOWN) {
            E::NO_DATA | E::BAD_DATA | E::INV_DATA => Ok(Verdict::bad("there is no signature in it")),
            _ => Err(OpenPgpError::Engine { doing: "verify a signature", source }),
        },
    }
}

pub(super) fn open_file(path: &Path) -> Result<File, OpenPgpError> {
    File::open(path).map_err(|source| OpenPgpError::File { path: path.to_owned(), source })
}
