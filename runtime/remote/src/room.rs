// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How much memory answers that come in take, and may take.
//!
//! Small answers are taken as they are. A larger one has room for itself before it is read on: where its
//! length is not known, little by little at first, and then for as much as it may have, out of a room of
//! its own; one at a time is read on without, however large it may become. So no two wait for what the
//! other one has, and who has the large room needs no more to come to its end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as PlainMutex, PoisonError};
use std::time::Duration;

use statefun_engine::HeldRoom;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// What all larger answers under way may take.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What the beginnings of answers may take, of which it is not known how long they are.
const MOST_BEGINNINGS: usize = 16 * 1024 * 1024;
/// How much of an answer is its beginning.
const BEGINNING: usize = 1024 * 1024;
/// Up to so many bytes an answer is small. What a connection has read ahead comes to it, which is about as
/// much again for each answer that waits.
const SMALL: usize = 16 * 1024;
const UNIT: usize = 1024;

/// The room for the answers of all functions.
pub struct AnswerRoom {
    beginnings: Arc<Semaphore>,
    whole: Arc<Semaphore>,
    beyond: Arc<Mutex<()>>,
    /// How many answers wait for room.
    waiting: AtomicUsize,
}

impl Default for AnswerRoom {
    fn default() -> Self {
        Self::new(MOST_BYTES)
    }
}

impl AnswerRoom {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self {
            beginnings: Arc::new(Semaphore::new(most_bytes.min(MOST_BEGINNINGS) / UNIT)),
            whole: Arc::new(Semaphore::new(most_bytes / UNIT)),
            beyond: Arc::default(),
            waiting: AtomicUsize::new(0),
        }
    }
}

/// The room of one answer; given back when it is dropped: when what it decided is on the disk.
pub(crate) struct Taken {
    room: Arc<AnswerRoom>,
    beginning: Option<OwnedSemaphorePermit>,
    whole: Option<OwnedSemaphorePermit>,
    bytes: usize,
    beyond: Option<OwnedMutexGuard<()>>,
    waiting: Waiting,
}

/// How long an answer has waited for room: it is read no further meanwhile, so that its function says
/// nothing for no fault of its own.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<PlainMutex<Waited>>);

#[derive(Clone, Copy, Default)]
struct Waited {
    before: Duration,
    since: Option<Instant>,
}

