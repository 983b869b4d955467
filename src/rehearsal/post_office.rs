// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A relay and an archive over one directory, and a product's configuration that names them.

use std::io;
use std::path::Path;

use toml::{Table, Value};

use super::archive_server::ArchiveServer;
use super::smtp_server::{SmtpAccount, SmtpServer};

/// A relay, and the archive of what it takes; both end when it is dropped.
#[derive(Debug)]
pub struct PostOffice {
    /// The relay.
    pub relay: SmtpServer,
    /// The archive.
    pub archive: ArchiveServer,
    certificate: String,
}

impl PostOffice {
    /// Both, on free ports, with their mails in `directory`.
    ///
    /// # Errors
    /// When a port or the directory cannot be had.
    pub fn start(directory: &Path, account: SmtpAccount) -> io::Result<Self> {
        let relay = SmtpServer::start(directory, 0, account)?;
        let archive = ArchiveServer::start(directory, 0)?;
        Ok(Self { relay, archive, certificate: certificate(directory) })
    }

    /// The configuration `product` with this relay and archive, and its lists at example.org.
    ///
    /// # Errors
    /// When it is no TOML, or says nothing of mail.
    pub fn configure(&self, product: &str) -> Result<String, String> {
        let mut table: Table = toml::from_str(product).map_err(|error| error.to_string())?;
        let mail = table.get_mut("mail").and_then(Value::as_table_mut).ok_or("it has no table `mail`")?;
        mail.insert("dev".to_owned(), Value::from("dev@example.org"));
        for (name, value) in fields(self.relay.port(), &self.certificate, &self.archive.base()) {
            mail.insert(name.to_owned(), value);
        }
        toml::to_string(&table).map_err(|error| error.to_string())
    }
}

/// Where a relay leaves its certificate authority.
pub(super) fn certificate(directory: &Path) -> String {
    directory.join("smtp-ca.pem").display().to_string()
}

/// What a configuration's table `mail` says of a relay on loopback, and of an archive.
pub(super) fn fields(smtp_port: u16, certificate: &str, archive: &str) -> [(&'static str, Value); 6] {
    [
        ("smtp_host", Value::from("localhost")),
        ("smtp_port", Value::from(i64::from(smtp_port))),
        ("smtp_tls", Value::from("starttls")),
        ("smtp_login", Value::from(true)),
        ("smtp_ca", Value::from(certificate)),
        ("archive", Value::from(archive)),
    ]
}
