// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A client's key as TLS takes it: decrypted, where it is encrypted and its password is known.
//!
//! Read is PKCS#8 that is encrypted by PBES2 with AES. Older ways are told apart, so that whoever
//! has such a key is given what writes it anew: upstream's own test keys are of the oldest.

use std::path::Path;

use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::der::{Decode, Reader, SecretDocument};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfo, Error, LineEnding, ObjectIdentifier, pkcs5};

/// The label that PEM has for what PKCS#8 encrypted.
const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
const PLAIN_LABEL: &str = "PRIVATE KEY";
/// What begins the line that names the cipher, before PKCS#8 did.
const CIPHER_LINE: &str = "DEK-Info: ";

/// Schemes before PBES2, by the numbers and names that OpenSSL has for them.
const OLD_SCHEMES: [(&str, &str); 12] = [
    ("1.2.840.113549.1.5.1", "PBE-MD2-DES"),
    ("1.2.840.113549.1.5.3", "PBE-MD5-DES"),
    ("1.2.840.113549.1.5.4", "PBE-MD2-RC2-64"),
    ("1.2.840.113549.1.5.6", "PBE-MD5-RC2-64"),
    ("1.2.840.113549.1.5.10", "PBE-SHA1-DES"),
    ("1.2.840.113549.1.5.11", "PBE-SHA1-RC2-64"),
    ("1.2.840.113549.1.12.1.1", "PBE-SHA1-RC4-128"),
    ("1.2.840.113549.1.12.1.2", "PBE-SHA1-RC4-40"),
    ("1.2.840.113549.1.12.1.3", "PBE-SHA1-3DES"),
    ("1.2.840.113549.1.12.1.4", "PBE-SHA1-2DES"),
    ("1.2.840.113549.1.12.1.5", "PBE-SHA1-RC2-128"),
    ("1.2.840.113549.1.12.1.6", "PBE-SHA1-RC2-40"),
];
/// What OpenSSL 3 reads without its legacy provider.
const STILL_READ: [&str; 6] = ["PBE-SHA1-3DES", "PBE-SHA1-2DES", "DES-EDE3-", "AES-", "CAMELLIA-", "ARIA-"];

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is encrypted.
    #[error("it is encrypted, and the module has no client_key_password")]
    NoPassword,
    /// It is encrypted with another password.
    #[error("client_key_password does not decrypt it")]
    WrongPassword,
    /// It is encrypted in a way that is not read.
    #[error("it is encrypted with {scheme}; expected is PBES2 with AES, as this writes it anew: {command}")]
    Scheme {
        /// How it is.
        scheme: String,
        /// What encrypts it anew, for a shell.
        command: String,
    },
    /// It says that it is encrypted, and holds nothing that could be decrypted.
    #[error("it is damaged: it holds no encrypted key in PEM")]
    Damaged,
}

/// The key in PEM without encryption; `path` is where it was read.
pub(crate) fn plain_key(path: &Path, pem: Vec<u8>, password: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let text = String::from_utf8_lossy(&pem);
    if !text.contains("ENCRYPTED") {
        return Ok(pem);
    }
    if let Some((_, cipher)) = text.split_once(CIPHER_LINE) {
        let cipher = cipher.split([',', '\r', '\n']).next().unwrap_or_default();
        return Err(unread(path, cipher, format!("{cipher}, in the form before PKCS#8")));
    }
    let document = document(&text).ok_or(KeyError::Damaged)?;
    let scheme = scheme(document.as_bytes()).ok_or(KeyError::Damaged)?.to_string();
    if let Some((_, name)) = OLD_SCHEMES.iter().find(|(number, _)| *number == scheme) {
        return Err(unread(path, name, format!("{name}, which is older than PBES2")));
    }
    let other = || unread(path, "AES-", "a cipher or a derivation that is not read".to_owned());
    let info = EncryptedPrivateKeyInfo::try_from(document.as_bytes()).map_err(|_| other())?;
    let plain = info.decrypt(password.ok_or(KeyError::NoPassword)?).map_err(|error| match error {
        Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed | pkcs5::Error::EncryptFailed) | Error::Asn1(_) => {
            KeyError::WrongPassword
        }
        _ => other(),
    })?;
    let plain = plain.to_pem(PLAIN_LABEL, LineEnding::LF).map_err(|_| KeyError::Damaged)?;
    Ok(plain.as_bytes().to_vec())
}

/// What PKCS#8 encrypted. What stands before and after it, a certificate perhaps, is not looked at.
fn document(text: &str) -> Option<SecretDocument> {
    let (begin, end) = (format!("-----BEGIN {ENCRYPTED_LABEL}-----"), format!("-----END {ENCRYPTED_LABEL}-----"));
    let (_, rest) = text.split_once(&begin)?;
    let (inner, _) = rest.split_once(&end)?;
    Some(SecretDocument::from_pem(&format!("{begin}{inner}{end}\n")).ok()?.1)
}

/// By which scheme it is encrypted.
fn scheme(document: &[u8]) -> Option<ObjectIdentifier> {
    let of = AnyRef::from_der(document).ok()?.sequence(|reader| {
        let algorithm: AlgorithmIdentifierRef<'_> = reader.decode()?;
        let _: OctetStringRef<'_> = reader.decode()?;
        Ok(algorithm.oid)
    });
    of.ok()
}

fn unread(path: &Path, name: &str, scheme: String) -> KeyError {
    let legacy = !STILL_READ.iter().any(|read| name.starts_with(read));
    let providers = if legacy { " -provider default -provider legacy" } else { "" };
    let (old, new) = (path.display().to_string(), format!("{}.new", path.display()));
    let command = format!("openssl pkcs8 -topk8 -v2 aes-256-cbc{providers} -in {} -out {}", word(&old), word(&new));
    KeyError::Scheme { scheme, command }
}

