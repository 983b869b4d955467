// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A process that ends just before or just after any outside effect, and the next one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// The world with which the process ends at the moment number `at`, counted from 0.
fn ending(site: &Site, at: usize) -> Services {
    let left = Arc::new(AtomicUsize::new(at));
    site.services(Effects::new(move |_, _| {
        if left.fetch_sub(1, Ordering::SeqCst) == 0 {
            // not a panic: nothing of it is for people
            resume_unwind(Box::new("the process ends"));
        }
    }))
}

/// Does it with an end at every moment there is; what each comes to after a second run.
fn everywhere(
    begin: impl Fn(&Site),
    action: impl Fn(&Site) -> Box<dyn Action<Services>>,
    check: impl Fn(&Site, &Value),
) {
    for at in 0.. {
        let site = Site::new();
        begin(&site);
        let (action, intent) = (action(&site), intent());
        let cut = catch_unwind(AssertUnwindSafe(|| {
            let world = ending(&site, at);
            action.act(&Context { world: &world, intent: &intent, now: intent.at }).unwrap()
        }));
        let world = site.services(Effects::unwatched());
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        if let Probed::Absent = action.probe(&cx).unwrap() {
            action.act(&cx).unwrap();
        }
        let Probed::Done(made) = action.probe(&cx).unwrap() else { panic!("not done after an end at {at}") };
        check(&site, &made);
        if cut.is_ok() {
            assert!(at > 1, "there were effects");
            return;
        }
    }
}

#[test]
fn a_change_survives_an_end_at_any_moment() {
    let first = Site::new();
    let commit = act(&first.change(), &first.services(Effects::unwatched())).unwrap()["commit"].clone();
    everywhere(
        |_| {},
        |site| Box::new(site.change()),
        |site, made| {
            assert_eq!(made["commit"], commit, "the same commit");
            assert_eq!((site.pulls(), site.commits("release-1.2.0").len()), (1, 2));
        },
    );
}

#[test]
fn a_merge_survives_an_end_at_any_moment() {
    everywhere(
        |site| drop(act(&site.change(), &site.services(Effects::unwatched())).unwrap()),
        |site| Box::new(site.merge()),
        |site, _| assert_eq!(site.commits("main"), ["Add Greeter 1.2.0", "As it was"]),
    );
}
