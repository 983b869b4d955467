// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The text that a mail's sender wrote, found among its MIME parts and decoded: plain text
//! where there is some, else HTML. Attachments are not opened. What is too large, too deep or
//! too many is not read, and that is said.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use memchr::memmem;

use super::charset::{self, charset_of};
use super::flowed;
use super::headers::{Headers, split};
use super::html;
use super::otherwise::{Otherwise, differing_value, hidden_value, struck_value};
use super::same;

/// How many bytes of a text are read.
pub(super) const TEXT_LIMIT: usize = 2 * 1024 * 1024;
/// How many parts of a mail are looked at.
const PARTS: usize = 400;
/// How deep parts in parts are looked into.
const DEPTH: usize = 12;

/// A mail's text, and what was doubtful about it.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The lines; what HTML quotes, and format=flowed quotes, stand behind `>`.
    pub text: String,
    /// What could not be read, for a person.
    pub faults: Vec<String>,
    /// What whoever reads the mail may see otherwise, or not at all.
    pub otherwise: Option<Otherwise>,
}

struct Walk<'m> {
    plain: Vec<Part<'m>>,
    html: Vec<Part<'m>>,
    parts: usize,
    /// Whether a part was passed over.
    unread: bool,
    faults: Vec<String>,
}

struct Part<'m> {
    kind: String,
    encoding: String,
    bytes: &'m [u8],
}

/// The text of a mail with these headers and this body.
pub(super) fn body(headers: &Headers<'_>, bytes: &[u8]) -> Body {
    let mut walk = Walk { plain: Vec::new(), html: Vec::new(), parts: 0, unread: false, faults: Vec::new() };
    walk.part(headers, bytes, 0);
    let mut faults = std::mem::take(&mut walk.faults);
    let mut text = String::new();
    for part in &walk.plain {
        let decoded = part.text(&mut faults);
        let decoded = if part.kind.contains("flowed") {
            flowed::unflowed(&decoded, part.kind.contains("delsp=yes") || part.kind.contains("delsp=\"yes\""))
        } else {
            decoded
        };
        push(&mut text, &decoded);
    }
    if text.lines().any(|line| line.trim_end() == "-----BEGIN PGP MESSAGE-----") {
        faults.push("it has encrypted text, which was not read".to_owned());
    }
    let mut otherwise = None;
    if text.trim().is_empty() {
        text.clear();
        let (mut unseen, mut struck) = (String::new(), String::new());
        for part in &walk.html {
            let shown = html::shown(&part.text(&mut faults));
            push(&mut text, &shown.text);
            push(&mut unseen, &shown.unseen);
            push(&mut struck, &shown.struck);
        }
        otherwise = hidden_value(&text, &unseen).or_else(|| struck_value(&text, &text, &struck));
    } else if !walk.html.iter().all(|part| part.is_same_as(&text)) {
        let (mut shown, mut struck) = (String::new(), String::new());
        for part in &walk.html {
            let page = html::shown(&part.text(&mut Vec::new()));
            push(&mut shown, &page.text);
            push(&mut struck, &page.struck);
        }
        otherwise = differing_value(&text, &shown).or_else(|| struck_value(&text, &shown, &struck));
    }
    if text.trim().is_empty() && faults.is_empty() && !bytes.trim_ascii().is_empty() && walk.unread {
        faults.push("it has no text but in a form that was not read (encrypted, an image, a file)".to_owned());
    }
    Body { text, faults, otherwise }
}

fn push(text: &mut String, more: &str) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if text.len() < TEXT_LIMIT {
        text.push_str(more);
    }
}

impl<'m> Walk<'m> {
    fn part(&mut self, headers: &Headers<'m>, bytes: &'m [u8], depth: usize) {
        self.parts += 1;
        if self.parts > PARTS || depth > DEPTH {
            if !self.faults.iter().any(|fault| fault.contains("parts")) {
                self.faults.push("it has too many parts in parts to look at all of them".to_owned());
            }
            return;
        }
        let kind = headers.ascii("content-type").unwrap_or_default();
        let media = kind.trim_start().split([';', ' ', '\r', '\n', '\t']).next().unwrap_or_default();
        let attached = depth > 0
            && headers.ascii("content-disposition").is_some_and(|value| value.trim_start().starts_with("attachment"));
        if attached {
            self.unread = true;
            return;
        }
        if media.starts_with("multipart/") {
            match boundary(headers) {
                Some(boundary) => self.multipart(bytes, &boundary, media == "multipart/alternative", depth),
                None => self.leaf("text/plain".to_owned(), headers, bytes, false),
            }
        } else if media.is_empty()
            || media == "text/plain"
            || media == "text"
            || media == "message/rfc822" && depth == 0
        {
            self.leaf(kind, headers, bytes, false);
        } else if media == "text/html" || media == "application/xhtml+xml" {
            self.leaf(kind, headers, bytes, true);
        } else if media.starts_with("text/")
            && !matches!(media, "text/calendar" | "text/x-patch" | "text/csv" | "text/x-diff")
            && depth == 0
        {
            self.leaf(kind, headers, bytes, false);
        } else {
            self.unread = true;
        }
    }

