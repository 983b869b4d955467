// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Building the clients of a release from its configuration and the environment.

use std::path::Path;

use super::CommandError;
use super::environment::{Accounts, Environment};
use crate::actions::{Author, Services};
use crate::config::{AssetError, Assets, Mail, Occasion, Product, Tls, release_values, render_product};
use crate::mail::Templates;
use crate::release::{ReleaseRecord, Version};
use crate::services::{Authorities, Effects, Git, OpenPgp, PonyMail, Relay, RelayAddress, Security, Svn, Workspace};

/// The clients of a release.
///
/// # Errors
/// When the configuration cannot be filled in.
pub fn connect(
    environment: &Environment,
    directory: &Path,
    record: &ReleaseRecord,
    product: &Product,
    version: Version,
    accounts: &Accounts,
    effects: Effects,
) -> Result<Services, CommandError> {
    // Addresses do not depend on the candidate.
    let product = render_product(product, &release_values(product, record, version, &Occasion::any())?)?;
    let mail = &product.mail;
    let address = relay_address(mail);
    let account = accounts.smtp.clone().filter(|_| mail.smtp_login);
    Ok(Services {
        git: Git::new(&record.repository, &product.git.remote, effects.clone())
            .with_address(record.remote_address.clone()),
        openpgp: OpenPgp::new(accounts.gnupg_home.clone(), &record.manager.key, effects.clone()),
        svn: Svn::new(accounts.svn.clone(), None, effects.clone()),
        relay: Relay::new(address, account, effects.clone()),
        archive: mail.archive.as_ref().map(PonyMail::new),
        workspace: Workspace::new(directory, effects),
        templates: templates(&environment.assets),
        assets: environment.assets.clone(),
        author: Author { name: record.manager.name.clone(), email: record.manager.email.clone() },
    })
}

/// How to reach the relay.
pub fn relay_address(mail: &Mail) -> RelayAddress {
    RelayAddress {
        host: mail.smtp_host.clone(),
        port: mail.smtp_port,
        security: match mail.smtp_tls {
            Tls::Starttls => Security::StartTls,
            Tls::Implicit => Security::Implicit,
            Tls::None => Security::None,
        },
        authorities: mail.smtp_ca.as_ref().map(|path| Authorities::File(path.into())),
    }
}

/// The templates of these files.
pub fn templates(assets: &Assets) -> Templates {
    let assets = assets.clone();
    Templates::new(move |name| match assets.text(&format!("templates/{name}")) {
        Ok(text) => Ok(Some(text)),
        Err(AssetError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    })
}
