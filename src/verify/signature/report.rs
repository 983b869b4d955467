// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What came of a signature file as a whole, and how it reads in a report.

use jiff::Timestamp;

use super::judge::Judge;
use super::{Caution, Container, Fault, KeyRing, Packet, Reading, SignatureFile, Verdict, Verified};
use crate::verify::{Finding, signature::verdict::day};

/// The check's name in findings.
const NAME: &str = "signature";

/// What came of a signature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureReport {
    /// How the signatures are wrapped.
    pub container: Container,
    /// Each signature in it, in the file's order.
    pub signatures: Vec<Verified>,
}

impl KeyRing {
    /// Verifies the signatures of `file` over what was read, as of `now`. `reading` must
    /// have been made with this `file`.
    pub fn verify(&self, file: &SignatureFile, reading: &Reading, now: Timestamp) -> SignatureReport {
        let judge = Judge::new(self, now);
        let signatures = file.packets.iter().map(|packet| match packet {
            Packet::Signature(signature) => judge.verify(signature, reading),
            Packet::Unreadable(why) => Verified {
                issuer: None,
                signer: None,
                made: None,
                hash: None,
                verdict: Verdict::Bad(Fault::Malformed(why.clone())),
            },
        });
        SignatureReport { container: file.container.clone(), signatures: signatures.collect() }
    }
}

impl SignatureReport {
    /// Whether at least one signature is good and none is bad, in a container that is
    /// a detached signature. A further signature by an unknown key does no harm.
    pub fn passed(&self) -> bool {
        use Container::{Armored, ArmoredWithText, ArmoredWithWrongSum, Binary};
        matches!(self.container, Armored | ArmoredWithText | ArmoredWithWrongSum | Binary)
            && self.signatures.iter().any(Verified::is_good)
            && !self.signatures.iter().any(|each| matches!(each.verdict, Verdict::Bad(_)))
    }

    /// A finding for the container where it is not as it should be, and one for each
    /// signature. One of them fails unless [`SignatureReport::passed`].
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = container(&self.container).into_iter().collect();
        let any_good = self.signatures.iter().any(Verified::is_good);
        findings.extend(self.signatures.iter().map(|each| each.finding(any_good)));
        if findings.is_empty() {
            findings.push(Finding::fail(NAME, "there is no signature in the file"));
        }
        findings
    }
}

impl Verified {
    /// Whether it is over these bytes, by a key in KEYS that could make it.
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Good(_))
    }

    /// By whom the signature is, as far as it is known.
    fn by(&self) -> String {
        match (&self.signer, &self.issuer) {
            (Some(signer), _) => {
                let uid = signer.uid.as_deref().map_or_else(String::new, |uid| format!("{}, ", printable(uid)));
                let subkey =
                    if signer.key == signer.certificate { String::new() } else { format!(", subkey {}", signer.key) };
                format!("{uid}key {}{subkey}", signer.certificate)
            }
            (None, Some(issuer)) => format!("key {issuer}"),
            (None, None) => "an unnamed key".to_owned(),
        }
    }

    fn finding(&self, any_good: bool) -> Finding {
        match &self.verdict {
            Verdict::Good(cautions) => {
                let detail = format!("good, by {} ({})", self.by(), self.made_with());
                match &cautions[..] {
                    [] => Finding::pass(NAME, detail),
                    cautions => {
                        let list: Vec<_> = cautions.iter().map(Caution::to_string).collect();
                        Finding::warn(NAME, format!("{detail}; {}", list.join("; ")))
                    }
                }
            }
            Verdict::UnknownSigner => {
                let issuer = self.issuer.as_deref().unwrap_or("an unnamed key");
                let detail = format!("unknown signer: the signature is by {issuer}, which is not in KEYS");
                if any_good { Finding::warn(NAME, detail) } else { Finding::fail(NAME, detail) }
            }
            Verdict::Bad(fault @ Fault::Malformed(_)) => Finding::fail(NAME, fault.to_string()),
            Verdict::Bad(fault) => Finding::fail(NAME, format!("{fault}; by {}{}", self.by(), self.on())),
        }
    }

    fn made_with(&self) -> String {
        let algorithm = self.signer.as_ref().map(|signer| signer.algorithm.clone());
        let day = self.made.map(|at| format!("of {}", day(at)));
        [algorithm, self.hash.clone(), day].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn on(&self) -> String {
        self.made.map_or_else(String::new, |at| format!(", of {}", day(at)))
    }
}

/// What is to be said of the container.
fn container(container: &Container) -> Option<Finding> {
    const EXPECTED: &str = "expected one armored detached signature";
    let fail = |what: &str| Some(Finding::fail(NAME, format!("{what}; {EXPECTED}")));
    match container {
        Container::Armored => None,
        Container::ArmoredWithText => {
            Some(Finding::warn(NAME, "there is text around the signature, which it does not cover"))
        }
        Container::ArmoredWithWrongSum => {
            Some(Finding::warn(NAME, "the sum of its armor is wrong, over which some tools stumble"))
        }
        Container::Binary => Some(Finding::warn(NAME, format!("the signature is binary; {EXPECTED}"))),
        Container::Cleartext => fail("it is a cleartext-signed message, whose signature is over its own text"),
        Container::Inline => fail("it is a signed message with its data inside, not a signature over the file"),
        Container::Other(label) => fail(&format!("it is a {}, not a signature", printable(label))),
        Container::Several(count) => {
            fail(&format!("it has {count} armored blocks, of which tools read different ones"))
        }
        Container::Broken(why) => fail(&format!("the armor is damaged: {why}")),
        Container::Empty => fail("the signature file is empty"),
        Container::Garbage => fail("it is nothing of OpenPGP"),
        Container::TooLarge => fail("it is too large for a signature file"),
    }
}

/// The text without control characters, at most so long that a line can hold it.
pub(in crate::verify) fn printable(text: &str) -> String {
    let cleaned: String = text.chars().map(|each| if each.is_control() { '\u{fffd}' } else { each }).collect();
    match cleaned.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &cleaned[..at]),
        None => cleaned,
    }
}