    fn leaf(&mut self, kind: String, headers: &Headers<'m>, bytes: &'m [u8], html: bool) {
        let encoding = headers.ascii("content-transfer-encoding").unwrap_or_default().trim().to_owned();
        let named = headers.ascii("content-disposition").is_some_and(|value| value.contains("filename"))
            || kind.contains("name=");
        let part = Part { kind, encoding, bytes };
        let place = if html { &mut self.html } else { &mut self.plain };
        if named && !place.is_empty() || place.len() > 20 {
            return;
        }
        place.push(part);
    }

    fn multipart(&mut self, bytes: &'m [u8], boundary: &[u8], alternative: bool, depth: usize) {
        let (plain, html) = (self.plain.len(), self.html.len());
        let pieces = pieces(bytes, boundary);
        if pieces.is_empty() && !bytes.trim_ascii().is_empty() {
            self.faults.push("its parts cannot be told apart by what its header says, and were not read".to_owned());
        }
        for piece in pieces {
            if self.parts > PARTS {
                break;
            }
            let (headers, body) = split(piece);
            self.part(&headers, body, depth + 1);
            if alternative {
                // of several readings of the same text the first is enough
                self.plain.truncate(plain + 1);
                self.html.truncate(html + 1);
            }
        }
    }
}

fn boundary(headers: &Headers<'_>) -> Option<Vec<u8>> {
    let raw = headers.raw("content-type")?;
    let lower = raw.to_ascii_lowercase();
    let at = memmem::find(&lower, b"boundary")?;
    let rest = raw[at + 8..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let value = match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next()?,
        None => rest.split(|byte| matches!(byte, b';' | b' ' | b'\r' | b'\n' | b'\t')).next()?,
    };
    (!value.is_empty() && value.len() <= 200).then(|| [b"--", value].concat())
}

/// The pieces between boundary lines.
fn pieces<'m>(bytes: &'m [u8], boundary: &[u8]) -> Vec<&'m [u8]> {
    let mut found = Vec::new();
    let mut begun: Option<usize> = None;
    for at in memmem::find_iter(bytes, boundary) {
        let line_begins = at == 0 || bytes[at - 1] == b'\n';
        let behind = &bytes[at + boundary.len()..];
        let closes = behind.starts_with(b"--");
        let rest = if closes { &behind[2..] } else { behind };
        if !line_begins || !rest.first().is_none_or(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t')) {
            continue;
        }
        if let Some(start) = begun.take() {
            found.push(&bytes[start..at]);
        }
        if closes || found.len() > PARTS {
            return found;
        }
        begun = Some(at + boundary.len() + memchr::memchr(b'\n', behind).map_or(behind.len(), |length| length + 1));
    }
    if let Some(start) = begun {
        found.push(&bytes[start.min(bytes.len())..]);
    }
    found
}

impl Part<'_> {
    /// Whether it is HTML that says what the text says, as far as that is told without taking it apart.
    fn is_same_as(&self, text: &str) -> bool {
        let known = matches!(charset_of(&self.kind).as_deref(), None | Some("utf-8" | "us-ascii"));
        let coded = self.encoding == "quoted-printable";
        known
            && (coded || matches!(self.encoding.as_str(), "" | "7bit" | "8bit"))
            && same::is_same(text, self.bytes, coded)
    }

    fn text(&self, faults: &mut Vec<String>) -> String {
        let encoding = self.encoding.as_str();
        // an encoded text is up to four thirds, or thrice, as long as what it says
        let limit = match encoding {
            "base64" => TEXT_LIMIT / 3 * 4,
            "quoted-printable" => TEXT_LIMIT * 3,
            _ => TEXT_LIMIT,
        };
        let cut = self.bytes.len() > limit;
        let bytes = &self.bytes[..self.bytes.len().min(limit)];
        let decoded = match encoding {
            "base64" => {
                let decoded = base64(bytes);
                if decoded.is_empty() && !bytes.trim_ascii().is_empty() {
                    faults.push("its base64 text is none, and was not read".to_owned());
                }
                decoded
            }
            "quoted-printable" => quoted_printable_decode(bytes).unwrap_or_else(|| {
                faults.push("its quoted-printable text is broken, and was not read for certain".to_owned());
                bytes.to_vec()
            }),
            _ => bytes.to_vec(),
        };
        if cut || decoded.len() > TEXT_LIMIT {
            faults.push(format!("its text has more than {} MiB; the rest was not read", TEXT_LIMIT / 1024 / 1024));
        }
        let mut text = charset::decoded(&self.kind, decoded, faults);
        if text.contains('\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        text
    }
}

