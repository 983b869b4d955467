// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Why a relay did not take a mail, by the command at which it failed.

use std::error::Error as StdError;
use std::io;

use lettre::transport::smtp::Error as SmtpError;

/// Why the relay could not be used, or did not take a mail.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// An address is none.
    #[error("`{address}` is no mail address")]
    Address {
        /// What was given.
        address: String,
    },
    /// No connection could be made.
    #[error("cannot reach the mail relay {relay}")]
    Unreachable {
        /// Its host and port.
        relay: String,
        /// What the system said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It is not on this machine and no TLS was asked for.
    #[error("the mail relay {relay} is at {address}, not on this machine: without TLS nothing is sent there")]
    Insecure {
        /// Its host and port.
        relay: String,
        /// Where it is.
        address: String,
    },
    /// The certificate authorities that were given are unusable.
    #[error("the certificate authorities for the mail relay {relay} cannot be used")]
    Authorities {
        /// Its host and port.
        relay: String,
        /// What is wrong with them.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// TLS failed; most often nobody that is trusted vouches for the certificate.
    #[error("no trusted TLS connection to the mail relay {relay}")]
    Untrusted {
        /// Its host and port.
        relay: String,
        /// What is wrong.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// STARTTLS is demanded and not offered.
    #[error("the mail relay {relay} offers no STARTTLS")]
    NoStartTls {
        /// Its host and port.
        relay: String,
    },
    /// A login is configured and none is offered.
    #[error("the mail relay {relay} offers no login by PLAIN or LOGIN")]
    NoLogin {
        /// Its host and port.
        relay: String,
    },
    /// User or password are wrong.
    #[error("the mail relay {relay} refused the login: {code} {text}")]
    LoginRefused {
        /// Its host and port.
        relay: String,
        /// 535, mostly.
        code: u16,
        /// What it said.
        text: String,
    },
    /// The mail has non-ASCII text and the relay takes none.
    #[error("the mail relay {relay} takes no 8-bit mail (8BITMIME), and the mail's text is not ASCII")]
    SevenBitOnly {
        /// Its host and port.
        relay: String,
    },
    /// It does not send for this author.
    #[error("the mail relay {relay} refused the sender {sender}: {code} {text}")]
    SenderRefused {
        /// Its host and port.
        relay: String,
        /// The author's address.
        sender: String,
        /// A 5xx code.
        code: u16,
        /// What it said.
        text: String,
    },
    /// It does not send to this address; nobody got the mail.
    #[error("the mail relay {relay} refused the recipient {recipient}: {code} {text}")]
    RecipientRefused {
        /// Its host and port.
        relay: String,
        /// The address.
        recipient: String,
        /// A 5xx code.
        code: u16,
        /// What it said.
        text: String,
    },
    /// It does not want this mail, or this client.
    #[error("the mail relay {relay} refused {what}: {code} {text}")]
    Refused {
        /// Its host and port.
        relay: String,
        /// "the mail", "the connection".
        what: &'static str,
        /// A 5xx code.
        code: u16,
        /// What it said.
        text: String,
    },
    /// It cannot now.
    #[error("the mail relay {relay} cannot take {what} at present: {code} {text}")]
    Temporary {
        /// Its host and port.
        relay: String,
        /// "the login", "the mail".
        what: &'static str,
        /// A 4xx code.
        code: u16,
        /// What it said.
        text: String,
    },
    /// It did not answer in time.
    #[error("the mail relay {relay} did not answer in time to {what}")]
    TimedOut {
        /// Its host and port.
        relay: String,
        /// What it was given.
        what: &'static str,
        /// Whether the mail may have been sent.
        sent: MaybeSent,
    },
    /// The connection broke.
    #[error("the connection to the mail relay {relay} broke at {what}")]
    Dropped {
        /// Its host and port.
        relay: String,
        /// What it was given.
        what: &'static str,
        /// Whether the mail may have been sent.
        sent: MaybeSent,
        /// What the system said.
        #[source]
        source: SmtpError,
    },
}

/// Whether a mail went out, after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaybeSent {
    /// It did not.
    No,
    /// Nobody can tell from here.
    Perhaps,
}

impl RelayError {
    /// Whether the mail may have been sent in spite of the failure.
    pub fn may_be_sent(&self) -> bool {
        matches!(self, Self::TimedOut { sent: MaybeSent::Perhaps, .. } | Self::Dropped { sent: MaybeSent::Perhaps, .. })
    }
}

/// What the relay was given when it failed.
#[derive(Clone, Copy)]
pub(super) enum Stage<'a> {
    Connect,
    Login,
    Sender(&'a str),
    Recipient(&'a str),
    Data,
    Content,
}

impl Stage<'_> {
    fn what(self) -> &'static str {
        match self {
            Self::Connect => "the connection",
            Self::Login => "the login",
            Self::Sender(_) => "the sender",
            Self::Recipient(_) => "a recipient",
            Self::Data | Self::Content => "the mail",
        }
    }

    fn sent(self) -> MaybeSent {
        if matches!(self, Self::Content) { MaybeSent::Perhaps } else { MaybeSent::No }
    }
}

/// The error of ours that `error`, met at `stage`, is.
pub(super) fn classify(relay: String, stage: Stage<'_>, error: SmtpError) -> RelayError {
    let what = stage.what();
    if let Some(code) = error.status().map(u16::from) {
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        return match stage {
            _ if error.is_transient() => RelayError::Temporary { relay, what, code, text },
            Stage::Login => RelayError::LoginRefused { relay, code, text },
            Stage::Sender(sender) => RelayError::SenderRefused { relay, sender: sender.to_owned(), code, text },
            Stage::Recipient(recipient) => {
                RelayError::RecipientRefused { relay, recipient: recipient.to_owned(), code, text }
            }
            Stage::Connect | Stage::Data | Stage::Content => RelayError::Refused { relay, what, code, text },
        };
    }
    let cause = io_cause(&error);
    let kind = cause.map(io::Error::kind);
    if matches!(kind, Some(io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)) {
        return RelayError::TimedOut { relay, what, sent: stage.sent() };
    }
    let tls = cause.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<rustls::Error>());
    if tls || error.is_tls() {
        return RelayError::Untrusted { relay, source: Box::new(error) };
    }
    let unmade = matches!(
        kind,
        Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable)
    );
    match stage {
        Stage::Connect if unmade => RelayError::Unreachable { relay, source: Box::new(error) },
        _ => RelayError::Dropped { relay, what, sent: stage.sent(), source: error },
    }
}

fn io_cause(error: &SmtpError) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref() {
            return Some(cause);
        }
        source = cause.source();
    }
    None
}
