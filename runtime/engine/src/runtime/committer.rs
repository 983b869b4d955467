// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Brings one group after the other to the disk, and says so.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Inner;
use crate::Event;

pub(super) fn run(inner: &Inner) {
    while let Some(taken) = inner.log.take_next() {
        let began = Instant::now();
        let records = taken.records;
        match inner.log.commit(taken) {
            Ok(committed) => {
                let metrics = &inner.shared.metrics;
                metrics.commits.fetch_add(1, Ordering::Relaxed);
                let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
                metrics.commit_micros.fetch_add(micros, Ordering::Relaxed);
                inner.tell_all(|| Event::Committed(committed));
                if records > 0 {
                    inner.records.send_modify(|times| *times += 1);
                }
            }
            Err(error) => {
                inner.fail(error.into());
                return;
            }
        }
    }
}
