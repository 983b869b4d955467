// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How much memory answers that come in take, and may take.
//!
//! Small answers are taken as they are. A larger one has room for itself before it is read on; one at a
//! time is read on without, however large it may become: so no two wait for what the other one has.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// What all larger answers under way may take.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Up to so many bytes an answer is small.
const SMALL: usize = 64 * 1024;
const UNIT: usize = 1024;

/// The room for the answers of all functions.
pub struct AnswerRoom {
    units: Arc<Semaphore>,
    beyond: Arc<Mutex<()>>,
}

impl Default for AnswerRoom {
    fn default() -> Self {
        Self::new(MOST_BYTES)
    }
}

impl AnswerRoom {
    fn new(most_bytes: usize) -> Self {
        Self { units: Arc::new(Semaphore::new(most_bytes / UNIT)), beyond: Arc::default() }
    }
}

/// The room of one answer; given back when it is dropped.
pub(crate) struct Taken {
    room: Arc<AnswerRoom>,
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
    beyond: Option<OwnedMutexGuard<()>>,
    waits: bool,
}

impl Taken {
    pub(crate) fn new(room: Arc<AnswerRoom>) -> Self {
        Self { room, permit: None, bytes: SMALL, beyond: None, waits: false }
    }

    /// Waits until there is room for an answer of so many bytes.
    pub(crate) async fn grow(&mut self, bytes: usize) {
        if bytes <= self.bytes || self.beyond.is_some() {
            return;
        }
        // In few steps, where the length is not known.
        let bytes = bytes.max(self.bytes * 2);
        let units = u32::try_from((bytes - self.bytes).div_ceil(UNIT)).unwrap_or(u32::MAX);
        let (all, beyond) = (self.room.units.clone(), self.room.beyond.clone());
        self.waits = true;
        tokio::select! {
            biased;
            Ok(more) = all.acquire_many_owned(units) => match &mut self.permit {
                Some(permit) => permit.merge(more),
                none => *none = Some(more),
            },
            beyond = beyond.lock_owned() => self.beyond = Some(beyond),
        }
        (self.bytes, self.waits) = (bytes, false);
    }

    /// Whether it was left waiting.
    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// What is to be kept until the answer was dealt with, where it is a large one.
    pub(crate) fn kept(self) -> Option<Box<dyn Send>> {
        let is_large = self.permit.is_some() || self.beyond.is_some();
        is_large.then(|| Box::new(self) as Box<dyn Send>)
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
        timeout(SHORT, first.grow(900_000)).await.unwrap();
        timeout(SHORT, second.grow(900_000)).await.unwrap();
        assert!(timeout(SHORT, third.grow(900_000)).await.is_err() && third.waits(), "one goes beyond it");
        timeout(SHORT, small.grow(SMALL)).await.unwrap();
        timeout(SHORT, second.grow(90_000_000)).await.unwrap();
        assert!(small.kept().is_none() && first.kept().is_some(), "the first is dealt with");
        timeout(SHORT, third.grow(900_000)).await.unwrap();
        let mut fourth = answer();
        assert!(timeout(SHORT, fourth.grow(900_000)).await.is_err());
        drop(second);
        timeout(SHORT, fourth.grow(900_000)).await.unwrap();
    }

    #[tokio::test]
    async fn answers_of_unknown_length_all_come_to_their_end() {
        let room = Arc::new(AnswerRoom::new(1_000_000));
        let growing = (0..50).map(|_| {
            let mut taken = Taken::new(room.clone());
            tokio::spawn(async move {
                for bytes in (0..2_000_000).step_by(50_000) {
                    taken.grow(bytes).await;
                    tokio::task::yield_now().await;
                }
            })
        });
        for one in growing.collect::<Vec<_>>() {
            timeout(Duration::from_secs(10), one).await.unwrap().unwrap();
        }
    }
}
