// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading from web servers: protected on the way, but for this machine's own; a server
//! that falls silent is given up; what one may send is bounded by the caller.

use std::fs;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, ClientBuilder, Response};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Url};

/// How long a server may be silent.
pub(in crate::services) const SILENCE: Duration = Duration::from_secs(60);
/// How often an answer may lead elsewhere.
const REDIRECTS: usize = 10;

/// Why an address is not asked.
#[derive(Debug, thiserror::Error)]
#[error("it is not protected on its way, expected https (http is for this machine alone)")]
pub(in crate::services) struct Unprotected;

/// A client that reads, and gives a server up which says nothing for so long.
///
/// # Errors
/// When no HTTP client can be made.
pub(in crate::services) fn reader(silence: Duration) -> Result<Client, reqwest::Error> {
    builder(silence).build()
}

/// The same for what is on this machine, of which a proxy for the world outside knows nothing.
///
/// # Errors
/// When no HTTP client can be made.
pub(in crate::services) fn reader_here(silence: Duration) -> Result<Client, reqwest::Error> {
    builder(silence).no_proxy().build()
}

/// One for what is at `address`, which also trusts what these authorities vouch for.
///
/// # Errors
/// When no HTTP client can be made.
pub(in crate::services) fn reader_of(
    address: &Url,
    silence: Duration,
    authorities: Vec<Certificate>,
) -> Result<Client, reqwest::Error> {
    let builder = if is_here(address) { builder(silence).no_proxy() } else { builder(silence) };
    if authorities.is_empty() { builder } else { builder.tls_certs_merge(authorities) }.build()
}

fn builder(silence: Duration) -> ClientBuilder {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = Policy::custom(|attempt| match protected(attempt.url()) {
        _ if attempt.previous().len() > REDIRECTS => attempt.error("it leads from one address to another without end"),
        Err(unprotected) => attempt.error(unprotected),
        Ok(()) => attempt.follow(),
    });
    let agent = concat!("quorate/", env!("CARGO_PKG_VERSION"));
    // Of a blocking client this is the time for each answer and for each piece of one.
    Client::builder().user_agent(agent).timeout(silence).redirect(redirects)
}

/// The certificates in a PEM file of authorities to trust beside the system's; none without one.
///
/// # Errors
/// When there is no such file, or something else in it.
pub(in crate::services) fn authorities(
    file: Option<&Path>,
) -> Result<Vec<Certificate>, Box<dyn std::error::Error + Send + Sync>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let pem = fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Certificate::from_pem_bundle(&pem)
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| format!("{} has no certificate in PEM", file.display()).into())
}

/// That nobody on the way can put in something else: https, or this machine.
pub(in crate::services) fn protected(url: &Url) -> Result<(), Unprotected> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_here(url) => Ok(()),
        _ => Err(Unprotected),
    }
}

/// Whether an address is of this machine.
pub(in crate::services) fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

/// The body as text, what is no UTF-8 in it replaced; `None` where it has more than `most`
/// bytes.
///
/// # Errors
/// When the answer breaks off.
pub(in crate::services) fn text(response: Response, most: u64) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    response.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The same, where all of it has come at `end`.
///
/// # Errors
/// When the answer breaks off, or goes on for longer.
pub(in crate::services) fn text_until(response: Response, most: u64, end: Instant) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    Until { response, end }.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// An answer that has its time.
struct Until {
    response: Response,
    end: Instant,
}

impl Read for Until {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if Instant::now() >= self.end {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it comes too slowly"));
        }
        self.response.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_protection() {
        let may = |url: &str| protected(&Url::parse(url).unwrap()).is_ok();
        for url in ["https://dist.example.org/", "http://127.0.0.1:8080/x", "http://[::1]/", "http://LOCALHOST/"] {
            assert!(may(url), "{url}");
        }
        for url in ["http://dist.example.org/", "http://10.0.0.1/", "http://localhost.example.org/", "ftp://localhost/"]
        {
            assert!(!may(url), "{url}");
        }
    }

    #[test]
    fn an_answer_that_leads_out_of_the_protection_is_not_followed() {
        let url = crate::services::web_testing::redirecting("http://dist.example.org/KEYS");
        let error = reader(SILENCE).unwrap().get(url).send().unwrap_err();
        let said = format!("{error:?}");
        assert!(error.is_redirect() && said.contains("Unprotected"), "{said}");
    }
}
