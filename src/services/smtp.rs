// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mail relay.

use secrecy::SecretString;

use super::Effects;

/// How to reach the relay.
#[derive(Debug, Clone)]
pub struct RelayAddress {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The mail relay.
#[derive(Debug)]
pub struct Relay {
    address: RelayAddress,
    account: Option<(String, SecretString)>,
    effects: Effects,
}

impl Relay {
    /// The relay at `address`, logging in with `account` where there is one.
    pub fn new(address: RelayAddress, account: Option<(String, SecretString)>, effects: Effects) -> Self {
        Self { address, account, effects }
    }
}
