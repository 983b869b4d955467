// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The log over a store in memory.

use statefun_store::MemoryStore;

use super::*;
use crate::FunctionType;

fn log(store: &Arc<MemoryStore>) -> Log {
    Log::open(store.clone(), 3).unwrap()
}

fn to(id: &str) -> Decision {
    let target = FunctionType::new("a", "b").instance(id);
    let sending = Sending { caller: None, target, argument: Bytes::from_static(b"x") };
    Decision { sendings: vec![sending], ..Decision::default() }
}

fn append(log: &Log, decisions: Vec<Decision>) -> Vec<u64> {
    let mut delivered = Vec::new();
    for mut decision in decisions {
        let mut deliver =
            |letters: Vec<(Address, Letter)>| delivered.extend(letters.into_iter().map(|(_, letter)| letter.sequence));
        log.append(&mut decision, None, &mut deliver).unwrap();
    }
    delivered
}

#[test]
fn messages_are_numbered_in_order_over_runs() {
    let store = Arc::new(MemoryStore::new());
    let first = append(&log(&store), vec![to("1"), to("2")]);
    let second = append(&log(&store), vec![to("3")]);
    assert_eq!(first[1], first[0] + 1);
    assert!(second[0] > first[1]);
}

#[test]
fn what_comes_and_goes_within_a_group_leaves_no_trace() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let sequence = append(&log, vec![to("1"), to("2")])[0];
    let address = FunctionType::new("a", "b").instance("1");
    let consumed = Change::Consumed { address, sequence };
    append(&log, vec![Decision { changes: vec![consumed], ..Decision::default() }]);
    let committed = log.commit(log.take().unwrap()).unwrap();
    assert_eq!(committed, Committed { ticket: Ticket(1), sequence: sequence + 1 });
    assert_eq!(store.count(Space::Mailbox), 1);
    assert!(log.take().is_none(), "nothing is left");
}

#[test]
fn who_waits_is_told_after_the_commit_and_never_when_the_disk_fails() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let (told, mut durable) = oneshot::channel();
    log.append(&mut to("1"), Some(told), &mut |_| {}).unwrap();
    let taken = log.take().unwrap();
    assert!(durable.try_recv().is_err());
    log.commit(taken).unwrap();
    durable.try_recv().unwrap();
    let (told, mut never) = oneshot::channel();
    log.append(&mut to("2"), Some(told), &mut |_| {}).unwrap();
    let _ = store.crash();
    assert!(log.commit(log.take().unwrap()).is_err());
    assert!(matches!(never.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
    assert!(matches!(log.append(&mut to("3"), None, &mut |_| {}), Err(EngineError::Stopped)));
}

#[test]
fn a_group_is_left_open_for_a_while_when_nobody_waits_for_it() {
    let log = log(&Arc::new(MemoryStore::new()));
    let is_urgent = || log.lock().is_urgent();
    let began = Instant::now();
    append(&log, vec![to("1")]);
    assert!(!is_urgent());
    assert!(log.take_next().is_some());
    assert!(began.elapsed() >= LINGER);
    let (told, _durable) = oneshot::channel();
    log.append(&mut to("2"), Some(told), &mut |_| {}).unwrap();
    assert!(is_urgent(), "somebody waits");
    log.take().unwrap();
    let record = Record { egress: "e".into(), topic: "t".into(), payload: Bytes::new() };
    append(&log, vec![Decision { records: vec![record], ..Decision::default() }]);
    assert!(is_urgent(), "a reader may wait");
    log.take().unwrap();
    append(&log, vec![to("3")]);
    log.close();
    assert!(log.take_next().is_some(), "what was appended is still taken");
    assert!(log.take_next().is_none());
}

#[test]
fn nothing_of_a_decision_is_appended_when_part_of_it_cannot_be() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let _ = store.crash();
    let record = Record { egress: "e".into(), topic: "t".into(), payload: Bytes::new() };
    let mut decision = Decision { records: vec![record], ..to("1") };
    let mut delivered = 0;
    assert!(log.append(&mut decision, None, &mut |letters| delivered += letters.len()).is_err());
    assert_eq!((delivered, log.lock().group.sequence()), (0, log.first_sequence()));
}

