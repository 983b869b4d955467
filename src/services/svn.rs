// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Subversion by its own command-line clients.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Effects;

/// A Subversion client with the account that it uses.
#[derive(Debug)]
pub struct Svn {
    account: Option<(String, SecretString)>,
    config: Option<PathBuf>,
    effects: Effects,
}

impl Svn {
    /// A client with `account` (user and password) or, without one, what the
    /// user's own Subversion configuration gives; `config` is a configuration
    /// directory to use in its place.
    pub fn new(account: Option<(String, SecretString)>, config: Option<PathBuf>, effects: Effects) -> Self {
        Self { account, config, effects }
    }
}
