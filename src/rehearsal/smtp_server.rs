// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A mail relay on loopback: SMTP with STARTTLS and a login, one thread a
//! connection. A mail is on the disk before the client hears 250.
//!
//! It delivers nowhere: what it takes is in its [`MailStore`], and an
//! [`ArchiveServer`](super::ArchiveServer) over the same directory shows it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use mailin::response::{AUTH_OK, INTERNAL_ERROR, INVALID_CREDENTIALS, NO_STORAGE, OK};
use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder};
use rustls::ServerConfig;
use secrecy::{ExposeSecret, SecretString};

use super::mail_store::MailStore;
use super::smtp_wire::Wire;

/// The most that a mail may have, in bytes.
const MAIL_BYTES: usize = 10 * 1024 * 1024;

/// Who may log in.
#[derive(Debug, Clone)]
pub struct SmtpAccount {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// A running mail server; it ends when it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    port: u16,
    authority: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    store: MailStore,
    account: SmtpAccount,
    tls: Arc<ServerConfig>,
    ended: AtomicBool,
    /// The connections that are open, so that ending can close them.
    open: Mutex<Vec<(JoinHandle<()>, TcpStream)>>,
}

impl SmtpServer {
    /// A server on `port` of loopback (0: a free one) that keeps its mails and its
    /// certificate authority under `directory`; started again over the same one it
    /// goes on where it was.
    ///
    /// # Errors
    /// When the port or the directory cannot be had.
    pub fn start(directory: impl Into<PathBuf>, port: u16, account: SmtpAccount) -> io::Result<Self> {
        let directory = directory.into();
        let store = MailStore::open(&directory)?;
        let (tls, authority) = certificate().map_err(io::Error::other)?;
        std::fs::write(directory.join("smtp-ca.pem"), &authority)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let shared =
            Arc::new(Shared { store, account, tls, ended: AtomicBool::new(false), open: Mutex::new(Vec::new()) });
        let accepting = thread::Builder::new().name("smtp".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.accept(&listener)
        })?;
        Ok(Self { port, authority, shared, accepting: Some(accepting) })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The authority behind its certificate (for `localhost`), in PEM; also at
    /// `smtp-ca.pem` in its directory.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What it has accepted.
    pub fn store(&self) -> &MailStore {
        &self.shared.store
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // wakes the accepting thread, which then sees that it is to end
        let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        let open = std::mem::take(&mut *self.shared.open.lock().unwrap_or_else(PoisonError::into_inner));
        for (thread, stream) in open {
            let _ = stream.shutdown(Shutdown::Both);
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let Ok(second) = stream.try_clone() else { continue };
            let shared = Arc::clone(&self);
            let Ok(thread) = thread::Builder::new().spawn(move || shared.converse(stream)) else { continue };
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.retain(|(thread, _)| !thread.is_finished());
            open.push((thread, second));
        }
    }

    fn converse(&self, stream: TcpStream) {
        let peer = stream.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
        let socket = stream.try_clone();
        // a client that breaks the connection off ends only its own conversation
        let _ = self.session(Wire::new(stream), peer);
        // the clone kept for ending would hold the connection open
        if let Ok(socket) = socket {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn session(&self, mut wire: Wire, peer: IpAddr) -> io::Result<()> {
        let mut builder = SessionBuilder::new("localhost");
        builder.enable_start_tls().enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
        let mut session = builder.build(peer, Incoming { shared: self, mail: Vec::new(), too_big: false });
        wire.answer(&session.greeting().buffer()?)?;
        while let Some(line) = wire.line()? {
            let response = session.process(&line);
            match response.action {
                Action::NoReply => continue,
                Action::Reply => wire.answer(&response.buffer()?)?,
                Action::UpgradeTls => {
                    wire.answer(&response.buffer()?)?;
                    wire = wire.secured(&self.tls)?;
                    session.tls_active();
                }
                Action::Close => {
                    wire.answer(&response.buffer()?)?;
                    break;
                }
            }
        }
        wire.close();
        Ok(())
    }
}

/// The mail of one connection that is coming in.
struct Incoming<'a> {
    shared: &'a Shared,
    mail: Vec<u8>,
    too_big: bool,
}

impl Incoming<'_> {
    fn login(&self, user: &str, password: &str) -> Response {
        let SmtpAccount { user: expected, password: secret } = &self.shared.account;
        if user == expected && password == secret.expose_secret() { AUTH_OK } else { INVALID_CREDENTIALS }
    }
}

impl Handler for Incoming<'_> {
    fn auth_plain(&mut self, _authorization: &str, user: &str, password: &str) -> Response {
        self.login(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.login(user, password)
    }

    fn data_start(&mut self, _domain: &str, _from: &str, _is8bit: bool, _to: &[String]) -> Response {
        self.mail.clear();
        self.too_big = false;
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        if self.mail.len() + line.len() > MAIL_BYTES {
            self.too_big = true;
        } else {
            self.mail.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.too_big {
            return NO_STORAGE;
        }
        self.shared.store.add(&self.mail).map_or(INTERNAL_ERROR, |_| OK)
    }
}

/// A certificate for `localhost` by an authority made for this run, and the
/// authority's own certificate in PEM.
fn certificate() -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error + Send + Sync>> {
    let mut parameters = rcgen::CertificateParams::new(Vec::new())?;
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Rehearsal certificate authority");
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    let authority = rcgen::CertifiedIssuer::self_signed(parameters, rcgen::KeyPair::generate()?)?;
    let key = rcgen::KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let mut parameters = rcgen::CertificateParams::new(names)?;
    parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let certificate = parameters.signed_by(&key, &authority)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((Arc::new(config), authority.pem()))
}
