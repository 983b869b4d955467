// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An HTTP client as a transport asks for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Identity, redirect};
use statefun_module::{ClientTransport, Endpoint, KeyPassword, Place, Transport};

use crate::key::{KeyError, plain_key};

/// How many idle connections the transport without a pool of its own keeps.
const IDLE: usize = 5;
/// With what the addresses of functions begin that are called over TLS.
const SECURE: &str = "https://";
const IDLE_TIME: Duration = Duration::from_secs(300);

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{} holds no {what} in PEM", path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong with it.
        source: reqwest::Error,
    },
    /// A file has no certificates, so that nobody would be trusted.
    #[error("{} holds no certificate in PEM; expected at least one that is trusted", path.display())]
    NoCertificate {
        /// Which.
        path: PathBuf,
    },
    /// A key cannot be decrypted.
    #[error("the client's key in {} cannot be used", path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
    /// The address of functions is none.
    #[error("{template:?} is no address of functions; expected http://HOST/PATH or http+unix:///PATH/NAME.sock/PATH")]
    Template {
        /// What was to be one.
        template: String,
    },
    /// The name of a function makes no address.
    #[error("the function's name {name:?} makes no address out of {template}")]
    Name {
        /// The address of functions, with the place of the name.
        template: String,
        /// The name.
        name: String,
    },
    /// The parts do not go together.
    #[error("no client can be made of this transport")]
    Build(#[source] reqwest::Error),
}

impl ClientError {
    /// Where an endpoint says what this comes of.
    pub fn place<'e>(&self, endpoint: &'e Endpoint) -> &'e Place {
        match self {
            Self::File { path, .. }
            | Self::Pem { path, .. }
            | Self::NoCertificate { path }
            | Self::Key { path, .. } => endpoint.place_of_file(path),
            Self::Template { .. } => &endpoint.url_place,
            Self::Name { .. } | Self::Build(_) => &endpoint.place,
        }
    }
}

/// A client of functions at `url` for a transport; to a socket of this machine where one is given.
pub(crate) fn client(
    transport: &Transport,
    url: &str,
    socket: Option<&Path>,
    most_connections: usize,
) -> Result<Client, ClientError> {
    // Whoever came first has installed the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .user_agent(concat!("statefun/", env!("CARGO_PKG_VERSION")));
    if !url.starts_with(SECURE) {
        // Without TLS, nobody has to be vouched for: a small machine has no authorities' certificates.
        builder = builder.tls_certs_only([]);
    }
    if let Some(socket) = socket {
        builder = builder.unix_socket(socket);
    }
    builder = match transport {
        Transport::Retrying(retrying) => {
            let builder = builder
                .connect_timeout(retrying.connect)
                .pool_idle_timeout(retrying.pool_ttl)
                .pool_max_idle_per_host(retrying.pool_size.min(most_connections));
            with_tls(builder, &retrying.client)?
        }
        Transport::Read(read) => {
            builder.connect_timeout(read.connect).pool_idle_timeout(IDLE_TIME).pool_max_idle_per_host(IDLE)
        }
    };
    builder.build().map_err(ClientError::Build)
}

fn with_tls(mut builder: ClientBuilder, tls: &ClientTransport) -> Result<ClientBuilder, ClientError> {
    if let Some(path) = &tls.trust_cacerts {
        let pem = |source| ClientError::Pem { path: path.clone(), what: "certificates", source };
        let trusted = Certificate::from_pem_bundle(&read(path)?).map_err(pem)?;
        if trusted.is_empty() {
            return Err(ClientError::NoCertificate { path: path.clone() });
        }
        builder = builder.tls_certs_only(trusted);
    }
    if let (Some(certificate), Some(key)) = (&tls.client_cert, &tls.client_key) {
        let password = tls.client_key_password.as_ref().map(password).transpose()?;
        let plain = plain_key(key, read(key)?, password.as_deref());
        let key_text = plain.map_err(|source| ClientError::Key { path: key.clone(), source })?;
        let mut both = read(certificate)?;
        both.push(b'\n');
        both.extend_from_slice(&key_text);
        let what = "certificate, or the key none";
        let identity = Identity::from_pem(&both);
        builder = builder.identity(identity.map_err(|source| ClientError::Pem {
            path: certificate.clone(),
            what,
            source,
        })?);
    }
    Ok(builder)
}

/// The password: what its file has but for the end of the line, or the words themselves.
fn password(password: &KeyPassword) -> Result<String, ClientError> {
    match &password.words {
        Some(words) if !password.file.is_file() => Ok(words.clone()),
        _ => {
            let text = String::from_utf8_lossy(&read(&password.file)?).into_owned();
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ClientError> {
    fs::read(path).map_err(|source| ClientError::File { path: path.to_owned(), source })
}
