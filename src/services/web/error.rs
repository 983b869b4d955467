// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong between here and a web service.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::{Method, StatusCode, Url};

use super::shown;

/// Why a web service did not do what it was asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// No HTTP client can be made here.
    #[error("cannot make an HTTP client for {service}; are the system's certificates there?")]
    Client {
        /// Which service.
        service: String,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
    },
    /// The address cannot be used.
    #[error("the address {address} of {service} cannot be used: {why}")]
    Address {
        /// Which service.
        service: String,
        /// Its address.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// What was to be sent cannot be read.
    #[error("cannot read what was to be sent to {url}")]
    Body {
        /// Which service.
        service: String,
        /// Where to.
        url: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No connection came about: nothing was sent.
    #[error("cannot reach {service} at {url}")]
    Unreachable {
        /// Which service.
        service: String,
        /// What was asked for.
        url: String,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
    },
    /// The server's certificate is not to be trusted: nothing was sent.
    #[error("the certificate of {service} at {url} is not to be trusted")]
    Untrusted {
        /// Which service.
        service: String,
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        #[source]
        source: rustls::Error,
    },
    /// No answer came, or not in time: nobody knows whether the server acted.
    #[error("no answer of {service} to {method} {url}")]
    Lost {
        /// Which service.
        service: String,
        /// What it was asked to do.
        method: String,
        /// Where.
        url: String,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
        /// Whether the request changes nothing.
        harmless: bool,
    },
    /// The answer broke off.
    #[error("the answer of {service} to {method} {url} broke off")]
    Cut {
        /// Which service.
        service: String,
        /// What it was asked to do.
        method: String,
        /// Where.
        url: String,
        /// What went wrong.
        #[source]
        source: io::Error,
        /// Whether the request changes nothing.
        harmless: bool,
    },
    /// It answered with an error.
    #[error("{service} answered {status} to {method} {url}{}", of_its_own(said))]
    Status {
        /// Which service.
        service: String,
        /// What it was asked to do.
        method: String,
        /// Where.
        url: String,
        /// Its status.
        status: StatusCode,
        /// What it said, in one line; empty where it said nothing.
        said: String,
        /// The body, for whoever knows the service.
        body: Vec<u8>,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It answers as this service does not.
    #[error("{service} does not answer {method} {url} as expected: {what}{}", of_its_form(kind, begin))]
    Unexpected {
        /// Which service.
        service: String,
        /// What it was asked to do.
        method: String,
        /// Where.
        url: String,
        /// Its status, where that is known.
        status: Option<StatusCode>,
        /// What was expected.
        what: String,
        /// Its media type; empty where it names none.
        kind: String,
        /// How it begins; empty where there is nothing of it.
        begin: String,
    },
    /// Its answer has no end.
    #[error("the answer of {service} for {url} has more than {most} bytes")]
    TooLarge {
        /// Which service.
        service: String,
        /// What was asked for.
        url: String,
        /// The bound.
        most: u64,
    },
    /// It redirects to where nothing is sent.
    #[error("{service} redirects {url} to {to}: {why}")]
    Redirected {
        /// Which service.
        service: String,
        /// What was asked for.
        url: String,
        /// Where it redirects to.
        to: String,
        /// Why that is not followed.
        why: String,
    },
}

impl WebError {
    /// The error behind what the HTTP client says.
    pub(super) fn of(service: &str, method: &Method, url: &Url, source: reqwest::Error, harmless: bool) -> Self {
        let (service, url, source) = (service.to_owned(), shown(url), source.without_url());
        if let Some(source) = certificate_fault(&source) {
            return Self::Untrusted { service, url, source };
        }
        match source.is_connect() || source.is_builder() {
            true => Self::Unreachable { service, url, source },
            false => Self::Lost { service, method: method.to_string(), url, source, harmless },
        }
    }

    /// Whether the service may have done what it was asked although there is an error.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Lost { harmless, .. } | Self::Cut { harmless, .. } => !harmless,
            Self::Status { method, status, .. } => status.is_server_error() && method != "GET" && method != "HEAD",
            Self::Unexpected { method, .. } => method != "GET" && method != "HEAD",
            Self::TooLarge { .. } => true,
            _ => false,
        }
    }

    /// Whether nothing reached the service.
    pub(super) fn nothing_was_sent(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether it may be otherwise at a second attempt.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { source, .. } => !source.is_builder(),
            Self::Lost { .. } | Self::Cut { .. } => true,
            _ => false,
        }
    }

    /// The status that was answered, where one was.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the service says that there is no such thing.
    pub fn is_missing(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether these words are in what the service says of it.
    pub fn names(&self, words: &str) -> bool {
        matches!(self, Self::Status { said, .. } if said.contains(words))
    }

    /// The next thing to do, as far as it follows from the error alone.
    pub fn hint(&self) -> String {
        match self {
            Self::Client { .. } => "install the system's CA certificates".to_owned(),
            Self::Address { .. } => "mend the address in the product's configuration".to_owned(),
            Self::Body { .. } => "see that the file is there and can be read".to_owned(),
            Self::Unreachable { .. } => {
                "nothing was sent; see that the address is right and the network up (HTTPS_PROXY names a proxy), and run it again".to_owned()
            }
            Self::Untrusted { .. } => {
                "nothing was sent; somebody may stand between: open the address in a browser and look at its certificate (SSL_CERT_FILE names a further authority)".to_owned()
            }
            Self::Lost { .. } | Self::Cut { .. } | Self::TooLarge { .. } => {
                "run it again: it looks first whether it was done".to_owned()
            }
            Self::Status { service, status, retry_after, .. } => hint_for(service, *status, *retry_after),
            Self::Unexpected { service, .. } => {
                format!("open the address in a browser: is it {service}, or a page that wants you to log in?")
            }
            Self::Redirected { .. } => "put the address that it redirects to into the product's configuration, if it is the right one".to_owned(),
        }
    }
}

fn hint_for(service: &str, status: StatusCode, retry_after: Option<Duration>) -> String {
    match status.as_u16() {
        401 => format!("log in: {service} does not know the name, the password or the token"),
        403 => format!("the account may not do that at {service}; ask for the right, or let somebody do it who has it"),
        404 => "see that the address, the project and the names in the product's configuration are right; some services say this of what the account may not see".to_owned(),
        409 => "somebody else changed it; run it again, which looks at what is there now".to_owned(),
        429 => match retry_after {
            Some(pause) => format!("run it again in {} s: it asks to be left alone for so long", pause.as_secs()),
            None => "run it again later: it has had too many requests".to_owned(),
        },
        500.. => format!("run it again when {service} is well: it looks first whether it was done"),
        _ => format!("see what {service} says about it"),
    }
}

fn of_its_own(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

fn of_its_form(kind: &str, begin: &str) -> String {
    match (kind, begin) {
        ("", "") => String::new(),
        (kind, "") => format!("; it is {kind}, and nothing stands in it"),
        ("", begin) => format!("; it begins `{begin}`"),
        (kind, begin) => format!("; it is {kind} and begins `{begin}`"),
    }
}

/// What is wrong with the server's certificate, where that is why no connection came about.
fn certificate_fault(error: &(dyn Error + 'static)) -> Option<rustls::Error> {
    if let Some(fault @ rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return Some(fault.clone());
    }
    // what an `io::Error` wraps is not its source: that is the source of what is wrapped
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let next = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    next.and_then(certificate_fault)
}
