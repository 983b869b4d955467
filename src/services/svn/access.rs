// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What an account may do, found out without changing anything.
//!
//! Reading proves no account: where everybody may read, the server never asks
//! who it is. So mod_dav_svn is asked to unlock (RFC 4918, 9.11) *without naming
//! a lock*: it asks for a login, then for the right to write, and only then sees
//! that there is nothing to unlock and answers 400. The password is sent after
//! the server has asked for it, as svn itself does.

use std::path::Path;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::WWW_AUTHENTICATE;
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Svn, SvnUrl};
use crate::services::web;

/// What an account may do at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// It is accepted and may write.
    Writes,
    /// It is accepted and may not write.
    Reads,
    /// User or password are wrong.
    Refused,
    /// It could not be told; why.
    Untold(String),
}

/// The server could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("cannot ask {url} about the account")]
pub struct AccessError {
    /// What was asked.
    pub url: SvnUrl,
    /// What went wrong.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Svn {
    /// What the client's account may do at `url`. Only servers that speak HTTP
    /// with TLS, or are on this machine, are asked.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn access(&self, url: &SvnUrl) -> Result<Access, AccessError> {
        let Some((user, password)) = &self.account else { return Ok(untold("there is no account to try")) };
        let address = Url::parse(url.as_str()).ok();
        let local = address.as_ref().and_then(Url::host_str) == Some("127.0.0.1");
        let secured = address.as_ref().is_some_and(|address| match address.scheme() {
            "https" => true,
            "http" => local,
            _ => false,
        });
        if !secured {
            return Ok(untold("a login is tried over https alone"));
        }
        let fail = |source| AccessError { url: url.clone(), source };
        let unasked = |source: reqwest::Error| fail(source.into());
        let client = client(self.timeout, local, self.authority()).map_err(fail)?;
        let challenge = unlock_nothing(&client, url, None).map_err(unasked)?;
        if challenge.status() != StatusCode::UNAUTHORIZED {
            return Ok(untold(format!("the server answers {} and does not ask who it is", challenge.status())));
        }
        if !asks_for_password(&challenge) {
            return Ok(untold("the server wants another login than by user and password"));
        }
        let answer = unlock_nothing(&client, url, Some((user, password))).map_err(unasked)?;
        Ok(match answer.status() {
            StatusCode::BAD_REQUEST => Access::Writes,
            StatusCode::FORBIDDEN => Access::Reads,
            StatusCode::UNAUTHORIZED => Access::Refused,
            status => untold(format!("the server answers {status}")),
        })
    }
}

fn untold(why: impl Into<String>) -> Access {
    Access::Untold(why.into())
}

fn client(
    timeout: Duration,
    local: bool,
    authority: Option<&Path>,
) -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A password follows no redirect, and a proxy knows nothing of this machine.
    let builder = Client::builder().timeout(timeout).redirect(Policy::none());
    let builder = if local { builder.no_proxy() } else { builder };
    let authorities = web::authorities(authority)?;
    let builder = if authorities.is_empty() { builder } else { builder.tls_certs_merge(authorities) };
    Ok(builder.build()?)
}

fn unlock_nothing(
    client: &Client,
    url: &SvnUrl,
    account: Option<(&String, &SecretString)>,
) -> Result<Response, reqwest::Error> {
    let unlock = Method::from_bytes(b"UNLOCK").expect("letters make a method");
    let request = client.request(unlock, url.as_str());
    match account {
        Some((user, password)) => request.basic_auth(user, Some(password.expose_secret())),
        None => request,
    }
    .send()
}

fn asks_for_password(challenge: &Response) -> bool {
    let mut schemes = challenge.headers().get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    schemes.any(|scheme| scheme.to_ascii_lowercase().starts_with("basic"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;
    use crate::services::Effects;

    const ANN: &str = "authorization: basic yw5uonmzy3jlda=="; // ann:s3cret, in lower case
    const ASK: &str = "401 Who\r\nWWW-Authenticate: Basic realm=\"x\"";

    /// What `answer` gives for the header lines of each request, in lower case,
    /// as mod_dav_svn 1.14 answers.
    fn access(password: &str, answer: fn(&[String]) -> &'static str) -> Access {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        // it ends with the test's process: nobody connects any more
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(&stream).lines().map(|line| line.unwrap().to_lowercase());
                let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                assert!(
                    lines[0].starts_with("unlock /dist/dev ") && !lines.iter().any(|l| l.starts_with("lock-token"))
                );
                let status = answer(&lines);
                let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
        });
        let account = ("ann".to_owned(), SecretString::from(password));
        let url = SvnUrl::try_from(format!("http://127.0.0.1:{port}/dist/dev")).unwrap();
        Svn::new(Some(account), None, Effects::unwatched()).access(&url).unwrap()
    }

    fn is_ann(lines: &[String]) -> bool {
        lines.iter().any(|line| line == ANN)
    }

    #[test]
    fn an_account_writes_reads_or_is_refused() {
        assert_eq!(access("s3cret", |lines| if is_ann(lines) { "400 Bad" } else { ASK }), Access::Writes);
        assert_eq!(access("s3cret", |lines| if is_ann(lines) { "403 No" } else { ASK }), Access::Reads);
        assert_eq!(access("wrong", |lines| if is_ann(lines) { "400 Bad" } else { ASK }), Access::Refused);
    }

    #[test]
    fn a_server_that_does_not_ask_is_told_no_password_and_proves_nothing() {
        for answer in [
            (|lines: &[String]| if is_ann(lines) { "400 Told" } else { "400 Bad" }) as fn(&[String]) -> &'static str,
            |_| "405 No",
            |_| "401 Who\r\nWWW-Authenticate: Negotiate",
            |lines| if is_ann(lines) { "503 Busy" } else { ASK },
        ] {
            let Access::Untold(why) = access("s3cret", answer) else { panic!() };
            assert!(!why.contains("Told"), "{why}");
        }
    }

    #[test]
    fn a_password_goes_over_tls_alone() {
        let account = ("ann".to_owned(), SecretString::from("s3cret"));
        let svn = Svn::new(Some(account), None, Effects::unwatched());
        for url in
            ["http://svn.example.org/x", "http://127.0.0.1:80@svn.example.org/x", "svn://127.0.0.1/x", "file:///tmp/x"]
        {
            let url = SvnUrl::try_from(url.to_owned()).unwrap();
            assert_eq!(svn.access(&url).unwrap(), untold("a login is tried over https alone"));
        }
        let svn = Svn::new(None, None, Effects::unwatched());
        let url = SvnUrl::try_from("https://svn.example.org/x".to_owned()).unwrap();
        assert!(matches!(svn.access(&url).unwrap(), Access::Untold(_)));
    }
}
