// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Messages from several senders at once, while the runtime and the functions are killed in
//! turn. What is sent again because a kill took the answer carries its position, so that it
//! is taken once.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::world::{World, client};

/// How many instances are sent to, "0" and so on.
pub(crate) const IDS: usize = 128;
const SENDERS: usize = 16;
const USUAL: usize = 3000;
const KILL_EVERY: Duration = Duration::from_millis(1500);

/// What happened.
pub(crate) struct Storm {
    pub(crate) sent: usize,
    pub(crate) runtime_kills: usize,
    pub(crate) function_kills: usize,
    took: Duration,
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, runtime_kills, function_kills, took } = self;
        write!(
            f,
            "{sent} commands, {runtime_kills} kills of the runtime, {function_kills} of the functions, {took:.1?}"
        )
    }
}

/// How many commands `STATEFUN_SMOKE` asks for; usually few.
pub(crate) fn wanted() -> usize {
    std::env::var("STATEFUN_SMOKE").map_or(USUAL, |text| text.parse().expect("a number"))
}

/// Sends so many messages of a type to instances of a function of type `test/interpreter` or
/// the like; `make` gives for whom each is, and its bytes.
pub(crate) fn storm(
    world: &mut World,
    function: &str,
    typename: &str,
    messages: usize,
    make: impl Fn(&mut Dice) -> (usize, Vec<u8>) + Sync,
) -> Storm {
    let (sent, began) = (AtomicUsize::new(0), Instant::now());
    let (url, content_type) = (world.ingress_url(function), format!("application/vnd.{typename}"));
    let mut kills = [0, 0];
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (sent, url, content_type, make) = (&sent, &*url, &*content_type, &make);
                let share = messages / SENDERS + usize::from(sender < messages % SENDERS);
                scope.spawn(move || {
                    let mut dice = Dice(sender as u64 + 1);
                    for position in 1..=share {
                        let (id, body) = make(&mut dice);
                        send(sender, position, &format!("{url}/{id}"), content_type, &body);
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        while !senders.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::sleep(KILL_EVERY);
            if kills[0] == kills[1] {
                world.kill_runtime();
                world.start_runtime();
                kills[0] += 1;
            } else {
                let functions = world.kill_functions().unwrap();
                world.start_functions(functions);
                kills[1] += 1;
            }
        }
    });
    let [runtime_kills, function_kills] = kills;
    Storm { sent: sent.into_inner(), runtime_kills, function_kills, took: began.elapsed() }
}

/// Sends a message until it is acknowledged.
fn send(sender: usize, position: usize, url: &str, content_type: &str, body: &[u8]) {
    thread_local!(static CLIENT: reqwest::blocking::Client = client());
    CLIENT.with(|client| {
        loop {
            let request = client.put(url).header("content-type", content_type);
            let request = request.header("statefun-source", format!("sender-{sender}"));
            let request = request.header("statefun-position", position.to_string()).body(body.to_vec());
            match request.send() {
                Ok(answer) if answer.status() == 200 => return,
                Ok(answer) if answer.status().is_client_error() && answer.status() != 429 => {
                    panic!("{}: {}", answer.status(), answer.text().unwrap_or_default())
                }
                _ => thread::sleep(Duration::from_millis(20)),
            }
        }
    });
}

/// Numbers that are the same in each run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end
    }
}
