// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What lies beside an artifact as its signature: the container told apart, and the
//! signature packets in it.

use std::io::Read as _;

use sequoia_openpgp::armor::{Kind, Reader, ReaderMode};
use sequoia_openpgp::packet::{self, Signature};
use sequoia_openpgp::parse::{PacketParser, PacketParserResult, Parse as _};

use crate::verify::armor::{BrokenBlock, CLEARTEXT, Piece, SIGNATURE, has_wrong_sum, pieces};

/// A larger file is no detached signature; one of RSA 4096 has about 800 bytes.
const MOST_BYTES: usize = 1 << 20;
/// A file with more signatures is refused rather than hashed for.
const MOST_SIGNATURES: usize = 64;

/// How the signatures are wrapped.
///
/// The Foundation asks for *armored detached* signatures. A binary one proves the same
/// and every tool reads it, so it is a warning. Everything else fails: a message that
/// carries its own text says nothing about the file beside it, and of several blocks
/// one tool reads the first and another all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Container {
    /// One armored block of detached signatures.
    Armored,
    /// The same, with text before or after the block, that no signature covers.
    ArmoredWithText,
    /// The same, with a sum that is not that of what is in the block.
    ArmoredWithWrongSum,
    /// Detached signatures without armor.
    Binary,
    /// A cleartext-signed message: text with the signature below.
    Cleartext,
    /// A signed message that has its data inside.
    Inline,
    /// A block of something else, by its label, for instance a public key.
    Other(String),
    /// So many armored blocks.
    Several(usize),
    /// An armored block that is damaged, and how.
    Broken(String),
    /// Nothing, or white space.
    Empty,
    /// Nothing of OpenPGP.
    Garbage,
    /// More bytes or signatures than any signature file has.
    TooLarge,
}

/// One packet of a signature file.
#[derive(Debug, Clone)]
pub(super) enum Packet {
    Signature(Box<Signature>),
    /// What cannot be read, and why.
    Unreadable(String),
}

/// The signature of an artifact, read and not yet verified.
#[derive(Debug, Clone)]
pub struct SignatureFile {
    pub(super) container: Container,
    pub(super) packets: Vec<Packet>,
}

impl SignatureFile {
    /// Reads the bytes of a `.asc` or `.sig` file. Any bytes are accepted; what they are
    /// is told by the report.
    pub fn parse(bytes: &[u8]) -> Self {
        let nothing = |container| Self { container, packets: Vec::new() };
        if bytes.len() > MOST_BYTES {
            return nothing(Container::TooLarge);
        }
        if bytes.trim_ascii().is_empty() {
            return nothing(Container::Empty);
        }
        if let Some(why) = of_an_editor(bytes) {
            return nothing(Container::Broken(why.to_owned()));
        }
        let pieces = pieces(bytes);
        let read = match armored(&pieces) {
            Armored::None => binary(bytes),
            Armored::Signature(block, container) => signature_block(block, container),
            Armored::Wrong(container) => nothing(container),
        };
        if read.packets.len() > MOST_SIGNATURES { nothing(Container::TooLarge) } else { read }
    }

    /// How the signatures are wrapped.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// The signatures that could be read.
    pub(super) fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.packets.iter().filter_map(|packet| match packet {
            Packet::Signature(signature) => Some(&**signature),
            Packet::Unreadable(_) => None,
        })
    }
}

/// What some editors put before a text, which gpg does not take.
fn of_an_editor(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Some("a byte order mark stands before it, at which gpg stops");
    }
    (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff"))
        .then_some("it was saved as UTF-16, which gpg does not read")
}

/// What the armor of a file amounts to.
enum Armored<'a> {
    None,
    Signature(&'a [u8], Container),
    Wrong(Container),
}

