// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A client's key as TLS takes it: decrypted, where it is encrypted and its password is known.

use pkcs8::der::SecretDocument;
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding};

/// The label that PEM has for what PKCS#8 encrypted.
const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
const PLAIN_LABEL: &str = "PRIVATE KEY";

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is encrypted.
    #[error("it is encrypted, and the module has no client_key_password")]
    NoPassword,
    /// It is encrypted with another password, or damaged.
    #[error("client_key_password does not decrypt it")]
    WrongPassword,
    /// It is encrypted in a way that is not read.
    #[error("it is encrypted in a way that is not read; openssl pkcs8 -topk8 -in OLD -out NEW encrypts it anew")]
    Unread,
}

/// The key in PEM without encryption.
pub(crate) fn plain_key(pem: Vec<u8>, password: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let text = String::from_utf8_lossy(&pem);
    if !text.contains("ENCRYPTED") {
        return Ok(pem);
    }
    let password = password.ok_or(KeyError::NoPassword)?;
    let begin = format!("-----BEGIN {ENCRYPTED_LABEL}-----");
    let end = format!("-----END {ENCRYPTED_LABEL}-----");
    // What stands before and after it, a certificate perhaps, is not looked at.
    let (_, rest) = text.split_once(&begin).ok_or(KeyError::Unread)?;
    let (inner, _) = rest.split_once(&end).ok_or(KeyError::Unread)?;
    let (_, document) = SecretDocument::from_pem(&format!("{begin}{inner}{end}\n")).map_err(|_| KeyError::Unread)?;
    let info = EncryptedPrivateKeyInfo::try_from(document.as_bytes()).map_err(|_| KeyError::Unread)?;
    if info.encryption_algorithm.pbes2().is_none() {
        return Err(KeyError::Unread);
    }
    let plain = info.decrypt(password).map_err(|_| KeyError::WrongPassword)?;
    let plain = plain.to_pem(PLAIN_LABEL, LineEnding::LF).map_err(|_| KeyError::Unread)?;
    Ok(plain.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -passout pass:words`
    const ENCRYPTED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh2Pxk1Zq8uwQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEL3tM1bisce51Mtxi6Iu5Q0EQLwX
HwXvad0rvB2NeuApyjzvTO3Wh2VKSV4Qznoxwo/6fPOAzNjavFZAI9wj9LnS7T90
iPT1tTCuwBjfJNe8KMM=
-----END ENCRYPTED PRIVATE KEY-----
";

    #[test]
    fn a_key_is_decrypted_with_its_password_alone() {
        let plain = |password| plain_key(ENCRYPTED.as_bytes().to_vec(), password);
        let key = String::from_utf8(plain(Some("words")).unwrap()).unwrap();
        assert!(key.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"), "an Ed25519 key");
        assert_eq!(plain(Some("other")), Err(KeyError::WrongPassword));
        assert_eq!(plain(None), Err(KeyError::NoPassword));
        assert_eq!(plain_key(key.clone().into_bytes(), None), Ok(key.into_bytes()));
    }

    #[test]
    fn what_is_encrypted_in_another_way_is_said_to_be() {
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAA==\n";
        assert_eq!(plain_key(old.as_bytes().to_vec(), Some("words")), Err(KeyError::Unread));
    }
}
