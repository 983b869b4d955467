// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A mail as a value, and its bytes as RFC 5322 has them.
//!
//! A body in ASCII whose lines fit goes out as it is: quoted-printable would break links
//! in the raw text, where archives and voters read it. Any other is quoted-printable, so
//! that each relay takes it, whether it offers 8BITMIME or not: the mail's bytes depend
//! on nothing but the mail.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox};
use lettre::{Address, Message};

/// The octets of a line that SMTP carries without its end (RFC 5321, 4.5.3.1.6).
const LINE_OCTETS: usize = 998;

/// A mail that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The author's name and address.
    pub from: (String, String),
    /// The recipients' addresses, in the order of the header.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub body: String,
    /// With its angle brackets.
    pub message_id: String,
    /// The mail that this one answers, with its angle brackets.
    pub in_reply_to: Option<String>,
    /// The mails before it in the thread, oldest first.
    pub references: Vec<String>,
    /// The date of its header.
    pub date: Timestamp,
}

/// A draft that is no mail.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An address is none.
    #[error("`{address}` is no mail address")]
    Address {
        /// What was given.
        address: String,
        /// Why not.
        #[source]
        source: lettre::address::AddressError,
    },
    /// A header's value has a line break or another control character in it.
    #[error("the {header} has a line break or control character in it: {value:?}")]
    Header {
        /// "subject", "author's name".
        header: &'static str,
        /// What was given.
        value: String,
    },
    /// A Message-ID is none.
    #[error("`{value}` is no Message-ID; one looks like <left@example.org>")]
    MessageId {
        /// What was given.
        value: String,
    },
    /// A mail needs somebody to go to.
    #[error("the mail has no recipient")]
    NoRecipient,
    /// lettre did not take it.
    #[error("the mail cannot be composed")]
    Unfit(#[from] lettre::error::Error),
}

/// The Message-ID of a mail that the intent `token` stands for, by `author`.
pub fn message_id(token: &str, author: &str) -> String {
    let domain = author.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("<{token}.quorate@{domain}>")
}

impl Draft {
    /// The mail's bytes, lines ended by CRLF; the same draft gives the same bytes.
    ///
    /// # Errors
    /// When an address, a Message-ID or a header is none.
    pub fn format(&self) -> Result<Vec<u8>, ComposeError> {
        header("subject", &self.subject)?;
        header("author's name", &self.from.0)?;
        if self.to.is_empty() {
            return Err(ComposeError::NoRecipient);
        }
        let author = Mailbox::new((!self.from.0.is_empty()).then(|| self.from.0.clone()), address(&self.from.1)?);
        let mut builder = Message::builder()
            .from(author)
            .date(SystemTime::from(self.date))
            .subject(&self.subject)
            .message_id(Some(identifier(&self.message_id)?.to_owned()));
        for recipient in &self.to {
            builder = builder.to(Mailbox::new(None, address(recipient)?));
        }
        if let Some(answered) = &self.in_reply_to {
            builder = builder.in_reply_to(identifier(answered)?.to_owned());
        }
        if !self.references.is_empty() {
            let all: Result<Vec<&str>, _> = self.references.iter().map(|id| identifier(id)).collect();
            builder = builder.references(all?.join(" "));
        }
        Ok(builder.header(MIME_VERSION_1_0).header(ContentType::TEXT_PLAIN).body(encode(&self.body))?.formatted())
    }

    /// The mail as a person reads it before agreeing: the headers that matter,
    /// a blank line, the body.
    pub fn to_text(&self) -> String {
        let mut text = format!("From: {} <{}>\n", self.from.0, self.from.1);
        text.push_str(&format!("To: {}\nSubject: {}\nDate: {}\n", self.to.join(", "), self.subject, self.date));
        if let Some(answered) = &self.in_reply_to {
            text.push_str(&format!("In-Reply-To: {answered}\n"));
        }
        text.push_str(&format!("Message-ID: {}\n\n{}", self.message_id, self.body));
        text
    }
}

fn header(header: &'static str, value: &str) -> Result<(), ComposeError> {
    if value.chars().any(char::is_control) {
        return Err(ComposeError::Header { header, value: value.to_owned() });
    }
    Ok(())
}

fn address(text: &str) -> Result<Address, ComposeError> {
    text.parse().map_err(|source| ComposeError::Address { address: text.to_owned(), source })
}

/// `value` where it is a Message-ID: brackets, one `@`, printable ASCII without blanks.
fn identifier(value: &str) -> Result<&str, ComposeError> {
    let inner = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or("");
    let parts = inner.split_once('@').filter(|(left, right)| !left.is_empty() && !right.is_empty());
    let plain = inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
    if parts.is_some() && plain { Ok(value) } else { Err(ComposeError::MessageId { value: value.to_owned() }) }
}