/// Base64, with what is none of it (a footer of a list, a cut end) left out.
fn base64(bytes: &[u8]) -> Vec<u8> {
    if let Some(decoded) = base64_decode(bytes) {
        return decoded;
    }
    let mut decoded = Vec::new();
    let mut block = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if !line.is_empty()
            && line.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        {
            block.extend_from_slice(line);
        } else if !line.is_empty() {
            break;
        }
    }
    while block.len() % 4 != 0 {
        block.pop();
    }
    decoded.extend(base64_decode(&block).unwrap_or_default());
    // a list's footer behind the encoded text is plain text, and no part of what was written
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(mail: &[u8]) -> String {
        let (headers, bytes) = split(mail);
        body(&headers, bytes).text
    }

    #[test]
    fn encodings_and_charsets() {
        for mail in [
            &b"Content-Transfer-Encoding: base64\n\nKzEgw7w=\n"[..],
            b"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n+1 =C3=\n=BC\n",
            b"Content-Type: text/plain; charset=iso-8859-1\n\n+1 \xfc\n",
            b"Content-Type: text/plain; charset=\"windows-1252\"\n\n+1 \xfc\n",
            b"Content-Type: text/plain; charset=utf-8\n\n+1 \xfc\n",
        ] {
            assert_eq!(text(mail).trim(), "+1 ü");
        }
        assert_eq!(text(b"Content-Type: text/plain; charset=gb2312\n\n+1 \xd6\xa7\xb3\xd6\n").trim(), "+1 支持");
        assert_eq!(text(b"Content-Type: text/plain; charset=hz-gb-2312\n\n+1 ~{V'3V~} ~~\n").trim(), "+1 支持 ~");
        assert_eq!(text(b"Content-Type: text/plain; charset=HZ-GB-2312\n\n~{#+#1~}\n").trim(), "＋１");
        assert_eq!(text(b"Content-Type: text/plain; charset=hz-gb-2312\n\n~").trim(), "~");
        assert_eq!(text(b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B;?@.\x1b(B +1\n").trim(), "賛成 +1");
    }

    #[test]
    fn plain_text_before_html_and_no_attachments() {
        let mail = b"Content-Type: multipart/mixed; boundary=\"a\"\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n--a\nContent-Type: text/plain; name=x.txt\nContent-Disposition: attachment\n\n+1\n--a--\n";
        assert_eq!(text(mail).trim(), "plain");
        let html = b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>+1</p><blockquote>-1</blockquote>\n--b--\n";
        assert_eq!(text(html).trim(), "+1\n\n> -1");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for mail in [
            &b"Content-Type: multipart/mixed; boundary=B\n\n--C\nContent-Type: text/plain\n\n-1\n--C--\n"[..],
            b"Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA+1\n-----END PGP MESSAGE-----\n",
        ] {
            let (headers, bytes) = split(mail);
            let faults = body(&headers, bytes).faults;
            assert!(faults.len() == 1 && faults[0].contains("not read"), "{faults:?}");
        }
        let quoted = b"Subject: x\n\n+1\n> -----BEGIN PGP MESSAGE-----\n> hQEMA\n";
        let (headers, bytes) = split(quoted);
        assert!(body(&headers, bytes).faults.is_empty());
    }

    #[test]
    fn what_is_too_much_is_said() {
        let mut mail = b"Content-Type: multipart/mixed; boundary=a\n\n".to_vec();
        for _ in 0..10_000 {
            mail.extend_from_slice(b"--a\n\nx\n");
        }
        let (headers, bytes) = split(&mail);
        assert!(!body(&headers, bytes).faults.is_empty());
        let long = [b"Subject: x\n\n".to_vec(), vec![b'a'; TEXT_LIMIT + 1]].concat();
        let (headers, bytes) = split(&long);
        assert_eq!(body(&headers, bytes).faults.len(), 1);
    }
}
