// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What this process takes of the machine, as Linux tells it; zero elsewhere.

use std::fs;

/// How many ticks a second the kernel counts processor time in, for programs.
const TICKS: f64 = 100.0;

/// The time that processors spent for this process, in seconds.
pub fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // The name is the second field; the time in the program and the time in the kernel are
    // the fourteenth and the fifteenth.
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// The most memory that was resident, since the program began or this was forgotten.
pub fn peak_memory_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// From now on the peak is counted anew.
pub fn forget_peak() {
    // Where this cannot be done, the peak is that of everything before.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