/// A word of a shell's command.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -passout pass:words`, as all of
    /// these, but for what is said of each.
    const ENCRYPTED: &str = "\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh2Pxk1Zq8uwQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEL3tM1bisce51Mtxi6Iu5Q0EQLwX
HwXvad0rvB2NeuApyjzvTO3Wh2VKSV4Qznoxwo/6fPOAzNjavFZAI9wj9LnS7T90
iPT1tTCuwBjfJNe8KMM=";
    /// With `-scrypt -scrypt_N 16`, which is as weak as it is fast.
    const SCRYPT: &str = "\
MIGSME4GCSqGSIb3DQEFDTBBMCAGCSsGAQQB2kcECzATBAg2E7IUkfYeGQIBEAIB
CAIBATAdBglghkgBZQMEASoEEK+Reptr/9CuyoGSTIy23gwEQIqTageNrk9/iAPK
lPAsRZWAvQzeNgpNq1LjMV8deuDT2gs+uDRvhrVDRDcgMJJOG7ZuL8ApIAuozGoe
3ZEiHDM=";
    /// With `-v1 PBE-SHA1-RC4-128`, as upstream's documentation of its test keys has it.
    const RC4: &str = "\
MFAwHAYKKoZIhvcNAQwBATAOBAgv2r3NrDhzfgICCAAEMMaWc0uAafeNGv8p15IQ
kjMU/hEVQNQz2FT8NRdY/osB2snG/KcsCgnDXk6/Ky5SYA==";
    /// With `-v1 PBE-SHA1-3DES`.
    const TRIPLE_DES: &str = "\
MFgwHAYKKoZIhvcNAQwBAzAOBAhKL4l0VPHzzQICCAAEOHzuUgl4O2lgfLG0i5bG
dOTL5bTDZHpvND9b06SIGTtMgCkuxgp+F9GU0Wcq3F5Ans0uOn79cxYa";
    /// With `-v2 des3`.
    const PBES2_WITH_DES: &str = "\
MIGKME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAhQDbjbDoO9NwICCAAw
DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQISWGhRez1h5UEOLwvo6M3OQ9YipP1
gCPRNLbekt3qKjcIcc4rdziHwUoaOdGKEL/u+nKVNwx3Ny0TrsK4Nb1oFub5";
    /// With `-v2 aes-256-cbc -v2prf hmacWithSHA1`.
    const PBES2_WITH_SHA1: &str = "\
MIGNMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAjrWKbu8WMTiQICCAAw
HQYJYIZIAWUDBAEqBBCyV98JATBXUw/5Tze9ZKqbBEAdkq5HCnsaVIGwuFH8xRNk
ctZA2tisw4mqUZ00jo+2WY2muBY0HqU9pRKXSXPhGWcIY7v6bGO3PYPV6LB4Muc9";

    fn plain(inner: &str, password: Option<&str>) -> Result<String, KeyError> {
        let pem = format!("-----BEGIN {ENCRYPTED_LABEL}-----\n{inner}\n-----END {ENCRYPTED_LABEL}-----\n");
        plain_text(&pem, password)
    }

    fn plain_text(pem: &str, password: Option<&str>) -> Result<String, KeyError> {
        plain_key(Path::new("client key.pem"), pem.into(), password).map(|key| String::from_utf8(key).unwrap())
    }

    fn refused(inner: &str) -> String {
        let error = plain(inner, Some("words")).unwrap_err();
        assert!(matches!(error, KeyError::Scheme { .. }), "{error}");
        error.to_string()
    }

    #[test]
    fn a_key_is_decrypted_with_its_password_alone() {
        for inner in [ENCRYPTED, SCRYPT] {
            let key = plain(inner, Some("words")).unwrap();
            assert!(key.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"), "an Ed25519 key");
            assert_eq!(plain_text(&key, None), Ok(key));
        }
        assert_eq!(plain(ENCRYPTED, Some("other")), Err(KeyError::WrongPassword));
        assert_eq!(plain(ENCRYPTED, None), Err(KeyError::NoPassword));
        assert_eq!(plain(&ENCRYPTED[..65], Some("words")), Err(KeyError::Damaged));
    }

    #[test]
    fn what_is_encrypted_in_another_way_is_named_with_what_writes_it_anew() {
        let said = refused(TRIPLE_DES);
        assert!(said.starts_with("it is encrypted with PBE-SHA1-3DES, which is older than PBES2; expected"), "{said}");
        let command = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in 'client key.pem' -out 'client key.pem.new'";
        assert!(said.ends_with(command), "{said}");
        assert!(refused(RC4).contains("PBE-SHA1-RC4-128"));
        assert!(refused(RC4).contains("-provider default -provider legacy -in"), "OpenSSL 3 wants to be asked");
        for inner in [PBES2_WITH_DES, PBES2_WITH_SHA1] {
            assert!(refused(inner).contains("a cipher or a derivation that is not read"));
        }
    }

    #[test]
    fn the_form_before_pkcs_8_is_named_by_its_cipher() {
        let refused = |cipher: &str| {
            let head = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n";
            plain_text(&format!("{head}DEK-Info: {cipher},00\n\nAA==\n"), Some("words")).unwrap_err().to_string()
        };
        assert!(refused("AES-128-CBC").contains("AES-128-CBC, in the form before PKCS#8"));
        assert!(!refused("AES-128-CBC").contains("-provider"));
        assert!(refused("DES-CBC").contains("-provider legacy"));
    }
}
