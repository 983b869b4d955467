// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Judging one signature: the questions in the order in which their answers say most.
//! First whether it is over these bytes, by which key; then whether what it rests on can
//! be relied on; then whether the key could sign at that time; at last what has become of
//! the key since.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sequoia_openpgp::cert::amalgamation::key::{ErasedKeyAmalgamation, ValidErasedKeyAmalgamation};
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation as _, ValidateAmalgamation as _};
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy as _};
use sequoia_openpgp::types::{RevocationStatus, RevocationType, SignatureType};
use sequoia_openpgp::{Cert, Error};

use super::{Caution, Fault, KeyRing, Reading, Signer, Verdict, Verified};
use crate::verify::algorithm::{Algorithm, Standing};
use crate::verify::policy::Policies;

/// How far the clocks of signer and verifier may differ.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(30 * 60);

type KeyOf<'a> = ErasedKeyAmalgamation<'a, PublicParts>;
type ValidKeyOf<'a> = ValidErasedKeyAmalgamation<'a, PublicParts>;

/// What signatures are held against: the keys, the policy, the time.
pub(super) struct Judge<'a> {
    keys: &'a KeyRing,
    by: Policies,
}

impl<'a> Judge<'a> {
    pub(super) fn new(keys: &'a KeyRing, now: Timestamp) -> Self {
        Self { keys, by: Policies::at(now) }
    }

    /// The judgment of `signature` over what was read.
    pub(super) fn verify(&self, signature: &Signature, reading: &Reading) -> Verified {
        let issuers = signature.get_issuers();
        let mut verified = Verified {
            issuer: issuers.first().map(|issuer| issuer.to_hex()),
            signer: None,
            made: signature.signature_creation_time().and_then(timestamp),
            hash: Some(signature.hash_algo().to_string()),
            verdict: Verdict::UnknownSigner,
        };
        let Some(made) = signature.signature_creation_time() else {
            verified.verdict = Verdict::Bad(Fault::Malformed("it does not say when it was made".into()));
            return verified;
        };
        if !matches!(signature.typ(), SignatureType::Binary | SignatureType::Text) {
            verified.verdict = Verdict::Bad(Fault::WrongType(kind(signature.typ())));
            return verified;
        }
        if issuers.is_empty() {
            verified.verdict = Verdict::Bad(Fault::Malformed("it does not say whose key made it".into()));
            return verified;
        }
        // two keys may share an id: the one that made the signature is the one it is by
        for certificate in self.keys.holding(&issuers) {
            for key in certificate.keys().key_handles(issuers.clone()) {
                let verdict = match self.fault(signature, made, &key, reading) {
                    Err(fault) => Verdict::Bad(fault),
                    Ok(cautions) => Verdict::Good(cautions),
                };
                let before = rank(&verified.verdict);
                if rank(&verdict) > before {
                    verified.verdict = verdict;
                    verified.signer = Some(self.signer(certificate, &key));
                }
            }
        }
        verified
    }

    /// What is wrong with the signature by `key`, or what should be known of it.
    fn fault(
        &self,
        signature: &Signature,
        made: SystemTime,
        key: &KeyOf<'a>,
        reading: &Reading,
    ) -> Result<Vec<Caution>, Fault> {
        over_these_bytes(signature, made, key, reading)?;
        let algorithm = Algorithm::of(key.key());
        self.strong_enough(signature, &algorithm)?;
        self.in_time(signature)?;
        let (valid, bound_later) = self.bound(key, made)?;
        could_sign(&valid)?;
        let mut cautions = Vec::new();
        if bound_later {
            cautions.push(Caution::BoundLater);
        }
        if algorithm.standing == Standing::Outside {
            cautions.push(Caution::AlgorithmOutsidePolicy(algorithm.name));
        }
        if signature.typ() == SignatureType::Text {
            cautions.push(Caution::TextMode);
        }
        cautions.extend(signature.signature_expiration_time().and_then(timestamp).map(Caution::Until));
        self.since(key, &mut cautions);
        Ok(cautions)
    }

