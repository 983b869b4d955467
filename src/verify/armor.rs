// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Splitting a file into armored OpenPGP blocks and the text around them. Only lines are
//! looked at: what a block holds is decoded elsewhere.

use base64::Engine as _;

/// A stretch of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Lines outside any block; never only white space.
    Text,
    /// A block with its first and last line.
    Block {
        /// What stands after `BEGIN PGP`: "SIGNATURE", "PUBLIC KEY BLOCK".
        label: &'a str,
        /// The lines, markers included.
        bytes: &'a [u8],
        /// The number of its first line.
        line: usize,
    },
    /// Lines that look like a damaged block.
    Broken {
        /// The number of the first line.
        line: usize,
        /// What is wrong.
        why: BrokenBlock,
    },
}

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BrokenBlock {
    /// There is a BEGIN without its END.
    NoEnd,
    /// There is an END without its BEGIN.
    NoBegin,
    /// A line names BEGIN PGP or END PGP and is not a marker.
    DamagedMarker,
}

impl std::fmt::Display for BrokenBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoEnd => "a block begins and does not end (truncated?)",
            Self::NoBegin => "a block ends that did not begin",
            Self::DamagedMarker => "a BEGIN or END line of a block is damaged",
        })
    }
}

/// A block whose BEGIN has been seen.
struct Open<'a> {
    label: &'a str,
    offset: usize,
    line: usize,
}

impl Open<'_> {
    /// Whether END `label` closes it. A cleartext-signed message ends with its signature.
    fn closed_by(&self, label: &str) -> bool {
        self.label == label || (self.label == CLEARTEXT && label == SIGNATURE)
    }
}

pub(super) const SIGNATURE: &str = "SIGNATURE";
pub(super) const CLEARTEXT: &str = "SIGNED MESSAGE";

/// The pieces of `bytes`, in order.
pub(super) fn pieces(bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut open: Option<Open<'_>> = None;
    let mut offset = 0;
    for (index, raw) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let (line, start) = (index + 1, offset);
        offset += raw.len();
        match (marker(raw), &open) {
            (Some(Marker::Begin(SIGNATURE)), Some(outer)) if outer.label == CLEARTEXT => {}
            (Some(Marker::Begin(label)), outer) => {
                found.extend(outer.as_ref().map(|outer| Piece::Broken { line: outer.line, why: BrokenBlock::NoEnd }));
                open = Some(Open { label, offset: start, line });
            }
            (Some(Marker::End(label)), Some(outer)) if outer.closed_by(label) => {
                found.push(Piece::Block { label: outer.label, bytes: &bytes[outer.offset..offset], line: outer.line });
                open = None;
            }
            (Some(Marker::End(_)), _) => found.push(Piece::Broken { line, why: BrokenBlock::NoBegin }),
            (Some(Marker::Damaged), None) => found.push(Piece::Broken { line, why: BrokenBlock::DamagedMarker }),
            (None, None) if !raw.trim_ascii().is_empty() && found.last() != Some(&Piece::Text) => {
                found.push(Piece::Text);
            }
            _ => {}
        }
    }
    found.extend(open.map(|outer| Piece::Broken { line: outer.line, why: BrokenBlock::NoEnd }));
    found
}

/// Whether `bytes` are a text with public keys in it, as a KEYS file is.
pub(super) fn is_key_text(bytes: &[u8]) -> bool {
    let is_key = |piece: &Piece<'_>| matches!(piece, Piece::Block { label: "PUBLIC KEY BLOCK", .. });
    !bytes.contains(&0) && pieces(bytes).iter().any(is_key)
}

/// Whether the sum at the end of an armored `block` (RFC 4880, 6.1) is another than that
/// of `decoded`, what is in it. RFC 9580 lets tools pass over it; some do not.
pub(super) fn has_wrong_sum(block: &[u8], decoded: &[u8]) -> bool {
    let lines = block.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let sum = lines.filter_map(|line| line.strip_prefix(b"=")).find(|sum| sum.len() == 4);
    let Some(sum) = sum else { return false };
    let wanted = crc24(decoded).to_be_bytes();
    base64::engine::general_purpose::STANDARD.decode(sum).map_or(true, |sum| sum != wanted[1..])
}

