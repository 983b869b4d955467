// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Everything that can go wrong between here and GitHub: what each fault leaves, what is
//! said of it, and that the next run comes to the one right end.

use super::*;
use crate::rehearsal::stand_ins::{Fault, FaultKind};

/// What a fault comes to: what the first attempt says, or that it succeeds.
type Row = (&'static str, FaultKind, Option<&'static str>);

fn status(status: u16) -> FaultKind {
    FaultKind::Status { status, retry_after: None, body: format!("{{\"message\": \"fault {status}\"}}") }
}

/// The rows that are the same for every write.
fn of_a_write() -> Vec<Row> {
    let page = "<html><h1>Bad gateway</h1></html>".to_owned();
    vec![
        ("401", status(401), Some("GitHub answered 401 Unauthorized")),
        ("403", status(403), Some("the account may not do that at GitHub")),
        ("404", status(404), Some("GitHub answered 404 Not Found")),
        ("409", status(409), Some("run it again, which looks at what is there now")),
        ("422", status(422), Some("fault 422")),
        ("429", FaultKind::Status { status: 429, retry_after: Some(0), body: String::new() }, None),
        (
            "429 for long",
            FaultKind::Status { status: 429, retry_after: Some(90), body: String::new() },
            Some("run it again in 90 s"),
        ),
        ("500", status(500), Some("run it again when GitHub is well: it looks first whether it was done")),
        ("503", FaultKind::Status { status: 503, retry_after: None, body: page }, Some("Bad gateway")),
        ("redirect to http", FaultKind::Redirect("http://example.invalid/".into()), Some("it is not https")),
        ("redirect", FaultKind::Redirect("https://example.invalid/".into()), Some("what writes is not sent on")),
        ("a page", FaultKind::Page, Some("expected JSON")),
        ("without end", FaultKind::Endless, Some("has more than 1048576 bytes")),
        ("cut before", FaultKind::CutBefore, Some("it looks first whether it was done")),
        ("cut after", FaultKind::CutAfter, None),
        ("truncated", FaultKind::Truncated, None),
    ]
}

pub(super) fn each(
    (method, path): (&str, &str),
    begin: impl Fn(&Site),
    action: impl Fn(&Site) -> Box<dyn Action<Services>>,
    check: impl Fn(&Site, &str),
) {
    for (name, kind, says) in of_a_write() {
        let site = Site::new();
        begin(&site);
        let (world, action, intent) = (site.services(Effects::unwatched()), action(&site), intent());
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        site.faults.add(Fault::once(method, path, kind));
        match (action.act(&cx), says) {
            (Ok(_), None) => {}
            (Err(error), Some(says)) => {
                assert!(told(&error).contains(says), "{name}: {}, expected {says}", told(&error));
                assert!(!told(&error).contains(TOKEN), "{name}: the token is told");
                assert_eq!(action.probe(&cx).unwrap(), Probed::Absent, "{name}");
                action.act(&cx).unwrap();
            }
            (other, _) => panic!("{name}: {other:?}, expected {says:?}"),
        }
        assert!(site.faults.are_spent(), "{name}: the fault happened");
        assert!(matches!(action.probe(&cx).unwrap(), Probed::Done(_)), "{name}");
        check(&site, name);
    }
}

#[test]
fn a_pull_request_is_opened_once_whatever_happens() {
    each(
        ("POST", "/pulls"),
        |_| {},
        |site| Box::new(site.change()),
        |site, name| assert_eq!(site.pulls(), 1, "{name}"),
    );
}

#[test]
fn a_pull_request_is_merged_once_whatever_happens() {
    each(
        ("PUT", "/merge"),
        |site| drop(act(&site.change(), &site.services(Effects::unwatched())).unwrap()),
        |site| Box::new(site.merge()),
        |site, name| assert_eq!(site.commits("main"), ["Add Greeter 1.2.0", "As it was"], "{name}"),
    );
}

#[test]
fn what_could_not_be_asked_is_never_absent() {
    let site = Site::new();
    let world = site.services(Effects::unwatched());
    let action = site.change();
    act(&action, &world).unwrap();
    // a harmless request is repeated: a fault that passes is not noticed
    let passes = ["429", "500", "503", "cut before", "cut after", "truncated"];
    for (name, kind, says) in of_a_write() {
        site.faults.add(Fault::once("GET", "/pulls", kind.clone()));
        match probe(&action, &world) {
            Ok(Probed::Done(_)) => assert!(passes.contains(&name), "{name} was not noticed"),
            Ok(other) => panic!("{name}: {other:?}"),
            Err(error) if name == "redirect" => assert!(told(&error).contains("example.invalid"), "{}", told(&error)),
            Err(error) => assert!(told(&error).contains(says.unwrap_or_default()), "{name}: {}", told(&error)),
        }
        assert!(site.faults.are_spent(), "{name}");
        if passes.contains(&name) {
            continue;
        }
        let lasting = Site::new();
        act(&lasting.change(), &lasting.services(Effects::unwatched())).unwrap();
        lasting.faults.add(Fault::once("GET", "/pulls", kind).always());
        assert!(probe(&lasting.change(), &lasting.services(Effects::unwatched())).is_err(), "{name}");
    }
}
