// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A request's body that tells how far it was taken: what reqwest has no limit for is the
//! time in which nothing of a request can be written.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, sleep_until};

/// How much is handed over at once, in bytes.
const PIECE: usize = 64 * 1024;

/// How long nothing may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// How long nothing may come.
    pub(crate) read: Duration,
    /// How long nothing of the request may be taken.
    pub(crate) write: Duration,
}

/// What came to a standstill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standstill {
    /// The writing of the request.
    Writing,
    /// The waiting for an answer.
    Reading,
}

/// How far a request was taken.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Clone, Copy, Default)]
struct State {
    /// When something was taken last; none while there is no connection yet.
    last: Option<Instant>,
    /// Whether all was.
    whole: bool,
}

impl Progress {
    fn taken(&self, whole: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { last: Some(Instant::now()), whole };
    }

    /// Ends when nothing has happened for longer than it may.
    pub(crate) async fn standstill(&self, patience: Patience) -> Standstill {
        loop {
            let State { last, whole } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (what, limit) = match whole {
                true => (Standstill::Reading, patience.read),
                false => (Standstill::Writing, patience.write),
            };
            // How long a connection may take is the client's to limit.
            let due = last.unwrap_or_else(Instant::now) + limit;
            if due <= Instant::now() {
                return what;
            }
            sleep_until(due).await;
        }
    }
}

/// A body that notes how far it was taken.
pub(crate) struct Noting {
    pub(crate) rest: Bytes,
    pub(crate) progress: Progress,
}

impl Body for Noting {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let most = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(most);
        self.progress.taken(self.rest.is_empty());
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