fn crc24(bytes: &[u8]) -> u32 {
    const START: u32 = 0x00b7_04ce;
    const POLYNOMIAL: u32 = 0x0186_4cfb;
    let step = |sum: u32, _| if sum & 0x80_0000 == 0 { sum << 1 } else { (sum << 1) ^ POLYNOMIAL };
    bytes.iter().fold(START, |sum, byte| (0..8).fold(sum ^ (u32::from(*byte) << 16), step) & 0xff_ffff)
}

/// A line that begins or ends a block, or should.
enum Marker<'a> {
    Begin(&'a str),
    End(&'a str),
    Damaged,
}

fn marker(line: &[u8]) -> Option<Marker<'_>> {
    let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii_end();
    let named = |word: &str| {
        let inner = bare.strip_prefix(b"-----")?.strip_suffix(b"-----")?.strip_prefix(word.as_bytes())?;
        let label = std::str::from_utf8(inner.strip_prefix(b" PGP ")?).ok()?;
        label.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b' ')).then_some(label)
    };
    if let Some(label) = named("BEGIN") {
        return Some(Marker::Begin(label));
    }
    if let Some(label) = named("END") {
        return Some(Marker::End(label));
    }
    let holds = |needle: &[u8]| bare.windows(needle.len()).any(|window| window == needle);
    // prose may speak of "BEGIN PGP"; a damaged marker still has a row of hyphens
    (holds(b"---") && (holds(b"BEGIN PGP") || holds(b"END PGP")) && !bare.starts_with(b"- ")).then_some(Marker::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        pieces(text.as_bytes())
            .iter()
            .map(|piece| match piece {
                Piece::Text => "text".to_owned(),
                Piece::Block { label, line, .. } => format!("{line} {label}"),
                Piece::Broken { line, why } => format!("{line} {why:?}"),
            })
            .collect()
    }

    const KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n";

    #[test]
    fn blocks_and_text_are_told_apart() {
        assert_eq!(
            labels(&format!("pub ann\n\n{KEY}more\nmore\n{KEY}{KEY}")),
            ["text", "3 PUBLIC KEY BLOCK", "text", "9 PUBLIC KEY BLOCK", "13 PUBLIC KEY BLOCK"]
        );
        assert_eq!(labels(&format!("\u{feff}{}", KEY.replace('\n', "\r\n"))), ["1 PUBLIC KEY BLOCK"]);
        assert_eq!(labels(""), [""; 0]);
    }

    #[test]
    fn a_sum_is_held_against_what_is_in_the_block() {
        let block =
            |sum: &str| format!("-----BEGIN PGP SIGNATURE-----\n\nMTIzNDU2Nzg5\n{sum}\n-----END PGP SIGNATURE-----\n");
        // the check value of CRC-24/OPENPGP, 0x21cf02
        for (sum, wrong) in [("=Ic8C", false), ("", false), ("=AAAA", true), ("=....", true)] {
            assert_eq!(has_wrong_sum(block(sum).as_bytes(), b"123456789"), wrong, "{sum}");
        }
    }

    #[test]
    fn a_file_of_keys_is_text_with_a_key() {
        assert!(is_key_text(format!("who signs\n\n{KEY}").as_bytes()));
        for other in [&b""[..], b"words", b"\x7fELF\x02\0", format!("\x7fELF\0\n{KEY}").as_bytes()] {
            assert!(!is_key_text(other));
        }
    }

    #[test]
    fn a_cleartext_message_is_one_block() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\n\n- -----BEGIN PGP X-----\n\
                    -----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n";
        assert_eq!(labels(text), ["1 SIGNED MESSAGE"]);
    }

    #[test]
    fn a_damaged_block_is_named_with_its_line() {
        let no_end = KEY.replace("-----END PGP PUBLIC KEY BLOCK-----\n", "");
        assert_eq!(labels(&no_end), ["1 NoEnd"]);
        assert_eq!(labels(&format!("{no_end}{KEY}")), ["1 NoEnd", "4 PUBLIC KEY BLOCK"]);
        assert_eq!(labels("x\n-----END PGP SIGNATURE-----"), ["text", "2 NoBegin"]);
        assert_eq!(labels("----BEGIN PGP SIGNATURE-----\nx"), ["1 DamagedMarker", "text"]);
        assert_eq!(labels("look for BEGIN PGP in it"), ["text"]);
    }
}
