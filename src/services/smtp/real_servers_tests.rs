// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The client against a mail server that is not this project's, which
//! `scripts/conformance.sh` starts. Without it the test says that it was skipped.

use std::fs;
use std::path::PathBuf;

use super::*;

#[test]
fn a_real_relay_takes_a_mail_after_starttls_and_login() {
    let variable = |name: &str| std::env::var(format!("QUORATE_TEST_SMTP{name}"));
    let (Ok(port), Ok(authority), Ok(mails)) = (variable("_PORT"), variable("_CA"), variable("_MAILS")) else {
        println!("skipped: QUORATE_TEST_SMTP_PORT is not set; `make conformance` starts the server");
        return;
    };
    let relay = |password: &str, authorities: Option<Authorities>| {
        let address = RelayAddress {
            host: "localhost".into(),
            port: port.parse().unwrap(),
            security: Security::StartTls,
            authorities,
        };
        Relay::new(address, Some(("ann".into(), password.to_owned().into())), Effects::unwatched())
    };
    let ours = || Some(Authorities::File(PathBuf::from(&authority)));
    relay("secret", ours()).check().unwrap();
    let refused = relay("another", ours()).check().unwrap_err();
    assert!(matches!(refused, RelayError::LoginRefused { .. }), "{refused:?}");
    let unknown = relay("secret", None).check().unwrap_err();
    assert!(matches!(unknown, RelayError::Untrusted { .. }), "{unknown:?}");
    let to = ["dev@greeter.example.org".to_owned(), "user@greeter.example.org".to_owned()];
    let mail = b"From: ann@example.org\r\nTo: dev@greeter.example.org\r\nSubject: [VOTE] it\r\n\r\n.a dot\r\n..two\r\n";
    relay("secret", ours()).send("ann@example.org", &to, mail).unwrap();
    let refused = relay("secret", ours()).send("ann@example.org", &["nobody@refused.example.org".into()], mail);
    assert!(!refused.unwrap_err().may_be_sent());
    let there: Vec<_> = fs::read_dir(mails).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there.len(), 1, "one mail for both, and none that was refused: {there:?}");
    let text = fs::read_to_string(&there[0]).unwrap();
    assert!(text.starts_with("dev@greeter.example.org user@greeter.example.org\n"), "{text}");
    assert!(text.contains("Subject: [VOTE] it") && text.contains("\n.a dot") && text.contains("\n..two"), "{text}");
    println!(
        "aiosmtpd: STARTTLS and login are demanded and given, a wrong password and a foreign certificate are told"
    );
}
