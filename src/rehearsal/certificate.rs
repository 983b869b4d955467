// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Certificates for servers on loopback, by an authority that is made for each.

use std::fs;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A server's certificate and key, with the authority behind it.
pub(crate) struct Identity {
    /// The authority's own certificate, in PEM.
    pub(crate) authority: String,
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Identity {
    /// For a server of this machine: `localhost`.
    pub(crate) fn of_loopback() -> Result<Self, Fault> {
        Self::new(vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()])
    }

    /// For a server of these names.
    pub(crate) fn new(names: Vec<String>) -> Result<Self, Fault> {
        let mut parameters = rcgen::CertificateParams::new(Vec::new())?;
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "Rehearsal certificate authority");
        parameters.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        let authority = rcgen::CertifiedIssuer::self_signed(parameters, rcgen::KeyPair::generate()?)?;
        let key = rcgen::KeyPair::generate()?;
        let mut parameters = rcgen::CertificateParams::new(names)?;
        parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        let certificate = parameters.signed_by(&key, &authority)?;
        Ok(Self { authority: authority.pem(), certificate, key })
    }

    /// The certificate, in PEM.
    pub(crate) fn certificate(&self) -> String {
        self.certificate.pem()
    }

    /// Leaves its key in `file`, in PEM, for nobody else to read.
    pub(crate) fn write_key(&self, file: &Path) -> io::Result<()> {
        // what another run left may belong to the user that its server became
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut key = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        key.write_all(self.key.serialize_pem().as_bytes())
    }

    /// For a server in this process.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>, Fault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivateKeyDer::try_from(self.key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)?;
        Ok(Arc::new(config))
    }
}
