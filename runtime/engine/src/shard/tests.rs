// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One shard, event by event.

use bytes::Bytes;
use prost::Message;
use statefun_store::{MemoryStore, Space, Write};

use super::*;
use crate::outages::Outages;
use crate::record::LetterRecord;
use crate::{Expiry, Failure, Mutation, Outcome, Outgoing, Reached, Spec, keys};

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
        outages: Outages::default(),
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
    let spec = |change: &crate::Change| matches!(change, crate::Change::Put { space: Space::Specs, .. });
    assert!(answered.decision.changes.iter().any(spec), "it is written that the type has answered");
    let rest = handle(&mut shard, Event::Ready(answered.ready[0].clone()));
    assert_eq!(called(&rest), ["better", "poison"]);
}

#[test]
fn beside_a_first_request_that_hangs_others_ask_and_whoever_answers_lets_all_go_on() {
    let mut shard = shard(Settings::default());
    assert_eq!(called(&deliver(&mut shard, 1, "hangs")), ["hangs"]);
    for (sequence, id) in (2..).zip(["a", "b", "c"]) {
        assert!(deliver(&mut shard, sequence, id).calls.is_empty());
    }
    let tick = |shard: &mut Shard, now| {
        let mut effects = Effects::default();
        shard.handle(now, Event::Tick, &mut effects).unwrap();
        effects.calls.iter().map(|call| call.request.address.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((shard.next_tick(), tick(&mut shard, 1900)), (Some(2000), Vec::new()));
    assert_eq!(tick(&mut shard, 2000), ["a"], "a second after the first");
    assert_eq!((shard.next_tick(), tick(&mut shard, 3000)), (Some(3000), vec!["b".to_owned()]));
    let state = || vec![Spec { name: "seen".into(), typename: "t".into(), expiry: Expiry::Never }];
    let answered = answer(&mut shard, "b", Answer::Incomplete(state()));
    assert_eq!((called(&answered), answered.ready.len()), (vec!["b"], 1));
    assert_eq!(called(&handle(&mut shard, Event::Ready(answered.ready[0].clone()))), ["c"]);
    let late = answer(&mut shard, "a", Answer::Incomplete(state()));
    assert_eq!(called(&late), ["a"], "who hears the same later is called again with it");
    assert_eq!(late.calls[0].request.state.len(), 1);
    let failed = answer(&mut shard, "hangs", poison());
    assert_eq!((failed.decision.dead.len(), failed.ready.len()), (1, 0));
    assert_eq!(shard.next_tick(), None);
}

#[test]
fn a_value_on_its_way_to_the_disk_is_in_memory_once_and_nothing_of_its_answer() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "1");
    let spec = Spec { name: "seen".into(), typename: "t/t".into(), expiry: Expiry::Never };
    answer(&mut shard, "1", Answer::Incomplete(vec![spec]));
    let value = statefun_protocol::TypedValue::new("t/t", Bytes::from(vec![7; 5000])).encoded();
    let whole = Bytes::from([&value[..], &[0; 100_000]].concat());
    let mutation = Mutation { name: "seen".to_owned(), encoded: Some(whole.slice(..value.len())) };
    deliver(&mut shard, 2, "1");
    let outcome = Outcome { mutations: vec![mutation], ..Outcome::default() };
    let settled = answer(&mut shard, "1", Answer::Done(outcome));
    let written = settled.decision.changes.iter().find_map(|change| match change {
        crate::Change::Put { space: Space::State, value, .. } => Some(value.clone()),
        _ => None,
    });
    let (written, given) = (written.unwrap(), settled.calls[0].request.state[0].encoded.clone().unwrap());
    assert_eq!((given.clone(), given.as_ptr()), (value, written[8..].as_ptr()));
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

/// The same, and the message is on the disk.
fn deliver_from_disk(shard: &mut Shard, sequence: u64, id: &str) -> Effects {
    let key = keys::letter(&FunctionType::new("test", "f").instance(id), sequence);
    let record = LetterRecord { caller: None, argument: Bytes::from_static(b"x") };
    let write = Write { space: Space::Mailbox, key, value: Some(record.encode_to_vec().into()) };
    shard.shared.store.commit(vec![write]).unwrap();
    let effects = deliver(shard, sequence, id);
    handle(shard, Event::Committed(Committed { ticket: Ticket(1), sequence }));
    effects
}

/// What is answered when nothing was heard in time, and something of its place at that time.
fn silence(heard_at: Option<u64>) -> Answer {
    Answer::Failed(Failure { reached: Reached::Silent { heard_at }, cause: "silence".to_owned() })
}

/// Answers calls, lets half a minute pass, and gives what is called and set aside meanwhile.
fn pass(shard: &mut Shard, now: &mut u64, answers: Vec<(String, Answer)>) -> (Vec<String>, Vec<String>) {
    let mut effects = Effects::default();
    for (id, answer) in answers {
        let event = Event::Answered(FunctionType::new("test", "f").instance(&id), answer);
        shard.handle(*now, event, &mut effects).unwrap();
    }
    *now += 31_000;
    shard.handle(*now, Event::Tick, &mut effects).unwrap();
    for function in std::mem::take(&mut effects.ready) {
        shard.handle(*now, Event::Ready(function), &mut effects).unwrap();
    }
    let called = effects.calls.iter().map(|call| call.request.address.id.to_string()).collect();
    (called, effects.decision.dead.iter().map(|dead| dead.target.id.to_string()).collect())
}

#[test]
fn functions_that_stand_still_for_long_are_no_fault_of_their_messages() {
    let mut shard = shard(Settings::default());
    deliver_from_disk(&mut shard, 1, "1");
    let mut now = 1000;
    for heard_at in [None, Some(999)].into_iter().cycle().take(200) {
        let (called, dead) = pass(&mut shard, &mut now, vec![("1".to_owned(), silence(heard_at))]);
        assert_eq!((called, dead), (vec!["1".to_owned()], Vec::new()), "it is called again, at {now}");
    }
}

#[test]
fn of_messages_that_make_a_function_silent_alone_is_set_aside() {
    let mut shard = shard(Settings::default());
    deliver(&mut shard, 1, "0");
    answer(&mut shard, "0", Answer::Done(Outcome::default()));
    // The first is called; the others become a batch.
    for sequence in 2..5 {
        deliver_from_disk(&mut shard, sequence, "1");
    }
    answer(&mut shard, "1", Answer::Done(Outcome::default()));
    let (mut now, mut silences) = (1000, Vec::new());
    for _ in 0..20 {
        let batch = shard.busy.values().next().map(|instance| instance.phase);
        silences.push(batch);
        let answers = vec![("1".to_owned(), silence(Some(now - 1)))];
        let (_, dead) = pass(&mut shard, &mut now, answers);
        if !dead.is_empty() {
            break;
        }
    }
    let called = |letters| silences.iter().filter(|phase| **phase == Some(Phase::Called { letters })).count();
    assert_eq!((called(2), called(1)), (7, 7), "together, then each for itself");
}

#[test]
fn what_counts_against_an_address_is_kept_while_it_is_on_the_disk_alone() {
    let mut shard = shard(Settings { most_busy: 2, ..Settings::default() });
    deliver(&mut shard, 1, "0");
    answer(&mut shard, "0", Answer::Done(Outcome::default()));
    for (sequence, id) in [(2, "poison"), (3, "other")] {
        deliver_from_disk(&mut shard, sequence, id);
    }
    assert!(shard.is_overflowing(), "there is room for one");
    let (mut now, mut silences, mut others) = (1000, 0, 0);
    let mut called = vec!["poison".to_owned()];
    while silences < 50 {
        let answers: Vec<_> = called
            .into_iter()
            .map(|id| match &*id {
                "poison" => (id, silence(Some(now - 1))),
                _ => (id, Answer::Failed(Failure { reached: Reached::No, cause: "nobody is there".to_owned() })),
            })
            .collect();
        silences += answers.iter().filter(|(id, _)| id == "poison").count();
        others += answers.iter().filter(|(id, _)| id == "other").count();
        let (next, dead) = pass(&mut shard, &mut now, answers);
        if !dead.is_empty() {
            assert_eq!((dead, silences), (vec!["poison".to_owned()], 7));
            assert!(others > 0, "the other one was called while it was on the disk");
            return;
        }
        called = next;
    }
    panic!("its budget begins anew each time");
}

#[test]
fn addresses_wait_while_the_values_of_calls_under_way_take_all_the_room() {
    let mut shard = shard(Settings { call_bytes: 5_000, ..Settings::default() });
    deliver(&mut shard, 1, "0");
    let wanted = Spec { name: "seen".into(), typename: "t".into(), expiry: Expiry::Never };
    answer(&mut shard, "0", Answer::Incomplete(vec![wanted]));
    answer(&mut shard, "0", Answer::Done(Outcome::default()));
    let large = crate::record::stored_value(0, &Bytes::from(vec![0; 4_000]));
    let function = FunctionType::new("test", "f");
    for id in 0..10 {
        let key = keys::value(&function.instance(&id.to_string()), "seen");
        shard.shared.store.commit(vec![Write { space: Space::State, key, value: Some(large.clone()) }]).unwrap();
    }
    let mut under_way: VecDeque<String> = VecDeque::new();
    for id in 1..10 {
        let effects = deliver(&mut shard, id + 1, &id.to_string());
        under_way.extend(called(&effects).into_iter().map(str::to_owned));
    }
    assert_eq!(under_way, ["1", "2"], "two have more than all the room");
    let in_memory = |shard: &Shard| shard.busy.values().map(|instance| instance.values.bytes()).sum::<usize>();
    assert!(in_memory(&shard) < 10_000, "who waits has no values in memory");
    let mut answered = Vec::new();
    while let Some(id) = under_way.pop_front() {
        let effects = answer(&mut shard, &id, Answer::Done(Outcome::default()));
        answered.push(id);
        under_way.extend(called(&effects).into_iter().map(str::to_owned));
        assert!(under_way.len() <= 2 && in_memory(&shard) < 10_000);
    }
    assert_eq!(answered, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(shard.busy(), 0);
}
