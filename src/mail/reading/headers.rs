// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A mail's headers, looked up by name where they lie: a vote's thread needs a dozen of the
//! fifty that a mail has.

use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};
use memchr::memchr;

/// How many bytes of headers are looked at.
const LIMIT: usize = 256 * 1024;
/// How many headers.
const COUNT: usize = 4_000;

/// The headers of a mail or of one of its parts.
#[derive(Debug, Default)]
pub(super) struct Headers<'m> {
    fields: Vec<(&'m [u8], &'m [u8])>,
}

/// An address with its name, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub name: Option<String>,
    pub address: Option<String>,
}

/// Headers and body of `mail`.
pub(super) fn split(mail: &[u8]) -> (Headers<'_>, &[u8]) {
    let mut fields: Vec<(&[u8], &[u8])> = Vec::with_capacity(24);
    let mut at = 0;
    let limit = mail.len().min(LIMIT);
    while at < limit {
        let end = line_end(mail, at);
        let line = trimmed(&mail[at..end]);
        if line.is_empty() {
            return (Headers { fields }, &mail[end..]);
        }
        let mut until = end;
        while until < mail.len()
            && matches!(mail[until], b' ' | b'\t')
            && !trimmed(&mail[until..line_end(mail, until)]).is_empty()
        {
            until = line_end(mail, until);
        }
        match memchr(b':', line) {
            Some(colon) if colon > 0 && line[..colon].iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') => {
                if fields.len() < COUNT {
                    fields.push((line[..colon].trim_ascii_end(), &mail[at + colon + 1..until]));
                }
            }
            // what is no header ends the headers, but for a "From " line or a lone continuation
            _ if line.starts_with(b">From ") || line.starts_with(b"From ") || matches!(line[0], b' ' | b'\t') => {}
            _ => return (Headers { fields }, &mail[at..]),
        }
        at = until;
    }
    (Headers { fields }, &mail[at.min(mail.len())..])
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length + 1)
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl<'m> Headers<'m> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All values of a header, as they are.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'m [u8]> + use<'m, 'n> {
        self.fields
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| *value)
    }

    /// The first value of a header, as it is.
    pub fn raw(&self, name: &str) -> Option<&'m [u8]> {
        self.fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| *value)
    }

    /// The first value, decoded and on one line.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(decoded)
    }

    /// The first value in lower case, with its bytes as characters; for values that are ASCII.
    pub fn ascii(&self, name: &str) -> Option<String> {
        self.raw(name).map(|raw| String::from_utf8_lossy(raw).to_ascii_lowercase())
    }

    /// The addresses of a header.
    pub fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        self.raw(name).map(mailboxes).unwrap_or_default()
    }

    /// Message-IDs in a header.
    pub fn ids(&self, name: &str) -> Vec<String> {
        self.raw(name).map(ids).unwrap_or_default()
    }
}

/// A header's text: encoded words decoded, folding undone.
pub(super) fn decoded(raw: &[u8]) -> String {
    let cut = &raw[..raw.len().min(16 * 1024)];
    if !cut.contains(&b'=') && cut.is_ascii() {
        return String::from_utf8_lossy(cut).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut owned = cut.to_vec();
    if !owned.ends_with(b"\n") {
        owned.push(b'\n');
    }
    let text = match MessageStream::new(&owned).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        HeaderValue::TextList(list) => list.join(" "),
        _ => String::from_utf8_lossy(cut).into_owned(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mailboxes in a header that has addresses.
pub(super) fn mailboxes(raw: &[u8]) -> Vec<Mailbox> {
    let mut owned = raw[..raw.len().min(16 * 1024)].to_vec();
    if !owned.ends_with(b"\n") {
        owned.push(b'\n');
    }
    let HeaderValue::Address(found) = MessageStream::new(&owned).parse_address() else { return Vec::new() };
    let flat: Vec<_> = match found {
        Address::List(list) => list,
        Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    flat.into_iter()
        .map(|one| Mailbox {
            name: one.name.map(|name| clean_name(&name)).filter(|name| !name.is_empty()),
            address: one.address.map(|address| address.trim().to_lowercase()).filter(|a| !a.is_empty()),
        })
        .collect()
}

fn clean_name(name: &str) -> String {
    let joined = name.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_matches(['"', '\'']).trim().to_owned()
}

fn ids(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    let mut rest = text.as_ref();
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else { break };
        let id: String = rest[start + 1..start + length].split_whitespace().collect();
        if !id.is_empty() && found.len() < 1_000 {
            found.push(id);
        }
        rest = &rest[start + length + 1..];
    }
    if found.is_empty() {
        found.extend(text.split_whitespace().filter(|word| word.contains('@')).map(str::to_owned).take(50));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_and_decoded() {
        let (headers, body) = split(b"From: =?utf-8?q?J=C3=BCrgen?= Example\n <J@Example.org>\nsubject: =?UTF-8?B?5Zue5aSN77ya?= x\n  y\nReferences: <a@b>\n <c@d>\n\nbody\n");
        assert_eq!(body, b"body\n");
        assert_eq!(
            headers.mailboxes("from"),
            [Mailbox { name: Some("Jürgen Example".into()), address: Some("j@example.org".into()) }]
        );
        assert_eq!(headers.text("Subject").unwrap(), "回复： x y");
        assert_eq!(headers.ids("references"), ["a@b", "c@d"]);
    }

    #[test]
    fn a_mail_without_headers_is_all_body() {
        let (headers, body) = split(b"just text\nand more");
        assert!(headers.is_empty());
        assert_eq!(body, b"just text\nand more");
    }
}