#[test]
fn a_topic_keeps_its_latest_records_and_counts_on_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let record = |payload: String| Record { egress: "e".into(), topic: "t".into(), payload: payload.into() };
    for run in 0..2 {
        let log = log(&store);
        for number in 0..3 {
            let records = vec![record(format!("{run}.{number}"))];
            log.append(&mut Decision { records, ..Decision::default() }, None, &mut |_| {}).unwrap();
            log.commit(log.take().unwrap()).unwrap();
        }
    }
    let mut kept = Vec::new();
    let mut visit = |key: &[u8], value: &[u8]| {
        kept.push((keys::read_number(&key[key.len() - 8..]).unwrap(), String::from_utf8(value.to_vec()).unwrap()));
        true
    };
    store.scan(Space::Egress, &[], None, &mut visit).unwrap();
    assert_eq!(kept, [(3, "1.0".to_owned()), (4, "1.1".to_owned()), (5, "1.2".to_owned())]);
}

#[test]
fn what_was_on_the_disk_before_is_removed_from_it_even_if_it_was_written_meanwhile() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let key = Bytes::from_static(b"k");
    let put = |value: &'static str| Change::Put { space: Space::State, key: key.clone(), value: value.into() };
    let decide = |changes| append(&log, vec![Decision { changes, ..Decision::default() }]);
    decide(vec![put("1")]);
    log.commit(log.take().unwrap()).unwrap();
    decide(vec![put("2")]);
    decide(vec![Change::Remove { space: Space::State, key: key.clone() }]);
    log.commit(log.take().unwrap()).unwrap();
    assert_eq!(store.get(Space::State, &key).unwrap(), None);
}

fn at(source: &'static str, number: u64) -> Decision {
    Decision { position: Some(Position { source: source.into(), number }), ..to("1") }
}

#[test]
fn what_has_a_position_is_taken_once_also_when_whoever_brought_it_is_gone() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let (told, first) = oneshot::channel();
    log.append(&mut at("me", 1), Some(told), &mut |_| {}).unwrap();
    drop(first);
    let (told, mut again) = oneshot::channel();
    let mut delivered = 0;
    log.append(&mut at("me", 1), Some(told), &mut |letters| delivered += letters.len()).unwrap();
    assert_eq!(delivered, 0, "it was appended before");
    assert!(again.try_recv().is_err(), "and is not on the disk yet");
    log.commit(log.take().unwrap()).unwrap();
    again.try_recv().unwrap();
    assert_eq!(store.count(Space::Mailbox), 1);
    assert_eq!(append(&log, vec![at("me", 2), at("me", 2), at("other", 2), at("me", 1)]).len(), 2);
    log.commit(log.take().unwrap()).unwrap();
    let after = self::log(&store);
    assert_eq!(append(&after, vec![at("me", 2), at("me", 3), at("other", 1)]).len(), 1, "the disk says how far it was");
}

#[test]
fn sources_that_the_disk_knows_are_forgotten_and_looked_up_again() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let source =
        |number: u64| Decision { position: Some(Position { source: number.to_string().into(), number: 7 }), ..to("1") };
    for round in 0..20 {
        assert_eq!(append(&log, (round * 1000..(round + 1) * 1000).map(source).collect()).len(), 1000);
        log.commit(log.take().unwrap()).unwrap();
        assert!(log.lock().positions.len() <= 4096);
    }
    assert_eq!(append(&log, (0..20_000).map(source).collect()), [0; 0], "all were taken before");
    assert_eq!(append(&log, (20_000..40_000).map(source).collect()).len(), 20_000);
    assert!(log.lock().positions.len() >= 20_000, "what is not on the disk yet is remembered");
}

#[test]
fn what_answers_take_in_memory_is_given_back_when_the_disk_has_what_they_decided() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let room = Arc::new(());
    let mut decision = Decision { rooms: vec![HeldRoom(Box::new(room.clone()))], ..to("1") };
    log.append(&mut decision, None, &mut |_| {}).unwrap();
    assert!(decision.rooms.is_empty());
    let taken = log.take().unwrap();
    assert_eq!(Arc::strong_count(&room), 2);
    log.commit(taken).unwrap();
    assert_eq!(Arc::strong_count(&room), 1);
}

#[test]
fn large_values_wait_until_those_before_them_go_to_the_disk() {
    let store = Arc::new(MemoryStore::new());
    let log = log(&store);
    let large = |id: u64| Change::Put {
        space: Space::State,
        key: keys::number(id),
        value: Bytes::from(vec![0; MOST_OPEN_LARGE_BYTES / 2 + 1]),
    };
    for id in 0..2 {
        append(&log, vec![Decision { changes: vec![large(id)], ..Decision::default() }]);
    }
    std::thread::scope(|scope| {
        let third = scope.spawn(|| append(&log, vec![Decision { changes: vec![large(2)], ..Decision::default() }]));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!third.is_finished(), "it waits");
        log.take().unwrap();
        third.join().unwrap();
    });
    assert!(log.lock().group.bytes() < MOST_OPEN_LARGE_BYTES, "it is alone in the next group");
}
