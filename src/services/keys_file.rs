// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Fetching the project's KEYS file, as anybody who verifies a release does.

use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::blocking::{Client, Response};

use super::address::hide_login;
use super::download::{ATTEMPTS, LONGEST_PAUSE, PAUSE, passing, wanted_pause};
use super::svn::{Svn, SvnError, SvnUrl};
use super::{Effects, web};

/// The most that a KEYS file may have; that of a large project has 2 MB.
pub const KEYS_BYTES: u64 = 64 * 1024 * 1024;

/// How long fetching it may take in all.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Why KEYS could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum KeysFileError {
    /// It is no address, or one on whose way anybody could put in another key.
    #[error("cannot take keys from {url}")]
    Address {
        /// Where.
        url: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server's own certificate authority cannot be trusted.
    #[error("cannot trust the server of {url}")]
    Authority {
        /// Where.
        url: String,
        /// What is wrong with the file.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server did not give it.
    #[error("cannot fetch {url}")]
    Http {
        /// Where.
        url: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The server broke off, or does not end.
    #[error("cannot fetch {url} whole")]
    Broken {
        /// Where.
        url: String,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// Subversion did not give it.
    #[error("svn cannot read {url}: {why}")]
    Svn {
        /// Where.
        url: String,
        /// What svn said.
        why: String,
    },
}

/// The text of the KEYS file at `url`: by HTTP, or by Subversion for its own
/// schemes (`file`, `svn`, `svn+ssh`). `authority` is a PEM file of certificate authorities to trust
/// beside the system's.
///
/// # Errors
/// When it cannot be fetched, or could be another's on the way.
pub fn fetch_keys_file(url: &str, authority: Option<&Path>) -> Result<String, KeysFileError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        by_http(url, authority, PATIENCE)
    } else {
        let address = |source| KeysFileError::Address { url: hide_login(url), source };
        let parsed = SvnUrl::try_from(url.to_owned()).map_err(|error| address(error.into()))?;
        by_svn(&parsed, web::SILENCE).map_err(|why| KeysFileError::Svn { url: hide_login(url), why })
    }
}

fn by_http(url: &str, authority: Option<&Path>, patience: Duration) -> Result<String, KeysFileError> {
    let address = |source| KeysFileError::Address { url: hide_login(url), source };
    // its own words have the address, with all that stands in it
    let failed = |source: reqwest::Error| KeysFileError::Http { url: hide_login(url), source: source.without_url() };
    let broken = |source| KeysFileError::Broken { url: hide_login(url), source };
    let parsed = Url::parse(url).map_err(|error| address(error.into()))?;
    web::protected(&parsed).map_err(|error| address(error.into()))?;
    let untrusted = |source| KeysFileError::Authority { url: hide_login(url), source };
    let authorities = web::authorities(authority).map_err(untrusted)?;
    let client = web::reader_of(&parsed, web::SILENCE, authorities).map_err(failed)?;
    let end = Instant::now() + patience;
    let response = asked(&client, &parsed, end).and_then(Response::error_for_status).map_err(failed)?;
    let text = web::text_until(response, KEYS_BYTES, end).map_err(broken)?;
    text.ok_or_else(|| broken(io::Error::other(format!("it has more than {KEYS_BYTES} bytes"))))
}

/// The answer; where the server asks for patience, or may answer otherwise a little later, it is asked
/// again, as it is for a candidate's files.
fn asked(client: &Client, url: &Url, end: Instant) -> Result<Response, reqwest::Error> {
    let mut attempt = 1;
    loop {
        let response = client.get(url.clone()).send()?;
        let pause = wanted_pause(response.headers()).unwrap_or(PAUSE * 2_u32.pow(attempt)).min(LONGEST_PAUSE);
        if !passing(response.status()) || attempt >= ATTEMPTS || Instant::now() + pause >= end {
            return Ok(response);
        }
        thread::sleep(pause);
        attempt += 1;
    }
}

fn by_svn(url: &SvnUrl, silence: Duration) -> Result<String, String> {
    let svn = Svn::new(None, None, Effects::unwatched()).with_timeout(PATIENCE);
    // By ssh it may wait for a person's passphrase.
    let svn = if url.as_str().starts_with("svn+ssh:") { svn } else { svn.giving_up_after(silence) };
    let mut text = Bounded(Vec::new());
    match svn.cat(url, None, &mut text) {
        Ok(_) => Ok(String::from_utf8_lossy(&text.0).into_owned()),
        Err(SvnError::Failed { fault, .. }) => Err(fault.to_string()),
        Err(SvnError::Run { source, .. }) => Err(source.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// No more than a KEYS file may have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.0.len() + bytes.len()) as u64 > KEYS_BYTES {
            return Err(io::Error::other(format!("it has more than {KEYS_BYTES} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::services::web_testing::answering;

    #[test]
    fn a_server_that_is_silent_is_given_up() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("svn://{}/KEYS", listener.local_addr().unwrap());
        let begun = Instant::now();
        let error = by_svn(&SvnUrl::try_from(url).unwrap(), Duration::from_secs(1)).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(30), "{error}");
        assert!(error.contains("within 1 s"), "{error}");
    }

    #[test]
    fn what_trickles_is_given_up_and_who_asks_for_patience_is_asked_again() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/KEYS", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // an answer before the request is none
            let request = io::BufReader::new(&stream).lines().map_while(Result::ok);
            assert!(request.take_while(|line| !line.is_empty()).count() > 0);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        });
        let error = by_http(&url, None, Duration::from_secs(1)).unwrap_err();
        assert!(matches!(&error, KeysFileError::Broken { source, .. } if source.to_string().contains("too slowly")));

        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let url = answering(|_| match ASKED.fetch_add(1, Ordering::Relaxed) {
            0 => (503, "later"),
            1 => (429, "later"),
            _ => (200, "keys"),
        }) + "/KEYS";
        assert_eq!(fetch_keys_file(&url, None).unwrap(), "keys");
        assert_eq!(ASKED.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn keys_come_by_http_and_an_error_page_is_no_keys_file() {
        let url = answering(|_| (200, "keys")) + "/KEYS";
        assert_eq!(fetch_keys_file(&url, None).unwrap(), "keys");
        let url = answering(|_| (404, "none")) + "/KEYS";
        assert_eq!(fetch_keys_file(&url, None).unwrap_err().to_string(), format!("cannot fetch {url}"));
        let error = fetch_keys_file("http://downloads.example.org/KEYS", None).unwrap_err();
        assert!(matches!(&error, KeysFileError::Address { .. }), "{error}");
        for url in
            ["svn://me:s3cret@localhost:1/KEYS", "svn+ssh://me:s3cret@localhost/KEYS", "ftp://me:s3cret@localhost/K"]
        {
            let error = fetch_keys_file(url, None).unwrap_err();
            assert!(
                matches!(&error, KeysFileError::Address { .. }) && !format!("{error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
        let nowhere = Some(Path::new("/nonexistent/ca.pem"));
        let error = fetch_keys_file("https://localhost:1/KEYS", nowhere).unwrap_err();
        assert!(matches!(&error, KeysFileError::Authority { source, .. } if source.to_string().contains("ca.pem")));
        let error = fetch_keys_file("file:///nonexistent/KEYS", None).unwrap_err();
        assert!(matches!(&error, KeysFileError::Svn { why, .. } if why.contains("E180001")), "{error}");
    }
}
