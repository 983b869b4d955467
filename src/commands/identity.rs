// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who manages a release: the name and address that git knows, and the key.

use std::path::Path;

use super::CommandError;
use super::environment::Environment;
use crate::services::{KeyDescription, OpenPgp, author_at};
use crate::ui::ExitCode;

/// The name and address that git knows in the clone.
///
/// # Errors
/// When one of them is not set, or is no single line.
pub fn identity(repository: &Path) -> Result<(String, String), CommandError> {
    if let Some(known) = author_at(repository) {
        return Ok(known);
    }
    let config = git2::Repository::open(repository)
        .and_then(|opened| opened.config())
        .map_err(|error| CommandError::usage(error.message().to_owned(), ""))?;
    let value = |name: &str| {
        config.get_string(name).ok().filter(|text| !text.trim().is_empty()).ok_or_else(|| {
            CommandError::usage(
                format!("git does not know your {name}"),
                format!("git config --global {name} …: it goes on commits, tags and mails"),
            )
        })
    };
    of_one_line(value("user.name")?, value("user.email")?)
}

/// The name and address, if each is a single line.
///
/// # Errors
/// When one is not.
pub fn of_one_line(name: String, email: String) -> Result<(String, String), CommandError> {
    for (what, value) in [("user.name", &name), ("user.email", &email)] {
        if value.chars().any(char::is_control) {
            return Err(CommandError::usage(
                format!("git's {what}, `{value}`, has a line break or another control character in it"),
                format!("git config --global {what} …: it goes into the heads of mails, where it would be two lines"),
            ));
        }
    }
    Ok((name, email))
}

/// The key to sign with: the one `named`, else git's, else the only one.
///
/// # Errors
/// When it is not there, or several are and none is named.
pub fn signing_key(environment: &Environment, repository: &Path, named: Option<&str>) -> Result<String, CommandError> {
    let home = environment.accounts.gnupg_home.as_deref();
    let keys = OpenPgp::secret_keys(home).map_err(|error| {
        let (code, hint) = match error.is_of_the_set_up() {
            true => (ExitCode::Usage, error.hint()),
            false => (ExitCode::Service, "`gpg --list-secret-keys` shows whether GnuPG works"),
        };
        CommandError::from_error(code, &error, hint)
    })?;
    let config = git2::Repository::discover(repository).and_then(|found| found.config());
    let configured =
        config.or_else(|_| git2::Config::open_default()).and_then(|config| config.get_string("user.signingkey")).ok();
    let wanted = named.map(str::to_owned).or(configured);
    choose_key(wanted.as_deref(), &keys).map(|key| key.fingerprint.clone())
}

/// The one of the secret keys whose full fingerprint is `wanted`; without one,
/// the only key.
///
/// # Errors
/// When there is none, or several and none is wanted.
pub fn choose_key<'a>(wanted: Option<&str>, keys: &'a [KeyDescription]) -> Result<&'a KeyDescription, CommandError> {
    let known = keys.iter().map(|key| key.fingerprint.as_str()).collect::<Vec<_>>().join(", ");
    match (wanted, keys) {
        (Some(wanted), _) => {
            let wanted = plain_fingerprint(wanted);
            keys.iter().find(|key| key.fingerprint == wanted).ok_or_else(|| {
                CommandError::usage(
                    format!("no secret key has the full fingerprint `{wanted}`"),
                    format!(
                        "short key ids are not taken; your keys: {}",
                        if known.is_empty() { "none" } else { &known }
                    ),
                )
            })
        }
        (None, [key]) => Ok(key),
        (None, []) => Err(CommandError::usage(
            "there is no secret OpenPGP key",
            "make one by `gpg --quick-generate-key 'NAME <ID@apache.org>' rsa4096 sign,cert 2y`; `quorate doctor` checks it",
        )),
        (None, _) => {
            Err(CommandError::usage("there are several secret OpenPGP keys", format!("name one by --key: {known}")))
        }
    }
}

/// A fingerprint as people write it, in the form that GnuPG has: `0x` and spaces
/// left out, in upper case.
pub fn plain_fingerprint(text: &str) -> String {
    text.trim_start_matches("0x").split_whitespace().collect::<String>().to_uppercase()
}
