// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Calls to a counter in JavaScript, on this runtime and on Restate, alternating in one run:
//! calls a second, how long a call takes, and the memory of a server that has nothing to do.
//!
//! A call is what its caller sees of it: from the sending to the answer with the new count,
//! over HTTP, each caller with a counter of its own. Restate answers the request itself; here
//! the message goes in by the playground's ingress, and the answer comes out by its egress,
//! which is followed. Both have what they answered on the disk, with their usual settings.
//! Every answer is checked: a count that is not one more than the last ends the run.
//!
//! ```sh
//! scripts/statefun-sdks.sh javascript restate && cargo bench --package statefun-server --bench callers
//! ```

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says where")]
#![expect(clippy::print_stdout, reason = "what was measured is what it is for")]

mod load;
mod place;
mod restate;
mod statefun;

use std::time::Duration;

use load::{Measured, measure};
use place::Place;
use restate::Restate;
use statefun::Statefun;

/// How many callers there are at once, and for how long they call in each round.
const LOADS: [(usize, Duration); 3] =
    [(1, Duration::from_secs(5)), (64, Duration::from_secs(6)), (256, Duration::from_secs(6))];
const ROUNDS: usize = 3;

/// What can be called.
trait Counter: Sync {
    /// Whose it is.
    const NAME: &str;

    /// Adds one to a caller's counter; gives the new count.
    fn add(&self, caller: usize) -> impl Future<Output = u64> + Send;
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    tokio.block_on(compare());
}

async fn compare() {
    let Some(place) = Place::with_sdks() else {
        println!("callers: without Node there is nothing to compare with");
        return;
    };
    let statefun = Statefun::start(&place).await;
    let restate = Restate::start(&place).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (ours, theirs) = (statefun.memory_mb(), restate.memory_mb());
    println!("idle memory          statefun {ours} MB, Restate {theirs} MB");
    println!("callers              calls/s    p50 ms    p99 ms");
    for (callers, time) in LOADS {
        let (mut ours, mut theirs) = (Measured::default(), Measured::default());
        for round in 0..ROUNDS {
            // Who goes first has no advantage in the end.
            if round % 2 == 0 {
                ours.add(measure(&statefun, callers, time).await);
                theirs.add(measure(&restate, callers, time).await);
            } else {
                theirs.add(measure(&restate, callers, time).await);
                ours.add(measure(&statefun, callers, time).await);
            }
        }
        ours.print(callers, Statefun::NAME);
        theirs.print(callers, Restate::NAME);
        ours.print_ratio(&theirs);
    }
}
