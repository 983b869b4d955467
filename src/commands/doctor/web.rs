// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the doctor asks web services: once each, within its time; and by which rule it tells what failed
//! from what could not be asked.

use reqwest::StatusCode;

use super::item::{Item, Name};
use crate::commands::error::chain;
use crate::services::{Limits, WebError};

/// One try for each, within the time that the doctor has.
pub fn limits() -> Limits {
    Limits { connect: super::PATIENCE, request: super::PATIENCE, attempts: 1, ..Limits::default() }
}

/// Whether a status is an answer to the question, which another try gives as well. What is ill, has too
/// much to do or was too slow has not been asked.
pub fn is_answer(status: StatusCode) -> bool {
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    status.is_client_error() && !passes.contains(&status)
}

/// The one rule for every web service. An answer that refuses the account or the question stops a
/// release: *failed*. Where there is none, be it that nothing answers in time, the connection is cut, the
/// server is ill, or a page stands where the service should be, as of a proxy or a login, the service could
/// not be asked: *unknown*.
fn is_told(error: &WebError) -> bool {
    match error {
        WebError::Address { .. } | WebError::Untrusted { .. } => true,
        WebError::Status { status, .. } => is_answer(*status),
        WebError::Unexpected { status: Some(status), .. } if !status.is_success() => is_answer(*status),
        WebError::Unexpected { kind, begin, .. } => {
            !(kind.contains("html") || begin.is_empty() || begin.starts_with('<'))
        }
        _ => false,
    }
}

/// How an item stands of which a web service was asked in vain.
pub fn judge(item: &Name, error: &WebError) -> Item {
    judge_login(item, error, &error.hint())
}

/// The same of an item that is about an account; `anew` says what to do where that is refused.
pub fn judge_login(item: &Name, error: &WebError, anew: &str) -> Item {
    let refused = [Some(StatusCode::UNAUTHORIZED), Some(StatusCode::FORBIDDEN)].contains(&error.status());
    match is_told(error) {
        true if refused => item.failed(chain(error), anew),
        true => item.failed(chain(error), error.hint()),
        false => item.unknown(chain(error), error.hint()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use secrecy::SecretString;

    use super::super::item::Standing;
    use super::*;
    use crate::services::{
        Central, Effects, GitHub, Jira, Login, Nexus, Npm, Pace, Pages, PyPi, Registries, answering,
    };

    /// How each service stands that is at `base`, by name.
    fn standings(base: &str) -> Vec<(&'static str, Standing)> {
        let bearer = || Login::Bearer("token".into());
        let account = Some(("ann".to_owned(), SecretString::from("x")));
        let effects = Effects::unwatched;
        let asked: Vec<(&str, Result<(), WebError>)> = vec![
            ("central", Central::new(base).and_then(|it| it.limited(limits()).versions("org.greeter", "a")).map(drop)),
            ("github", GitHub::new(base, base, bearer(), effects()).and_then(|it| it.limited(limits()).me()).map(drop)),
            (
                "tracker",
                Jira::new(base, bearer(), effects()).and_then(|it| it.limited(limits()).versions("G")).map(drop),
            ),
            (
                "nexus",
                Nexus::new(base, account, effects())
                    .and_then(|it| it.limited(limits(), Pace::default()).profiles())
                    .map(drop),
            ),
            ("npm", Npm::new(base, bearer(), effects()).and_then(|it| it.limited(limits()).who_am_i()).map(drop)),
            (
                "pypi",
                PyPi::new(base, base, Login::Anonymous, effects())
                    .and_then(|it| it.limited(limits()).project("greeter"))
                    .map(drop),
            ),
            ("images", Registries::default().limited(limits()).answers(base)),
            ("push", {
                let password = SecretString::from("x");
                Registries::default().limited(limits()).rights(base, "a/b", "ann", &password).map(drop)
            }),
        ];
        let judged = |(name, asked): (&'static str, Result<(), WebError>)| {
            (name, asked.map_or_else(|error| judge(&Name::new(name, name), &error).state, |()| Standing::Ok))
        };
        asked.into_iter().map(judged).collect()
    }

    /// A server that reads a request and closes the connection, after the beginning of an answer.
    fn cutting(begins: &'static [u8]) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let mut connection = connection;
                let _ = connection.read(&mut [0; 4096]);
                let _ = std::io::Write::write_all(&mut connection, begins);
            }
        });
        base
    }

    #[test]
    fn every_service_is_judged_by_the_same_rule() {
        let page = "<!doctype html><title>Log in</title>";
        let all = |base: &str, wanted: Standing, what: &str, but: &[&str]| {
            for (name, state) in standings(base).into_iter().filter(|(name, _)| !but.contains(name)) {
                assert_eq!(state, wanted, "{name}: {what}");
            }
        };
        for status in [408, 429, 500, 502, 503, 504] {
            let base = answering(match status {
                408 => |_| (408, ""),
                429 => |_| (429, ""),
                500 => |_| (500, r#"{"e":1}"#),
                502 => |_| (502, "<h1>Bad Gateway</h1>"),
                503 => |_| (503, ""),
                _ => |_| (504, ""),
            });
            all(&base, Standing::Unknown, &status.to_string(), &[]);
        }
        for begins in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"", "HTTP/1.1 200 OK\r\nContent-Len"] {
            all(&cutting(begins.as_bytes()), Standing::Unknown, "cut", &[]);
        }
        let pages = answering(|_| (200, "<!doctype html><title>Log in</title>"));
        all(&pages, Standing::Unknown, page, &[]);
        all(&answering(|_| (403, r#"{"message": "no"}"#)), Standing::Failed, "403", &[]);
        // a registry says by 401 that it is there
        all(&answering(|_| (401, r#"{"message": "no"}"#)), Standing::Failed, "401", &["images"]);
        let gone = Pages::default().limited(limits()).status("http://127.0.0.1:9/").unwrap_err();
        assert_eq!(judge(&Name::new("x", "x"), &gone).state, Standing::Unknown);
    }

    #[test]
    fn what_to_do_about_a_refused_account_is_said() {
        let base = answering(|_| (401, "{}"));
        let error = Npm::new(&base, Login::Bearer("token".into()), Effects::unwatched()).unwrap();
        let item = judge_login(&Name::new("x", "x"), &error.who_am_i().unwrap_err(), "make a token");
        assert_eq!((item.state, item.next.as_deref()), (Standing::Failed, Some("make a token")));
    }
}
