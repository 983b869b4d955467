// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What came of a signature file as a whole, and how it reads in a report.

use jiff::{SignedDuration, Timestamp};

use super::judge::Judge;
use super::{Caution, Container, Fault, KeyRing, Packet, Reading, SignatureFile, Verdict, Verified};
use crate::verify::{Finding, signature::verdict::day};

/// The check's name in findings.
const NAME: &str = "signature";

/// How much newer than its signature a file of an archive may be: clocks differ, and the times in a zip
/// are of no zone.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

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

    /// What is to be said where a good signature says that it is older than the newest file of the archive that it is
    /// over: somebody's clock was wrong, or the signature was dated back. By a key that has ended since it
    /// proves nothing then.
    pub fn older_than(&self, newest: Timestamp) -> Vec<Finding> {
        let older = self.signatures.iter().filter_map(|each| {
            let made = each.made.filter(|made| newest.duration_since(*made) > CLOCKS_DIFFER)?;
            let Verdict::Good(cautions) = &each.verdict else { return None };
            let says = format!("it says that it is of {}, and the archive has a file of {}", day(made), day(newest));
            let ended = cautions
                .iter()
                .find(|caution| matches!(caution, Caution::KeyExpiredSince(_) | Caution::RevokedSince(..)));
            Some(match ended {
                Some(caution) => Finding::fail(
                    NAME,
                    format!("{says}: {caution}, and nothing shows that it was made before; by {}", each.by()),
                ),
                None => {
                    Finding::warn(NAME, format!("{says}: it is dated back, or a clock was wrong; by {}", each.by()))
                }
            })
        });
        older.collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Status;

    #[test]
    fn a_signature_that_is_older_than_what_it_is_over_is_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let of = |verdict: Verdict| {
            let made = Some(at("2025-03-01T12:00:00Z"));
            let by = Verified { issuer: Some("AB".to_owned()), signer: None, made, hash: None, verdict };
            SignatureReport { container: Container::Armored, signatures: vec![by] }
        };
        let status = |verdict: Verdict, newest: &str| {
            let found = of(verdict).older_than(at(newest));
            found.into_iter().map(|finding| (finding.status, finding.detail)).collect::<Vec<_>>()
        };
        let expired = || Verdict::Good(vec![Caution::TextMode, Caution::KeyExpiredSince(at("2025-06-01T00:00:00Z"))]);
        let revoked = || Verdict::Good(vec![Caution::RevokedSince(None, "superseded".to_owned())]);
        for newest in ["2024-01-01T00:00:00Z", "2025-03-02T11:59:59Z"] {
            assert_eq!((status(expired(), newest), status(Verdict::Good(Vec::new()), newest)), (vec![], vec![]));
        }
        let newest = "2026-11-20T00:00:00Z";
        let [(Status::Warn, why)] = &status(Verdict::Good(Vec::new()), newest)[..] else { panic!() };
        assert!(why.contains("of 2025-03-01, and the archive has a file of 2026-11-20"), "{why}");
        for ended in [expired(), revoked()] {
            let [(Status::Fail, why)] = &status(ended, newest)[..] else { panic!() };
            assert!(why.contains("nothing shows that it was made before"), "{why}");
        }
        assert_eq!(status(Verdict::UnknownSigner, newest), [], "that is told already");
    }
}
