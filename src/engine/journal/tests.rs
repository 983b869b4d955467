// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The journal's file: read back, torn, edited, held by another.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;

use super::{Journal, JournalError, JournalReader};
use crate::engine::event::Event;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn journal_of(events: usize) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.jsonl");
    let mut journal = Journal::create(&path, "ann").unwrap();
    for number in 0..events {
        let event = Event::StepAttested { note: format!("note {number}, with\nlines and \"quotes\"") };
        journal.append(at(number as i64), 1, Some("decide"), event).unwrap();
    }
    (directory, path)
}

#[test]
fn what_was_written_is_read_back() {
    let (_directory, path) = journal_of(3);
    let reader = JournalReader::open(&path).unwrap();
    assert_eq!(reader.entries.len(), 3);
    assert_eq!(reader.entries[2].at, at(2));
    assert_eq!(reader.entries[2].step.as_deref(), Some("decide"));
    assert!(reader.end.torn.is_none());
}

#[test]
fn a_torn_last_line_is_set_aside_and_the_rest_goes_on() {
    let (_directory, path) = journal_of(2);
    let head = fs::read(path.with_extension("head")).unwrap();
    let mut journal = Journal::open(&path, "ann").unwrap().0;
    journal.append(at(2), 1, Some("decide"), Event::StepAttested { note: "note 2 ".repeat(30) }).unwrap();
    drop(journal);
    let bytes = fs::read(&path).unwrap();
    for cut in [1, 2, 40, 150] {
        fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        fs::write(path.with_extension("head"), &head).unwrap();
        assert!(JournalReader::open(&path).unwrap().end.torn.is_some());
        let (mut journal, reader, aside) = Journal::open(&path, "bob").unwrap();
        assert_eq!(reader.entries.len(), 2);
        assert_eq!(fs::read(aside.unwrap()).unwrap(), reader.end.torn.unwrap());
        journal.append(at(9), 1, None, Event::StepBegun {}).unwrap();
        drop(journal);
        let again = JournalReader::open(&path).unwrap();
        assert_eq!((again.entries.len(), again.end.torn), (3, None));
    }
}

#[test]
fn a_line_that_was_counted_is_not_torn_by_an_interruption() {
    let (_directory, path) = journal_of(3);
    let bytes = fs::read(&path).unwrap();
    for cut in [1, 40, 150] {
        fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        let cut = |error| matches!(error, JournalError::Cut { found: 2, expected: 3, .. });
        assert!(JournalReader::open(&path).is_err_and(cut));
        assert!(Journal::open(&path, "bob").is_err_and(cut));
    }
    // Without a head nothing says so.
    fs::remove_file(path.with_extension("head")).unwrap();
    assert!(JournalReader::open(&path).unwrap().end.torn.is_some());
}

#[test]
fn an_edited_removed_or_moved_line_breaks_the_chain() {
    let (_directory, path) = journal_of(4);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let edits = [
        text.replacen("note 1", "note 7", 1),
        format!("{}\n{}\n{}\n", lines[0], lines[2], lines[3]),
        format!("{}\n{}\n{}\n{}\n", lines[0], lines[2], lines[1], lines[3]),
        format!("{}\n", lines[1]),
    ];
    for edited in edits {
        fs::write(&path, edited).unwrap();
        assert!(matches!(JournalReader::open(&path), Err(JournalError::Chain { .. })));
        assert!(Journal::open(&path, "ann").is_err());
    }
}

#[test]
fn lines_that_are_missing_at_the_end_are_missed_and_so_is_an_edit_of_the_last_one() {
    let (_directory, path) = journal_of(4);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for left in 0..4 {
        fs::write(&path, lines[..left].iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        let found = JournalReader::open(&path).unwrap_err();
        assert!(matches!(found, JournalError::Cut { expected: 4, found, .. } if found == left), "{found}");
        assert!(Journal::open(&path, "ann").is_err());
        assert!(matches!(Journal::create(&path, "ann"), Err(JournalError::Exists { .. })));
    }
    fs::write(&path, text.replacen("note 3", "note 8", 1)).unwrap();
    assert!(matches!(JournalReader::open(&path), Err(JournalError::Edited { line: 4, .. })));
}

#[test]
fn a_head_that_a_crash_left_behind_is_harmless() {
    let (_directory, path) = journal_of(2);
    let head = path.with_extension("head");
    let behind = fs::read(&head).unwrap();
    let (mut journal, ..) = Journal::open(&path, "ann").unwrap();
    journal.append(at(9), 1, None, Event::StepBegun {}).unwrap();
    drop(journal);
    for left in [&behind[..], b"", b"\0\0\0"] {
        fs::write(&head, left).unwrap();
        assert_eq!(JournalReader::open(&path).unwrap().entries.len(), 3);
    }
    fs::remove_file(&head).unwrap();
    let (mut journal, ..) = Journal::open(&path, "ann").unwrap();
    journal.append(at(10), 1, None, Event::StepBegun {}).unwrap();
    assert_eq!(fs::read_to_string(&head).unwrap().split_whitespace().next(), Some("4"));
}

#[test]
fn a_head_that_says_nothing_is_refused() {
    let (directory, path) = journal_of(2);
    let head = path.with_extension("head");
    let whole = fs::read(&head).unwrap();
    let without_end = &whole[..whole.len() - 1];
    for garbage in [b"garbage\n" as &[u8], b"\xff\n", b"\n", b"0 x\n", &whole[..60], without_end] {
        fs::write(&head, garbage).unwrap();
        assert!(matches!(JournalReader::open(&path), Err(JournalError::Head { .. })), "{garbage:?}");
        assert!(matches!(Journal::open(&path, "ann"), Err(JournalError::Head { .. })), "{garbage:?}");
        assert!(matches!(Journal::is_begun(&path), Ok(true)), "a journal is there, whatever its head says");
    }
    fs::write(&head, whole).unwrap();
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "the head's new file is gone: {left:?}");
}

