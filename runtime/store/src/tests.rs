// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Both stores are held to the same; the one on the disk is also opened anew.

use super::*;

fn put(space: Space, key: &'static str, value: &'static str) -> Write {
    Write { space, key: Bytes::from_static(key.as_bytes()), value: Some(Bytes::from_static(value.as_bytes())) }
}

fn remove(space: Space, key: &'static str) -> Write {
    Write { space, key: Bytes::from_static(key.as_bytes()), value: None }
}

fn keys(store: &dyn Store, space: Space, from: &str, below: Option<&str>, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut visit = |key: &[u8], _: &[u8]| {
        found.push(String::from_utf8(key.to_vec()).unwrap());
        found.len() < most
    };
    store.scan(space, from.as_bytes(), below.map(str::as_bytes), &mut visit).unwrap();
    found
}

fn behaves(store: &dyn Store) {
    store.commit(vec![put(Space::State, "b", "1"), put(Space::State, "a", "2"), put(Space::Timers, "a", "3")]).unwrap();
    store.commit(vec![put(Space::State, "c", "4"), put(Space::State, "b", "5"), remove(Space::State, "a")]).unwrap();
    assert_eq!(store.get(Space::State, b"b").unwrap().as_deref(), Some(&b"5"[..]));
    assert_eq!(store.get(Space::State, b"a").unwrap(), None);
    assert_eq!(store.get(Space::Timers, b"a").unwrap().as_deref(), Some(&b"3"[..]));
    store.commit(vec![put(Space::State, "d", ""), put(Space::State, "e", "6")]).unwrap();
    assert_eq!(keys(store, Space::State, "", None, 99), ["b", "c", "d", "e"]);
    assert_eq!(keys(store, Space::State, "bb", Some("e"), 99), ["c", "d"]);
    assert_eq!(keys(store, Space::State, "c", None, 2), ["c", "d"]);
    assert_eq!(keys(store, Space::State, "d", Some("c"), 99), [""; 0]);
    assert_eq!(store.get(Space::State, b"d").unwrap().as_deref(), Some(&b""[..]), "an empty value is there");
}

#[test]
fn the_store_in_memory_keeps_order_and_batches() {
    behaves(&MemoryStore::new());
}

#[test]
fn the_store_on_the_disk_keeps_order_and_batches_and_is_there_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    behaves(&FjallStore::open(&path).unwrap());
    let again = FjallStore::open(&path).unwrap();
    assert_eq!(keys(&again, Space::State, "", None, 99), ["b", "c", "d", "e"]);
}

#[test]
fn a_crash_forgets_nothing_that_was_committed_and_ends_the_old_store() {
    let before = MemoryStore::new();
    before.commit(vec![put(Space::State, "a", "1")]).unwrap();
    let after = before.crash();
    assert!(matches!(before.commit(vec![put(Space::State, "b", "1")]), Err(StoreError::Gone)));
    assert_eq!(keys(&after, Space::State, "", None, 99), ["a"]);
}

#[test]
fn a_store_that_is_in_use_newer_or_no_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let open = FjallStore::open(&path).unwrap();
    assert!(matches!(FjallStore::open(&path), Err(StoreError::Busy { .. })));
    let newer = Bytes::copy_from_slice(&(FORMAT + 1).to_be_bytes());
    open.commit(vec![Write { space: Space::Meta, key: Bytes::from_static(b"format"), value: Some(newer) }]).unwrap();
    drop(open);
    assert!(matches!(FjallStore::open(&path), Err(StoreError::Newer { found, .. }) if found == FORMAT + 1));
    std::fs::write(path.join("statefun-store"), "9\n").unwrap();
    assert!(matches!(FjallStore::open(&path), Err(StoreError::Newer { found: 9, .. })));
    let other = directory.path().join("home");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "dear").unwrap();
    assert!(matches!(FjallStore::open(&other), Err(StoreError::Foreign { .. })));
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1, "nothing was written there");
}

#[test]
fn the_end_of_a_prefix_is_the_next_key_that_does_not_begin_with_it() {
    assert_eq!(after_prefix(b"ab"), Some(b"ac".to_vec()));
    assert_eq!(after_prefix(b"a\xff"), Some(b"b".to_vec()));
    assert_eq!(after_prefix(b"\xff\xff"), None);
    assert_eq!(after_prefix(b""), None);
}

#[test]
fn who_reads_a_range_sees_a_group_whole_or_not_at_all() {
    const GROUPS: u64 = 2000;
    const IN_GROUP: u64 = 64;
    let place = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(FjallStore::open(&place.path().join("store")).unwrap());
    let written = store.clone();
    let writer = std::thread::spawn(move || {
        for group in 0..GROUPS {
            // As a group has them: in no order.
            let numbers = (group * IN_GROUP..(group + 1) * IN_GROUP).rev();
            let put = |number: u64| Write {
                space: Space::Egress,
                key: Bytes::copy_from_slice(&number.to_be_bytes()),
                value: Some(Bytes::from_static(b"record")),
            };
            written.commit(numbers.map(put).collect()).unwrap();
        }
    });
    // Whoever follows goes on after the last one that was there, as an egress does.
    let mut next = 0;
    while next < GROUPS * IN_GROUP {
        let mut seen = Vec::new();
        let mut visit = |key: &[u8], _: &[u8]| {
            seen.push(u64::from_be_bytes(key.try_into().unwrap()));
            true
        };
        store.scan(Space::Egress, &u64::to_be_bytes(next), None, &mut visit).unwrap();
        let expected: Vec<u64> = (next..).take(seen.len()).collect();
        assert_eq!(seen, expected, "records were passed over");
        next += seen.len() as u64;
    }
    writer.join().unwrap();
}
