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

use super::certificate::Identity;
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
        let identity = Identity::of_loopback().map_err(io::Error::other)?;
        let tls = identity.server().map_err(io::Error::other)?;
        let authority = identity.authority;
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

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;
    use crate::rehearsal::ArchiveServer;
    use crate::services::{Authorities, Effects, PonyMail, Relay, RelayAddress, RelayError, Security};

    const MAIL: &str = "From: Ann Example <ann@example.org>\r\nTo: dev@example.org\r\nSubject: [VOTE] Grüße\r\n\
        Message-ID: <one@example.org>\r\nDate: Sat, 21 Nov 2026 09:30:00 +0000\r\n\r\nFrom ü\r\n.\r\n..two\r\n";

    fn account() -> SmtpAccount {
        SmtpAccount { user: "ann".to_owned(), password: "correct horse".into() }
    }

    fn server(place: &tempfile::TempDir) -> SmtpServer {
        SmtpServer::start(place.path(), 0, account()).unwrap()
    }

    fn relay(server: &SmtpServer, password: &str, authorities: Option<&str>) -> Relay {
        let address = RelayAddress {
            host: "localhost".to_owned(),
            port: server.port(),
            security: Security::StartTls,
            authorities: authorities.map(|pem| Authorities::Pem(pem.as_bytes().to_vec())),
        };
        Relay::new(address, Some(("ann".to_owned(), password.into())), Effects::unwatched())
            .with_timeout(Duration::from_secs(10))
    }

    fn send(relay: &Relay) -> Result<(), RelayError> {
        relay.send("ann@example.org", &["dev@example.org".to_owned()], MAIL.as_bytes())
    }

    #[test]
    fn a_mail_is_kept_byte_for_byte_and_the_archive_has_it_after_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let first = server(&place);
        send(&relay(&first, "correct horse", Some(first.authority()))).unwrap();
        let mails = first.store().mails().unwrap();
        assert_eq!(mails.len(), 1);
        assert_eq!(String::from_utf8(mails[0].bytes.clone()).unwrap(), MAIL);
        let port = first.port();
        drop(first);
        let again = SmtpServer::start(place.path(), port, account()).unwrap();
        relay(&again, "correct horse", Some(again.authority())).check().unwrap();
        send(&relay(&again, "correct horse", Some(again.authority()))).unwrap();
        assert_eq!(again.store().mails().unwrap().len(), 2, "a mail that comes twice is kept twice");

        let _ = rustls::crypto::ring::default_provider().install_default();
        let archive = ArchiveServer::start(place.path(), 0).unwrap();
        let client = PonyMail::new(archive.base());
        let found = client.find("<one@example.org>", Some("dev@example.org")).unwrap().unwrap();
        assert_eq!((found.subject.as_str(), found.date.as_second()), ("[VOTE] Grüße", 1_795_253_400));
        assert_eq!(client.source(&found.id).unwrap().unwrap(), MAIL.as_bytes());
        assert_eq!(client.find("<two@example.org>", Some("dev@example.org")).unwrap(), None);
        assert_eq!(client.find("<one@example.org>", Some("private@example.org")).unwrap(), None);
        assert_eq!(client.source("<two@example.org>").unwrap(), None);
        let port = archive.port();
        drop(archive);
        assert!(client.find("<one@example.org>", Some("dev@example.org")).is_err(), "nobody is there");
        let _archive = ArchiveServer::start(place.path(), port).unwrap();
        assert_eq!(client.find("<one@example.org>", Some("dev@example.org")).unwrap().unwrap(), found);
    }

    #[test]
    fn a_wrong_password_and_an_unknown_authority_are_told_apart() {
        let place = tempfile::tempdir().unwrap();
        let server = server(&place);
        let error = send(&relay(&server, "battery staple", Some(server.authority()))).unwrap_err();
        assert!(matches!(error, RelayError::LoginRefused { code: 535, .. }), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("battery"));
        let error = relay(&server, "correct horse", None).check().unwrap_err();
        assert!(matches!(error, RelayError::Untrusted { .. }), "{error:?}");
        assert!(!format!("{:?}", relay(&server, "battery staple", None)).contains("battery"));
        assert_eq!(server.store().mails().unwrap().len(), 0);
    }

    /// An independent client: Python's smtplib.
    #[test]
    fn smtplib_logs_in_and_sends_only_under_tls() {
        let place = tempfile::tempdir().unwrap();
        let server = server(&place);
        let script = r"
import smtplib, ssl, sys
port, ca = int(sys.argv[1]), sys.argv[2]
def open_():
    s = smtplib.SMTP('localhost', port, timeout=10)
    s.ehlo()
    return s
s = open_()
assert not s.has_extn('auth'), 'login offered in plain text'
assert s.docmd('MAIL', 'FROM:<a@example.org>')[0] == 503, 'mail taken without a login'
s.quit()
def tls():
    s = open_()
    s.starttls(context=ssl.create_default_context(cafile=ca))
    s.ehlo()
    return s
for mechanism in ['PLAIN', 'LOGIN']:
    s = tls()
    s.user, s.password = 'ann', 'wrong'
    try:
        s.auth(mechanism, getattr(s, 'auth_' + mechanism.lower()))
        sys.exit('a wrong password was taken')
    except smtplib.SMTPAuthenticationError as e:
        assert e.smtp_code == 535, e
    s.password = 'correct horse'
    s.auth(mechanism, getattr(s, 'auth_' + mechanism.lower()))
    s.sendmail('bob@example.org', ['dev@example.org', 'user@example.org'],
        'From: bob@example.org\r\nTo: dev@example.org\r\nSubject: by ' + mechanism + '\r\n\r\n+1\r\n.dot\r\n')
    s.quit()
";
        let run = Command::new("python3")
            .args(["-c", script, &server.port().to_string()])
            .arg(place.path().join("smtp-ca.pem"))
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let mails = server.store().mails().unwrap();
        assert_eq!(mails.len(), 2);
        assert!(mails[0].path.ends_with("mails/0001-by-plain.eml"));
        assert!(mails[1].bytes.ends_with(b"\r\n\r\n+1\r\n.dot\r\n"));
        assert_eq!(std::fs::read_to_string(server.store().mbox()).unwrap().matches("\nSubject: by ").count(), 2);
    }

    #[test]
    fn ending_does_not_wait_for_an_idle_client() {
        let place = tempfile::tempdir().unwrap();
        let server = server(&place);
        let _idle = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        drop(server);
    }
}
