// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The relay's client against servers that say what they are told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::*;
use crate::services::Moment;

/// What a scripted server does after a command that begins so.
#[derive(Clone, Copy)]
enum Then {
    Say(&'static str),
    HangUp,
    Stall,
}

/// A server that answers each command by the first fitting line of its script,
/// else by 250; it ends with its one connection.
fn scripted(script: &'static [(&'static str, Then)]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let mut command = "connect".to_owned();
        loop {
            let then = script.iter().find(|(begin, _)| command.starts_with(begin)).map(|(_, then)| *then);
            let default = match command.as_str() {
                "connect" => "220 localhost",
                "DATA" => "354 go on",
                "EHLO [127.0.0.1]" => "250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                command if command.starts_with("AUTH") => "235 welcome",
                _ => "250 OK",
            };
            match then.unwrap_or(Then::Say(default)) {
                Then::Say(answer) => write!(stream, "{answer}\r\n").unwrap(),
                Then::HangUp => break,
                // until the client gives up and closes
                Then::Stall => {
                    lines.by_ref().for_each(drop);
                    break;
                }
            }
            if command == "DATA" {
                heard.push(command);
                heard.push(lines.by_ref().take_while(|line| line != ".").collect::<Vec<_>>().join("\n"));
                command = "content".to_owned();
                continue;
            }
            heard.push(command);
            let Some(line) = lines.next() else { break };
            command = line;
        }
        heard
    });
    (port, thread)
}

fn relay(port: u16, effects: Effects) -> Relay {
    let host = "127.0.0.1".to_owned();
    let address = RelayAddress { host, port, security: Security::None, authorities: None };
    Relay::new(address, Some(("ann".to_owned(), "secret word".into())), effects).with_timeout(Duration::from_secs(30))
}

fn failure(script: &'static [(&'static str, Then)]) -> RelayError {
    failure_within(Duration::from_secs(30), script)
}

fn failure_within(timeout: Duration, script: &'static [(&'static str, Then)]) -> RelayError {
    let (port, server) = scripted(script);
    let to = ["dev@example.org".to_owned(), "user@example.org".to_owned()];
    let error = relay(port, Effects::unwatched())
        .with_timeout(timeout)
        .send("ann@example.org", &to, b"Subject: x\r\n\r\nbody\r\n")
        .unwrap_err();
    server.join().unwrap();
    assert!(!format!("{error:?} {error}").contains("secret word"), "{error:?}");
    error
}

#[test]
fn a_mail_is_sent_once_and_the_effect_is_watched() {
    let (port, server) = scripted(&[]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = Arc::clone(&seen);
    let effects = Effects::new(move |moment, name| watch.lock().unwrap().push((moment, name.to_owned())));
    relay(port, effects).send("ann@example.org", &["dev@example.org".to_owned()], b"Subject: x\r\n\r\n.b\r\n").unwrap();
    let heard = server.join().unwrap();
    assert!(heard.contains(&"MAIL FROM:<ann@example.org>".to_owned()), "{heard:?}");
    assert!(heard.contains(&"Subject: x\n\n..b".to_owned()), "{heard:?}");
    assert_eq!(heard.iter().filter(|line| *line == "DATA").count(), 1);
    let name = "send mail".to_owned();
    assert_eq!(*seen.lock().unwrap(), [(Moment::Before, name.clone()), (Moment::After, name)]);
}

#[test]
fn refusals_are_told_apart_by_the_command() {
    let error = failure(&[("AUTH", Then::Say("535 5.7.8 wrong"))]);
    assert!(matches!(&error, RelayError::LoginRefused { code: 535, text, .. } if text.contains("wrong")), "{error:?}");
    let error = failure(&[("AUTH", Then::Say("454 later"))]);
    assert!(matches!(error, RelayError::Temporary { what: "the login", code: 454, .. }), "{error:?}");
    let error = failure(&[("MAIL", Then::Say("550 not you"))]);
    assert!(matches!(&error, RelayError::SenderRefused { sender, .. } if sender == "ann@example.org"), "{error:?}");
    let error = failure(&[("RCPT TO:<user@", Then::Say("550-no\r\n550 such list"))]);
    let RelayError::RecipientRefused { recipient, text, .. } = &error else { panic!("{error:?}") };
    assert_eq!((recipient.as_str(), text.contains("such list")), ("user@example.org", true), "{text}");
    let error = failure(&[("content", Then::Say("554 spam"))]);
    assert!(matches!(error, RelayError::Refused { what: "the mail", code: 554, .. }), "{error:?}");
    assert!(!error.may_be_sent());
    let error = failure(&[("content", Then::Say("451 full"))]);
    assert!(matches!(error, RelayError::Temporary { code: 451, .. }) && !error.may_be_sent(), "{error:?}");
    let error = failure(&[("EHLO", Then::Say("250 localhost"))]);
    assert!(matches!(error, RelayError::NoLogin { .. }), "{error:?}");
}

#[test]
fn only_a_break_during_the_mail_itself_leaves_it_open() {
    for (script, sent) in [
        (&[("connect", Then::HangUp)] as &[_], false),
        (&[("RCPT", Then::HangUp)], false),
        (&[("DATA", Then::HangUp)], false),
        (&[("content", Then::HangUp)], true),
    ] {
        let error = failure(script);
        assert!(matches!(error, RelayError::Dropped { .. }), "{error:?}");
        assert_eq!(error.may_be_sent(), sent, "{error:?}");
    }
    for (script, sent) in [
        (&[("connect", Then::Stall)] as &[_], false),
        (&[("RCPT", Then::Stall)], false),
        (&[("content", Then::Stall)], true),
    ] {
        let error = failure_within(Duration::from_secs(1), script);
        assert!(matches!(error, RelayError::TimedOut { .. }), "{error:?}");
        assert_eq!(error.may_be_sent(), sent, "{error:?}");
    }
}

#[test]
fn without_tls_nothing_leaves_this_machine() {
    let outside = RelayAddress { host: "192.0.2.1".into(), port: 25, security: Security::None, authorities: None };
    let error = Relay::new(outside, None, Effects::unwatched()).check().unwrap_err();
    assert!(matches!(error, RelayError::Insecure { .. }), "{error:?}");
}

#[test]
fn starttls_is_demanded_and_nobody_is_unreachable() {
    let (port, server) = scripted(&[]);
    let address =
        |port| RelayAddress { host: "localhost".into(), port, security: Security::StartTls, authorities: None };
    let account = Some(("ann".to_owned(), "secret word".into()));
    let error = Relay::new(address(port), account, Effects::unwatched()).check().unwrap_err();
    assert!(matches!(error, RelayError::NoStartTls { .. }), "{error:?}");
    let heard = server.join().unwrap();
    assert!(!heard.iter().any(|line| line.starts_with("AUTH")), "{heard:?}");
    let error = Relay::new(address(port), None, Effects::unwatched()).check().unwrap_err();
    assert!(matches!(error, RelayError::Unreachable { .. }), "{error:?}");
}
