// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with OpenPGP, told apart as far as GnuPG tells.

use std::path::PathBuf;

use jiff::Timestamp;

/// What can go wrong with OpenPGP.
#[derive(Debug, thiserror::Error)]
pub enum OpenPgpError {
    /// A text that is no full fingerprint.
    #[error("`{text}` is no key fingerprint: expected 40 hexadecimal digits")]
    Fingerprint {
        /// The text.
        text: String,
    },
    /// The home holds no key of that fingerprint.
    #[error("there is no {part} key {fingerprint} in {home}")]
    NoSuchKey {
        /// Which part of it is missing: "secret", "public".
        part: &'static str,
        /// Which key.
        fingerprint: String,
        /// Which home.
        home: String,
    },
    /// The fingerprint is that of a subkey.
    #[error("{fingerprint} is a subkey; its key is {primary}")]
    Subkey {
        /// Which subkey.
        fingerprint: String,
        /// The key that it belongs to.
        primary: String,
    },
    /// The key has expired.
    #[error("key {fingerprint} has expired{}", at.map(|at| format!(" on {}", at.strftime("%F"))).unwrap_or_default())]
    Expired {
        /// Which key.
        fingerprint: String,
        /// When.
        at: Option<Timestamp>,
    },
    /// The key has been revoked.
    #[error("key {fingerprint} has been revoked")]
    Revoked {
        /// Which key.
        fingerprint: String,
    },
    /// The key is disabled, or has no part that can sign.
    #[error("key {fingerprint} cannot sign: {why}")]
    CannotSign {
        /// Which key.
        fingerprint: String,
        /// Why.
        why: &'static str,
    },
    /// The agent does not run and does not start.
    #[error("GnuPG's agent cannot be reached for {home}")]
    NoAgent {
        /// Which home.
        home: String,
        /// What GnuPG said.
        #[source]
        source: gpgme::Error,
    },
    /// The agent has no way of asking for the passphrase.
    #[error("GnuPG's agent cannot ask for the passphrase of {fingerprint}")]
    NoPinentry {
        /// Which key.
        fingerprint: String,
        /// What GnuPG said.
        #[source]
        source: gpgme::Error,
    },
    /// The passphrase is not the key's.
    #[error("the passphrase is not that of key {fingerprint}")]
    BadPassphrase {
        /// Which key.
        fingerprint: String,
    },
    /// The person at the prompt declined.
    #[error("signing with key {fingerprint} was cancelled at the passphrase prompt")]
    Cancelled {
        /// Which key.
        fingerprint: String,
    },
    /// The home cannot be used.
    #[error("{} cannot be used as GnuPG home: {why}", path.display())]
    Home {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A file to be signed or verified could not be read.
    #[error("cannot read {}", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A block of a KEYS file is damaged; GnuPG refuses what comes after it, too.
    #[error("the public key block that begins in line {line} is damaged")]
    DamagedKeys {
        /// The line of its BEGIN, counted from 1.
        line: usize,
    },
    /// GnuPG signed with something else than was asked for.
    #[error("asked for a signature by {fingerprint}, GnuPG made one by {signer}")]
    OtherSigner {
        /// Which key was asked for.
        fingerprint: String,
        /// Which key signed.
        signer: String,
    },
    /// Something else.
    #[error("GnuPG could not {doing}")]
    Engine {
        /// "sign", "verify a signature".
        doing: &'static str,
        /// What it said.
        #[source]
        source: gpgme::Error,
    },
}

impl OpenPgpError {
    /// Whether key or home are not as they must be, and not GnuPG at fault.
    pub fn is_of_the_set_up(&self) -> bool {
        match self {
            Self::Fingerprint { .. }
            | Self::NoSuchKey { .. }
            | Self::Subkey { .. }
            | Self::Expired { .. }
            | Self::Revoked { .. }
            | Self::CannotSign { .. }
            | Self::Home { .. } => true,
            Self::NoAgent { .. }
            | Self::NoPinentry { .. }
            | Self::BadPassphrase { .. }
            | Self::Cancelled { .. }
            | Self::File { .. }
            | Self::DamagedKeys { .. }
            | Self::OtherSigner { .. }
            | Self::Engine { .. } => false,
        }
    }

    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoSuchKey { .. } => {
                "put the key back there, or choose one that `gpg --list-secret-keys` shows: in a release that is under way by `quorate take-over --key FINGERPRINT --why \"…\"`"
            }
            Self::Fingerprint { .. } | Self::Subkey { .. } => {
                "choose one of the fingerprints that `gpg --list-secret-keys` shows"
            }
            Self::Expired { .. } => "extend the key with `gpg --quick-set-expire`, and publish it again in KEYS",
            Self::Revoked { .. } | Self::CannotSign { .. } => "choose another key, and publish it in KEYS",
            Self::NoAgent { .. } => "see what `gpg-connect-agent /bye` says, with the same GnuPG home",
            Self::NoPinentry { .. } => {
                "install a pinentry, set GPG_TTY=$(tty), or unlock the key first by signing something with gpg"
            }
            Self::BadPassphrase { .. } | Self::Cancelled { .. } => {
                "run the step again and enter the passphrase; where nothing asks for it, GPG_TTY=$(tty) names the \
                 terminal"
            }
            Self::Home { .. } => {
                "have $GNUPGHOME name a directory of your own, mode 0700, with a path of at most 80 bytes, or unset it for GnuPG's own"
            }
            Self::File { .. } => "see that the file is there and can be read",
            Self::DamagedKeys { .. } => "have the block put right: nobody can import the file as it is",
            Self::Engine { doing: "sign", .. } => {
                "try the same with gpg itself, and see what it says; where it wants a passphrase, GPG_TTY=$(tty) names \
                 the terminal, without one unlock the key first"
            }
            Self::OtherSigner { .. } | Self::Engine { .. } => "try the same with gpg itself, and see what it says",
        }
    }
}

/// Sorts what GnuPG said while it did something with the secret key `fingerprint`.
pub(super) fn sort(source: gpgme::Error, doing: &'static str, fingerprint: &str, home: &str) -> OpenPgpError {
    use gpgme::Error as E;
    let (fingerprint, home) = (fingerprint.to_owned(), home.to_owned());
    match source.with_source(E::SOURCE_UNKNOWN) {
        E::NO_AGENT | E::AGENT => OpenPgpError::NoAgent { home, source },
        E::NO_PIN_ENTRY | E::PIN_ENTRY => OpenPgpError::NoPinentry { fingerprint, source },
        E::BAD_PASSPHRASE => OpenPgpError::BadPassphrase { fingerprint },
        E::CANCELED | E::FULLY_CANCELED => OpenPgpError::Cancelled { fingerprint },
        E::NO_SECKEY => OpenPgpError::NoSuchKey { part: "secret", fingerprint, home },
        E::KEY_EXPIRED => OpenPgpError::Expired { fingerprint, at: None },
        E::CERT_REVOKED => OpenPgpError::Revoked { fingerprint },
        _ => OpenPgpError::Engine { doing, source },
    }
}
