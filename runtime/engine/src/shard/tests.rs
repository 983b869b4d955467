// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One shard, event by event.

use bytes::Bytes;
use statefun_store::MemoryStore;

use super::*;
use crate::{Expiry, Failure, Outcome, Outgoing, Reached, Spec};

fn shard(settings: Settings) -> Shard {
    let mut catalogue = Catalogue::default();
    catalogue.host_namespace("test", Hosted { most_in_batch: 10, callee: 0 });
    let shared = Arc::new(Shared {
        catalogue,
        registry: Registry::default(),
        store: Arc::new(MemoryStore::new()),
        metrics: Metrics::default(),
        shards: 1,
        settings,
        next_timer: AtomicU64::new(0),
    });
    let mut shard = Shard::new(0, shared, 0);
    assert!(handle(&mut shard, Event::Start).calls.is_empty());
    shard
}

fn handle(shard: &mut Shard, event: Event) -> Effects {
    let mut effects = Effects::default();
    shard.handle(1000, event, &mut effects).unwrap();
    effects
}

fn deliver(shard: &mut Shard, sequence: u64, id: &str) -> Effects {
    let letter = Letter { sequence, caller: None, argument: Bytes::from_static(b"x") };
    handle(shard, Event::Deliver(FunctionType::new("test", "f").instance(id), letter))
}

fn called(effects: &Effects) -> Vec<&str> {
    effects.calls.iter().map(|call| &*call.request.address.id).collect()
}

fn answer(shard: &mut Shard, id: &str, answer: Answer) -> Effects {
    handle(shard, Event::Answered(FunctionType::new("test", "f").instance(id), answer))
}

fn poison() -> Answer {
    Answer::Failed(Failure { reached: Reached::Yes, cause: "poison".to_owned() })
}

#[test]
fn addresses_that_wait_for_the_first_request_of_their_type_ask_in_turn() {
    let mut shard = shard(Settings::default());
    assert_eq!(called(&deliver(&mut shard, 1, "poison")), ["poison"]);
    for sequence in 2..100 {
        assert!(deliver(&mut shard, sequence, "poison").calls.is_empty());
    }
    assert!(deliver(&mut shard, 100, "good").calls.is_empty());
    assert!(deliver(&mut shard, 101, "better").calls.is_empty());
    let failed = answer(&mut shard, "poison", poison());
    assert_eq!((called(&failed).len(), failed.decision.dead.len(), failed.ready.len()), (0, 1, 1));
    let next = handle(&mut shard, Event::Ready(failed.ready[0].clone()));
    assert_eq!(called(&next), ["good"], "its other messages wait until the others have asked");
    let answered = answer(&mut shard, "good", Answer::Done(Outcome::default()));
    assert_eq!(answered.ready.len(), 1);
    let spec =
        |change: &crate::Change| matches!(change, crate::Change::Put { space: statefun_store::Space::Specs, .. });
    assert!(answered.decision.changes.iter().any(spec), "it is written that the type has answered");
    let rest = handle(&mut shard, Event::Ready(answered.ready[0].clone()));
    assert_eq!(called(&rest), ["better", "poison"]);
}

#[test]
fn a_function_that_asks_for_ever_more_state_fails() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "1");
    for time in 0..1000 {
        let name = time.to_string().as_str().into();
        let more = vec![Spec { name, typename: "t".into(), expiry: Expiry::Never }];
        let effects = answer(&mut shard, "1", Answer::Incomplete(more));
        if let Some(dead) = effects.decision.dead.first() {
            assert!(dead.cause.contains("asked for state 64 times in a row"), "{}", dead.cause);
            assert_eq!(time, 64);
            return;
        }
        assert_eq!(called(&effects), ["1"]);
    }
    panic!("it asks for ever");
}

#[test]
fn what_waits_to_be_called_again_takes_no_room() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "1");
    deliver(&mut shard, 2, "1");
    assert!(shard.resident_bytes() > 0);
    let nobody = Failure { reached: Reached::No, cause: "nobody is there".to_owned() };
    answer(&mut shard, "1", Answer::Failed(nobody));
    assert_eq!((shard.resident_bytes(), shard.busy()), (0, 1));
}

#[test]
fn messages_to_nobody_are_counted_as_dead_letters() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "1");
    let nobody = FunctionType::new("nobody", "home");
    let message = Outgoing { target: nobody.instance("1"), argument: Bytes::new() };
    let outcome = Outcome { messages: vec![message], ..Outcome::default() };
    assert_eq!(answer(&mut shard, "1", Answer::Done(outcome)).decision.dead.len(), 1);
    let metrics = shard.shared.metrics.of(&nobody);
    assert_eq!(metrics.dead_letters.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[test]
fn a_function_that_stands_still_is_called_again_before_its_message_is_at_fault() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "1");
    let silent = || Answer::Failed(Failure { reached: Reached::Unknown, cause: "silence".to_owned() });
    let effects = answer(&mut shard, "1", silent());
    assert!(effects.decision.dead.is_empty() && shard.next_tick().is_some_and(|tick| tick > 1000));
}