fn encode(body: &str) -> Body {
    let text = body.replace("\r\n", "\n").replace('\n', "\r\n");
    let fits = |line: &str| line.is_ascii() && line.len() <= LINE_OCTETS && !line.contains(['\0', '\r']);
    if text.split("\r\n").all(fits) {
        return Body::dangerous_pre_encoded(text.into_bytes(), ContentTransferEncoding::SevenBit);
    }
    Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable).expect("any text can be quoted-printable")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{HeaderValue, MessageParser};

    fn draft() -> Draft {
        Draft {
            from: ("Ann Example".into(), "ann@example.org".into()),
            to: vec!["dev@example.org".into()],
            subject: "[VOTE] Release 3.4.0".into(),
            body: "Hi everyone,\n\nplease vote.\n".into(),
            message_id: message_id("0123456789abcdef0123456789abcdef", "ann@example.org"),
            in_reply_to: None,
            references: vec![],
            date: "2026-11-21T09:30:00Z".parse().unwrap(),
        }
    }

    fn text(draft: &Draft) -> String {
        String::from_utf8(draft.format().unwrap()).unwrap()
    }

    #[test]
    fn the_same_draft_gives_the_same_bytes_with_all_headers() {
        assert_eq!(draft().format().unwrap(), draft().format().unwrap());
        let text = text(&draft());
        for line in [
            "From: \"Ann Example\" <ann@example.org>\r\n",
            "To: dev@example.org\r\n",
            "Subject: [VOTE] Release 3.4.0\r\n",
            "Message-ID: <0123456789abcdef0123456789abcdef.quorate@example.org>\r\n",
            "Date: Sat, 21 Nov 2026 09:30:00 +0000\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Transfer-Encoding: 7bit\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("\r\n\r\nHi everyone,\r\n\r\nplease vote.\r\n"), "{text}");
    }

    #[test]
    fn long_links_and_utf8_stay_whole() {
        let link = format!("[1] https://example.org/{}", "x".repeat(200));
        let mut draft = draft();
        draft.body = format!("Hello,\n{link}\n");
        let ascii = text(&draft);
        assert!(ascii.contains(&format!("\r\n{link}\r\n")), "{ascii}");
        draft.body = format!("Grüße = 挨拶,\n{link}\n  indented, ends in a blank \n.\n\nJürgen\n");
        draft.from.0 = "Änn Exämple".into();
        draft.subject = "[VOTE] Für 3.4.0".into();
        let text = text(&draft);
        assert!(text.contains("Content-Transfer-Encoding: quoted-printable\r\n"), "{text}");
        assert!(text.is_ascii(), "every relay takes it: {text}");
        let parsed = MessageParser::default().parse(text.as_bytes()).unwrap();
        assert_eq!(parsed.subject(), Some("[VOTE] Für 3.4.0"));
        assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("Änn Exämple"));
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), draft.body);
    }

    #[test]
    fn threads_by_in_reply_to_and_references() {
        let mut draft = draft();
        draft.in_reply_to = Some("<b@example.org>".into());
        draft.references = vec!["<a@example.org>".into(), "<b@example.org>".into()];
        let bytes = draft.format().unwrap();
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.in_reply_to().as_text(), Some("b@example.org"));
        let HeaderValue::TextList(references) = parsed.references() else { panic!("{:?}", parsed.references()) };
        assert_eq!(references.as_slice(), ["a@example.org", "b@example.org"]);
    }

    #[test]
    fn headers_take_no_line_breaks() {
        let mut broken = draft();
        broken.subject = "x\r\nBcc: eve@example.org".into();
        assert!(matches!(broken.format(), Err(ComposeError::Header { header: "subject", .. })));
        for id in ["", "a@b", "<a@b", "<a>", "<@>", "<a@b>\r\nX: y", "<a b@c>", "<a@b> <c@d>"] {
            let mut broken = draft();
            broken.in_reply_to = Some(id.into());
            assert!(matches!(broken.format(), Err(ComposeError::MessageId { .. })), "{id}");
        }
        let mut broken = draft();
        broken.to = vec!["dev at example".into()];
        assert!(matches!(broken.format(), Err(ComposeError::Address { .. })));
        broken.to = vec![];
        assert!(matches!(broken.format(), Err(ComposeError::NoRecipient)));
    }

    #[test]
    fn a_line_that_smtp_does_not_carry_is_encoded() {
        let mut draft = draft();
        draft.body = "x".repeat(2000);
        assert!(text(&draft).contains("Content-Transfer-Encoding: quoted-printable"));
    }
}