impl Waiting {
    /// All of it until now.
    pub(crate) fn time(&self) -> Duration {
        let Waited { before, since } = *self.lock();
        before + since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn begins(&self, room: Arc<AnswerRoom>) -> StillWaiting {
        self.lock().since = Some(Instant::now());
        room.waiting.fetch_add(1, Ordering::Relaxed);
        StillWaiting { waiting: self.clone(), room }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waited> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It waits until this is dropped.
struct StillWaiting {
    waiting: Waiting,
    room: Arc<AnswerRoom>,
}

impl Drop for StillWaiting {
    fn drop(&mut self) {
        self.room.waiting.fetch_sub(1, Ordering::Relaxed);
        let mut waited = self.waiting.lock();
        if let Some(since) = waited.since.take() {
            waited.before += since.elapsed();
        }
    }
}

impl Taken {
    pub(crate) fn new(room: Arc<AnswerRoom>) -> Self {
        Self { room, beginning: None, whole: None, bytes: SMALL, beyond: None, waiting: Waiting::default() }
    }

    /// Waits until there is room for so many bytes of an answer that has at most `most`.
    pub(crate) async fn grow(&mut self, bytes: usize, most: usize) {
        if bytes <= self.bytes || self.beyond.is_some() {
            return;
        }
        let is_beginning = bytes <= BEGINNING && bytes < most;
        // In few steps, where the length is not known.
        let bytes = if is_beginning { bytes.max(self.bytes * 2) } else { bytes.max(most) };
        let all = if is_beginning { &self.room.beginnings } else { &self.room.whole };
        let units = u32::try_from((bytes - self.bytes).div_ceil(UNIT)).unwrap_or(u32::MAX);
        let (all, beyond) = (all.clone(), self.room.beyond.clone());
        let _waits = self.waiting.begins(self.room.clone());
        tokio::select! {
            biased;
            Ok(more) = all.acquire_many_owned(units) => {
                let permit = if is_beginning { &mut self.beginning } else { &mut self.whole };
                match permit {
                    Some(permit) => permit.merge(more),
                    none => *none = Some(more),
                }
            },
            beyond = beyond.lock_owned() => self.beyond = Some(beyond),
        }
        self.bytes = bytes;
    }

    /// Whether others wait while it has some of the room.
    pub(crate) fn is_waited_for(&self) -> bool {
        let has_some = self.beginning.is_some() || self.whole.is_some() || self.beyond.is_some();
        has_some && self.room.waiting.load(Ordering::Relaxed) > 0
    }

    /// The answer is whole and has so many bytes: what it has too much is given back.
    pub(crate) fn fit(&mut self, bytes: usize) {
        if let Some(whole) = &mut self.whole {
            let needed = bytes.div_ceil(UNIT);
            drop(whole.split(whole.num_permits().saturating_sub(needed)));
        }
    }

    /// How long it waits, to be asked while it does.
    pub(crate) fn waiting(&self) -> Waiting {
        self.waiting.clone()
    }

    /// What is to be kept until what the answer decided is on the disk, where it is a large one.
    pub(crate) fn kept(self) -> Option<HeldRoom> {
        let is_large = self.beginning.is_some() || self.whole.is_some() || self.beyond.is_some();
        is_large.then(|| HeldRoom(Box::new(self)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn large_answers_wait_for_each_other_but_for_one_and_small_ones_do_not() {
        let room = Arc::new(AnswerRoom::new(1_000_000));
        let answer = || Taken::new(room.clone());
        let (mut first, mut second, mut third, mut small) = (answer(), answer(), answer(), answer());
        timeout(SHORT, first.grow(900_000, 900_000)).await.unwrap();
        timeout(SHORT, second.grow(900_000, 900_000)).await.unwrap();
        assert!(timeout(SHORT, third.grow(900_000, 900_000)).await.is_err(), "one goes beyond it");
        let waited = third.waiting().time();
        assert!(waited >= SHORT && third.waiting().time() == waited, "that is known, and it waits no more");
        assert_eq!(small.waiting().time(), Duration::ZERO);
        timeout(SHORT, small.grow(SMALL, SMALL)).await.unwrap();
        timeout(SHORT, second.grow(90_000_000, 90_000_000)).await.unwrap();
        assert!(small.kept().is_none() && first.kept().is_some(), "the first is dealt with");
        timeout(SHORT, third.grow(900_000, 900_000)).await.unwrap();
        let mut fourth = answer();
        assert!(timeout(SHORT, fourth.grow(900_000, 900_000)).await.is_err());
        drop(second);
        timeout(SHORT, fourth.grow(900_000, 900_000)).await.unwrap();
    }

    #[tokio::test]
    async fn answers_of_unknown_length_all_come_to_their_end() {
        let room = Arc::new(AnswerRoom::new(1_000_000));
        let growing = (0..50).map(|_| {
            let mut taken = Taken::new(room.clone());
            tokio::spawn(async move {
                for bytes in (0..2_000_000).step_by(50_000) {
                    taken.grow(bytes, 3_000_000).await;
                    tokio::task::yield_now().await;
                }
            })
        });
        for one in growing.collect::<Vec<_>>() {
            timeout(Duration::from_secs(10), one).await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn what_is_long_at_last_needs_no_more_room_and_gives_back_what_it_did_not_take() {
        let room = Arc::new(AnswerRoom::new(10_000_000));
        let (mut first, mut second) = (Taken::new(room.clone()), Taken::new(room.clone()));
        for bytes in [50_000, 500_000, 2_000_000] {
            timeout(SHORT, first.grow(bytes, 8_000_000)).await.unwrap();
        }
        timeout(SHORT, second.grow(9_000_000, 9_000_000)).await.unwrap();
        let mut third = Taken::new(room.clone());
        timeout(SHORT, first.grow(8_000_000, 8_000_000)).await.unwrap();
        assert!(!first.is_waited_for());
        {
            let mut waiting = std::pin::pin!(third.grow(7_000_000, 7_000_000));
            assert!(timeout(SHORT, &mut waiting).await.is_err());
            assert!(first.is_waited_for());
            first.fit(2_000_000);
            timeout(SHORT, waiting).await.unwrap();
        }
        assert!(!first.is_waited_for());
        drop(second);
    }
}
