// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The one way to a web service: where it may be, how one logs in, how long it may
//! take, what is repeated, and what its answers mean.
//!
//! What only reads is repeated with growing pauses. What writes is sent once: it is
//! repeated where the server said that it did nothing (429), never where no answer
//! came. Then the error says so ([`WebError::may_have_happened`]), and whoever asked
//! has to look at the service before it tries again.

mod answer;
mod error;
mod login;
mod reader;
mod request;
mod said;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, ClientBuilder, RequestBuilder};
use reqwest::header::{ACCEPT, LOCATION};
use reqwest::{Certificate, StatusCode, Url, redirect};
use secrecy::ExposeSecret;

use super::Effects;
pub use answer::Answer;
pub use error::WebError;
pub use login::{Asked, Login};
pub(super) use reader::{SILENCE, authorities, is_here, protected, reader, reader_here, reader_of, text, text_until};
pub use request::{Body, Request};

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// How long a service is waited for, and how much it may say.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long one request may take in all.
    pub request: Duration,
    /// How often a harmless request is tried.
    pub attempts: u32,
    /// The pause after the first attempt; it doubles.
    pub pause: Duration,
    /// The longest `Retry-After` that is waited for.
    pub longest_pause: Duration,
    /// The most that an answer may have, in bytes.
    pub answer: u64,
}

/// How often it is looked whether what a service took is shown.
const LOOKS: u32 = 9;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            request: Duration::from_secs(120),
            attempts: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
            answer: 64 * 1024 * 1024,
        }
    }
}

/// One web service, at one address, with one login.
#[derive(Debug)]
pub struct Web {
    service: String,
    base: Url,
    login: Login,
    limits: Limits,
    authority: Option<String>,
    effects: Effects,
    client: OnceLock<Client>,
}

