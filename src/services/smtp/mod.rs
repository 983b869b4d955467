// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mail relay: SMTP with STARTTLS or TLS from the first byte.
//!
//! A relay answers each command, so a failure says at which of them it came.
//! Only one that came while the mail itself was under way leaves open whether it
//! was sent: [`RelayError::may_be_sent`].

mod error;

use std::fs;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};

use super::Effects;
use error::Stage;

pub use error::{MaybeSent, RelayError};

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, demanded.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// None; refused for any address that is not a loopback one.
    None,
}

/// How to reach the relay.
#[derive(Debug, Clone)]
pub struct RelayAddress {
    /// Its host; what its certificate must be for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Certificate authorities to trust beside the system's.
    pub authorities: Option<Authorities>,
}

/// Certificate authorities in PEM.
#[derive(Debug, Clone)]
pub enum Authorities {
    /// The text itself.
    Pem(Vec<u8>),
    /// A file, which is read when the relay is connected to and not before: whoever
    /// sends no mail does not need it.
    File(PathBuf),
}

/// The mail relay.
#[derive(Debug)]
pub struct Relay {
    address: RelayAddress,
    account: Option<(String, SecretString)>,
    timeout: Duration,
    effects: Effects,
}

impl Relay {
    /// The relay at `address`, logging in with `account` where there is one.
    pub fn new(address: RelayAddress, account: Option<(String, SecretString)>, effects: Effects) -> Self {
        Self { address, account, timeout: Duration::from_secs(60), effects }
    }

    /// The same relay, given up on after `timeout` without an answer (60 seconds
    /// if nothing else is said).
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Its host and port, for a person to read.
    pub fn name(&self) -> String {
        format!("{}:{}", self.address.host, self.address.port)
    }

    /// Its address as curl takes it.
    pub fn url(&self) -> String {
        let scheme = if self.address.security == Security::Implicit { "smtps" } else { "smtp" };
        format!("{scheme}://{}", self.name())
    }

    /// How curl is told to secure the connection and to log in.
    pub fn curl_options(&self) -> &'static [&'static str] {
        match self.address.security {
            Security::StartTls => &["--ssl-reqd", "--user", "APACHE_ID"],
            Security::Implicit => &["--user", "APACHE_ID"],
            Security::None => &[],
        }
    }

    /// Connects, logs in and says goodbye.
    ///
    /// # Errors
    /// When one of these does not work.
    pub fn check(&self) -> Result<(), RelayError> {
        self.open().map(goodbye)
    }

    /// Hands the mail `bytes`, lines ended by CRLF, to the relay, for all of `to`
    /// or for nobody.
    ///
    /// # Errors
    /// When the relay did not take it, or did not say that it did
    /// ([`RelayError::may_be_sent`]).
    pub fn send(&self, from: &str, to: &[String], bytes: &[u8]) -> Result<(), RelayError> {
        let sender = self.parse(from)?;
        let recipients: Vec<Address> = to.iter().map(|address| self.parse(address)).collect::<Result<_, _>>()?;
        if recipients.is_empty() {
            return Err(RelayError::Address { address: String::new() });
        }
        let mut connection = self.open()?;
        let mut options = Vec::new();
        if !bytes.is_ascii() {
            if !connection.server_info().supports_feature(Extension::EightBitMime) {
                return Err(RelayError::SevenBitOnly { relay: self.name() });
            }
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.at(Stage::Sender(from), connection.command(Mail::new(Some(sender), options)))?;
        for (recipient, name) in recipients.into_iter().zip(to) {
            self.at(Stage::Recipient(name), connection.command(Rcpt::new(recipient, vec![])))?;
        }
        self.at(Stage::Data, connection.command(Data))?;
        let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let taken = self.effects.around("send mail", || connection.message(content));
        self.at(Stage::Content, taken)?;
        goodbye(connection);
        Ok(())
    }

    fn parse(&self, address: &str) -> Result<Address, RelayError> {
        address.parse().map_err(|_| RelayError::Address { address: address.to_owned() })
    }

    /// A connection that is secured and logged in.
    fn open(&self) -> Result<SmtpConnection, RelayError> {
        let addresses = self.resolve()?;
        let me = ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
        let tls = match self.address.security {
            Security::None => None,
            Security::StartTls | Security::Implicit => Some(self.tls()?),
        };
        let at_once = tls.as_ref().filter(|_| self.address.security == Security::Implicit);
        let connected = SmtpConnection::connect(&addresses[..], Some(self.timeout), &me, at_once, None);
        let mut connection = self.at(Stage::Connect, connected)?;
        if let Some(tls) = tls.as_ref().filter(|_| self.address.security == Security::StartTls) {
            if !connection.can_starttls() {
                return Err(RelayError::NoStartTls { relay: self.name() });
            }
            self.at(Stage::Connect, connection.starttls(tls, &me))?;
        }
        if let Some((user, password)) = &self.account {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
                return Err(RelayError::NoLogin { relay: self.name() });
            }
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            self.at(Stage::Login, connection.auth(&mechanisms, &credentials))?;
        }
        Ok(connection)
    }

    /// The relay's addresses; without TLS only loopback ones.
    fn resolve(&self) -> Result<Vec<SocketAddr>, RelayError> {
        let RelayAddress { host, port, security, .. } = &self.address;
        let found = (host.as_str(), *port).to_socket_addrs().map(Vec::from_iter);
        let addresses =
            found.map_err(|source| RelayError::Unreachable { relay: self.name(), source: Box::new(source) })?;
        let outside = addresses.iter().map(SocketAddr::ip).find(|ip: &IpAddr| !ip.is_loopback());
        match outside {
            Some(ip) if *security == Security::None => {
                Err(RelayError::Insecure { relay: self.name(), address: ip.to_string() })
            }
            _ => Ok(addresses),
        }
    }

    fn tls(&self) -> Result<TlsParameters, RelayError> {
        let unusable = |source| RelayError::Authorities { relay: self.name(), source };
        let builder = TlsParameters::builder(self.address.host.clone());
        let pem = match &self.address.authorities {
            None => None,
            Some(Authorities::Pem(pem)) => Some(pem.clone()),
            Some(Authorities::File(path)) => Some(
                fs::read(path).map_err(|error| unusable(format!("cannot read {}: {error}", path.display()).into()))?,
            ),
        };
        let builder = match pem {
            Some(pem) => {
                builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| unusable(error.into()))?)
            }
            None => builder,
        };
        builder.build().map_err(|error| unusable(error.into()))
    }

    fn at<T>(&self, stage: Stage<'_>, result: Result<T, lettre::transport::smtp::Error>) -> Result<T, RelayError> {
        result.map_err(|error| error::classify(self.name(), stage, error))
    }
}

/// The mail is taken or there was none: what the relay says to QUIT changes nothing.
fn goodbye(mut connection: SmtpConnection) {
    let _ = connection.quit();
}

#[cfg(test)]
mod real_servers_tests;
#[cfg(test)]
mod tests;
