// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Accounts and tokens of services: from the environment, or asked for on the terminal when the
//! first thing is to be changed there. What cannot be one is refused here, by its variable's name:
//! a value is never shown.

use std::env;
use std::ffi::OsString;

use inquire::validator::Validation;
use inquire::{Password, PasswordDisplayMode};
use secrecy::SecretString;

use super::CommandError;
use crate::services::{Asked, Login};
use crate::ui::{Ui, aside};

/// The token that a variable holds; `None` where it is not set or empty.
///
/// # Errors
/// When it has a control character in it, or is no UTF-8.
pub fn token(variable: &str) -> Result<Option<SecretString>, CommandError> {
    Ok(value_of(variable, env::var_os(variable))?.map(SecretString::from))
}

/// The name and password that two variables hold; `None` where neither is set.
///
/// # Errors
/// When one alone is set, or one cannot be used.
pub fn account(user: &str, password: &str) -> Result<Option<(String, SecretString)>, CommandError> {
    match (value_of(user, env::var_os(user))?, value_of(password, env::var_os(password))?) {
        (Some(name), Some(secret)) => Ok(Some((name, SecretString::from(secret)))),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(CommandError::usage(format!("{user} is set and {password} is not"), "set both or neither"))
        }
        (None, Some(_)) => {
            Err(CommandError::usage(format!("{password} is set and {user} is not"), "set both or neither"))
        }
    }
}

/// A value without the ends of lines behind it, which a file brings along.
fn value_of(variable: &str, set: Option<OsString>) -> Result<Option<String>, CommandError> {
    let Some(set) = set else { return Ok(None) };
    let hint = "set it anew: the whole token or password, on one line, and nothing else";
    let set = set.into_string().map_err(|_| CommandError::usage(format!("{variable} is no UTF-8 text"), hint))?;
    let value = set.trim_end_matches(['\r', '\n']);
    match value.chars().find(|letter| letter.is_control()) {
        Some(found) => Err(CommandError::usage(
            format!("{variable} has a control character in it, {}", found.escape_unicode()),
            hint,
        )),
        None => Ok((!value.is_empty()).then(|| value.to_owned())),
    }
}

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
    let is_one = |typed: &str| {
        Ok(match typed.trim().contains(char::is_control) {
            true => {
                Validation::Invalid("it has a control character in it: give the whole token, and nothing else".into())
            }
            false => Validation::Valid,
        })
    };
    let prompt = Password::new(&question).with_display_mode(PasswordDisplayMode::Hidden).without_confirmation();
    let typed = prompt.with_validator(is_one).prompt().ok()?;
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    fn value(text: &str) -> Result<Option<String>, String> {
        value_of("QUORATE_X_TOKEN", Some(text.into())).map_err(|error| error.what)
    }

    #[test]
    fn ends_of_lines_behind_a_token_are_no_part_of_it() {
        for text in ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\n"] {
            assert_eq!(value(text), Ok(Some("s3cret".to_owned())));
        }
        assert_eq!(value(" a b "), Ok(Some(" a b ".to_owned())), "a password may have blanks");
        assert_eq!([value(""), value("\r\n")], [Ok(None), Ok(None)]);
        assert_eq!(value_of("QUORATE_X_TOKEN", None).map_err(|error| error.what), Ok(None));
    }

    #[test]
    fn a_control_character_is_refused_by_the_name_of_its_variable_and_nothing_is_shown() {
        for text in ["s3c\nret", "s3cret\r\nexport A=b", "s3\tcret", "\u{1b}[31ms3cret", "s3\0cret", "\u{85}s3cret"] {
            let refused = value(text).unwrap_err();
            assert!(refused.starts_with("QUORATE_X_TOKEN has a control character in it, \\u{"), "{refused}");
            assert!(!refused.contains("s3") && !refused.contains("cret"), "{refused}");
        }
        let broken = value_of("QUORATE_X_TOKEN", Some(OsString::from_vec(vec![0xff, b's']))).unwrap_err();
        assert_eq!(broken.what, "QUORATE_X_TOKEN is no UTF-8 text");
    }
}