impl Web {
    /// The service, as errors name it ("Nexus"), at the address `base`.
    ///
    /// # Errors
    /// When the address is none of the web, holds a password, or would send the login
    /// in the clear: http is for this machine alone.
    pub fn new(service: &str, base: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        let address = |why: &str| WebError::Address {
            service: service.to_owned(),
            address: base.split('@').next_back().unwrap_or_default().to_owned(),
            why: why.to_owned(),
        };
        let mut url = Url::parse(base).map_err(|_| address("it is no address; expected https://HOST/PATH"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(address("an address holds no name and no password; they come from the environment"));
        }
        if !is_safe(&url) {
            return Err(address("expected https; http is taken for this machine alone"));
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self {
            service: service.to_owned(),
            base: url,
            login,
            limits: Limits::default(),
            authority: None,
            effects,
            client: OnceLock::new(),
        })
    }

    /// Whether something comes about, asked again with growing pauses, for a minute and a
    /// half by the usual limits: what a service took, it may show later.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn comes_about<E>(&self, mut is_so: impl FnMut() -> Result<bool, E>) -> Result<bool, E> {
        for attempt in 1..=LOOKS {
            if is_so()? {
                return Ok(true);
            }
            if attempt < LOOKS {
                thread::sleep(self.pause(attempt).min(self.limits.longest_pause / 2));
            }
        }
        Ok(false)
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, which trusts the certificate authority of this PEM text too.
    #[must_use]
    pub fn trusting(self, pem: String) -> Self {
        Self { authority: Some(pem), ..self }
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Its base address, without a slash at the end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// How one logs in.
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The address of a path below the base; each segment is encoded.
    pub fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// What is at `url`. It is asked for again where that may help.
    ///
    /// # Errors
    /// When no answer can be had, or it is an error.
    pub fn get(&self, url: Url) -> Result<Answer, WebError> {
        self.read(Request::get(url))
    }

    /// The answer to a request that changes nothing. It is repeated where that may help.
    ///
    /// # Errors
    /// When no answer can be had, or it is an error.
    pub fn read(&self, request: Request) -> Result<Answer, WebError> {
        let mut request = request;
        let mut redirects = 0;
        loop {
            let answer = self.repeated(&request, true)?;
            if !answer.status.is_redirection() || answer.status == StatusCode::NOT_MODIFIED {
                return answer.succeeded();
            }
            let to = self.redirected(&answer)?;
            redirects += 1;
            if redirects > MOST_REDIRECTS {
                return Err(self.redirect_refused(&answer, &to, "it redirects again and again"));
            }
            request.url = to;
        }
    }

    /// The answer to a request that changes nothing, whatever its status; a redirect is not
    /// followed. It is repeated where that may help.
    ///
    /// # Errors
    /// When no answer can be had.
    pub fn ask(&self, request: Request) -> Result<Answer, WebError> {
        self.repeated(&request, true)
    }

    /// Sends a request that changes something, once; the effect is named `effect`
    /// ("nexus close") for whoever watches.
    ///
    /// # Errors
    /// When no answer can be had, or it is an error.
    pub fn write(&self, effect: &str, request: Request) -> Result<Answer, WebError> {
        self.effects.around(effect, || self.send(request))
    }

    /// Sends one of several requests that together are one effect, which the caller tells
    /// of; else as [`Web::write`].
    ///
    /// # Errors
    /// When no answer can be had, or it is an error.
    pub fn send(&self, request: Request) -> Result<Answer, WebError> {
        let answer = self.repeated(&request, false)?;
        if answer.status.is_redirection() {
            let to = self.redirected(&answer)?;
            return Err(self.redirect_refused(&answer, &to, "what writes is not sent on to another address"));
        }
        answer.succeeded()
    }

    /// The answer of whatever status. A harmless request is repeated after every fault
    /// that may pass, another one only after those that say that nothing was done.
    fn repeated(&self, request: &Request, harmless: bool) -> Result<Answer, WebError> {
        let mut attempt = 1;
        loop {
            let answered = self.once(request, harmless);
            let last = attempt >= self.limits.attempts;
            let pause = match &answered {
                _ if last => None,
                Ok(answer) => self.pause_after(answer, attempt, harmless),
                Err(error) => (error.nothing_was_sent() && error.may_pass() || harmless && error.may_pass())
                    .then(|| self.pause(attempt)),
            };
            match pause {
                Some(pause) => thread::sleep(pause),
                None => return answered,
            }
            attempt += 1;
        }
    }

    fn pause(&self, attempt: u32) -> Duration {
        self.limits.pause * 2_u32.saturating_pow(attempt - 1)
    }

    fn pause_after(&self, answer: &Answer, attempt: u32, harmless: bool) -> Option<Duration> {
        let again = match answer.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => harmless,
            _ => false,
        };
        let pause = answer.retry_after().unwrap_or_else(|| self.pause(attempt));
        (again && pause <= self.limits.longest_pause).then_some(pause)
    }

    fn once(&self, request: &Request, harmless: bool) -> Result<Answer, WebError> {
        let mut builder = self.client()?.request(request.method.clone(), request.url.clone());
        builder = builder.header(ACCEPT, request.accept);
        // another host is told nothing of the login
        if request.url.origin() == self.base.origin() {
            builder = with_login(builder, self.login.now(harmless));
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let builder = request.body.put_into(builder).map_err(|source| WebError::Body {
            service: self.service.clone(),
            url: shown(&request.url),
            source,
        })?;
        let method = request.method.clone();
        let response =
            builder.send().map_err(|source| WebError::of(&self.service, &method, &request.url, source, harmless))?;
        Answer::read(&self.service, method, response, self.limits.answer, harmless)
    }

    /// Where an answer redirects to; an address in the clear is refused.
    fn redirected(&self, answer: &Answer) -> Result<Url, WebError> {
        let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let to = location.and_then(|location| answer.url.join(location).ok());
        let to = to.ok_or_else(|| self.redirect_refused(answer, &answer.url, "it does not say where to"))?;
        match is_safe(&to) {
            true => Ok(to),
            false => Err(self.redirect_refused(answer, &to, "it is not https")),
        }
    }

    fn redirect_refused(&self, answer: &Answer, to: &Url, why: &str) -> WebError {
        WebError::Redirected {
            service: self.service.clone(),
            url: shown(&answer.url),
            to: shown(to),
            why: why.to_owned(),
        }
    }

    /// The HTTP client, made when it is first needed: making it reads the system's
    /// certificates, which most commands have no use for.
    fn client(&self) -> Result<&Client, WebError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // The program installs it once; a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fail = |source: reqwest::Error| WebError::Client { service: self.service.clone(), source };
        let client = self.builder().and_then(ClientBuilder::build).map_err(fail)?;
        Ok(self.client.get_or_init(|| client))
    }

    fn builder(&self) -> Result<ClientBuilder, reqwest::Error> {
        let mut builder = Client::builder()
            .user_agent(concat!("quorate/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.request)
            .redirect(redirect::Policy::none());
        if let Some(pem) = &self.authority {
            builder = builder.tls_certs_merge([Certificate::from_pem(pem.as_bytes())?]);
        }
        // a proxy that is set up for the world outside knows nothing of this machine
        Ok(if is_here(&self.base) { builder.no_proxy() } else { builder })
    }
}

fn with_login(builder: RequestBuilder, login: &Login) -> RequestBuilder {
    match login {
        Login::Anonymous | Login::Asked(_) => builder,
        Login::Basic(name, password) => builder.basic_auth(name, Some(password.expose_secret())),
        Login::Bearer(token) => builder.bearer_auth(token.expose_secret()),
    }
}

/// Whether nobody on the way can read what is sent there.
pub(super) fn is_safe(url: &Url) -> bool {
    url.has_host() && protected(url).is_ok()
}

/// An address as errors show it: without its query.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