    /// That neither the digest nor the key can be forged, and that every condition which
    /// the signature calls critical is understood.
    fn strong_enough(&self, signature: &Signature, algorithm: &Algorithm) -> Result<(), Fault> {
        if algorithm.standing == Standing::Weak {
            return Err(Fault::Weak(format!("the key is {}, expected at least 2048 bits", algorithm.name)));
        }
        let Err(error) = self.by.strict.signature(signature, HashAlgoSecurity::CollisionResistance) else {
            return Ok(());
        };
        let hash = signature.hash_algo();
        let cut_off = self.by.strict.hash_cutoff(hash, HashAlgoSecurity::CollisionResistance);
        if cut_off.is_some_and(|cut_off| cut_off <= self.by.now) {
            return Err(Fault::Weak(format!("the digest is {hash}, expected SHA-256 or SHA-512")));
        }
        Err(Fault::NotUnderstood(chain(&error)))
    }

    fn in_time(&self, signature: &Signature) -> Result<(), Fault> {
        let Err(error) = signature.signature_alive(self.by.now, CLOCK_TOLERANCE) else { return Ok(()) };
        match error.downcast_ref::<Error>() {
            Some(Error::Expired(_)) => Err(Fault::Expired),
            Some(Error::NotYetLive(_)) => Err(Fault::InFuture),
            _ => Err(Fault::Malformed(error.to_string())),
        }
    }

    /// The key as its certificate bound it when the signature was made, and whether that
    /// is known only from later on: tools that extend an expiry replace the older binding.
    fn bound(&self, key: &KeyOf<'a>, made: SystemTime) -> Result<(ValidKeyOf<'_>, bool), Fault> {
        let error = match key.with_policy(&self.by.strict, made) {
            Ok(valid) => return Ok((valid, false)),
            Err(error) => error,
        };
        let later = self.bindings_after(key, made);
        if let Some(valid) = later.iter().find_map(|at| key.with_policy(&self.by.strict, *at).ok()) {
            return Ok((valid, true));
        }
        let weak = [made].iter().chain(&later).any(|at| key.with_policy(&self.by.lenient, *at).is_ok());
        Err(if weak {
            Fault::Weak("SHA-1 or MD5 binds the key to its owner, expected SHA-256 or SHA-512".into())
        } else {
            Fault::Unbound(chain(&error))
        })
    }

