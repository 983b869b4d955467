// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The 598 real proposals imported, looked at and listed: three runs of the program one after
//! the other, as a person gives them: `make bench`. Pinned to one core where `taskset` is there.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

mod one_core;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use one_core::one_core;

const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");
const BOUND: Duration = Duration::from_millis(300);
const ROUNDS: usize = 8;

fn main() {
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/flips.json");
    let index = index.display().to_string();
    let steps: [(&str, &[&str]); 3] =
        [("import", &["import", &index]), ("lint", &["lint", "--json"]), ("index", &["index"])];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); steps.len() + 1];
    for round in 0..ROUNDS {
        let place = tempfile::tempdir().unwrap();
        let mut all = Duration::ZERO;
        for (at, (_, arguments)) in steps.iter().enumerate() {
            let took = run(&place.path().join("registry"), arguments);
            all += took;
            if round > 0 {
                times[at].push(took);
            }
        }
        if round > 0 {
            times[steps.len()].push(all);
        }
    }
    println!("| what, on the index of 598 proposals | median | min – max | bound | |\n|---|---|---|---|---|");
    for (at, (name, _)) in steps.iter().enumerate() {
        row(name, &mut times[at]);
        println!(" | |");
    }
    let median = row("all three", &mut times[steps.len()]);
    let verdict = if median < BOUND { "holds" } else { "DOES NOT HOLD" };
    println!(" under {} ms | {verdict} |", BOUND.as_millis());
}

fn run(registry: &Path, arguments: &[&str]) -> Duration {
    let mut command = one_core(PROGRAM);
    command.arg("flip").arg("--registry").arg(registry).args(arguments).stdin(Stdio::null());
    let started = Instant::now();
    let output = command.output().unwrap();
    let took = started.elapsed();
    // what the lint finds makes it fail; that is not what is measured
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    took
}

fn row(what: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let median = times[times.len() / 2];
    print!("| {what} | {} | {} – {} |", ms(median), ms(times[0]), ms(times[times.len() - 1]));
    median
}