fn armored<'a>(pieces: &[Piece<'a>]) -> Armored<'a> {
    let mut blocks = Vec::new();
    let mut broken: Option<BrokenBlock> = None;
    let mut text = false;
    for piece in pieces {
        match piece {
            Piece::Text => text = true,
            Piece::Block { label, bytes, .. } => blocks.push((*label, *bytes)),
            Piece::Broken { why, .. } => broken = broken.or(Some(*why)),
        }
    }
    match (&blocks[..], broken) {
        (_, Some(why)) => Armored::Wrong(Container::Broken(why.to_string())),
        ([], None) => Armored::None,
        ([(SIGNATURE, bytes)], None) if text => Armored::Signature(bytes, Container::ArmoredWithText),
        ([(SIGNATURE, bytes)], None) => Armored::Signature(bytes, Container::Armored),
        ([(CLEARTEXT, _)], None) => Armored::Wrong(Container::Cleartext),
        ([("MESSAGE", _)], None) => Armored::Wrong(Container::Inline),
        ([(label, _)], None) => Armored::Wrong(Container::Other(label.to_lowercase())),
        (blocks, None) => Armored::Wrong(Container::Several(blocks.len())),
    }
}

fn signature_block(block: &[u8], container: Container) -> SignatureFile {
    let mut bytes = Vec::new();
    let mut reader = Reader::from_bytes(block, ReaderMode::Tolerant(Some(Kind::Signature)));
    if let Err(error) = reader.read_to_end(&mut bytes) {
        let container = Container::Broken(format!("its armor cannot be decoded: {error}"));
        return SignatureFile { container, packets: Vec::new() };
    }
    let container = if has_wrong_sum(block, &bytes) { Container::ArmoredWithWrongSum } else { container };
    match packets(&bytes) {
        Contents::Signatures(packets) => SignatureFile { container, packets },
        Contents::Wrong(Container::Garbage) => SignatureFile {
            container: Container::Broken("the armored block has no signature in it".into()),
            packets: Vec::new(),
        },
        Contents::Wrong(container) => SignatureFile { container, packets: Vec::new() },
    }
}

fn binary(bytes: &[u8]) -> SignatureFile {
    match packets(bytes) {
        Contents::Signatures(packets) => SignatureFile { container: Container::Binary, packets },
        Contents::Wrong(container) => SignatureFile { container, packets: Vec::new() },
    }
}

/// What a sequence of packets amounts to.
enum Contents {
    Signatures(Vec<Packet>),
    Wrong(Container),
}

fn packets(bytes: &[u8]) -> Contents {
    // the first octet of every packet has its highest bit set (RFC 9580, 4.2)
    if bytes.first().is_none_or(|first| first & 0x80 == 0) {
        return Contents::Wrong(Container::Garbage);
    }
    let mut found = Vec::new();
    let mut next = match PacketParser::from_bytes(bytes) {
        Ok(next) => next,
        Err(_) => return Contents::Wrong(Container::Garbage),
    };
    while let PacketParserResult::Some(parser) = next {
        if found.len() > MOST_SIGNATURES {
            break;
        }
        // `next` steps over what a packet contains: nothing is unpacked
        let (packet, rest) = match parser.next() {
            Ok(step) => step,
            Err(error) => {
                found.push(Packet::Unreadable(error.to_string()));
                break;
            }
        };
        next = rest;
        match packet {
            sequoia_openpgp::Packet::Signature(signature) => found.push(Packet::Signature(Box::new(signature))),
            sequoia_openpgp::Packet::Unknown(unknown) if unknown.tag() == packet::Tag::Signature => {
                found.push(Packet::Unreadable(unknown.error().to_string()));
            }
            other if found.is_empty() => return Contents::Wrong(not_signatures(other.tag())),
            other => {
                found.push(Packet::Unreadable(format!("a {} packet follows the signature", other.tag())));
                break;
            }
        }
    }
    Contents::Signatures(found)
}

fn not_signatures(first: packet::Tag) -> Container {
    use packet::Tag;
    match first {
        Tag::OnePassSig | Tag::Literal | Tag::CompressedData => Container::Inline,
        Tag::PublicKey | Tag::SecretKey => Container::Other(first.to_string().to_lowercase()),
        _ => Container::Garbage,
    }
}
