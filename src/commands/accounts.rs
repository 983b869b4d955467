// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Tokens for web services: from the environment, or asked for on the terminal when the
//! first thing is to be changed there.

use inquire::{Password, PasswordDisplayMode};
use secrecy::SecretString;

use crate::services::{Asked, Login};
use crate::ui::{Ui, aside};

/// The login by a token: the one that is given, else one that is asked for where there is
/// a terminal, else none. `service` and `variable` are named in the question; `login`
/// makes the token into what the service wants.
pub fn by_token(
    ui: Ui,
    given: Option<SecretString>,
    service: &'static str,
    variable: &'static str,
    login: fn(SecretString) -> Login,
) -> Login {
    match given {
        Some(token) => login(token),
        None if ui.interactive() => Login::Asked(Asked::new(move || {
            let typed = aside(|| ask(service, variable));
            typed.map_or(Login::Anonymous, |token| login(token.into()))
        })),
        None => Login::Anonymous,
    }
}

/// What somebody types; nothing where they would not.
fn ask(service: &str, variable: &str) -> Option<String> {
    let question = format!("Your token for {service} (or set {variable}; nothing leaves it):");
    let typed =
        Password::new(&question).with_display_mode(PasswordDisplayMode::Hidden).without_confirmation().prompt().ok()?;
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.to_owned())
}