#[test]
fn a_journal_that_is_lost_is_known_by_its_head_and_can_be_given_up() {
    let (_directory, path) = journal_of(2);
    assert!(!Journal::is_lost(&path).unwrap());
    assert!(matches!(Journal::give_up(&path), Err(JournalError::Exists { .. })));
    for empty in [false, true] {
        if empty {
            fs::write(&path, "").unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        assert!(Journal::is_lost(&path).unwrap());
        assert!(Journal::create(&path, "ann").is_err());
        let aside = Journal::give_up(&path).unwrap().unwrap();
        assert!(fs::read_to_string(&aside).unwrap().starts_with(if empty { "         1 " } else { "         2 " }));
        assert!(!Journal::is_lost(&path).unwrap());
        assert_eq!(Journal::give_up(&path).unwrap(), None);
        let mut journal = Journal::create(&path, "ann").unwrap();
        journal.append(at(9), 1, None, Event::StepBegun {}).unwrap();
    }
}

#[test]
fn a_long_journal_is_read_in_order() {
    let (_directory, path) = journal_of(1201);
    let reader = JournalReader::open(&path).unwrap();
    assert!(reader.entries.iter().enumerate().all(|(index, entry)| entry.seq == index as u64));
    let text = fs::read_to_string(&path).unwrap();
    for line in [1, 600, 601, 1200] {
        fs::write(&path, text.replacen(&format!("note {line},"), "note x,", 1)).unwrap();
        let error = JournalReader::open(&path).unwrap_err().to_string();
        assert!(error.contains(&format!(":{}: ", (line + 2).min(1201))), "{error}");
    }
}

#[test]
fn another_version_an_unknown_event_and_garbage_are_told_apart() {
    let (_directory, path) = journal_of(1);
    let text = fs::read_to_string(&path).unwrap();
    let cases = [
        (text.replacen("note 0", "note 9", 1), "not what it was"),
        (text.replacen("\"v\":1", "\"v\":2", 1), "version 2"),
        (text.replacen("\"v\":1", "\"v\":2,\"new\":0", 1), "version 2"),
        (text.replacen("step-attested", "step-imagined", 1), "unknown event"),
        (text.replacen("\"note\":", "\"nota\":", 1), "unknown field"),
        ("not json\n".to_owned(), "no line of a journal"),
        ("\n".to_owned(), "no line of a journal"),
    ];
    for (edited, expected) in cases {
        fs::write(&path, &edited).unwrap();
        let error = JournalReader::open(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{edited}: {error}");
    }
}

#[test]
fn a_second_writer_is_refused_and_a_reader_is_not() {
    let (_directory, path) = journal_of(1);
    let (journal, ..) = Journal::open(&path, "ann").unwrap();
    assert!(matches!(Journal::open(&path, "bob"), Err(JournalError::Busy { .. })));
    assert_eq!(JournalReader::open(&path).unwrap().entries.len(), 1);
    drop(journal);
    Journal::open(&path, "bob").unwrap();
}

#[test]
fn a_journal_is_not_begun_twice() {
    let (_directory, path) = journal_of(1);
    assert!(matches!(Journal::create(&path, "ann"), Err(JournalError::Exists { .. })));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        fs::write(&path, &bytes).unwrap();
        if let Ok(reader) = JournalReader::open(&path) {
            proptest::prop_assert!(reader.entries.is_empty());
        }
    }
}

#[test]
fn a_clock_that_is_behind_the_record_is_refused_and_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.jsonl");
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let held = || Event::PhaseCompleted { phase: "decide".into() };
    let mut journal = Journal::create(&path, "ann").unwrap();
    journal.append(at("2026-09-04T08:30:00.25Z"), 0, None, held()).unwrap();
    journal.append(at("2026-09-04T08:25:01Z"), 0, None, held()).unwrap();
    drop(journal);
    let before = fs::read(&path).unwrap();
    let (mut journal, ..) = Journal::open(&path, "ann").unwrap();
    let error = journal.append(at("2026-09-04T08:25:00.1Z"), 0, None, held()).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("2026-09-04T08:25:00Z") && said.contains("2026-09-04T08:30:00Z"), "{said}");
    assert!(error.hint().contains("clock"), "{}", error.hint());
    assert_eq!(fs::read(&path).unwrap(), before);
    journal.append(at("2026-09-04T08:25:01Z"), 0, None, held()).unwrap();
}
