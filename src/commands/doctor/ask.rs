// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking what may be slow, all at once and for a limited time: an item that has
//! no answer by then is unknown, and the others are not held up by it.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::item::{Item, Name};

/// Items, in the order in which they are shown.
pub enum Part {
    /// Found.
    Found(Vec<Item>),
    /// Being asked.
    Asked(Answer),
}

/// What is being asked.
pub struct Answer {
    names: Vec<Name>,
    items: Receiver<Vec<Item>>,
}

/// Begins to ask for the items `names`.
pub fn ask(names: Vec<Name>, question: impl FnOnce() -> Vec<Item> + Send + 'static) -> Part {
    let (answer, items) = mpsc::channel();
    // Nobody waits for the thread itself: one that hangs ends with the program.
    thread::spawn(move || answer.send(question()));
    Part::Asked(Answer { names, items })
}

/// Says of the items `names` why they are not asked.
pub fn skip(names: &[Name], why: &str) -> Part {
    Part::Found(names.iter().map(|name| name.skipped(why)).collect())
}

/// All items, once each is found or `patience` is over.
pub fn gather(parts: Vec<Part>, patience: Duration) -> Vec<Item> {
    let started = Instant::now();
    let mut items = Vec::new();
    for part in parts {
        items.extend(match part {
            Part::Found(items) => items,
            Part::Asked(answer) => answer.wait(patience.saturating_sub(started.elapsed()), patience),
        });
    }
    items
}

impl Answer {
    fn wait(self, left: Duration, patience: Duration) -> Vec<Item> {
        self.items.recv_timeout(left).unwrap_or_else(|_| {
            let found = format!("no answer within {} s", patience.as_secs());
            let next = "see that the network works, then ask again";
            self.names.iter().map(|name| name.unknown(&found, next)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_answer_is_unknown_and_holds_nothing_up() {
        let name = |id: &str| Name::new(id, id);
        let (release, held) = mpsc::channel::<()>();
        let slow = ask(vec![name("slow"), name("slower")], move || {
            let _ = held.recv();
            Vec::new()
        });
        let (quick, answered) = mpsc::channel();
        quick.send(vec![name("quick").ok("")]).unwrap();
        let quick = Part::Asked(Answer { names: vec![name("quick")], items: answered });
        let parts = vec![Part::Found(vec![name("first").ok("")]), slow, quick, skip(&[name("last")], "--offline")];
        let items = gather(parts, Duration::ZERO);
        let shown: Vec<_> = items.iter().map(|item| (item.name.id.as_str(), item.state)).collect();
        use super::super::item::Standing::*;
        let expected = [("first", Ok), ("slow", Unknown), ("slower", Unknown), ("quick", Ok), ("last", Skipped)];
        assert_eq!(shown, expected);
        drop(release);
    }
}
