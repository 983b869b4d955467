// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Building the clients of a release from its configuration and the environment.

use std::path::{Path, PathBuf};

use super::CommandError;
use super::accounts::by_token;
use super::environment::{Accounts, Environment};
use crate::actions::proposals::{ProposalPlace, Publish};
use crate::actions::{Author, Services};
use crate::config::{
    AssetError, Assets, GitHubAddresses, Mail, Maven, Occasion, Product, Tls, load_scheme, release_values,
    render_product,
};
use crate::mail::Templates;
use crate::release::{Manager, ReleaseRecord, Version};
use crate::services::{
    Authorities, Central, Effects, Git, GitHub, Jira, Login, Nexus, Npm, OpenPgp, Pages, PonyMail, PyPi, Registries,
    Relay, RelayAddress, Security, Svn, WebError, Workspace,
};
use crate::ui::ExitCode;

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
    let occasion = Occasion { home: accounts.home.as_deref().unwrap_or(Path::new("")), directory, ..Occasion::any() };
    let product = render_product(product, &release_values(product, record, version, &occasion)?)?;
    let mail = &product.mail;
    let relay = relay_address(mail);
    let account = accounts.smtp.clone().filter(|_| mail.smtp_login);
    let address = |error: WebError| CommandError::from_error(ExitCode::Usage, &error, error.hint());
    let logins = logins(environment, accounts);
    let jira = Jira::new(&product.jira.url, logins.jira, effects.clone()).map_err(address)?;
    let pypi = product.pypi.as_ref();
    let pypi = pypi.map(|pypi| PyPi::new(&pypi.index, &pypi.upload, logins.pypi, effects.clone()));
    let npm = product.npm.as_ref();
    let npm = npm.map(|npm| Npm::new(&npm.registry, logins.npm, effects.clone()));
    Ok(Services {
        git: Git::new(&record.repository, &product.git.remote, effects.clone())
            .with_address(record.remote_address.clone()),
        openpgp: OpenPgp::new(accounts.gnupg_home.clone(), &record.manager.key, effects.clone()),
        svn: Svn::new(accounts.svn.clone(), None, effects.clone()).trusting(product.svn.ca.as_ref().map(PathBuf::from)),
        relay: Relay::new(relay, account, effects.clone()),
        archive: mail.archive.as_ref().map(PonyMail::new),
        github: github(&product.github, accounts, effects.clone())?,
        pages: Pages::default(),
        registries: Registries::default(),
        nexus: product.maven.as_ref().map(|maven| nexus(maven, accounts, effects.clone())).transpose()?,
        central: product.maven.as_ref().map(|maven| Central::new(&maven.repository)).transpose().map_err(unusable)?,
        jira: Some(jira),
        pypi: pypi.transpose().map_err(address)?,
        npm: npm.transpose().map_err(address)?,
        proposals: proposals(environment, &product, &record.manager, effects.clone())?,
        workspace: Workspace::new(directory, effects),
        templates: templates(&environment.assets),
        assets: environment.assets.clone(),
        author: Author { name: record.manager.name.clone(), email: record.manager.email.clone() },
    })
}

/// The registry of the project's proposals, where the configuration names one.
fn proposals(
    environment: &Environment,
    product: &Product,
    manager: &Manager,
    effects: Effects,
) -> Result<Option<ProposalPlace>, CommandError> {
    let Some((proposals, registry)) = product.proposals.as_ref().and_then(|one| Some((one, one.registry.as_ref()?)))
    else {
        return Ok(None);
    };
    Ok(Some(ProposalPlace {
        path: registry.into(),
        scheme: load_scheme(&environment.assets, &proposals.scheme)?,
        author: (manager.name.clone(), manager.email.clone()),
        publish: Publish::ToRemote,
        wiki: None,
        effects,
    }))
}

/// GitHub with the token that was given, or without one.
///
/// # Errors
/// When its addresses cannot be used.
pub fn github(addresses: &GitHubAddresses, accounts: &Accounts, effects: Effects) -> Result<GitHub, CommandError> {
    let login = accounts.github.clone().map_or(Login::Anonymous, Login::Bearer);
    GitHub::new(&addresses.api, &addresses.uploads, login, effects).map_err(unusable)
}

/// The logins at web services that take a token.
struct Logins {
    jira: Login,
    pypi: Login,
    npm: Login,
}

fn logins(environment: &Environment, accounts: &Accounts) -> Logins {
    let ui = environment.ui;
    Logins {
        jira: by_token(ui, accounts.jira.clone(), "the issue tracker", "QUORATE_JIRA_TOKEN", Login::Bearer),
        pypi: by_token(ui, accounts.pypi.clone(), "the Python package index", "QUORATE_PYPI_TOKEN", PyPi::login),
        npm: by_token(ui, accounts.npm.clone(), "the npm registry", "QUORATE_NPM_TOKEN", Login::Bearer),
    }
}

/// The manager of a product's staging repositories.
///
/// # Errors
/// When its address cannot be used.
pub fn nexus(maven: &Maven, accounts: &Accounts, effects: Effects) -> Result<Nexus, CommandError> {
    Nexus::new(&maven.nexus, accounts.nexus.clone(), effects).map_err(unusable)
}

fn unusable(error: WebError) -> CommandError {
    CommandError::from_error(ExitCode::Usage, &error, error.hint())
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