    /// When the certificate spoke of this key after `made`, earliest first.
    fn bindings_after(&self, key: &KeyOf<'a>, made: SystemTime) -> Vec<SystemTime> {
        let certificate = key.cert();
        let of_key = key.self_signatures().filter_map(|each| each.signature_creation_time());
        let of_names = certificate.userids().flat_map(|name| name.self_signatures());
        let of_primary = certificate.primary_key().self_signatures().chain(of_names);
        let mut times: Vec<_> = of_key
            .chain(of_primary.filter_map(|each| each.signature_creation_time()))
            .filter(|at| *at > made && *at <= self.by.now)
            .collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// What has become of the key after it signed.
    fn since(&self, key: &KeyOf<'a>, cautions: &mut Vec<Caution>) {
        let Ok(today) = key.with_policy(&self.by.strict, self.by.now) else { return };
        for status in [today.valid_cert().revocation_status(), today.revocation_status()] {
            match status {
                RevocationStatus::Revoked(by) => {
                    let at = by.first().and_then(|by| by.signature_creation_time()).and_then(timestamp);
                    cautions.push(Caution::RevokedSince(at, reason(&by).1));
                    return;
                }
                RevocationStatus::CouldBe(_) => cautions.push(Caution::MayBeRevoked),
                RevocationStatus::NotAsFarAsWeKnow => {}
            }
        }
        for error in [today.valid_cert().alive(), today.alive()].into_iter().filter_map(Result::err) {
            if let Some(Error::Expired(at)) = error.downcast_ref::<Error>() {
                cautions.extend(timestamp(*at).map(Caution::KeyExpiredSince));
                return;
            }
        }
    }

    fn signer(&self, certificate: &Cert, key: &KeyOf<'_>) -> Signer {
        let primary = certificate.with_policy(&self.by.strict, self.by.now).ok().and_then(|valid| {
            let uid = valid.primary_userid().ok()?;
            Some(String::from_utf8_lossy(uid.userid().value()).into_owned())
        });
        let any = || certificate.userids().next().map(|uid| String::from_utf8_lossy(uid.userid().value()).into_owned());
        let algorithm = Algorithm::of(key.key());
        Signer {
            uid: primary.or_else(any),
            certificate: certificate.fingerprint().to_hex(),
            key: key.key().fingerprint().to_hex(),
            algorithm: algorithm.name,
            bits: algorithm.bits,
        }
    }
}

/// That the signature is over what was read, by this key.
fn over_these_bytes(signature: &Signature, made: SystemTime, key: &KeyOf<'_>, reading: &Reading) -> Result<(), Fault> {
    let created = key.key().creation_time();
    let unsupported = || Fault::Unsupported(format!("{} with {}", signature.pk_algo(), signature.hash_algo()));
    let state = reading.state_for(signature).ok_or_else(unsupported)?;
    if made < created {
        let created = timestamp(created).ok_or_else(|| Fault::Malformed("its key is of no date".into()))?;
        return Err(Fault::BeforeKey(created));
    }
    if signature.pk_algo() != key.key().pk_algo() {
        return Err(Fault::OtherBytes);
    }
    signature.verify_hash(key.key(), state).map_err(|error| match error.downcast_ref::<Error>() {
        Some(
            Error::UnsupportedHashAlgorithm(_)
            | Error::UnsupportedPublicKeyAlgorithm(_)
            | Error::UnsupportedEllipticCurve(_),
        ) => Fault::Unsupported(error.to_string()),
        _ if signature.typ() == SignatureType::Text => Fault::OtherText,
        _ => Fault::OtherBytes,
    })
}

/// That the key could sign at the time it is looked at.
fn could_sign(valid: &ValidKeyOf<'_>) -> Result<(), Fault> {
    for status in [valid.valid_cert().revocation_status(), valid.revocation_status()] {
        if let RevocationStatus::Revoked(by) = status {
            let (how, why) = reason(&by);
            return Err(if how == RevocationType::Hard { Fault::RevokedHard(why) } else { Fault::RevokedBefore(why) });
        }
    }
    if let Some(error) = valid.valid_cert().alive().err().or(valid.alive().err()) {
        return Err(match error.downcast_ref::<Error>() {
            Some(Error::Expired(_)) => Fault::KeyExpired,
            _ => Fault::Unbound(chain(&error)),
        });
    }
    if valid.for_signing() { Ok(()) } else { Err(Fault::NotForSigning) }
}

/// The worst reason among revocations. One that gives none is hard (RFC 9580, 5.2.3.31).
pub(in crate::verify) fn reason(by: &[&Signature]) -> (RevocationType, String) {
    let reasons: Vec<_> = by.iter().map(|signature| signature.reason_for_revocation()).collect();
    let hard = |given: &Option<(sequoia_openpgp::types::ReasonForRevocation, &[u8])>| {
        given.is_none_or(|(reason, _)| reason.revocation_type() == RevocationType::Hard)
    };
    let worst = reasons.iter().find(|given| hard(given));
    let shown = worst.or(reasons.first()).copied().flatten();
    let text = shown.map_or_else(|| "no reason given".to_owned(), |(reason, _)| reason.to_string().to_lowercase());
    (if worst.is_some() || reasons.is_empty() { RevocationType::Hard } else { RevocationType::Soft }, text)
}

/// How much a verdict says: of two keys with one id, the better is the signer.
fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::UnknownSigner => 0,
        Verdict::Bad(Fault::OtherBytes | Fault::OtherText | Fault::BeforeKey(_) | Fault::Unsupported(_)) => 1,
        Verdict::Bad(_) => 2,
        Verdict::Good(_) => 3,
    }
}

fn kind(of: SignatureType) -> String {
    format!("a signature of type {:#04x} ({of})", u8::from(of))
}

pub(in crate::verify) fn timestamp(at: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(at).ok()
}

/// An error with its causes, on one line.
fn chain(error: &(impl std::fmt::Display + ?Sized)) -> String {
    format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
}
