// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every fault that a web service may have, put on an action's one write and on what its
//! probe reads: how it ends, what is said, and that nothing is done twice.

use std::any::Any;

use jiff::Timestamp;

use super::Services;
use super::failures::with_causes;
use crate::engine::{Action, ActionError, Context, Intent, Probed};
use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults};
use crate::services::{Effects, Limits, Login, Web};

/// An action over services that can have faults.
pub(crate) struct Scene {
    pub world: Services,
    pub faults: Faults,
    pub action: Box<dyn Action<Services>>,
    /// How often the service did what the action is for.
    pub happened: Box<dyn Fn() -> usize>,
    /// What has to live as long.
    pub _keep: Vec<Box<dyn Any>>,
}

/// A fault and what comes of it.
struct Case {
    name: &'static str,
    kind: FaultKind,
    /// Whether the service does it, or did it, all the same.
    done: bool,
    /// What is said; nothing where the action succeeds.
    says: &'static [&'static str],
}

/// A service for tests: little patience, small answers.
pub(crate) fn impatient(service: &str, base: &str, login: Login) -> Web {
    let limits = Limits {
        pause: std::time::Duration::from_millis(1),
        longest_pause: std::time::Duration::from_secs(1),
        request: std::time::Duration::from_secs(5),
        answer: 300_000,
        ..Limits::default()
    };
    Web::new(service, base, login, Effects::unwatched()).unwrap().limited(limits)
}

/// An intention for tests.
pub(crate) fn intent() -> Intent {
    let at: Timestamp = "2026-11-21T09:31:00Z".parse().unwrap();
    Intent { at, token: "0123456789abcdef0123456789abcdef".into(), acted: None, resumed: false, anew: false }
}

/// What is said of an error, with its causes and what to do.
pub(crate) fn said(error: &ActionError) -> String {
    format!("{} ({})", with_causes(error), error.hint().unwrap_or_default())
}

fn status(status: u16, retry_after: Option<u32>, body: &str) -> FaultKind {
    FaultKind::Status { status, retry_after, body: body.to_owned() }
}

fn write_cases() -> Vec<Case> {
    let case = |name, kind, done, says| Case { name, kind, done, says };
    vec![
        case("401", status(401, None, r#"{"message":"no"}"#), false, &["401", "log in"]),
        case("403", status(403, None, ""), false, &["403", "may not"]),
        case("404", status(404, None, ""), false, &["404", "may"]),
        case("409", status(409, None, ""), false, &["409"]),
        case("422", status(422, None, r#"{"message":"not so"}"#), false, &["422", "not so"]),
        case("429, then well", status(429, Some(0), ""), true, &[]),
        case("429 for an hour", status(429, Some(3600), ""), false, &["429", "3600 s"]),
        case("500", status(500, None, ""), false, &["500", "it looks first"]),
        case("503", status(503, None, "<h1>Down</h1>"), false, &["503", "Down", "it looks first"]),
        case(
            "redirect to http",
            FaultKind::Redirect("http://example.org/x".into()),
            false,
            &["redirects", "not https"],
        ),
        case("redirect", FaultKind::Redirect("/elsewhere".into()), false, &["redirects", "not sent on"]),
        case("a page", FaultKind::Page, false, &["begins `<!DOCTYPE html>"]),
        case("an endless answer", FaultKind::Endless, false, &["more than 300000 bytes"]),
        case("cut before it acted", FaultKind::CutBefore, false, &["no answer", "it looks first"]),
        case("cut after it acted", FaultKind::CutAfter, true, &[]),
        case("a truncated answer", FaultKind::Truncated, true, &[]),
    ]
}

/// Puts each fault on the action's write: `method` to a path that holds `path`.
pub(crate) fn writes_under_faults(name: &str, method: &str, path: &str, scene: impl Fn() -> Scene) {
    for case in write_cases() {
        let scene = scene();
        let intent = intent();
        let cx = Context { world: &scene.world, intent: &intent, now: intent.at };
        let probe =
            || scene.action.probe(&cx).unwrap_or_else(|error| panic!("{name}: {}: {}", case.name, said(&error)));
        assert_eq!(probe(), Probed::Absent, "{name}: {}", case.name);
        assert_eq!(scene.action.problems(&cx).unwrap(), [], "{name}: {}", case.name);
        let before = (scene.happened)();
        scene.faults.add(Fault::once(method, path, case.kind.clone()));
        let acted = scene.action.act(&cx);
        let result = acted.as_ref().map_or_else(said, |_| "done".to_owned());
        println!("{name} | write | {} | {} | {result}", case.name, if case.done { "done" } else { "not done" });
        assert!(scene.faults.are_spent(), "{name}: {}: the fault met nothing", case.name);
        assert_eq!(acted.is_ok(), case.says.is_empty(), "{name}: {}: {result}", case.name);
        assert!(case.says.iter().all(|says| result.contains(says)), "{name}: {}: {result}", case.name);
        assert_eq!((scene.happened)() > before, case.done, "{name}: {}: {result}", case.name);
        // the next run: what was not done is done, what was done is found
        if probe() == Probed::Absent {
            assert!(!case.done, "{name}: {}: it happened and is not found", case.name);
            scene.action.act(&cx).unwrap_or_else(|error| panic!("{name}: {}: {}", case.name, said(&error)));
        }
        assert!(matches!(probe(), Probed::Done(_)), "{name}: {}: {:?}", case.name, probe());
        assert_eq!((scene.happened)(), before + 1, "{name}: {}: once and no more", case.name);
    }
}

/// Puts each fault on what the probe reads: it says what is so or that it cannot tell, and
/// never that it is not done.
pub(crate) fn reads_under_faults(name: &str, path: &str, scene: impl Fn() -> Scene) {
    let passing = ["429, then well", "500", "503", "cut before it acted", "cut after it acted", "a truncated answer"];
    for case in write_cases() {
        // what is not there says 404, and that is no fault of a read
        if case.name == "404" || case.name == "redirect" {
            continue;
        }
        let scene = scene();
        let intent = intent();
        let cx = Context { world: &scene.world, intent: &intent, now: intent.at };
        scene.action.act(&cx).unwrap_or_else(|error| panic!("{name}: {}: {}", case.name, said(&error)));
        scene.faults.add(Fault::once("GET", path, case.kind.clone()));
        let probed = scene.action.probe(&cx);
        let result = probed.as_ref().map_or_else(said, |probed| match probed {
            Probed::Done(_) => "done".to_owned(),
            other => format!("{other:?}"),
        });
        println!("{name} | read | {} | {result}", case.name);
        assert!(scene.faults.are_spent(), "{name}: {}: the fault met nothing", case.name);
        match passing.contains(&case.name) {
            true => assert_eq!(result, "done", "{name}: {}", case.name),
            false => assert!(probed.is_err(), "{name}: {}: {result}", case.name),
        }
    }
}
